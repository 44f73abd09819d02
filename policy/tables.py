"""Extractions as the flat tables that the atlas ships."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from clusteratlas.policy.extraction import Extraction, extract
from clusteratlas.policy.linking import SURE_SCORE
from clusteratlas.policy.readers import read_document
from clusteratlas.policy.review import read_review
from clusteratlas.policy.writing import write_bytes

MENTION_COLUMNS: Final = (
    "document", "section", "line", "start", "end", "text", "enterprise_id", "park_id", "sector",
)  # fmt: skip


def mention_rows(extraction: Extraction) -> list[dict[str, Any]]:
    """Return one row per mention of an enterprise or park, in the order of the text.

    ``document`` is the stem of the file's name; an id stands only where the suggestion's score is
    at least ``SURE_SCORE``.
    """
    rows = []
    for kind in ("enterprises", "parks"):
        key = "enterprise_id" if kind == "enterprises" else "park_id"
        for item in extraction[kind]:
            linked = item[key] if item["score"] >= SURE_SCORE else ""
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


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: list[dict[str, Any]],
    *,
    byte_order_mark: bool = False,
) -> None:
    r"""Write rows as UTF-8 CSV with ``\n`` line ends, whole or not at all.

    With a byte order mark Excel on a Chinese Windows opens the file as UTF-8, not as GBK.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, buffer.getvalue().encode("utf-8-sig" if byte_order_mark else "utf-8"))


RESPONSIBILITY_COLUMNS: Final = (
    "document", "section", "task", "lead", "support", "line", "start", "end", "text",
)  # fmt: skip
TARGET_COLUMNS: Final = (
    "document", "section", "line", "start", "end", "quantity", "comparison", "value", "unit",
    "year", "text",
)  # fmt: skip


def responsibility_rows(extraction: Extraction) -> list[dict[str, Any]]:
    """Return one row per clause with bodies that answer for it; several bodies are ;-separated.

    ``task`` is the heading of the clause, ``lead`` the departments that it names and ``support``
    the district governments, in the order of the text; where it labels some as helping they stand last.
    """
    return [
        {
            **_where(extraction, item),
            "task": item["section"].rsplit(" / ", 1)[-1],
            "lead": ";".join(item["departments"]),
            "support": ";".join(item["governments"]),
            "text": item["quote"],
        }
        for item in extraction["responsibilities"]
    ]


def target_rows(extraction: Extraction) -> list[dict[str, Any]]:
    """Return one row per number that is to be reached; the year is "" where none is stated."""
    return [
        {
            **_where(extraction, item),
            "quantity": item["quantity"],
            "comparison": item["comparison"],
            "value": f"{item['value']:g}",
            "unit": item["unit"],
            "year": item["year"] or "",
            "text": item["quote"],
        }
        for item in extraction["targets"]
    ]


def _where(extraction: Extraction, item: dict[str, Any]) -> dict[str, Any]:
    keys = ("section", "line", "start", "end")
    return {"document": extraction["document"]["name"], **{key: item[key] for key in keys}}


def write_tables(documents: Sequence[Path], folder: Path, review: Path | None) -> dict[str, int]:
    """Write mentions.csv, responsibilities.csv and targets.csv; return their numbers of rows.

    Parameters
    ----------
    documents
        Policy documents in the order in which their rows shall stand.
    folder
        Where the tables go.
    review
        Review file to apply, None for none.
    """
    corrections = read_review(review) if review else []
    extractions = [extract(read_document(path), review=corrections) for path in documents]
    tables = (
        ("mentions.csv", MENTION_COLUMNS, mention_rows),
        ("responsibilities.csv", RESPONSIBILITY_COLUMNS, responsibility_rows),
        ("targets.csv", TARGET_COLUMNS, target_rows),
    )
    counts = {}
    for name, columns, rows_of in tables:
        rows = [row for extraction in extractions for row in rows_of(extraction)]
        write_table(folder / name, columns, rows)
        counts[name] = len(rows)
    return counts
