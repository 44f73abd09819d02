"""Time and size of a single-file map of 100,000 firms, beside folium's FastMarkerCluster.

``python bench/maps/bench_single_file.py [--firms 100000] [--store var/atlas.gpkg]`` prints one table.
Without a store the firms are invented: names of 8-16 characters and addresses of 15-25, positions
around the districts' label points, so that nothing compresses better than real rows do. With a store
that holds a registry its rows are drawn instead. Peer and atlas are measured in the same run; the
peer shows positions and names only, and needs the network to open.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pandas as pd
from folium.plugins import FastMarkerCluster

from clusteratlas.data import load_districts, load_mentions, load_parks, load_sectors
from clusteratlas.maps import MapOptions, read_frames, save_map
from clusteratlas.maps.content import MapFrames, complete_columns
from clusteratlas.store import open_store

OPTIONS = MapOptions(title={"zh": "十万家企业", "en": "100,000 firms"}, loose=True)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]
COMMON = (
    "沈阳大连鞍山抚顺本溪丹东锦州营口阜新辽盘铁岭朝葫芦岛市机械电子科技有限公司制造设"
    "备工程贸易发展材料新能源软件医药化工汽车配件精密仪器环保信息咨询服务中心商场物流"
    "建筑装饰食品农业专社合作东方华盛达兴隆顺源鑫恒"
)


def invented_firms(count: int, seed: int = 7) -> pd.DataFrame:
    """Return firms with the lengths and the spread of registry rows."""
    random = np.random.default_rng(seed)
    districts, sectors = load_districts(), load_sectors()
    ids = sectors.loc[sectors["parent"] != "", "sector_id"].to_numpy()
    where = random.integers(0, len(districts), count)
    place = districts.iloc[where]
    signs = np.array(list(COMMON))

    def texts(shortest: int, longest: int) -> list[str]:
        lengths = random.integers(shortest, longest, count)
        drawn = signs[random.integers(0, len(signs), int(lengths.sum()))]
        ends = np.cumsum(lengths)
        return [
            "".join(drawn[end - length : end]) for end, length in zip(ends, lengths, strict=True)
        ]

    return pd.DataFrame(
        {
            "enterprise_id": [f"n-{at}" for at in range(count)],
            "origin": "registry",
            "name": texts(8, 16),
            "sectors": np.where(random.random(count) < 0.3, random.choice(ids, count), ""),
            "city": place["city"].to_numpy(),
            "adcode": place["adcode"].to_numpy(),
            "district": place["name"].to_numpy(),
            "address": texts(15, 25),
            "lon": place["lon"].to_numpy() + random.normal(0, 0.05, count),
            "lat": place["lat"].to_numpy() + random.normal(0, 0.04, count),
            "precision": random.choice(["street", "township", "district"], count),
            "radius_m": random.choice([800.0, 3000.0, 12000.0], count),
            "registered": [f"{year}-01-01" for year in random.integers(1980, 2020, count)],
            "capital": random.integers(1, 5000, count).astype(float),
        }
    )


def frames_of(count: int, store: str) -> MapFrames:
    """Return the frames to draw: of the store if one is given, else invented firms."""
    if store:
        with open_store(store) as opened:
            return read_frames(opened)
    return MapFrames(
        complete_columns(invented_firms(count)),
        load_parks(),
        load_districts(),
        load_sectors(),
        load_mentions(),
    )


def timed(call: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def best(call: Callable[[], object], rounds: int = 3) -> tuple[float, float]:
    """Return the least wall-clock and processor seconds of a few calls."""
    walls, works = [], []
    for _ in range(rounds):
        start = time.process_time()
        walls.append(timed(call))
        works.append(time.process_time() - start)
    return min(walls), min(works)


def save_peer(path: Path, firms: pd.DataFrame) -> None:
    """Write folium's FastMarkerCluster with names in the pop-ups."""
    chart = folium.Map(location=[41.5, 122.5], zoom_start=7)
    rows = firms.dropna(subset=["lon"])[["lat", "lon", "name"]].to_numpy().tolist()
    callback = "function (row) { return L.marker([row[0], row[1]]).bindPopup(row[2]); }"
    FastMarkerCluster(rows, callback=callback).add_to(chart)
    chart.save(str(path))


def in_browser(path: Path) -> dict[str, float]:
    """Return seconds until the page answers, until a card is open, per redraw and per search."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return {}
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_offline(True)
        page = context.new_page()
        result: dict[str, Any] = {}

        def opened() -> None:
            page.goto(path.absolute().as_uri())
            page.wait_for_selector("body[data-ready]", timeout=60_000)
            page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
            )

        work = context.new_cdp_session(page)
        work.send("Performance.enable")
        result["interactive"] = timed(opened)
        metrics = {
            entry["name"]: entry["value"]
            for entry in work.send("Performance.getMetrics")["metrics"]
        }
        result["interactive, CPU of the page"] = metrics["TaskDuration"]
        result["card"] = timed(lambda: page.evaluate("() => { atlasPage.openFirm(5); }"))
        for name, script in (
            ("redraw, province", "atlasPage.fit(); atlasPage.layers.registry.redraw()"),
            ("redraw, city", "atlasPage.map.setView([41.8,123.4],11,{animate:false})"),
            ("search, Chinese", "atlasPage.search.find('精密仪器')"),
            ("search, pinyin", "atlasPage.search.find('jmyq')"),
            ("sector switched", "atlasPage.setMask(1)"),
        ):
            code = (
                f"() => {{ const t = performance.now(); {script}; return performance.now() - t; }}"
            )
            result[name] = page.evaluate(code) / 1000
        browser.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--store", default="")
    options = parser.parse_args()
    frames = frames_of(options.firms, options.store)
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = Path(folder) / "atlas.html", Path(folder) / "peer.html"
        save_map(ours, frames, OPTIONS)  # imports and caches are warm for both
        built = best(lambda: save_map(ours, frames, OPTIONS))
        peer_built = best(lambda: save_peer(peer, frames.enterprises))
        print(f"{len(frames.enterprises):,} firms")
        print(f"{'':32}{'atlas':>12}{'FastMarkerCluster':>20}")
        print(f"{'build and write, s':32}{built[0]:12.2f}{peer_built[0]:20.2f}")
        print(f"{'build and write, CPU s':32}{built[1]:12.2f}{peer_built[1]:20.2f}")
        sizes = (ours.stat().st_size / 1e6, peer.stat().st_size / 1e6)
        print(f"{'file, MB':32}{sizes[0]:12.2f}{sizes[1]:20.2f}")
        print(f"{'opens without network':32}{'yes':>12}{'no':>20}")
        for name, seconds in in_browser(ours).items():
            print(f"{name + ', s':32}{seconds:12.3f}")


if __name__ == "__main__":
    main()
