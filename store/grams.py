"""Where pairs of characters stand in a long text: parts of a text are found without reading it all."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
CodeArray = NDArray[np.uint16]
BoolArray = NDArray[np.bool_]

LONGEST: Final = 128
"""Most codes of a pattern; a query has at most 100 characters."""

_FIRST_BLOCK: Final = 4_096
_MOST_BLOCK: Final = 65_536
_SCAN_BLOCK: Final = 100_000
_MOST_AT_ONCE: Final = 4_000_000
# More places than this are not put in order as a whole: the first of every run are.
_MOST_SORTED: Final = 100_000

Span = tuple[int, int]
"""The codes from the first to the second, both included, that may stand at one place."""


class Grams:
    """The places of a text of 16-bit codes, in the order of the pair of codes that begins there.

    Places of one pair ascend. Six bytes a character: a million names of 14 characters take 85 MB.
    """

    def __init__(self, codes: CodeArray) -> None:
        self.size = len(codes)
        self.codes: CodeArray = np.concatenate([codes, np.zeros(LONGEST, dtype=np.uint16)])
        counts = np.bincount(codes, minlength=65_536)
        self._first = np.concatenate([[0], np.cumsum(counts)]).tolist()
        self._order = np.empty(self.size, dtype=np.int32)
        low = 0
        while low < 65_536:  # in parts: sorting takes twelve bytes more a place
            high = bisect_right(self._first, self._first[low] + _MOST_AT_ONCE) - 1
            high = max(high, low + 1)
            self._sort(low, min(high, 65_536))
            low = high

    def _sort(self, low: int, high: int) -> None:
        """Put the places of the codes from ``low`` to below ``high`` in order."""
        start, stop = self._first[low], self._first[high]
        if start == stop:
            return
        codes = self.codes[: self.size]
        places = np.flatnonzero((codes >= low) & (codes < high) if high < 65_536 else codes >= low)
        # Pair and place in one number: one sort of numbers, which is faster than two of places.
        keys = codes[places].astype(np.uint64)
        keys <<= np.uint64(16)
        keys |= self.codes[1:][places]
        keys <<= np.uint64(32)
        keys |= places.astype(np.uint32)
        keys.sort()
        self._order[start:stop] = keys.astype(np.uint32).view(np.int32)  # the lower half: the place

    def count(self, span: Span) -> int:
        """Count the places of the codes of a span."""
        return int(self._first[span[1] + 1] - self._first[span[0]])

    def find(self, pattern: Sequence[Span], *, most: int) -> IntArray:
        """Return the first ``most`` places where a pattern begins, ascending.

        A pattern whose last two places are both spans of many frequent codes may miss later places.
        """
        if not 0 < len(pattern) <= LONGEST or any(low > high for low, high in pattern):
            return np.empty(0, dtype=np.int64)
        if len(pattern) == 1:
            return self.places(pattern[0], most=most)
        pairs = [
            (stop - start, at, start, stop)
            for at, first in enumerate(pattern[:-1])
            if first[0] == first[1]
            for start, stop in [self._pair(first[0], pattern[at + 1])]
        ]
        if not pairs:
            return np.empty(0, dtype=np.int64)
        _, at, start, stop = min(pairs)
        found = self._ordered(start, stop, pattern[at + 1], most)
        return self._passing(found, pattern, at, most)

    def _pair(self, first: int, second: Span) -> tuple[int, int]:
        """Return where the places of a code that is followed by one of a span begin and end."""
        order, codes = self._order, self.codes
        block = range(self._first[first], self._first[first + 1])

        def following(place: int) -> int:
            return int(codes[order[place] + 1])

        start = block.start + bisect_left(block, second[0], key=following)
        return start, block.start + bisect_right(block, second[1], key=following)

    def _ordered(self, start: int, stop: int, second: Span, most: int) -> "NDArray[np.int32]":
        """Return the places of a pair, ascending."""
        found = self._order[start:stop]
        if second[0] != second[1]:
            if len(found) > _MOST_SORTED:
                runs = np.flatnonzero(np.diff(found) < 0) + 1
                found = np.concatenate([run[:most] for run in np.split(found, runs)])
            found = np.sort(found)
        return found

    def _passing(
        self, places: "NDArray[np.int32]", pattern: Sequence[Span], known: int, most: int
    ) -> IntArray:
        """Return where the whole pattern begins, given places of its pair at ``known``, ascending."""
        found: list[IntArray] = []
        left, start, size = most, 0, _FIRST_BLOCK
        # Beginning beside the pair: what is next to it tells most.
        rest = [at for at in range(len(pattern)) if not known <= at <= known + 1]
        rest.sort(key=lambda at: abs(at - known))
        while start < len(places) and left > 0:
            block = places[start : start + size].astype(np.int64) - known
            block = block[block >= 0] if known else block
            for at in rest:
                block = block[self._within(block + at, pattern[at])]
            found.append(block[:left])
            left -= len(block)
            start, size = start + size, min(2 * size, _MOST_BLOCK)
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def _within(self, places: IntArray, span: Span) -> BoolArray:
        return _inside(self.codes[places], span)

    def places(self, span: Span, *, most: int) -> IntArray:
        """Return the first ``most`` places of the codes of a span, ascending."""
        start, stop = self._first[span[0]], self._first[span[1] + 1]
        if stop - start <= _MOST_SORTED:
            return np.sort(self._order[start:stop])[:most].astype(np.int64)
        found: list[IntArray] = []  # they are frequent: the first ones are near at hand
        left = most
        for begin in range(0, self.size, _SCAN_BLOCK):
            codes = self.codes[begin : min(begin + _SCAN_BLOCK, self.size)]
            block = begin + np.flatnonzero(_inside(codes, span))
            found.append(block[:left])
            left -= len(block)
            if left <= 0:
                break
        return np.concatenate(found)

    def spread(
        self, wanted: Sequence[int], *, gap: int, never: int, most: int, enough: int
    ) -> tuple[IntArray, IntArray]:
        """Return begin and end of places that hold codes in this order, with at most ``gap`` between.

        Begins with the rarest of the codes and takes of its neighbours the nearest; looks at the first
        ``most`` places of it, or at fewer where ``enough`` are found.

        Parameters
        ----------
        never
            A code that must not stand between: the line break.
        """
        anchor = min(range(len(wanted)), key=lambda at: self._one(wanted[at]))
        here = self.places((wanted[anchor], wanted[anchor]), most=most)
        found: list[tuple[IntArray, IntArray]] = []
        left, start, size = enough, 0, _FIRST_BLOCK
        while start < len(here) and left > 0:
            starts, stops = self._around(here[start : start + size], wanted, anchor, gap, never)
            found.append((starts[:left], stops[:left]))
            left -= len(starts)
            start, size = start + size, min(2 * size, _MOST_BLOCK)
        if not found:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])

    def _around(
        self, here: IntArray, wanted: Sequence[int], anchor: int, gap: int, never: int
    ) -> tuple[IntArray, IntArray]:
        """Return begin and end of what lies around places of the code ``wanted[anchor]``."""
        starts, stops = here, here
        after, before = anchor + 1, anchor - 1
        while before >= 0 or after < len(wanted):
            # The rarer neighbour leaves fewer places for the other to be looked for.
            forward = after < len(wanted) and (
                before < 0 or self._one(wanted[after]) <= self._one(wanted[before])
            )
            if forward:
                kept, stops = self._nearest(stops, wanted[after], gap, never, 1)
                starts, after = starts[kept], after + 1
            else:
                kept, starts = self._nearest(starts, wanted[before], gap, never, -1)
                stops, before = stops[kept], before - 1
        return starts, stops + 1

    def _one(self, code: int) -> int:
        return self.count((code, code))

    def _nearest(
        self, places: IntArray, code: int, gap: int, never: int, step: int
    ) -> tuple[BoolArray, IntArray]:
        """Return for which places a code stands within a gap, and where for those."""
        where = np.zeros(len(places), dtype=np.int32)
        open_ = np.ones(len(places), dtype=bool)
        look = places.astype(np.int32)
        for far in range(1, gap + 2):
            look = look + step if step > 0 else np.maximum(look + step, 0)
            codes = self.codes.take(look)
            hit = codes == code
            hit &= open_
            where += hit.view(np.int8) * np.int32(step * far)
            open_ &= codes != never
            open_ ^= hit
        kept = where != 0
        return kept, places[kept] + where[kept]


def _inside(codes: CodeArray, span: Span) -> BoolArray:
    """Tell which codes lie in a span."""
    if span[0] == span[1]:
        return np.asarray(codes == span[0])
    return np.asarray((codes >= span[0]) & (codes <= span[1]))
