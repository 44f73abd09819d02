"""A new version of the atlas out of the old one and what changed equals one that is read whole."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusteratlas.api.feature_bytes import LateBytes, card_bytes, feature_bytes
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.index import Snapshot, load_snapshot, read_enterprises
from clusteratlas.store.schema import ENTERPRISE_COLUMNS


def firms(first: int, last: int, **given: object) -> pd.DataFrame:
    """Return firms with numbered names and ids."""
    numbers = range(first, last)
    frame = pd.DataFrame(
        {
            "enterprise_id": [f"n-{i}" for i in numbers],
            "origin": "registry",
            "name": [f"沈阳{i}号厂" for i in numbers],
            "sectors": ["robotics" if i % 2 else "" for i in numbers],
            "lon": [123.0 + i / 1e4 for i in numbers],
            "lat": 41.5,
            "capital": [float(i) if i % 3 else np.nan for i in numbers],
            **given,
        }
    )
    for column, kind in ENTERPRISE_COLUMNS.items():
        if column not in frame.columns and column != "fid":
            frame[column] = "" if kind == "str" else np.nan
    return frame


def same(one: Snapshot, other: Snapshot) -> None:
    """Assert that two snapshots answer alike."""
    a, b = one.enterprises, other.enterprises
    assert a.fid.tolist() == b.fid.tolist()
    assert [a.record(row) for row in range(len(a))] == [b.record(row) for row in range(len(b))]
    np.testing.assert_array_equal(a.lon, b.lon)
    assert {k: v.tolist() for k, v in one.sector_rows.items()} == {
        k: v.tolist() for k, v in other.sector_rows.items()
    }
    for row in range(0, len(a), 97):
        assert a.row_of(a.values("enterprise_id")[row].as_py()) == row
    for query in ("沈阳", "沈阳60", "改名", "gmc", "gaiming", "沈号", "7号厂", "沈河", "航空"):
        for kind in (None, "enterprise", "district"):
            found, expected = (of.names.search(query, limit=8, kind=kind) for of in (one, other))
            assert found == expected, (query, kind)
    for sectors in (None, ("robotics",), ("robotics", "aviation")):
        near = [
            of.neighbours.nearest(123.0123, 41.5, k=40, sectors=sectors, min_confidence=least)
            for of in (one, other)
            for least in (0.0, 0.5)
        ]
        for (rows, metres), (wanted, truth) in zip(near[:2], near[2:], strict=True):
            assert sorted(rows.tolist()) == sorted(wanted.tolist())
            np.testing.assert_allclose(metres, truth, atol=1e-3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        with store.writer() as writer:
            writer.upsert_enterprises(firms(0, 6000))
    return path


def write(path: Path, step: str) -> None:
    with open_store(str(path), writable=True) as store, store.writer() as writer:
        if step == "added":
            writer.upsert_enterprises(firms(6000, 6100))
        elif step == "changed":
            writer.upsert_enterprises(firms(50, 60, name="改名厂", note="改"))
        elif step == "deleted":
            writer.delete_enterprises(["n-7", "n-6050"])
        else:
            writer.put_meta("touched", "yes")


def test_what_is_taken_over_equals_what_is_read_whole(path: Path) -> None:
    with open_store(str(path)) as store:
        old = load_snapshot(store)
        late = [LateBytes(old.enterprises, code) for code in (feature_bytes, card_bytes)]
        for one in late:
            one.prepare()
        for step, count in (("added", 100), ("changed", 10), ("deleted", 2), ("other", 0)):
            write(path, step)
            new, whole = load_snapshot(store, old), load_snapshot(store)
            assert new.changed is not None
            assert len(new.changed) == count, step
            same(new, whole)
            rows = np.arange(len(whole.enterprises))
            fresh = []
            for before, code in zip(late, (feature_bytes, card_bytes), strict=True):
                after = LateBytes(new.enterprises, code)
                after.take_over(before, new.changed)
                assert after.is_ready
                expected = LateBytes(whole.enterprises, code)
                assert after.pieces(rows) == expected.pieces(rows)
                fresh.append(after)
            assert fresh[0].page(rows) == LateBytes(whole.enterprises, feature_bytes).page(rows)
            old, late = new, fresh


def test_what_changed_is_indexed_with_the_rest_in_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(str(path)) as store:
        old = load_snapshot(store)
        for step in ("added", "changed", "deleted"):
            write(path, step)
            old = load_snapshot(store, old)
        assert old.indexed_anew() is None
        assert len(old.since.named.rows) == 100 - 1 + 10  # n-6050 was added and deleted
        monkeypatch.setattr("clusteratlas.store.index.MOST_BESIDE", 0)
        monkeypatch.setattr("clusteratlas.store.index.BESIDE_SHARE", 0.0)
        near = old.indexed_anew()
        assert near is not None
        both = near.indexed_anew()
        assert both is not None
        assert both.indexed_anew() is None
        for anew in (near, both):
            same(anew, load_snapshot(store))
        write(path, "other")
        same(load_snapshot(store, both), old)


def test_a_write_while_all_is_read_is_seen_as_a_whole(path: Path) -> None:
    with open_store(str(path)) as store:
        reading = read_enterprises(store)
        for step in ("added", "changed", "deleted"):
            write(path, step)
        same(load_snapshot(store, reading=reading), load_snapshot(store))


def test_all_is_read_where_too_much_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusteratlas.store.index.MOST_CHANGED", 99)
    with open_store(str(path)) as store:
        old = load_snapshot(store)
        write(path, "added")
        new = load_snapshot(store, old)
        assert new.changed is None
        assert len(new.enterprises) == len(old.enterprises) + 100
