"""One loaded geocoder for all tests of this folder."""

import pytest

from clusteratlas.geo.geocoding import OfflineGeocoder


@pytest.fixture(scope="session")
def geocoder() -> OfflineGeocoder:
    return OfflineGeocoder()
