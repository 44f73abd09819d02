"""Who answers for a clause, in brackets, after labels and in lines of their own."""

import pytest

from clusteratlas.policy.extraction import extract

Bodies = tuple[list[str], list[str]]


def bodies(text: str) -> list[Bodies]:
    """Return departments and governments of every group of bodies."""
    found = extract(text)["responsibilities"]
    assert all(text[one["start"] : one["end"]] == one["quote"] for one in found)
    return [(one["departments"], one["governments"]) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "发展机器人产业。责任单位：市工信局、市科技局、浑南区政府",
        "发展机器人产业。\n责任单位：市工信局、市科技局、浑南区政府",
        "发展机器人产业。（牵头单位：市工信局；配合单位：市科技局、浑南区政府）",
        "发展机器人产业。（责任单位：市工信局，配合单位：市科技局、浑南区政府）。",
        "发展机器人产业。【牵头单位：市工信局 责任单位：市科技局、浑南区政府】",
        "配合单位：市科技局、浑南区政府；牵头单位：市工信局。",
        "（牵头单位为市工信局，配合单位为市科技局、浑南区政府）",
        "责任领导：张某；责任单位：市工信局、市科技局、浑南区政府；完成时限：2025年底",
    ],
)
def test_all_bodies_are_listed_the_leading_ones_first(text: str) -> None:
    assert bodies(text) == [(["市工信局", "市科技局"], ["浑南区"])]


def test_each_clause_of_a_line_has_its_own_bodies() -> None:
    text = "扩建（牵头单位：市工信局；责任单位：大东区、铁西区政府）；招商（牵头单位：市商务局）。"
    assert bodies(text) == [(["市工信局"], ["大东区", "铁西区"]), (["市商务局"], [])]


def test_a_label_may_list_places_alone() -> None:
    assert bodies("建设园区。（责任单位：法库县、新民市）") == [([], ["法库县", "新民市"])]


@pytest.mark.parametrize(
    "text", ["各责任单位要压实责任。", "建立责任单位：谁主管谁负责。", "实施主体为沈阳机床集团。"]
)
def test_sentences_about_bodies_name_none(text: str) -> None:
    assert bodies(text) == []
