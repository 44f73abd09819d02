"""What a district is made of: shares, location quotient, specialisation and diversity.

All functions take a *matrix*: a frame with one row per district, one column per sector, and the
activity (number of firms, capital, persons) as value. :math:`e_{rc}` is the activity of sector *c*
in district *r*, :math:`s_{rc} = e_{rc}/e_r` its share there and :math:`s_c = e_c/e` the share of
the sector in the whole reference area. A district without any activity has no shares: its results
are NaN, which is written as "no data", never as zero.

The examples use the five-by-five ``matrix`` with which the R package EconGeo documents its
indices: rows (100, 0, 0, 0, 0), (0, 15, 5, 70, 10), (0, 20, 10, 20, 50), (0, 25, 30, 5, 40) and
(0, 40, 55, 5, 0).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from clusteratlas.analysis._matrix import checked, divide
from clusteratlas.errors import InputError

MIN_FIRMS = 5
"""Below this many firms in the sector or the district a quotient is "too few to say"."""


def shares(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each sector in its district: rows sum to 1, or are NaN where empty."""
    matrix = checked(matrix)
    values = matrix.to_numpy()
    return _like(matrix, divide(values, values.sum(axis=1, keepdims=True)))


def reference_shares(matrix: pd.DataFrame) -> pd.Series:
    """Return the share of each sector in all districts together; NaN if there is no activity."""
    values = checked(matrix).to_numpy()
    return pd.Series(divide(values.sum(axis=0), values.sum()), index=matrix.columns)


def location_quotient(matrix: pd.DataFrame, *, reference: pd.Series | None = None) -> pd.DataFrame:
    r"""Return the location quotient of each sector in each district.

    .. math:: LQ_{rc} = s_{rc} / s_c

    1 is the share that the reference area has. Source: Hoover (1936), Balassa (1965).

    Parameters
    ----------
    matrix
        District x sector activity.
    reference
        Shares of the sectors in the reference area (a province, the country); without it, the sum
        of all districts in the matrix.

    Returns
    -------
    DataFrame
        Same shape and order; NaN for a district without activity or a sector that nobody has.

    Raises
    ------
    InputError
        If the matrix is not one of activities, or the reference lacks a sector.

    Examples
    --------
    >>> location_quotient(matrix).loc["R2"].round(6).tolist()
    [0.0, 0.75, 0.25, 3.5, 0.5]
    """
    local = shares(matrix)
    base = reference_shares(matrix) if reference is None else reference
    missing = matrix.columns.difference(base.index)
    if len(missing):
        raise InputError(f"the reference has no share for {', '.join(map(str, missing))}")
    return _like(matrix, divide(local.to_numpy(), base.loc[matrix.columns].to_numpy()[None, :]))


