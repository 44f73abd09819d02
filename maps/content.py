"""What a map shows: the frames it is drawn from, read from a store and narrowed to a region."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from clusteratlas.errors import UnknownNameError

if TYPE_CHECKING:
    from clusteratlas.store.base import Store

FIRM_COLUMNS: Final = (
    "enterprise_id",
    "origin",
    "name",
    "legal_name",
    "aliases",
    "kind",
    "sectors",
    "products",
    "city",
    "adcode",
    "district",
    "zone",
    "address",
    "lon",
    "lat",
    "precision",
    "radius_m",
    "coord_source",
    "address_source",
    "status",
    "registered",
    "capital",
    "note",
)
"""Columns of an enterprise that a map reads; one that is absent is unknown for every row."""

_NUMBERS: Final = ("lon", "lat", "radius_m", "capital")


@dataclass(frozen=True)
class MapFrames:
    """The tables behind a map.

    Parameters
    ----------
    enterprises
        One row per firm with :data:`FIRM_COLUMNS`; ``lon, lat`` in EPSG:4326 degrees, NaN where the
        position is unknown.
    parks, districts
        EPSG:4326 layers as of :mod:`clusteratlas.data`.
    sectors, mentions
        Tables as of :mod:`clusteratlas.data`; ``mentions`` may be empty.
    clusters
        Hulls of significant clusters (``clusteratlas clusters``), EPSG:4326, with ``sector, n,
        n_possible, strength, p_value, significant, lon, lat``; None or empty if none were sought.
    """

    enterprises: pd.DataFrame
    parks: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    sectors: pd.DataFrame
    mentions: pd.DataFrame
    clusters: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Region:
    """A part of the province: county-level codes, and the name under which it is shown."""

    adcodes: tuple[str, ...]
    name: str
    adcode: str = ""


def read_frames(store: "Store") -> MapFrames:
    """Return everything a map needs from an open store.

    Parameters
    ----------
    store
        As opened by :func:`clusteratlas.store.open_store`.
    """
    batches = list(store.batches(columns=FIRM_COLUMNS))
    firms = pd.concat(batches, ignore_index=True) if batches else pd.DataFrame()
    return MapFrames(
        enterprises=complete_columns(firms),
        parks=store.collection("parks"),
        districts=store.collection("districts"),
        sectors=store.table("sectors"),
        mentions=store.table("mentions"),
        clusters=_significant(store.collection("clusters")),
    )


def _significant(hulls: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the clusters that chance hardly explains; the others would cover half the map."""
    if hulls.empty or "significant" not in hulls.columns:
        return hulls.iloc[:0]
    # A store may hand back a word or a number for what was written as a truth value.
    sure = hulls["significant"].astype(str).str.lower().isin(["true", "1", "1.0"])
    return hulls[sure].reset_index(drop=True)


