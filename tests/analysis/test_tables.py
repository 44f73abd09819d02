"""Analyses as text, CSV and JSON: what a reader and a program take from them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.profile import compare, region_stagger
from clusteratlas.analysis.tables import (
    MOST_PAIRS,
    comparison_tables,
    stagger_tables,
    write_tables,
)

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


def test_districts_of_a_province_are_named_with_their_city(frames: AtlasFrames) -> None:
    result = region_stagger(frames, "辽宁", simulations=19)
    tables = stagger_tables(result, frames, "辽宁", terms=TERMS)
    places = frames.districts.set_index("adcode")
    full = places["city"] + places["name"]
    several = places["city"].nunique() > 1
    assert set(tables["districts"]["district"]) == set(full if several else places["name"])
    assert set(tables["pairs"]["a"]) <= set(tables["districts"]["district"])


def test_screen_shows_the_most_alike_and_a_file_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    overlaps = [1 - n / 100 for n in range(MOST_PAIRS + 3)]
    pairs = pd.DataFrame({"a": "甲", "b": "乙", "overlap": overlaps, "krugman": 2.0})
    write_tables({"pairs": pairs}, None)
    shown = capsys.readouterr().out
    assert len(shown.split("\n\n")[0].splitlines()) == MOST_PAIRS + 1
    assert "另有 3 对重合度不高于此" in shown
    assert shown.count("2.000") == MOST_PAIRS  # never 2 beside 2.000
    write_tables({"pairs": pairs}, tmp_path / "all.txt")
    assert (
        len((tmp_path / "all.txt").read_text(encoding="utf-8").splitlines()) == MOST_PAIRS + 3 + 1
    )


def test_a_column_has_decimals_in_all_rows_or_in_none(tmp_path: Path) -> None:
    table = pd.DataFrame({"mixed": [150.5, 40.0, 0.0], "whole": [3.0, 0.0, float("nan")]})
    write_tables({"t": table}, tmp_path / "t.txt", lang="en")
    rows = (tmp_path / "t.txt").read_text(encoding="utf-8").split()
    assert rows == ["mixed", "whole", "150.500", "3", "40.000", "0", "0.000", "—"]
