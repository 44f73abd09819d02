"""Headings that are no sectors, facts of web pages, who answers, and the borders of figures."""

import pytest

from clusteratlas.policy import extract

Figure = tuple[str, str, float, str, str]


@pytest.mark.parametrize(
    "heading",
    [
        "（一）沈阳国际软件园",
        "附表1 各县（市）区产业定位",
        "表1 县区主导产业",
        "专栏1 各园区主导产业",
        "大连市产业规划",
        "（三）祝家街道协同发展都市农业和文化旅游",
        "（二）铁西区装备制造",
        "2.健康食品产业园（北部）",
    ],
)
def test_units_and_titles_are_no_sectors(heading: str) -> None:
    extraction = extract(f"{heading}\n支持沈阳格微软件有限责任公司做大做强。\n")
    assert extraction["sectors"] == []
    [firm] = extraction["enterprises"]
    assert (firm["field"], firm["subsector"]) == ("", "")


def test_a_unit_below_a_sector_leaves_the_sector() -> None:
    text = "一、软件产业\n（一）沈阳国际软件园\n支持沈阳格微软件有限责任公司做大做强。\n"
    extraction = extract(text)
    assert [one["subsector"] for one in extraction["sectors"]] == ["软件产业"]
    assert extraction["enterprises"][0]["subsector"] == "软件产业"


@pytest.mark.parametrize(
    ("text", "departments", "governments"),
    [
        (
            "（责任单位：区科技局、桃仙街道、五三街道办事处；配合单位：区财政局）",
            ["区科技局", "区财政局"],
            ["桃仙街道", "五三街道办事处"],
        ),
        (
            "牵头单位：市工业和信息化局；配合单位：市财政局、各县（市）区政府",
            ["市工业和信息化局", "市财政局"],
            ["各县（市）区"],
        ),
        ("（责任单位：县商务局，祥城镇、各乡镇）", ["县商务局"], ["祥城镇", "各乡镇"]),
    ],
)
def test_labels_are_no_part_of_bodies_and_towns_are_governments(
    text: str, departments: list[str], governments: list[str]
) -> None:
    [one] = extract(text)["responsibilities"]
    assert (one["departments"], one["governments"]) == (departments, governments)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("到2025年产值达到50亿元。", [("产值", "=", 50.0, "亿元", "产值达到50亿元")]),
        ("到2025年底产值将达到50亿元。", [("产值", "=", 50.0, "亿元", "产值将达到50亿元")]),
        (
            "到2025年，钢产量年均增长10%以上。",
            [("钢产量年均", ">=", 10.0, "%", "钢产量年均增长10%以上")],
        ),
        (
            "到2025年，精细化率由2020年的35%提高到50%以上，年均增长10%以上。",
            [
                ("精细化率", ">=", 50.0, "%", "精细化率由2020年的35%提高到50%以上"),
                ("精细化率年均", ">=", 10.0, "%", "年均增长10%以上"),
            ],
        ),
        ("力争2025年年均增长10%以上。", [("年均", ">=", 10.0, "%", "年均增长10%以上")]),
        ("2015年以来年均增长9%，力争更好。", []),
        ("项目力争2025年投产。", []),
    ],
)
def test_a_figure_begins_after_its_year(text: str, figures: list[Figure]) -> None:
    found = [
        (one["quantity"], one["comparison"], one["value"], one["unit"], one["quote"])
        for one in extract(text)["targets"]
    ]
    assert found == figures


@pytest.mark.parametrize(
    ("date", "number"),
    [
        ("盘政发〔2022〕6号 发布日期：2022-04-18", "盘政发〔2022〕6号"),
        ("盘政发〔2022〕6号　成文日期：2022年4月18日　来源：市政府", "盘政发〔2022〕6号"),
        ("发布时间：2022/4/18 10:20 来源：市政府", ""),
        ("2022-04-18", ""),
        ("2022-04-18 10:20:00", ""),
    ],
)
@pytest.mark.parametrize("trail", ["首页>新闻发布", "首页 > 政务公开", "当前位置：首页", ""])
@pytest.mark.parametrize(
    "title", ["盘锦市人民政府关于加快石化产业发展的若干意见", "盘锦市石化产业发展规划"]
)
def test_title_number_and_date_of_a_web_page(
    trail: str, title: str, date: str, number: str
) -> None:
    document = extract(f"{trail}\n{title}\n{date}\n一、目标\n发展石化产业。\n")["document"]
    assert (document["title"], document["number"]) == (title, number)
    assert document["date"] == "2022-04-18"


