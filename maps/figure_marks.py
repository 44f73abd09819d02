"""Marks of a figure: firms in their shapes, parks, hulls and density."""

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from clusteratlas.maps import style
from clusteratlas.maps.figure_ground import metres_per_point
from clusteratlas.maps.figure_text import MARK_POINTS, Box, draw_counts

MARKERS: Final[dict[str, Any]] = {
    "square": "s",
    "diamond": "D",
    "circle": "o",
    "triangle": "^",
    "star": "*",
    "hexagon": "h",
    "cross": "P",
    "dot": "o",
}
"""matplotlib's sign for each shape."""

# matplotlib draws these smaller or larger than a square of the same nominal size.
_SIZES: Final = {"star": 1.9, "diamond": 0.75, "cross": 1.25, "hexagon": 1.25, "triangle": 1.15}

UNSURE: Final = frozenset({"zone", "township", "district", "city", "none"})
"""Precisions at which only the area that holds a firm is known."""

_ANCHOR_SIZE: Final = 30.0
_FIRM_SIZE: Final = 2.5
_FEW_FIRMS: Final = 200
_HEX_ACROSS: Final = 60


def marker_size(shape: str, size: float) -> float:
    """Return the size (points squared) at which a shape looks as large as a square of ``size``."""
    return size * _SIZES.get(shape, 1.0)


def draw_firms(
    axes: Any,
    firms: pd.DataFrame,
    spots: NDArray[np.float64],
    sectors: pd.DataFrame,
    layers: Sequence[str],
    font: Any,
    *,
    uncounted: Sequence[Box] = (),
) -> list[Box]:
    """Draw firms in their field's shape, unsure ones hollow.

    Parameters
    ----------
    spots
        Metres of the figure's projection, shape (n, 2), a row per firm.
    uncounted
        Boxes in which no ``×n`` is written, because an inset shows them larger.

    Returns
    -------
    list
        The boxes, in data units, that names keep off.
    """
    styles = style.sector_styles(sectors)
    first = firms["sectors"].str.partition(";")[0]
    unsure = firms["precision"].isin(UNSURE).to_numpy()
    anchors = (firms["origin"] == "anchor").to_numpy()
    if "registry" in layers:
        _draw_registry(axes, spots[~anchors])
    if "anchors" not in layers:
        return []
    for sector, rows in _groups(first[anchors], spots[anchors], unsure[anchors]):
        look = styles.get(sector)
        colour = look.colour if look else style.NO_SECTOR.colour
        shape = look.shape if look else style.NO_SECTOR.shape
        for hollow in (False, True):
            xy = rows[0][rows[1] == hollow]
            axes.scatter(
                xy[:, 0],
                xy[:, 1],
                s=marker_size(shape, _ANCHOR_SIZE),
                marker=MARKERS[shape],
                facecolor="white" if hollow else colour,
                edgecolor=colour if hollow else "white",
                linewidth=1.1 if hollow else 0.6,
                zorder=5 if hollow else 5.5,
            )
    counted = spots[anchors]
    for west, south, east, north in uncounted:
        x, y = counted.T
        counted = counted[(x < west) | (x > east) | (y < south) | (y > north)]
    boxes = mark_boxes(axes, spots[anchors])
    return boxes + draw_counts(axes, counted, boxes, font)


def _draw_registry(axes: Any, spots: NDArray[np.float64]) -> None:
    # Drawn as pixels inside a vector file: a hundred thousand outlines would make 50 MB.
    axes.scatter(
        spots[:, 0],
        spots[:, 1],
        s=_FIRM_SIZE if len(spots) > _FEW_FIRMS else _FIRM_SIZE * 5,
        color="#4A5969",
        alpha=0.35 if len(spots) > _FEW_FIRMS else 0.8,
        linewidth=0,
        rasterized=True,
        zorder=4,
    )


def _groups(
    first: pd.Series, spots: NDArray[np.float64], unsure: NDArray[np.bool_]
) -> list[tuple[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]]:
    names = first.to_numpy()
    return [(str(name), (spots[names == name], unsure[names == name])) for name in pd.unique(names)]


def mark_boxes(axes: Any, spots: NDArray[np.float64]) -> list[Box]:
    """Return the boxes of marks at ``spots`` (metres, shape (n, 2)), data units."""
    half = metres_per_point(axes) * MARK_POINTS / 2
    return [(x - half, y - half, x + half, y + half) for x, y in spots]


