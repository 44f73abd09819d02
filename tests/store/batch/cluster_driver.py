"""Ingest an extract plainly, on two workers of which one is killed, and interrupted on one.

Usage: ``cluster_driver.py ATLAS EXTRACT FOLDER``; prints one line of JSON.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import clusteratlas.store.ingest.extract as one_extract
from clusteratlas.store.batch.dataset import open_dataset
from clusteratlas.store.batch.run import ingest_on_cluster
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, IngestSummary, Progress, ingest_files

OPTIONS = IngestOptions(workers=0, batch_rows=400)
BLOCK_ROWS = 100


class Killer:
    """Kills a worker when some blocks are done."""

    def __init__(self) -> None:
        self.killed = 0

    def __call__(self, progress: Progress) -> None:
        import psutil  # type: ignore[import-untyped]

        if self.killed or progress.rows < 300:
            return
        for child in psutil.Process().children(recursive=True):
            if any("spawn_main" in part for part in child.cmdline()):
                os.kill(child.pid, signal.SIGKILL)
                self.killed = child.pid
                return


def interrupt(progress: Progress) -> None:
    if progress.rows >= 700:
        raise KeyboardInterrupt


class Room:
    """The folder of the driver, with copies of the atlas."""

    def __init__(self, base: Path, extract: Path, folder: Path) -> None:
        self._base, self._extract, self._folder = base, extract, folder

    def store(self, name: str, run: Callable[[GeoPackageStore], IngestSummary]) -> IngestSummary:
        path = self._folder / f"{name}.gpkg"
        shutil.copy(self._base, path)
        with GeoPackageStore(path, writable=True) as store:
            return run(store)

    def plain(self) -> IngestSummary:
        rejects = self._folder / "plain.csv"
        return self.store(
            "plain", lambda s: ingest_files(s, [self._extract], options=OPTIONS, rejects=rejects)
        )

    def clustered(
        self, name: str, cluster: str, progress: Callable[[Progress], None] | None = None
    ) -> IngestSummary:
        return self.store(
            name,
            lambda s: ingest_on_cluster(
                s,
                [self._extract],
                cluster=cluster,
                datasets=self._folder / name,
                options=OPTIONS,
                rejects=self._folder / f"{name}.csv",
                progress=progress,
                block_rows=BLOCK_ROWS,
            ),
        )

    def content(self, name: str) -> str:
        (folder,) = (self._folder / name).iterdir()
        return open_dataset(folder).content()


def main(base: str, extract: str, folder: str) -> None:
    room = Room(Path(base), Path(extract), Path(folder))
    found: dict[str, Any] = {}
    with mock.patch.object(one_extract, "now", return_value="2026-01-01T00:00:00.000000Z"):
        found["plain"] = room.plain().to_progress()
        killer = Killer()
        found["killed"] = room.clustered("killed", "local:2", killer).to_progress()
        found["pid"] = killer.killed
        try:
            room.clustered("resumed", "local:1", interrupt)
        except KeyboardInterrupt:
            left = Path(folder, "resumed").glob(".*.partial/_blocks/*.parquet")
            found["left"] = {path.name: path.stat().st_mtime_ns for path in left}
            found["whole"] = [path.name for path in Path(folder, "resumed").glob("[!.]*")]
        seen: dict[str, int] = {}

        def look(progress: Progress) -> None:
            for path in Path(folder, "resumed").glob(".*.partial/_blocks/*.parquet"):
                seen[path.name] = path.stat().st_mtime_ns

        found["resumed"] = room.clustered("resumed", "local:1", look).to_progress()
        found["kept"] = [name for name, time in found.pop("left").items() if seen[name] == time]
    found["content"] = [room.content("killed"), room.content("resumed")]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
