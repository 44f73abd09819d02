"""The kinds of map: what each one reads from the store or the analysis, and the theme it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.maps.content import MapFrames, Region, select
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
from clusteratlas.store.base import Selection

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
MEASURES: Final = ("firms", "anchors", "capital", "lq", "stagger", "specialisation")

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
    theme = growth(cells[cells["adcode"].isin(request.region.adcodes)])
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
    indices, totals = _stagger_indices(atlas, request.region), active.sum(axis=1)
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


def district_values(
    store: "Store", request: KindRequest
) -> tuple[dict[str, float], Text, Text, float | None]:
    """Return a measure by district code, its name, its unit, and the middle of its scale (or None).

    ``firms`` and ``anchors`` count enterprises, ``capital`` sums what the registered firms declare
    (CNY 100 million), ``lq`` is the location quotient of the chosen sector or field, ``stagger`` and
    ``specialisation`` (Krugman) are those of :mod:`clusteratlas.analysis`.

    Raises
    ------
    InputError
        If the measure is unknown, or ``lq`` comes without a sector.
    """
    if request.measure in {"firms", "anchors", "capital"}:
        return (*_summed(store, request), None)
    if request.measure == "lq":
        return (*_quotients(store, request), 1.0)
    if request.measure in {"stagger", "specialisation"}:
        return (*_structures(store, request), None)
    raise InputError(f"measure {request.measure!r}; expected one of {', '.join(MEASURES)}")


def _summed(store: "Store", request: KindRequest) -> tuple[dict[str, float], Text, Text]:
    cells = _of_sectors(store, request) if request.sector_ids else _of_all(store, request)
    column = "capital" if request.measure == "capital" else "n"
    sums = cells.groupby("adcode")[column].sum().reindex(request.region.adcodes, fill_value=0)
    scale = 1e-4 if request.measure == "capital" else 1
    # To the fen (0.000001 of CNY 10,000): what was taken off again leaves exactly nothing.
    values = {str(code): round(float(value), 6) * scale for code, value in sums.items()}
    label, unit = _SUMMED_WORDS[request.measure]
    return values, label, unit


def _of_all(store: "Store", request: KindRequest) -> pd.DataFrame:
    """Return ``adcode, n, capital`` of all firms, each enterprise once."""
    from clusteratlas.analysis.counted_once import standing_twice

    if request.measure == "anchors":
        return store.totals(origin="anchor")
    twice = standing_twice(store)
    twice = twice.assign(n=twice["sign"], capital=twice["capital"].fillna(0.0) * twice["sign"])
    columns = ["adcode", "n", "capital"]
    return pd.concat([store.totals()[columns], twice[columns]], ignore_index=True)


def _of_sectors(store: "Store", request: KindRequest) -> pd.DataFrame:
    """Return ``adcode, n, capital`` of the firms of any chosen sector, each enterprise once.

    The kept counts have a firm of two sectors of one field twice.
    """
    from clusteratlas.analysis.counted_once import once, standing_twice

    origin = "anchor" if request.measure == "anchors" else ""
    chosen = Selection(adcodes=request.region.adcodes, sectors=request.sector_ids, origin=origin)
    batches = store.batches(columns=("fid", "adcode", "capital"), selection=chosen)
    if not origin:
        batches = once(batches, standing_twice(store), sectors=request.sector_ids)
    parts = [batch[["adcode", "capital"]] for batch in batches]
    cells = pd.concat([pd.DataFrame({"adcode": [], "capital": []}), *parts], ignore_index=True)
    return cells.assign(n=1, capital=cells["capital"].astype(float).fillna(0.0))


_FIRMS_UNIT: Final = {"zh": "家", "en": "firms"}
_SUMMED_WORDS: Final[dict[str, tuple[Text, Text]]] = {
    "firms": ({"zh": "企业数", "en": "Number of firms"}, _FIRMS_UNIT),
    "anchors": ({"zh": "重点企业与院所数", "en": "Anchor firms and institutes"}, _FIRMS_UNIT),
    "capital": (
        {"zh": "注册资本合计", "en": "Registered capital"},
        {"zh": "亿元", "en": "CNY 100 million"},
    ),
}


def _quotients(store: "Store", request: KindRequest) -> tuple[dict[str, float], Text, Text]:
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT
    from clusteratlas.analysis.structure import location_quotient

    if not request.sector_ids:
        raise InputError("measure 'lq' needs --sector or --field")
    atlas = load_frames(store)
    matrix = atlas.matrix()
    chosen = list(request.sector_ids)
    joined = pd.DataFrame(
        {"chosen": matrix[chosen].sum(axis=1), "rest": matrix.drop(columns=chosen).sum(axis=1)}
    )
    quotients = location_quotient(joined)["chosen"]
    # A share of three firms says nothing: such a district is hatched, not coloured.
    quotients[matrix.sum(axis=1) < MIN_FIRMS_PER_DISTRICT] = np.nan
    quotients = quotients.reindex(request.region.adcodes)
    label = {
        "zh": f"区位商（产业内企业不足 {MIN_FIRMS_PER_DISTRICT} 家的区县不计）",
        "en": f"Location quotient (districts with {MIN_FIRMS_PER_DISTRICT} or more firms in sectors)",
    }
    return _floats(quotients), label, {"zh": "", "en": ""}


def _structures(store: "Store", request: KindRequest) -> tuple[dict[str, float], Text, Text]:
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT
    from clusteratlas.analysis.structure import krugman

    atlas = load_frames(store)
    matrix = atlas.matrix()
    few = f"产业内企业不足 {MIN_FIRMS_PER_DISTRICT} 家的区县不计"
    few_en = f"districts with {MIN_FIRMS_PER_DISTRICT} or more firms in sectors"
    if request.measure == "stagger":
        local = _stagger_indices(atlas, request.region)
        label = {
            "zh": f"错位指数（0 雷同，1 错开；{few}）",
            "en": f"Stagger index (0 alike, 1 apart; {few_en})",
        }
    else:
        local = krugman(matrix)
        label = {
            "zh": f"克鲁格曼专业化指数（{few}）",
            "en": f"Krugman specialisation ({few_en})",
        }
    # Few firms look special and differentiated by chance: hatched, not coloured.
    total = matrix.sum(axis=1).reindex(local.index)
    local = local.mask(total < MIN_FIRMS_PER_DISTRICT)
    return _floats(local.reindex(request.region.adcodes)), label, {"zh": "", "en": ""}


def _stagger_indices(atlas: "AtlasFrames", region: Region) -> pd.Series:
    """Return the indices that ``clusteratlas stagger`` gives: against all districts of the region.

    A single district stands against those of its city.
    """
    from clusteratlas.analysis.neighbours import neighbour_weights
    from clusteratlas.analysis.stagger import stagger_index

    inside = atlas.districts[atlas.districts["adcode"].isin(region.adcodes)]
    if len(inside) == 1:
        inside = atlas.districts[atlas.districts["city_adcode"] == inside["city_adcode"].iloc[0]]
    codes = [str(code) for code in inside["adcode"]]
    return stagger_index(atlas.matrix(adcodes=codes), neighbour_weights(inside, kind="all"))[1]


def _floats(values: pd.Series) -> dict[str, float]:
    return {str(code): float(value) for code, value in values.items()}


def _support(store: "Store", frames: MapFrames, request: KindRequest) -> KindResult:
    """Show the firms that can support an anchor within 50 km, each with its role and distance."""
    from clusteratlas.analysis.supply import SupplyTarget, explain, supporting_firms

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
