"""Figures for documents: the same map as PNG (300 dpi), SVG or PDF, through matplotlib.

The projection is transverse Mercator about 123 degrees east on CGCS2000 (EPSG:4550), in which all of
official large-scale mapping of Liaoning is drawn; the scale is true within 0.1 % in the province, so
the bar measures what it says.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.files import whole_file
from clusteratlas.maps import style
from clusteratlas.maps.content import MapFrames, Region, find_region
from clusteratlas.maps.draw import SOURCE, MapOptions
from clusteratlas.maps.figure_legend import draw_legend
from clusteratlas.maps.figure_marks import (
    draw_bins,
    draw_firms,
    draw_hulls,
    draw_labels,
    draw_parks,
)
from clusteratlas.maps.fonts import font_path
from clusteratlas.maps.packing import order_firms, simplify
from clusteratlas.maps.themes import Theme

FIGURE_CRS: Final = "EPSG:4550"
DPI: Final = 300
SIZE_IN: Final = (11.69, 8.27)
"""A4, landscape."""

FIGURE_NOTE: Final = {
    "zh": "标记位于记录的位置，未作散开处理，×n 为重叠家数；空心标记只知所在园区、乡镇或区县。"
    "界线示意，不作划界依据。",
    "en": "Marks stand where the record says and are never spread out (×n: so many on one spot);"
    " hollow marks are known to a park, township or district only. Boundaries are indicative.",
}

FORMATS: Final = (".png", ".svg", ".pdf")

# Round lengths that a scale bar may have, metres.
_BARS_M: Final = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


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
    """Return a matplotlib figure: map, legend, scale, north arrow, sources.

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
    districts = _projected(frames.districts)
    _draw_areas(axes, districts, area, shown)
    _frame(axes, districts, area)
    placed, lost = order_firms(frames.enterprises)
    placed = placed[placed["adcode"].isin(area.adcodes)] if area.adcode != "210000" else placed
    if not options.loose:
        placed = placed[(placed["origin"] == "anchor") | (placed["sectors"] != "")]
    spots = _points(placed)
    if shown.centre:
        _frame_around(axes, shown, spots)
    bins = draw_bins(axes, spots, shown.surface) if shown.surface else []
    if "links" in options.layers and shown.links:
        _draw_links(axes, districts, shown)
    hulls = frames.clusters
    if "hulls" in options.layers and hulls is not None and len(hulls):
        draw_hulls(axes, hulls.to_crs(FIGURE_CRS), frames.sectors)
    if "parks" in options.layers:
        parks = frames.parks[~(frames.parks.geometry.isna() | frames.parks.geometry.is_empty)]
        draw_parks(axes, parks.to_crs(FIGURE_CRS) if len(parks) else parks)
    boxes: list[Any] = []
    if "anchors" in options.layers or "registry" in options.layers:
        boxes = draw_firms(axes, placed, spots, frames.sectors, options.layers, _font(6))
    draw_labels(axes, _label_points(districts, area), boxes, _font(7.5), lang=options.lang)
    draw_legend(
        chart, frames, placed, shown, options, _font, missing=_missing(area, shown), bins=bins
    )
    _furnish(chart, axes, options, unplaced=len(lost))
    return chart


def _font(size: float, *, bold: bool = False) -> Any:
    from matplotlib.font_manager import FontProperties

    del bold  # one weight is shipped; emphasis comes from size
    return FontProperties(fname=str(font_path()), size=size)


