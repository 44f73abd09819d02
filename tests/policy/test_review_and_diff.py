"""Corrections by hand, and what a new edition changes."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.files import write_whole
from clusteratlas.policy import diff, extract, read_document, read_extraction, read_review
from clusteratlas.policy.diffing import KEYS

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


def _extract(folder: Path, name: str, *options: str) -> tuple[dict[str, Any], list[str]]:
    """Run ``extract`` on the text under a name; return the extraction and the lines on stderr."""
    document, out = folder / f"{name}.txt", folder / f"{name}.json"
    document.write_text(TEXT, encoding="utf-8")
    result = runner.invoke(build_app(), ["extract", str(document), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    return json.loads(out.read_text(encoding="utf-8")), result.stderr.splitlines()


def test_every_decision_that_met_nothing_is_told(tmp_path: Path) -> None:
    sheet = _review(
        tmp_path,
        "plan,enterprise,沈飞公司,,drop,,,,,",
        "plan,enterprise,黎明航发集团,1,drop,,,,,",
        "plan,park,没有的园,,link,,,,,",
        "plan,park,沈阳浑南航空产业园,,keep,,,,,",
        "plan,park,沈阳浑南航空产业园,,,,,,,no decision",
        "older,enterprise,黎明航发集团,,drop,,,,,",
    )
    _, lines = _extract(tmp_path, "plan", "--review", str(sheet))
    assert lines[1:] == [
        "review: 2 of 5 decisions applied to plan",
        f"{sheet} line 3: drop enterprise 黎明航发集团 at 1 matched nothing",
        f"{sheet} line 4: link park 没有的园 matched nothing",
        "review: 1 of them are for other documents: older",
    ]


def test_review_of_a_renamed_document_is_told_to_decide_nothing(tmp_path: Path) -> None:
    sheet = _review(tmp_path, "plan,enterprise,沈飞公司,,drop,,,,,")
    extraction, lines = _extract(tmp_path, "renamed", "--review", str(sheet))
    assert "沈飞公司" in [item["name"] for item in extraction["enterprises"]]
    assert lines[1:] == [
        "review: 0 of 1 decisions applied to renamed",
        "review: 1 of them are for other documents: plan",
    ]


@pytest.mark.parametrize("action", ["link", "add"])
def test_unknown_id_is_refused_with_file_and_row(tmp_path: Path, action: str) -> None:
    sheet = _review(tmp_path, ",park,x,,drop,,,,,", f",enterprise,沈飞公司,,{action},nobody,,,,")
    with pytest.raises(UnknownNameError) as caught:
        read_review(sheet)
    assert str(caught.value) == f"{sheet} line 3: no enterprise has the id 'nobody'"


def test_new_review_file_carries_the_decisions_of_the_old_one(tmp_path: Path) -> None:
    old = _review(
        tmp_path,
        f"plan,enterprise,沈飞公司,{TEXT.index('沈飞')},drop,,sac,1.0,name,not a firm here",
        ",enterprise,黎明航发集团,,link,,,,,",
        f"plan,enterprise,黎明航发集团,{TEXT.index('黎明')},link,sac,,,,later rows overrule",
        ",enterprise,航空装备,2,add,sac,,,,",
        '"plan",park,沈阳浑南航空产业园,,,,,,,"ask, ""who"""',
        "other,park,别的园,3,drop,,,,,",
    )
    new = tmp_path / "new.csv"
    first, _ = _extract(tmp_path, "plan", "--review", str(old), "--write-review", str(new))
    assert [(i["name"], i["enterprise_id"]) for i in first["enterprises"]] == [
        ("航空装备", "sac"),
        ("黎明航发集团", "sac"),
    ]
    again, lines = _extract(tmp_path, "plan", "--review", str(new))
    assert again == first
    assert lines[1] == "review: 4 of 5 decisions applied to plan"
    content = new.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # Excel on a Chinese Windows reads it as GBK else
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    before = list(csv.DictReader(io.StringIO(old.read_text(encoding="utf-8"))))
    assert [{key: row[key] for key in before[0]} for row in rows[:6]] == before
    [park] = rows[6:]  # now with its place
    assert (park["text"], park["action"]) == ("沈阳浑南航空产业园", "")
    assert park["quote"] == "加快沈阳浑南航空产业园建设"


