"""Insets of a figure: where marks crowd, a part of the map is drawn again, larger, on a free place."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from clusteratlas.maps import style
from clusteratlas.maps.figure_ground import bare, metres_per_point
from clusteratlas.maps.figure_text import MARK_POINTS, Box

INSETS_MAX: Final = 2

CROWD_MIN: Final = 8
"""Fewest marks on top of each other, in one part of the map, that are worth an inset."""

GAIN_MIN: Final = 1.8
"""An inset that enlarges less than this shows nothing new."""

_LETTER_POINTS: Final = 11.0
_SAME_M: Final = 100.0

# The part of the map that an inset may show, of the map's height.
_WINDOW: Final = 0.1
_SMALLEST: Final = 0.05

# Heights of an inset tried, of the map's height, the largest first; widths over height.
_HEIGHTS: Final = tuple(np.arange(0.46, 0.19, -0.02))
_SHAPES: Final = (1.25, 1.0)
_GRID: Final = 160


@dataclass(frozen=True)
class Inset:
    """A part of the map and the free place on it where it is drawn larger.

    Parameters
    ----------
    window, place
        West, south, east, north in metres of the figure's projection.
    """

    window: Box
    place: Box

    def kept_free(self, axes: Any) -> tuple[Box, Box]:
        """Return the boxes that names on the main map keep off: the place and the letter's."""
        left, _, _, top = self.window
        size = _LETTER_POINTS * metres_per_point(axes)
        return self.place, (left, top, left + size, top + size)


def find_insets(axes: Any, spots: NDArray[np.float64], land: BaseGeometry) -> list[Inset]:
    """Return the insets a map needs, at most :data:`INSETS_MAX`.

    Parameters
    ----------
    axes
        The main map, its limits set.
    spots
        Marks, metres, shape (n, 2).
    land
        The region that the map is about, metres; insets keep off it and off the marks.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    crowds = _crowds(spots, MARK_POINTS * metres_per_point(axes), top - bottom)
    taken = _Taken((left, bottom, right, top), spots, land)
    insets = []
    for crowd in crowds[:INSETS_MAX]:
        place = taken.free_place(crowd)
        if place is None:
            continue
        window = _fit(crowd, place, (top - bottom) * _SMALLEST)
        if (place[3] - place[1]) / (window[3] - window[1]) >= GAIN_MIN:
            taken.take(place)
            insets.append(Inset(window, place))
    return insets


def open_inset(axes: Any, inset: Inset, letter: str, font: Any) -> Any:
    """Return axes for the inset; its frame on the main map and the axes carry the same letter."""
    from matplotlib.patches import Rectangle

    chart = axes.figure
    corners = np.array(inset.place).reshape(2, 2)
    (west, south), (east, north) = chart.transFigure.inverted().transform(
        axes.transData.transform(corners)
    )
    larger = chart.add_axes((west, south, east - west, north - south), zorder=10)
    left, bottom, right, top = inset.window
    larger.set_xlim(left, right)
    larger.set_ylim(bottom, top)
    bare(larger)
    wide, tall = right - left, top - bottom
    axes.add_patch(
        Rectangle(
            (left, bottom), wide, tall, fill=False, edgecolor=style.INK, linewidth=0.7, zorder=7
        )
    )
    for drawn, down, side in ((axes, 2, "bottom"), (larger, -3, "top")):
        drawn.annotate(
            letter,
            (left, top),
            xytext=(2, down),
            textcoords="offset points",
            ha="left",
            va=side,
            fontproperties=font,
            color="white",
            bbox={"boxstyle": "square,pad=0.25", "facecolor": style.INK, "linewidth": 0},
            zorder=11,
        )
    return larger


def _crowds(spots: NDArray[np.float64], mark_m: float, tall: float) -> list[Box]:
    """Return boxes around marks that lie on each other, the fullest first.

    Marks on the very same spot count once: no scale takes them apart.
    """
    from scipy.spatial import cKDTree

    spots = np.unique(np.round(spots / _SAME_M) * _SAME_M, axis=0)
    if len(spots) < CROWD_MIN:
        return []
    near = cKDTree(spots).query_ball_point(spots, mark_m, return_length=True)
    left = spots[near > 1]
    half = tall * _WINDOW / 2
    boxes: list[Box] = []
    while len(left) >= CROWD_MIN:
        within = (np.abs(left[:, None, :] - left[None, :, :]) <= half).all(axis=2)
        members = within[int(within.sum(axis=1).argmax())]
        if members.sum() < CROWD_MIN:
            break
        (west, south), (east, north) = left[members].min(axis=0), left[members].max(axis=0)
        boxes.append((float(west), float(south), float(east), float(north)))
        left = left[~members]
    return boxes


def _fit(crowd: Box, place: Box, smallest: float) -> Box:
    """Return the crowd's box with a rim, in the shape of the place."""
    west, south, east, north = crowd
    shape = (place[2] - place[0]) / (place[3] - place[1])
    half = max((north - south) / 2, (east - west) / 2 / shape, smallest / 2) * 1.18
    x, y = (west + east) / 2, (south + north) / 2
    return (x - half * shape, y - half, x + half * shape, y + half)


