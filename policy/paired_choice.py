"""Which units are given trades, and which trades: every trait of a unit adds to its score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.codes import Marks
from clusteratlas.policy.logistic import log_odds, probability
from clusteratlas.policy.paired_candidates import BEFORE, EARLIER, OVER, SAME, TOPIC, Pairs
from clusteratlas.policy.paired_marks import unit_key

LEAST_TOP: Final = 0.06  # units whose best pair is below are left out at once
LEAST_PAIR: Final = 0.15
SHARE_OF_TOP: Final = 0.4  # a group counts if it is this likely beside the unit's best one
_LIKELY_PAIR: Final = 0.4  # pairs of a unit above are counted in its trait "likely pairs"
_SURE_PAIR: Final = 0.5
_REACH: Final = 6
MADE: Final = 6  # mark rr of pairs that the rules made
_RULED: Final = frozenset({2, 4, 5, 6})
_SOURCES: Final = ("rule", "form", "rest", "bare")
_BOUND: Final = 1e-3  # of shares, as log-odds
_KINDS: Final = ("city", "county", "town", "park", "zone")

Traits = dict[str, float]


@dataclass
class Choice:
    """A unit by its key, its likely pairs (share and number, the likeliest first), and traits."""

    key: str
    pairs: list[tuple[float, int]]
    traits: Traits
    score: float = 0.0

    @property
    def taken(self) -> list[tuple[float, int]]:
        """Return the pairs whose groups are the trades of the unit."""
        least = max(LEAST_PAIR, SHARE_OF_TOP * self.pairs[0][0])
        return [pair for pair in self.pairs if pair[0] >= least]


def choices_of(found: Pairs, marks: Marks, shares: Sequence[float], size: int) -> list[Choice]:
    """Return the units that may have trades, with their traits, in the order of the text.

    Parameters
    ----------
    shares
        How likely each pair is.
    size
        Length of the text.
    """
    by_key: dict[str, list[tuple[float, int]]] = {}
    best: dict[int, float] = {}
    for number, share in enumerate(shares):
        if share < LEAST_TOP:
            continue
        mention = found.pairs[number][0]
        if share > best.get(mention, 0.0):
            best[mention] = share
        by_key.setdefault(unit_key(found.mentions[mention].unit.name), []).append((share, number))
    for pairs in by_key.values():
        pairs.sort(key=lambda pair: (-pair[0], pair[1]))
    sure = sum(pairs[0][0] > _SURE_PAIR for pairs in by_key.values())
    density = math.log(1_000 * sure / max(size, 500) + 0.05)
    return [
        Choice(key, pairs, {**_traits(found, marks, key, pairs, best), "density": density})
        for key, pairs in by_key.items()
    ]


def _traits(
    found: Pairs, marks: Marks, key: str, pairs: list[tuple[float, int]], best: dict[int, float]
) -> Traits:
    shares = [share for share, _ in pairs]
    mention, _, relation, _ = found.pairs[pairs[0][1]]
    one = found.mentions[mention]
    rival, longer = _rival(found, mention, key, best)
    by_rules = [int(marks["rr"][number]) for _, number in pairs]
    made = max(
        (s for (s, _), rule in zip(pairs, by_rules, strict=True) if rule == MADE), default=0.0
    )
    top = log_odds(shares[0], _BOUND)
    least = max(LEAST_PAIR, SHARE_OF_TOP * shares[0])
    names = {name for s, n in pairs if s >= least for name in found.groups[found.pairs[n][1]].names}
    return {
        "likeliest": top,
        "second": log_odds(shares[1] if len(shares) > 1 else 0.0, _BOUND),
        "sum": math.log(sum(shares)),
        "likely pairs": min(sum(share > _LIKELY_PAIR for share in shares), 5),
        "mentions": min(len({found.pairs[n][0] for _, n in pairs}), 6),
        "rival": log_odds(rival, _BOUND),
        "ahead of rival": top - log_odds(rival, _BOUND),
        "longer rival": bool(longer > 0),
        "shorter rival": bool(longer < 0),
        "ruled": not _RULED.isdisjoint(by_rules),
        "made by rules": made > 0,
        "made likely": log_odds(made, _BOUND),
        "trades": min(len(names), 8),
        "characters": min(len(key), 12),
        **{f"source {source}": one.source == source for source in _SOURCES},
        **{f"kind {kind}": one.unit.kind == kind for kind in _KINDS},
        "same sentence": relation == SAME,
        "sentence before": BEFORE <= relation < OVER,
        "heading": OVER <= relation < TOPIC,
        "topic above": TOPIC <= relation < EARLIER,
        "topic before": relation >= EARLIER,
    }


def _rival(found: Pairs, mention: int, key: str, best: dict[int, float]) -> tuple[float, int]:
    """Return how likely the best overlapping mention of another name is, and how much longer."""
    unit = found.mentions[mention].unit
    rival, longer = 0.0, 0
    for other in range(max(0, mention - _REACH), min(len(found.mentions), mention + _REACH + 1)):
        near = found.mentions[other].unit
        apart = near.start >= unit.end or unit.start >= near.end
        if apart or other not in best or unit_key(near.name) == key:
            continue
        if best[other] > rival:
            rival, longer = best[other], (near.end - near.start) - (unit.end - unit.start)
    return rival, longer


def rate(choices: Sequence[Choice], weights: dict[str, float]) -> None:
    """Set the score of units: the probability of a logistic model, rounded."""
    for one in choices:
        one.score = probability(one.traits, weights)
