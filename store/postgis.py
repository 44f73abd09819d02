"""The store on a database server: PostgreSQL with PostGIS, for many firms and many readers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

from clusteratlas.errors import InputError, StoreError
from clusteratlas.store import _postgis_changes as changes
from clusteratlas.store._gpkg_frames import COLUMN_LIST, enterprise_frame
from clusteratlas.store._gpkg_schema import FEN_PER_UNIT
from clusteratlas.store._postgis_arrow import read_columns
from clusteratlas.store._postgis_connect import Sessions, connect, explained, public_url
from clusteratlas.store._postgis_frames import table_frame, where
from clusteratlas.store._postgis_journal import PostgisJournal
from clusteratlas.store._postgis_nearest import nearest
from clusteratlas.store._postgis_schema import check_version, migrate
from clusteratlas.store._postgis_search import search
from clusteratlas.store._postgis_writer import PostgisWriter
from clusteratlas.store.base import IngestRun, Mark, Selection
from clusteratlas.store.geopackage import MAX_ADCODES
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS, TABLES, Collection

ANALYZE_ROWS = 1_000


class PostgisStore:
    """A :class:`clusteratlas.store.base.Store` in the schema ``clusteratlas`` of a database.

    Any number of processes and machines read while one writes; every read sees the last committed
    state. Threads may share a store.

    Parameters
    ----------
    url
        ``postgresql://user@host/database``; a password comes better from ``~/.pgpass`` or
        PGPASSWORD than from the URL.
    writable
        Take the writer's lock until :meth:`close`; lay out or migrate the tables where needed.

    Raises
    ------
    DependencyError
        If the driver is not installed.
    StoreError
        If the server refuses, PostGIS is missing, the schema is of another version, or another
        writer holds the store.
    """

    def __init__(self, url: str, *, writable: bool = False) -> None:
        self.url = url
        self._sessions = Sessions(url)
        self._rows_written = 0
        connection = connect(url)
        try:
            with explained(url):
                if writable:
                    self._sessions.take_lock(connection)
                    migrate(connection, url)
                else:
                    check_version(connection, url)
        except BaseException:
            connection.close()
            self.close()
            raise
        if not writable:
            connection.close()

    def __repr__(self) -> str:
        return f"PostgisStore({public_url(self.url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up all connections and let the next writer in."""
        if self._rows_written >= ANALYZE_ROWS:
            self._refresh_statistics()
        self._sessions.close()

    def _refresh_statistics(self) -> None:
        """Let the planner know of a large load at once; the server's own round comes later."""
        import psycopg

        writer = self._sessions.writer
        self._rows_written = 0
        if writer is not None and not writer.closed:
            try:
                writer.execute("ANALYZE enterprises, enterprise_terms")
            except psycopg.Error:  # a help, not a duty: the rows are committed
                return

    def _query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._sessions.reading() as connection:
            return connection.execute(sql.encode(), values).fetchall()

    # --- reading ---------------------------------------------------------------------------
    def version(self) -> int:
        """Return a number that grows with every committed write."""
        return int(self.meta("version") or 0)

    def meta(self, key: str) -> str | None:
        """Return a small named value, None if there is none."""
        rows = self._query("SELECT value FROM atlas_meta WHERE key = %s", (key,))
        return rows[0][0] if rows else None

    def summary(self) -> dict[str, Any]:
        """Return row counts and dates; keys as in ``GeoPackageStore.summary``."""
        origins: dict[str, int] = {}
        precisions: dict[str, dict[str, int]] = {}
        for origin, precision, n in self._query(
            'SELECT origin, "precision", count(*) FROM enterprises GROUP BY 1, 2 ORDER BY 1, 2'
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
        with self._sessions.reading() as connection:
            return table_frame(connection, name, drop=("fid", "id"))

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
            return self._enterprises(selection)
        with self._sessions.reading() as connection:
            frame = table_frame(connection, name, drop=())
        shapes = shapely.from_wkb(frame.pop("geom").to_numpy())
        return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")

    def _enterprises(self, selection: Selection | None) -> gpd.GeoDataFrame:
        frames = list(self.batches(selection=selection))
        frame = (
            pd.concat(frames, ignore_index=True)
            if frames
            else enterprise_frame([], list(ENTERPRISE_COLUMNS))
        )
        points = gpd.points_from_xy(frame["lon"], frame["lat"])
        points[frame["lon"].isna().to_numpy()] = None
        return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")

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
                f" WHERE e.fid > %s AND {condition} ORDER BY e.fid LIMIT %s",
                [last, *values, size],
            )
            if not rows:
                return
            last = rows[-1][0]
            yield enterprise_frame((row[1:] for row in rows), names)

    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid."""
        with self._sessions.reading() as connection:
            return read_columns(connection, leave=leave)

    def mark(self) -> Mark:
        """Return the present moment, for :meth:`changed_since`."""
        with self._sessions.reading() as connection:
            return changes.mark(connection)

    def changed_since(self, since: Mark, *, most: int) -> list[int] | None:
        """Return the fids of new, changed and deleted enterprises, None if they are above ``most``."""
        with self._sessions.reading() as connection:
            return changes.changed_since(connection, since, most)

    def columns_of(self, fids: Sequence[int], *, leave: Sequence[str] = ()) -> pa.Table:
        """Return those of these enterprises that are there, as :meth:`columns` does."""
        wanted = [name for name in ENTERPRISE_COLUMNS if name not in leave]
        with self._sessions.reading() as connection:
            rows = changes.rows_of(connection, fids, wanted)
        return pa.Table.from_pandas(enterprise_frame(rows, wanted), preserve_index=False)

    def count(self) -> int:
        """Return how many enterprises there are."""
        return self._count("enterprises")

    def enterprise(self, enterprise_id: str) -> Mapping[str, Any] | None:
        """Return one enterprise with all columns, None if nobody has this id."""
        rows = self._query(
            f"SELECT {COLUMN_LIST} FROM enterprises e WHERE e.enterprise_id = %s", (enterprise_id,)
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
            " FROM enterprise_history h WHERE h.enterprise_id = %s OR h.fid ="
            " (SELECT fid FROM enterprises WHERE enterprise_id = %s) ORDER BY h.id",
            (enterprise_id, enterprise_id),
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
            f" WHERE %s = '' OR origin = %s ORDER BY {', '.join(keys)}",
            (origin, origin),
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
        with self._sessions.reading() as connection:
            return nearest(connection, lon, lat, k=k, radius_m=radius_m, selection=selection)

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Return enterprises by name, alias, code, or pinyin initials, best ``score`` first."""
        with self._sessions.reading() as connection:
            return search(connection, text, limit=limit)

    def links(self, enterprise_id: str) -> pd.DataFrame:
        """Return the suggested links of a firm or an anchor to each other, best first."""
        rows = self._query(
            "SELECT enterprise_id, anchor_id, relation, confidence, reason FROM anchor_links"
            " WHERE enterprise_id = %s OR anchor_id = %s ORDER BY confidence DESC, id",
            (enterprise_id, enterprise_id),
        )
        columns = ["enterprise_id", "anchor_id", "relation", "confidence", "reason"]
        return pd.DataFrame.from_records(rows, columns=columns)

    def ingest_run(self, source: str) -> IngestRun | None:
        """Return the checkpoint of a source file, None if it was never begun."""
        rows = self._query(
            "SELECT name, state, source_date, started, progress FROM ingest_runs WHERE source = %s",
            (source,),
        )
        if not rows:
            return None
        name, state, source_date, started, progress = rows[0]
        return IngestRun(source, name, state, source_date, started, json.loads(progress))

    def rejects(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield ``(number of the row in its file, reason)`` of an ingest that is not finished."""
        rows = self._query(
            "SELECT seq, reason FROM ingest_rejects WHERE source = %s ORDER BY seq", (source,)
        )
        return iter(cast("list[tuple[int, str]]", rows))

    # --- writing ---------------------------------------------------------------------------
    @contextmanager
    def writer(self) -> Iterator[PostgisWriter]:
        """Open one transaction; it is committed at the end of the block, or undone by an error.

        Raises
        ------
        StoreError
            If the store was opened for reading, or the server fails.
        """
        with self._sessions.transaction() as connection:
            writer = PostgisWriter(connection)
            yield writer
            writer.finish()
        self._rows_written += writer.rows_written

    def _sql(self) -> PostgisJournal:
        """Return what runs the statements of the corrections inside the open write transaction."""
        if self._sessions.writer is None:
            raise StoreError(f"{public_url(self.url)} was opened for reading")
        return PostgisJournal(self._sessions.writer)

    def changed_columns(self, enterprise_id: str) -> list[dict[str, Any]]:
        """Return the former values of an enterprise as dictionaries, oldest first."""
        return [json.loads(text) for text in self.history(enterprise_id)["changed"]]
