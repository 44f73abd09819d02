"""Compressed text files, with a bound on how far they may unfold."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from clusteratlas.errors import FileFormatError
from clusteratlas.store.ingest.readers.base import Block, RawRow, Table, Tables
from clusteratlas.store.ingest.readers.delimited import delimited_table

# Registry text shrinks to a tenth; a file that unfolds two hundred times is made to fill memory.
BOMB_RATIO: Final = 200
BOMB_FLOOR_BYTES: Final = 16 << 20
MAX_MEMBERS: Final = 1_000

_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError)


class Readable(Protocol):
    """What a decompressor gives."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes."""


class _Guarded(io.RawIOBase):
    """A decompressed stream that stops at a bomb."""

    def __init__(self, stream: Readable, consumed: Callable[[], int], title: str) -> None:
        self._stream = stream
        self._consumed = consumed
        self._title = title
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        self._given += len(chunk)
        limit = max(BOMB_FLOOR_BYTES, self._consumed() * BOMB_RATIO)
        if self._given > limit:
            raise FileFormatError(
                f"{self._title} unfolds more than {BOMB_RATIO} times: refused as a compression bomb"
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def _damage_explained(title: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise FileFormatError(f"{title} is damaged or cut off: {error}") from error


def _explained(table: Table) -> Table:
    def rows() -> Iterator[RawRow]:
        with _damage_explained(table.title):
            yield from table.rows

    def cut(size: int) -> Iterator[Block]:
        with _damage_explained(table.title):
            yield from table.blocks(size)

    return Table(table.title, table.header, rows(), cut=cut)


def gzip_tables(path: Path, wanted: Sequence[str]) -> Tables:
    """Return the one table of a gzip file; see :func:`.open_tables`."""
    size = max(path.stat().st_size, 1)
    raw = path.open("rb")

    def tables() -> Iterator[Table]:
        with raw, gzip.GzipFile(fileobj=raw) as unfolded, _damage_explained(str(path)):
            guarded = io.BufferedReader(_Guarded(unfolded, raw.tell, str(path)), 1 << 18)
            yield _explained(delimited_table(guarded, str(path), wanted))

    return Tables(tables(), lambda: 1.0 if raw.closed else raw.tell() / size, raw.close)


def zip_tables(path: Path, wanted: Sequence[str]) -> Tables:
    """Return the tables of the text files in a zip file, in the order of their names.

    Raises
    ------
    FileFormatError
        If it holds no text file, or more than :data:`MAX_MEMBERS`.
    """
    archive = zipfile.ZipFile(path)
    members = sorted(
        (info for info in archive.infolist() if _is_text(info)), key=lambda info: info.filename
    )
    if not members:
        archive.close()
        raise FileFormatError(f"{path} holds no .csv, .tsv or .txt file")
    if len(members) > MAX_MEMBERS:
        archive.close()
        raise FileFormatError(f"{path} holds {len(members)} files; at most {MAX_MEMBERS}")
    total = max(sum(info.file_size for info in members), 1)
    given = [0]

    def tables() -> Iterator[Table]:
        with archive:
            for info in members:
                title = f"{path}/{info.filename}"
                if info.flag_bits & 1:
                    raise FileFormatError(f"{title} has a password: unpack it first")
                with _damage_explained(title), archive.open(info) as stream:
                    counted = _Guarded(stream, partial(int, info.compress_size), title)
                    guarded = io.BufferedReader(counted, 1 << 18)
                    yield _explained(delimited_table(guarded, title, wanted))
                given[0] += info.file_size

    return Tables(tables(), lambda: given[0] / total, archive.close)


def _is_text(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in (".csv", ".tsv", ".txt") and not hidden