def draw_parks(axes: Any, parks: gpd.GeoDataFrame) -> None:
    """Draw outlines where there are any, else a point in a circle of the rough extent (metres)."""
    if not len(parks):
        return
    areas = parks[parks.geometry.geom_type != "Point"]
    points = parks[parks.geometry.geom_type == "Point"]
    if len(areas):
        areas.plot(
            ax=axes,
            facecolor=style.PARK + "1A",
            edgecolor=style.PARK,
            linewidth=0.9,
            linestyle="--",
            zorder=3,
        )
    circles = points[points["radius_m"].notna()]
    if len(circles):
        extents = circles.geometry.buffer(circles["radius_m"].astype(float))
        extents.plot(
            ax=axes,
            facecolor=style.PARK + "12",
            edgecolor=style.PARK,
            linewidth=0.7,
            linestyle=":",
            zorder=3,
        )
    spots = park_spots(parks)
    axes.scatter(
        spots[:, 0],
        spots[:, 1],
        marker="s",
        s=20,
        facecolor="white",
        edgecolor=style.PARK,
        linewidth=1.2,
        zorder=4.5,
    )


def placed_parks(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the parks that have a place."""
    return parks[~(parks.geometry.isna() | parks.geometry.is_empty)]


def park_spots(parks: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return where the marks of parks stand, shape (n, 2)."""
    if not len(parks):
        return np.empty((0, 2))
    spots = parks.geometry.representative_point().to_numpy()
    return np.asarray(shapely.get_coordinates(spots), dtype=np.float64)


def draw_hulls(axes: Any, hulls: gpd.GeoDataFrame, sectors: pd.DataFrame) -> None:
    """Draw hulls of detected clusters in their sector's colour."""
    styles = style.sector_styles(sectors)
    for sector, shape in zip(hulls["sector"], hulls.geometry, strict=True):
        look = styles.get(sector)
        colour = look.colour if look else style.NO_SECTOR.colour
        for part in shapely.get_parts(shape):  # a hull cut at the coast can have several
            x, y = part.exterior.xy
            axes.fill(x, y, facecolor=colour + "2A", edgecolor=colour, linewidth=1.3, zorder=3.2)


def draw_bins(axes: Any, spots: NDArray[np.float64], kind: str) -> list[int]:
    """Draw the density of firms: hexagons, or counts smoothed for ``heat``.

    Returns the upper bounds of the hexagons' classes, each as many times the one before.
    """
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, ListedColormap

    colours = LinearSegmentedColormap.from_list("atlas", list(style.SEQUENTIAL))
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    if kind == "hex":
        bins = axes.hexbin(
            spots[:, 0],
            spots[:, 1],
            gridsize=_HEX_ACROSS,
            extent=(left, right, bottom, top),
            mincnt=1,
            cmap=colours,
            linewidths=0.2,
            alpha=0.94,
            zorder=2.5,
        )
        breaks = geometric_breaks(bins.get_array())
        bins.set_cmap(ListedColormap(style.ramp(len(breaks))))
        bins.set_norm(BoundaryNorm([0.5, *(bound + 0.5 for bound in breaks)], len(breaks)))
        return breaks
    from scipy.ndimage import gaussian_filter

    counts, _, _ = np.histogram2d(
        spots[:, 1], spots[:, 0], bins=(300, 420), range=((bottom, top), (left, right))
    )
    smooth = np.sqrt(gaussian_filter(counts, 4))
    shown = np.ma.masked_less(smooth, 0.03 * max(float(smooth.max()), 1e-9))
    axes.imshow(
        shown,
        extent=(left, right, bottom, top),
        origin="lower",
        cmap=colours,
        alpha=0.85,
        zorder=2.5,
        aspect="equal",
    )
    return []


def geometric_breaks(
    counts: NDArray[np.float64], classes: int = len(style.SEQUENTIAL)
) -> list[int]:
    """Return upper bounds of at most ``classes`` classes, each as many times the one before.

    Examples
    --------
    >>> geometric_breaks(np.array([1, 5, 64.0]), 3)
    [4, 16, 64]
    """
    most = int(counts.max()) if len(counts) else 0
    bounds = {round(most ** (step / classes)) for step in range(1, classes)}
    return sorted(bound for bound in {*bounds, most} if 0 < bound <= most)
