"""The stagger analysis as a picture: heat map of the overlaps, and the network of the most alike."""

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Canvas

from clusteratlas.analysis.stagger import StaggerResult
from clusteratlas.analysis.tables import VERDICTS_ZH
from clusteratlas.errors import InputError
from clusteratlas.files import whole_file
from clusteratlas.maps.names import english_name
from clusteratlas.maps.style import INK, LAND, LINK, NO_DATA, SEQUENTIAL
from clusteratlas.maps.themes import LINKS_MAX
from clusteratlas.reports.charts import chinese_style
from clusteratlas.reports.sentences import percent

FORMATS: Final = (".png", ".svg", ".pdf")
SHOWN_PAIRS: Final = 0.25
"""Share of the pairs drawn as links, the most alike first: all of them would be a felt of lines."""


def save_stagger_figure(
    result: StaggerResult, region: gpd.GeoDataFrame, path: Path, *, title: str, lang: str = "zh"
) -> None:
    """Draw heat map and network of a region into a PNG (300 dpi), SVG or PDF, whole or not at all.

    Parameters
    ----------
    result
        From :func:`clusteratlas.analysis.profile.region_stagger`.
    region
        Its districts: ``adcode, name, city``.
    title
        Name of the region.

    Raises
    ------
    InputError
        If the name ends in something else, or no two districts can be compared.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"cannot draw {path.name}: allowed are {', '.join(FORMATS)}")
    if result.pairs.empty:
        raise InputError(f"{title}: no two districts have firms to compare, so there is no picture")
    with mpl.rc_context(chinese_style()), whole_file(path) as temporary:
        canvas = Canvas(figsize=(11.6, 5.6), layout="constrained")
        left, right = canvas.subplots(1, 2, gridspec_kw={"width_ratios": [1.1, 1]})
        names = _names(region, lang)
        _heat_map(left, overlap_matrix(result), names, lang)
        _network(right, result, names, lang)
        canvas.suptitle(_headline(result, title, lang), fontsize=11)
        canvas.savefig(temporary, format=path.suffix.lower()[1:], dpi=300, metadata=_undated(path))


def _names(region: gpd.GeoDataFrame, lang: str) -> pd.Series:
    """Return names by code; one that several districts have carries its city (鞍山铁西区)."""
    places = region.set_index("adcode")
    if lang != "zh":
        places = places.assign(
            name=places["name"].map(english_name), city=places["city"].map(english_name)
        )
    shared = places["name"].duplicated(keep=False)
    full = places["city"].str.removesuffix("市") + ("" if lang == "zh" else " ") + places["name"]
    return pd.Series(places["name"].where(~shared, full))


def overlap_matrix(result: StaggerResult) -> pd.DataFrame:
    """Return the overlaps of the compared pairs, symmetric, the most alike districts first.

    NaN for pairs that are not neighbours or lack firms, and on the diagonal.
    """
    pairs = result.pairs
    both = pd.concat([pairs, pairs.rename(columns={"a": "b", "b": "a"})])
    table = both.pivot_table(index="a", columns="b", values="overlap", aggfunc="first")
    order = table.mean(axis=1).sort_values(ascending=False, kind="stable").index
    return table.reindex(index=order, columns=order)


def _headline(result: StaggerResult, title: str, lang: str) -> str:
    if lang == "zh":
        words = VERDICTS_ZH.get(result.verdict, "")
        tail = f"（{words}）" if result.verdict else ""
        return f"{title}　错位指数 {result.index:.2f}{tail}"
    tail = f" ({result.verdict})" if result.verdict else ""
    return f"{title}: stagger index {result.index:.2f}{tail}"


def _heat_map(axes: Axes, table: pd.DataFrame, names: pd.Series, lang: str) -> None:
    colours = LinearSegmentedColormap.from_list("overlap", SEQUENTIAL).with_extremes(bad=NO_DATA)
    axes.imshow(np.ma.masked_invalid(table.to_numpy()), cmap=colours, vmin=0, vmax=1)
    labels = [str(names.get(code, code)) for code in table.index]
    size = 8 if len(labels) <= 20 else 4
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=size)
    axes.set_yticks(range(len(labels)), labels, fontsize=size)
    axes.tick_params(length=0)
    if len(labels) <= 20:
        for (row, column), value in np.ndenumerate(table.to_numpy()):
            if np.isfinite(value):
                shade = "white" if value > 0.55 else INK
                axes.text(
                    column, row, percent(value), ha="center", va="center", fontsize=6.5, color=shade
                )
    title = "重合度：产业结构相同的部分" if lang == "zh" else "Overlap: what their structures share"
    axes.set_title(title, fontsize=9)
    axes.spines[:].set_visible(False)


def _network(axes: Axes, result: StaggerResult, names: pd.Series, lang: str) -> None:
    """Draw the districts on a circle, the most alike joined: on a map the inner city would be a knot."""
    codes = list(overlap_matrix(result).index)
    angle = np.pi / 2 - 2 * np.pi * np.arange(len(codes)) / len(codes)
    place = dict(zip(codes, np.column_stack([np.cos(angle), np.sin(angle)]), strict=True))
    quarter = int(np.ceil(SHOWN_PAIRS * len(result.pairs)))
    shown = result.pairs.head(min(quarter, LINKS_MAX))
    least = float(shown["overlap"].min())
    spread = max(float(shown["overlap"].max()) - least, 1e-9)
    for row in shown.iloc[::-1].to_dict("records"):
        share = (row["overlap"] - least) / spread
        ends = np.array([place[row["a"]], place[row["b"]]])
        axes.plot(
            ends[:, 0],
            ends[:, 1],
            color=LINK,
            linewidth=0.6 + 3.4 * share,
            alpha=0.35 + 0.5 * share,
        )
    totals = result.districts["total"].reindex(codes)
    sizes = 30 + 270 * totals / totals.max()
    spots = np.array([place[code] for code in codes])
    axes.scatter(
        spots[:, 0], spots[:, 1], s=sizes, color=LAND, edgecolor=INK, linewidth=1.0, zorder=3
    )
    size = 8.5 if len(codes) <= 20 else 4
    for code, (x, y) in place.items():
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        axes.text(
            1.13 * x, 1.11 * y, str(names.get(code, code)), ha=side, va="center", fontsize=size
        )
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(_network_title(quarter, lang), fontsize=9)


def _network_title(quarter: int, lang: str) -> str:
    if lang == "zh":
        which = "四分之一" if quarter <= LINKS_MAX else f" {LINKS_MAX} 对"
        return f"最相近的{which}（线越粗越相近，圆越大企业越多）"
    which = "quarter" if quarter <= LINKS_MAX else f"{LINKS_MAX} pairs"
    return f"The most alike {which} (thicker = more alike, larger = more firms)"


def _undated(path: Path) -> dict[str, Any]:
    """Return metadata without the date of making, which would make every file differ."""
    kind = path.suffix.lower()
    return {} if kind == ".png" else {"CreationDate" if kind == ".pdf" else "Date": None}
