"""Points counted in cells at every zoom: a tile of a million firms costs no more than one of few.

A cell is 1/64 of a tile's side. Its count and mean position are summed up from the four cells of the
next zoom, from the deepest one on; a tile then reads the few thousand cells that it shows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

CELLS_BITS: Final = 6  # 64 cells along a tile
DEEPEST: Final = 11
"""What is crowded in deeper tiles, of 15 km and less, is counted point by point."""


@dataclass(frozen=True)
class CellSums:
    """The cells of one zoom that hold something, line by line: numbers, counts, sums of positions."""

    number: IntArray  # line * 2 ** (zoom + 6) + column
    count: IntArray
    x: FloatArray
    y: FloatArray


class TilePyramid:
    """Counts of points by cell; positions are in the unit square of Web Mercator, y downwards.

    Parameters
    ----------
    x, y
        (n,) positions; NaN has none and counts nowhere.
    """

    def __init__(self, x: FloatArray, y: FloatArray) -> None:
        placed = np.isfinite(x) & np.isfinite(y) & (x >= 0) & (x < 1) & (y >= 0) & (y < 1)
        x, y = x[placed], y[placed]
        side = 1 << (DEEPEST + CELLS_BITS)
        number = (y * side).astype(np.int64) * side + (x * side).astype(np.int64)
        levels = [_summed(number, np.ones(len(number), dtype=np.int64), x, y)]
        for zoom in range(DEEPEST - 1, -1, -1):
            below = levels[-1]
            side = 1 << (zoom + 1 + CELLS_BITS)
            line, column = below.number // side, below.number % side
            number = (line >> 1) * (side >> 1) + (column >> 1)
            levels.append(_summed(number, below.count, below.x, below.y))
        self._levels = levels[::-1]

    def cells(self, z: int, x: int, y: int) -> tuple[IntArray, FloatArray, FloatArray] | None:
        """Return counts and mean positions of the cells of a tile and of one cell around it.

        None where the zoom is deeper than what is counted.
        """
        if z > DEEPEST:
            return None
        level = self._levels[z]
        side = 1 << (z + CELLS_BITS)
        lines = np.arange((y << CELLS_BITS) - 1, ((y + 1) << CELLS_BITS) + 1, dtype=np.int64)
        lines = lines[(lines >= 0) & (lines < side)] * side
        west = max((x << CELLS_BITS) - 1, 0)
        east = min(((x + 1) << CELLS_BITS) + 1, side)
        first = np.searchsorted(level.number, lines + west)
        last = np.searchsorted(level.number, lines + east)
        at = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
        at = at.astype(np.int64)
        count = level.count[at]
        return count, level.x[at] / count, level.y[at] / count


def _summed(number: IntArray, count: IntArray, x: FloatArray, y: FloatArray) -> CellSums:
    if not len(number):
        return CellSums(number, count, x, y)
    order = np.argsort(number, kind="stable")
    ordered = number[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return CellSums(
        ordered[begins],
        np.add.reduceat(count[order], begins),
        np.add.reduceat(x[order], begins),
        np.add.reduceat(y[order], begins),
    )
