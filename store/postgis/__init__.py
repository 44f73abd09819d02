"""The store on a database server: PostgreSQL with PostGIS, for many firms and many readers."""

from clusteratlas.store.postgis.store import PostgisStore

__all__ = ["PostgisStore"]
