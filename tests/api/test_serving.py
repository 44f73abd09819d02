"""The server as a process: new data without dropped requests, several workers, kills, shutdown."""

import contextlib
import json
import os
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.api.conftest import made_up_firms, start_server
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.store import open_store
from clusteratlas.store.tokens import create_token


@pytest.fixture
def path(store_path: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "atlas.gpkg"
    with sqlite3.connect(store_path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    return copy


def ask(url: str, **options: object) -> dict[str, object]:
    with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=20) as answer:  # type: ignore[arg-type]
        body: dict[str, object] = json.load(answer)
        return body


def count(url: str) -> int:
    body = ask(f"{url}/ogc/collections/enterprises/items?limit=1")
    return int(str(body["numberMatched"]))


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def add_firms(path: Path, n: int) -> None:
    more = made_up_firms(n)
    more["enterprise_id"] = "new-" + more["enterprise_id"]
    with open_store(str(path), writable=True) as store, store.writer() as writer:
        writer.upsert_enterprises(more)


def test_new_data_is_served_within_5_s_and_no_request_fails(path: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process, url = start_server(path, log=log)
    failures: list[str] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            try:
                count(url)
            except (urllib.error.URLError, OSError) as error:
                failures.append(repr(error))

    asker = threading.Thread(target=keep_asking)
    try:
        before = count(url)
        asker.start()
        add_firms(path, 50)
        deadline = time.monotonic() + 5
        while count(url) != before + 50 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert count(url) == before + 50
        # The whole file replaced by another one, as an operator would do it.
        other = path.with_name("other.gpkg")
        with sqlite3.connect(path) as source, sqlite3.connect(other) as target:
            source.backup(target)
            target.execute("DELETE FROM enterprises WHERE enterprise_id LIKE 'new-%'")
        source.close()
        target.close()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        other.replace(path)
        deadline = time.monotonic() + 5
        while count(url) != before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert count(url) == before
    finally:
        done.set()
        asker.join(10)
        process.terminate()
        # The server ends by the signal itself, after it has finished what was under way.
        assert process.wait(20) in {0, -signal.SIGTERM}
    assert failures == []
    assert "Application shutdown complete" in log.read_text()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    access = [line for line in lines if line.get("log") == "access"]
    assert {"id", "route", "status", "ms"} <= set(access[0])


def test_workers_share_the_port_count_together_and_outlive_a_kill(path: Path) -> None:
    process, url = start_server(path, "--workers", "2", CLUSTERATLAS_LOG_LEVEL="error")
    try:
        for _ in range(20):
            count(url)
        workers = [pid for pid in children(process.pid) if b"spawn_main" in command_of(pid)]
        assert len(workers) == 2
        with urllib.request.urlopen(f"{url}/metrics") as answer:
            text = answer.read().decode()
        assert "clusteratlas_requests_total" in text
        os.kill(workers[0], signal.SIGKILL)
        deadline = time.monotonic() + 20
        answered = 0
        while answered < 10 and time.monotonic() < deadline:
            try:
                count(url)
                answered += 1
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # the connection may have been in the killed worker's hands
        assert answered == 10
    finally:
        process.terminate()
        process.wait(30)


def test_killed_server_leaves_each_correction_whole(path: Path) -> None:
    token = create_token(str(path), "editor", ["read", "propose", "review"])
    header = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    process, url = start_server(path, CLUSTERATLAS_LOG_LEVEL="error")
    numbers = []
    for i in range(8):
        body = {
            "enterprise_id": f"91210100{i:010d}",
            "kind": "renamed",
            "change": {"name": f"新名{i}号"},
            "reason": "工商变更",
        }
        filed = ask(f"{url}/v1/corrections", data=json.dumps(body).encode(), headers=header)
        numbers.append(filed["id"])

    def accept(number: object) -> None:
        target = f"{url}/v1/corrections/{number}/review"
        with contextlib.suppress(urllib.error.URLError, OSError):  # killed meanwhile
            ask(target, data=b'{"decision":"accept"}', headers=header)

    threads = [threading.Thread(target=accept, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    time.sleep(0.25)
    process.kill()
    process.wait(20)
    for thread in threads:
        thread.join(20)
    process, url = start_server(path, CLUSTERATLAS_LOG_LEVEL="error")
    try:
        for i, number in enumerate(numbers):
            state = ask(f"{url}/v1/corrections/{number}", headers=header)["state"]
            name = ask(f"{url}/v1/enterprises/91210100{i:010d}")["name"]
            assert (state == "accepted") == (name == f"新名{i}号")
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--store", "/nowhere/atlas.gpkg"], "no store"),
        (["--store", "atlas.txt"], "expected a path ending in .gpkg"),
    ],
)
def test_bad_store_is_one_line(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(build_app(), ["serve", *arguments])
    assert result.exit_code == 1
    assert told in str(result.exception)
    assert "\n" not in str(result.exception)


def test_port_in_use_is_one_line(path: Path, server: str) -> None:
    port = server.rsplit(":", 1)[1]
    result = CliRunner().invoke(build_app(), ["serve", "--store", str(path), "--port", port])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in str(result.exception)
