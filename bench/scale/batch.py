"""Batch work on one machine: rows/s of each stage, scaling, memory, sameness of the content.

``python bench/scale/batch.py FILE --workers 1 2 [--kill] [--load STORE] [--sample ROWS] [--points N]``

For every number of workers the file becomes a data set in an empty folder, through ``local:N``; the
rate counts from the ready cluster to the finished data set. ``--kill`` does it once more with the
most workers and ends one with -9 when a third of the file is done. ``--load`` brings the data set
into a new store (a path ending in .gpkg, or postgresql://... of an empty database) and counts that
apart. Stages are measured first, alone on one core, over a sample; ``--points`` compares ways of
finding the district of so many points.
"""

import argparse
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely

from clusteratlas.data import load_districts, load_parks
from clusteratlas.sectors import classify
from clusteratlas.store import open_store
from clusteratlas.store.batch import tasks
from clusteratlas.store.batch.cluster import open_cluster
from clusteratlas.store.batch.dataset import Dataset
from clusteratlas.store.batch.make import BLOCK_ROWS, Made, make_dataset
from clusteratlas.store.build import build_store
from clusteratlas.store.geocoders import offline_geocode
from clusteratlas.store.ingest.enrich import Enricher, _blank_columns
from clusteratlas.store.ingest.records import read_facts
from clusteratlas.store.ingest.run import IngestOptions, ingest_files, open_planned
from clusteratlas.store.ingest.summary import Progress
from clusteratlas.store.placing import Ground


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and its result."""
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def stages(path: Path, sample: int) -> None:
    """Print what each stage takes on one core, CPU microseconds a row."""
    tasks.get_ready()
    took: dict[str, float] = {}
    with open_planned(path, IngestOptions()) as planned:
        table, plan = next(iter(planned))
        count = -(-sample // BLOCK_ROWS)
        cut, blocks = spent(lambda: list(islice(table.blocks(BLOCK_ROWS), count)))
        digest, _ = spent(lambda: [block.digest() for block in blocks])
    took["head: unpack and cut"] = cut + digest
    read, rows = spent(lambda: [row for block in blocks for row in block.rows()])
    parsed, facts = spent(lambda: read_facts(rows, plan))
    took["parse: records, codes, dates"] = read + parsed
    took |= _stages_of_locating(facts.frame)
    enricher = Enricher()
    enricher(facts.frame.head(100))  # dictionaries are loaded at the first call
    took["all of locate and classify"], firms = spent(lambda: enricher(facts.frame))
    took |= _stages_of_writing(firms, rows, blocks[0], plan)
    n = len(rows)
    print(f"{n:,} rows of {path.name}, one core; CPU microseconds a row, rows/s")
    for name, seconds in took.items():
        print(f"  {name:<34}{seconds / n * 1e6:8.1f}{n / max(seconds, 1e-9):12,.0f}")


def _stages_of_locating(facts: pd.DataFrame) -> dict[str, float]:
    ground = Ground(load_districts(), load_parks())
    geocode, blank = offline_geocode(ground), _blank_columns(facts)
    geocode(blank.head(500))
    located, answers = spent(lambda: geocode(blank))
    joined, _ = spent(lambda: ground.district_of(answers["lon"], answers["lat"]))
    placed = blank.assign(lon=answers["lon"], lat=answers["lat"], radius_m=answers["radius_m"])
    parks, _ = spent(lambda: ground.parks_of(placed))
    texts = [facts[name] for name in ("name", "scope", "industry_code")]
    classify(*(text.head(500) for text in texts))
    classified, _ = spent(lambda: classify(*texts))
    return {
        "geocode": located,
        "join: districts and parks": joined + parks,
        "classify": classified,
    }


def _stages_of_writing(firms: pd.DataFrame, rows: Any, block: Any, plan: Any) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        work = tasks.BlockWork(0, block, plan, "", Path(folder), "")
        keyed, sorted_ = spent(lambda: tasks._keyed(firms, rows))
        done = tasks.BlockDone(0, len(rows), {}, {}, {})
        written, _ = spent(lambda: tasks._write_block(sorted_, done, work))
        cities = sorted(set(sorted_["city_adcode"]))
        parts = [tasks.PartWork(city, 0, 0, 1 << 33, [(0, 0)], Path(folder), "") for city in cities]
        merged, _ = spent(lambda: [tasks.merge_part(part) for part in parts])
    return {
        "sort by place, write block": keyed + written,
        "arrange: merge, write GeoParquet": merged,
    }


def points_in_polygons(count: int) -> None:
    """Print how long several ways need to find the district of points."""
    districts = load_districts()
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(119, 125.5, count), chance.uniform(39, 43.3, count)
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=districts.crs)
    points = frame.geometry.to_numpy()
    series = (frame.geometry.x, frame.geometry.y)
    ground = Ground(districts, load_parks())
    tree = shapely.STRtree(districts.geometry.to_numpy())
    ways: dict[str, Callable[[], Any]] = {
        "Ground.district_of (in use)": lambda: ground.district_of(*series),
        "shapely STRtree with predicate": lambda: tree.query(points, predicate="intersects"),
        "geopandas sjoin": lambda: gpd.sjoin(frame, districts[["adcode", "geometry"]]),
        **_sedonadb(frame, districts),
    }
    print(f"{count:,} points in {len(districts)} districts: clock s, CPU s")
    for name, way in ways.items():
        started = time.monotonic()
        used, _ = spent(way)
        print(f"  {name:<34}{time.monotonic() - started:8.2f}{used:8.2f}")


def _sedonadb(
    points: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> dict[str, Callable[[], Any]]:
    try:
        import sedonadb  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("sedonadb: not installed, left out")
        return {}
    session = sedonadb.connect()
    session.create_data_frame(points).to_view("points")
    session.create_data_frame(districts[["adcode", "geometry"]]).to_view("districts")
    query = (
        "SELECT p.geometry FROM points p JOIN districts d ON ST_Intersects(d.geometry, p.geometry)"
    )
    return {"sedonadb join": lambda: session.sql(query).count()}


class Watch:
    """Follows a run; kills a worker when a third of the file is done, if told to."""

    def __init__(self, *, kill: bool) -> None:
        self._kill = kill
        self.killed = 0
        self.worker_cpu: dict[int, float] = {}

    def __call__(self, progress: Progress) -> None:
        workers = _workers()
        for child in workers:
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            self.worker_cpu[child.pid] = times.user + times.system
        if self._kill and not self.killed and progress.share > 1 / 3:
            self.killed = workers[0].pid
            os.kill(self.killed, signal.SIGKILL)
            print(f"  killed worker {self.killed} at {progress.rows:,} rows", flush=True)


def _workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if any("spawn_main" in part for part in _command(child))
    ]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@dataclass
class Run:
    """One way through the file."""

    made: Made
    seconds: float

    @property
    def rate(self) -> float:
        return self.made.data.rows / self.seconds


def run(path: Path, workers: int, folder: Path, *, kill: bool = False) -> Run:
    """Make a data set in an empty folder and print what it took."""
    watch = Watch(kill=kill)
    begun = time.monotonic()
    with open_cluster(f"local:{workers}") as cluster:
        started, before = time.monotonic(), time.process_time()
        made = make_dataset(path, folder, cluster, options=IngestOptions(), progress=watch)
        seconds, head = time.monotonic() - started, time.process_time() - before
    found = Run(made, seconds)
    data = made.data
    times = ", ".join(f"{name} {spent:,.1f} s" for name, spent in made.seconds.items())
    title = f"local:{workers}" + (", one worker killed" if kill else "")
    print(
        f"{title}: {data.rows:,} rows, {seconds:,.1f} s ({times};"
        f" cluster ready after {started - begun:.1f} s before), {found.rate:,.0f} rows/s"
    )
    print(
        f"  CPU: this process {head:,.1f} s, workers {sum(watch.worker_cpu.values()):,.1f} s;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    print(
        f"  most memory: a worker {made.peak_mb:,.0f} MB, this process"
        f" {tasks.peak_memory_mb():,.0f} MB"
    )
    size = sum((data.folder / part.path).stat().st_size for part in data.parts)
    print(f"  {data.usable:,} rows in {len(data.parts)} files, {size / 1e6:,.0f} MB")
    print(f"  content sha256 {data.content()}", flush=True)
    return found


def load(data: Dataset, url: str) -> None:
    """Bring a data set into a store and print the rate."""
    with open_store(url, writable=True) as store:
        build_store(store)
        before, started = time.process_time(), time.monotonic()
        summary = ingest_files(store, [data.folder], options=IngestOptions(workers=0))
        seconds, used = time.monotonic() - started, time.process_time() - before
    kind = "GeoPackage" if url.endswith(".gpkg") else "PostGIS"
    print(
        f"load into {kind}: {summary.stored:,} stored of {summary.read:,} rows, {seconds:,.1f} s,"
        f" {summary.read / seconds:,.0f} rows/s, {used:,.1f} CPU s here, most memory"
        f" {tasks.peak_memory_mb():,.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--load", default="", metavar="STORE")
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the data sets go (default: temporary)")
    chosen = parser.parse_args()
    if chosen.points:
        points_in_polygons(chosen.points)
    if chosen.sample:
        stages(chosen.file, chosen.sample)
    if not chosen.workers:
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as room:
        runs = {}
        for workers in chosen.workers:
            runs[workers] = run(chosen.file, workers, Path(room) / str(workers))
        few, most = min(runs), max(runs)
        if few != most:
            ratio = runs[most].rate / runs[few].rate
            print(f"{most} workers / {few}: {ratio:.2f}x")
        contents = {runs[workers].made.data.content() for workers in runs}
        if chosen.kill:
            killed = run(chosen.file, most, Path(room) / "killed", kill=True)
            contents.add(killed.made.data.content())
        print("content: " + ("the same bytes in all runs" if len(contents) == 1 else "DIFFERENT"))
        if chosen.load:
            load(runs[most].made.data, chosen.load)
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    main()