def test_review_file_from_excel_is_read_in_its_encodings(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path.write_bytes((HEADER + "计划,park,园,,drop,,,,,\n").encode(encoding))
        [one] = read_review(path)
        assert (one.document, one.text) == ("计划", "园")


def test_action_and_kind_may_be_typed_in_capitals(tmp_path: Path) -> None:
    [one] = read_review(_review(tmp_path, ",Park,园,, DROP,,,,,"))
    assert (one.kind, one.action) == ("park", "drop")


def test_added_name_must_stand_where_it_says(tmp_path: Path) -> None:
    corrections = read_review(_review(tmp_path, ",park,没有的园,,add,,,,,"))
    with pytest.raises(
        InputError, match=r"review\.csv line 2: '没有的园' does not stand in the text"
    ):
        extract(TEXT, review=corrections)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",firm,x,,drop,,,,,", "kind 'firm'"),
        (
            ",park,x,,remove,,,,,",
            "action 'remove', expected one of keep, drop, add, link, or nothing",
        ),
        (",park,,,drop,,,,,", "no text"),
        (",park,x,-1,drop,,,,,", "no offset"),
        (",park,x,,drop,,,,,,,more", "more cells"),
        (f",park,{'x' * 20_000},,drop,,,,,", "a cell of 20000 characters"),
    ],
)
def test_wrong_review_row_is_named_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_review(_review(tmp_path, row))
    assert "review.csv line 2" in str(caught.value)


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
        {"district": "浑南区", "gains": ["航空装备"], "losses": ["机器人"], "strengths": []}
    ]


OLD = (
    "沈飞公司加快建设。\n一、航空装备\n骨干企业：沈飞公司。\n到2025年，产业规模达到1000亿元。\n"
    "加快整机研制。（责任单位：市发展改革委、市科技局）\n加强配套。（责任单位：市商务局）\n"
    "二、机器人\n浑南区重点发展机器人。\n"
)
NEW = (
    "一、总则\n二、航空装备\n骨干企业：沈飞公司。\n到2025年，产业规模达到1200亿元。\n"
    "加快整机研制。（责任单位：市发展改革委、市工业和信息化局）\n加强配套。（责任单位：市商务局）\n"
    "三、机器人\n浑南区协同发展机器人。\n产业规模达到300亿元。\n"
)


def test_diff_tells_changed_targets_strengths_and_bodies(tmp_path: Path) -> None:
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(json.dumps(extract(text)), encoding="utf-8")
    lines = runner.invoke(build_app(), ["diff", *map(str, paths)]).stdout.splitlines()
    assert lines[1:] == [
        "enterprises: 沈飞公司: (none); 高端装备制造 / 航空装备 -> 高端装备制造 / 航空装备",
        "targets: + 机器人: 产业规模 300亿元",
        "targets: 航空装备: 产业规模: 1000亿元 (2025) -> 1200亿元 (2025)",
        "positionings: 浑南区 机器人: leading -> supporting",
        "responsibilities: 航空装备: 市发展改革委、市科技局 -> 市发展改革委、市工业和信息化局",
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


@pytest.mark.parametrize("option", ["--out", "--write-review", "--text"])
@pytest.mark.parametrize(
    ("make", "message"), [(os.mkfifo, "no ordinary file"), (os.mkdir, "a dir")]
)
def test_only_ordinary_files_are_replaced(
    tmp_path: Path, option: str, make: Callable[[Path], None], message: str
) -> None:
    document, special = tmp_path / "plan.txt", tmp_path / "special"
    document.write_text(TEXT, encoding="utf-8")
    make(special)
    kind = special.stat().st_mode
    other = [] if option == "--out" else ["--out", str(tmp_path / "o.json")]
    result = runner.invoke(build_app(), ["extract", str(document), *other, option, str(special)])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(f"{special}: is {message}")
    with pytest.raises(InputError, match=message):
        write_whole(special, "x")
    assert special.stat().st_mode == kind
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.txt", "special"]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("一、目标 / （二）产值", "三、目标 / （五）产值", True),
        ("1.2 产值", "2.1 产值", True),
        ("第一章 产值", "第十章 产值", True),
        ("十四五目标", "十五五目标", False),
        ("5G产业", "6G产业", False),
    ],
)
def test_diff_compares_headings_without_their_numbers(before: str, after: str, same: bool) -> None:
    target = {
        "quantity": "产值",
        "value": 1_200_000.0,
        "unit": "亿元",
        "comparison": ">=",
        "year": None,
    }
    empty: dict[str, Any] = {key: [] for key in KEYS}
    old = {**empty, "targets": [{**target, "section": before}]}
    new = {**empty, "targets": [{**target, "section": after}]}
    difference = diff(old, new)
    change = difference["targets"]
    assert change["added"] == change["dropped"] == []
    assert (not difference["headings"]) is same  # 十四五目标 holds what 十五五目标 does: renamed
    assert diff(empty, old)["targets"]["added"][0].endswith("产值: 产值 ≥ 1200000亿元") is same


def test_diff_writes_json_or_what_it_prints_by_the_ending(tmp_path: Path) -> None:
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(json.dumps(extract(text)), encoding="utf-8")
    arguments = ["diff", *map(str, paths)]
    printed = runner.invoke(build_app(), arguments).stdout
    for ending in ("txt", "json", "csv"):
        result = runner.invoke(build_app(), [*arguments, "--out", str(tmp_path / f"d.{ending}")])
        assert result.stdout == ""
    assert (tmp_path / "d.txt").read_text(encoding="utf-8") == printed
    assert json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))["sectors"]
    assert str(result.exception) == "cannot write d.csv: allowed are .json, .txt"
