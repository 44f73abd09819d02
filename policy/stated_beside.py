"""Trades that stand right before or after a unit: 以甲为主的A业, 甲市A产业集群, A布局在甲."""

import re
from collections.abc import Callable
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.sector_phrases import is_sector, sectors_in
from clusteratlas.policy.stated_sectors import DEVELOP, stated_sectors
from clusteratlas.policy.units import Unit

# Items of the list of places before the first known one (京唐港、曹妃甸区).
_MORE_PLACES: Final = r"(?:[^，。；、：]{2,10}[、和与及])*$"
_HOW: Final = r"(?:主要|重点|集中|优先|布局)"
# 引导轮胎企业向甲开发区集聚
_MOVING: Final = re.compile(
    r"(?P<sectors>[^，。；、]{2,24}?(?:、[^，。；、向]{2,12})*?)(?:企业|产业|项目|资源)?向"
    + _MORE_PLACES
)
_ARRIVED: Final = re.compile("(?:集聚|集中|聚集|转移|布局)、")
_ARRIVING: Final = re.compile(r"(?:等[^，。；]{0,8})?(?:集聚|集中|聚集|转移|布局|汇聚)")
_HOLDS: Final = re.compile("(?:等地?)?为(?:主要|重要|核心)?承载[地区]")
_MEANS: Final = re.compile("(?:依托|利用)[^，。；]{0,30}$")
_TO_UNIT: Final = re.compile(
    rf"{_HOW}*(?:规划|安排)?(?:布局|集聚|集中|分布|落户|落地|聚集|汇聚|布点|承载地|承载区|"
    rf"(?:空间|产业|区域)布局|重点区域|承载园区|重点园区)(?:在|于|到|至|为|向|区域为|：)?"
    + _MORE_PLACES
)
# 纺织产业重点在甲、乙布局; 风电装备由甲、乙承载; 生物医药以甲、乙为主阵地
_AT_UNIT: Final = re.compile(rf"{_HOW}*(?P<how>在|由|以|(?<=产业)依托){_MORE_PLACES}")
_HELD: Final = {
    "在": re.compile(
        rf"(?:等地?)?{_HOW}*(?:布局|集聚|聚集|落地|分布|发展|集中)(?=[，。；]|发展|$)"
    ),
    "依托": re.compile("(?=[，。；]|$)"),
    "由": re.compile(rf"(?:等地?)?{_HOW}*(?:承载|承担|承接|布局|落实|发展)"),
    "以": re.compile(
        r"(?:等地?)?[两三四五六七八九\d]?(?:市|县|区|地)?为[^，。；的]{0,6}?(?:重点|核心|中心|"
        r"主阵地|主体|主|龙头|引领|双核|承载地|承载区|"
        r"支撑|载体)(?![的导攻体阵])"
    ),
}
_FORM: Final = (
    r"(?:产业集群|产业基地|制造基地|生产基地|示范基地|基地|产业带|产业链|集聚区|聚集区|集中区|集聚带|"
    r"示范区|先导区|产业园区?|枢纽|(?<=旅游)城市|产业)"
)
_TRADE: Final = r"[^，。；：、的等\d]{2,16}?"
_EDGE: Final = (
    r"(?=[，。；、]|建设|发展|争创|创建|加快|转型|升级|提质|集聚|聚集|"
    r"做[大强优]|延链|数字化|高质量|$|等|的|和|与)"
)
_TRADES: Final = r"[^，。；：的]{2,40}?"
# 以大连为主的软件外包业, 以甲、乙为重点的旅游基地
_MAINLY: Final = re.compile(
    rf"(?:等)?为(?:主|中心|核心|重点|主体|依托|龙头|引领|补充|备份|支撑|两翼|节点|支点|"
    rf"配套)的(?:[“\"][^”\"]{{1,12}}[”\"])?(?:(?P<one>{_TRADE}业)|"
    rf"(?P<all>{_TRADES})(?:{_FORM}|布局|格局){_EDGE})|"
    rf"(?:等地?)?(?:协同|联动|错位|共同)(?:发展|支撑)的(?P<joint>{_TRADE}){_FORM}{_EDGE}"
)
# 溧阳市动力电池产业集群, 临港新片区国际数据港先导区, 怀柔科学城科学仪器产业发展
_OWN: Final = re.compile(
    rf"(?P<one>{_TRADE})(?:产业集群|产业基地|产业带|产业链|特色产业|先导区|制造基地|贸易港|"
    rf"集聚带|枢纽|产业发展(?!有限|股份|投资|集团|大会|基金|规划|论坛|联盟|条例|集团)|"
    rf"产业聚集|产业集聚|产业优势|优势{_EDGE}|(?:谷|之?都|之乡|名城|强[县市区]|大县|基地){_EDGE})"
)
# 甲县钢铁、木业三大产业转型升级; a title (甲市软件产业发展规划) states nothing
_GROWING: Final = re.compile(
    r"(?P<all>[^，。；的\d]{2,40}?)(?:等)?(?:[两三四五六七八九十]大)?(?:主导|支柱|优势|特色|"
    r"传统|重点)?(?:产业|行业|工业|集群)*"
    r"(?:要|加快|加速|实现|持续|全面|有序|不断)*"
    r"(?:转型升级|转型|提质|升级|向[^，。；]{0,10}(?:化|端|方向|延伸|拓展)|做[大强优精]|发展|"
    r"集聚|聚集|壮大|迈向|错位|延链|扩能|集群化)"
    r"(?!有限|股份|集团|规划|条例|行动|方案|意见|办法|促进|基金|联盟|协会|大会|专项|领导|局|中心|研究|论坛|"
    r"峰会|报告|试验|示范|先行|试点|载体|链条|[“”《》])"
)
_GENERAL: Final = re.compile("创新|数字化|绿色化|智能化|协同|数字经济$|经济$|融合")
# 建好甲、乙、丙算力枢纽: what several places have in common may be a park or a hub too
_COMMON: Final = re.compile(rf"(?P<one>{_TRADE})(?<!示范){_FORM}{_EDGE}")
_CLAUSE_WORD: Final = re.compile("坚持|依托|围绕|支持|利用|现有|推进|加快|通过|政府|负责|牵头")
_PASSING: Final = re.compile(
    "奠定|编制|举办|承办|组建|(?:航空|交通|铁路|航运|综合)枢纽|获[批评得]|荣获|称号|授予|"
    "入选|认定|晋级|列入|成为"
)
_FORMAL: Final = re.compile(
    "奠定|举办|承办|称号|荣获|授予|合作交流|交流合作|联展|签约|专班|分工|领导小组|调研报告|情况的"
)
_AWARD: Final = re.compile(".*(?:现代农业|全域旅游|电子商务示范|跨境电).*(?:园|园区|示范区|城市)$")
# 甲、乙、丙等地大数据产业园, 甲市、乙市7大物流基地
_ALL_OWN: Final = re.compile(
    rf"(?:等(?:州、市|地|市|县|区|园区|城市)?|[\d两三四五六七八九十]+(?:大|"
    rf"个))(?:的)?(?P<one>[^，。；：、等\d]{{2,16}}?)(?<!示范){_FORM}{_EDGE}"
)
# 甲区、乙区等在化工行业
_IN_TRADE: Final = re.compile(
    r"等?(?:地|市|县|区|园区)?在(?P<one>[^，。；]{2,24}?)(?:等)?(?:行业|领域|产业|方面)"
)
# 棉纺产业：仅限甲、乙; 主导产业涉及新材料的有甲、乙
_LABEL: Final = re.compile(
    r"(?:^|[ 　，]|[是为：])(?P<sectors>[^，。；：\d]{2,30}?)(?:产业|领域|行业|"
    r"方面)?(?:[（(][^（）()]{1,30}[)）])?"
    rf"(?:：(?:仅限|主要|重点|包括|布局|集中|在|于|有|以|为)*|的(?:主要)?(?:有|包括)){_MORE_PLACES}"
)
# 将A作为甲的主导产业
_MADE_ITS: Final = re.compile(
    r"(?:将|把|以)(?P<sectors>[^，。；]{2,60}?)(?:等)?(?:产业)?(?:作为|列为|确定为|定为|为)$"
)
_ITS_LEADING: Final = re.compile(
    "(?:等地?)?的(?:主导|首位|支柱|主攻|重点|特色|优势|核心)(?:产业|方向|行业)?"
)
_LISTED_ONLY: Final = re.compile(
    r"(?:等[^，。；]{0,6}|[两三四五六七八九十\d]*[大个]?(?:[县市区]|经开区|园区)|为(?:主|重点|"
    r"核心))?(?=[，。；]|$)"
)
_FAMED: Final = re.compile(
    '[“"](?:中国|世界|全国)?(?P<sectors>[^“”"，。；、]{2,12}?)之[都乡城][”"]$'
)
_LED_BY: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)为(?:主导|主|特色|支柱|重点|主体)(?:产业|方向)?的$"
)
_AS_GOAL: Final = re.compile("[^，。；]{0,4}(?:目标|愿景|定位|要求)")
_FOR_PARK: Final = re.compile(
    r"(?:(?:聚焦|围绕)|以(?=[^，。；]{4,60}为(?:主|重点|主导)，))(?P<sectors>[^，。；]{4,60}?)"
    r"(?:等产业|等领域|为(?:主|重点|主导))?，"
    r"(?:规划|加快|高标准|着力)?(?:打造|建设)$"
)
_FIRST_IN: Final = re.compile(r"率先|先行|取得突破|开展试点")


