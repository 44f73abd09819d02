"""A private PostgreSQL server for tests and benchmarks: made, started, stopped, thrown away."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "64MB",
    # The folder is thrown away after a crash of the machine; a crash of the server loses nothing.
    "fsync": "off",
    "autovacuum": "on",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """Return the folder of the newest server's programs, None if there is none with PostGIS."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    for initdb in reversed(found):
        version = initdb.parent.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
            return initdb.parent
    return None


def lacking() -> str:
    """Return why no server can be started here, "" if one can."""
    if programs() is None:
        return "no PostgreSQL with PostGIS (Debian: postgresql postgresql-postgis)"
    if os.geteuid() == 0 and not (_account() and shutil.which("runuser")):
        return "PostgreSQL does not run as root, and there is no user 'postgres' to run it as"
    return ""


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


class PostgresServer:
    """A server on 127.0.0.1 in a folder of its own, run by an unprivileged user.

    Parameters
    ----------
    settings
        Server settings beside :data:`SETTINGS`.
    """

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        found = programs()
        assert found is not None, lacking()
        self._programs = found
        self._settings = SETTINGS | (settings or {})
        self.folder = Path(tempfile.mkdtemp(prefix="atlas-pg-", dir="/tmp"))
        self.password = secrets.token_hex(8)
        self.port = 0

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, command: Sequence[str]) -> None:
        account = _account() if os.geteuid() == 0 else None
        prefix = ["runuser", "-u", account.pw_name, "--"] if account else []
        # Pipes would be held open by the server: its output goes to a file.
        with (self.folder / "out.log").open("ab") as out:
            done = subprocess.run(
                [*prefix, str(self._programs / command[0]), *command[1:]],
                cwd=self.folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=START_SECONDS + 30,
                check=False,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            )
        if done.returncode:
            log = (self.folder / "out.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{command[0]} failed: {log}")

    def _make(self) -> None:
        words = self.folder / "password"
        words.write_text(self.password)
        if os.geteuid() == 0 and (account := _account()):
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            os.chown(words, account.pw_uid, account.pw_gid)
        how = ["-A", "scram-sha-256", "--pwfile", "password", "-U", "postgres"]
        place = ["-D", "data", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        self._run(["initdb", *place, *how])

    def start(self) -> None:
        """Start, or start again on the same port."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        given = {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {k}={v}" for k, v in (self._settings | given).items())
        wait = ["-w", "-t", str(START_SECONDS), "-l", "server.log"]
        self._run(["pg_ctl", "start", "-D", "data", "-o", options, *wait])

    def stop(self, mode: str = "fast") -> None:
        """Stop; ``immediate`` is a crash from which the next start recovers."""
        self._run(["pg_ctl", "stop", "-D", "data", "-m", mode, "-w"])

    def url(self, database: str, *, user: str = "postgres", password: str | None = None) -> str:
        """Return the URL of a database."""
        secret = self.password if password is None else password
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the administrator."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def database(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"t{secrets.token_hex(5)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name
