"""Names by the table are the names one by one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.store import name_codes as module
from clusteratlas.store.name_codes import BEYOND, BREAK, name_codes, normalise_all

# What composes with its neighbours, becomes several characters, is dropped, or lies beyond the plane.
ODD = [
    "\u0301",
    "\u1161",
    "\uff9e",
    "ｶ",
    "ᄒ",
    "ﬁ",
    "㈱",
    "İ",
    "Σ",
    "\U00020000",
    "\n",
    "（",
    "　",
    ";",
]
names = st.text(st.one_of(st.sampled_from([*"沈阳Ab１Ａé", *ODD]), st.characters()), max_size=12)


def entries(codes: np.ndarray, rows: np.ndarray) -> list[tuple[int, tuple[int, ...]]]:
    """Return row and codes of every name."""
    ends = np.flatnonzero(codes == BREAK)
    assert len(ends) == len(rows)
    starts = [0, *(ends + 1).tolist()][: len(ends)]
    return sorted(
        (row, tuple(codes[a:b].tolist()))
        for row, a, b in zip(rows.tolist(), starts, ends.tolist(), strict=True)
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(st.none(), names), max_size=30))
def test_every_name_is_normalised_as_one_alone(texts: list[str | None]) -> None:
    clean = [t if t is None else t.encode("utf-8", "ignore").decode() for t in texts]
    expected = sorted(
        (row, tuple(min(ord(c), BEYOND) for c in normalised))
        for row, text in enumerate(clean)
        for normalised in normalise_all(pa.array((text or "").split(";"))).to_pylist()
        if normalised
    )
    assert entries(*name_codes(pa.array(clean, pa.large_string()))) == expected


def test_blocks_keep_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 3)
    texts = ["甲", None, "乙;丙", "", "（）", "丁\u0301", "戊", "\U00020000己", "庚"]
    codes, rows = name_codes(pa.array(texts, pa.large_string()))
    found = dict(entries(codes, rows))
    assert sorted(rows.tolist()) == [0, 2, 2, 5, 6, 7, 8]
    assert found[8] == (ord("庚"),)
    assert found[7] == (BEYOND, ord("己"))