def location_quotient_table(
    counts: pd.DataFrame, *, level: float = 0.95, min_firms: int = MIN_FIRMS
) -> pd.DataFrame:
    r"""Return quotients with exact interval, shrunk estimate, rank and verdict, one row per cell.

    With :math:`O` firms observed where :math:`E = e_r e_c / e` were expected, ``LQ = O/E``. The
    interval is the exact Poisson one (Garwood 1936; Ulm 1990 for ratios):
    :math:`[\chi^2_{a/2}(2O)/2E,\ \chi^2_{1-a/2}(2O+2)/2E]`. The shrunk estimate is the
    Poisson-gamma posterior mean :math:`(O + a)/(E + a)`, the gamma prior having mean 1 and, per
    sector, the variance :math:`1/a` found by the method of moments (Clayton and Kaldor 1987;
    Marshall 1991), so that one firm in an empty district does not lead the list.

    Parameters
    ----------
    counts
        District x sector numbers of firms (fractions are allowed where membership is uncertain).
    level
        Coverage of the interval, 0..1.
    min_firms
        A cell is "too few to say" if its district or its sector has fewer firms than this.

    Returns
    -------
    DataFrame
        Columns ``district, sector, n, expected, lq, lq_low, lq_high, lq_shrunk, rank, verdict``;
        ordered by district and sector as in the input. ``rank`` is the place of the district in its
        sector by ``lq_shrunk``, 1 = highest. ``verdict`` is ``specialised`` (interval above 1),
        ``underrepresented`` (below 1), ``average``, ``too few`` or ``absent``.
    """
    counts = checked(counts)
    observed = counts.to_numpy()
    total = observed.sum()
    expected = divide(observed.sum(1)[:, None] * observed.sum(0)[None, :], total)
    expected = np.where(expected > 0, expected, np.nan)
    alpha = 1 - level
    # The quantile of chi-squared with 2k degrees of freedom, halved, is that of gamma(k).
    low = np.where(observed > 0, gammaincinv(np.maximum(observed, 1e-9), alpha / 2) / expected, 0.0)
    high = gammaincinv(observed + 1, 1 - alpha / 2) / expected
    shrunk = _shrink(observed, expected)
    frame = pd.DataFrame(
        {
            "district": np.repeat(counts.index.to_numpy(), counts.shape[1]),
            "sector": np.tile(counts.columns.to_numpy(), counts.shape[0]),
            "n": observed.ravel(),
            "expected": expected.ravel(),
            "lq": (observed / expected).ravel(),
            "lq_low": np.where(np.isnan(expected), np.nan, low).ravel(),
            "lq_high": high.ravel(),
            "lq_shrunk": shrunk.ravel(),
        }
    )
    frame["rank"] = frame.groupby("sector")["lq_shrunk"].rank(ascending=False, method="min")
    few = (observed.sum(1)[:, None] < min_firms) | (observed.sum(0)[None, :] < min_firms)
    frame["verdict"] = _verdicts(frame, np.asarray(few).ravel())
    return frame


