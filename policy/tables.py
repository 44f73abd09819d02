"""Extractions as the flat tables that the atlas ships."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from clusteratlas.policy.extraction import Extraction, extract
from clusteratlas.policy.readers import read_document
from clusteratlas.policy.writing import write_bytes

MENTION_COLUMNS: Final = (
    "document", "section", "line", "start", "end", "text", "enterprise_id", "park_id", "sector",
)  # fmt: skip
LINK_SCORE: Final = 0.85  # a suggestion below it is left for a person to decide


def mention_rows(extraction: Extraction) -> list[dict[str, Any]]:
    """Return one row per mention of an enterprise or park, in the order of the text.

    ``document`` is the stem of the file's name; an id stands only where the suggestion's score is
    at least ``LINK_SCORE``.
    """
    rows = []
    for kind in ("enterprises", "parks"):
        key = "enterprise_id" if kind == "enterprises" else "park_id"
        for item in extraction[kind]:
            linked = item[key] if item["score"] >= LINK_SCORE else ""
            rows.append(
                {
                    "document": extraction["document"]["name"],
                    "section": item["section"],
                    "line": item["line"],
                    "start": item["start"],
                    "end": item["end"],
                    "text": item["name"],
                    "enterprise_id": linked if kind == "enterprises" else "",
                    "park_id": linked if kind == "parks" else "",
                    "sector": item["sector_id"],
                }
            )
    return sorted(rows, key=lambda row: (row["start"], row["end"]))


def write_table(path: Path, columns: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Write rows as UTF-8 CSV with ``\\n`` line ends, whole or not at all."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, buffer.getvalue().encode("utf-8"))


def write_mentions(documents: Sequence[Path], target: Path) -> int:
    """Write the mentions of several documents and return how many there are."""
    rows = [row for path in documents for row in mention_rows(extract(read_document(path)))]
    write_table(target, MENTION_COLUMNS, rows)
    return len(rows)
