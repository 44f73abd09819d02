"""Statements of what a place is to develop, form by form; all sentences are written for the test."""

import pytest
from tests.policy.conftest import stated

from clusteratlas.policy import extract


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("泵阀产业主要布局在营城子港、铁西区和法库县。", ("铁西区", "法库县")),
        ("泵阀产业重点在铁西区、法库县布局。", ("铁西区", "法库县")),
        ("泵阀由铁西区、法库县承载。", ("铁西区", "法库县")),
        ("泵阀产业以铁西区、法库县为主阵地。", ("铁西区", "法库县")),
        ("泵阀产业：仅限铁西区、法库县。", ("铁西区", "法库县")),
        ("主导产业涉及泵阀的有铁西区、法库县等。", ("铁西区", "法库县")),
        ("（二）泵阀产业\n空间布局：铁西区、法库县。", ("铁西区", "法库县")),
        ("将泵阀作为铁西区的主导产业。", ("铁西区",)),
        ("2.泵阀，以铁西区为核心，联动法库县，重点突破关键技术。", ("铁西区", "法库县")),
        ("环节\t任务\t责任单位\n泵阀\t扩大产能\t铁西区、法库县", ("铁西区", "法库县")),
    ],
)
def test_a_trade_is_put_at_its_places(text: str, units: tuple[str, ...]) -> None:
    found = stated(text)
    assert set(found) == set(units)
    assert all(any("泵阀" in name for name in found[unit]) for unit in units)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("法库县以法库经济开发区为载体，着力发展陶瓷、建材。", {"法库县", "法库经济开发区"}),
        ("法库县依托法库经济开发区，主要承接陶瓷、建材。", {"法库县", "法库经济开发区"}),
        ("法库县：法库经济开发区发展陶瓷、建材。", {"法库县", "法库经济开发区"}),
        ("法库县在法库经济开发区发展陶瓷、建材。", {"法库县", "法库经济开发区"}),
    ],
)
def test_where_a_district_is_to_develop_counts_too(text: str, expected: set[str]) -> None:
    found = stated(text)
    assert set(found) == expected
    assert all({"陶瓷", "建材"} <= sectors for sectors in found.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("铁西区做机床、泵阀。", {"铁西区": {"机床", "泵阀"}}),
        ("铁西区紧盯机床，支持企业改造。", {"铁西区": {"机床"}}),
        ("苏家屯区：医药、食品、化妆品。", {"苏家屯区": {"医药", "食品", "化妆品"}}),
        ("大北镇——以五金、模具为主，建设园区。", {"大北镇": {"五金", "模具"}}),
        ("法库县的主导产业之一为陶瓷加工。", {"法库县": {"陶瓷加工"}}),
        ("使法库县成为东北重要的陶瓷产业高地。", {"法库县": {"陶瓷"}}),
        ("法库县功能定位：全国日用陶瓷基地、通用航空基地。", {"法库县": {"日用陶瓷", "通用航空"}}),
        ("擦亮“中国陶瓷之都”法库县金名片。", {"法库县": {"陶瓷"}}),
        ("辽中区推动铸造由粗放向精密铸造、模具转变。", {"辽中区": {"精密铸造", "模具"}}),
    ],
)
def test_whatever_the_verb(text: str, expected: dict[str, set[str]]) -> None:
    found = stated(text)
    assert set(found) == set(expected)
    for unit, sectors in expected.items():
        assert sectors <= found[unit]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("大孟片区，以商贸物流、仓储为主。", "大孟片区"),
        ("临海经济区：商贸物流、仓储。", "临海经济区"),
        ("1. 北部商贸物流产业基地\n选址苏家屯区，重点发展商贸物流、仓储。", "北部商贸物流产业基地"),
        ("铁西区大明镇以商贸物流、仓储为主。", "大明镇"),
        ("“一核”即大孟新区。重点发展商贸物流、仓储。", "大孟新区"),
    ],
)
def test_parts_of_a_place_that_no_gazetteer_has(text: str, unit: str) -> None:
    assert stated(text) == {unit: {"商贸物流", "仓储"}}


def test_the_place_whose_document_it_is() -> None:
    text = (
        "法库县工业发展规划\n全县以陶瓷、通用航空为主导产业。今年产值增长10%，两大主导产业占比80%。"
    )
    assert stated(text) == {"法库县": {"陶瓷", "通用航空"}}


