"""Labels along a clause: the likeliest ones, and how likely each is (a linear chain)."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints
from clusteratlas.policy.learned_model import LABELS

FIRST: Final = {"firm": 1, "park": 4}  # label of the first character of a name
_NEVER: Final = -(10**6)
Floats = NDArray[np.float64]


def _allowed() -> NDArray[np.bool_]:
    """Return which label may follow which."""
    follows = np.zeros((LABELS, LABELS), bool)
    follows[np.ix_((0, 3, 6), (0, 1, 4))] = True
    for first in FIRST.values():
        follows[np.ix_((first, first + 1), (first + 1, first + 2))] = True
    return follows


ALLOWED: Final = _allowed()
_BEGINS: Final = np.array([label in {0, 1, 4} for label in range(LABELS)])
_ENDS: Final = np.array([label in {0, 3, 6} for label in range(LABELS)])
_BEFORE: Final = [np.flatnonzero(before).tolist() for before in ALLOWED.T]
_SAME: Final = np.arange(LABELS, dtype=np.int8)[:, None]


class Batches:
    """Clauses of like length side by side, so that all are read at once.

    Parameters
    ----------
    sizes
        Number of characters of each clause, in the order in which their characters follow.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        sizes_ = np.array(sizes, np.int64)
        starts = np.cumsum(sizes_) - sizes_
        order = np.argsort(sizes_, kind="stable")
        self._batches: list[tuple[Ints, NDArray[np.bool_]]] = []
        begin = 0
        while begin < len(order):
            limit = int(sizes_[order[begin]] * 1.25) + 4
            end = int(np.searchsorted(sizes_[order], limit, "right"))
            rows = order[begin:end]
            steps = np.arange(sizes_[rows].max())
            mask = steps < sizes_[rows][:, None]
            self._batches.append((np.where(mask, starts[rows][:, None] + steps, 0), mask))
            begin = end

    def __iter__(self) -> Iterator[tuple[Ints, NDArray[np.bool_]]]:
        """Yield per batch the positions (clauses, characters) and which of them there are."""
        return iter(self._batches)


def likeliest(scores: NDArray[np.int32], steps: NDArray[np.int32], batches: Batches) -> Ints:
    """Return the best label of every character: whole numbers in, exact."""
    labels = np.zeros(len(scores), np.int64)
    for positions, mask in batches:
        count, length = positions.shape
        local = np.ascontiguousarray(scores[positions].transpose(1, 2, 0))
        best = np.where(_BEGINS[:, None], local[0], np.int32(_NEVER))
        came = np.zeros((length, LABELS, count), np.int8)
        for step in range(1, length):
            new, back = _best_before(best, steps)
            new += local[step]
            inside = mask[:, step]
            came[step] = np.where(inside, back, _SAME)
            best = np.where(inside, new, best)
        label = np.where(_ENDS[:, None], best, np.int32(2 * _NEVER)).argmax(0)
        found = np.zeros((count, length), np.int64)
        for step in range(length - 1, -1, -1):
            found[:, step] = label
            label = came[step, label, np.arange(count)]
        labels[positions[mask]] = found[mask]
    return labels


def _best_before(
    best: NDArray[np.int32], steps: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Return the best sum with which each label is reached, and the first label that gives it.

    ``best`` and the sums have the shape (LABELS, clauses).
    """
    reached, back = np.empty_like(best), np.empty(best.shape, np.int8)
    for label, sources in enumerate(_BEFORE):
        first, *others = sources
        top, came = best[first] + steps[first, label], np.full(best.shape[1], first, np.int8)
        for other in others:
            rival = best[other] + steps[other, label]
            came[rival > top] = other
            top = np.maximum(top, rival)
        reached[label], back[label] = top, came
    return reached, back


def shares(
    scores: Floats, steps: Floats, batches: Batches, meets: Floats | None = None
) -> tuple[Floats, float]:
    """Return the probability of every label, and the log of all.

    Parameters
    ----------
    scores, steps
        Log-odds of labels and of neighbouring ones.
    batches
        The clauses.
    meets
        How often labels are expected to meet is added here (LABELS, LABELS), for training.

    Returns
    -------
    tuple
        Probabilities (characters, LABELS) and the sum of the clauses' log partition functions.
    """
    moves = np.exp(np.maximum(steps, -50)) * ALLOWED
    shared, total = np.zeros_like(scores), 0.0
    for positions, mask in batches:
        local = scores[positions]
        top = local.max(2, keepdims=True)
        odds = np.exp(local - top)
        forward, norm = _forward(odds, moves, mask)
        final = (forward[:, -1] * _ENDS).sum(1)
        total += float(np.log(final).sum() + (np.log(norm) * mask).sum() + top[mask].sum())
        back = np.broadcast_to(_ENDS * 1.0, (*final.shape, LABELS)) / final[:, None]
        part = np.zeros_like(odds)
        for step in range(odds.shape[1] - 1, -1, -1):
            inside = mask[:, step, None]
            part[:, step] = forward[:, step] * back * inside
            if step:
                follow = odds[:, step] * back / norm[:, step, None]
                if meets is not None:
                    meets += (forward[:, step - 1] * inside).T @ (follow * inside) * moves
                back = np.where(inside, follow @ moves.T, back)
        shared[positions[mask]] = part[mask]
    return shared, total


def _forward(odds: Floats, moves: Floats, mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    forward, norm = np.zeros_like(odds), np.ones(mask.shape)
    start = odds[:, 0] * _BEGINS
    norm[:, 0] = start.sum(1)
    forward[:, 0] = start / norm[:, :1]
    for step in range(1, odds.shape[1]):
        new = (forward[:, step - 1] @ moves) * odds[:, step]
        norm[:, step] = np.where(mask[:, step], new.sum(1), 1.0)
        inside = mask[:, step, None]
        forward[:, step] = np.where(inside, new / norm[:, step, None], forward[:, step - 1])
    return forward, norm


def names_in(labels: Ints, positions: Ints) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of the names that labels spell out at positions of a text."""
    for kind, first in FIRST.items():
        starts = positions[labels == first]
        ends = positions[labels == first + 2] + 1
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield start, end, kind
