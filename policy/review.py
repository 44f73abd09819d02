"""Corrections that a person writes into a CSV file and that extraction applies."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import InputError

REVIEW_COLUMNS: Final = (
    "document", "kind", "text", "start", "action", "id", "suggested_id", "score", "reason", "note",
)  # fmt: skip
ACTIONS: Final = ("", "keep", "drop", "add", "link")
KINDS: Final = {"enterprise": "enterprises", "park": "parks"}
MAX_ROWS: Final = 100_000


@dataclass(frozen=True)
class Correction:
    """One row of a review file.

    Parameters
    ----------
    document
        Stem of the file it is for; "" is every document.
    kind
        ``enterprise`` or ``park``.
    text
        The name as it stands in the text.
    start
        The offset of the mention; None is every mention of the name.
    action
        ``keep`` or "" change nothing; ``drop`` removes, ``add`` adds, ``link`` sets the id (an
        empty id says that the name is none of the shipped rows).
    id
        enterprise_id or park_id for ``link`` and ``add``.
    row
        Line number in the file, for messages.
    """

    document: str
    kind: str
    text: str
    start: int | None
    action: str
    id: str
    row: int


def read_review(path: str | Path) -> list[Correction]:
    """Return the corrections of a review file (UTF-8 with or without BOM, or GB18030).

    Raises
    ------
    InputError
        If a column is missing or a row has an unknown kind or action, no text, or a start that is
        no offset.
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: neither UTF-8 nor GB18030") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in ("kind", "text", "action") if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected {REVIEW_COLUMNS}")
    corrections = []
    for number, row in enumerate(reader, start=2):
        if number > MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS} rows")
        corrections.append(_correction(path, number, row))
    return corrections


def _correction(path: str | Path, number: int, row: dict[Any, Any]) -> Correction:
    cell = {key: (value or "").strip() for key, value in row.items()}
    where = f"{path} line {number}"
    if cell["kind"] not in KINDS:
        raise InputError(f"{where}: kind {cell['kind']!r}, expected one of {tuple(KINDS)}")
    if cell["action"] not in ACTIONS:
        raise InputError(f"{where}: action {cell['action']!r}, expected one of {ACTIONS}")
    if not cell["text"]:
        raise InputError(f"{where}: no text")
    start = cell.get("start", "")
    if start and not (start.isascii() and start.isdigit() and len(start) < 10):
        raise InputError(f"{where}: start {start!r} is no offset")
    return Correction(
        cell.get("document", ""),
        cell["kind"],
        cell["text"],
        int(start) if start else None,
        cell["action"],
        cell.get("id", ""),
        number,
    )


def corrections_for(corrections: Sequence[Correction], document: str) -> list[Correction]:
    """Return the corrections that are for a document (by the stem of its file name)."""
    return [one for one in corrections if one.document in {"", document}]


def apply_links(items: list[dict[str, Any]], corrections: Sequence[Correction], kind: str) -> None:
    """Set the reviewed ids on the items of one kind, in place."""
    key = f"{kind}_id"
    for one in corrections:
        if one.kind != kind or one.action not in {"link", "add"}:
            continue
        if one.action == "add" and not one.id:
            continue
        for item in items:
            if item["name"] == one.text and one.start in {None, item["start"]}:
                item.update({key: one.id, "score": 1.0 if one.id else 0.0, "reason": "reviewed"})


def review_rows(extraction: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a review file with empty actions: applied so, it changes nothing."""
    rows = []
    for kind, plural in KINDS.items():
        for item in extraction[plural]:
            rows.append(
                {
                    "document": extraction["document"]["name"],
                    "kind": kind,
                    "text": item["name"],
                    "start": item["start"],
                    "action": "",
                    "id": "",
                    "suggested_id": item[f"{kind}_id"],
                    "score": item["score"],
                    "reason": item["reason"],
                    "note": "",
                }
            )
    return rows
