"""What a district, town, park or city is to develop, as the text states it."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from clusteratlas.policy.spans import Span
from clusteratlas.policy.speakable import bodies, speakable
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_in_clauses import Reading, in_sentence
from clusteratlas.policy.stated_in_lists import in_list
from clusteratlas.policy.stated_in_rows import (
    in_bracket,
    in_row,
    in_spaced_row,
    is_row,
    table_header,
)
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit, UnitIndex, division_at

MAX_SENTENCE_CHARS: Final = 1_500
MAX_UNIT_TITLE_CHARS: Final = 24
_SENTENCE: Final = re.compile(r"[^。；;！？!?\n]+")
# 该市聚焦…, or a sentence of the same paragraph that names no unit but says what is to grow.
_SAME_UNIT: Final = re.compile(
    r"(?:^|[，,：])[ 　]*(?:目前|近年来|今年|其中|同时)?(?:该|全|我|本)(?:[市县区镇乡州旗园]|园区|"
    r"开发区|新区|高新区|经开区)|^[ 　]*(?:园区|新区|开发区)"
)
_THAT_UNIT: Final = re.compile("该[市县区镇乡州旗]")
_SAME_TOPIC: Final = re.compile(
    r"重点发展|主导产业|支柱产业|首位产业|主攻|主打|集中发展|优先发展|为主导|"
    r"产业定位|功能定位|做大做强[^，。；]{2,60}产业|聚焦[^，。；]{2,60}产业|为(?:龙头|引领)的[^，。；]{2,30}产业集群"
)
_ROLE: Final = re.compile(
    r"[^，。；、：]{2,14}(?:联动区|先行区|引领区|集聚区|功能区|发展区|承载区|增长极|核心区|高地|组团|板块)"
)
_SENTENCE_WORD: Final = re.compile("[，、：（以为]|发展|建设|打造|推进|加快|支持|布局|聚焦|培育")
_HEADING_OF_UNIT: Final = re.compile(
    r"(?:发展|产业|功能|主导|重点|特色|布局|现状|思路|目标|方向|任务|定位|产业链|集群|领域|和|与|及)+"
)


def find_positionings(
    text: str,
    lines: list[Line],
    parks: list[Span],
    region: tuple[str, ...],
    firms: frozenset[str] = frozenset(),
) -> list[Positioning]:
    """Return the stated positionings in the order of the text, one per unit and sentence.

    Parameters
    ----------
    parks
        The parks found in the text; they can be positioned like districts.
    region
        Code prefixes of the place that the document is about; its counties are known by their
        short names too.
    firms
        Names of the text's enterprises, which are never sectors.
    """
    found: list[Positioning] = []
    header: tuple[int, int] | None = None
    index = UnitIndex(text, parks, region)
    last: list[Unit] = []
    opened: list[Unit] = []
    for line in lines:
        if is_row(text, line):
            header = table_header(text, line) or header
            found += in_row(text, line, header, index)
            continue
        header = None
        heading = _heading_units(line, region) or opened
        opened = _title_line(text, line, index)
        if opened:
            continue
        carried = last if _THAT_UNIT.search(text, line.start, line.end) else []
        carried = _in_line(text, line, index, heading, carried, found)
        last = carried or last
        found += [*in_bracket(text, line, index), *in_spaced_row(text, line, index)]
    return _merged(found, firms)


def _in_line(
    text: str,
    line: Line,
    index: UnitIndex,
    heading: list[Unit],
    carried: list[Unit],
    found: list[Positioning],
) -> list[Unit]:
    """Add what the sentences of a line state; return the units that it spoke of last."""
    brackets = bodies(text, line)
    for match in _SENTENCE.finditer(text, line.start, line.end):
        start, end = match.span()
        if end - start > MAX_SENTENCE_CHARS:
            continue
        units = speakable(text, index.between(start, end), brackets)
        if _run_in(match.group(), units):
            heading = [_whole(units[0], match)]  # 甲产业园。重点发展…
            continue
        known = heading or (carried if _speaks_on(text, start, end) else [])
        rule = "heading" if heading else "carried"
        found += in_sentence(text, start, end, line, units, known, rule)
        found += [
            stated(text, unit, sectors, start, end, "list", line)
            for unit, sectors in in_list(text, start, end, units)
        ]
        carried = Reading(text, start, end, line, [], "").opening(units) or carried
    return heading or carried


def _title_line(text: str, line: Line, index: UnitIndex) -> list[Unit]:
    """Return the unit of a line that names it, ends in a colon and says nothing else."""
    content = text[line.start : line.end].strip(" 　")
    if len(content) > MAX_UNIT_TITLE_CHARS or not content.endswith("："):
        return []
    units = [unit for unit in index.between(line.start, line.end) if unit.kind != "province"]
    return units if len(units) == 1 and content == f"{units[0].name}：" else []


def _run_in(sentence: str, units: list[Unit]) -> bool:
    """Return whether a sentence is only the name of a unit, as a heading is that runs in."""
    title = sentence.strip(" 　")
    if not units or not title.startswith(units[0].name) or len(title) > MAX_UNIT_TITLE_CHARS:
        return False
    if title == units[0].name:
        return True
    named = title.endswith(("园", "园区", "基地")) and not _SENTENCE_WORD.search(title)
    return named and len(units) == 1


def _whole(unit: Unit, match: re.Match[str]) -> Unit:
    title = match.group().strip(" 　")
    kind = unit.kind if title == unit.name else "park"
    return replace(unit, name=title, end=unit.start + len(title), kind=kind)


def _merged(found: list[Positioning], firms: frozenset[str]) -> list[Positioning]:
    merged: dict[tuple[str, int], Positioning] = {}
    for one in found:
        one = replace(one, sectors=tuple(name for name in one.sectors if name not in firms))
        if not one.sectors:
            continue
        key = (one.unit.name, one.start)
        old = merged.get(key)
        sectors = tuple(dict.fromkeys((*(old.sectors if old else ()), *one.sectors)))
        merged[key] = replace(old or one, sectors=sectors)
    return sorted(merged.values(), key=lambda p: (p.start, p.unit.start))


def _speaks_on(text: str, start: int, end: int) -> bool:
    return bool(_SAME_UNIT.search(text[start:end]) or _SAME_TOPIC.search(text, start, end))


def _heading_units(line: Line, region: tuple[str, ...]) -> list[Unit]:
    """Return the unit that the nearest heading names and nothing else (1.浑南区。)."""
    if not line.path:
        return []
    heading = line.path[-1]
    if len(line.path) > 1 and _HEADING_OF_UNIT.fullmatch(heading.title):
        heading = line.path[-2]  # 浑南区 / 主导产业
    title = heading.title.rstrip("：:。 　")
    unit = _unit_of_title(title, region) or _role_of(title, region)
    if unit is None or unit.kind == "province":
        return []
    if not heading.number and unit.kind == "county" and not unit.official:  # a broken line
        return []
    return [replace(unit, start=heading.start, end=heading.start + len(unit.name))]


def _role_of(title: str, region: tuple[str, ...]) -> Unit | None:
    """Return the unit of a title that gives it a part to play (甲市数字制造联动区)."""
    unit = division_at(title, 0, len(title), region) if title else None
    return unit if unit is not None and _ROLE.fullmatch(title, unit.end) else None


@lru_cache(maxsize=10_000)
def _unit_of_title(title: str, region: tuple[str, ...]) -> Unit | None:
    if not 2 <= len(title) <= MAX_UNIT_TITLE_CHARS:
        return None
    units = UnitIndex(title, [], region).between(0, len(title))
    if len(units) == 1 and units[0].end - units[0].start == len(title):
        return units[0]
    whole = division_at(title, 0, len(title), region)
    return whole if whole is not None and whole.end == len(title) else None
