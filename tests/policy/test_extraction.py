"""Short texts of many wordings, written for these tests, and what is to be found in them."""

import pytest

from clusteratlas.policy import extract


def enterprises(text: str) -> list[str]:
    return [item["name"] for item in extract(text)["enterprises"]]


def parks(text: str) -> list[str]:
    return [item["name"] for item in extract(text)["parks"]]


def stated(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in extract(text)["positionings"]:
        found.setdefault(item["district"], []).extend(item["sectors"])
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("依托重点企业\t甲乙集团、601所、瓦轴等企业", ["甲乙集团", "601所", "瓦轴"]),
        (
            "以华晨汽车集团、辽宁曙光汽车集团等企业为依托，提高质量。",
            ["华晨汽车集团", "辽宁曙光汽车集团"],
        ),
        ("龙头企业：明达药业、宏远食品有限公司。", ["明达药业", "宏远食品有限公司"]),
        ("支持本溪钢铁(集团)有限公司做大做强。", ["本溪钢铁(集团)有限公司"]),
        (
            "发展上海绿谷（本溪）制药、云狐科技（沈阳）有限公司等企业。",
            ["上海绿谷（本溪）制药", "云狐科技（沈阳）有限公司"],
        ),
        (
            "依托抚顺矿业集团有限责任公司页岩炼油厂开展示范。",
            ["抚顺矿业集团有限责任公司页岩炼油厂"],
        ),
        (
            "依托中国电子科技集团公司第四十七研究所开展攻关。",
            ["中国电子科技集团公司第四十七研究所"],
        ),
        (
            "一是引进瑞丰新材料股份有限公司；二是推动海川机械有限公司扩产。",
            ["瑞丰新材料股份有限公司", "海川机械有限公司"],
        ),
        ("培育华光电气、顺风纺织、长青等骨干企业。", ["华光电气", "顺风纺织", "长青"]),
        ("推动宁德时代、比亚迪二期项目建设。", ["宁德时代", "比亚迪"]),
        ("确保天宇化工年产60万吨甲醇项目开工建设。", ["天宇化工"]),
        ("宝鸡市以宝钛集团为引领的钛材加工企业。", ["宝钛集团"]),
        ("12.山东友谊胶粘科技有限公司特种胶带项目", ["山东友谊胶粘科技有限公司"]),
        ("汇聚速腾聚创、元戎启行等深圳企业。", ["速腾聚创", "元戎启行"]),
        (
            "责任单位：沈鼓集团、市发展改革委、市科协、省国资委、市政府办公厅、高新区管委会、浑南区",
            ["沈鼓集团"],
        ),
        ("牵头单位：市工业和信息化局、市发展改革委、沈阳海关", []),
    ],
)
def test_enterprises_of_many_wordings(text: str, names: list[str]) -> None:
    assert enterprises(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "围绕智能健康平台建设，打造健康产业。",
        "发展半导体、新能源汽车、机器人等企业。",
        "培育专精特新、单项冠军、独角兽等企业。",
        "推动高校、科研院所、上市公司等单位合作。",
        "推广混合电袋PM25除尘系统、RV减速器等产品。",
        "建设灯塔工厂、绿色工厂，推进集团化办学。",
        "发展碳纤维、石墨烯等领域企业。",
        "完善城市医疗集团和融资平台公司管理。",
    ],
)
def test_descriptions_are_no_enterprises(text: str) -> None:
    assert enterprises(text) == []


def test_foreign_partners_stand_apart() -> None:
    extraction = extract("加强与GE、西门子、庞巴迪等企业合作，支持沈鼓集团发展。")
    assert [item["name"] for item in extraction["partners"]] == ["GE", "西门子", "庞巴迪"]
    assert [item["name"] for item in extraction["enterprises"]] == ["沈鼓集团"]


