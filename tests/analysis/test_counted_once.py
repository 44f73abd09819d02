"""An anchor that the registry lists too is one enterprise in everything that counts both."""

import pandas as pd
import pytest

from clusteratlas.analysis.counted_once import certain_pairs
from clusteratlas.analysis.frames import AtlasFrames, load_frames
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store

TIEXI, HUNNAN = "210106", "210112"


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> AtlasFrames:
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
