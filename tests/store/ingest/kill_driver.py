"""Ingest in forked children that are killed or run out of room, and compare with a quiet run.

Usage: ``kill_driver.py kill|full ATLAS EXTRACT FOLDER KILLS [SEED]``; prints one line of JSON.
"""

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import clusteratlas.store.ingest.extract as one_extract
from clusteratlas.errors import StoreError
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, ingest_files

OPTIONS = IngestOptions(workers=0, batch_rows=40)
SKIPPED = ("sqlite_sequence",)


def ingest(atlas: Path, extract: Path, rejects: Path) -> None:
    with GeoPackageStore(atlas, writable=True) as store:
        ingest_files(store, [extract], options=OPTIONS, rejects=rejects)


def child(atlas: Path, extract: Path, rejects: Path, limit: int | None = None) -> tuple[int, int]:
    """Start an ingest in a child; return its id and the end of a pipe for its error."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.close(reader)
    try:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        ingest(atlas, extract, rejects)
    except StoreError as error:
        os.write(writer, str(error).encode())
        os._exit(1)
    os._exit(0)


def dump(atlas: Path) -> dict[str, list[Any]]:
    """Return every table row for row, apart from the date of the last change."""
    connection = sqlite3.connect(atlas)
    names = [
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if row[0] not in SKIPPED
    ]
    rows = {
        name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
        for name in names
        if not name.startswith(("rtree_", "enterprise_terms_"))
    }
    rows["gpkg_contents"] = [
        repr(row)
        for row in connection.execute("SELECT table_name, min_x, max_y FROM gpkg_contents")
    ]
    connection.close()
    return rows


def differences(one: Path, other: Path) -> list[str]:
    left, right = dump(one), dump(other)
    return [name for name in sorted(left | right) if left.get(name) != right.get(name)]


def damage(atlas: Path) -> list[str]:
    with GeoPackageStore(atlas) as store:
        return store.integrity()


def kill(
    quiet: Path, base: Path, extract: Path, folder: Path, kills: int, seconds: float, seed: int
) -> dict[str, Any]:
    """Kill children until there were enough, beginning anew whenever one comes to its end."""
    chance = random.Random(seed)
    atlas, rejects = folder / "killed.gpkg", folder / "killed.csv"
    done, rounds = 0, 0
    found: dict[str, Any] = {"damage": [], "differences": [], "rejects_equal": True}
    while done < kills or rounds == 0:
        for path in folder.glob("killed.*"):
            path.unlink()
        shutil.copy(base, atlas)
        rounds += 1
        while True:
            pid, reader = child(atlas, extract, rejects)
            os.close(reader)
            if done < kills:
                time.sleep(chance.uniform(0, seconds * 0.5))
                os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if not os.WIFSIGNALED(status):
                break
            done += 1
            found["damage"] += damage(atlas)
        found["differences"] += differences(quiet, atlas)
        same = rejects.read_bytes() == (folder / "quiet.csv").read_bytes()
        found["rejects_equal"] = found["rejects_equal"] and same
    return found | {"kills": done, "rounds": rounds}


def full(quiet: Path, base: Path, extract: Path, folder: Path) -> dict[str, Any]:
    """Let no file (the write-ahead log first) grow beyond 600 kB, then without a limit."""
    atlas, rejects = folder / "full.gpkg", folder / "full.csv"
    shutil.copy(base, atlas)
    pid, reader = child(atlas, extract, rejects, limit=600_000)
    with os.fdopen(reader) as pipe:
        message = pipe.read()
    os.waitpid(pid, 0)
    broken = damage(atlas)
    ingest(atlas, extract, rejects)
    return {"error": message, "damage": broken, "differences": differences(quiet, atlas)}


def main(mode: str, base: str, extract: str, folder: str, kills: str, seed: str = "1") -> None:
    room = Path(folder)
    quiet = room / "quiet.gpkg"
    with mock.patch.object(one_extract, "now", return_value="2026-01-01T00:00:00.000000Z"):
        for _ in range(2):  # the first run also loads the tables that children then share
            shutil.copy(base, quiet)
            started = time.monotonic()
            ingest(quiet, Path(extract), room / "quiet.csv")
            seconds = time.monotonic() - started
        if mode == "kill":
            count = int(kills)
            found = kill(quiet, Path(base), Path(extract), room, count, seconds, int(seed))
        else:
            found = full(quiet, Path(base), Path(extract), room)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
