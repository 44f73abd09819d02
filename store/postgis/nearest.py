"""Exact nearest enterprises: the sphere's order from the index, the ellipsoid's from PROJ."""

from dataclasses import replace
from typing import Final

import numpy as np

from clusteratlas.store.base import Selection
from clusteratlas.store.postgis.selection import SELECTION
from clusteratlas.store.sql.nearest import HALF_WORLD_M, Asked, Floats, Ints
from clusteratlas.store.sql.selection import Condition
from clusteratlas.store.sql.session import Record, Session

_POINT: Final = "ST_SetSRID(ST_MakePoint(?, ?), 4326)::geography"
# PostGIS measures on the same ellipsoid; the margin is for the last digits only.
_MARGIN_M: Final = 0.01
# The sphere of the index differs from the ellipsoid by at most 0.6 %.
_SPHERE: Final = 0.994
_SPARE: Final = 32
_MOST_BRANCHES: Final = 8
_NEAREST: Final = (
    "SELECT e.fid, e.lon, e.lat, geography(e.geom) <-> {point} FROM enterprises e"
    " WHERE e.geom IS NOT NULL AND {condition} ORDER BY 4 LIMIT {most}"
)
# OFFSET 0 keeps the planner from reading the index of a whole sector for a small circle.
_WITHIN: Final = (
    "SELECT e.fid, e.lon, e.lat FROM (SELECT * FROM enterprises e"
    " WHERE ST_DWithin(geography(e.geom), {point}, ?) OFFSET 0) e WHERE {condition}"
)


def candidates(session: Session, asked: Asked) -> tuple[Ints, Floats]:
    """Return fids and metres of firms within the reach, the k nearest among them.

    The index orders by distance on a sphere, which differs from the geodesic by up to 0.6 %. So
    more than k are measured; where the rest of them may be as near, everything within the reach.
    """
    kept, surely = _in_order_of_the_sphere(session, asked)
    fids, metres = _measured(asked, kept)
    if surely <= asked.reach_m:
        farthest = float(np.partition(metres, asked.k - 1)[asked.k - 1])
        if farthest >= surely:
            # So many are equally far that some of the nearest may not have come: take the circle.
            condition, values = SELECTION.where(asked.selection)
            sql = _WITHIN.format(point=_POINT, condition=condition)
            reach = min(farthest, asked.reach_m) + _MARGIN_M
            rows = session.rows(sql, (asked.lon, asked.lat, reach, *values))
            fids, metres = _measured(asked, rows)
    inside = metres <= asked.reach_m
    return fids[inside], metres[inside]


def _in_order_of_the_sphere(session: Session, asked: Asked) -> tuple[list[Record], float]:
    """Return rows ``fid, lon, lat, ...`` and the metres within which surely nobody is missing."""
    most, surely = 2 * asked.k + _SPARE, np.inf
    point, found = (asked.lon, asked.lat), dict[int, Record]()
    for condition, values in _branches(asked.selection):
        if asked.reach_m < HALF_WORLD_M and _narrowed(asked.selection):
            # A filter that few pass would have the index walked far beyond the radius.
            condition += f" AND ST_DWithin(geography(e.geom), {_POINT}, ?)"
            values = [*values, *point, asked.reach_m + _MARGIN_M]
        sql = _NEAREST.format(point=_POINT, condition=condition, most=int(most))
        rows = session.rows(sql, (*point, *values))
        found |= {row[0]: row for row in rows}
        if len(rows) == most:  # whoever did not come is at least as far on the sphere
            surely = min(surely, _SPHERE * float(rows[-1][-1]))
    return list(found.values()), surely


def _narrowed(selection: Selection | None) -> bool:
    """Tell whether anything beside the sectors narrows the selection."""
    return selection is not None and replace(selection, sectors=()) != Selection()


def _branches(selection: Selection | None) -> list[Condition]:
    """Return conditions that together mean the selection: a sector each has an index of its own."""
    if selection is None or not 0 < len(selection.sectors) <= _MOST_BRANCHES:
        return [SELECTION.where(selection)]
    condition, values = SELECTION.where(replace(selection, sectors=()))
    return [
        (f"e.sector_list @> ?::text[] AND {condition}", [[sector], *values])
        for sector in dict.fromkeys(selection.sectors)
        if sector
    ]


def _measured(asked: Asked, rows: list[Record]) -> tuple[Ints, Floats]:
    """Return fids and geodesic metres of rows that begin with ``fid, lon, lat``."""
    found = np.asarray([row[:3] for row in rows], dtype=np.float64).reshape(-1, 3)
    return found[:, 0].astype(np.int64), asked.metres_to(found[:, 1], found[:, 2])
