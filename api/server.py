"""Run the application: one process or several behind one port."""

import os
import socket
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import uvicorn

from clusteratlas.api.logs import configure
from clusteratlas.api.protocol import Protocol
from clusteratlas.api.rate import TABLE_VARIABLE, make_table
from clusteratlas.errors import InputError
from clusteratlas.settings import Settings, load_settings
from clusteratlas.store import Store, open_store

if TYPE_CHECKING:
    from fastapi import FastAPI

    from clusteratlas.store.index import Reading

START_S = 15
"""How long a worker may be silent: on a busy machine one takes more than the usual 5 s to start, and
would be killed and started again for ever."""
GRACE_S = 10
"""How long requests that are under way may take when the server is asked to stop."""


def run(settings: Settings) -> None:
    """Serve until interrupted.

    Raises
    ------
    StoreError
        If the store is missing or damaged.
    InputError
        If the address cannot be bound.
    """
    open_store(settings.store).close()
    port = free_port(settings.host, settings.port)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"clusteratlas: http://{shown}:{port}  (stop with Ctrl+C)", file=sys.stderr)  # noqa: T201
    hand_down(settings)
    configure(settings.log_level)
    with tempfile.TemporaryDirectory(prefix="clusteratlas-shared-") as folder:
        if settings.workers > 1:
            # Each worker counts into files of this folder; /metrics adds them up.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            os.environ[TABLE_VARIABLE] = make_table(folder)
        uvicorn.run(
            "clusteratlas.api.server:application",
            factory=True,
            host=settings.host,
            port=port,
            http=Protocol,
            workers=settings.workers,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_S,
            timeout_worker_healthcheck=START_S,
        )


def application() -> "FastAPI":
    """Return the application of one server process, configured by the environment.

    The store is read while the application is imported: other processes and files do most of that.
    """
    settings = load_settings()
    configure(settings.log_level)
    pool = ThreadPoolExecutor(max_workers=1)
    ahead = pool.submit(_read_ahead, settings.store)
    pool.shutdown(wait=False)  # the server answers that it is alive while it loads
    from clusteratlas.api.app import create_app

    return create_app(settings, ahead=ahead)


def _read_ahead(url: str) -> "tuple[Store, Reading]":
    from clusteratlas.store.index import read_enterprises

    store = open_store(url)
    return store, read_enterprises(store)


def hand_down(settings: Settings) -> None:
    """Put what was set on the command line into the environment that the workers read."""
    for name in ("store", "host", "port", "workers"):
        os.environ[f"CLUSTERATLAS_{name.upper()}"] = str(getattr(settings, name))


def free_port(host: str, port: int) -> int:
    """Return the port to listen on, a free one for 0, after seeing that it can be had.

    Raises
    ------
    InputError
        If the port is in use or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise InputError(
                f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port"
            ) from error
        return int(listener.getsockname()[1])
