import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, IngestSummary, Progress, ingest_files

Ingest = Callable[..., IngestSummary]


def registry(atlas: GeoPackageStore) -> pd.DataFrame:
    return pd.DataFrame(atlas.collection("enterprises").query("origin == 'registry'"))


# --- a whole row -------------------------------------------------------------------------------
def test_row_is_located_classified_and_counted(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    summary = ingest(made.extract([0]))
    firm = atlas.enterprise(made.code(0))
    assert firm is not None
    assert firm["adcode"] == "210112"
    assert firm["district"] == "浑南区"
    assert firm["city"] == "沈阳市"
    assert firm["capital"] == 1.0
    assert firm["registered"] == "2000-01-15"
    assert "robotics" in firm["sectors"].split(";")
    assert firm["evidence"]
    assert firm["status"] == "confirmed"
    assert summary.sectors["robotics"] == 1
    counts = atlas.counts(origin="registry")
    row = counts[counts["sector"].eq("robotics")].iloc[0]
    assert (row["adcode"], row["year"], row["n"]) == ("210112", 2000, 1)
    assert atlas.search("测试0号").loc[0, "enterprise_id"] == made.code(0)
    assert atlas.nearest(firm["lon"], firm["lat"], k=1).loc[0, "distance_m"] == 0


def test_personal_data_is_not_read_unless_named(ingest: Ingest, atlas: GeoPackageStore) -> None:
    text = "企业名称,法定代表人,联系电话\n沈阳甲乙公司,张三,13900000000\n"
    ingest(text)
    assert "张三" not in json.dumps(registry(atlas).drop(columns="geometry").to_dict("records"))
    ingest(text, keep=("法定代表人",))
    note = registry(atlas)["note"].iloc[0]
    assert "张三" in note
    assert "13900000000" not in note


def test_columns_are_mapped_by_title_and_number(ingest: Ingest, atlas: GeoPackageStore) -> None:
    text = "甲,乙,乙\n沈阳甲乙公司,沈阳市和平区,大连市\n"
    assert ingest(text, mapping=("name=甲", "address=#2")).stored == 1
    assert registry(atlas)["adcode"].tolist() == ["210102"]


# --- identity and history ----------------------------------------------------------------------
def test_same_file_twice_changes_nothing(ingest: Ingest, atlas: GeoPackageStore, made: Any) -> None:
    text = made.extract(range(30)) + made.line(3, scope="修船") + "\n"
    first = ingest(text)
    version, rows = atlas.version(), registry(atlas)
    second = ingest(text, "again.csv")
    assert (first.stored, first.rejected["conflicting_duplicate"]) == (30, 1)
    assert (second.stored, second.updated, second.unchanged) == (0, 0, 30)
    assert second.rejected == first.rejected
    assert atlas.version() == version
    pd.testing.assert_frame_equal(registry(atlas), rows)


def test_newer_file_updates_and_keeps_what_was(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    ingest(made.extract([1, 2]))
    changed = made.extract([1, 2]).replace(made.line(1), made.line(1, scope="修船"))
    summary = ingest(changed, "newer.csv")
    assert (summary.updated, summary.unchanged) == (1, 1)
    former = [json.loads(text) for text in atlas.history(made.code(1))["changed"]]
    assert former[0]["scope"] == "服装零售"
    history = atlas.history(made.code(1))
    assert str(history.loc[0, "valid_from"]) < str(history.loc[0, "valid_to"])


def test_older_file_does_not_undo_a_newer_one(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    old, new = made.extract([1]), made.extract([1]).replace("服装零售", "修船")
    ingest(new, "new.csv", as_of="2019-04-30")
    summary = ingest(old, "old.csv", as_of="2018-04-30")
    assert summary.unchanged == 1
    firm = atlas.enterprise(made.code(1))
    assert firm is not None
    assert firm["scope"] == "修船"


def test_blank_cells_of_a_newer_file_take_nothing_away(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    ingest(made.extract([0]))
    before = atlas.enterprise(made.code(0))
    row = f"沈阳测试0号机械有限公司,{made.code(0)}"
    summary = ingest("企业名称,统一社会信用代码\n" + row + "\n", "short.csv")
    after = atlas.enterprise(made.code(0))
    assert summary.unchanged == 1
    assert before is not None
    assert after is not None
    volatile = ("source_date", "valid_from")
    assert {k: v for k, v in after.items() if k not in volatile} == {
        k: v for k, v in before.items() if k not in volatile
    }


def test_firm_without_code_is_its_name_and_city(ingest: Ingest, atlas: GeoPackageStore) -> None:
    ingest(
        "名称,地区\n沈阳甲乙（集团）公司,沈阳\n沈阳甲乙(集团)公司,沈阳市\n沈阳甲乙集团公司,大连\n"
    )
    ids = registry(atlas)["enterprise_id"]
    assert len(ids) == 2
    assert ids.str.match(r"n-[0-9a-f]{16}").all()


@pytest.mark.parametrize("separate", [True, False], ids=["two files", "one file"])
def test_firm_takes_the_code_that_comes_later(
    ingest: Ingest, atlas: GeoPackageStore, made: Any, separate: bool
) -> None:
    header, name = "名称,统一社会信用代码,地区", "沈阳甲乙公司"
    bare, coded = f"{name},,沈阳", f"{name},{made.code(7)},沈阳"
    files = [[bare], [coded]] if separate else [[bare, coded]]
    for number, rows in enumerate(files):
        ingest("\n".join([header, *rows]), f"{number}.csv")
    firms = registry(atlas)
    assert firms["enterprise_id"].tolist() == [made.code(7)]
    assert len(atlas.history(made.code(7))) == 1
    again = ingest("\n".join([header, bare]), "bare.csv")
    assert again.unchanged == 1


def test_two_firms_of_one_name_make_a_row_without_code_ambiguous(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    rows = [f"沈阳甲乙公司,{made.code(n)},沈阳" for n in (1, 2)]
    text = "\n".join(["名称,统一社会信用代码,地区", *rows, "沈阳甲乙公司,,沈阳"])
    assert dict(ingest(text).rejected) == {"ambiguous_identity": 1}
    assert len(registry(atlas)) == 2


# --- links to the anchors ----------------------------------------------------------------------
def test_links_to_anchors_come_with_reasons(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    anchors = atlas.collection("enterprises").query("origin == 'anchor' and uscc != ''")
    anchor = anchors[anchors["legal_name"].str.endswith("有限公司")].iloc[0]
    legal = anchor["legal_name"]
    rows = [f"{legal},{anchor['uscc']}", f"{legal}第一分公司,{made.code(1)}"]
    rows += [f"无关企业,{made.code(2)}"]
    ingest("名称,统一社会信用代码\n" + "\n".join(rows))
    links = atlas.links(anchor["enterprise_id"]).set_index("enterprise_id")
    assert links.loc[anchor["uscc"], "relation"] == "same"
    assert links.loc[made.code(1), "relation"] == "branch"
    assert links["reason"].str.len().min() > 5
    assert made.code(2) not in links.index


def test_code_of_an_anchor_under_another_name_is_a_renaming(
    ingest: Ingest, atlas: GeoPackageStore
) -> None:
    anchor = atlas.collection("enterprises").query("origin == 'anchor' and uscc != ''").iloc[0]
    ingest(f"名称,统一社会信用代码\n沈阳全新名称公司,{anchor['uscc']}\n")
    links = atlas.links(anchor["uscc"])
    assert links["relation"].tolist() == ["renamed"]


# --- the books ---------------------------------------------------------------------------------
LINES = st.sampled_from(
    ["good", "good", "twin", "conflict", "bad_code", "no_name", "short", "quote", "blank"]
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LINES, max_size=30), st.integers(1, 9))
def test_every_row_is_accounted_for(
    ingest: Ingest, made: Any, kinds: list[str], batch_rows: int
) -> None:
    rows = [made.header]
    for number, kind in enumerate(kinds):
        rows.append(
            {
                "good": made.line(number),
                "twin": made.line(0),
                "conflict": made.line(0, scope=f"修船{number}"),
                "bad_code": made.line(number, uscc="X"),
                "no_name": "," + made.line(number).partition(",")[2],
                "short": "a,b",
                "quote": '"' + made.line(number),
                "blank": "",
            }[kind]
        )
    summary = ingest("\n".join(rows) + "\n", batch_rows=batch_rows)
    done = summary.stored + summary.updated + summary.unchanged
    assert summary.read == done + sum(summary.rejected.values())
    assert summary.read == len([kind for kind in kinds if kind != "blank"])


def test_result_does_not_depend_on_the_batches(atlas_path: Path, made: Any, tmp_path: Path) -> None:
    import shutil

    text = made.extract(range(40)) + made.line(3, scope="修船") + "\n沈阳甲乙公司,,,,,沈阳,\n"
    text += f"沈阳甲乙公司,{made.code(99)},,,,沈阳,\n"
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    results = []
    for size in (1, 7, 1000):
        copy = tmp_path / f"{size}.gpkg"
        shutil.copy(atlas_path, copy)
        with GeoPackageStore(copy, writable=True) as store:
            ingest_files(store, [path], options=IngestOptions(workers=0, batch_rows=size))
            results.append(registry(store).drop(columns=["valid_from", "source_date"]))
    for other in results[1:]:
        pd.testing.assert_frame_equal(other, results[0])


def test_workers_give_the_same_rows(atlas: GeoPackageStore, made: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(made.extract(range(60)), encoding="utf-8")
    shown: list[Progress] = []
    options = IngestOptions(workers=2, batch_rows=20)
    summary = ingest_files(atlas, [path], options=options, progress=shown.append)
    assert summary.stored == 60
    assert registry(atlas)["enterprise_id"].tolist() == [made.code(n) for n in range(60)]
    assert [progress.rows for progress in shown] == [20, 40, 60]


def test_empty_store_is_built_first(tmp_path: Path, made: Any) -> None:
    path = tmp_path / "x.csv"
    path.write_text(made.extract([1]), encoding="utf-8")
    with GeoPackageStore(tmp_path / "new.gpkg", writable=True) as store:
        ingest_files(store, [path], options=IngestOptions(workers=0))
        assert store.summary()["collections"]["districts"] == 100


def test_rejects_file_has_line_reason_and_original(
    ingest: Ingest, made: Any, tmp_path: Path
) -> None:
    bad = made.line(2, uscc="91IO")
    ingest("\n".join([made.header, made.line(1), bad, "=cmd()|x,1"]))
    table = pd.read_csv(tmp_path / "rejects.csv")
    assert list(table.columns) == ["file", "line", "reason", "explanation", "original"]
    assert table["line"].tolist() == [3, 4]
    assert table["original"].tolist() == [bad, "'=cmd()|x,1"]
    assert table["explanation"].str.len().min() > 10
