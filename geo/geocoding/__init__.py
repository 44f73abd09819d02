"""Offline geocoding of Liaoning addresses; online providers live in ``providers``."""

from clusteratlas.geo.geocoding.base import Geocoder
from clusteratlas.geo.geocoding.offline import OfflineGeocoder
from clusteratlas.geo.geocoding.result import PRECISIONS, RESULT_COLUMNS, GeocodeResult

__all__ = ["PRECISIONS", "RESULT_COLUMNS", "GeocodeResult", "Geocoder", "OfflineGeocoder"]