def test_short_name_given_in_a_list_is_found_again_in_prose() -> None:
    text = "骨干企业：长河、远山电气。\n推动长河建设新厂。"
    assert enterprises(text) == ["长河", "远山电气", "长河"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "加快沈阳浑南航空产业园、法库通用航空产业基地建设。",
            ["沈阳浑南航空产业园", "法库通用航空产业基地"],
        ),
        ("重点打造中德装备园、节能环保产业园等园区。", ["中德装备园", "节能环保产业园"]),
        ("支持张掖经开区、酒泉高新区升级。", ["张掖经开区", "酒泉高新区"]),
        ("高标准建设横琴粤澳深度合作区。", ["横琴粤澳深度合作区"]),
        ("规划建设文具产业园、模具产业园。", ["文具产业园", "模具产业园"]),
        ("推动宁海经济开发区和宁海科技园区发展。", ["宁海经济开发区", "宁海科技园区"]),
    ],
)
def test_named_parks(text: str, names: list[str]) -> None:
    assert parks(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "打造世界级研发制造基地。",
        "努力打造国内一流的重大成套装备产业基地。",
        "建设国家自主创新示范区、零碳园区，深化开发区改革。",
        "新增10个省级产业园。",
        "沈北新区政府负责。",
    ],
)
def test_goals_titles_and_districts_are_no_parks(text: str) -> None:
    assert parks(text) == []


def test_list_shares_the_form_of_its_last_item() -> None:
    text = "沈阳市以铁西、浑南、沈北3大产业集聚区为核心。"
    assert parks(text) == ["铁西", "浑南", "沈北"]


@pytest.mark.parametrize(
    ("text", "district", "sectors"),
    [
        ("浑南区重点发展机器人、生物医药等产业。", "浑南区", ["机器人", "生物医药"]),
        ("1.法库县。重点发展通用航空、陶瓷产业。", "法库县", ["通用航空", "陶瓷"]),
        ("支持溧阳市发展动力电池产业。", "溧阳市", ["动力电池"]),
        ("金乡县以新材料为主导产业。", "金乡县", ["新材料"]),
        ("集成电路产业重点布局在浑南区。", "浑南区", ["集成电路"]),
        ("区县\t主导产业\n汇川区\t白酒、装备制造\n", "汇川区", ["白酒", "装备制造"]),
    ],
)
def test_positionings(text: str, district: str, sectors: list[str]) -> None:
    assert stated(text)[district] == sectors


def test_bracket_makes_districts_responsible_for_the_trades_of_a_clause() -> None:
    text = "支持机器人、航空装备等产业创新。(市发展改革委、科技局，苏家屯区、法库县政府)"
    extraction = extract(text)
    assert [item["district"] for item in extraction["positionings"]] == ["苏家屯区", "法库县"]
    assert {item["strength"] for item in extraction["positionings"]} == {"mentioned"}
    [responsibility] = extraction["responsibilities"]
    assert responsibility["departments"] == ["市发展改革委", "科技局"]
    assert responsibility["governments"] == ["苏家屯区", "法库县"]


@pytest.mark.parametrize(
    ("text", "departments", "governments"),
    [
        (
            "规划中期评估由县发展改革局牵头，统计局、环保局等部门配合，报县人大。",
            ["县发展改革局", "统计局", "环保局"],
            [],
        ),
        (
            "建设口岸。（省商务厅牵头，海关、市发展和改革委员会按职责分工配合）",
            ["省商务厅", "海关", "市发展和改革委员会"],
            [],
        ),
        ("扩大出口。（省商务厅和郑州市、开封市政府负责）", ["省商务厅"], ["郑州市", "开封市"]),
        ("由市场牵头的项目很多。", [], []),
    ],
)
def test_bodies_by_what_they_are_to_do(
    text: str, departments: list[str], governments: list[str]
) -> None:
    found = extract(text)["responsibilities"]
    assert [name for one in found for name in one["departments"]] == departments
    assert [name for one in found for name in one["governments"]] == governments
    assert all(text[one["start"] : one["end"]] == one["quote"] for one in found)


def test_target_has_value_unit_and_year() -> None:
    [target] = extract("力争到2020年，新兴产业增加值占比达到20%以上。")["targets"]
    assert (target["value"], target["unit"], target["year"]) == (20.0, "%", 2020)
    assert target["comparison"] == ">="