@pytest.mark.parametrize(
    "line", ["发布日期：2022-13-18", "依据甲政发〔2020〕1号 开展工作", "10-12"]
)
def test_other_figures_are_no_date_and_no_number(line: str) -> None:
    document = extract(f"盘锦市石化产业发展规划\n{line}\n发展石化产业。\n")["document"]
    assert (document["number"], document["date"]) == ("", "")


def test_a_sentence_that_is_a_heading_stands_in_paths_by_its_first_clause() -> None:
    text = (
        "二、重点任务\n（一）做强数控机床产业集群，依托甲重工、乙集团等企业，建设世界级机床基地。\n"
        "支持沈阳机床集团发展。\n（二）巩固主导产业，培育新兴产业\n支持沈阳鼓风机集团发展。\n"
    )
    sections = {one["name"]: one["section"] for one in extract(text)["enterprises"]}
    assert sections["沈阳机床集团"] == "二、重点任务 / （一）做强数控机床产业集群"
    assert sections["沈阳鼓风机集团"] == "二、重点任务 / （二）巩固主导产业，培育新兴产业"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("到2027年，高新技术企业总数超过6000家，能耗累计下降8%。", 2),
        ("五年来累计完成投资500亿元，达到历史最高。", 0),
        ("累计引进项目120个，达到预期。", 0),
    ],
)
def test_what_is_summed_up_may_lie_ahead(text: str, numbers: int) -> None:
    assert len(extract(text)["targets"]) == numbers


def test_tables_of_figures_and_bare_kinds_of_trades_are_no_sectors() -> None:
    text = "表4-1  产业发展主要指标\n一、明确首位产业\n二、巩固提升优势产业\n三、做强装备制造产业\n"
    assert [one["subsector"] for one in extract(text)["sectors"]] == ["装备制造产业"]


@pytest.mark.parametrize(
    "heading", ["重点产业链", "打造现代化产业体系", "主导产业集群", "重点产业"]
)
def test_a_heading_that_only_says_industry_is_no_sector(heading: str) -> None:
    found = extract(f"二、{heading}\n（一）氢能产业链\n以国富氢能等企业为龙头。\n")
    assert [one["subsector"] for one in found["sectors"]] == ["氢能产业链"]
    assert [one["field"] for one in found["enterprises"]] == ["氢能产业链"]


def test_full_width_figures_and_letters_read_as_others() -> None:
    text = "到２０２５年，产值达到１．５亿元，占２０％。支持ＴＣＬ集团做大做强。\n"
    found = extract(text)
    [firm] = found["enterprises"]
    assert (firm["name"], text[firm["start"] : firm["end"]]) == ("ＴＣＬ集团", "ＴＣＬ集团")
    assert (found["targets"][0]["value"], found["targets"][0]["year"]) == (1.5, 2025)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("二〇一五年九月十三日", "2015-09-13"),
        ("二○一一年十月二十日", "2011-10-20"),
        ("二Ｏ一二年十二月三十一日", "2012-12-31"),
        ("２０１２年３月５日", "2012-03-05"),
        ("二〇一五年十三月一日", ""),
        ("二〇一五年十十月一日", ""),
    ],
)
def test_dates_in_numerals_and_in_full_width_figures(written: str, date: str) -> None:
    document = extract(f"抚顺市石化产业发展规划\n一、目标\n发展石化产业。\n{written}\n")["document"]
    assert document["date"] == date


def test_brackets_of_ascii_read_as_official_ones() -> None:
    text = "铁西区:支持本溪钢铁(集团)有限公司,东软(沈阳)医疗有限公司做大做强(责任单位:市工信局)。\n"
    found = extract(text)
    names = [text[firm["start"] : firm["end"]] for firm in found["enterprises"]]
    assert names == ["本溪钢铁(集团)有限公司", "东软(沈阳)医疗有限公司"]
    assert found["enterprises"][0]["enterprise_id"]
    assert found["responsibilities"][0]["departments"] == ["市工信局"]


def test_blanks_of_the_web_indent_as_others_do() -> None:
    text = "\u00a0\u00a0一、空间布局\n\u00a0\u00a0铁西区重点发展数控机床。\n"
    [one] = extract(text)["positionings"]
    assert (one["district"], one["sectors"], one["section"]) == (
        "铁西区",
        ["数控机床"],
        "一、空间布局",
    )
