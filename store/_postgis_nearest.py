"""Exact nearest enterprises: the sphere's order from the index, the ellipsoid's from PROJ."""

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
    condition, values = where(selection)
    if radius_m is not None:
        condition += f" AND ST_DWithin(geography(e.geom), {_POINT}, %s)"
        values = [*values, lon, lat, limit + _MARGIN_M]
    fids, metres = _candidates(connection, (lon, lat), k, condition, values)
    inside = metres <= limit
    fids, metres = fids[inside], metres[inside]
    order = np.lexsort((fids, metres))[:k]
    return _rows(connection, fids[order], metres[order])


def _candidates(
    connection: "psycopg.Connection[Any]",
    point: tuple[float, float],
    k: int,
    condition: str,
    values: list[Any],
) -> tuple[Any, Any]:
    """Return fids and metres of firms among which the k nearest are."""
    most = 2 * k + _SPARE
    sql = _NEAREST.format(point=_POINT, condition=condition, most=int(most))
    rows = connection.execute(sql.encode(), (*point, *values)).fetchall()
    fids, metres, sphere = _measured(rows, *point)
    if len(rows) < most:
        return fids, metres
    farthest = float(np.partition(metres, k - 1)[k - 1])
    if farthest < _SPHERE * sphere[-1]:
        return fids, metres
    # So many are equally far that some of the nearest may not have come: take the whole circle.
    sql = _WITHIN.format(point=_POINT, condition=condition)
    rows = connection.execute(sql.encode(), (*point, farthest + _MARGIN_M, *values)).fetchall()
    return _measured(rows, *point)[:2]


def _measured(rows: list[tuple[Any, ...]], lon: float, lat: float) -> tuple[Any, Any, Any]:
    """Return fids, geodesic metres, and what else the rows hold."""
    found = np.asarray(rows, dtype=np.float64).reshape(len(rows), -1 if rows else 4)
    here = np.full(len(found), lon), np.full(len(found), lat)
    _, _, metres = GEOD.inv(*here, found[:, 1], found[:, 2])
    return found[:, 0].astype(np.int64), np.asarray(metres, dtype=np.float64), found[:, -1]


def _rows(connection: "psycopg.Connection[Any]", fids: Any, metres: Any) -> pd.DataFrame:
    rows = connection.execute(
        f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.fid = ANY(%s)".encode(),
        ([int(fid) for fid in fids],),
    ).fetchall()
    by_fid = {row[0]: row for row in rows}
    kept = [at for at, fid in enumerate(fids) if int(fid) in by_fid]  # one may just have gone
    frame = enterprise_frame([by_fid[int(fids[at])] for at in kept], list(ENTERPRISE_COLUMNS))
    return frame.assign(distance_m=np.asarray(metres, dtype=np.float64)[kept])
