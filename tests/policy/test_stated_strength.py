"""How strongly a trade is stated, and which unit a trade of a sentence belongs to."""

import pytest

from clusteratlas.policy.extraction import extract
from clusteratlas.policy.stated_vetoes import own_trade

Stated = list[tuple[str, str, list[str]]]


def stated(text: str) -> Stated:
    """Return district, strength and trades of what a text states."""
    return [
        (one["district"], one["strength"], one["sectors"]) for one in extract(text)["positionings"]
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "大东区重点发展机器人，配套发展物流。",
            [("大东区", "leading", ["机器人"]), ("大东区", "supporting", ["物流"])],
        ),
        (
            "浑南区以机器人为主导，沈北新区培育食品产业。",
            [("浑南区", "leading", ["机器人"]), ("沈北新区", "mentioned", ["食品"])],
        ),
        (
            "和平区重点发展软件，皇姑区协同发展航空零部件。",
            [("和平区", "leading", ["软件"]), ("皇姑区", "supporting", ["航空零部件"])],
        ),
        (
            "机器人产业以浑南区为核心，铁西区、大东区协同发展。",
            [
                ("浑南区", "core", ["机器人"]),
                ("铁西区", "supporting", ["机器人"]),
                ("大东区", "supporting", ["机器人"]),
            ],
        ),
    ],
)  # fmt: skip
def test_the_strength_is_that_of_the_clause_that_gives_the_trade(text: str, wanted: Stated) -> None:
    assert stated(text) == wanted


def test_trades_of_one_verb_share_its_strength_over_commas() -> None:
    text = "沈北新区以食品加工，生物医药，电子商务为主导产业，配套发展冷链物流。"
    strengths = {name: strength for _, strength, names in stated(text) for name in names}
    assert strengths["食品加工"] == strengths["电子商务"] == "leading"
    assert strengths["冷链物流"] == "supporting"


def test_a_park_s_name_gives_no_trade_to_its_district() -> None:
    found = stated("支持铁西区建设中德装备园，重点发展智能装备、汽车零部件。")
    assert ("铁西区", "leading", ["智能装备", "汽车零部件"]) in found
    assert not any("中德装备" in names for _, _, names in found)


def test_a_park_that_is_only_a_trade_s_gives_it() -> None:
    found = stated("支持邵武市布局建设轮胎产业园。邵武市重点发展轮胎。")
    assert any(unit == "邵武市" and "轮胎" in names for unit, _, names in found)


def test_a_trade_has_no_district_before_it_and_a_former_name_is_no_trade() -> None:
    text = (
        "以沈北新区航空航天产业园为主阵地，发展航空零部件。（责任单位：市工信局，浑南区政府）\n"
        "抚顺高新技术产业开发区（原望花化工园区）建设国家级精细化工产业基地。"
    )
    names = {name for _, _, trades in stated(text) for name in trades}
    assert not any(name.startswith(("沈北", "原望花", "望花")) for name in names)
    parks = {one["name"] for one in extract(text)["parks"]}
    assert "原望花化工园区" not in parks


def test_engineering_machinery_is_a_trade_and_works_are_none() -> None:
    text = (
        "辽宁省布局。\n工程机械：以沈阳、营口为重点，发展叉车、挖掘机。\n"
        "抚顺县发展水利工程、海洋工程装备。"
    )
    found = {(unit, name) for unit, _, names in stated(text) for name in names}
    assert {("沈阳", "工程机械"), ("营口", "叉车"), ("抚顺县", "海洋工程装备")} <= found
    assert ("抚顺县", "水利工程") not in found


def test_what_is_founded_is_no_part_of_a_trade() -> None:
    assert own_trade("设立煤层气装备维修") == "煤层气装备维修"
    assert own_trade("设立数据") == ""
