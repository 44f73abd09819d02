"""What ten times as many firms cost: time to ready, memory, latencies, and how soon new data is seen.

python bench/api/synthetic.py 100000 /tmp/bench/100k.gpkg
python bench/api/synthetic.py 1000000 /tmp/bench/1m.gpkg
python bench/api/scale.py /tmp/bench/100k.gpkg /tmp/bench/1m.gpkg
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
from load import Result, measure
from run import OURS, OURS_TILE, items, middle, near, tiles
from synthetic import firms

from clusteratlas.store import open_store

PORT = 8321
QUERIES = [
    *(
        "沈阳",
        "沈",
        "有限公司",
        "沈阳机床",
        "华东北",
        "机器人",
        "新新新新",
        "公沈司",
        "司沈",
        "重型机械",
    ),
    *("sy", "gs", "yxgs", "shenyang", "jichuang", "zhonggong", "xian", "s", "zhgqwx", "9121"),
]
CASES: dict[str, tuple[int, Callable[[random.Random], str]]] = {
    "items 10": (600, items(OURS, 10)),
    "items 1000": (200, items(OURS, 1000)),
    "tile z8": (40, tiles(OURS_TILE, 8)),
    "tile z12": (300, tiles(OURS_TILE, 12)),
    "nearby": (600, lambda rng: near("/v1/nearby", rng)),
    "search": (400, lambda rng: "/v1/search?q=" + urllib.parse.quote(rng.choice(QUERIES))),
}


class Served:
    """A server over a copy of a store; says how long it took to be ready."""

    def __init__(self, store: Path, port: int, folder: Path) -> None:
        self.store, self.port = folder / store.name, port
        shutil.copy(store, self.store)
        program = str(Path(sys.executable).with_name("clusteratlas"))
        command = [program, "serve", "--store", str(self.store), "--port", str(port)]
        began = time.perf_counter()
        with (folder / f"{port}.log").open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log, env=None)
        while self.ask("/readyz") is None:
            time.sleep(0.05)
        self.ready_s = time.perf_counter() - began
        times = psutil.Process(self.process.pid).cpu_times()
        self.ready_cpu_s = times.user + times.system + times.children_user + times.children_system
        self.ask("/v1/search?q=a")  # waits until the names are indexed

    def ask(self, path: str) -> dict[str, object] | None:
        """Return an answer as JSON, None if there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as got:
                return dict(json.load(got))
        except OSError:
            return None

    def memory_mb(self) -> float:
        """Return the memory that is this process' own, megabytes."""
        return psutil.Process(self.process.pid).memory_full_info().uss / 1e6

    def seen_after(self, number: int) -> tuple[float, int]:
        """Write a hundred firms; return the seconds until they are served, and failed requests."""
        more = firms(100, seed=number)
        more["enterprise_id"] = [f"n-{number}-{i}" for i in range(100)]
        asked, failed, stop = 0, 0, threading.Event()

        def keep_asking() -> None:
            nonlocal asked, failed
            while not stop.wait(0.02):
                asked, failed = asked + 1, failed + (self.ask(f"{OURS}/items?limit=10") is None)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        with open_store(str(self.store), writable=True) as store, store.writer() as writer:
            writer.upsert_enterprises(more)
        began = time.perf_counter()
        while self.ask(f"{OURS}/items/n-{number}-99") is None:
            time.sleep(0.05)
        took = time.perf_counter() - began
        stop.set()
        asking.join()
        return took, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    servers: list[Served] = []
    with tempfile.TemporaryDirectory(prefix="clusteratlas-scale-") as folder:
        try:
            for number, store in enumerate((given.small, given.large)):
                servers.append(Served(store, PORT + number, Path(folder)))
                one = servers[-1]
                print(
                    f"{store.name}: ready after {one.ready_s:.1f} s ({one.ready_cpu_s:.1f} s CPU)"
                )
            # Whatever is left to the background is done now.
            time.sleep(15)
            for one in servers:
                print(f"{one.store.name}: {one.memory_mb():.0f} MB", flush=True)
            for case, (requests, path) in CASES.items():
                compare(servers, case, requests, path, given.rounds)
            for one in servers:
                for number in range(3):
                    took, failed = one.seen_after(number)
                    print(f"{one.store.name}: new firms seen after {took:.1f} s, {failed} failed")
                    time.sleep(15)
                print(f"{one.store.name}: {one.memory_mb():.0f} MB", flush=True)
        finally:
            for one in servers:
                one.process.terminate()
                one.process.wait(30)


def compare(
    servers: list[Served],
    case: str,
    requests: int,
    path: Callable[[random.Random], str],
    rounds: int,
) -> None:
    """Print latencies of both sizes, measured in turns."""
    found: list[list[Result]] = [[] for _ in servers]
    for number in range(rounds):
        for one, results in zip(servers, found, strict=True):
            pids = [one.process.pid]
            results.append(
                measure(one.port, path, pids=pids, requests=requests, connections=1, seed=number)
            )
    small, large = map(middle, found)
    print(
        f"{case:10} p50 {small.p50:6.2f} -> {large.p50:6.2f} ms (x{large.p50 / small.p50:.1f})"
        f"  p95 {small.p95:6.2f} -> {large.p95:6.2f} ms (x{large.p95 / small.p95:.1f})"
        f"  cpu x{large.cpu_ms / small.cpu_ms:.1f}  failures {small.failures + large.failures}",
        flush=True,
    )


if __name__ == "__main__":
    main()
