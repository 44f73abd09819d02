"""Write the rows that could not be used: file, line, reason, original text."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from clusteratlas.cells import defused
from clusteratlas.store.ingest.readers import RawRow
from clusteratlas.store.ingest.records import REASONS

HEADER = ("file", "line", "reason", "explanation", "original")


@contextmanager
def rejects_file(path: Path | None) -> Iterator["RejectsWriter"]:
    """Open a rejects file that appears whole at the end of the block, or not at all.

    Text is UTF-8 with a byte order mark, so that spreadsheets read it; an original that a
    spreadsheet would run as a formula gets an apostrophe in front.
    """
    if path is None:
        yield RejectsWriter(None)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")  # one name: a killed run leaves at most one
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            yield RejectsWriter(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class RejectsWriter:
    """Writes rejects, or nothing where nobody wants them."""

    def __init__(self, stream: IO[str] | None) -> None:
        self._writer: Any = None if stream is None else csv.writer(stream)
        if self._writer is not None:
            self._writer.writerow(HEADER)

    @property
    def wanted(self) -> bool:
        """Whether rejects are written at all."""
        return self._writer is not None

    def write(
        self, rows: Iterable[tuple[int, str, RawRow]], rejects: Iterator[tuple[int, str]]
    ) -> None:
        """Write those rows ``(number, file, row)`` whose number is among the rejects, in order."""
        if self._writer is None:
            return
        waiting = next(rejects, None)
        for number, name, row in rows:
            if waiting is None:
                return
            if number == waiting[0]:
                reason = waiting[1]
                explanation = REASONS.get(reason, "")
                self._writer.writerow((name, row.where, reason, explanation, defused(row.original)))
                waiting = next(rejects, None)
