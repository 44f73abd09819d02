"""Parquet files, and folders of them, read in batches."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from clusteratlas.errors import FileFormatError
from clusteratlas.store.ingest.readers.base import MAX_ORIGINAL, RawRow, Table, Tables, is_blank

BATCH_ROWS: Final = 5_000
MAX_FILES: Final = 100_000

# Enterprises as this program exports them: the title of capital does not tell its unit.
_OWN_COLUMNS: Final = frozenset(("enterprise_id", "origin", "capital", "coord_source"))
_OWN_CAPITAL: Final = "capital(万元)"


def parquet_tables(path: Path) -> Tables:
    """Return the one table of a Parquet file; ``where`` counts its rows from 1."""
    return _tables([_Source(path, ())])


def parquet_folder(folder: Path) -> Tables:
    """Return a table per Parquet file of a folder and its subfolders, in the order of their paths.

    A subfolder ``name=value`` is a column of the files in it, as engines partition them. Names that
    begin with ``_`` or ``.`` are passed over.

    Raises
    ------
    FileFormatError
        If there is none, or a file is damaged.
    """
    sources = []
    for path in parquet_files(folder):
        parts = (part.partition("=") for part in path.relative_to(folder).parts[:-1])
        sources.append(_Source(path, tuple((k, unquote(v)) for k, mark, v in parts if mark)))
    return _tables(sources)


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and its subfolders, by path.

    Raises
    ------
    FileFormatError
        If there is none, or more than 100,000.
    """
    found = [
        path
        for path in sorted(folder.rglob("*.parquet"))
        if not any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    ]
    if not 1 <= len(found) <= MAX_FILES:
        raise FileFormatError(
            f"{folder} is a folder with {len(found)} .parquet files: name the files in it"
        )
    return found


@dataclass(frozen=True)
class _Source:
    """A file, and the columns that its path gives."""

    path: Path
    given: tuple[tuple[str, str], ...]


def _tables(sources: Sequence[_Source]) -> Tables:
    stack = ExitStack()
    sizes = [max(source.path.stat().st_size, 1) for source in sources]
    done = [0.0]

    def tables() -> Iterator[Table]:
        for source, size in zip(sources, sizes, strict=True):
            opened = stack.enter_context(_open(source.path))
            yield _table(opened, source, size, done)

    return Tables(tables(), lambda: min(done[0] / sum(sizes), 1.0), stack.close)


def _open(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileFormatError(f"{path} is a damaged Parquet file: {_first(error)}") from error


def _table(opened: Any, source: _Source, size: int, done: list[float]) -> Table:
    import pyarrow as pa

    held = opened.schema_arrow.names
    given = [(name, value) for name, value in source.given if name not in held]
    step = size / max(opened.metadata.num_rows, 1)

    def rows() -> Iterator[RawRow]:
        number = 0
        constant = tuple(value for _, value in given)
        try:
            for batch in opened.iter_batches(batch_size=BATCH_ROWS):
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    done[0] += step
                    if not is_blank(cells):
                        yield RawRow(number, (*cells, *constant), _shown(cells))
        except (pa.ArrowException, OSError) as error:
            raise FileFormatError(f"{source.path} is damaged: {_first(error)}") from error
        finally:
            opened.close()

    own = set(held) >= _OWN_COLUMNS
    titles = [_OWN_CAPITAL if own and name == "capital" else name for name in held]
    return Table(str(source.path), [*titles, *(name for name, _ in given)], rows())


def _shown(cells: tuple[object, ...]) -> str:
    return "\t".join("" if cell is None else str(cell) for cell in cells)[:MAX_ORIGINAL]


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
