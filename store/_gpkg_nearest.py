"""Exact nearest enterprises by an R-tree box that grows until it must hold them."""

import math
import sqlite3
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod

from clusteratlas.errors import InputError
from clusteratlas.store._gpkg_frames import COLUMN_LIST, enterprise_frame, where
from clusteratlas.store.base import Selection
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

FIRST_RADIUS_M: Final = 500.0
GROWTH: Final = 2.0
# A float32 longitude is good to 8e-6 degrees, and boxes are rounded outwards by one step.
FLOAT32_SLACK_M: Final = 3.0
HALF_WORLD_M: Final = 20_100_000.0
# Shortest metres per degree on the ellipsoid: at the equator along the meridian (110,574), and
# 111,319 x cos(latitude) along a parallel; both less 0.5 %, so that the box always holds the circle.
METRES_PER_DEGREE_LAT: Final = 110_574 * 0.995
METRES_PER_DEGREE_LON: Final = 111_319 * 0.995
GEOD: Final = Geod(ellps="WGS84")
_CHUNK: Final = 5_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def box_around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """Return a box (west, south, east, north) that holds all points within ``radius_m``."""
    dlat = radius_m / METRES_PER_DEGREE_LAT
    south, north = max(lat - dlat, -90.0), min(lat + dlat, 90.0)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    dlon = radius_m / (METRES_PER_DEGREE_LON * narrowest) if narrowest > 1e-9 else 360.0
    west, east = lon - dlon, lon + dlon
    if west < -180 or east > 180:  # across the antimeridian: take the whole belt
        west, east = -180.0, 180.0
    return west, south, east, north


def nearest(
    connection: sqlite3.Connection,
    lon: float,
    lat: float,
    *,
    k: int,
    radius_m: float | None,
    selection: Selection | None,
) -> pd.DataFrame:
    """Return the k nearest enterprises, nearest first, equal distances by fid.

    See :meth:`clusteratlas.store.base.Store.nearest`.
    """
    check_request(lon, lat, k, radius_m)
    limit = HALF_WORLD_M if radius_m is None else min(radius_m, HALF_WORLD_M)
    reach = min(FIRST_RADIUS_M, limit)
    plan = _Plan(k, selection)
    while True:
        fids, distances = _within(connection, lon, lat, reach, plan)
        if len(fids) >= k or reach >= limit:
            break
        reach = min(reach * GROWTH, limit)
    order = np.lexsort((fids, distances))[:k]
    return _rows(connection, fids[order], distances[order])


def check_request(lon: float, lat: float, k: int, radius_m: float | None) -> None:
    """Refuse a point, k or radius that is out of bounds."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"point {lon}, {lat}: expected longitude -180..180, latitude -90..90")
    if k < 1:
        raise InputError(f"k is {k}: expected 1 or more")
    if radius_m is not None and not radius_m >= 0:
        raise InputError(f"radius_m is {radius_m}: expected 0 or more")


def _within(
    connection: sqlite3.Connection, lon: float, lat: float, reach: float, plan: "_Plan"
) -> tuple[Ints, Floats]:
    """Return fids and distances of at least the k nearest firms within ``reach`` metres.

    The R-tree alone is asked first: its float32 boxes tell distances to a metre or two, and only the
    firms that may be among the k nearest are looked up for their exact coordinates.
    """
    west, south, east, north = box_around(lon, lat, reach)
    rows = connection.execute(plan.sql, [west, east, south, north, *plan.values]).fetchall()
    if not rows:
        return np.empty(0, dtype=np.int64), np.empty(0)
    boxes = np.asarray(rows, dtype=np.float64)
    rough = _distances(lon, lat, boxes[:, 1], boxes[:, 2])
    near = rough <= reach + FLOAT32_SLACK_M
    if near.sum() > plan.k:
        limit = np.partition(rough[near], plan.k - 1)[plan.k - 1]
        near &= rough <= limit + 2 * FLOAT32_SLACK_M
    return _exact(connection, lon, lat, reach, boxes[near, 0].astype(np.int64))


def _exact(
    connection: sqlite3.Connection, lon: float, lat: float, reach: float, fids: Ints
) -> tuple[Ints, Floats]:
    rows: list[tuple[int, float, float]] = []
    for start in range(0, len(fids), _CHUNK):
        chunk = fids[start : start + _CHUNK].tolist()
        marks = ", ".join(map(str, chunk))
        rows += connection.execute(
            f"SELECT fid, lon, lat FROM enterprises WHERE fid IN ({marks})"
        ).fetchall()
    found = np.asarray(rows, dtype=np.float64).reshape(-1, 3)
    metres = _distances(lon, lat, found[:, 1], found[:, 2])
    inside = metres <= reach
    return found[inside, 0].astype(np.int64), metres[inside]


def _distances(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    # Thousands of firms may stand at the middle of one district: each place is measured once.
    places, which = np.unique(lons + 1j * lats, return_inverse=True)
    count = len(places)
    _, _, metres = GEOD.inv(np.full(count, lon), np.full(count, lat), places.real, places.imag)
    return np.asarray(metres, dtype=np.float64)[which]


class _Plan:
    """The query for the boxes, made once for all radii.

    Parameters
    ----------
    k
        How many are wanted.
    chosen
        Which firms; sectors are asked of their own index, all else of the rows.
    """

    def __init__(self, k: int, chosen: Selection | None) -> None:
        self.k = k
        conditions = ["r.maxx >= ? AND r.minx <= ? AND r.maxy >= ? AND r.miny <= ?"]
        self.values: list[Any] = []
        join = ""
        if chosen is not None and chosen.sectors:
            marks = ", ".join("?" * len(chosen.sectors))
            conditions.append(
                "EXISTS (SELECT 1 FROM enterprise_sectors s"
                f" WHERE s.sector IN ({marks}) AND s.fid = r.id)"
            )
            self.values += chosen.sectors
        inner, values = where(replace(chosen, bbox=None, sectors=()) if chosen else None)
        if chosen is not None and chosen.bbox is not None:
            inner += " AND e.lon BETWEEN ? AND ? AND e.lat BETWEEN ? AND ?"
            values += [chosen.bbox[0], chosen.bbox[2], chosen.bbox[1], chosen.bbox[3]]
        if inner != "1":
            # CROSS JOIN and + keep SQLite from walking a whole district for every box.
            join = " CROSS JOIN enterprises e ON e.fid = r.id"
            conditions.append(inner.replace("e.adcode", "+e.adcode"))
            self.values += values
        self.sql = (
            "SELECT r.id, (r.minx + r.maxx) / 2, (r.miny + r.maxy) / 2"
            f" FROM rtree_enterprises_geom r{join} WHERE {' AND '.join(conditions)}"
        )


def _rows(connection: sqlite3.Connection, fids: Ints, distances: Floats) -> pd.DataFrame:
    marks = ", ".join(str(int(fid)) for fid in fids)
    rows = connection.execute(
        f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.fid IN ({marks})"
    ).fetchall()
    by_fid = {row[0]: row for row in rows}
    frame = enterprise_frame([by_fid[int(fid)] for fid in fids], list(ENTERPRISE_COLUMNS))
    return frame.assign(distance_m=np.asarray(distances, dtype=np.float64))
