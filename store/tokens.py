"""Tokens for those who may propose or review corrections: made once, kept as hashes, revocable."""

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from clusteratlas.errors import InputError, StoreError, UnknownNameError

SCOPES: Final = ("read", "propose", "review")
BUSY_SECONDS: Final = 10.0
SERVER_SCHEMES: Final = ("postgresql://", "postgres://")

_FORM: Final = re.compile(r"ca_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS api_tokens (
  token_id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL,
  hash TEXT NOT NULL, created TEXT NOT NULL, revoked TEXT NOT NULL DEFAULT '')
"""


@dataclass(frozen=True)
class Token:
    """A token as it is kept: everything but the secret.

    Parameters
    ----------
    scopes
        Of :data:`SCOPES`: ``read`` lists corrections, ``propose`` files them, ``review`` decides.
    revoked
        ISO time, "" while it is valid.
    """

    token_id: str
    name: str
    scopes: tuple[str, ...]
    created: str
    revoked: str = ""


class Statements(Protocol):
    """Runs the statements of this module and of ``corrections`` in either store."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Any:
        """Run one statement with ``?`` placeholders."""


@contextmanager
def journal(url: str, *, write: bool) -> Iterator[Statements]:
    """Open the small tables of a store beside its firms, in one transaction if ``write``.

    An ingest that runs meanwhile holds its own transactions for seconds at most; this waits for them.

    Raises
    ------
    StoreError
        If the store is missing or stays locked.
    """
    if url.startswith(SERVER_SCHEMES):
        from clusteratlas.store._postgis_journal import open_journal

        with open_journal(url, write=write) as statements:
            yield statements
        return
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
        yield connection
        if connection.in_transaction:
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"{url}: {error}") from error
    finally:
        connection.close()  # rolls back what was not committed


def create_token(url: str, name: str, scopes: Iterable[str]) -> str:
    """Make a token and return it; it is shown once and cannot be read again.

    Raises
    ------
    InputError
        If the name is empty or too long, or a scope is unknown.
    StoreError
        If the store cannot be written.
    """
    wanted = tuple(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if not wanted or unknown:
        raise InputError(f"scope {(unknown or [''])[0]!r}; allowed are {', '.join(SCOPES)}")
    if not 1 <= len(name.strip()) <= 100 or not name.isprintable():
        raise InputError("a token's name has 1..100 printable characters")
    token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    with journal(url, write=True) as sql:
        sql.execute(_TABLE)
        sql.execute(
            "INSERT INTO api_tokens (token_id, name, scopes, hash, created) VALUES (?, ?, ?, ?, ?)",
            (token_id, name.strip(), ";".join(wanted), _hash(secret), now_text()),
        )
    return f"ca_{token_id}_{secret}"


def list_tokens(url: str) -> list[Token]:
    """Return all tokens, the oldest first; without any, nobody may write."""
    with journal(url, write=False) as sql:
        if not has_table(sql, "api_tokens"):
            return []
        rows = sql.execute(
            "SELECT token_id, name, scopes, created, revoked FROM api_tokens ORDER BY created, rowid"
        ).fetchall()
    return [Token(row[0], row[1], tuple(row[2].split(";")), row[3], row[4]) for row in rows]


def revoke_token(url: str, token_id: str) -> None:
    """End a token.

    Raises
    ------
    UnknownNameError
        If there is no valid token of this id.
    """
    with journal(url, write=True) as sql:
        sql.execute(_TABLE)
        changed = sql.execute(
            "UPDATE api_tokens SET revoked = ? WHERE token_id = ? AND revoked = ''",
            (now_text(), token_id),
        ).rowcount
    if not changed:
        raise UnknownNameError(f"no valid token {token_id[:40]!r}")


def find_token(url: str, presented: str) -> Token | None:
    """Return the valid token that was presented, None if it is unknown or revoked."""
    match = _FORM.fullmatch(presented)
    if match is None:
        return None
    with journal(url, write=False) as sql:
        if not has_table(sql, "api_tokens"):
            return None
        row = sql.execute(
            "SELECT token_id, name, scopes, created, hash FROM api_tokens"
            " WHERE token_id = ? AND revoked = ''",
            (match[1],),
        ).fetchone()
    if row is None or not hmac.compare_digest(row[4], _hash(match[2])):
        return None
    return Token(row[0], row[1], tuple(row[2].split(";")), row[3])


def has_table(sql: Statements, name: str) -> bool:
    """Tell whether the store has a table; one on a server is laid out with all of them."""
    if not isinstance(sql, sqlite3.Connection):
        return True
    found = sql.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def now_text() -> str:
    """Return the UTC time as ISO text, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed, so a slow hash would protect nothing.
    return hashlib.sha256(secret.encode()).hexdigest()
