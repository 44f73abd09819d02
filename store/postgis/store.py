"""The store in the schema ``clusteratlas`` of a database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import shapely

from clusteratlas.store.postgis.arrow import read_columns
from clusteratlas.store.postgis.connect import Connections, connect, explained, public_url
from clusteratlas.store.postgis.nearest import candidates
from clusteratlas.store.postgis.schema import check_version, migrate, quoted, table_columns
from clusteratlas.store.postgis.search import term_matches
from clusteratlas.store.postgis.selection import SELECTION
from clusteratlas.store.postgis.session import PostgisSession
from clusteratlas.store.postgis.writer import PostgisWriter
from clusteratlas.store.sql.frames import table_frame
from clusteratlas.store.sql.nearest import Asked, Floats, Ints
from clusteratlas.store.sql.session import Record
from clusteratlas.store.sql.store import SqlStore

ANALYZE_ROWS: Final = 1_000
_KINDS: Final = {"text": "text", "double precision": "number", "boolean": "truth"}


class PostgisStore(SqlStore):
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

    _selection = SELECTION

    def __init__(self, url: str, *, writable: bool = False) -> None:
        self.url = url
        self._connections = Connections(url)
        self._rows_written = 0
        connection = connect(url)
        try:
            with explained(url):
                if writable:
                    self._connections.take_lock(connection)
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

    def close(self) -> None:
        """Give up all connections and let the next writer in."""
        if self._rows_written >= ANALYZE_ROWS:
            self._refresh_statistics()
        self._connections.close()

    def _refresh_statistics(self) -> None:
        """Let the planner know of a large load at once; the server's own round comes later."""
        import psycopg

        writer = self._connections.writer
        self._rows_written = 0
        if writer is not None and not writer.closed:
            try:
                writer.execute("ANALYZE enterprises, enterprise_terms")
            except psycopg.Error:  # a help, not a duty: the rows are committed
                return

    @contextmanager
    def _reading(self) -> Iterator[PostgisSession]:
        with self._connections.reading() as connection:
            yield PostgisSession(connection)

    def _table(self, name: str, *, drop: Sequence[str]) -> pd.DataFrame:
        with self._reading() as session:
            found = table_columns(session.connection, name)
            columns = [column for column in found if column not in drop]
            chosen = ", ".join(
                f'ST_AsBinary("{column}")' if found[column] == "geometry" else f'"{quoted(column)}"'
                for column in columns
            )
            order = next(iter(found))
            rows = session.rows(f'SELECT {chosen} FROM "{name}" ORDER BY "{order}"')
        return table_frame(rows, {column: _KINDS.get(found[column], "other") for column in columns})

    def _shapes(self, blobs: "pd.Series[Any]") -> Any:
        return shapely.from_wkb(blobs.to_numpy())

    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid."""
        with self._reading() as session:
            return read_columns(session.connection, leave=leave)

    def _candidates(self, session: PostgisSession, asked: Asked) -> tuple[Ints, Floats]:
        return candidates(session, asked)

    def _term_matches(self, session: PostgisSession, text: str, most: int) -> list[Record]:
        return term_matches(session, text, most)

    @contextmanager
    def writer(self) -> Iterator[PostgisWriter]:
        """Open one transaction; it is committed at the end of the block, or undone by an error.

        Raises
        ------
        StoreError
            If the store was opened for reading, or the server fails.
        """
        with self._connections.transaction() as connection:
            writer = PostgisWriter(PostgisSession(connection))
            yield writer
            writer.finish()
        self._rows_written += writer.rows_written
