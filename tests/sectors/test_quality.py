"""The labelled firms that were held out: the figures that docs/classification.md promises."""

from pathlib import Path

import pandas as pd
import pytest

from clusteratlas.data.loaders import data_path
from clusteratlas.sectors import SectorCatalog, classify

DRAWN, FRESH = 6_200, 1_000  # firms drawn at random, of which the doubtful ones were read


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return pd.read_csv(data_path("classification/labels.csv"), dtype="str", keep_default_na=False)


def test_labels_are_codes_and_sectors_only(labels: pd.DataFrame) -> None:
    assert list(labels.columns) == ["code", "sample", "split", "labels", "second_pass"]
    assert labels["code"].str.fullmatch("[0-9A-Z]{18}").all()
    assert labels["code"].is_unique
    known = set(SectorCatalog.load().ids)
    for cell in labels["labels"]:
        assert set(cell.split(";")) - {""} <= known
    assert len(labels) >= 600
    assert (labels["sample"] == "random").sum() >= 250
    assert (labels["second_pass"] != "").sum() >= 150


@pytest.mark.shared
def test_held_out_firms_meet_the_goal(labels: pd.DataFrame, shared_dir: Path) -> None:
    registry = shared_dir / "registry" / "liaoning_registry.csv.gz"
    if not registry.is_file():
        pytest.skip("no registry beside the checkout")
    text = pd.read_csv(registry, dtype="str", keep_default_na=False).rename(
        columns={"统一社会信用代码": "code", "企业名称": "name", "经营范围": "scope"}
    )
    test = labels[labels["split"] == "test"].merge(text[["code", "name", "scope"]], on="code")
    found = classify(test["name"], test["scope"])["sectors"]
    positive = test["labels"] != ""
    right = [
        bool(set(true.split(";")) & set(got.split(";")))
        for true, got in zip(test.loc[positive, "labels"], found[positive], strict=True)
    ]
    assert sum(right) / len(right) >= 0.8
    drawn = test["sample"] != "retrieved"
    share = (test["sample"] == "random").sum() / (labels["sample"] == "random").sum()
    negatives = DRAWN * share + FRESH - (drawn & positive).sum()
    assert ((found != "") & drawn & ~positive).sum() / negatives <= 0.03
