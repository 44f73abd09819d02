"""Positionings in the rows of tables."""

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import MENTIONED, Positioning
from clusteratlas.policy.stated_sectors import stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.table_columns import Header, TableRow
from clusteratlas.policy.table_names import is_class_of_parks
from clusteratlas.policy.unit_index import UnitIndex
from clusteratlas.policy.units import Unit

MAX_SPACED_ROW: Final = 80
MAX_TRADE_CELL: Final = 40
MAX_PARK_CHARS: Final = 24
_ROW_MARK: Final = re.compile(r"[ 　●○■□◆·•\-—\d.．、]*")
# What parts the groups of a cell: semicolons, or the blanks between its lines.
_GROUP_STOPS: Final = (re.compile("[；;]"), re.compile("(?<=[一-龥）)])[ 　]+(?=[一-龥])"))
_ITEM_STOP: Final = re.compile("[，。；;]|(?<=[一-龥）)])[ 　]+(?=[一-龥])")
_ONE_EACH: Final = re.compile("分别(?:(?:重点)?(?:发展|布局|培育|打造)|为|是)?")
_LIST_ITEM: Final = re.compile("[^、，；;, 　]+")
# 甲镇、乙镇：陶瓷；丙镇：花生加工
_GROUPS: Final = re.compile(
    "(?:[^；：\t]{2,60}：[^；：\t]{2,80}；[ 　]?)+[^；：\t]{2,60}：[^；：\t]{2,80}。?"
)
_PARK_CELL: Final = re.compile("(?:园区?|区|基地|小镇|城|港|谷)$")


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


class RowReader:
    """Reads the rows of tables, each by the header above it.

    Attributes
    ----------
    bodies, others
        Cells of responsible bodies, and those of them whose row names places or parks elsewhere:
        then its trades are those of these, not of the bodies.
    settled
        Cells of several units to which the rules gave one trade each, or none.
    """

    def __init__(self, text: str, index: UnitIndex) -> None:
        self.text, self.index = text, index
        self.bodies, self.others, self.settled = _Cells(), _Cells(), _Cells()
        self._places: list[Unit] = []  # of the rows above, for cells merged with theirs

    def end_table(self) -> None:
        """Forget the places of the rows above: what follows is another table."""
        self._places = []

    def read(self, one: TableRow) -> Iterator[Positioning]:
        """Yield the units of a row with its trades; without header, of the first two cells.

        A row of a table of projects states nothing: what is built there is no district's trade.
        """
        if one.heads:
            self._places = []
            return
        text, header = self.text, one.header
        if header is not None and header.projects and not header.of_trades:
            self.settled.add(one.cells)
            return
        if header is not None and not header.of_trades:
            header = None
        self.settled.add(cell for cell in one.cells if _GROUPS.fullmatch(text, *cell))
        columns = header or _columns_of(text, one.cells, self.index)
        sure = header is not None and bool(columns.sectors)
        row = _Row(text, one.line, one.cells, columns, self.index, sure=sure)
        if columns.places and not row.has_text(columns.places):
            places = self._places  # merged with the cell above
        else:
            places = self._places = row.units(columns.places)
        own = bool(places) or row.names_parks()
        self.bodies.add(row.bodies)
        self.others.add(row.bodies if own else ())
        if row.trades:
            yield from self._stated(row, places, own=own)

    def _stated(self, row: "_Row", places: list[Unit], *, own: bool) -> Iterator[Positioning]:
        for unit, trades in [*row.shared(places), *row.of_parks()]:
            yield row.positioning(unit, trades, "leading", "table")
        self.settled.add(row.settled)
        if not own:
            for unit in row.answering():
                yield row.positioning(unit, list(row.trades), MENTIONED, "responsible")


def as_rows_say(
    found: Iterable[Positioning], rows: RowReader, ruled: Iterable[Positioning]
) -> Iterator[Positioning]:
    """Yield what was found in rows as far as the rows say whose trades theirs are.

    Units of :attr:`RowReader.settled` cells have the trades that the rules gave them. Bodies of a
    row that names places or parks elsewhere have none; else they are given its trades, as those in
    brackets are: ``mentioned``.
    """
    given: dict[tuple[str, int], tuple[str, ...]] = {}
    for one in ruled:
        key = one.unit.name, one.start
        given[key] = (*given.get(key, ()), *one.sectors)
    for one in found:
        known = given.get((one.unit.name, one.start), ())
        if rows.settled.holds(one.unit):
            sectors = tuple(name for name in one.sectors if name in known)
            if sectors:
                yield one if sectors == one.sectors else replace(one, sectors=sectors)
        elif known or not rows.bodies.holds(one.unit):
            yield one
        elif not rows.others.holds(one.unit):
            yield replace(one, strength=MENTIONED)


