"""Ten minutes of mixed load at 32 connections while an ingest runs: no error, no memory growth.

python bench/api/soak.py /tmp/bench/100k.gpkg --minutes 10

Memory is the server's own (unique set size), as its least in every minute or tenth of the run: the most
that a refresh takes comes and goes. The first fifth of the run is for warming up; memory has grown if it
is higher at the end by more than a tenth. Ends with 0 if there was neither error nor growth.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import psutil
from load import measure
from peers import wait_for
from run import SECTORS, box, tile
from synthetic import firms

from clusteratlas.store import open_store

PORT = 8311
MOST_GROWTH = 0.1


def mixed(rng: random.Random) -> str:
    kind = rng.random()
    ogc = "/ogc/collections/enterprises"
    if kind < 0.35:
        return f"{ogc}/items?limit={rng.choice([10, 100, 1000])}&bbox={box(rng)}"
    if kind < 0.55:
        z = rng.randint(5, 14)
        x, y = tile(rng, z)
        return f"{ogc}/tiles/WebMercatorQuad/{z}/{y}/{x}"
    if kind < 0.75:
        lon, lat = rng.uniform(122, 125), rng.uniform(40.5, 42.5)
        return f"/v1/nearby?lon={lon:.4f}&lat={lat:.4f}&k=20&sectors={rng.choice(SECTORS)}"
    if kind < 0.85:
        return "/v1/search?q=" + urllib.parse.quote(rng.choice(["沈阳", "jichuang", "sy", "华东"]))
    if kind < 0.92:
        text = f"capital > {rng.randint(1, 10**6)} AND district LIKE '%区'"
        return f"{ogc}/items?filter=" + urllib.parse.quote(text)
    if kind < 0.96:
        return f"/v1/reverse?lon={rng.uniform(122, 125):.4f}&lat={rng.uniform(40.5, 42.5):.4f}"
    return "/v1/compare?a=210112&b=210113"


def ingest(store: Path, stop: threading.Event, written: list[int]) -> None:
    """Add a hundred firms every five seconds, and count them."""
    number = 0
    while not stop.wait(5):
        more = firms(100, seed=number)
        more["enterprise_id"] = [f"n-{number}-{i}" for i in range(100)]
        with open_store(str(store), writable=True) as opened, opened.writer() as writer:
            written[0] += writer.upsert_enterprises(more).stored
        number += 1


def grown(samples: list[tuple[float, float]], minutes: float) -> float:
    """Return by which share memory is higher at the end of the run than after warming up.

    ``samples`` are seconds and megabytes.
    """
    seconds = minutes * 60
    size = min(60.0, seconds / 10)
    least: dict[int, float] = {}
    for at, megabytes in samples:
        if at >= seconds / 5:
            least[int(at / size)] = min(megabytes, least.get(int(at / size), megabytes))
    kept = [least[number] for number in sorted(least)]
    third = max(1, len(kept) // 3)
    before, after = kept[:third], kept[-third:]
    return min(after) / min(before) - 1 if kept else 0.0


def watch(
    pid: int, began: float, samples: list[tuple[float, float]], stop: threading.Event
) -> None:
    """Note the memory of the server twice a second."""
    process = psutil.Process(pid)
    while not stop.wait(0.5):
        samples.append((time.monotonic() - began, process.memory_full_info().uss / 1e6))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clusteratlas-soak-") as folder:
        sys.exit(run(given.store, given.minutes, Path(folder)))


def run(source: Path, minutes: float, folder: Path) -> int:
    """Serve a copy of a store under load; return 0 if nothing failed and nothing grew."""
    store = folder / "atlas.gpkg"
    shutil.copy(source, store)
    program = str(Path(sys.executable).with_name("clusteratlas"))
    command = [program, "serve", "--store", str(store), "--port", str(PORT)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stderr=log)
    stop, written = threading.Event(), [0]
    samples: list[tuple[float, float]] = []
    threads: list[threading.Thread] = []
    try:
        while not wait_for(PORT, "/readyz"):
            print("still loading", flush=True)
        began, failures, requests = time.monotonic(), 0, 0
        threads = [
            threading.Thread(target=ingest, args=(store, stop, written)),
            threading.Thread(target=watch, args=(server.pid, began, samples, stop)),
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() - began < minutes * 60:
            result = measure(
                PORT, mixed, pids=[server.pid], requests=3000, connections=32, seed=requests
            )
            failures, requests = failures + result.failures, requests + result.requests
            megabytes = samples[-1][1] if samples else 0.0
            print(f"{time.monotonic() - began:6.0f} s  {result.line()}  uss {megabytes:.0f} MB")
            sys.stdout.flush()
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        server.terminate()
        server.wait(30)
    growth = grown(samples, minutes)
    peak = max(megabytes for _, megabytes in samples)
    fine = failures == 0 and growth < MOST_GROWTH and written[0] > 0
    print(
        f"{'passed' if fine else 'FAILED'}: {requests} requests, {failures} failed; {written[0]} firms"
        f" written meanwhile; memory {growth:+.1%} after warming up, at most {peak:.0f} MB"
    )
    return 0 if fine else 1


if __name__ == "__main__":
    main()
