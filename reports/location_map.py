"""The map of a report: the district among its neighbours, its parks, anchors and registered firms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from clusteratlas.maps.figure_marks import MARKERS, UNSURE, placed_parks
from clusteratlas.maps.style import DISTRICT_LINE, FIELD_STYLES, INK, LAND, NO_SECTOR, PARK

MAX_DRAWN_FIRMS: Final = 4_000
"""Registered firms drawn as dots; more would hide the anchors."""

DOT_M: Final = 3_000.0
"""Up to this error radius a registered firm is drawn as a dot."""


@dataclass(frozen=True)
class Located:
    """What the map shows of a district.

    Parameters
    ----------
    anchors, firms
        ``lon, lat, radius_m, precision, sectors``; unplaced ones are not drawn.
    parks
        ``name``, ``radius_m`` and geometry, EPSG:4326; those without a place are not drawn.
    """

    anchors: pd.DataFrame
    firms: pd.DataFrame
    parks: gpd.GeoDataFrame


def district_map(
    canvas: Canvas,
    districts: gpd.GeoDataFrame,
    adcode: str,
    located: Located,
    field_of: Mapping[str, str],
) -> None:
    """Draw the district among its neighbours with what stands in it, to scale, north up.

    Parameters
    ----------
    districts
        All districts, EPSG:4326.
    located
        What is drawn. Anchors known to a park, township or district only are hollow, as on the
        maps.
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
    parks = placed_parks(located.parks).to_crs(shapes.crs)
    _parks(axes, parks)
    _dots(axes, located.firms, own)
    _anchor_marks(axes, located.anchors, own, field_of)
    _district_names(axes, shapes, adcode, parks)
    _scale_and_north(axes)


def dotted(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the registered firms that are placed well enough for a dot; see :data:`DOT_M`."""
    return firms[firms["lon"].notna() & firms["radius_m"].le(DOT_M)]


def is_drawn(anchors: pd.DataFrame) -> pd.Series:
    """Return which anchors the map shows: those placed finer than a district."""
    return anchors["lon"].notna() & ~anchors["precision"].isin(["district", "city", "none"])


def _local_crs(own: gpd.GeoDataFrame) -> str:
    lon, lat = float(own["lon"].iloc[0]), float(own["lat"].iloc[0])
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"


def _project(points: pd.DataFrame, own: gpd.GeoDataFrame) -> np.ndarray:
    placed = gpd.GeoSeries.from_xy(points["lon"], points["lat"], crs="EPSG:4326")
    local = placed.to_crs(_local_crs(own))
    return np.column_stack([local.x, local.y])


def _dots(axes: Axes, firms: pd.DataFrame, own: gpd.GeoDataFrame) -> None:
    placed = dotted(firms)
    if placed.empty:
        return
    if len(placed) > MAX_DRAWN_FIRMS:
        placed = placed.sample(MAX_DRAWN_FIRMS, random_state=0)
    xy = _project(placed, own)
    axes.scatter(xy[:, 0], xy[:, 1], s=2.5, color=NO_SECTOR.colour, alpha=0.45, linewidths=0)


def _anchor_marks(
    axes: Axes, anchors: pd.DataFrame, own: gpd.GeoDataFrame, field_of: Mapping[str, str]
) -> None:
    placed = anchors[is_drawn(anchors)]
    if placed.empty:
        return
    xy = _project(placed, own)
    hollow = placed["precision"].isin(UNSURE)
    for (x, y), unsure, sectors in zip(xy, hollow, placed["sectors"], strict=True):
        field = field_of.get(sectors.split(";")[0], "")
        style = FIELD_STYLES.get(field, NO_SECTOR)
        face = "white" if unsure else style.colour
        axes.plot(x, y, MARKERS[style.shape], ms=6, mfc=face, mec=style.colour, mew=1.2, zorder=3)


def _parks(axes: Axes, parks: gpd.GeoDataFrame) -> None:
    """Draw parks with their names; those on one spot share a mark."""
    if parks.empty:
        return
    points = parks[parks.geometry.geom_type == "Point"]
    areas = parks[parks.geometry.geom_type != "Point"].geometry
    rough = points[points["radius_m"].notna()]
    circles = rough.geometry.buffer(rough["radius_m"].astype(float))
    for shapes, line in ((areas, "--"), (circles, ":")):
        if len(shapes):
            shapes.plot(
                ax=axes, facecolor=PARK + "12", edgecolor=PARK, linewidth=0.7, linestyle=line
            )
    spots = parks.geometry.representative_point()
    halo = [patheffects.withStroke(linewidth=2, foreground="white")]
    shared: dict[tuple[float, float], list[str]] = {}
    for spot, name in zip(spots, parks["name"], strict=True):
        shared.setdefault((round(spot.x), round(spot.y)), []).append(str(name))
    for at, names in shared.items():
        axes.plot(*at, "s", ms=5, mfc="white", mec=PARK, mew=1.2)
        look: dict[str, Any] = {"fontsize": 7, "color": PARK, "path_effects": halo, "zorder": 4}
        axes.annotate(
            "\n".join(names),
            at,
            xytext=(0, -6),
            textcoords="offset points",
            ha="center",
            va="top",
            **look,
        )


def _district_names(
    axes: Axes, shapes: gpd.GeoDataFrame, adcode: str, parks: gpd.GeoDataFrame
) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    view = (west, south, east, north)
    spots = parks.geometry.representative_point()
    for row in shapes.clip(view).itertuples():
        if row.geometry.area < 0.012 * (east - west) * (north - south):
            continue
        point = row.geometry.representative_point()
        own = row.adcode == adcode
        if not (abs(point.x - (west + east) / 2) < 0.42 * (east - west)):
            continue  # a name there would run over the edge
        # A name steps up where a park's mark stands on its place.
        covered = spots.distance(point) < 0.04 * (east - west)
        axes.annotate(
            row.name,
            (point.x, point.y),
            xytext=(0, 13 if covered.any() else 0),
            textcoords="offset points",
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


__all__ = ["Located", "district_map", "dotted", "is_drawn"]
