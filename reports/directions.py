"""The sections that look ahead: directions to consider, missing links, and who could supply them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusteratlas.analysis.reasons import explain
from clusteratlas.reports.blocks import Block, Heading, Paragraph, Table
from clusteratlas.reports.sentences import MOST_ROWS, Sentences, left_out, percent


def opportunities(say: Sentences) -> list[Block]:
    """Return the directions to consider, or why there is none."""
    found = say.profile.opportunities
    if found.empty:
        strong = (say.profile.cells["lq"] >= 1).any()
        none = say("no_further" if strong else "no_opportunities")
        return [Heading(say("opportunities")), Paragraph(none)]
    rows = tuple(
        (
            say.names[str(row["sector"])],
            f"{row['fit']:.2f}",
            percent(row["crowding"]),
            f"{row['n']:g}",
            say.list_sectors(str(row["related"]).split(";")),
            say("named_district")
            if row["stated"]
            else say("named_city")
            if row["city_stated"]
            else "",
        )
        for row in found.to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("sector", "fit", "crowding", "n", "related", "named"))
    table = Table(head, rows, numeric=(1, 2, 3), widths=(2.2, 0.9, 1.0, 0.9, 4.2, 1.2))
    note = Paragraph(say("opportunities_note"), note=True)
    return [Heading(say("opportunities")), note, table]


def gaps(say: Sentences) -> list[Block]:
    """Return the missing links of the sectors that are present, and apart of those only stated."""
    data = say.data
    if not say.profile.evidence["firms"] or "sector" not in data.gaps:
        return [Heading(say("gaps")), Paragraph(say("no_data_gaps"))]
    if not data.leading and not data.planned:
        return [Heading(say("gaps")), Paragraph(say("no_sectors_gaps"))]
    blocks: list[Block] = [Heading(say("gaps"))]
    for key, sectors in (("gaps", data.leading), ("planned", data.planned)):
        blocks += _missing_links(say, key, sectors)
    return blocks


def _missing_links(say: Sentences, key: str, sectors: Sequence[str]) -> list[Block]:
    """Return the missing links of sectors that are present (``gaps``) or only ``planned``."""
    data = say.data
    known = [sector for sector in sectors if sector in set(data.gaps["sector"])]
    unlisted = [sector for sector in sectors if sector not in known]
    blocks: list[Block] = []
    if known:
        links = data.gaps[data.gaps["missing"] & data.gaps["sector"].isin(known)]
        missing = links.drop_duplicates("product")
        about = {"sectors": say.list_sectors(known), "km": data.gap_radius_m / 1000}
        blocks.append(Paragraph(say(f"{key}_none" if missing.empty else f"{key}_intro", **about)))
        blocks += _links_table(say, missing)
    if unlisted:
        blocks.append(Paragraph(say("no_links", sectors=say.list_sectors(unlisted))))
    return blocks


def _links_table(say: Sentences, missing: pd.DataFrame) -> list[Block]:
    if missing.empty:
        return []
    rows = tuple(
        (
            str(row["product"]),
            say.names[str(row["sector"])],
            f"{row['weight']:.1f}",
            say("none_known", km=say.data.reach_m / 1000)
            if not np.isfinite(row["nearest_m"])
            else f"{row['nearest_m'] / 1000:.0f} km",
        )
        for row in missing.head(MOST_ROWS).to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("product", "for", "weight", "nearest"))
    table = Table(head, rows, numeric=(2, 3), widths=(2, 3, 1, 1.6))
    return [table, *left_out(say, len(missing) - MOST_ROWS)]


def suppliers(say: Sentences) -> list[Block]:
    """Return the firms near by that could serve the leading sectors; nothing if there is none."""
    found = say.data.suppliers
    if found.empty:
        return []
    rows = tuple(
        (
            str(row["name"]),
            _doing(row, say),
            f"{row['distance_m'] / 1000:.1f} km",
            _radius(row["radius_m"], say),
        )
        for row in found.to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("firm", "why", "distance", "precision"))
    return [
        Heading(say("suppliers")),
        Paragraph(say("suppliers_note"), note=True),
        Table(head, rows, numeric=(2, 3), widths=(4, 2, 1.1, 1.2)),
    ]


def _doing(row: Mapping[Hashable, Any], say: Sentences) -> str:
    record = {str(key): value for key, value in row.items()}
    return explain(record, say.names, lang=say.lang)[0]


def _radius(radius_m: float, say: Sentences) -> str:
    if not np.isfinite(radius_m):
        return say("unknown")
    return f"±{radius_m:.0f} m" if radius_m < 1000 else f"±{radius_m / 1000:.1f} km"