def test_field_subsector_and_section_of_an_enterprise() -> None:
    text = (
        "二、重点领域\n（二）新一代信息技术。\n——集成电路。以设计为主。\n"
        "重点产品和关键技术\t硅圆片，键合金丝（高纯、超细）等\n依托重点企业\t大连佳峰电子有限公司等企业\n"
    )
    extraction = extract(text)
    [item] = extraction["enterprises"]
    assert (item["field"], item["subsector"], item["sector_id"]) == (
        "新一代信息技术",
        "集成电路",
        "ic",
    )
    assert item["section"].startswith("二、重点领域 / （二）新一代信息技术 / ——集成电路")
    assert item["enterprise_id"] == "dalian-jiafeng"
    assert (item["score"], item["reason"]) == (1.0, "name or recorded alias")
    assert extraction["sectors"][1]["products"] == ["硅圆片", "键合金丝（高纯、超细）"]


def test_title_and_number_in_the_middle_of_the_text() -> None:
    text = (
        "甲市壮大新兴产业实施方案\n一、目标\n发展。\n甲市人民政府关于印发\n甲市壮大新兴产业实施方案的通知\n"
        "甲政发〔2015〕25号\n2015年6月1日\n"
    )
    document = extract(text)["document"]
    assert document["title"] == "甲市人民政府关于印发甲市壮大新兴产业实施方案的通知"
    assert document["number"] == "甲政发〔2015〕25号"
    assert document["issuer"] == "甲市人民政府"
    assert document["date"] == "2015-06-01"


def test_what_a_text_does_not_say_stays_unknown() -> None:
    document = extract("发展。")["document"]
    assert (document["title"], document["number"], document["date"]) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "district", "sectors"),
    [
        ("甘井子区加快转型。该区聚焦机床、轴承两大产业。", "甘井子区", {"机床", "轴承"}),
        ("桓仁县规划建设园区,重点发展中药、食品产业。", "桓仁县", {"中药", "食品"}),
        ("与抚顺市协同,新宾县主打林产加工、旅游产业。", "新宾县", {"林产加工", "旅游"}),
        ("以菱镁新材料为重点的大石桥经济开发区开工。", "大石桥经济开发区", {"菱镁新材料"}),
        ("瓦房店市将轴承产业作为主导产业培育。", "瓦房店市", {"轴承"}),
    ],
)
def test_positionings_of_many_wordings(text: str, district: str, sectors: set[str]) -> None:
    stated = {one["district"]: set(one["sectors"]) for one in extract(text)["positionings"]}
    assert stated == {district: sectors}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("推动臻秦、鑫鸣激、亿鸿展盛等19个项目开工。", ["臻秦", "鑫鸣激", "亿鸿展盛"]),
        ("推动桥梁、隧道、站房等19个项目开工。", []),
        ("突出金龙稀土龙头带动作用。", ["金龙稀土"]),
        ("青海丽豪20万吨多晶硅项目投产。", ["青海丽豪"]),
    ],
)
def test_brands_of_projects(text: str, names: list[str]) -> None:
    assert [one["name"] for one in extract(text)["enterprises"]] == names


def test_ascii_stops_read_as_official_ones_and_offsets_hold() -> None:
    text = "依托重点企业:甲乙重工,丙丁机床有限公司;"
    for one in extract(text)["enterprises"]:
        assert text[one["start"] : one["end"]] == one["name"]
    assert "丙丁机床有限公司" in {one["name"] for one in extract(text)["enterprises"]}


def test_a_park_takes_its_place_from_a_sure_suggestion_only() -> None:
    text = "在青石镇建设云溪新材料产业园。\n支持沈阳浑南航空产业园发展。\n"
    parks = {park["name"]: park for park in extract(text)["parks"]}
    unsure = parks["云溪新材料产业园"]
    assert unsure["score"] < 0.85  # the likest shipped park lies elsewhere
    assert (unsure["district"], unsure["city"]) == ("", "")
    assert parks["沈阳浑南航空产业园"]["district"] == "浑南区"
