"""The same writes to both stores, then every question to both: the answers are equal row for row."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tests.postgres import PostgresServer

from clusteratlas.store import Selection, open_store
from clusteratlas.store.base import IngestRun, Mark, Store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import COLLECTIONS, ENTERPRISE_COLUMNS, TABLES

pytestmark = pytest.mark.postgis

COUNT = 280
WORDS = ("机器人", "新材料", "航空", "软件", "贸易", "Alpha 3D", "稀土", "医疗器械")
SECTORS = ("", "robotics", "ic;software", "aviation;robotics", "software")
PLACES = (("沈阳市", "210112"), ("沈阳市", "210106"), ("大连市", "210211"), ("鞍山市", ""))


def made_up(seed: int) -> pd.DataFrame:
    """Return firms with every kind of gap, many of them at one place."""
    random = np.random.default_rng(seed)
    at = np.arange(COUNT)
    places = [PLACES[n % len(PLACES)] for n in at]
    frame = pd.DataFrame(
        {
            "enterprise_id": [f"9121{n:014d}" if n % 5 else f"n-{n:016x}" for n in at],
            "origin": "registry",
            "name": [f"{places[n][0][:2]}{WORDS[n % 8]}{n // 40}号有限公司" for n in at],
            "aliases": ["别名甲;Beta" if n % 11 == 0 else "" for n in at],
            "uscc": [f"9121{n:014d}" if n % 5 else "" for n in at],
            "sectors": [SECTORS[n % 5] for n in at],
            "scope": [f"制造{random.integers(4)}" for _ in at],
            "city": [city for city, _ in places],
            "adcode": [adcode for _, adcode in places],
            "lon": random.uniform(119.0, 125.7, COUNT),
            "lat": random.uniform(38.8, 43.4, COUNT),
            "precision": "street",
            "confidence": random.uniform(0, 1, COUNT).round(3),
            "registered": [f"{1990 + n % 30}-03-0{n % 9 + 1}" if n % 7 else "" for n in at],
            "capital": [None if n % 6 == 0 else n * 1.37 for n in at],
            "valid_from": "2026-01-01T00:00:00Z",
        }
    )
    frame.loc[3, "scope"] = 'a "quoted", comma;\n\\N and \\. on two lines'
    frame.loc[4, "scope"] = "NULL"
    frame.loc[::10, ["lon", "lat"]] = [123.4315, 41.8057]
    frame.loc[5::40, ["lon", "lat"]] = np.nan
    return frame


def changed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a later extract: moves, new names, codes that came later, contradictions."""
    later = frame.iloc[::3].copy().assign(valid_from="2026-02-01T00:00:00Z")
    later.loc[later.index % 2 == 0, "scope"] = "修理"
    later.loc[later.index % 9 == 0, ["name", "sectors"]] = ["沈阳改名有限公司", "ic"]
    later.loc[later.index % 4 == 0, "lon"] += 0.01
    later["former_id"] = ""
    coded = later.index % 15 == 0
    later.loc[coded, "former_id"] = later.loc[coded, "enterprise_id"]
    codes = [f"9121{n:014d}" for n in later.index[coded]]
    later.loc[coded, "enterprise_id"] = codes
    later.loc[coded, "uscc"] = codes
    return pd.concat([later, later.iloc[:5].assign(scope="另说")])


