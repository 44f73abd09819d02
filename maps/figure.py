"""Figures for documents: the same map as PNG (300 dpi), SVG or PDF, through matplotlib."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.files import whole_file
from clusteratlas.maps import style
from clusteratlas.maps.content import MapFrames, Region, find_region, is_of
from clusteratlas.maps.draw import SOURCE, MapOptions
from clusteratlas.maps.figure_ground import (
    FIGURE_CRS,
    draw_areas,
    draw_links,
    draw_scale_bar,
    frame,
    frame_around,
    label_points,
    metres_per_point,
    missing,
    neighbour_points,
    points,
    projected,
)
from clusteratlas.maps.figure_insets import Inset, find_insets, open_inset
from clusteratlas.maps.figure_legend import draw_legend
from clusteratlas.maps.figure_marks import (
    draw_bins,
    draw_firms,
    draw_hulls,
    draw_parks,
    mark_boxes,
    park_spots,
    placed_parks,
)
from clusteratlas.maps.figure_text import MARK_POINTS, Box, draw_labels
from clusteratlas.maps.fonts import font_at
from clusteratlas.maps.packing import order_firms
from clusteratlas.maps.themes import Theme

DPI: Final = 300
SIZE_IN: Final = (11.69, 8.27)
"""A4, landscape."""

MARKS_NOTE: Final = {
    "zh": "标记位于记录的位置，未作散开处理，×n 为重叠家数；空心标记只知所在园区、乡镇、区县或城市。",
    "en": "Marks stand where the record says and are never spread out (×n: so many on one spot);"
    " hollow marks are known to a park, township, district or city only. ",
}
BORDERS_NOTE: Final = {"zh": "界线示意，不作划界依据。", "en": "Boundaries are indicative."}

FORMATS: Final = (".png", ".svg", ".pdf")


def save_figure(
    path: Path,
    frames: MapFrames,
    options: MapOptions,
    *,
    region: Region | None = None,
    theme: Theme | None = None,
) -> None:
    """Write a figure of the map; the ending of the path says the format.

    Parameters
    ----------
    path
        Ends in ``.png`` (300 dpi, A4 landscape), ``.svg`` (text as outlines) or ``.pdf`` (font
        embedded).
    frames, options, region, theme
        As for :func:`clusteratlas.maps.draw.draw_map`; base maps are not drawn.

    Raises
    ------
    InputError
        If the ending is none of the three.
    """
    kind = check_ending(path)
    chart = draw_figure(frames, options, region=region, theme=theme)
    import matplotlib as mpl

    # The date of making would make every file differ; outlines need no font at the reader's.
    fixed: Any = {"svg.fonttype": "path", "svg.hashsalt": "atlas", "pdf.fonttype": 42}
    meta = {} if kind == ".png" else {"CreationDate" if kind == ".pdf" else "Date": None}
    with whole_file(path) as temporary, mpl.rc_context(fixed):
        chart.savefig(temporary, format=kind[1:], dpi=DPI, metadata=meta)


def check_ending(path: Path) -> str:
    """Return the ending of a figure's path, lower case.

    Raises
    ------
    InputError
        If it is none of :data:`FORMATS`.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"figure {path.name!r}: expected an ending of {', '.join(FORMATS)}")
    return ending


