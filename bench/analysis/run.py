"""Times of the analyses, each beside a peer or a plain way measured in the same run.

Usage: python bench/analysis/run.py [--firms 1000000]
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist

from clusteratlas.analysis.frames import load_frames
from clusteratlas.analysis.point_patterns import kd, kd_envelope
from clusteratlas.analysis.positioning import stated_revealed
from clusteratlas.analysis.profile import region_stagger
from clusteratlas.analysis.structure import bilateral_krugman, location_quotient_table, similarity
from clusteratlas.data import load_districts, load_sectors
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import ENTERPRISE_COLUMNS


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bench_kd() -> None:
    rng = np.random.default_rng(0)
    universe = rng.normal(0, 60_000, (50_000, 2))
    points, distances = universe[:5_000], np.linspace(0, 60_000, 121)
    ours = timed(lambda: kd(points, distances))
    plain = timed(lambda: np.histogram(pdist(points), bins=8192))
    print(
        f"Kd, 5,000 points: {ours:.2f} s; pdist + histogram {plain:.2f} s; ratio {ours / plain:.2f}"
    )
    envelope = timed(lambda: kd_envelope(points, universe, distances, simulations=200))
    print(f"Kd envelope, 5,000 points, 200 simulations: {envelope:.1f} s (target 60 s on 2 cores)")


def synthetic(firms: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    districts, sectors = load_districts(), load_sectors()
    ids = sectors.loc[sectors["parent"] != "", "sector_id"].to_numpy()
    place = rng.integers(0, len(districts), firms)
    frame = pd.DataFrame(dict.fromkeys(ENTERPRISE_COLUMNS, ""), index=range(firms))
    frame["enterprise_id"] = [f"n-{i:09d}" for i in range(firms)]
    frame["name"], frame["origin"], frame["kind"] = frame["enterprise_id"], "registry", "enterprise"
    frame["sectors"] = np.where(rng.random(firms) < 0.1, rng.choice(ids, firms), "")
    frame["sector_scores"] = np.where(frame["sectors"] != "", "0.9", "")
    for column in ("adcode", "city"):
        frame[column] = districts[column].to_numpy()[place]
    frame["district"] = districts["name"].to_numpy()[place]
    frame["lon"] = districts["lon"].to_numpy()[place] + rng.normal(0, 0.02, firms)
    frame["lat"] = districts["lat"].to_numpy()[place] + rng.normal(0, 0.02, firms)
    frame["radius_m"], frame["confidence"], frame["capital"] = 500.0, 0.9, 100.0
    frame["precision"], frame["status"] = "street", "probable"
    frame["registered"] = pd.Series(rng.integers(1990, 2020, firms)).astype(str) + "-06-01"
    return frame.drop(columns="fid")


def bench_store(firms: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(str(Path(folder) / "bench.gpkg"), writable=True) as store,
    ):
        build_store(store)
        for start in range(0, firms, 100_000):
            rows = synthetic(min(100_000, firms - start))
            rows["enterprise_id"] = [f"n-{start + i:09d}" for i in range(len(rows))]
            with store.writer() as writer:
                writer.upsert_enterprises(rows)

        def matrices() -> None:
            frames = load_frames(store)
            matrix = frames.matrix()
            location_quotient_table(matrix)
            similarity(matrix)
            bilateral_krugman(matrix)
            stated_revealed(frames)

        def by_frame() -> None:
            whole = store.collection("enterprises")
            whole.groupby(["adcode", "sectors"]).size()

        ours = timed(matrices)
        plain = timed(by_frame) if firms <= 200_000 else float("nan")
        print(f"LQ and all matrices, {firms:,} firms: {ours:.2f} s; by one frame {plain:.2f} s")
        frames = load_frames(store)
        print(f"stagger of Shenyang: {timed(lambda: region_stagger(frames, '沈阳')):.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB (building the synthetic firms included)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=200_000)
    options = parser.parse_args()
    bench_kd()
    bench_store(options.firms)


if __name__ == "__main__":
    main()
