"""One policy text to rows, every row with its place in the text."""

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clusteratlas.pausing import collector_paused
from clusteratlas.policy.broken_lines import unbroken
from clusteratlas.policy.enterprises import find_enterprises, split_partners
from clusteratlas.policy.learned import second_reading
from clusteratlas.policy.parks import find_parks
from clusteratlas.policy.places import load_places
from clusteratlas.policy.positionings import find_positionings
from clusteratlas.policy.put_back import moved_into, put_back
from clusteratlas.policy.readers import PolicyText
from clusteratlas.policy.records import (
    LineIndex,
    document_record,
    enterprise_record,
    park_record,
    positioning_record,
    responsibility_record,
    sector_record,
    target_record,
)
from clusteratlas.policy.responsibilities import find_responsibilities
from clusteratlas.policy.review import Correction, corrections_for
from clusteratlas.policy.reviewed import apply_links, corrected, drops_met
from clusteratlas.policy.reviewed_positionings import reviewed_positionings
from clusteratlas.policy.row_places import places_of_rows
from clusteratlas.policy.sections import find_sectors
from clusteratlas.policy.spans import Span, overlaps, with_more
from clusteratlas.policy.structure import Line, official_marks, read_structure
from clusteratlas.policy.table_columns import Tables
from clusteratlas.policy.table_names import (
    firms_in_tables,
    outside_headers,
    parks_in_tables,
)
from clusteratlas.policy.target_tables import targets_in_tables
from clusteratlas.policy.targets import Target, find_targets
from clusteratlas.policy.units import count_names
from clusteratlas.policy.words import word_set

Extraction = dict[str, Any]
MIN_CITY_MENTIONS: Final = 2


def extract(document: PolicyText | str, *, review: Sequence[Correction] = ()) -> Extraction:
    """Return what a policy text names: sectors, enterprises, parks, positionings and more.

    Parameters
    ----------
    document
        A document from :func:`read_document`, or a text.
    review
        Corrections from :func:`clusteratlas.policy.review.read_review`; they are applied before
        anything is built on the names they concern.

    Returns
    -------
    dict
        The keys of the contract (``document, sectors, enterprises, parks, positionings,
        responsibilities, targets``) and ``partners``, foreign firms with which to work. In every
        item ``text[start:end]`` is its name or quote; in a text whose lines a page broke it holds
        the line ends too that its name or quote is given without. The same text gives the same
        result.

    Raises
    ------
    InputError
        If a correction adds a name that does not stand where it says.
    """
    return extract_reviewed(document, review)[0]


@collector_paused()
def extract_reviewed(
    document: PolicyText | str, review: Sequence[Correction]
) -> tuple[Extraction, set[Correction]]:
    """Return what :func:`extract` does, and the corrections that met something in the text."""
    if isinstance(document, str):
        document = PolicyText(document, "", "txt")
    mine = corrections_for(review, document.name)
    whole = unbroken(document.text, lines=document.format == "txt")
    if whole is None:
        return _read(document, mine)
    moved = {moved_into(whole, one): one for one in mine}
    extraction, met = _read(replace(document, text=whole.text), list(moved))
    return put_back(extraction, whole, document), {moved[one] for one in met}


def _read(document: PolicyText, mine: Sequence[Correction]) -> tuple[Extraction, set[Correction]]:
    """Return what a text names with the corrections that are meant for it, and those that met."""
    original, text = document.text, official_marks(document.text)
    lines, region = read_structure(text).lines, region_of(text)
    tables = Tables(text, lines)
    names, met = _find_names(original, text, lines, mine, tables)
    at, rows = LineIndex(lines), places_of_rows(text, tables, region)
    found = find_positionings(text, lines, names.units, region, names.firms, tables)
    stated = [positioning_record(original, one) for one in found]
    positionings, stated_met = reviewed_positionings(original, text, at, stated, mine, region)
    extraction: Extraction = {
        "document": document_record(document),
        "sectors": [sector_record(sector) for sector in find_sectors(text, lines)],
        "enterprises": [enterprise_record(original, span, at) for span in names.enterprises],
        "partners": [enterprise_record(original, span, at) for span in names.partners],
        "parks": [park_record(original, span, at, region, rows) for span in names.parks],
        "positionings": positionings,
        "responsibilities": [
            responsibility_record(original, one)
            for one in find_responsibilities(text, lines, tables)
        ],
        "targets": [target_record(original, one) for one in _all_targets(text, lines, tables)],
    }
    linked = (apply_links(extraction[f"{kind}s"], mine, kind) for kind in ("enterprise", "park"))
    return extraction, met.union(stated_met, *linked)


