"""Parquet files, read in batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clusteratlas.errors import FileFormatError
from clusteratlas.store.ingest.readers.base import MAX_ORIGINAL, RawRow, Table, Tables, is_blank

BATCH_ROWS: Final = 5_000


def parquet_tables(path: Path) -> Tables:
    """Return the one table of a Parquet file; ``where`` counts its rows from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileFormatError(f"{path} is a damaged Parquet file: {_first(error)}") from error
    names = opened.schema_arrow.names
    total = max(opened.metadata.num_rows, 1)
    done = [0]

    def rows() -> Iterator[RawRow]:
        try:
            for batch in opened.iter_batches(batch_size=BATCH_ROWS):
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    done[0] += 1
                    if not is_blank(cells):
                        yield RawRow(done[0], cells, _shown(cells))
        except (pa.ArrowException, OSError) as error:
            raise FileFormatError(f"{path} is damaged: {_first(error)}") from error
        finally:
            opened.close()

    table = Table(str(path), names, rows())
    return Tables(iter([table]), lambda: done[0] / total, opened.close)


def _shown(cells: tuple[object, ...]) -> str:
    return "\t".join("" if cell is None else str(cell) for cell in cells)[:MAX_ORIGINAL]


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
