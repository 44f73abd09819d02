"""SQLite in the words that both stores share."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from clusteratlas.errors import StoreError
from clusteratlas.store.sql.session import Record

BUSY_SECONDS: Final = 10.0

# SQLite takes at most 32,766 values in a statement (SQLITE_MAX_VARIABLE_NUMBER).
_CHUNK: Final = 5_000


class SqliteSession:
    """A :class:`clusteratlas.store.sql.session.Session` on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, values: Sequence[Any] = (), /) -> list[Record]:
        """Return what a statement answers."""
        return self.connection.execute(sql, values).fetchall()

    def rows_among(self, sql: str, keys: Sequence[Any], order: str = "", /) -> list[Record]:
        """Return what a statement answers; ``order`` sorts the rows of one key."""
        found: list[Record] = []
        for among, chunk in _chunks(keys):
            found += self.connection.execute(f"{sql} {among} {order}", chunk).fetchall()
        return found

    def run(self, sql: str, values: Sequence[Any] = (), /) -> None:
        """Run a statement that answers nothing."""
        self.connection.execute(sql, values)

    def run_among(self, sql: str, keys: Sequence[Any], /) -> None:
        """Run a statement that answers nothing on those whose column is one of the keys."""
        for among, chunk in _chunks(keys):
            self.connection.execute(f"{sql} {among}", chunk)

    def run_many(self, sql: str, records: Sequence[Sequence[Any]], /) -> None:
        """Run a statement once for each record."""
        self.connection.executemany(sql, records)

    def insert(self, table: str, columns: str, records: Iterable[Sequence[Any]], /) -> None:
        """Add records to a table."""
        marks = ", ".join("?" * len(columns.split(",")))
        self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", records)

    def has_table(self, name: str, /) -> bool:
        """Tell whether the file has a table."""
        return bool(
            self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
        )

    def claim_table(self, name: str, columns: str, /) -> None:
        """Make a table if it is not there; SQLite's one write transaction keeps others out."""
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")


def _chunks(keys: Sequence[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        yield f"IN ({', '.join('?' * len(chunk))})", chunk


@contextmanager
def open_journal(url: str, *, write: bool) -> Iterator[SqliteSession]:
    """Open the small tables of a file beside its firms, in one transaction if ``write``.

    An ingest that runs meanwhile holds its own transactions for seconds at most; this waits for them.

    Raises
    ------
    StoreError
        If the store is missing or stays locked.
    """
    path = Path(url).absolute()
    if not path.is_file():
        raise StoreError(f"no store at {url}: run 'clusteratlas build --store {url}'")
    mode = "rw" if write else "ro"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
        )
    except sqlite3.Error as error:
        raise StoreError(f"cannot open {url}: {error}") from error
    try:
        if write:
            # Acknowledged means on disk: a power cut after the answer loses nothing.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
        yield SqliteSession(connection)
        if connection.in_transaction:
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"{url}: {error}") from error
    finally:
        connection.close()  # rolls back what was not committed
