"""CSV and TSV in UTF-8, UTF-16 or GB18030, with lines and records of bounded length."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.store.ingest.readers.base import (
    HEADER_ROWS,
    MAX_ORIGINAL,
    Block,
    RawRow,
    Table,
    Tables,
    header_score,
    is_blank,
)
from clusteratlas.store.ingest.readers.encoding import as_lines, find_encoding

MAX_LINE: Final = 1 << 20  # bytes
MAX_RECORD_LINES: Final = 64
MAX_BLOCK: Final = 16 << 20  # bytes
DELIMITERS: Final = (",", "\t", ";", "|")

Line = tuple[int, bytes, bool]  # number, text, longer than MAX_LINE


def delimited_tables(path: Path, wanted: Sequence[str]) -> Tables:
    """Return the one table of a plain text file; see :func:`.open_tables`."""
    size = max(path.stat().st_size, 1)
    raw = path.open("rb")

    def tables() -> Iterator[Table]:
        with raw:
            yield delimited_table(raw, str(path), wanted)

    return Tables(tables(), lambda: 1.0 if raw.closed else raw.tell() / size, raw.close)


def delimited_table(stream: IO[bytes], title: str, wanted: Sequence[str]) -> Table:
    """Return the table of an open stream.

    Raises
    ------
    FileFormatError
        If the stream is empty, or no text.
    """
    lines, encoding = _decodable(stream, title)
    source = _Lines(lines)
    head: list[Line] = []
    while len(head) < HEADER_ROWS and (line := source.take()) is not None:
        head.append(line)
    texts = [_decode(line, encoding) for line in head]
    at, delimiter = _find_header(texts, wanted)
    if at is None:
        raise FileFormatError(f"{title} is empty: no line holds any text")
    source.give_back(head[at + 1 :])
    header = _cells(texts[at], delimiter)
    form = Form(encoding, delimiter, len(header))
    return Table(title, header, _rows(source, form), cut=partial(_cut, source, form))


def _decodable(stream: IO[bytes], title: str) -> tuple[IO[bytes], str]:
    sample = stream.read(1 << 18)
    if not sample.strip():
        raise FileFormatError(f"{title} is empty")
    encoding = find_encoding(sample, title)
    rest = io.BytesIO(sample)
    return as_lines(_Chained(rest, stream), sample, encoding), (
        "utf-8" if encoding.startswith("utf-16") else encoding
    )


class _Chained(io.RawIOBase):
    """The sample that was looked at, then the stream it came from."""

    def __init__(self, first: IO[bytes], then: IO[bytes]) -> None:
        self._parts = deque([first, then])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        while self._parts:
            chunk = self._parts[0].read(len(buffer))
            if chunk:
                buffer[: len(chunk)] = chunk
                return len(chunk)
            self._parts.popleft()
        return 0


class _Lines:
    """Numbered lines of at most MAX_LINE bytes, some of which may be given back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._number = 0
        self._back: deque[Line] = deque()

    def take(self) -> Line | None:
        if self._back:
            return self._back.popleft()
        text = self._stream.readline(MAX_LINE + 1)
        if not text:
            return None
        self._number += 1
        if len(text) <= MAX_LINE:
            return self._number, text, False
        rest = text
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(MAX_LINE)
        return self._number, text[:MAX_ORIGINAL], True

    def give_back(self, lines: Sequence[Line]) -> None:
        self._back.extendleft(reversed(lines))


def _decode(line: Line, encoding: str) -> str:
    text = line[1].decode(encoding, errors="backslashreplace")
    return (text.lstrip("\ufeff") if line[0] == 1 else text).rstrip("\r\n")


def _find_header(texts: Sequence[str], wanted: Sequence[str]) -> tuple[int | None, str]:
    best: tuple[int, int, int | None, str] = (-1, -1, None, ",")
    for delimiter in DELIMITERS:
        for at, text in enumerate(texts):
            if not text.strip(delimiter + " \t"):
                continue
            cells = _cells(text, delimiter)
            # The best known titles win; without any, the first line and the most columns do.
            rank = (header_score(cells, wanted), len(cells) if best[2] is None else -1)
            if rank > best[:2]:
                best = (*rank, at, delimiter)
    return best[2], best[3]


def _cells(text: str, delimiter: str, *, strict: bool = False) -> list[str]:
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=strict), [])
    except csv.Error:
        return []


def _open_quote(text: str, delimiter: str) -> bool:
    """Tell whether a quoted field is still open at the end of the text."""
    at = 0
    while at < len(text):
        if text[at] == '"':
            at = _after_quote(text, at)
            if at < 0:
                return True
        at = text.find(delimiter, at)
        if at < 0:
            return False
        at += 1
    return False


