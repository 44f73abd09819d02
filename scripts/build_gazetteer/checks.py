"""What has to hold for every row before it is written."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import shapely
import shapely.ops
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from tables import Row

KEYS = {
    "zones": ("zone_id",),
    "townships": ("code",),
    "roads": ("name", "adcode", "zone_id", "township"),
    "sites": ("name", "adcode"),
}
MAX_RADIUS_M = 20_000


class Districts:
    """District polygons by division code, with point lookup."""

    def __init__(self, polygons: dict[str, BaseGeometry]) -> None:
        self.polygons = polygons
        self._codes = list(polygons)
        self._tree = shapely.STRtree(list(polygons.values()))

    def locate(self, lon: float, lat: float) -> str:
        """Code of the district that holds the point; empty when none does."""
        hits = self._tree.query(Point(lon, lat), predicate="within")
        return self._codes[int(hits[0])] if len(hits) else ""

    def distance_m(self, code: str, lon: float, lat: float) -> float:
        """Distance of the point from the district, metres (plane at its latitude)."""
        nearest = shapely.ops.nearest_points(self.polygons[code], Point(lon, lat))[0]
        east = (nearest.x - lon) * 111_320 * math.cos(math.radians(lat))
        return math.hypot(east, (nearest.y - lat) * 111_130)


def read_districts(path: Path) -> Districts:
    """Read ``data/districts.geojson``."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return Districts({f["properties"]["adcode"]: shape(f["geometry"]) for f in features})


def codes(row: Row) -> list[str]:
    """Division codes of a row, without their weights."""
    return [part.split(":")[0] for part in (row.get("adcodes") or row["adcode"]).split(";")]


def faults(table: str, rows: Sequence[Row], districts: Districts) -> list[str]:
    """One line for each thing that is wrong in ``rows``."""
    found = [fault for row in rows for fault in _row_faults(table, row, districts)]
    counts = Counter(tuple(row[column] for column in KEYS[table]) for row in rows)
    found += [f"{table}: {key} stands {n} times" for key, n in counts.items() if n > 1]
    return found


def _row_faults(table: str, row: Row, districts: Districts) -> list[str]:
    label = f"{table}: {row['name']} ({row.get('adcodes') or row['adcode']})"
    unknown = [code for code in codes(row) if code not in districts.polygons]
    if unknown:
        return [f"{label}: no district {', '.join(unknown)}"]
    found = [f"{label}: no {column}" for column in ("source", "licence") if not row[column]]
    if row["radius_m"] and not 50 <= int(row["radius_m"]) <= MAX_RADIUS_M:
        found.append(f"{label}: radius {row['radius_m']}")
    if row["lon"] and not row["radius_m"]:
        found.append(f"{label}: a point without a radius")
    for x, y in (("lon", "lat"), ("lon2", "lat2")):
        found += _point_faults(label, row, x, y, districts)
    return found


def _point_faults(label: str, row: Row, x: str, y: str, districts: Districts) -> list[str]:
    if not row.get(x):
        return []
    lon, lat = float(row[x]), float(row[y])
    own = codes(row)
    inside = districts.locate(lon, lat)
    if inside in own:
        return []
    off = min(districts.distance_m(code, lon, lat) for code in own)
    return [f"{label}: {x},{y} {lon},{lat} lies in {inside or 'none'}, {off:.0f} m away"]
