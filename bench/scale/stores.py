"""The embedded store and PostGIS side by side: loading, and questions over 8 connections.

python bench/scale/stores.py 100000
python bench/scale/stores.py --stores 3m.gpkg postgresql://postgres@127.0.0.1/atlas

Starts a private PostgreSQL in /tmp (its own settings below), fills both stores with the same made-up
firms through the store's writer, asks both the same questions, interleaved, and prints a table; or
asks stores that are there. Every connection is a process, as Python runs one thread at a time.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
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

CONNECTIONS = 8
BATCH = 50_000
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
    took = 0.0
    for number, first in enumerate(range(0, count, BATCH)):
        frame = firms(min(BATCH, count - first), seed=2015 + number, start=first)
        started = time.perf_counter()
        with store.writer() as writer:
            writer.upsert_enterprises(frame)
        took += time.perf_counter() - started
    return count / took


def client(url: str, title: str, points: np.ndarray) -> list[float]:
    """Ask for some seconds; return how long each answer took."""
    question, times = QUESTIONS[title], []
    with open_store(url) as store:
        question(store, *map(float, points[0]))  # connections are made at the first question
        end = time.perf_counter() + SECONDS
        for x, y in points[1:]:
            before = time.perf_counter()
            question(store, float(x), float(y))
            times.append(time.perf_counter() - before)
            if before > end:
                break
    return times


def ask(url: str, title: str, points: np.ndarray) -> tuple[float, float, float]:
    """Return questions per second, p50 and p95 in milliseconds."""
    jobs = [(url, title, points[number::CONNECTIONS]) for number in range(CONNECTIONS)]
    with multiprocessing.get_context("spawn").Pool(CONNECTIONS) as pool:
        answers = pool.starmap(client, jobs, chunksize=1)
    p50, p95 = np.percentile(np.concatenate(answers), [50, 95]) * 1e3
    return sum(map(len, answers)) / SECONDS, p50, p95


def compare(urls: dict[str, str]) -> None:
    """Ask all stores the same questions and print a table."""
    points = firms(200_000)[["lon", "lat"]].dropna().to_numpy(copy=True)
    np.random.default_rng(1).shuffle(points)
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'question':<28}{'store':<10}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for title in QUESTIONS:
        for label, url in urls.items():
            rate, p50, p95 = ask(url, title, points)
            print(f"{title:<28}{label:<10}{rate:>8.0f}{p50:>9.1f}{p95:>9.1f}", flush=True)


def main() -> None:
    """Fill both stores and compare them, or compare stores that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--stores", nargs=2, metavar=("GPKG", "URL"))
    given = parser.parse_args()
    if given.stores:
        compare(dict(zip(("embedded", "postgis"), given.stores, strict=True)))
        return
    with tempfile.TemporaryDirectory() as folder, PostgresServer(SERVER) as server:
        path = Path(folder) / "atlas.gpkg"
        name = server.database()
        urls = {"embedded": str(path), "postgis": server.url(name)}
        for label, url in urls.items():
            with open_store(url, writable=True) as store:
                print(f"{label}: loaded at {fill(store, given.count):,.0f} rows/s", flush=True)
        size = server.sql(f"SELECT pg_database_size('{name}')")[0][0]
        print(f"size: embedded {path.stat().st_size / 1e6:,.0f} MB, postgis {size / 1e6:,.0f} MB")
        compare(urls)


if __name__ == "__main__":
    main()
