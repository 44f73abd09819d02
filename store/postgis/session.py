"""PostgreSQL in the words that both stores share."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clusteratlas.store.postgis.connect import connect, explained
from clusteratlas.store.postgis.schema import check_version
from clusteratlas.store.sql.session import Record

if TYPE_CHECKING:
    import psycopg


@lru_cache(maxsize=500)
def translated(sql: str) -> bytes:
    """Return a statement with ``?`` for each value as the driver takes it.

    Examples
    --------
    >>> translated("DELETE FROM t WHERE a = ? AND b LIKE '%x'")
    b"DELETE FROM t WHERE a = %s AND b LIKE '%%x'"
    """
    return sql.replace("%", "%%").replace("?", "%s").encode()


class PostgisSession:
    """A :class:`clusteratlas.store.sql.session.Session` on a connection."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection

    def rows(self, sql: str, values: Sequence[Any] = (), /) -> list[Record]:
        """Return what a statement answers."""
        return self.connection.execute(translated(sql), values).fetchall()

    def rows_among(self, sql: str, keys: Sequence[Any], order: str = "", /) -> list[Record]:
        """Return what a statement answers; ``order`` sorts the rows of one key."""
        return self.rows(f"{sql} = ANY(?) {order}", (list(keys),))

    def run(self, sql: str, values: Sequence[Any] = (), /) -> None:
        """Run a statement that answers nothing."""
        self.connection.execute(translated(sql), values)

    def run_among(self, sql: str, keys: Sequence[Any], /) -> None:
        """Run a statement that answers nothing on those whose column is one of the keys."""
        self.run(f"{sql} = ANY(?)", (list(keys),))

    def run_many(self, sql: str, records: Sequence[Sequence[Any]], /) -> None:
        """Run a statement once for each record."""
        if records:
            with self.connection.cursor() as cursor:
                cursor.executemany(translated(sql), records)

    def insert(self, table: str, columns: str, records: Iterable[Sequence[Any]], /) -> None:
        """Add records to a table by COPY."""
        statement = f"COPY {table} ({columns}) FROM STDIN".encode()
        with self.connection.cursor() as cursor, cursor.copy(statement) as out:
            for record in records:
                out.write_row(record)

    def has_table(self, name: str, /) -> bool:  # noqa: ARG002  # laid out with all of them
        """Say that the table is there: it is part of the schema."""
        return True

    def claim_table(self, name: str, columns: str, /) -> None:  # noqa: ARG002
        """Take the table's lock, so that of two reviewers one comes after the other."""
        self.connection.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE".encode())


@contextmanager
def open_journal(url: str, *, write: bool) -> Iterator[PostgisSession]:
    """Open the small tables of a store on a server, in one transaction if ``write``.

    Raises
    ------
    StoreError
        If the server refuses, or holds no atlas.
    """
    connection = connect(url)
    try:
        check_version(connection, url)
        with explained(url):
            if write:
                with connection.transaction():
                    yield PostgisSession(connection)
            else:
                yield PostgisSession(connection)
    finally:
        connection.close()
