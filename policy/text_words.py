"""The likeliest everyday words of a whole text, all its runs of Chinese characters at once.

The words are those of :func:`clusteratlas.policy.vocabulary.cut`, found for a megabyte in a tenth of
the time: what the runs have in common, the search from one character to the next, is done for all
of them together.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Flags, Ints, codes_of
from clusteratlas.policy.lookup import Lookup
from clusteratlas.policy.places import name_prefixes
from clusteratlas.policy.vocabulary import (
    MAX_PIECE_CHARS,
    MAX_WORD_CHARS,
    UNKNOWN_COST,
    known_costs,
)

WORD, PLACE, CHARACTER, UNKNOWN = 1, 2, 3, 4  # kinds of words, as vocabulary.Token names them
_FIRST: Final = 0x4E00
_LAST: Final = 0x9FFF
_HAN: Final = _LAST - _FIRST + 1
_BITS: Final = 15  # of a Chinese character


@dataclass(frozen=True)
class TextWords:
    """The words of a text's runs of Chinese characters, in order; other characters are in none.

    Attributes
    ----------
    starts, ends
        Where each word stands in the text.
    kinds
        ``WORD``, ``PLACE``, ``CHARACTER`` (known by itself only) or ``UNKNOWN``.
    numbers
        Equal for equal words of a kind, different otherwise.
    """

    starts: Ints
    ends: Ints
    kinds: NDArray[np.uint8]
    numbers: Ints


@dataclass(frozen=True)
class _Level:
    """The beginnings of known words with so many characters, each numbered by its place here.

    Attributes
    ----------
    lookup
        Their rows by the number of the beginning that is a character shorter, and the last character.
    costs
        Infinite for what only begins a word.
    """

    lookup: Lookup
    costs: NDArray[np.float64]
    places: Flags


@lru_cache(maxsize=2)
def words_of(text: str) -> TextWords:
    """Return the words of a text.

    Examples
    --------
    >>> found = words_of("推进产业，集群")
    >>> list(zip(found.starts.tolist(), found.ends.tolist()))
    [(0, 2), (2, 4), (5, 7)]
    """
    code = codes_of(text) - _FIRST
    place = np.flatnonzero((code >= 0) & (code < _HAN))
    if not len(place):
        none = np.zeros(0, np.int64)
        return TextWords(none, none, none.astype(np.uint8), none)
    code = code[place]
    within, run = _runs(place)
    numbers, costs, places = _beginnings(code, within)
    begins = _likeliest(code, within, run, costs)
    at = np.flatnonzero(begins)
    size = np.diff(np.append(at, len(place)))
    single = size == 1
    row = np.maximum(size - 2, 0)
    unknown = single & ~np.isfinite(_single_costs()[code[at]])
    kinds = np.where(single, CHARACTER, np.where(places[row, at], PLACE, WORD))
    kinds[unknown] = UNKNOWN
    number = np.where(single, code[at], (numbers[row, at] + _HAN) * MAX_WORD_CHARS + size - 1)
    return TextWords(place[at], place[at] + size, kinds.astype(np.uint8), number)


def _runs(place: Ints) -> tuple[Ints, Ints]:
    """Return of every Chinese character its place within its run, and the number of the run."""
    index = np.arange(len(place))
    opens = np.append(True, np.diff(place) > 1)
    within = (index - np.maximum.accumulate(np.where(opens, index, 0))) % MAX_PIECE_CHARS
    return within, np.cumsum(within == 0) - 1


def _beginnings(code: Ints, within: Ints) -> tuple[Ints, NDArray[np.float64], Flags]:
    """Return number, cost and whether it is a place of the known words from every character on.

    All have a row for two characters, three and so on.
    """
    shape = (MAX_WORD_CHARS - 1, len(code))
    numbers, costs = np.zeros(shape, np.int64), np.full(shape, np.inf)
    places = np.zeros(shape, np.bool_)
    at, number = np.arange(len(code)), code
    for row, level in enumerate(_levels()):
        more = at + row + 1
        fits = more < len(code)
        fits &= within[np.minimum(more, len(code) - 1)] == within[at] + row + 1
        at, more, number = at[fits], more[fits], number[fits]
        key = (number << _BITS) | code[more]
        found = level.lookup.rows_of(key)
        known = found < len(level.costs)
        at, number = at[known], found[known].astype(np.int64)
        numbers[row, at], costs[row, at] = number, level.costs[number]
        places[row, at] = level.places[number]
    return numbers, costs, places


def _likeliest(code: Ints, within: Ints, run: Ints, costs: NDArray[np.float64]) -> Flags:
    """Return where a word begins on the cheapest way through every run.

    Of ways that cost the same, the one with the longer word wins, as in :func:`vocabulary.cut`.
    """
    slot = np.arange(len(code)) + run  # one more for the end of every run
    best = np.full(len(code) + run[-1] + 1, np.inf)
    back = np.zeros(len(best), np.int64)
    best[slot[within == 0]] = 0.0
    single = _single_costs()[code]
    single[np.isinf(single)] = UNKNOWN_COST
    steps = [_by_place(within, slot, single)]
    steps += [_by_place(within, slot, row) for row in costs]
    for place in range(int(within.max()) + 1):
        for size, (starts, cost, bounds) in enumerate(steps, start=1):
            first, last = bounds[place], bounds[place + 1]
            if first == last:
                continue
            start = starts[first:last]
            total = best[start] + cost[first:last]
            better = total < best[start + size]
            start = start[better]
            best[start + size] = total[better]
            back[start + size] = start
    begins = np.zeros(len(best), np.bool_)
    at = np.append(slot[1:][within[1:] == 0] - 1, len(best) - 1)
    opening = slot[within == 0]
    while len(at):
        at = back[at]
        begins[at] = True
        going = at > opening
        at, opening = at[going], opening[going]
    begun: Flags = begins[slot]
    return begun


def _by_place(
    within: Ints, slot: Ints, cost: NDArray[np.float64]
) -> tuple[Ints, NDArray[np.float64], list[int]]:
    """Return slots and costs of the words of a size by their place in the run, and its bounds."""
    found = np.flatnonzero(np.isfinite(cost))
    found = found[np.argsort(within[found].astype(np.uint16), kind="stable")]
    bounds = np.searchsorted(within[found], np.arange(int(within.max()) + 2))
    return slot[found], cost[found], bounds.tolist()


@cache
def _single_costs() -> NDArray[np.float64]:
    """Return the cost of every single character, infinite where it is unknown."""
    costs = np.full(_HAN, np.inf)
    for word, cost in known_costs().items():
        if len(word) == 1 and 0 <= ord(word) - _FIRST < _HAN:
            costs[ord(word) - _FIRST] = cost
    return costs


@cache
def _levels() -> tuple[_Level, ...]:
    """Return the beginnings of the known words of two characters, of three, and so on."""
    words = {word: cost for word, cost in known_costs().items() if 1 < len(word) <= MAX_WORD_CHARS}
    padded = "".join([word.ljust(MAX_WORD_CHARS, "\0") for word in words])
    raw = np.frombuffer(padded.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    code = raw.reshape(-1, MAX_WORD_CHARS) - _FIRST
    size = np.array([len(word) for word in words])
    cost = np.array(list(words.values()))
    prefixes = name_prefixes()
    place = np.array([word in prefixes for word in words])
    column = np.arange(MAX_WORD_CHARS)
    whole = ((code >= 0) & (code < _HAN) | (column >= size[:, None])).all(1)
    code, size, cost, place = code[whole], size[whole], cost[whole], place[whole]
    number, levels = code[:, 0], []
    for last in range(1, MAX_WORD_CHARS):
        long = size > last
        code, size, cost, place, number = (
            code[long], size[long], cost[long], place[long], number[long]
        )  # fmt: skip
        keys, number = np.unique((number << _BITS) | code[:, last], return_inverse=True)
        ended = size == last + 1
        costs, places = np.full(len(keys), np.inf), np.zeros(len(keys), np.bool_)
        costs[number[ended]], places[number[ended]] = cost[ended], place[ended]
        levels.append(_Level(Lookup(keys), costs, places))
    return tuple(levels)
