"""Moran's I and Gi* reproduce esda's documented values; islands and few districts are not overread."""

import warnings

import libpysal
import numpy as np
import pandas as pd
import pytest
from esda.getisord import G_Local

from clusteratlas.analysis.spatial import local_association, moran, to_weights


def grid(side: int) -> pd.DataFrame:
    """Rook neighbours on a square grid."""
    n = side * side
    rows, columns = np.divmod(np.arange(n), side)
    near = np.abs(rows[:, None] - rows) + np.abs(columns[:, None] - columns) == 1
    return pd.DataFrame(near.astype(float))


def test_moran_on_a_checkerboard_is_minus_one() -> None:
    values = pd.Series([(i // 4 + i % 4) % 2 for i in range(16)], dtype=float)
    assert moran(values, grid(4), permutations=99).i == pytest.approx(-1.0)


def test_moran_stl_homicides() -> None:
    # libpysal's stl_hom example, HR8893 over its own queen weights (stl.gal): I = 0.2436558262.
    file = libpysal.io.open(libpysal.examples.get_path("stl.gal"))
    weights = file.read()
    file.close()
    table = pd.read_csv(libpysal.examples.get_path("stl_hom.txt"), skiprows=1)
    matrix = pd.DataFrame(weights.full()[0])
    assert moran(table["HR8893"], matrix, permutations=99).i == pytest.approx(0.2436558262)


def test_gi_star_of_six_points() -> None:
    # Six points in two groups, band 15: esda's own documentation of Gi*, binary weights.
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    gaps = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = pd.DataFrame(((gaps <= 15) & (gaps > 0)).astype(float))
    values = pd.Series([2, 3, 3.2, 5, 8, 7.0])
    # Six districts are too few for a verdict; the weights are ours, the statistic is esda's.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = G_Local(values.to_numpy(), to_weights(near), star=True, transform="B")
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert result.Zs == pytest.approx(np.array(expected))


def test_hot_corner_is_high_high_after_fdr() -> None:
    values = pd.Series(np.where([(i // 8 < 3) and (i % 8 < 3) for i in range(64)], 10.0, 1.0))
    values += pd.Series(np.arange(64) % 5) * 0.01
    table = local_association(values, grid(8), permutations=9999)
    assert table.loc[9, "verdict"] == "high-high"
    assert (table["lisa_q"] >= table["lisa_p"]).all()


def test_island_is_too_few_to_say() -> None:
    neighbours = grid(4)
    neighbours.loc[0, :] = 0.0
    neighbours.loc[:, 0] = 0.0
    table = local_association(pd.Series(np.arange(16.0)), neighbours)
    assert table.loc[0, "verdict"] == "too few to say"
    assert np.isnan(float(table["lisa"].iloc[0]))


def test_few_districts_are_too_few_to_say() -> None:
    table = local_association(pd.Series([1.0, 2, 3, 4]), grid(2))
    assert set(table["verdict"]) == {"too few to say"}
    assert np.isnan(moran(pd.Series([1.0, 2, 3, 4]), grid(2)).i)


def test_constant_values_have_no_association() -> None:
    assert np.isnan(moran(pd.Series(np.ones(16)), grid(4)).i)
