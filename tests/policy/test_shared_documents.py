"""The two documents that the shipped mentions come from."""

from pathlib import Path

import pytest

from clusteratlas.data import load_enterprises, load_mentions, load_parks
from clusteratlas.policy import extract, read_document, read_review
from clusteratlas.policy.tables import mention_rows

REVIEW = "policy_review.csv"
DOCUMENTS = ("liaoning-2015-25", "shenyang-emerging-industries-opinion")


@pytest.mark.shared
def test_shipped_mentions_are_what_the_command_produces(shared_dir: Path, repo_dir: Path) -> None:
    review = read_review(repo_dir / "data" / REVIEW)
    rows = []
    for name in DOCUMENTS:
        path = shared_dir / "policy" / f"{name}.txt"
        extraction = extract(read_document(path), review=review)
        text = path.read_text(encoding="utf-8")
        for kind in ("enterprises", "parks"):
            for item in extraction[kind]:
                assert text[item["start"] : item["end"]] == item["name"]
        rows += mention_rows(extraction)
    shipped = load_mentions()
    assert [str(row["text"]) for row in rows] == list(shipped["text"])
    assert [row["start"] for row in rows] == [int(start) for start in shipped["start"]]
    assert [row["enterprise_id"] for row in rows] == list(shipped["enterprise_id"])


def test_every_shipped_enterprise_and_park_has_a_mention_or_is_a_partner() -> None:
    mentions = load_mentions()
    partners = {"ge", "siemens", "bombardier", "ansaldo"}
    assert set(load_enterprises()["enterprise_id"]) - set(mentions["enterprise_id"]) == partners
    assert set(load_parks()["park_id"]) <= set(mentions["park_id"])


def test_every_mention_is_linked_and_anchors_have_their_sector() -> None:
    mentions = load_mentions()
    linked = (mentions["enterprise_id"] != "") | (mentions["park_id"] != "")
    assert linked.all()
    anchors = mentions[mentions["enterprise_id"] != ""]
    assert (anchors["sector"] != "").all()
    assert mentions["sector"][mentions["text"] == "沈鼓集团"].tolist() == ["major_equipment"]
