"""One write transaction on a database server, with everything that is kept beside the rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from clusteratlas.store._firm_records import (
    checked_layer,
    former_ids,
    history_record,
    is_replaceable_layer,
    layer_shapes,
    name_keys,
    now_text,
    renamed_between,
    searchable_names,
    state_json,
    table_records,
)
from clusteratlas.store._gpkg_aggregates import Aggregates
from clusteratlas.store._gpkg_journal import merged_links
from clusteratlas.store._gpkg_plan import UpsertPlan
from clusteratlas.store._gpkg_rows import AT, NAMES, Row, rows_of
from clusteratlas.store._postgis_frames import table_columns
from clusteratlas.store._postgis_schema import create_table
from clusteratlas.store._postgis_search import term_vector
from clusteratlas.store.base import IngestRun, LinkRecord, WriteCounts

if TYPE_CHECKING:
    import psycopg

_QUOTED: Final = ", ".join(f'"{name}"' for name in NAMES)
_ID: Final = AT["enterprise_id"]
_HISTORY: Final = "enterprise_history (fid, enterprise_id, valid_from, valid_to, changed)"
_LINKS: Final = "enterprise_id, anchor_id, relation, confidence, reason"
_ADD: Final = (
    " ON CONFLICT ({keys}) DO UPDATE SET n = t.n + excluded.n,"
    " capital_fen = t.capital_fen + excluded.capital_fen"
)
_ADD_COUNT: Final = "INSERT INTO atlas_counts AS t VALUES (%s, %s, %s, %s, %s, %s)" + _ADD.format(
    keys="adcode, sector, year, origin"
)
_ADD_TOTAL: Final = "INSERT INTO atlas_totals AS t VALUES (%s, %s, %s, %s, %s)" + _ADD.format(
    keys="adcode, year, origin"
)
_COLUMN_KINDS: Final[Mapping[str, str]] = {
    "TEXT": "text",
    "INTEGER": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
}


class PostgisWriter:
    """A :class:`clusteratlas.store.base.Writer`; made by ``PostgisStore.writer()``."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._sql = connection
        self._dirty = False
        self._aggregates = Aggregates()
        self.rows_written = 0

    def _copy(self, target: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._sql.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as out:
            for row in rows:
                out.write_row(row)

    def _many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            with self._sql.cursor() as cursor:
                cursor.executemany(sql.encode(), rows)

    # --- small values ----------------------------------------------------------------------
    def put_meta(self, key: str, value: str) -> None:
        """Keep a small named value; the store's version does not grow by this alone."""
        self._sql.execute(
            "INSERT INTO atlas_meta VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def _meta(self, key: str) -> str | None:
        row = self._sql.execute("SELECT value FROM atlas_meta WHERE key = %s", (key,)).fetchone()
        return None if row is None else str(row[0])

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
        spatial = is_replaceable_layer(name)
        columns, records = _layer_records(name, rows) if spatial else table_records(rows)
        digest = blake2b(repr((columns, records)).encode(), digest_size=16).hexdigest()
        if self._meta(f"digest:{name}") == digest:
            return
        if name != "anchor_links":
            self._make_room(name, columns)
            records = [(fid, *record) for fid, record in enumerate(records, 1)]
        else:
            self._sql.execute("DELETE FROM anchor_links")
        names = [*(["fid"] if name != "anchor_links" else []), *(["geom"] if spatial else [])]
        quoted = ", ".join('"' + c.replace('"', '""') + '"' for c in (*names, *columns))
        self._copy(f'"{name}" ({quoted})', records)
        self.put_meta(f"digest:{name}", digest)
        self._dirty = True

    def _make_room(self, name: str, columns: Mapping[str, str]) -> None:
        """Empty a table; only one with other columns is made anew, which makes readers wait."""
        found = table_columns(self._sql, name)
        held = {c: kind for c, kind in found.items() if c not in ("fid", "geom")}
        if list(held.items()) == [(c, _COLUMN_KINDS[kind]) for c, kind in columns.items()]:
            self._sql.execute(f'DELETE FROM "{name}"'.encode())
        else:
            self._sql.execute(f'DROP TABLE "{name}"'.encode())
            create_table(self._sql, name, columns)

    # --- enterprises -----------------------------------------------------------------------
    def upsert_enterprises(self, rows: pd.DataFrame) -> WriteCounts:
        """Insert or update by ``enterprise_id``; see ``GeoPackageWriter.upsert_enterprises``.

        Raises
        ------
        InputError
            If a row has no id or a number column holds text.
        """
        plan = UpsertPlan(self._stored_rows, int(self._meta("next_fid") or 1))
        plan.run(rows_of(rows, now_text()), former_ids(rows))
        new = list(plan.new())
        changed = list(plan.changed())
        renamed = [(fid, after) for fid, old, after in changed if renamed_between(old, after)]
        self._remove(fid for fid, _, _ in changed)
        self._drop_terms(fid for fid, _ in renamed)
        self._add([*((fid, after) for fid, _, after in changed), *new])
        self._add_terms([*renamed, *new])
        self._move_links([(o[_ID], a[_ID]) for _, o, a in changed if o[_ID] != a[_ID]])
        self._copy(_HISTORY, (history_record(*entry) for entry in plan.history))
        for _, before, _ in changed:
            self._aggregates.add(before, -1)
        if new:
            self.put_meta("next_fid", str(new[-1][0] + 1))
        self._dirty = self._dirty or bool(new or changed)
        self.rows_written += len(new) + len(changed)
        return plan.counts

    def _stored_rows(self, ids: Sequence[str]) -> Iterable[Row]:
        return self._sql.execute(
            f"SELECT fid, {_QUOTED} FROM enterprises WHERE enterprise_id = ANY(%s)".encode(),
            (list(ids),),
        ).fetchall()

    def _add(self, rows: Sequence[tuple[int, Row]]) -> None:
        keys = {fid: key for key, fid in name_keys(rows)}
        self._copy(
            f"enterprises (fid, name_key, {_QUOTED})",
            ((fid, keys.get(fid), *row) for fid, row in rows),
        )
        for _, row in rows:
            self._aggregates.add(row, 1)

    def _remove(self, fids: Iterable[int]) -> None:
        self._sql.execute("DELETE FROM enterprises WHERE fid = ANY(%s)", (list(fids),))

    def _add_terms(self, rows: Sequence[tuple[int, Row]]) -> None:
        self._copy(
            "enterprise_terms (fid, terms)",
            ((fid, term_vector(names)) for fid, names in searchable_names(rows)),
        )

    def _drop_terms(self, fids: Iterable[int]) -> None:
        self._sql.execute("DELETE FROM enterprise_terms WHERE fid = ANY(%s)", (list(fids),))

    def _move_links(self, ids: Sequence[tuple[str, str]]) -> None:
        """Carry the links of firms over to their new ids."""
        self._many(
            "DELETE FROM anchor_links n USING anchor_links o WHERE o.enterprise_id = %s"
            " AND n.enterprise_id = %s AND n.anchor_id = o.anchor_id",
            ids,
        )
        self._many(
            "UPDATE anchor_links SET enterprise_id = %s WHERE enterprise_id = %s",
            [(new, old) for old, new in ids],
        )

    def delete_enterprises(self, enterprise_ids: Sequence[str]) -> int:
        """Remove enterprises with their index entries; their last state goes into history."""
        wanted = list(dict.fromkeys(enterprise_ids))
        stored = {row[1 + _ID]: row for row in self._stored_rows(wanted)}
        gone = [(stored[i][0], stored[i][1:]) for i in wanted if i in stored]
        self._remove(fid for fid, _ in gone)
        self._drop_terms(fid for fid, _ in gone)
        now = now_text()
        self._copy(
            _HISTORY,
            ((fid, row[_ID], row[AT["valid_from"]], now, state_json(row)) for fid, row in gone),
        )
        for _, row in gone:
            self._aggregates.add(row, -1)
        self._dirty = self._dirty or bool(gone)
        return len(gone)

    # --- for an ingest ---------------------------------------------------------------------
    def firms_by_key(self, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Return ``name key -> [(enterprise_id, uscc), ...]`` of the stored registry firms."""
        found: dict[int, list[tuple[str, str]]] = {}
        rows = self._sql.execute(
            "SELECT name_key, enterprise_id, uscc FROM enterprises"
            " WHERE name_key = ANY(%s) ORDER BY fid",
            ([int(key) for key in keys],),
        )
        for key, enterprise_id, uscc in rows:
            found.setdefault(key, []).append((enterprise_id, uscc))
        return found

    def stored_ids(self, enterprise_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that the store holds."""
        rows = self._sql.execute(
            "SELECT enterprise_id FROM enterprises WHERE enterprise_id = ANY(%s)",
            (list(enterprise_ids),),
        )
        return {row[0] for row in rows}

    def put_run(self, run: IngestRun) -> None:
        """Keep the checkpoint of a source."""
        progress = json.dumps(run.progress, sort_keys=True)
        self._sql.execute(
            "INSERT INTO ingest_runs VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (source) DO UPDATE SET name = excluded.name, state = excluded.state,"
            " source_date = excluded.source_date, started = excluded.started,"
            " progress = excluded.progress",
            (run.source, run.name, run.state, run.source_date, run.started, progress),
        )

    def add_rejects(self, source: str, rejects: Sequence[tuple[int, str]]) -> None:
        """Keep the numbers and reasons of rejected rows until their file is written."""
        self._many(
            "INSERT INTO ingest_rejects VALUES (%s, %s, %s)"
            " ON CONFLICT (source, seq) DO UPDATE SET reason = excluded.reason",
            [(source, number, reason) for number, reason in rejects],
        )

    def clear_rejects(self, source: str) -> None:
        """Forget the rejects of a source."""
        self._sql.execute("DELETE FROM ingest_rejects WHERE source = %s", (source,))

    def put_links(self, enterprise_ids: Sequence[str], links: Sequence[LinkRecord]) -> int:
        """Replace the suggested links of these firms; return for how many firms they changed."""
        stored: dict[str, dict[str, tuple[Any, ...]]] = {}
        rows = self._sql.execute(
            f"SELECT {_LINKS} FROM anchor_links WHERE enterprise_id = ANY(%s) ORDER BY id".encode(),
            (list(enterprise_ids),),
        )
        for row in rows:
            stored.setdefault(row[0], {})[row[1]] = row
        changed = merged_links(enterprise_ids, links, stored)
        if changed:
            self._sql.execute(
                "DELETE FROM anchor_links WHERE enterprise_id = ANY(%s)", (list(changed),)
            )
            fresh = (link for new in changed.values() for link in new)
            self._copy(f"anchor_links ({_LINKS})", fresh)
            self._dirty = True
        return len(changed)

    def finish(self) -> None:
        """Write the aggregates and raise the version, if anything changed."""
        found = self._aggregates.take()
        self._many(_ADD_COUNT, found.counts)
        self._many(_ADD_TOTAL, found.totals)
        if found.shrunk:
            self._sql.execute("DELETE FROM atlas_counts WHERE n = 0")
            self._sql.execute("DELETE FROM atlas_totals WHERE n = 0")
        if self._dirty:
            self._sql.execute(
                "UPDATE atlas_meta SET value = (value::bigint + 1)::text WHERE key = 'version'"
            )


def _layer_records(name: str, rows: pd.DataFrame) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    layer = checked_layer(name, rows)
    columns, records = table_records(pd.DataFrame(layer.drop(columns=layer.geometry.name)))
    shapes = shapely.set_srid(shapely.force_2d(layer_shapes(layer)), 4326)
    blobs = shapely.to_wkb(shapes, hex=True, include_srid=True)
    blobs[shapely.is_empty(shapes)] = None
    return columns, [(blob, *record) for blob, record in zip(blobs, records, strict=True)]
