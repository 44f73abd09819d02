"""Supporting firms are found by product, ranked by link, distance and precision, and explained."""

import numpy as np
import pandas as pd
import pytest

from clusteratlas.analysis import supply
from clusteratlas.analysis.reasons import WORK, explain
from clusteratlas.data import load_linkages
from clusteratlas.errors import InputError

LINKS = pd.DataFrame(
    [
        ("robotics", "robotics", "RV减速器", 1.0, "named"),
        ("supporting", "robotics", "轴承", 0.8, "joints"),
        ("special_steel", "robotics", "特殊钢", 0.5, "shafts"),
        ("robotics", "nev", "工业机器人", 0.6, "lines"),
    ],
    columns=["supplier", "customer", "product", "weight", "reason"],
)
ROBOTS = supply.SupplyTarget(("robotics",))


def firms(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Firms as (id, sectors, products, roles, distance)."""
    frame = pd.DataFrame(
        rows, columns=["enterprise_id", "sectors", "products", "roles", "distance_m"]
    )
    return frame.assign(radius_m=500.0, confidence=1.0)


def test_maker_of_a_needed_part_comes_before_the_trader_of_it() -> None:
    found = supply.supporting_firms(
        ROBOTS,
        firms(
            ("trader", "", "轴承", "trade", 1000.0),
            ("maker", "", "铸件;轴承", "maker;maker", 1000.0),
            ("other", "", "包装", "maker", 10.0),
        ),
        LINKS,
    )
    assert found["enterprise_id"].tolist() == ["maker", "trader"]
    assert found["link_weight"].tolist() == [0.8, 0.4]
    assert found.loc[0, "link_product"] == "轴承"


def test_near_firm_comes_before_a_far_one_of_the_same_product() -> None:
    found = supply.supporting_firms(
        ROBOTS,
        firms(("far", "", "轴承", "maker", 60_000.0), ("near", "", "轴承", "maker", 0.0)),
        LINKS,
    )
    assert found["enterprise_id"].tolist() == ["near", "far"]
    # 60 km are two half distances: a quarter of the near one's score.
    assert found["score"].tolist() == pytest.approx([0.8, 0.2])


def test_sector_without_product_is_weak_evidence() -> None:
    found = supply.supporting_firms(
        ROBOTS, firms(("steel", "special_steel", "", "", 0.0)), LINKS, role="supplier"
    )
    assert found.loc[0, "link_weight"] == pytest.approx(0.5 * supply.SECTOR_ONLY)


def test_roles_are_told_apart() -> None:
    crowd = firms(
        ("maker", "", "轴承", "maker", 0.0),
        ("car", "nev", "", "", 0.0),
        ("robot", "robotics", "", "", 0.0),
    )
    for role, expected in (("supplier", "maker"), ("customer", "car"), ("peer", "robot")):
        found = supply.supporting_firms(ROBOTS, crowd, LINKS, role=role)  # type: ignore[arg-type]
        assert found["enterprise_id"].tolist() == [expected]
        assert found["role"].tolist() == [role]


def test_no_candidates_give_an_empty_answer() -> None:
    found = supply.supporting_firms(ROBOTS, firms(), LINKS)
    assert found.empty
    assert "role" in found


def test_reasons_name_product_distance_and_precision() -> None:
    found = supply.supporting_firms(ROBOTS, firms(("m", "", "轴承", "maker", 3200.0)), LINKS)
    record = {str(key): value for key, value in found.iloc[0].to_dict().items()}
    assert explain(record, {}) == ["生产轴承", "相距 3.2 公里", "位置误差约 500 米"]
    assert explain(record, {}, lang="en")[0] == "makes 轴承"


@pytest.mark.parametrize(
    ("product", "doing", "zh", "en"),
    [
        ("轴承", "maker", "生产轴承", "makes 轴承"),
        ("轴承", "trade", "销售轴承", "sells 轴承"),
        ("轴承", "service", "提供轴承服务", "provides 轴承"),
        ("热处理", "maker", "从事热处理", "does 热处理"),
        ("热处理", "trade", "从事热处理", "sells 热处理"),
        ("热处理", "research", "研发热处理", "develops 热处理"),
        ("数据服务", "service", "提供数据服务", "provides 数据服务"),
    ],
)
def test_work_is_done_and_goods_are_made(product: str, doing: str, zh: str, en: str) -> None:
    row: dict[str, object] = {
        "role": "supplier",
        "link_product": product,
        "link_doing": doing,
        "sectors": "",
        "distance_m": 0.0,
    }
    assert explain(row, {})[0] == zh
    assert explain(row, {}, lang="en")[0] == en


def test_products_that_are_work_are_products_of_the_links() -> None:
    assert set(load_linkages()["product"]) >= WORK


def test_unknown_role_and_missing_sector_are_refused() -> None:
    with pytest.raises(InputError, match="allowed are any, supplier, customer, peer"):
        supply.supporting_firms(ROBOTS, firms(), LINKS, role="friend")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no sector"):
        supply.supporting_firms(supply.SupplyTarget(()), firms(), LINKS)


def test_chain_gaps_put_missing_links_first() -> None:
    near = firms(
        ("a", "", "轴承", "maker", 5_000.0),
        ("b", "", "特殊钢", "trade", 5_000.0),
        ("c", "", "RV减速器", "maker", 80_000.0),
    )
    gaps = supply.chain_gaps(["robotics"], supply.product_presence(near), LINKS)
    assert gaps["product"].tolist() == ["RV减速器", "特殊钢", "轴承"]
    assert gaps["missing"].tolist() == [True, True, False]
    assert gaps.loc[0, "nearest_m"] == 80_000.0
    assert np.isnan(float(gaps["nearest_m"].iloc[1]))  # a trader is no maker
