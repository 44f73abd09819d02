"""Matrices from single firms: other weights than counts, and uncertain membership as fractions.

The maintained counts of a store are whole firms and plain capital. What needs a look at each firm
(logged or capped capital, a point whose error circle crosses a border) streams through the store's
batches at constant memory.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError

Weight = Literal["n", "capital", "log_capital"]

CAPITAL_CAP: Final = 100_000.0
"""Registered capital above this (CNY 10,000, thus 1 billion yuan) counts as this much: one holding
company must not be a district's structure."""

COLUMNS: Final = ("fid", "adcode", "sectors", "capital", "membership")
"""What to ask of each batch: ``once(store.batches(columns=COLUMNS), standing_twice(store))``, of
:mod:`clusteratlas.analysis.counted_once`, is what :func:`firm_matrix` takes."""


def firm_matrix(
    batches: Iterable[pd.DataFrame],
    *,
    adcodes: list[str],
    sectors: list[str],
    weight: Weight = "n",
    fractional: bool = False,
) -> pd.DataFrame:
    r"""Return the district x sector matrix of single firms under a weight.

    Parameters
    ----------
    batches
        Frames with :data:`COLUMNS` (``fid`` is not read); a firm of several sectors counts in
        each. Each row counts, so pass them through
        :func:`clusteratlas.analysis.counted_once.once`.
    adcodes, sectors
        Rows and columns wanted; firms outside are left out.
    weight
        ``n``: each firm 1; ``capital``: registered capital (CNY 10,000) capped at
        :data:`CAPITAL_CAP`; ``log_capital``: :math:`\ln(1 + \text{capital})`. A firm of unknown
        capital counts 0 under the last two: unknown is not an average.
    fractional
        Spread a firm whose error circle crosses a border over the districts by ``membership``
        (``adcode:share;...``); else it counts in its ``adcode``.

    Raises
    ------
    InputError
        If the weight is none of the three.
    """
    if weight not in get_args(Weight):
        raise InputError(f"weight {weight!r}; allowed are {', '.join(get_args(Weight))}")
    total = pd.DataFrame(0.0, index=adcodes, columns=sectors)
    for batch in batches:
        rows = batch[batch["sectors"] != ""]
        if rows.empty:
            continue
        cells = rows.assign(value=_values(rows, weight), sector=rows["sectors"].str.split(";"))
        cells = _spread(cells) if fractional else cells.assign(share=1.0)
        cells = cells.explode("sector")
        cells["value"] *= cells["share"]
        part = cells.pivot_table(index="adcode", columns="sector", values="value", aggfunc="sum")
        total += part.reindex(index=adcodes, columns=sectors).fillna(0.0)
    return total


def _values(rows: pd.DataFrame, weight: Weight) -> np.ndarray:
    if weight == "n":
        return np.ones(len(rows))
    capital = np.clip(rows["capital"].fillna(0.0).to_numpy(dtype=float), 0.0, None)
    weighed: np.ndarray = (
        np.minimum(capital, CAPITAL_CAP) if weight == "capital" else np.log1p(capital)
    )
    return weighed


def _spread(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per firm and district of its membership, with the share of each."""
    sure = rows[rows["membership"] == ""].assign(share=1.0)
    open_ = rows[rows["membership"] != ""]
    if open_.empty:
        return sure
    parts = open_.assign(part=open_["membership"].str.split(";")).explode("part")
    split = parts["part"].str.rsplit(":", n=1)
    parts["adcode"], parts["share"] = split.str[0], split.str[1].astype(float)
    return pd.concat([sure, parts.drop(columns="part")], ignore_index=True)