def _after_quote(text: str, start: int) -> int:
    at = start + 1
    while True:
        at = text.find('"', at)
        if at < 0:
            return -1
        if text[at : at + 2] != '""':
            return at + 1
        at += 2


@dataclass(frozen=True)
class Form:
    """How the lines of a table are written; ``width`` is the number of columns."""

    encoding: str
    delimiter: str
    width: int


@dataclass(frozen=True)
class TextBlock:
    """Lines that hold whole records."""

    lines: Sequence[Line]
    form: Form

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows of the lines."""
        source = _Lines(io.BytesIO())
        source.give_back(self.lines)
        return _rows(source, self.form)

    def digest(self) -> str:
        """Return a fingerprint of the content."""
        numbers = (self.form, self.lines[0][0], [line[0] for line in self.lines if line[2]])
        digest = blake2b(repr(numbers).encode(), digest_size=16)
        digest.update(b"".join(line[1] for line in self.lines))
        return digest.hexdigest()


class _Kept(_Lines):
    """Keeps the lines that are taken from another source."""

    def __init__(self, source: _Lines) -> None:
        self._source = source
        self.lines: list[Line] = []

    def take(self) -> Line | None:
        line = self._source.take()
        if line is not None:
            self.lines.append(line)
        return line

    def give_back(self, lines: Sequence[Line]) -> None:
        del self.lines[len(self.lines) - len(lines) :]
        self._source.give_back(lines)


def _cut(source: _Lines, form: Form, size: int) -> Iterator[Block]:
    """Yield the lines in blocks; only a line with an open quote must be read to find its end."""
    kept = _Kept(source)
    records = _Records(kept, form)
    held = 0
    while (line := kept.take()) is not None:
        if b'"' in line[1]:
            records.read(line)
        held += len(line[1])
        if len(kept.lines) >= size or held >= MAX_BLOCK:
            yield TextBlock(kept.lines, form)
            kept.lines, held = [], 0
    if kept.lines:
        yield TextBlock(kept.lines, form)


def _rows(source: _Lines, form: Form) -> Iterator[RawRow]:
    records = _Records(source, form)
    while (line := source.take()) is not None:
        row = records.read(line)
        if row is not None:
            yield row


class _Records:
    """Turns lines into rows; a quoted field may run over several lines."""

    def __init__(self, source: _Lines, form: Form) -> None:
        self._source = source
        self._encoding = form.encoding
        self._delimiter = form.delimiter
        self._width = form.width

    def read(self, line: Line) -> RawRow | None:
        """Return the row that begins with this line, None for a blank one."""
        number, data, too_long = line
        if too_long:
            return self._refused(line, "line_too_long")
        if b"\x00" in data:
            return self._refused(line, "nul_bytes")
        try:
            text = data.decode(self._encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            return self._refused(line, "undecodable")
        if '"' in text and _open_quote(text, self._delimiter):
            return self._joined(line, text)
        cells = _cells(text, self._delimiter)
        if is_blank(cells):
            return None
        return RawRow(number, *_checked(cells, text, self._width))

    def _refused(self, line: Line, problem: str) -> RawRow:
        return RawRow(line[0], (), _shown(line[1], self._encoding), problem)

    def _is_record(self, text: str) -> bool:
        """Tell whether a line is a whole record by itself: then no quote may have swallowed it."""
        return (
            not _open_quote(text, self._delimiter)
            and self._width > 1
            and len(_cells(text, self._delimiter)) == self._width
        )

    def _joined(self, line: Line, text: str) -> RawRow:
        taken: list[Line] = []
        while len(taken) < MAX_RECORD_LINES and len(text) < MAX_LINE:
            following = self._source.take()
            if following is None:
                break
            taken.append(following)
            piece = _decode(following, self._encoding)
            if self._is_record(piece):
                break
            text += "\n" + piece
            if not _open_quote(text, self._delimiter):
                cells = _cells(text, self._delimiter, strict=True)
                if len(cells) == self._width and b"\x00" not in following[1]:
                    return RawRow(line[0], cells, text)
                break
        # The quote swallowed other records: only its own line is lost, the others are read anew.
        self._source.give_back(taken)
        return self._refused(line, "unclosed_quote")


def _checked(cells: list[str], text: str, width: int) -> tuple[Sequence[str], str, str]:
    if len(cells) > width and is_blank(cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        return (), text[:MAX_ORIGINAL], "column_count"
    return cells, text, ""


def _shown(data: bytes, encoding: str) -> str:
    return data[:MAX_ORIGINAL].decode(encoding, errors="backslashreplace").rstrip("\r\n")
