"""Positionings as a person corrected them: trades dropped from a unit or added to it, units coded."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Final

from clusteratlas.errors import InputError
from clusteratlas.policy.places import place_index, short_name
from clusteratlas.policy.quotes import quote_at
from clusteratlas.policy.records import LineIndex, positioning_record, sector_ids_of
from clusteratlas.policy.review import SECTOR_JOIN, Correction
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_strength import by_strength
from clusteratlas.policy.table_columns import is_row
from clusteratlas.policy.unit_index import UnitIndex
from clusteratlas.policy.units import Unit

_REVIEWED: Final = "reviewed"
Record = dict[str, Any]


def reviewed_positionings(
    original: str,
    text: str,
    at: LineIndex,
    records: list[Record],
    corrections: Sequence[Correction],
    region: tuple[str, ...],
) -> tuple[list[Record], set[Correction]]:
    """Return the positionings after drops, additions and links, and the corrections that met one.

    Parameters
    ----------
    original, text
        The text as it is, which is quoted, and with official marks.
    at
        Its lines.
    records
        Those that were found; they are changed in place.
    corrections
        Those for this document, of every kind.
    region
        Tells places of one name apart where a unit is new.

    Raises
    ------
    InputError
        If a positioning is to be added where neither its unit nor a sector of it stands.
    """
    mine = [one for one in corrections if one.kind == "positioning"]
    if not mine:
        return records, set()
    named = _by_unit(records)
    met = {one for one in mine if one.action == "drop" and _drop(one, _of_unit(named, one))}
    kept = [record for record in records if record["sectors"]]
    added = [one for one in mine if one.action == "add"]
    for one in added:
        new = _added(text, at, kept, one, region)
        kept += [positioning_record(original, positioning) for positioning in new]
    if added:
        kept.sort(key=lambda record: (record["start"], record["end"]))  # equal ones in their order
    named = _by_unit(kept)
    met |= {one for one in mine if one.action == "keep" and _meant(one, _of_unit(named, one))}
    for one in mine:
        if one.action == "link":
            for record in _meant(one, _of_unit(named, one)):
                record.update(adcode=one.id, found_by=_REVIEWED)
                met.add(one)
    return kept, met | {*added}


def _by_unit(records: Sequence[Record]) -> dict[str, list[Record]]:
    named: dict[str, list[Record]] = {}
    for record in records:
        named.setdefault(record["district"], []).append(record)
    return named


def _of_unit(named: dict[str, list[Record]], one: Correction) -> list[Record]:
    """Return the positionings of a correction's unit; 浑南 means 浑南区 if that alone is there."""
    if one.text in named:
        return named[one.text]
    places = place_index().get(one.text, ())
    others = {name for place in places for name in (place.name, place.short)} & named.keys()
    return named[others.pop()] if len(others) == 1 else []


def _meant(one: Correction, records: Sequence[Record]) -> list[Record]:
    """Return the positionings of its unit that a correction means."""
    return [
        record
        for record in records
        if one.start in {None, record["start"]}
        and (not one.sectors or not {*one.sectors}.isdisjoint(record["sectors"]))
    ]


def _drop(one: Correction, records: Sequence[Record]) -> bool:
    """Take sectors, or all, from the positionings that a correction means; tell if there are any."""
    meant = _meant(one, records)
    for record in meant:
        left = [name for name in record["sectors"] if one.sectors and name not in one.sectors]
        record.update(sectors=left, sector_ids=sector_ids_of(left))
    return bool(meant)


def _added(
    text: str,
    at: LineIndex,
    records: Sequence[Record],
    one: Correction,
    region: tuple[str, ...],
) -> Iterator[Positioning]:
    """Yield what a correction adds: the sectors that its sentence is not known to give the unit."""
    start, end = _sentence_of(text, one)
    known = {
        name
        for record in records
        if record["district"] == one.text and record["start"] == start
        for name in record["sectors"]
    }
    sectors = [name for name in one.sectors if name not in known]
    if not sectors:
        return
    line = at(start)
    row = is_row(text, line)
    unit = _unit(text, start, end, one, region)
    told = stated(text, unit, sectors, start, end, "table" if row else _REVIEWED, line)
    if row:
        told = dataclasses.replace(told, strength="leading")  # as what a table lists
    for part in by_strength(text, [told], lambda *_: []):
        yield dataclasses.replace(part, rule=_REVIEWED)


def _sentence_of(text: str, one: Correction) -> tuple[int, int]:
    """Return the sentence, or row, that an added positioning is to be read from."""
    names = _names(one.text)
    if one.start is not None:
        start, end = quote_at(text, min(one.start, len(text)))
        if not any(name in text[start:end] for name in (*names, *one.sectors)):
            said = f"{one.text!r} nor {SECTOR_JOIN.join(one.sectors)!r}"
            raise InputError(f"{one.where}: neither {said} stands in the sentence at {one.start}")
        return start, end
    for name in names:
        told = {span: _held(text, span, one.sectors) for span in _sentences(text, name)}
        if any(told.values()):
            return max(told, key=lambda span: (told[span], -span[0]))
    raise InputError(
        f"{one.where}: no sentence names both {one.text!r} and {SECTOR_JOIN.join(one.sectors)!r}; "
        "give the start of the one that states it"
    )


def _names(unit: str) -> tuple[str, ...]:
    """Return the names by which a text may call a unit: 浑南区, 浑南."""
    official = any(place.name == unit for place in place_index().get(unit, ()))
    return (unit, short_name(unit)) if official else (unit,)


def _held(text: str, span: tuple[int, int], sectors: Sequence[str]) -> int:
    """Return how many of the sectors stand in a part of the text."""
    return sum(text.find(name, *span) >= 0 for name in sectors)


def _sentences(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences and rows that hold a name, each once."""
    begin = text.find(name)
    while begin >= 0:
        start, end = quote_at(text, begin)
        yield start, end
        begin = text.find(name, max(end, begin + 1))


def _unit(text: str, start: int, end: int, one: Correction, region: tuple[str, ...]) -> Unit:
    """Return the unit of an added positioning, where its sentence names it; -1 if it does not."""
    places = [text.find(name, start, end) for name in _names(one.text)]
    where = next((place for place in places if place >= 0), -1)
    size = len(one.text)
    alone = UnitIndex(one.text, [], region).between(0, size)
    known = next((unit for unit in alone if (unit.start, unit.end) == (0, size)), None)
    kind, adcode = (known.kind, known.adcode) if known else ("park", "")
    return Unit(one.text, where, where + size, kind, one.id or adcode)
