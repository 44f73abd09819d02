"""Read a business scope: clauses, the activity of each, and where boilerplate begins.

A Chinese business scope is a list of items; a verb stands behind its items (``阀门、泵制造``),
before them (``销售：阀门、泵``) or in the item itself (``软件开发``). Which verb governs an item
decides whether a firm makes a thing or trades in it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MAKE, RESEARCH, DESIGN, SERVICE, INSTALL, TRADE = "m", "r", "d", "s", "i", "t"
MAX_SCOPE = 4_000  # characters; the longest scope of the reference registry has 1,024

_VERBS: dict[str, str] = {
    MAKE: (
        "生产|制造|制作|制做|加工|组装|装配|冶炼|轧制|铸造|锻造|建造|修造|炮制|总装|再造"
        "|自产|自制|压延"
    ),
    RESEARCH: "研发|研制|研究|开发|试制|试验",
    DESIGN: "设计",
    INSTALL: "安装|施工|维修|修理|维护|检修|改造|调试|修缮|保养|承包|承揽",
    SERVICE: (
        "技术服务|检测服务|服务|咨询|运营|检测|治理|处理|集成|利用|转让|推广|培训"
        "|外包|管理|监理|测试"
    ),
    TRADE: (
        "销售|批发|零售|经销|购销|代销|代购|代理|进出口|贸易|租赁|出租|出售|连锁|收购|批零|供应"
        "|经营|回收|配送|展销|营销|转口"
    ),
}
_ACTIVITY_OF = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split("|")}
_VERB = re.compile("|".join(sorted(_ACTIVITY_OF, key=len, reverse=True)))
# Nouns that begin or end like a verb and are not one.
_NOUN = re.compile(
    "加工中心|加工机床|加工设备|制造设备|生产线|生产设备|开发区|设计院|检测仪|检测设备|测试设备|检测仪器"
    "|处理设备|处理装置|处理系统|治理设备|集成电路|管理系统|试验机|试验设备|安装材料|维修工具|服务器|服务机器人"
    "|水处理(?:设备|工程|技术|系统)|污水处理(?:设备|工程)|回收设备|生产资料|铸造机|锻造机|铸造材料|铸造设备|锻造设备|加工机械|制造业|改造设备|测试仪"
)
# Trades of their own, not only what is done to the item before.
_PROCESSES = ("铸造", "锻造", "冶炼", "轧制", "检测服务")
_LABEL = re.compile(
    "(?:许可|一般)(?:经营)?(?:项目)?:(?:无)?|经营范围:|主营:|兼营:|[一二三ⅠⅡⅢI]+类:"
)
_SENTENCE = re.compile(r"[;。\n*]+")
_ITEM = re.compile(r"[、,\s]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】|〔[^〕]*〕")
_OPEN_BRACKET = re.compile(r"[(\[【][^()\[\]【】]*$")
# Bounded, so that a long text without any stop is read in linear time.
_EXCEPTION = re.compile(
    "不含[^,;。、]*|[^,;。、]{0,60}除外|凭[^,;。、]{0,60}(?:经营|批准)[^,;。、]{0,60}"
)
_JOINED = re.compile("软(?:件)?[、及和与/](?:计算机)?硬件")
_FILLER = re.compile(
    "[及和与并兼或等的以/]|相关|配套|产品|技术|自营|有关|业务|本企业|其他|各类|国内|一般"
)
_LEGAL = re.compile(
    "法律|法规|审批|批准|许可证|资质证|执照|国务院|有效期|空白|以上|国家禁止|国家限制|仅限"
    "|不得经营|自主选择|经营活动|不含|N/A"
)
_BOILERPLATE = re.compile(
    "进出口|国内一般贸易|国内贸易|国际贸易|转口贸易|边境|经济信息咨询|社会经济咨询|商务信息咨询|广告"
    "|会议服务|展览展示|自有房屋|房屋租赁|企业管理咨询|技术引进"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a scope names, with the activities that govern it.

    Attributes
    ----------
    text
        The item, normalised (NFKC, upper case, without brackets).
    activities
        Letters out of ``m`` make, ``r`` research, ``d`` design, ``s`` service, ``i`` install or
        repair, ``t`` trade; "" where the scope does not say.
    rank
        Place among the items that name something, from 0.
    """

    text: str
    activities: str
    rank: int


