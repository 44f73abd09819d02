"""The sectors that a clause says are to grow: 重点发展…, 以…为主导产业, 推动…产业集聚."""

import re
from functools import lru_cache
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.park_forms import PARK_SUFFIX
from clusteratlas.policy.sector_phrases import is_sector, sectors_in

DEVELOP: Final = re.compile(
    r"(?:重点|着力|主要|优先|大力|加快|积极|突出|着重|集中|协同|联动|差异化|错位|全力|聚力)?(?:规划|"
    r"培育|做大|做强|做优|做精|引进|承接)?(?:和|、)?"
    r"(?:发展壮大|培育壮大|做大做强|做优做强|做强做优|巩固提升|提升发展|改造提升|发展|布局|"
    r"打造|培育|壮大|承接|"
    r"聚焦|主攻|主打|做好|搞好|稳住|紧盯|抓(?![手住紧实细好])|巩固|专注|偏向|侧重|定位于|"
    r"定位为|着眼于|瞄准|建设成为|建设|形成|做强|做大|做精|做优|构建|集聚|聚集|抢抓|深耕|突出|"
    r"引进|推进|扶持|建成|"
    r"突破|研制|扩大|提升|强化|力保|抓好|招引|拓展|成为)(?!区|型|壮大|优势|效应|格局|的)"
)
_THEME: Final = re.compile(
    r"(?:主导产业|首位产业|支柱产业|特色产业|重点产业|功能定位|产业定位|发展定位|主攻方向|发展方向|"
    r"发展重点|产业方向|重点方向|重点领域|主业|(?:产业)?定位|首位度)(?:之一)?(?:是|为|：|:|以|"
    r"包括|有|定位为|定位[：:是于]|\t)|^(?:，|其中)?(?:重点|主要|则|突出)(?:是|为)(?!了)|^则为"
)
_LED: Final = re.compile(
    r"以(?P<sectors>(?:(?!作为|为|，[^，。；]*以)[^。；]){2,80}?)(?:等)?(?:产业)?(?:为|"
    r"作为)(?:主导|主体|主攻|支柱|特色|重点|核心|"
    r"首位|支撑|辅|主业|主)(?:产业|方向|的)?|"
    r"以(?P<both>[^，。；以]{2,40}?)(?:并重|见长|著称)"
)
_TOGETHER: Final = re.compile("集(?P<sectors>[^，。；]{2,40}?)(?:于|为)一体")
_AIMED: Final = re.compile("以(?:打造|建设|创建)(?P<sectors>[^，。；]{2,40}?)为(?:目标|愿景)")
_TWO_LEADING: Final = re.compile(
    r"(?P<sectors>[^，。；：、]{2,14}(?:、[^，。；：、]{2,14})*?(?:和|与|、)[^，。；：、]{2,14}?)"
    r"(?:等)?(?:[两二三四五六七八九十\d]*(?:大|个)?(?:[五十百千万]+亿(?:元)?级)?(?:主导|支柱|"
    r"特色|优势)产业|"
    r"[两二三四五六七八九十\d]+(?:大|个)(?:[五十百千万]+亿(?:元)?级)?产业)"
)
_NAMED_LEADING: Final = re.compile(
    r"(?:将|把)(?P<sectors>[^，。；]{2,60}?)(?:等)?(?:产业)?(?:作为|列为|确定为|定为)[^，。；]{0,6}?"
    r"(?:主导|支柱|首位|重点|特色|优势|主攻)(?:产业|方向)|"
    r"(?:将|把)(?P<raised>[^，。；]{2,60}?)(?:等)?(?:产业)?(?:打造|培育|发展|建设|"
    r"做)成[^，。；]{0,10}?产业|"
    r"使(?P<made>[^，。；]{2,60}?)(?:等)?(?:[两二三四五六七八九\d]大)?(?:产业)?成为[^，。；]{0,16}?"
    r"(?:支柱|支撑|主导|中坚|增长[点极])|"
    r"为(?:龙头|引领|代表)的(?P<led>[^，。；]{2,40}?)(?:等)?产业(?:集群|链|体系)"
)
# 推动大数据、电子商务产业发展; 向集成电路材料等领域拓展; 围绕打印机等产品招引
_MOVED: Final = re.compile(
    r"(?:推动|推进|促进|加快|带动|引导)(?P<moved>[^，。；]{2,80}?)(?:等)?(?:优势|特色|"
    r"新兴)?(?:产业|行业|业务)?(?:链|集群)?(?:绿色低碳|绿色|低碳|智能|数字)?(?:规模化|"
    r"集群化|高质量|集聚|聚集|转型|延链|发展|壮大|提质|融合|升级|做大|数字化|智能化|绿色化|"
    r"合理布局|布局)|"
    r"(?:推动|加快|促进)(?P<renewed>[^，。；]{2,40}?)(?:迭代升级|规模化发展|产业化)|"
    r"(?:技术|工具)在(?P<used>[^，。；]{2,50}?)(?:等)?(?:领域|行业|产业|"
    r"方面)(?:的)?[^，。；]{0,6}?应用|"
    r"(?:推动|推进|促进)(?P<raised_to>[^，。；]{2,40}?)(?:等)?(?:农畜产品|产品|产业)?向高端|"
    r"向(?P<towards>[^，。；]{2,50}?)(?:等)?(?:领域|方向|产业|行业)?(?:拓展|延伸|发展|转型|"
    r"转变|集聚|升级|迈进)|"
    r"(?:围绕|聚焦)(?P<around>[^，。；]{2,60}?)(?:等[^，。；]{0,6}(?:产品|领域|产业|行业|"
    r"环节)|产品|领域|产业|行业|"
    r"(?<=、[^、，。；]{4})(?=，)|(?<=、[^、，。；]{5})(?=，)|(?<=、[^、，。；]{6})(?=，)|"
    r"(?<=、[^、，。；]{3})(?=，))"
)
# 大力发展以A为龙头，B和C为主体，D为支撑的产业集群
_LED_BY_FORM: Final = re.compile(
    r"(?:以|^|(?<=，))(?P<sectors>[^，。；以为]{2,40}?)(?:产业)?为(?:龙头|引领|主体|支撑|补充|"
    r"核心|先导|延伸|配套|特色)(?=[，的]|$)"
)
# What was done (成功引进了甲等项目), and goals that are no trade (突出“绿色、健康”主题).
_DONE: Final = re.compile(
    "(?:引进|招引|承接|建成|引入)了|(?:成功|先后|累计|已|新)(?:引进|招引|承接|建成)"
)
_NO_AIM: Final = re.compile("(?:主题|理念|模式|机制|意识|氛围|体制|中心功能|精神|称号)$")
_SURE: Final = re.compile("(?:重点|主要|着力|大力|优先|集中|错位|差异化)发展$|主攻|主打|侧重")
_RANKED_TRADE: Final = re.compile("(?:主导|支柱|特色|优势|大|个|级)产业")
_CORE: Final = re.compile(r"(?:以|依托)[^，。；]{2,80}为(?:核心|主体|主阵地|龙头|引领)")
_OCCASION: Final = re.compile("以[^，。；]{2,80}为(?:契机|抓手|目标|载体|牵引)$")


