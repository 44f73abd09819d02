"""Positionings in the rows of tables and in the closing brackets of responsible bodies."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.sections import sector_headings
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated_sectors import stated_sectors
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import UnitIndex

_BODIES: Final = r"政府|管委会|责任|负责|牵头|配合"
_RESPONSIBLE: Final = re.compile(
    rf"[（(](?=[^（）()]{{0,300}}(?:{_BODIES}))(?P<names>[^（）()]{{4,300}})[)）]|"
    r"(?:责任|牵头|配合|负责|实施)(?:单位|部门|主体)[：:](?P<labelled>[^。\n]{4,300})"
)
_HELPING: Final = re.compile("配合(?:单位|部门)")  # 配合单位 are not those who are to develop it
_INDUSTRY: Final = re.compile("产业|基地|集群|园|制造|加工|装备|生产")
_UNIT_HEADER: Final = re.compile(
    r"区[（(]市|区县|县区|县市|市县|县（市|地区|区域|园区|开发区|载体|名称|板块|布局|镇街|乡镇|功能区|"
    r"承载地"
)
MAX_SPACED_ROW: Final = 80
_ROW_MARK: Final = re.compile(r"[ 　●○■□◆·•\-—\d.．、]*")
_CELL: Final = re.compile(r"(?<=[|\t])(?=\t)|[^\t|]+")
_SECTOR_HEADER: Final = re.compile(r"产业|方向|定位|领域|行业|重点发展")


def in_bracket(text: str, line: Line, index: UnitIndex) -> Iterator[Positioning]:
    """Yield what a clause speaks of for the districts that its bracket makes responsible.

    The clause is the last sentence before the bracket; if that names no trade, it is the one before
    it or the heading (新型显示。突破…。责任单位：新站高新区管委会).
    """
    done = line.start
    for match in _RESPONSIBLE.finditer(text, line.start, line.end):
        begin, end = match.span(match.lastgroup or 0)
        helping = _HELPING.search(text, begin, end)
        units = [
            unit
            for unit in index.between(begin, helping.start() if helping else end)
            if unit.kind in {"county", "park", "zone"}
        ]
        sectors = _trade_of_clause(text, done, match.start(), line) if units else []
        for unit in units if sectors else ():
            rule = ("mentioned", done, match.end(), "responsible")
            yield Positioning(unit, tuple(sectors), *rule, line)
        done = match.end()


def _trade_of_clause(text: str, start: int, end: int, line: Line) -> list[str]:
    """Return the trades of the sentence before a bracket, or else of the heading above it."""
    sentences = [part for part in re.split("[。；]", text[start:end]) if part.strip(" 　")]
    for sentence in reversed(sentences[-2:]):
        names: list[str] = []
        if not _INDUSTRY.search(sentence):
            continue
        for clause in sentence.split("，"):
            names += stated_sectors(clause, 0, len(clause))
        if names:
            return list(dict.fromkeys(names))
    headings = sector_headings(line.path)
    return [headings[-1][1]] if headings else []


def is_row(text: str, line: Line) -> bool:
    """Return whether a line is a row of a table: cells between tabs or bars."""
    content = text[line.start : line.end]
    return "\t" in content or (content.lstrip().startswith("|") and content.count("|") > 2)


def _cells(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the cells of a row stand, without the blanks around them."""
    cells = []
    for match in _CELL.finditer(text, line.start, line.end):
        lead = len(match.group()) - len(match.group().lstrip(" 　"))
        cells.append((match.start() + lead, match.start() + len(match.group().rstrip(" 　"))))
    return cells


def table_header(text: str, line: Line) -> tuple[int, int] | None:
    """Return the columns of the unit and of its sectors if a row is such a header."""
    cells = [text[slice(*span)] for span in _cells(text, line)]
    units = [i for i, cell in enumerate(cells) if _UNIT_HEADER.search(cell) and len(cell) <= 12]
    sectors = [
        i
        for i, cell in enumerate(cells)
        if _SECTOR_HEADER.search(cell) and len(cell) <= 14 and i not in units
    ]
    return (units[0], sectors[0]) if units and sectors else None


def in_spaced_row(text: str, line: Line, index: UnitIndex) -> Iterator[Positioning]:
    """Yield the unit of a short line that is its name, a blank and a list of trades only."""
    units = index.between(line.start, line.end) if line.end - line.start <= MAX_SPACED_ROW else []
    if not units or _ROW_MARK.fullmatch(text, line.start, units[0].start) is None:
        return
    rest = text[units[0].end : line.end]
    parts = [part for part in re.split("[、，]", rest.strip(" 　。；")) if part]
    if rest[:1] in {" ", "　"} and parts and all(map(sectors_in, parts)):
        sectors = tuple(dict.fromkeys(name for part in parts for name in sectors_in(part)))
        yield Positioning(units[0], sectors, "leading", line.start, line.end, "table", line)


def in_row(
    text: str, line: Line, header: tuple[int, int] | None, index: UnitIndex
) -> Iterator[Positioning]:
    """Yield the units of a table row with its sectors; without header, of the first two cells."""
    cells = _cells(text, line)
    if header is None:
        header = (0, 1)
    if max(header) >= len(cells):
        return
    start, end = cells[header[0]]
    units = index.between(start, end)
    if not units or sum(u.end - u.start for u in units) * 2 < end - start:
        return
    sectors = sectors_in(text[slice(*cells[header[1]])].replace("，", "、").replace("。", "、"))
    for unit in units if sectors else ():
        yield Positioning(unit, tuple(sectors), "leading", line.start, line.end, "table", line)
