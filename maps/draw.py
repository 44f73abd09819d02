"""Draw a single-file map: frames and a theme in, a folium map or an HTML file out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.files import write_whole
from clusteratlas.geo.datum import convert
from clusteratlas.maps import style
from clusteratlas.maps.basemaps import TileSource, tile_sources
from clusteratlas.maps.content import MapFrames, Region, find_region
from clusteratlas.maps.packing import (
    Shift,
    add_clusters,
    add_districts,
    add_firms,
    add_parks,
    firm_details,
    keep,
    order_firms,
    pinyin_readings,
    unplaced,
)
from clusteratlas.maps.page import AtlasLayers, inline_assets, render_page
from clusteratlas.maps.payload import PayloadWriter
from clusteratlas.maps.themes import Theme, theme_section

MAX_ZOOM: Final = 18

SOURCE: Final = {
    "zh": "辽政发〔2015〕25号等政策文件、企业公开登记与公开资料；行政区划为简化边界",
    "en": "Policy documents (辽政发〔2015〕25号 and others), public registrations;"
    " simplified boundaries",
}
NOTE: Final = {
    "zh": "标记位于记录的位置，未作散开处理；空心标记只知所在园区、乡镇、区县或城市，点选显示误差圆。"
    "界线示意，不作划界依据。",
    "en": "Marks stand where the record says and are never spread out; hollow marks are known to a"
    " park, township, district or city only, a click draws the circle of error. Boundaries are"
    " indicative.",
}


@dataclass(frozen=True)
class MapOptions:
    """How a map looks, apart from its data.

    Parameters
    ----------
    title, subtitle
        Words in ``zh`` and ``en``.
    lang
        Language in which the page opens; a button switches it.
    basemap
        ``none``, ``tianditu``, ``amap`` or ``osm``.
    approval_number
        审图号 of the operator; "" leaves the line out.
    layers
        Layers that are on at first: ``anchors, registry, hulls (detected clusters), parks, names,
        links, surface``.
    loose
        Whether registered firms of no sector are shown at first; a box switches them.
    drawn_on
        Date printed on the map; today by default.
    """

    title: Mapping[str, str]
    subtitle: Mapping[str, str] | None = None
    lang: str = "zh"
    basemap: str = "none"
    tianditu_key: str = ""
    approval_number: str = ""
    layers: Sequence[str] = ("anchors", "registry", "hulls", "parks", "names", "links", "surface")
    loose: bool = False
    drawn_on: date | None = None


def draw_map(
    frames: MapFrames,
    options: MapOptions,
    *,
    region: Region | None = None,
    theme: Theme | None = None,
) -> folium.Map:
    """Return a folium map whose page needs nothing from outside (but tiles, if asked for).

    Parameters
    ----------
    frames
        What to draw, already narrowed (:func:`clusteratlas.maps.content.select`).
    region
        The part of the province that is in view; the whole by default.
    theme
        District values, links, density and so on.

    Raises
    ------
    InputError
        If the language or base map is unknown, or Tianditu has no key.
    """
    if options.lang not in {"zh", "en"}:
        raise InputError(f"language {options.lang!r}; expected zh or en")
    sources = tile_sources(options.basemap, tianditu_key=options.tianditu_key)
    area = region or find_region(frames.districts)
    writer = pack(frames, options, area, theme or Theme(), sources)
    chart = _blank_map(frames, area, fractional=not sources)
    for source in sources:
        _tiles(source).add_to(chart)
    AtlasLayers(writer.pack()).add_to(chart)
    inline_assets(chart)
    return chart


def map_html(
    frames: MapFrames,
    options: MapOptions,
    *,
    region: Region | None = None,
    theme: Theme | None = None,
) -> str:
    """Return the map of :func:`draw_map` as the text of a single HTML file."""
    chart = draw_map(frames, options, region=region, theme=theme)
    sources = tile_sources(options.basemap, tianditu_key=options.tianditu_key)
    hosts = [host for source in sources for host in source.hosts]
    return render_page(chart, title=options.title[options.lang], lang=options.lang, hosts=hosts)


def save_map(
    path: Path,
    frames: MapFrames,
    options: MapOptions,
    *,
    region: Region | None = None,
    theme: Theme | None = None,
) -> int:
    """Write the map as one HTML file, whole or not at all, and return its size in bytes."""
    content = map_html(frames, options, region=region, theme=theme).encode("utf-8")
    write_whole(path, content)
    return len(content)


def pack(
    frames: MapFrames,
    options: MapOptions,
    region: Region,
    theme: Theme,
    sources: Sequence[TileSource] = (),
) -> PayloadWriter:
    """Return the sections of the page, not yet compressed."""
    shift = _shift(sources)
    placed, lost = order_firms(frames.enterprises)
    writer = PayloadWriter()
    section = theme_section(theme, region.adcodes)
    if section and theme.centre:
        lon, lat = shift(np.array([theme.centre[1]]), np.array([theme.centre[0]]))
        section["centre"] = [float(lat[0]), float(lon[0])]
    writer.add_json(
        "config", _config(frames, options, region, section, based=bool(sources), shift=shift)
    )
    add_districts(writer, frames.districts, region.adcodes, shift)
    add_firms(writer, placed, frames, shift)
    add_parks(writer, frames.parks, frames.mentions, shift)
    add_clusters(writer, frames.clusters, shift)
    writer.add_json("details", firm_details(placed, frames.mentions, (theme.firm_notes)))
    writer.add_json("unplaced", unplaced(lost, frames.parks))
    writer.add_json("pinyin", pinyin_readings(_searched(frames, placed, lost)))
    return writer


def _searched(frames: MapFrames, placed: pd.DataFrame, lost: pd.DataFrame) -> list[str]:
    """Return every name that the page's search looks at."""
    anchors = placed.loc[placed["origin"] == "anchor"]
    columns = [
        placed["name"],
        anchors["aliases"],
        anchors["legal_name"],
        lost["name"],
        lost["aliases"],
        frames.parks["name"],
        frames.parks["aliases"].fillna(""),
        frames.districts["name"],
        frames.districts["aliases"].fillna(""),
        frames.sectors["name_zh"],
    ]
    return [str(name) for column in columns for name in column.tolist()]


