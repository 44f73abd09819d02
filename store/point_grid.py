"""A uniform grid over points: counts, members and first rows of a box without touching the rest."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

POINTS_PER_CELL = 16
SCAN_CHUNK = 8192
"""Boxes of fewer points are looked through as a whole."""
SCAN_ROWS = 3
"""So many rows are walked in the time in which one is fetched from its cell."""

Box = tuple[float, float, float, float]
"""``(west, south, east, north)`` in EPSG:4326 degrees; west > east crosses the antimeridian."""


def _ranges(starts: IntArray, stops: IntArray) -> IntArray:
    """Return the concatenation of ``arange(start, stop)`` for each pair."""
    lengths = stops - starts
    total = int(lengths.sum())
    if total == 0:
        return np.empty(0, dtype=np.int64)
    shifts = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return shifts + np.arange(total, dtype=np.int64)


@dataclass(frozen=True)
class PointGrid:
    """Points in cells of equal size; rows keep their order within a cell.

    Rows without a position (NaN) are in no box. Build one with :meth:`build`.
    """

    lon: FloatArray
    lat: FloatArray
    west: float
    south: float
    step_x: float
    step_y: float
    columns: int
    lines: int
    members: IntArray  # row numbers, cell by cell, west to east, then south to north
    first: IntArray  # first[cell] .. first[cell + 1] are the members of a cell
    below: IntArray  # (lines + 1, columns + 1) prefix sums of the counts

    @classmethod
    def build(cls, lon: FloatArray, lat: FloatArray) -> Self:
        """Sort n points (EPSG:4326 degrees, NaN = no position) into cells."""
        rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        side = max(1, int(np.sqrt(len(rows) / POINTS_PER_CELL)))
        x, y = lon[rows], lat[rows]
        west, east = (float(x.min()), float(x.max())) if len(rows) else (0.0, 0.0)
        south, north = (float(y.min()), float(y.max())) if len(rows) else (0.0, 0.0)
        step_x = max(east - west, 1e-9) / side
        step_y = max(north - south, 1e-9) / side
        column = np.minimum(((x - west) / step_x).astype(np.int64), side - 1)
        line = np.minimum(((y - south) / step_y).astype(np.int64), side - 1)
        cell = line * side + column
        order = np.argsort(cell, kind="stable")
        counts = np.bincount(cell, minlength=side * side)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        below = np.zeros((side + 1, side + 1), dtype=np.int64)
        below[1:, 1:] = counts.reshape(side, side).cumsum(axis=0).cumsum(axis=1)
        return cls(lon, lat, west, south, step_x, step_y, side, side, rows[order], first, below)

    def _cells(self, box: Box) -> tuple[int, int, int, int] | None:
        """Return the first and last column and line that a box touches, None if none."""
        column_from = (box[0] - self.west) / self.step_x
        column_to = (box[2] - self.west) / self.step_x
        line_from = (box[1] - self.south) / self.step_y
        line_to = (box[3] - self.south) / self.step_y
        # A point on the outer edge sits in the last cell, so that the edge itself still counts.
        if column_to < 0 or line_to < 0 or column_from > self.columns or line_from > self.lines:
            return None
        return (
            min(max(int(column_from), 0), self.columns - 1),
            min(int(column_to), self.columns - 1),
            min(max(int(line_from), 0), self.lines - 1),
            min(int(line_to), self.lines - 1),
        )

    def _block_count(self, x0: int, x1: int, y0: int, y1: int) -> int:
        """Count the points in columns x0..x1 and lines y0..y1, both inclusive."""
        if x1 < x0 or y1 < y0:
            return 0
        b = self.below
        return int(b[y1 + 1, x1 + 1] - b[y0, x1 + 1] - b[y1 + 1, x0] + b[y0, x0])

    def _block_rows(self, x0: int, x1: int, y0: int, y1: int) -> IntArray:
        lines = np.arange(y0, y1 + 1, dtype=np.int64) * self.columns
        return self.members[_ranges(self.first[lines + x0], self.first[lines + x1 + 1])]

    def _inside(self, rows: IntArray, box: Box) -> IntArray:
        x, y = self.lon[rows], self.lat[rows]
        return rows[(x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])]

    def rows(self, box: Box) -> IntArray:
        """Return the row numbers inside a box, borders included, in no order."""
        if box[0] > box[2]:
            return np.concatenate([self.rows(part) for part in _split(box)])
        cells = self._cells(box)
        if cells is None:
            return np.empty(0, dtype=np.int64)
        return self._inside(self._block_rows(*cells), box)

    def count(self, box: Box) -> int:
        """Count the points inside a box, borders included."""
        if box[0] > box[2]:
            return sum(self.count(part) for part in _split(box))
        cells = self._cells(box)
        if cells is None:
            return 0
        x0, x1, y0, y1 = cells
        # Cells strictly inside need no look at their points.
        inner = self._block_count(x0 + 1, x1 - 1, y0 + 1, y1 - 1)
        edge = [self._block_rows(x0, x1, y0, y0)]
        if y1 > y0:
            edge.append(self._block_rows(x0, x1, y1, y1))
        if y1 - y0 > 1:
            edge.append(self._block_rows(x0, x0, y0 + 1, y1 - 1))
            if x1 > x0:
                edge.append(self._block_rows(x1, x1, y0 + 1, y1 - 1))
        return inner + len(self._inside(np.concatenate(edge), box))

    def window(self, box: Box, *, start: int, limit: int) -> tuple[IntArray, int]:
        """Return :meth:`first_rows` and :meth:`count` of a box in one go."""
        if box[0] > box[2] or self._touched(box) > SCAN_CHUNK:
            return self.first_rows(box, start=start, limit=limit), self.count(box)
        rows = self.rows(box)
        return _smallest(rows, start, limit), len(rows)

    def first_rows(self, box: Box, *, start: int, limit: int) -> IntArray:
        """Return the ``limit`` smallest row numbers from ``start`` on inside a box, ascending."""
        touched = self._touched(box) if box[0] <= box[2] else len(self.lon)
        if touched > SCAN_CHUNK:
            # Of many points the first are near at hand, unless the rows are sorted by place.
            found = self._scan(box, start, limit, most=SCAN_ROWS * touched)
            if found is not None:
                return found
        return _smallest(self.rows(box), start, limit)

    def _touched(self, box: Box) -> int:
        cells = self._cells(box)
        return self._block_count(*cells) if cells else 0

    def _scan(self, box: Box, start: int, limit: int, *, most: int) -> IntArray | None:
        """Walk the rows in order; None where ``most`` were seen and not enough found."""
        found: list[IntArray] = []
        left, size, last = limit, SCAN_CHUNK, len(self.lon)
        while left > 0 and start < last:
            if most <= 0:
                return None
            stop = min(start + size, last)
            inside = start + np.flatnonzero(in_box(self.lon[start:stop], self.lat[start:stop], box))
            found.append(inside[:left])
            left -= len(inside)
            most -= size
            start, size = stop, size * 2
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _smallest(rows: IntArray, start: int, limit: int) -> IntArray:
    """Return the ``limit`` smallest numbers from ``start`` on, ascending."""
    if start:
        rows = rows[rows >= start]
    if len(rows) > 4 * limit:
        rows = np.partition(rows, limit)[:limit]
    return np.sort(rows)[:limit]


def _split(box: Box) -> tuple[Box, Box]:
    """Cut a box that crosses the antimeridian in two."""
    return (box[0], box[1], 180.0, box[3]), (-180.0, box[1], box[2], box[3])


def in_box(lon: FloatArray, lat: FloatArray, box: Box) -> BoolArray:
    """Tell for each point whether it lies in a box, borders included; NaN lies in none."""
    inside: BoolArray = (lat >= box[1]) & (lat <= box[3])
    if box[0] > box[2]:
        return inside & ((lon >= box[0]) | (lon <= box[2]))
    return inside & (lon >= box[0]) & (lon <= box[2])
