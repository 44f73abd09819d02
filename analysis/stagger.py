r"""Duplication (同质化) between districts and the stagger index (错位指数).

The overlap of two districts is the part of their structure that they have in common,

.. math:: O_{rq} = \sum_c \min(s_{rc}, s_{qc}) = 1 - K_{rq}/2

(the Schoener or Ruzicka overlap of two distributions; :math:`K_{rq}` is the bilateral Krugman
distance). It is a sum over sectors, so it says exactly which sector makes two districts alike. The
stagger index is what is left, averaged over the neighbours *q* of a district with weights
:math:`w_{rq}`:

.. math:: I_r = \frac{\sum_q w_{rq} (1 - O_{rq})}{\sum_q w_{rq}},\qquad
          I = \frac{\sum_{r<q} w_{rq} (1 - O_{rq})}{\sum_{r<q} w_{rq}}

0 = all do the same, in the same proportions; 1 = no two neighbours share a sector. Properties
(tested): within [0, 1]; the order of districts and sectors does not matter; multiplying a district's
activity by a constant changes nothing; merging two sectors never raises it; splitting a sector in all
districts in the same proportion changes nothing. Few firms look differentiated by chance alone, so a
number never comes without the null model: the same firms with their sectors dealt out at random,
the totals of districts and of sectors kept (:func:`null_model`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from clusteratlas.analysis._matrix import checked, divide
from clusteratlas.analysis.structure import bilateral_krugman, shares, similarity
from clusteratlas.errors import InputError

Verdict = Literal[
    "more alike than chance", "not distinguishable", "more differentiated than chance"
]

MIN_FIRMS_PER_DISTRICT = 10
"""A district with fewer firms in sectors is left out of verdicts: "too few to say"."""


@dataclass(frozen=True)
class StaggerResult:
    """The stagger index of a region with what chance gives.

    Parameters
    ----------
    index
        Of the region, 0..1; NaN if no two neighbours have activity.
    null_mean, null_low, null_high
        Mean and 95 % interval of the index if sectors were dealt out at random; NaN without counts.
    p_value
        Two-sided, from the simulations; NaN without them.
    verdict
        In words; "" without simulations.
    districts
        One row per district: ``index, null_mean, null_low, null_high, p_value, verdict, total``;
        ``verdict`` is "too few to say" below :data:`MIN_FIRMS_PER_DISTRICT`.
    pairs
        One row per pair of neighbours, most alike first: see :func:`duplication`.
    simulations
        Number of random tables behind the interval.
    """

    index: float
    null_mean: float
    null_low: float
    null_high: float
    p_value: float
    verdict: str
    districts: pd.DataFrame
    pairs: pd.DataFrame
    simulations: int


def overlap(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the overlap of each pair of districts, symmetric, 0..1, NaN without activity."""
    return 1 - bilateral_krugman(matrix) / 2


