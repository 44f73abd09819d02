"""Corrections that a person writes into a CSV file and that extraction applies."""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.policy.linking import enterprise_catalog, park_catalog

REVIEW_COLUMNS: Final = (
    "document", "kind", "text", "start", "action", "id", "suggested_id", "score", "reason", "note",
)  # fmt: skip
ACTIONS: Final = ("", "keep", "drop", "add", "link")
KINDS: Final = {"enterprise": "enterprises", "park": "parks"}
MAX_ROWS: Final = 100_000
MAX_CELL_CHARS: Final = 10_000
MAX_NAMED: Final = 5  # other documents that the report names


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
    note
        What the person wrote beside it.
    suggestion
        ``suggested_id``, ``score`` and ``reason`` as they stand in the file; nothing reads them.
    file
        The review file, for messages; "" if there is none.
    """

    document: str
    kind: str
    text: str
    start: int | None
    action: str
    id: str
    row: int
    note: str = ""
    suggestion: tuple[str, str, str] = ("", "", "")
    file: str = ""

    @property
    def where(self) -> str:
        """Return file and line, for messages."""
        return f"{self.file or 'review'} line {self.row}"

    def __str__(self) -> str:
        """Return the decision in words: ``drop enterprise 沈飞公司 at 15``."""
        place = "" if self.start is None else f" at {self.start}"
        return f"{self.action} {self.kind} {self.text}{place}"


def read_review(path: str | Path) -> list[Correction]:
    """Return the corrections of a review file (UTF-8 with or without BOM, or GB18030).

    Raises
    ------
    InputError
        If a column is missing or a row has an unknown kind or action, no text, a start that is
        no offset, more cells than the header, a cell beyond 10,000 characters, or links to an id
        that no shipped row has.
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
    try:
        return _corrections(path, reader)
    except csv.Error as error:
        raise InputError(f"{path} line {reader.line_num + 1}: {error}") from error


def _corrections(path: str | Path, reader: "csv.DictReader[str]") -> list[Correction]:
    missing = [name for name in ("kind", "text", "action") if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected {REVIEW_COLUMNS}")
    corrections: list[Correction] = []
    for row in reader:
        if len(corrections) == MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS} rows")
        corrections.append(_correction(path, reader.line_num, row))
    return corrections


def _correction(path: str | Path, number: int, row: dict[Any, Any]) -> Correction:
    where = f"{path} line {number}"
    if None in row:
        raise InputError(f"{where}: more cells than the header has columns")
    cell = {key: (value or "").strip() for key, value in row.items()}
    longest = max(map(len, cell.values()))
    if longest > MAX_CELL_CHARS:
        raise InputError(f"{where}: a cell of {longest} characters, at most {MAX_CELL_CHARS}")
    if cell["kind"] not in KINDS:
        raise InputError(f"{where}: kind {cell['kind']!r}, expected one of {tuple(KINDS)}")
    if cell["action"] not in ACTIONS:
        raise InputError(f"{where}: action {cell['action']!r}, expected one of {ACTIONS}")
    if not cell["text"]:
        raise InputError(f"{where}: no text")
    start = cell.get("start", "")
    if start and not (start.isascii() and start.isdigit() and len(start) < 10):
        raise InputError(f"{where}: start {start!r} is no offset")
    linked = cell.get("id", "")
    if cell["action"] in {"link", "add"} and linked and linked not in _known_ids(cell["kind"]):
        raise UnknownNameError(f"{where}: no {cell['kind']} has the id {linked!r}")
    return Correction(
        cell.get("document", ""),
        cell["kind"],
        cell["text"],
        int(start) if start else None,
        cell["action"],
        linked,
        number,
        cell.get("note", ""),
        (cell.get("suggested_id", ""), cell.get("score", ""), cell.get("reason", "")),
        str(path),
    )


@cache
def _known_ids(kind: str) -> frozenset[str]:
    catalog = enterprise_catalog() if kind == "enterprise" else park_catalog()
    return frozenset(one for ids in catalog.names.values() for one in ids)


def corrections_for(corrections: Sequence[Correction], document: str) -> list[Correction]:
    """Return the corrections that are for a document (by the stem of its file name)."""
    return [one for one in corrections if one.document in {"", document}]


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


def review_report(
    document: str, corrections: Sequence[Correction], found: Collection[Correction]
) -> list[str]:
    """Return what became of the decisions of a review file: its first line sums up.

    Parameters
    ----------
    document
        Stem of the document's file.
    corrections
        All of the file; those without an action decide nothing and are not counted.
    found
        Those that met something in the document (:func:`extract_reviewed`).
    """
    decisions = [one for one in corrections if one.action]
    mine = corrections_for(decisions, document)
    applied = sum(one in found for one in mine)
    lines = [f"review: {applied} of {len(decisions)} decisions applied to {document}"]
    lines += [f"{one.where}: {one} matched nothing" for one in mine if one not in found]
    others = dict.fromkeys(one.document for one in decisions if one.document not in {"", document})
    if others:
        named = ", ".join([*others][:MAX_NAMED]) + (", ..." if len(others) > MAX_NAMED else "")
        count = len(decisions) - len(mine)
        lines.append(f"review: {count} of them are for other documents: {named}")
    return lines


def review_rows(
    extraction: dict[str, Any], corrections: Sequence[Correction] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a review file; applied, it gives this extraction again.

    Parameters
    ----------
    extraction
        What was found, the corrections applied.
    corrections
        Of the review file that was applied. Each with an action, an id or a note stands first, as
        it was and in its order (a later link overrules an earlier one); a row with an empty action
        follows for every name that none of them gives with its start.
    """
    decided = [one for one in corrections if one.action or one.id or one.note]
    document = extraction["document"]["name"]
    given = {(o.kind, o.text, o.start) for o in corrections_for(decided, document)}
    rows = [_decided_row(one) for one in decided]
    for kind, plural in KINDS.items():
        for item in extraction[plural]:
            if (kind, item["name"], item["start"]) not in given:
                rows.append(_open_row(document, kind, item))
    return rows


def _decided_row(one: Correction) -> dict[str, Any]:
    start = "" if one.start is None else one.start
    cells = (one.document, one.kind, one.text, start, one.action, one.id, *one.suggestion, one.note)
    return dict(zip(REVIEW_COLUMNS, cells, strict=True))


def _open_row(document: str, kind: str, item: dict[str, Any]) -> dict[str, Any]:
    suggestion = (item[f"{kind}_id"], item["score"], item["reason"])
    cells = (document, kind, item["name"], item["start"], "", "", *suggestion, "")
    return dict(zip(REVIEW_COLUMNS, cells, strict=True))
