"""Which parks and zones hold a point.

A park with a polygon holds what lies inside it, a park known as a point with a radius holds what lies in
that circle. Both are vectorised over points; parks are few.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusteratlas.errors import CrsError, InputError
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import as_points

if TYPE_CHECKING:
    import geopandas as gpd


def parks_at(lon: ArrayLike, lat: ArrayLike, parks: "gpd.GeoDataFrame") -> NDArray[np.object_]:
    """Return the ids of the parks that hold each point.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, one-dimensional, n points; NaN lies in no park.
    parks
        EPSG:4326, with ``park_id``, ``radius_m`` (metres, used for points) and polygons or points; rows
        without a geometry hold nothing.

    Returns
    -------
    array of str
        n texts, ids separated by ``;``, the nearest centre first; "" where no park holds the point.

    Raises
    ------
    CrsError
        If the parks are not in EPSG:4326.
    InputError
        If a column is missing or the coordinates do not fit.
    """
    import shapely

    if parks.crs is None or parks.crs.to_epsg() != 4326:
        raise CrsError(f"parks must be in EPSG:4326, not {parks.crs}")
    for column in ("park_id", "radius_m"):
        if column not in parks.columns:
            raise InputError(f"parks need a column {column!r}")
    x, y = as_points(lon, lat)
    held: list[list[tuple[float, str]]] = [[] for _ in range(len(x))]
    shapes = parks.geometry.to_numpy()
    for shape, park_id, radius_m in zip(
        shapes, parks["park_id"].astype(str), parks["radius_m"].to_numpy(float), strict=True
    ):
        if shape is None or shape.is_empty:
            continue
        centre = shapely.point_on_surface(shape)
        metres = distance_m(x, y, centre.x, centre.y)
        if shape.geom_type in ("Polygon", "MultiPolygon"):
            shapely.prepare(shape)
            inside = shapely.intersects_xy(shape, x, y)
        else:
            inside = metres <= radius_m
        for row in np.flatnonzero(inside):
            held[row].append((float(metres[row]), park_id))
    texts = np.empty(len(x), dtype=object)
    texts[:] = [";".join(park_id for _, park_id in sorted(found)) for found in held]
    return texts
