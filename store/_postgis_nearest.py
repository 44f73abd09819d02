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
    the k nearest there only set a reach; everything within it is measured.
    """
    check_request(lon, lat, k, radius_m)
    limit = HALF_WORLD_M if radius_m is None else min(radius_m, HALF_WORLD_M)
    condition, values = where(selection)
    reach = _reach(connection, (lon, lat), k, condition, values)
    fids, metres = np.empty(0, dtype=np.int64), np.empty(0)
    if reach is not None:
        fids, metres = _within(connection, (lon, lat), min(reach, limit), condition, values)
    inside = metres <= limit
    fids, metres = fids[inside], metres[inside]
    order = np.lexsort((fids, metres))[:k]
    return _rows(connection, fids[order], metres[order])


def _reach(
    connection: "psycopg.Connection[Any]",
    point: tuple[float, float],
    k: int,
    condition: str,
    values: list[Any],
) -> float | None:
    """Return the geodesic metres to the farthest of the k nearest on the sphere."""
    row = connection.execute(
        f"SELECT max(ST_Distance(g, {_POINT})) FROM (SELECT geography(e.geom) AS g"
        f" FROM enterprises e WHERE e.geom IS NOT NULL AND {condition}"
        f" ORDER BY geography(e.geom) <-> {_POINT} LIMIT %s) n".encode(),
        (*point, *values, *point, k),
    ).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def _within(
    connection: "psycopg.Connection[Any]",
    point: tuple[float, float],
    reach: float,
    condition: str,
    values: list[Any],
) -> tuple[Any, Any]:
    """Return fids and geodesic metres of the firms within ``reach``, in no order."""
    rows = connection.execute(
        "SELECT e.fid, e.lon, e.lat FROM enterprises e"
        f" WHERE ST_DWithin(geography(e.geom), {_POINT}, %s) AND {condition}".encode(),
        (*point, reach + _MARGIN_M, *values),
    ).fetchall()
    found = np.asarray(rows, dtype=np.float64).reshape(-1, 3)
    here = np.full(len(found), point[0]), np.full(len(found), point[1])
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
