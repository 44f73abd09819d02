"""What every reader yields: tables of raw rows, and how far it has come."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple, Protocol, Self

from clusteratlas.store.ingest.columns import normal_title, recognised

HEADER_ROWS: Final = 20
"""A header is looked for in so many rows: titles and notes often stand above it."""

MAX_ORIGINAL: Final = 32_768
"""Longest original text that goes into a rejects file, characters."""


class RawRow(NamedTuple):
    """One row of a file.

    ``where`` is its line or row number; ``problem`` is "" or why the row cannot be read, then
    ``cells`` is empty.
    """

    where: int
    cells: Sequence[object]
    original: str
    problem: str = ""


class Block(Protocol):
    """Consecutive records of a table, cut out to be read elsewhere."""

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows, as the table itself would."""

    def digest(self) -> str:
        """Return a fingerprint of the content."""


@dataclass(frozen=True)
class RowBlock:
    """Rows that had to be read to be cut."""

    held: Sequence[RawRow]

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows."""
        return iter(self.held)

    def digest(self) -> str:
        """Return a fingerprint of the content."""
        return blake2b(repr(self.held).encode(), digest_size=16).hexdigest()


@dataclass
class Table:
    """Rows under one header; ``title`` names file and part.

    Who reads the rows sets ``identity`` to the positions of name and code, before the first row: a
    merged range may give one district to many rows, but not one name. ``cut`` gives the records in
    blocks of so many lines without reading them, where the format lets it; a table is read or cut,
    not both.
    """

    title: str
    header: Sequence[object]
    rows: Iterator[RawRow]
    identity: set[int] = field(default_factory=set)
    cut: Callable[[int], Iterator[Block]] | None = None

    def blocks(self, size: int) -> Iterator[Block]:
        """Yield all records in blocks of about so many rows; the same file gives the same blocks."""
        if self.cut is not None:
            yield from self.cut(size)
            return
        while held := list(islice(self.rows, size)):
            yield RowBlock(held)


@dataclass
class Tables:
    """The tables of a file, read one after the other.

    ``position`` gives the share of the file that has been read, 0..1; ``release`` closes it.
    """

    tables: Iterator[Table]
    position: Callable[[], float]
    release: Callable[[], None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if isinstance(self.tables, Generator):
            self.tables.close()
        self.release()


def header_score(cells: Sequence[object], wanted: Sequence[str]) -> int:
    """Return how many cells are titles that are known or were named by the user."""
    named = {normal_title(title) for title in wanted}
    return recognised(cells) + sum(normal_title(cell) in named for cell in cells)


def is_blank(cells: Sequence[object]) -> bool:
    """Tell whether a row holds nothing."""
    return all(cell is None or not str(cell).strip() for cell in cells)
