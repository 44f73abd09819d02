"""Geometries that a CQL2 filter names: GeoJSON (also what WKT was read into) and boxes, as lon, lat."""

import math
from typing import Any, Final

import numpy as np
import orjson
import shapely

from clusteratlas.api.crs import Crs
from clusteratlas.errors import InputError

MAX_VERTICES: Final = 5_000

_SLACK: Final = 1e-6  # of a degree: rounding of what stands at the edge of the world


def shape_of(node: Any, crs: Crs) -> Any:
    """Return a geometry of a filter in EPSG:4326 (lon, lat).

    Parameters
    ----------
    crs
        In which the filter writes its coordinates.

    Raises
    ------
    InputError
        If it is no geometry, not valid, too large, or lies outside of the world.
    """
    if isinstance(node, dict) and "bbox" in node:
        shape = _box(node["bbox"], crs)
    elif isinstance(node, dict) and "type" in node:
        shape = _geometry(node, crs)
    else:
        raise InputError("expected a geometry: WKT, GeoJSON or a bbox")
    if shapely.is_empty(shape) or not shapely.is_valid(shape):
        raise InputError(f"geometry is not valid: {shapely.is_valid_reason(shape)}")
    west, south, east, north = shapely.bounds(shape)
    if max(-west, east) > 180 + _SLACK or max(-south, north) > 90 + _SLACK:
        raise InputError(
            f"geometry from {west:g} {south:g} to {east:g} {north:g} (longitude latitude) lies outside "
            "of -180..180, -90..90; filter-crs tells the order of axes"
        )
    return shape


def _geometry(node: dict[str, Any], crs: Crs) -> Any:
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise InputError("not a GeoJSON geometry") from error
    if shape is None or shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise InputError(f"a geometry of more than {MAX_VERTICES} vertices")
    inverse = crs.inverse
    return shapely.transform(
        shape, lambda xy: np.array([inverse(x, y) for x, y in xy.tolist()]).reshape(-1, 2)
    )


def _box(numbers: Any, crs: Crs) -> Any:
    """Return a box; one whose west is east of its east goes across the 180th meridian."""
    flat = [float(n) for n in numbers] if _are_numbers(numbers) else []
    if len(flat) == 6:
        flat = [flat[0], flat[1], flat[3], flat[4]]
    if len(flat) != 4:
        raise InputError("a bbox is west, south, east, north")
    west, south, east, north = crs.box((flat[0], flat[1], flat[2], flat[3]))
    if south > north:
        raise InputError(f"a bbox is west, south, east, north; {south:g} is above {north:g}")
    if west <= east:
        return shapely.box(west, south, east, north)
    parts = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return shapely.multipolygons(parts)


def _are_numbers(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(
        isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n)
        for n in numbers
    )
