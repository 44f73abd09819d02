"""The words in which both stores are written, on SQLite; PostgreSQL is asked by the parity tests."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from clusteratlas.store.geopackage.session import SqliteSession


@pytest.fixture
def session() -> Iterator[SqliteSession]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        yield SqliteSession(connection)


def test_any_number_of_keys_is_asked_for(session: SqliteSession) -> None:
    session.insert("t", "a, b", ((n, str(n % 2)) for n in range(40_000)))
    odd = list(range(1, 40_000, 2))
    assert session.rows_among("SELECT a FROM t WHERE a", odd, "ORDER BY a") == [(n,) for n in odd]
    session.run_among("DELETE FROM t WHERE a", odd)
    assert session.rows("SELECT count(*), max(b) FROM t") == [(20_000, "0")]


def test_no_key_means_no_row(session: SqliteSession) -> None:
    session.insert("t", "a, b", [(1, "x")])
    assert session.rows_among("SELECT a FROM t WHERE a", []) == []
    session.run_among("DELETE FROM t WHERE a", [])
    assert session.rows("SELECT count(*) FROM t WHERE b = ?", ("x",)) == [(1,)]


def test_a_small_table_is_made_once(session: SqliteSession) -> None:
    assert not session.has_table("small")
    session.claim_table("small", "id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT")
    assert session.rows("INSERT INTO small (name) VALUES (?) RETURNING id", ("甲",)) == [(1,)]
    session.claim_table("small", "id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT")
    assert session.has_table("small")
    assert session.rows("SELECT name FROM small") == [("甲",)]
