"""An anchor that the registry lists too is one enterprise in everything that counts both."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from clusteratlas.analysis.cluster_layer import ANCHOR_WEIGHT, all_sites, sector_sites
from clusteratlas.analysis.counted_once import certain_pairs, once, standing_twice
from clusteratlas.analysis.frames import AtlasFrames, load_frames
from clusteratlas.analysis.weights import COLUMNS, firm_matrix
from clusteratlas.maps import find_region
from clusteratlas.maps.district_values import district_values
from clusteratlas.maps.kinds import KindRequest
from clusteratlas.store import open_store
from clusteratlas.store.base import Store
from clusteratlas.store.build import build_store

TIEXI, HUNNAN = "210106", "210112"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One anchor of rail in 铁西; the registry has it in 浑南 as rail and chips, and two other firms."""
    rows = pd.DataFrame(
        {
            "enterprise_id": ["works", "firm", "namesake", "branch"],
            "origin": ["anchor", "registry", "registry", "registry"],
            "name": ["甲机车厂", "甲机车厂", "甲机车", "甲机车厂分公司"],
            "city": "沈阳市",
            "adcode": [TIEXI, HUNNAN, HUNNAN, HUNNAN],
            "sectors": ["rail", "rail;ic", "rail", "rail"],
            "registered": [None, "1999-05-01", "2001-01-01", "2003-01-01"],
            "capital": [None, 500.3, 7.1, None],
            "precision": "site",
            "lon": [123.24, 123.44, 123.45, 123.46],
            "lat": [41.80, 41.72, 41.72, 41.72],
            "radius_m": [900.0, 100.0, 100.0, 100.0],
            "membership": ["210106:0.75;210111:0.25", "210112:0.5;210102:0.5", "", ""],
        }
    )
    path = tmp_path_factory.mktemp("once") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        shipped = store.collection("enterprises")["enterprise_id"].tolist()
        with store.writer() as writer:
            writer.delete_enterprises(shipped)
            writer.upsert_enterprises(rows)
            links = [
                ("firm", "works", "same", 1.0, "code"),
                ("namesake", "works", "same", 0.7, "name"),
                ("branch", "works", "branch", 0.9, "name"),
            ]
            writer.put_links(["firm", "namesake", "branch"], links)
        yield store


@pytest.fixture(scope="module")
def frames(store: Store) -> AtlasFrames:
    return load_frames(store)


def test_an_enterprise_of_both_origins_counts_once_as_the_documents_have_it(
    frames: AtlasFrames,
) -> None:
    matrix = frames.matrix(origin="both")
    assert matrix.loc[TIEXI, "rail"] == 1
    assert matrix.loc[HUNNAN, "rail"] == 2  # the namesake and the branch, which are others
    assert matrix.loc[HUNNAN, "ic"] == 0
    assert matrix.to_numpy().sum() == 3


def test_each_origin_alone_keeps_what_it_says(frames: AtlasFrames) -> None:
    assert frames.matrix(origin="anchor").to_numpy().sum() == 1
    registry = frames.matrix(origin="registry")
    assert (registry.loc[HUNNAN, "rail"], registry.loc[HUNNAN, "ic"]) == (3, 1)


def test_year_and_capital_are_those_of_the_registry(frames: AtlasFrames) -> None:
    assert frames.matrix(year=1998).to_numpy().sum() == 0
    assert frames.matrix(year=1999).to_numpy().sum() == 1
    capital = frames.matrix(measure="capital")
    assert (capital.loc[TIEXI, "rail"], capital.loc[HUNNAN, "ic"]) == (500.3, 0.0)
    assert capital.loc[HUNNAN, "rail"] == 7.1


