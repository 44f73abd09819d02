"""The legend of a figure: theme classes, fields and sectors that occur, and how marks read."""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd

from clusteratlas.maps import style
from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.draw import MapOptions
from clusteratlas.maps.figure_marks import MARKERS, UNSURE, marker_size, placed_parks
from clusteratlas.maps.themes import Theme

_LINE: Final = 0.0215
_LEFT: Final = 0.735

_WORDS: Final = {
    "zh": {
        "sure": "位置到门址或街道",
        "unsure": "位置只到园区、乡镇、区县或城市",
        "hull": "检出集群（显著）",
        "park": "园区（虚线示意范围，点圈约九成含其位置）",
        "anchors": "重点企业与院所（数字为家数）",
        "registry": "登记企业（{n} 家）",
        "classed": "登记企业（归入产业的 {n} 家）",
        "missing": "无数据（{n} 个区县）",
        "hex": "每格企业数（家）",
        "heat": "企业密度，由低到高",
        "more": "（另有 {n} 类见网页图例）",
    },
    "en": {
        "sure": "known to site or street",
        "unsure": "known to park, township, district, city",
        "hull": "detected cluster (significant)",
        "park": "park (dashed: indicative; dotted: 90 % circle)",
        "anchors": "Named enterprises and institutes (how many)",
        "registry": "registered firms ({n})",
        "classed": "registered firms in sectors ({n})",
        "missing": "no data ({n} districts)",
        "hex": "firms per hexagon",
        "heat": "density of firms, low to high",
        "more": "({n} more in the web map)",
    },
}


class _Column:
    """A column of lines in figure coordinates, filled from the top."""

    def __init__(self, chart: Any, font: Callable[[float], Any]) -> None:
        self.axes = chart.add_axes((_LEFT, 0.075, 0.255, 0.845))
        self.axes.set_xlim(0, 1)
        self.axes.set_ylim(0, 1)
        self.axes.axis("off")
        self.font = font
        self.y = 0.985

    def room(self) -> bool:
        """Return whether there is room for another line."""
        return self.y > 0.02

    def heading(self, text: str) -> None:
        self.y -= 0.008
        # 22 Chinese characters or 44 Latin letters fit the column.
        wide = 22 if any(ord(sign) > 0x2E7F for sign in text) else 44
        for line in textwrap.wrap(text, wide):
            look = {"fontproperties": self.font(8.6), "va": "center", "color": style.INK}
            self.axes.text(0, self.y, line, **look)
            self.y -= _LINE * 1.15

    def text(
        self, text: str, *, indent: float = 0.085, size: float = 7.2, colour: str = "#333333"
    ) -> None:
        self.axes.text(
            indent, self.y, text, fontproperties=self.font(size), va="center", color=colour
        )
        self.y -= _LINE

    def mark(
        self,
        shape: str,
        colour: str,
        *,
        hollow: bool = False,
        indent: float = 0.035,
        size: float = 34,
    ) -> None:
        self.axes.scatter(
            [indent],
            [self.y],
            s=marker_size(shape, size),
            marker=MARKERS[shape],
            facecolor="white" if hollow else colour,
            edgecolor=colour if hollow else "white",
            linewidth=1.1 if hollow else 0.5,
        )

    def patch(self, colour: str, *, hatch: str = "") -> None:
        from matplotlib.patches import Rectangle

        self.axes.add_patch(
            Rectangle(
                (0.0, self.y - 0.0065),
                0.07,
                0.013,
                facecolor=colour,
                edgecolor=style.HATCH if hatch else "#777777",
                linewidth=0.4,
                hatch=hatch,
            )
        )

    def outline(self) -> None:
        from matplotlib.patches import Ellipse

        self.axes.add_patch(
            Ellipse(
                (0.035, self.y),
                0.06,
                0.014,
                facecolor="#4A596922",
                edgecolor="#4A5969",
                linewidth=1.2,
            )
        )

    def line(self, width: float) -> None:
        self.axes.plot([0, 0.07], [self.y, self.y], color=style.LINK, linewidth=width * 0.6)


def draw_legend(
    chart: Any,
    frames: MapFrames,
    placed: pd.DataFrame,
    theme: Theme,
    options: MapOptions,
    font: Callable[[float], Any],
    *,
    missing: int,
    bins: Sequence[int] = (),
) -> None:
    """Draw the legend into the right-hand column of the figure."""
    column = _Column(chart, font)
    words = _WORDS[options.lang]
    if theme.areas is not None:
        _areas(column, theme, options.lang, words, missing)
    if theme.surface:
        column.heading(words[theme.surface])
        if theme.surface == "hex":
            _bins(column, bins)
        else:
            _ramp(column)
    if theme.links:
        column.heading(theme.links_label[options.lang])
        for entry in theme.link_classes:
            column.line(entry["width"])
            column.text(entry["text"][options.lang], indent=0.1)
    if "anchors" in options.layers and (placed["origin"] == "anchor").any():
        _sectors(column, frames.sectors, placed, options.lang, words)
    _reading(column, frames, options, placed, words)


