"""The nearest enterprises: what is asked, and the rows of those that were found."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod

from clusteratlas.errors import InputError
from clusteratlas.store.base import Selection
from clusteratlas.store.schema import ENTERPRISE_COLUMNS
from clusteratlas.store.sql.frames import COLUMN_LIST, enterprise_frame
from clusteratlas.store.sql.session import Session

HALF_WORLD_M: Final = 20_100_000.0
"""More than the farthest two points of the ellipsoid are apart, metres."""

_GEOD: Final = Geod(ellps="WGS84")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Asked(NamedTuple):
    """What is asked for: the k nearest firms of a selection within a reach of a point."""

    lon: float  # EPSG:4326 degrees
    lat: float
    k: int
    reach_m: float
    selection: Selection | None

    @classmethod
    def checked(
        cls, lon: float, lat: float, k: int, radius_m: float | None, selection: Selection | None
    ) -> "Asked":
        """Return a question; without a radius it reaches around the world.

        Raises
        ------
        InputError
            If the point, k or radius is out of bounds.
        """
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InputError(f"point {lon}, {lat}: expected longitude -180..180, latitude -90..90")
        if k < 1:
            raise InputError(f"k is {k}: expected 1 or more")
        if radius_m is not None and not radius_m >= 0:
            raise InputError(f"radius_m is {radius_m}: expected 0 or more")
        reach = HALF_WORLD_M if radius_m is None else min(radius_m, HALF_WORLD_M)
        return cls(lon, lat, k, reach, selection)

    def metres_to(self, lons: Floats, lats: Floats) -> Floats:
        """Return the distances to points on the WGS-84 ellipsoid.

        Thousands of firms may stand at the middle of one district: each place is measured once.
        """
        places, which = np.unique(lons + 1j * lats, return_inverse=True)
        here = np.full(len(places), self.lon), np.full(len(places), self.lat)
        _, _, metres = _GEOD.inv(*here, places.real, places.imag)
        return np.asarray(metres, dtype=np.float64)[which]


def nearest_rows(session: Session, fids: Ints, metres: Floats, k: int) -> pd.DataFrame:
    """Return the k nearest of those found with ``distance_m``, nearest first, ties by fid."""
    order = np.lexsort((fids, metres))[:k]
    fids, metres = fids[order], metres[order]
    rows = session.rows_among(f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.fid", fids.tolist())
    by_fid = {row[0]: row for row in rows}
    kept = [at for at, fid in enumerate(fids.tolist()) if fid in by_fid]  # one may just have gone
    frame = enterprise_frame([by_fid[int(fids[at])] for at in kept], list(ENTERPRISE_COLUMNS))
    return frame.assign(distance_m=metres[kept])