def test_one_firm_is_one_enterprise_at_most() -> None:
    links = pd.DataFrame(
        [
            ("f", "a", "same", 0.95, ""),
            ("f", "b", "same", 1.0, ""),
            ("g", "b", "renamed", 0.95, ""),
            ("h", "c", "renamed", 0.8, ""),
            ("i", "d", "parent", 1.0, ""),
        ],
        columns=["enterprise_id", "anchor_id", "relation", "confidence", "reason"],
    )
    pairs = certain_pairs(links)
    assert list(zip(pairs["enterprise_id"], pairs["anchor_id"], strict=True)) == [("f", "b")]


def weighted(store: Store, **asked: object) -> pd.DataFrame:
    batches = once(store.batches(columns=COLUMNS), standing_twice(store))
    codes = [TIEXI, HUNNAN, "210111", "210102"]
    return firm_matrix(batches, adcodes=codes, sectors=["rail", "ic"], **asked)  # type: ignore[arg-type]


def test_a_weighted_matrix_has_the_enterprise_once(store: Store) -> None:
    assert weighted(store).to_numpy().tolist() == [[1, 0], [2, 0], [0, 0], [0, 0]]
    capital = weighted(store, weight="capital")
    assert capital["rail"].tolist() == [500.3, 7.1, 0, 0]  # the branch's capital is unknown
    assert capital["ic"].tolist() == [0, 0, 0, 0]


def test_a_fraction_goes_where_the_anchor_may_stand(store: Store) -> None:
    assert weighted(store, fractional=True)["rail"].tolist() == [0.75, 2, 0.25, 0]


def test_the_enterprise_is_one_site_where_the_anchor_stands(store: Store) -> None:
    rail = sector_sites(store, "rail").set_index("enterprise_id")
    assert sorted(rail.index) == ["branch", "namesake", "works"]
    assert (rail["lon"]["works"], rail["weight"]["works"]) == (123.24, ANCHOR_WEIGHT)
    assert sector_sites(store, "ic").empty
    everywhere = all_sites(store)
    assert sorted(everywhere["lon"]) == [123.24, 123.45, 123.46]
    assert set(rail["fid"]) == set(everywhere["fid"])


@pytest.mark.parametrize(
    ("change", "lon"),
    [
        ({}, 123.24),  # in another district the registry's address is no better site
        ({"adcode": HUNNAN}, 123.44),  # 100 m instead of 900 m, in the same district
        ({"adcode": HUNNAN, "radius_m": 100.0}, 123.24),  # as good: the document's
        ({"adcode": "", "lon": None, "lat": None, "radius_m": None}, 123.44),
    ],
)
def test_position_is_the_anchors_unless_the_registry_knows_it_better(
    store: Store, frames: AtlasFrames, change: dict[str, Any], lon: float
) -> None:
    anchors = frames.anchors.astype({"lon": object, "lat": object, "radius_m": object})
    twice = standing_twice(store, anchors.assign(**change))
    assert twice["sign"].tolist() == [-1, -1, 1]
    assert twice["lon"].iloc[2] == lon
    assert twice["adcode"].iloc[2] == (change.get("adcode", TIEXI) or HUNNAN)


@pytest.mark.parametrize(
    ("measure", "sectors", "tiexi", "hunnan"),
    [
        ("firms", (), 1, 2),
        ("firms", ("rail", "ic"), 1, 2),
        ("firms", ("ic",), 0, 0),
        ("anchors", (), 1, 0),
        ("capital", (), 0.05003, 0.00071),
        ("capital", ("rail",), 0.05003, 0.00071),
    ],
)
def test_a_map_of_districts_counts_the_enterprise_once(
    store: Store,
    frames: AtlasFrames,
    measure: str,
    sectors: tuple[str, ...],
    tiexi: float,
    hunnan: float,
) -> None:
    request = KindRequest(find_region(frames.districts, city="沈阳"), sectors, measure=measure)
    values = district_values(store, request)[0]
    assert values[TIEXI] == pytest.approx(tiexi)
    assert values[HUNNAN] == pytest.approx(hunnan)
    assert sum(values.values()) == pytest.approx(tiexi + hunnan)
