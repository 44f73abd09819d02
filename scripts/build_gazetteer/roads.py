"""Main roads by district and zone: ``tables/roads_*.txt`` -> ``roads.csv``.

A block starts with ``@ADCODE [ZONE_ID] [township=NAME]``; each line below it is a road::

    NAME  LON,LAT  [LON2,LAT2]  RADIUS_M  [FROM-TO]  [fact]

One point is the middle of the road. Two points are its ends: the first belongs to the house number FROM,
the second to TO. ``fact``: the point of one address on the road. Spellings are joined with ``/``.
"""

from __future__ import annotations

import re
from pathlib import Path

from tables import FACT, HAND, OWN, TABLES, Row, lines

COLUMNS = [
    "name",
    "adcode",
    "zone_id",
    "township",
    "lon",
    "lat",
    "lon2",
    "lat2",
    "number_from",
    "number_to",
    "radius_m",
    "source",
    "licence",
]
RADIUS_FACTOR = 1.4
"""Radii set by eye held 66 % of 38 hospital addresses that the tables had not seen; 90 % is wanted."""

POINT = re.compile(r"^\d{3}\.\d+,\d{2}\.\d+$")
NUMBERS = re.compile(r"^(\d+)-(\d+)$")


def build(zone_ids: set[str]) -> list[Row]:
    """Rows of ``roads.csv``; a road with several spellings gives a row for each."""
    rows: list[Row] = []
    for path in sorted(TABLES.glob("roads_*.txt")):
        rows += _read(path, zone_ids)
    return sorted(rows, key=lambda r: (r["adcode"], r["zone_id"], r["township"], r["name"]))


def _read(path: Path, zone_ids: set[str]) -> list[Row]:
    rows: list[Row] = []
    block: Row = {}
    for number, text in lines(path):
        try:
            if text.startswith("@"):
                block = _block(text, zone_ids)
            else:
                rows += _road(text, block)
        except (ValueError, KeyError, IndexError) as error:
            raise SystemExit(f"{path.name}:{number}: {error}: {text}") from error
    return rows


def _block(text: str, zone_ids: set[str]) -> Row:
    adcode, *rest = text[1:].split()
    block = {"adcode": adcode, "zone_id": "", "township": ""}
    for part in rest:
        if part.startswith("township="):
            block["township"] = part.removeprefix("township=")
        elif part in zone_ids:
            block["zone_id"] = part
        else:
            raise ValueError(f"no zone {part}")
    return block


def _road(text: str, block: Row) -> list[Row]:
    names, *rest = text.split()
    points = [part.split(",") for part in rest if POINT.match(part)]
    others = [part for part in rest if not POINT.match(part)]
    radius = next(part for part in others if part.isdigit())
    numbers = next((m.groups() for part in others if (m := NUMBERS.match(part))), ("", ""))
    if not 1 <= len(points) <= 2 or (numbers[0] and len(points) == 1):
        raise ValueError("one point, or two points with house numbers")
    lon2, lat2 = points[1] if len(points) == 2 else ("", "")
    row = {
        "lon": points[0][0],
        "lat": points[0][1],
        "lon2": lon2,
        "lat2": lat2,
        "number_from": numbers[0],
        "number_to": numbers[1],
        "radius_m": f"{round(int(radius) * RADIUS_FACTOR, -1):.0f}",
        "source": FACT if "fact" in others else HAND,
        "licence": OWN,
    }
    return [{"name": name, **block, **row} for name in names.split("/")]
