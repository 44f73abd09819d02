"""Accept a correction again and again, killed at every statement and at many moments in between.

    python crash_driver.py STORE FOLDER

Prints one JSON line: for each kill, where it struck and what the store then held. test_crash.py judges.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from clusteratlas.store import open_store
from clusteratlas.store.corrections import get_correction, propose, review

MOST_STATEMENTS = 400
MOMENTS = 40
FIRM = "shengu-group"


def prepared(source: Path, folder: Path) -> tuple[Path, int]:
    """Return a store with one open proposal."""
    path = folder / "prepared.gpkg"
    copy(source, path)
    change = {"lon": 123.45, "lat": 41.72, "radius_m": 50}
    with open_store(str(path)) as store:
        return path, propose(store, FIRM, "position", change, "现场核实", "浑南区工信局").id


def held(path: Path, number: int) -> dict[str, Any]:
    """Return what a store holds of the correction and of its firm."""
    with open_store(str(path)) as store:
        firm = store.enterprise(FIRM)
        correction = get_correction(store, number)
        assert firm is not None
        return {
            "state": correction.state,
            "lon": firm["lon"],
            "radius_m": firm["radius_m"],
            "coord_source": firm["coord_source"],
            "history": len(store.history(FIRM)),
            "trail": bool(correction.reviewed_by) and bool(correction.after),
            "version": store.version(),
        }


def whole(path: Path) -> str:
    """Return what SQLite's own check says."""
    connection = sqlite3.connect(path)
    found = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    connection.close()
    return found


def killed_at(statement: int, path: Path, number: int) -> bool:
    """Accept in a child that is killed before its n-th statement; False if it came to its end."""
    child = os.fork()
    if child == 0:
        left = statement
        connect = sqlite3.connect

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def traced(*arguments: Any, **named: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **named)
            connection.set_trace_callback(count)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]
        review(str(path), number, "accept", by="editor")
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def killed_after(seconds: float, path: Path, number: int) -> bool:
    """Accept in a child that is killed after some time; False if it had ended before."""
    child = os.fork()
    if child == 0:
        review(str(path), number, "accept", by="editor")
        os._exit(0)
    time.sleep(seconds)
    os.kill(
        child, signal.SIGKILL
    )  # until it is waited for, a child that has ended keeps its number
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def fresh(prototype: Path, folder: Path) -> Path:
    """Return a new copy of the prepared store."""
    path = folder / "copy.gpkg"
    for old in folder.glob("copy.gpkg*"):
        old.unlink()
    copy(prototype, path)
    return path


def copy(source: Path, target: Path) -> None:
    """Copy a store with what still lies in its write-ahead log."""
    old, new = sqlite3.connect(source), sqlite3.connect(target)
    old.backup(new)
    old.close()
    new.close()


def main(source: Path, folder: Path) -> dict[str, Any]:
    """Return everything that was found."""
    prototype, number = prepared(source, folder)
    before, results = held(prototype, number), []
    for statement in range(1, MOST_STATEMENTS):
        path = fresh(prototype, folder)
        struck = killed_at(statement, path, number)
        results.append({"at": statement, "check": whole(path), **held(path, number)})
        if not struck:
            break
        if statement % 8 == 1 and results[-1]["state"] == "proposed":  # can be done again
            review(str(path), number, "accept", by="editor")
            results[-1]["again"] = held(path, number)["state"]
    began = time.perf_counter()
    review(str(fresh(prototype, folder)), number, "accept", by="editor")
    lasts = time.perf_counter() - began
    for moment in range(MOMENTS):
        path = fresh(prototype, folder)
        killed_after(2 * lasts * moment / MOMENTS, path, number)
        results.append({"at": f"moment {moment}", "check": whole(path), **held(path, number)})
    return {"before": before, "results": results}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
