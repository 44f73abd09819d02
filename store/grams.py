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

_BLOCK: Final = 32_768
_SCAN_BLOCK: Final = 1_000_000
# More places than this are not put in order as a whole: the first of every run are.
_MOST_SORTED: Final = 100_000

Span = tuple[int, int]
"""The codes from the first to the second, both included, that may stand at one place."""


class Grams:
    """The places of a text of 16-bit codes, in the order of the pair of codes that begins there.

    Places of one pair ascend. Six bytes a character: a million names of 18 characters take 110 MB and
    half a second of CPU time.
    """

    def __init__(self, codes: CodeArray) -> None:
        self.size = len(codes)
        self.codes: CodeArray = np.concatenate([codes, np.zeros(LONGEST, dtype=np.uint16)])
        # Two stable sorts of 16-bit keys are radix sorts: linear in the length.
        by_second = np.argsort(self.codes[1 : self.size + 1], kind="stable").astype(np.int32)
        by_first = np.argsort(codes[by_second], kind="stable")
        self._order = by_second[by_first]
        counts = np.bincount(codes, minlength=65_536)
        self._first = np.concatenate([[0], np.cumsum(counts)]).tolist()

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
        return self._passing(self._ordered(start, stop, pattern[at + 1], most) - at, pattern, most)

    def _pair(self, first: int, second: Span) -> tuple[int, int]:
        """Return where the places of a code that is followed by one of a span begin and end."""
        order, codes = self._order, self.codes
        block = range(self._first[first], self._first[first + 1])

        def following(place: int) -> int:
            return int(codes[order[place] + 1])

        start = block.start + bisect_left(block, second[0], key=following)
        return start, block.start + bisect_right(block, second[1], key=following)

    def _ordered(self, start: int, stop: int, second: Span, most: int) -> IntArray:
        """Return the places of a pair, ascending."""
        found = self._order[start:stop]
        if second[0] != second[1]:
            if len(found) > _MOST_SORTED:
                runs = np.flatnonzero(np.diff(found) < 0) + 1
                found = np.concatenate([run[:most] for run in np.split(found, runs)])
            found = np.sort(found)
        return found.astype(np.int64)

    def _passing(self, places: IntArray, pattern: Sequence[Span], most: int) -> IntArray:
        """Return those places at which the whole pattern stands."""
        found: list[IntArray] = []
        left = most
        for start in range(0, len(places), _BLOCK):
            block = places[start : start + _BLOCK]
            block = block[block >= 0]
            for at, span in enumerate(pattern):
                block = block[self._within(block + at, span)]
            found.append(block[:left])
            left -= len(block)
            if left <= 0:
                break
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def _within(self, places: IntArray, span: Span) -> BoolArray:
        codes = self.codes[places]
        within = codes == span[0] if span[0] == span[1] else (codes >= span[0]) & (codes <= span[1])
        return np.asarray(within)

    def places(self, span: Span, *, most: int) -> IntArray:
        """Return the first ``most`` places of the codes of a span, ascending."""
        start, stop = self._first[span[0]], self._first[span[1] + 1]
        if stop - start <= _MOST_SORTED:
            return np.sort(self._order[start:stop])[:most].astype(np.int64)
        found: list[IntArray] = []  # they are frequent: the first ones are near at hand
        left = most
        for begin in range(0, self.size, _SCAN_BLOCK):
            codes = self.codes[begin : min(begin + _SCAN_BLOCK, self.size)]
            block = begin + np.flatnonzero((codes >= span[0]) & (codes <= span[1]))
            found.append(block[:left])
            left -= len(block)
            if left <= 0:
                break
        return np.concatenate(found)

    def spread(
        self, wanted: Sequence[int], *, gap: int, never: int, most: int
    ) -> tuple[IntArray, IntArray]:
        """Return begin and end of places that hold codes in this order, with at most ``gap`` between.

        Begins with the rarest of the codes and takes of its neighbours the nearest; looks at the first
        ``most`` places of it.

        Parameters
        ----------
        never
            A code that must not stand between: the line break.
        """
        anchor = min(range(len(wanted)), key=lambda at: self.count((wanted[at], wanted[at])))
        here = self.places((wanted[anchor], wanted[anchor]), most=most)
        starts, stops = here, here
        for at in range(anchor + 1, len(wanted)):
            kept, stops = self._nearest(stops, wanted[at], gap, never, 1)
            starts, stops = starts[kept], stops[kept]
        for at in range(anchor - 1, -1, -1):
            kept, starts = self._nearest(starts, wanted[at], gap, never, -1)
            starts, stops = starts[kept], stops[kept]
        return starts, stops + 1

    def _nearest(
        self, places: IntArray, code: int, gap: int, never: int, step: int
    ) -> tuple[BoolArray, IntArray]:
        """Return for which places a code stands within a gap, and where (else the place itself)."""
        found = np.zeros(len(places), dtype=bool)
        where, alive = places.copy(), np.ones(len(places), dtype=bool)
        for far in range(1, gap + 2):
            look = np.maximum(places + step * far, 0)
            codes = self.codes[look]
            alive &= codes != never
            new = alive & ~found & (codes == code)
            where[new] = look[new]
            found |= new
        return found, where
