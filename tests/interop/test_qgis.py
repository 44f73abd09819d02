"""QGIS reads every collection and the vector tiles (Debian: python3-qgis)."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from tests.interop.conftest import Served

from clusteratlas.api.crs import mercator
from clusteratlas.store import open_store
from clusteratlas.store.index import Layer, Snapshot, load_snapshot

BOX = (123.3, 41.7, 123.4, 41.78)
COLLECTIONS = ("enterprises", "parks", "districts", "cities", "clusters")
SCRIPT = Path(__file__).with_name("qgis_reads.py")


@pytest.fixture(scope="module")
def snapshot(served: Served) -> Snapshot:
    with open_store(str(served.store)) as store:
        return load_snapshot(store)


@pytest.fixture(scope="module")
def read(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("qgis")
    folder.chmod(0o700)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)}
    done = subprocess.run(
        ["/usr/bin/python3", str(SCRIPT), served.url, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def shapes(layer: Layer) -> Any:
    if layer.geometry is not None:
        return layer.geometry
    points = shapely.points(layer.lon, layer.lat)
    points[~np.isfinite(layer.lon)] = None
    return points


@pytest.mark.parametrize("name", COLLECTIONS)
def test_collection_is_read_whole(read: Any, snapshot: Snapshot, name: str) -> None:
    found, layer = read["collections"][name], snapshot.layers[name]  # type: ignore[index]
    assert found["valid"], found.get("error")
    assert found["crs"] == "EPSG:4326"
    assert found["count"] == len(found["features"]) == len(layer) > 0
    stored = shapes(layer)
    there = ~(shapely.is_missing(stored) | shapely.is_empty(stored))
    assert found["placed"] == there.sum()
    assert found["broken"] == 0
    assert found["extent"] == pytest.approx(shapely.total_bounds(stored), abs=1e-6)
    ids = {feature[layer.id_column] for feature in found["features"]}
    assert ids == set(layer.values(layer.id_column).to_pylist())


@pytest.mark.parametrize("name", COLLECTIONS)
def test_attributes_and_geometry_are_what_is_stored(
    read: Any, snapshot: Snapshot, name: str
) -> None:
    found, layer = read["collections"][name], snapshot.layers[name]  # type: ignore[index]
    stored = shapes(layer)
    for feature, wkt in zip(found["features"], found["wkt"], strict=False):
        row = layer.row_of(feature[layer.id_column])
        assert row is not None
        for column, value in layer.record(row).items():
            if isinstance(value, float):
                assert float(feature[column]) == pytest.approx(value)
            else:
                assert feature[column] == value or str(feature[column]) == str(value)
        if wkt:
            distance = shapely.hausdorff_distance(shapely.from_wkt(wkt), stored[row])
            assert distance < 2e-6


def test_numbers_and_truths_keep_their_types(read: Any) -> None:
    firms, clusters = (read["collections"][name]["fields"] for name in ("enterprises", "clusters"))
    assert firms["radius_m"] == firms["confidence"] == clusters["p_value"] == "Real"
    assert clusters["n"] == "Integer"
    assert clusters["significant"] == "Boolean"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_box_is_asked_of_the_server(read: Any, snapshot: Snapshot, name: str) -> None:
    layer = snapshot.layers[name]  # type: ignore[index]
    met = shapely.intersects(shapes(layer), shapely.box(*BOX)).sum()
    assert read["collections"][name]["in_box"] == met
    assert met < len(layer)


def test_filter_of_a_layer_leaves_the_right_firms(read: Any, snapshot: Snapshot) -> None:
    firms = snapshot.enterprises
    codes = firms.values("adcode").to_pylist()
    ids = firms.values("enterprise_id").to_pylist()
    right = {one for one, code in zip(ids, codes, strict=True) if code == "210112"}
    assert set(read["filtered"]) == right
    assert len(read["filtered"]) == len(right)


def test_tiles_decode_and_are_drawn_where_things_are(read: Any, snapshot: Snapshot) -> None:
    """What QGIS drew from tiles covers the stored area, and a firm lies where its item says."""
    assert read["tiles_valid"]
    drawn, districts = read["drawn"], snapshot.layers["districts"]
    flat = shapely.transform(
        districts.geometry, lambda xy: np.column_stack(mercator(xy[:, 0], xy[:, 1]))
    )
    one = districts.row_of("210112")
    for name, shape in (("all", shapely.union_all(flat)), ("one", flat[one])):
        pixel = drawn[name]["metres_a_pixel"]
        area, edge = shapely.area(shape) / pixel**2, shapely.length(shape) / pixel
        assert drawn[name]["pixels"] == pytest.approx(area, abs=edge)
        middle = shapely.centroid(shape)
        assert drawn[name]["x"] == pytest.approx(shapely.get_x(middle), abs=3 * pixel)
        assert drawn[name]["y"] == pytest.approx(shapely.get_y(middle), abs=3 * pixel)
    assert drawn["none"]["pixels"] == 0
    assert drawn["firms"]["pixels"] > 50
    row = snapshot.enterprises.row_of("shengu-group")
    assert row is not None
    x, y = mercator(snapshot.enterprises.lon[[row]], snapshot.enterprises.lat[[row]])
    assert drawn["firm"]["pixels"] > 4
    assert drawn["firm"]["x"] == pytest.approx(x[0], abs=25)
    assert drawn["firm"]["y"] == pytest.approx(y[0], abs=25)
