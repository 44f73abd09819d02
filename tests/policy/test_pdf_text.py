"""The text of PDF pages: paragraphs whole, blanks of typesetting and margins gone."""

from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.policy.pdf_text import text_of_pages

FIRST = "（二）促进产业集聚。以铁西、浑南、沈北为核心，其他区域协同发展，重点打造中德装备"


def test_a_broken_line_goes_on_also_over_the_end_of_a_page() -> None:
    pages = [
        f"产业发展规划\n一、布局\n{FIRST}\n园、法库通用航空产业园、节能环保产业园，形成特色鲜明的产业格局，支持龙头企"
        "\n- 3 -",
        "业做大做强。\n二、措施\n- 4 -",
    ]
    assert text_of_pages(pages).split("\n") == [
        "产业发展规划",
        "一、布局",
        f"{FIRST}园、法库通用航空产业园、节能环保产业园，形成特色鲜明的产业格局，支持龙头企业做大做强。",
        "二、措施",
    ]


def test_blanks_where_letters_meet_are_those_of_the_typesetter() -> None:
    assert text_of_pages(
        ["“ 十三五 ” 期间， 601 所、 LG 电子（ 沈阳 ）有限公司达到 20% 以上。"]
    ) == ("“十三五”期间，601所、LG电子（沈阳）有限公司达到20%以上。")


def test_blanks_between_cells_and_between_words_stay() -> None:
    text = "依托重点企业 沈飞公司、黎明公司\n沈阳 General Motors 工厂"
    assert text_of_pages([text]) == ("依托重点企业 沈飞公司、黎明公司\n沈阳General Motors工厂")


def test_lines_of_a_narrow_cell_go_on_and_rows_do_not() -> None:
    prose = "甲" * 60 + "。"
    cell = "新松机器人自动化股份有限公司、中科院沈阳自动化研究所、中航高新技术有限公\n司、远大集团等企业"
    rows = (
        "浑南区 机器人、航空装备、集成电路装备、新一代信息技术产业等\n"
        "铁西区 高端装备、汽车零部件、工业互联网、现代服务业等产业"
    )
    assert text_of_pages([f"{prose}\n{prose}\n{cell}\n{rows}\n{prose}"]).split("\n") == [
        prose, prose, cell.replace("\n", ""), *rows.split("\n"), prose,
    ]  # fmt: skip


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [f"沈阳市产业规划\n第{n}条　发展装备产业。\n第 {n} 页 共 4 页" for n in range(1, 5)]
    assert text_of_pages(pages).split("\n") == [f"第{n}条　发展装备产业。" for n in range(1, 5)]


@given(st.lists(st.text("沈阳机床，。、 1A（）—\n\x00", max_size=80), max_size=5))
def test_no_page_breaks_it_and_nothing_but_blanks_and_margins_is_lost(pages: list[str]) -> None:
    text = text_of_pages(pages)
    wanted = "".join("".join(pages).split()).replace("\x00", "")
    assert set("".join(text.split())) <= set(wanted)
    assert all(line.strip() == line and line for line in text.split("\n")) or not text
