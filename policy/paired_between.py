"""What stands between a unit and a group of trades, and over the columns in which they stand."""

import bisect
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.paired_candidates import EARLIER, OVER, SAME, TITLE, Pairs
from clusteratlas.policy.paired_text import CodedText, hash_of
from clusteratlas.policy.units import Unit

_DISTANCES: Final = np.array([0, 1, 2, 4, 7, 11, 16, 24, 36, 60, 100, 200])
_FAR: Final = 400
_SHORT: Final = 6


def add_between(found: Pairs, reach: CodedText, marks: Marks) -> None:
    """Add order, distance and what stands between a unit and a group."""
    unit, group, relation = marks["U"], marks["G"], marks["relation"]
    us, ue = _spans([one.unit for one in found.mentions])[:, unit]
    gs, ge = _spans(found.groups)[:, group]
    ahead, behind = ue <= gs, ge <= us
    low = np.where(ahead, ue, np.where(behind, ge, us))
    high = np.where(ahead, gs, us)
    order = np.where(ahead, 0, np.where(behind, 1, 2))
    starts = np.array(sorted(group.start for group in found.groups), np.int64)
    middle = np.searchsorted(starts, high) - np.searchsorted(starts, low)
    marks["R"], marks["r"] = relation * 4 + order, _relation_class(relation) * 4 + order
    marks["d"] = np.searchsorted(_DISTANCES, high - low)
    marks["ng"] = np.minimum(middle, 4)
    sure = [one.unit for one in found.mentions if one.source == "rule"]
    marks["nb"] = _others(sure, low, high, order)
    _add_signs(reach, low, high, marks)
    _add_words(reach, low, high, order, marks)


def _spans(pieces: Sequence[object]) -> Ints:
    """Return starts and ends, shape (2, pieces)."""
    sides = [[getattr(one, side) for one in pieces] for side in ("start", "end")]
    return np.array(sides, np.int64)


def _relation_class(relation: Ints) -> Ints:
    """Return relations in six classes: same sentence, before, heading, title, topic, earlier."""
    bounds = (SAME, OVER - 1, TITLE - 1, TITLE, EARLIER - 1)
    classes: Ints = np.searchsorted(np.array(bounds), relation).astype(np.int64) + 1
    return classes


def _add_signs(reach: CodedText, low: Ints, high: Ints, marks: Marks) -> None:
    commas = reach.commas[high] - reach.commas[low]
    stops = reach.stops[high] - reach.stops[low]
    colons = reach.colons[high] - reach.colons[low]
    marks["same"] = np.where(stops > 0, 2, np.where(commas + colons > 0, 1, 0))
    marks["nc"] = np.minimum(commas, 4) * 4 + np.minimum(stops, 3)
    marks["col"] = np.minimum(colons, 2)
    marks["items"] = np.minimum(reach.items[high] - reach.items[low], 4)


def _add_words(reach: CodedText, low: Ints, high: Ints, order: Ints, marks: Marks) -> None:
    last = np.where(order == 0, high - 2, low)
    marks["lw"] = np.where(high - low >= 2, reach.at(last, reach.pair), 1)
    marks["short"] = _short(reach.code, low, high)
    says = np.zeros(len(low), np.int64)
    near = high - low < _FAR
    for n, counts in enumerate(reach.says):
        says |= (near & (counts[high] > counts[low])).astype(np.int64) << n
    marks["dv"], marks["dw"] = says, says & 0xFF


def _short(code: Ints, low: Ints, high: Ints) -> Ints:
    """Return the code of a short text between two offsets, 0 for a longer one."""
    mixed = np.ones(len(low), np.int64)
    for step in range(_SHORT):
        at = low + step
        here = code[np.clip(at, 0, len(code) - 1)]
        mixed = np.where(at < high, (mixed * 1_000_003 + here) & 0xFFFFFFFF, mixed)
    return np.where(high - low > _SHORT, 0, mixed + 1)


def _others(sure: Sequence[Unit], low: Ints, high: Ints, order: Ints) -> Ints:
    """Return how many units of the rules stand between, those named together counted once.

    Units named together with the one of the pair are left out.
    """
    if not sure:
        return np.zeros(len(low), np.int64)
    starts, ends = _spans(sure)
    apart: NDArray[np.bool_] = np.ones(len(sure), bool)
    apart[1:] = starts[1:] - ends[:-1] > 2
    runs: Ints = np.cumsum(apart).astype(np.int64)
    first, last = np.searchsorted(starts, low), np.searchsorted(starts, high)
    between = last > first

    def run_at(at: Ints) -> Ints:
        found: Ints = runs[np.clip(at, 0, len(runs) - 1)]
        return found

    count = np.where(between, run_at(last - 1) - run_at(first) + 1, 0)
    before = between & (order == 0) & (first > 0) & (run_at(first - 1) == run_at(first))
    after = between & (order == 1) & (last < len(sure)) & (run_at(last - 1) == run_at(last))
    rest: Ints = np.clip(count - before.astype(np.int64) - after, 0, 3)
    return rest


def add_columns(found: Pairs, marks: Marks) -> None:
    """Add the headers of the columns of a row in which unit and group stand, and how far apart."""
    size = len(found.pairs)
    headers = np.zeros((3, size), np.int64)
    rows = {n: one for n, one in enumerate(found.sentences) if one.row}
    sentence = np.array([pair[3] for pair in found.pairs], np.int64)
    coded: dict[int, list[int]] = {}  # by header: many rows share one
    for n in np.flatnonzero(np.isin(sentence, list(rows))).tolist() if rows else ():
        row = rows[int(sentence[n])]
        unit, group, _, _ = found.pairs[n]
        one = bisect.bisect_right(row.cells, found.mentions[unit].unit.start) - 1
        two = bisect.bisect_right(row.cells, found.groups[group].start) - 1
        apart = 10 + max(-4, min(two - one, 4))
        names = coded.get(id(row.header))
        if names is None:
            names = [hash_of(name.strip()[:14]) for name in row.header]
            coded[id(row.header)] = names
        headers[:, n] = _coded(names, one), _coded(names, two), apart
    marks["hu"], marks["hg"], marks["hd"] = headers


def _coded(names: Sequence[int], column: int) -> int:
    return names[column] if 0 <= column < len(names) else 1
