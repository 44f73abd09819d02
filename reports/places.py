"""The sections that say where things are: the map, the named enterprises, the parks."""

from functools import partial

import pandas as pd

from clusteratlas.maps.figure_marks import placed_parks
from clusteratlas.reports import charts
from clusteratlas.reports.blocks import Block, Heading, Paragraph, Table
from clusteratlas.reports.location_map import (
    DOT_M,
    MAX_DRAWN_FIRMS,
    Located,
    district_map,
    dotted,
    is_drawn,
)
from clusteratlas.reports.sentences import Sentences
from clusteratlas.reports.words import PRECISIONS_ZH


def location(say: Sentences) -> list[Block]:
    """Return the map, and the names of the anchors that it cannot show."""
    data = say.data
    draw = partial(
        district_map,
        districts=data.frames.districts,
        adcode=say.profile.adcode,
        located=Located(data.anchors, data.firms, data.parks),
        field_of=say.field_of,
    )
    blocks: list[Block] = [
        Heading(say("map")),
        charts.figure(draw, (6.3, 4.4), _caption(say), say("map_alt")),
    ]
    hidden = data.anchors[~is_drawn(data.anchors)]
    if len(hidden):
        names = ("、" if say.lang == "zh" else ", ").join(hidden["name"].head(8))
        blocks.append(Paragraph(say("unplaced", n=len(hidden), names=names), note=True))
    return blocks


def _caption(say: Sentences) -> str:
    """Return what the signs mean, and how many registered firms the dots stand for."""
    parts = [say("map_anchors")]
    if len(say.data.firms):
        shown = len(dotted(say.data.firms))
        parts.append(say("map_firms", shown=shown, firms=len(say.data.firms), km=DOT_M / 1000))
        if shown > MAX_DRAWN_FIRMS:
            parts.append(say("map_sample", n=MAX_DRAWN_FIRMS))
    if len(placed_parks(say.data.parks)):
        parts.append(say("map_parks"))
    return ("" if say.lang == "zh" else " ").join([*parts, say("map_borders")])


def anchors(say: Sentences) -> list[Block]:
    """Return the enterprises that the documents name; nothing if there is none."""
    named = say.data.anchors
    if named.empty:
        return []
    clauses = _clauses(say.data.mentions, "enterprise_id")
    rows = tuple(
        (
            str(row["name"]),
            _sectors(say, str(row["sectors"])),
            PRECISIONS_ZH.get(str(row["precision"]), "")
            if say.lang == "zh"
            else str(row["precision"]),
            str(clauses.get(row["enterprise_id"], "")),
        )
        for row in named.to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("firm", "sector", "precision", "clause"))
    return [Heading(say("anchors")), Table(head, rows, widths=(3.2, 2.6, 1, 3.4))]


def parks(say: Sentences) -> list[Block]:
    """Return the parks and bases that the documents name in the district; nothing if none."""
    named = say.data.parks
    if named.empty:
        return []
    clauses = _clauses(say.data.mentions, "park_id")
    rows = tuple(
        (
            str(row["name"]),
            _sectors(say, str(row["sectors"])),
            _extent(say, str(row["boundary_status"]), row["radius_m"], placed=bool(row["placed"])),
            str(clauses.get(row["park_id"], "")),
        )
        for row in named.assign(placed=named.index.isin(placed_parks(named).index)).to_dict(
            "records"
        )
    )
    head = tuple(say(f"h_{key}") for key in ("park", "sector", "extent", "clause"))
    return [Heading(say("parks")), Table(head, rows, widths=(3.2, 2.6, 2.0, 2.8))]


def _sectors(say: Sentences, sectors: str) -> str:
    return say.list_sectors(sectors.split(";"), 2) if sectors else ""


def _extent(say: Sentences, status: str, radius_m: float, *, placed: bool) -> str:
    """Return how well the extent of a park is known."""
    if not placed:
        return say("unknown")
    if status == "point":
        return say("extent_point", km=f"{radius_m / 1000:.1f}") if radius_m > 0 else say("extent_0")
    return say(f"extent_{status}")


def _clauses(mentions: pd.DataFrame, key: str) -> pd.Series:
    """Return the last titles of the sections that name a firm or park, by its id."""
    named = mentions[mentions[key] != ""]
    return named.groupby(key)["section"].agg(_ends)


def _ends(sections: pd.Series) -> str:
    ends = [str(section).split(" / ")[-1].strip("—。 ") for section in sections]
    return "；".join(dict.fromkeys(ends))
