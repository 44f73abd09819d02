import json
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from clusteratlas.errors import CrsError, InputError, StoreError
from clusteratlas.store import Selection, open_store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.geopackage.connect import WriterLock
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS

Firms = Callable[..., pd.DataFrame]


# --- the file ----------------------------------------------------------------------------------
def test_file_is_a_geopackage_that_gdal_reads(built_path: Path) -> None:
    layers = dict(pyogrio.list_layers(built_path))
    assert set(COLLECTIONS) <= set(layers)
    assert layers["enterprises"] == "Point"
    assert "atlas_meta" not in layers
    info = pyogrio.read_info(built_path, layer="enterprises")
    assert info["crs"] == "EPSG:4326"
    assert info["layer_metadata"]["IDENTIFIER"] == "企业 Enterprises"
    assert info["capabilities"]["fast_spatial_filter"]


def test_file_carries_application_id_and_version(built_path: Path) -> None:
    head = built_path.read_bytes()[:100]
    assert head[68:72] == b"GPKG"
    assert int.from_bytes(head[60:64], "big") == 10301


def test_gdal_spatial_filter_finds_what_the_store_finds(built_path: Path) -> None:
    box = (123.3, 41.7, 123.5, 41.9)
    by_gdal = pyogrio.read_dataframe(built_path, layer="enterprises", bbox=box)
    with open_store(str(built_path)) as store:
        by_store = store.collection("enterprises", selection=Selection(bbox=box))
    assert set(by_store["enterprise_id"]) == set(by_gdal["enterprise_id"])
    assert len(by_store) > 5


def test_gdal_reads_polygons_as_they_were_written(built_path: Path) -> None:
    by_gdal = pyogrio.read_dataframe(built_path, layer="districts")
    assert len(by_gdal) == 100
    assert by_gdal.geometry.is_valid.all()


def test_gdal_may_add_a_point_and_the_index_follows(empty: GeoPackageStore, firms: Firms) -> None:
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(lon=[123.0], lat=[41.0]))
    path = empty.path
    empty.close()
    layer = pyogrio.read_dataframe(path, layer="enterprises")
    layer = layer.set_geometry([shapely.Point(121.5, 39.0)], crs=4326)
    layer["enterprise_id"] = "z"
    pyogrio.write_dataframe(layer, path, layer="enterprises", append=True)
    found = pyogrio.read_dataframe(path, layer="enterprises", bbox=(121, 38, 122, 40))
    assert len(found) == 1


def test_integrity_of_a_built_store(atlas: GeoPackageStore) -> None:
    assert atlas.integrity() == []


# --- opening -----------------------------------------------------------------------------------
def test_open_missing_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="clusteratlas build"):
        open_store(str(tmp_path / "none.gpkg"))


def test_open_other_ending_is_refused() -> None:
    with pytest.raises(InputError, match=r"\.gpkg"):
        open_store("atlas.sqlite")


def test_open_server_url_is_refused_clearly() -> None:
    with pytest.raises(StoreError):
        open_store("postgresql://localhost/atlas")


def test_open_foreign_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(path)
    with pytest.raises(StoreError, match="another program"):
        open_store(str(path), writable=True)


def test_open_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "text.gpkg"
    path.write_text("not a database" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="not a GeoPackage"):
        open_store(str(path))


def test_open_newer_schema_is_refused(atlas: GeoPackageStore) -> None:
    with atlas.writer() as writer:
        writer.put_meta("schema_version", "999")
    atlas.close()
    with pytest.raises(StoreError, match="update clusteratlas"):
        open_store(atlas.url)


def test_second_writer_gets_a_clear_error(atlas: GeoPackageStore) -> None:
    with pytest.raises(StoreError, match="being written by another process"):
        open_store(atlas.url, writable=True)


def test_writer_of_a_read_only_store_is_refused(built_path: Path) -> None:
    with (
        open_store(str(built_path)) as store,
        pytest.raises(StoreError, match="opened for reading"),
        store.writer(),
    ):
        pass


# --- writing -----------------------------------------------------------------------------------
def test_upsert_stores_updates_and_leaves(empty: GeoPackageStore, firms: Firms) -> None:
    with empty.writer() as writer:
        first = writer.upsert_enterprises(firms(lon=[123.0, 124.0], lat=[41.0, 42.0]))
    with empty.writer() as writer:
        second = writer.upsert_enterprises(firms(lon=[123.0, 121.0], lat=[41.0, 39.0]))
    assert (first.read, first.stored, first.updated) == (2, 2, 0)
    assert (second.stored, second.updated, second.unchanged) == (0, 1, 1)
    moved = empty.enterprise("b")
    assert moved is not None
    assert (moved["fid"], moved["lon"], moved["lat"]) == (2, 121.0, 39.0)


def test_history_keeps_the_former_values(empty: GeoPackageStore, firms: Firms) -> None:
    for scope, start in (("造", "2019-01-01T00:00:00Z"), ("修", "2020-01-01T00:00:00Z")):
        with empty.writer() as writer:
            writer.upsert_enterprises(firms(scope=[scope], valid_from=[start]))
    history = empty.history("a")
    assert len(history) == 1
    assert history.loc[0, "valid_from"] == "2019-01-01T00:00:00Z"
    assert history.loc[0, "valid_to"] == "2020-01-01T00:00:00Z"
    assert json.loads(str(history.loc[0, "changed"])) == {"scope": "造"}


def test_version_grows_only_with_changes(empty: GeoPackageStore, firms: Firms) -> None:
    versions = [empty.version()]
    for name in ("甲", "甲", "乙"):
        with empty.writer() as writer:
            writer.upsert_enterprises(firms(name=[name]))
        versions.append(empty.version())
    assert versions == [0, 1, 1, 2]


