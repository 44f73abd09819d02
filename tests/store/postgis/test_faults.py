"""The database is killed during an ingest: the rerun completes, nothing twice, nothing lost."""

from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from tests.postgres import PostgresServer
from tests.store.conftest import atlas_path  # noqa: F401  # the embedded store, for comparison
from tests.store.ingest.conftest import made  # noqa: F401

from clusteratlas.errors import StoreError
from clusteratlas.store import open_store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, ingest_files
from clusteratlas.store.postgis import PostgisStore
from clusteratlas.store.postgis.writer import PostgisWriter

pytestmark = pytest.mark.postgis

OPTIONS = IngestOptions(workers=0, batch_rows=15, as_of="2026-01-01")
KILLED_IN = 3


@pytest.fixture
def extract(made: Any, tmp_path: Path) -> Path:  # noqa: F811
    path = tmp_path / "extract.csv"
    lines = [made.header, *(made.line(n) for n in range(60)), made.line(61, name="7")]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def rows(store: Any) -> pd.DataFrame:
    frame = pd.DataFrame(store.collection("enterprises").drop(columns="geometry"))
    return frame[frame["origin"].eq("registry")].drop(columns="valid_from")


@pytest.mark.parametrize("moment", ["inside", "after"])
def test_server_killed_during_an_ingest(
    server: PostgresServer,
    atlas: PostgisStore,
    atlas_path: Path,  # noqa: F811
    extract: Path,
    tmp_path: Path,
    moment: str,
) -> None:
    put_run, calls = PostgisWriter.put_run, 0

    def killing(writer: Any, checkpoint: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == KILLED_IN and moment == "inside":
            server.stop("immediate")
        put_run(writer, checkpoint)

    def progress(_: object) -> None:
        if calls == KILLED_IN and moment == "after":
            server.stop("immediate")

    with (
        mock.patch.object(PostgisWriter, "put_run", killing),
        pytest.raises(StoreError, match="connection was lost") as caught,
    ):
        ingest_files(atlas, [extract], options=OPTIONS, progress=progress)
    assert "\n" not in str(caught.value)
    assert server.password not in str(caught.value)
    atlas.close()
    server.start()
    rejects = tmp_path / "rejects.csv"
    with open_store(atlas.url, writable=True) as again:
        before = len(rows(again))
        summary = ingest_files(again, [extract], options=OPTIONS, rejects=rejects)
        assert before == 15 * (KILLED_IN - (moment == "inside"))
        assert summary.resumed == 1
        with GeoPackageStore(atlas_path, writable=True) as quiet:
            ingest_files(quiet, [extract], options=OPTIONS, rejects=tmp_path / "quiet.csv")
            pd.testing.assert_frame_equal(rows(again), rows(quiet))
            pd.testing.assert_frame_equal(again.counts(), quiet.counts())
        assert len(rows(again)) == 60
    assert rejects.read_bytes() == (tmp_path / "quiet.csv").read_bytes()


def test_reader_survives_a_restart(server: PostgresServer, atlas_url: str) -> None:
    with open_store(atlas_url) as reader:
        version = reader.version()
        server.stop("immediate")
        server.start()
        assert reader.version() == version
