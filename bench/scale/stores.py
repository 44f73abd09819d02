"""The embedded store and PostGIS side by side: loading, and questions from 8 threads.

python bench/scale/stores.py 100000

Starts a private PostgreSQL in /tmp (its own settings below), fills both stores with the same made-up
firms through the store's writer, asks both the same questions, interleaved, and prints a table.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from clusteratlas.store import Selection, open_store
from clusteratlas.store.base import Store
from clusteratlas.store.build import build_store

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench" / "api")]

from synthetic import firms  # noqa: E402
from tests.postgres import PostgresServer  # noqa: E402

THREADS = 8
BATCH = 20_000
SECONDS = 5.0
SECTORS = ("robotics", "ic", "software")
SERVER = {"shared_buffers": "512MB", "fsync": "on", "max_wal_size": "4GB", "work_mem": "32MB"}

Question = Callable[[Store, float, float], object]
QUESTIONS: dict[str, Question] = {
    "nearest k=20": lambda s, x, y: s.nearest(x, y, k=20),
    "nearest k=20, 3 sectors": lambda s, x, y: s.nearest(
        x, y, k=20, selection=Selection(sectors=SECTORS)
    ),
    "items of a box, limit 10": lambda s, x, y: list(
        islice(s.batches(selection=Selection(bbox=(x, y, x + 0.05, y + 0.05)), size=10), 1)
    ),
    "positions in a z13 tile": lambda s, x, y: list(
        s.batches(
            columns=["fid", "lon", "lat", "sectors"],
            selection=Selection(bbox=(x, y, x + 0.044, y + 0.033)),
        )
    ),
    "search of a name": lambda s, x, _y: s.search(f"机床 {int(x * 1000) % 97}", limit=20),
}


def fill(store: Store, count: int) -> float:
    """Store the firms; return rows per second."""
    build_store(store)
    frame = firms(count)
    started = time.perf_counter()
    for first in range(0, count, BATCH):
        with store.writer() as writer:
            writer.upsert_enterprises(frame.iloc[first : first + BATCH])
    return count / (time.perf_counter() - started)


def ask(store: Store, question: Question, points: np.ndarray) -> tuple[float, float, float]:
    """Return questions per second, p50 and p95 in milliseconds, at 8 threads."""
    times: list[float] = []
    guard = threading.Lock()
    end = time.perf_counter() + SECONDS

    def client(number: int) -> None:
        own = []
        for x, y in points[number::THREADS]:
            before = time.perf_counter()
            question(store, float(x), float(y))
            own.append(time.perf_counter() - before)
            if time.perf_counter() > end:
                break
        with guard:
            times.extend(own)

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(client, range(THREADS)))
    p50, p95 = np.percentile(times, [50, 95]) * 1e3
    return len(times) / (time.perf_counter() - started), p50, p95


def main(count: int) -> None:
    """Measure with ``count`` firms."""
    points = firms(200_000)[["lon", "lat"]].dropna().to_numpy(copy=True)
    np.random.default_rng(1).shuffle(points)
    with tempfile.TemporaryDirectory() as folder, PostgresServer(SERVER) as server:
        path = Path(folder) / "atlas.gpkg"
        name = server.database()
        urls = {"embedded": str(path), "postgis": server.url(name)}
        for label, url in urls.items():
            with open_store(url, writable=True) as store:
                print(f"{label}: loaded at {fill(store, count):,.0f} rows/s", flush=True)
        size = server.sql(f"SELECT pg_database_size('{name}')")[0][0]
        print(f"size: embedded {path.stat().st_size / 1e6:,.0f} MB, postgis {size / 1e6:,.0f} MB")
        print(
            f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {count:,} rows"
        )
        stores = {label: open_store(url) for label, url in urls.items()}
        print(f"{'question':<28}{'store':<10}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}")
        for title, question in QUESTIONS.items():
            for label, store in stores.items():
                rate, p50, p95 = ask(store, question, points)
                print(f"{title:<28}{label:<10}{rate:>8.0f}{p50:>9.1f}{p95:>9.1f}", flush=True)
        for store in stores.values():
            store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
