"""Let GDAL copy every feature over OGC API: from this API, from tipg, and from files.

The files are this API's own pages, cut beforehand and served by lighttpd: what is left is GDAL's own
work and the network, the floor below which no server can come.
"""

import json
import resource
import subprocess
import time
import urllib.request
from pathlib import Path

from peers import PORTS, Bench

PAGE_SIZE = 5_000
PORTS["files"] = 8306

LIGHTTPD = """
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
server.max-keep-alive-requests = 100000
mimetype.assign = (".schema" => "application/schema+json", ".json" => "application/geo+json",
  "" => "application/json")
"""


def pull(bench: Bench, ours: str, tipg: str, *, rounds: int) -> None:
    """Print seconds and GDAL's own CPU time of each source, in turns, the best of a few rounds."""
    sources = {"ours": ours, "tipg": tipg}
    if "ours" in bench.peers and cut_pages(bench, ours):
        sources["files"] = "/all/collections/enterprises"
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        for name, path in sources.items():
            if name in bench.peers:
                found.setdefault(name, []).append(copy(bench.folder / f"{name}.fgb", name, path))
    print(f"\nGDAL pull of all features, pages of {PAGE_SIZE}: seconds, of these GDAL's CPU time")
    for name, runs in found.items():
        wall, cpu = min(runs)
        print(f"  {name:10} {wall:6.2f} s  cpu {cpu:5.2f} s", flush=True)
    for name in ("tipg", "files"):
        if name in found and "ours" in found:
            print(f"  ours / {name}: {min(found['ours'])[0] / min(found[name])[0]:.2f}")


def copy(out: Path, name: str, path: str) -> tuple[float, float]:
    """Copy all features into a file; return seconds and CPU seconds of ogr2ogr."""
    out.unlink(missing_ok=True)
    source = f"OAPIF:http://127.0.0.1:{PORTS[name]}{path}"
    command = ["ogr2ogr", str(out), source, "-lco", "SPATIAL_INDEX=NO"]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "-oo", f"PAGE_SIZE={PAGE_SIZE}"], check=True, capture_output=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cut_pages(bench: Bench, path: str) -> bool:
    """Write this API's pages as files and serve them."""
    here = f"http://127.0.0.1:{PORTS['files']}/all/collections"
    folder = bench.folder / "files" / "all" / "collections"
    folder.mkdir(parents=True, exist_ok=True)
    base = f"http://127.0.0.1:{PORTS['ours']}{path}"
    url, number = f"{base}/items?limit={PAGE_SIZE}", 0
    while url:
        page = _get(url)
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        following = f"{here}/items{number + 1}.json"
        page["links"] = [{"rel": "next", "type": "application/geo+json", "href": following}]
        if not url:
            page["links"] = []
        text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
        (folder / f"items{number}.json").write_text(text, encoding="utf-8")
        number += 1
    links = {
        "items": (f"{here}/items0.json", "application/geo+json"),
        "describedBy": (f"{here}/feature.schema", "application/schema+json"),
    }
    described = {
        "id": "enterprises",
        "links": [{"rel": rel, "href": href, "type": kind} for rel, (href, kind) in links.items()],
    }
    (folder / "enterprises").write_text(json.dumps(described))
    (folder / "feature.schema").write_text(json.dumps(_get(f"{base}/schema/feature")))
    config = bench.folder / "files.conf"
    config.write_text(LIGHTTPD.format(port=PORTS["files"], folder=bench.folder / "files"))
    bench.serve("files", "/all/collections/enterprises", ["lighttpd", "-D", "-f", str(config)])
    return "files" in bench.peers


def _get(url: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return dict(json.load(answer))
