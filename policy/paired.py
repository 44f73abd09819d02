"""A reader that learnt from annotated texts which unit is given which trades.

Three steps, all of them sums of weights: mentions of units and groups of trades within reach of each
other are paired (:mod:`paired_units`, :mod:`paired_trades`, :mod:`paired_candidates`), combinations of
marks tell how likely each pair is (:mod:`paired_marks`, :mod:`paired_model`), and traits of a unit's
pairs tell whether it is taken (:mod:`paired_choice`).
"""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from clusteratlas.policy.codes import Marks
from clusteratlas.policy.paired_candidates import Pairs, Sentence, pairs_of
from clusteratlas.policy.paired_choice import MADE, Choice, choices_of, rate
from clusteratlas.policy.paired_marks import marks_of, unit_key
from clusteratlas.policy.paired_model import SCALE, load_model, scores
from clusteratlas.policy.paired_trades import Group
from clusteratlas.policy.paired_units import mentions_of
from clusteratlas.policy.paired_vetoes import vetoed
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

LEAST: Final = 0.3
"""The least score of a unit, set on documents left out of the training."""
RULED: Final = 0.0  # the same of a unit that the rules gave trades; its likeliest pair decides
LEAST_MORE: Final = 0.4  # least share of a pair beside what the rules gave the unit there
LEAST_UNKNOWN: Final = 0.5  # and of a pair whose trades are all unknown
MAX_FIRM_CHARS: Final = 20
MAX_STATED: Final = 12  # of a unit by the rules, that may meet one sentence
_OPENING: Final = re.compile(r"^(?:[\d一二三四五六七八九十]{1,3}[.．、）)]|带动|做活|推出)")


@dataclass(frozen=True)
class _Ruled:
    """The rules' positionings of a unit in order, and where they start."""

    starts: list[int]
    stated: list[Positioning]

    def add(self, one: Positioning) -> None:
        """Add the next positioning."""
        self.starts.append(one.start)
        self.stated.append(one)


_NONE: Final = _Ruled([], [])


@dataclass(frozen=True)
class _Given:
    """What the rules gave a unit in a sentence: which trades, and whether one to each of several."""

    known: tuple[str, ...]
    each: bool


_NOTHING: Final = _Given((), False)


def second_reading(
    text: str,
    lines: Sequence[Line],
    units: Sequence[Unit],
    ruled: Sequence[Positioning],
    firms: frozenset[str],
) -> list[Positioning]:
    """Return the positionings of a text after the learned reader saw those of the rules.

    Parameters
    ----------
    units
        The units that the rules know, in order.
    ruled
        The positionings of the rules.
    firms
        Names of the text's enterprises.

    Returns
    -------
    list of Positioning
        Not merged, in no order. What the rules did not give has the rule ``learned reader`` and
        the unit's score between 0 and 1.
    """
    found = pairs_of(text, lines, mentions_of(text, units))
    if not found.pairs:
        return list(ruled)
    model = load_model()
    marks = marks_of(text, found, ruled, firms)
    shares = 1 / (1 + np.exp(-np.clip(scores(model, marks), -50 * SCALE, 50 * SCALE) / SCALE))
    choices = choices_of(found, marks, np.round(shares, 6).tolist(), len(text))
    rate(choices, model.choice)
    return decide(text, found, marks, ruled, choices, firms)


def decide(
    text: str,
    found: Pairs,
    marks: Marks,
    ruled: Sequence[Positioning],
    choices: Sequence[Choice],
    firms: frozenset[str],
) -> list[Positioning]:
    """Return the positionings of units whose score is high enough.

    Of the rules' positionings those stay whose unit is taken, or of which the reader saw no trade.
    """
    taken = {one.key: one for one in choices if one.score >= _least(one)}
    made = np.flatnonzero(marks["rr"] == MADE).tolist()
    seen = {unit_key(found.mentions[found.pairs[number][0]].unit.name) for number in made}
    return [*_confirmed(ruled, taken, seen), *_read(text, found, ruled, taken, firms)]


def _least(one: Choice) -> float:
    return RULED if one.traits["made by rules"] else LEAST


def _confirmed(
    ruled: Sequence[Positioning], taken: dict[str, Choice], seen: set[str]
) -> list[Positioning]:
    """Return the rules' positionings whose unit is taken, or of which the reader saw no trade."""
    return [one for one in ruled if (key := unit_key(one.unit.name)) in taken or key not in seen]


def _read(
    text: str,
    found: Pairs,
    ruled: Sequence[Positioning],
    taken: dict[str, Choice],
    firms: frozenset[str],
) -> list[Positioning]:
    """Return what the reader adds: trades that the rules did not give the unit there."""
    given: dict[str, _Ruled] = {}
    for one in sorted(ruled, key=lambda one: one.start):
        given.setdefault(unit_key(one.unit.name), _Ruled([], [])).add(one)
    added: dict[tuple[int, int], list[str]] = {}
    for key, choice in taken.items():
        there: dict[int, _Given] = {}
        for share, number in choice.taken:
            mention, group, relation, place = found.pairs[number]
            sentence, trades = found.sentences[place], found.groups[group]
            if place not in there:
                there[place] = _given(text, given.get(key, _NONE), sentence)
            names = _new(trades, share, there[place])
            if not names:
                continue
            unit = found.mentions[mention].unit
            if vetoed(text, sentence, unit, trades, relation):
                continue
            if not _opens_firm(text, unit, firms):
                added.setdefault((mention, place), []).extend(names)
    return [
        _positioning(text, found.mentions[mention].unit, names, found.sentences[place], taken)
        for (mention, place), names in added.items()
    ]


def _given(text: str, ruled: _Ruled, sentence: Sentence) -> _Given:
    """Return what the positionings of a unit gave it in a sentence."""
    known = tuple(name for one in _near(ruled, sentence) for name in one.sectors)
    if not known:
        return _NOTHING
    return _Given(known, text.find("分别", sentence.start, sentence.end) >= 0)


def _new(trades: Group, share: float, given: _Given) -> list[str]:
    """Return which trades of a pair the rules did not give the unit in a sentence, if it is likely."""
    known = given.known
    if known and (share < LEAST_MORE or given.each):
        return []
    if not trades.known and share < LEAST_UNKNOWN:
        return []
    return [
        one
        for one in _opened(trades.names)
        if one and not any(one in other or other in one for other in known)
    ]


@lru_cache(maxsize=10_000)
def _opened(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return trades without what may open a list (一、, 带动); nothing is left of a verb alone."""
    return tuple(_OPENING.sub("", name) for name in names)


def _opens_firm(text: str, unit: Unit, firms: frozenset[str]) -> bool:
    """Return whether a unit only opens the name of a firm: 大连机车."""
    sizes = range(unit.end - unit.start + 1, MAX_FIRM_CHARS + 1)
    return any(text[unit.start : unit.start + size] in firms for size in sizes)


def _near(ruled: _Ruled, sentence: Sentence) -> list[Positioning]:
    """Return which of the last positionings before a sentence's end meet it."""
    last = bisect.bisect_left(ruled.starts, sentence.end)
    near = ruled.stated[max(0, last - MAX_STATED) : last]
    return [one for one in near if one.end > sentence.start]


def _positioning(
    text: str, unit: Unit, names: list[str], sentence: Sentence, taken: dict[str, Choice]
) -> Positioning:
    rule = f"learned reader {taken[unit_key(unit.name)].score:.2f}"
    trades = list(dict.fromkeys(names))
    return stated(text, unit, trades, sentence.start, sentence.end, rule, sentence.line)
