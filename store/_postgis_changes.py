"""Which enterprises of the database server changed since a moment."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clusteratlas.store.base import Mark

if TYPE_CHECKING:
    import psycopg


def mark(connection: "psycopg.Connection[Any]") -> Mark:
    """Return the highest number of an enterprise and of a record of history."""
    row = connection.execute(
        "SELECT (SELECT max(fid) FROM enterprises), (SELECT max(id) FROM enterprise_history)"
    ).fetchone()
    return Mark(0, 0) if row is None else Mark(row[0] or 0, row[1] or 0)


def changed_since(
    connection: "psycopg.Connection[Any]", since: Mark, most: int
) -> list[int] | None:
    """Return the fids of new, changed and deleted enterprises, ascending; None if above ``most``.

    Numbers ascend in the order of the commits, because there is one writer at a time.
    """
    rows = connection.execute(
        "SELECT fid FROM enterprises WHERE fid > %s"
        " UNION SELECT fid FROM enterprise_history WHERE id > %s LIMIT %s",
        (since.fid, since.record, most + 1),
    ).fetchall()
    return None if len(rows) > most else sorted(row[0] for row in rows)


def rows_of(
    connection: "psycopg.Connection[Any]", fids: Sequence[int], names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return some columns of those of the enterprises that are there, by fid."""
    chosen = ", ".join(f'e."{name}"' for name in names)
    return connection.execute(
        f"SELECT {chosen} FROM enterprises e WHERE e.fid = ANY(%s) ORDER BY e.fid".encode(),
        (list(fids),),
    ).fetchall()
