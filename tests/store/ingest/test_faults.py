"""Kill, fill up, lock out: the store opens afterwards and the rerun comes to the same state.

``CLUSTERATLAS_TEST_KILLS=50`` kills as often as the release check does; by default it is less often.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clusteratlas.errors import StoreError
from clusteratlas.store import open_store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, IngestSummary, Progress, ingest_files

DRIVER = Path(__file__).with_name("kill_driver.py")
Ingest = Callable[..., IngestSummary]


def drive(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(DRIVER), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def extract(made: Any, tmp_path: Path) -> Path:
    """Good rows, doubles, conflicts, codes that come late, and rows that cannot be used."""
    rows = [made.header]
    for number in range(240):
        rows.append(made.line(number))
        if number % 5 == 0:
            rows.append(made.line(number // 2))
        if number % 7 == 0:
            rows.append(made.line(number // 2, scope=f"修船{number}"))
        if number and number % 11 == 0:
            rows.append(f"沈阳后补{number}公司,,,,,沈阳,")
            rows.append(f"沈阳后补{number - 11}公司,{made.code(9000 + number)},,,,沈阳,")
        if number % 13 == 0:
            rows += [made.line(number, uscc="X"), '"' + made.line(number)]
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_killed_at_random_moments_the_store_ends_the_same(
    atlas_path: Path, extract: Path, tmp_path: Path
) -> None:
    kills = int(os.environ.get("CLUSTERATLAS_TEST_KILLS", "8"))
    result = drive("kill", atlas_path, extract, tmp_path, kills)
    assert result["kills"] == kills
    assert result["damage"] == []
    assert result["differences"] == []
    assert result["rejects_equal"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_full_disk_is_explained_and_the_rerun_completes(
    atlas_path: Path, extract: Path, tmp_path: Path
) -> None:
    result = drive("full", atlas_path, extract, tmp_path, 1)
    assert "free some space" in result["error"]
    assert result["damage"] == []
    assert result["differences"] == []


def test_second_ingest_gets_a_clear_error(
    atlas: GeoPackageStore, extract: Path, ingest: Ingest
) -> None:
    def intrude(_progress: Progress) -> None:
        with pytest.raises(StoreError, match="being written by another process"):
            open_store(atlas.url, writable=True)

    options = IngestOptions(workers=0, batch_rows=100)
    summary = ingest_files(atlas, [extract], options=options, progress=intrude)
    assert summary.balanced()


def test_readers_go_on_during_an_ingest(atlas: GeoPackageStore, extract: Path) -> None:
    seen: list[tuple[int, int]] = []

    with open_store(atlas.url) as reader:

        def look(_progress: Progress) -> None:
            rows = len(reader.collection("enterprises"))
            seen.append((reader.version(), rows))
            assert int(reader.totals()["n"].sum()) == rows

        options = IngestOptions(workers=0, batch_rows=50)
        ingest_files(atlas, [extract], options=options, progress=look)
    assert len(seen) > 5
    assert seen == sorted(seen)
    assert seen[0][1] < seen[-1][1]


def test_interrupted_run_says_that_it_went_on(
    atlas: GeoPackageStore, extract: Path, ingest: Ingest
) -> None:
    def stop(progress: Progress) -> None:
        if progress.rows >= 100:
            raise KeyboardInterrupt

    options = IngestOptions(workers=0, batch_rows=50)
    with pytest.raises(KeyboardInterrupt):
        ingest_files(atlas, [extract], options=options, progress=stop)
    held = atlas.summary()["origins"]["registry"]
    summary = ingest_files(atlas, [extract], options=options)
    assert held > 0
    assert summary.resumed == 1
    assert summary.balanced()
    assert summary.stored == atlas.summary()["origins"]["registry"]


def test_damaged_file_keeps_the_batches_before_the_damage(
    atlas: GeoPackageStore, extract: Path, tmp_path: Path
) -> None:
    import gzip

    whole = gzip.compress(extract.read_bytes() * 40, compresslevel=1)
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="damaged or cut off"):
        ingest_files(atlas, [path], options=IngestOptions(workers=0, batch_rows=100))
    assert atlas.summary()["origins"]["registry"] > 100
    assert atlas.integrity() == []
