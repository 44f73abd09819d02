"""The named parks, bases and zones, checked as data."""

import geopandas as gpd
import pandas as pd
import pytest

from clusteratlas.data import load_districts, load_parks, load_sectors

CONTRACT_COLUMNS = [
    "park_id",
    "name",
    "aliases",
    "kind",
    "city",
    "adcode",
    "district",
    "sectors",
    "documents",
    "boundary_status",
    "radius_m",
    "source",
    "note",
]
DOCUMENTS = {"liaoning-2015-25", "shenyang-emerging-industries-opinion"}
KINDS = {
    "industrial_park",
    "industry_base",
    "demonstration_base",
    "agglomeration_area",
    "pilot_zone",
}
NAMED = (
    "沈阳浑南航空产业园",
    "沈北航空航天产业园",
    "法库通用航空产业基地",
    "大连登沙河通用航空产业基地",
    "中德装备园",
    "节能环保产业园",
    "法库陶瓷产业园",
    "抚顺恒德稀土深加工产业园",
    "沈北位置服务基地",
    "铁西产业集聚区",
    "浑南产业集聚区",
    "沈北产业集聚区",
    "沈阳材料国家高技术产业基地",
    "沈阳通航国家综合示范基地",
    "沈阳对德合作先行区",
)


@pytest.fixture(scope="module")
def parks() -> gpd.GeoDataFrame:
    return load_parks()


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return load_districts().set_index("adcode")


def test_columns_ids_and_vocabularies(parks: gpd.GeoDataFrame) -> None:
    assert parks.crs == "EPSG:4326"
    assert set(CONTRACT_COLUMNS) <= set(parks.columns)
    assert parks["park_id"].is_unique
    assert parks["name"].is_unique
    assert set(parks["kind"]) <= KINDS
    assert set(parks["boundary_status"]) <= {"surveyed", "approximate", "point"}
    assert set(parks["documents"].str.split(";").explode()) == DOCUMENTS
    assert (parks["source"] != "").all()


@pytest.mark.parametrize("name", NAMED)
def test_every_named_park_is_there(parks: gpd.GeoDataFrame, name: str) -> None:
    assert name in set(parks["name"])


def test_two_names_of_one_place_are_one_park(parks: gpd.GeoDataFrame) -> None:
    faku = parks[parks["name"] == "法库通用航空产业基地"].iloc[0]
    assert "法库通用航空产业园" in faku["aliases"].split(";")
    assert set(faku["documents"].split(";")) == DOCUMENTS


def test_no_name_is_held_by_two_parks(parks: gpd.GeoDataFrame) -> None:
    forms = (parks["name"] + ";" + parks["aliases"]).str.split(";").explode()
    forms = forms[forms != ""]
    assert forms.is_unique, list(forms[forms.duplicated()])


def test_adcode_city_and_sectors_are_known(
    parks: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    known = districts[["name", "city"]].add_suffix("_k")
    placed = parks[parks["adcode"] != ""].join(known, on="adcode")
    assert (placed["district"] == placed["name_k"]).all()
    assert (placed["city"] == placed["city_k"]).all()
    assert set(parks["city"]) <= set(districts["city"])
    catalogue = load_sectors()
    subsectors = set(catalogue.loc[catalogue["parent"] != "", "sector_id"])
    assert set(parks["sectors"].str.split(";").explode()) - {""} <= subsectors


def test_geometry_agrees_with_the_boundary_status(parks: gpd.GeoDataFrame) -> None:
    status = parks["boundary_status"]
    drawn = parks[status.isin(["surveyed", "approximate"])]
    assert drawn.is_valid.all()
    assert drawn.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    located = parks[(status == "point") & parks.geometry.notna()]
    assert (located.geom_type == "Point").all()
    assert (located["radius_m"] > 0).all()


def test_a_park_without_geometry_says_why(parks: gpd.GeoDataFrame) -> None:
    unplaced = parks[parks.geometry.isna()]
    assert unplaced["radius_m"].isna().all()
    assert unplaced["note"].str.contains("不落点|未找到").all()


def test_points_lie_in_their_claimed_district(
    parks: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    located = parks[parks.geometry.notna()]
    assert (located["adcode"] != "").all()
    shapes = gpd.GeoSeries(districts.loc[located["adcode"], "geometry"].to_numpy(), crs=parks.crs)
    points = gpd.GeoSeries(located.representative_point().to_numpy(), crs=parks.crs)
    inside = pd.Series(shapes.covers(points).to_numpy(), index=located["park_id"])
    assert inside.all(), list(inside[~inside].index)
