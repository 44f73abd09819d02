"""Figures of the report, drawn with matplotlib as vector graphics in the shared palette."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from clusteratlas.analysis.structure import MIN_FIRMS
from clusteratlas.maps.fonts import FONT_FAMILY, font_path
from clusteratlas.maps.style import DISTRICT_LINE, FIELD_STYLES, INK, LAND, LINK, NO_SECTOR
from clusteratlas.reports.blocks import Figure

MARKERS = {
    "square": "s",
    "diamond": "D",
    "circle": "o",
    "triangle": "^",
    "star": "*",
    "hexagon": "h",
    "cross": "P",
    "dot": ".",
}
"""matplotlib's markers for the shapes of :mod:`clusteratlas.maps.style`."""

MAX_DRAWN_FIRMS = 4_000
"""Registry firms drawn as dots on the report's map; more would hide the anchors."""

PRECISE_M = 1_000.0
"""Up to this error radius a mark is filled; above it is hollow."""


def chinese_style() -> Any:
    """Return matplotlib settings with the shipped Chinese font, outlines for text, and our colours."""
    if FONT_FAMILY not in {entry.name for entry in fontManager.ttflist}:
        fontManager.addfont(str(font_path()))
    return {
        "font.family": FontProperties(fname=str(font_path())).get_name(),
        "font.size": 8,
        "svg.fonttype": "path",
        "svg.hashsalt": "clusteratlas",
        "axes.unicode_minus": False,
        "axes.edgecolor": DISTRICT_LINE,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }


def figure(
    draw: Callable[[Canvas], None], size: tuple[float, float], caption: str, alt: str
) -> Figure:
    """Return what ``draw`` draws on a canvas of the given size (inches), as SVG and PNG."""
    with mpl.rc_context(chinese_style()):
        canvas = Canvas(figsize=size, layout="constrained")
        draw(canvas)
        svg, png = io.BytesIO(), io.BytesIO()
        canvas.savefig(svg, format="svg", metadata={"Date": None})
        canvas.savefig(png, format="png", dpi=200)
    return Figure(svg.getvalue(), png.getvalue(), caption, alt)


def district_map(
    canvas: Canvas,
    districts: gpd.GeoDataFrame,
    adcode: str,
    anchors: pd.DataFrame,
    firms: pd.DataFrame,
    field_of: dict[str, str],
) -> None:
    """Draw the district among its neighbours with its firms and anchors, to scale, north up.

    Parameters
    ----------
    districts
        All districts, EPSG:4326.
    anchors, firms
        ``lon, lat, radius_m, sectors, name`` of the district; marks are hollow where the error is
        above 1 km; unplaced ones are not drawn.
    field_of
        Sector id -> field id, for colours.
    """
    axes = canvas.add_subplot()
    own = districts[districts["adcode"] == adcode]
    shapes = districts.to_crs(_local_crs(own))
    target = shapes[shapes["adcode"] == adcode]
    west, south, east, north = target.total_bounds
    margin = 0.12 * max(east - west, north - south)
    shapes.plot(ax=axes, color="#FFFFFF", edgecolor=DISTRICT_LINE, linewidth=0.5)
    target.plot(ax=axes, color=LAND, edgecolor=INK, linewidth=1.1)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _dots(axes, firms, own)
    _anchor_marks(axes, anchors, own, field_of)
    _neighbour_names(axes, shapes, adcode)
    _scale_and_north(axes)


def _local_crs(own: gpd.GeoDataFrame) -> str:
    lon, lat = float(own["lon"].iloc[0]), float(own["lat"].iloc[0])
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"


def _project(points: pd.DataFrame, own: gpd.GeoDataFrame) -> np.ndarray:
    placed = gpd.GeoSeries.from_xy(points["lon"], points["lat"], crs="EPSG:4326")
    local = placed.to_crs(_local_crs(own))
    return np.column_stack([local.x, local.y])


def _dots(axes: Axes, firms: pd.DataFrame, own: gpd.GeoDataFrame) -> None:
    placed = firms[firms["lon"].notna() & firms["radius_m"].le(3 * PRECISE_M)]
    if placed.empty:
        return
    if len(placed) > MAX_DRAWN_FIRMS:
        placed = placed.sample(MAX_DRAWN_FIRMS, random_state=0)
    xy = _project(placed, own)
    axes.scatter(xy[:, 0], xy[:, 1], s=1.5, color=NO_SECTOR.colour, alpha=0.35, linewidths=0)


def is_drawn(anchors: pd.DataFrame) -> pd.Series:
    """Return which anchors the map shows: those placed finer than a district."""
    return anchors["lon"].notna() & ~anchors["precision"].isin(["district", "city", "none"])


def _anchor_marks(
    axes: Axes, anchors: pd.DataFrame, own: gpd.GeoDataFrame, field_of: dict[str, str]
) -> None:
    placed = anchors[is_drawn(anchors)]
    if placed.empty:
        return
    xy = _project(placed, own)
    for (x, y), radius, sectors in zip(xy, placed["radius_m"], placed["sectors"], strict=True):
        field = field_of.get(sectors.split(";")[0], "")
        style = FIELD_STYLES.get(field, NO_SECTOR)
        face = style.colour if radius <= PRECISE_M else "none"
        axes.plot(x, y, MARKERS[style.shape], ms=6, mfc=face, mec=style.colour, mew=1.2, alpha=0.95)


