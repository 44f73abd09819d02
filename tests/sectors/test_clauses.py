import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.sectors.clauses import activities_of, is_unspecific, normalise, read_scope


def read(scope: str) -> list[tuple[str, str]]:
    return [(item.text, item.activities) for item in read_scope(normalise(scope))]


def test_verb_behind_the_list() -> None:
    assert read("阀门、水泵制造；钢材销售") == [("阀门", "m"), ("水泵制造", "m"), ("钢材销售", "t")]


def test_verb_before_the_list() -> None:
    assert read("销售：阀门、水泵") == [("阀门", "t"), ("水泵", "t")]
    assert read("生产阀门、水泵") == [("生产阀门", "m"), ("水泵", "m")]


def test_verbs_alone_belong_to_the_item_before() -> None:
    assert read("除尘设备制造、销售、安装") == [("除尘设备制造", "imt")]


def test_one_sentence_does_not_govern_the_next() -> None:
    assert read("服装销售；轴承") == [("服装销售", "t"), ("轴承", "")]


def test_brackets_legal_phrases_and_labels_are_no_items() -> None:
    scope = "许可经营项目：无 一般经营项目：轴承制造（法律、法规禁止的除外）；凭许可证经营。"
    assert read(scope) == [("轴承制造", "m")]


def test_boilerplate_keeps_its_rank() -> None:
    items = read_scope(normalise("国内一般贸易；货物进出口；软件开发"))
    assert [(item.text, item.rank) for item in items] == [("软件开发", 2)]


def test_nouns_that_look_like_verbs() -> None:
    assert activities_of("加工中心") == ""
    assert activities_of("加工中心销售") == "t"
    assert activities_of("集成电路设计") == "d"


@pytest.mark.parametrize(
    "scope", ["", "N/A", "无", "***", "法律、法规禁止的，不得经营；企业自主选择经营项目"]
)
def test_unspecific(scope: str) -> None:
    assert is_unspecific(normalise(scope))


def test_specific() -> None:
    assert not is_unspecific("服装销售")


@given(st.text(max_size=80))
def test_reads_anything(scope: str) -> None:
    items = read_scope(normalise(scope))
    assert all(item.text for item in items)
    assert [item.rank for item in items] == sorted(item.rank for item in items)
    assert all(set(item.activities) <= set("mrdsit") for item in items)
