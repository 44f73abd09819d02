"""Hashes of combinations of marks: what the tables of the learned readers are looked up by."""

import zlib
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Spread = NDArray[np.uint64]
MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: D. Knuth, TAOCP 3, 6.4
_FOLD, _SHORT = np.uint64(29), np.uint64(32)


def spread(part: str, values: NDArray[np.int64]) -> Spread:
    """Return values of a part of combinations, spread over all numbers as no other part's are."""
    with np.errstate(over="ignore"):
        factor = np.uint64(zlib.crc32(part.encode()) << 1 | 1) * MIX
        numbers = (values + 1).astype(np.uint64) * factor
    numbers ^= numbers >> _FOLD
    return numbers


def hashes_of(templates: Sequence[str], parts: Callable[[str], Spread]) -> list[NDArray[np.uint32]]:
    """Return the hash of every combination, one array per template.

    Parameters
    ----------
    templates
        Names of parts, dots between.
    parts
        Gives the spread values of a part.
    """
    hashes = []
    with np.errstate(over="ignore"):
        for number, template in enumerate(templates, start=1):
            first, *others = template.split(".")
            mixed = parts(first) + np.uint64(number) * MIX
            for other in others:
                mixed += parts(other)
            mixed ^= mixed >> _FOLD
            mixed *= MIX
            mixed >>= _SHORT
            hashes.append(mixed.astype(np.uint32))
    return hashes
