"""The API on stores of any size: ready after, memory, latencies at 8 connections, news visible after.

python bench/scale/serving.py postgresql://postgres@127.0.0.1/atlas /tmp/bench/3m.gpkg
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "api")]

from load import measure  # noqa: E402
from run import OURS, OURS_TILE, SECTORS, items, tiles  # noqa: E402
from served import Served  # noqa: E402

PORT = 8331
CONNECTIONS = 8


def nearby(rng: random.Random) -> str:
    lon, lat = rng.uniform(122, 125), rng.uniform(40.5, 42.5)
    return f"/v1/nearby?lon={lon:.4f}&lat={lat:.4f}&k=20&sectors={rng.choice(SECTORS)}"


QUESTIONS: dict[str, tuple[int, Callable[[random.Random], str]]] = {
    "nearby k=20, a sector": (4000, nearby),
    "items 10 in a box": (4000, items(OURS, 10)),
    "items 1000 in a box": (1000, items(OURS, 1000)),
    "tiles z6-z14, uncached": (2000, lambda rng: tiles(OURS_TILE, rng.randint(6, 14))(rng)),
    "search": (
        400,
        lambda rng: "/v1/search?q=" + rng.choice(["shenyang", "jichuang", "hxjc", "dlrj"]),
    ),
}


def ask(url: str, label: str, folder: Path) -> None:
    server = Served(url, PORT, folder, CLUSTERATLAS_TILE_CACHE_BYTES="0")
    try:
        memory, load = server.memory_mb(), os.getloadavg()[0]
        print(f"{label}: ready after {server.ready_s:.1f} s, {memory:,.0f} MB, load {load:.1f}")
        settled = server.settle()
        print(f"  all encoded {settled:.1f} s later, {server.memory_mb():,.0f} MB", flush=True)
        for title, (count, make) in QUESTIONS.items():
            result = measure(
                PORT, make, pids=[server.process.pid], requests=count, connections=CONNECTIONS
            )
            print(f"  {title:<24}{result.line()}", flush=True)
        took, failed = server.seen_after()
        print(f"  new firms are visible after {took:.1f} s, {failed} failed", flush=True)
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="+", help="store URLs; new firms are written into them")
    with tempfile.TemporaryDirectory(prefix="clusteratlas-serving-") as folder:
        for url in parser.parse_args().stores:
            label = "postgis" if url.startswith("postgresql:") else "embedded"
            ask(url, label, Path(folder))


if __name__ == "__main__":
    main()
