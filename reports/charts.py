"""Charts of the report, drawn with matplotlib as vector graphics in the shared palette."""

import io
from collections.abc import Callable, Sequence
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ticker import MaxNLocator

from clusteratlas.analysis.structure import MIN_FIRMS
from clusteratlas.maps.fonts import FONT_FAMILY, font_path
from clusteratlas.maps.style import DISTRICT_LINE, FIELD_STYLES, INK, LINK, NO_SECTOR
from clusteratlas.reports.blocks import Figure


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


def structure_chart(
    canvas: Canvas, cells: pd.DataFrame, names: dict[str, str], field_of: dict[str, str], lang: str
) -> None:
    """Draw the number of firms and the location quotient with its interval, by sector.

    Only sectors with firms are drawn; quotients of fewer than five firms are hollow, what lies
    beyond the axis is an arrow.
    """
    shown = cells[cells["n"] > 0].sort_values(["n", "sector"]).tail(MOST_SECTORS)
    labels = [names[sector] for sector in shown["sector"]]
    colours = [FIELD_STYLES.get(field_of[s], NO_SECTOR).colour for s in shown["sector"]]
    left, right = canvas.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": [3, 2]})
    at = np.arange(len(shown))
    left.barh(at, shown["n"], color=colours, height=0.62)
    for y, n in zip(at, shown["n"], strict=True):
        left.annotate(f"{n:g}", (n, y), xytext=(3, 0), textcoords="offset points", va="center")
    left.set_yticks(at, labels)
    left.set_xlabel("企业数（家）" if lang == "zh" else "firms")
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.margins(x=0.12)
    limit = quotient_limit(shown)
    for y, row, colour in zip(at, shown.to_dict("records"), colours, strict=True):
        sure = row["verdict"] != "too few" and row["n"] >= MIN_FIRMS
        _quotient(
            right, float(y), (row["lq"], row["lq_low"], row["lq_high"]), limit, (colour, sure)
        )
    right.axvline(1, color=INK, linewidth=0.7, linestyle=(0, (3, 2)))
    right.set_xlim(0, limit)
    right.set_xlabel("区位商（95% 区间）" if lang == "zh" else "quotient (95% interval)")


def _quotient(
    axes: Axes, y: float, found: tuple[float, float, float], limit: float, look: tuple[str, bool]
) -> None:
    """Draw an estimate with its interval; what lies beyond the limit is an arrow with the number."""
    (value, low, high), (colour, sure) = found, look
    if not np.isfinite(value):
        return
    axes.plot([min(low, limit), min(high, limit)], [y, y], color=colour, linewidth=1.4, alpha=0.7)
    if high > limit:
        axes.plot(limit, y, ">", ms=4, color=colour, alpha=0.7, clip_on=False)
    if value <= limit:
        axes.plot(value, y, "o", ms=4.5, mec=colour, mfc=colour if sure else "white")
        return
    axes.annotate(
        f"{value:.1f}",
        (limit, y),
        xytext=(-7, 3),
        textcoords="offset points",
        ha="right",
        fontsize=7,
    )


MOST_SECTORS: Final = 16
"""Sectors drawn, those of most firms; the table below the chart has all."""

LIMITS: Final = (2.0, 12.0, 20.0)
"""Axis of quotients: shortest; how far it follows an interval; how far an estimate."""


def quotient_limit(shown: pd.DataFrame) -> float:
    """Return an axis limit that shows the estimates, those of enough firms before all others.

    Parameters
    ----------
    shown
        ``n, lq, lq_high, verdict`` of the sectors drawn. Estimates of too few firms stretch the axis
        to 12 at most, others to 20.
    """
    shortest, intervals, estimates = LIMITS
    finite = shown[np.isfinite(shown["lq"])]
    sure = (finite["verdict"] != "too few") & (finite["n"] >= MIN_FIRMS)
    reach = np.where(sure, estimates, intervals)
    needed = np.minimum(finite["lq"].to_numpy() * 1.1, reach)
    wished = np.minimum(finite["lq_high"].to_numpy(), intervals)[sure.to_numpy()]
    return float(np.ceil(max([shortest, *needed, *wished])))


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
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


__all__ = [
    "MOST_SECTORS",
    "figure",
    "growth_chart",
    "overlap_chart",
    "quotient_limit",
    "structure_chart",
]
