"""The embedded store: one GeoPackage file that QGIS and ArcGIS open as it is."""

from clusteratlas.store.geopackage.store import GeoPackageStore

__all__ = ["GeoPackageStore"]
