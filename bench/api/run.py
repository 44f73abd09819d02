"""Compare this API with tipg, pygeoapi and MapServer: same points, same requests, interleaved.

PYTHON=.venv/bin/python bench/api/install_peers.sh /tmp/bench/venv
python bench/api/synthetic.py 100000 /tmp/bench/100k.gpkg
python bench/api/run.py /tmp/bench/100k.gpkg --venv /tmp/bench/venv --folder /tmp/bench/run
"""

import argparse
import math
import random
import sys
from collections.abc import Callable
from pathlib import Path

from load import Result, measure
from peers import COLUMNS, Bench
from pull import pull

Path_ = Callable[[random.Random], str]
SECTORS = [
    "robotics",
    "aviation",
    "nev",
    "software",
    "polymers",
    "marine",
    "tcm",
    "ic",
    "solar",
    "light_alloy",
]


def box(rng: random.Random) -> str:
    lon, lat = rng.uniform(121, 125), rng.uniform(40, 43)
    return f"{lon:.4f},{lat:.4f},{lon + 0.5:.4f},{lat + 0.5:.4f}"


def tile(rng: random.Random, z: int) -> tuple[int, int]:
    lon, lat, n = rng.gauss(123.4, 0.8), rng.gauss(41.7, 0.6), 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return int((lon + 180) / 360 * n), int(y)


def items(prefix: str, limit: int, tail: str = "") -> Path_:
    return lambda rng: f"{prefix}/items?limit={limit}&bbox={box(rng)}{tail}"


def tiles(template: str, z: int) -> Path_:
    def path(rng: random.Random) -> str:
        x, y = tile(rng, z)
        return template.format(z=z, x=x, y=y)

    return path


OURS = "/ogc/collections/enterprises"
TIPG = "/collections/public.enterprises"
# The same attributes for everyone: few below zoom 12, name and id from there on.
FAR = "sectors,origin,precision,status,adcode"
NEAR = FAR + ",enterprise_id,name"
TIPG_TILE = TIPG + "/tiles/WebMercatorQuad/{z}/{x}/{y}?properties="
MAPSERVER = "/bench/ogcapi/collections/enterprises"
MAPSERVER_TILE = "/?map=bench&mode=tile&tilemode=gmap&layers=@&map.imagetype=mvt&tile={x}+{y}+{z}"
OURS_TILE = OURS + "/tiles/WebMercatorQuad/{z}/{y}/{x}"

CASES: dict[str, tuple[int, dict[str, Path_]]] = {
    "items 10": (
        1500,
        {
            "ours": items(OURS, 10),
            "tipg": items(TIPG, 10),
            "pygeoapi": items("/collections/enterprises", 10, "&f=json"),
            "mapserver": items(MAPSERVER, 10, "&f=json"),
        },
    ),
    "items 1000": (
        300,
        {
            "ours": items(OURS, 1000),
            "tipg": items(TIPG, 1000),
            "pygeoapi": items("/collections/enterprises", 1000, "&f=json"),
            "mapserver": items(MAPSERVER, 1000, "&f=json"),
        },
    ),
    "tile z8": (
        60,
        {
            "ours": tiles(OURS_TILE, 8),
            "tipg": tiles(TIPG_TILE + FAR, 8),
            "mapserver": tiles(MAPSERVER_TILE.replace("@", "far"), 8),
        },
    ),
    "tile z12": (
        400,
        {
            "ours": tiles(OURS_TILE, 12),
            "tipg": tiles(TIPG_TILE + NEAR, 12),
            "mapserver": tiles(MAPSERVER_TILE.replace("@", "near"), 12),
        },
    ),
    "nearby": (
        2000,
        {
            "ours": lambda r: near("/v1/nearby", r),
            "ceiling": lambda r: near("/nearby", r),
        },
    ),
}


def near(path: str, rng: random.Random) -> str:
    sectors = ",".join(rng.sample(SECTORS, 3))
    lon, lat = rng.uniform(122, 125), rng.uniform(40.5, 42.5)
    return f"{path}?lon={lon:.5f}&lat={lat:.5f}&k=20&sectors={sectors}"


SLOW = {"pygeoapi": 8, "mapserver": 2}
"""Peers that get fewer requests, so that the run ends."""


def compare(bench: Bench, rounds: int, only: str) -> None:
    for case, (requests, paths) in CASES.items():
        if only not in case:
            continue
        best: dict[str, list[Result]] = {}
        for number in range(rounds):
            for name, make in paths.items():
                peer = bench.peers.get(name)
                if peer is None:
                    continue
                count = max(10, requests // rounds // SLOW.get(name, 1))
                best.setdefault(name, []).append(
                    measure(peer.port, make, pids=peer.pids, requests=count, seed=number)
                )
        print(f"\n{case}")
        for name, results in best.items():
            print(f"  {name:10}", middle(results).line(), flush=True)
        if "ours" in best:
            ours = middle(best["ours"])
            for name, results in best.items():
                if name != "ours":
                    other = middle(results)
                    cpu, rate = ours.cpu_ms / other.cpu_ms, ours.per_second / other.per_second
                    print(f"  ours / {name}: cpu {cpu:.3f}, req/s {rate:.2f}")


def middle(results: list[Result]) -> Result:
    """Return the run with the median CPU time."""
    return sorted(results, key=lambda result: result.cpu_ms)[len(results) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--venv", type=Path, help="where tipg and pygeoapi are installed")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/clusteratlas-bench"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases whose name holds this; 'GDAL' pulls only")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    given = parser.parse_args()
    print(f"python {sys.version.split()[0]}, columns {COLUMNS}")
    with Bench(given.store.absolute(), given.folder, given.venv) as bench:
        bench.ours()
        bench.ceiling()
        if not given.alone and bench.database():
            bench.tipg()
            bench.pygeoapi()
            bench.mapserver()
        compare(bench, given.rounds, given.only)
        if given.only in "GDAL pull":
            pull(bench, OURS, TIPG, rounds=given.rounds)


if __name__ == "__main__":
    main()
