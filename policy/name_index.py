"""Where the names of a set stand in a text."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import numpy as np

from clusteratlas.policy.codes import Ints, codes_of

_PAIRS: Final = 1 << 20


class NameIndex:
    """Finds names of two and more characters: from the left, the longest first, no overlaps.

    Parameters
    ----------
    names
        The names; shorter ones are left out.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if len(name) > 1)
        sizes: dict[str, set[int]] = {}
        for name in self._names:
            sizes.setdefault(name[:2], set()).add(len(name))
        self._sizes = {opening: sorted(found, reverse=True) for opening, found in sizes.items()}
        self._opens = np.zeros(_PAIRS, np.bool_)
        self._opens[_pairs("\n".join(sizes))[::3]] = True

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of every name in a text."""
        names, sizes, done = self._names, self._sizes, 0
        for start in np.flatnonzero(self._opens[_pairs(text)]).tolist():
            if start < done:
                continue
            for size in sizes.get(text[start : start + 2], ()):
                name = text[start : start + size]  # shorter at the end of the text
                if name in names:
                    done = start + len(name)
                    yield start, done
                    break

    def lengths(self, opening: str) -> list[int]:
        """Return the lengths of the names that begin with two characters, the longest first."""
        return self._sizes.get(opening, [])


def _pairs(text: str) -> Ints:
    """Return a number for every two characters side by side, the same for some others now and then."""
    codes = codes_of(text)
    return (codes[:-1] * 31 + codes[1:]) % _PAIRS


@lru_cache(maxsize=8)  # three of the package, the others of the texts read last
def _index(names: frozenset[str]) -> NameIndex:
    return NameIndex(names)


def spans_of(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where names of a set stand, from the left, the longest first, no overlaps."""
    return _index(names).spans(text)
