"""Other programs read the API: GDAL's OAPIF driver, OWSLib, and schemathesis over the document."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import FIRMS, start_server
from tests.conftest import skip_or_fail

from clusteratlas.store.tokens import create_token

COUNTS = {"enterprises": FIRMS + 163, "districts": 100, "cities": 14}


@pytest.fixture(scope="module")
def gdal() -> None:
    if shutil.which("ogrinfo") is None:
        skip_or_fail("GDAL's programs are not installed (Debian: gdal-bin)")


def ogr(*arguments: str) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize(("collection", "count"), COUNTS.items())
def test_gdal_counts_every_feature(gdal: None, server: str, collection: str, count: int) -> None:
    out = ogr("ogrinfo", "-ro", "-al", "-so", f"OAPIF:{server}/ogc/collections/{collection}")
    assert f"Feature Count: {count}" in out
    assert "name: String" in out


def test_gdal_lists_the_collections(gdal: None, server: str) -> None:
    out = ogr("ogrinfo", "-ro", f"OAPIF:{server}/ogc/")
    for collection in ("enterprises", "parks", "districts", "cities", "clusters"):
        assert collection in out


def test_gdal_copies_all_pages(gdal: None, server: str, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    source = f"OAPIF:{server}/ogc/collections/enterprises"
    ogr("ogr2ogr", str(out), source, "-oo", "PAGE_SIZE=400")
    features = json.loads(out.read_text("utf-8"))["features"]
    ids = {feature["properties"]["enterprise_id"] for feature in features}
    assert len(ids) == len(features) == FIRMS + 163


def test_gdal_filters_by_attribute_and_box(gdal: None, server: str, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    box = ("-spat", "123.3", "41.7", "123.5", "41.8")
    where = ("-where", "adcode = '210106' AND confidence < 0.81")
    source = f"OAPIF:{server}/ogc/collections/enterprises"
    ogr("ogr2ogr", str(out), source, *box, *where)
    features = json.loads(out.read_text("utf-8"))["features"]
    assert features
    for feature in features:
        lon, lat = feature["geometry"]["coordinates"]
        assert 123.3 <= lon <= 123.5
        assert 41.7 <= lat <= 41.8
        assert feature["properties"]["adcode"] == "210106"
        assert feature["properties"]["confidence"] < 0.81


def test_gdal_reads_the_vector_tiles(gdal: None, server: str, tmp_path: Path) -> None:
    path = tmp_path / "53.pbf"
    url = f"{server}/ogc/collections/districts/tiles/WebMercatorQuad/6/23/53"
    with urllib.request.urlopen(url) as answer:
        path.write_bytes(answer.read())
    out = ogr("ogrinfo", "-ro", "-al", "-so", f"MVT:{path}", "-oo", "CLIP=NO")
    assert "Layer name: districts" in out


OWSLIB = """
import sys, json
from owslib.ogcapi.features import Features
api = Features(sys.argv[1])
names = api.feature_collections()
page = api.collection_items("enterprises", limit=7, bbox=[123.3, 41.7, 123.5, 41.8])
print(json.dumps({
    "names": names,
    "returned": len(page["features"]),
    "queryables": sorted(api.collection_queryables("enterprises")["properties"])[:3],
    "one": api.collection_item("districts", "210112")["properties"]["name"],
    "conforms": len(api.conformance()["conformsTo"]),
}))
"""


def test_owslib_reads_every_part(server: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OWSLIB, f"{server}/ogc/"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"enterprises", "parks", "districts", "cities", "clusters"} <= set(found["names"])
    assert found["returned"] == 7
    assert found["one"] == "浑南区"


SCHEMATHESIS = """
[checks]
# What no schema can say (south below north, either a point or an id) is refused with 400.
positive_data_acceptance.expected-statuses = [
  "2xx", "3xx", "400", "401", "403", "404", "409", "413", "429"
]
"""


@pytest.fixture(scope="module")
def scratch_server(store_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server over a copy of the store, and a token that may do everything there."""
    copy = tmp_path_factory.mktemp("scratch") / "atlas.gpkg"
    source, target = sqlite3.connect(store_path), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    token = create_token(str(copy), "试验", ("read", "propose", "review"))
    process, url = start_server(copy, CLUSTERATLAS_LOG_LEVEL="error")
    yield url, token
    process.terminate()
    process.wait(20)


@pytest.mark.timeout(2000)
def test_schemathesis_finds_no_server_error_and_no_violation(
    scratch_server: tuple[str, str], tmp_path: Path
) -> None:
    """Every route with every check; ``make fuzz`` asks thousands of cases, this a few hundred."""
    url, token = scratch_server
    (tmp_path / "schemathesis.toml").write_text(SCHEMATHESIS)
    program = Path(sys.executable).with_name("schemathesis")
    if not program.exists():
        skip_or_fail("schemathesis is not installed")
    cases = os.environ.get("CLUSTERATLAS_SCHEMATHESIS_CASES", "2")
    seed = os.environ.get("CLUSTERATLAS_SCHEMATHESIS_SEED", "1")
    command = [str(program), "run", f"{url}/openapi.json", "--checks", "all", "-n", cases]
    command += ["--phases", "examples,coverage,fuzzing,stateful", "--no-color", "--seed", seed]
    # A report or the clusters of a large sector take seconds on a busy machine.
    command += ["--request-timeout", "60", "--max-response-time", "60", "--continue-on-failure"]
    command += ["-H", f"Authorization: Bearer {token}"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=1900
    )
    print(done.stdout[done.stdout.find("= SUMMARY =") :])  # noqa: T201  # for make fuzz
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Tested: 0" not in done.stdout
