"""Which districts are neighbours, and how much each of them counts."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clusteratlas.errors import InputError

NeighbourKind = Literal["adjacency", "distance", "all"]

HALF_WEIGHT_M = 30_000.0
"""Distance at which a district counts half: a supplier trip of about half an hour."""

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


def neighbour_weights(
    districts: gpd.GeoDataFrame, *, kind: NeighbourKind = "adjacency"
) -> pd.DataFrame:
    """Return how much each district counts as a neighbour of each other.

    Parameters
    ----------
    districts
        Columns ``adcode, lon, lat`` and polygons in EPSG:4326.
    kind
        ``adjacency``: 1 if the two share a border (a common edge or corner), else 0; ``distance``:
        0.5 to the power of the distance between the label points over 30 km; ``all``: 1 for every
        other district.

    Returns
    -------
    DataFrame
        Symmetric, indexed and headed by adcode, zero on the diagonal. A district without a neighbour
        (an island) has a row of zeros.

    Raises
    ------
    InputError
        If ``kind`` is none of the three.
    """
    codes = districts["adcode"].to_numpy()
    n = len(codes)
    if kind == "all":
        weights = np.ones((n, n))
    elif kind == "distance":
        weights = 0.5 ** (label_distances_m(districts).to_numpy() / HALF_WEIGHT_M)
    elif kind == "adjacency":
        weights = np.zeros((n, n))
        shapes = districts.geometry.to_numpy()
        left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        weights[left, right] = 1.0
    else:
        raise InputError(f"neighbours by {kind!r}; allowed are adjacency, distance, all")
    np.fill_diagonal(weights, 0.0)
    return pd.DataFrame(weights, index=codes, columns=codes)


def label_distances_m(districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the great-circle distances between label points, metres, by adcode."""
    lon, lat = np.radians(districts["lon"].to_numpy()), np.radians(districts["lat"].to_numpy())
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    haversine = half_lat + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))
    codes = districts["adcode"].to_numpy()
    return pd.DataFrame(metres, index=codes, columns=codes)
