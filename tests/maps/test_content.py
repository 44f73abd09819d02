"""Names of cities, districts and sectors, and what is left after narrowing."""

import pytest

from clusteratlas.errors import UnknownNameError
from clusteratlas.maps import find_region, find_sectors, select
from clusteratlas.maps.content import FIRM_COLUMNS, MapFrames, complete_columns
from clusteratlas.maps.names import english_name


@pytest.mark.parametrize("name", ["浑南区", "210112", "浑南"])
def test_district_is_found_by_name_code_and_alias(shipped: MapFrames, name: str) -> None:
    region = find_region(shipped.districts, district=name)
    assert (region.adcodes, region.name) == (("210112",), "沈阳市浑南区")


@pytest.mark.parametrize("name", ["沈阳市", "沈阳", "210100"])
def test_city_is_all_its_districts(shipped: MapFrames, name: str) -> None:
    region = find_region(shipped.districts, city=name)
    assert len(region.adcodes) == 13
    assert region.name == "沈阳市"


def test_nothing_asked_is_the_province(shipped: MapFrames) -> None:
    assert len(find_region(shipped.districts).adcodes) == 100


def test_district_of_two_cities_needs_its_city(shipped: MapFrames) -> None:
    with pytest.raises(UnknownNameError, match="沈阳市铁西区, 鞍山市铁西区"):
        find_region(shipped.districts, district="铁西区")
    assert find_region(shipped.districts, city="鞍山", district="铁西区").adcodes == ("210303",)


@pytest.mark.parametrize(
    ("given", "suggestion"),
    [({"district": "浑难区"}, "浑南区"), ({"city": "沈阴市"}, "沈阳市")],
)
def test_unknown_place_gets_suggestions(
    shipped: MapFrames, given: dict[str, str], suggestion: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_region(shipped.districts, **given)
    assert suggestion in caught.value.suggestions


@pytest.mark.parametrize(
    "name", ["robotics", "机器人等智能制造", "robotics and intelligent manufacturing"]
)
def test_sector_is_found_by_id_and_both_names(shipped: MapFrames, name: str) -> None:
    assert find_sectors(shipped.sectors, sector=name) == ("robotics",)


def test_field_is_its_sectors(shipped: MapFrames) -> None:
    assert find_sectors(shipped.sectors, field="new_energy") == ("solar", "smart_energy")


def test_unknown_sector_gets_suggestions(shipped: MapFrames) -> None:
    with pytest.raises(UnknownNameError, match="机器人等智能制造"):
        find_sectors(shipped.sectors, sector="机器人")


def test_select_keeps_firms_and_parks_of_region_and_sector(shipped: MapFrames) -> None:
    region = find_region(shipped.districts, city="沈阳")
    chosen = select(shipped, region=region, sector_ids=("robotics",))
    assert len(chosen.enterprises)
    assert set(chosen.enterprises["adcode"].fillna("")) <= {*region.adcodes, ""}
    assert set(chosen.enterprises["city"]) == {"沈阳市"}
    assert all("robotics" in text.split(";") for text in chosen.enterprises["sectors"])
    assert all("robotics" in text.split(";") for text in chosen.parks["sectors"])
    assert len(chosen.districts) == 100  # neighbours stay visible


def test_what_is_known_to_a_city_only_is_on_the_map_of_the_city(shipped: MapFrames) -> None:
    city = find_region(shipped.districts, city="沈阳")
    chosen = select(shipped, region=city)
    known = shipped.enterprises[shipped.enterprises["city"] == "沈阳市"]
    assert set(known["enterprise_id"]) <= set(chosen.enterprises["enterprise_id"])
    assert (chosen.enterprises["adcode"].fillna("") == "").sum() >= 6
    parks = shipped.parks[shipped.parks["city"] == "沈阳市"]
    assert set(parks["park_id"]) == set(chosen.parks["park_id"])
    one = select(shipped, region=find_region(shipped.districts, district="浑南区"))
    assert set(one.enterprises["adcode"]) == {"210112"}


def test_missing_columns_are_unknown_not_an_error(shipped: MapFrames) -> None:
    bare = complete_columns(shipped.enterprises[["enterprise_id", "name", "lon", "lat"]])
    assert list(bare.columns) == list(FIRM_COLUMNS)
    assert set(bare["sectors"]) == {""}
    assert bare["radius_m"].isna().all()


def test_every_district_has_an_english_name_of_its_own_in_its_city(shipped: MapFrames) -> None:
    names = shipped.districts["name"].map(english_name)
    assert names.str.fullmatch(r"[A-Z][A-Za-z' ]+").all()
    assert not (shipped.districts["city"] + names).duplicated().any()


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("朝阳市", "Chaoyang"),
        ("长海县", "Changhai County"),
        ("本溪满族自治县", "Benxi Manchu Autonomous County"),
    ],
)
def test_english_names_as_officially_romanised(name: str, english: str) -> None:
    assert english_name(name) == english
