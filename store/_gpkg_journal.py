"""What an ingest writes beside the firms: its checkpoint, its rejects, links to the anchors."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clusteratlas.store.base import IngestRun, LinkRecord

_LINK_COLUMNS = "enterprise_id, anchor_id, relation, confidence, reason"


def read_run(connection: sqlite3.Connection, source: str) -> IngestRun | None:
    """Return the checkpoint of a source, None if it was never begun."""
    row = connection.execute(
        "SELECT source, name, state, source_date, started, progress FROM ingest_runs"
        " WHERE source = ?",
        (source,),
    ).fetchone()
    if row is None:
        return None
    name, state, source_date, started, progress = row[1:]
    return IngestRun(source, name, state, source_date, started, json.loads(progress))


def read_rejects(connection: sqlite3.Connection, source: str) -> Iterator[tuple[int, str]]:
    """Yield ``(number of the row in its file, reason)`` in order."""
    return iter(
        connection.execute(
            "SELECT seq, reason FROM ingest_rejects WHERE source = ? ORDER BY seq", (source,)
        ).fetchall()
    )


def merged_links(
    enterprise_ids: Sequence[str],
    links: Sequence[LinkRecord],
    stored: Mapping[str, Mapping[str, tuple[Any, ...]]],
) -> dict[str, list[tuple[Any, ...]]]:
    """Return the new links of those firms whose links change.

    A firm that was the same as an anchor by name and has another name now is its ``renamed``.

    Parameters
    ----------
    stored
        ``enterprise_id -> anchor_id -> link`` as it is now.
    """
    wanted: dict[str, dict[str, tuple[Any, ...]]] = {key: {} for key in enterprise_ids}
    for link in links:
        wanted[link[0]][link[1]] = link
    changed = {}
    for enterprise_id, new in wanted.items():
        old = stored.get(enterprise_id, {})
        for anchor_id, link in old.items():
            if anchor_id not in new and link[2] in ("same", "renamed"):
                new[anchor_id] = (*link[:2], "renamed", 0.8, "原登记名称与之相同，现已更名")
        if new != old:
            changed[enterprise_id] = list(new.values())
    return changed


class Journal:
    """Part of the writer."""

    _sql: sqlite3.Connection
    _dirty: bool

    def put_run(self, run: IngestRun) -> None:
        """Keep the checkpoint of a source."""
        self._sql.execute(
            "INSERT INTO ingest_runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " name = excluded.name, state = excluded.state, source_date = excluded.source_date,"
            " started = excluded.started, progress = excluded.progress",
            (
                run.source,
                run.name,
                run.state,
                run.source_date,
                run.started,
                json.dumps(run.progress, sort_keys=True),
            ),
        )

    def add_rejects(self, source: str, rejects: Sequence[tuple[int, str]]) -> None:
        """Keep the numbers and reasons of rejected rows until their file is written."""
        self._sql.executemany(
            "INSERT OR REPLACE INTO ingest_rejects VALUES (?, ?, ?)",
            [(source, number, reason) for number, reason in rejects],
        )

    def clear_rejects(self, source: str) -> None:
        """Forget the rejects of a source."""
        self._sql.execute("DELETE FROM ingest_rejects WHERE source = ?", (source,))

    def put_links(self, enterprise_ids: Sequence[str], links: Sequence[LinkRecord]) -> int:
        """Replace the suggested links of these firms; return for how many firms they changed."""
        changed = merged_links(enterprise_ids, links, self._stored_links(enterprise_ids))
        for enterprise_id, new in changed.items():
            self._replace_links(enterprise_id, new)
        self._dirty = self._dirty or bool(changed)
        return len(changed)

    def _stored_links(self, ids: Sequence[str]) -> dict[str, dict[str, tuple[Any, ...]]]:
        found: dict[str, dict[str, tuple[Any, ...]]] = {}
        for start in range(0, len(ids), 5_000):
            chunk = ids[start : start + 5_000]
            rows = self._sql.execute(
                f"SELECT {_LINK_COLUMNS} FROM anchor_links WHERE enterprise_id IN"
                f" ({', '.join('?' * len(chunk))}) ORDER BY id",
                chunk,
            )
            for row in rows:
                found.setdefault(row[0], {})[row[1]] = row
        return found

    def _replace_links(self, enterprise_id: str, links: Sequence[tuple[Any, ...]]) -> None:
        self._sql.execute("DELETE FROM anchor_links WHERE enterprise_id = ?", (enterprise_id,))
        self._sql.executemany(
            f"INSERT INTO anchor_links ({_LINK_COLUMNS}) VALUES (?, ?, ?, ?, ?)", links
        )
