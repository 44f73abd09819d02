"""Embedded (GeoPackage) and server (PostGIS) stores behind one interface."""

from typing import TYPE_CHECKING

from clusteratlas.store.base import Selection, Store, WriteCounts, Writer
from clusteratlas.store.opening import open_store

if TYPE_CHECKING:
    from clusteratlas.store.build import build_store
    from clusteratlas.store.check import check_store
    from clusteratlas.store.export import export_collection
    from clusteratlas.store.ingest import ingest_files

__all__ = [
    "Selection",
    "Store",
    "WriteCounts",
    "Writer",
    "build_store",
    "check_store",
    "export_collection",
    "ingest_files",
    "open_store",
]

_MODULES = {
    "build_store": "build",
    "check_store": "check",
    "export_collection": "export",
    "ingest_files": "ingest",
}


def __getattr__(name: str) -> object:
    """Import the geocoder and classifier only when something is built or ingested."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found
