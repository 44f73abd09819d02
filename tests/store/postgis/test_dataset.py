"""A data set loaded into the store on a server is what a plain ingest makes of the file elsewhere."""

from pathlib import Path

import pytest
from tests.store.batch.conftest import awkward_extract
from tests.store.batch.here import Here
from tests.store.ingest.conftest import Made

from clusteratlas.store.batch.make import make_dataset
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, ingest_files
from clusteratlas.store.postgis import PostgisStore

pytestmark = pytest.mark.postgis
OPTIONS = IngestOptions(workers=0, batch_rows=200, as_of="2026-01-01")


def test_dataset_on_a_server_equals_the_file_in_the_embedded_store(
    atlas: PostgisStore, tmp_path: Path, built_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(awkward_extract(Made(), 300), encoding="utf-8")
    data = make_dataset(path, tmp_path, Here(), options=OPTIONS, block_rows=70).data
    loaded = ingest_files(atlas, [data.folder], options=OPTIONS)
    with GeoPackageStore(built_path.parent / "plain.gpkg", writable=True) as plain:
        read = ingest_files(plain, [path], options=OPTIONS)
        frames = [store.collection("enterprises") for store in (atlas, plain)]
    ours, theirs = (frame.drop(columns=["geometry", "valid_from"]) for frame in frames)
    assert loaded.to_progress() == read.to_progress()
    assert ours.equals(theirs[ours.columns])
