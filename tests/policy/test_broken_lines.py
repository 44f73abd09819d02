"""Texts whose lines a page broke: read as whole, told where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.policy import extract
from clusteratlas.policy.broken_lines import unbroken
from clusteratlas.policy.extraction import extract_reviewed
from clusteratlas.policy.review import Correction

PLAN = """沈阳市装备制造业发展规划
一、发展目标
到2025年，全市装备制造业产值达到5000亿元，其中高端装备占比提高到40%以上，形成三个千亿级产业集群。
二、空间布局
铁西区重点发展数控机床、重型矿山装备和汽车零部件，依托沈阳机床集团、北方重工集团、三一重型装备有限公司等企业，建设沈阳经济技术开发区高端装备产业园，打造世界级研发制造基地。
浑南区重点发展机器人、航空装备和集成电路装备，支持新松机器人自动化股份有限公司、沈阳芯源微电子设备股份有限公司做大做强，推进浑南航空产业园二期项目建设。
法库县以通用航空为主导产业，发展无人机、轻型飞机和飞行培训，依托法库通用航空产业基地承接沈阳飞机工业集团的配套项目。
沈北新区聚焦生物医药与食品加工，培育辉山乳业集团、成大生物股份有限公司等龙头企业，建设沈北医药产业园。
"""


def broken(text: str, width: int = 32, *, indent: str = "", pages: bool = False) -> str:
    """Return a text as a page of so many characters prints it."""
    lines = []
    for line in text.splitlines():
        cut = [line[at : at + width] for at in range(0, len(line), width)]
        lines += [cut[0], *(indent + rest for rest in cut[1:])]
    if pages:
        lines[9:9] = ["", "— 1 —", "\f"]
    return "\n".join(lines) + "\n"


def told(text: str, kind: str) -> list[tuple[object, ...]]:
    keys = ("name", "district", "sectors", "quantity", "value", "year", "quote", "section")
    return [tuple(row.get(key) for key in keys if key in row) for row in extract(text)[kind]]


@pytest.mark.parametrize("kind", ["sectors", "enterprises", "parks", "positionings", "targets"])
@pytest.mark.parametrize(
    "printed", [broken(PLAN), broken(PLAN, 40, indent="  "), broken(PLAN, 28, pages=True)]
)
def test_a_broken_text_names_what_the_whole_one_names(printed: str, kind: str) -> None:
    assert told(printed, kind) == told(PLAN, kind)


def test_offsets_and_lines_are_those_of_the_text_as_it_is() -> None:
    printed = broken(PLAN)
    found = extract(printed)
    assert found["document"]["characters"] == len(printed)
    for row in (*found["enterprises"], *found["parks"]):
        assert printed[row["start"] : row["end"]].replace("\n", "") == row["name"]
        assert row["line"] == printed.count("\n", 0, row["start"]) + 1
    for row in (*found["positionings"], *found["targets"]):
        assert printed[row["start"] : row["end"]].replace("\n", "") == row["quote"]


def test_characters_without_width_do_not_part_a_name() -> None:
    text = "支持沈阳机\u200b床集团、北方重工\ufeff集团等企业做大\u200b做强。\n"
    found = extract(text)["enterprises"]
    assert [one["name"] for one in found] == ["沈阳机\u200b床集团", "北方重工\ufeff集团"]
    assert [text[one["start"] : one["end"]] for one in found] == [one["name"] for one in found]
    assert found[0]["enterprise_id"]


def test_bold_type_of_markdown_is_left_out() -> None:
    text = "**法库县**：重点发展**通用航空**。\n"
    [one] = extract(text)["positionings"]
    assert (one["district"], one["sectors"]) == ("法库县", ["通用航空"])
    assert text[one["start"] : one["end"]] == one["quote"]


def test_corrections_meet_the_mentions_of_a_broken_text() -> None:
    printed = broken(PLAN)
    [firm] = [row for row in extract(printed)["enterprises"] if row["name"] == "北方重工集团"]
    drop = Correction("", "enterprise", "北方重工集团", firm["start"], "drop", "", 2)
    found, met = extract_reviewed(printed, [drop])
    assert met == {drop}
    assert "北方重工集团" not in {row["name"] for row in found["enterprises"]}


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        "\n".join(
            f"第{n}项　沈阳机床集团、北方重工集团、新松机器人等企业的项目。" for n in range(20)
        ),
        "\n".join(
            f"{n}. 沈阳机床集团、北方重工集团、新松机器人、东软集团等企业" for n in range(20)
        ),
        "\n\n".join(["支持沈阳机床集团、北方重工集团、新松机器人、东软集团做大做强"] * 20),
        "沈阳机床集团\n北方重工集团\n" * 20,
        "铁西区\t数控机床、重型矿山装备和汽车零部件，依托沈阳机床集团\n" * 20,
        "",
    ],
)
def test_whole_paragraphs_lists_and_tables_are_left_as_they_are(text: str) -> None:
    assert unbroken(text) is None


@given(
    st.lists(st.text("沈阳机床、，。ab 1\n", min_size=1, max_size=60), min_size=8, max_size=30),
    st.integers(20, 40),
)
def test_every_character_is_found_where_it_stands(lines: list[str], width: int) -> None:
    text = "\n".join("甲" * width + line[:width] for line in lines)
    whole = unbroken(text)
    if whole is None:
        return
    for position, char in enumerate(whole.text):
        place = whole.place(position)
        assert text[place] == char or (char == " " and text[place] in " \n")
        assert whole.position(place) == position
