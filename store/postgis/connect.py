"""Connections to a database server: a pool to read, one to write, failures as one line."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clusteratlas.errors import DependencyError, StoreError

if TYPE_CHECKING:
    import psycopg
    import psycopg_pool

SCHEMA: Final = "clusteratlas"
POOL_SIZE: Final = 8
WAIT_SECONDS: Final = 10
# Two numbers name the writer's lock; advisory locks are per database.
LOCK_KEYS: Final = (0x41544C41, 1)

_EXTENSION: Final = (
    "SELECT n.nspname FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace"
    " WHERE x.extname = 'postgis'"
)
_HINTS: Final = (
    (("password authentication", "no password supplied"), "wrong user or password"),
    (("role ", "does not exist"), "no such user"),
    (("database ", "does not exist"), "no such database: make it with createdb"),
    (("pg_hba.conf",), "the server admits no such connection (pg_hba.conf)"),
    (("too many clients", "remaining connection slots"), "the server has no connection left"),
    (("starting up", "shutting down", "recovery mode"), "the server is starting or stopping"),
    (("could not translate host name", "failed to resolve host"), "no such host"),
    (("refused", "no such file"), "no database server answers there"),
    (("timeout", "timed out"), "no database server answers there in time"),
)
_STATES: Final[Mapping[str, str]] = {
    "42501": "this user may not do that: use a login of the writer's role",
    "42P01": "a table is missing: the store was changed by hand or another version",
    "42703": "a column is missing: the store was changed by hand or another version",
    "53100": "the database server has no room left: free some and run the same command again",
    "57014": "the server ended the query: it took too long",
    "55P03": "the store is locked by another program: try again when it has finished",
    "22021": "text holds a character that the database cannot keep (NUL or no UTF-8)",
    "25006": "the database is read-only",
}


def require_driver() -> None:
    """Make sure that the optional driver is there.

    Raises
    ------
    DependencyError
        If psycopg or its pool is not installed.
    """
    try:
        import psycopg  # noqa: F401
        import psycopg_pool  # noqa: F401
    except ImportError as error:
        raise DependencyError(
            "a postgresql:// store needs psycopg: pip install 'clusteratlas[postgis]'"
        ) from error


def public_url(url: str) -> str:
    """Return a store URL without its password, for messages and logs.

    Examples
    --------
    >>> public_url("postgresql://zhang:geheim@db/atlas?sslmode=require&password=x")
    'postgresql://zhang@db/atlas?sslmode=require'
    >>> public_url("var/atlas.gpkg")
    'var/atlas.gpkg'
    """
    if "://" not in url:
        return url
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        query = [pair for pair in parse_qsl(parts.query) if "password" not in pair[0].lower()]
        netloc = f"{user.partition(':')[0]}{at}{host}"
        return urlunsplit((parts.scheme, netloc, parts.path, urlencode(query), ""))
    except ValueError:
        return url.partition("://")[0] + "://..."


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the driver raises into a StoreError: one line that says what to do."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise StoreError(f"{public_url(url)}: {_reason(error, url)}") from error


def _reason(error: "psycopg.Error", url: str) -> str:
    import psycopg

    state = error.sqlstate or ""
    if state in _STATES:
        return _STATES[state]
    lost = isinstance(error, psycopg.OperationalError) and state[:2] in ("", "08", "57")
    text = _one_line(str(error), url)
    if "couldn't get a connection" in text:
        return "no database server answers there: try again later"
    if lost:
        return f"the connection was lost; run the same command again, nothing is lost ({text})"
    return text


def _one_line(text: str, url: str) -> str:
    """Return the message in one line, without the password that it may quote."""
    line = " ".join(text.replace(url, public_url(url)).split())
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    if password:
        line = line.replace(password, "***")
    return line if len(line) <= 300 else line[:297] + "..."


def connect(url: str) -> "psycopg.Connection[Any]":
    """Open one connection and find its way to the store's tables.

    Raises
    ------
    DependencyError
        If the driver is not installed.
    StoreError
        If the server is not there, refuses, or does not speak UTF-8.
    """
    require_driver()
    import psycopg

    try:
        connection = psycopg.connect(url, **_arguments(url))
    except psycopg.Error as error:
        text = _one_line(str(error), url)
        found = [hint for signs, hint in _HINTS if _has(text.lower(), signs)]
        said = text.rpartition("FATAL: ")[2].strip()
        reason = f"{found[0]} ({said})" if found else text
        raise StoreError(f"cannot open {public_url(url)}: {reason}") from error
    try:
        with explained(url):
            _refuse_encoding(connection.info.parameter_status("server_encoding"), url)
            configure(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_encoding(encoding: str | None, url: str) -> None:
    if encoding != "UTF8":
        raise StoreError(f"{public_url(url)}: the database is in {encoding}, not UTF8")


def _has(text: str, signs: tuple[str, ...]) -> bool:
    # "role " and "database " only mean something together with the second sign.
    return all(s in text for s in signs) if signs[0][-1] == " " else any(s in text for s in signs)


def _arguments(url: str) -> dict[str, Any]:
    given: dict[str, Any] = {"autocommit": True, "prepare_threshold": None}
    if "connect_timeout" not in url:
        given["connect_timeout"] = WAIT_SECONDS
    if "application_name" not in url:
        given["application_name"] = "clusteratlas"
    return given


def configure(connection: "psycopg.Connection[Any]") -> None:
    """Set what every session of the store relies on."""
    found = connection.execute(_EXTENSION).fetchone()
    path = dict.fromkeys([SCHEMA, "public" if found is None else str(found[0])])
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in path)
    connection.execute("SELECT set_config('search_path', %s, false)", (quoted,))
    # Compiling costs more than it saves in queries of milliseconds.
    connection.execute("SET jit = off")


def has_extension(connection: "psycopg.Connection[Any]") -> bool:
    """Tell whether the database has PostGIS."""
    return connection.execute(_EXTENSION).fetchone() is not None


class Connections:
    """The connections of one store.

    Parameters
    ----------
    url
        ``postgresql://...``; what it leaves out comes from the PG* environment and ``.pgpass``.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: psycopg_pool.ConnectionPool[Any] | None = None
        self._guard = threading.Lock()
        self.writer: psycopg.Connection[Any] | None = None
        self._writing_thread: int | None = None

    @contextmanager
    def reading(self) -> Iterator["psycopg.Connection[Any]"]:
        """Lend a connection; inside a write transaction its own thread reads what it wrote."""
        with explained(self._url):
            if self.writer is not None and self._writing_thread == threading.get_ident():
                yield self.writer
            else:
                with self._opened().connection() as connection:
                    yield connection

    def _opened(self) -> "psycopg_pool.ConnectionPool[Any]":
        with self._guard:
            if self._pool is None:
                from psycopg_pool import ConnectionPool

                self._pool = ConnectionPool(
                    self._url,
                    kwargs=_arguments(self._url),
                    min_size=1,
                    max_size=POOL_SIZE,
                    timeout=WAIT_SECONDS,
                    configure=configure,
                    check=ConnectionPool.check_connection,
                    name="clusteratlas",
                    open=True,
                )
            return self._pool

    def take_lock(self, connection: "psycopg.Connection[Any]") -> None:
        """Become the one writer; the lock ends with the connection, however that ends.

        Raises
        ------
        StoreError
            If another writer holds it.
        """
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", LOCK_KEYS).fetchone()
        if row is None or not row[0]:
            raise StoreError(
                f"{public_url(self._url)} is being written by another process:"
                " try again when it has finished"
            )
        self.writer = connection

    @contextmanager
    def transaction(self) -> Iterator["psycopg.Connection[Any]"]:
        """Run one write transaction on the connection that holds the lock.

        Raises
        ------
        StoreError
            If the store was opened for reading, or a transaction is open.
        """
        if self.writer is None:
            raise StoreError(
                f"{public_url(self._url)} was opened for reading; open it with writable=True"
            )
        if self._writing_thread is not None:
            raise StoreError(f"{public_url(self._url)}: a write transaction is already open")
        self._writing_thread = threading.get_ident()
        try:
            with explained(self._url), self.writer.transaction():
                yield self.writer
        finally:
            self._writing_thread = None

    def close(self) -> None:
        """Give up all connections, and with them the lock."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.close()