MAX_PLAIN_CHARS: Final = 40
MAX_ITEM: Final = 8
_REFUSED: Final = re.compile(
    "不再|不得|不予|禁止|严禁|严控|淘汰|退出|压减|关停|限制|不新[增上]|不(?:布局|新建|承接|发展|引进)"
)
_EXPLAINED: Final = re.compile(
    "^(?:[（(][^（）()]{1,30}[)）]|[)）])?(?:等?为(?:载体|依托|主|平台|中心|核心|龙头|"
    "重点)(?![导攻要]))?"
)
_IN_BRACKETS: Final = re.compile("[（(][^（）()]{0,40}[)）]")
_SO_MANY: Final = re.compile("^[两三四五六七八九十]*[区县市镇]")
_PLAIN_END: Final = re.compile("(?:等[^、，。；]{0,8})$")
_NO_PLAIN: Final = re.compile(
    r"^[、和与及等的是被获系属内外地境]|功能$|创建|争创|认定|示范[区县市]|名[县城镇]|显示$|"
    r"一体化|意见|通知|公报|规划|"
    r"[\d％%“”《》（）()：]|增[长加速]|达到|完成|产值|企业|公司|项目|工程|会议|领导|干部|考察|"
    r"调研|举办|参加|实现|"
    r"收入|供[水电气热]|管网|完善|人口|居民|群众|道路|公路|高速|铁路|污染|整治|治理|执法|检查|"
    r"安全生产|建设$|地处|位于|成立|签约|合作|交流|"
    r"荣获|获评|获批|入选|授予|开工|投产|竣工|投资|运营|为例|以来|期间|问题|困难|不足|机遇|挑战"
)


