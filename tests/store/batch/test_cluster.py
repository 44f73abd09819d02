"""Batch work on a cluster comes to what the plain ingest comes to, whatever is lost on the way."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.store.ingest.kill_driver import differences

from clusteratlas.errors import AtlasError, DependencyError, FileFormatError, InputError
from clusteratlas.store.batch.cluster import check_shared, open_cluster
from clusteratlas.store.batch.dataset import MANIFEST, Dataset, open_dataset
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, ingest_files


@pytest.fixture(scope="session")
def dataset(driven: dict[str, Any]) -> Dataset:
    (folder,) = (driven["folder"] / "killed").iterdir()
    return open_dataset(folder)


@pytest.mark.parametrize("name", ["killed", "resumed"])
def test_store_ends_as_after_the_plain_ingest_row_for_row(
    driven: dict[str, Any], name: str
) -> None:
    folder: Path = driven["folder"]
    assert differences(folder / "plain.gpkg", folder / f"{name}.gpkg") == []
    assert (folder / "plain.csv").read_bytes() == (folder / f"{name}.csv").read_bytes()
    assert driven[name] == driven["plain"]
    assert driven["plain"]["stored"] > 1_500
    assert len(driven["plain"]["rejected"]) >= 3


def test_files_are_the_same_bytes_though_a_worker_was_killed(driven: dict[str, Any]) -> None:
    assert driven["pid"] > 0
    killed, resumed = driven["content"]
    assert killed == resumed


def test_rerun_does_not_repeat_finished_blocks(driven: dict[str, Any]) -> None:
    assert len(driven["kept"]) >= 5


def test_an_unfinished_data_set_does_not_show(driven: dict[str, Any]) -> None:
    assert driven["whole"] == []


def test_dataset_alone_brings_the_same_into_another_store(
    driven: dict[str, Any],
    dataset: Dataset,
    atlas_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from clusteratlas.store.ingest import extract

    monkeypatch.setattr(extract, "now", lambda: "2026-01-01T00:00:00.000000Z")
    options = IngestOptions(workers=0, batch_rows=400)
    with GeoPackageStore(atlas_path, writable=True) as store:
        summary = ingest_files(
            store, [dataset.folder], options=options, rejects=tmp_path / "rejects.csv"
        )
        again = ingest_files(store, [dataset.folder], options=options)
    assert differences(driven["folder"] / "plain.gpkg", atlas_path) == []
    assert again.unchanged + sum(again.rejected.values()) == summary.read
    rejected = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert rejected.count("bad_code") == summary.rejected["bad_code"]


def test_dataset_is_ordered_by_city_and_place_and_read_by_others(dataset: Dataset) -> None:
    import geopandas as gpd
    import pyarrow.dataset as pads

    from clusteratlas.store.batch.geoparquet import hilbert_keys

    found = pads.dataset(dataset.folder, partitioning="hive").to_table()
    assert found.num_rows == dataset.usable
    assert sorted(found["row"].to_pylist())[0] >= 0
    shenyang = [part for part in dataset.parts if "210100" in part.path]
    frame = gpd.read_parquet(dataset.folder / shenyang[0].path)
    assert frame.crs.to_epsg() == 4326
    assert set(frame["city"]) == {"沈阳市"}
    assert (hilbert_keys(frame["lon"], frame["lat"])[1:] >= 0).all()
    keys = hilbert_keys(frame["lon"], frame["lat"]).tolist()
    assert keys == sorted(keys)
    west = frame["lon"].median()
    box = (frame["lon"].min(), 41.0, west, 43.0)
    within = gpd.read_parquet(dataset.folder / shenyang[0].path, bbox=box)
    assert len(within) == int(frame["lon"].le(west).sum())


def test_gdal_reads_a_part_where_it_has_the_driver(dataset: Dataset) -> None:
    import pyogrio

    if "Parquet" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no Parquet driver")
    part = dataset.parts[0]
    info = pyogrio.read_info(dataset.folder / part.path)
    assert (info["features"], info["geometry_type"]) == (part.rows, "Point")


def test_damaged_dataset_is_refused_in_a_line(
    dataset: Dataset, atlas: GeoPackageStore, tmp_path: Path
) -> None:
    import shutil

    copy = shutil.copytree(dataset.folder, tmp_path / "copy")
    part = copy / dataset.parts[0].path
    part.write_bytes(part.read_bytes()[:-9] + b"damaged!!")
    with pytest.raises(FileFormatError, match="is not as it was written"):
        ingest_files(atlas, [copy], options=IngestOptions(workers=0))
    (copy / MANIFEST).write_text("{}")
    with pytest.raises(FileFormatError, match="is damaged"):
        ingest_files(atlas, [copy], options=IngestOptions(workers=0))


def test_manifest_may_not_lead_out_of_its_folder(dataset: Dataset, tmp_path: Path) -> None:
    text = (dataset.folder / MANIFEST).read_text()
    (tmp_path / MANIFEST).write_text(text.replace("city_adcode=", "../city_adcode=", 1))
    with pytest.raises(FileFormatError, match="outside the folder"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("local:0", "expected 1 to 64 workers"),
        ("local:many", "expected tcp://HOST:PORT or local:N"),
        ("http://here", "expected tcp://HOST:PORT or local:N"),
        ("tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_bad_address_gets_one_line(
    address: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusteratlas.store.batch import cluster

    monkeypatch.setattr(cluster, "_CONNECT_S", 1)
    with pytest.raises(InputError, match=message) as caught, open_cluster(address):
        pass
    assert "\n" not in str(caught.value)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(DependencyError, match=r"pip install 'clusteratlas\[cluster\]'"),
        open_cluster("local:1"),
    ):
        pass


class _Elsewhere:
    """Workers, one of which does not see the folder."""

    def everywhere(self, function: Any, path: str) -> Iterator[bool]:
        return [function(path), False]  # type: ignore[return-value]


def test_folder_that_is_not_shared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="1 of 2 workers do not see"):
        check_shared(_Elsewhere(), tmp_path)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
