"""Geodesic distances against the exact geodesic of PROJ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from clusteratlas.errors import InputError
from clusteratlas.geo.distance import distance_m, local_metres, metres_per_degree

WGS84 = Geod(ellps="WGS84")
LON = st.floats(118.5, 126.0)
LAT = st.floats(38.3, 43.6)


@given(lon1=LON, lat1=LAT, lon2=LON, lat2=LAT)
def test_error_in_liaoning_is_below_a_hundredth_of_a_percent(
    lon1: float, lat1: float, lon2: float, lat2: float
) -> None:
    exact = WGS84.inv(lon1, lat1, lon2, lat2)[2]
    assert float(distance_m(lon1, lat1, lon2, lat2)) == pytest.approx(exact, rel=1e-4, abs=1e-3)


def test_one_point_against_many_and_nan() -> None:
    metres = distance_m(123.43, 41.80, [123.43, 121.61, np.nan], [41.80, 38.91, 41.0])
    assert metres[0] == 0.0
    assert metres[1] == pytest.approx(356_188.0, abs=5.0)
    assert np.isnan(metres[2])


def test_a_degree_of_latitude_is_longer_at_the_pole() -> None:
    # Published lengths: 110,574 m at the equator, 111,694 m at the pole; 111,320 m of longitude.
    per_lon, per_lat = metres_per_degree([0.0, 90.0])
    assert per_lat == pytest.approx([110_574.0, 111_694.0], abs=1.0)
    assert per_lon == pytest.approx([111_320.0, 0.0], abs=1.0)


@given(lon=st.floats(122.9, 123.9), lat=st.floats(41.3, 42.3))
def test_the_local_plane_keeps_distances(lon: float, lat: float) -> None:
    x, y = local_metres(lon, lat, origin=(123.43, 41.80))
    exact = WGS84.inv(lon, lat, 123.43, 41.80)[2]
    assert float(np.hypot(x, y)) == pytest.approx(exact, rel=5e-3, abs=0.1)


def test_shapes_that_do_not_fit_are_explained() -> None:
    with pytest.raises(InputError, match="do not fit"):
        distance_m([1.0, 2.0], [1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
