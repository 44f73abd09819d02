"""The place that each row of a table is about: its parks lie there if they do not say where."""

from functools import lru_cache
from typing import Final

from clusteratlas.policy.places import load_places
from clusteratlas.policy.table_columns import Tables
from clusteratlas.policy.units import Unit, division_at

MAX_PLACE_CHARS: Final = 14


def places_of_rows(
    text: str, tables: Tables, region: tuple[str, ...]
) -> dict[int, tuple[str, str]]:
    """Return by number of the line the district and the city that a row names in a cell of its own.

    The columns are those that the header gives to places, without a header the first. An empty
    cell, merged with the one above, means the place of the row above. A city without a district is
    ``("", city)``.
    """
    found: dict[int, tuple[str, str]] = {}
    above = ("", "")
    for row in tables.rows():
        if row.heads or row.opens:
            above = ("", "")
        if row.heads:
            continue
        columns = row.header.places if row.header is not None else (0,)
        cells = [row.cells[column] for column in columns if column < len(row.cells)]
        here = [unit for cell in cells if (unit := _unit_of(text, cell, region))]
        if here:
            above = _district(here[0].adcode) if len(here) == 1 else ("", "")
        elif any(end > start for start, end in cells):
            above = ("", "")
        if any(above):
            found[row.line.number] = above
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
