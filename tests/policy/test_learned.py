"""The learned reader: exact chains, spans that do not overlap, names that the rules do not give."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clusteratlas.policy import extract
from clusteratlas.policy.learned import clauses_of, positions_of, propose, second_reading
from clusteratlas.policy.learned_chain import ALLOWED, Batches, likeliest, names_in, shares
from clusteratlas.policy.learned_choice import Candidate, choose, rate
from clusteratlas.policy.learned_marks import hash_of, marks_of
from clusteratlas.policy.learned_model import LABELS, combinations, load_model, slots_of
from clusteratlas.policy.spans import Span

FIRST_HASHES = [2027669503, 2265577324]
PROSE = "宏图电机产值突破20亿元，瑞丰阀门出口增长15%，白鹭丝绸完成搬迁。"
BEGINS, ENDS = (0, 1, 4), (0, 3, 6)
PIECES = (
    "依托", "盛昌泰", "、", "鑫瑞达", "等企业", "，", "重点发展", "机械", "产业园", "开发区", "集团",
    "有限公司", "（", "）", "。", "\n", "甲", "A", "7", "\x00", "\ud800",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def paths(size: int) -> list[tuple[int, ...]]:
    """Return all rows of labels that may stand."""
    return [
        path
        for path in itertools.product(range(LABELS), repeat=size)
        if path[0] in BEGINS
        and path[-1] in ENDS
        and all(ALLOWED[a, b] for a, b in itertools.pairwise(path))
    ]


def worth(path: tuple[int, ...], scores: NDArray[np.int32], steps: NDArray[np.int32]) -> int:
    here = sum(int(scores[i, label]) for i, label in enumerate(path))
    return here + sum(int(steps[a, b]) for a, b in itertools.pairwise(path))


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_chains_are_those_that_trying_all_rows_of_labels_gives(seed: int, sizes: list[int]) -> None:
    chance = np.random.default_rng(seed)
    scores = chance.integers(-90, 90, (sum(sizes), LABELS)).astype(np.int32)
    steps = chance.integers(-40, 40, (LABELS, LABELS)).astype(np.int32)
    batches = Batches(sizes)
    labels = likeliest(scores, steps, batches)
    shared, total = shares(scores / 32, steps / 32, batches)
    logs, at = 0.0, 0
    for size in sizes:
        local = scores[at : at + size]
        worths = {path: worth(path, local, steps) for path in paths(size)}
        assert worths[tuple(labels[at : at + size].tolist())] == max(worths.values())
        odds = {path: np.exp(value / 32) for path, value in worths.items()}
        logs += float(np.log(sum(odds.values())))
        first = sum(odd for path, odd in odds.items() if path[0] == 1) / sum(odds.values())
        assert shared[at, 1] == pytest.approx(first)
        at += size
    assert total == pytest.approx(logs)
    assert shared.sum(1) == pytest.approx(1.0)


def test_labels_spell_out_names() -> None:
    labels = np.array([0, 1, 3, 4, 5, 6])
    positions = np.array([7, 8, 9, 20, 21, 22])
    assert list(names_in(labels, positions)) == [(8, 10, "firm"), (20, 23, "park")]


def test_words_and_combinations_have_the_same_number_everywhere() -> None:
    assert hash_of("发展") == 0x36069  # CRC-32 of the UTF-8 bytes, modulo 2^20
    marks = {name: np.zeros(3, np.int64) for name in marks_of("甲乙", [], [], load_model().classes)}
    first = combinations(marks, np.arange(3))
    assert [int(hashes[1]) for hashes in first[:2]] == FIRST_HASHES


def test_of_two_combinations_in_one_slot_the_first_counts() -> None:
    slots = slots_of(np.array([5, 9, 5 + (1 << 18)], np.uint32))
    assert (slots[5], slots[9], slots[6]) == (0, 1, 3)


@settings(deadline=None)  # the first example loads the weights
@given(texts)
def test_any_text_gives_names_in_order_that_do_not_overlap(text: str) -> None:
    firms, parks = second_reading(text, [], [])
    spans = sorted([*firms, *parks], key=lambda span: span.start)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert (firms, parks) == second_reading(text, [], [])


@settings(deadline=None)  # the first example loads the weights
@given(texts)
def test_clauses_are_short_and_hold_every_candidate(text: str) -> None:
    if not text:
        return
    model = load_model()
    marks = marks_of(text, [], [], model.classes)
    clauses = list(clauses_of(text, marks))
    assert all(0 < end - start <= 160 for start, end in clauses)
    inside = set(positions_of(clauses).tolist())
    for one in propose(text, [], [], model):
        assert inside.issuperset(range(one.start, one.end))
        assert not set("，。\n") & set(one.within(text))


def test_a_name_that_is_taken_once_stays_wherever_a_rule_found_it() -> None:
    text = "骨干企业：长河、远山电气。\n推动长河建设新厂。"
    names = [item["name"] for item in extract(text)["enterprises"]]
    assert names == ["长河", "远山电气", "长河"]


def test_what_the_rules_found_keeps_its_reason() -> None:
    text = "重点支持沈阳鼓风机集团股份有限公司、北方重工集团有限公司等企业做大做强。"
    firms = [Span(4, 17, "legal form"), Span(18, 28, "legal form")]
    kept, parks = second_reading(text, firms, [])
    assert (kept, parks) == (firms, [])


def test_a_firm_of_which_only_a_figure_is_said_is_found_and_says_by_whom() -> None:
    found = {item["name"]: item["found_by"] for item in extract(PROSE)["enterprises"]}
    assert found["瑞丰阀门"].startswith("learned reader 0.")


def test_no_text_and_no_clause_give_nothing() -> None:
    assert second_reading("", [], []) == ([], [])
    assert second_reading("。，\n", [], []) == ([], [])


def test_the_best_of_overlapping_spans_is_taken_and_a_firm_may_head_a_park() -> None:
    longer = Candidate(0, 6, "park", score=0.9)
    head = Candidate(0, 3, "firm", score=0.5, in_park=True)
    rival = Candidate(4, 8, "firm", score=0.6)
    weak = Candidate(9, 12, "firm", score=0.1)
    chosen = choose([weak, rival, head, longer], {"firm": 0.2, "park": 0.25}, 12)
    assert chosen == [longer, head]


def test_a_score_is_the_probability_of_the_sum_of_traits() -> None:
    one = Candidate(0, 3, "firm", traits={"coined": 1.0, "digit": 0.0, "unknown": 1.0})
    rate([one], {"firm": {"bias": -1.0, "coined": 2.0, "digit": 5.0}})
    assert one.score == 0.7311  # 1 / (1 + e^-1)
