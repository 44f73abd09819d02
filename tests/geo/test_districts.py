"""Which district holds a point, and which district a name means."""

import json
from pathlib import Path

import numpy as np
import pytest

from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.geo.districts import DistrictIndex, district_index, locate, resolve_district


def square(west: float, adcode: str) -> dict[str, object]:
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    return {
        "type": "Feature",
        "properties": {
            "adcode": adcode, "name": adcode, "city": "甲市", "city_adcode": "210100",
            "aliases": "", "lon": west + 0.5, "lat": 0.5,
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


@pytest.fixture
def two_squares(tmp_path: Path) -> DistrictIndex:
    path = tmp_path / "districts.geojson"
    features = [square(1.0, "210103"), square(0.0, "210102")]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return DistrictIndex.read(path)


def test_a_point_on_the_border_gets_the_smaller_code(two_squares: DistrictIndex) -> None:
    adcodes, outside_m = two_squares.locate([1.0, 0.5, 1.5], [0.5, 0.5, 0.5])
    assert adcodes.tolist() == ["210102", "210102", "210103"]
    assert outside_m.tolist() == [0.0, 0.0, 0.0]


def test_a_point_off_the_shore_is_drawn_in_and_flagged(two_squares: DistrictIndex) -> None:
    # 0.01 degrees of longitude at latitude 0.5 are 1,113 m; 0.02 are beyond the tolerance.
    adcodes, outside_m = two_squares.locate([2.01, 2.02], [0.5, 0.5], tolerance_m=1_500.0)
    assert adcodes.tolist() == ["210103", ""]
    assert outside_m[0] == pytest.approx(1_113.2, abs=1.0)
    assert np.isnan(outside_m[1])


def test_tolerance_zero_draws_nothing_in(two_squares: DistrictIndex) -> None:
    assert two_squares.locate([2.0001], [0.5], tolerance_m=0.0)[0].tolist() == [""]


@pytest.mark.parametrize(
    ("lon", "lat", "adcode"),
    [
        (123.3955, 41.7930, "210102"),  # Shenyang railway station
        (123.4874, 41.6405, "210112"),  # Taoxian airport
        (121.5386, 38.9657, "210211"),  # Zhoushuizi airport
        (121.8140, 39.0400, "210213"),  # Dalian development zone
        (116.39, 39.91, ""),  # Beijing
    ],
)
def test_known_places_are_in_their_districts(lon: float, lat: float, adcode: str) -> None:
    assert locate([lon], [lat]).tolist() == [adcode]


def test_unknown_coordinates_have_no_district() -> None:
    assert locate([np.nan, np.inf, 1e300], [41.0, 41.0, 41.0]).tolist() == ["", "", ""]


def test_every_district_holds_its_own_point() -> None:
    index = district_index()
    lon = [district.lon for district in index.districts]
    lat = [district.lat for district in index.districts]
    assert len(index.districts) == 100
    assert locate(lon, lat).tolist() == [district.adcode for district in index.districts]


def test_lengths_must_fit() -> None:
    with pytest.raises(InputError, match="one length"):
        locate([123.0, 124.0], [41.0])


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text('{"type": "FeatureCollection"}')
    with pytest.raises(FileFormatError, match="no readable collection"):
        DistrictIndex.read(path)


@pytest.mark.parametrize(
    ("name", "city", "adcode"),
    [
        ("浑南区", None, "210112"),
        ("东陵区", None, "210112"),
        ("新城子区", None, "210113"),
        ("普兰店市", None, "210214"),
        ("大洼县", None, "211104"),
        ("喀左县", None, "211324"),
        ("210213", None, "210213"),
        ("铁西区", "沈阳市", "210106"),
        ("铁西区", "鞍山", "210303"),
        ("鞍山市铁西区", None, "210303"),
        ("沈阳铁西区", None, "210106"),
    ],
)
def test_names_of_today_and_before_mean_one_district(
    name: str, city: str | None, adcode: str
) -> None:
    assert resolve_district(name, city).adcode == adcode


def test_two_districts_of_one_name_need_a_city() -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve_district("铁西区")
    assert set(caught.value.suggestions) == {"沈阳市铁西区", "鞍山市铁西区"}


def test_a_misspelt_name_is_answered_with_suggestions() -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve_district("浑南曲")
    assert "浑南区" in caught.value.suggestions


def test_a_district_of_another_city_is_unknown_there() -> None:
    with pytest.raises(UnknownNameError):
        resolve_district("浑南区", city="大连市")
