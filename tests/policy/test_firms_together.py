"""Firms that work together, names of any firm, adverbs in names; all written for the test."""

import pytest

from clusteratlas.policy.enterprises import find_enterprises
from clusteratlas.policy.extraction import extract
from clusteratlas.policy.structure import read_structure


def firms(text: str) -> tuple[list[str], list[str]]:
    """Return the enterprises and the foreign partners of a text."""
    found = extract(text)
    return [e["name"] for e in found["enterprises"]], [e["name"] for e in found["partners"]]


@pytest.mark.parametrize(
    ("text", "own", "partners"),
    [
        ("加强与空客、波音合作，发展航空零部件。", [], ["空客", "波音"]),
        ("与西门子、沈鼓集团携手共建智能工厂。", ["沈鼓集团"], ["西门子"]),
        ("支持沈飞集团同波音联合研制部件。", ["沈飞集团"], ["波音"]),
        ("沈阳机床携手西门子打造智能机床。", ["沈阳机床"], ["西门子"]),
        ("联合博世、新松机器人共建创新中心。", ["新松机器人"], ["博世"]),
        ("同ABB、发那科等企业开展合作。", [], ["ABB", "发那科"]),
    ],
)
def test_foreign_firms_are_partners_and_domestic_ones_are_not(
    text: str, own: list[str], partners: list[str]
) -> None:
    assert firms(text) == (own, partners)


def test_a_foreign_name_in_a_list_or_with_its_place_is_a_firm_of_the_place() -> None:
    own, partners = firms("联合光电、大洋电机、ABB（中山）等企业开展智能化改造。")
    assert "ABB（中山）" in own
    assert partners == []


@pytest.mark.parametrize(
    "text",
    [
        "甲公司与乙公司合作开发机器人。",
        "某集团、XX公司、××有限公司投资建设。",
        "A公司、B公司等企业按比例出资。",
    ],
)
def test_names_that_stand_for_any_firm_are_none(text: str) -> None:
    assert firms(text) == ([], [])


def test_two_joined_firms_are_two() -> None:
    own, _ = firms("某公司与沈阳兴华航空电器有限责任公司及大连冰山集团有限公司合作。")
    assert own == ["沈阳兴华航空电器有限责任公司", "大连冰山集团有限公司"]


def test_an_adverb_after_the_place_is_a_part_of_a_full_name() -> None:
    own, _ = firms("支持营口大力汽保设备有限公司、大连重点铸造有限公司扩大产能。")
    assert own == ["营口大力汽保设备有限公司", "大连重点铸造有限公司"]


def test_an_adverb_before_a_verb_is_none() -> None:
    own, _ = firms("沈阳重点支持沈阳机床有限公司，大连大力发展装备制造业。")
    assert own == ["沈阳机床有限公司"]


@pytest.mark.parametrize("name", ["华能辽宁北票发电", "中储粮营口公司", "中石油辽阳石化"])
def test_a_well_known_name_keeps_the_place_and_form_of_its_plant(name: str) -> None:
    text = f"支持{name}改造升级。"
    found = find_enterprises(text, read_structure(text).lines)
    assert [span.within(text) for span in found] == [name]
