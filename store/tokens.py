"""Tokens for those who may propose or review corrections: made once, kept as hashes, revocable."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.store.opening import open_journal
from clusteratlas.store.sql.records import now_text

SCOPES: Final = ("read", "propose", "review")

_FORM: Final = re.compile(r"ca_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_TABLE: Final = "api_tokens"
_COLUMNS: Final = """
  token_id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL,
  hash TEXT NOT NULL, created TEXT NOT NULL, revoked TEXT NOT NULL DEFAULT ''
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
    with open_journal(url, write=True) as session:
        session.claim_table(_TABLE, _COLUMNS)
        session.run(
            "INSERT INTO api_tokens (token_id, name, scopes, hash, created) VALUES (?, ?, ?, ?, ?)",
            (token_id, name.strip(), ";".join(wanted), _hash(secret), now_text()),
        )
    return f"ca_{token_id}_{secret}"


def list_tokens(url: str) -> list[Token]:
    """Return all tokens, the oldest first; without any, nobody may write."""
    with open_journal(url, write=False) as session:
        if not session.has_table(_TABLE):
            return []
        rows = session.rows(
            "SELECT token_id, name, scopes, created, revoked FROM api_tokens ORDER BY created, rowid"
        )
    return [Token(row[0], row[1], tuple(row[2].split(";")), row[3], row[4]) for row in rows]


def revoke_token(url: str, token_id: str) -> None:
    """End a token.

    Raises
    ------
    UnknownNameError
        If there is no valid token of this id.
    """
    with open_journal(url, write=True) as session:
        session.claim_table(_TABLE, _COLUMNS)
        revoked = session.rows(
            "UPDATE api_tokens SET revoked = ? WHERE token_id = ? AND revoked = ''"
            " RETURNING token_id",
            (now_text(), token_id),
        )
    if not revoked:
        raise UnknownNameError(f"no valid token {token_id[:40]!r}")


def find_token(url: str, presented: str) -> Token | None:
    """Return the valid token that was presented, None if it is unknown or revoked."""
    match = _FORM.fullmatch(presented)
    if match is None:
        return None
    with open_journal(url, write=False) as session:
        if not session.has_table(_TABLE):
            return None
        rows = session.rows(
            "SELECT token_id, name, scopes, created, hash FROM api_tokens"
            " WHERE token_id = ? AND revoked = ''",
            (match[1],),
        )
    row = rows[0] if rows else None
    if row is None or not hmac.compare_digest(row[4], _hash(match[2])):
        return None
    return Token(row[0], row[1], tuple(row[2].split(";")), row[3])


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed, so a slow hash would protect nothing.
    return hashlib.sha256(secret.encode()).hexdigest()