def test_a_bracket_gives_its_bodies_the_trade_of_the_heading() -> None:
    text = "1.动力装备产业链。推进零部件就近配套。（责任单位：市工信局，铁西区政府、于洪区政府）"
    assert stated(text) == {"铁西区": {"动力装备"}, "于洪区": {"动力装备"}}


def test_only_the_first_bodies_of_a_bracket_answer() -> None:
    text = "发展机床产业集群。（牵头单位：市工信局、铁西区政府；配合单位：于洪区政府）"
    assert set(stated(text)) == {"铁西区"}


def test_columns_of_a_table_are_told_by_their_headers() -> None:
    text = (
        "序号\t市\t县（市、区）\t园区名称\t主导产业\t重点企业\n"
        "1\t沈阳市\t法库县\t法库经济开发区\t陶瓷、通用航空\t某集团"
    )
    assert stated(text) == {name: {"陶瓷", "通用航空"} for name in ("法库县", "法库经济开发区")}


@pytest.mark.parametrize(
    "text",
    [
        "铁西区不再布局铸造。",
        "铁西区淘汰铸造、电镀。",
        "加强与铁西区在机床、泵阀等领域合作交流。",
        "《法库县陶瓷产业发展规划》印发实施。",
        "法库县陶瓷产业发展有限公司成立。",
        "随着铁西区建设、机床产业振兴，机遇增多。",
        "铁西区政府印发机床产业方案。",
        "法库县县域经济发展迅速。",
        "铁西区突出“绿色、健康”主题。",
        "铁西区成功引进了机床企业。",
    ],
)
def test_what_is_refused_done_or_only_named(text: str) -> None:
    assert stated(text) == {}


@pytest.mark.parametrize(
    "filler", ["　", "彭场以机械为主，", "沈阳市：浑南区发展机器人；", "一核即"]
)
def test_long_runs_end(filler: str) -> None:
    extract(filler * (30_000 // len(filler)))


@pytest.mark.parametrize(
    "text",
    [
        "高官镇：食用菌；碱厂镇：花卉种植；田师付镇：冷水鱼养殖。",
        "高官镇：食用菌。碱厂镇：花卉种植。田师付镇：冷水鱼养殖。",
    ],
)
def test_towns_with_a_label_each_have_only_their_own(text: str) -> None:
    found = [
        (one["district"], one["kind"], one["sectors"]) for one in extract(text)["positionings"]
    ]
    assert found == [
        ("高官镇", "town", ["食用菌"]),
        ("碱厂镇", "town", ["花卉种植"]),
        ("田师付镇", "town", ["冷水鱼养殖"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "支持沈阳联合机械制造股份有限公司发展机械产业。",
        "围绕沈阳通用机器人技术股份有限公司，打造机器人产业集群。",
        "以新松机器人为龙头，推动沈阳通用机器人有限公司扩产，建设机器人产业基地。",
    ],
)
def test_the_place_in_a_firms_name_is_given_nothing(text: str) -> None:
    assert stated(text) == {}
    assert stated(f"{text}沈阳市重点发展机床产业。") == {"沈阳市": {"机床"}}


def test_parks_listed_in_a_cell_share_the_one_trade_of_their_row() -> None:
    text = (
        "县区\t主导产业\t重点园区\n"
        "昌图县\t农机装备\t昌图经济开发区、八面城镇农机产业园\n"
        "开原市\t起重机械\t开原经济开发区、龙头企业两家\n"
        "法库县\t陶瓷、建材\t法库经济开发区、辽河陶瓷产业园\n"
    )
    assert stated(text) == {
        "昌图县": {"农机装备"},
        "昌图经济开发区": {"农机装备"},
        "八面城镇农机产业园": {"农机装备"},
        "开原市": {"起重机械"},
        "法库县": {"陶瓷", "建材"},  # it does not say which park takes which
    }


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("大东区打造汽车城。", {("大东区", "汽车")}),
        ("本溪市打造药都。", set()),
        ("铁西区曾是机床城。", set()),
        ("于洪区建设红星美凯龙家居城、义乌小商品城、购物城。", set()),
        ("沈北新区建设东北光谷，重点发展光电。", {("沈北新区", "光电")}),
        ("大东区叫响汽车城品牌。", set()),
    ],
)
def test_what_a_town_is_called_gives_a_trade_only_if_it_names_one(
    text: str, trades: set[tuple[str, str]]
) -> None:
    found = extract(text)
    assert {(p["district"], name) for p in found["positionings"] for name in p["sectors"]} == trades
    assert found["parks"] == []
