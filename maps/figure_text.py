"""What is written into a figure: names and numbers that keep clear of marks and of each other."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.maps import style
from clusteratlas.maps.figure_ground import metres_per_point
from clusteratlas.maps.names import label_name

Box = tuple[float, float, float, float]
"""West, south, east, north in data units."""

MARK_POINTS: Final = 8.2
"""About how wide the mark of a named enterprise is on the paper, with its rim (points)."""

_INKS: Final = {True: "#3A3730", False: "#57524A"}
"""Ink of the names of cities and of districts."""


def draw_counts(
    axes: Any, spots: NDArray[np.float64], marks: Sequence[Box], font: Any
) -> list[Box]:
    """Write how many marks lie on each other, where one would look like a single firm."""
    from matplotlib import patheffects

    if not len(spots):
        return []
    point = metres_per_point(axes)
    reach = point * 3.5
    cells, counts = np.unique(np.floor(spots / reach), axis=0, return_counts=True)
    boxes: list[Box] = []
    sized = font.copy()
    sized.set_size(5.6)
    halo = [patheffects.withStroke(linewidth=1.6, foreground="white")]
    for cell, count in zip(cells[counts > 1], counts[counts > 1], strict=True):
        members = spots[(np.floor(spots / reach) == cell).all(axis=1)]
        size = (_text_width(f"×{count}") * 5.6 * point, 5.6 * point)
        box = _beside(members.mean(axis=0), size, point, [*marks, *boxes])
        look = {"fontproperties": sized, "ha": "left", "va": "bottom", "color": "#1B2026"}
        axes.text(*box[:2], f"×{count}", zorder=6.5, clip_on=True, path_effects=halo, **look)
        boxes.append(box)
    return boxes


def _beside(
    spot: NDArray[np.float64], size: tuple[float, float], point: float, taken: Sequence[Box]
) -> Box:
    """Return the place beside a mark, right above it first, that covers least of what is taken."""
    (x, y), (wide, tall) = spot, size
    off = (MARK_POINTS / 2 + 1) * point
    best: tuple[int, Box] | None = None
    for left, bottom in (
        (x + off * 0.6, y + off * 0.6),
        (x + off, y - tall / 2),
        (x + off * 0.6, y - off * 0.6 - tall),
        (x - off * 0.6 - wide, y + off * 0.6),
        (x - off - wide, y - tall / 2),
        (x - off * 0.6 - wide, y - off * 0.6 - tall),
        (x - wide / 2, y + off),
        (x - wide / 2, y - off - tall),
    ):
        box = (float(left), float(bottom), float(left + wide), float(bottom + tall))
        covered = sum(_hits(box, [other]) for other in taken)
        if best is None or covered < best[0]:
            best = (covered, box)
    assert best is not None  # eight places are tried
    return best[1]


def draw_labels(
    axes: Any,
    labels: Sequence[tuple[str, float, float, bool]],
    marks: Sequence[Box],
    font: Any,
    *,
    lang: str = "zh",
    parks: Sequence[tuple[str, float, float]] = (),
) -> list[str]:
    """Write names where they are free: clear of each other and of marks; return those written.

    Parameters
    ----------
    labels
        ``(name, x, y, is_city)``, most important first, data units.
    marks
        Boxes in data units that names keep off; a city whose places are all taken is written over
        marks, a district is left out.
    parks
        ``(name, x, y)`` of parks, written last in their colour, as they are in every language.
    """
    from matplotlib import patheffects

    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    per_point = metres_per_point(axes)
    taken: list[Box] = []
    written = []
    named = [
        (name if lang == "zh" else label_name(name), x, y, is_city, _INKS[is_city])
        for name, x, y, is_city in labels
    ]
    for text, x, y, is_city, colour in [*named, *((*park, False, style.PARK) for park in parks)]:
        size = font.get_size() * (1.25 if is_city else 0.88)
        half = _text_width(text) * size * per_point / 2
        tall = size * per_point * 0.62
        spot = _free_spot(x, y, half, tall, taken, marks, force=is_city)
        if spot is None or not _inside(_box(*spot, half, tall), (left, bottom, right, top)):
            continue
        taken.append(_box(*spot, half, tall))
        written.append(text)
        sized = font.copy()
        sized.set_size(size)
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontproperties": sized}
        halo = patheffects.Stroke(linewidth=2, foreground="white")
        # Two texts: one with an effect would become outlines, which nobody can search or copy.
        axes.text(*spot, text, zorder=7.9, path_effects=[halo], **look)
        axes.text(*spot, text, zorder=8, color=colour, **look)
    return written


def _text_width(text: str) -> float:
    """Return the width of a text in ems: a Chinese character is one, a Latin letter about half."""
    return sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in text)


def _box(x: float, y: float, half: float, tall: float) -> Box:
    return (x - half, y - tall, x + half, y + tall)


def _free_spot(
    x: float,
    y: float,
    half: float,
    tall: float,
    taken: Sequence[Box],
    marks: Sequence[Box],
    *,
    force: bool,
) -> tuple[float, float] | None:
    moves = [
        (0, 0),
        (0, 2),
        (0, -2),
        (0.8, 0),
        (-0.8, 0),
        (0.9, 2),
        (-0.9, 2),
        (0.9, -2),
        (-0.9, -2),
        (0, 4),
        (0, -4),
    ]
    for across, up in moves:
        spot = (x + across * half, y + up * tall)
        box = _box(*spot, half, tall)
        if not _hits(box, taken) and not _hits(box, marks):
            return spot
    if force and not _hits(_box(x, y, half, tall), taken):
        return (x, y)
    return None


def _inside(box: Box, frame: Box) -> bool:
    return frame[0] < box[0] and frame[1] < box[1] and box[2] < frame[2] and box[3] < frame[3]


def _hits(box: Box, others: Sequence[Box]) -> bool:
    return any(
        box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]
        for other in others
    )
