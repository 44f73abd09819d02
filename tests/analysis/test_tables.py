"""Analyses as text, CSV and JSON: what a reader and a program take from them."""

import json
from pathlib import Path

import pytest

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.profile import compare, region_stagger
from clusteratlas.analysis.tables import comparison_tables, stagger_tables, write_tables

TERMS = {"basis": "firms", "weight": "n", "neighbours": "all", "year": "", "excluded": ""}


def test_counts_are_whole_numbers(frames: AtlasFrames, tmp_path: Path) -> None:
    tables = comparison_tables(compare(frames, "a", "c"), frames)
    write_tables(tables, tmp_path / "c.txt")
    text = (tmp_path / "c.txt").read_text(encoding="utf-8")
    aviation = next(line for line in text.splitlines() if line.startswith("航空"))
    assert aviation.split()[5:7] == ["0", "30"]
    assert "1.000" not in text.split("产业 ")[0]


def test_json_holds_numbers_and_null(frames: AtlasFrames, tmp_path: Path) -> None:
    result = region_stagger(frames, "甲市", basis="priorities")
    tables = stagger_tables(result, frames, "甲市", terms=TERMS, lang="en")
    write_tables(tables, tmp_path / "s.json", lang="en")
    whole = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    summary = {row["measure"]: row["value"] for row in whole["summary"]}
    assert summary["index"] == pytest.approx(2 / 3)
    assert summary["null_mean"] is None
    assert all(isinstance(row["total"], int) for row in whole["districts"])


def test_summary_says_what_it_rests_on(frames: AtlasFrames) -> None:
    result = region_stagger(frames, "甲市", simulations=19)
    summary = stagger_tables(result, frames, "甲市", terms=TERMS)["summary"]
    told = dict(zip(summary["measure"], summary["value"], strict=True))
    assert told["依据"] == "重点企业与登记企业"
    assert told["权重口径"] == "企业数"
    assert "年份" not in told


def test_comparison_of_few_firms_says_so(frames: AtlasFrames) -> None:
    few = comparison_tables(compare(frames, "a", "d"), frames)["summary"]
    assert "企业过少，不作判断" in few["value"].tolist()
    enough = comparison_tables(compare(frames, "a", "b"), frames)["summary"]
    assert "判断" not in enough["measure"].tolist()
