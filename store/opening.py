"""Open a store by its URL."""

from pathlib import Path

from clusteratlas.errors import InputError
from clusteratlas.store.base import Store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.tokens import SERVER_SCHEMES


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
