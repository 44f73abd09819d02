"""What the reader of pairs never states: trades refused, done already, helped with or only shared."""

import re
from typing import Final

from clusteratlas.policy.paired_candidates import SAME, Sentence
from clusteratlas.policy.paired_trades import Group
from clusteratlas.policy.units import Unit

_REFUSED: Final = re.compile(
    "不再|不得|不予|限制(?!性)|禁止|严禁|严控|淘汰|退出|压减|关停|不新[增上]|不(?:布局|新建|承接|发展|引进)"
)
_DONE: Final = re.compile(
    "(?:引进|招引|承接|建成|引入)了|(?:成功|先后|累计|已)(?:引进|招引|承接|建成)$"
)
_PROJECTS: Final = re.compile("等?(?:一批)?[^，。；、]{0,10}项目")
_LISTED: Final = re.compile("等一批[^，。；、]{0,12}项目")
_NOTION: Final = re.compile('[”"][^，。；]{0,4}(?:主题|理念|模式|精神)')
_SITE: Final = re.compile("(?:选址|坐落|位于|地处)[于在]?$")
_SHARED: Final = re.compile("合作交流|交流合作|对口|签约")
_GROUND: Final = re.compile("[城园]$|园区$|基地$")
_BODY: Final = re.compile(
    "委(?!托)|人大|政协|(?:人民)?政府工作|党委|[一-龥]{0,4}(?:中学|小学|医院|银行|农商行)"
)
_HELPING: Final = re.compile("配合(?:单位|部门)[^（）()]*$")


def vetoed(text: str, sentence: Sentence, unit: Unit, group: Group, relation: int) -> bool:
    """Return whether a sentence, for all its marks, does not give a unit the trades of a group."""
    start, end = sentence.start, sentence.end
    begin = max(text.rfind("，", start, group.start) + 1, min(start, group.start))
    stop = text.find("，", group.end, end)
    stop = stop if stop >= 0 else max(end, group.end)
    before = text[begin : group.start]
    if _REFUSED.search(text, begin, stop) or _DONE.search(before):
        return True
    if _PROJECTS.match(text, group.end, stop) or _NOTION.match(text, group.end, stop):
        return True
    if _LISTED.search(text, group.end, stop):
        return True
    if "等" in group.tail and _PROJECTS.search(group.tail):
        return True
    if group.cut == "以" and _GROUND.search(text[group.start : group.end].rstrip("和与及、")):
        return True
    lead = text[max(start, unit.start - 60) : unit.start]
    if _BODY.match(text, unit.end):
        return True
    if _HELPING.search(lead):
        return True
    if relation != SAME:
        return bool(_SITE.search(lead))
    return bool(_SITE.search(lead)) or (
        lead.endswith(("与", "同")) and _SHARED.search(text, unit.end, end) is not None
    )
