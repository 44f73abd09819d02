"""What an economist expects of a firm's sector; every firm here is invented."""

import pytest

from clusteratlas.sectors import SectorClassifier


@pytest.fixture(scope="module")
def classifier() -> SectorClassifier:
    return SectorClassifier()


BELONGS = [
    ("沈阳云帆软件有限公司", "计算机软件开发、技术咨询、技术服务；办公用品销售。", "software"),
    ("大连蓝桥科技有限公司", "计算机系统集成；计算机软、硬件开发及销售。", "software"),
    (
        "沈阳铸远数控机械有限公司",
        "数控机床、加工中心制造、销售；机械零部件加工。",
        "smart_manufacturing",
    ),
    (
        "大连博恒自动化有限公司",
        "工业自动化设备研发、生产；自动控制系统设计、安装。",
        "smart_manufacturing",
    ),
    ("沈阳灵动智能装备有限公司", "工业机器人、RV减速器研发、制造、销售。", "robotics"),
    ("沈阳北变变压器制造有限公司", "电力变压器、高压套管制造、销售。", "major_equipment"),
    ("抚顺恒压容器有限公司", "大型压力容器、石油化工设备制造。", "major_equipment"),
    ("沈阳翔远航空零部件有限公司", "飞机零部件、航空发动机零部件加工。", "aviation"),
    ("大连海泰船舶重工有限公司", "船舶制造；海洋工程装备制造；船舶分段制作。", "marine"),
    ("沈阳路通轨道装备有限公司", "铁路机车车辆配件、转向架制造。", "rail"),
    ("大连芯元微电子有限公司", "集成电路设计；半导体器件制造。", "ic"),
    ("沈阳彩视电子有限公司", "液晶电视机、机顶盒生产、销售。", "digital_av"),
    ("大连信远通信设备有限公司", "通信设备、基站天线研发、制造。", "communications"),
    ("沈阳同源生物制药有限公司", "疫苗、基因工程药物研究、生产。", "biologics"),
    ("本溪康和制药有限公司", "片剂、硬胶囊剂、颗粒剂生产。", "chemical_drugs"),
    ("丹东本草堂药业有限公司", "中药饮片、中成药生产、销售。", "tcm"),
    ("沈阳仁和医疗设备有限公司", "医疗器械生产、销售；医用X射线设备研发。", "medical_devices"),
    (
        "鞍山清源环保设备有限公司",
        "除尘设备、污水处理设备制造、安装；环保工程施工。",
        "env_equipment",
    ),
    ("大连绿洲再制造有限公司", "机床再制造；废旧塑料加工、再生利用。", "recycling"),
    ("锦州昊阳光伏有限公司", "单晶硅、太阳能电池组件生产、销售。", "solar"),
    ("阜新长风风力发电有限公司", "风力发电项目的开发、建设、运营。", "smart_energy"),
    ("抚顺精锻特殊钢有限公司", "特殊钢、高温合金冶炼、轧制、销售。", "special_steel"),
    ("营口轻材镁合金有限公司", "镁合金、铝合金型材生产、销售。", "light_alloy"),
    ("沈阳恒磁稀土材料有限公司", "稀土永磁材料制造、销售。", "rare_earth"),
    ("锦州坚材硬质合金有限公司", "硬质合金、钼制品、钨制品生产。", "rare_metals"),
    ("盘锦新科高分子材料有限公司", "工程塑料、合成橡胶、碳纤维生产。", "polymers"),
    ("法库精陶工业陶瓷有限公司", "碳化硅陶瓷、特种陶瓷制造。", "ceramics_glass"),
    ("大连新动力电池有限公司", "锂离子电池、动力电池研发、生产；电动汽车零部件制造。", "nev"),
]

