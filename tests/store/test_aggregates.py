from collections.abc import Callable

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusteratlas.store.geopackage import GeoPackageStore

SECTORS = ("", "robotics", "ic", "robotics;ic")
ROW = st.tuples(
    st.sampled_from("abcdef"),
    st.sampled_from(["210102", "210203", ""]),
    st.sampled_from(SECTORS),
    st.sampled_from(["2001-05-06", "2010-01-01", ""]),
    st.sampled_from([None, 0.1, 100.0, 12345.6789]),
)


def recount(store: GeoPackageStore) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = pd.DataFrame(store.collection("enterprises").drop(columns="geometry"))
    year = rows["registered"].str[:4].replace("", "0").astype("int64")
    rows = rows.assign(year=year, n=1)
    keys = ["adcode", "year", "origin"]
    totals = rows.groupby(keys, as_index=False).agg(n=("n", "sum"), capital=("capital", "sum"))
    split = rows.assign(sector=rows["sectors"].str.split(";")).explode("sector")
    keys = ["adcode", "sector", "year", "origin"]
    counts = split.groupby(keys, as_index=False).agg(n=("n", "sum"), capital=("capital", "sum"))
    return counts, totals


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(ROW, min_size=1, max_size=6, unique_by=lambda r: r[0]), max_size=5))
def test_counts_equal_a_recount_after_any_writes(
    tmp_path_factory: object, batches: list[list[tuple[object, ...]]]
) -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with (
        TemporaryDirectory() as folder,
        GeoPackageStore(Path(folder) / "a.gpkg", writable=True) as store,
    ):
        for batch in batches:
            columns = ["enterprise_id", "adcode", "sectors", "registered", "capital"]
            frame = pd.DataFrame(batch, columns=columns).assign(name="x", origin="registry")
            with store.writer() as writer:
                writer.upsert_enterprises(frame)
        counts, totals = recount(store)
        pd.testing.assert_frame_equal(store.counts(), counts, check_dtype=False)
        pd.testing.assert_frame_equal(store.totals(), totals, check_dtype=False)


def test_counts_of_one_origin(empty: GeoPackageStore, firms: Callable[..., pd.DataFrame]) -> None:
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(sectors=["ic", "ic"], origin=["anchor", "registry"]))
    assert empty.counts(origin="anchor")["n"].tolist() == [1]
    assert empty.counts()["n"].sum() == 2


def test_a_firm_of_two_sectors_counts_in_both_and_once_in_all(
    empty: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    row = firms(sectors=["robotics;ic"], adcode=["210102"], capital=[50.0])
    with empty.writer() as writer:
        writer.upsert_enterprises(row.assign(registered="2004-02-03"))
    counts = empty.counts()
    assert sorted(counts["sector"]) == ["ic", "robotics"]
    assert counts["year"].tolist() == [2004, 2004]
    assert empty.totals()[["n", "capital"]].to_numpy().tolist() == [[1, 50.0]]
