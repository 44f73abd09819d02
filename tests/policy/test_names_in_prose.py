"""Firms and parks in prose, lists of projects and enumerations; the sentences are made up."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy import extract
from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.coined import has_coined
from clusteratlas.policy.enterprises import find_enterprises
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.lexicon import FIRM_SUFFIX
from clusteratlas.policy.name_index import NameIndex
from clusteratlas.policy.park_forms import PARK_SUFFIX
from clusteratlas.policy.parks import find_parks
from clusteratlas.policy.structure import read_structure
from clusteratlas.policy.vocabulary import cut, is_ordinary, name_likeness
from clusteratlas.policy.well_known import known_firms, well_known


def enterprises(text: str) -> list[str]:
    return [item["name"] for item in extract(text)["enterprises"]]


def parks(text: str) -> list[str]:
    return [item["name"] for item in extract(text)["parks"]]


@given(st.text(alphabet="沈鼓机床产业的和中国辽阳瓦轴。，A1", max_size=60))
@settings(max_examples=80, deadline=None)
def test_cutting_loses_no_character(text: str) -> None:
    tokens = cut(text, 0, len(text))
    assert [token.start for token in tokens] == [0, *(token.end for token in tokens)][: len(tokens)]
    assert "".join(text[token.start : token.end] for token in tokens) == text


def test_everyday_phrases_are_told_from_coined_words() -> None:
    assert is_ordinary("推进产业集群建设")
    assert is_ordinary("沈阳装备制造")
    assert not is_ordinary("鑫瑞达")
    assert has_coined("鑫瑞达")
    assert not has_coined("高质量发展")
    assert name_likeness("鑫瑞达") > 0 > name_likeness("强链补链")


def test_well_known_names_are_more_than_numbers_and_ports() -> None:
    names = known_firms()
    assert len(names) > 14_000
    assert {"一汽-大众", "航发黎明", "长光辰芯", "重汽王牌"} <= names
    assert not [name for name in names if len(name) < 2 or re.fullmatch("[0-9]+所?", name)]
    assert not {"宁波舟山港", "冀东油田", "恒通", "鑫源", "大重"} & names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("支持一汽-大众、长光辰芯做大做强。", ["一汽-大众", "长光辰芯"]),
        ("依托航发黎明，推动产业升级。", ["航发黎明"]),
        ("全县有小学203所，加强与宁波舟山港合作。", []),
        ("永茂大街北延工程竣工，推进大重点项目建设。", []),
    ],
)
def test_well_known_names_stand_as_names(text: str, names: list[str]) -> None:
    assert enterprises(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("支持宁德时代汽车", "宁德时代汽车"),
        ("曲靖隆基投产，甲。", "曲靖隆基"),
    ],
    ids=["trade at the end", "place at the beginning"],
)
def test_names_at_the_borders_of_a_text(text: str, name: str) -> None:
    assert enterprises(text) == [name]


def test_listed_names_that_are_phrases_are_no_firms() -> None:
    assert "宁德时代" in well_known()
    assert not {"线上线下", "海量数据", "新产业", "天津港"} & well_known()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("加快鑫瑞达光电二期建设，推动产业升级。", ["鑫瑞达光电"]),
        ("引进鑫瑞达，培育壮大新产业。", ["鑫瑞达"]),
        (
            "确保鑫瑞达20万吨铝板带、恒博泰30万套轮毂等项目竣工投产。",
            ["鑫瑞达", "恒博泰"],
        ),
        ("推进鑫瑞达三期、博宏化工技改等项目建设。", ["鑫瑞达", "博宏化工"]),
        ("以鑫瑞、恒博泰、宏昌为龙头，发展油脂加工。", ["鑫瑞", "恒博泰", "宏昌"]),
        ("壮大昌图鑫瑞达乳业、法库恒博泰牧业等龙头企业。", ["昌图鑫瑞达乳业", "法库恒博泰牧业"]),
        (
            "东塔街道依托沈阳黎明航空发动机（集团）有限责任公司，发展航空零部件。",
            ["沈阳黎明航空发动机（集团）有限责任公司"],
        ),
        ("深化与中粮集团、鑫瑞达、华为等战略合作。", ["中粮集团", "鑫瑞达", "华为"]),
        ("促进联想、富士康等企业满产。", ["联想", "富士康"]),
        ("以辽宁移动、辽宁联通为支撑，建设数据中心。", ["辽宁移动", "辽宁联通"]),
        ("扶持市氯碱厂组建企业集团，支持铁岭化肥厂扩能。", ["市氯碱厂", "铁岭化肥厂"]),
        ("加强与育种中心和中粮集团的合作。", ["中粮集团"]),
        ("（一）吉林鑫瑞达药业股份有限公司\n公司成立于2008年。", ["吉林鑫瑞达药业股份有限公司"]),
        ("抓好鑫瑞集团信息产业园建设。", ["鑫瑞集团"]),
        (
            "支持恒博泰、鑫瑞达、宏昌科技等提升服务水平。",
            ["恒博泰", "鑫瑞达", "宏昌科技"],
        ),
    ],
)
def test_enterprises_in_prose(text: str, names: list[str]) -> None:
    assert enterprises(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "推进沈白高铁、大雪山隧道、红旗水库等项目建设。",
        "海量数据成为新的生产要素，打造智慧家居。",
        "支持工业企业运用5G、边缘计算、工业无线网等新型网络技术改造建设企业内网。",
        "完成水利投资10亿元，引鑫二期、景泰三期提质增效。",
        "线上线下融合发展，加快强链补链延链。",
        "推动设立区域公司，组建财务公司、物业公司。",
    ],
)
def test_works_trades_and_slogans_are_no_enterprises(text: str) -> None:
    assert enterprises(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("力争年内铁岭经济开发区新增企业10家。", ["铁岭经济开发区"]),
        ("放大鑫瑞国家级经济开发区的效应。", ["鑫瑞国家级经济开发区"]),
        ("抓好法库现代生态循环农业基地建设。", ["法库现代生态循环农业基地"]),
        ("支持昌图农副产品加工园建设。", ["昌图农副产品加工园"]),
        ("石化产业以盘锦港工业区为载体。", ["盘锦港工业区"]),
        ("建成恒瑞科技城，优化老城。", ["恒瑞科技城"]),
        ("推进沈阳—中关村科技园建设。", ["沈阳—中关村科技园"]),
        ("建设“一带一路”恒瑞果品产业园。", ["“一带一路”恒瑞果品产业园"]),
    ],
)
def test_parks_in_prose(text: str, names: list[str]) -> None:
    assert parks(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "推进项目向园区集中，提高园区利用率。",
        "新建烟草特色产业园区1个、标准化生产基地2个。",
        "推进国家农村改革试验区工作，建设国家现代农业示范区。",
        "提高临港区域的辐射能力，优先在应用场景集中区域布局。",
        "建设优质棉花基地50万亩。",
    ],
)
def test_titles_counts_and_areas_are_no_parks(text: str) -> None:
    assert parks(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("县政府负责法库县工业园区的管理。", ["法库县工业园区"]),
        ("推动道路改为新城子产业园，服务企业。", ["新城子产业园"]),
        ("让产业覆盖园区。", []),
        ("加强铁西区园区管理，提高效率。", []),
        ("建成兴丰工业小区、三家子产业小区。", ["兴丰工业小区", "三家子产业小区"]),
        ("支持高新区沈北园发展。", ["高新区沈北园"]),
        ("振兴辽宁老工业基地。", []),
        ("新建人民公园和儿童乐园。", []),
        ("提升营口港区、鲅鱼圈港区的能力。", []),
        ("建设三个市级现代农业园区。", []),
    ],
)
def test_parks_begin_after_their_clause(text: str, names: list[str]) -> None:
    assert [span.within(text) for span in find_parks(text, read_structure(text).lines)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("成立了沈阳鑫瑞达传媒有限公司。", ["沈阳鑫瑞达传媒有限公司"]),
        ("依托鑫瑞达药业（本溪）、恒博泰药业等企业。", ["鑫瑞达药业（本溪）", "恒博泰药业"]),
        ("重点改造鑫瑞路、宏昌路。", []),
    ],
)
def test_full_names_branches_and_roads(text: str, names: list[str]) -> None:
    found = find_enterprises(text, read_structure(text).lines)
    assert [span.within(text) for span in found] == names


def test_after_clause_needs_a_name_for_firms() -> None:
    assert after_clause("县政府负责开阳县") == 5
    assert after_clause("解决鑫瑞达", own=True) == 2
    assert after_clause("联合能源", own=True) == 0


def test_names_are_found_from_the_left_the_longest_first() -> None:
    index = NameIndex(["甲乙", "甲乙丙", "乙丙丁", "丁"])
    assert list(index.spans("甲乙丙丁甲乙")) == [(0, 3), (4, 6)]
    assert list(NameIndex([]).spans("甲乙")) == []


@given(st.text(alphabet="产业园工科技小区基地高新开发药谷A城镇", max_size=80))
@settings(max_examples=150, deadline=None)
def test_passing_over_characters_loses_no_form(text: str) -> None:
    """The characters with which forms may begin are all of them."""
    for pattern in (PARK_SUFFIX, SHORT_FORM, FIRM_SUFFIX):
        plain = re.compile(re.sub(r"\(\?=\[[^\]]*\]\)|\(\?=\.\{1,4\}基地\)", "", pattern.pattern))
        assert [m.span() for m in pattern.finditer(text)] == [
            m.span() for m in plain.finditer(text)
        ]
