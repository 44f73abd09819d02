"""XLSX workbooks, streamed; every sheet whose header is recognised."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.store.ingest.readers.base import (
    HEADER_ROWS,
    MAX_ORIGINAL,
    RawRow,
    Table,
    Tables,
    header_score,
    is_blank,
)

MAX_UNFOLDED_BYTES: Final = 4 << 30
MAX_STRINGS_BYTES: Final = 512 << 20  # the shared strings are the one part that is held in memory
BOMB_RATIO: Final = 200
BOMB_FLOOR_BYTES: Final = 16 << 20
MAX_COLUMNS: Final = 1_000
MAX_MARKS: Final = 200_000

_MERGE: Final = re.compile(rb'<mergeCell[^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_CELL: Final = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)
_OVERLAP: Final = 1 << 14


@dataclass
class Oddities:
    """What a sheet's values alone do not tell.

    Attributes
    ----------
    merged
        ``(first row, last row, first column, last column)`` of merged ranges, from 1.
    uncalculated
        Columns with a formula that was never calculated, by row.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncalculated: dict[int, set[int]] = field(default_factory=dict)


def sheet_tables(path: Path, wanted: Sequence[str]) -> Tables:
    """Return a table per sheet with a known header; see :func:`.open_tables`.

    Raises
    ------
    FileFormatError
        If the workbook is damaged, a compression bomb, or no sheet has a known header.
    """
    _refuse_bomb(path)
    place = [0.0]
    return Tables(_sheets(path, wanted, place), lambda: place[0], lambda: None)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    if total > MAX_UNFOLDED_BYTES or (total > BOMB_FLOOR_BYTES and total > packed * BOMB_RATIO):
        raise FileFormatError(
            f"{path} unfolds to {total >> 20} MB: refused as a compression bomb; save it as CSV"
        )
    strings = sum(info.file_size for info in infos if info.filename.endswith("sharedStrings.xml"))
    if strings > MAX_STRINGS_BYTES:
        raise FileFormatError(f"{path} holds {strings >> 20} MB of text: save it as CSV")


def _sheets(path: Path, wanted: Sequence[str], place: list[float]) -> Iterator[Table]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and filters that do not matter here
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets any error of zip, XML and its own through
        raise FileFormatError(f"{path} is a damaged workbook: {_first(error)}") from error
    found = 0
    try:
        for number, sheet in enumerate(book.worksheets):
            table = _sheet(path, sheet, wanted, place, number / len(book.worksheets))
            if table is not None:
                found += 1
                yield table
    finally:
        book.close()
    if not found:
        raise FileFormatError(
            f"{path}: no sheet has a column for the firm's name; name it with --map name=TITLE"
        )


def _sheet(
    path: Path, sheet: Any, wanted: Sequence[str], place: list[float], start: float
) -> Table | None:
    title = f"{path}!{sheet.title}"
    rows = _cells(sheet, title)
    head = list(islice(rows, HEADER_ROWS))
    scores = [header_score(cells, wanted) for _, cells in head]
    if not scores or max(scores) == 0:
        return None
    at = scores.index(max(scores))
    header = head[at][1]
    while header and (header[-1] is None or not str(header[-1]).strip()):
        header = header[:-1]
    odd = _oddities(path, sheet)
    following = _chain(head[at + 1 :], rows)
    total = max(sheet.max_row or 1, 1)
    table = Table(title, header, iter(()))
    table.rows = _rows(following, table, odd, place, start, total)
    return table


def _cells(sheet: Any, title: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheet.reset_dimensions()  # the stated size may be wrong, or huge
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, tuple(cells[:MAX_COLUMNS])
    except Exception as error:  # see _sheets
        raise FileFormatError(f"{title} is damaged: {_first(error)}") from error


def _chain(
    head: list[tuple[int, tuple[Any, ...]]], rows: Iterator[tuple[int, tuple[Any, ...]]]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    yield from head
    yield from rows


def _rows(
    rows: Iterator[tuple[int, tuple[Any, ...]]],
    table: Table,
    odd: Oddities,
    place: list[float],
    start: float,
    total: int,
) -> Iterator[RawRow]:
    spans = _Spans(odd.merged)
    width = len(table.header)
    for number, found in rows:
        place[0] = min(start + number / total, 1.0)
        cells = list(found[:width]) + [None] * (width - len(found))
        filled = spans.fill(number, cells)
        if is_blank(cells) and not odd.uncalculated.get(number):
            continue
        yield RawRow(number, cells, _shown(found), _problem(number, filled, odd, table))


def _problem(number: int, filled: set[int], odd: Oddities, table: Table) -> str:
    if any(column <= len(table.header) for column in odd.uncalculated.get(number, ())):
        return "formula_without_value"
    return "merged_cells" if table.identity & {column - 1 for column in filled} else ""


class _Spans:
    """Values of merged ranges: the file gives them to the first cell only."""

    def __init__(self, merged: Sequence[tuple[int, int, int, int]]) -> None:
        self._waiting = sorted(span for span in merged if span[1] > span[0])
        self._open: list[tuple[int, int, int, Any]] = []

    def fill(self, number: int, cells: list[Any]) -> set[int]:
        """Put the value of ranges that began above into the row; return the columns filled."""
        filled: set[int] = set()
        self._open = [span for span in self._open if span[0] >= number]
        for _last, left, right, value in self._open:
            for column in range(left, min(right, len(cells)) + 1):
                cells[column - 1] = value
                filled.add(column)
        while self._waiting and self._waiting[0][0] <= number:
            first, last, left, right = self._waiting.pop(0)
            if first == number and left <= len(cells):
                self._open.append((last, left, right, cells[left - 1]))
        return filled


def _oddities(path: Path, sheet: Any) -> Oddities:
    """Scan a sheet's XML once for merged ranges and formulas without a calculated value."""
    odd = Oddities()
    member = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            return odd
        with archive.open(member) as stream:
            tail = b""
            while chunk := stream.read(1 << 20):
                text = tail + chunk
                _scan(text, odd)
                tail = text[-_OVERLAP:]
    odd.merged = sorted(set(odd.merged))
    return odd


def _scan(text: bytes, odd: Oddities) -> None:
    if len(odd.merged) + len(odd.uncalculated) > MAX_MARKS:
        return
    for left, first, right, last in _MERGE.findall(text):
        odd.merged.append((int(first), int(last), _column(left), _column(right)))
    for column, row in _CELL.findall(text):
        odd.uncalculated.setdefault(int(row), set()).add(_column(column))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _shown(cells: Sequence[Any]) -> str:
    return "\t".join("" if cell is None else str(cell) for cell in cells)[:MAX_ORIGINAL]


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
