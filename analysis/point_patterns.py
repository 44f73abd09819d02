"""Concentration over distance: Duranton-Overman Kd with Monte-Carlo envelopes, Marcon-Puech M.

Points are projected metres (see :func:`clusteratlas.geo.projection.to_metres`), never degrees. Only
pairs within reach are looked at, in blocks, so memory stays bounded.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist, pdist

from clusteratlas.errors import InputError

BLOCK_PAIRS = 1_000_000
"""Pairs of points whose distances are held at once (8 MB of float64: they stay near the core)."""

BLOCK_ROWS = 1_400
"""Points whose pairs among themselves are one block, about BLOCK_PAIRS."""

BINS_TO_RMAX = 4096
"""Distances are counted in bins of rmax/4096 before smoothing; R's density uses 512 points."""

Array = np.ndarray


@dataclass(frozen=True)
class KdResult:
    """A Kd curve with what chance gives.

    Parameters
    ----------
    table
        One row per distance ``r`` (metres): ``kd``; with simulations also ``low, high`` (local
        envelope) and ``global_low, global_high``.
    bandwidth
        Of the Gaussian kernel, metres.
    localised_at, dispersed_at
        Distances at which the curve leaves the global envelope above, or below while it is nowhere
        above it (Duranton and Overman's definitions); empty without simulations.
    simulations
        Number of random draws behind the envelopes.
    """

    table: pd.DataFrame
    bandwidth: float
    localised_at: tuple[float, ...] = ()
    dispersed_at: tuple[float, ...] = ()
    simulations: int = 0


def kd(points: Array, distances: Array, *, weights: Array | None = None) -> pd.Series:
    r"""Return the Duranton-Overman K density at the given distances.

    .. math:: K_d(r) = \frac{1}{h \sum_{i<j} w_i w_j} \sum_{i<j} w_i w_j
              \left[\phi\!\left(\frac{r-d_{ij}}{h}\right)+\phi\!\left(\frac{r+d_{ij}}{h}\right)\right]

    The second term mirrors the density at 0, so that its mass on :math:`[0, \infty)` is 1. The
    bandwidth is Silverman's rule (R's ``nrd0``) over the distances up to twice the largest r, as in
    the R package dbmss. Source: Duranton and Overman (2005), Review of Economic Studies 72(4).

    Parameters
    ----------
    points
        ``(n, 2)`` projected metres, n >= 2.
    distances
        Where the density is wanted, metres, 0 or more.
    weights
        Size of each point; None = all alike. (With weights the bandwidth stays that of the
        distances.)

    Returns
    -------
    Series
        Density per metre, indexed by distance in the order given.

    Raises
    ------
    InputError
        If there are fewer than two points, or a value is missing or negative.
    """
    points, distances, weights = _checked(points, distances, weights)
    histogram, width = _distance_histogram(points, weights, 2 * distances.max())
    counts = (
        histogram if weights is None else _distance_histogram(points, None, 2 * distances.max())[0]
    )
    bandwidth = _bandwidth(counts, width)
    total = _pair_weight(points, weights)
    return pd.Series(_smooth(histogram, width, bandwidth, distances) / total, index=distances)


def kd_envelope(
    points: Array,
    universe: Array,
    distances: Array,
    *,
    simulations: int = 200,
    level: float = 0.05,
    seed: int = 0,
    threads: int = 2,
) -> KdResult:
    """Return Kd of a sector with the envelopes of random draws from all firms' sites.

    Each simulation draws as many sites from ``universe`` without replacement as the sector has
    firms. The local envelope holds ``1 - level`` of the draws at each distance; the global one is
    found as in Duranton and Overman (2005): local bands of equal probability, widened until only
    ``level`` of the draws leave the band anywhere.

    Parameters
    ----------
    points, universe
        ``(n, 2)`` and ``(m, 2)`` projected metres; m >= n. The universe holds every site where a
        firm of any sector stands, the sector's own among them.
    distances
        Metres, 0 or more.
    level
        Share of draws outside, 0..1.
    seed
        Of the random draws; the same seed gives the same answer.

    Raises
    ------
    InputError
        If the universe is smaller than the sector or a bound is out of range.
    """
    points, distances, _ = _checked(points, distances, None)
    universe = np.asarray(universe, dtype=float)
    if len(universe) < len(points):
        raise InputError(f"{len(points)} points cannot be drawn from {len(universe)} sites")
    if not 1 <= simulations <= 10_000 or not 0 < level < 1:
        raise InputError("simulations must be 1..10000 and level between 0 and 1")
    seeds = np.random.SeedSequence(seed).spawn(simulations)

    def draw(sequence: np.random.SeedSequence) -> Array:
        chosen = np.random.default_rng(sequence).choice(len(universe), len(points), replace=False)
        return kd(universe[chosen], distances).to_numpy()

    with ThreadPoolExecutor(threads) as pool:
        draws = np.vstack(list(pool.map(draw, seeds)))
    histogram, width = _distance_histogram(points, None, 2 * distances.max())
    bandwidth = _bandwidth(histogram, width)
    observed = kd(points, distances).to_numpy()
    return _with_envelopes(observed, draws, distances, bandwidth, level)


