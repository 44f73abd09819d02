"""What stands beside a span in its list: names seldom stand alone among things that are none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from clusteratlas.policy.codes import Ints
from clusteratlas.policy.learned_chain import FIRST, Floats

if TYPE_CHECKING:
    from clusteratlas.policy.learned_choice import Candidate

Beside = tuple[float, float, bool, float]
_ENDS: Final = [ord(stop) for stop in "，。；：\n\t"]
_COMMA: Final = ord("、")
_LEAST_SHARE: Final = 1e-4
_LIKELY: Final = 0.5


def beside(code: Ints, candidates: Sequence["Candidate"]) -> list[Beside]:
    """Return per candidate how likely the items beside it in its list hold a name of its kind.

    Parameters
    ----------
    code
        Code of every character of the text (the mark ``C`` of :mod:`learned_marks`).
    candidates
        Spans whose shares are measured.

    Returns
    -------
    list of tuple
        Mean and best log-odds of the items before and after (0 where there is none), whether there
        is none, and the part of all other items of the list that likely hold a name.
    """
    ends = np.isin(code, _ENDS)
    stops = ends | (code == _COMMA)
    item_at: Ints = np.cumsum(stops) - stops
    list_at: Ints = np.cumsum(ends) - ends
    items = int(item_at[-1]) + 1
    list_of = np.zeros(items, np.int64)
    list_of[item_at] = list_at
    starts = np.array([one.start for one in candidates], np.int64)
    shares = np.array([1.0 if one.sure else one.shares[0] for one in candidates])
    kinds = np.array([one.kind for one in candidates])
    traits = np.zeros((len(candidates), 4))
    for kind in FIRST:
        some = kinds == kind
        best = np.zeros(items)
        np.maximum.at(best, item_at[starts[some]], shares[some])
        traits[some] = _of_items(best, list_of)[item_at[starts[some]]]
    return [(row[0], row[1], bool(row[2]), row[3]) for row in traits.round(4).tolist()]


def _of_items(best: Floats, list_of: Ints) -> Floats:
    """Return the four traits of every item from how likely each holds a name."""
    bounded = np.clip(best, _LEAST_SHARE, 1 - _LEAST_SHARE)
    odds = np.log(bounded / (1 - bounded))
    joined = list_of[1:] == list_of[:-1]
    before = np.concatenate([[np.nan], np.where(joined, odds[:-1], np.nan)])
    after = np.concatenate([np.where(joined, odds[1:], np.nan), [np.nan]])
    both = np.stack([before, after])
    there = ~np.isnan(both)
    count = there.sum(0)
    mean = np.where(there, both, 0).sum(0) / np.maximum(count, 1)
    most = np.where(count > 0, np.where(there, both, -np.inf).max(0), 0.0)
    held = best > _LIKELY
    others = np.bincount(list_of)[list_of] - 1
    holding = np.bincount(list_of, weights=held)[list_of] - held
    return np.stack([mean, most, count == 0, holding / np.maximum(others, 1)], 1)
