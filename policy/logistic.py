"""Logistic models whose weights stand by name: how traits add up to a probability."""

import math
from collections.abc import Mapping

Traits = Mapping[str, float]


def log_odds(share: float, bound: float) -> float:
    """Return the log-odds of a probability, which counts as at least ``bound`` from 0 and 1."""
    bounded = min(max(share, bound), 1 - bound)
    return math.log(bounded / (1 - bounded))


def probability(traits: Traits, weights: Traits) -> float:
    """Return the probability that traits give, to four digits; what has no weight counts nothing."""
    parts = [weights.get(trait, 0.0) * value for trait, value in traits.items() if value]
    total = weights["bias"] + math.fsum(parts)
    return round(1 / (1 + math.exp(-max(min(total, 50.0), -50.0))), 4)
