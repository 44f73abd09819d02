"""The embedded store: one GeoPackage file that QGIS and ArcGIS open as it is."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from clusteratlas.errors import InputError, StoreError
from clusteratlas.store import _gpkg_changes as changes
from clusteratlas.store import _gpkg_format as gpkg
from clusteratlas.store._gpkg_connect import Connections, WriterLock, explained
from clusteratlas.store._gpkg_frames import COLUMN_LIST, enterprise_frame, table_frame, where
from clusteratlas.store._gpkg_journal import read_rejects, read_run
from clusteratlas.store._gpkg_nearest import nearest
from clusteratlas.store._gpkg_schema import FEN_PER_UNIT, check_version, migrate, schema_version
from clusteratlas.store._gpkg_search import search
from clusteratlas.store._gpkg_writer import GeoPackageWriter
from clusteratlas.store.arrow_reader import is_large, read_enterprises
from clusteratlas.store.base import IngestRun, Mark, Selection
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS, TABLES, Collection

MAX_ADCODES = 2_000


class GeoPackageStore:
    """A :class:`clusteratlas.store.base.Store` in one ``.gpkg`` file.

    Any number of processes and threads read while one writes (write-ahead log); every read sees
    the last committed state.

    Parameters
    ----------
    path
        The file; made if it is not there and ``writable``.
    writable
        Take the writer's lock until :meth:`close`.

    Raises
    ------
    StoreError
        If the file is missing, of another program or version, or another writer holds it.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.url = str(path)
        self.path = path.absolute()
        self._lock: WriterLock | None = None
        self._writing = False
        if not writable and not self.path.is_file():
            raise StoreError(f"no store at {self.url}: run 'clusteratlas build --store {self.url}'")
        if writable:
            if not self.path.parent.is_dir():
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = WriterLock(self.path, self.url)
        self._connections = Connections(self.path, self.url, writable=writable)
        try:
            with explained(self.url):
                if writable:
                    migrate(self._sql(), self.url)
                else:
                    check_version(schema_version(self._sql(), self.url), self.url)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections and let the next writer in."""
        self._connections.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _sql(self) -> sqlite3.Connection:
        return self._connections.get()

    def _query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with explained(self.url):
            return self._sql().execute(sql, values).fetchall()

    # --- reading ---------------------------------------------------------------------------
    def version(self) -> int:
        """Return a number that grows with every committed write."""
        return int(self.meta("version") or 0)

    def meta(self, key: str) -> str | None:
        """Return a small named value, None if there is none."""
        rows = self._query("SELECT value FROM atlas_meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def summary(self) -> dict[str, Any]:
        """Return row counts and dates.

        Keys: ``version, collections {name: n}, tables {name: n}, origins {origin: n},
        precisions {origin: {precision: n}}, registered (first, last), built, ingested``.
        """
        origins: dict[str, int] = {}
        precisions: dict[str, dict[str, int]] = {}
        for origin, precision, n in self._query(
            "SELECT origin, precision, count(*) FROM enterprises GROUP BY 1, 2 ORDER BY 1, 2"
        ):
            origins[origin] = origins.get(origin, 0) + n
            precisions.setdefault(origin, {})[precision] = n
        span = self._query("SELECT min(registered), max(registered) FROM enterprises")[0]
        return {
            "version": self.version(),
            "collections": {name: self._count(name) for name in COLLECTIONS},
            "tables": {name: self._count(name) for name in TABLES},
            "origins": origins,
            "precisions": precisions,
            "registered": (span[0] or "", span[1] or ""),
            "built": self.meta("built") or "",
            "ingested": self.meta("ingested") or "",
        }

    def _count(self, name: str) -> int:
        return int(self._query(f'SELECT count(*) FROM "{name}"')[0][0])

    def table(self, name: str) -> pd.DataFrame:
        """Return a table without geometry.

        Raises
        ------
        InputError
            If there is no such table.
        """
        if name not in TABLES:
            raise InputError(f"no table {name!r}; there are {', '.join(TABLES)}")
        with explained(self.url):
            return table_frame(self._sql(), name, drop=("fid", "id"))

    def collection(
        self, name: Collection, *, selection: Selection | None = None
    ) -> gpd.GeoDataFrame:
        """Return a layer in EPSG:4326 ordered by fid; ``selection`` narrows enterprises only.

        Raises
        ------
        InputError
            If there is no such collection.
        """
        if name not in COLLECTIONS:
            raise InputError(f"no collection {name!r}; there are {', '.join(COLLECTIONS)}")
        if name == "enterprises":
            frames = list(self.batches(selection=selection))
            frame = (
                pd.concat(frames, ignore_index=True)
                if frames
                else enterprise_frame([], list(ENTERPRISE_COLUMNS))
            )
            points = gpd.points_from_xy(frame["lon"], frame["lat"])
            points[frame["lon"].isna().to_numpy()] = None
            return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
        with explained(self.url):
            frame = table_frame(self._sql(), name, drop=())
        shapes = gpkg.geometries_of(frame.pop("geom"))
        return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")

    def batches(
        self,
        *,
        columns: Sequence[str] | None = None,
        selection: Selection | None = None,
        size: int = 50_000,
    ) -> Iterator[pd.DataFrame]:
        """Yield enterprises ordered by fid; a writer may go on between two batches.

        Raises
        ------
        InputError
            If a column is unknown.
        """
        names = list(columns or ENTERPRISE_COLUMNS)
        unknown = [name for name in names if name not in ENTERPRISE_COLUMNS]
        if unknown:
            raise InputError(f"no column {unknown[0]!r} in enterprises")
        if selection is not None and len(selection.adcodes) > MAX_ADCODES:
            raise InputError(f"{len(selection.adcodes)} adcodes; at most {MAX_ADCODES}")
        chosen = ", ".join(f'e."{name}"' for name in names)
        condition, values = where(selection)
        last = 0
        while True:
            rows = self._query(
                f"SELECT e.fid, {chosen} FROM enterprises e"
                f" WHERE e.fid > ? AND {condition} ORDER BY e.fid LIMIT ?",
                [last, *values, size],
            )
            if not rows:
                return
            last = rows[-1][0]
            yield enterprise_frame((row[1:] for row in rows), names)

    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid."""
        if is_large(self.url):
            return read_enterprises(self.url, leave=leave)
        wanted = [name for name in ENTERPRISE_COLUMNS if name not in leave]
        parts = list(self.batches(columns=wanted))
        frame = pd.concat(parts) if parts else enterprise_frame([], wanted)
        return pa.Table.from_pandas(frame, preserve_index=False)

    def mark(self) -> Mark:
        """Return the present moment, for :meth:`changed_since`."""
        with explained(self.url):
            return changes.mark(self._sql())

    def changed_since(self, since: Mark, *, most: int) -> list[int] | None:
        """Return the fids of new, changed and deleted enterprises, None if they are above ``most``."""
        with explained(self.url):
            return changes.changed_since(self._sql(), since, most)

    def columns_of(self, fids: Sequence[int], *, leave: Sequence[str] = ()) -> pa.Table:
        """Return those of these enterprises that are there, as :meth:`columns` does."""
        wanted = [name for name in ENTERPRISE_COLUMNS if name not in leave]
        with explained(self.url):
            rows = changes.rows_of(self._sql(), fids, wanted)
        return pa.Table.from_pandas(enterprise_frame(rows, wanted), preserve_index=False)

    def count(self) -> int:
        """Return how many enterprises there are."""
        with explained(self.url):
            return changes.count(self._sql())

    def enterprise(self, enterprise_id: str) -> Mapping[str, Any] | None:
        """Return one enterprise with all columns, None if nobody has this id."""
        rows = self._query(
            f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.enterprise_id = ?", (enterprise_id,)
        )
        if not rows:
            return None
        frame = enterprise_frame(rows, list(ENTERPRISE_COLUMNS))
        return cast("dict[str, Any]", frame.to_dict("records")[0])

    def history(self, enterprise_id: str) -> pd.DataFrame:
        """Return former states, oldest first; ``changed`` holds the old values as JSON.

        A firm whose code became known keeps the states that it had under its former id.
        """
        rows = self._query(
            "SELECT h.enterprise_id, h.valid_from, h.valid_to, h.changed"
            " FROM enterprise_history h WHERE h.enterprise_id = ?1 OR h.fid ="
            " (SELECT fid FROM enterprises WHERE enterprise_id = ?1) ORDER BY h.id",
            (enterprise_id,),
        )
        columns = ["enterprise_id", "valid_from", "valid_to", "changed"]
        return pd.DataFrame.from_records(rows, columns=columns).astype("str")

    def counts(self, *, origin: str = "") -> pd.DataFrame:
        """Return ``adcode, sector, year, origin, n, capital``; see the interface.

        ``year`` is 0 where the registration date is unknown; ``capital`` (CNY 10,000) sums the
        firms whose capital is known.
        """
        return self._aggregate("atlas_counts", ("adcode", "sector", "year", "origin"), origin)

    def totals(self, *, origin: str = "") -> pd.DataFrame:
        """Return ``adcode, year, origin, n, capital``: every firm once."""
        return self._aggregate("atlas_totals", ("adcode", "year", "origin"), origin)

    def _aggregate(self, table: str, keys: Sequence[str], origin: str) -> pd.DataFrame:
        rows = self._query(
            f"SELECT {', '.join(keys)}, n, capital_fen FROM {table}"
            f" WHERE ?1 = '' OR origin = ?1 ORDER BY {', '.join(keys)}",
            (origin,),
        )
        frame = pd.DataFrame.from_records(rows, columns=[*keys, "n", "capital"])
        kinds = {name: "int64" if name in ("year", "n") else "str" for name in (*keys, "n")}
        frame = frame.astype(cast("Any", {**kinds, "capital": "float64"}))
        frame["capital"] /= FEN_PER_UNIT
        return frame

    def nearest(
        self,
        lon: float,
        lat: float,
        *,
        k: int,
        radius_m: float | None = None,
        selection: Selection | None = None,
    ) -> pd.DataFrame:
        """Return the k nearest enterprises with ``distance_m``, nearest first, ties by fid.

        Distances are geodesic on WGS-84; firms without a position are never returned.

        Raises
        ------
        InputError
            If the point, k or radius is out of bounds.
        """
        with explained(self.url):
            return nearest(self._sql(), lon, lat, k=k, radius_m=radius_m, selection=selection)

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Return enterprises by name, alias, code, or pinyin initials, best ``score`` first."""
        with explained(self.url):
            return search(self._sql(), text, limit=limit)

    def links(self, enterprise_id: str) -> pd.DataFrame:
        """Return the suggested links of a firm or an anchor to each other, best first."""
        rows = self._query(
            "SELECT enterprise_id, anchor_id, relation, confidence, reason FROM anchor_links"
            " WHERE enterprise_id = ?1 OR anchor_id = ?1 ORDER BY confidence DESC, id",
            (enterprise_id,),
        )
        columns = ["enterprise_id", "anchor_id", "relation", "confidence", "reason"]
        return pd.DataFrame.from_records(rows, columns=columns)

    def ingest_run(self, source: str) -> IngestRun | None:
        """Return the checkpoint of a source file, None if it was never begun."""
        with explained(self.url):
            return read_run(self._sql(), source)

    def rejects(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield ``(number of the row in its file, reason)`` of an ingest that is not finished."""
        with explained(self.url):
            return read_rejects(self._sql(), source)

    # --- writing ---------------------------------------------------------------------------
    @contextmanager
    def writer(self) -> Iterator[GeoPackageWriter]:
        """Open one transaction; it is committed at the end of the block, or undone by an error.

        Raises
        ------
        StoreError
            If the store was opened for reading, another program is writing, or there is no room.
        """
        if self._lock is None:
            raise StoreError(f"{self.url} was opened for reading; open it with writable=True")
        if self._writing:
            raise StoreError(f"{self.url}: a write transaction is already open")
        connection = self._sql()
        self._writing = True
        try:
            with explained(self.url):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    writer = GeoPackageWriter(connection)
                    yield writer
                    writer.finish()
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        finally:
            self._writing = False

    def integrity(self) -> list[str]:
        """Return what SQLite's integrity check finds wrong; empty if the file is sound."""
        rows = self._query("PRAGMA integrity_check(20)")
        found = [str(row[0]) for row in rows if row[0] != "ok"]
        spatial = ["enterprises", "parks", "districts", "cities", "clusters"]
        for name in spatial:
            rows = self._query(f"SELECT rtreecheck('rtree_{name}_geom')")
            found += [str(row[0]) for row in rows if row[0] != "ok"]
        return found

    def changed_columns(self, enterprise_id: str) -> list[dict[str, Any]]:
        """Return the former values of an enterprise as dictionaries, oldest first."""
        return [json.loads(text) for text in self.history(enterprise_id)["changed"]]