def beside(
    text: str, start: int, before: str, group: list[Unit], end: int, topic: Callable[[], list[str]]
) -> list[tuple[str, list[str]]]:
    """Return rule and sectors that stand right before or after a group of units.

    Parameters
    ----------
    start, end
        Where the sentence begins and where the clause ends.
    before
        The text of the clause before the group.
    topic
        Gives the trades that the text is about there, for 布局在甲 without a trade of its own.
    """
    stated_beside: list[tuple[str, list[str]]] = []
    if before:
        stated_beside += _said_before(text, before, group, end)
        pointed = _pointed_at(text, start, before, group, end, topic)
    else:
        pointed = _after(text, start, group, end)
    stated_beside.append(("towards", pointed))
    first = group[0]
    lead = text[max(start, first.start - 80) : first.start]
    named = _FOR_PARK.search(lead) if lead and first.kind in {"park", "zone"} else None
    if named:
        stated_beside.append(("towards", sectors_in(named.group("sectors"))))
    if before.endswith("支持") and _FIRST_IN.search(text, group[-1].end, end):
        earlier = text[start : first.start - len(before)]
        stated_beside.append(("towards", stated_sectors(earlier, 0, len(earlier))))
    return [(how, names) for how, names in stated_beside if names]


def _said_before(
    text: str, before: str, group: list[Unit], end: int
) -> list[tuple[str, list[str]]]:
    """Return rule and sectors of a phrase that ends at a group: 以A为主导的甲, “A之都”甲."""
    said: list[tuple[str, list[str]]] = []
    led = _LED_BY.search(before)
    if led and not _AS_GOAL.match(text, group[-1].end, end):
        said.append(("led", sectors_in(led.group("sectors"))))
    famed = _FAMED.search(before)
    if famed:
        said.append(("towards", sectors_in(famed.group("sectors"))))
    made = _MADE_ITS.search(before)
    if made and _ITS_LEADING.match(text, group[-1].end, end):
        said.append(("towards", sectors_in(made.group("sectors"))))
    return said


