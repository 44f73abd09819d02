"""The review file that a person edits: a row for each decision and each thing found."""

from collections.abc import Sequence
from typing import Any, Final

from clusteratlas.cells import defused
from clusteratlas.policy.quotes import quote_at
from clusteratlas.policy.review import (
    KINDS,
    SECTOR_JOIN,
    SUGGESTION_COLUMNS,
    Correction,
    corrections_for,
)

REVIEW_COLUMNS: Final = (
    "document", "kind", "text", "sectors", "start", "action", "id", "suggested_id", "score",
    "reason", "note", "quote",
)  # fmt: skip
MAX_QUOTE_CHARS: Final = 300
_Given = tuple[str, str, int | None, tuple[str, ...]]


def review_rows(
    extraction: dict[str, Any], text: str, corrections: Sequence[Correction] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a review file; applied, it gives this extraction again.

    Cells that a spreadsheet would run are defused; :func:`~clusteratlas.policy.review.read_review`
    takes that back.

    Parameters
    ----------
    extraction
        What was found, the corrections applied.
    text
        The text in which its offsets count.
    corrections
        Of the review file that was applied. Each with an action, an id or a note stands first, as
        it was and in its order (a later link overrules an earlier one); a row with an empty action
        follows for every name and positioning that none of them gives with its start.
    """
    decided = [one for one in corrections if one.action or one.id or one.note]
    document = extraction["document"]["name"]
    given: set[_Given] = {
        (one.kind, one.text, one.start, one.sectors) for one in corrections_for(decided, document)
    }
    rows = [_decided_row(one) for one in decided]
    for kind, plural in KINDS.items():
        found = (_open_row(document, kind, item, text) for item in extraction[plural])
        rows += [row for row in found if _key(row) not in given]
    return [{column: defused(cell) for column, cell in row.items()} for row in rows]


def _key(row: dict[str, Any]) -> _Given:
    sectors = tuple(row["sectors"].split(SECTOR_JOIN)) if row["sectors"] else ()
    return row["kind"], row["text"], row["start"], sectors


def _decided_row(one: Correction) -> dict[str, Any]:
    return {
        "document": one.document,
        "kind": one.kind,
        "text": one.text,
        "sectors": SECTOR_JOIN.join(one.sectors),
        "start": "" if one.start is None else one.start,
        "action": one.action,
        "id": one.id,
        "note": one.note,
        **dict(zip(SUGGESTION_COLUMNS, one.suggestion, strict=True)),
    }


def _open_row(document: str, kind: str, item: dict[str, Any], text: str) -> dict[str, Any]:
    stated = kind == "positioning"
    start, end = (item["start"], item["end"]) if stated else quote_at(text, item["start"])
    return {
        "document": document,
        "kind": kind,
        "text": item["district"] if stated else item["name"],
        "sectors": SECTOR_JOIN.join(item["sectors"]) if stated else "",
        "start": item["start"],
        "action": "",
        "id": "",
        "suggested_id": item["adcode"] if stated else item[f"{kind}_id"],
        "score": "" if stated else item["score"],
        "reason": item["found_by"] if stated else item["reason"],
        "note": "",
        "quote": " ".join(text[start : min(end, start + MAX_QUOTE_CHARS)].split()),
    }