def draw_figure(
    frames: MapFrames,
    options: MapOptions,
    *,
    region: Region | None = None,
    theme: Theme | None = None,
) -> Any:
    """Return a matplotlib figure: map, insets where marks crowd, legend, scale, arrow, sources.

    Parameters
    ----------
    frames, options, region, theme
        As for :func:`clusteratlas.maps.draw.draw_map`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    area = region or find_region(frames.districts)
    shown = theme or Theme()
    chart = Figure(figsize=SIZE_IN, facecolor="white")
    FigureCanvasAgg(chart)
    axes = chart.add_axes((0.015, 0.075, 0.70, 0.845))
    placed, lost = order_firms(frames.enterprises)
    placed = placed[is_of(placed, area)]
    if not options.loose:
        placed = placed[(placed["origin"] == "anchor") | (placed["sectors"] != "")]
    sheet = _Sheet(frames, options, area, shown, projected(frames.districts), placed)
    frame(axes, sheet.districts, area)
    if shown.centre:
        frame_around(axes, shown, sheet.spots, font_at(6.5))
    bins, insets = sheet.draw_main(axes)
    for inset, letter in zip(insets, "ABCD", strict=False):
        sheet.draw_inset(axes, inset, letter)
    draw_legend(
        chart, frames, placed, shown, options, font_at, missing=missing(area, shown), bins=bins
    )
    _furnish(chart, axes, options, unplaced=len(lost))
    return chart


@dataclass(frozen=True)
class _Sheet:
    """What is drawn on the main map and again, larger, in its insets."""

    frames: MapFrames
    options: MapOptions
    region: Region
    theme: Theme
    districts: gpd.GeoDataFrame
    placed: pd.DataFrame

    @cached_property
    def spots(self) -> NDArray[np.float64]:
        return points(self.placed)

    def draw_main(self, axes: Any) -> tuple[list[int], list[Inset]]:
        """Draw the whole map; return the bounds of its density classes and the insets it needs."""
        draw_areas(axes, self.districts, self.region, self.theme)
        surface = self.theme.surface
        bins = draw_bins(axes, self.spots, surface) if surface else []
        if "links" in self.options.layers and self.theme.links:
            draw_links(axes, self.districts, self.theme)
        insets = [] if surface or self.theme.centre else self._insets(axes)
        boxes = self._draw_marks(axes, [inset.window for inset in insets])
        # Names keep off the places of the insets as they keep off marks.
        boxes += [box for inset in insets for box in inset.kept_free(axes)]
        boxes.append(draw_scale_bar(axes, font_at(7)))
        labels = label_points(self.districts, self.region)
        if len(self.region.adcodes) == 1:
            (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
            labels += neighbour_points(
                self.districts, self.region, (float(left), float(bottom), float(right), float(top))
            )
        draw_labels(
            axes, labels, boxes, font_at(7.5), lang=self.options.lang, parks=self._park_names(axes)
        )
        return bins, insets

    def draw_inset(self, axes: Any, inset: Inset, letter: str) -> None:
        """Draw a part of the map larger, on a free place of it."""
        larger = open_inset(axes, inset, letter, font_at(6.5))
        draw_areas(larger, self.districts, self.region, self.theme)
        boxes = self._draw_marks(larger, [])
        boxes.append(draw_scale_bar(larger, font_at(6)))
        labels = label_points(self.districts, self.region, within=inset.window)
        draw_labels(larger, labels, boxes, font_at(7), lang=self.options.lang)

    @cached_property
    def parks(self) -> gpd.GeoDataFrame:
        """Return the parks that are drawn, in metres."""
        parks = placed_parks(self.frames.parks)
        parks = parks if "parks" in self.options.layers else parks.iloc[:0]
        return parks.to_crs(FIGURE_CRS) if len(parks) else parks

    def _park_names(self, axes: Any) -> list[tuple[str, float, float]]:
        """Return the names of parks on a map of one district, each below its mark."""
        if len(self.region.adcodes) != 1 or self.parks.empty:
            return []
        below = MARK_POINTS * 1.3 * metres_per_point(axes)
        return [
            (str(name), float(x), float(y) - below)
            for name, (x, y) in zip(self.parks["name"], park_spots(self.parks), strict=True)
        ]

    def _insets(self, axes: Any) -> list[Inset]:
        if "anchors" not in self.options.layers:
            return []
        anchors = (self.placed["origin"] == "anchor").to_numpy()
        codes = self.districts["adcode"].isin(self.region.adcodes)
        return find_insets(axes, self.spots[anchors], self.districts[codes].union_all())

    def _draw_marks(self, axes: Any, uncounted: Sequence[Box]) -> list[Box]:
        """Draw hulls, parks and firms; return the boxes that names keep off."""
        layers, frames = self.options.layers, self.frames
        hulls = frames.clusters
        if "hulls" in layers and hulls is not None and len(hulls):
            draw_hulls(axes, hulls.to_crs(FIGURE_CRS), frames.sectors)
        draw_parks(axes, self.parks)
        boxes = mark_boxes(axes, park_spots(self.parks))
        if not {"anchors", "registry"} & set(layers):
            return boxes
        return boxes + draw_firms(
            axes,
            self.placed,
            self.spots,
            frames.sectors,
            layers,
            font_at(6),
            uncounted=uncounted,
        )


def _furnish(chart: Any, axes: Any, options: MapOptions, *, unplaced: int) -> None:
    """Add title, scale bar, north arrow, and the lines that say where it all comes from."""
    lang = options.lang
    for drawn in chart.axes:  # geopandas names the axes anew with every layer
        drawn.set(xlabel="", ylabel="")
    chart.text(0.015, 0.955, options.title[lang], fontproperties=font_at(15), color=style.INK)
    _north(axes, lang)
    mark = "：" if lang == "zh" else ": "
    words = _WORDS[lang]
    marked = bool({"anchors", "registry"} & set(options.layers))
    note = (MARKS_NOTE[lang] if marked else "") + BORDERS_NOTE[lang]
    lines = [
        f"{words['note']}{mark}{note}",
        f"{words['source']}{mark}{SOURCE[lang]}",
        f"{words['date']}{mark}{(options.drawn_on or date.today()).isoformat()}"
        + (
            f"    {words['approval']}{mark}{options.approval_number}"
            if options.approval_number
            else ""
        )
        + (f"    {words['unplaced'].format(n=unplaced)}" if unplaced else ""),
    ]
    for at, line in enumerate(lines):
        chart.text(0.015, 0.052 - at * 0.019, line, fontproperties=font_at(6.6), color="#555555")


_WORDS: Final = {
    "zh": {
        "note": "图注",
        "source": "数据来源",
        "date": "制图日期",
        "approval": "审图号",
        "unplaced": "另有 {n} 家位置不明，未上图",
    },
    "en": {
        "note": "Note",
        "source": "Data source",
        "date": "Map date",
        "approval": "Map approval no.",
        "unplaced": "{n} more have no known position and are not drawn",
    },
}


def _north(axes: Any, lang: str) -> None:
    axes.annotate(
        "北" if lang == "zh" else "N",
        xy=(0.965, 0.885),
        xytext=(0.965, 0.965),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        fontproperties=font_at(10),
        arrowprops={"arrowstyle": "<|-", "color": style.INK, "linewidth": 1.3},
        zorder=9,
    )
