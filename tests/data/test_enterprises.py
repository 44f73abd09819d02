"""The anchor enterprises, checked as data: vocabularies, keys, places and the stated coverage."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from clusteratlas.data import load_districts, load_enterprises, load_sectors
from clusteratlas.geo.geocoding import OfflineGeocoder

CONTRACT_COLUMNS = [
    "enterprise_id",
    "name",
    "legal_name",
    "aliases",
    "kind",
    "sectors",
    "products",
    "city",
    "adcode",
    "district",
    "zone",
    "address",
    "lon",
    "lat",
    "precision",
    "radius_m",
    "coord_source",
    "address_source",
    "confidence",
    "status",
    "note",
]
FOREIGN_PARTNERS = {"ge", "siemens", "bombardier", "ansaldo"}
PRECISIONS = {"site", "address", "street", "zone", "township", "district", "city", "none"}


@pytest.fixture(scope="module")
def enterprises() -> pd.DataFrame:
    return load_enterprises()


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return load_districts().set_index("adcode")


@pytest.fixture(scope="module")
def named(enterprises: pd.DataFrame) -> pd.DataFrame:
    """The enterprises and institutes without the four foreign partners."""
    return enterprises[~enterprises["enterprise_id"].isin(FOREIGN_PARTNERS)]


def test_columns_and_ids(enterprises: pd.DataFrame) -> None:
    assert set(CONTRACT_COLUMNS) <= set(enterprises.columns)
    assert enterprises["enterprise_id"].is_unique
    assert enterprises["enterprise_id"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*").all()
    assert (enterprises["name"] != "").all()


def test_all_159_of_the_document_and_the_foreign_partners_have_a_row(
    enterprises: pd.DataFrame, named: pd.DataFrame
) -> None:
    assert len(named) == 159
    assert set(enterprises["enterprise_id"]) >= FOREIGN_PARTNERS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("新松机器人自动化股份有限公司", "新松机器人", True),
        ("沈鼓集团", "沈阳鼓风机集团有限公司", True),
        ("北方重工集团", "北方重工集团有限公司", True),
        ("沈阳东软集团有限公司", "东软集团股份有限公司", True),
        ("诺康生物", "辽宁诺康生物", True),
        ("沈阳机床集团", "沈阳机床股份有限公司", False),
        ("沈飞公司", "沈飞民机公司", False),
        ("本溪钢铁（集团）有限公司", "本钢集团公司", False),
    ],
)
def test_merged_and_separate_enterprises(
    enterprises: pd.DataFrame, one: str, other: str, same: bool
) -> None:
    def holder(name: str) -> str:
        known = enterprises["name"] + ";" + enterprises["aliases"]
        rows = enterprises[[name in names.split(";") for names in known]]
        assert len(rows) == 1, f"{name} is held by {list(rows['enterprise_id'])}"
        return str(rows["enterprise_id"].iloc[0])

    assert (holder(one) == holder(other)) is same


def test_no_name_form_is_held_by_two_rows(enterprises: pd.DataFrame) -> None:
    holders: dict[str, set[str]] = {}
    for row in enterprises.itertuples():
        for form in (str(row.name), str(row.legal_name), *str(row.aliases).split(";")):
            holders.setdefault(form, set()).add(str(row.enterprise_id))
    assert {form: ids for form, ids in holders.items() if form and len(ids) > 1} == {}


def test_vocabularies(enterprises: pd.DataFrame) -> None:
    assert set(enterprises["kind"]) <= {"enterprise", "institute", "platform"}
    assert set(enterprises["status"]) <= {"confirmed", "probable", "unresolved"}
    assert set(enterprises["precision"]) <= PRECISIONS
    assert enterprises["confidence"].between(0, 1).all()


def test_sectors_are_subsectors_of_the_catalogue(enterprises: pd.DataFrame) -> None:
    catalogue = load_sectors()
    subsectors = set(catalogue.loc[catalogue["parent"] != "", "sector_id"])
    assert set(enterprises["sectors"].str.split(";").explode()) <= subsectors


def test_a_credit_code_is_well_formed(enterprises: pd.DataFrame) -> None:
    codes = enterprises.loc[enterprises["uscc"] != "", "uscc"]
    assert codes.is_unique
    assert codes.map(_has_valid_check_digit).all()


def _has_valid_check_digit(code: str) -> bool:
    # GB 32100-2015: weights 3^i mod 31 over the alphabet without I, O, S, V, Z.
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(char) * pow(3, i, 31) for i, char in enumerate(code[:17]))
    return alphabet[(31 - total % 31) % 31] == code[17]


def test_district_and_city_agree_with_the_adcode(
    enterprises: pd.DataFrame, districts: gpd.GeoDataFrame
) -> None:
    rows = enterprises[enterprises["adcode"] != ""]
    assert set(rows["adcode"]) <= set(districts.index)
    joined = rows.join(districts[["name", "city"]].add_suffix("_known"), on="adcode")
    assert (joined["district"] == joined["name_known"]).all()
    assert (joined["city"] == joined["city_known"]).all()
    assert (enterprises.loc[enterprises["adcode"] == "", "district"] == "").all()


def test_points_lie_in_their_claimed_district(
    enterprises: pd.DataFrame, districts: gpd.GeoDataFrame
) -> None:
    placed = enterprises[enterprises["lon"].notna()]
    assert placed["lat"].notna().all()
    assert (placed["adcode"] != "").all()
    points = shapely.points(placed["lon"].to_numpy(), placed["lat"].to_numpy())
    shapes = districts.loc[placed["adcode"], "geometry"].to_numpy()
    outside = placed.loc[~shapely.covers(shapes, points), "enterprise_id"]
    assert list(outside) == []


def test_a_point_has_precision_radius_and_source_and_nothing_else_does(
    enterprises: pd.DataFrame,
) -> None:
    placed = enterprises["lon"].notna()
    assert (enterprises.loc[placed, "precision"] != "none").all()
    assert (enterprises.loc[placed, "radius_m"] >= 100).all()
    assert (enterprises.loc[placed, "coord_source"] != "").all()
    assert (enterprises.loc[~placed, "precision"] == "none").all()
    assert enterprises.loc[~placed, "radius_m"].isna().all()
    assert (enterprises.loc[~placed, "coord_source"] == "").all()


def test_no_point_is_a_district_centre(
    enterprises: pd.DataFrame, districts: gpd.GeoDataFrame
) -> None:
    placed = enterprises[enterprises["lon"].notna()]
    labels = districts.loc[placed["adcode"], ["lon", "lat"]].to_numpy()
    gap = abs(placed[["lon", "lat"]].to_numpy() - labels).max(axis=1)
    assert (gap > 0.0005).all()


def test_every_place_has_a_source(named: pd.DataFrame) -> None:
    located = named[(named["city"] != "") | (named["address"] != "") | (named["zone"] != "")]
    assert (located["address_source"] != "").all()
    assert ((located["address"] == "") | (located["district"] != "")).all()


def test_coverage_that_the_atlas_promises(named: pd.DataFrame) -> None:
    assert (named["city"] != "").sum() >= 150
    assert (named["adcode"] != "").sum() >= 120
    assert ((named["address"] != "") | (named["zone"] != "")).sum() >= 110


def test_unresolved_rows_claim_no_point_and_say_why(enterprises: pd.DataFrame) -> None:
    unresolved = enterprises[enterprises["status"] == "unresolved"]
    assert unresolved["lon"].isna().all()
    assert (unresolved["note"] != "").all()
    assert (unresolved["confidence"] < 0.5).all()


def test_addresses_place_most_enterprises_at_zone_level_or_better_in_their_district(
    named: pd.DataFrame, districts: gpd.GeoDataFrame
) -> None:
    found = OfflineGeocoder().geocode_frame(named["address"], named["name"], named["city"])
    fine = found["precision"].isin(["site", "address", "street", "zone", "township"])
    assert fine.sum() >= 130
    claimed = named.loc[fine & (named["adcode"] != ""), "adcode"]
    placed = found.loc[claimed.index]
    points = shapely.points(placed["lon"].to_numpy(), placed["lat"].to_numpy())
    shapes = districts.loc[claimed, "geometry"].to_numpy()
    outside = named.loc[claimed.index[~shapely.covers(shapes, points)], "enterprise_id"]
    assert list(outside) == []
