"""Open a store, or the small tables beside its firms, by its URL."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from clusteratlas.errors import InputError
from clusteratlas.store.base import Store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.geopackage.session import open_journal as open_file_journal
from clusteratlas.store.sql.session import Session

SERVER_SCHEMES: Final = ("postgresql://", "postgres://")


def open_store(url: str, *, writable: bool = False) -> Store:
    """Open the store at ``url``: a path that ends in ``.gpkg``, or ``postgresql://...``.

    Parameters
    ----------
    url
        A GeoPackage is made by the first writable opening, and so are a database's tables.
    writable
        Become the one writer until ``close()``; others go on reading.

    Raises
    ------
    InputError
        If the URL names neither kind of store.
    StoreError
        If the store is missing, locked, damaged or of another version.
    DependencyError
        If a database is named and its driver is not installed.
    """
    if url.startswith(SERVER_SCHEMES):
        from clusteratlas.store.postgis import PostgisStore

        return PostgisStore(url, writable=writable)
    if not url.lower().endswith(".gpkg"):
        raise InputError(f"store {url!r}: expected a path ending in .gpkg, or postgresql://...")
    return GeoPackageStore(Path(url), writable=writable)


def open_journal(url: str, *, write: bool) -> AbstractContextManager[Session]:
    """Open the small tables of a store (tokens, corrections), in one transaction if ``write``.

    They can be written while an ingest holds the store: it is waited for between two of its batches.

    Raises
    ------
    StoreError
        If the store is missing, or stays locked.
    DependencyError
        If a database is named and its driver is not installed.
    """
    if url.startswith(SERVER_SCHEMES):
        from clusteratlas.store.postgis.session import open_journal as open_server_journal

        return open_server_journal(url, write=write)
    return open_file_journal(url, write=write)
