"""The words of a whole text are those of each of its runs."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy.text_words import CHARACTER, PLACE, UNKNOWN, WORD, words_of
from clusteratlas.policy.vocabulary import MAX_PIECE_CHARS, cut

KINDS = {"word": WORD, "place": PLACE, "character": CHARACTER, "unknown": UNKNOWN}
WORDS = ["沈阳市", "重点发展", "机器人", "产业", "鑫瑞达", "的", "高新技术", "新能源汽车", "三"]
PARTS = st.sampled_from([*WORDS, "，", "a3", "\n", "㐂", "😀"])


def in_runs(text: str) -> list[tuple[int, int, int]]:
    """Return the words of every run by itself."""
    return [
        (token.start, token.end, KINDS[token.kind])
        for run in re.finditer("[\u4e00-\u9fff]+", text)
        for token in cut(text, *run.span())
    ]


def all_at_once(text: str) -> list[tuple[int, int, int]]:
    """Return the words of a text as they are found together."""
    words = words_of(text)
    rows = zip(words.starts.tolist(), words.ends.tolist(), words.kinds.tolist(), strict=True)
    return list(rows)


@given(st.lists(PARTS | st.text("沈阳市大连发展产业鑫永茂泰以为、", max_size=6), max_size=30))
@settings(deadline=None)  # the first example loads the vocabulary
def test_same_words_as_run_by_run(parts: list[str]) -> None:
    text = "".join(parts)
    assert all_at_once(text) == in_runs(text)


def test_long_runs_are_cut_alike() -> None:
    for size in (MAX_PIECE_CHARS - 1, MAX_PIECE_CHARS, MAX_PIECE_CHARS + 1, 3 * MAX_PIECE_CHARS):
        text = ("产业园" * size)[:size]
        assert all_at_once(text) == in_runs(text)


def test_equal_words_have_one_number() -> None:
    text = "沈阳发展机器人，大连发展机器人，鑫与沈阳"
    words = words_of(text)
    spelled = [text[a:b] for a, b, _ in all_at_once(text)]
    pairs = set(zip(spelled, words.numbers.tolist(), strict=True))
    assert len(pairs) == len(set(spelled)) == len(set(words.numbers.tolist()))


def test_no_words_without_chinese() -> None:
    assert all_at_once("") == all_at_once("3D, 5G\n") == []