def _shift(sources: Sequence[TileSource]) -> Shift:
    datum = sources[0].datum if sources else "wgs84"
    if datum == "wgs84":
        return keep

    def moved(
        lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return convert(lon, lat, source="wgs84", target=datum)

    return moved


def _config(
    frames: MapFrames,
    options: MapOptions,
    region: Region,
    theme: dict[str, Any] | None,
    *,
    based: bool,
    shift: Shift,
) -> dict[str, Any]:
    return {
        "lang": options.lang,
        "title": dict(options.title),
        "subtitle": dict(options.subtitle or {}),
        "based": based,
        "bounds": _bounds(frames, region, shift),
        "date": (options.drawn_on or date.today()).isoformat(),
        "source": SOURCE,
        "note": NOTE,
        "approval": options.approval_number,
        "layers": list(options.layers),
        "loose": options.loose,
        "fields": legend_fields(frames.sectors),
        "theme": theme,
        "style": {
            "land": style.LAND,
            "noData": style.NO_DATA,
            "hatch": style.HATCH,
            "districtLine": style.DISTRICT_LINE,
            "cityLine": style.CITY_LINE,
            "park": style.PARK,
            "link": style.LINK,
            "ramp": list(style.SEQUENTIAL),
            "noSector": {"colour": style.NO_SECTOR.colour, "shape": style.NO_SECTOR.shape},
        },
    }


def legend_fields(sectors: pd.DataFrame) -> list[dict[str, Any]]:
    """Return fields with their sectors, names in both languages, colours, shapes and numerals."""
    styles = style.sector_styles(sectors)
    fields = []
    for row in sectors[sectors["parent"] == ""].to_dict("records"):
        look = style.FIELD_STYLES.get(row["sector_id"], style.NO_SECTOR)
        members = sectors[sectors["parent"] == row["sector_id"]].to_dict("records")
        fields.append(
            {
                "id": row["sector_id"],
                "name": {"zh": row["name_zh"], "en": row["name_en"]},
                "colour": look.colour,
                "shape": look.shape,
                "sectors": [
                    {
                        "id": member["sector_id"],
                        "name": {"zh": member["name_zh"], "en": member["name_en"]},
                        "colour": styles[member["sector_id"]].colour,
                        "numeral": styles[member["sector_id"]].numeral,
                    }
                    for member in members
                ],
            }
        )
    return fields


def _bounds(frames: MapFrames, region: Region, shift: Shift) -> list[list[float]]:
    inside = frames.districts[frames.districts["adcode"].isin(region.adcodes)]
    west, south, east, north = inside.total_bounds
    lon, lat = shift(np.array([west, east]), np.array([south, north]))
    return [[float(lat[0]), float(lon[0])], [float(lat[1]), float(lon[1])]]


def _blank_map(frames: MapFrames, region: Region, *, fractional: bool) -> folium.Map:
    (south, west), (north, east) = _bounds(frames, region, keep)
    chart = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=7,
        min_zoom=6,
        max_zoom=MAX_ZOOM,
        zoom_control=False,
        maxZoom=MAX_ZOOM,
        # Without tiles any zoom is sharp, and a finer step fits a district to the window.
        zoomSnap=0.25 if fractional else 1,
        zoomDelta=0.5 if fractional else 1,
    )
    # A fixed name instead of a random one: the same input gives the same file.
    chart._id = "atlas"
    return chart


def _tiles(source: TileSource) -> folium.TileLayer:
    return folium.TileLayer(
        tiles=source.url,
        attr=source.attribution,
        max_zoom=MAX_ZOOM,
        control=False,
        subdomains=source.subdomains or "abc",
    )