def complete_columns(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the firms with every column of :data:`FIRM_COLUMNS`, unknown where it was absent.

    Text columns come back without missing values ("" is unknown), numbers as ``float64``.
    """
    columns: dict[str, pd.Series] = {}
    for name in FIRM_COLUMNS:
        if name in _NUMBERS:
            given = firms[name] if name in firms.columns else pd.Series(float("nan"), firms.index)
            columns[name] = pd.to_numeric(given, errors="coerce").astype("float64")
        else:
            given = firms[name] if name in firms.columns else pd.Series("", firms.index)
            columns[name] = given.fillna("").astype("str")
    completed = pd.DataFrame(columns)
    completed.loc[completed["origin"] == "", "origin"] = "anchor"
    return completed.reset_index(drop=True)


def find_region(districts: gpd.GeoDataFrame, *, city: str = "", district: str = "") -> Region:
    """Return the region that a city or district name (with or without 市, 区, 县) or code means.

    Parameters
    ----------
    districts
        All districts with ``adcode, name, city, city_adcode, aliases``.
    city, district
        At most the smaller one counts; a district that two cities have needs its city. Both empty
        mean the whole province.

    Raises
    ------
    UnknownNameError
        If nothing has that name; the error suggests names that look alike.
    """
    rows = districts
    if city:
        names = districts[["city", "city_adcode"]].drop_duplicates()
        match = [
            (name, code)
            for name, code in zip(names["city"], names["city_adcode"], strict=True)
            if city in (name, code, name.removesuffix("市"))
        ]
        if not match:
            raise _unknown("city", city, names["city"].tolist())
        rows = districts[districts["city_adcode"] == match[0][1]]
    if district:
        return _find_district(rows, district)
    if city:
        return Region(
            tuple(rows["adcode"]), str(rows["city"].iloc[0]), str(rows["city_adcode"].iloc[0])
        )
    return Region(tuple(rows["adcode"]), "辽宁省", "210000")


def _find_district(districts: gpd.GeoDataFrame, wanted: str) -> Region:
    hits = [
        index
        for index, (code, name, aliases) in enumerate(
            zip(districts["adcode"], districts["name"], _aliases(districts), strict=True)
        )
        if wanted in (code, name) or wanted in aliases
    ]
    if not hits:
        raise _unknown("district", wanted, districts["name"].tolist())
    if len(hits) > 1:
        full = tuple(f"{districts['city'].iloc[at]}{districts['name'].iloc[at]}" for at in hits)
        raise UnknownNameError(
            f"district {wanted!r} is in several cities; give the city", suggestions=full
        )
    row = districts.iloc[hits[0]]
    return Region((str(row["adcode"]),), f"{row['city']}{row['name']}", str(row["adcode"]))


def _aliases(districts: gpd.GeoDataFrame) -> list[set[str]]:
    if "aliases" not in districts.columns:
        return [set() for _ in range(len(districts))]
    return [set(filter(None, str(text).split(";"))) for text in districts["aliases"].fillna("")]


def find_sectors(sectors: pd.DataFrame, *, sector: str = "", field: str = "") -> tuple[str, ...]:
    """Return the sector ids that a sector or field (id or name, zh or en) means; () if both are "".

    Raises
    ------
    UnknownNameError
        If no sector or field has that id or name.
    """
    if sector:
        return (_find_id(sectors[sectors["parent"] != ""], sector, "sector"),)
    if field:
        field_id = _find_id(sectors[sectors["parent"] == ""], field, "field")
        return tuple(sectors.loc[sectors["parent"] == field_id, "sector_id"])
    return ()


def _find_id(rows: pd.DataFrame, wanted: str, what: str) -> str:
    for sector_id, zh, en in zip(rows["sector_id"], rows["name_zh"], rows["name_en"], strict=True):
        if wanted in (sector_id, zh) or wanted.casefold() == str(en).casefold():
            return str(sector_id)
    close = [zh for zh in rows["name_zh"] if wanted in zh]
    raise _unknown(what, wanted, [*rows["sector_id"], *rows["name_zh"]], first=close)


def _unknown(
    what: str, wanted: str, names: Sequence[str], *, first: Sequence[str] = ()
) -> UnknownNameError:
    near = [*first, *difflib.get_close_matches(wanted, names, n=3, cutoff=0.4)]
    return UnknownNameError(f"no {what} {wanted!r}", suggestions=tuple(dict.fromkeys(near))[:3])


def select(
    frames: MapFrames, *, region: Region | None = None, sector_ids: Sequence[str] = ()
) -> MapFrames:
    """Return the frames narrowed to a region and to firms with any of the sectors.

    Districts stay whole: the page draws the others paler, as neighbours.
    """
    firms, parks, hulls = frames.enterprises, frames.parks, frames.clusters
    if region is not None and region.adcode != "210000":
        firms = firms[is_of(firms, region)]
        parks = parks[is_of(parks, region)]
        hulls = _within(hulls, frames.districts, region)
    if sector_ids:
        firms = firms[_has_any(firms["sectors"], sector_ids)]
        parks = parks[_has_any(parks["sectors"].fillna(""), sector_ids)]
        hulls = None if hulls is None else hulls[hulls["sector"].isin(sector_ids)]
    return replace(
        frames,
        enterprises=firms.reset_index(drop=True),
        parks=parks.reset_index(drop=True),
        clusters=hulls,
    )


def is_of(rows: pd.DataFrame, region: Region) -> pd.Series:
    """Return which firms or parks belong to a region; those known to a city only belong to the city.

    Parameters
    ----------
    rows
        ``adcode, city``; an empty code means that the district is unknown.
    """
    if region.adcode == "210000":
        return pd.Series(True, index=rows.index)
    unknown = rows["adcode"].fillna("") == ""
    return rows["adcode"].isin(region.adcodes) | (unknown & (rows["city"] == region.name))


def _within(
    hulls: gpd.GeoDataFrame | None, districts: gpd.GeoDataFrame, region: Region
) -> gpd.GeoDataFrame | None:
    """Return the hulls that reach into the region; a cluster may cross its border."""
    if hulls is None or hulls.empty:
        return hulls
    area = districts[districts["adcode"].isin(region.adcodes)].union_all()
    return hulls[hulls.intersects(area)]


def _has_any(column: pd.Series, sector_ids: Sequence[str]) -> pd.Series:
    # One regular expression over the column: a Python loop over 100,000 rows costs ten times that.
    pattern = "(?:^|;)(?:" + "|".join(sector_ids) + ")(?:;|$)"
    return column.str.contains(pattern, regex=True)
