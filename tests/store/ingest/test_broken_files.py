"""Files that are broken in some way: each gets the right reject, or one clear error."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from clusteratlas.errors import AtlasError, FileFormatError, InputError
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestSummary, ingest_files

Ingest = Callable[..., IngestSummary]


def rejected(summary: IngestSummary) -> dict[str, int]:
    assert summary.balanced()
    return dict(summary.rejected)


def reasons(tmp_path: Path) -> list[tuple[int, str]]:
    table = pd.read_csv(tmp_path / "rejects.csv")
    return list(zip(table["line"].tolist(), table["reason"].tolist(), strict=True))


def workbook(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- rows that are broken: the others go in ----------------------------------------------------
def test_quote_that_is_never_closed_loses_its_own_line_only(
    ingest: Ingest, made: Any, tmp_path: Path
) -> None:
    bad = made.line(2).replace("软件", '"软件')
    rows = [made.header, made.line(1), bad, made.line(3), made.line(4)]
    summary = ingest("\n".join(rows))
    assert (summary.read, summary.stored) == (4, 3)
    assert reasons(tmp_path) == [(3, "unclosed_quote")]


def test_quoted_line_break_is_no_fault(ingest: Ingest, atlas: GeoPackageStore, made: Any) -> None:
    summary = ingest("\n".join([made.header, made.line(1, scope='"造机器,\n修""机""器"')]))
    assert summary.stored == 1
    stored = atlas.enterprise(made.code(1))
    assert stored is not None
    assert stored["scope"] == '造机器, 修"机"器'


def test_quote_inside_a_plain_cell_is_text(ingest: Ingest, made: Any) -> None:
    assert ingest("\n".join([made.header, made.line(1, scope='5"管道'), made.line(2)])).stored == 2


def test_nul_bytes(ingest: Ingest, made: Any, tmp_path: Path) -> None:
    text = made.extract([1, 2]).replace("沈阳测试2", "沈阳\x00测试2")
    assert rejected(ingest(text)) == {"nul_bytes": 1}
    assert reasons(tmp_path) == [(3, "nul_bytes")]


def test_line_of_a_hundred_megabytes(atlas: GeoPackageStore, made: Any, tmp_path: Path) -> None:
    path = tmp_path / "long.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write((made.header + "\n" + made.line(1) + "\n").encode())
        block = bytes(range(32, 127)) * 11_000
        for _ in range(100):
            stream.write(block)
        stream.write(("\n" + made.line(2) + "\n").encode())
    from clusteratlas.store.ingest import IngestOptions

    summary = ingest_files(atlas, [path], options=IngestOptions(workers=0))
    assert (summary.read, summary.stored) == (3, 2)
    assert rejected(summary) == {"line_too_long": 1}


def test_single_line_in_another_encoding(ingest: Ingest, made: Any, tmp_path: Path) -> None:
    lines = made.extract([1, 2, 3]).encode().split(b"\n")
    lines[2] = lines[2].decode().encode("gb18030")
    assert rejected(ingest(b"\n".join(lines))) == {"undecodable": 1}
    assert reasons(tmp_path) == [(3, "undecodable")]


@pytest.mark.parametrize("change", [lambda row: row + ",more", lambda row: row.rpartition(",")[0]])
def test_other_number_of_columns(ingest: Ingest, made: Any, change: Callable[[str], str]) -> None:
    rows = [made.header, made.line(1), change(made.line(2))]
    assert rejected(ingest("\n".join(rows))) == {"column_count": 1}


def test_empty_columns_at_the_end_are_no_fault(ingest: Ingest, made: Any) -> None:
    assert ingest("\n".join([made.header, made.line(1) + ",,,"])).stored == 1


def test_codes_in_scientific_notation(ingest: Ingest, made: Any) -> None:
    rows = [made.header, made.line(1, uscc="9.121E+17"), made.line(2, uscc="9.12101060000000E+17")]
    assert rejected(ingest("\n".join(rows))) == {"code_in_scientific_notation": 2}


def test_codes_that_do_not_check(ingest: Ingest, made: Any) -> None:
    code = made.code(1)
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    rows = [made.header, made.line(1, uscc=other), made.line(2, uscc="91IO")]
    assert rejected(ingest("\n".join(rows))) == {"bad_check_digit": 1, "bad_code": 1}


def test_rows_without_a_name(ingest: Ingest, made: Any) -> None:
    rows = [
        made.header,
        made.line(1).replace("沈阳测试1号机械有限公司", "　"),
        made.line(2, name="7"),
    ]
    assert rejected(ingest("\n".join(rows))) == {"missing_name": 1, "bad_name": 1}


def test_rows_of_another_province(ingest: Ingest) -> None:
    text = "名称,省份,地址\n甲乙公司,吉林,长春市\n丙丁公司,辽宁,沈阳市和平区\n"
    assert rejected(ingest(text)) == {"outside_liaoning": 1}


def test_dates_in_five_forms(ingest: Ingest, atlas: GeoPackageStore) -> None:
    dates = ["2010-03-05", "2010/3/5", "2010年3月5日", "20100305", "40242"]
    rows = [f"沈阳日期{n}公司,{date}" for n, date in enumerate(dates)]
    assert ingest("名称,成立日期\n" + "\n".join(rows)).stored == 5
    stored = atlas.collection("enterprises").query("origin == 'registry'")
    assert set(stored["registered"]) == {"2010-03-05"}


def test_date_that_is_none_stays_unknown_and_is_told(
    ingest: Ingest, atlas: GeoPackageStore
) -> None:
    summary = ingest("名称,成立日期\n沈阳日期公司,05/03/2010\n")
    assert summary.doubts["date_not_understood"] == 1
    row = atlas.collection("enterprises").query("origin == 'registry'").iloc[0]
    assert row["registered"] == ""
    assert "05/03/2010" in row["note"]


def test_same_firm_twice_with_other_facts(ingest: Ingest, made: Any, tmp_path: Path) -> None:
    rows = [made.header, made.line(1), made.line(1), made.line(1, scope="修船")]
    summary = ingest("\n".join(rows))
    assert (summary.stored, summary.unchanged) == (1, 1)
    assert reasons(tmp_path) == [(4, "conflicting_duplicate")]


def test_control_characters_and_marks_are_cleaned(
    ingest: Ingest, atlas: GeoPackageStore, made: Any
) -> None:
    name = "沈阳\x07测\u200b试 公司"
    assert ingest("\n".join([made.header, made.line(1, name=name)])).stored == 1
    stored = atlas.enterprise(made.code(1))
    assert stored is not None
    assert stored["name"] == "沈阳测试 公司"


# --- files that are strange, and fine ----------------------------------------------------------
@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiter_is_found(ingest: Ingest, made: Any, delimiter: str) -> None:
    assert ingest(made.extract([1, 2]).replace(",", delimiter)).stored == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-8"])
def test_encoding_is_found(ingest: Ingest, made: Any, encoding: str) -> None:
    assert ingest(made.extract([1, 2, 3]).encode(encoding)).stored == 3


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n\n"])
def test_line_ends(ingest: Ingest, made: Any, newline: str) -> None:
    assert ingest(made.extract([1, 2]).replace("\n", newline)).stored == 2


def test_title_lines_above_the_header(ingest: Ingest, made: Any) -> None:
    assert ingest("某区企业名录\n(2019年)\n\n" + made.extract([1, 2])).stored == 2


def test_zip_of_two_extracts(ingest: Ingest, made: Any, tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", made.extract([1, 2]))
        archive.writestr("b/b.tsv", made.extract([3]).replace(",", "\t").encode("gb18030"))
        archive.writestr("__MACOSX/._a.csv", b"\x00\x01")
    assert ingest(path).stored == 3


def test_parquet(ingest: Ingest, made: Any, tmp_path: Path) -> None:
    frame = pd.read_csv(io.StringIO(made.extract([1, 2, 3])), dtype=str)
    frame["注册日期"] = pd.to_datetime(frame["注册日期"])
    frame.to_parquet(tmp_path / "x.parquet")
    assert ingest(tmp_path / "x.parquet").stored == 3


def test_header_only_is_told(ingest: Ingest, made: Any) -> None:
    summary = ingest(made.header + "\n")
    assert summary.read == 0
    assert "no rows" in summary.notes[0]


# --- workbooks ---------------------------------------------------------------------------------
def test_workbook_with_title_blank_rows_and_numbers(
    ingest: Ingest, made: Any, atlas: GeoPackageStore
) -> None:
    rows: list[list[Any]] = [
        ["某区企业名录"],
        [],
        ["企业名称", "统一社会信用代码", "成立日期", "注册资本(万元)"],
    ]
    rows += [["沈阳甲乙公司", made.code(1), pd.Timestamp("2010-03-05").to_pydatetime(), 500], []]
    rows += [["沈阳丙丁公司", made.code(2), "2011年1月2日", "2000"]]
    assert ingest(workbook(rows), "book.xlsx").stored == 2
    stored = atlas.enterprise(made.code(1))
    assert stored is not None
    assert (stored["registered"], stored["capital"]) == ("2010-03-05", 500.0)


def test_workbook_with_codes_as_numbers(ingest: Ingest, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["企业名称", "统一社会信用代码"], ["沈阳甲乙公司", 912101066666666666]]
    assert rejected(ingest(workbook(rows), "book.xlsx")) == {"code_in_scientific_notation": 1}
    assert reasons(tmp_path) == [(2, "code_in_scientific_notation")]


def test_workbook_with_merged_district_fills_it_down(
    ingest: Ingest, atlas: GeoPackageStore
) -> None:
    rows: list[list[Any]] = [
        ["企业名称", "地区", "地址"],
        *[[f"测试{n}公司", None, "中山路"] for n in range(3)],
    ]
    rows[1][1] = "大连"
    data = workbook(rows, lambda book: book.active.merge_cells("B2:B4"))
    assert ingest(data, "book.xlsx").stored == 3
    cities = atlas.collection("enterprises").query("origin == 'registry'")["city"]
    assert set(cities) == {"大连市"}


def test_workbook_with_merged_names_rejects_the_rows_below(ingest: Ingest, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["企业名称", "地址"], ["沈阳甲乙公司", "中山路"], [None, "中华路"]]
    data = workbook(rows, lambda book: book.active.merge_cells("A2:A3"))
    assert rejected(ingest(data, "book.xlsx")) == {"merged_cells": 1}
    assert reasons(tmp_path) == [(3, "merged_cells")]


def test_workbook_with_formulas_never_calculated(ingest: Ingest) -> None:
    rows: list[list[Any]] = [
        ["企业名称", "地址"],
        ['="沈阳"&"甲公司"', "中山路"],
        ["沈阳乙丙公司", "中华路"],
    ]
    summary = ingest(workbook(rows), "book.xlsx")
    assert rejected(summary) == {"formula_without_value": 1}
    assert summary.stored == 1


def test_workbook_with_several_sheets(ingest: Ingest, made: Any) -> None:
    def more(book: Any) -> None:
        book.create_sheet("说明").append(["本表由某局编制"])
        sheet = book.create_sheet("二")
        sheet.append(["公司名称", "住所"])
        sheet.append(["沈阳丙丁公司", "沈阳市和平区"])

    rows: list[list[Any]] = [["企业名称", "统一社会信用代码"], ["沈阳甲乙公司", made.code(1)]]
    assert ingest(workbook(rows, more), "book.xlsx").stored == 2


# --- files that cannot be read: one clear error, nothing stored --------------------------------
def cut_gzip(made: Any) -> bytes:
    return gzip.compress(made.extract(range(5000)).encode())[:-3000]


def encrypted_zip(made: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", made.extract([1]))
    data = bytearray(out.getvalue())
    data[6] |= 1  # the flag in the local header
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def sheet_bomb(_made: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (20 << 20))
    return out.getvalue()


def zip_bomb(made: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a.csv", made.header.encode() + b"0" * (20 << 20))
    return out.getvalue()


UNREADABLE: dict[str, tuple[Callable[[Any], bytes], str, str]] = {
    "empty": (lambda _: b"", "x.csv", "empty"),
    "blank": (lambda _: b" \n\n \n", "x.csv", "empty"),
    "mark only": (lambda _: b"\xef\xbb\xbf", "x.csv", "empty"),
    "duplicate titles": (
        lambda _: "企业名称,地址,企业名称\na,b,c\n".encode(), "x.csv", "both titled",
    ),
    "no name column": (lambda _: "代码,地址\n1,2\n".encode(), "x.csv", "found 代码, 地址"),
    "no header": (
        lambda m: "\n".join(map(m.line, (1, 2))).encode(), "x.csv", "no column for the firm's name",
    ),
    "delimiter nobody uses": (
        lambda m: m.extract([1]).replace(",", "#").encode(), "x.csv", "no column",
    ),
    "big5": (lambda _: "企業,地址\n甲,乙\n".encode("big5"), "x.csv", "no column|neither"),
    "utf-16 without mark": (lambda m: m.extract([1]).encode("utf-16-le"), "x.csv", "no column|UTF-16"),
    "picture": (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "x.csv", "x.csv"),
    "pdf": (lambda _: b"%PDF-1.7 ...", "x.csv", "is a PDF"),
    "old workbook": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls", "old .xls"),
    "cut gzip": (cut_gzip, "x.csv.gz", "damaged or cut off"),
    "gzip of nothing": (lambda _: gzip.compress(b""), "x.csv.gz", "empty"),
    "gzip bomb": (
        lambda m: gzip.compress(m.header.encode() + b"0" * (20 << 20), 1), "x.gz", "bomb",
    ),
    "zip bomb": (zip_bomb, "x.zip", "bomb"),
    "zip without tables": (lambda _: workbook_free_zip(), "x.zip", "holds no .csv"),
    "zip with password": (encrypted_zip, "x.zip", "password"),
    "cut zip": (lambda _: workbook([["企业名称"], ["a"]])[:-40], "x.xlsx", "damaged"),
    "workbook bomb": (sheet_bomb, "x.xlsx", "bomb"),
    "workbook without names": (lambda _: workbook([["a", "b"], [1, 2]]), "x.xlsx", "no sheet"),
    "empty workbook": (lambda _: workbook([]), "x.xlsx", "no sheet"),
    "cut parquet": (lambda _: b"PAR1" + b"\0" * 100, "x.parquet", "damaged Parquet"),
}  # fmt: skip


def workbook_free_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.md", "nothing")
    return out.getvalue()


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable_file_gets_one_clear_line(
    ingest: Ingest, atlas: GeoPackageStore, made: Any, tmp_path: Path, kind: str
) -> None:
    make, name, message = UNREADABLE[kind]
    with pytest.raises(FileFormatError, match=message) as error:
        ingest(make(made), name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)
    assert not (tmp_path / "rejects.csv").exists()
    assert atlas.integrity() == []


def test_missing_file_and_folder(ingest: Ingest, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ingest(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="folder"):
        ingest(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mapping": ("name",)}, "expected FIELD=TITLE"),
        ({"mapping": ("colour=企业名称",)}, "expected FIELD=TITLE"),
        ({"mapping": ("name=老板",)}, "no column '老板'"),
        ({"keep": ("老板",)}, "no column '老板'"),
        ({"as_of": "gestern"}, "as_of"),
        ({"batch_rows": 0}, "batch_rows"),
    ],
)
def test_wrong_options(ingest: Ingest, made: Any, options: dict[str, object], message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        ingest(made.extract([1]), **options)
