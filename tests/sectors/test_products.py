import pytest

from clusteratlas.data.loaders import load_sectors, read_table
from clusteratlas.sectors import SectorCatalog, SectorClassifier


def made(name: str, scope: str) -> dict[str, str]:
    row = SectorClassifier().classify_one(name, scope)
    return dict(zip(row["products"].split(";"), row["roles"].split(";"), strict=True))


def test_maker_and_trader_of_the_same_part() -> None:
    assert made("沈阳某某机械有限公司", "RV减速器、伺服电机制造、销售") == {
        "RV减速器": "maker",
        "伺服电机": "maker",
    }
    assert made("沈阳某某商贸有限公司", "RV减速器销售") == {"RV减速器": "trade"}


def test_roles() -> None:
    found = made("大连某某科技有限公司", "传感器研发；轴承销售；机床维修；齿轮制造")
    assert found == {"齿轮": "maker", "传感器": "research", "设备维修": "service", "轴承": "trade"}


@pytest.mark.parametrize(
    ("scope", "product"),
    [
        ("铸造", "铸件"),
        ("锻造、锻件加工", "锻件"),
        ("机械零部件加工", "机械加工"),
        ("热处理加工", "热处理"),
        ("电镀、喷涂", "表面处理"),
        ("模具制造", "模具"),
        ("电机制造", "电机"),
        ("轴承制造", "轴承"),
        ("标准件制造", "紧固件"),
        ("电线电缆制造", "电线电缆"),
        ("液压件制造", "液压件"),
        ("木箱、纸箱加工", "包装"),
        ("检验检测服务", "检测"),
    ],
)
def test_supporting_trades_are_found_in_firms_of_no_sector(scope: str, product: str) -> None:
    row = SectorClassifier().classify_one("沈阳市宏达机械厂", scope)
    assert product in row["products"].split(";")
    assert row["sectors"] == ""


def test_a_service_has_no_maker() -> None:
    assert made("大连某某货运有限公司", "仓储；检测服务") == {
        "物流仓储": "service",
        "检测": "service",
    }


def test_linkages_name_known_products() -> None:
    known = set(read_table("classification/products.csv")["product"])
    assert set(read_table("linkages.csv")["product"]) - {""} <= known


def test_at_most_twelve_products_makers_first() -> None:
    many = "、".join(
        ["阀门", "水泵", "轴承", "齿轮", "弹簧", "模具", "电缆", "电机", "锅炉", "风机"]
    )
    scope = f"{many}、电梯、钢管、涂料、管件销售；传感器制造"
    row = SectorClassifier().classify_one("大连某某有限公司", scope)
    assert len(row["products"].split(";")) == 12
    assert row["products"].split(";")[0] == "传感器"


def test_vocabulary_names_known_sectors_and_sane_weights() -> None:
    terms = read_table("classification/vocabulary.csv")
    known = set(SectorCatalog.load().ids) | {""}
    assert set(terms["sector"]) <= known
    assert terms["weight"].between(0, 1).all()
    assert not terms.duplicated(["sector", "term", "where"]).any()
    assert set(terms["where"]) == {"both", "name", "scope"}


def test_every_sector_has_vocabulary_and_products_link_to_sectors() -> None:
    terms = read_table("classification/vocabulary.csv")
    products = read_table("classification/products.csv")
    ids = set(load_sectors().query("parent != ''")["sector_id"])
    assert ids <= set(terms["sector"])
    assert set(products["sector"]) <= ids | {""}
    assert set(products["kind"]) == {"part", "process", "product", "service"}
    assert products["product"].is_unique


def test_sales_branch_trades_what_its_parents_scope_makes() -> None:
    found = SectorClassifier().classify(["某轴承集团有限公司沈阳销售分公司"], ["轴承制造、销售"])
    assert found.loc[0, "products"] == "轴承"
    assert found.loc[0, "roles"] == "trade"
