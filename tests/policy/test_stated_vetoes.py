"""What is no positioning, whichever reader stated it; all sentences are written for the test."""

import pytest
from tests.policy.conftest import stated

from clusteratlas.policy.stated_vetoes import unit_of
from clusteratlas.policy.units import Unit


@pytest.mark.parametrize(
    "name",
    [
        "鱼米之乡",
        "青年返乡",
        "科技下乡",
        "小城镇",
        "重点场镇",
        "建强特色产业园",
        "3个4A级景区",
        "全市",
        "产业园区",
        "新民产业园入选省级园区",
    ],
)
def test_a_word_that_ends_like_a_place_is_no_unit(name: str) -> None:
    assert unit_of(name, Unit(name, 0, len(name), "town")) is None


@pytest.mark.parametrize(
    "name", ["半城镇", "陈村镇", "法库县", "将军庙片区", "建设镇", "李家乡", "本溪高新区"]
)
def test_places_that_look_like_words_stay(name: str) -> None:
    unit = Unit(name, 0, len(name), "town")
    assert unit_of(name, unit) is unit


def test_the_verb_before_a_name_is_no_part_of_it() -> None:
    unit = unit_of("要把孟家屯镇建成", Unit("把孟家屯镇", 1, 6, "town"))
    assert unit is not None
    assert (unit.name, unit.start) == ("孟家屯镇", 2)


@pytest.mark.parametrize(
    "text",
    [
        "在法库县、康平县建成一批污水处理厂和危险废物处理场。",
        "法库县要继续推进绿化、亮化和美化。",
        "法库县陶瓷产业集群获评省级示范集群。",
        "支持法库县争创辽宁旅游名县、康平县争创全国旅游强县。",
        "培育法库苹果、康平花生等一批绿色品牌。",
        "法库县弘扬历史文化、民俗文化。",
        "近年来，法库县重点发展陶瓷、建材。",
        "加快建设法库陶瓷文化产业园、艺术馆等项目，发展壮大广播电视、演艺娱乐等产业。",
    ],
)
def test_what_is_no_trade_or_no_aim_is_not_stated(text: str) -> None:
    assert stated(text) == {}


def test_a_park_that_is_built_and_given_a_trade_keeps_it() -> None:
    text = "加快建设法库陶瓷产业园，重点发展建筑陶瓷、耐火材料。"
    assert stated(text) == {"法库陶瓷产业园": {"建筑陶瓷", "耐火材料"}}


@pytest.mark.parametrize(
    "service", ["义务教育", "农村饮水安全", "公共卫生", "垃圾分类", "人居环境"]
)
def test_services_to_citizens_are_no_trades(service: str) -> None:
    assert stated(f"法库县重点发展陶瓷、{service}产业。") == {"法库县": {"陶瓷"}}


@pytest.mark.parametrize(
    ("goal", "trade"),
    [
        ("国际滨海文化旅游目的地", "滨海文化旅游"),
        ("清洁能源重要供给地", "清洁能源"),
        ("花卉产研基地", "花卉"),
    ],
)
def test_what_a_place_is_to_be_for_others_names_its_trade(goal: str, trade: str) -> None:
    assert stated(f"支持法库县打造{goal}。") == {"法库县": {trade}}
