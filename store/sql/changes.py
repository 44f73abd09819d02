"""Which enterprises changed since a moment, out of the numbers that only grow."""

from collections.abc import Sequence

from clusteratlas.store.base import Mark
from clusteratlas.store.sql.session import Record, Session


def mark(session: Session) -> Mark:
    """Return the highest number of an enterprise and of a record of history."""
    ((fid, record),) = session.rows(
        "SELECT (SELECT max(fid) FROM enterprises), (SELECT max(id) FROM enterprise_history)"
    )
    return Mark(fid or 0, record or 0)


def changed_since(session: Session, since: Mark, most: int) -> list[int] | None:
    """Return the fids of new, changed and deleted enterprises, ascending; None if above ``most``.

    Every change of a state leaves a record in history, and every new enterprise a higher fid. The
    numbers ascend in the order of the commits, because there is one writer at a time.
    """
    rows = session.rows(
        "SELECT fid FROM enterprises WHERE fid > ?"
        " UNION SELECT fid FROM enterprise_history WHERE id > ? LIMIT ?",
        (since.fid, since.record, most + 1),
    )
    return None if len(rows) > most else sorted(row[0] for row in rows)


def rows_of(session: Session, fids: Sequence[int], names: Sequence[str]) -> list[Record]:
    """Return some columns of those of the enterprises that are there, by fid."""
    chosen = ", ".join(f'"{name}"' for name in names)
    return session.rows_among(
        f"SELECT {chosen} FROM enterprises WHERE fid",
        [int(fid) for fid in sorted(fids)],
        "ORDER BY fid",
    )
