import pickle

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.errors import InputError
from clusteratlas.sectors import SectorCatalog, SectorClassifier, classify
from clusteratlas.sectors.classifier import COLUMNS

NAMES = ["沈阳云帆软件有限公司", "大连宝丰贸易有限公司", "锦州昊阳光伏有限公司", ""]
SCOPES = ["计算机软件开发", "服装销售", "太阳能电池组件生产", ""]
words = st.sampled_from(
    [
        "软件",
        "开发",
        "生产",
        "销售",
        "、",
        "；",
        "：",
        "(",
        ")",
        "机床",
        "除外",
        "A",
        "*",
        " ",
        "\n",
        "疫苗",
    ]
)
scopes = st.one_of(st.text(max_size=60), st.lists(words, max_size=30).map("".join))


def test_columns_order_and_index_follow_the_input() -> None:
    names = pd.Series(NAMES, index=[7, 5, 3, 1])
    found = classify(names, pd.Series(SCOPES, index=[7, 5, 3, 1]))
    assert tuple(found.columns) == COLUMNS
    assert list(found.index) == [7, 5, 3, 1]
    assert list(found["sectors"]) == ["software", "", "solar", ""]


def test_empty_input_gives_an_empty_frame() -> None:
    found = classify([], [])
    assert found.empty
    assert tuple(found.columns) == COLUMNS


def test_missing_text_counts_as_empty() -> None:
    found = classify(pd.Series([None, "沈阳云帆软件有限公司"]), pd.Series(["软件开发", None]))
    assert found["sectors"].tolist()[0] == "software"
    assert found.notna().all(axis=None)


def test_lengths_must_agree() -> None:
    with pytest.raises(InputError, match="2 names, 1 scopes"):
        classify(["a", "b"], ["c"])


@settings(max_examples=150, deadline=None)
@given(name=scopes, scope=scopes, code=st.text(max_size=6))
def test_never_raises_and_keeps_its_shape(name: str, scope: str, code: str) -> None:
    row = SectorClassifier().classify_one(name, scope, code)
    sectors = [part for part in row["sectors"].split(";") if part]
    assert len(sectors) <= 3
    assert len(set(sectors)) == len(sectors)
    assert set(sectors) <= set(SectorCatalog.load().ids)
    scores = [float(part) for part in row["sector_scores"].split(";") if part]
    assert len(scores) == len(sectors)
    assert all(0 <= score < 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert len(row["products"].split(";")) == len(row["roles"].split(";"))


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(4)))
def test_a_firm_does_not_depend_on_its_neighbours(order: list[int]) -> None:
    alone = classify(NAMES, SCOPES)
    together = classify([NAMES[i] for i in order], [SCOPES[i] for i in order])
    pd.testing.assert_frame_equal(together, alone.iloc[order].reset_index(drop=True))


def test_full_and_half_width_read_alike() -> None:
    classifier = SectorClassifier()
    wide = classifier.classify_one("大连ＡＢ机器人有限公司", "ＡＧＶ、机器人研发，生产；")
    narrow = classifier.classify_one("大连AB机器人有限公司", "AGV、机器人研发,生产;")
    assert wide == narrow


def test_pickles_small_and_works_after() -> None:
    classifier = SectorClassifier()
    classifier.classify_one("沈阳云帆软件有限公司", "软件开发")
    stored = pickle.dumps(classifier)
    assert len(stored) < 1_000
    again: SectorClassifier = pickle.loads(stored)
    assert again.classify_one("沈阳云帆软件有限公司", "软件开发")["sectors"] == "software"


def test_a_very_long_scope_is_cut_not_refused() -> None:
    found = classify(["大连某某有限公司"], ["软件开发；" + "服装销售、" * 200_000])
    assert found["sectors"].tolist() == ["software"]


def test_certain_code_assigns_and_partial_code_only_bounds() -> None:
    certain = classify(["某某有限公司"], ["见许可证"], ["C3720"]).iloc[0]
    partial = classify(["某某有限公司"], ["见许可证"], ["4415"]).iloc[0]
    assert (certain["sectors"], certain["sector_evidence"]) == ("rail", "industry code")
    assert partial["sectors"] == ""
    assert partial["sector_possible"] == "smart_energy"


def test_partial_code_confirms_the_text() -> None:
    text = ("抚顺某某有限公司", "风力发电")
    without = SectorClassifier().classify_one(*text)
    with_code = SectorClassifier().classify_one(*text, "4415")
    assert "smart_energy" in with_code["sectors"]
    assert float(with_code["sector_scores"].split(";")[0]) > float(
        without["sector_scores"].split(";")[0] or 0
    )
    assert with_code["sector_possible"] == ""


def test_branch_of_an_anchor_inherits_but_not_its_restaurant() -> None:
    classifier = SectorClassifier()
    branch = classifier.classify_one("沈阳鼓风机集团有限公司齿轮分公司", "")
    assert "major_equipment" in branch["sectors"]
    assert "branch of" in branch["sector_evidence"]
    assert classifier.classify_one("沈阳鼓风机集团有限公司餐饮分公司", "餐饮服务")["sectors"] == ""


def test_subsidiary_with_a_form_of_its_own_is_no_branch() -> None:
    found = SectorClassifier().classify_one(
        "东北特殊钢集团物资贸易有限公司大连分公司", "钢材销售；金属材料批发"
    )
    assert found["sectors"] == ""
