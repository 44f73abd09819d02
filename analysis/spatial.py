"""Spatial association over districts: Moran's I, LISA and Getis-Ord Gi*, through esda.

p-values are two-sided, from conditional permutations with a fixed seed; those of many districts
are corrected for their number by the false discovery rate (Benjamini and Hochberg 1995, through
:func:`scipy.stats.false_discovery_control`). Districts without neighbours (islands) have no local
statistic: NaN, not "not significant".
"""

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from esda.getisord import G_Local
from esda.moran import Moran, Moran_Local
from libpysal.weights import W
from scipy.stats import false_discovery_control

from clusteratlas.errors import InputError

QUADRANTS: Final = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
"""esda's numbering: the district's own value, then its neighbours'."""

MIN_DISTRICTS: Final = 8
"""Below this many districts a permutation test cannot reach the 5 % level with any power."""


@dataclass(frozen=True)
class MoranResult:
    """Moran's I with its permutation test; NaN if there is too little to say."""

    i: float
    expected: float
    z: float
    p_value: float
    permutations: int


def to_weights(neighbours: pd.DataFrame) -> W:
    """Return libpysal weights from a neighbour matrix; islands keep an empty list."""
    codes = list(neighbours.index)
    array = neighbours.loc[codes, codes].to_numpy()
    links = {code: [codes[j] for j in np.flatnonzero(array[i])] for i, code in enumerate(codes)}
    values = {code: [float(v) for v in array[i][array[i] > 0]] for i, code in enumerate(codes)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "islands": they are reported as NaN below
        return W(links, values, id_order=codes, silence_warnings=True)


def moran(
    values: pd.Series, neighbours: pd.DataFrame, *, permutations: int = 999, seed: int = 0
) -> MoranResult:
    """Return Moran's I of a value over districts (row-standardised weights).

    Source: Moran (1950); Cliff and Ord (1981). NaN below :data:`MIN_DISTRICTS` districts or if all
    values are the same.

    Raises
    ------
    InputError
        If a value is missing or a district has no row of weights.
    """
    values = _checked(values, neighbours)
    if len(values) < MIN_DISTRICTS or values.nunique() == 1:
        return MoranResult(np.nan, np.nan, np.nan, np.nan, permutations)
    weights = to_weights(neighbours.loc[values.index, values.index])
    # esda's Moran takes no seed but draws from numpy's global state, which is put back afterwards.
    state = np.random.get_state()
    np.random.seed(seed)
    result = _quietly(Moran, values.to_numpy(), weights, permutations=permutations)
    np.random.set_state(state)
    return MoranResult(
        float(result.I),
        float(result.EI),
        float(result.z_sim),
        min(1.0, 2 * float(result.p_sim)),
        permutations,
    )


def local_association(
    values: pd.Series,
    neighbours: pd.DataFrame,
    *,
    permutations: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Return LISA and Gi* of each district with permutation p-values and FDR, in the input's order.

    Source: Anselin (1995) for LISA, Ord and Getis (1995) for Gi* (the district itself included).

    Returns
    -------
    DataFrame
        ``lisa, quadrant, lisa_p, lisa_q, gi_star, gi_p, gi_q, verdict`` by district; ``*_q`` is the
        p-value after FDR. ``verdict`` is the quadrant if ``lisa_q <= level``, "not significant",
        or "too few to say" for islands and below :data:`MIN_DISTRICTS` districts.
    """
    values = _checked(values, neighbours)
    columns = ["lisa", "lisa_p", "lisa_q", "gi_star", "gi_p", "gi_q"]
    table = pd.DataFrame(np.nan, index=values.index, columns=columns)
    table["quadrant"], table["verdict"] = "", "too few to say"
    if len(values) < MIN_DISTRICTS or values.nunique() == 1:
        return table
    weights = to_weights(neighbours.loc[values.index, values.index])
    usable = ~values.index.isin(weights.islands)
    options = {"permutations": permutations, "seed": seed, "n_jobs": 1}
    lisa = _quietly(Moran_Local, values.to_numpy(), weights, **options)
    hot = _quietly(G_Local, values.to_numpy(), weights, star=True, transform="B", **options)
    quadrant = pd.Series(lisa.q, index=values.index).map(QUADRANTS)
    for name, statistic, p_sim in (("lisa", lisa.Is, lisa.p_sim), ("gi", hot.Zs, hot.p_sim)):
        # esda's p_sim looks to the side on which the value lies; twice that is the two-sided test.
        p_value = np.minimum(1.0, 2 * p_sim[usable])
        table.loc[usable, "lisa" if name == "lisa" else "gi_star"] = statistic[usable]
        table.loc[usable, f"{name}_p"] = p_value
        table.loc[usable, f"{name}_q"] = false_discovery_control(p_value)
    table.loc[usable, "quadrant"] = quadrant[usable]
    significant = usable & (table["lisa_q"].to_numpy() <= level)
    table.loc[usable, "verdict"] = "not significant"
    table.loc[significant, "verdict"] = quadrant[significant]
    return table[["lisa", "quadrant", "lisa_p", "lisa_q", "gi_star", "gi_p", "gi_q", "verdict"]]


def _quietly(statistic: Any, *arguments: Any, **options: Any) -> Any:
    """Run esda without its warnings on islands and zero variance: both are handled by us."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return statistic(*arguments, **options)


def _checked(values: pd.Series, neighbours: pd.DataFrame) -> pd.Series:
    missing = values.index.difference(neighbours.index)
    if len(missing):
        raise InputError(f"no neighbour weights for district {missing[0]}")
    if not np.isfinite(values.to_numpy(dtype=float)).all():
        raise InputError("a value is missing; leave districts without data out")
    return values.astype(float)
