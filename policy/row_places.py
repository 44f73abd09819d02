"""The place that each row of a table is about: its parks lie there if they do not say where."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from clusteratlas.policy.places import load_places
from clusteratlas.policy.structure import Line
from clusteratlas.policy.table_columns import Headers, cells_of, is_row
from clusteratlas.policy.units import Unit, division_at

MAX_PLACE_CHARS: Final = 14


def places_of_rows(
    text: str, lines: Sequence[Line], region: tuple[str, ...]
) -> dict[int, tuple[str, str]]:
    """Return by number of the line the district and the city that a row names in a cell of its own.

    The columns are those that the header gives to places, without a header the first. An empty
    cell, merged with the one above, means the place of the row above. A city without a district is
    ``("", city)``.
    """
    found: dict[int, tuple[str, str]] = {}
    headers = Headers()
    above = ("", "")
    for line in lines:
        if not is_row(text, line):
            headers.end_table()
            above = ("", "")
            continue
        cells = cells_of(text, line)
        units = [_unit_of(text, cell, region) for cell in cells]
        if headers.read([text[slice(*cell)] for cell in cells], names_units=any(units)):
            above = ("", "")
            continue
        header = headers.header
        columns = header.places if header is not None else (0,)
        columns = tuple(column for column in columns if column < len(cells))
        here = [unit for column in columns if (unit := units[column])]
        if here:
            above = _district(here[0].adcode) if len(here) == 1 else ("", "")
        elif any(cells[column][1] > cells[column][0] for column in columns):
            above = ("", "")
        if any(above):
            found[line.number] = above
    return found


def _unit_of(text: str, cell: tuple[int, int], region: tuple[str, ...]) -> Unit | None:
    """Return the district or city that a cell is the name of."""
    start, end = cell
    if not 2 <= end - start <= MAX_PLACE_CHARS:
        return None
    unit = division_at(text, start, end, region)
    whole = unit is not None and unit.end == end and unit.kind in {"county", "city"}
    return unit if whole else None


@lru_cache(maxsize=4_096)
def _district(adcode: str) -> tuple[str, str]:
    """Return the official names of a district and its city, or "" and that of a city."""
    names = {
        place.level: place.name
        for place in load_places()
        if place.adcode in {adcode, f"{adcode[:4]}00"}
    }
    return names.get("county", ""), names.get("city", "")