def _shrink(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return (O + a)/(E + a) with a per sector by moments; 1 where nothing is known."""
    ratio = observed / expected
    weight = np.nan_to_num(expected)
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(weight * np.nan_to_num(ratio), axis=0) / total
        spread = np.nansum(weight * (np.nan_to_num(ratio) - mean) ** 2, axis=0) / total
        # What is left of the spread after the Poisson noise mean/E-bar.
        signal = spread - mean / (total / np.maximum((weight > 0).sum(axis=0), 1))
    # Without signal the prior is tight (all districts alike); 1e6 firms' weight stands for that.
    prior = np.where(signal > 1e-6, 1.0 / np.maximum(signal, 1e-6), 1e6)
    shrunk: np.ndarray = (observed + prior) / (np.nan_to_num(expected) + prior)
    return shrunk


def _verdicts(frame: pd.DataFrame, few: np.ndarray) -> np.ndarray:
    return np.select(
        [few, frame["n"] == 0, frame["lq_low"] > 1, frame["lq_high"] < 1],
        ["too few", "absent", "specialised", "underrepresented"],
        default="average",
    )


def strong_clusters(
    matrix: pd.DataFrame,
    *,
    quantile: float = 0.75,
    min_activity: float = 0.0,
    reference: pd.Series | None = None,
) -> pd.DataFrame:
    """Return which cells are strong clusters: top-quartile LQ, LQ above 1, and large enough.

    The rule of the US Cluster Mapping Project (Delgado, Porter and Stern 2016): the location
    quotient is in the sector's top quartile over all districts, it is above 1, and the sector has
    at least ``min_activity`` there. ``reference`` is as in :func:`location_quotient`.

    Returns
    -------
    DataFrame
        Booleans, same shape and order as the matrix; False where the quotient is NaN.
    """
    quotient = location_quotient(matrix, reference=reference)
    bar = quotient.quantile(quantile, axis=0)
    large = checked(matrix) >= max(min_activity, np.finfo(float).tiny)
    return (quotient >= bar) & (quotient > 1) & large


def krugman(matrix: pd.DataFrame) -> pd.Series:
    r"""Return the Krugman specialisation of each district against all districts together.

    .. math:: K_r = \sum_c |s_{rc} - s_c| \in [0, 2]

    Source: Krugman (1991), *Geography and Trade*.

    Examples
    --------
    >>> krugman(matrix).round(3).tolist()
    [1.6, 1.0, 0.6, 0.7, 1.1]
    """
    local = shares(matrix)
    total = np.abs(local.to_numpy() - reference_shares(matrix).to_numpy()[None, :]).sum(axis=1)
    return pd.Series(total, index=matrix.index, name="krugman")


def bilateral_krugman(matrix: pd.DataFrame) -> pd.DataFrame:
    r"""Return the Krugman distance of each pair of districts, symmetric, 0..2.

    .. math:: K_{rq} = \sum_c |s_{rc} - s_{qc}|

    Examples
    --------
    >>> float(round(bilateral_krugman(matrix).loc["R2", "R3"], 6))
    1.0
    """
    local = shares(matrix).to_numpy()
    distance = np.abs(local[:, None, :] - local[None, :, :]).sum(axis=2)
    return pd.DataFrame(distance, index=matrix.index, columns=matrix.index)


def similarity(matrix: pd.DataFrame) -> pd.DataFrame:
    r"""Return the coefficient of structural similarity (结构相似系数) of each pair, 0..1.

    .. math:: S_{rq} = \sum_c x_{rc} x_{qc} / \sqrt{\sum_c x_{rc}^2 \sum_c x_{qc}^2}

    Source: UNIDO (1979). NaN for a district without activity.

    Examples
    --------
    >>> float(round(similarity(matrix).loc["R3", "R4"], 6))
    0.886142
    """
    values = checked(matrix).to_numpy()
    norm = np.sqrt((values**2).sum(axis=1))
    cosine = divide(values @ values.T, norm[:, None] * norm[None, :])
    return pd.DataFrame(np.clip(cosine, 0, 1), index=matrix.index, columns=matrix.index)


def herfindahl(matrix: pd.DataFrame, *, normalised: bool = False) -> pd.Series:
    r"""Return the Herfindahl index of each district, :math:`\sum_c s_{rc}^2`.

    1/n (all sectors alike) .. 1 (one sector); ``normalised`` rescales to 0..1 by
    :math:`(H - 1/n)/(1 - 1/n)` with n the number of sectors in the matrix.

    Examples
    --------
    >>> herfindahl(matrix).round(3).tolist()
    [1.0, 0.525, 0.34, 0.315, 0.465]
    """
    index = (shares(matrix) ** 2).sum(axis=1, skipna=False)
    n = matrix.shape[1]
    if normalised:
        index = (index - 1 / n) / (1 - 1 / n) if n > 1 else index * np.nan
    return index.rename("herfindahl")


def entropy(matrix: pd.DataFrame, *, base: float = 2.0) -> pd.Series:
    r"""Return the Shannon entropy of each district, :math:`-\sum_c s_{rc} \log s_{rc}`, in bits.

    Examples
    --------
    >>> entropy(matrix).round(3).tolist()
    [0.0, 1.319, 1.761, 1.766, 1.219]
    """
    local = shares(matrix).to_numpy()
    logs = np.log(np.where(local > 0, local, 1.0)) / np.log(base)
    # Taken from nought, so that a district of one sector has 0.0 and not -0.0.
    return pd.Series(0.0 - (local * logs).sum(axis=1), index=matrix.index, name="entropy")


def hachman(matrix: pd.DataFrame) -> pd.Series:
    r"""Return the Hachman index of each district, :math:`1 / \sum_c LQ_{rc} s_{rc}`, 0..1.

    1 = structured as the reference area. Source: Hachman (1995), Bureau of Economic and Business
    Research, University of Utah.

    Examples
    --------
    >>> hachman(matrix).round(4).tolist()
    [0.2, 0.381, 0.5882, 0.6349, 0.4301]
    """
    local = shares(matrix)
    product = np.where(local == 0, 0.0, location_quotient(matrix) * local)
    return pd.Series(divide(np.ones(len(local)), product.sum(axis=1)), matrix.index, name="hachman")


def theil(values: pd.Series, groups: pd.Series | None = None) -> pd.Series:
    r"""Return the Theil index of an activity over districts, between and within groups.

    .. math:: T = \frac1n \sum_i \frac{x_i}{\mu} \ln\frac{x_i}{\mu},\quad
              L = \frac1n \sum_i \ln\frac{\mu}{x_i}

    Source: Theil (1967). T is decomposed exactly, ``t = between + within``; L (mean log deviation)
    is infinite, and given as NaN, if a district has none of the activity.

    Parameters
    ----------
    values
        Activity per district, 0 or more.
    groups
        City of each district, same index; None for one group.

    Returns
    -------
    Series
        ``t, l, between, within``; NaN if there is no activity at all.
    """
    x = values.to_numpy(dtype=float)
    if (x < 0).any() or not np.isfinite(x).all():
        raise InputError("Theil's index needs finite values of 0 or more")
    if x.sum() == 0:
        return pd.Series(np.nan, index=["t", "l", "between", "within"])
    share = x / x.sum()
    t = _t_of(share, np.full(len(x), 1 / len(x)))
    level = float(np.log(x.mean() / x).mean()) if (x > 0).all() else np.nan
    if groups is None:
        return pd.Series({"t": t, "l": level, "between": 0.0, "within": t})
    labels = groups.loc[values.index].to_numpy()
    keys, inverse = np.unique(labels, return_inverse=True)
    between = _t_of(
        np.bincount(inverse, share, len(keys)), np.bincount(inverse, minlength=len(keys)) / len(x)
    )
    return pd.Series({"t": t, "l": level, "between": between, "within": t - between})


def gini(values: pd.Series) -> float:
    r"""Return the Gini coefficient of an activity over districts, 0 (all alike) to 1 - 1/n.

    .. math:: G = \frac{\sum_i \sum_j |x_i - x_j|}{2 n^2 \mu}

    NaN if there is no activity. Raises InputError for negative or missing values.

    Examples
    --------
    >>> round(gini(pd.Series([0, 0, 1])), 4)
    0.6667
    """
    x = np.sort(values.to_numpy(dtype=float))
    if not np.isfinite(x).all() or (x < 0).any():
        raise InputError("the Gini coefficient needs finite values of 0 or more")
    if x.sum() == 0:
        return float("nan")
    n = len(x)
    # The double sum over sorted values: each counts by how many stand below and above it.
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * x.sum()))


def _t_of(share: np.ndarray, population: np.ndarray) -> float:
    """Return sum of share * ln(share / population share), with 0 ln 0 = 0."""
    ratio = np.where(share > 0, share / population, 1.0)
    return float((share * np.log(ratio)).sum())


def structure_table(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return all indices of this module that are one number per district, one row each.

    Columns ``total, leading_sector, krugman, herfindahl, entropy, hachman``; the leading sector is
    "" for a district without activity.
    """
    matrix = checked(matrix)
    indices: list[Callable[[pd.DataFrame], pd.Series]] = [krugman, herfindahl, entropy, hachman]
    frame = pd.DataFrame({"total": matrix.sum(axis=1)})
    leading = matrix.columns.to_numpy()[matrix.to_numpy().argmax(axis=1)]
    frame["leading_sector"] = np.where(frame["total"] > 0, leading, "")
    for index in indices:
        values = index(matrix)
        frame[str(values.name)] = values
    return frame


def _like(matrix: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, index=matrix.index, columns=matrix.columns)
