"""Names as a person corrected them: mentions dropped and added, ids set."""

import re
from collections.abc import Sequence
from typing import Any

from clusteratlas.errors import InputError
from clusteratlas.policy.review import Correction
from clusteratlas.policy.spans import Span, resolve


def drops_met(
    text: str, spans: Sequence[Span], corrections: Sequence[Correction], kind: str
) -> set[Correction]:
    """Return the drops of one kind that meet one of its spans."""
    starts: dict[str, set[int | None]] = {}
    for span in spans:
        starts.setdefault(span.within(text), {None}).add(span.start)
    return {
        one
        for one in corrections
        if one.kind == kind and one.action == "drop" and one.start in starts.get(one.text, ())
    }


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
            raise InputError(f"{one.where}: {one.text!r} does not stand {where}")
        added += [Span(start, start + len(one.text), "reviewed") for start in starts]
    kept = [span for span in spans if not any(_meet(span, one) for one in added)]
    return resolve([*kept, *added])


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _occurrences(text: str, name: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(name), text)]


def apply_links(
    items: list[dict[str, Any]], corrections: Sequence[Correction], kind: str
) -> set[Correction]:
    """Set the reviewed ids on the items of one kind, in place.

    Returns
    -------
    set of Correction
        The links, additions and keeps whose name is among the items.
    """
    key = f"{kind}_id"
    named: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        named.setdefault(item["name"], []).append(item)
    found = set()
    for one in corrections:
        if one.kind != kind or one.action not in {"link", "add", "keep"}:
            continue
        for item in named.get(one.text, ()):
            if one.start not in {None, item["start"]}:
                continue
            found.add(one)
            if one.action == "link" or (one.action == "add" and one.id):
                item.update({key: one.id, "score": 1.0 if one.id else 0.0, "reason": "reviewed"})
    return found
