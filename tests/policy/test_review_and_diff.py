"""Corrections by hand, and what a new edition changes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.policy import diff, extract, read_document, read_extraction, read_review

TEXT = "一、航空装备\n依托重点企业\t沈飞公司、黎明航发集团等企业\n加快沈阳浑南航空产业园建设。\n"
HEADER = "document,kind,text,start,action,id,suggested_id,score,reason,note\n"
runner = CliRunner()


def _review(folder: Path, *rows: str) -> Path:
    path = folder / "review.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_unedited_review_file_changes_nothing(tmp_path: Path) -> None:
    document = tmp_path / "plan.txt"
    document.write_text(TEXT, encoding="utf-8")
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    sheet = tmp_path / "review.csv"
    app = build_app()
    arguments = ["extract", str(document), "--out", str(first), "--write-review", str(sheet)]
    assert runner.invoke(app, arguments).exit_code == 0
    assert len(read_review(sheet)) == 3
    arguments = ["extract", str(document), "--out", str(second), "--review", str(sheet)]
    assert runner.invoke(app, arguments).exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_drop_add_and_link(tmp_path: Path) -> None:
    path = _review(
        tmp_path,
        ",enterprise,沈飞公司,,drop,,,,,",
        ",enterprise,航空装备,2,add,sac,,,,",
        ",enterprise,黎明航发集团,,link,,,,,not the one",
        "other,enterprise,黎明航发集团,,drop,,,,,",
    )
    items = extract(TEXT, review=read_review(path))["enterprises"]
    assert [(i["name"], i["enterprise_id"], i["reason"]) for i in items] == [
        ("航空装备", "sac", "reviewed"),
        ("黎明航发集团", "", "reviewed"),
    ]


def test_added_name_must_stand_where_it_says(tmp_path: Path) -> None:
    corrections = read_review(_review(tmp_path, ",park,没有的园,,add,,,,,"))
    with pytest.raises(InputError, match=r"没有的园.*does not stand in the text"):
        extract(TEXT, review=corrections)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",firm,x,,drop,,,,,", "kind 'firm'"),
        (",park,x,,remove,,,,,", "action 'remove'"),
        (",park,,,drop,,,,,", "no text"),
        (",park,x,-1,drop,,,,,", "no offset"),
    ],
)
def test_wrong_review_row_is_named_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_review(_review(tmp_path, row))
    assert "line 2" in str(caught.value)


def test_diff_tells_what_is_added_dropped_and_moved() -> None:
    old = extract(
        "一、航空装备\n骨干企业：沈飞公司、长河集团。\n二、集成电路\n浑南区重点发展机器人。\n"
    )
    new = extract("一、集成电路\n骨干企业：沈飞公司、远山集团。\n浑南区重点发展航空装备。\n")
    difference = diff(old, new)
    assert difference["enterprises"]["added"] == ["远山集团"]
    assert difference["enterprises"]["dropped"] == ["长河集团"]
    [move] = difference["enterprises"]["moved"]
    assert move["name"] == "沈飞公司"
    assert difference["sectors"] == {"added": [], "dropped": ["航空装备"]}
    assert difference["positionings"] == [
        {"district": "浑南区", "gains": ["航空装备"], "losses": ["机器人"]}
    ]


def test_diff_of_the_same_document_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(extract(TEXT)), encoding="utf-8")
    result = runner.invoke(build_app(), ["diff", str(path), str(path)])
    assert result.exit_code == 0
    assert "no difference" in result.stdout


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sectors": 1}', "[" * 100_000])
def test_what_is_no_extraction_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileFormatError):
        read_extraction(path)


def test_failed_command_leaves_no_file(tmp_path: Path) -> None:
    document = tmp_path / "empty.txt"
    document.write_bytes(b"")
    out = tmp_path / "out.json"
    result = runner.invoke(build_app(), ["extract", str(document), "--out", str(out)])
    assert isinstance(result.exception, FileFormatError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt"]


def test_text_option_writes_the_text_in_which_offsets_count(tmp_path: Path) -> None:
    document = tmp_path / "plan.txt"
    document.write_bytes(TEXT.encode("gb18030"))
    out, text = tmp_path / "o.json", tmp_path / "t.txt"
    arguments = ["extract", str(document), "--out", str(out), "--text", str(text)]
    assert runner.invoke(build_app(), arguments).exit_code == 0
    assert text.read_text(encoding="utf-8") == read_document(document).text