def fill(store: Store) -> list[Any]:
    """Write the same things to a store; return what the writer answered."""
    said: list[Any] = [build_store(store)]
    firms = made_up(3).assign(source_date="2026-01-01")
    with store.writer() as writer:
        said.append(writer.upsert_enterprises(firms))
        ids = firms["enterprise_id"].tolist()
        links = [(ids[n], f"anchor-{n % 3}", "branch", 0.5 + n / 1000, "因") for n in range(40)]
        said.append(writer.put_links(ids, links))
        writer.add_rejects("s", [(7, "bad_code"), (3, "missing_name"), (7, "nul_bytes")])
        writer.put_run(IngestRun("s", "甲.csv", "running", "2026-01-01", "jetzt", {"read": 3}))
    with store.writer() as writer:
        later = changed(firms).assign(source_date="2026-02-01")
        said.append(writer.upsert_enterprises(later))
        said.append(writer.delete_enterprises([ids[1], "nobody", ids[2], ids[1]]))
        said.append(writer.put_links(ids[:20], links[:5]))
        said.append(sorted(writer.stored_ids([*ids[:9], "nobody"])))
        said.append(writer.upsert_enterprises(firms.head(9)))
    with store.writer() as writer:
        hulls = gpd.GeoDataFrame(
            {"cluster_id": ["c1", "c2"], "n": [3, 4], "share": [0.5, np.nan], "big": [True, False]},
            geometry=gpd.points_from_xy([123, 122], [41, 40]).buffer(0.1),
            crs=4326,
        )
        writer.replace_table("clusters", hulls)
        writer.replace_table("clusters", hulls.iloc[::-1])
    return said


@contextmanager
def one_clock() -> Iterator[None]:
    with ExitStack() as stack:
        for name in ("build", "sql.writer"):
            target = f"clusteratlas.store.{name}.now_text"
            stack.enter_context(mock.patch(target, return_value="2026-03-01"))
        yield


@pytest.fixture(scope="module")
def both(
    server: PostgresServer, laid_out: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Store]]:
    path = tmp_path_factory.mktemp("parity") / "atlas.gpkg"
    url = server.url(server.database(laid_out))
    with open_store(str(path), writable=True) as one, open_store(url, writable=True) as other:
        with one_clock():
            assert fill(one) == fill(other)
        yield one, other


def same(one: Any, other: Any) -> None:
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


Both = tuple[Store, Store]
SELECTIONS = [
    None,
    Selection(origin="anchor"),
    Selection(origin="registry", sectors=("robotics", "ic")),
    Selection(adcodes=("210100", "210211")),
    Selection(adcodes=("210000",), min_confidence=0.7),
    Selection(bbox=(123.0, 41.5, 123.4315, 41.8057)),
    Selection(bbox=(120.0, 39.0, 124.0, 42.0), adcodes=("210112",), sectors=("software",)),
    Selection(sectors=("nobody",)),
    Selection(origin="neither"),
]


def test_summary_version_and_meta(both: Both) -> None:
    one, other = both
    assert one.summary() == other.summary()
    assert one.version() == other.version() > 0
    assert one.meta("built") == other.meta("built") == "2026-03-01"
    assert other.meta("nothing") is None


@pytest.mark.parametrize("name", TABLES)
def test_tables(both: Both, name: str) -> None:
    same(both[0].table(name), both[1].table(name))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_collections(both: Both, name: Any) -> None:
    one, other = (store.collection(name) for store in both)
    assert len(one) > 0
    assert one.crs == other.crs
    assert one.geometry.to_wkb().tolist() == other.geometry.to_wkb().tolist()
    same(one.drop(columns="geometry"), other.drop(columns="geometry"))


@pytest.mark.parametrize("selection", SELECTIONS)
def test_selections(both: Both, selection: Selection | None) -> None:
    one, other = (store.collection("enterprises", selection=selection) for store in both)
    same(one.drop(columns="geometry"), other.drop(columns="geometry"))
    pieces = list(both[1].batches(columns=["name", "fid"], selection=selection, size=37))
    assert [fid for piece in pieces for fid in piece["fid"]] == one["fid"].tolist()


