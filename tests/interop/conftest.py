"""A server with every collection filled, for other programs to read; run by ``make interop``.

These programs are large (QGIS some 1 GB), so nothing here is collected unless CLUSTERATLAS_INTEROP is
set, as ``make interop`` does; then an absent program is a failure.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.api.conftest import made_up_firms, start_server

from clusteratlas.analysis.cluster_layer import update_clusters
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store

collect_ignore = ["qgis_reads.py"]  # for the system's Python, which has QGIS
collect_ignore_glob = [] if os.environ.get("CLUSTERATLAS_INTEROP") else ["test_*.py"]

PAGE_ORIGIN = "http://127.0.0.1:{port}"


@dataclass(frozen=True)
class Served:
    """A running server: its address, its store, and the origin whose pages may read it."""

    url: str
    store: Path
    page_port: int


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("interop") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        with store.writer() as writer:
            writer.upsert_enterprises(made_up_firms())
        update_clusters(store, sectors=["robotics"], simulations=9)
    page_port = 18_990
    process, url = start_server(
        path, CLUSTERATLAS_CORS_ORIGINS=f'["{PAGE_ORIGIN.format(port=page_port)}"]'
    )
    yield Served(url, path, page_port)
    process.terminate()
    process.wait(20)
