"""The district and city boundaries, checked as data."""

import geopandas as gpd
import pytest
import shapely

from clusteratlas.data import load_cities, load_districts

# Published or measured areas, km2: 铁西区 with 大潘, 高花, 彰驿站 is 469; 大连市 counts land only.
KNOWN_AREAS_KM2 = {"210106": 469, "210112": 800, "210124": 2290}


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return load_districts()


def test_districts_are_the_hundred_of_2026(districts: gpd.GeoDataFrame) -> None:
    assert len(districts) == 100
    assert districts["adcode"].is_unique
    names = dict(zip(districts["adcode"], districts["name"], strict=True))
    assert names["210112"] == "浑南区"
    assert names["210113"] == "沈北新区"
    assert names["210115"] == "辽中区"
    assert names["210214"] == "普兰店区"
    assert names["211104"] == "大洼区"


def test_districts_keep_their_former_names(districts: gpd.GeoDataFrame) -> None:
    aliases = dict(zip(districts["adcode"], districts["aliases"].str.split(";"), strict=True))
    assert {"东陵区", "浑南新区"} <= set(aliases["210112"])
    assert "新城子区" in aliases["210113"]
    assert "辽中县" in aliases["210115"]
    assert "普兰店市" in aliases["210214"]


def test_districts_form_one_coverage_without_gap_or_overlap(districts: gpd.GeoDataFrame) -> None:
    assert districts.crs == "EPSG:4326"
    assert districts.is_valid.all()
    assert shapely.coverage_is_valid(districts.geometry.to_numpy())


@pytest.mark.parametrize("adcode", sorted(KNOWN_AREAS_KM2))
def test_district_areas_agree_with_published_ones(districts: gpd.GeoDataFrame, adcode: str) -> None:
    equal_area = districts.loc[districts["adcode"] == adcode].to_crs("ESRI:102025")
    assert equal_area.area.iloc[0] / 1e6 == pytest.approx(KNOWN_AREAS_KM2[adcode], rel=0.05)


def test_cities_are_the_union_of_their_districts(districts: gpd.GeoDataFrame) -> None:
    cities = load_cities()
    assert len(cities) == 14
    assert set(cities["adcode"]) == set(districts["city_adcode"])
    whole = shapely.union_all(districts.geometry.to_numpy())
    assert cities.geometry.union_all().symmetric_difference(whole).area < 1e-9


def test_boundaries_are_wgs84_not_gcj02(districts: gpd.GeoDataFrame) -> None:
    # 沈阳桃仙机场's reference point (AIP China: N41 38.4, E123 29.0) lies in 浑南区; the centre of
    # 北陵公园 (41.8437 N, 123.4245 E, OSM) in 皇姑区.
    for lon, lat, adcode in ((123.4833, 41.64, "210112"), (123.4245, 41.8437, "210105")):
        inside = districts[districts.contains(shapely.Point(lon, lat))]
        assert list(inside["adcode"]) == [adcode]