def _projected(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    thinned = districts.set_geometry(
        gpd.GeoSeries(simplify(districts), index=districts.index, crs=districts.crs)
    )
    return thinned.to_crs(FIGURE_CRS)


def _points(firms: pd.DataFrame) -> NDArray[np.float64]:
    spots = gpd.GeoSeries.from_xy(firms["lon"], firms["lat"], crs="EPSG:4326").to_crs(FIGURE_CRS)
    coordinates: NDArray[np.float64] = shapely.get_coordinates(spots.to_numpy())
    return coordinates


def _draw_areas(axes: Any, districts: gpd.GeoDataFrame, region: Region, theme: Theme) -> None:
    inside = districts["adcode"].isin(region.adcodes)
    colours = [
        _fill(code, theme) if within else "#FFFFFF"
        for code, within in zip(districts["adcode"], inside, strict=True)
    ]
    filled = [colour or style.NO_DATA for colour in colours]
    districts.plot(ax=axes, color=filled, edgecolor=style.DISTRICT_LINE, linewidth=0.45, zorder=1)
    blank = districts[[colour is None for colour in colours]]
    if len(blank):
        blank.plot(
            ax=axes,
            facecolor="none",
            edgecolor=style.HATCH,
            hatch="////",
            linewidth=0.0,
            zorder=1.1,
        )
    whole = districts.dissolve(by="city_adcode")
    whole.boundary.plot(ax=axes, color=style.CITY_LINE, linewidth=1.0, zorder=2)


def _fill(code: str, theme: Theme) -> str | None:
    """Return the colour of a district; None where the theme has no value for it."""
    if theme.areas is None:
        return style.LAND
    areas = theme.areas
    values: Mapping[str, Any] = areas["values"]
    value = values.get(code)
    if value is None:
        return None
    if areas["kind"] == "category":
        return str(areas["colours"][value])
    at = int(np.searchsorted(areas["breaks"], value))
    return str(areas["colours"][min(at, len(areas["colours"]) - 1)])


def _missing(region: Region, theme: Theme) -> int:
    return sum(1 for code in region.adcodes if _fill(code, theme) is None)


def _frame(axes: Any, districts: gpd.GeoDataFrame, region: Region) -> None:
    west, south, east, north = districts[districts["adcode"].isin(region.adcodes)].total_bounds
    box = axes.get_position()
    wide = box.width * SIZE_IN[0] / (box.height * SIZE_IN[1])
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    half = max((north - south) / 2, (east - west) / 2 / wide) * 1.04
    axes.set_xlim(middle_x - half * wide, middle_x + half * wide)
    axes.set_ylim(middle_y - half, middle_y + half)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#888888")
        spine.set_linewidth(0.6)


def _frame_around(axes: Any, theme: Theme, spots: NDArray[np.float64]) -> None:
    """Frame the firms around a place, at least 4 km wide; draw its distance rings and lines to them."""
    lat, lon = theme.centre or (0.0, 0.0)
    middle = _points(pd.DataFrame({"lon": [lon], "lat": [lat]}))[0]
    box = axes.get_position()
    wide = box.width * SIZE_IN[0] / (box.height * SIZE_IN[1])
    reach = np.abs(spots - middle).max(axis=0) if len(spots) else np.zeros(2)
    half = max(2_000.0, reach[1], reach[0] / wide) * 1.08
    axes.set_xlim(middle[0] - half * wide, middle[0] + half * wide)
    axes.set_ylim(middle[1] - half, middle[1] + half)
    angle = np.linspace(0, 2 * np.pi, 181)
    for ring in theme.rings:
        x, y = middle[0] + ring * np.cos(angle), middle[1] + ring * np.sin(angle)
        axes.plot(x, y, color="#5A6572", linewidth=0.8, linestyle=(0, (4, 4)), zorder=3)
    for x, y in spots:
        axes.plot([middle[0], x], [middle[1], y], color="#5A6572", linewidth=0.4, zorder=3)


def _draw_links(axes: Any, districts: gpd.GeoDataFrame, theme: Theme) -> None:
    places = _label_places(districts)
    for link in theme.links:
        if link["a"] in places and link["b"] in places:
            (ax, ay), (bx, by) = places[link["a"]], places[link["b"]]
            axes.plot(
                [ax, bx],
                [ay, by],
                color=style.LINK,
                linewidth=link["width"] * 0.6,
                alpha=0.8,
                solid_capstyle="round",
                zorder=3,
            )


def _label_places(districts: gpd.GeoDataFrame) -> dict[str, tuple[float, float]]:
    spots = gpd.GeoSeries.from_xy(districts["lon"], districts["lat"], crs="EPSG:4326")
    moved = shapely.get_coordinates(spots.to_crs(FIGURE_CRS).to_numpy())
    return {
        str(code): (float(x), float(y))
        for code, (x, y) in zip(districts["adcode"], moved, strict=True)
    }


def _label_points(
    districts: gpd.GeoDataFrame, region: Region
) -> list[tuple[str, float, float, bool]]:
    """Return names with their places: cities first on a map of the province, else districts."""
    places = _label_places(districts)
    inside = districts[districts["adcode"].isin(region.adcodes)]
    labels: list[tuple[str, float, float, bool]] = []
    if inside["city"].nunique() > 1:
        for name, rows in inside.groupby("city", sort=False):
            spot = rows.union_all().representative_point()
            labels.append((str(name), spot.x, spot.y, True))
    for code, name in zip(inside["adcode"], inside["name"], strict=True):
        labels.append((str(name), *places[str(code)], False))
    return labels


def _furnish(chart: Any, axes: Any, options: MapOptions, *, unplaced: int) -> None:
    """Add title, scale bar, north arrow, and the lines that say where it all comes from."""
    lang = options.lang
    axes.set_xlabel("")  # geopandas names the axes anew with every layer
    axes.set_ylabel("")
    chart.text(0.015, 0.955, options.title[lang], fontproperties=_font(15), color=style.INK)
    _scale_bar(axes)
    _north(axes, lang)
    mark = "：" if lang == "zh" else ": "
    words = _WORDS[lang]
    lines = [
        f"{words['note']}{mark}{FIGURE_NOTE[lang]}",
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
        chart.text(0.015, 0.052 - at * 0.019, line, fontproperties=_font(6.6), color="#555555")


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


def _scale_bar(axes: Any) -> None:
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    length = next((bar for bar in reversed(_BARS_M) if bar < (right - left) / 5), _BARS_M[0])
    x, y = right - (right - left) * 0.03 - length, bottom + (top - bottom) * 0.035
    tall = (top - bottom) * 0.008
    for half, colour in ((0, style.INK), (1, "white")):
        axes.fill(
            x + np.array([0, 0, 0.5, 0.5]) * length + half * length / 2,
            y + np.array([0, tall, tall, 0]),
            facecolor=colour,
            edgecolor=style.INK,
            linewidth=0.6,
            zorder=9,
        )
    axes.text(
        x + length / 2,
        y + tall * 1.8,
        f"{length // 1000} km",
        ha="center",
        va="bottom",
        fontproperties=_font(7),
        zorder=9,
    )


def _north(axes: Any, lang: str) -> None:
    axes.annotate(
        "北" if lang == "zh" else "N",
        xy=(0.965, 0.885),
        xytext=(0.965, 0.965),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        fontproperties=_font(10),
        arrowprops={"arrowstyle": "<|-", "color": style.INK, "linewidth": 1.3},
        zorder=9,
    )
