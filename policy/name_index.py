"""Where the names of a set stand in a text."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from clusteratlas.policy.codes import Ints, codes_of


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
        self._openings = np.unique(_pairs("\n".join(sizes))[::3])

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of every name in a text."""
        names, sizes, done = self._names, self._sizes, 0
        for start in self._opened(text):
            if start < done:
                continue
            for size in sizes[text[start : start + 2]]:
                name = text[start : start + size]  # shorter at the end of the text
                if name in names:
                    done = start + len(name)
                    yield start, done
                    break

    def _opened(self, text: str) -> list[int]:
        """Return where the first two characters of some name stand."""
        if not len(self._openings):
            return []
        pairs = _pairs(text)
        at = np.minimum(np.searchsorted(self._openings, pairs), len(self._openings) - 1)
        opened: list[int] = np.flatnonzero(self._openings[at] == pairs).tolist()
        return opened

    def lengths(self, opening: str) -> list[int]:
        """Return the lengths of the names that begin with two characters, the longest first."""
        return self._sizes.get(opening, [])


def _pairs(text: str) -> Ints:
    """Return a number for every two characters that stand beside each other."""
    codes = codes_of(text)
    return codes[:-1] << 21 | codes[1:]


@lru_cache(maxsize=8)  # three of the package, the others of the texts read last
def _index(names: frozenset[str]) -> NameIndex:
    return NameIndex(names)


def spans_of(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where names of a set stand, from the left, the longest first, no overlaps."""
    return _index(names).spans(text)
