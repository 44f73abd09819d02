"""Data sets of awkward extracts, made in this process."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.store.batch.here import Here

from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.store.batch import tasks
from clusteratlas.store.batch.make import make_dataset
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, ingest_files

PLAIN = IngestOptions(workers=0)


def test_workbook_becomes_a_data_set_with_every_row(
    atlas: GeoPackageStore, made: Any, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    names = made.header.split(",")
    rows = [made.line(number).split(",") for number in range(30)]
    pd.DataFrame(rows, columns=names).to_excel(path, index=False)
    data = make_dataset(path, tmp_path, Here(), options=PLAIN, block_rows=7).data
    assert (data.rows, data.usable) == (30, 30)
    summary = ingest_files(atlas, [data.folder], options=PLAIN)
    assert summary.stored == 30


def test_extract_without_rows_is_an_empty_data_set(
    atlas: GeoPackageStore, made: Any, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(made.header + "\n", encoding="utf-8")
    data = make_dataset(path, tmp_path, Here(), options=PLAIN).data
    assert (data.rows, data.parts) == (0, ())
    assert "no rows" in ingest_files(atlas, [data.folder], options=PLAIN).notes[0]


def test_damaged_file_makes_no_data_set(made: Any, tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "x.csv.gz"
    whole = gzip.compress(made.extract(range(4_000)).encode(), compresslevel=1)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileFormatError, match="damaged or cut off"):
        make_dataset(path, tmp_path / "out", Here(), options=PLAIN, block_rows=500)
    assert list((tmp_path / "out").glob("[!.]*")) == []


def test_other_options_make_another_data_set(made: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(made.extract(range(3)), encoding="utf-8")
    one = make_dataset(path, tmp_path, Here(), options=PLAIN)
    same = make_dataset(path, tmp_path, Here(), options=PLAIN)
    kept = IngestOptions(workers=0, keep=("地区",))
    other = make_dataset(path, tmp_path, Here(), options=kept)
    assert same.found == 1
    assert same.data == one.data
    assert other.data.folder != one.data.folder


def test_workers_of_another_version_are_refused(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(made.extract(range(3)), encoding="utf-8")
    cluster = Here()
    monkeypatch.setattr(cluster, "everywhere", lambda *_: ["another"])
    with pytest.raises(InputError, match="another version"):
        make_dataset(path, tmp_path, cluster, options=PLAIN)


def test_small_lots_hold_every_row_once(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusteratlas.store.batch import make, plan

    path = tmp_path / "x.csv"
    path.write_text(made.extract(range(600)), encoding="utf-8")

    def lots(*given: Any, **named: Any) -> list[tasks.PartWork]:
        return plan.plan_parts(*given, **named, part_rows=50)

    monkeypatch.setattr(make, "plan_parts", lots)
    data = make_dataset(path, tmp_path, Here(), options=PLAIN, block_rows=90).data
    assert len(data.parts) > 6
    rows = [first + row for first, _, firms in data.batches(100) for row in firms["row"].tolist()]
    assert rows == list(range(600))
    late = [first for first, _, _ in data.batches(100, skip=250)]
    assert late == [250, 350, 450, 550]