def _past(text: str, verb: re.Match[str]) -> bool:
    return _DONE.search(text, max(0, verb.start() - 2), verb.end() + 1) is not None


def leading_sectors(text: str, start: int, end: int) -> list[str]:
    """Return the sectors that a clause calls leading: 以…为主导产业, …三大支柱产业, 主导产业为…."""
    names: list[str] = []
    for clause in text[start:end].split("，"):
        names += _led(clause)
        if _RANKED_TRADE.search(clause):
            names += _found(_TWO_LEADING, clause)
        names += _found(_NAMED_LEADING, clause)
        theme = _THEME.search(clause)
        if theme:
            names += sectors_in(clause[theme.end() :], sure=True)
    return list(dict.fromkeys(names))


def said_plainly(text: str, start: int, end: int, *, sure: bool) -> list[str]:
    """Return the sectors of a short clause that is all verb and trades (做羊剪绒、毛毡).

    Whatever the verb is: every item must be a trade, or short in the company of known ones. Not
    ``sure`` is a clause that does not name its subject: then it must be trades alone.
    """
    rest = _EXPLAINED.sub("", text[start:end].strip(" 　"))
    rest = _SO_MANY.sub("", rest).lstrip("：—")
    if rest.startswith("为"):  # 银东工业园为化工、有色深加工
        rest, sure = rest[1:], False
    if len(rest) > MAX_PLAIN_CHARS or _NO_PLAIN.search(rest) or _REFUSED.search(rest):
        return []
    items = [item for item in re.split("[、和与及]|以及", _PLAIN_END.sub("", rest)) if item]
    if not items or not all(len(sectors_in(item)) == 1 or len(item) <= MAX_ITEM for item in items):
        return []
    plain = all(is_sector(item) and is_generic(item) for item in items)
    if not sure and ("等" in rest or not plain):
        return []
    return sectors_in(rest)


def stated_sectors(text: str, start: int, end: int) -> list[str]:
    """Return the sectors that a clause, or what is left of it after its subject, says to develop."""
    broad = _CORE.search(text, max(0, start - 60), end) is not None
    return list(_stated(text[start:end], text[end : end + 1], broad))


@lru_cache(maxsize=4_096)
def _stated(clause: str, stop: str, broad: bool) -> tuple[str, ...]:
    """Return the sectors of a clause before a stop; ``broad`` lets 新兴产业 stand."""
    clause = _IN_BRACKETS.sub("", clause)
    if _REFUSED.search(clause):
        return ()
    aimed = _AIMED.search(clause)
    if aimed:
        return tuple(sectors_in(aimed.group("sectors")))
    if _OCCASION.search(clause):
        return ()
    stopped = clause + stop
    names = [*_led(clause), *_found(_TOGETHER, clause), *_found(_LED_BY_FORM, stopped)]
    if _RANKED_TRADE.search(clause):
        names += _found(_TWO_LEADING, clause)
    names += [*_found(_NAMED_LEADING, clause), *_found(_MOVED, stopped)]
    if clause.startswith(("：", ":")) and not PARK_SUFFIX.search(clause):
        names += sectors_in(clause[1:])
    for pattern in (_THEME, DEVELOP):
        verb = pattern.search(clause)
        if verb and not _NO_AIM.search(clause, verb.end()) and not _past(clause, verb):
            sure = pattern is _THEME or _SURE.search(verb.group()) is not None
            names += sectors_in(clause[verb.end() :], broad=broad, sure=sure)
    return tuple(dict.fromkeys(names))


def _found(pattern: re.Pattern[str], clause: str) -> list[str]:
    """Return the sectors of all groups that a pattern finds in a clause."""
    phrases = (next(filter(None, match.groups()), "") for match in pattern.finditer(clause))
    return [name for phrase in phrases for name in sectors_in(phrase)]


def _led(clause: str) -> list[str]:
    """Return the sectors that lead (以A、B为主导); those called leading need not be known ones."""
    names: list[str] = []
    for match in _LED.finditer(clause):
        sure = re.search("主导|主攻|支柱|首位|特色", match.group()) is not None
        names += sectors_in(
            (match.group("sectors") or match.group("both")).replace("，", "、"), sure=sure
        )
    return names
