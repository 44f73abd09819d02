"""Which enterprises changed since a moment, out of the numbers that only grow."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from clusteratlas.store.base import Mark

_CHUNK: Final = 5_000


def mark(connection: sqlite3.Connection) -> Mark:
    """Return the highest number of an enterprise and of a record of history."""
    row = connection.execute(
        "SELECT (SELECT max(fid) FROM enterprises), (SELECT max(id) FROM enterprise_history)"
    ).fetchone()
    return Mark(row[0] or 0, row[1] or 0)


def changed_since(connection: sqlite3.Connection, since: Mark, most: int) -> list[int] | None:
    """Return the fids of new, changed and deleted enterprises, ascending; None if above ``most``.

    Every change of a state leaves a record in history, and every new enterprise a higher fid.
    """
    rows = connection.execute(
        "SELECT fid FROM enterprises WHERE fid > ?1"
        " UNION SELECT fid FROM enterprise_history WHERE id > ?2 LIMIT ?3",
        (since.fid, since.record, most + 1),
    ).fetchall()
    return None if len(rows) > most else sorted(row[0] for row in rows)


def rows_of(
    connection: sqlite3.Connection, fids: Sequence[int], names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return some columns of those of the enterprises that are there, by fid."""
    chosen = ", ".join(f'"{name}"' for name in names)
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(fids), _CHUNK):
        marks = ", ".join(str(int(fid)) for fid in fids[start : start + _CHUNK])
        rows += connection.execute(
            f"SELECT {chosen} FROM enterprises WHERE fid IN ({marks}) ORDER BY fid"
        ).fetchall()
    return rows


def count(connection: sqlite3.Connection) -> int:
    """Return how many enterprises there are."""
    return int(connection.execute("SELECT count(*) FROM enterprises").fetchone()[0])
