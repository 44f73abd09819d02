"""Turn the frames of a map into the sections that the page reads (see ``assets/atlas-data.js``)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.names import label_name
from clusteratlas.maps.payload import PayloadWriter, quantise
from clusteratlas.maps.sources import source_text

# Outlines are thinned to what a screen shows: triangles smaller than the square of this side go.
# Leaflet projects every vertex anew at each zoom, and the province has 100 outlines.
OUTLINE_TOLERANCE_DEG: Final = 0.0005
PROVINCE_TOLERANCE_DEG: Final = 0.001

# The page's marks for "no sector" and "no district".
NO_SECTOR: Final = 255
NO_DISTRICT: Final = 65_535
_CLAUSES_MAX: Final = 12
_YEAR_ZERO: Final = 1900

Shift = Callable[
    [NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
]
"""Moves WGS-84 longitudes and latitudes onto the datum of the base map."""


def keep(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates as they are: base maps in WGS-84 or CGCS2000, and none at all."""
    return lon, lat


def order_firms(firms: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split firms into those with a position, anchors first and neighbours together, and the rest."""
    placed = firms["lon"].notna().to_numpy() & firms["lat"].notna().to_numpy()
    located = firms[placed]
    anchors = (located["origin"] == "anchor").to_numpy()
    # Along the Z-order curve neighbours follow each other, which is what delta coding lives on.
    curve = _z_order(located["lon"].to_numpy(), located["lat"].to_numpy())
    order = np.lexsort((curve, ~anchors))
    return located.iloc[order].reset_index(drop=True), firms[~placed].reset_index(drop=True)


def _z_order(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint64]:
    code = np.zeros(len(lon), dtype=np.uint64)
    x = np.clip((lon + 180) / 360 * 2**26, 0, 2**26 - 1).astype(np.uint64)
    y = np.clip((lat + 90) / 180 * 2**26, 0, 2**26 - 1).astype(np.uint64)
    for bit in range(26):
        place = np.uint64(bit)
        code |= ((x >> place) & np.uint64(1)) << np.uint64(2 * bit)
        code |= ((y >> place) & np.uint64(1)) << np.uint64(2 * bit + 1)
    return code


def add_firms(writer: PayloadWriter, firms: pd.DataFrame, frames: MapFrames, shift: Shift) -> None:
    """Add the located firms, in the order of :func:`order_firms`."""
    lon, lat = shift(firms["lon"].to_numpy(), firms["lat"].to_numpy())
    writer.add_delta("firm.lon", quantise(lon))
    writer.add_delta("firm.lat", quantise(lat))
    writer.add_json("firm.anchors", int((firms["origin"] == "anchor").sum()))
    sector_ids = frames.sectors.loc[frames.sectors["parent"] != "", "sector_id"].tolist()
    mask, lead = sector_bits(firms["sectors"], sector_ids)
    writer.add_unsigned("firm.mask", mask, "u32")
    writer.add_unsigned("firm.lead", lead, "u8")
    writer.add_unsigned("firm.radius", np.nan_to_num(firms["radius_m"].to_numpy()), "u32")
    writer.add_unsigned("firm.year", _years(firms["registered"]), "u8")
    writer.add_unsigned("firm.capital", np.nan_to_num(firms["capital"].to_numpy()), "u32")
    writer.add_codes("firm.precision", firms["precision"])
    writer.add_unsigned("firm.area", _area_index(firms["adcode"], frames.districts), "u16")
    writer.add_codes("firm.district", firms["city"].str.cat(firms["district"], sep=" "))
    writer.add_text("firm.name", firms["name"])
    writer.add_text("firm.address", firms["address"])


def sector_bits(
    sectors: pd.Series, sector_ids: list[str]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return a bit mask of each firm's sectors and the number of its first one.

    Parameters
    ----------
    sectors
        ``;``-separated sector ids, best first; ids that nobody knows are left out.
    sector_ids
        At most 31 ids; the place in the list is the bit, and the bit after the last one means none.
    """
    number = {sector_id: place for place, sector_id in enumerate(sector_ids)}
    codes, distinct = pd.factorize(sectors)
    masks = np.zeros(len(distinct), dtype=np.uint32)
    leads = np.full(len(distinct), NO_SECTOR, dtype=np.uint8)
    for at, text in enumerate(distinct):
        bits = [number[sector] for sector in str(text).split(";") if sector in number]
        masks[at] = sum(1 << bit for bit in set(bits)) if bits else 1 << len(sector_ids)
        if bits:
            leads[at] = bits[0]
    return masks[codes], leads[codes]


def _years(registered: pd.Series) -> NDArray[np.int64]:
    """Return years since 1900; 0 is unknown."""
    codes, distinct = pd.factorize(registered.str[:4])
    years = np.array(
        [int(text) - _YEAR_ZERO if str(text).isdigit() else 0 for text in distinct], dtype=np.int64
    )
    return (
        np.where((years > 0) & (years < 200), years, 0)[codes]
        if len(years)
        else np.zeros(0, dtype=np.int64)
    )


def _area_index(adcodes: pd.Series, districts: gpd.GeoDataFrame) -> NDArray[np.int64]:
    place = {code: at for at, code in enumerate(districts["adcode"])}
    return adcodes.map(place).fillna(NO_DISTRICT).to_numpy(dtype=np.int64)


def firm_details(
    firms: pd.DataFrame,
    mentions: pd.DataFrame,
    notes: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return what the cards say beyond the columns, by row number as text.

    Anchors have all their particulars; other firms only what ``notes`` holds under their id.
    """
    clauses = clauses_by(mentions, "enterprise_id")
    details: dict[str, dict[str, Any]] = {}
    anchors = firms[firms["origin"] == "anchor"]
    for at, row in enumerate(anchors.to_dict("records")):
        detail: dict[str, Any] = {
            "kind": row["kind"],
            "legal_name": row["legal_name"],
            "aliases": _listed(row["aliases"]),
            "products": _listed(row["products"]),
            "zone": row["zone"],
            "coord_source": source_text(row["coord_source"]) if row["coord_source"] else "",
            "status": row["status"],
            "note": row["note"],
            "clauses": clauses.get(row["enterprise_id"], []),
        }
        details[str(at)] = {key: value for key, value in detail.items() if value}
    if notes:
        for at, enterprise_id in enumerate(firms["enterprise_id"]):
            if enterprise_id in notes:
                details.setdefault(str(at), {}).update(notes[enterprise_id])
    return details


def _listed(text: str) -> str:
    return "；".join(filter(None, text.split(";")))


def clauses_by(mentions: pd.DataFrame, key: str) -> dict[str, list[dict[str, Any]]]:
    """Return the clauses that name each enterprise or park, at most twelve each, by its id."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    if key not in mentions.columns:
        return grouped
    named = mentions[mentions[key].fillna("") != ""]
    for row in named.to_dict("records"):
        listed = grouped.setdefault(str(row[key]), [])
        if len(listed) < _CLAUSES_MAX:
            listed.append(
                {
                    "document": DOCUMENT_TITLES.get(
                        str(row.get("document", "")), str(row.get("document", ""))
                    ),
                    "section": str(row.get("section") or ""),
                    "line": _whole(row.get("line")),
                    "text": str(row.get("text") or ""),
                }
            )
    return grouped


DOCUMENT_TITLES: Final = {
    "liaoning-2015-25": "辽政发〔2015〕25号",
    "shenyang-emerging-industries-opinion": "沈阳市战略性新兴产业实施意见",
}
"""Titles under which documents are quoted, by their id."""


def _whole(value: Any) -> int | None:
    """Return a line number, None where the column is empty or text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def unplaced(firms: pd.DataFrame, parks: gpd.GeoDataFrame) -> list[dict[str, str]]:
    """Return names and cities of what has no position, so that the map says what it leaves out."""
    lost = parks[parks.geometry.isna() | parks.geometry.is_empty]
    rows: list[dict[str, str]] = []
    for table in (firms, pd.DataFrame(lost.drop(columns=lost.geometry.name))):
        columns = [table[name].fillna("").astype(str) for name in ("name", "city", "aliases")]
        rows += [
            {"name": name, "city": city, "aliases": aliases}
            for name, city, aliases in zip(*columns, strict=True)
        ]
    return rows


def add_districts(
    writer: PayloadWriter, districts: gpd.GeoDataFrame, inside: tuple[str, ...], shift: Shift
) -> None:
    """Add districts with their outlines, and cities as the union of theirs."""
    whole = len(inside) == len(districts)
    outlines = simplify(districts, PROVINCE_TOLERANCE_DEG if whole else OUTLINE_TOLERANCE_DEG)
    lon, lat = shift(
        districts["lon"].to_numpy(dtype=np.float64), districts["lat"].to_numpy(dtype=np.float64)
    )
    within = set(inside)
    rows = [
        {
            "adcode": code,
            "name": name,
            "label": {"zh": name, "en": label_name(name)},
            "city": city,
            "aliases": aliases or "",
            "lon": round(x, 5),
            "lat": round(y, 5),
            "inside": code in within,
        }
        for code, name, city, aliases, x, y in zip(
            districts["adcode"],
            districts["name"],
            districts["city"],
            districts["aliases"],
            lon.tolist(),
            lat.tolist(),
            strict=True,
        )
    ]
    writer.add_json("districts", rows)
    add_outlines(writer, "districts", outlines, shift)
    _add_cities(writer, districts, outlines, within, shift)


def _add_cities(
    writer: PayloadWriter,
    districts: gpd.GeoDataFrame,
    outlines: NDArray[np.object_],
    within: set[str],
    shift: Shift,
) -> None:
    names, shapes, rows = districts["city"].to_numpy(), [], []
    inside = districts["adcode"].isin(within).to_numpy()
    for name in dict.fromkeys(names):
        whole = shapely.coverage_union_all(outlines[names == name])
        shapes.append(whole)
        if not inside[names == name].any():
            continue
        spot = shapely.point_on_surface(whole)
        lon, lat = shift(np.array([spot.x]), np.array([spot.y]))
        rows.append(
            {
                "name": name,
                "label": {"zh": name, "en": label_name(name)},
                "lon": round(float(lon[0]), 5),
                "lat": round(float(lat[0]), 5),
            }
        )
    writer.add_json("cities", rows)
    add_outlines(writer, "cities", np.array(shapes, dtype=object), shift)


def simplify(
    districts: gpd.GeoDataFrame, tolerance_deg: float = OUTLINE_TOLERANCE_DEG
) -> NDArray[np.object_]:
    """Return the district polygons with fewer vertices, neighbours still sharing their border."""
    shapes = districts.geometry.to_numpy()
    thinned: NDArray[np.object_] = shapely.coverage_simplify(shapes, tolerance_deg)
    return thinned


def add_outlines(
    writer: PayloadWriter, name: str, shapes: NDArray[np.object_], shift: Shift
) -> None:
    """Add polygons as flat rings; the number of each ring's polygon and area come beside it."""
    areas, parts, lengths = [], [], []
    points: list[NDArray[np.float64]] = []
    for area, shape in enumerate(shapes):
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            continue
        for part, polygon in enumerate(shapely.get_parts(shape)):
            for ring in (polygon.exterior, *polygon.interiors):
                coordinates = shapely.get_coordinates(ring)[:-1]  # the page closes rings itself
                areas.append(area)
                parts.append(part)
                lengths.append(len(coordinates))
                points.append(coordinates)
    flat = np.concatenate(points) if points else np.zeros((0, 2))
    lon, lat = shift(flat[:, 0], flat[:, 1])
    writer.add_delta(f"{name}.x", quantise(lon))
    writer.add_delta(f"{name}.y", quantise(lat))
    writer.add_unsigned(f"{name}.ring.length", lengths, "u32")
    writer.add_unsigned(f"{name}.ring.area", areas, "u16")
    writer.add_unsigned(f"{name}.ring.part", parts, "u16")


def add_parks(
    writer: PayloadWriter, parks: gpd.GeoDataFrame, mentions: pd.DataFrame, shift: Shift
) -> None:
    """Add the parks that have a position: outlines where there are any, else a point and a radius."""
    placed = parks[~(parks.geometry.isna() | parks.geometry.is_empty)]
    clauses = clauses_by(mentions, "park_id")
    spots = placed.geometry.representative_point() if len(placed) else placed.geometry
    lon, lat = shift(np.asarray(spots.x, dtype=np.float64), np.asarray(spots.y, dtype=np.float64))
    rows = [_park(row, x, y, clauses) for row, x, y in zip(_records(placed), lon, lat, strict=True)]
    writer.add_json("parks", rows)
    add_outlines(writer, "parks", placed.geometry.to_numpy(), shift)


def add_clusters(writer: PayloadWriter, clusters: gpd.GeoDataFrame | None, shift: Shift) -> None:
    """Add the hulls of detected clusters, with what tells them from chance."""
    found = clusters if clusters is not None and "n" in clusters.columns else None
    if found is None or found.empty:
        writer.add_json("clusters", [])
        return
    columns = ["sector", "n", "n_possible", "strength", "p_value"]
    rows = [
        {
            "sector": str(sector),
            "n": int(n),
            "possible": int(possible),
            "strength": _rounded(strength),
            "p": _rounded(p_value),
        }
        for sector, n, possible, strength, p_value in zip(
            *(found[name] for name in columns), strict=True
        )
    ]
    writer.add_json("clusters", rows)
    add_outlines(writer, "clusters", found.geometry.to_numpy(), shift)


def _rounded(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 3)


def _records(parks: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    plain = pd.DataFrame(parks.drop(columns=parks.geometry.name))
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _park(
    row: Mapping[str, Any], lon: float, lat: float, clauses: Mapping[str, list[Any]]
) -> dict[str, Any]:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None or pd.isna(value) else str(value)

    radius = row.get("radius_m")
    return {
        "name": text("name"),
        "aliases": _listed(text("aliases")),
        "city": text("city"),
        "district": text("district"),
        "sectors": [sector for sector in text("sectors").split(";") if sector],
        "boundary_status": text("boundary_status"),
        "radius_m": None if radius is None or pd.isna(radius) else float(radius),
        "source": source_text(text("source")),
        "note": text("note"),
        "clauses": clauses.get(text("park_id"), []),
        "lon": round(float(lon), 5),
        "lat": round(float(lat), 5),
    }


def pinyin_readings(texts: list[str]) -> dict[str, str]:
    """Return the readings of every Chinese character in the texts, ``{"沈": "shen chen"}``."""
    from pypinyin import Style, pinyin

    readings: dict[str, str] = {}
    for character in sorted(set("".join(texts))):
        if not "\u4e00" <= character <= "\u9fff":
            continue
        syllables = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        plain = [syllable for syllable in syllables if syllable.isascii()]  # ü comes as v
        if plain:
            readings[character] = " ".join(dict.fromkeys(plain))
    return readings
