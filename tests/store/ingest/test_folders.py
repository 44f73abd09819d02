"""Folders of Parquet files as an extract, whoever wrote them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clusteratlas.errors import FileFormatError
from clusteratlas.store.export import export_collection
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestSummary

Ingest = Callable[..., IngestSummary]


def test_partitions_are_found_and_their_names_are_columns(
    atlas: GeoPackageStore, ingest: Ingest, made: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "extract"
    for number, city in enumerate(["%E5%A4%A7%E8%BF%9E", "鞍山"]):
        part = folder / f"地区={city}"
        part.mkdir(parents=True)
        rows = pd.DataFrame({"企业名称": [f"某{number}公司"], "代码": [made.code(number)]})
        rows.to_parquet(part / "part-0.parquet")
        rows.to_parquet(part / "_draft.parquet")
    (folder / "_SUCCESS").touch()
    summary = ingest(folder, mapping=("uscc=代码",))
    assert (summary.read, summary.stored) == (2, 2)
    cities = [atlas.enterprise(made.code(number))["city"] for number in range(2)]  # type: ignore[index]
    assert cities == ["大连市", "鞍山市"]
    again = ingest(folder, mapping=("uscc=代码",))
    assert again.unchanged == 2


def test_exported_enterprises_come_back_with_their_capital(
    atlas: GeoPackageStore, ingest: Ingest, made: Any, tmp_path: Path
) -> None:
    ingest(made.extract(range(5)))
    path = tmp_path / "out.parquet"
    export_collection(atlas, "enterprises", path)
    rows = pd.read_parquet(path)
    rows[rows["origin"] == "registry"].to_parquet(tmp_path / "firms.parquet")
    before = atlas.enterprise(made.code(3))
    summary = ingest(tmp_path / "firms.parquet")
    after = atlas.enterprise(made.code(3))
    assert before is not None
    assert after is not None
    assert summary.read == 5
    assert (after["capital"], after["registered"]) == (before["capital"], before["registered"])


def test_folder_without_parquet_gets_one_line(ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileFormatError, match=r"folder with 0 \.parquet files"):
        ingest(tmp_path / "empty")
