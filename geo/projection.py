"""The one projected CRS in which areas, hulls and point patterns of the province are computed."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]

LIAONING_CRS: Final = (
    "+proj=lcc +lat_0=41 +lon_0=122.5 +lat_1=39.5 +lat_2=42.5 +datum=WGS84 +units=m +no_defs"
)
"""Lambert conformal conic with two standard parallels through the province: lengths are right to
0.1 % between 38.7 and 43.5 N."""


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs("EPSG:4326", LIAONING_CRS, always_xy=True)


def to_metres(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Return projected metres ``(n, 2)`` of WGS-84 longitudes and latitudes; NaN stays NaN."""
    x, y = _transformer().transform(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    xy = np.column_stack([np.atleast_1d(x), np.atleast_1d(y)])
    return np.where(np.isfinite(xy), xy, np.nan)


def to_degrees(xy: ArrayLike) -> Floats:
    """Return WGS-84 ``(n, 2)`` longitudes and latitudes of projected metres."""
    points = np.atleast_2d(np.asarray(xy, np.float64))
    lon, lat = _transformer().transform(points[:, 0], points[:, 1], direction="INVERSE")
    return np.column_stack([lon, lat])
