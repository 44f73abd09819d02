"""Positionings in the rows of tables and in the closing brackets of responsible bodies."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import UnitIndex

_RESPONSIBLE: Final = re.compile(r"[（(](?P<names>[^（）()]{4,160})[)）]\s*$")
_UNIT_HEADER: Final = re.compile(
    r"区[（(]市|区县|县区|县市|市县|县（市|地区|区域|园区|开发区|载体|名称|板块|布局|镇街|乡镇|功能区|"
    r"承载地"
)
MAX_SPACED_ROW: Final = 80
_ROW_MARK: Final = re.compile(r"[ 　●○■□◆·•\-—\d.．、]*")
_CELL: Final = re.compile(r"(?<=[|\t])(?=\t)|[^\t|]+")
_SECTOR_HEADER: Final = re.compile(r"产业|方向|定位|领域|行业|重点发展")


def in_bracket(text: str, line: Line, index: UnitIndex) -> Iterator[Positioning]:
    """Yield what the clause speaks of for the districts that its closing bracket makes responsible."""
    match = _RESPONSIBLE.search(text, max(line.start, line.end - 200), line.end)
    if match is None or not re.search("政府|管委会|牵头|负责|责任|局|委", match.group("names")):
        return
    units = index.between(match.start("names"), match.end("names"))
    named = [unit for unit in units if unit.kind in {"county", "park", "zone"}]
    if not named:
        return
    sectors: list[str] = []
    for listed in re.finditer(
        r"([^，。；：、]{2,12}(?:、[^，。；：、]{2,12})+)等(?:产业|领域|行业|产业链)",
        text[line.start : match.start()].rstrip("。；").rsplit("。", 1)[-1],
    ):
        sectors += sectors_in(listed.group(1))
    for unit in named if sectors else ():
        yield Positioning(
            unit,
            tuple(dict.fromkeys(sectors)),
            "mentioned",
            line.start,
            line.end,
            "responsible",
            line,
        )


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
