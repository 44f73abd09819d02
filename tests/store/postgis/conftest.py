"""One private server for the session, and the stores of ``tests/store`` on it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.conftest import skip_or_fail
from tests.postgres import PostgresServer, lacking

from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.postgis import PostgisStore


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    if reason := lacking():
        skip_or_fail(reason)
    with PostgresServer() as running:
        yield running


@pytest.fixture(scope="session")
def laid_out(server: PostgresServer) -> str:
    """Name of a database that holds an empty atlas."""
    name = server.database()
    with open_store(server.url(name), writable=True):
        return name


@pytest.fixture(scope="session")
def built(server: PostgresServer, laid_out: str) -> str:
    """Name of a database that holds the shipped data."""
    name = server.database(laid_out)
    with open_store(server.url(name), writable=True) as store:
        build_store(store)
    return name


@contextmanager
def copied(server: PostgresServer, template: str) -> Iterator[str]:
    """Copy a database; it is dropped at the end, because hundreds would fill the disk."""
    name = server.database(template)
    yield server.url(name)
    server.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty(server: PostgresServer, laid_out: str) -> Iterator[PostgisStore]:
    with copied(server, laid_out) as url, PostgisStore(url, writable=True) as store:
        yield store


@pytest.fixture
def atlas_url(server: PostgresServer, built: str) -> Iterator[str]:
    with copied(server, built) as url:
        yield url


@pytest.fixture
def atlas(atlas_url: str) -> Iterator[PostgisStore]:
    with PostgisStore(atlas_url, writable=True) as store:
        yield store
