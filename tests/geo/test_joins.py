"""Which parks hold a point."""

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, Polygon

from clusteratlas.errors import CrsError, InputError
from clusteratlas.geo.joins import parks_at

PARKS = gpd.GeoDataFrame(
    {"park_id": ["square", "circle", "nowhere"], "radius_m": [np.nan, 5_000.0, 1_000.0]},
    geometry=[
        Polygon([(123.0, 41.0), (123.2, 41.0), (123.2, 41.2), (123.0, 41.2)]),
        Point(123.2, 41.1),
        None,
    ],
    crs="EPSG:4326",
)


def test_polygons_hold_what_is_inside_and_circles_what_is_near() -> None:
    # 0.05 degrees of longitude at 41.1 N are 4.2 km, 0.1 degrees 8.4 km.
    found = parks_at([123.10, 123.19, 123.25, 123.30, np.nan], [41.1] * 4 + [41.1], PARKS)
    assert found.tolist() == ["square", "circle;square", "circle", "", ""]


def test_no_points_give_no_rows() -> None:
    assert parks_at([], [], PARKS).tolist() == []


def test_another_crs_is_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:4326"):
        parks_at([123.0], [41.0], PARKS.to_crs("EPSG:3857"))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="radius_m"):
        parks_at([123.0], [41.0], PARKS.drop(columns="radius_m"))