def normalise(text: str) -> str:
    """Return ``text`` in NFKC and upper case, cut at 4,000 characters.

    ``软、硬件`` (and its kin) becomes ``软硬件``, which would else be torn into two items.
    """
    return _JOINED.sub("软硬件", unicodedata.normalize("NFKC", text[:MAX_SCOPE]).upper())


def read_scope(scope: str) -> list[Item]:
    """Return the items of a normalised scope in their order, without legal phrases.

    Boilerplate (``货物进出口``, ``经济信息咨询``) is left out; it keeps its place in the ranks.
    """
    text = scope
    for _ in range(3):
        text, changed = _BRACKETS.subn("", text)
        if not changed:
            break
    text = _OPEN_BRACKET.sub("", text)
    text = _LABEL.sub(";", text)
    text = _EXCEPTION.sub("", text)
    items: list[Item] = []
    rank = 0
    for sentence in _SENTENCE.split(text):
        for part, activities in _govern(sentence):
            if not _BOILERPLATE.search(part):
                items.append(Item(part, activities, rank))
            rank += 1
    return items


def activities_of(item: str) -> str:
    """Return the letters of the activities that an item names itself, each once."""
    return _examine(item)[0]


def _keep_process(match: re.Match[str]) -> str:
    return match.group() if match.group() in _PROCESSES else ""


@lru_cache(maxsize=50_000)
def _examine(text: str) -> tuple[str, bool, bool]:
    """Return the activities of an item, whether it is nothing but verbs, whether a verb leads it.

    The same items fill most scopes, so their answers are kept (bounded; a few megabytes).
    """
    found = {_ACTIVITY_OF[verb] for verb in _VERB.findall(_NOUN.sub("", text))}
    if not found:
        return "", False, False
    rest = _FILLER.sub("", _VERB.sub(_keep_process, text)).strip()
    leads = len(rest) >= 2 and _VERB.match(text) is not None and _NOUN.match(text) is None
    return "".join(sorted(found)), not rest, leads


def is_unspecific(scope: str) -> bool:
    """Tell whether a scope says nothing about what the firm does."""
    text = scope
    for _ in range(3):
        text, changed = _BRACKETS.subn("", text)
        if not changed:
            break
    kept = [
        part
        for part in re.split(r"[;。、,\n*]+", text)
        if part.strip(" .-/") and not _LEGAL.search(part) and not _BOILERPLATE.search(part)
    ]
    return not kept or "".join(kept) in {"NA", "无"}


def _govern(sentence: str) -> list[tuple[str, str]]:
    """Pair each item of a sentence with the verbs that govern it."""
    prefix = ""
    head, colon, rest = sentence.partition(":")
    if colon:
        own, only_verbs, _ = _examine(head.strip())
        if only_verbs:
            prefix, sentence = own, rest.replace(":", "、")
        else:
            sentence = sentence.replace(":", "、")
    parts: list[list[str]] = []  # [text, activities, "p" if the verb leads]
    leading = ""
    for raw in _ITEM.split(sentence):
        text = raw.strip(" .-—#'\"")
        if not text or _LEGAL.search(text):
            continue
        own, only_verbs, verb_leads = _examine(text)
        if only_verbs and not (len(text) > 3 and _BOILERPLATE.search(text)):
            if parts:
                parts[-1][1] = _union(parts[-1][1], own)
            else:
                leading = _union(leading, own)
            continue
        parts.append([text, own, "p" if verb_leads else ""])
    if leading and parts:
        parts[0][1] = _union(parts[0][1], leading)
        parts[0][2] = "p"
    return _spread(parts, prefix)


def _spread(parts: list[list[str]], prefix: str) -> list[tuple[str, str]]:
    """Give items without a verb the one before the list, else the next one behind it."""
    behind = [""] * len(parts)
    following = ""
    for index in range(len(parts) - 1, -1, -1):
        text, own, leads = parts[index]
        if own:
            following = "" if leads else own
        behind[index] = following
    result: list[tuple[str, str]] = []
    current = prefix
    for index, (text, own, leads) in enumerate(parts):
        if own:
            current = own if leads else prefix
            result.append((text, own))
        else:
            result.append((text, current or behind[index]))
    return result


def _union(first: str, second: str) -> str:
    return "".join(sorted(set(first) | set(second)))
