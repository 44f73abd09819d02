"""The stagger index: bounds, invariances, values worked by hand, and what chance gives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clusteratlas.analysis import stagger
from clusteratlas.errors import InputError

CODES = ["a", "b", "c"]


def everyone(codes: list[str]) -> pd.DataFrame:
    """Each district is the neighbour of each other."""
    n = len(codes)
    return pd.DataFrame(np.ones((n, n)) - np.eye(n), index=codes, columns=codes)


def matrix(rows: list[list[float]]) -> pd.DataFrame:
    columns = [f"s{i}" for i in range(len(rows[0]))]
    return pd.DataFrame(rows, index=CODES[: len(rows)], columns=columns)


counts = hnp.arrays(np.int64, (3, 4), elements=st.integers(0, 40)).map(
    lambda array: matrix(array.astype(float).tolist())
)


def test_index_is_zero_where_all_do_the_same() -> None:
    region, local = stagger.stagger_index(
        matrix([[1, 2, 3], [2, 4, 6], [10, 20, 30]]), everyone(CODES)
    )
    assert region == pytest.approx(0)
    assert local.tolist() == pytest.approx([0, 0, 0])


def test_index_is_one_where_nobody_shares_a_sector() -> None:
    region, _ = stagger.stagger_index(matrix([[5, 0, 0], [0, 7, 0], [0, 0, 1]]), everyone(CODES))
    assert region == pytest.approx(1)


def test_index_worked_by_hand() -> None:
    # Shares (.5, .5), (.25, .75), (0, 1): overlaps ab .75, ac .5, bc .75.
    table = matrix([[1, 1], [1, 3], [0, 9]])
    region, local = stagger.stagger_index(table, everyone(CODES))
    assert region == pytest.approx((0.25 + 0.5 + 0.25) / 3)
    assert local["b"] == pytest.approx(0.25)


def test_index_counts_neighbours_only() -> None:
    weights = everyone(CODES)
    weights.loc["a", "c"] = weights.loc["c", "a"] = 0
    region, local = stagger.stagger_index(matrix([[1, 1], [1, 3], [0, 9]]), weights)
    assert region == pytest.approx(0.25)
    assert local["a"] == pytest.approx(0.25)


def test_district_without_activity_has_no_index_and_does_not_count() -> None:
    region, local = stagger.stagger_index(matrix([[1, 1], [1, 3], [0, 0]]), everyone(CODES))
    assert region == pytest.approx(0.25)
    assert np.isnan(local["c"])


@given(counts)
@settings(deadline=None)
def test_index_stays_within_bounds(table: pd.DataFrame) -> None:
    region, local = stagger.stagger_index(table, everyone(CODES))
    for value in [region, *local]:
        assert np.isnan(value) or -1e-12 <= value <= 1 + 1e-12


@given(counts, st.permutations(CODES), st.permutations(range(4)))
@settings(deadline=None)
def test_index_ignores_the_order_of_districts_and_sectors(
    table: pd.DataFrame, rows: list[str], columns: list[int]
) -> None:
    region, _ = stagger.stagger_index(table, everyone(CODES))
    again, _ = stagger.stagger_index(table.loc[rows].iloc[:, columns], everyone(CODES))
    assert again == pytest.approx(region, nan_ok=True)


@given(counts, st.floats(0.01, 100))
@settings(deadline=None)
def test_index_ignores_the_size_of_a_district(table: pd.DataFrame, factor: float) -> None:
    region, _ = stagger.stagger_index(table, everyone(CODES))
    scaled = table.copy()
    scaled.loc["a"] *= factor
    again, _ = stagger.stagger_index(scaled, everyone(CODES))
    assert again == pytest.approx(region, nan_ok=True)


@given(counts)
@settings(deadline=None)
def test_merging_sectors_never_raises_the_index(table: pd.DataFrame) -> None:
    merged = table.drop(columns="s3").assign(s2=table["s2"] + table["s3"])
    before, _ = stagger.stagger_index(table, everyone(CODES))
    after, _ = stagger.stagger_index(merged, everyone(CODES))
    assert np.isnan(before) or after <= before + 1e-12


def test_splitting_a_sector_alike_everywhere_changes_nothing() -> None:
    table = matrix([[4, 6], [8, 2], [1, 9]])
    split = table.assign(s1=table["s1"] / 3, s2=table["s1"] * 2 / 3)
    before, _ = stagger.stagger_index(table, everyone(CODES))
    after, _ = stagger.stagger_index(split, everyone(CODES))
    assert after == pytest.approx(before)


@given(counts)
@settings(deadline=None)
def test_sector_overlaps_sum_to_the_pairs_overlap(table: pd.DataFrame) -> None:
    table = table + 1
    parts = stagger.sector_overlap(table, "a", "b")
    assert parts["overlap"].sum() == pytest.approx(stagger.overlap(table).loc["a", "b"])
    assert parts["part"].sum() == pytest.approx(1)


def test_pairs_name_the_sector_that_drives_them() -> None:
    pairs = stagger.duplication(matrix([[8, 2, 0], [9, 0, 1], [0, 5, 5]]), everyone(CODES))
    assert (pairs.loc[0, "a"], pairs.loc[0, "b"]) == ("a", "b")
    assert pairs.loc[0, "drivers"] == "s0:0.8000"


def test_random_assignment_is_not_distinguishable_from_chance() -> None:
    # Firms dealt out at random: over 40 seeds at most a few verdicts may differ at the 5 % level.
    rng = np.random.default_rng(1)
    rejected = 0
    for seed in range(40):
        table = matrix(rng.multinomial(60, [0.4, 0.3, 0.2, 0.1], size=3).astype(float).tolist())
        result = stagger.analyse_stagger(table, everyone(CODES), simulations=99, seed=seed)
        rejected += result.verdict != "not distinguishable"
    assert rejected <= 6


def test_strong_specialisation_is_more_differentiated_than_chance() -> None:
    result = stagger.analyse_stagger(
        matrix([[40, 1, 1], [1, 40, 1], [1, 1, 40]]), everyone(CODES), simulations=99
    )
    assert result.verdict == "more differentiated than chance"
    assert result.index > result.null_high


def test_equal_structures_are_more_alike_than_chance() -> None:
    result = stagger.analyse_stagger(
        matrix([[20, 20, 20], [20, 20, 20], [20, 20, 20]]), everyone(CODES), simulations=199
    )
    assert result.verdict == "more alike than chance"


def test_few_firms_are_too_few_to_say() -> None:
    result = stagger.analyse_stagger(
        matrix([[3, 1, 0], [30, 40, 1], [1, 1, 40]]), everyone(CODES), simulations=99
    )
    assert result.districts.loc["a", "verdict"] == "too few to say"


def test_same_seed_gives_the_same_answer() -> None:
    table = matrix([[9, 3], [4, 8], [5, 5]])
    first = stagger.analyse_stagger(table, everyone(CODES), simulations=49, seed=3)
    second = stagger.analyse_stagger(table, everyone(CODES), simulations=49, seed=3)
    pd.testing.assert_frame_equal(first.districts, second.districts)


def test_priority_overlap_by_hand() -> None:
    plain, weighted = stagger.priority_overlap(matrix([[3, 2, 0], [3, 0, 1], [0, 0, 0]]))
    assert plain.loc["a", "b"] == pytest.approx(1 / 3)
    assert weighted.loc["a", "b"] == pytest.approx(3 / 6)
    # c states nothing: unknown, which is not the same as nothing in common.
    assert plain.isna().loc["c"].all()
    assert weighted.isna()["c"].all()


def test_negative_activity_is_refused() -> None:
    with pytest.raises(InputError, match="negative"):
        stagger.stagger_index(matrix([[1, -1], [1, 1]]), everyone(["a", "b"]))


def test_asymmetric_weights_are_refused() -> None:
    weights = everyone(CODES)
    weights.loc["a", "b"] = 5
    with pytest.raises(InputError, match="symmetric"):
        stagger.stagger_index(matrix([[1, 1], [1, 1], [2, 1]]), weights)
