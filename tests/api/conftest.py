"""A store built from the shipped data, and the application over it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from clusteratlas.api import create_app
from clusteratlas.settings import Settings
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
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
