"""Connections to the SQLite file: one per thread, errors as StoreError, one writer at a time."""

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from clusteratlas.errors import StoreError
from clusteratlas.store.geopackage import format as gpkg
from clusteratlas.store.geopackage.session import BUSY_SECONDS

CACHE_KIB: Final = 65_536


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what SQLite raises into a StoreError: one line that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(_explain(url, str(error))) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{url} is damaged or not a GeoPackage: {error}") from error


def _explain(url: str, reason: str) -> str:
    if "full" in reason or "disk I/O" in reason:
        return f"no room to write {url} ({reason}): free some space and run the same command again"
    if "locked" in reason or "busy" in reason:
        return f"{url} is being written by another program: try again when it has finished"
    if "readonly" in reason or "attempt to write" in reason:
        return f"{url} is read-only"
    if "unable to open" in reason:
        return f"cannot open {url}: no such file, or no permission"
    return f"{url}: {reason}"


class WriterLock:
    """An advisory lock on a file beside the store; it ends with the process, however that ends.

    Who lets go removes the file while still holding the lock. Another may have opened it just before:
    it then gets the lock of a file that is no longer there, notices, and starts over.

    Raises
    ------
    StoreError
        If another process holds the lock, or the folder cannot be written.
    """

    def __init__(self, path: Path, url: str) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: IO[str] | None = None
        if sys.platform == "win32":  # SQLite's own lock still keeps transactions apart
            return
        try:
            while self._file is None:
                self._file = self._locked()
        except BlockingIOError as error:
            raise StoreError(
                f"{url} is being written by another process: try again when it has finished"
            ) from error
        except OSError as error:
            raise StoreError(f"cannot write beside {url}: {error.strerror}") from error

    def _locked(self) -> IO[str] | None:
        """Return the open file once it is locked, None if it was removed meanwhile."""
        import fcntl

        file = self._path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_there(file):
                return file
        except BaseException:
            file.close()
            raise
        file.close()
        return None

    def _is_there(self, file: IO[str]) -> bool:
        """Tell whether an open file is the one that has the lock's name now."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let the next writer in."""
        if self._file is None:
            return
        with suppress(OSError):  # where nobody may remove it, the empty file stays and harms nobody
            if self._is_there(self._file):
                self._path.unlink()
        self._file.close()
        self._file = None


class Connections:
    """One connection per thread, so that a server may read from its thread pool."""

    def __init__(self, path: Path, url: str, *, writable: bool) -> None:
        self._path = path
        self._url = url
        self._writable = writable
        self._local = threading.local()
        self._guard = threading.Lock()
        self._open: list[sqlite3.Connection] = []

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection, opened at the first call."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with explained(self._url):
                connection = self._connect()
            self._local.connection = connection
            with self._guard:
                self._open.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self._writable else "ro"
        # A read-only folder cannot take the shared-memory file of the write-ahead log.
        log = self._path.with_name(self._path.name + "-wal")
        frozen = not (self._writable or log.exists() or os.access(self._path.parent, os.W_OK))
        tail = "&immutable=1" if frozen else ""
        connection = sqlite3.connect(
            f"file:{quote(str(self._path))}?mode={mode}{tail}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if self._writable:
            gpkg.register_functions(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()
