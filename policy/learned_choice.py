"""Which of the spans that may be names are taken: every trait of a span adds to its score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from clusteratlas.policy.codes import Ints
from clusteratlas.policy.learned_chain import FIRST, Floats
from clusteratlas.policy.logistic import probability

Traits = dict[str, float]
NEVER_TRIED: Final = 9  # of spans that only the rules found
MAX_NAME_CHARS: Final = 60
RULED: Final = 0.3  # least score of a name that a rule gave


@dataclass(slots=True)
class Candidate:
    """A span that may be a name, how likely the chain of labels holds it, and who proposed it."""

    start: int
    end: int
    kind: str  # firm | park
    tried: int = NEVER_TRIED  # how much the chain had to be pushed to propose it
    rule: str = ""  # the rule that found it, "" none
    in_park: bool = False  # a firm at the head of a park's name
    sure: bool = False  # known beforehand, or read in a form that the chain does not know
    shares: tuple[float, float, float] = (0.0, 0.0, 0.0)  # whole name, first, last character
    traits: Traits = field(default_factory=dict)
    score: float = 0.0

    def within(self, text: str) -> str:
        """Return the characters of the candidate."""
        return text[self.start : self.end]


def measure(candidates: Sequence[Candidate], shared: Floats) -> None:
    """Set how likely the chain holds each candidate; ``shared`` has a row per character."""
    for kind, first in FIRST.items():
        alike = [one for one in candidates if one.kind == kind]
        starts = np.array([one.start for one in alike], np.int64)
        ends = np.array([one.end for one in alike], np.int64)
        begin, stop = shared[starts, first], shared[ends - 1, first + 2]
        inner = _least_within(shared[:, first + 1], starts + 1, ends - 1)
        whole = np.minimum(np.minimum(begin, stop), inner)
        for one, *likely in zip(alike, whole.tolist(), begin.tolist(), stop.tolist(), strict=True):
            one.shares = (likely[0], likely[1], likely[2])


def _least_within(values: Floats, starts: Ints, ends: Ints) -> Floats:
    """Return the least value from each start to before its end, 1 where there is none between."""
    if not len(starts):
        return np.zeros(0)
    borders = np.stack([starts, np.maximum(starts, ends)], 1).ravel()
    least = np.minimum.reduceat(np.append(values, [1.0, 1.0]), borders)[::2]
    return np.where(starts < ends, least, 1.0)


def rate(candidates: Iterable[Candidate], choice: dict[str, dict[str, float]]) -> None:
    """Set the score of candidates: the probability of a logistic model, rounded."""
    known: dict[tuple[int, str], float] = {}  # by traits, which candidates alike share
    for one in candidates:
        if one.sure:
            one.score = 1.0
            continue
        seen = id(one.traits), one.kind
        if seen not in known:
            known[seen] = probability(one.traits, choice[one.kind])
        one.score = known[seen]


def choose(candidates: Iterable[Candidate], least: dict[str, float], size: int) -> list[Candidate]:
    """Return the best candidates that do not overlap, in order.

    A firm at the head of a park's name may stand within it. What a rule gave stays with less than
    ``least``, the score that a name needs that only the chain proposed.
    """
    taken = bytearray(size)
    ruled = {kind: min(score, RULED) for kind, score in least.items()}
    fit = [one for one in candidates if one.score >= (ruled if one.rule else least)[one.kind]]
    chosen = []
    for one in sorted(fit, key=lambda c: (-c.score, c.start, -c.end)):
        if not one.in_park:
            if taken.find(1, one.start, one.end) >= 0:
                continue
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
        chosen.append(one)
    return sorted(chosen, key=lambda c: (c.start, -c.end))
