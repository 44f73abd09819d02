"""Rows of a text whose broken lines were joined, put back to where they stand in the text as it is."""

import bisect
import re
from dataclasses import replace
from typing import Any, Final

from clusteratlas.policy.broken_lines import Unbroken
from clusteratlas.policy.readers import PolicyText
from clusteratlas.policy.review import Correction

_SAID: Final = ("quote", "name", "subsector")  # what a row's offsets give, the first that it has


def moved_into(whole: Unbroken, correction: Correction) -> Correction:
    """Return a correction of the text as it is for the joined one."""
    if correction.start is None:
        return correction
    return replace(correction, start=whole.position(correction.start))


def put_back(extraction: dict[str, Any], whole: Unbroken, document: PolicyText) -> dict[str, Any]:
    """Return the rows of a joined text with the offsets and lines of the document as it is."""
    ends = [match.start() for match in re.finditer("\n", document.text)]
    facts = {"characters": len(document.text), "text_sha256": document.sha256}
    found: dict[str, Any] = {"document": extraction["document"] | facts}
    for kind, rows in extraction.items():
        if kind != "document":
            found[kind] = [_as_written(_moved(row, whole, ends), document.text) for row in rows]
    return found


def _moved(row: dict[str, Any], whole: Unbroken, line_ends: list[int]) -> dict[str, Any]:
    start = whole.place(row["start"])
    moved = row | {"start": start, "end": whole.place(row["end"] - 1) + 1}
    if "line" in row:
        moved["line"] = bisect.bisect_left(line_ends, start) + 1
    return moved


def _as_written(row: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a row with its name or quote as it is written, unless a line end stands within it."""
    written = text[row["start"] : row["end"]]
    if "\n" in written or "\f" in written:
        return row
    said = next(key for key in _SAID if key in row)
    return row | {said: written}
