"""One policy text to rows, every row with its place in the text."""

import bisect
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from clusteratlas.errors import InputError
from clusteratlas.pausing import collector_paused
from clusteratlas.policy.enterprises import find_enterprises, split_partners
from clusteratlas.policy.learned import second_reading
from clusteratlas.policy.linking import (
    SURE_SCORE,
    Suggestion,
    enterprise_catalog,
    park_catalog,
    park_places,
    sector_of,
)
from clusteratlas.policy.metadata import find_facts
from clusteratlas.policy.parks import find_parks
from clusteratlas.policy.places import load_places, place_index
from clusteratlas.policy.positionings import find_positionings
from clusteratlas.policy.readers import PolicyText
from clusteratlas.policy.responsibilities import find_responsibilities, find_targets
from clusteratlas.policy.review import Correction, apply_links, corrections_for
from clusteratlas.policy.sections import field_and_subsector, find_sectors
from clusteratlas.policy.spans import Span, resolve
from clusteratlas.policy.structure import Line, official_marks, read_structure
from clusteratlas.policy.units import count_names
from clusteratlas.policy.words import word_set

Extraction = dict[str, Any]
FORMAT_VERSION: Final = 1
MIN_CITY_MENTIONS: Final = 2


@collector_paused()
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
        item ``text[start:end]`` is its name or quote. The same text gives the same result.

    Raises
    ------
    InputError
        If a correction adds a name that does not stand where it says.
    """
    if isinstance(document, str):
        document = PolicyText(document, "", "txt")
    original = document.text
    text = official_marks(original)
    lines = read_structure(text).lines
    corrections = corrections_for(review, document.name)
    region = region_of(text)
    firms, parks = second_reading(
        text, *_apart(text, find_enterprises(text, lines), find_parks(text, lines))
    )
    parks = corrected(original, parks, corrections, "park")
    firms, parks = _apart(text, firms, parks)
    enterprises, partners = split_partners(text, firms)
    enterprises = corrected(original, enterprises, corrections, "enterprise")
    at = LineIndex(lines)
    extraction: Extraction = {
        "document": _document(document),
        "sectors": [_sector(sector) for sector in find_sectors(text, lines)],
        "enterprises": [_enterprise(original, span, at) for span in enterprises],
        "partners": [_enterprise(original, span, at) for span in partners],
        "parks": [_park(original, span, at, region) for span in parks],
        "positionings": [
            _positioning(original, one)
            for one in find_positionings(text, lines, parks, region, names_of(text, firms))
        ],
        "responsibilities": [
            _responsibility(original, one) for one in find_responsibilities(text, lines)
        ],
        "targets": [_target(original, one) for one in find_targets(text, lines)],
    }
    for kind in ("enterprise", "park"):
        apply_links(extraction[f"{kind}s"], corrections, kind)
    return extraction


def _apart(text: str, firms: list[Span], parks: list[Span]) -> tuple[list[Span], list[Span]]:
    """Return firms that lie in no park, but for those at the head of its name, and the parks."""
    kept = [one for one in firms if not _overlaps(one, parks) or _names_park(text, one, parks)]
    return kept, parks


def corrected(
    text: str, spans: list[Span], corrections: Sequence[Correction], kind: str
) -> list[Span]:
    """Return the spans of one kind after the reviewed drops and additions, in order.

    Raises
    ------
    InputError
        If a name to be added does not stand at its start, or nowhere in the text.
    """
    added: list[Span] = []
    for one in corrections:
        if one.kind != kind or one.action not in {"add", "drop"}:
            continue
        if one.action == "drop":
            spans = [
                span
                for span in spans
                if span.within(text) != one.text or one.start not in {None, span.start}
            ]
            continue
        starts = [one.start] if one.start is not None else _occurrences(text, one.text)
        if not starts or any(not text.startswith(one.text, start) for start in starts):
            where = "in the text" if one.start is None else f"at {one.start}"
            raise InputError(f"review line {one.row}: {one.text!r} does not stand {where}")
        added += [Span(start, start + len(one.text), "reviewed") for start in starts]
    kept = [span for span in spans if not any(_meet(span, one) for one in added)]
    return resolve([*kept, *added])


def names_of(text: str, spans: Sequence[Span]) -> frozenset[str]:
    """Return the names of spans."""
    return frozenset(span.within(text) for span in spans)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _occurrences(text: str, name: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(name), text)]


def _overlaps(span: Span, others: list[Span]) -> bool:
    index = bisect.bisect_left(others, span.end, key=lambda other: other.start)
    return index > 0 and others[index - 1].end > span.start


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


class LineIndex:
    """Finds the line that holds an offset."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._starts = [line.start for line in lines]
        self._headings: dict[int, tuple[str, str, str, str]] = {}

    def __call__(self, offset: int) -> Line:
        """Return the line that holds an offset, or the one before it."""
        return self._lines[max(bisect.bisect_right(self._starts, offset) - 1, 0)]

    def headings(self, line: Line) -> tuple[str, str, str, str]:
        """Return section path, field, subsector and sector_id of what stands in a line."""
        if line.number not in self._headings:
            field, _, subsector, sector_id = field_and_subsector(line.path)
            self._headings[line.number] = (line.section, field, subsector, sector_id)
        return self._headings[line.number]


