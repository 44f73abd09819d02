"""The reader of pairs: what it adds to the rules, what it leaves out, and that it stays bounded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy import extract
from clusteratlas.policy.paired import decide, second_reading
from clusteratlas.policy.paired_candidates import (
    BEFORE,
    MAX_EARLIER,
    MAX_NEAR,
    MAX_SENTENCE_CHARS,
    SAME,
    pairs_of,
)
from clusteratlas.policy.paired_choice import Choice, choices_of, rate
from clusteratlas.policy.paired_marks import marks_of, unit_key
from clusteratlas.policy.paired_model import TEMPLATES, Model, combinations, load_model, scores
from clusteratlas.policy.paired_trades import groups_in
from clusteratlas.policy.paired_units import mentions_of
from clusteratlas.policy.structure import read_structure
from clusteratlas.policy.units import Unit

PIECES = (
    "浑南区", "、", "法库县", "机器人", "陶瓷", "重点发展", "，", "。", "\n", "\t",
    "：", "（", "）", "二坝片区",
    "一、", "以", "为主", "等产业", "沈北工业园", "牵头", "\x00", "7",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def units_in(text: str, *names: str) -> list[Unit]:
    """Return the first mention of each name."""
    found = [Unit(n, text.index(n), text.index(n) + len(n), "county") for n in names]
    return sorted(found, key=lambda unit: unit.start)


def test_groups_are_what_stops_verbs_and_units_leave() -> None:
    text = "浑南区重点发展机器人、航空装备等产业，法库县以陶瓷为主"
    spans = [(unit.start, unit.end) for unit in units_in(text, "浑南区", "法库县")]
    groups = list(groups_in(text, 0, len(text), spans))
    assert [(group.cut, group.names) for group in groups] == [
        ("重点发展", ("机器人", "航空装备")),
        ("以", ("陶瓷",)),
    ]
    assert [text[group.start : group.end] for group in groups] == [
        "机器人、航空装备等产业",
        "陶瓷为主",
    ]


def test_a_mention_may_be_no_unit_of_the_rules() -> None:
    text = "二坝片区承载铸造。\n新桥岭工业园：锻造。"
    names = {(one.unit.name, one.source) for one in mentions_of(text, [])}
    assert names >= {("二坝片区", "form"), ("新桥岭工业园", "form")}


def test_pairs_stay_near() -> None:
    text = "、".join(["浑南区"] * 300) + "发展机器人。" + "发展陶瓷。" * 300
    units = [Unit("浑南区", 4 * n, 4 * n + 3, "county") for n in range(300)]
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units))
    assert len(found.pairs) <= 4 * MAX_NEAR * 3 + MAX_EARLIER
    assert {relation for *_, relation, _ in found.pairs} > {SAME}


@pytest.mark.parametrize("more", range(8))
def test_a_window_ends_between_two_trades(more: int) -> None:
    text = "浑南区" + "，" * more + "发展" + "新能源汽车、" * 60 + "陶瓷。"
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    trades = {name for _, group, _, _ in found.pairs for name in found.groups[group].names}
    assert trades == {"新能源汽车"}
    assert all(text[group.end] in "、，" for group in found.groups)


@pytest.mark.parametrize("more", range(8))
def test_what_stands_before_a_bracket_is_read_from_between_two_trades(more: int) -> None:
    text = "发展" + "新能源汽车、" * 60 + "陶" * more + "陶瓷。（责任单位：浑南区）"
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    late = [found.groups[group] for _, group, _, _ in found.pairs]
    assert "新能源汽车" in {name for group in late for name in group.names}
    assert all(text[group.start - 1] in "、，" for group in late)


def test_a_sentence_too_long_to_read_counts_as_one_between() -> None:
    long = "好" * (MAX_SENTENCE_CHARS + 1) + "。"
    assert _relations("浑南区是新区。", "发展陶瓷。") == {BEFORE}
    assert _relations("浑南区是新区。", long, "发展陶瓷。") == {BEFORE + 1}
    assert _relations("浑南区是新区。", long, long, "发展陶瓷。") == set()


def test_trades_before_a_sentence_too_long_to_read_do_not_wait_for_a_bracket() -> None:
    long = "好" * (MAX_SENTENCE_CHARS + 1) + "。"
    assert _relations("发展陶瓷。", "（责任单位：浑南区）")
    assert not _relations("发展陶瓷。", long, "（责任单位：浑南区）")


def _relations(*sentences: str) -> set[int]:
    """Return how 浑南区 and the trades of a line stand to each other."""
    text = "".join(sentences)
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    return {
        relation
        for mention, group, relation, _ in found.pairs
        if found.mentions[mention].unit.name == "浑南区" and "陶瓷" in found.groups[group].names
    }


@settings(max_examples=100, deadline=None)
@given(texts)
def test_marks_and_scores_have_a_value_per_pair(text: str) -> None:
    lines = read_structure(text).lines
    found = pairs_of(text, lines, mentions_of(text, []))
    marks = marks_of(text, found, [])
    for unit, group, _, sentence in found.pairs:
        assert found.mentions[unit].unit.name == text[slice(*_span(found.mentions[unit].unit))]
        assert found.groups[group].names
        assert found.sentences[sentence].start <= found.sentences[sentence].end
    if found.pairs:
        assert {len(values) for values in marks.values()} == {len(found.pairs)}
        assert len(scores(load_model(), marks)) == len(found.pairs)


def _span(unit: Unit) -> tuple[int, int]:
    return unit.start, unit.end


def test_scores_are_the_sum_of_known_combinations() -> None:
    text = "浑南区发展机器人。"
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    marks = marks_of(text, found, [])
    hashes = [int(values[0]) for values in combinations(marks)]
    assert len(hashes) == len(TEMPLATES)
    keys = np.array(sorted({hashes[0], hashes[5], 17}), np.uint32)
    weights = np.array([{hashes[0]: 30, hashes[5]: -8}.get(int(key), 99) for key in keys], np.int8)
    assert scores(Model(keys, weights, 3, {}), marks)[0] == 25


def test_a_unit_is_rated_by_its_traits() -> None:
    text = "浑南区发展机器人。"
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    marks = marks_of(text, found, [])
    (choice,) = choices_of(found, marks, [0.8] + [0.01] * (len(found.pairs) - 1), len(text))
    rate([choice], {"bias": 0.0, "likeliest": 1.0})
    assert choice.key == "浑南"
    assert choice.score == pytest.approx(0.8)
    assert [number for _, number in choice.taken] == [0]


@pytest.mark.parametrize(
    ("text", "trades"),
    [("浑南区发展带动、铸造。", [["铸造"]]), ("浑南区主攻推出等产业。", [])],
)
def test_a_verb_alone_is_no_trade(text: str, trades: list[list[str]]) -> None:
    found = pairs_of(text, read_structure(text).lines, mentions_of(text, units_in(text, "浑南区")))
    number = next(n for n, (_, _, relation, _) in enumerate(found.pairs) if relation == SAME)
    likely = Choice("浑南", [(0.9, number)], {"made by rules": 0.0}, score=0.9)
    stated = decide(text, found, marks_of(text, found, []), [], [likely], frozenset())
    assert [list(one.sectors) for one in stated] == trades


def test_names_of_one_unit_share_a_key() -> None:
    assert unit_key("浑南区") == unit_key("浑南") == "浑南"
    assert unit_key("高新区（虎石台）") == "高新区(虎石台)"
    assert unit_key("城区") == "城区"


def test_nothing_to_pair_leaves_the_rules_alone() -> None:
    text = "今天天气很好。"
    assert second_reading(text, read_structure(text).lines, [], [], frozenset()) == []


def test_what_the_reader_adds_says_so_with_its_score() -> None:
    text = "二坝片区主打铸造、锻造。\n"
    [added] = extract(text)["positionings"]
    assert (added["district"], added["sectors"]) == ("二坝片区", ["铸造", "锻造"])
    assert added["found_by"].startswith("learned reader ")
    assert 0 < float(added["found_by"].split()[-1]) <= 1
    assert text[added["start"] : added["end"]] == added["quote"]
    assert added["strength"] in {"core", "leading", "supporting", "mentioned"}
