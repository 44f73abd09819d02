"""One write transaction, with everything that is kept beside the rows, whatever database takes it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, ClassVar, Final

import pandas as pd

from clusteratlas.store.base import IngestRun, LinkRecord, WriteCounts
from clusteratlas.store.sql.aggregates import Aggregates
from clusteratlas.store.sql.plan import UpsertPlan
from clusteratlas.store.sql.records import (
    checked_layer,
    former_ids,
    history_record,
    is_replaceable_layer,
    layer_shapes,
    now_text,
    state_json,
    table_records,
)
from clusteratlas.store.sql.session import Record, Session
from clusteratlas.store.sql.states import AT, NAMES, Row, rows_of

QUOTED_NAMES: Final = ", ".join(f'"{name}"' for name in NAMES)
ID: Final = AT["enterprise_id"]

_HISTORY: Final = "fid, enterprise_id, valid_from, valid_to, changed"
_LINKS: Final = "enterprise_id, anchor_id, relation, confidence, reason"
_ADDING: Final = (
    " DO UPDATE SET n = t.n + excluded.n, capital_fen = t.capital_fen + excluded.capital_fen"
)


class SqlWriter(ABC):
    """A :class:`clusteratlas.store.base.Writer` over the session of an open transaction."""

    _firms_by_key: ClassVar[str]
    """Selects ``name key, enterprise_id, uscc``, up to the column of the key."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._dirty = False
        self._aggregates = Aggregates()

    # --- small values ----------------------------------------------------------------------
    def put_meta(self, key: str, value: str) -> None:
        """Keep a small named value; the store's version does not grow by this alone."""
        self.session.run(
            "INSERT INTO atlas_meta VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def _meta(self, key: str) -> str | None:
        rows = self.session.rows("SELECT value FROM atlas_meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    # --- whole tables ----------------------------------------------------------------------
    def replace_table(self, name: str, rows: pd.DataFrame) -> None:
        """Replace a table or a layer (GeoDataFrame in EPSG:4326); equal content is no change.

        Raises
        ------
        InputError
            If there is no such table, or it is ``enterprises``.
        CrsError
            If a layer is not in EPSG:4326.
        """
        if is_replaceable_layer(name):
            layer = checked_layer(name, rows)
            plain = pd.DataFrame(layer.drop(columns=layer.geometry.name))
            columns, records = table_records(plain)
            blobs = self._geometry_blobs(layer_shapes(layer))
            records = [(blob, *record) for blob, record in zip(blobs, records, strict=True)]
        else:
            columns, records = table_records(rows)
        digest = blake2b(repr((columns, records)).encode(), digest_size=16).hexdigest()
        if self._meta(f"digest:{name}") == digest:
            return
        self._refill(name, rows, columns, records)
        self.put_meta(f"digest:{name}", digest)
        self._dirty = True

    @abstractmethod
    def _geometry_blobs(self, shapes: Sequence[Any]) -> Iterable[Any]:
        """Return geometries in EPSG:4326 as the database takes them, None where missing or empty."""

    @abstractmethod
    def _refill(
        self, name: str, rows: pd.DataFrame, columns: Mapping[str, str], records: list[Record]
    ) -> None:
        """Put records into a table in place of what it holds; a layer's begin with the geometry.

        Parameters
        ----------
        rows
            What the records were made from.
        columns
            Type by column, in the order of the records: TEXT, INTEGER, DOUBLE, BOOLEAN.
        """

    # --- enterprises -----------------------------------------------------------------------
    def upsert_enterprises(self, rows: pd.DataFrame) -> WriteCounts:
        """Insert or update by ``enterprise_id``.

        A column ``former_id`` names the id under which a firm is stored until now.

        Returns the counts; ``rejected_rows`` holds the positions in ``rows`` that contradict an
        earlier row of the same extract (see :func:`clusteratlas.store.sql.states.reconcile`).

        Raises
        ------
        InputError
            If a row has no id or a number column holds text.
        """
        plan = UpsertPlan(self._stored_rows, self._next_fid())
        plan.run(rows_of(rows, now_text()), former_ids(rows))
        new, changed = list(plan.new()), list(plan.changed())
        self._store(new, changed)
        self._move_links([(b[ID], a[ID]) for _, b, a in changed if b[ID] != a[ID]])
        self.session.insert(
            "enterprise_history", _HISTORY, (history_record(*entry) for entry in plan.history)
        )
        for _, before, after in changed:
            self._aggregates.add(before, -1)
            self._aggregates.add(after, 1)
        for _, row in new:
            self._aggregates.add(row, 1)
        self._dirty = self._dirty or bool(new or changed)
        return plan.counts

    def _stored_rows(self, ids: Sequence[str]) -> list[Record]:
        return self.session.rows_among(
            f"SELECT fid, {QUOTED_NAMES} FROM enterprises WHERE enterprise_id", ids
        )

    @abstractmethod
    def _next_fid(self) -> int:
        """Return the number of the next new enterprise; a number is given out once."""

    @abstractmethod
    def _store(
        self, new: Sequence[tuple[int, Row]], changed: Sequence[tuple[int, Row, Row]]
    ) -> None:
        """Write enterprises, ``(fid, state)`` and ``(fid, before, after)``, and their index entries."""

    @abstractmethod
    def _remove(self, gone: Sequence[tuple[int, Row]]) -> None:
        """Take enterprises out, with their index entries."""

    def delete_enterprises(self, enterprise_ids: Sequence[str]) -> int:
        """Remove enterprises with their index entries; their last state goes into history."""
        wanted = list(dict.fromkeys(enterprise_ids))
        stored = {row[1 + ID]: row for row in self._stored_rows(wanted)}
        gone = [(stored[i][0], stored[i][1:]) for i in wanted if i in stored]
        self._remove(gone)
        start, now = AT["valid_from"], now_text()
        self.session.insert(
            "enterprise_history",
            _HISTORY,
            [(fid, row[ID], row[start], now, state_json(row)) for fid, row in gone],
        )
        for _, row in gone:
            self._aggregates.add(row, -1)
        self._dirty = self._dirty or bool(gone)
        return len(gone)

    # --- for an ingest ---------------------------------------------------------------------
    def firms_by_key(self, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Return ``name key -> [(enterprise_id, uscc), ...]`` of the stored registry firms."""
        found: dict[int, list[tuple[str, str]]] = {}
        wanted = [int(key) for key in keys]
        for key, enterprise_id, uscc in self.session.rows_among(
            self._firms_by_key, wanted, "ORDER BY e.fid"
        ):
            found.setdefault(key, []).append((enterprise_id, uscc))
        return found

    def stored_ids(self, enterprise_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that the store holds."""
        rows = self.session.rows_among(
            "SELECT enterprise_id FROM enterprises WHERE enterprise_id", enterprise_ids
        )
        return {row[0] for row in rows}

    def put_run(self, run: IngestRun) -> None:
        """Keep the checkpoint of a source."""
        progress = json.dumps(run.progress, sort_keys=True)
        self.session.run(
            "INSERT INTO ingest_runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " name = excluded.name, state = excluded.state, source_date = excluded.source_date,"
            " started = excluded.started, progress = excluded.progress",
            (run.source, run.name, run.state, run.source_date, run.started, progress),
        )

    def add_rejects(self, source: str, rejects: Sequence[tuple[int, str]]) -> None:
        """Keep the numbers and reasons of rejected rows until their file is written."""
        self.session.run_many(
            "INSERT INTO ingest_rejects VALUES (?, ?, ?)"
            " ON CONFLICT (source, seq) DO UPDATE SET reason = excluded.reason",
            [(source, number, reason) for number, reason in rejects],
        )

    def clear_rejects(self, source: str) -> None:
        """Forget the rejects of a source."""
        self.session.run("DELETE FROM ingest_rejects WHERE source = ?", (source,))

    # --- links to the anchors --------------------------------------------------------------
    def put_links(self, enterprise_ids: Sequence[str], links: Sequence[LinkRecord]) -> int:
        """Replace the suggested links of these firms; return for how many firms they changed."""
        stored: dict[str, dict[str, Record]] = {}
        for row in self.session.rows_among(
            f"SELECT {_LINKS} FROM anchor_links WHERE enterprise_id", enterprise_ids, "ORDER BY id"
        ):
            stored.setdefault(row[0], {})[row[1]] = row
        changed = _merged_links(enterprise_ids, links, stored)
        if changed:
            self.session.run_among("DELETE FROM anchor_links WHERE enterprise_id", list(changed))
            fresh = [link for new in changed.values() for link in new]
            self.session.insert("anchor_links", _LINKS, fresh)
            self._dirty = True
        return len(changed)

    def _move_links(self, ids: Sequence[tuple[str, str]]) -> None:
        """Carry the links of firms, ``(id until now, new id)``, over to their new ids."""
        self.session.run_many(
            "DELETE FROM anchor_links WHERE enterprise_id = ? AND anchor_id IN"
            " (SELECT anchor_id FROM anchor_links WHERE enterprise_id = ?)",
            [(new, old) for old, new in ids],
        )
        self.session.run_many(
            "UPDATE anchor_links SET enterprise_id = ? WHERE enterprise_id = ?",
            [(new, old) for old, new in ids],
        )

    # --- at the end ------------------------------------------------------------------------
    def finish(self) -> None:
        """Write the aggregates and raise the version, if anything changed."""
        found = self._aggregates.take()
        self.session.run_many(
            "INSERT INTO atlas_counts AS t VALUES (?, ?, ?, ?, ?, ?)"
            f" ON CONFLICT (adcode, sector, year, origin){_ADDING}",
            found.counts,
        )
        self.session.run_many(
            "INSERT INTO atlas_totals AS t VALUES (?, ?, ?, ?, ?)"
            f" ON CONFLICT (adcode, year, origin){_ADDING}",
            found.totals,
        )
        if found.shrunk:
            self.session.run("DELETE FROM atlas_counts WHERE n = 0")
            self.session.run("DELETE FROM atlas_totals WHERE n = 0")
        if self._dirty:
            self.session.run(
                "UPDATE atlas_meta SET value = CAST(CAST(value AS bigint) + 1 AS text)"
                " WHERE key = 'version'"
            )


def _merged_links(
    enterprise_ids: Sequence[str],
    links: Sequence[LinkRecord],
    stored: Mapping[str, Mapping[str, Record]],
) -> dict[str, list[Record]]:
    """Return the new links of those firms whose links change.

    A firm that was the same as an anchor by name and has another name now is its ``renamed``.

    Parameters
    ----------
    stored
        ``enterprise_id -> anchor_id -> link`` as it is now.
    """
    wanted: dict[str, dict[str, Record]] = {key: {} for key in enterprise_ids}
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
