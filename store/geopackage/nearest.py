"""Exact nearest enterprises by an R-tree box that grows until it must hold them."""

import math
from dataclasses import replace
from typing import Any, Final

import numpy as np

from clusteratlas.store.base import Selection
from clusteratlas.store.geopackage.selection import SELECTION
from clusteratlas.store.sql.nearest import Asked, Floats, Ints
from clusteratlas.store.sql.selection import EVERYTHING, within
from clusteratlas.store.sql.session import Session

FIRST_RADIUS_M: Final = 500.0
GROWTH: Final = 2.0
# A float32 longitude is good to 8e-6 degrees, and boxes are rounded outwards by one step.
FLOAT32_SLACK_M: Final = 3.0
# Shortest metres per degree on the ellipsoid: at the equator along the meridian (110,574), and
# 111,319 x cos(latitude) along a parallel; both less 0.5 %, so that the box always holds the circle.
METRES_PER_DEGREE_LAT: Final = 110_574 * 0.995
METRES_PER_DEGREE_LON: Final = 111_319 * 0.995


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


def candidates(session: Session, asked: Asked) -> tuple[Ints, Floats]:
    """Return fids and metres of firms within the reach, the k nearest among them."""
    reach = min(FIRST_RADIUS_M, asked.reach_m)
    plan = _Plan(asked.selection)
    while True:
        fids, metres = _within(session, asked, reach, plan)
        if len(fids) >= asked.k or reach >= asked.reach_m:
            return fids, metres
        reach = min(reach * GROWTH, asked.reach_m)


def _within(session: Session, asked: Asked, reach: float, plan: "_Plan") -> tuple[Ints, Floats]:
    """Return fids and distances of at least the k nearest firms within ``reach`` metres.

    The R-tree alone is asked first: its float32 boxes tell distances to a metre or two, and only the
    firms that may be among the k nearest are looked up for their exact coordinates.
    """
    west, south, east, north = box_around(asked.lon, asked.lat, reach)
    rows = session.rows(plan.sql, [west, east, south, north, *plan.values])
    if not rows:
        return np.empty(0, dtype=np.int64), np.empty(0)
    boxes = np.asarray(rows, dtype=np.float64)
    rough = asked.metres_to(boxes[:, 1], boxes[:, 2])
    near = rough <= reach + FLOAT32_SLACK_M
    if near.sum() > asked.k:
        limit = np.partition(rough[near], asked.k - 1)[asked.k - 1]
        near &= rough <= limit + 2 * FLOAT32_SLACK_M
    return _exact(session, asked, reach, boxes[near, 0].astype(np.int64))


def _exact(session: Session, asked: Asked, reach: float, fids: Ints) -> tuple[Ints, Floats]:
    rows = session.rows_among("SELECT fid, lon, lat FROM enterprises WHERE fid", fids.tolist())
    found = np.asarray(rows, dtype=np.float64).reshape(-1, 3)
    metres = asked.metres_to(found[:, 1], found[:, 2])
    inside = metres <= reach
    return found[inside, 0].astype(np.int64), metres[inside]


class _Plan:
    """The query for the boxes, made once for all radii.

    Parameters
    ----------
    chosen
        Which firms; sectors are asked of their own index, all else of the rows.
    """

    def __init__(self, chosen: Selection | None) -> None:
        conditions = ["r.maxx >= ? AND r.minx <= ? AND r.maxy >= ? AND r.miny <= ?"]
        self.values: list[Any] = []
        join = ""
        if chosen is not None and chosen.sectors:
            sector, values = SELECTION.one_of("s.sector", chosen.sectors)
            conditions.append(
                f"EXISTS (SELECT 1 FROM enterprise_sectors s WHERE {sector} AND s.fid = r.id)"
            )
            self.values += values
        others = replace(chosen, bbox=None, sectors=()) if chosen else None
        inner, values = SELECTION.where(others, beside_index=True)
        if chosen is not None and chosen.bbox is not None:
            box, corners = within(chosen.bbox)
            inner, values = f"{inner} AND {box}", [*values, *corners]
        if inner != EVERYTHING:
            # CROSS JOIN keeps SQLite from walking a whole district for every box.
            join = " CROSS JOIN enterprises e ON e.fid = r.id"
            conditions.append(inner)
            self.values += values
        self.sql = (
            "SELECT r.id, (r.minx + r.maxx) / 2, (r.miny + r.maxy) / 2"
            f" FROM rtree_enterprises_geom r{join} WHERE {' AND '.join(conditions)}"
        )
