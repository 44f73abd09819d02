"""Geodesic distances in metres, vectorised.

Two ways: :func:`distance_m` on the WGS-84 ellipsoid by the mid-latitude formula, whose error against
the exact geodesic is below 3 parts in a million within Liaoning and below 0.05 % anywhere in China; and
:func:`local_metres`, a plane around one point for indexes and circles.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusteratlas.errors import InputError

Floats = NDArray[np.float64]

WGS84_A_M: Final = 6378137.0
"""Semi-major axis of WGS-84, metres."""

WGS84_E2: Final = 6.69437999014e-3
"""First eccentricity of WGS-84, squared."""


def metres_per_degree(lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return the length of a degree of longitude and of latitude at a latitude, metres.

    From the radii of curvature of the WGS-84 ellipsoid in the prime vertical and the meridian.

    Examples
    --------
    >>> [round(float(length)) for length in metres_per_degree(41.8)]
    [83110, 111069]
    """
    phi = np.radians(np.asarray(lat, np.float64))
    w2 = 1.0 - WGS84_E2 * np.sin(phi) ** 2
    prime_vertical = WGS84_A_M / np.sqrt(w2)
    meridian = WGS84_A_M * (1.0 - WGS84_E2) / (w2 * np.sqrt(w2))
    return np.radians(1.0) * prime_vertical * np.cos(phi), np.radians(1.0) * meridian


def distance_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Return geodesic distances between points, metres.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Degrees WGS-84, broadcast against each other. NaN gives NaN.

    Returns
    -------
    array
        Metres. The mid-latitude formula: degrees are turned to metres with the ellipsoid's radii at the
        mean latitude, on a sphere of that radius for the curvature of long lines.

    Raises
    ------
    InputError
        If the shapes do not fit each other.

    Examples
    --------
    Shenyang to Dalian; the exact geodesic has 356.2 km:

    >>> round(float(distance_m(123.43, 41.80, 121.61, 38.91)) / 1000, 1)
    356.2
    """
    try:
        x1, y1, x2, y2 = np.broadcast_arrays(
            *(np.asarray(value, np.float64) for value in (lon1, lat1, lon2, lat2))
        )
    except (ValueError, TypeError) as error:
        raise InputError(f"coordinates do not fit: {error}") from error
    middle = 0.5 * (y1 + y2)
    # The chord formula on the sphere, with each axis stretched to the ellipsoid's own radius.
    phi = np.radians(middle)
    w2 = 1.0 - WGS84_E2 * np.sin(phi) ** 2
    prime_vertical = WGS84_A_M / np.sqrt(w2)
    meridian = WGS84_A_M * (1.0 - WGS84_E2) / (w2 * np.sqrt(w2))
    half_lat = np.radians(y2 - y1) / 2.0
    half_lon = np.radians(x2 - x1) / 2.0
    north = meridian * np.sin(half_lat)
    cosines = np.cos(np.radians(y1)) * np.cos(np.radians(y2))
    east = prime_vertical * np.sqrt(np.maximum(cosines, 0.0)) * np.sin(half_lon)
    half_chord = np.hypot(north, east)
    radius = np.sqrt(prime_vertical * meridian)
    return np.asarray(2.0 * radius * np.arcsin(np.minimum(half_chord / radius, 1.0)))


def local_metres(
    lon: ArrayLike, lat: ArrayLike, *, origin: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return metres east and north of an origin on the plane that touches there.

    Good to 0.5 % within about 100 km of the origin; for neighbours and circles, not for long lines.
    """
    per_lon, per_lat = metres_per_degree(origin[1])
    x = (np.asarray(lon, np.float64) - origin[0]) * per_lon
    y = (np.asarray(lat, np.float64) - origin[1]) * per_lat
    return x, y
