"""Supply relations and stated positionings, checked as data."""

import pandas as pd

from clusteratlas.data import (
    load_cities,
    load_districts,
    load_linkages,
    load_positionings,
    load_sectors,
    read_products,
)

STRENGTHS = {"core", "leading", "supporting", "mentioned"}


def sector_ids() -> set[str]:
    sectors = load_sectors()
    return set(sectors.loc[sectors["parent"] != "", "sector_id"])


def test_linkages_name_sectors_and_products_that_exist() -> None:
    linkages = load_linkages()
    assert set(linkages["customer"]) == sector_ids()
    assert set(linkages["supplier"]) <= sector_ids() | {"supporting"}
    assert set(linkages["product"]) <= set(read_products()["product"])
    assert not linkages.duplicated(["customer", "product"]).any()
    assert linkages["weight"].between(0, 1, inclusive="right").all()
    assert (linkages["reason"] != "").all()


def test_a_product_of_a_sector_is_supplied_by_that_sector() -> None:
    products = read_products().set_index("product")["sector"]
    linkages = load_linkages()
    own = products.loc[linkages["product"]].to_numpy()
    expected = pd.Series(own).replace("", "supporting").to_numpy()
    assert (linkages["supplier"].to_numpy() == expected).all()


def test_positionings_name_districts_sectors_and_sources() -> None:
    positionings = load_positionings()
    places = set(load_districts()["adcode"]) | set(load_cities()["adcode"])
    assert set(positionings["adcode"]) <= places
    assert set(positionings["sector"]) <= set(load_sectors()["sector_id"])
    assert set(positionings["strength"]) <= STRENGTHS
    for column in ("district", "document", "date", "quote_location", "source", "grade"):
        assert (positionings[column] != "").all(), column


def test_second_hand_positionings_are_marked() -> None:
    positionings = load_positionings()
    copies = positionings["source"].str.contains("copy")
    assert (positionings.loc[copies, "grade"] == "second-hand").all()
