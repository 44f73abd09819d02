"""Positionings that a person keeps, drops, adds and codes in the review file."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.policy import extract, read_review

TEXT = (
    "沈阳市空间布局\n"
    "铁西区重点发展高端装备、汽车，配套发展工业软件。浑南区聚焦机器人。\n"
    "法库县主打陶瓷，也做一点通航。\n"
    "区县\t主导产业\n"
    "康平县\t塑编、新能源\n"
    "辽中区\t待定，铸造\n"
)
HEADER = "document,kind,text,sectors,start,action,id,note"
runner = CliRunner()


def _review(folder: Path, *rows: str) -> Path:
    path = folder / "review.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return path


def _stated(folder: Path, *rows: str) -> list[dict[str, Any]]:
    """Return the positionings of the text under a review file; every quote is checked."""
    found = extract(TEXT, review=read_review(_review(folder, *rows)))["positionings"]
    assert all(TEXT[one["start"] : one["end"]] == one["quote"] for one in found)
    assert [one["start"] for one in found] == sorted(one["start"] for one in found)
    return list(found)


def _trades(found: list[dict[str, Any]], unit: str) -> list[tuple[list[str], str]]:
    return [(one["sectors"], one["strength"]) for one in found if one["district"] == unit]


def test_sectors_or_whole_units_are_dropped(tmp_path: Path) -> None:
    found = _stated(
        tmp_path,
        ",positioning,铁西区,汽车、工业软件,,drop,,",
        ",positioning,浑南区,,,drop,,",
    )
    assert _trades(found, "铁西区") == [(["高端装备"], "leading")]
    assert _trades(found, "浑南区") == []
    assert _trades(found, "康平县") == [(["塑编", "新能源"], "leading")]


def test_a_drop_with_a_start_means_that_quote_alone(tmp_path: Path) -> None:
    start = TEXT.index("铁西区")
    assert _trades(_stated(tmp_path, f",positioning,铁西区,,{start},drop,,"), "铁西区") == []
    elsewhere = _stated(tmp_path, f",positioning,铁西区,,{start + 1},drop,,")
    assert _trades(elsewhere, "铁西区") == [
        (["高端装备", "汽车"], "leading"),
        (["工业软件"], "supporting"),
    ]


def test_added_sectors_stand_with_the_sentence_that_states_them(tmp_path: Path) -> None:
    found = _stated(tmp_path, ",positioning,法库县,陶瓷、通航,,add,,")
    names = [name for sectors, _ in _trades(found, "法库县") for name in sectors]
    assert sorted(names) == ["通航", "陶瓷"]  # what was found is not doubled
    [added] = [one for one in found if one["found_by"] == "reviewed"]
    assert added["quote"] == "法库县主打陶瓷，也做一点通航"
    assert (added["adcode"], added["kind"]) == ("210124", "county")


def test_what_is_added_has_the_strength_of_its_clause(tmp_path: Path) -> None:
    rows = (",positioning,铁西区,,,drop,,", ",positioning,铁西区,汽车、工业软件,,add,,")
    assert _trades(_stated(tmp_path, *rows), "铁西区") == [
        (["汽车"], "leading"),
        (["工业软件"], "supporting"),
    ]


def test_a_row_of_a_table_is_quoted_whole(tmp_path: Path) -> None:
    row = f",positioning,近海产业园,铸造,{TEXT.index('铸造')},add,210115,it lies there"
    [added] = [one for one in _stated(tmp_path, row) if one["found_by"] == "reviewed"]
    assert added["quote"] == "辽中区\t待定，铸造"
    assert (added["kind"], added["adcode"], added["strength"]) == ("park", "210115", "leading")


def test_the_quote_of_what_is_added_is_the_text_as_it_is(tmp_path: Path) -> None:
    text = "法库县:主打陶瓷,也做一点通航;其他."
    [*_, added] = extract(
        text, review=read_review(_review(tmp_path, ",positioning,法库县,通航,,add,,"))
    )["positionings"]
    assert (added["quote"], added["sectors"]) == ("法库县:主打陶瓷,也做一点通航", ["通航"])


def test_a_unit_may_be_named_by_its_short_name(tmp_path: Path) -> None:
    assert _trades(_stated(tmp_path, ",positioning,浑南,,,drop,,"), "浑南区") == []


def test_link_sets_the_code_of_the_place(tmp_path: Path) -> None:
    [one] = [
        one
        for one in _stated(tmp_path, ",positioning,浑南区,,,link,210100,")
        if one["district"] == "浑南区"
    ]
    assert (one["adcode"], one["found_by"], one["sectors"]) == ("210100", "reviewed", ["机器人"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",positioning,浑南区,,,add,,", "line 2: no sectors"),
        (",park,浑南区,机器人,,drop,,", "line 2: sectors are for positionings"),
        (",positioning,浑南区,陶瓷,,add,,", "line 2: no sentence names both '浑南区' and '陶瓷'"),
        (",positioning,皇姑区,软件,3,add,,", "line 2: neither '皇姑区' nor '软件' stands"),
        (",positioning,皇姑区,软件,99999,add,,", "line 2: neither '皇姑区' nor '软件' stands"),
    ],
)
def test_what_cannot_be_added_is_named_with_its_line(
    tmp_path: Path, row: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        _stated(tmp_path, row)
    assert message in str(caught.value)


def test_an_adcode_that_no_place_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no place has the adcode '21'"):
        read_review(_review(tmp_path, ",positioning,浑南区,,,link,21,"))


def test_every_decision_on_positionings_is_told(tmp_path: Path) -> None:
    document, out = tmp_path / "plan.txt", tmp_path / "plan.json"
    document.write_text(TEXT, encoding="utf-8")
    sheet = _review(
        tmp_path,
        "plan,positioning,浑南区,机器人,,keep,,",
        "plan,positioning,浑南区,陶瓷,,keep,,",
        "plan,positioning,铁西区,汽车,5,drop,,",
        "plan,positioning,法库县,通航,,add,,",
        "plan,positioning,没有县,,,link,,",
    )
    arguments = ["extract", str(document), "--out", str(out), "--review", str(sheet)]
    result = runner.invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[1:] == [
        "review: 2 of 5 decisions applied to plan",
        f"{sheet} line 3: keep positioning 浑南区 (陶瓷) matched nothing",
        f"{sheet} line 4: drop positioning 铁西区 (汽车) at 5 matched nothing",
        f"{sheet} line 6: link positioning 没有县 matched nothing",
    ]


def test_written_file_gives_the_same_positionings_again(tmp_path: Path) -> None:
    document, new = tmp_path / "plan.txt", tmp_path / "new.csv"
    document.write_text(TEXT, encoding="utf-8")
    sheet = _review(
        tmp_path,
        "plan,positioning,铁西区,汽车,,drop,,is of Dadong",
        "plan,positioning,法库县,通航,,add,,",
        "plan,positioning,康平县,塑编、新能源,,keep,,",
    )
    outputs = []
    for given, written in ((sheet, new), (new, tmp_path / "newer.csv")):
        out = tmp_path / f"{written.stem}.json"
        arguments = ["extract", str(document), "--out", str(out), "--review", str(given)]
        result = runner.invoke(build_app(), [*arguments, "--write-review", str(written)])
        assert result.exit_code == 0, result.output
        outputs.append(json.loads(out.read_text(encoding="utf-8"))["positionings"])
    assert outputs[0] == outputs[1]
    rows = list(csv.DictReader(new.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["action"] for row in rows[:3]] == ["drop", "add", "keep"]
    opened = {(row["text"], row["sectors"]) for row in rows[3:]}
    assert ("铁西区", "高端装备") in opened
    assert new.read_bytes() == (tmp_path / "newer.csv").read_bytes()


def test_cells_that_a_spreadsheet_would_run_are_defused_and_read_back(tmp_path: Path) -> None:
    document, new = tmp_path / "plan.txt", tmp_path / "new.csv"
    document.write_text(TEXT, encoding="utf-8")
    sheet = _review(tmp_path, "plan,positioning,浑南区,,,keep,,=1+1")
    arguments = ["extract", str(document), "--out", str(tmp_path / "o.json")]
    result = runner.invoke(
        build_app(), [*arguments, "--review", str(sheet), "--write-review", str(new)]
    )
    assert result.exit_code == 0, result.output
    assert ",'=1+1," in new.read_text(encoding="utf-8-sig")
    assert read_review(new)[0].note == "=1+1"


def test_a_workbook_is_no_review_file_and_rows_of_commas_are_none(tmp_path: Path) -> None:
    path = _review(tmp_path, ",positioning,浑南区,,,keep,,", ",,,,,,,")
    assert len(read_review(path)) == 1
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(FileFormatError, match="save the review file as CSV"):
        read_review(path)
