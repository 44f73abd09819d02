"""Positionings in the rows of tables and in the closing brackets of responsible bodies."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.stated_sectors import stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.unit_titles import heading_trade
from clusteratlas.policy.units import Unit, UnitIndex

_BODIES: Final = r"政府|管委会|责任|负责|牵头|配合"
_RESPONSIBLE: Final = re.compile(
    rf"[（(](?=[^（）()]{{0,300}}(?:{_BODIES}))(?P<names>[^（）()]{{4,300}})[)）]|"
    r"(?:责任|牵头|配合|负责|实施)(?:单位|部门|主体)[：:](?P<labelled>[^。\n]{4,300})"
)
_HELPING: Final = re.compile("配合(?:单位|部门)")  # 配合单位 are not those who are to develop it
_INDUSTRY: Final = re.compile("产业|基地|集群|园|制造|加工|装备|生产")
_LISTED_TRADES: Final = re.compile(
    r"(?:支持|推动|促进)?([^，。；：、]{2,12}(?:、[^，。；：、]{2,12})+)等(?:产业|领域|行业|产业链)"
)
_UNIT_HEADER: Final = re.compile(
    r"区[（(]市|区县|县区|县市|市县|县[（(]市|地区|区域|所在地|承载|责任(?:单位|主体)|"
    r"牵头单位|实施单位|属地|镇街|乡镇|板块|布局|^[市州]$|(?<!园|地|带)区$|县$"
)
_PLACE_HEADER: Final = re.compile("园区|开发区|载体|平台|功能区|名称|集群|基地")
MAX_SPACED_ROW: Final = 80
MAX_HEADER_CHARS: Final = 14
MAX_TRADE_CELL: Final = 40
MAX_PARK_CHARS: Final = 24
_ROW_MARK: Final = re.compile(r"[ 　●○■□◆·•\-—\d.．、]*")
_LIST_ITEM: Final = re.compile("[^、，；;,]+")
_CELL: Final = re.compile(r"(?<=[|\t])(?=\t)|[^\t|]+")
_SECTOR_HEADER: Final = re.compile("产业|方向|定位|领域|行业|重点发展|产品|环节|链条|门类")
_LEADING_HEADER: Final = re.compile("主导|首位|主攻|方向|定位|重点发展|领域|发展重点")
_PARK_CELL: Final = re.compile("(?:园区?|区|基地|小镇|城|港|谷)$")


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
    """Return the trade of the heading above a bracket and those of the sentence before it."""
    names = heading_trade(line)
    sentences = [part for part in re.split("[。；]", text[start:end]) if part.strip(" 　")]
    for sentence in reversed(sentences[-2:]):
        said: list[str] = []
        for clause in sentence.split("，") if _INDUSTRY.search(sentence) else ():
            said += stated_sectors(clause, 0, len(clause))
        for listed in _LISTED_TRADES.finditer(sentence):
            said += sectors_in(listed.group(1))
        if said:
            return list(dict.fromkeys([*names, *said]))
    return names


def is_row(text: str, line: Line) -> bool:
    """Return whether a line is a row of a table: cells between tabs or bars."""
    content = text[line.start : line.end]
    return "\t" in content or (content.lstrip().startswith("|") and content.count("|") > 2)


def _cells(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the cells of a row stand, without the blanks around them."""
    cells = []
    for match in _CELL.finditer(text, line.start, line.end):
        start, cell = match.start(), match.group()
        lead = len(cell) - len(cell.lstrip(" 　"))
        cells.append((start + lead, start + len(cell.rstrip(" 　"))))
    return cells


@dataclass(frozen=True)
class Header:
    """The columns of a table that hold places, parks and what they are to develop."""

    places: tuple[int, ...]
    parks: tuple[int, ...]
    sectors: tuple[int, ...]