DOES_NOT = [
    ("trade is not making", "沈阳康信商贸有限公司", "医疗器械、医疗设备批发、零售。"),
    (
        "a dealer's list without a verb",
        "大连仁德医药有限公司",
        "中成药、化学药制剂、抗生素、生物制品",
    ),
    (
        "retail chain",
        "辽宁长青大药房连锁有限公司铁西店",
        "中成药、中药饮片、生物制品零售；医疗器械零售。",
    ),
    ("machine shop", "沈阳市宏达机械加工厂", "机械加工；铆焊；机械零部件加工。"),
    ("tools are not machines", "大连佳信物资有限公司", "数控机床、机床设备、轴承、五金工具销售。"),
    (
        "boilerplate at the end",
        "大连宝丰贸易有限公司",
        "服装、日用百货销售；国内一般贸易；技术开发、技术咨询。",
    ),
    ("repair", "沈阳安顺汽车服务有限公司", "汽车维修；新能源汽车销售；汽车配件零售。"),
    (
        "installation by a builder",
        "沈阳恒筑建筑工程有限公司",
        "房屋建筑工程施工；机电设备安装；钢结构工程。",
    ),
    (
        "tickets are not aircraft",
        "大连飞达航空服务有限公司",
        "国内航空客运销售代理；航空货运代理。",
    ),
    ("freight by rail", "锦州铁联货运有限公司", "铁路货运代理；普通货运；仓储。"),
    (
        "telecom shop",
        "中国移动通信集团辽宁有限公司城东营业厅",
        "移动通信业务；通信设备销售；系统集成、技术开发。",
    ),
    ("bank", "某某农村商业银行股份有限公司东街支行", "吸收公众存款；发放短期、中期和长期贷款。"),
    ("scrap dealer", "鞍山市顺达物资回收有限公司", "废旧金属、废旧物资回收、销售。"),
    ("windows are not alloys", "海城市锦绣门窗厂", "塑钢、铝合金门窗制作、安装。"),
    (
        "magnesia is not magnesium",
        "大石桥市恒远耐火材料有限公司",
        "轻烧镁粉、重烧镁砂、耐火材料生产、销售。",
    ),
    ("tiles", "沈阳美居建材有限公司", "陶瓷洁具、建筑陶瓷批发、零售。"),
    ("valves and pumps", "铁岭市通用阀门有限公司", "阀门、管件、水泵制造、销售。"),
    ("herb growing", "桓仁绿野农业有限公司", "中药材种植、收购、销售；食用菌种植。"),
    ("winding up", "铁岭造纸厂劳动服务公司", "处理债权债务，不得从事经营活动。"),
    (
        "software sold, not made",
        "沈阳联达办公设备有限公司",
        "计算机软件、计算机及耗材、办公设备销售、维修。",
    ),
]


@pytest.mark.parametrize(("name", "scope", "sector"), BELONGS, ids=[row[2] for row in BELONGS])
def test_firm_belongs(classifier: SectorClassifier, name: str, scope: str, sector: str) -> None:
    found = classifier.classify_one(name, scope)
    assert sector in found["sectors"].split(";"), found


@pytest.mark.parametrize(("why", "name", "scope"), DOES_NOT, ids=[row[0] for row in DOES_NOT])
def test_firm_belongs_to_none(
    classifier: SectorClassifier, why: str, name: str, scope: str
) -> None:
    assert classifier.classify_one(name, scope)["sectors"] == ""


def test_making_counts_where_selling_does_not(classifier: SectorClassifier) -> None:
    name = "大连某某科技有限公司"
    made = classifier.classify_one(name, "医疗器械研发、生产、销售")
    sold = classifier.classify_one(name, "医疗器械销售")
    assert (made["sectors"], sold["sectors"]) == ("medical_devices", "")


def test_verb_before_the_list_governs_it(classifier: SectorClassifier) -> None:
    name = "丹东某某有限公司"
    assert classifier.classify_one(name, "制造、销售：铁路信号设备、转向架")["sectors"] == "rail"
    assert classifier.classify_one(name, "销售：铁路信号设备、转向架")["sectors"] == ""


def test_place_in_the_scope_decides(classifier: SectorClassifier) -> None:
    """Software named first is the business; named after ten trades it is not."""
    trades = "五金、建材、服装、百货、钢材、木材、家具、文具、食品、灯具销售"
    name = "大连某某实业有限公司"
    assert "software" in classifier.classify_one(name, f"软件开发；{trades}")["sectors"]
    assert classifier.classify_one(name, f"{trades}；软件开发")["sectors"] == ""


def test_name_decides_where_the_scope_says_nothing(classifier: SectorClassifier) -> None:
    scope = "法律、法规禁止的，不得经营；企业自主选择经营项目，开展经营活动。"
    assert classifier.classify_one("大连某某环保设备有限公司", scope)["sectors"] == "env_equipment"
    assert classifier.classify_one("大连某某环保设备有限公司", "服装销售")["sectors"] == ""


def test_torn_words_are_joined(classifier: SectorClassifier) -> None:
    found = classifier.classify_one("大连某某有限公司", "计算机软、硬件开发及配套服务。")
    assert found["sectors"] == "software"


def test_longer_term_wins(classifier: SectorClassifier) -> None:
    """水下机器人 is marine equipment, not robotics; 陶瓷机械 is no ceramic."""
    found = classifier.classify_one("大连某某海洋装备有限公司", "水下机器人制造")
    assert found["sectors"] == "marine"


def test_evidence_names_the_words_that_decided(classifier: SectorClassifier) -> None:
    found = classifier.classify_one("沈阳云帆软件有限公司", "计算机软件开发；办公用品销售。")
    assert "软件开发" in found["sector_evidence"]
    assert float(found["sector_scores"]) >= 0.8
