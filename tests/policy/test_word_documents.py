"""What Word shows and does not store as text: numbers, and what it stores twice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from clusteratlas.policy import extract, read_document
from clusteratlas.policy.docx_numbers import chinese

LEVELS = (
    ("chineseCountingThousand", "%1、", "nothing"),
    ("chineseCounting", "（%2）", "nothing"),
    ("decimal", "%3.", "tab"),
    ("bullet", "●", "tab"),
)


def _number(document: Any, levels: Sequence[tuple[str, str, str]], own: int) -> None:
    """Add a list with the given formats; ``own`` is its number for paragraphs."""
    written = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text, suffix) in enumerate(levels)
    )
    root = document.part.numbering_part.element
    namespace = nsdecls("w")
    root.append(
        parse_xml(f'<w:abstractNum {namespace} w:abstractNumId="{own}">{written}</w:abstractNum>')
    )
    root.append(
        parse_xml(f'<w:num {namespace} w:numId="{own}"><w:abstractNumId w:val="{own}"/></w:num>')
    )


def _restart(document: Any, of: int, own: int, start: int) -> None:
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{own}"><w:abstractNumId w:val="{of}"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        )
    )


def _numbered(element: Any, own: int, level: int) -> None:
    number = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{own}"/></w:numPr>'
    element.get_or_add_pPr().append(parse_xml(number))


def _lines(document: Any, folder: Path) -> list[str]:
    path = folder / "plan.docx"
    document.save(str(path))
    return read_document(path).text.splitlines()


def test_numbers_that_word_puts_are_written_out(tmp_path: Path) -> None:
    document = docx.Document()
    _number(document, LEVELS, 90)
    for level, text in enumerate(("总体要求", "发展目标", "产值", "要点")):
        _numbered(document.add_paragraph(text)._p, 90, level)
    for text, level in (("效益", 2), ("", 2), ("质量", 2), ("重点产业", 0), ("机器人", 1)):
        _numbered(document.add_paragraph(text)._p, 90, level)
    assert _lines(document, tmp_path) == [
        "一、总体要求",
        "（一）发展目标",
        "1. 产值",
        "要点",
        "2. 效益",
        "",
        "4. 质量",
        "二、重点产业",
        "（一）机器人",
    ]


def test_sections_follow_numbers_of_styles(tmp_path: Path) -> None:
    document = docx.Document()
    _number(document, LEVELS, 90)
    for level, name in enumerate(("Heading 1", "Heading 2")):
        _numbered(document.styles[name].element, 90, level)
    document.add_heading("重点产业", 1)
    document.add_heading("氢能产业", 2)
    document.add_paragraph("以国富氢能等企业为龙头。")
    plain = document.add_heading("不编号", 2)
    _numbered(plain._p, 0, 0)
    lines = _lines(document, tmp_path)
    assert lines == ["一、重点产业", "（一）氢能产业", "以国富氢能等企业为龙头。", "不编号"]
    [firm] = extract(read_document(tmp_path / "plan.docx"))["enterprises"]
    assert firm["section"] == "一、重点产业 / （一）氢能产业"


def test_a_list_that_starts_anew_counts_anew(tmp_path: Path) -> None:
    document = docx.Document()
    _number(document, [("decimal", "%1）", "nothing")], 90)
    _restart(document, 90, 91, 5)
    for own in (90, 90, 91, 91):
        _numbered(document.add_paragraph("项")._p, own, 0)
    assert _lines(document, tmp_path) == ["1）项", "2）项", "5）项", "6）项"]


def test_the_table_of_contents_is_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、机器人\t3", style=style)
    document.add_paragraph("一、机器人")
    assert _lines(document, tmp_path) == ["一、机器人"]


def test_what_is_stored_twice_is_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    moved = document.add_paragraph("浑南区")._p
    moved.append(parse_xml(f"<w:moveFrom {nsdecls('w')}><w:r><w:t>法库县</w:t></w:r></w:moveFrom>"))
    moved.append(
        parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>康平县</w:delText></w:r></w:del>")
    )
    assert _lines(document, tmp_path) == ["浑南区"]


@pytest.mark.parametrize("levels", [[], [("decimal", "%9.%1", "tab")], [("odd", "", "nothing")]])
def test_lists_that_make_no_sense_leave_the_text(
    tmp_path: Path, levels: list[tuple[str, str, str]]
) -> None:
    document = docx.Document()
    _number(document, levels, 90)
    _numbered(document.add_paragraph("正文")._p, 90, 0)
    _numbered(document.add_paragraph("又")._p, 12345, 77)
    first, second = _lines(document, tmp_path)
    assert first.endswith("正文")
    assert second == "又"


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (19, "十九"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
     (1001, "一千零一"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_chinese_numbers(number: int, written: str) -> None:
    assert chinese(number) == written
