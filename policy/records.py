"""What extraction writes of everything found: one record each, with its place in the text."""

import bisect
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from clusteratlas.policy.linking import (
    SURE_SCORE,
    Suggestion,
    enterprise_catalog,
    park_catalog,
    park_places,
    sector_of,
)
from clusteratlas.policy.metadata import find_facts
from clusteratlas.policy.places import load_places, place_index
from clusteratlas.policy.readers import PolicyText
from clusteratlas.policy.responsibilities import Responsibility
from clusteratlas.policy.sections import Sector, field_and_subsector
from clusteratlas.policy.spans import Span
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.structure import Line
from clusteratlas.policy.targets import Target

FORMAT_VERSION: Final = 1
Record = dict[str, Any]


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
            field, subsector, sector_id = field_and_subsector(line.path)
            self._headings[line.number] = (line.section, field, subsector, sector_id)
        return self._headings[line.number]


def document_record(document: PolicyText) -> Record:
    """Return what a document says of itself, and what was read."""
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


def sector_record(sector: Sector) -> Record:
    """Return the record of a sector that a heading names."""
    return {
        "field": sector.field,
        "subsector": sector.subsector,
        "sector_id": sector.sector_id,
        "products": sector.products,
        "section": sector.section,
        "start": sector.heading.start,
        "end": sector.heading.end,
    }


def _where(section: str, line: Line, one: Span | Positioning | Responsibility | Target) -> Record:
    return {"section": section, "line": line.number, "start": one.start, "end": one.end}


def _suggestion(suggestion: Suggestion | None, key: str) -> Record:
    if suggestion is None:
        return {key: "", "score": 0.0, "reason": ""}
    return {key: suggestion.id, "score": suggestion.score, "reason": suggestion.reason}


def enterprise_record(text: str, span: Span, at: LineIndex) -> Record:
    """Return the record of an enterprise, with the shipped one that it may be."""
    line = at(span.start)
    section, field, subsector, sector_id = at.headings(line)
    name = span.within(text)
    return {
        "name": name,
        "field": field,
        "subsector": subsector,
        "sector_id": sector_id or sector_of(field)[0],
        **_where(section, line, span),
        "found_by": span.reason,
        **_suggestion(enterprise_catalog().suggest(name), "enterprise_id"),
    }


def park_record(
    text: str,
    span: Span,
    at: LineIndex,
    region: tuple[str, ...],
    rows: Mapping[int, tuple[str, str]],
) -> Record:
    """Return the record of a park.

    Parameters
    ----------
    region
        Tells places of one name apart.
    rows
        District and city that the row of a line names, for parks whose own name gives none.
    """
    line = at(span.start)
    section, _, _, sector_id = at.headings(line)
    name = span.within(text)
    suggestion = park_catalog().suggest(name)
    sure = suggestion is not None and suggestion.score >= SURE_SCORE
    known = park_places().get(suggestion.id, ("", "")) if suggestion and sure else None
    district, city = known if known is not None else _place_in(name, region)
    if not district and line.number in rows and city in {"", rows[line.number][1]}:
        district, city = rows[line.number]
    return {
        "name": name,
        "district": district,
        "city": city,
        "sector_id": sector_id,
        **_where(section, line, span),
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


def positioning_record(text: str, one: Positioning) -> Record:
    """Return the record of a stated positioning."""
    return {
        "district": one.unit.name,
        "kind": one.unit.kind,
        "adcode": one.unit.adcode,
        "sectors": list(one.sectors),
        "sector_ids": sector_ids_of(one.sectors),
        "strength": one.strength,
        "quote": text[one.start : one.end],
        **_where(one.line.section, one.line, one),
        "found_by": one.rule,
    }


def sector_ids_of(sectors: Iterable[str]) -> list[str]:
    """Return the ids of those of our 28 sectors that are among some sectors, in order."""
    return sorted({sector_of(name)[0] for name in sectors} - {""})


def responsibility_record(text: str, one: Responsibility) -> Record:
    """Return the record of the bodies that answer for a clause."""
    return {
        "departments": list(one.departments),
        "governments": list(one.governments),
        "quote": text[one.start : one.end],
        **_where(one.line.section, one.line, one),
    }


def target_record(text: str, one: Target) -> Record:
    """Return the record of a number that is to be reached."""
    return {
        "quantity": one.quantity,
        "value": one.value,
        "unit": one.unit,
        "year": one.year,
        "comparison": one.comparison,
        "quote": text[one.start : one.end],
        **_where(one.line.section, one.line, one),
    }
