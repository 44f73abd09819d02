"""District accuracy and speed of the offline geocoder beside its peers, and its calibration.

The truth is the county in the enterprise's code (digits 3-8), known for about three quarters of the
rows. Enterprises are split by a hash of their code: the geocoder's associations are learned from four
fifths, all are tested on rows of the last fifth that no table has seen. ::

    bench/geocode/install_peers.sh var/bench-geocode
    python bench/geocode/run.py ../shared/registry/liaoning_registry.csv.gz --peers var/bench-geocode
"""

import argparse
import csv
import importlib.util
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from clusteratlas.errors import UnknownNameError
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import district_index, resolve_district
from clusteratlas.geo.geocoding import OfflineGeocoder
from clusteratlas.geo.geocoding.result import PRECISIONS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE = 5_000
SEED = 20150
PEERS = ("cpca", "addressparser", "cnloc", "pygeocoding", "quhua", "jionlp")
PEER_TIMEOUT_S = 600
METROPOLISES = ("2101", "2102")
BIG_ZONES = re.compile(
    "大连(?:市)?(?:经济技术)?开发区|大连(?:市)?(?:保税|高新|长兴岛|花园口|普湾|金普|旅顺|出口加工)|保税区|"
    "长兴岛|花园口|普湾|旅顺经济|金石滩|沈阳(?:市)?(?:经济技术)?开发区|沈阳(?:市)?(?:高新|浑南|张士|近海|棋盘山|"
    "出口加工)|浑南(?:高新|产业)|棋盘山|张士|近海经济|道义|胡台|沈抚|自由贸易试验区"
)