def _document(document: PolicyText) -> dict[str, Any]:
    facts = find_facts(document.text)
    return {
        "name": document.name,
        "title": facts.title,
        "number": facts.number,
        "issuer": facts.issuer,
        "date": facts.date,
        "format": document.format,
        "encoding": document.encoding,
        "characters": len(document.text),
        "text_sha256": document.sha256,
        "extraction_version": FORMAT_VERSION,
    }


def _sector(sector: Any) -> dict[str, Any]:
    return {
        "field": sector.field,
        "subsector": sector.subsector,
        "sector_id": sector.sector_id,
        "products": sector.products,
        "section": sector.section,
        "start": sector.heading.start,
        "end": sector.heading.end,
    }


def _suggestion(suggestion: Suggestion | None, key: str) -> dict[str, Any]:
    if suggestion is None:
        return {key: "", "score": 0.0, "reason": ""}
    return {key: suggestion.id, "score": suggestion.score, "reason": suggestion.reason}


def _enterprise(text: str, span: Span, at: LineIndex) -> dict[str, Any]:
    line = at(span.start)
    section, field, subsector, sector_id = at.headings(line)
    name = span.within(text)
    return {
        "name": name,
        "field": field,
        "subsector": subsector,
        "sector_id": sector_id or sector_of(field)[0],
        "section": section,
        "line": line.number,
        "start": span.start,
        "end": span.end,
        "found_by": span.reason,
        **_suggestion(enterprise_catalog().suggest(name), "enterprise_id"),
    }


def _park(text: str, span: Span, at: LineIndex, region: tuple[str, ...]) -> dict[str, Any]:
    line = at(span.start)
    section, _, _, sector_id = at.headings(line)
    name = span.within(text)
    suggestion = park_catalog().suggest(name)
    sure = suggestion is not None and suggestion.score >= SURE_SCORE
    known = park_places().get(suggestion.id, ("", "")) if suggestion and sure else None
    district, city = known if known is not None else _place_in(name, region)
    return {
        "name": name,
        "district": district,
        "city": city,
        "sector_id": sector_id,
        "section": section,
        "line": line.number,
        "start": span.start,
        "end": span.end,
        **_suggestion(suggestion, "park_id"),
    }


@lru_cache(maxsize=10_000)
def _place_in(name: str, region: tuple[str, ...]) -> tuple[str, str]:
    """Return district and city that a park's own name gives; "" where it gives none."""
    index = place_index()
    district = city = ""
    position = 0
    while position < len(name):
        for stop in range(min(len(name), position + 10), position + 1, -1):
            places = [
                p
                for p in index.get(name[position:stop], ())
                if not region or p.adcode[:2] == region[0]
            ]
            if len(places) == 1:
                place = places[0]
                if place.level == "county" and not district:
                    district = place.name
                    city = city or _city_of(place.adcode)
                elif place.level == "city" and not city:
                    city = place.name
                position = stop - 1
                break
        position += 1
    return district, city


def _city_of(adcode: str) -> str:
    prefix = f"{adcode[:4]}00"
    return next((place.name for place in load_places() if place.adcode == prefix), "")


def _positioning(text: str, one: Any) -> dict[str, Any]:
    return {
        "district": one.unit.name,
        "kind": one.unit.kind,
        "adcode": one.unit.adcode,
        "sectors": list(one.sectors),
        "sector_ids": sorted({sector_of(name)[0] for name in one.sectors} - {""}),
        "strength": one.strength,
        "quote": text[one.start : one.end],
        "section": one.line.section,
        "line": one.line.number,
        "start": one.start,
        "end": one.end,
        "found_by": one.rule,
    }


def _responsibility(text: str, one: Any) -> dict[str, Any]:
    return {
        "departments": list(one.departments),
        "governments": list(one.governments),
        "quote": text[one.start : one.end],
        "section": one.line.section,
        "line": one.line.number,
        "start": one.start,
        "end": one.end,
    }


def _target(text: str, one: Any) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "value": one.value,
        "unit": one.unit,
        "year": one.year,
        "comparison": one.comparison,
        "quote": text[one.start : one.end],
        "section": one.line.section,
        "line": one.line.number,
        "start": one.start,
        "end": one.end,
    }
