"""Who is to develop what: the forms of sentences that say so, and those that do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.conftest import stated

from clusteratlas.policy import extract


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "支持海城菱镁、岫岩玉雕、西丰鹿茸等县域特色产业做大做强。辽宁省各县合力推进。",
            {"海城": {"菱镁"}, "岫岩": {"玉雕"}, "西丰": {"鹿茸"}},
        ),
        (
            "重点建设大连市（软件）、鞍山市（钢铁）、营口市（菱镁）等产业基地。",
            {"大连市": {"软件"}, "鞍山市": {"钢铁"}, "营口市": {"菱镁"}},
        ),
        (
            "发挥海城市纺织服装和菱镁、凤城市增压器等产业优势，扩大出口。",
            {"海城市": {"纺织服装", "菱镁"}, "凤城市": {"增压器"}},
        ),
        ("支持海城市菱镁新材料成为国家级特色产业集群。", {"海城市": {"菱镁新材料"}}),
    ],
)
def test_lists_of_places_with_their_trades(text: str, expected: dict[str, set[str]]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "支持鞍山市、本溪市等在钢铁行业开展转型试点。",
            {"鞍山市": {"钢铁"}, "本溪市": {"钢铁"}},
        ),
        ("建好沈阳市、大连市算力枢纽。", {"沈阳市": {"算力"}, "大连市": {"算力"}}),
        ("支持法库县以打造“陶瓷城”为目标，吸引企业。", {"法库县": {"陶瓷"}}),
        ("支持康平县以塑编城和朝阳新区为引擎，加快打造纺织强县。", {"康平县": {"纺织"}}),
        ("打造以大连市为重点的海工装备基地。", {"大连市": {"海工装备"}}),
        (
            "支持锦州市、盘锦市等市向集成电路材料、新型显示材料等领域拓展。",
            {
                "锦州市": {"集成电路材料", "新型显示材料"},
                "盘锦市": {"集成电路材料", "新型显示材料"},
            },
        ),
        ("阜新市推动皮革、液压等产业数字化转型。", {"阜新市": {"皮革", "液压"}}),
        (
            "大力发展服务外包产业，重点支持沙河口区率先取得突破。",
            {"沙河口区": {"服务外包"}},
        ),
        (
            "铁西区规划在装备智造产业园重点发展机床。",
            {"铁西区": {"机床"}, "装备智造产业园": {"机床"}},
        ),
    ],
)
def test_what_a_sentence_gives_its_places(text: str, expected: dict[str, set[str]]) -> None:
    found = stated(text)
    assert {unit: found.get(unit) for unit in expected if unit != "装备智造产业园"} == {
        unit: sectors for unit, sectors in expected.items() if unit != "装备智造产业园"
    }


@pytest.mark.parametrize(
    "text",
    [
        "| 区县 | 主导产业 |\n|---|---|\n| 铁西区 | 机床、泵阀 |",
        "铁西区 机床、泵阀",
        "● 铁西区 机床、泵阀",
        "铁西区：\n重点发展机床、泵阀产业。",
        "铁西区\t机床、泵阀",
        "机床、泵阀产业主要布局在铁西区。",
        "重点发展机床、泵阀产业，主要布局在铁西区。",
        "引导机床、泵阀企业向铁西区集聚。",
    ],
)
def test_rows_lines_and_what_is_put_somewhere(text: str) -> None:
    assert stated(text) == {"铁西区": {"机床", "泵阀"}}


def test_each_of_several_has_its_own() -> None:
    text = (
        "沈阳高新区、沈阳经开区分别重点发展集成电路、装备制造。推动法库县做精陶瓷、康平县做大塑编。"
    )
    assert stated(text) == {
        "沈阳高新区": {"集成电路"},
        "沈阳经开区": {"装备制造"},
        "法库县": {"陶瓷"},
        "康平县": {"塑编"},
    }


def test_those_around_a_core_share_its_trade() -> None:
    text = "形成以沈阳市为中心，鞍山市、抚顺市协同发展的装备制造产业带。"
    assert stated(text) == {name: {"装备制造"} for name in ("沈阳市", "鞍山市", "抚顺市")}


def test_a_zone_in_brackets_belongs_to_its_district() -> None:
    assert stated("辽中区（近海经济区）：再生资源、现代建筑产业。")["辽中区"] >= {"再生资源"}


def test_a_zone_is_named_whole() -> None:
    text = "大连片区聚焦航运物流。营口片区：发展商贸物流产业。南岭新城聚焦生物医药、机器人等产业。"
    assert set(stated(text)) == {"大连片区", "营口片区", "南岭新城"}


def test_a_sentence_that_is_only_a_park_is_the_heading_of_its_paragraph() -> None:
    text = "浑南数字经济产业园。以工业软件、人工智能为重点，引进企业。重点发展大数据产业。"
    assert stated(text) == {"浑南数字经济产业园": {"工业软件", "人工智能", "大数据"}}


def test_a_heading_that_gives_a_place_its_part_names_who_is_spoken_of() -> None:
    text = "——鞍山市智能制造联动区。围绕钢铁、菱镁等工业领域，推进智能化改造。"
    assert stated(text)["鞍山市"] >= {"钢铁", "菱镁"}


@pytest.mark.parametrize(
    "text",
    [
        "推进大连市、营口市等港口建设，发展海工装备产业。",  # what is built is not spoken of
        "支持大连市创建全域旅游示范区。",  # an award
        "推动大连市国际航空枢纽建设。",  # transport
        "学习借鉴苏州市，大力发展生物医药产业。",  # another place's example
        "（牵头单位：市发展改革委；配合单位：铁西区、大东区人民政府）发展机器人产业。",
        "推进法库县陶瓷加工、康平县塑编加工等一批农业产业化项目。",  # projects
        "依托大连开发区、营口市高新区等园区，发展石化产业。",  # means
        "推进锦州市—盘锦市—营口市石化产业带建设。",  # ends of a belt
        "依托现代农业产业园，推广设施农业种植。",  # a park without a name
        "苏州河沿岸重点发展文化创意产业。",  # a river
        "以举办大连市博览会为契机，推广新技术。",
        "大连市现有软件企业300家，投资5亿元建设新厂。",
    ],
)
def test_what_states_no_positioning(text: str) -> None:
    assert stated(text) == {}


_PIECES = st.sampled_from(
    [
        "铁西区",
        "大连市",
        "浑南产业园",
        "重点发展",
        "机器人",
        "、",
        "，",
        "。",
        "；",
        "（",
        "）",
        "等",
        "产业",
        "以",
        "为核心",
        "和",
        "——",
        "的",
        "南岭新城",
        "“",
        "7大",
        "基地",
        "\t",
        "\n",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_every_positioning_stands_in_its_quote_and_names_sectors(text: str) -> None:
    for item in extract(text)["positionings"]:
        assert text[item["start"] : item["end"]] == item["quote"]
        assert item["sectors"]
        assert len(set(item["sectors"])) == len(item["sectors"])
        assert all(2 <= len(name) <= 18 for name in item["sectors"])
