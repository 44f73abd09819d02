"""Tokens and corrections on a database server, through the statements of the embedded store."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from clusteratlas.store._postgis_connect import connect, explained
from clusteratlas.store._postgis_schema import check_version

if TYPE_CHECKING:
    import psycopg

_NUMBERED: Final = re.compile(r"\?(\d+)")
_ENSURED: Final = re.compile(r"\s*CREATE TABLE IF NOT EXISTS (\w+)")


def translated(sql: str, values: Sequence[Any]) -> tuple[str, Any]:
    """Return a statement with SQLite's placeholders as psycopg takes it.

    Examples
    --------
    >>> translated("SELECT 1 WHERE ?1 = '' OR a LIKE ?1 || '%'", ("x",))
    ("SELECT 1 WHERE %(p1)s::text = '' OR a LIKE %(p1)s::text || '%%'", {'p1': 'x'})
    >>> translated("DELETE FROM t WHERE a = ? AND b = ?", (1, 2))
    ('DELETE FROM t WHERE a = %s AND b = %s', (1, 2))
    """
    text = sql.replace("%", "%%")
    if not _NUMBERED.search(text):
        return text.replace("?", "%s"), tuple(values)
    named = {f"p{at}": value for at, value in enumerate(values, 1)}
    kinds = {name: "text" if isinstance(v, str) else "bigint" for name, v in named.items()}
    text = _NUMBERED.sub(lambda m: f"%(p{m[1]})s::{kinds['p' + m[1]]}", text)
    return text, named


class Answer:
    """What a statement returned, with the names that ``sqlite3`` uses."""

    def __init__(self, connection: "psycopg.Connection[Any]", sql: str, values: Any) -> None:
        self._sql = connection
        self._cursor = connection.execute(sql.encode(), values)

    def fetchone(self) -> Any:
        """Return the next row, None if there is none."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        return self._cursor.fetchall()

    @property
    def rowcount(self) -> int:
        """Rows that were changed."""
        return int(self._cursor.rowcount)

    @property
    def lastrowid(self) -> int:
        """Number that the row just inserted got."""
        row = self._sql.execute("SELECT lastval()").fetchone()
        return int(row[0]) if row is not None else 0


class PostgisJournal:
    """Takes the statements that :mod:`clusteratlas.store.tokens` and ``corrections`` make."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Answer:
        """Run one statement.

        The tables are part of the schema. A statement that makes sure of one stands before a
        write; here it takes the table's lock, so that of two reviewers one comes after the other.
        """
        ensured = _ENSURED.match(sql)
        if ensured is not None:
            sql = f"LOCK TABLE {ensured[1]} IN SHARE ROW EXCLUSIVE MODE"
        return Answer(self._connection, *translated(sql, values))


@contextmanager
def open_journal(url: str, *, write: bool) -> Iterator[PostgisJournal]:
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
                    yield PostgisJournal(connection)
            else:
                yield PostgisJournal(connection)
    finally:
        connection.close()
