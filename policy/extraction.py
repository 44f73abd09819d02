"""One policy text to rows, every row with its place in the text."""

import bisect
from collections import Counter
from typing import Any, Final

from clusteratlas.policy.enterprises import find_enterprises, split_partners
from clusteratlas.policy.spans import Span
from clusteratlas.policy.linking import (
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
from clusteratlas.policy.sections import field_and_subsector, find_sectors
from clusteratlas.policy.structure import Line, Structure, read_structure

Extraction = dict[str, Any]
FORMAT_VERSION: Final = 1


def extract(document: PolicyText | str) -> Extraction:
    """Return what a policy text names: sectors, enterprises, parks, positionings and more.

    Parameters
    ----------
    document
        A document from :func:`read_document`, or a text.

    Returns
    -------
    dict
        The keys of the contract (``document, sectors, enterprises, parks, positionings,
        responsibilities, targets``); in every item ``text[start:end]`` is its name or quote.
        The same text gives the same result, item for item.
    """
    if isinstance(document, str):
        document = PolicyText(document, "", "txt")
    text = document.text
    structure = read_structure(text)
    region = region_of(text)
    enterprises, partners = split_partners(text, find_enterprises(text, structure.lines))
    parks = find_parks(text, structure.lines)
    enterprises = [span for span in enterprises if not _overlaps(span, parks)]
    positionings = find_positionings(text, structure.lines, parks, region)
    return {
        "document": _document(document),
        "sectors": [_sector(sector) for sector in find_sectors(text, structure.lines)],
        "enterprises": [_enterprise(text, span, structure) for span in enterprises],
        "partners": [_enterprise(text, span, structure) for span in partners],
        "parks": [_park(text, span, structure, region) for span in parks],
        "positionings": [_positioning(text, one) for one in positionings],
        "responsibilities": [],
        "targets": [],
    }


def _overlaps(span: Span, others: list[Span]) -> bool:
    index = bisect.bisect_left(others, span.end, key=lambda other: other.start)
    return index > 0 and others[index - 1].end > span.start


def region_of(text: str) -> tuple[str, ...]:
    """Return the code prefixes (province, cities) of the place that a text is mostly about."""
    counts: Counter[str] = Counter()
    for place in load_places():
        if place.level == "county":
            continue
        n = text.count(place.short)
        if n:
            counts[place.adcode[:4] if place.level == "city" else place.adcode[:2]] += n
    if not counts:
        return ()
    top = max(counts.items(), key=lambda item: (item[1], item[0]))[0]
    cities = tuple(
        sorted(
            code for code, n in counts.items() if len(code) == 4 and code[:2] == top[:2] and n >= 2
        )
    )
    return (top[:2], *cities)


def line_at(structure: Structure, offset: int) -> Line:
    """Return the line that holds an offset."""
    index = bisect.bisect_right(structure.lines, offset, key=lambda line: line.start) - 1
    return structure.lines[max(index, 0)]


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


def _enterprise(text: str, span: Span, structure: Structure) -> dict[str, Any]:
    line = line_at(structure, span.start)
    field, _, subsector, sector_id = field_and_subsector(line.path)
    name = span.within(text)
    return {
        "name": name,
        "field": field,
        "subsector": subsector,
        "sector_id": sector_id or sector_of(field)[0],
        "section": line.section,
        "line": line.number,
        "start": span.start,
        "end": span.end,
        "found_by": span.reason,
        **_suggestion(enterprise_catalog().suggest(name), "enterprise_id"),
    }


def _park(text: str, span: Span, structure: Structure, region: tuple[str, ...]) -> dict[str, Any]:
    line = line_at(structure, span.start)
    _, _, _, sector_id = field_and_subsector(line.path)
    name = span.within(text)
    suggestion = park_catalog().suggest(name)
    district, city = park_places().get(suggestion.id, ("", "")) if suggestion else ("", "")
    if not suggestion:
        district, city = _place_in(name, region)
    return {
        "name": name,
        "district": district,
        "city": city,
        "sector_id": sector_id,
        "section": line.section,
        "line": line.number,
        "start": span.start,
        "end": span.end,
        **_suggestion(suggestion, "park_id"),
    }


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
