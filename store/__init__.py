"""Embedded (GeoPackage) and server (PostGIS) stores behind one interface."""
