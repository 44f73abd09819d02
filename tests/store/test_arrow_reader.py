"""Processes that each read a range give the rows that one reading gives."""

from pathlib import Path

import pyarrow as pa
import pytest

from clusteratlas.errors import StoreError
from clusteratlas.store import arrow_reader, open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.index import DETAIL_COLUMNS, point_layer


def test_ranges_share_out_all_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_reader, "FEWEST_ROWS", 100)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert arrow_reader._ranges(1000) == [(0, 333), (333, 666), (666, -1)]
    assert arrow_reader._ranges(150) == [(0, -1)]
    assert arrow_reader._ranges(0) == [(0, -1)]


def test_a_store_read_by_several_is_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        leave = sorted(DETAIL_COLUMNS)
        plain = point_layer("enterprises", store.columns(leave=leave))
        monkeypatch.setattr(arrow_reader, "LARGE_BYTES", 0)
        monkeypatch.setattr(arrow_reader, "FEWEST_ROWS", 50)
        monkeypatch.setattr("os.cpu_count", lambda: 3)
        shared = point_layer("enterprises", store.columns(leave=leave))
    assert len(shared) == len(plain) > 100
    assert shared.fid.tolist() == plain.fid.tolist()
    assert set(shared.columns) == set(plain.columns)
    for name in plain.columns:
        texts = (layer.table[name] for layer in (plain, shared))
        one, other = (
            column.cast(pa.large_string()) if pa.types.is_dictionary(column.type) else column
            for column in texts
        )
        assert one.to_pylist() == other.to_pylist(), name


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.gpkg"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="could not be read"):
        arrow_reader.read_enterprises(str(path), leave=[], last=10)