def sector_overlap(matrix: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Return what each sector contributes to the overlap of two districts, greatest first.

    Columns ``share_a, share_b, overlap`` (sums to the pair's overlap), ``part`` (share of the
    overlap) by sector.

    Raises
    ------
    InputError
        If a district is not in the matrix.
    """
    for code in (a, b):
        if code not in matrix.index:
            raise InputError(f"district {code} is not in the matrix")
    local = shares(matrix.loc[[a, b]])
    both = pd.DataFrame({"share_a": local.iloc[0], "share_b": local.iloc[1]})
    both["overlap"] = both.min(axis=1, skipna=False)
    both["part"] = divide(both["overlap"].to_numpy(), np.asarray(both["overlap"].sum()))
    return both.sort_values("overlap", ascending=False, kind="stable")


def duplication(matrix: pd.DataFrame, weights: pd.DataFrame, *, drivers: int = 3) -> pd.DataFrame:
    """Return the pairs of neighbours with their duplication, most alike first.

    Parameters
    ----------
    matrix
        District x sector activity or strength of priority.
    weights
        Symmetric neighbour weights, by the same district codes
        (:func:`clusteratlas.analysis.neighbours.neighbour_weights`).
    drivers
        How many sectors to name per pair.

    Returns
    -------
    DataFrame
        ``a, b, weight, overlap, similarity, krugman, drivers`` with drivers as
        ``sector:contribution;...`` to four decimals; pairs of weight 0 and pairs where one has no
        activity are left out.
    """
    matrix = checked(matrix)
    aligned = _aligned(weights, matrix)
    codes, sectors = matrix.index.to_numpy(), matrix.columns.to_numpy()
    local = shares(matrix).to_numpy()
    cosine, distance = similarity(matrix).to_numpy(), bilateral_krugman(matrix).to_numpy()
    rows, columns = np.nonzero(np.triu(aligned, 1))
    found = []
    for r, q in zip(rows, columns, strict=True):
        common = np.minimum(local[r], local[q])
        if np.isnan(common).any():
            continue
        top = np.argsort(-common, kind="stable")[:drivers]
        named = ";".join(f"{sectors[c]}:{common[c]:.4f}" for c in top if common[c] > 0)
        measures = (float(common.sum()), float(cosine[r, q]), float(distance[r, q]))
        found.append((codes[r], codes[q], float(aligned[r, q]), *measures, named))
    names = ["a", "b", "weight", "overlap", "similarity", "krugman", "drivers"]
    table = pd.DataFrame(found, columns=names)
    return table.sort_values(
        ["overlap", "a", "b"], ascending=[False, True, True], ignore_index=True
    )


def stagger_index(matrix: pd.DataFrame, weights: pd.DataFrame) -> tuple[float, pd.Series]:
    """Return the index of the region and of each district; NaN where no neighbour has activity."""
    matrix = checked(matrix)
    aligned = _aligned(weights, matrix)
    region, local = _indices(matrix.to_numpy()[None], aligned)
    return float(region[0]), pd.Series(local[0], index=matrix.index, name="stagger")


def _indices(tables: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return region and district indices for a stack of tables ``(t, districts, sectors)``."""
    totals = tables.sum(axis=2, keepdims=True)
    local = divide(tables, totals)
    n = tables.shape[1]
    apart = np.empty((len(tables), n, n))
    for r in range(n):  # one district at a time: the stack of all pairs would not fit
        apart[:, r, :] = 1 - np.minimum(local[:, r : r + 1, :], local).sum(axis=2)
    weight = weights[None] * ~np.isnan(apart)
    apart = np.nan_to_num(apart)
    by_district = divide((weight * apart).sum(axis=2), weight.sum(axis=2))
    upper = np.triu(np.ones((n, n)), 1)[None] * weight
    region = divide((upper * apart).sum(axis=(1, 2)), upper.sum(axis=(1, 2)))
    return region, by_district


def null_model(
    counts: pd.DataFrame, weights: pd.DataFrame, *, simulations: int = 499, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of random tables with the same totals of districts and sectors.

    Every firm keeps its district, the sectors are dealt out at random among the firms: district by
    district a multivariate hypergeometric draw from what is left, which makes every table with
    these totals as likely as under a random permutation of the labels. Fractional counts are
    rounded first.

    Returns
    -------
    tuple of arrays
        ``(simulations,)`` indices of the region and ``(simulations, districts)`` of the districts.

    Raises
    ------
    InputError
        If simulations are not 19..9999.
    """
    if not 19 <= simulations <= 9999:
        raise InputError(f"{simulations} simulations; allowed are 19 to 9999")
    whole = np.rint(checked(counts).to_numpy()).astype(int)
    aligned = _aligned(weights, counts)
    rng = np.random.default_rng(seed)
    tables = np.zeros((simulations, *whole.shape))
    for table in tables:
        left = whole.sum(axis=0)
        for r, size in enumerate(whole.sum(axis=1)):
            # What one district draws is gone for the next: firms are dealt out, not copied.
            table[r] = rng.multivariate_hypergeometric(left, size, method="marginals")
            left = left - table[r].astype(int)
    return _indices(tables, aligned)


def analyse_stagger(
    counts: pd.DataFrame, weights: pd.DataFrame, *, simulations: int = 499, seed: int = 0
) -> StaggerResult:
    """Return the stagger index of a region with null model, verdicts and pairs.

    Parameters
    ----------
    counts
        District x sector numbers of firms.
    weights
        Neighbour weights by the same codes.
    simulations
        Random tables; 0 leaves the null model out (for strengths of priority, which are no counts).
    """
    counts = checked(counts)
    region, local = stagger_index(counts, weights)
    districts = pd.DataFrame({"index": local, "total": counts.sum(axis=1)})
    pairs = duplication(counts, weights)
    if simulations == 0 or np.isnan(region):
        unknown = np.nan
        districts[["null_mean", "null_low", "null_high", "p_value"]] = unknown
        districts["verdict"] = "" if simulations == 0 else "too few to say"
        return StaggerResult(region, unknown, unknown, unknown, unknown, "", districts, pairs, 0)
    drawn, drawn_local = null_model(counts, weights, simulations=simulations, seed=seed)
    mean, low, high, p_value = _against(np.array([region]), drawn[:, None])
    means, lows, highs, p_values = _against(local.to_numpy(), drawn_local)
    districts["null_mean"], districts["null_low"], districts["null_high"] = means, lows, highs
    districts["p_value"] = p_values
    few = districts["total"] < MIN_FIRMS_PER_DISTRICT
    words = [verdict(*row) for row in zip(local, means, p_values, strict=True)]
    districts["verdict"] = np.where(few, "too few to say", words)
    return StaggerResult(
        index=region,
        null_mean=float(mean[0]),
        null_low=float(low[0]),
        null_high=float(high[0]),
        p_value=float(p_value[0]),
        verdict=verdict(region, float(mean[0]), float(p_value[0])),
        districts=districts,
        pairs=pairs,
        simulations=simulations,
    )


def verdict(index: float, null_mean: float, p_value: float, *, level: float = 0.05) -> str:
    """Return in words how an index stands to chance; "" if it is not defined."""
    if np.isnan(index) or np.isnan(p_value):
        return ""
    if p_value > level:
        return "not distinguishable"
    alike = index < null_mean
    return "more alike than chance" if alike else "more differentiated than chance"


def _against(
    observed: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, 2.5 % and 97.5 % of the draws, and two-sided Monte-Carlo p-values."""
    defined = ~np.isnan(drawn).all(axis=0) & ~np.isnan(observed)
    mean, low, high, p_value = (np.full(len(observed), np.nan) for _ in range(4))
    kept = drawn[:, defined]
    mean[defined] = np.nanmean(kept, axis=0)
    low[defined], high[defined] = np.nanquantile(kept, [0.025, 0.975], axis=0)
    below = (kept <= observed[None, defined]).sum(axis=0)
    above = (kept >= observed[None, defined]).sum(axis=0)
    # (k + 1)/(m + 1): the observed table counts as one of the draws (Davison and Hinkley 1997, 4.11).
    p_value[defined] = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (len(kept) + 1))
    return mean, low, high, p_value


def priority_overlap(stated: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Return plain and weighted Jaccard overlap of stated priorities for each pair.

    Plain: sectors named by both over sectors named by either. Weighted (Ruzicka):
    :math:`\sum_c \min(w_{rc}, w_{qc}) / \sum_c \max(w_{rc}, w_{qc})`. NaN where either states
    nothing: a statement that was not found is unknown, not different.

    Parameters
    ----------
    stated
        District x sector strength of priority, 0 = not named.
    """
    matrix = checked(stated)
    strength = matrix.to_numpy()
    low = np.minimum(strength[:, None, :], strength[None, :, :])
    high = np.maximum(strength[:, None, :], strength[None, :, :])
    weighted = divide(low.sum(axis=2), high.sum(axis=2))
    plain = divide((low > 0).sum(axis=2), (high > 0).sum(axis=2))
    silent = (strength == 0).all(axis=1)
    for overlaps in (plain, weighted):
        overlaps[silent, :] = overlaps[:, silent] = np.nan
    frames = [pd.DataFrame(v, index=matrix.index, columns=matrix.index) for v in (plain, weighted)]
    return frames[0], frames[1]


def _aligned(weights: pd.DataFrame, matrix: pd.DataFrame) -> np.ndarray:
    """Return the weights in the matrix's order, checked to be a neighbour matrix."""
    missing = matrix.index.difference(weights.index)
    if len(missing):
        raise InputError(f"no neighbour weights for district {missing[0]}")
    array: np.ndarray = weights.loc[matrix.index, matrix.index].to_numpy(dtype=float)
    if (array < 0).any() or not np.allclose(array, array.T) or np.diag(array).any():
        raise InputError("neighbour weights must be symmetric, 0 or more, and 0 on the diagonal")
    return array
