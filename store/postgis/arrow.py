"""All enterprises of the database server as Arrow columns, streamed out by COPY."""

from collections.abc import Iterator, Sequence
from io import RawIOBase
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.csv as pacsv

from clusteratlas.store.schema import ENTERPRISE_COLUMNS

if TYPE_CHECKING:
    import psycopg

_TYPES: Final = {"int64": pa.int64(), "float64": pa.float64(), "str": pa.string()}
_BLOCK_BYTES: Final = 8_000_000
# A cell is bounded at the store's edge, so that every line fits into a block.


class _Received(RawIOBase):
    """What a COPY sends, as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes | bytearray | memoryview]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is something; 0 is the end."""
        target = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(target):
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
                continue
            part = self._rest[: len(target) - filled]
            target[filled : filled + len(part)] = part
            self._rest = self._rest[len(part) :]
            filled += len(part)
        return filled


def read_columns(connection: "psycopg.Connection[Any]", *, leave: Sequence[str]) -> pa.Table:
    """Return all columns but ``leave``, ordered by fid; missing numbers are null.

    CSV out of one COPY, read by Arrow in blocks outside of the interpreter's lock: a row at a time
    in Python takes ten times as long and several times the memory.
    """
    names = [name for name in ENTERPRISE_COLUMNS if name not in leave]
    chosen = ", ".join(f'e."{name}"' for name in names)
    kinds = {name: _TYPES[ENTERPRISE_COLUMNS[name]] for name in names}
    sql = f"COPY (SELECT {chosen} FROM enterprises e ORDER BY e.fid) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(sql.encode()) as out:
        return pacsv.read_csv(
            pa.PythonFile(_Received(iter(out)), mode="r"),
            read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=kinds, null_values=[""], strings_can_be_null=False
            ),
        )
