"""Every row of a data set lies in one file, whatever the places and numbers of the rows."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.store.batch.geoparquet import NOWHERE
from clusteratlas.store.batch.plan import plan_parts
from clusteratlas.store.batch.tasks import SAMPLED, BlockDone

KEYS = st.lists(
    st.lists(st.sampled_from([0, 5, 70_000, 70_001, NOWHERE - 1, NOWHERE]), max_size=400),
    min_size=1,
    max_size=8,
)


def done(blocks: list[list[int]]) -> list[BlockDone]:
    return [
        BlockDone(number, len(keys), {}, {"210100": sorted(keys)[::SAMPLED]}, {"210100": len(keys)})
        for number, keys in enumerate(blocks)
    ]


@settings(max_examples=60, deadline=None)
@given(blocks=KEYS, part_rows=st.sampled_from([1, 50, 100_000]))
def test_each_row_lies_in_one_file(blocks: list[list[int]], part_rows: int) -> None:
    works = plan_parts(done(blocks), Path(), digest="d", part_rows=part_rows)
    seen = np.zeros(sum(map(len, blocks)), dtype=int)
    for work in works:
        for number, first in work.blocks:
            for at, key in enumerate(blocks[number]):
                seen[first + at] += work.low <= key < work.high
    assert (seen == 1).all()
    assert len({work.path for work in works}) == len(works)


def test_rows_at_one_place_are_cut_by_number() -> None:
    blocks = [[NOWHERE] * 1_000 for _ in range(10)]
    works = plan_parts(done(blocks), Path(), digest="d", part_rows=2_000)
    empty, *cut = works
    assert (empty.low, empty.high) == (0, NOWHERE)
    assert [len(work.blocks) for work in cut] == [2] * 5