def _areas(column: _Column, theme: Theme, lang: str, words: dict[str, str], missing: int) -> None:
    areas = theme.areas or {}
    unit = (areas.get("unit") or {}).get(lang, "")
    column.heading(areas["label"][lang] + (f" ({unit})" if unit else ""))
    if areas["kind"] == "category":
        for key in areas["order"]:
            column.patch(areas["colours"][key])
            column.text(areas["names"][key][lang], indent=0.1)
    else:
        lower = areas["least"]
        for at, bound in enumerate(areas["breaks"]):
            column.patch(areas["colours"][at])
            step = 1 if areas["whole"] and at else 0
            over = "> " if at == 1 and lower == 0 and not areas["whole"] else ""
            column.text(over + range_text(lower + step, bound), indent=0.1)
            lower = bound
        column.text(areas["method"][lang], indent=0, size=6.4, colour="#666666")
    if missing:
        column.patch(style.NO_DATA, hatch="////")
        column.text(words["missing"].format(n=missing), indent=0.1)


def range_text(lower: float, upper: float) -> str:
    """Return a class as text.

    Examples
    --------
    >>> range_text(1, 4), range_text(5, 5), range_text(0.5, 1.25)
    ('1–4', '5', '0.50–1.25')
    """
    return _number(lower) if lower == upper else f"{_number(lower)}–{_number(upper)}"


def _number(value: float) -> str:
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _bins(column: _Column, bins: Sequence[int]) -> None:
    lower = 0
    for colour, bound in zip(style.ramp(len(bins)), bins, strict=True):
        column.patch(colour)
        column.text(range_text(lower + 1, bound), indent=0.1)
        lower = bound


def _ramp(column: _Column) -> None:
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("atlas", list(style.SEQUENTIAL))
    column.axes.imshow(
        np.linspace(0, 1, 128)[None, :],
        extent=(0, 0.6, column.y - 0.008, column.y + 0.008),
        aspect="auto",
        cmap=colours,
    )
    column.axes.set_xlim(0, 1)
    column.axes.set_ylim(0, 1)
    column.y -= _LINE


def _sectors(
    column: _Column, sectors: pd.DataFrame, placed: pd.DataFrame, lang: str, words: dict[str, str]
) -> None:
    """List fields with the sectors in whose sign an anchor is drawn, and how many."""
    column.text(words["anchors"], indent=0, colour="#666666")
    styles = style.sector_styles(sectors)
    first = placed.loc[placed["origin"] == "anchor", "sectors"].str.partition(";")[0]
    counts = first.value_counts()
    left = 0
    for row in sectors.to_dict("records"):
        if row["parent"] == "":
            members = sectors[sectors["parent"] == row["sector_id"]]
            total = int(counts.reindex(members["sector_id"]).fillna(0).sum())
            if total and column.room():
                column.heading(f"{row[f'name_{lang}']}  {total}")
        elif counts.get(row["sector_id"], 0):
            if not column.room():
                left += 1
                continue
            look = styles[row["sector_id"]]
            column.mark(look.shape, look.colour)
            column.text(f"{row[f'name_{lang}']}  {counts[row['sector_id']]}")
    if left:
        column.text(words["more"].format(n=left), indent=0)


def _reading(
    column: _Column,
    frames: MapFrames,
    options: MapOptions,
    placed: pd.DataFrame,
    words: dict[str, str],
) -> None:
    column.y -= 0.008
    anchors = placed[placed["origin"] == "anchor"]
    unsure = anchors["precision"].isin(UNSURE)
    for hollow, name in ((False, "sure"), (True, "unsure")):
        if "anchors" in options.layers and (unsure == hollow).any() and column.room():
            column.mark("square", "#4A5969", hollow=hollow)
            column.text(words[name])
    registered = len(placed) - len(anchors)
    if "registry" in options.layers and registered:
        column.mark("dot", "#4A5969", size=5)
        column.text(words["registry" if options.loose else "classed"].format(n=f"{registered:,}"))
    if "hulls" in options.layers and frames.clusters is not None and len(frames.clusters):
        column.outline()
        column.text(words["hull"])
    if "parks" in options.layers and len(placed_parks(frames.parks)):
        column.mark("square", style.PARK, hollow=True, size=20)
        column.text(words["park"])