def _pointed_at(
    text: str, start: int, before: str, group: list[Unit], end: int, topic: Callable[[], list[str]]
) -> list[str]:
    """Return what is put or moved into a group (A布局在甲, 引导A向甲集聚), or stands after it."""
    label = _LISTED_ONLY.match(text, group[-1].end, end) and _LABEL.search(before)
    if label:
        names = sectors_in(re.sub("^.*涉及", "", label.group("sectors")))
        if names:
            return names
    pointing = _TO_UNIT.search(before) or _held_at(text, before, group, end)
    if pointing and before[: pointing.start()]:
        return sectors_in(before[: pointing.start()])
    if pointing:  # 重点发展A，主要布局在甲
        earlier = text[start : group[0].start - len(before)]
        return list(dict.fromkeys([*topic(), *stated_sectors(earlier, 0, len(earlier))]))
    arriving = "向" in before and _ARRIVING.match(text, group[-1].end, end)
    moved = _MOVING.search(_ARRIVED.split(before)[-1]) if arriving else None
    if moved:
        return sectors_in(moved.group("sectors"))
    return [] if _MEANS.search(before) else _after(text, start, group, end)


def _held_at(text: str, before: str, group: list[Unit], end: int) -> re.Match[str] | None:
    """Return the word that puts what stands before it at a group (在甲布局, 由甲承载, 以甲为主阵地)."""
    at = _AT_UNIT.search(before)
    if at is None or (not before[: at.start()] and not _HOLDS.match(text, group[-1].end, end)):
        return None
    return at if _HELD[at.group("how")].match(text, group[-1].end, end) else None


def _after(text: str, start: int, group: list[Unit], end: int) -> list[str]:
    """Return the trade right after a group (甲市A产业集群, 甲、乙等在A行业) of a sentence."""
    after, last = group[-1].end, group[-1]
    match = (
        _MAINLY.match(text, after, end)
        or _IN_TRADE.match(text, after, end)
        or _ALL_OWN.match(text, after, end)
    )
    if match is None and last.kind in {"county", "city", "zone"}:
        common = len(group) > 1 and {unit.kind for unit in group} <= {"county", "city"}
        match = (_COMMON if common else _OWN).match(text, after, end)
    if match is None:
        match = _GROWING.match(text, after, end)
        if match and not all(map(_is_plain_trade, re.split("[、和与及]", match.group("all")))):
            match = None
    if match is None:
        return []
    phrase = next(part for part in match.groups() if part)
    clause = text[max(start, text.rfind("，", start, group[0].start) + 1) : end]
    if _AWARD.match(match.group()) or _PASSING.search(match.group()) or _FORMAL.search(clause):
        return []
    if DEVELOP.search(phrase) or _CLAUSE_WORD.search(phrase):
        return []
    return sectors_in(phrase)


def _is_plain_trade(item: str) -> bool:
    """Return whether an item is a trade made of everyday words alone, with no verb or quality."""
    return is_generic(item) and is_sector(item) and not _GENERAL.search(item)