@pytest.mark.parametrize("least", [0, 30_000_000])  # by a process of its own, and directly
def test_columns(both: Both, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusteratlas.store.arrow_reader.LARGE_BYTES", least)
    file, server = (store.columns(leave=["scope"]).to_pandas() for store in both)
    assert "scope" not in server.columns
    assert len(server) > COUNT
    file = file[list(server.columns)]
    for name in server.columns:
        numbers = ENTERPRISE_COLUMNS[name] == "float64"
        ours, theirs = (
            f[name] if numbers else f[name].fillna("").astype("str") for f in (server, file)
        )
        pd.testing.assert_series_equal(ours, theirs, check_dtype=False)


def test_columns_keep_what_csv_could_break(both: Both) -> None:
    everyone = pd.concat(both[1].batches(columns=["name", "scope", "lon"]))
    columns = both[1].columns().to_pandas()[["name", "scope", "lon"]]
    pd.testing.assert_frame_equal(
        columns.reset_index(drop=True), everyone.reset_index(drop=True), check_dtype=False
    )


def test_what_changed_since_a_moment(both: Both) -> None:
    told = []
    for store in both:
        assert isinstance(store, Store)
        now, start = store.mark(), Mark(100, 3)
        assert store.changed_since(now, most=10) == []
        assert store.changed_since(start, most=10) is None
        fids = store.changed_since(start, most=1_000)
        assert fids is not None
        part = store.columns_of(fids, leave=["scope"]).to_pandas()
        whole = pd.concat(store.batches(columns=list(part.columns)))
        expected = whole[whole["fid"].isin(fids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, expected, check_dtype=False)
        told.append((now, fids, store.count()))
    assert told[0] == told[1]


def test_enterprise_history_and_links(both: Both) -> None:
    one, other = both
    ids = one.collection("enterprises")["enterprise_id"]
    for enterprise_id in [*ids.iloc[::9], "nobody"]:
        pd.testing.assert_series_equal(
            pd.Series(one.enterprise(enterprise_id)), pd.Series(other.enterprise(enterprise_id))
        )
    for enterprise_id in [*made_up(3)["enterprise_id"].head(30), "anchor-1"]:
        same(one.history(enterprise_id), other.history(enterprise_id))
        same(one.links(enterprise_id), other.links(enterprise_id))


@pytest.mark.parametrize("origin", ["", "anchor", "registry"])
def test_counts_and_totals(both: Both, origin: str) -> None:
    one, other = both
    same(one.counts(origin=origin), other.counts(origin=origin))
    same(one.totals(origin=origin), other.totals(origin=origin))


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("radius", [None, 0.0, 60_000.0])
def test_nearest(both: Both, selection: Selection | None, radius: float | None) -> None:
    one, other = both
    for lon, lat, k in ((123.4315, 41.8057, 25), (121.6, 38.9, 3), (-60.0, -10.0, 7)):
        arguments: dict[str, Any] = {"k": k, "radius_m": radius, "selection": selection}
        same(one.nearest(lon, lat, **arguments), other.nearest(lon, lat, **arguments))


@pytest.mark.parametrize(
    "text",
    ["机器人", "改名", "沈阳", "alpha", "3d", "Beta", "别", "syjqr", "jqr", "9121", "91210000",
     "912100000000000123", "沈阳机器人 3", "号有限公司", "%", "'", "\\", "司 甲", "ＡＬＰＨＡ"],
)  # fmt: skip
def test_search(both: Both, text: str) -> None:
    one, other = both
    same(one.search(text, limit=400), other.search(text, limit=400))


def test_of_more_matches_than_are_scored_both_take_the_same(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusteratlas.store.sql.search.CANDIDATES", 25)
    for text in ("有限公司", "沈阳", "s"):
        one, other = (store.search(text, limit=400) for store in both)
        assert len(one) == 25
        same(one, other)


def test_checkpoints_and_rejects(both: Both) -> None:
    one, other = both
    assert one.ingest_run("s") == other.ingest_run("s")
    assert other.ingest_run("none") is None
    assert (
        list(one.rejects("s"))
        == list(other.rejects("s"))
        == [
            (3, "missing_name"),
            (7, "nul_bytes"),
        ]
    )