def _with_envelopes(
    observed: Array, draws: Array, distances: Array, bandwidth: float, level: float
) -> KdResult:
    low, high = np.quantile(draws, [level / 2, 1 - level / 2], axis=0)
    global_low, global_high = _global_envelope(draws, level)
    above = observed > global_high
    below = (observed < global_low) & ~above.any()
    table = pd.DataFrame(
        {
            "r": distances,
            "kd": observed,
            "low": low,
            "high": high,
            "global_low": global_low,
            "global_high": global_high,
        }
    )
    return KdResult(
        table,
        bandwidth,
        tuple(float(r) for r in distances[above]),
        tuple(float(r) for r in distances[below]),
        len(draws),
    )


def _global_envelope(draws: Array, level: float) -> tuple[Array, Array]:
    """Return bands of equal local probability that at most ``level`` of the draws leave anywhere.

    The depth of a draw is its most extreme rank over all distances; dropping the ``level`` share of
    draws with the most extreme depth leaves those whose range is the band (Myllymaki et al. 2017,
    extreme rank envelope, which needs no search over local levels).
    """
    n = len(draws)
    ranks = draws.argsort(axis=0).argsort(axis=0)
    depth = np.minimum(ranks, n - 1 - ranks).min(axis=1)
    # Ties in depth are broken by how often a draw is that extreme.
    often = (np.minimum(ranks, n - 1 - ranks) == depth[:, None]).sum(axis=1)
    order = np.lexsort((-often, depth))
    kept = draws[order[int(np.floor(level * n)) :]]
    return kept.min(axis=0), kept.max(axis=0)


def marcon_puech_m(
    points: Array, is_case: Array, distances: Array, *, weights: Array | None = None
) -> pd.Series:
    r"""Return the Marcon-Puech M of the cases among all points at the given distances.

    .. math:: M(r) = \frac{\sum_i \sum_{j \ne i} 1(d_{ij} \le r) w^{case}_j / \sum_{j \ne i}
              1(d_{ij}\le r) w_j}{\sum_i (W^{case} - w_i)/(W - w_i)}

    summed over cases *i* that have a neighbour within r. 1 = cases are surrounded by cases as often
    as their share in all points. Source: Marcon and Puech (2010), Journal of Economic Geography
    10(5).

    Returns
    -------
    Series
        Indexed by distance; NaN where no case has a neighbour.
    """
    points, distances, weights = _checked(points, distances, weights)
    cases = np.asarray(is_case, dtype=bool)
    if len(cases) != len(points) or cases.sum() < 2:
        raise InputError("is_case must name at least two of the points, one value per point")
    w = np.ones(len(points)) if weights is None else weights
    chosen = np.flatnonzero(cases)
    overall = (w[cases].sum() - w[chosen]) / (w.sum() - w[chosen])
    order = np.argsort(distances)
    near_case = np.zeros((len(chosen), len(distances)))
    near_all = np.zeros_like(near_case)
    tree = cKDTree(points)
    for row, i in enumerate(chosen):
        around = np.array(tree.query_ball_point(points[i], distances.max()), dtype=int)
        around = around[around != i]
        gap = np.hypot(*(points[around] - points[i]).T)
        slot = np.searchsorted(distances[order], gap, side="left")
        size = len(distances)
        near_all[row, order] = np.cumsum(np.bincount(slot, w[around], size + 1)[:size])
        own = cases[around]
        near_case[row, order] = np.cumsum(np.bincount(slot[own], w[around][own], size + 1)[:size])
    has = near_all > 0
    local = np.divide(near_case, near_all, out=np.zeros_like(near_all), where=has)
    base = (overall[:, None] * has).sum(axis=0)
    value = np.divide(local.sum(axis=0), base, out=np.full(len(base), np.nan), where=base > 0)
    return pd.Series(value, index=distances)


