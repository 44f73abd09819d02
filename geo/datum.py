"""WGS-84, GCJ-02 and BD-09: the three datums in which Chinese coordinates come.

GCJ-02 is WGS-84 with an offset of some hundred metres (576 m at Shenyang, 436 m at Dalian); BD-09
is GCJ-02 with a further shift of about a kilometre. Neither is marked in the numbers, so every
function that takes coordinates from outside names their datum.

The forward formulas are the ones in general use (ellipsoid of Krasovsky 1940, ``a`` = 6378245 m,
``e2`` = 0.00669342162296594323). The inverses are found by fixed-point iteration: the offset varies
by less than 1 part in 1000 over its own length, so each round gains at least two digits.
"""

from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusteratlas.errors import InputError

Datum = Literal["wgs84", "gcj02", "bd09"]
"""Names of the datums; ``wgs84`` is what is stored and served (CGCS2000 agrees within 1 m)."""

DATUMS: Final[tuple[Datum, ...]] = get_args(Datum)

Floats = NDArray[np.float64]
_Forward = Callable[[Floats, Floats], tuple[Floats, Floats]]

# Krasovsky 1940, the ellipsoid in the GCJ-02 formulas.
_SEMI_MAJOR_M: Final = 6378245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323

# Outside this box GCJ-02 is WGS-84 by definition (lon_min, lon_max, lat_min, lat_max).
_CHINA_BOX: Final = (72.004, 137.8347, 0.8293, 55.8271)

_BD_SHIFT_LON: Final = 0.0065
_BD_SHIFT_LAT: Final = 0.006
_BD_PI: Final = np.pi * 3000.0 / 180.0

# 5e-12 degrees are half a micrometre: far below 1 mm, and above what float64 holds at 120 degrees.
_CONVERGED_DEG: Final = 5e-12
_MAX_ROUNDS: Final = 20


def convert(
    lon: ArrayLike, lat: ArrayLike, *, source: Datum, target: Datum = "wgs84"
) -> tuple[Floats, Floats]:
    """Convert longitudes and latitudes from one datum to another.

    Parameters
    ----------
    lon, lat
        Degrees, of one common shape (or broadcastable). NaN, infinite or impossible values (beyond
        +-180, +-90) come back as NaN: unknown stays unknown.
    source, target
        ``wgs84``, ``gcj02`` or ``bd09``.

    Returns
    -------
    tuple of arrays
        Longitude and latitude in degrees, ``float64``, in the common shape of the input (at least
        zero-dimensional arrays). There and back again differs by less than 1 mm.

    Raises
    ------
    InputError
        If a datum is unknown or the shapes do not fit each other.

    Examples
    --------
    >>> lon, lat = convert(123.4315, 41.8057, source="wgs84", target="gcj02")
    >>> round(float(lon), 4), round(float(lat), 4)
    (123.4376, 41.8081)
    """
    _check_datum(source)
    _check_datum(target)
    x, y = _as_degrees(lon, lat)
    if source != target:
        # GCJ-02 lies between the other two
        if source == "bd09":
            x, y = _invert(_gcj02_to_bd09, x, y)
        elif source == "wgs84":
            x, y = _wgs84_to_gcj02(x, y)
        if target == "bd09":
            x, y = _gcj02_to_bd09(x, y)
        elif target == "wgs84":
            x, y = _invert(_wgs84_to_gcj02, x, y)
    return np.asarray(x), np.asarray(y)


def _check_datum(name: str) -> None:
    if name not in DATUMS:
        raise InputError(f"unknown datum {name!r}; allowed: {', '.join(DATUMS)}")


def _as_degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    try:
        x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    except (ValueError, TypeError) as error:
        raise InputError(f"longitude and latitude do not fit: {error}") from error
    with np.errstate(invalid="ignore"):
        possible = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    return np.where(possible, x, np.nan), np.where(possible, y, np.nan)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (
        common
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    ) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (
        common
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    ) * (2.0 / 3.0)
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    w = np.sqrt(w2)
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (w2 * w)
    parallel_m = _SEMI_MAJOR_M / w * np.cos(phi)
    west_edge, east_edge, south_edge, north_edge = _CHINA_BOX
    inside = (lon >= west_edge) & (lon <= east_edge) & (lat >= south_edge) & (lat <= north_edge)
    d_lon = np.where(inside, np.degrees(east / np.where(parallel_m == 0, 1.0, parallel_m)), 0.0)
    d_lat = np.where(inside, np.degrees(north / meridian_m), 0.0)
    return lon + d_lon, lat + d_lat


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + _BD_SHIFT_LON, radius * np.sin(angle) + _BD_SHIFT_LAT


def _invert(forward: _Forward, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Solve ``forward(x, y) = (lon, lat)`` by iteration; NaN stays NaN."""
    x, y = lon, lat
    for _ in range(_MAX_ROUNDS):
        there_x, there_y = forward(x, y)
        step_x, step_y = lon - there_x, lat - there_y
        x, y = x + step_x, y + step_y
        worst = np.fmax(np.abs(step_x), np.abs(step_y))
        if not np.any(worst > _CONVERGED_DEG):
            break
    return x, y
