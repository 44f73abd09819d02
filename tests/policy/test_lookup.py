"""Rows by key: what a dictionary would give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.policy.lookup import Lookup

_KEYS = st.lists(st.integers(0, 2**40), unique=True, max_size=200)


@given(_KEYS, st.lists(st.integers(0, 2**40), max_size=50))
def test_a_lookup_gives_what_a_dictionary_gives(keys: list[int], others: list[int]) -> None:
    rows = {key: row for row, key in enumerate(keys)}
    asked = [*keys, *others, 0]
    found = Lookup(np.array(keys, np.int64)).rows_of(np.array(asked, np.int64))
    assert found.tolist() == [rows.get(key, len(keys)) for key in asked]


def test_keys_side_by_side_are_told_apart() -> None:
    keys = np.arange(50_000, dtype=np.uint32) * 3 + 1
    found = Lookup(keys).rows_of(np.arange(150_000, dtype=np.uint32))
    wanted = np.full(150_000, len(keys))
    wanted[keys] = np.arange(len(keys))
    assert (found == wanted).all()
