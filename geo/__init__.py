"""Datum, distance, districts, joins and geocoding; knows no HTTP."""

from clusteratlas.geo.datum import DATUMS, Datum, convert
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import District, DistrictIndex, locate, resolve_district

__all__ = [
    "DATUMS",
    "Datum",
    "District",
    "DistrictIndex",
    "convert",
    "distance_m",
    "locate",
    "resolve_district",
]
