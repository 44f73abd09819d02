"""One write transaction on a GeoPackage store, with everything that is kept beside the rows."""

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pandas as pd

from clusteratlas.store import _gpkg_format as gpkg
from clusteratlas.store._firm_records import (
    checked_layer,
    former_ids,
    geometry_type,
    history_record,
    is_replaceable_layer,
    layer_shapes,
    moved_between,
    name_keys,
    now_text,
    renamed_between,
    searchable_names,
    sector_keys,
    state_json,
    table_records,
)
from clusteratlas.store._gpkg_aggregates import Aggregates
from clusteratlas.store._gpkg_journal import Journal
from clusteratlas.store._gpkg_plan import UpsertPlan
from clusteratlas.store._gpkg_rows import AT, NAMES, Row, rows_of
from clusteratlas.store._gpkg_schema import create_table
from clusteratlas.store.base import WriteCounts
from clusteratlas.store.names import initial_terms, pair_terms

_MARKS: Final = ", ".join("?" * (len(NAMES) + 2))
_QUOTED: Final = ", ".join(f'"{name}"' for name in NAMES)
_SETS: Final = ", ".join(f'"{name}" = ?' for name in NAMES)
_ID: Final = AT["enterprise_id"]
_CHUNK: Final = 5_000


class GeoPackageWriter(Journal):
    """A :class:`clusteratlas.store.base.Writer`; made by ``GeoPackageStore.writer()``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._dirty = False
        self._aggregates = Aggregates()

    # --- small values ----------------------------------------------------------------------
    def put_meta(self, key: str, value: str) -> None:
        """Keep a small named value; the store's version does not grow by this alone."""
        self._sql.execute(
            "INSERT INTO atlas_meta VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

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
        if name == "anchor_links":
            self._sql.execute("DELETE FROM anchor_links")
        else:
            gpkg.unregister(self._sql, name)
            create_table(self._sql, name, columns, geometry_type=geometry_type(rows))
        names = ", ".join(f'"{column}"' for column in (*(["geom"] if spatial else []), *columns))
        marks = ", ".join("?" * (len(columns) + spatial))
        self._sql.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', records)
        bounds = tuple(rows.total_bounds.tolist()) if spatial and len(rows) else None
        gpkg.touch_layer(self._sql, name, bounds)
        self.put_meta(f"digest:{name}", digest)
        self._dirty = True

    def _meta(self, key: str) -> str | None:
        row = self._sql.execute("SELECT value FROM atlas_meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    # --- enterprises -----------------------------------------------------------------------
    def upsert_enterprises(self, rows: pd.DataFrame) -> WriteCounts:
        """Insert or update by ``enterprise_id``.

        A column ``former_id`` names the id under which a firm is stored until now.

        Returns the counts; ``rejected_rows`` holds the positions in ``rows`` that contradict an
        earlier row of the same extract (see :func:`._gpkg_rows.reconcile`).

        Raises
        ------
        InputError
            If a row has no id or a number column holds text.
        """
        now = now_text()
        plan = UpsertPlan(self._stored_rows, self._next_fid())
        plan.run(rows_of(rows, now), former_ids(rows))
        new = list(plan.new())
        changed = list(plan.changed())
        self._insert(new)
        self._update(changed)
        self._sql.executemany(
            "INSERT INTO enterprise_history (fid, enterprise_id, valid_from, valid_to, changed)"
            " VALUES (?, ?, ?, ?, ?)",
            [history_record(*entry) for entry in plan.history],
        )
        self._grow(row for _, row in new)
        self._grow(after for _, _, after in changed)
        self._dirty = self._dirty or bool(new or changed)
        return plan.counts

    def _stored_rows(self, ids: Sequence[str]) -> Iterable[Row]:
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            yield from self._sql.execute(
                f"SELECT fid, {_QUOTED} FROM enterprises WHERE enterprise_id IN ({marks})", chunk
            )

    def _next_fid(self) -> int:
        row = self._sql.execute(
            "SELECT max(seq) FROM sqlite_sequence WHERE name = 'enterprises'"
        ).fetchone()
        return int(row[0] or 0) + 1

    def delete_enterprises(self, enterprise_ids: Sequence[str]) -> int:
        """Remove enterprises with their index entries; their last state goes into history."""
        gone: list[tuple[int, Row]] = []
        for enterprise_id in dict.fromkeys(enterprise_ids):
            found = self._sql.execute(
                f"SELECT fid, {_QUOTED} FROM enterprises WHERE enterprise_id = ?", (enterprise_id,)
            ).fetchall()
            gone += [(row[0], row[1:]) for row in found]
        self._drop_index(gone)
        keys = [(fid,) for fid, _ in gone]
        self._sql.executemany("DELETE FROM enterprise_terms WHERE rowid = ?", keys)
        self._sql.executemany("DELETE FROM enterprises WHERE fid = ?", keys)
        now = now_text()
        self._sql.executemany(
            "INSERT INTO enterprise_history (fid, enterprise_id, valid_from, valid_to, changed)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (fid, row[AT["enterprise_id"]], row[AT["valid_from"]], now, state_json(row))
                for fid, row in gone
            ],
        )
        self._dirty = self._dirty or bool(gone)
        return len(gone)

    def firms_by_key(self, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Return ``name key -> [(enterprise_id, uscc), ...]`` of the stored registry firms."""
        found: dict[int, list[tuple[str, str]]] = {}
        for start in range(0, len(keys), 5_000):
            chunk = keys[start : start + 5_000]
            rows = self._sql.execute(
                "SELECT k.name_key, e.enterprise_id, e.uscc FROM enterprise_keys k"
                " CROSS JOIN enterprises e ON e.fid = k.fid"
                f" WHERE k.name_key IN ({', '.join('?' * len(chunk))}) ORDER BY e.fid",
                chunk,
            )
            for key, enterprise_id, uscc in rows:
                found.setdefault(key, []).append((enterprise_id, uscc))
        return found

    def stored_ids(self, enterprise_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that the store holds."""
        found: set[str] = set()
        for start in range(0, len(enterprise_ids), 5_000):
            chunk = enterprise_ids[start : start + 5_000]
            found.update(
                row[0]
                for row in self._sql.execute(
                    "SELECT enterprise_id FROM enterprises WHERE enterprise_id IN"
                    f" ({', '.join('?' * len(chunk))})",
                    chunk,
                )
            )
        return found

    def _insert(self, new: Sequence[tuple[int, Row]]) -> None:
        blobs = _point_blobs([row for _, row in new])
        self._sql.executemany(
            f"INSERT INTO enterprises (fid, geom, {_QUOTED}) VALUES ({_MARKS})",
            [(fid, blob, *row) for (fid, row), blob in zip(new, blobs, strict=True)],
        )
        self._add_index(new)
        self._add_terms(new)

    def _update(self, changed: Sequence[tuple[int, Row, Row]]) -> None:
        moved = [(fid, after) for fid, before, after in changed if moved_between(before, after)]
        self._sql.executemany(
            f"UPDATE enterprises SET {_SETS} WHERE fid = ?",
            [(*after, fid) for fid, _, after in changed],
        )
        blobs = _point_blobs([row for _, row in moved])
        self._sql.executemany(
            "UPDATE enterprises SET geom = ? WHERE fid = ?",
            [(blob, fid) for (fid, _), blob in zip(moved, blobs, strict=True)],
        )
        ids = [
            (after[_ID], before[_ID]) for _, before, after in changed if after[_ID] != before[_ID]
        ]
        self._sql.executemany(
            "UPDATE OR REPLACE anchor_links SET enterprise_id = ? WHERE enterprise_id = ?", ids
        )
        self._drop_index([(fid, before) for fid, before, _ in changed])
        self._add_index([(fid, after) for fid, _, after in changed])
        renamed = [(fid, after) for fid, before, after in changed if renamed_between(before, after)]
        self._sql.executemany(
            "DELETE FROM enterprise_terms WHERE rowid = ?", [(fid,) for fid, _ in renamed]
        )
        self._add_terms(renamed)

    def _add_index(self, rows: Sequence[tuple[int, Row]]) -> None:
        for _, row in rows:
            self._aggregates.add(row, 1)
        self._sql.executemany("INSERT INTO enterprise_sectors VALUES (?, ?)", sector_keys(rows))
        self._sql.executemany("INSERT INTO enterprise_keys VALUES (?, ?)", name_keys(rows))

    def _drop_index(self, rows: Sequence[tuple[int, Row]]) -> None:
        for _, row in rows:
            self._aggregates.add(row, -1)
        self._sql.executemany(
            "DELETE FROM enterprise_sectors WHERE sector = ? AND fid = ?", sector_keys(rows)
        )
        self._sql.executemany(
            "DELETE FROM enterprise_keys WHERE name_key = ? AND fid = ?", name_keys(rows)
        )

    def _add_terms(self, rows: Sequence[tuple[int, Row]]) -> None:
        self._sql.executemany(
            "INSERT INTO enterprise_terms (rowid, terms, initials) VALUES (?, ?, ?)",
            [
                (fid, pair_terms(*names), initial_terms(*names))
                for fid, names in searchable_names(rows)
            ],
        )

    def _grow(self, rows: Iterable[Row]) -> None:
        points = [(row[AT["lon"]], row[AT["lat"]]) for row in rows if row[AT["lon"]] is not None]
        if points:
            lons, lats = zip(*points, strict=True)
            box = (min(lons), min(lats), max(lons), max(lats))
            gpkg.touch_layer(self._sql, "enterprises", box)

    def finish(self) -> None:
        """Write the aggregates and raise the version, if anything changed."""
        self._aggregates.flush(self._sql)
        if self._dirty:
            self._sql.execute(
                "UPDATE atlas_meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'version'"
            )


def _point_blobs(rows: Sequence[Row]) -> list[bytes | None]:
    lon = np.asarray([row[AT["lon"]] for row in rows], dtype=np.float64)
    lat = np.asarray([row[AT["lat"]] for row in rows], dtype=np.float64)
    return gpkg.point_blobs(lon, lat)


def _layer_records(name: str, rows: pd.DataFrame) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    layer = checked_layer(name, rows)
    columns, records = table_records(pd.DataFrame(layer.drop(columns=layer.geometry.name)))
    blobs = gpkg.geometry_blobs(layer_shapes(layer))
    return columns, [(blob, *record) for blob, record in zip(blobs, records, strict=True)]
