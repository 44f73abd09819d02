"""What ten times as many firms cost: time to ready, memory, latencies, and how soon new data is seen.

python bench/api/synthetic.py 100000 /tmp/bench/100k.gpkg
python bench/api/synthetic.py 1000000 /tmp/bench/1m.gpkg
python bench/api/scale.py /tmp/bench/100k.gpkg /tmp/bench/1m.gpkg
"""

import argparse
import random
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

from load import Result, measure
from run import OURS, OURS_TILE, items, middle, near, tiles
from served import Served

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
FIRST = ("/v1/search?q=jichuang", "/v1/nearby?lon=123.4&lat=41.8", f"{OURS}/items")
"""What is asked right after a server says that it is ready."""


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
                copy = Path(shutil.copy(store, Path(folder) / store.name))
                servers.append(Served(str(copy), PORT + number, Path(folder)))
                one = servers[-1]
                began = time.perf_counter()
                for path in FIRST:
                    one.ask(path)
                first = time.perf_counter() - began
                print(
                    f"{store.name}: ready after {one.ready_s:.1f} s ({one.ready_cpu_s:.1f} s CPU);"
                    f" then search, nearby, items in {first:.2f} s"
                )
            # Whatever is left to the background is done now.
            time.sleep(15)
            for one in servers:
                print(f"{Path(one.url).name}: {one.memory_mb():.0f} MB", flush=True)
            for case, (requests, path) in CASES.items():
                compare(servers, case, requests, path, given.rounds)
            for one in servers:
                name = Path(one.url).name
                with one.watched() as memory:
                    for _ in range(3):
                        took, failed = one.seen_after()
                        print(f"{name}: new firms seen after {took:.1f} s, {failed} failed")
                        time.sleep(15)
                print(f"{name}: {memory[-1]:.0f} MB, at most {max(memory):.0f}", flush=True)
        finally:
            for one in servers:
                one.stop()


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
