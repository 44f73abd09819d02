"""The index of identifiers finds what a look at every row finds."""

from collections.abc import Sequence

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.store import id_index
from clusteratlas.store.id_index import IdIndex, hash_of

# Short and long ones, of one and of several bytes a character, and ones that are alike for long.
texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "沈", "沈阳", "a" * 8, "a" * 9, "a" * 200, "a" * 199 + "b"]),
)


def column(values: Sequence[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.large_string())])


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(st.none(), texts), max_size=40), texts)
def test_finds_the_first_row_of_an_identifier(values: list[str | None], other: str) -> None:
    clean = [v if v is None else v.encode("utf-8", "ignore").decode() for v in values]
    other = other.encode("utf-8", "ignore").decode()
    index = IdIndex.build(column(clean))
    for wanted in {v for v in clean if v} | {other}:
        expected = clean.index(wanted) if wanted and wanted in clean else None
        assert index.find(wanted) == expected


def test_hash_of_many_is_the_hash_of_each() -> None:
    values = ["x" * n for n in range(300)] + ["沈阳" * n for n in range(60)]
    found = id_index._hashes(pa.array(["before", *values], pa.large_string()).slice(1))
    assert found.tolist() == [hash_of(value) for value in values]


def test_those_alike_for_long_are_told_apart() -> None:
    alike = ["k" * 128 + str(n) for n in range(50)]
    index = IdIndex.build(column(alike))
    assert [index.find(one) for one in alike] == list(range(50))
    assert index.find("k" * 128) is None
