"""Units that a heading, a title line or a sentence of its own names, and whose document it is."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from clusteratlas.policy.lexicon import is_generic, policy_words
from clusteratlas.policy.places import place_index
from clusteratlas.policy.sections import sector_headings
from clusteratlas.policy.sector_phrases import is_sector, sectors_in
from clusteratlas.policy.structure import Heading, Line
from clusteratlas.policy.unit_index import UnitIndex
from clusteratlas.policy.units import Unit, division_at

MAX_UNIT_TITLE_CHARS: Final = 24
MAX_TOPIC_CHARS: Final = 14
_ROLE: Final = re.compile(
    r"[^，。；、：]{2,14}(?:联动区|先行区|引领区|集聚区|功能区|发展区|承载区|增长极|核心区|"
    r"高地|组团|板块)"
)
_ZONE_TITLE: Final = re.compile(
    r"(?P<proper>[\u4e00-\u9fff—·]{2,10}?)(?:生态|综合|产业|工业|经济|旅游|物流)*(?:经济区|"
    r"示范区|片区|板块|组团|功能区|新城|园区|产业园|工业园|科技园|基地|经济带|"
    r"发展带|走廊|城市群|都市圈)"
)
_LABEL_OF_PART: Final = re.compile(
    r"^(?:[\d一二三四五六七八九十]{1,3}[.．、]|"
    r"[（(][一二三四五六七八九十\d]+[)）])?[ 　]{0,4}[“\"]?"
    r"[一二两三四五六七八九多][^：即，]{1,3}[”\"]?(?:：|即)"
)
_BRACKET_AT_END: Final = re.compile("[（(][^（）()]{1,30}[)）]$")
_NUMBER: Final = re.compile(r"^[ 　\d一二三四五六七八九十、.．（）()—●○-]*")
_SENTENCE_WORD: Final = re.compile(
    "[，、：（以为]|发展|建设|打造|推进|加快|支持|布局|聚焦|培育|申建|积极|加强|提升|推动|"
    "做[大强优]|完善|实施|提高|保障|优化|强化"
)
_HEADING_OF_UNIT: Final = re.compile(
    r"(?:发展|产业|功能|主导|重点|特色|布局|现状|思路|目标|方向|任务|定位|产业链|集群|领域|和|与|及)+"
)
_OWN_TITLE: Final = re.compile(
    r"规划|方案|意见|通知|报告|纲要|计划|决定|措施|政策|办法|简介|概况|情况|人民政府|管委会|"
    r"指南|介绍|总结|汇报|材料|调研"
)
_OURS: Final = re.compile("我[县市区]")
_ENDINGS: Final = {
    "我县": re.compile("县$"),
    "我市": re.compile("市$"),
    "我区": re.compile("区$"),
}
_LAST_OF_UNIT: Final = frozenset("省市县区旗州盟镇乡道园城港岛谷地带湾洋山")
_ANY: Final = re.compile("")
_ZONE_WORD: Final = re.compile("园|集聚区|开发区|新区|[高经]新区|经开区")
MIN_OWN_MENTIONS: Final = 3
MAX_TITLE_LINES: Final = 12
MAX_TITLE_CHARS: Final = 80


def titled(text: str, line: Line, index: UnitIndex) -> list[Unit]:
    """Return the unit of a line that names it, ends in a colon and says nothing else."""
    content = text[line.start : line.end].strip(" 　")
    if len(content) > MAX_UNIT_TITLE_CHARS or not content.endswith("："):
        return []
    units = [unit for unit in index.between(line.start, line.end) if unit.kind != "province"]
    return units if len(units) == 1 and content == f"{units[0].name}：" else []


def run_in(sentence: str, units: list[Unit]) -> Unit | None:
    """Return the unit of a sentence that is only its name, as a heading is that runs in."""
    if not units:
        return None
    title = _BRACKET_AT_END.sub("", _LABEL_OF_PART.sub("", sentence.strip(" 　")))
    if not title.startswith(units[0].name) or len(title) > MAX_UNIT_TITLE_CHARS:
        return None
    if title == units[0].name:
        return units[0]
    named = title.endswith(("园", "园区", "基地")) and not _SENTENCE_WORD.search(title)
    if not named or len(units) != 1:
        return None
    return replace(units[0], name=title, end=units[0].start + len(title), kind="park")


def run_in_topic(sentence: str) -> list[str]:
    """Return the sector of a sentence that is only its name (新能源汽车。重点布局在…)."""
    title = _NUMBER.sub("", sentence).strip(" 　")
    return [title] if len(title) <= MAX_TOPIC_CHARS and is_sector(title) else []


def heading_trade(line: Line) -> list[str]:
    """Return the trade that the nearest heading names (1.动力装备产业链), [] if none does."""
    named = sector_headings(line.path[-2:], units=True)
    if named:
        return sectors_in(named[-1][1])
    title = line.path[-1].title if line.path else ""
    return sectors_in(title) if len(title) <= MAX_TOPIC_CHARS + 4 else []


def heading_units(line: Line, index: UnitIndex, region: tuple[str, ...]) -> list[Unit]:
    """Return the unit that the nearest heading names and nothing else (1.浑南区。)."""
    if not line.path:
        return []
    heading = line.path[-1]
    if len(line.path) > 1 and _HEADING_OF_UNIT.fullmatch(heading.title):
        heading = line.path[-2]  # 浑南区 / 主导产业
    title = heading.title.rstrip("：:。 　】")
    bare = title.lstrip("【")
    if bare != title:
        heading, title = replace(heading, start=heading.start + len(title) - len(bare)), bare
    unit = (
        _named_by(heading, title, index)
        or _unit_of_title(title, region)
        or _role_of(title, region)
        or _zone_of(title)
    )
    if unit is None or unit.kind == "province":
        return []
    if not heading.number and unit.kind == "county" and not unit.official:  # a broken line
        return []
    return [replace(unit, start=heading.start, end=heading.start + len(unit.name))]


def _named_by(heading: Heading, title: str, index: UnitIndex) -> Unit | None:
    """Return the park that a numbered heading is the name of (1. 松山湖生物医药产业基地)."""
    found = [u for u in index.between(heading.start, heading.end) if u.kind in {"park", "zone"}]
    whole = found[0] if found and found[-1].end == heading.start + len(title) else None
    if whole is not None and not _SENTENCE_WORD.search(title):
        return replace(whole, name=title) if heading.number else whole
    return None


def _role_of(title: str, region: tuple[str, ...]) -> Unit | None:
    """Return the unit of a title that gives it a part to play (甲市数字制造联动区)."""
    unit = division_at(title, 0, len(title), region) if title else None
    return unit if unit is not None and _ROLE.fullmatch(title, unit.end) else None


def _zone_of(title: str) -> Unit | None:
    """Return the part of a place that a title is the name of (川东北经济区, 东部片区)."""
    match = _ZONE_TITLE.fullmatch(title)
    if (
        match is None
        or _SENTENCE_WORD.search(title)
        or is_generic(match.group("proper"), policy_words())
    ):
        return None
    return Unit(title, 0, len(title), "zone")


@lru_cache(maxsize=10_000)
def _unit_of_title(title: str, region: tuple[str, ...]) -> Unit | None:
    if not 2 <= len(title) <= MAX_UNIT_TITLE_CHARS:
        return None
    if title[-1] not in _LAST_OF_UNIT and title not in place_index():
        return None
    units = UnitIndex(title, [], region).between(0, len(title))
    if units and units[-1].end == len(title) and units[0].start == 0:
        if len(units) == 1:
            return units[0]
        if len(units) == 2 and units[0].end == units[1].start and units[0].kind == "city":
            return units[1]  # 马鞍山慈湖高新区
    whole = division_at(title, 0, len(title), region)
    return whole if whole is not None and whole.end == len(title) else None


@dataclass(frozen=True)
class Owners:
    """Whose document it is: the place of 全县 and 我市, the zone of 园区; None where it is unknown."""

    place: Unit | None
    zone: Unit | None

    def of(self, word: str) -> Unit | None:
        """Return whom a word such as 我县, 全市 or 园区 means."""
        return self.zone if _ZONE_WORD.search(word) else self.place


def owners(text: str, lines: list[Line], index: UnitIndex) -> Owners:
    """Return the place and the zone whose document this is.

    The title names them; else it is the unit named most often, if no other comes near, of the class
    of which the text says 我县, 我市, 我区 or 园区.
    """
    titled = _in_title(text, lines, index)
    units = [unit for unit in index.between(0, len(text)) if unit.official]
    place = titled if titled is not None and titled.kind in {"county", "city"} else None
    said = Counter(match.group() for match in _OURS.finditer(text))
    if place is None and said:
        place = _commonest(units, _ENDINGS[said.most_common(1)[0][0]], {"county", "city", "zone"})
    zone = titled if titled is not None and titled.kind in {"park", "zone"} else None
    return Owners(place or zone, zone or _commonest(units, _ANY, {"park", "zone"}))


def _in_title(text: str, lines: list[Line], index: UnitIndex) -> Unit | None:
    for line in lines[:MAX_TITLE_LINES]:
        content = text[line.start : line.end]
        if len(content) > MAX_TITLE_CHARS or not _OWN_TITLE.search(content):
            continue
        for unit in index.between(line.start, line.end):
            if unit.kind in {"county", "city", "zone", "park"} and unit.official:
                return unit
    return None


def _commonest(units: list[Unit], ending: re.Pattern[str], kinds: set[str]) -> Unit | None:
    units = [unit for unit in units if unit.kind in kinds and ending.search(unit.name)]
    counted = Counter(unit.name for unit in units).most_common(2)
    if not counted or counted[0][1] < MIN_OWN_MENTIONS:
        return None
    if len(counted) == 2 and counted[1][1] * 2 > counted[0][1]:
        return None
    return next(unit for unit in units if unit.name == counted[0][0])
