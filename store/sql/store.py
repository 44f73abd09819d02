"""Reading a store on an SQL database: every question that both kinds answer with one statement."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Self, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from clusteratlas.errors import InputError
from clusteratlas.store.base import IngestRun, Mark, Selection
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS, TABLES, Collection
from clusteratlas.store.sql import changes
from clusteratlas.store.sql.aggregates import FEN_PER_UNIT
from clusteratlas.store.sql.frames import COLUMN_LIST, as_points, enterprise_frame
from clusteratlas.store.sql.nearest import Asked, Floats, Ints, nearest_rows
from clusteratlas.store.sql.search import search
from clusteratlas.store.sql.selection import SelectionSql
from clusteratlas.store.sql.session import Record, Session
from clusteratlas.store.sql.writer import SqlWriter


class SqlStore(ABC):
    """A :class:`clusteratlas.store.base.Store`; what one kind of database says otherwise is abstract."""

    url: str
    _selection: ClassVar[SelectionSql]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Give up all connections and let the next writer in; the store may be opened again."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """Lend a session; inside a write transaction its own thread reads what it wrote.

        What the database raises leaves the block as a StoreError.
        """

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Record]:
        with self._reading() as session:
            return session.rows(sql, values)

    # --- the store as a whole --------------------------------------------------------------
    def version(self) -> int:
        """Return a number that grows with every committed write."""
        return int(self.meta("version") or 0)

    def meta(self, key: str) -> str | None:
        """Return a small named value, None if there is none."""
        rows = self._rows("SELECT value FROM atlas_meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def summary(self) -> dict[str, Any]:
        """Return row counts and dates.

        Keys: ``version, collections {name: n}, tables {name: n}, origins {origin: n},
        precisions {origin: {precision: n}}, registered (first, last), built, ingested``.
        """
        origins: dict[str, int] = {}
        precisions: dict[str, dict[str, int]] = {}
        for origin, precision, n in self._rows(
            'SELECT origin, "precision", count(*) FROM enterprises GROUP BY 1, 2 ORDER BY 1, 2'
        ):
            origins[origin] = origins.get(origin, 0) + n
            precisions.setdefault(origin, {})[precision] = n
        span = self._rows("SELECT min(registered), max(registered) FROM enterprises")[0]
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
        return int(self._rows(f'SELECT count(*) FROM "{name}"')[0][0])

    def count(self) -> int:
        """Return how many enterprises there are."""
        return self._count("enterprises")

    # --- tables and layers -----------------------------------------------------------------
    def table(self, name: str) -> pd.DataFrame:
        """Return a table without geometry.

        Raises
        ------
        InputError
            If there is no such table.
        """
        if name not in TABLES:
            raise InputError(f"no table {name!r}; there are {', '.join(TABLES)}")
        return self._table(name, drop=("fid", "id"))

    @abstractmethod
    def _table(self, name: str, *, drop: Sequence[str]) -> pd.DataFrame:
        """Return a table as it is, in the order of its first column."""

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
            return as_points(self._enterprises(ENTERPRISE_COLUMNS, selection))
        frame = self._table(name, drop=())
        shapes = self._shapes(frame.pop("geom"))
        return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")

    @abstractmethod
    def _shapes(self, blobs: "pd.Series[Any]") -> Any:
        """Return the shapely geometries of a column as the database holds it; None stays None."""

    # --- enterprises -----------------------------------------------------------------------
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
            If a column is unknown, or the selection is not one.
        """
        names = list(columns or ENTERPRISE_COLUMNS)
        unknown = [name for name in names if name not in ENTERPRISE_COLUMNS]
        if unknown:
            raise InputError(f"no column {unknown[0]!r} in enterprises")
        chosen = ", ".join(f'e."{name}"' for name in names)
        condition, values = self._selection.where(selection)
        last = 0
        while True:
            rows = self._rows(
                f"SELECT e.fid, {chosen} FROM enterprises e"
                f" WHERE e.fid > ? AND {condition} ORDER BY e.fid LIMIT ?",
                [last, *values, size],
            )
            if not rows:
                return
            last = rows[-1][0]
            yield enterprise_frame((row[1:] for row in rows), names)

    def _enterprises(
        self, names: Sequence[str] | Mapping[str, str], selection: Selection | None = None
    ) -> pd.DataFrame:
        parts = list(self.batches(columns=list(names), selection=selection))
        return pd.concat(parts, ignore_index=True) if parts else enterprise_frame([], list(names))

    def enterprise(self, enterprise_id: str) -> Mapping[str, Any] | None:
        """Return one enterprise with all columns, None if nobody has this id."""
        rows = self._rows(
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
        rows = self._rows(
            "SELECT h.enterprise_id, h.valid_from, h.valid_to, h.changed"
            " FROM enterprise_history h WHERE h.enterprise_id = ? OR h.fid ="
            " (SELECT fid FROM enterprises WHERE enterprise_id = ?) ORDER BY h.id",
            (enterprise_id, enterprise_id),
        )
        columns = ["enterprise_id", "valid_from", "valid_to", "changed"]
        return pd.DataFrame.from_records(rows, columns=columns).astype("str")

    def links(self, enterprise_id: str) -> pd.DataFrame:
        """Return the suggested links of a firm or an anchor to each other, best first."""
        rows = self._rows(
            "SELECT enterprise_id, anchor_id, relation, confidence, reason FROM anchor_links"
            " WHERE enterprise_id = ? OR anchor_id = ? ORDER BY confidence DESC, id",
            (enterprise_id, enterprise_id),
        )
        columns = ["enterprise_id", "anchor_id", "relation", "confidence", "reason"]
        return pd.DataFrame.from_records(rows, columns=columns)

    # --- what is counted -------------------------------------------------------------------
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
        rows = self._rows(
            f"SELECT {', '.join(keys)}, n, capital_fen FROM {table}"
            f" WHERE ? = '' OR origin = ? ORDER BY {', '.join(keys)}",
            (origin, origin),
        )
        frame = pd.DataFrame.from_records(rows, columns=[*keys, "n", "capital"])
        kinds = {name: "int64" if name in ("year", "n") else "str" for name in (*keys, "n")}
        frame = frame.astype(cast("Any", {**kinds, "capital": "float64"}))
        frame["capital"] /= FEN_PER_UNIT
        return frame

    # --- where and by what name ------------------------------------------------------------
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
        asked = Asked.checked(lon, lat, k, radius_m, selection)
        with self._reading() as session:
            fids, metres = self._candidates(session, asked)
            return nearest_rows(session, fids, metres, k)

    @abstractmethod
    def _candidates(self, session: Any, asked: Asked) -> tuple[Ints, Floats]:
        """Return fids and metres of firms within the reach, the k nearest among them."""

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Return enterprises by name, alias, code, or pinyin initials, best ``score`` first.

        Of more than 400 that match, the 400 with the shortest names are scored, anchors first.

        Raises
        ------
        InputError
            If ``limit`` is out of bounds.
        """
        with self._reading() as session:
            return search(session, text, limit=limit, by_terms=self._term_matches)

    @abstractmethod
    def _term_matches(self, session: Any, text: str, most: int) -> list[Record]:
        """Return the enterprises whose names hold a text; of more than ``most`` the best ones."""

    # --- for an ingest ---------------------------------------------------------------------
    def ingest_run(self, source: str) -> IngestRun | None:
        """Return the checkpoint of a source file, None if it was never begun."""
        rows = self._rows(
            "SELECT name, state, source_date, started, progress FROM ingest_runs WHERE source = ?",
            (source,),
        )
        if not rows:
            return None
        name, state, source_date, started, progress = rows[0]
        return IngestRun(source, name, state, source_date, started, json.loads(progress))

    def rejects(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield ``(number of the row in its file, reason)`` of an ingest that is not finished."""
        rows = self._rows(
            "SELECT seq, reason FROM ingest_rejects WHERE source = ? ORDER BY seq", (source,)
        )
        return iter(cast("list[tuple[int, str]]", rows))

    # --- for a server that holds the atlas in memory ---------------------------------------
    @abstractmethod
    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid."""

    def columns_of(self, fids: Sequence[int], *, leave: Sequence[str] = ()) -> pa.Table:
        """Return those of these enterprises that are there, as :meth:`columns` does."""
        wanted = [name for name in ENTERPRISE_COLUMNS if name not in leave]
        with self._reading() as session:
            rows = changes.rows_of(session, fids, wanted)
        return pa.Table.from_pandas(enterprise_frame(rows, wanted), preserve_index=False)

    def mark(self) -> Mark:
        """Return the present moment, for :meth:`changed_since`."""
        with self._reading() as session:
            return changes.mark(session)

    def changed_since(self, since: Mark, *, most: int) -> list[int] | None:
        """Return the fids of new, changed and deleted enterprises, None if they are above ``most``."""
        with self._reading() as session:
            return changes.changed_since(session, since, most)

    # --- writing ---------------------------------------------------------------------------
    @abstractmethod
    def writer(self) -> AbstractContextManager[SqlWriter]:
        """Open one transaction; it is committed at the end of the block, or undone by an error.

        Raises
        ------
        StoreError
            If the store was opened for reading, another transaction is open, or the write fails.
        """
