"""Embedded (GeoPackage) and server (PostGIS) stores behind one interface."""

from clusteratlas.store.base import Selection, Store, WriteCounts, Writer
from clusteratlas.store.opening import open_store

__all__ = ["Selection", "Store", "WriteCounts", "Writer", "open_store"]
