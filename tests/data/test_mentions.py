"""The mentions: every offset reproduces its text, every key exists, nothing named is dropped."""

from pathlib import Path

import pandas as pd
import pytest

from clusteratlas.data import load_enterprises, load_mentions, load_parks, load_sectors

COLUMNS = [
    "document",
    "section",
    "line",
    "start",
    "end",
    "text",
    "enterprise_id",
    "park_id",
    "sector",
]
FOREIGN_PARTNERS = {"ge", "siemens", "bombardier", "ansaldo"}


@pytest.fixture(scope="module")
def mentions() -> pd.DataFrame:
    return load_mentions()


def test_columns_and_order(mentions: pd.DataFrame) -> None:
    assert list(mentions.columns) == COLUMNS
    assert (mentions["start"] < mentions["end"]).all()
    for _, part in mentions.groupby("document"):
        assert part["start"].is_monotonic_increasing


def test_keys_exist(mentions: pd.DataFrame) -> None:
    enterprises, parks = load_enterprises(), load_parks()
    catalogue = load_sectors()
    assert set(mentions["enterprise_id"]) - {""} <= set(enterprises["enterprise_id"])
    assert set(mentions["park_id"]) - {""} <= set(parks["park_id"])
    assert set(mentions["sector"]) - {""} <= set(catalogue["sector_id"])


def test_every_mention_is_linked_to_one_thing(mentions: pd.DataFrame) -> None:
    linked = (mentions["enterprise_id"] != "").astype(int) + (mentions["park_id"] != "").astype(int)
    assert (linked == 1).all(), list(mentions.loc[linked != 1, "text"])


def test_nothing_named_is_dropped(mentions: pd.DataFrame) -> None:
    anchors = set(load_enterprises()["enterprise_id"]) - FOREIGN_PARTNERS
    assert anchors - set(mentions["enterprise_id"]) == set()
    assert set(load_parks()["park_id"]) - set(mentions["park_id"]) == set()


def test_an_enterprise_has_the_sectors_under_which_it_is_mentioned(mentions: pd.DataFrame) -> None:
    stated = load_enterprises().set_index("enterprise_id")["sectors"].str.split(";").map(set)
    linked = mentions[(mentions["enterprise_id"] != "") & (mentions["sector"] != "")]
    for enterprise_id, sectors in linked.groupby("enterprise_id")["sector"]:
        assert set(sectors) == stated[str(enterprise_id)], enterprise_id


@pytest.mark.shared
def test_offsets_reproduce_the_text(mentions: pd.DataFrame, shared_dir: Path) -> None:
    for document, part in mentions.groupby("document"):
        path = shared_dir / "policy" / f"{document}.txt"
        content = path.read_bytes().decode("utf-8")
        found = [
            content[int(start) : int(end)]
            for start, end in zip(part["start"], part["end"], strict=True)
        ]
        assert found == list(part["text"])
        lines = [content.count("\n", 0, int(start)) + 1 for start in part["start"]]
        assert lines == [int(line) for line in part["line"]]