def _checked(
    points: Array, distances: Array, weights: Array | None
) -> tuple[Array, Array, Array | None]:
    points = np.asarray(points, dtype=float)
    distances = np.atleast_1d(np.asarray(distances, dtype=float))
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise InputError("points must be at least two (x, y) pairs in metres")
    if not np.isfinite(points).all() or not np.isfinite(distances).all():
        raise InputError("points and distances must be finite")
    if len(distances) == 0 or (distances < 0).any() or distances.max() <= 0:
        raise InputError("distances must be 0 or more metres, at least one above 0")
    if weights is not None:
        weights = np.asarray(weights, dtype=float)
        if len(weights) != len(points) or not np.isfinite(weights).all() or (weights < 0).any():
            raise InputError("weights must be one finite value of 0 or more per point")
    return points, distances, weights


def _distance_histogram(points: Array, weights: Array | None, reach: float) -> tuple[Array, float]:
    """Return the weight of pairs i < j per bin up to ``reach``, and the width of a bin."""
    bins = 2 * BINS_TO_RMAX
    scale = bins / reach
    total = np.zeros(bins + 1)
    for start in range(0, len(points), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(points))
        own, later = slice(start, stop), slice(stop, None)
        pairs = None if weights is None else _products(weights[own])
        total += _binned(pdist(points[own]), pairs, scale, bins)
        # Pairs between this block and all later points, some hundred rows at a time.
        rows = max(1, BLOCK_PAIRS // max(1, len(points) - stop))
        for first in range(start, stop, rows) if stop < len(points) else ():
            part = slice(first, min(first + rows, stop))
            between = None if weights is None else np.outer(weights[part], weights[later]).ravel()
            total += _binned(cdist(points[part], points[later]).ravel(), between, scale, bins)
    return total[:bins], 1 / scale


def _binned(gaps: Array, pairs: Array | None, scale: float, bins: int) -> Array:
    """Return the weight of the distances per bin; those out of reach fall into the last one."""
    np.multiply(gaps, scale, out=gaps)
    np.minimum(gaps, bins, out=gaps)
    return np.bincount(gaps.astype(np.intp), pairs, bins + 1)


def _products(weights: Array) -> Array:
    """Return w_i w_j in the order of scipy's condensed distances."""
    first, second = np.triu_indices(len(weights), 1)
    product: Array = weights[first] * weights[second]
    return product


def _pair_weight(points: Array, weights: Array | None) -> float:
    """Return the sum of w_i w_j over all pairs i < j, near or far."""
    if weights is None:
        return len(points) * (len(points) - 1) / 2
    total = float((weights.sum() ** 2 - (weights**2).sum()) / 2)
    if total <= 0:
        raise InputError("weights leave no pair of points with any weight")
    return total


def _bandwidth(histogram: Array, width: float) -> float:
    """Return Silverman's ``0.9 min(sd, IQR/1.34) n^(-1/5)`` of binned distances (R's bw.nrd0)."""
    n = histogram.sum()
    if n < 2:
        return width * BINS_TO_RMAX / 10
    centre = (np.arange(len(histogram)) + 0.5) * width
    mean = (histogram * centre).sum() / n
    sd = np.sqrt((histogram * (centre - mean) ** 2).sum() / (n - 1))
    cumulated = np.cumsum(histogram)
    quarter = np.interp([0.25 * n, 0.75 * n], cumulated, centre + width / 2)
    spread = min(sd, (quarter[1] - quarter[0]) / 1.34) or sd or width
    return float(0.9 * spread * n**-0.2)


def _smooth(histogram: Array, width: float, bandwidth: float, distances: Array) -> Array:
    """Return the mirrored Gaussian density at ``distances``, before division by the pair weight."""
    used = np.flatnonzero(histogram)
    centre = (used + 0.5) * width
    near = (distances[:, None] - centre[None, :]) / bandwidth
    far = (distances[:, None] + centre[None, :]) / bandwidth
    kernel = np.exp(-0.5 * near**2) + np.exp(-0.5 * far**2)
    density: Array = (kernel @ histogram[used]) / (bandwidth * np.sqrt(2 * np.pi))
    return density
