"""Tables of districts, parks, trades and the bodies that answer for them; all written for the test."""

import pytest

from clusteratlas.policy.extraction import extract

Stated = set[tuple[str, str, str]]


def stated(text: str) -> Stated:
    """Return unit, strength and each trade that a text states."""
    return {
        (one["district"], one["strength"], name)
        for one in extract(text)["positionings"]
        for name in one["sectors"]
    }


def units(text: str) -> set[str]:
    """Return the units that a text states trades of."""
    return {unit for unit, _, _ in stated(text)}


HEADER = "地区\t园区\t重点发展产业\n"


def test_parks_take_one_trade_each_only_where_the_row_says_so() -> None:
    apart = stated(HEADER + "浑南区\t浑南高新区；沈阳航空产业园\t机器人、软件；航空装备")
    assert ("浑南高新区", "leading", "软件") in apart
    assert ("沈阳航空产业园", "leading", "航空装备") in apart
    assert ("浑南高新区", "leading", "航空装备") not in apart
    assert ("沈阳航空产业园", "leading", "机器人") not in apart
    said = stated(HEADER + "浑南区\t浑南高新区、沈阳航空产业园\t分别发展机器人、航空装备")
    assert ("浑南高新区", "leading", "机器人") in said
    assert ("浑南高新区", "leading", "航空装备") not in said


def test_of_a_list_of_parks_and_one_of_trades_only_the_district_has_them() -> None:
    found = stated(HEADER + "浑南区\t浑南高新区、沈阳航空产业园\t机器人、航空装备")
    assert found == {("浑南区", "leading", "机器人"), ("浑南区", "leading", "航空装备")}


def test_an_empty_cell_means_the_place_above() -> None:
    text = HEADER + "法库县\t陶瓷产业园\t陶瓷\n\t通用航空产业基地\t无人机"
    assert ("法库县", "leading", "无人机") in stated(text)


def test_a_header_may_stand_in_two_rows() -> None:
    header = "所在区县\t园区与产业\t\t责任单位\n\t园区\t主导产业\n"
    text = header + "法库县\t法库陶瓷产业园\t陶瓷\t市工信局"
    assert units(text) == {"法库县", "法库陶瓷产业园"}
    assert [one["departments"] for one in extract(text)["responsibilities"]] == [["市工信局"]]


def test_lines_of_cells_are_items_that_stand_opposite() -> None:
    found = stated(HEADER + "浑南区\t浑南高新区 沈阳航空产业园\t机器人、软件 航空装备")
    assert ("浑南高新区", "leading", "软件") in found
    assert ("沈阳航空产业园", "leading", "机器人") not in found


def test_a_park_lies_in_the_district_of_its_row() -> None:
    text = HEADER + "法库县\t陶瓷产业园\t陶瓷\n铁西区\t现代建筑产业园\t装配式建筑"
    parks = {one["name"]: (one["district"], one["city"]) for one in extract(text)["parks"]}
    assert parks["陶瓷产业园"] == ("法库县", "沈阳市")
    assert parks["现代建筑产业园"][0] == "铁西区"


def test_bodies_of_a_row_answer_for_it_and_have_none_of_its_trades() -> None:
    text = "园区\t主导产业\t责任单位\n沈阳航空产业园\t航空装备\t市工信局、浑南区政府"
    assert units(text) == {"沈阳航空产业园"}
    (row,) = extract(text)["responsibilities"]
    assert (row["departments"], row["governments"]) == (["市工信局"], ["浑南区"])
    assert row["quote"] == "市工信局、浑南区政府"


def test_bodies_of_a_row_without_a_place_are_mentioned_as_in_a_bracket() -> None:
    text = "产业\t责任单位\t配合单位\n机器人\t市工信局、铁西区政府\t大东区政府"
    assert stated(text) == {("铁西区", "mentioned", "机器人")}


@pytest.mark.parametrize(
    "cell", ["沈北新区管委会（牵头），市商务局（配合）", "沈北新区管委会，市商务局"]
)
def test_a_part_in_brackets_is_no_part_of_a_body_s_name(cell: str) -> None:
    (row,) = extract(f"重点任务\t责任单位\n扩大粮油加工规模\t{cell}")["responsibilities"]
    assert (row["departments"], row["governments"]) == (["市商务局"], ["沈北新区管委会"])


def test_a_task_names_its_trades_as_a_sentence_does() -> None:
    text = "任务\t责任单位\n加快菱镁、陶瓷产业绿色转型\t市生态环境局，法库县政府"
    assert stated(text) == {("法库县", "mentioned", "菱镁"), ("法库县", "mentioned", "陶瓷")}


def test_two_joined_parks_are_never_one() -> None:
    text = "锦州经开区、松山新区和高新区要错位发展，分别聚焦石化新材料、汽车安全系统、电子信息。"
    assert not any("和" in one["name"] for one in extract(text)["parks"])


def test_parks_of_columns_headed_so_are_listed_with_their_place() -> None:
    text = (
        "区县\t承载园区\t主导产业\n"
        "辽中区\t近海经济区、永安机床小镇\t铸造\n"
        "苏家屯区\t省级以上园区\t冷链\n"
        "浑南区\t星海数据谷（一期）\t大数据\n"
    )
    parks = {one["name"]: one["district"] for one in extract(text)["parks"]}
    assert parks["近海经济区"] == "辽中区"
    assert parks["星海数据谷（一期）"] == "浑南区"
    assert "省级以上园区" not in parks
    assert "省级以上园区" not in units(text)


def test_a_header_may_name_zones_without_naming_one() -> None:
    text = "序号\t开发区名称\t首位产业\n1\t锦州经开区\t石化\n"
    assert ("锦州经开区", "leading", "石化") in stated(text)


PROJECTS = "序号\t项目名称\t建设内容\t建设单位\t建设地点\n"


def test_projects_state_no_trades_and_their_builders_are_firms() -> None:
    text = PROJECTS + (
        "1\t锂电池负极材料项目\t新建负极材料生产线\t绿能电力\t法库县\n"
        "2\t单抗药物产业化项目\t建设单抗药物车间\t市城建局\t铁西区\n"
    )
    assert stated(text) == set()
    assert [one["name"] for one in extract(text)["enterprises"]] == ["绿能电力"]


def test_projects_with_responsible_bodies_give_these_no_trades() -> None:
    text = "项目名称\t责任单位\n机器人产业园\t铁西区政府\n"
    assert stated(text) == set()
    assert [one["governments"] for one in extract(text)["responsibilities"]] == [["铁西区"]]


def test_towns_before_a_colon_have_what_stands_after_it() -> None:
    cell = "秀水河子镇、大孤家子镇：陶瓷；叶茂台镇：花生加工"
    for text in (f"区县\t布局\n法库县\t{cell}\n", cell.replace("；", "\n")):
        towns = {(unit, name) for unit, _, name in stated(text) if unit.endswith("镇")}
        assert towns == {
            ("秀水河子镇", "陶瓷"),
            ("大孤家子镇", "陶瓷"),
            ("叶茂台镇", "花生加工"),
        }


def test_a_column_s_name_is_no_park() -> None:
    text = "区县\t所在园区\t产业\n浑南区\t智能制造产业园\t机器人\n\n表二\n" * 3
    assert {one["name"] for one in extract(text)["parks"]} == {"智能制造产业园"}
