"""What providers answered, how often they were asked, and until when they want to be left alone.

One SQLite file (WAL), safe to share between processes. Every answer is committed when it comes, so an
interrupted batch asks nothing twice. Keys are not stored: a quota belongs to a short digest of the key.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.geo.geocoding.providers.base import ProviderAnswer

APPLICATION_ID: Final = 0x636C6763
VERSION: Final = 1
_BUSY_MS: Final = 15_000

_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS answers (
    provider TEXT NOT NULL, address TEXT NOT NULL, city TEXT NOT NULL,
    answer TEXT, expires REAL NOT NULL,
    PRIMARY KEY (provider, address, city)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (
    account TEXT NOT NULL, day TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (account, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blocks (
    account TEXT PRIMARY KEY, until REAL NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""


class AnswerCache:
    """Answers and quotas in a file; opened on first use, safe to share between threads.

    Parameters
    ----------
    path
        The file; its folder is made where it is absent.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def find(
        self, provider: str, address: str, city: str, *, now: float
    ) -> tuple[bool, ProviderAnswer | None]:
        """Return whether an answer is kept and has not expired, and that answer.

        ``(True, None)`` means that the provider knows no such address.
        """
        with self._open() as connection:
            row = connection.execute(
                "SELECT answer FROM answers WHERE provider = ? AND address = ? AND city = ? "
                "AND expires > ?",
                (provider, address, city, now),
            ).fetchone()
        if row is None:
            return False, None
        return (True, None) if row[0] is None else _read_answer(row[0])

    def keep(
        self,
        provider: str,
        address: str,
        city: str,
        answer: ProviderAnswer | None,
        *,
        expires: float,
    ) -> None:
        """Keep an answer; None for an address that the provider does not know."""
        text = None if answer is None else json.dumps(asdict(answer), ensure_ascii=False)
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                (provider, address, city, text, expires),
            )

    def forget_expired(self, *, now: float) -> None:
        """Remove what has expired."""
        with self._open() as connection:
            connection.execute("DELETE FROM answers WHERE expires <= ?", (now,))
            connection.execute("DELETE FROM blocks WHERE until <= ?", (now,))

    def count_request(self, account: str, day: str, *, limit: int) -> bool:
        """Count one more request of a day; False, and none counted, if the limit is reached."""
        with self._open() as connection:
            counted = connection.execute(
                "INSERT INTO requests VALUES (?, ?, 1) ON CONFLICT DO UPDATE "
                "SET number = number + 1 WHERE number < ?",
                (account, day, limit),
            )
            return counted.rowcount > 0

    def block(self, account: str, *, until: float, reason: str) -> None:
        """Note that the provider is not to be asked before a time (seconds since 1970)."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)", (account, until, reason)
            )

    def blocked(self, account: str, *, now: float) -> tuple[float, str] | None:
        """Return until when and why the provider is not to be asked, None if it may be."""
        with self._open() as connection:
            row = connection.execute(
                "SELECT until, reason FROM blocks WHERE account = ? AND until > ?", (account, now)
            ).fetchone()
        return None if row is None else (float(row[0]), str(row[1]))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                yield self._connection
            except sqlite3.DatabaseError as error:
                raise FileFormatError(
                    f"{self.path}: not usable as geocoding cache ({error}); move it away or set "
                    "CLUSTERATLAS_GEOCODE_CACHE"
                ) from error

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file; refuse a file of something else, and leave it as it is."""
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    new = _is_new(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if not new:
        return
    # Two processes may start on a new file at once: the second waits here and finds the tables.
    connection.execute("BEGIN IMMEDIATE")
    if _is_new(connection):
        for statement in _SCHEMA.strip().rstrip(";").split(";"):
            connection.execute(statement)
    connection.execute("COMMIT")


def _is_new(connection: sqlite3.Connection) -> bool:
    """Tell whether a file has no tables yet; raise if its tables are not ours."""
    # The tables first: the marks come in one transaction with them, maybe just now.
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return True
    pragmas = ("application_id", "user_version")
    mark = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas)
    if mark != (APPLICATION_ID, VERSION):
        raise sqlite3.DatabaseError("it is a file of something else")
    return False


def account_of(provider: str, key: str) -> str:
    """Return under which name requests are counted: each key has its own quota."""
    return f"{provider}:{blake2b(key.encode(), digest_size=4).hexdigest()}" if key else provider


def _read_answer(text: str) -> tuple[bool, ProviderAnswer | None]:
    """Return a kept answer; what cannot be read is asked again."""
    try:
        values: dict[str, Any] = json.loads(text)
        return True, ProviderAnswer(**values)
    except (ValueError, TypeError):
        return False, None