def _neighbour_names(axes: Axes, shapes: gpd.GeoDataFrame, adcode: str) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    view = (west, south, east, north)
    for row in shapes.clip(view).itertuples():
        if row.geometry.area < 0.012 * (east - west) * (north - south):
            continue
        point = row.geometry.representative_point()
        own = row.adcode == adcode
        if not (abs(point.x - (west + east) / 2) < 0.42 * (east - west)):
            continue  # a name there would run over the edge
        axes.annotate(
            row.name,
            (point.x, point.y),
            ha="center",
            va="center",
            fontsize=10 if own else 7.5,
            color=INK if own else "#77705F",
            alpha=0.55 if own else 1.0,
            zorder=1.5 if own else 3,
        )


def _scale_and_north(axes: Axes) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    span = (east - west) / 4
    length = next(km * 1000 for km in (50, 20, 10, 5, 2, 1, 0.5) if km * 1000 <= span or km == 0.5)
    x, y = west + 0.03 * (east - west), south + 0.04 * (north - south)
    axes.add_line(Line2D([x, x + length], [y, y], color=INK, linewidth=1.5))
    axes.annotate(
        f"{length / 1000:g} km", (x, y), xytext=(0, 4), textcoords="offset points", fontsize=7
    )
    top = north - 0.03 * (north - south)
    axes.annotate(
        "N",
        (x, top),
        xytext=(x, top - 0.1 * (north - south)),
        ha="center",
        fontsize=8,
        arrowprops={"arrowstyle": "-|>", "color": INK},
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )


def structure_chart(
    canvas: Canvas, cells: pd.DataFrame, names: dict[str, str], field_of: dict[str, str], lang: str
) -> None:
    """Draw the number of firms and the location quotient with its interval, by sector.

    Only sectors with firms are drawn; quotients of fewer than five firms are hollow.
    """
    shown = cells[cells["n"] > 0].sort_values(["n", "sector"]).tail(16)
    labels = [names[sector] for sector in shown["sector"]]
    colours = [FIELD_STYLES.get(field_of[s], NO_SECTOR).colour for s in shown["sector"]]
    left, right = canvas.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": [3, 2]})
    at = np.arange(len(shown))
    left.barh(at, shown["n"], color=colours, height=0.62)
    for y, n in zip(at, shown["n"], strict=True):
        left.annotate(f"{n:g}", (n, y), xytext=(3, 0), textcoords="offset points", va="center")
    left.set_yticks(at, labels)
    left.set_xlabel("企业数（家）" if lang == "zh" else "firms")
    left.margins(x=0.12)
    top = _limit(shown)
    for y, row, colour in zip(at, shown.to_dict("records"), colours, strict=True):
        sure = row["verdict"] != "too few" and row["n"] >= MIN_FIRMS
        right.plot(
            [row["lq_low"], min(row["lq_high"], top)],
            [y, y],
            color=colour,
            linewidth=1.4,
            alpha=0.7,
        )
        if row["lq"] <= top:
            right.plot(row["lq"], y, "o", ms=4.5, mec=colour, mfc=colour if sure else "white")
    right.axvline(1, color=INK, linewidth=0.7, linestyle=(0, (3, 2)))
    right.set_xlim(0, top)
    right.set_xlabel("区位商（95% 区间）" if lang == "zh" else "quotient (95% interval)")


def _limit(shown: pd.DataFrame) -> float:
    """Return an axis limit that shows all estimates of enough firms, and at most 12."""
    sure = shown[shown["verdict"] != "too few"]
    peak = float(sure["lq_high"].max()) if len(sure) else 4.0
    return float(np.clip(np.ceil(peak), 2, 12))


def overlap_chart(canvas: Canvas, overlaps: pd.DataFrame, lang: str) -> None:
    """Draw the overlap with each neighbour, by firms and by stated priorities."""
    shown = overlaps.head(12).iloc[::-1]
    axes = canvas.add_subplot()
    at = np.arange(len(shown))
    axes.barh(
        at + 0.19, shown["overlap"], height=0.36, color=FIELD_STYLES["high_end_equipment"].colour
    )
    axes.barh(
        at - 0.19,
        shown["stated_overlap"].fillna(0),
        height=0.36,
        color="white",
        edgecolor=LINK,
        hatch="////",
        linewidth=0.8,
    )
    axes.set_yticks(at, list(shown["district"]))
    axes.set_xlim(0, 1)
    words = ("企业结构重合度", "规划重点重合度") if lang == "zh" else ("firms", "stated priorities")
    axes.legend(
        [axes.patches[0], axes.patches[-1]], words, frameon=False, loc="lower right", fontsize=8
    )
    axes.set_xlabel(
        "0 = 完全错位，1 = 完全相同" if lang == "zh" else "0 = nothing in common, 1 = the same"
    )


def growth_chart(canvas: Canvas, growth: pd.DataFrame, names: dict[str, str], lang: str) -> None:
    """Draw the cumulated number of firms registered, by year, for the five largest sectors."""
    table = growth.pivot_table(index="year", columns="sector", values="n", aggfunc="sum").fillna(0)
    table = table.reindex(range(int(table.index.min()), int(table.index.max()) + 1), fill_value=0)
    total = table.cumsum()
    order = total.iloc[-1].sort_values(ascending=False, kind="stable").index[:5]
    axes = canvas.add_subplot()
    dashes: Sequence[str | tuple[int, tuple[int, ...]]] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
    colours = [style.colour for style in FIELD_STYLES.values()]
    for i, sector in enumerate(order):
        axes.plot(
            total.index, total[sector], color=colours[i], linestyle=dashes[i], label=names[sector]
        )
    axes.legend(frameon=False, fontsize=7.5, loc="upper left")
    axes.set_ylabel("累计登记企业（家）" if lang == "zh" else "firms registered, cumulated")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


__all__ = ["district_map", "figure", "growth_chart", "is_drawn", "overlap_chart", "structure_chart"]
