"""The kinds of map: what each one reads from the store or the analysis, and the theme it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.maps.content import MapFrames, Region, select
from clusteratlas.maps.district_values import district_values, stagger_indices
from clusteratlas.maps.themes import (
    Text,
    Theme,
    choropleth,
    growth,
    leading,
    overlap_links,
    surface,
    surroundings,
)

if TYPE_CHECKING:
    from clusteratlas.analysis.frames import AtlasFrames
    from clusteratlas.store.base import Store

KINDS: Final = (
    "clusters",
    "district",
    "stagger",
    "support",
    "growth",
    "heat",
    "hex",
    "choropleth",
)

SUPPORT_RADIUS_M: Final = 50_000.0
SUPPORT_MOST: Final = 60
_SUPPORT_CANDIDATES: Final = 500


@dataclass(frozen=True)
class KindRequest:
    """What a kind of map is about.

    Parameters
    ----------
    region
        The part of the province.
    sector_ids
        Sectors that the map is narrowed to; () for all.
    around
        Enterprise (id or name) in the middle of ``support``.
    measure
        What ``choropleth`` colours districts by.
    """

    region: Region
    sector_ids: tuple[str, ...] = ()
    around: str = ""
    measure: str = "firms"


@dataclass(frozen=True)
class KindResult:
    """Frames to draw, the theme, the name of the kind, and which layers are on at first."""

    frames: MapFrames
    theme: Theme
    name: Text
    layers: tuple[str, ...]
    region: Region
    loose: bool = False
    every_firm: bool = False
    """Whether firms of no sector count too: then the title must not speak of the sectors."""


ALL_LAYERS: Final = ("anchors", "registry", "hulls", "parks", "names", "links", "surface")
QUIET_LAYERS: Final = ("names", "links", "surface")


def make_kind(store: "Store", frames: MapFrames, kind: str, request: KindRequest) -> KindResult:
    """Return what a kind of map draws.

    Raises
    ------
    InputError
        If the kind or measure is unknown, or the store lacks what the kind shows.
    UnknownNameError
        If nobody has the name given in ``around``.
    """
    makers: Mapping[str, Callable[[Store, MapFrames, KindRequest], KindResult]] = {
        "clusters": _clusters,
        "district": _clusters,
        "stagger": _stagger,
        "support": _support,
        "growth": _growth,
        "heat": _heat,
        "hex": _hex,
        "choropleth": _choropleth,
    }
    if kind not in makers:
        raise InputError(f"kind {kind!r}; expected one of {', '.join(KINDS)}")
    return makers[kind](store, frames, request)


def _narrowed(frames: MapFrames, request: KindRequest) -> MapFrames:
    return select(frames, region=request.region, sector_ids=request.sector_ids)


def _clusters(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    del store
    name = {"zh": "集群图", "en": "Industrial clusters"}
    return KindResult(_narrowed(frames, request), Theme(), name, ALL_LAYERS, request.region)


def _heat(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    del store
    name = {"zh": "企业密度热力图", "en": "Density of firms"}
    return KindResult(
        _narrowed(frames, request), surface("heat"), name, QUIET_LAYERS, request.region
    )


def _hex(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    del store
    name = {"zh": "企业分布蜂窝图", "en": "Firms by hexagon"}
    return KindResult(
        _narrowed(frames, request), surface("hex"), name, QUIET_LAYERS, request.region
    )


def _growth(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    if request.sector_ids:
        cells = store.counts(origin="registry")
        cells = cells[cells["sector"].isin(request.sector_ids)]
    else:
        cells = store.totals(origin="registry")
    codes = request.region.adcodes
    theme = growth(cells[cells["adcode"].isin(codes)], codes=codes)
    name = {"zh": "企业增长图", "en": "Growth of firms by year"}
    return KindResult(
        _narrowed(frames, request),
        theme,
        name,
        ("names",),
        request.region,
        loose=True,
        every_firm=not request.sector_ids,
    )


def _stagger(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    """Colour districts by their leading sector and link the neighbours that overlap most."""
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.analysis.neighbours import neighbour_weights
    from clusteratlas.analysis.stagger import duplication

    atlas = load_frames(store)
    codes = list(request.region.adcodes)
    matrix = atlas.matrix(adcodes=codes)
    inside = atlas.districts[atlas.districts["adcode"].isin(codes)]
    pairs = duplication(matrix, neighbour_weights(inside))
    active = matrix[matrix.sum(axis=1) > 0]
    if active.empty:
        raise InputError(f"{request.region.name}: no district has a firm of any sector")
    leaders = {str(code): str(sector) for code, sector in active.idxmax(axis=1).items()}
    indices, totals = stagger_indices(atlas, request.region), active.sum(axis=1)
    notes = {
        code: _leader_note(atlas, sector, float(indices[code]), int(totals[code]))
        for code, sector in leaders.items()
    }
    theme = leading(
        leaders,
        frames.sectors,
        {"zh": "主导产业（企业数最多）", "en": "Leading sector (most firms)"},
        notes=notes,
    )
    links = overlap_links(
        _pair_texts(pairs, atlas),
        {"zh": "相邻区县的产业重合度", "en": "Overlap of neighbouring districts"},
    )
    name = {"zh": "集聚错位图", "en": "Staggered development"}
    return KindResult(
        _narrowed(frames, request), theme.merged(links), name, QUIET_LAYERS, request.region
    )


def _leader_note(atlas: "AtlasFrames", sector: str, index: float, firms: int) -> dict[str, str]:
    from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT

    zh, en = atlas.sector_name(sector), atlas.sector_name(sector, lang="en")
    note = {
        "zh": f"主导产业：{zh}；产业内企业 {firms} 家次",
        "en": f"Leading sector: {en}; {firms} firms in sectors",
    }
    if firms < MIN_FIRMS_PER_DISTRICT:
        return {"zh": f"{note['zh']}，过少，不作判断", "en": f"{note['en']}: too few to say"}
    if np.isnan(index):
        return note
    return {
        "zh": f"{note['zh']}；错位指数 {index:.2f}",
        "en": f"{note['en']}; stagger index {index:.2f}",
    }


def _pair_texts(pairs: pd.DataFrame, atlas: "AtlasFrames") -> pd.DataFrame:
    """Return the pairs with ``weight`` = overlap and tooltips that name the shared sectors."""
    names = dict(zip(atlas.districts["adcode"], atlas.districts["name"], strict=True))
    texts: dict[str, list[str]] = {"zh": [], "en": []}
    for a, b, overlap, drivers in zip(
        pairs["a"], pairs["b"], pairs["overlap"], pairs["drivers"], strict=True
    ):
        sectors = [part.partition(":")[0] for part in str(drivers).split(";") if part]
        for lang, listed in texts.items():
            shared = ("、" if lang == "zh" else ", ").join(
                atlas.sector_name(sector, lang=lang) for sector in sectors
            )
            word = "重合度" if lang == "zh" else "overlap"
            listed.append(f"{names.get(a, a)} – {names.get(b, b)}  {word} {overlap:.2f}  {shared}")
    made = pairs[["a", "b"]].assign(
        weight=pairs["overlap"], text_zh=texts["zh"], text_en=texts["en"]
    )
    return made[made["weight"] > 0]


def _choropleth(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    values, label, unit, middle = district_values(store, request)
    theme = choropleth(values, label, unit=unit, middle=middle)
    name = {lang: text.partition("（" if lang == "zh" else " (")[0] for lang, text in label.items()}
    every_firm = request.measure in {"firms", "capital"} and not request.sector_ids
    return KindResult(
        _narrowed(frames, request),
        theme,
        name,
        QUIET_LAYERS,
        request.region,
        every_firm=every_firm,
    )


def _support(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    """Show the firms that can support an anchor within 50 km, each with its role and distance."""
    from clusteratlas.analysis.reasons import explain
    from clusteratlas.analysis.supply import SupplyTarget, supporting_firms

    anchor = find_enterprise(frames.enterprises, request.around)
    if not (np.isfinite(anchor["lon"]) and np.isfinite(anchor["lat"])):
        raise InputError(f"{anchor['name']}: its position is unknown, so nothing lies around it")
    near = store.nearest(
        anchor["lon"], anchor["lat"], k=_SUPPORT_CANDIDATES, radius_m=SUPPORT_RADIUS_M
    )
    # The anchor's own registration is the anchor again, not a firm that supports it.
    own = {anchor["name"], anchor["legal_name"], *anchor["aliases"].split(";")}
    near = near[(near["enterprise_id"] != anchor["enterprise_id"]) & ~near["name"].isin(own)]
    target = SupplyTarget(
        tuple(filter(None, anchor["sectors"].split(";"))),
        tuple(filter(None, anchor["products"].split(";"))),
    )
    found = supporting_firms(target, near, store.table("linkages"), k=SUPPORT_MOST)
    names = {
        lang: dict(zip(frames.sectors["sector_id"], frames.sectors[f"name_{lang}"], strict=True))
        for lang in ("zh", "en")
    }
    notes = {
        str(row["enterprise_id"]): {
            "role": {
                "zh": _ROLES[str(row["role"])]["zh"] + "：" + explain(row, names["zh"])[0],
                "en": _ROLES[str(row["role"])]["en"]
                + ": "
                + explain(row, names["en"], lang="en")[0],
            },
            "distance_m": float(row["distance_m"]),
        }
        for row in _records(found)
    }
    shown = frames.enterprises["enterprise_id"].isin([*notes, anchor["enterprise_id"]])
    kept = replace(frames, enterprises=frames.enterprises[shown].reset_index(drop=True))
    theme = surroundings(anchor["lon"], anchor["lat"], notes=notes)
    name = {
        "zh": f"{anchor['name']}周边配套企业",
        "en": f"Supporting firms around {anchor['name']}",
    }
    layers = ("anchors", "registry", "parks", "names")
    return KindResult(kept, theme, name, layers, request.region, loose=True)


_ROLES: Final = {
    "supplier": {"zh": "供应商", "en": "Supplier"},
    "customer": {"zh": "客户", "en": "Customer"},
    "peer": {"zh": "同行", "en": "Peer"},
}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def find_enterprise(enterprises: pd.DataFrame, wanted: str) -> dict[str, Any]:
    """Return the enterprise with this id, name, legal name or alias.

    Raises
    ------
    InputError
        If no name was given.
    UnknownNameError
        If nobody has that name; anchors whose name contains it are suggested.
    """
    if not wanted:
        raise InputError("kind 'support' needs --around with an enterprise's id or name")
    alias = ";" + enterprises["aliases"] + ";"
    hit = (
        (enterprises["enterprise_id"] == wanted)
        | (enterprises["name"] == wanted)
        | (enterprises["legal_name"] == wanted)
        | alias.str.contains(f";{wanted};", regex=False)
    )
    rows = enterprises[hit].sort_values("origin")  # an anchor before a registry firm
    if rows.empty:
        near = enterprises.loc[enterprises["name"].str.contains(wanted, regex=False), "name"]
        raise UnknownNameError(f"no enterprise {wanted!r}", suggestions=tuple(near[:3]))
    return {str(name): value for name, value in rows.iloc[0].items()}
