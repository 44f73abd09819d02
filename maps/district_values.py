"""What a map colours districts by: sums over firms, and measures of the analysis."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.maps.content import Region
from clusteratlas.maps.themes import Text
from clusteratlas.store.base import Selection

if TYPE_CHECKING:
    from clusteratlas.analysis.frames import AtlasFrames
    from clusteratlas.maps.kinds import KindRequest
    from clusteratlas.store.base import Store

MEASURES: Final = ("firms", "anchors", "capital", "lq", "stagger", "specialisation")


def district_values(
    store: "Store", request: "KindRequest"
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


def _summed(store: "Store", request: "KindRequest") -> tuple[dict[str, float], Text, Text]:
    cells = _of_sectors(store, request) if request.sector_ids else _of_all(store, request)
    column = "capital" if request.measure == "capital" else "n"
    sums = cells.groupby("adcode")[column].sum().reindex(request.region.adcodes, fill_value=0)
    scale = 1e-4 if request.measure == "capital" else 1
    # To the fen (0.000001 of CNY 10,000): what was taken off again leaves exactly nothing.
    values = {str(code): round(float(value), 6) * scale for code, value in sums.items()}
    label, unit = _SUMMED_WORDS[request.measure]
    return values, label, unit


def _of_all(store: "Store", request: "KindRequest") -> pd.DataFrame:
    """Return ``adcode, n, capital`` of all firms, each enterprise once."""
    from clusteratlas.analysis.counted_once import standing_twice

    if request.measure == "anchors":
        return store.totals(origin="anchor")
    twice = standing_twice(store)
    twice = twice.assign(n=twice["sign"], capital=twice["capital"].fillna(0.0) * twice["sign"])
    columns = ["adcode", "n", "capital"]
    return pd.concat([store.totals()[columns], twice[columns]], ignore_index=True)


def _of_sectors(store: "Store", request: "KindRequest") -> pd.DataFrame:
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


def _quotients(store: "Store", request: "KindRequest") -> tuple[dict[str, float], Text, Text]:
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


def _structures(store: "Store", request: "KindRequest") -> tuple[dict[str, float], Text, Text]:
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT
    from clusteratlas.analysis.structure import krugman

    atlas = load_frames(store)
    matrix = atlas.matrix()
    few = f"产业内企业不足 {MIN_FIRMS_PER_DISTRICT} 家的区县不计"
    few_en = f"districts with {MIN_FIRMS_PER_DISTRICT} or more firms in sectors"
    if request.measure == "stagger":
        local = stagger_indices(atlas, request.region)
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


def stagger_indices(atlas: "AtlasFrames", region: Region) -> pd.Series:
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
