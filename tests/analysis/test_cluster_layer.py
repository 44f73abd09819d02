"""Clusters are kept as a layer of the store and read back with their types."""

from pathlib import Path

import pytest

from clusteratlas.analysis.cluster_layer import update_clusters
from clusteratlas.errors import UnknownNameError
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store


def test_layer_of_the_shipped_anchors(tmp_path: Path) -> None:
    lines: list[str] = []
    with open_store(str(tmp_path / "a.gpkg"), writable=True) as store:
        build_store(store)
        update_clusters(store, simulations=0, tell=lines.append)
        layer = store.collection("clusters")
    assert len(lines) == 28
    assert layer.crs == "EPSG:4326"
    assert layer.is_valid.all()
    assert set(layer["significant"].astype(bool)) <= {False}  # no simulations, no verdict
    assert (layer["n"] >= 5).all()


def test_unknown_sector_is_refused(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "a.gpkg"), writable=True) as store:
        build_store(store)
        with pytest.raises(UnknownNameError, match="no sector 'magic'"):
            update_clusters(store, sectors=["magic"])
