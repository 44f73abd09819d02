"""Reading the compact hand tables and writing the CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
TABLES = HERE / "tables"
SOURCES = HERE / "sources"

HAND = "set down by hand from public knowledge"
"""Source of coordinates that were set down by hand."""

FACT = "point of a single public address or office, converted to WGS-84"
"""Source of coordinates that were noted one by one from public data with a known datum."""

OWN = "Apache-2.0"
"""Licence of what was set down by hand: that of the project."""

Row = dict[str, str]


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a hand table with their numbers; empty lines and ``#`` comments are left out."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text


def fields(path: Path, count: int) -> Iterator[list[str]]:
    """Fields of a ``|`` table; a line with another number of fields is an error that names it."""
    for number, text in lines(path):
        values = [value.strip() for value in text.split("|")]
        if len(values) != count:
            raise SystemExit(
                f"{path.name}:{number}: {len(values)} fields, {count} expected: {text}"
            )
        yield values


def source_rows(name: str) -> list[Row]:
    """Rows of a CSV file in ``sources/``."""
    with (SOURCES / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    r"""Write ``rows`` as a whole file or not at all (UTF-8, ``\\n``)."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)
