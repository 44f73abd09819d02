"""The ground of a figure: districts in their colours, the frame, names and links between places.

The projection is transverse Mercator about 123 degrees east on CGCS2000 (EPSG:4550), in which all of
official large-scale mapping of Liaoning is drawn; the scale is true within 0.1 % in the province, so
the bar measures what it says.
"""

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from clusteratlas.maps import style
from clusteratlas.maps.content import Region
from clusteratlas.maps.packing import simplify
from clusteratlas.maps.themes import Theme

FIGURE_CRS: Final = "EPSG:4550"

# Round lengths that a scale bar may have, metres.
_BARS_M: Final = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


def projected(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the districts thinned for drawing, in :data:`FIGURE_CRS`."""
    thinned = districts.set_geometry(
        gpd.GeoSeries(simplify(districts), index=districts.index, crs=districts.crs)
    )
    return thinned.to_crs(FIGURE_CRS)


def points(firms: pd.DataFrame) -> NDArray[np.float64]:
    """Return ``lon, lat`` of the firms as metres of :data:`FIGURE_CRS`, shape (n, 2)."""
    spots = gpd.GeoSeries.from_xy(firms["lon"], firms["lat"], crs="EPSG:4326").to_crs(FIGURE_CRS)
    coordinates: NDArray[np.float64] = shapely.get_coordinates(spots.to_numpy())
    return coordinates


def draw_areas(axes: Any, districts: gpd.GeoDataFrame, region: Region, theme: Theme) -> None:
    """Fill the districts as the theme says, hatched where it has no value, and draw city lines."""
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


def missing(region: Region, theme: Theme) -> int:
    """Return how many districts of the region the theme has no value for."""
    return sum(1 for code in region.adcodes if _fill(code, theme) is None)


def shape_of(axes: Any) -> float:
    """Return width over height of the axes on the paper."""
    box, (wide, tall) = axes.get_position(), axes.figure.get_size_inches()
    return float(box.width * wide / (box.height * tall))


def metres_per_point(axes: Any) -> float:
    """Return how many metres of the ground a typographic point (1/72 inch) covers."""
    left, right = axes.get_xlim()
    inches = axes.figure.get_size_inches()[0] * axes.get_position().width
    return float((right - left) / (inches * 72))


def frame(axes: Any, districts: gpd.GeoDataFrame, region: Region) -> None:
    """Set the limits so that the region fills the axes, and take ticks away."""
    west, south, east, north = districts[districts["adcode"].isin(region.adcodes)].total_bounds
    wide = shape_of(axes)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    half = max((north - south) / 2, (east - west) / 2 / wide) * 1.04
    axes.set_xlim(middle_x - half * wide, middle_x + half * wide)
    axes.set_ylim(middle_y - half, middle_y + half)
    bare(axes)


def bare(axes: Any) -> None:
    """Give the axes one scale, no ticks and a thin border."""
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#888888")
        spine.set_linewidth(0.6)


def frame_around(axes: Any, theme: Theme, spots: NDArray[np.float64], font: Any) -> None:
    """Frame the firms around a place, at least 4 km wide; draw its distance rings and lines to them."""
    lat, lon = theme.centre or (0.0, 0.0)
    middle = points(pd.DataFrame({"lon": [lon], "lat": [lat]}))[0]
    wide = shape_of(axes)
    reach = np.abs(spots - middle).max(axis=0) if len(spots) else np.zeros(2)
    half = max(2_000.0, reach[1], reach[0] / wide) * 1.08
    axes.set_xlim(middle[0] - half * wide, middle[0] + half * wide)
    axes.set_ylim(middle[1] - half, middle[1] + half)
    angle = np.linspace(0, 2 * np.pi, 181)
    for ring in theme.rings:
        x, y = middle[0] + ring * np.cos(angle), middle[1] + ring * np.sin(angle)
        axes.plot(x, y, color="#5A6572", linewidth=0.8, linestyle=(0, (4, 4)), zorder=3)
        if ring < half * 0.97:
            look = {"ha": "center", "va": "center", "fontproperties": font, "color": "#3E4753"}
            plate = {"boxstyle": "square,pad=0.2", "facecolor": "white", "linewidth": 0}
            top = middle[1] + ring
            axes.text(middle[0], top, f"{ring / 1000:g} km", bbox=plate, zorder=6, **look)
    for x, y in spots:
        axes.plot([middle[0], x], [middle[1], y], color="#5A6572", linewidth=0.4, zorder=3)


def draw_links(axes: Any, districts: gpd.GeoDataFrame, theme: Theme) -> None:
    """Draw the theme's links between districts, as wide as their class."""
    places = _places(districts)
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


def _places(districts: gpd.GeoDataFrame) -> dict[str, tuple[float, float]]:
    spots = gpd.GeoSeries.from_xy(districts["lon"], districts["lat"], crs="EPSG:4326")
    moved = shapely.get_coordinates(spots.to_crs(FIGURE_CRS).to_numpy())
    return {
        str(code): (float(x), float(y))
        for code, (x, y) in zip(districts["adcode"], moved, strict=True)
    }


def label_points(
    districts: gpd.GeoDataFrame, region: Region, *, within: tuple[float, ...] | None = None
) -> list[tuple[str, float, float, bool]]:
    """Return names with their places: cities first on a map of several cities, then districts.

    With ``within`` (west, south, east, north in metres) only districts in that box are named, each
    in the middle of what shows of it.
    """
    if within is not None:
        return _labels_within(districts, region, within)
    places = _places(districts)
    inside = districts[districts["adcode"].isin(region.adcodes)]
    labels: list[tuple[str, float, float, bool]] = []
    if inside["city"].nunique() > 1:
        for name, rows in inside.groupby("city", sort=False):
            spot = rows.union_all().representative_point()
            labels.append((str(name), spot.x, spot.y, True))
    for code, name in zip(inside["adcode"], inside["name"], strict=True):
        labels.append((str(name), *places[str(code)], False))
    return labels


def draw_scale_bar(axes: Any, font: Any) -> tuple[float, float, float, float]:
    """Draw a bar of a round length in the lower right corner; return the box that names keep off."""
    from matplotlib import patheffects

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
        fontproperties=font,
        zorder=9,
        path_effects=[patheffects.withStroke(linewidth=2, foreground="white")],
    )
    top_m = font.get_size() * 1.3 * metres_per_point(axes)
    return (x, y, x + length, y + tall * 1.8 + top_m)


def neighbour_points(
    districts: gpd.GeoDataFrame, region: Region, within: tuple[float, ...]
) -> list[tuple[str, float, float, bool]]:
    """Return the names of the districts around a region, each in the middle of what shows of it."""
    return _names_in(districts[~districts["adcode"].isin(region.adcodes)], within)


def _labels_within(
    districts: gpd.GeoDataFrame, region: Region, within: tuple[float, ...]
) -> list[tuple[str, float, float, bool]]:
    return _names_in(districts[districts["adcode"].isin(region.adcodes)], within)


def _names_in(
    districts: gpd.GeoDataFrame, within: tuple[float, ...]
) -> list[tuple[str, float, float, bool]]:
    window = shapely.box(*within)
    parts = districts.set_index("name").geometry
    parts = parts.intersection(window)
    # Slivers at the edge are not worth a name.
    parts = parts[parts.area > window.area * 0.03]
    middles = parts.iloc[parts.area.argsort()[::-1]].representative_point()
    return [(str(name), spot.x, spot.y, False) for name, spot in middles.items()]
