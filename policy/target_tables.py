"""Targets in the tables of plans: a row for each indicator, a column for each year."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.structure import Line
from clusteratlas.policy.table_columns import Tables
from clusteratlas.policy.targets import Target

MAX_NAME_CHARS: Final = 40
_YEAR: Final = re.compile(r"(20\d\d)年?(?:末|底)?[（(]?(?P<said>目标|预期|规划|计划)?值?[)）]?")
_UNIT_COLUMN: Final = re.compile("(?:计量|指标)?单位")
_NAME_COLUMN: Final = re.compile("指标|名称|项目|目标|类别|内容")
_VALUE: Final = re.compile(
    r"(?:(?P<least>[≥>＞]=?|不低于|不少于|超过)|(?P<most>[≤<＜]=?|不超过|不高于))?[ ]?"
    r"(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?)[ ]?"
    r"(?P<unit>[%％]|(?!以|左右)[\u4e00-\u9fff]{1,5}?)?(?P<after>以上|左右|以内|以下)?"
)
_UNIT_OF_NAME: Final = re.compile(r"[（(](?P<unit>[^（）()\d]{1,8})[)）]$")
_OWN_NUMBER: Final = re.compile(r"\d{1,3}[.．、]?$")


def targets_in_tables(text: str, lines: Sequence[Line], tables: Tables) -> Iterator[Target]:
    """Yield the numbers that tables give for years to come.

    Of several years in a header the first is where the plan starts from; a single one counts if it is
    called a target. A row without a unit (in its column, after its name, beside its number) gives none.
    """
    header: _Header | None = None
    for line in lines:
        row = tables.row(line)
        if row is None:
            header = None
        elif (opened := _header(text, row.cells)) is not None:
            header = opened
        elif header is not None and len(row.cells) == header.size:
            yield from _in_row(text, line, row.cells, header)


@dataclass(frozen=True)
class _Header:
    """How many columns a table has, and which hold names, units and the years to come."""

    size: int
    name: int
    unit: int | None
    years: dict[int, int]


def _header(text: str, cells: Sequence[tuple[int, int]]) -> _Header | None:
    """Return the columns of a row if it is a header with years."""
    said = {n: match for n, cell in enumerate(cells) if (match := _YEAR.fullmatch(text, *cell))}
    if not said:
        return None
    years = {n: int(match.group(1)) for n, match in said.items()}
    first = min(years.values())
    called = {n for n, match in said.items() if match.group("said")}
    ahead = {n: year for n, year in years.items() if year > first or n in called}
    others = [n for n in range(len(cells)) if n not in years]
    units = [n for n in others if _UNIT_COLUMN.fullmatch(text, *cells[n])]
    names = [n for n in others if n not in units and _NAME_COLUMN.search(text, *cells[n])]
    if not ahead or not names:
        return None
    return _Header(len(cells), names[-1], units[0] if units else None, ahead)


def _in_row(
    text: str, line: Line, cells: Sequence[tuple[int, int]], header: _Header
) -> Iterator[Target]:
    start, end = cells[header.name]
    name = text[start:end]
    bracket = _UNIT_OF_NAME.search(name)
    unit = text[slice(*cells[header.unit])] if header.unit is not None else ""
    unit = unit or (bracket.group("unit") if bracket else "")
    quantity = name[: bracket.start()] if bracket else name
    if not 2 <= len(quantity) <= MAX_NAME_CHARS or _OWN_NUMBER.match(quantity):
        return
    for column, year in header.years.items():
        match = _VALUE.fullmatch(text, *cells[column])
        own = (match.group("unit") or unit) if match else ""
        if match and own:
            least = match.group("least") or match.group("after") == "以上"
            most = match.group("most") or match.group("after") in {"以内", "以下"}
            comparison = ">=" if least else "<=" if most else "="
            value = float(match.group("value").replace(",", ""))
            stop = cells[column][1]
            yield Target(
                quantity, value, own.replace("％", "%"), year, comparison, start, stop, line
            )
