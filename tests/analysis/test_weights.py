"""Other weights than counts, uncertain membership, and a bureau's own statistics."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.statistics import (
    checked_progress,
    read_statistics,
    statistics_matrix,
    target_progress,
)
from clusteratlas.analysis.weights import CAPITAL_CAP, firm_matrix
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError

FIRMS = pd.DataFrame(
    [
        ("a", "robotics", 100.0, ""),
        ("a", "robotics;software", 9e9, ""),
        ("b", "software", np.nan, "b:0.7;a:0.3"),
        ("b", "", 50.0, ""),
    ],
    columns=["adcode", "sectors", "capital", "membership"],
)
SECTORS = ["robotics", "aviation", "software"]


def weighted(weight: str, *, fractional: bool = False) -> pd.DataFrame:
    return firm_matrix(
        [FIRMS.iloc[:2], FIRMS.iloc[2:]],
        adcodes=["a", "b"],
        sectors=SECTORS,
        weight=weight,  # type: ignore[arg-type]  # wrong ones are tested too
        fractional=fractional,
    )


def test_firms_count_once_in_each_of_their_sectors() -> None:
    assert weighted("n").to_numpy().tolist() == [[2, 0, 1], [0, 0, 1]]


def test_capital_is_capped_and_unknown_capital_is_nothing() -> None:
    table = weighted("capital")
    assert table["robotics"].loc["a"] == 100 + CAPITAL_CAP
    assert table["software"].loc["b"] == 0


def test_logged_capital() -> None:
    assert weighted("log_capital")["robotics"].loc["a"] == pytest.approx(
        np.log1p(100) + np.log1p(9e9)
    )


def test_uncertain_membership_is_spread() -> None:
    table = weighted("n", fractional=True)
    assert table["software"].tolist() == pytest.approx([1.3, 0.7])
    assert table.to_numpy().sum() == pytest.approx(weighted("n").to_numpy().sum())


def test_unknown_weight_is_refused() -> None:
    with pytest.raises(InputError, match="allowed are n, capital, log_capital"):
        weighted("gold")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "statistics.csv"
    path.write_text(
        "区县,产业,年份,指标,数值\n"
        "浑南区,机器人,2019,增加值,30\n浑南区,合计,2019,增加值,100\n"
        "大东区,航空,2019,增加值,5\n大东区,合计,2019,增加值,100\n",
        encoding="gb18030",
    )
    return path


def test_statistics_are_read_by_name_in_gb18030(table: Path, frames: AtlasFrames) -> None:
    statistics = read_statistics(table, frames)
    assert statistics["adcode"].tolist() == ["210112", "210112", "210104", "210104"]
    matrix = statistics_matrix(statistics, frames, measure="value_added")
    assert matrix["robotics"].loc["210112"] == 30


def test_target_progress_by_hand(table: Path, frames: AtlasFrames) -> None:
    progress = target_progress(read_statistics(table, frames)).iloc[0]
    assert progress["share"] == pytest.approx(0.175)
    assert progress["gap"] == pytest.approx(0.025)
    assert progress["target_year"] == 2020


def test_a_year_without_totals_gives_no_share(table: Path, frames: AtlasFrames) -> None:
    statistics = read_statistics(table, frames)
    without = statistics[statistics["sector"] != "total"]
    assert target_progress(without).empty
    with pytest.raises(InputError, match="a row whose sector is total"):
        checked_progress(without)


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("浑男区,机器人,2019,增加值,1", UnknownNameError, "line 2: .*浑男区"),
        ("浑南区,魔法,2019,增加值,1", UnknownNameError, "line 2: no sector"),
        ("浑南区,机器人,2019,高度,1", InputError, "line 2: measure"),
        ("浑南区,机器人,去年,增加值,1", InputError, "line 2: year and value"),
        ("浑南区,机器人,2019,增加值,-1", InputError, "line 2: .*out of range"),
        ("浑南区,机器人,2019,增加值,nan", InputError, "line 2: .*out of range"),
    ],
)
def test_a_wrong_row_is_named(
    tmp_path: Path, frames: AtlasFrames, line: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f"district,sector,year,measure,value\n{line}\n", encoding="utf-8")
    with pytest.raises(error, match=message):
        read_statistics(path, frames)


def test_a_missing_column_is_named(tmp_path: Path, frames: AtlasFrames) -> None:
    path = tmp_path / "s.csv"
    path.write_text("district,sector,year\n", encoding="utf-8")
    with pytest.raises(FileFormatError, match="no column measure"):
        read_statistics(path, frames)
