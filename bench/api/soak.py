"""Ten minutes of mixed load at 32 connections while an ingest runs: no error, no memory growth.

python bench/api/soak.py /tmp/bench/100k.gpkg --minutes 10
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


def ingest(store: Path, stop: threading.Event) -> None:
    """Add a hundred firms every five seconds."""
    number = 0
    while not stop.wait(5):
        more = firms(100, seed=number)
        more["enterprise_id"] = [f"n-{number}-{i}" for i in range(100)]
        with open_store(str(store), writable=True) as opened, opened.writer() as writer:
            writer.upsert_enterprises(more)
        number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="clusteratlas-soak-"))
    store = folder / "atlas.gpkg"
    shutil.copy(given.store, store)
    program = str(Path(sys.executable).with_name("clusteratlas"))
    command = [program, "serve", "--store", str(store), "--port", str(PORT)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stderr=log)
    stop = threading.Event()
    writer = threading.Thread(target=ingest, args=(store, stop))
    try:
        while not wait_for(PORT, "/readyz"):
            print("still loading", flush=True)
        writer.start()
        began, failures, seed = time.monotonic(), 0, 0
        while time.monotonic() - began < given.minutes * 60:
            result = measure(
                PORT, mixed, pids=[server.pid], requests=3000, connections=32, seed=seed
            )
            failures, seed = failures + result.failures, seed + 1
            memory = psutil.Process(server.pid).memory_full_info()
            print(
                f"{time.monotonic() - began:6.0f} s  {result.line()}  uss {memory.uss / 1e6:.0f} MB"
            )
            sys.stdout.flush()
        print(f"failures: {failures}")
    finally:
        stop.set()
        writer.join(30)
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