class _Cells:
    """Cells of a text, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, cells: Iterable[tuple[int, int]]) -> None:
        """Add cells that stand after the ones so far, or as columns of the row of the last ones."""
        for start, end in cells:
            at = bisect.bisect_right(self._starts, start)
            self._starts.insert(at, start)
            self._ends.insert(at, end)

    def holds(self, unit: Unit) -> bool:
        """Return whether one of them holds a unit."""
        at = bisect.bisect_right(self._starts, unit.start) - 1
        return at >= 0 and unit.end <= self._ends[at]


class _Row:
    """A row of a table whose columns are known."""

    def __init__(
        self, text: str, line: Line, cells: list[tuple[int, int]], columns: Header,
        index: UnitIndex, *, sure: bool,
    ) -> None:  # fmt: skip
        self.text, self.line, self.index, self.columns, self.sure = text, line, index, columns, sure
        self.cells = cells
        self.bodies = self._cells(columns.bodies)
        sectors = self._cells(columns.sectors)
        if columns.bodies and not (columns.sectors or columns.projects):  # 重点任务 | 责任单位
            named = (*columns.bodies, *columns.places, *columns.parks)
            others = [i for i in range(len(cells)) if i not in named]
            short = [cell for cell in self._cells(others) if cell[1] - cell[0] <= MAX_TRADE_CELL]
            sectors = [cell for cell in short if sectors_in(text[slice(*cell)])][:1]
        self._sector_cells = sectors
        self.settled: list[tuple[int, int]] = []
        self.trades = tuple(
            dict.fromkeys(name for cell in sectors for name in self._trades(text[slice(*cell)]))
        )

    def _cells(self, columns: Iterable[int]) -> list[tuple[int, int]]:
        return [self.cells[i] for i in columns if i < len(self.cells)]

    def _trades(self, phrase: str) -> list[str]:
        if not self.columns.sectors:  # a task: 加快甲、乙产业绿色转型
            said = [
                name for part in phrase.split("，") for name in stated_sectors(part, 0, len(part))
            ]
            if said:
                return said
        phrase = _ONE_EACH.sub("、", phrase)
        return sectors_in(_ITEM_STOP.sub("、", phrase).strip("、"), sure=self.sure)

    def has_text(self, columns: Iterable[int]) -> bool:
        """Return whether a cell of some columns holds anything."""
        return any(end > start for start, end in self._cells(columns))

    def units(self, columns: Iterable[int]) -> list[Unit]:
        """Return the units that make up the cells of some columns."""
        return [unit for cell in self._cells(columns) for unit in _units_of_cell(cell, self.index)]

    def names_parks(self) -> bool:
        """Return whether the row names parks in their columns."""
        cells = self._cells(self.columns.parks)
        return any(_parks_of_cell(self.text, cell, self.index) for cell in cells)

    def answering(self) -> list[Unit]:
        """Return the districts, parks and zones in the cells of responsible bodies."""
        leading = [i for i in self.columns.bodies if i not in self.columns.helping]
        units = [unit for cell in self._cells(leading) for unit in self.index.between(*cell)]
        return [unit for unit in units if unit.kind in {"county", "park", "zone"}]

    def shared(self, places: list[Unit]) -> Iterator[tuple[Unit, list[str]]]:
        """Yield places with the trades of the row: one each where it says so, else all."""
        cells = self._cells(self.columns.places)
        each = self._each(len(places), cells[0]) if len(cells) == 1 else None
        self.settled += cells if each else []
        for number, unit in enumerate(places):
            yield unit, each[number] if each else list(self.trades)

    def of_parks(self) -> Iterator[tuple[Unit, list[str]]]:
        """Yield the parks of the row with their trades.

        Of several parks and several trades the row must say which takes what.
        """
        for cell in self._cells(self.columns.parks):
            parks = _parks_of_cell(self.text, cell, self.index)
            each = self._each(len(parks), cell) if len(parks) > 1 else None
            if len(parks) > 1 and len(self.trades) > 1:
                self.settled.append(cell)
                parks = parks if each else []
            for number, unit in enumerate(parks):
                yield unit, each[number] if each else list(self.trades)

    def _each(self, count: int, cell: tuple[int, int]) -> list[list[str]] | None:
        """Return the trades of each unit of a cell; None if the row does not say whose they are.

        It does by 分别, or if as many groups stand between semicolons, or on lines of their own, in
        the cell of trades as in that of the units.
        """
        if count < 2 or len(self._sector_cells) != 1:
            return None
        listed, phrase = self.text[slice(*cell)], self.text[slice(*self._sector_cells[0])]
        for stop in _GROUP_STOPS:
            parts = [part for part in stop.split(phrase) if part.strip(" 　")]
            if len(parts) == count == len([one for one in stop.split(listed) if one.strip(" 　")]):
                each = [self._trades(part) for part in parts]
                return each if all(each) else None
        if "分别" in self.text[self.line.start : self.line.end] and len(self.trades) == count:
            return [[trade] for trade in self.trades]
        return None

    def positioning(self, unit: Unit, trades: list[str], strength: str, rule: str) -> Positioning:
        """Return what the row states of a unit."""
        line = self.line
        return Positioning(unit, tuple(trades), strength, line.start, line.end, rule, line)


def _columns_of(text: str, cells: list[tuple[int, int]], index: UnitIndex) -> Header:
    """Return the columns of a row without header: the first of units alone, the first of trades."""
    places = [i for i, cell in enumerate(cells) if _units_of_cell(cell, index)]
    short = [i for i, (start, end) in enumerate(cells) if end - start <= MAX_TRADE_CELL]
    others = (i for i in short if i not in places)
    sector = next((i for i in others if sectors_in(text[slice(*cells[i])])), None)
    return Header(tuple(places[:1]), (), () if sector is None else (sector,))


def _units_of_cell(cell: tuple[int, int], index: UnitIndex) -> list[Unit]:
    """Return the units that make up most of a cell; of 无锡惠山区 the narrower one."""
    units = [unit for unit in index.between(*cell) if unit.kind != "province"]
    if not units or sum(unit.end - unit.start for unit in units) * 2 < cell[1] - cell[0]:
        return []
    if len(units) == 1:
        return units
    return [
        unit
        for unit, after in itertools.zip_longest(units, units[1:])
        if after is None or unit.kind != "city" or after.start != unit.end
    ]


def _parks_of_cell(text: str, cell: tuple[int, int], index: UnitIndex) -> list[Unit]:
    """Return the parks of a cell, [] if one of several items may be none."""
    name = re.sub("[（(].*", "", text[slice(*cell)]).strip(" 　")
    if re.search("[、，；;, 　]", name):
        return _listed_parks(text, cell)
    if is_class_of_parks(name):
        return []
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
