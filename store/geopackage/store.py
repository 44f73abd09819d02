"""The store in a GeoPackage file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from clusteratlas.errors import StoreError
from clusteratlas.store.arrow_reader import is_large, read_enterprises
from clusteratlas.store.geopackage import format as gpkg
from clusteratlas.store.geopackage.connect import Connections, WriterLock, explained
from clusteratlas.store.geopackage.nearest import candidates
from clusteratlas.store.geopackage.schema import check_version, migrate, schema_version
from clusteratlas.store.geopackage.search import term_matches
from clusteratlas.store.geopackage.selection import SELECTION
from clusteratlas.store.geopackage.session import SqliteSession
from clusteratlas.store.geopackage.writer import GeoPackageWriter
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS
from clusteratlas.store.sql.frames import table_frame
from clusteratlas.store.sql.nearest import Asked, Floats, Ints
from clusteratlas.store.sql.session import Record
from clusteratlas.store.sql.store import SqlStore

_KINDS = {"TEXT": "text", "DOUBLE": "number", "BOOLEAN": "truth"}


class GeoPackageStore(SqlStore):
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

    _selection = SELECTION

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
                connection = self._connections.get()
                if writable:
                    migrate(connection, self.url)
                else:
                    check_version(schema_version(connection, self.url), self.url)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections and let the next writer in."""
        self._connections.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @contextmanager
    def _reading(self) -> Iterator[SqliteSession]:
        with explained(self.url):
            yield SqliteSession(self._connections.get())

    def _table(self, name: str, *, drop: Sequence[str]) -> pd.DataFrame:
        declared = {row[1]: row[2] for row in self._rows(f'PRAGMA table_info("{name}")')}
        # A GIS program may have bounded a text: TEXT(254).
        kinds = {
            column: _KINDS.get(kind.partition("(")[0], "other")
            for column, kind in declared.items()
            if column not in drop
        }
        chosen = ", ".join(f'"{column}"' for column in kinds)
        order = next(iter(declared))
        return table_frame(self._rows(f'SELECT {chosen} FROM "{name}" ORDER BY "{order}"'), kinds)

    def _shapes(self, blobs: "pd.Series[Any]") -> Any:
        return gpkg.geometries_of(blobs)

    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid."""
        if is_large(self.url):
            return read_enterprises(self.url, leave=leave, last=self.mark().fid)
        wanted = [name for name in ENTERPRISE_COLUMNS if name not in leave]
        return pa.Table.from_pandas(self._enterprises(wanted), preserve_index=False)

    def _candidates(self, session: SqliteSession, asked: Asked) -> tuple[Ints, Floats]:
        return candidates(session, asked)

    def _term_matches(self, session: SqliteSession, text: str, most: int) -> list[Record]:
        return term_matches(session, text, most)

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
        connection = self._connections.get()
        self._writing = True
        try:
            with explained(self.url):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    writer = GeoPackageWriter(SqliteSession(connection))
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
        checks = ["PRAGMA integrity_check(20)"]
        checks += [f"SELECT rtreecheck('rtree_{name}_geom')" for name in COLLECTIONS]
        return [str(row[0]) for check in checks for row in self._rows(check) if row[0] != "ok"]