def test_error_inside_the_block_undoes_everything(empty: GeoPackageStore, firms: Firms) -> None:
    def interrupted() -> None:
        with empty.writer() as writer:
            writer.upsert_enterprises(firms(name=["甲"]))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        interrupted()
    assert empty.enterprise("a") is None
    assert empty.version() == 0


def test_unresolved_enterprise_has_no_geometry(empty: GeoPackageStore, firms: Firms) -> None:
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(lon=[None], lat=[None]))
    layer = empty.collection("enterprises")
    assert layer.geometry.isna().all()
    assert layer["lon"].isna().all()


def test_collection_has_the_columns_and_types_of_the_schema(atlas: GeoPackageStore) -> None:
    layer = atlas.collection("enterprises")
    for name, kind in ENTERPRISE_COLUMNS.items():
        assert str(layer[name].dtype) == kind, name
    assert layer["fid"].is_monotonic_increasing


def test_text_goes_through_unchanged(empty: GeoPackageStore, firms: Firms) -> None:
    text = "甲'\"; DROP TABLE enterprises; --\n\U00020000"
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(name=[text]))
    stored = empty.enterprise("a")
    assert stored is not None
    assert stored["name"] == text


def test_upsert_without_id_is_refused(empty: GeoPackageStore, firms: Firms) -> None:
    with pytest.raises(InputError, match="enterprise_id"), empty.writer() as writer:
        writer.upsert_enterprises(firms(enterprise_id=[""]))


def test_delete_keeps_the_last_state(empty: GeoPackageStore, firms: Firms) -> None:
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(name=["甲公司"], sectors=["robotics"]))
    with empty.writer() as writer:
        assert writer.delete_enterprises(["a", "nobody"]) == 1
    assert empty.search("甲公司").empty
    assert empty.counts().empty
    assert json.loads(empty.history("a")["changed"][0])["name"] == "甲公司"


def test_replace_table_takes_other_columns(empty: GeoPackageStore) -> None:
    frame = pd.DataFrame({"supplier": ["a"], "weight": [0.5], "reason": ["x"]})
    with empty.writer() as writer:
        writer.replace_table("linkages", frame)
    table = empty.table("linkages")
    assert list(table.columns) == ["supplier", "weight", "reason"]
    assert table["weight"].dtype == "float64"


def test_replace_layer_in_another_crs_is_refused(empty: GeoPackageStore) -> None:
    layer = gpd.GeoDataFrame({"cluster_id": ["c"]}, geometry=[shapely.Point(1, 1)], crs=3857)
    with pytest.raises(CrsError, match="EPSG:4326"), empty.writer() as writer:
        writer.replace_table("clusters", layer)


def test_replace_enterprises_as_a_whole_is_refused(empty: GeoPackageStore) -> None:
    with pytest.raises(InputError), empty.writer() as writer:
        writer.replace_table("enterprises", gpd.GeoDataFrame())


def test_unknown_table_and_collection_are_refused(empty: GeoPackageStore) -> None:
    with pytest.raises(InputError, match="no table"):
        empty.table("sqlite_master")
    with pytest.raises(InputError, match="no collection"):
        empty.collection("x")  # type: ignore[arg-type]


# --- readers and a writer ----------------------------------------------------------------------
def test_reader_sees_the_last_committed_state(empty: GeoPackageStore, firms: Firms) -> None:
    with open_store(empty.url) as reader:
        with empty.writer() as writer:
            writer.upsert_enterprises(firms(name=["甲"]))
            assert reader.enterprise("a") is None
        assert reader.enterprise("a") is not None


def test_threads_read_the_same_store(atlas: GeoPackageStore) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(atlas.collection("enterprises"))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(atlas.collection("enterprises"))] * 4


def test_transaction_of_another_program_is_waited_for_and_explained(
    empty: GeoPackageStore, firms: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(empty.path)
    other.execute("BEGIN IMMEDIATE")
    with empty._reading() as session:
        session.run("PRAGMA busy_timeout = 50")
    with pytest.raises(StoreError, match="another program"), empty.writer() as writer:
        writer.upsert_enterprises(firms(name=["甲"]))
    other.close()


def test_batches_cover_everything_in_order(atlas: GeoPackageStore) -> None:
    pieces = list(atlas.batches(columns=["fid", "name"], size=10))
    assert all(len(piece) <= 10 for piece in pieces)
    together = pd.concat(pieces)
    assert together["fid"].is_monotonic_increasing
    assert len(together) == len(atlas.collection("enterprises"))


def test_unknown_column_of_batches_is_refused(atlas: GeoPackageStore) -> None:
    with pytest.raises(InputError, match="no column"):
        next(atlas.batches(columns=["secret"]))


def test_a_writer_leaves_nothing_beside_the_store(tmp_path: Path) -> None:
    with GeoPackageStore(tmp_path / "atlas.gpkg", writable=True):
        assert (tmp_path / "atlas.gpkg.lock").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["atlas.gpkg"]


@pytest.mark.skipif(sys.platform == "win32", reason="SQLite's own lock serves there")
def test_the_lock_of_a_file_that_was_just_removed_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    first, lock = WriterLock(tmp_path / "atlas.gpkg", "atlas.gpkg"), fcntl.flock

    def lock_late(file: Any, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        first.release()  # after the second has opened the file, before it locks it
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    second = WriterLock(tmp_path / "atlas.gpkg", "atlas.gpkg")
    with pytest.raises(StoreError, match="another process"):
        WriterLock(tmp_path / "atlas.gpkg", "atlas.gpkg")
    second.release()
    assert not list(tmp_path.iterdir())
