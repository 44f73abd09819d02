"""WGS-84, GCJ-02 and BD-09: against an independent implementation, and there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.errors import InputError
from clusteratlas.geo.datum import DATUMS, Datum, convert
from clusteratlas.geo.datum_check import detect_datum
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import locate

LIAONING_LON = st.floats(118.5, 126.0)
LIAONING_LAT = st.floats(38.3, 43.6)


@pytest.mark.parametrize("source", DATUMS)
@pytest.mark.parametrize("target", DATUMS)
@given(lon=st.floats(73.0, 135.0), lat=st.floats(4.0, 53.0))
def test_there_and_back_is_within_a_millimetre(
    source: Datum, target: Datum, lon: float, lat: float
) -> None:
    there = convert(lon, lat, source=source, target=target)
    back = convert(*there, source=target, target=source)
    assert distance_m(lon, lat, *back) < 0.001


@given(lon=LIAONING_LON, lat=LIAONING_LAT)
def test_agrees_with_an_independent_implementation(lon: float, lat: float) -> None:
    other = pytest.importorskip("geocoordinates_ffi", reason="geocoordinates-rs is not installed")
    gcj = other.wgs84_to_gcj02(other.Wgs84(lat=lat, lon=lon))
    ours = convert(lon, lat, source="wgs84", target="gcj02")
    assert distance_m(gcj.lon, gcj.lat, *ours) < 0.001
    bd = other.wgs84_to_bd09(other.Wgs84(lat=lat, lon=lon))
    ours = convert(lon, lat, source="wgs84", target="bd09")
    assert distance_m(bd.lon, bd.lat, *ours) < 0.001


@pytest.mark.parametrize(
    ("lon", "lat", "shift_m"), [(123.4315, 41.8057, 576.0), (121.6147, 38.9140, 436.0)]
)
def test_offset_is_the_one_measured_at_shenyang_and_dalian(
    lon: float, lat: float, shift_m: float
) -> None:
    shifted = convert(lon, lat, source="wgs84", target="gcj02")
    assert distance_m(lon, lat, *shifted) == pytest.approx(shift_m, abs=3.0)


def test_outside_china_gcj02_is_wgs84() -> None:
    lon, lat = convert([2.35, -74.0], [48.86, 40.71], source="wgs84", target="gcj02")
    assert lon.tolist() == [2.35, -74.0]
    assert lat.tolist() == [48.86, 40.71]


def test_unknown_and_impossible_points_are_nan() -> None:
    lon, lat = convert([np.nan, 500.0, 123.0], [41.0, 41.0, -91.0], source="bd09")
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


def test_empty_input_gives_empty_output() -> None:
    lon, lat = convert([], [], source="bd09", target="wgs84")
    assert lon.shape == lat.shape == (0,)


def test_wrong_names_and_shapes_are_explained() -> None:
    with pytest.raises(InputError, match="unknown datum 'wgs-84'"):
        convert(1.0, 2.0, source="wgs-84")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="do not fit"):
        convert([1.0, 2.0], [1.0, 2.0, 3.0], source="wgs84", target="gcj02")


@pytest.mark.parametrize("datum", DATUMS)
def test_the_datum_of_a_column_shows_in_the_stated_districts(datum: Datum) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(123.25, 123.6, 800), rng.uniform(41.65, 41.95, 800)
    adcodes = locate(lon, lat)
    given_lon, given_lat = convert(lon, lat, source="wgs84", target=datum)
    verdict = detect_datum(given_lon, given_lat, adcodes)
    assert verdict.likely == datum
    assert verdict.agreement[datum] == 1.0


def test_a_few_points_do_not_tell_the_datum() -> None:
    lon, lat = convert([123.43] * 5, [41.8] * 5, source="wgs84", target="gcj02")
    assert detect_datum(lon, lat, ["210103"] * 5).likely is None
    assert detect_datum(lon, lat, [""] * 5).points == 0
