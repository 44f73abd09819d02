"""What ``extract --out`` writes, by the ending of the file: JSON or a workbook."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from clusteratlas.cli.app import build_app
from clusteratlas.errors import InputError
from clusteratlas.policy import extract
from clusteratlas.policy.workbook import SHEETS, write_workbook
from clusteratlas.workbooks import write_book

TEXT = (
    "一、航空装备\n以沈飞公司为龙头，加快沈阳浑南航空产业园建设。（责任单位：市工信局、浑南区政府）\n"
    "到2025年，产业规模达到1000亿元。\n二、布局\n区县\t主导产业\n康平县\t塑编、新能源\n"
)
runner = CliRunner()


def _extract(folder: Path, *options: str) -> Result:
    document = folder / "plan.txt"
    document.write_text(TEXT, encoding="utf-8")
    return runner.invoke(build_app(), ["extract", str(document), *options])


def _sheets(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a workbook by sheet; an empty cell is None."""
    sheets = {}
    for sheet in openpyxl.load_workbook(path):
        header, *rows = sheet.iter_rows(values_only=True)
        sheets[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return sheets


def test_workbook_has_a_sheet_for_each_key_with_its_quotes(tmp_path: Path) -> None:
    out = tmp_path / "plan.XLSX"
    assert _extract(tmp_path, "--out", str(out)).exit_code == 0
    sheets, found = _sheets(out), extract(TEXT)
    for key, (title, columns) in SHEETS.items():
        assert len(sheets[title]) == len(found[key])
        assert all(tuple(row) == columns for row in sheets[title])
        for row, item in zip(sheets[title], found[key], strict=True):
            assert (row["start"], row["end"]) == (item["start"], item["end"])
    [firm] = sheets["企业 Enterprises"]
    assert (firm["name"], firm["enterprise_id"], firm["section"]) == (
        "沈飞公司",
        "sac",
        "一、航空装备",
    )
    assert firm["quote"] == "以沈飞公司为龙头，加快沈阳浑南航空产业园建设"
    stated = [row for row in sheets["产业定位 Positionings"] if row["district"] == "康平县"]
    assert [(row["sectors"], row["quote"]) for row in stated] == [
        ("塑编、新能源", "康平县\t塑编、新能源")
    ]
    [target] = sheets["目标 Targets"]
    assert (target["comparison"], target["value"], target["year"]) == ("equal", 1000, 2025)
    facts = {row["item"]: row["content"] for row in sheets["文件 Document"]}
    assert (facts["characters"], facts["format"]) == (len(TEXT), "txt")


def test_every_field_of_a_record_is_a_column() -> None:
    found = extract(TEXT)
    for key, (_, columns) in SHEETS.items():
        for item in found[key]:
            assert set(item) <= set(columns)


def test_an_empty_extraction_keeps_its_headers(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_workbook(path, extract("没有"), "没有")
    for title, columns in SHEETS.values():
        [header] = openpyxl.load_workbook(path)[title].iter_rows(values_only=True)
        assert header == tuple(columns)


def test_formulas_of_a_document_are_not_run(tmp_path: Path) -> None:
    text = '=HYPERLINK("http://x","y")浑南区重点发展机器人'
    path = tmp_path / "plan.xlsx"
    write_workbook(path, extract(text), text)
    rows = openpyxl.load_workbook(path)["产业定位 Positionings"]
    cells = [cell for row in rows.iter_rows(min_row=2) for cell in row]
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "x.csv"], "cannot write x.csv: allowed are .json, .xlsx"),
        (["--out", "x"], "cannot write x: allowed are .json, .xlsx"),
        (["--out", "x.json", "--write-review", "y.xlsx"], "cannot write y.xlsx: allowed is .csv"),
        (["--out", "x.json", "--text", "y.docx"], "cannot write y.docx: allowed is .txt"),
    ],
)
def test_other_endings_are_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = _extract(tmp_path, *options)
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == message
    assert [path.name for path in tmp_path.iterdir()] == ["plan.txt"]


def test_a_workbook_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["name"]
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_book(tmp_path / "x.xlsx", [("a", [["name"], ["b"]]), ("c", rows())])
    with pytest.raises(OSError, match="No such file"):
        write_book(tmp_path / "no such folder" / "x.xlsx", [("a", [["name"], ["b"]])])
    gc.collect()  # what was given up must not complain when it is freed
    assert list(tmp_path.iterdir()) == []
