"""Kinds of things that are neither firms nor ground of industry, whoever proposes them."""

import pytest

from clusteratlas.policy import extract
from clusteratlas.policy.no_names import doubtful_park, is_power_station


def _names(text: str, kind: str) -> list[str]:
    found = extract(text)
    return [one["name"] for one in (found["parks"] if kind == "park" else found["enterprises"])]


@pytest.mark.parametrize(
    "text",
    [
        "新建白石小学和公办幼儿园。",
        "青岛市产业园区提质增效实施方案\n",
        "途经建设路、和平家园、云景嘉园小区。",
        "建设沈河爱国主义教育基地。",
        "启动八路村片区、梅岭路片区危旧房改造。",
        "建设清河黄土风情文化园。",
    ],
)
def test_schools_homes_and_scenery_are_no_parks(text: str) -> None:
    assert _names(text, "park") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("赵庄民俗风情小镇", "town for guests"),
        ("两江新区", "whole new area"),
        ("滨河新区", "whole new area"),
        ("大连自由贸易港", "offices or free trade"),
        ("北陵中央商务区", "offices or free trade"),
        ("浑河职教园区", "learning"),
        ("辽东生态文明先行示范区", "title"),
        ("铁西智造小镇", ""),
        ("鞍山高新区", ""),
        ("大东汽车产业新城", ""),
    ],
)
def test_what_some_texts_count_among_parks_is_doubtful(name: str, kind: str) -> None:
    assert doubtful_park(name) == kind


@pytest.mark.parametrize(
    ("text", "parks"),
    [
        ("入驻铁西智造小镇。", ["铁西智造小镇"]),
        ("支持鞍山高新区、抚顺高新区升级。", ["鞍山高新区", "抚顺高新区"]),
        ("落户大东汽车产业新城。", ["大东汽车产业新城"]),
    ],
)
def test_ground_of_industry_with_like_forms_stays(text: str, parks: list[str]) -> None:
    assert _names(text, "park") == parks


@pytest.mark.parametrize(
    "text",
    [
        "大力实施“青山、碧水、蓝天、沃土”工程。",
        "完成首山医院、河东二期改造，深化与辽东医院合作。",
        "组建报业集团、出版集团。",
        "规范船公司、货代公司收费。",
        "支持他的公司发展。",
        "建设涵盖找政策、领补贴、提诉求等主题的企业服务专区。",
    ],
)
def test_scenery_works_and_kinds_of_firms_are_no_firms(text: str) -> None:
    assert _names(text, "enterprise") == []


@pytest.mark.parametrize(
    ("text", "firms"),
    [
        ("引进正大、恒大等企业，与大连高校合作。", ["正大", "恒大"]),
        ("依托华为、中兴等企业建设名人故居。", ["华为", "中兴"]),
        ("支持绿地、碧水源等企业发展。", ["绿地", "碧水源"]),
    ],
)
def test_firms_beside_schools_persons_and_scenery_stay(text: str, firms: list[str]) -> None:
    assert _names(text, "enterprise") == firms


def test_power_station_of_a_named_firm_stays() -> None:
    assert is_power_station("铁岭电厂")
    assert not is_power_station("华能丹东电厂")
    assert "华能丹东电厂" in _names("支持华能丹东电厂、沈鼓集团等企业做大做强。", "enterprise")


@pytest.mark.parametrize(
    ("text", "firms"),
    [
        ("因此建议辽北公交集团增设站点。", ["辽北公交集团"]),
        ("在辽宁省法库县辽宁恒瑞春纺织有限公司投产。", ["辽宁恒瑞春纺织有限公司"]),
        ("由市交通局委托恒瑞客运公司经营。", ["恒瑞客运公司"]),
        ("推进西门子大连研究院建设。", ["西门子大连研究院"]),
        ("深化与东北大学、辽宁警察学院合作。", []),
        ("据该公司经理介绍，今年公司销售良好。", []),
        ("搞好以“治水、改土、修路”为重点的建设。", []),
        ("支持企业到中小板、创业板上市。", []),
        ("大力推动兰花、玫瑰等基地建设。", []),
        ("从辽阳大灰厂村始发。", []),
    ],
)
def test_firms_begin_after_words_of_letters(text: str, firms: list[str]) -> None:
    assert _names(text, "enterprise") == firms


@pytest.mark.parametrize(
    ("text", "parks"),
    [
        ("为方便铁西科技园职工出行增设站点。", ["铁西科技园"]),
        ("途经中关村南大街。", []),
        (
            "推进沈阳国际港务区、营口保税物流中心（B型）建设。",
            ["沈阳国际港务区", "营口保税物流中心（B型）"],
        ),
        ("恒瑞市被评为“辽北纺织产品出口基地”。", []),
        ("加强法库、康平2个国家重点生态功能区建设。", []),
        ("围绕加快六大产业园建设。", []),
    ],
)
def test_borders_and_titles_of_parks(text: str, parks: list[str]) -> None:
    assert _names(text, "park") == parks


def test_a_full_legal_name_in_a_list_stays() -> None:
    name = "沈阳黎明航空发动机（集团）有限责任公司"
    assert _names(f"支持{name}等企业发展。", "enterprise") == [name]
