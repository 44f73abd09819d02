"""Places of patterns in a long text: what the index finds is what a scan finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.store import grams
from clusteratlas.store.grams import Grams, Span

few = st.integers(1, 4)
texts = st.lists(few, min_size=0, max_size=120).map(lambda codes: np.array(codes, dtype=np.uint16))
spans = st.tuples(few, few).map(lambda pair: (min(pair), max(pair)))
patterns = st.lists(st.one_of(few.map(lambda code: (code, code)), spans), min_size=1, max_size=4)


def scan(text: np.ndarray, pattern: list[Span]) -> list[int]:
    """Return the places of a pattern by looking at every one."""
    last = len(text) - len(pattern)
    return [
        place
        for place in range(last + 1)
        if all(low <= text[place + at] <= high for at, (low, high) in enumerate(pattern))
    ]


@settings(deadline=None, max_examples=150)
@given(texts, patterns, st.integers(1, 50))
def test_finds_what_a_scan_finds(text: np.ndarray, pattern: list[Span], most: int) -> None:
    # A pair must begin with one code; the search for names asks no other patterns.
    exact = [(low, low) for low, _ in pattern[:-1]]
    asked = [*exact, pattern[-1]]
    assert Grams(text).find(asked, most=most).tolist() == scan(text, asked)[:most]


def test_a_frequent_pair_is_found_in_order_without_sorting_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grams, "_MOST_SORTED", 10)
    text = np.tile(np.array([1, 2, 1, 3], dtype=np.uint16), 50)
    index = Grams(text)
    assert index.find([(1, 1), (2, 3)], most=5).tolist() == [0, 2, 4, 6, 8]
    assert index.find([(1, 3)], most=3).tolist() == [0, 1, 2]


def test_spread_keeps_order_gap_and_line() -> None:
    text = np.array([9, 1, 5, 5, 2, 9, 1, 9, 2, 9, 2, 1, 9], dtype=np.uint16)
    starts, stops = Grams(text).spread([1, 2], gap=2, never=9, most=100, enough=100)
    assert (starts.tolist(), stops.tolist()) == ([1], [5])
    assert len(Grams(text).spread([1, 2], gap=1, never=9, most=100, enough=100)[0]) == 0


def test_nothing_is_found_in_nothing() -> None:
    index = Grams(np.empty(0, dtype=np.uint16))
    assert len(index.find([(1, 1), (2, 2)], most=3)) == 0
    assert len(Grams(np.ones(3, dtype=np.uint16)).find([], most=3)) == 0
    assert len(Grams(np.ones(3, dtype=np.uint16)).find([(2, 1)], most=3)) == 0