class _Taken:
    """Which cells of the map hold something, to find free places along its border."""

    def __init__(self, frame: Box, spots: NDArray[np.float64], land: BaseGeometry) -> None:
        self.frame = frame
        west, south, east, north = frame
        self.cell = (north - south) / _GRID
        across = int((east - west) / self.cell)
        x = west + (np.arange(across) + 0.5) * self.cell
        y = south + (np.arange(_GRID) + 0.5) * self.cell
        shapely.prepare(land)
        self.full = shapely.contains_xy(land, *np.meshgrid(x, y))
        for spot_x, spot_y in spots:
            self.take((spot_x, spot_y, spot_x, spot_y))
        # The scale bar stands in the lower right corner, the arrow in the upper right one.
        self.full[: round(_GRID * 0.09), round(across * 0.74) :] = True
        self.full[round(_GRID * 0.86) :, round(across * 0.92) :] = True

    def take(self, box: Box) -> None:
        """Mark the cells of a box, and one around it, as full."""
        west, south, east, north = box
        columns = (np.array([west, east]) - self.frame[0]) / self.cell
        rows = (np.array([south, north]) - self.frame[1]) / self.cell
        low, high = np.floor([rows[0], columns[0]]) - 1, np.ceil([rows[1], columns[1]]) + 1
        (bottom, left), (top, right) = (
            np.maximum(low, 0).astype(int),
            np.maximum(high, 0).astype(int),
        )
        self.full[bottom:top, left:right] = True

    def free_place(self, near: Box) -> Box | None:
        """Return the largest free place at the border, of those the nearest to a box."""
        sums = np.pad(self.full.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        middle = np.array([(near[0] + near[2]) / 2, (near[1] + near[3]) / 2])
        for height in _HEIGHTS:
            for shape in _SHAPES:
                rows, columns = round(height * _GRID), round(height * _GRID * shape)
                places = self._free(sums, rows, columns)
                if len(places):
                    corners = np.array(self.frame[:2]) + places[:, ::-1] * self.cell
                    size = np.array([columns, rows]) * self.cell
                    away = np.hypot(*(corners + size / 2 - middle).T)
                    x, y = corners[int(away.argmin())]
                    return (x, y, x + size[0], y + size[1])
        return None

    def _free(self, sums: NDArray[Any], rows: int, columns: int) -> NDArray[np.int64]:
        """Return (row, column) of free places of that size which touch the border but for a cell."""
        tall, wide = self.full.shape
        if rows + 2 > tall or columns + 2 > wide:
            return np.empty((0, 2), dtype=np.int64)
        inside = (sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns]) + sums[
            :-rows, :-columns
        ]
        free = np.argwhere(inside == 0)
        row, column = free.T
        at_side = (column == 1) | (column == wide - columns - 1)
        at_end = (row == 1) | (row == tall - rows - 1)
        inner = (row > 0) & (column > 0) & (row < tall - rows) & (column < wide - columns)
        return np.asarray(free[(at_side | at_end) & inner])