@dataclass(frozen=True)
class _Names:
    """The names of a text, as a person corrected them.

    ``units`` are the parks that can be positioned: also those that the learned reader left out.
    ``firms`` are the names of enterprises and partners as found.
    """

    enterprises: list[Span]
    partners: list[Span]
    parks: list[Span]
    units: list[Span]
    firms: frozenset[str]


def _find_names(
    original: str,
    text: str,
    lines: list[Line],
    corrections: Sequence[Correction],
    tables: Tables,
) -> tuple[_Names, set[Correction]]:
    """Return the names of a text after the corrections, and the drops that met one."""
    ruled = _apart(text, find_enterprises(text, lines), find_parks(text, lines))
    firms, parks = second_reading(text, *ruled)
    firms = with_more(outside_headers(firms, tables), firms_in_tables(text, tables))
    parks = with_more(outside_headers(parks, tables), parks_in_tables(text, tables))
    met = drops_met(original, parks, corrections, "park")
    parks = corrected(original, parks, corrections, "park")
    firms, parks = _apart(text, firms, parks)
    enterprises, partners = split_partners(text, firms)
    met |= drops_met(original, enterprises, corrections, "enterprise")
    enterprises = corrected(original, enterprises, corrections, "enterprise")
    others = corrected(original, ruled[1], corrections, "park")
    return _Names(
        enterprises, partners, parks, with_more(parks, others), names_of(text, firms)
    ), met


def _all_targets(text: str, lines: list[Line], tables: Tables) -> list[Target]:
    """Return the targets of sentences and tables in the order of the text."""
    found = [*find_targets(text, lines), *targets_in_tables(text, lines, tables)]
    return sorted(found, key=lambda one: (one.start, one.end))


def _apart(text: str, firms: list[Span], parks: list[Span]) -> tuple[list[Span], list[Span]]:
    """Return firms that lie in no park, but for those at the head of its name, and the parks."""
    kept = [one for one in firms if not overlaps(one, parks) or _names_park(text, one, parks)]
    return kept, parks


def names_of(text: str, spans: Sequence[Span]) -> frozenset[str]:
    """Return the names of spans."""
    return frozenset(span.within(text) for span in spans)


def _names_park(text: str, span: Span, parks: list[Span]) -> bool:
    """Return whether a firm stands at the head of a park's name: 风华集团信息产业园.

    In the name of a firm's own base it may be any firm whose form shows it (沁园食品生产基地).
    """
    at = bisect.bisect_left(parks, span.start, key=lambda park: park.start)
    if at == len(parks) or parks[at].start != span.start or parks[at].end <= span.end:
        return False
    if span.within(text).endswith(("集团", "公司")):
        return True
    return parks[at].within(text).endswith("基地") and span.reason == "short form"


def region_of(text: str) -> tuple[str, ...]:
    """Return the code prefixes of the places that a text is mostly about, the likeliest first.

    A province counts by how many different places of it the text names, official names twice; a
    second one counts if it comes near. Cities follow with four digits.
    """
    counts = count_names(text)
    scores: Counter[str] = Counter()
    cities: Counter[str] = Counter()
    for place in load_places():
        full, short = counts[place.name], counts[place.short]
        if not full and (not short or place.short in word_set("common places")):
            continue
        scores[place.adcode[:2]] += (2 if full else 1) + (2 if place.level == "province" else 0)
        if place.level == "city":
            cities[place.adcode[:4]] += full + short
    if not scores:
        return ()
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    top = [code for code, score in ranked if score * 2 > ranked[0][1]]
    named = sorted(code for code, n in cities.items() if code[:2] in top and n >= MIN_CITY_MENTIONS)
    return (*top, *named)
