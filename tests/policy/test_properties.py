"""Whatever the text: spans reproduce their names, results repeat, nothing hangs or recurses."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy import extract
from clusteratlas.policy.structure import read_structure

PIECES = st.sampled_from(
    [
        "依托", "沈阳", "浑南区", "甲乙", "有限公司",
        "集团", "研究所", "产业园", "开发区", "等企业", "、", "，", "。",
        "\n", "\t",
        "（", "）", "(", ")", "“", "”", "一、", "（二）", "——", "重点发展", "机器人", "以", "为龙头",
        "和", "与", "3大", "2020年",
        "达到20%以上", "GE", " ", "　", "\ufeff", "\x0b", "1.", "专栏", "\U0001f600",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_span_reproduces_its_text(text: str) -> None:
    extraction = extract(text)
    for kind in ("enterprises", "parks", "partners"):
        ends = 0
        for item in extraction[kind]:
            assert text[item["start"] : item["end"]] == item["name"]
            assert item["start"] >= ends
            ends = item["end"]
    for item in extraction["sectors"]:
        assert text[item["start"] : item["end"]] == item["subsector"]
    for kind in ("positionings", "responsibilities", "targets"):
        for item in extraction[kind]:
            assert text[item["start"] : item["end"]] == item["quote"]


DENSE = (
    "青岛海尔投产，支持三一重工、东软医疗（沈阳）公司汽车电子，引进宁德时代汽车二期，"
    "曲靖隆基光伏落户浑南区产业园、甲。"
)


@pytest.mark.parametrize("side", ["beginning", "end"])
def test_names_stay_within_a_text_cut_anywhere(side: str) -> None:
    for cut in range(len(DENSE)):
        text = DENSE[cut:] if side == "beginning" else DENSE[:cut]
        for item in extract(text)["enterprises"]:
            assert 0 <= item["start"] < item["end"] <= len(text)
            assert text[item["start"] : item["end"]] == item["name"]


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_same_text_gives_the_same_result_and_it_is_json(text: str) -> None:
    assert json.dumps(extract(text)) == json.dumps(extract(text))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_lines_cover_all_that_is_not_blank(text: str) -> None:
    lines = read_structure(text).lines
    kept = "".join(text[line.start : line.end] for line in lines)
    blank = " \t\n　\xa0\ufeff"
    assert [c for c in kept if c not in blank] == [c for c in text if c not in blank]


@pytest.mark.parametrize(
    "text",
    [
        "中" * 330_000,
        "（" * 330_000,
        "（甲" * 50_000 + "）" * 50_000,
        "、" * 330_000,
        "1" * 1_000_000,
        "公司" * 20_000,
        "产业园" * 20_000,
        "以" * 100_000,
        "（一）发展。\n" * 20_000,
    ],
    ids=["one", "open", "nested", "commas", "digits", "firms", "parks", "frames", "headings"],
)
def test_hostile_text_ends(text: str) -> None:
    assert extract(text)["document"]["characters"] == len(text)
