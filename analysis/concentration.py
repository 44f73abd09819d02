"""How concentrated a sector is over districts: Ellison-Glaeser, Maurel-Sedillot, locational Gini.

Distances do not enter here; for indices over points see
:mod:`clusteratlas.analysis.point_patterns`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clusteratlas.analysis._matrix import checked, divide
from clusteratlas.errors import InputError


@dataclass(frozen=True)
class Agglomeration:
    """An index of geographic concentration with the parts that it is made of.

    Parameters
    ----------
    gamma
        The index; 0 = as concentrated as chance and the sizes of the plants make it, above 0.05
        highly concentrated (Ellison and Glaeser's own reading), negative = dispersed. NaN if it is
        not defined (one plant, or one region).
    raw
        Raw geographic concentration of the sector's activity.
    plant_herfindahl
        Herfindahl index of the plants' sizes; 1/n if all n are equal.
    plants
        Number of plants with activity.
    """

    gamma: float
    raw: float
    plant_herfindahl: float
    plants: int


def ellison_glaeser(
    sizes: pd.Series, regions: pd.Series, region_shares: pd.Series
) -> Agglomeration:
    r"""Return the Ellison-Glaeser index of one sector.

    .. math:: \gamma = \frac{G - (1-\sum_r x_r^2) H}{(1-\sum_r x_r^2)(1-H)},\quad
              G = \sum_r (s_r - x_r)^2

    with :math:`s_r` the sector's and :math:`x_r` all industry's share of region *r*, and *H* the
    Herfindahl index of the plants. Source: Ellison and Glaeser (1997), Journal of Political Economy
    105(5).

    Parameters
    ----------
    sizes
        Activity of each plant (employees, capital), 0 or more.
    regions
        Region of each plant, same order.
    region_shares
        Share of each region in all activity, by region; sums to 1.

    Raises
    ------
    InputError
        If a region of a plant has no share, the shares do not sum to 1, or a size is negative.

    Examples
    --------
    >>> plants = pd.Series([200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000])
    >>> regions = pd.Series(list("AAAAABBBBC"))
    >>> x = pd.Series({"A": 0.5, "B": 0.4, "C": 0.1})
    >>> round(ellison_glaeser(plants, regions, x).gamma, 10)
    0.0599062841
    """
    s, x, herfindahl, plants = _shares_of(sizes, regions, region_shares)
    raw = float(((s - x) ** 2).sum())
    room = 1 - float((x**2).sum())
    gamma = _ratio(raw - room * herfindahl, room * (1 - herfindahl))
    return Agglomeration(gamma, raw, herfindahl, plants)


def maurel_sedillot(
    sizes: pd.Series, regions: pd.Series, region_shares: pd.Series
) -> Agglomeration:
    r"""Return the Maurel-Sedillot index of one sector.

    .. math:: \hat\gamma = \left[\frac{\sum_r s_r^2 - \sum_r x_r^2}{1-\sum_r x_r^2} - H\right]
              / (1-H)

    Parameters and errors as in :func:`ellison_glaeser`. Source: Maurel and Sedillot (1999),
    Regional Science and Urban Economics 29(5).
    """
    s, x, herfindahl, plants = _shares_of(sizes, regions, region_shares)
    room = 1 - float((x**2).sum())
    raw = _ratio(float((s**2).sum() - (x**2).sum()), room)
    return Agglomeration(_ratio(raw - herfindahl, 1 - herfindahl), raw, herfindahl, plants)


def _shares_of(
    sizes: pd.Series, regions: pd.Series, region_shares: pd.Series
) -> tuple[np.ndarray, np.ndarray, float, int]:
    x = region_shares.to_numpy(dtype=float)
    if abs(x.sum() - 1) > 1e-6 or (x < 0).any():
        raise InputError(f"region shares sum to {x.sum():g}; expected 1, none negative")
    unknown = set(regions) - set(region_shares.index)
    if unknown:
        raise InputError(f"no share is given for region {sorted(map(str, unknown))[0]}")
    z = sizes.to_numpy(dtype=float)
    if not np.isfinite(z).all() or (z < 0).any():
        raise InputError("plant sizes must be finite and 0 or more")
    if z.sum() == 0:
        return np.full(len(x), np.nan), x, float("nan"), 0
    place = region_shares.index.get_indexer(pd.Index(regions))
    s = np.bincount(place, z, minlength=len(x)) / z.sum()
    return s, x, float(((z / z.sum()) ** 2).sum()), int((z > 0).sum())


def _ratio(numerator: float, denominator: float) -> float:
    if not np.isfinite(denominator) or abs(denominator) < 1e-12:
        return float("nan")
    return numerator / denominator


def locational_gini(matrix: pd.DataFrame) -> pd.Series:
    r"""Return the locational Gini of each sector, the area between Lorenz curve and diagonal.

    Districts are ordered by location quotient; the curve runs through the cumulated shares of all
    activity (x) and of the sector (y). The area is 0 if the sector is spread as everything is and
    at most one half, as in EconGeo and in Krugman (1991); double it for the coefficient on 0..1.

    Returns
    -------
    Series
        One value per sector; NaN for a sector that nobody has.

    Examples
    --------
    >>> locational_gini(matrix).round(2).tolist()
    [0.4, 0.18, 0.27, 0.31, 0.28]
    """
    values = checked(matrix).to_numpy()
    x = divide(values.sum(axis=1), values.sum())
    y = divide(values, values.sum(axis=0)[None, :])
    areas = []
    for column in range(values.shape[1]):
        share = y[:, column]
        keep = x > 0  # a district without any activity is no step on the curve
        if not keep.any() or np.isnan(share).any():
            areas.append(np.nan)
            continue
        order = np.argsort(share[keep] / x[keep], kind="stable")
        run = np.concatenate([[0.0], np.cumsum(share[keep][order])])
        step = x[keep][order]
        areas.append(0.5 - float((step * (run[1:] + run[:-1]) / 2).sum()))
    return pd.Series(areas, index=matrix.columns, name="locational_gini")
