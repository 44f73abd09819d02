"""What the report says, as blocks without a format."""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np

from clusteratlas.analysis.stagger import MIN_FIRMS_PER_DISTRICT
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
from clusteratlas.reports.directions import gaps, opportunities, suppliers
from clusteratlas.reports.gather import ReportData
from clusteratlas.reports.places import anchors, location, parks
from clusteratlas.reports.sentences import Sentences, left_out, percent
from clusteratlas.reports.words import (
    DOCUMENTS,
    GRADES_ZH,
    METHOD_EN,
    METHOD_ZH,
    STRENGTHS,
    state_word,
    verdict_word,
)

MOST_CELLS = 28
"""Longest table of sectors: all of them."""


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
    say = Sentences(data, lang, date or dt.date.today())
    sections: list[Callable[[Sentences], list[Block]]] = [
        location, _structure, _cells, _overlaps, opportunities, gaps, suppliers, anchors, parks,
        _growth, _sources, _duties, _method,
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


def _number(value: float, digits: int = 2) -> str:
    # Adding nothing turns -0.0 into 0.0.
    return "—" if not np.isfinite(value) else f"{round(value, digits) + 0.0:.{digits}f}"


def _key(say: Sentences) -> list[str]:
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
                overlap=percent(twin["overlap"]),
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


def _structure(say: Sentences) -> list[Block]:
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
    most = charts.MOST_SECTORS
    size = (6.3, 0.9 + 0.22 * min(held, most))
    caption = say("structure_caption") + (say("structure_most", n=most) if held > most else "")
    chart = charts.figure(draw, size, caption, say("structure_alt"))
    return [Heading(say("structure")), Paragraph(text), chart]


def _cells(say: Sentences) -> list[Block]:
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
    # Notes stand above their tables: below a long one they would open the next page.
    return [Heading(say("cells")), note, table, *left_out(say, len(shown) - MOST_CELLS)]


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


def _overlaps(say: Sentences) -> list[Block]:
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
            percent(row["overlap"]),
            percent(row["stated_overlap"]),
            say.drivers(str(row["drivers"])),
        )
        for row in overlaps.head(6).to_dict("records")
    )
    head = tuple(say(f"h_{key}") for key in ("district", "overlap", "stated", "drivers"))
    table = Table(head, rows, numeric=(1, 2), widths=(1.4, 1.1, 1.1, 5))
    return [Heading(say("overlaps")), chart, table]


def _growth(say: Sentences) -> list[Block]:
    growth = say.profile.growth
    if growth["n"].sum() < MIN_FIRMS_PER_DISTRICT or growth["year"].nunique() < 3:
        return []
    draw = partial(charts.growth_chart, growth=growth, names=say.names, lang=say.lang)
    chart: Figure = charts.figure(draw, (6.3, 2.6), say("growth_caption"), say("growth_alt"))
    return [Heading(say("growth")), chart]


def _sources(say: Sentences) -> list[Block]:
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


def _duties(say: Sentences) -> list[Block]:
    duties = say.data.responsibilities
    if duties.empty:
        return []
    rows = tuple(
        (str(row["section"]).split(" / ")[-1], str(row["text"]))
        for row in duties.to_dict("records")
    )
    return [Heading(say("duties")), Table((say("h_duty"), say("h_parties")), rows, widths=(3, 4))]


def _method(say: Sentences) -> list[Block]:
    return [Heading(say("method")), Bullets(METHOD_ZH if say.lang == "zh" else METHOD_EN)]
