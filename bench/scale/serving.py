"""The API on stores of any size: ready after, memory, latencies at 8 connections, news visible after.

python bench/scale/serving.py postgresql://postgres@127.0.0.1/atlas /tmp/bench/3m.gpkg
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "api")]

from load import measure  # noqa: E402
from run import OURS, SECTORS, box, tile  # noqa: E402
from synthetic import firms  # noqa: E402

from clusteratlas.store import open_store  # noqa: E402

PORT = 8331
CONNECTIONS = 8
SECONDS_TO_READY = 600


def nearby(rng: random.Random) -> str:
    lon, lat = rng.uniform(122, 125), rng.uniform(40.5, 42.5)
    return f"/v1/nearby?lon={lon:.4f}&lat={lat:.4f}&k=20&sectors={rng.choice(SECTORS)}"


def items(limit: int) -> Callable[[random.Random], str]:
    return lambda rng: f"{OURS}/items?limit={limit}&bbox={box(rng)}"


def tiles(rng: random.Random) -> str:
    z = rng.randint(6, 14)
    x, y = tile(rng, z)
    return f"{OURS}/tiles/WebMercatorQuad/{z}/{y}/{x}"


QUESTIONS: dict[str, tuple[int, Callable[[random.Random], str]]] = {
    "nearby k=20, a sector": (4000, nearby),
    "items 10 in a box": (4000, items(10)),
    "items 1000 in a box": (1000, items(1000)),
    "tiles z6-z14, uncached": (2000, tiles),
    "search": (
        400,
        lambda rng: "/v1/search?q=" + rng.choice(["shenyang", "jichuang", "hxjc", "dlrj"]),
    ),
}


def answer(path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=30) as response:
        return dict(json.load(response))


def wait_ready(server: "subprocess.Popen[bytes]", began: float) -> float:
    while server.poll() is None and time.monotonic() - began < SECONDS_TO_READY:
        try:
            answer("/readyz")
        except OSError:
            time.sleep(0.05)
        else:
            return time.monotonic() - began
    raise SystemExit("the server never became ready; see the log above")


def wait_settled(server: "subprocess.Popen[bytes]") -> float:
    """Wait until the server has encoded what speeds its answers up: it uses no CPU for two seconds."""
    process, began = psutil.Process(server.pid), time.monotonic()
    quiet = 0
    while quiet < 4 and time.monotonic() - began < SECONDS_TO_READY:
        quiet = quiet + 1 if process.cpu_percent(0.5) < 5 else 0
    return time.monotonic() - began - 2


def visible_after(url: str) -> float:
    """Store one new firm from this process; return the seconds until the server shows it."""
    name = f"n-{time.time_ns():x}"
    row = firms(1, seed=7).assign(enterprise_id=name, uscc="", name=name, legal_name=name)
    with open_store(url, writable=True) as store, store.writer() as writer:
        writer.upsert_enterprises(row)
    began = time.monotonic()
    while time.monotonic() - began < SECONDS_TO_READY:
        try:
            answer(f"{OURS}/items/{name}")
        except OSError:
            time.sleep(0.05)
        else:
            return time.monotonic() - began
    return float("nan")


def ask(url: str, label: str) -> None:
    program = str(Path(sys.executable).with_name("clusteratlas"))
    command = [program, "serve", "--store", url, "--port", str(PORT)]
    environment = os.environ | {"CLUSTERATLAS_TILE_CACHE_BYTES": "0"}
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        server = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
        try:
            ready = wait_ready(server, began)
            memory = psutil.Process(server.pid).memory_full_info().uss / 1e6
            load = os.getloadavg()[0]
            print(f"{label}: ready after {ready:.1f} s, {memory:,.0f} MB, load {load:.1f}")
            settled = wait_settled(server)
            memory = psutil.Process(server.pid).memory_full_info().uss / 1e6
            print(f"  all encoded {settled:.1f} s later, {memory:,.0f} MB", flush=True)
            for title, (count, make) in QUESTIONS.items():
                result = measure(
                    PORT, make, pids=[server.pid], requests=count, connections=CONNECTIONS
                )
                print(f"  {title:<24}{result.line()}", flush=True)
            print(f"  a new firm is visible after {visible_after(url):.1f} s", flush=True)
        finally:
            server.terminate()
            server.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="+", help="store URLs; the last firm shown is written")
    for url in parser.parse_args().stores:
        ask(url, "postgis" if url.startswith("postgresql:") else "embedded")


if __name__ == "__main__":
    main()