def load_learner() -> ModuleType:
    """Import scripts/learn_associations.py, which is no package."""
    path = ROOT / "scripts" / "learn_associations.py"
    spec = importlib.util.spec_from_file_location("learn_associations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def district_names() -> re.Pattern[str]:
    """Return what it takes for an address to state a district: any full name, now or before."""
    with (ROOT / "data/gazetteer/divisions.csv").open(encoding="utf-8") as stream:
        names = [
            row["name"]
            for row in csv.DictReader(stream)
            if row["level"] == "district"
            and row["adcode"].startswith("21")
            and row["form"] != "short"
        ]
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def to_adcode(answer: Sequence[str], learner: ModuleType) -> str:
    """Return today's code for a peer's answer, however it says it."""
    code, city, district = answer
    code = learner.OLD_CODES.get(code, code)
    if len(code) == 6 and not code.endswith("00"):
        return code
    if district:
        try:
            return resolve_district(district, city or None).adcode
        except UnknownNameError:
            return ""
    return ""


def run_peer(name: str, folder: Path, addresses: list[str]) -> tuple[list[list[str]], float] | str:
    """Return a peer's answers and its seconds, or why there are none."""
    python = folder / "bin" / "python"
    if not python.is_file():
        return "absent"
    try:
        done = subprocess.run(
            [str(python), str(HERE / "peers.py"), name],
            input=json.dumps(addresses), capture_output=True, text=True, timeout=PEER_TIMEOUT_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "too slow"
    if done.returncode:
        return "absent" if "ModuleNotFoundError" in done.stderr else "failed"
    found = json.loads(done.stdout)
    return found["answers"], found["seconds"]


def show(name: str, right: np.ndarray, groups: dict[str, np.ndarray], rate: float) -> None:
    """Print one line of the table."""
    shares = " | ".join(f"{right[rows].mean():.3f}" for rows in groups.values())
    print(f"| {name} | {shares} | {rate:,.0f} |", flush=True)


def accuracy(registry: Path, peers: Path | None, associations: Path) -> None:
    """Print the table of district accuracy."""
    learner = load_learner()
    geocoder = OfflineGeocoder(associations=associations)
    known = geocoder.engine.gazetteer.district_names
    rows = [
        (address, adcode)
        for code, address, _ in learner.read_rows(registry)
        if learner.is_held_out(code) and (adcode := learner.true_adcode(code, known))
    ]
    print(
        f"\n{len(rows):,} held-out rows with a county in their code; peers on {SAMPLE:,} of them\n"
    )
    full = evaluate(rows)
    random.Random(SEED).shuffle(rows)
    part = evaluate(rows[:SAMPLE])
    print(
        "| geocoder | " + " | ".join(f"{k} ({v.mean():.3f})" for k, v in full.items()) + " | /s |"
    )
    print("|---" * (len(full) + 2) + "|")
    for label, some, groups in (("clusteratlas, all rows", rows, evaluate(rows)),
                                ("clusteratlas", rows[:SAMPLE], part)):  # fmt: skip
        addresses, truth = zip(*some, strict=True)
        fresh = OfflineGeocoder(associations=associations)
        fresh.engine  # noqa: B018  # read the tables outside the clock
        started = time.process_time()
        found = fresh.geocode_frame(list(addresses))
        rate = len(some) / (time.process_time() - started)
        show(label, found["adcode"].to_numpy(dtype=object) == np.array(truth, object), groups, rate)
    if peers is None:
        return
    addresses, truth = zip(*rows[:SAMPLE], strict=True)
    for name in PEERS:
        outcome = run_peer(name, peers, list(addresses))
        if isinstance(outcome, str):
            print(f"| {name} | {outcome} |")
            continue
        codes = [to_adcode(answer, learner) for answer in outcome[0]]
        right = np.array(codes, object) == np.array(truth, object)
        show(name, right, part, SAMPLE / max(outcome[1], 1e-9))


def evaluate(rows: list[tuple[str, str]]) -> dict[str, np.ndarray]:
    """Return the groups that accuracy is told for, as masks."""
    names = district_names()
    stated = np.array([names.search(address) is not None for address, _ in rows])
    big = np.array([BIG_ZONES.search(address) is not None for address, _ in rows])
    return {
        "all": np.ones(len(rows), bool),
        "district stated": stated,
        "not stated": ~stated,
        "not stated, no big zone": ~stated & ~big,
    }


def throughput(registry: Path) -> None:
    """Print the speed of the full answer over all rows, and the memory it took."""
    learner = load_learner()
    addresses = [address for _, address, _ in learner.read_rows(registry)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    geocoder = OfflineGeocoder()
    started = time.process_time()
    geocoder.engine  # noqa: B018
    loaded = time.process_time()
    geocoder.geocode_frame(addresses)
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"\nfull answer with coordinates, {len(addresses):,} rows ({len(set(addresses)):,} distinct): "
        f"{len(addresses) / (done - loaded):,.0f} addresses/s on one core, tables read in "
        f"{loaded - started:.2f} s, process at most {peak / 1024:.0f} MB ({before / 1024:.0f} before)"
    )


def calibration(points: Path) -> None:
    """Print error and radius on known address points, by precision and by part of the province."""
    with points.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = OfflineGeocoder().geocode_frame([row["address"] for row in rows])
    lon = np.array([float(row["lon"]) for row in rows])
    lat = np.array([float(row["lat"]) for row in rows])
    error = distance_m(lon, lat, found["lon"], found["lat"])
    share = error / found["radius_m"].to_numpy()
    placed = np.isfinite(error)
    print(f"\n{points.name}: {len(rows)} points, {placed.sum()} placed\n")
    print("| points | number | median error, m | radius holds | factor that would hold 91 % |")
    print("|---|---|---|---|---|")
    truth = np.array([str(code)[:4] for code in district_index().locate(lon, lat)[0]])
    groups = {
        "all": placed,
        "Shenyang and Dalian": placed & np.isin(truth, METROPOLISES),
        "elsewhere": placed & ~np.isin(truth, METROPOLISES),
    }
    for precision in PRECISIONS:
        groups[precision] = placed & (found["precision"] == precision).to_numpy(dtype=bool)
    for name, group in groups.items():
        if group.any():
            factor = np.quantile(share[group], 0.91)
            print(f"| {name} | {group.sum()} | {np.median(error[group]):,.0f} | "
                  f"{(share[group] <= 1).mean():.0%} | {factor:.2f} |")  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("registry", type=Path)
    options.add_argument("--peers", type=Path, help="environment made by install_peers.sh")
    options.add_argument(
        "--points", type=Path, nargs="*", default=[HERE / "points.csv"],
        help="files with address, lon, lat (WGS-84) that no table was built from",
    )  # fmt: skip
    given = options.parse_args()
    throughput(given.registry)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "associations.csv"
        learn = [sys.executable, str(ROOT / "scripts/learn_associations.py"), str(given.registry)]
        subprocess.run([*learn, str(table), "--training-part"], check=True)
        accuracy(given.registry, given.peers, table)
    for points in given.points:
        calibration(points)


if __name__ == "__main__":
    main()
