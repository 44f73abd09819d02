"""The coordinate reference systems that the API speaks, with their axis order (OGC Features part 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.store.point_grid import Box

FloatArray = NDArray[np.float64]

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG4490: Final = "http://www.opengis.net/def/crs/EPSG/0/4490"
EPSG3857: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
ALL_CRS: Final = (CRS84, EPSG4326, EPSG4490, EPSG3857)

_RADIUS_M: Final = 6_378_137.0  # EPSG:1024, Popular Visualisation Pseudo Mercator
_MAX_LAT: Final = 85.0511287798066  # where Web Mercator is as high as wide


@dataclass(frozen=True)
class Crs:
    """A way to write coordinates: ``forward`` takes lon, lat in degrees, ``inverse`` gives them."""

    uri: str
    decimals: int
    forward: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
    inverse: Callable[[float, float], tuple[float, float]]

    def shapes(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries in EPSG:4326 (lon, lat) as this CRS writes them."""
        return np.asarray(
            shapely.transform(
                geometry, lambda xy: np.column_stack(self.forward(xy[:, 0], xy[:, 1]))
            ),
            dtype=object,
        )

    def box(self, box: Box) -> Box:
        """Return a box that is written in this CRS as west, south, east, north in degrees."""
        west, south = self.inverse(box[0], box[1])
        east, north = self.inverse(box[2], box[3])
        return west, south, east, north


def _keep(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    return x, y


def _swap(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    return y, x


def mercator(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return EPSG:3857 metres of lon, lat in degrees; latitudes beyond 85.06 are cut."""
    y = np.radians(np.clip(lat, -_MAX_LAT, _MAX_LAT))
    return np.radians(lon) * _RADIUS_M, np.log(np.tan(np.pi / 4 + y / 2)) * _RADIUS_M


def from_mercator(x: float, y: float) -> tuple[float, float]:
    """Return lon, lat in degrees of EPSG:3857 metres."""
    # Beyond the square of the projection exp() overflows; there is nothing there anyway.
    y = min(max(y, -4e7), 4e7)
    return (
        float(np.degrees(x / _RADIUS_M)),
        float(np.degrees(2 * np.arctan(np.exp(y / _RADIUS_M)) - np.pi / 2)),
    )


_SYSTEMS: Final = {
    CRS84: Crs(CRS84, 7, _keep, lambda x, y: (x, y)),
    EPSG4326: Crs(EPSG4326, 7, _swap, lambda x, y: (y, x)),
    # CGCS2000 and WGS-84 differ by centimetres: far below the precision of any position here.
    EPSG4490: Crs(EPSG4490, 7, _swap, lambda x, y: (y, x)),
    EPSG3857: Crs(EPSG3857, 2, mercator, from_mercator),
}

_SHORT: Final = {
    "CRS84": CRS84,
    "OGC:CRS84": CRS84,
    "EPSG:4326": EPSG4326,
    "EPSG:4490": EPSG4490,
    "EPSG:3857": EPSG3857,
}


def find_crs(name: str) -> Crs:
    """Return a CRS by its URI, safe CURIE or short name.

    Raises
    ------
    InputError
        If it is none of those that the API speaks.
    """
    bare = name.strip().removeprefix("[").removesuffix("]").replace("http://", "https://", 1)
    for uri, system in _SYSTEMS.items():
        if bare == uri.replace("http://", "https://", 1):
            return system
    short = _SHORT.get(bare.upper())
    if short is None:
        raise InputError(f"{name[:80]!r} is not supported; allowed are {', '.join(ALL_CRS)}")
    return _SYSTEMS[short]
