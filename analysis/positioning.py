"""What a plan states of a district beside what its firms reveal."""

from typing import Final

import numpy as np
import pandas as pd

from clusteratlas.analysis.frames import STRENGTHS, AtlasFrames
from clusteratlas.analysis.structure import MIN_FIRMS, location_quotient_table

STATES: Final = (
    "named and present",
    "named without anchor",
    "present, not named",
    "neither",
    "too few to say",
)
"""Values of ``state`` in :func:`stated_revealed`."""

SUPPORTED: Final = (STATES[0], STATES[2])
"""States of a sector that the district has already: no direction to consider, and its leading ones."""


def revealed(frames: AtlasFrames, *, adcodes: list[str] | None = None) -> pd.DataFrame:
    """Return the location quotients of firms with intervals, one row per district and sector.

    The reference is all districts of the atlas; a row is as in
    :func:`clusteratlas.analysis.structure.location_quotient_table`, with ``adcode`` for district.
    """
    table = location_quotient_table(frames.matrix(origin="both"))
    table = table.rename(columns={"district": "adcode"})
    if adcodes is not None:
        table = table[table["adcode"].isin(adcodes)]
    return table.reset_index(drop=True)


def stated_revealed(frames: AtlasFrames, *, adcodes: list[str] | None = None) -> pd.DataFrame:
    """Return stated x revealed for each district and sector, with the evidence behind each cell.

    A sector is *named* if any source states it for the district. It is *present* if the documents'
    anchors of the sector stand there, or if at least
    :data:`~clusteratlas.analysis.structure.MIN_FIRMS` firms do and their location quotient is 1 or
    more, or if the whole 95 % interval is above 1 (``verdict`` is then ``specialised``). A named
    sector is "named without anchor" if it is not present. A cell that is not named and has firms,
    in a district or sector of fewer than MIN_FIRMS firms, is "too few to say", not "neither".

    Returns
    -------
    DataFrame
        ``adcode, sector, state, strength, stated_weight, sources, anchors, anchor_names, n,
        expected, lq, lq_low, lq_high, lq_shrunk, rank, verdict``; ordered by adcode and the
        document's order of sectors. ``strength`` is "" where nothing is stated; ``sources`` is
        ``document@place (grade)``, ;-separated.
    """
    table = revealed(frames, adcodes=adcodes)
    stated = frames.stated().stack()
    stated.index.names = ["adcode", "sector"]
    keys = pd.MultiIndex.from_frame(table[["adcode", "sector"]])
    table["stated_weight"] = stated.reindex(keys).fillna(0.0).to_numpy()
    names = {weight: name for name, weight in STRENGTHS.items()}
    table["strength"] = table["stated_weight"].map(names).fillna("")
    table["sources"] = _sources(frames.positionings).reindex(keys).fillna("").to_numpy()
    anchors = _anchors(frames.anchors).reindex(keys)
    table["anchor_names"] = anchors.fillna("").to_numpy()
    table["anchors"] = [len(text.split(";")) if text else 0 for text in table["anchor_names"]]
    table["state"] = _states(table)
    columns = ["adcode", "sector", "state", "strength", "stated_weight", "sources", "anchors"]
    columns += ["anchor_names", "n", "expected", "lq", "lq_low", "lq_high", "lq_shrunk", "rank"]
    return table[[*columns, "verdict"]]


def _states(table: pd.DataFrame) -> np.ndarray:
    named = table["stated_weight"] > 0
    enough = (table["n"] >= MIN_FIRMS) & (table["verdict"] != "too few")
    held = (enough & (table["lq"] >= 1)) | (table["verdict"] == "specialised")
    present = (table["anchors"] > 0) | held
    few = (table["verdict"] == "too few") & (table["n"] > 0)
    return np.select(
        [named & present, named, present, few],
        [STATES[0], STATES[1], STATES[2], STATES[4]],
        STATES[3],
    )


def _sources(positionings: pd.DataFrame) -> pd.Series:
    """Return the sources of each stated priority as text, by adcode and sector."""
    text = (
        positionings["document"]
        + "@"
        + positionings["quote_location"]
        + " ("
        + positionings["grade"]
        + ")"
    )
    grouped = text.groupby([positionings["adcode"], positionings["sector"]])
    joined: pd.Series = grouped.agg(lambda items: ";".join(dict.fromkeys(items)))
    return joined


def _anchors(anchors: pd.DataFrame) -> pd.Series:
    """Return the names of the anchors by adcode and sector, ;-separated."""
    rows = anchors[["adcode", "sectors", "name"]].assign(sector=anchors["sectors"].str.split(";"))
    rows = rows.explode("sector")
    rows = rows[(rows["adcode"] != "") & rows["sector"].fillna("").ne("")]
    joined: pd.Series = rows.groupby(["adcode", "sector"])["name"].agg(";".join)
    return joined


def evidence_size(frames: AtlasFrames, adcode: str) -> dict[str, int]:
    """Return how many firms and anchors, in sectors and at all, a district's answers rest on."""
    totals = frames.totals[frames.totals["adcode"] == adcode]
    matrix = frames.matrix(origin="both", adcodes=[adcode])
    return {
        "firms": int(totals.loc[totals["origin"] == "registry", "n"].sum()),
        "anchors": int(totals.loc[totals["origin"] == "anchor", "n"].sum()),
        "in_sectors": int(matrix.to_numpy().sum()),
        "min_firms": MIN_FIRMS,
    }