def table_header(text: str, line: Line, index: UnitIndex) -> Header | None:
    """Return the columns of units and of their sectors if a row is such a header.

    Of a column of cities and one of counties the counties are meant.
    """
    if index.between(line.start, line.end):
        return None
    cells = [text[slice(*span)].strip(" 　") for span in _cells(text, line)]
    short = [cell if len(cell) <= MAX_HEADER_CHARS else "" for cell in cells]
    parks = [i for i, cell in enumerate(short) if _PLACE_HEADER.search(cell)]
    sectors = [i for i, c in enumerate(short) if _SECTOR_HEADER.search(c) and i not in parks]
    leading = [i for i in sectors if _LEADING_HEADER.search(short[i])]
    places = [
        i
        for i, cell in enumerate(short)
        if _UNIT_HEADER.search(cell) and i not in (*parks, *leading)
    ]
    narrow = [i for i in places if short[i] not in {"市", "州"}]
    sectors = leading or [i for i in sectors if i not in places]
    if not sectors or not (places or parks):
        return None
    return Header(tuple(narrow or places), tuple(parks), tuple(sectors))


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


def in_row(text: str, line: Line, header: Header | None, index: UnitIndex) -> Iterator[Positioning]:
    """Yield the units of a table row with its sectors; without header, of the first two cells."""
    cells = _cells(text, line)
    columns = header or _columns_of(text, cells, index)
    sectors: list[str] = []
    for column in columns.sectors:
        if column < len(cells):
            cell = text[slice(*cells[column])].replace("，", "、").replace("。", "、")
            sectors += sectors_in(cell, sure=header is not None)
    named = tuple(dict.fromkeys(sectors))
    units: list[Unit] = []
    for column in columns.places:
        if column < len(cells):
            units += _units_of_cell(cells[column], index)
    for column in columns.parks:
        if column < len(cells):
            units += _parks_of_cell(text, cells[column], index, single=len(named) == 1)
    for unit in units if named else ():
        yield Positioning(unit, named, "leading", line.start, line.end, "table", line)


def _columns_of(text: str, cells: list[tuple[int, int]], index: UnitIndex) -> Header:
    """Return the columns of a row without header: the first of units alone, the first of trades."""
    places = [i for i, cell in enumerate(cells) if _units_of_cell(cell, index)]
    short = [i for i, (start, end) in enumerate(cells) if end - start <= MAX_TRADE_CELL]
    sectors = [i for i in short if i not in places and sectors_in(text[slice(*cells[i])])]
    return Header(tuple(places[:1]), (), tuple(sectors[:1]))


def _units_of_cell(cell: tuple[int, int], index: UnitIndex) -> list[Unit]:
    """Return the units that make up most of a cell; of 无锡惠山区 the narrower one."""
    units = [unit for unit in index.between(*cell) if unit.kind != "province"]
    if sum(unit.end - unit.start for unit in units) * 2 < cell[1] - cell[0]:
        return []
    return [
        unit
        for unit, after in itertools.zip_longest(units, units[1:])
        if after is None or unit.kind != "city" or after.start != unit.end
    ]


def _parks_of_cell(
    text: str, cell: tuple[int, int], index: UnitIndex, *, single: bool
) -> list[Unit]:
    """Return the park of a cell that names one, all of a list of parks if the row's trade is single.

    Of several parks and several trades the row does not say which takes what.
    """
    name = re.sub("[（(].*", "", text[slice(*cell)]).strip(" 　")
    if re.search("[、，；;,]", name):
        return _listed_parks(text, cell) if single else []
    if 4 <= len(name) <= MAX_PARK_CHARS and _PARK_CELL.search(name):
        start = text.index(name, cell[0])
        return [Unit(name, start, start + len(name), "park")]
    return _units_of_cell(cell, index)


def _listed_parks(text: str, cell: tuple[int, int]) -> list[Unit]:
    """Return the parks of a cell (甲开发区、乙产业园); [] if an item of it may be no park."""
    parks = []
    for item in _LIST_ITEM.finditer(text, *cell):
        name = item.group().strip(" 　")
        if not 4 <= len(name) <= MAX_PARK_CHARS or not _PARK_CELL.search(name):
            return []
        start = text.index(name, item.start())
        parks.append(Unit(name, start, start + len(name), "park"))
    return parks
