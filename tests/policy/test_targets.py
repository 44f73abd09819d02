"""Targets that sentences state; all sentences are written for the test."""

import pytest

from clusteratlas.policy.extraction import extract

Aim = tuple[str, str, float, str, int | None]


def aims(text: str) -> list[Aim]:
    """Return what is counted, comparison, number, unit and year of every target."""
    return [
        (one["quantity"], one["comparison"], one["value"], one["unit"], one["year"])
        for one in extract(text)["targets"]
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "新增规上企业50家，净增高新技术企业120户以上，盘活闲置厂房30万平方米以上。",
            [
                ("规上企业", "growth", 50.0, "家", None),
                ("净增高新技术企业", ">=", 120.0, "户", None),
                ("盘活闲置厂房", ">=", 30.0, "万平方米", None),
            ],
        ),
        (
            "产值突破1.2万亿元，达到3000亿元左右，力争年均增长8%以上，占比提高到20%。",
            [
                ("产值", ">=", 1.2, "万亿元", None),
                ("产值", "=", 3000.0, "亿元", None),
                ("产值年均", ">=", 8.0, "%", None),
                ("占比", "=", 20.0, "%", None),
            ],
        ),
        (
            "到2025年，新能源产业占比由15%提高到20%，机器人产业规模翻一番。",
            [
                ("新能源产业占比", "=", 20.0, "%", 2025),
                ("机器人产业规模", "=", 2.0, "倍", 2025),
            ],
        ),
        (
            "机器人产业规模从2022年的200亿元增加到2027年的500亿元。",
            [("机器人产业规模", "=", 500.0, "亿元", 2027)],
        ),
        (
            "到2027年，产业规模达到300-500亿元，建成5个以上特色园区、3个创新中心。",
            [
                ("产业规模", ">=", 300.0, "亿元", 2027),
                ("产业规模", "<=", 500.0, "亿元", 2027),
                ("建成特色园区", ">=", 5.0, "个", 2027),
                ("建成创新中心", "=", 3.0, "个", 2027),
            ],
        ),
        (
            "到2025年，机器人、航空装备产值分别达到500亿元、300亿元。",
            [
                ("机器人产值", "=", 500.0, "亿元", 2025),
                ("航空装备产值", "=", 300.0, "亿元", 2025),
            ],
        ),
        (
            "到2025年、2030年，集群规模分别达到1000亿元、2000亿元。",
            [
                ("集群规模", "=", 1000.0, "亿元", 2025),
                ("集群规模", "=", 2000.0, "亿元", 2030),
            ],
        ),
        (
            "2025年底前，总产值超过1,200亿元，万元产值能耗控制在0.5吨标准煤以内，水耗下降10%。",
            [
                ("总产值", ">=", 1200.0, "亿元", 2025),
                ("万元产值能耗", "<=", 0.5, "吨标准煤", 2025),
                ("水耗下降", "=", 10.0, "%", 2025),
            ],
        ),
        (
            "三年内集群产值突破千亿元大关，机器人密度达到每万人500台。",
            [
                ("集群产值", ">=", 1000.0, "亿元", None),
                ("机器人密度", "=", 500.0, "台/万人", None),
            ],
        ),
        (
            "到2028年，培育产值超百亿元企业5家、超50亿元企业10家，本地配套率提高10个百分点。",
            [
                ("培育产值超百亿元企业", "=", 5.0, "家", 2028),
                ("培育超50亿元企业", "=", 10.0, "家", 2028),
                ("本地配套率", "growth", 10.0, "个百分点", 2028),
            ],
        ),
        (
            "到“十五五”末，高技术产业增加值比2025年翻两番。",
            [("高技术产业增加值", "=", 4.0, "倍", 2030)],
        ),
        (
            "集群营业收入年均增长不低于12%，到2027年突破800亿元。",
            [
                ("集群营业收入年均", ">=", 12.0, "%", 2027),
                ("集群营业收入", ">=", 800.0, "亿元", 2027),
            ],
        ),
    ],
)
def test_what_a_sentence_sets_as_its_goal(text: str, wanted: list[Aim]) -> None:
    assert aims(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "2020年，产值达到500亿元。",
        "产值已达到800亿元，拥有规上企业120家。",
        "截至2020年底，共有高新技术企业300家，新增企业50家。",
        "去年新增规上企业60家。",
        "利润总额同比增长12%，达到300亿元。",
        "二、发展基础\n2023年，规上工业产值达到900亿元，新增企业30家。",
        "一、现状\n产值从2018年的67亿元增长至2021年的200亿元，集聚企业超过80家。",
        "到2008年底，全市共有开发区65个，累计引进资金500亿元。",
        "全市工业投资增长17.6%，新增企业30家。",
        "对年产值首次突破10亿元的企业，给予一次性奖励100万元。",
        "项目总投资50亿元，占地300亩，达产后年产值可达80亿元。",
        "支持甲产业园等40个重点园区加快发展。",
        "每个园区主导产业原则上不超过3个。",
    ],
)
def test_what_was_what_is_granted_and_what_a_project_yields_are_none(text: str) -> None:
    assert aims(text) == []


def test_what_is_and_what_is_to_be_stand_in_one_sentence() -> None:
    text = "2020年产值300亿元，力争到2025年达到600亿元。"
    assert aims(text) == [("产值", "=", 600.0, "亿元", 2025)]


def test_a_year_holds_for_the_section_of_goals() -> None:
    text = (
        "（三）发展目标\n到2026年，能级提升。\n——规模。总产值达到5000亿元。\n"
        "（四）任务\n新增企业9家。"
    )
    assert aims(text) == [
        ("总产值", "=", 5000.0, "亿元", 2026),
        ("企业", "growth", 9.0, "家", None),
    ]


def test_years_are_seen_from_the_time_of_the_plan() -> None:
    text = (
        "某市机器人产业行动计划（2024—2027年）\n"
        "2027年，核心产业规模突破500亿元。2023年，产业规模达到200亿元。"
    )
    assert aims(text) == [("核心产业规模", ">=", 500.0, "亿元", 2027)]


def test_quote_begins_after_the_year_and_ends_with_the_bound() -> None:
    (one,) = extract("到2025年，全市新增规上企业50家以上。")["targets"]
    assert one["quote"] == "全市新增规上企业50家以上"


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("铜箔产能到2025年达到30万吨。", "铜箔产能"),
        ("力争地企配套率三年内达到25%。", "地企配套率"),
        ("到2025年，单位产品能耗较2020年下降12%。", "单位产品能耗下降"),
    ],
)
def test_the_time_is_no_part_of_what_is_counted(text: str, quantity: str) -> None:
    assert [aim[0] for aim in aims(text)] == [quantity]


@pytest.mark.parametrize(
    "text",
    [
        "某市2021年国民经济和社会发展统计公报\n规上企业达到208家，新增企业30家。",
        "甲、乙开发区产值分别增长31%、12%。",
    ],
)
def test_bulletins_and_growth_that_was_measured_are_none(text: str) -> None:
    assert aims(text) == []


def test_a_trade_at_the_head_of_a_sentence_is_whose_the_measure_is() -> None:
    text = "高端装备产业：到2025年，产值1500亿元；新材料产业：到2025年，产值达到800亿元。"
    assert [aim[0] for aim in aims(text)] == ["高端装备产业产值", "新材料产业产值"]
