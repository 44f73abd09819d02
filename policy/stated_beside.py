"""Trades that stand right before or after a unit: 以甲为主的A业, 甲市A产业集群, A布局在甲."""

import re
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated_sectors import DEVELOP, stated_sectors
from clusteratlas.policy.units import Unit

# 引导轮胎企业向甲开发区集聚
_MOVING: Final = re.compile(
    r"(?P<sectors>[^，。；、]{2,24}?(?:、[^，。；、向]{2,12})*?)(?:企业|产业|项目|资源)?向$"
)
_ARRIVED: Final = re.compile("(?:集聚|集中|聚集|转移|布局)、")
_ARRIVING: Final = re.compile(r"(?:等[^，。；]{0,8})?(?:集聚|集中|聚集|转移|布局|汇聚)")
_MEANS: Final = re.compile("(?:依托|利用)[^，。；]{0,30}$")
_TO_UNIT: Final = re.compile(
    r"(?:主要|重点|集中)?(?:布局|集聚|集中|分布|落户|落地|聚集|汇聚)(?:在|于|到|向)?$"
)
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
    rf"(?:等)?为(?:主|中心|核心|重点|主体|依托|龙头|引领|补充|备份|支撑|两翼|节点|支点|配套)的(?:[“\"][^”\"]{{1,12}}[”\"])?(?:(?P<one>{_TRADE}业)|"
    rf"(?P<all>{_TRADES})(?:{_FORM}|布局|格局){_EDGE})|"
    rf"(?:等地?)?(?:协同|联动|错位|共同)(?:发展|支撑)的(?P<joint>{_TRADE}){_FORM}{_EDGE}"
)
# 溧阳市动力电池产业集群, 临港新片区国际数据港先导区, 怀柔科学城科学仪器产业发展
_OWN: Final = re.compile(
    rf"(?P<one>{_TRADE})(?:产业集群|产业基地|产业带|产业链|特色产业|先导区|制造基地|贸易港|集聚带|枢纽|产业发展|"
    rf"产业聚集|产业集聚|产业优势|优势{_EDGE}|(?:谷|之?都|之乡|名城|强[县市区]|大县|基地){_EDGE})"
)
# 建好甲、乙、丙算力枢纽: what several places have in common may be a park or a hub too
_COMMON: Final = re.compile(rf"(?P<one>{_TRADE})(?<!示范){_FORM}{_EDGE}")
_CLAUSE_WORD: Final = re.compile("坚持|依托|围绕|支持|利用|现有|推进|加快|通过|政府|负责|牵头")
_PASSING: Final = re.compile("(?:航空|交通|铁路|航运|综合)枢纽|获[批评]|入选|认定|晋级|列入|成为")
_AWARD: Final = re.compile(".*(?:现代农业|全域旅游|电子商务示范|跨境电).*(?:园|园区|示范区|城市)$")
# 甲、乙、丙等地大数据产业园, 甲市、乙市7大物流基地
_ALL_OWN: Final = re.compile(
    rf"(?:等(?:州、市|地|市|县|区|园区|城市)?|[\d两三四五六七八九十]+(?:大|个))(?:的)?(?P<one>[^，。；：、等\d]{{2,16}}?)(?<!示范){_FORM}{_EDGE}"
)
# 甲区、乙区等在化工行业
_IN_TRADE: Final = re.compile(
    r"等?(?:地|市|县|区|园区)?在(?P<one>[^，。；]{2,24}?)(?:等)?(?:行业|领域|产业|方面)"
)
_LED_BY: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)为(?:主导|主|特色|支柱|重点|主体)(?:产业|方向)?的$"
)
_FOR_PARK: Final = re.compile(
    r"(?:(?:聚焦|围绕)|以(?=[^，。；]{4,60}为(?:主|重点|主导)，))(?P<sectors>[^，。；]{4,60}?)"
    r"(?:等产业|等领域|为(?:主|重点|主导))?，"
    r"(?:规划|加快|高标准|着力)?(?:打造|建设)$"
)
_FIRST_IN: Final = re.compile(r"率先|先行|取得突破|开展试点")


def beside(
    text: str, start: int, before: str, group: list[Unit], end: int
) -> list[tuple[str, list[str]]]:
    """Return rule and sectors that stand right before or after a group of units.

    Parameters
    ----------
    start, end
        Where the sentence begins and where the clause ends.
    before
        The text of the clause before the group.
    """
    stated_beside: list[tuple[str, list[str]]] = []
    led = _LED_BY.search(before)
    if led:
        stated_beside.append(("led", sectors_in(led.group("sectors"))))
    stated_beside.append(("towards", _pointed_at(text, start, before, group, end)))
    first = group[0]
    lead = text[max(start, first.start - 80) : first.start]
    named = _FOR_PARK.search(lead) if first.kind in {"park", "zone"} else None
    if named:
        stated_beside.append(("towards", sectors_in(named.group("sectors"))))
    if re.search("支持$", before) and _FIRST_IN.search(text, group[-1].end, end):
        earlier = text[start : first.start - len(before)]
        stated_beside.append(("towards", stated_sectors(earlier, 0, len(earlier))))
    return [(how, names) for how, names in stated_beside if names]


def _pointed_at(text: str, start: int, before: str, group: list[Unit], end: int) -> list[str]:
    """Return what is put or moved into a group (A布局在甲, 引导A向甲集聚), or stands after it."""
    pointing = _TO_UNIT.search(before)
    if pointing and before[: pointing.start()]:
        return sectors_in(before[: pointing.start()])
    if pointing:  # 重点发展A，主要布局在甲
        earlier = text[start : group[0].start - len(before)]
        return stated_sectors(earlier, 0, len(earlier))
    moved = _MOVING.search(_ARRIVED.split(before)[-1])
    if moved and _ARRIVING.match(text, group[-1].end, end):
        return sectors_in(moved.group("sectors"))
    return [] if _MEANS.search(before) else _after(text, group, end)


def _after(text: str, group: list[Unit], end: int) -> list[str]:
    """Return the trade right after a group (甲市A产业集群, 甲、乙等在A行业)."""
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
        return []
    phrase = next(part for part in match.groups() if part)
    if _AWARD.match(match.group()) or _PASSING.search(match.group()):
        return []
    if DEVELOP.search(phrase) or _CLAUSE_WORD.search(phrase):
        return []
    return sectors_in(phrase)
