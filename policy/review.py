"""Corrections that a person writes into a CSV file and that extraction applies."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from clusteratlas.cells import shown
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.policy.linking import enterprise_catalog, park_catalog
from clusteratlas.policy.places import load_places

NEEDED_COLUMNS: Final = ("kind", "text", "action")
SUGGESTION_COLUMNS: Final = ("suggested_id", "score", "reason", "quote")
ACTIONS: Final = ("", "keep", "drop", "add", "link")
KINDS: Final = {"enterprise": "enterprises", "park": "parks", "positioning": "positionings"}
SECTOR_JOIN: Final = "、"
_SECTOR_STOP: Final = re.compile("[、，,；;]")
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
        ``enterprise``, ``park`` or ``positioning``.
    text
        The name as it stands in the text; of a positioning the unit's name as extraction gives it.
    start
        The offset of the mention, of a positioning that of its quote; None is every one.
    action
        ``keep`` or "" change nothing; ``drop`` removes, ``add`` adds, ``link`` sets the id (an
        empty id says that the name is none of the shipped rows).
    id
        enterprise_id, park_id or, of a positioning, adcode for ``link`` and ``add``.
    row
        Line number in the file, for messages.
    note
        What the person wrote beside it.
    suggestion
        ``SUGGESTION_COLUMNS`` as they stand in the file; nothing reads them.
    file
        The review file, for messages; "" if there is none.
    sectors
        Of a positioning those that are meant; () is all of them.
    """

    document: str
    kind: str
    text: str
    start: int | None
    action: str
    id: str
    row: int
    note: str = ""
    suggestion: tuple[str, ...] = ("",) * len(SUGGESTION_COLUMNS)
    file: str = ""
    sectors: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Return file and line, for messages."""
        return f"{self.file or 'review'} line {self.row}"

    def __str__(self) -> str:
        """Return the decision in words: ``drop enterprise 沈飞公司 at 15``."""
        sectors = f" ({SECTOR_JOIN.join(self.sectors)})" if self.sectors else ""
        place = "" if self.start is None else f" at {self.start}"
        return f"{self.action} {self.kind} {self.text}{sectors}{place}"


def read_review(path: str | Path) -> list[Correction]:
    """Return the corrections of a review file (UTF-8 with or without BOM, or GB18030).

    Columns are told by their names; only ``kind``, ``text`` and ``action`` must be there. Rows
    without a cell are skipped.

    Raises
    ------
    FileFormatError
        If it is a workbook.
    InputError
        If a column is missing or a row has an unknown kind or action, no text, a start that is
        no offset, more cells than the header, a cell beyond 10,000 characters, links to an id
        that no shipped row (no place) has, or adds a positioning without sectors.
    """
    content = Path(path).read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise FileFormatError(f"{path}: a workbook; save the review file as CSV")
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
    missing = [name for name in NEEDED_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; extract --write-review writes a review file"
        )
    corrections: list[Correction] = []
    for row in reader:
        if len(corrections) == MAX_ROWS:
            raise InputError(f"{path}: more than {MAX_ROWS} rows")
        if any(row.values()):  # Excel leaves rows of commas
            corrections.append(_correction(path, reader.line_num, row))
    return corrections


def _correction(path: str | Path, number: int, row: dict[Any, Any]) -> Correction:
    where = f"{path} line {number}"
    if None in row:
        raise InputError(f"{where}: more cells than the header has columns")
    cell = {key: shown((value or "").strip()) for key, value in row.items()}
    cell |= {key: cell[key].lower() for key in ("kind", "action")}
    names = (name.strip() for name in _SECTOR_STOP.split(cell.get("sectors", "")))
    sectors = tuple(dict.fromkeys(name for name in names if name))
    start = cell.get("start", "")
    _check(where, cell, sectors)
    return Correction(
        cell.get("document", ""),
        cell["kind"],
        cell["text"],
        int(start) if start else None,
        cell["action"],
        cell.get("id", ""),
        number,
        cell.get("note", ""),
        tuple(cell.get(key, "") for key in SUGGESTION_COLUMNS),
        str(path),
        sectors,
    )


def _check(where: str, cell: dict[str, str], sectors: tuple[str, ...]) -> None:
    """Raise if the cells of a row are no decision."""
    longest = max(map(len, cell.values()))
    if longest > MAX_CELL_CHARS:
        raise InputError(f"{where}: a cell of {longest} characters, at most {MAX_CELL_CHARS}")
    kind, action = cell["kind"], cell["action"]
    if kind not in KINDS:
        raise InputError(f"{where}: kind {kind!r}, expected one of {', '.join(KINDS)}")
    if action not in ACTIONS:
        known = ", ".join(filter(None, ACTIONS))
        raise InputError(f"{where}: action {action!r}, expected one of {known}, or nothing")
    if not cell["text"]:
        raise InputError(f"{where}: no text")
    start = cell.get("start", "")
    if start and not (start.isascii() and start.isdigit() and len(start) < 10):
        raise InputError(f"{where}: start {start!r} is no offset")
    if kind == "positioning" and action == "add" and not sectors:
        raise InputError(f"{where}: no sectors; name those to add, joined by {SECTOR_JOIN}")
    if kind != "positioning" and sectors:
        raise InputError(f"{where}: sectors are for positionings; a row of kind {kind} has none")
    linked = cell.get("id", "")
    if action in {"link", "add"} and linked and linked not in _known_ids(kind):
        what = "place has the adcode" if kind == "positioning" else f"{kind} has the id"
        raise UnknownNameError(f"{where}: no {what} {linked!r}")


@cache
def _known_ids(kind: str) -> frozenset[str]:
    if kind == "positioning":
        return frozenset(place.adcode for place in load_places())
    catalog = enterprise_catalog() if kind == "enterprise" else park_catalog()
    return frozenset(one for ids in catalog.names.values() for one in ids)


def corrections_for(corrections: Sequence[Correction], document: str) -> list[Correction]:
    """Return the corrections that are for a document (by the stem of its file name)."""
    return [one for one in corrections if one.document in {"", document}]


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
