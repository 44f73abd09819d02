"""Exact nearest enterprises: the sphere's order from the index, the ellipsoid's from PROJ."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from clusteratlas.store._gpkg_frames import COLUMN_LIST, enterprise_frame
from clusteratlas.store._gpkg_nearest import GEOD, HALF_WORLD_M, check_request
from clusteratlas.store._postgis_frames import where
from clusteratlas.store.base import Selection
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

if TYPE_CHECKING:
    import psycopg

_POINT: Final = "ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography"
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
    " WHERE ST_DWithin(geography(e.geom), {point}, %s) OFFSET 0) e WHERE {condition}"
)


def nearest(
    connection: "psycopg.Connection[Any]",
    lon: float,
    lat: float,
    *,
    k: int,
    radius_m: float | None,
    selection: Selection | None,
) -> pd.DataFrame:
    """Return the k nearest enterprises, nearest first, equal distances by fid.

    The index orders by distance on a sphere, which differs from the geodesic by up to 0.6 %. So
    more than k are measured; where the rest of them may be as near, everything within the reach.
    """
    check_request(lon, lat, k, radius_m)
    limit = HALF_WORLD_M if radius_m is None else min(radius_m, HALF_WORLD_M)
    fids, metres = _candidates(connection, (lon, lat), k, limit, selection)
    inside = metres <= limit
    fids, metres = fids[inside], metres[inside]
    order = np.lexsort((fids, metres))[:k]
    return _rows(connection, fids[order], metres[order])


def _candidates(
    connection: "psycopg.Connection[Any]",
    point: tuple[float, float],
    k: int,
    limit: float,
    selection: Selection | None,
) -> tuple[Any, Any]:
    """Return fids and metres of firms among which the k nearest within ``limit`` are."""
    most, kept, surely = 2 * k + _SPARE, [], np.inf
    for condition, values in _branches(selection):
        if limit < HALF_WORLD_M and _narrowed(selection):
            # A filter that few pass would have the index walked far beyond the radius.
            condition += f" AND ST_DWithin(geography(e.geom), {_POINT}, %s)"
            values = [*values, *point, limit + _MARGIN_M]
        sql = _NEAREST.format(point=_POINT, condition=condition, most=int(most))
        rows = connection.execute(sql.encode(), (*point, *values)).fetchall()
        kept += rows
        if len(rows) == most:  # whoever did not come is at least as far on the sphere
            surely = min(surely, _SPHERE * float(rows[-1][-1]))
    fids, metres = _measured(list({row[0]: row for row in kept}.values()), *point)
    if surely > limit:
        return fids, metres
    farthest = float(np.partition(metres, k - 1)[k - 1])
    if farthest < surely:
        return fids, metres
    # So many are equally far that some of the nearest may not have come: take the whole circle.
    condition, values = where(selection)
    sql = _WITHIN.format(point=_POINT, condition=condition)
    reach = min(farthest, limit) + _MARGIN_M
    return _measured(connection.execute(sql.encode(), (*point, reach, *values)).fetchall(), *point)


def _narrowed(selection: Selection | None) -> bool:
    """Tell whether anything beside the sectors narrows the selection."""
    return selection is not None and replace(selection, sectors=()) != Selection()


def _branches(selection: Selection | None) -> list[tuple[str, list[Any]]]:
    """Return conditions that together mean the selection: a sector each has an index of its own."""
    if selection is None or not 0 < len(selection.sectors) <= _MOST_BRANCHES:
        return [where(selection)]
    condition, values = where(replace(selection, sectors=()))
    return [
        (f"e.sector_list @> %s::text[] AND {condition}", [[sector], *values])
        for sector in dict.fromkeys(selection.sectors)
        if sector
    ]


def _measured(rows: list[tuple[Any, ...]], lon: float, lat: float) -> tuple[Any, Any]:
    """Return fids and geodesic metres of rows that begin with ``fid, lon, lat``."""
    found = np.asarray([row[:3] for row in rows], dtype=np.float64).reshape(-1, 3)
    here = np.full(len(found), lon), np.full(len(found), lat)
    _, _, metres = GEOD.inv(*here, found[:, 1], found[:, 2])
    return found[:, 0].astype(np.int64), np.asarray(metres, dtype=np.float64)


def _rows(connection: "psycopg.Connection[Any]", fids: Any, metres: Any) -> pd.DataFrame:
    rows = connection.execute(
        f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.fid = ANY(%s)".encode(),
        ([int(fid) for fid in fids],),
    ).fetchall()
    by_fid = {row[0]: row for row in rows}
    kept = [at for at, fid in enumerate(fids) if int(fid) in by_fid]  # one may just have gone
    frame = enterprise_frame([by_fid[int(fids[at])] for at in kept], list(ENTERPRISE_COLUMNS))
    return frame.assign(distance_m=np.asarray(metres, dtype=np.float64)[kept])
