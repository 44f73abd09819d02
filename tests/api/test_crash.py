"""A correction is wholly there or wholly not, wherever the process is killed."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import start_server
from tests.api.crash_driver import FIRM, copy, held, whole

from clusteratlas.store.tokens import create_token

DRIVER = Path(__file__).with_name("crash_driver.py")


def assert_whole(found: dict[str, Any], before: dict[str, Any]) -> None:
    """Assert that a store holds all of a correction, or nothing of it."""
    if found["state"] == "proposed":
        same = ("lon", "radius_m", "coord_source", "history", "version")
        assert {name: found[name] for name in same} == {name: before[name] for name in same}
        assert not found["trail"]
    else:
        assert found["state"] == "accepted"
        assert (found["lon"], found["radius_m"]) == (123.45, 50)
        assert found["trail"]
        assert found["history"] == before["history"] + 1
        assert found["version"] > before["version"]


def test_killed_at_every_statement_and_in_between(store_path: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.gpkg"
    copy(store_path, source)
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(source), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    results = found["results"]
    statements = [one for one in results if isinstance(one["at"], int)]
    assert len(statements) > 20  # so many statements there are, each was a place to be killed at
    assert len(results) - len(statements) == 40
    assert {one["state"] for one in statements} == {"proposed", "accepted"}
    for one in results:
        assert one["check"] == "ok"
        assert_whole(one, found["before"])
    assert {one["again"] for one in results if "again" in one} == {"accepted"}


def ask(url: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        loaded: dict[str, Any] = json.load(answer)
        return loaded


def proposed(url: str, token: str) -> int:
    change = {"lon": 123.45, "lat": 41.72, "radius_m": 50}
    body = {"enterprise_id": FIRM, "kind": "position", "change": change, "reason": "现场核实"}
    return int(ask(f"{url}/v1/corrections", token, body)["id"])


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(one) for one in listed]


def spawned_workers(process: int) -> list[int]:
    """Return the processes that answer requests, without the helper that only counts resources."""
    return [
        one
        for one in children(process)
        if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]


@pytest.mark.parametrize("what", ["server", "worker"])
def test_killed_server_or_worker_leaves_it_whole(
    store_path: Path, tmp_path: Path, what: str
) -> None:
    """Over HTTP: while a correction is accepted, everything or one worker is killed."""
    path = tmp_path / "atlas.gpkg"
    copy(store_path, path)
    token = create_token(str(path), "编辑", ("read", "propose", "review"))
    process, url = start_server(path, "--workers", "2", CLUSTERATLAS_LOG_LEVEL="error")
    chance = random.Random(what)
    try:
        for _ in range(1 if what == "server" else 3):
            number = proposed(url, token)
            before = held(path, number)
            review = f"{url}/v1/corrections/{number}/review"

            def accept(address: str = review) -> None:
                with contextlib.suppress(OSError):  # it breaks: that is what is tried here
                    ask(address, token, {"decision": "accept"})

            thread = threading.Thread(target=accept)
            thread.start()
            time.sleep(chance.uniform(0.0, 0.06))
            workers = spawned_workers(process.pid)
            killed = [process.pid, *workers] if what == "server" else workers[:1]
            for one in killed:
                os.kill(one, signal.SIGKILL)
            thread.join(30)
            after = held(path, number)
            assert_whole(after, before)
            assert whole(path) == "ok"
            if what == "worker":
                if after["state"] == "proposed":
                    patient(review, token, {"decision": "accept"})
                patient(review, token, {"decision": "revert"})
                assert held(path, number)["state"] == "reverted"
                assert held(path, number)["lon"] == before["lon"]
    finally:
        for one in [*_living(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait(20)


def _living(process: int) -> list[int]:
    try:
        return children(process)
    except FileNotFoundError:
        return []


def patient(url: str, token: str, body: dict[str, Any]) -> None:
    """Ask again while the killed worker's connections still break."""
    for _ in range(60):
        try:
            ask(url, token, body)
        except urllib.error.HTTPError as error:
            if error.code == 409:  # an earlier try was done, but too slowly for its answer
                error.close()
                return
            pytest.fail(f"{body}: {error.read().decode()}")
        except (OSError, sqlite3.Error):
            time.sleep(0.2)
        else:
            return
    pytest.fail("no worker answers")
