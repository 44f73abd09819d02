"""What the report says, as blocks without a format."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT
from clusteratlas.analysis.supply import explain
from clusteratlas.maps.names import english_name
from clusteratlas.reports import charts
from clusteratlas.reports.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Paragraph,
    ReportBlocks,
    Table,
)
from clusteratlas.reports.gather import ReportData
from clusteratlas.reports.words import (
    DOCUMENTS,
    GRADES_ZH,
    METHOD_EN,
    METHOD_ZH,
    PRECISIONS_ZH,
    STRENGTHS,
    state_word,
    verdict_word,
    words,
)

MOST_CELLS = 28
"""Longest table of sectors: all of them."""
MOST_ROWS = 14
"""Longest table; what is left out is counted in a note."""


def build_report(
    data: ReportData, *, lang: str = "zh", date: dt.date | None = None
) -> ReportBlocks:
    """Return the report of a district as blocks.

    Parameters
    ----------
    data
        From :func:`clusteratlas.reports.gather.gather`.
    lang
        ``zh`` or ``en``.
    date
        Printed on it; today if not given.

    Raises
    ------
    InputError
        If the language is neither.
    """
    say = _Sentences(data, lang, date or dt.date.today())
    sections: list[Callable[[_Sentences], list[Block]]] = [
        _map, _structure, _cells, _overlaps, _opportunities, _gaps, _suppliers, _anchors, _growth,
        _sources, _duties, _method,
    ]  # fmt: skip
    blocks = [block for section in sections for block in section(say)]
    return ReportBlocks(
        title=say("title"),
        subtitle=say("subtitle"),
        lang=lang,
        key=_key(say),
        blocks=blocks,
        footer=say("footer"),
    )


class _Sentences:
    """The report's data with the words of its language."""

    def __init__(self, data: ReportData, lang: str, date: dt.date) -> None:
        self.data, self.lang, self.profile = data, lang, data.profile
        self._words = words(lang)
        self._common = {
            "district": self.place(self.profile.district),
            "native": self.profile.district,
            "city": self.place(self.profile.city),
            "date": date.isoformat(),
        }
        sectors = data.frames.sectors
        self.names = dict(
            zip(
                sectors["sector_id"], sectors["name_zh" if lang == "zh" else "name_en"], strict=True
            )
        )
        self.field_of = dict(zip(sectors["sector_id"], sectors["parent"], strict=True))

    def __call__(self, key: str, **values: object) -> str:
        return self._words[key].format(**{**self._common, **values})

    def place(self, name: str) -> str:
        """Return a district's or city's name as the report's language writes it."""
        return name if self.lang == "zh" else english_name(name)

    def list_sectors(self, sectors: Iterable[str], limit: int = 8) -> str:
        """Return sector names joined as the language does; the rest is counted."""
        named = [self.names.get(str(sector), str(sector)) for sector in sectors]
        joined = ("、" if self.lang == "zh" else ", ").join(named[:limit])
        if len(named) > limit:
            joined += (
                f"等 {len(named)} 个" if self.lang == "zh" else f" and {len(named) - limit} more"
            )
        return joined

    def drivers(self, text: str) -> str:
        """Return ``sector:share;...`` with names and percent."""
        parts = [item.rsplit(":", 1) for item in text.split(";") if item]
        return self._join(
            f"{self.names.get(code, code)} {float(share):.0%}" for code, share in parts
        )

    def _join(self, items: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(items)


def _number(value: float, digits: int = 2) -> str:
    return "—" if not np.isfinite(value) else f"{value:.{digits}f}"


def _key(say: _Sentences) -> list[str]:
    profile = say.profile
    evidence = profile.evidence
    found = [say("basis" if evidence["firms"] else "basis_none", **evidence)]
    few = evidence["in_sectors"] < MIN_FIRMS_PER_DISTRICT
    if few:
        found.append(say("key_few", n=MIN_FIRMS_PER_DISTRICT))
    elif np.isfinite(profile.stagger):
        word = verdict_word(profile.stagger_verdict, say.lang)
        found.append(say("key_stagger", index=_number(profile.stagger), verdict=word))
    if len(profile.overlaps) and not few and profile.overlaps.iloc[0]["overlap"] > 0:
        twin = profile.overlaps.iloc[0]
        drivers = say.drivers(str(twin["drivers"]))
        found.append(
            say(
                "key_twin",
                district=say.place(str(twin["district"])),
                overlap=f"{twin['overlap']:.0%}",
                drivers=drivers,
            )
        )
    for key, state in (
        ("key_named", "named and present"),
        ("key_missing", "named without anchor"),
        ("key_unnamed", "present, not named"),
    ):
        cells = profile.cells[profile.cells["state"] == state].sort_values("n", ascending=False)
        if len(cells):
            found.append(say(key, sectors=say.list_sectors(cells["sector"])))
    return found


def _map(say: _Sentences) -> list[Block]:
    data = say.data
    draw = partial(
        charts.district_map,
        districts=data.frames.districts,
        adcode=say.profile.adcode,
        anchors=data.anchors,
        firms=data.firms,
        field_of=say.field_of,
    )
    blocks: list[Block] = [
        Heading(say("map")),
        charts.figure(draw, (6.3, 4.4), say("map_caption"), say("map_alt")),
    ]
    hidden = data.anchors[~charts.is_drawn(data.anchors)]
    if len(hidden):
        names = ("、" if say.lang == "zh" else ", ").join(hidden["name"].head(8))
        blocks.append(Paragraph(say("unplaced", n=len(hidden), names=names), note=True))
    return blocks


def _structure(say: _Sentences) -> list[Block]:
    cells = say.profile.cells
    held = int((cells["n"] > 0).sum())
    if held == 0:
        return [Heading(say("structure")), Paragraph(say("no_firms"))]
    row = say.profile.structure.iloc[0]
    text = say(
        "structure_text",
        krugman=_number(row["krugman"]),
        entropy=_number(row["entropy"]),
        hhi=_number(row["herfindahl"]),
    )
    draw = partial(
        charts.structure_chart, cells=cells, names=say.names, field_of=say.field_of, lang=say.lang
    )
    size = (6.3, 0.9 + 0.22 * min(held, 16))
    chart = charts.figure(draw, size, say("structure_caption"), say("structure_alt"))
    return [Heading(say("structure")), Paragraph(text), chart]


def _cells(say: _Sentences) -> list[Block]:
    cells = say.profile.cells
    order = {"named and present": 0, "named without anchor": 1, "present, not named": 2}
    shown = cells.assign(place=cells["state"].map(order).fillna(3))
    shown = shown[(shown["place"] < 3) | (shown["n"] > 0)]
    shown = shown.sort_values(["place", "n"], ascending=[True, False], kind="stable")
    rows = [
        (
            say.names[str(row["sector"])],
            state_word(str(row["state"]), say.lang),
            STRENGTHS[say.lang].get(str(row["strength"]), ""),
            _short_list(str(row["anchor_names"]), say.lang),
            f"{row['n']:g}",
            _quotient(row),
        )
        for row in shown.head(MOST_CELLS).to_dict("records")
    ]
    if not rows:
        return []
    head = tuple(say(f"h_{key}") for key in ("sector", "state", "strength", "anchors", "n", "lq"))
    table = Table(head, tuple(rows), numeric=(4, 5), widths=(2.4, 2.2, 1.3, 3.4, 0.9, 2.0))
    note = Paragraph(say("cells_note"), note=True)
    return [Heading(say("cells")), table, *_left_out(say, len(shown) - MOST_CELLS), note]


def _left_out(say: _Sentences, rows: int) -> list[Block]:
    """Return a note on rows that a table had no room for."""
    return [Paragraph(say("more_rows", n=rows), note=True)] if rows > 0 else []


def _quotient(row: Mapping[Hashable, Any]) -> str:
    if row["n"] == 0 or not np.isfinite(row["lq"]):
        return "—"
    high = "∞" if not np.isfinite(row["lq_high"]) else f"{row['lq_high']:.1f}"
    return f"{row['lq']:.1f} ({row['lq_low']:.1f}–{high})"


def _short_list(text: str, lang: str, limit: int = 3) -> str:
    names = [name for name in text.split(";") if name]
    joined = ("、" if lang == "zh" else ", ").join(names[:limit])
    if len(names) > limit:
        joined += f"等 {len(names)} 家" if lang == "zh" else f" and {len(names) - limit} more"
    return joined


def _overlaps(say: _Sentences) -> list[Block]:
    overlaps = say.profile.overlaps
    overlaps = overlaps.assign(district=overlaps["district"].map(say.place))
    if overlaps.empty or say.profile.evidence["in_sectors"] < MIN_FIRMS_PER_DISTRICT:
        return [Heading(say("overlaps")), Paragraph(say("no_overlap"))]
    draw = partial(charts.overlap_chart, overlaps=overlaps, lang=say.lang)
    size = (6.3, 0.8 + 0.24 * min(len(overlaps), 12))
    chart = charts.figure(draw, size, say("overlaps_caption"), say("overlaps_alt"))
    rows = tuple(
        (
            str(row["district"]),
            f"{row['overlap']:.0%}",
            "—" if not np.isfinite(row["stated_overlap"]) else f"{row['stated_overlap']:.0%}",
            say.drivers(str(row["drivers"])),
        )
        for row in overlaps.head(6).to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("district", "overlap", "stated", "drivers"))
    table = Table(head, rows, numeric=(1, 2), widths=(1.4, 1.1, 1.1, 5))
    return [Heading(say("overlaps")), chart, table]


def _opportunities(say: _Sentences) -> list[Block]:
    found = say.profile.opportunities
    if found.empty:
        strong = (say.profile.cells["lq"] >= 1).any()
        none = say("no_further" if strong else "no_opportunities")
        return [Heading(say("opportunities")), Paragraph(none)]
    rows = tuple(
        (
            say.names[str(row["sector"])],
            f"{row['fit']:.2f}",
            f"{row['crowding']:.0%}",
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
    return [Heading(say("opportunities")), table, note]


def _gaps(say: _Sentences) -> list[Block]:
    data = say.data
    if not say.profile.evidence["firms"] or "sector" not in data.gaps:
        return [Heading(say("gaps")), Paragraph(say("no_data_gaps"))]
    if not data.leading and not data.planned:
        return [Heading(say("gaps")), Paragraph(say("no_sectors_gaps"))]
    blocks: list[Block] = [Heading(say("gaps"))]
    for key, sectors in (("gaps", data.leading), ("planned", data.planned)):
        blocks += _missing_links(say, key, sectors)
    return blocks


def _missing_links(say: _Sentences, key: str, sectors: Sequence[str]) -> list[Block]:
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


def _links_table(say: _Sentences, missing: pd.DataFrame) -> list[Block]:
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
    return [table, *_left_out(say, len(missing) - MOST_ROWS)]


def _suppliers(say: _Sentences) -> list[Block]:
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
        Table(head, rows, numeric=(2, 3), widths=(4, 2, 1.1, 1.2)),
        Paragraph(say("suppliers_note"), note=True),
    ]


def _doing(row: Mapping[Hashable, Any], say: _Sentences) -> str:
    record = {str(key): value for key, value in row.items()}
    return explain(record, say.names, lang=say.lang)[0]


def _radius(radius_m: float, say: _Sentences) -> str:
    if not np.isfinite(radius_m):
        return say("unknown")
    return f"±{radius_m:.0f} m" if radius_m < 1000 else f"±{radius_m / 1000:.1f} km"


def _anchors(say: _Sentences) -> list[Block]:
    anchors = say.data.anchors
    if anchors.empty:
        return []
    clauses = say.data.mentions.groupby("enterprise_id")["section"].agg(_clauses)
    rows = tuple(
        (
            str(row["name"]),
            say.list_sectors(str(row["sectors"]).split(";"), 2) if row["sectors"] else "",
            PRECISIONS_ZH.get(str(row["precision"]), "")
            if say.lang == "zh"
            else str(row["precision"]),
            str(clauses.get(row["enterprise_id"], "")),
        )
        for row in anchors.to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("firm", "sector", "precision", "clause"))
    return [Heading(say("anchors")), Table(head, rows, widths=(3.2, 2.6, 1, 3.4))]


def _clauses(sections: pd.Series) -> str:
    ends = [str(section).split(" / ")[-1].strip("—。 ") for section in sections]
    return "；".join(dict.fromkeys(ends))


def _growth(say: _Sentences) -> list[Block]:
    growth = say.profile.growth
    if growth["n"].sum() < MIN_FIRMS_PER_DISTRICT or growth["year"].nunique() < 3:
        return []
    draw = partial(charts.growth_chart, growth=growth, names=say.names, lang=say.lang)
    chart: Figure = charts.figure(draw, (6.3, 2.6), say("growth_caption"), say("growth_alt"))
    return [Heading(say("growth")), chart]


def _sources(say: _Sentences) -> list[Block]:
    stated = say.data.frames.positionings
    stated = stated[stated["adcode"] == say.profile.adcode]
    if stated.empty:
        return [Heading(say("sources")), Paragraph(say("no_sources"))]
    rows = tuple(
        (
            say.names.get(str(row["sector"]), str(row["sector"])),
            STRENGTHS[say.lang].get(str(row["strength"]), ""),
            f"{DOCUMENTS.get(str(row['document']), str(row['document']))}（{row['date']}）",
            str(row["quote_location"]),
            GRADES_ZH.get(str(row["grade"]), str(row["grade"]))
            if say.lang == "zh"
            else str(row["grade"]),
        )
        for row in stated.to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("sector", "strength", "document", "place", "grade"))
    return [Heading(say("sources")), Table(head, rows, widths=(2.2, 1, 3.6, 2.4, 1.6))]


def _duties(say: _Sentences) -> list[Block]:
    duties = say.data.responsibilities
    if duties.empty:
        return []
    rows = tuple(
        (str(row["section"]).split(" / ")[-1], str(row["text"]))
        for row in duties.to_dict("records")
    )
    return [Heading(say("duties")), Table((say("h_duty"), say("h_parties")), rows, widths=(3, 4))]


def _method(say: _Sentences) -> list[Block]:
    return [Heading(say("method")), Bullets(METHOD_ZH if say.lang == "zh" else METHOD_EN)]
