"""A server of this program over a store, as a benchmark starts, asks and stops it."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from run import OURS
from synthetic import firms

from clusteratlas.store import open_store

SECONDS_TO_READY = 600
NEW_FIRMS = 100


class Served:
    """A running server.

    Parameters
    ----------
    url
        Store URL; :meth:`seen_after` writes into it.
    folder
        Where the server's log goes.
    environment
        Settings beside those of this process.

    Attributes
    ----------
    ready_s, ready_cpu_s
        Seconds from the start to the first answer of ``/readyz``, by the clock and of CPU.
    """

    def __init__(self, url: str, port: int, folder: Path, **environment: str) -> None:
        self.url, self.port = url, port
        program = str(Path(sys.executable).with_name("clusteratlas"))
        command = [program, "serve", "--store", url, "--port", str(port)]
        began = time.perf_counter()
        with (folder / f"{port}.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **environment}
            )
        while self.ask("/readyz") is None:
            if self.process.poll() is not None or time.perf_counter() - began > SECONDS_TO_READY:
                raise SystemExit(f"{url}: the server never became ready; see {log.name}")
            time.sleep(0.05)
        self.ready_s = time.perf_counter() - began
        times = psutil.Process(self.process.pid).cpu_times()
        self.ready_cpu_s = times.user + times.system + times.children_user + times.children_system

    def ask(self, path: str) -> dict[str, object] | None:
        """Return an answer as JSON, None if there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as got:
                return dict(json.load(got))
        except OSError:
            return None

    def memory_mb(self) -> float:
        """Return the memory of the server and of those that read for it now, megabytes (PSS)."""
        server, found = psutil.Process(self.process.pid), 0.0
        for one in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.Error):  # one that has just ended
                found += one.memory_full_info().pss / 1e6
        return found

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[float]]:
        """Note the memory four times a second while something goes on."""
        found, stop = [self.memory_mb()], threading.Event()

        def watch() -> None:
            while not stop.wait(0.25):
                found.append(self.memory_mb())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield found
        finally:
            stop.set()
            watching.join()

    def settle(self) -> float:
        """Wait until what speeds answers up is made: no CPU for two seconds; return the seconds."""
        process, began = psutil.Process(self.process.pid), time.perf_counter()
        quiet = 0
        while quiet < 4 and time.perf_counter() - began < SECONDS_TO_READY:
            quiet = quiet + 1 if process.cpu_percent(0.5) < 5 else 0
        return time.perf_counter() - began - 2

    def seen_after(self) -> tuple[float, int]:
        """Write new firms; return the seconds until they are served, and failed requests meanwhile."""
        mark = f"{time.time_ns():x}"
        ids = [f"n-{mark}-{i}" for i in range(NEW_FIRMS)]
        more = firms(NEW_FIRMS, seed=7).assign(enterprise_id=ids, uscc="")
        failed, stop = 0, threading.Event()

        def keep_asking() -> None:
            nonlocal failed
            while not stop.wait(0.02):
                failed += self.ask(f"{OURS}/items?limit=10") is None

        asking = threading.Thread(target=keep_asking)
        asking.start()
        with open_store(self.url, writable=True) as store, store.writer() as writer:
            writer.upsert_enterprises(more)
        began = time.perf_counter()
        while self.ask(f"{OURS}/items/{ids[-1]}") is None:
            time.sleep(0.05)
        took = time.perf_counter() - began
        stop.set()
        asking.join()
        return took, failed

    def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        self.process.terminate()
        self.process.wait(60)
