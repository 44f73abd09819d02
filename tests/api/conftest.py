"""A store built from the shipped data with made-up firms beside, and the application over it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from clusteratlas.api import create_app
from clusteratlas.settings import Settings
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

FIRMS = 3_000

collect_ignore = ["crash_driver.py"]  # a program of test_crash.py


def made_up_firms(n: int = FIRMS) -> pd.DataFrame:
    """Return n registry firms around Shenyang, one in ten without a position."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "enterprise_id": [f"91210100{i:010d}" for i in range(n)],
            "origin": "registry",
            "name": [f"沈阳试验{i}号机器人（{i % 7}）有限公司" for i in range(n)],
            "kind": "enterprise",
            "sectors": np.where(np.arange(n) % 3 == 0, "robotics;nev", "software"),
            "sector_scores": np.where(np.arange(n) % 3 == 0, "0.9;0.4", "0.8"),
            "city": "沈阳市",
            "adcode": np.where(np.arange(n) % 2 == 0, "210106", "210112"),
            "district": np.where(np.arange(n) % 2 == 0, "铁西区", "浑南区"),
            "lon": 123.4 + rng.normal(0, 0.05, n).round(6),
            "lat": 41.75 + rng.normal(0, 0.04, n).round(6),
            "precision": "street",
            "radius_m": 500.0,
            "confidence": 0.8,
            "status": "probable",
            "registered": [f"{2000 + i % 20}-06-15" for i in range(n)],
            "capital": np.arange(n) * 1.5,
        }
    )
    frame.loc[frame.index % 10 == 9, ["lon", "lat", "radius_m"]] = np.nan
    frame.loc[frame.index % 10 == 9, "precision"] = "none"
    for column, kind in ENTERPRISE_COLUMNS.items():
        if column not in frame.columns and column != "fid":
            frame[column] = "" if kind == "str" else np.nan
    return frame


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        with store.writer() as writer:
            writer.upsert_enterprises(made_up_firms())
    return path


def wait_until_ready(client: TestClient) -> None:
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return
        time.sleep(0.05)
    pytest.fail(f"not ready after 30 s: {client.get('/readyz').text}")


@pytest.fixture(scope="session")
def app(store_path: Path) -> FastAPI:
    return create_app(Settings(store=str(store_path), log_level="warning"))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


def start_server(
    store: Path | str, *arguments: str, log: Path | None = None, **environment: str
) -> tuple[subprocess.Popen[bytes], str]:
    """Start ``clusteratlas serve`` on a free port; return the process and its address once ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "clusteratlas", "serve", "--store", str(store)]
    command += ["--port", str(port), *arguments]
    stderr = os.open(log, os.O_WRONLY | os.O_CREAT) if log else subprocess.DEVNULL
    process = subprocess.Popen(command, stderr=stderr, env={**os.environ, **environment})
    if log:
        os.close(stderr)
    url = f"http://127.0.0.1:{port}"
    for _ in range(1800):  # a busy machine starts two workers slowly
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                pytest.fail(f"the server ended with {process.returncode}")
            time.sleep(0.1)
        else:
            return process, url
    process.kill()
    pytest.fail("the server was not ready after 180 s")


@pytest.fixture(scope="session")
def server(store_path: Path) -> Iterator[str]:
    """A real server process over the same store."""
    process, url = start_server(store_path, CLUSTERATLAS_LOG_LEVEL="error")
    yield url
    process.terminate()
    process.wait(20)
