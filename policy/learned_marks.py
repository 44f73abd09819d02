"""What the learned reader sees of every character: its word, forms, lists, and what the rules found.

All marks are small whole numbers, one array per kind of mark, so that the whole text is read at once.
"""

import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks, among, folded_codes_of
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.learned_items import clause_marks, item_marks, list_marks, neighbour_marks
from clusteratlas.policy.lexicon import FIRM_SUFFIX, generic_words, policy_words
from clusteratlas.policy.name_index import spans_of
from clusteratlas.policy.names import name_start, piece_start
from clusteratlas.policy.park_forms import PARK_SUFFIX
from clusteratlas.policy.places import place_level
from clusteratlas.policy.spans import Span
from clusteratlas.policy.text_forms import matches_of
from clusteratlas.policy.text_words import (
    CHARACTER,
    PLACE,
    UNKNOWN,
    TextWords,
    words_of,
)
from clusteratlas.policy.vocabulary import FUNCTION_CHARS, name_likeness
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_set

Piece = tuple[int, int, int]  # start, end, kind of mark (1 and more)

# Where a name stands to the rules, and by which of them it was found.
_RULES: Final = {
    "legal form": 1, "short form": 2, "coined": 3, "frame": 4, "project": 5, "capacity": 5,
    "header": 6, "list": 6, "named elsewhere": 7, "well-known name": 8, "shipped name": 8,
    "between firms": 9, "after firms": 9, "beside a firm": 9, "park form": 1,
}  # fmt: skip
_OTHER_RULE: Final = 12
_FUNCTION, _NUMBER, _LATIN, _SIGN = 5, 6, 7, 8  # kinds beside those of words
_HAN: Final = 0
_LEVELS: Final = {"province": 7, "city": 8, "county": 9, "": 6}
HASHES: Final = 1 << 20
_PARK_KINDS: Final = {"ground": 1, "zone": 2, "base": 3}
_BRAND_KINDS: Final = {"sure": 1, "fair": 2, "likely": 3}


def marks_of(
    text: str, firms: Sequence[Span], parks: Sequence[Span], classes: NDArray[np.uint8]
) -> Marks:
    """Return the marks of every character of a text.

    Parameters
    ----------
    text
        The text with official marks, not empty.
    firms, parks
        What the rules took for names, without overlaps.
    classes
        Class of every word (noun, verb ...) by the word's :func:`hash_of`, 0 unknown.

    Returns
    -------
    dict
        Arrays of the length of the text by name of the mark.
    """
    size = len(text)
    code = folded_codes_of(text)
    marks: Marks = {"C": code}
    cores = _word_marks(text, marks)
    marks["CO"] = _pieces(size, cores)
    for sign in ("--", "-", "", "+", "++"):
        word = marks[f"W{sign}"]
        marks[f"V{sign}"] = np.where(word < 0, -1, classes[word])
    known = spans_of(text, well_known())
    marks["L"] = _pieces(size, ((s, e, min(e - s, 4) - 1) for s, e in known))
    _form_marks(text, marks)
    marks["RE"] = _pieces(size, ((s.start, s.end, 1) for s in firms))
    marks["RR"] = _pieces(
        size, ((s.start, s.end, _RULES.get(s.reason, _OTHER_RULE)) for s in firms)
    )
    marks["RP"] = _pieces(size, ((s.start, s.end, 1) for s in parks))
    item_marks(code, marks)
    clause_marks(text, code, marks)
    list_marks(code, marks)
    neighbour_marks(code, marks)
    return marks


def _pieces(size: int, pieces: Iterable[Piece]) -> Ints:
    """Return marks of pieces: four times the kind, plus 0 first, 1 inner, 2 last, 3 only character."""
    marks = np.zeros(size, np.int64)
    table = np.fromiter(itertools.chain.from_iterable(pieces), np.int64).reshape(-1, 3)
    start, end, kind = table.T
    sizes = end - start
    ends = np.cumsum(sizes)
    place = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    last = place == np.repeat(sizes, sizes) - 1
    part = np.where(last, np.where(place == 0, 3, 2), np.minimum(place, 1))
    marks[np.repeat(start, sizes) + place] = 4 * np.repeat(kind, sizes) + part  # later ones stay
    return marks


# --- words ------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def _word(word: str, kind: int) -> int:
    """Return the hash of a word, its kind and its class in the closed lists, packed."""
    code = _FUNCTION if len(word) == 1 and word in FUNCTION_CHARS else kind
    if code == PLACE:
        return _packed(word, code, _LEVELS[place_level(word)])
    lists = (
        word_set("strong triggers"),
        generic_words(),
        policy_words(),
        word_set("weak triggers"),
    )
    listed = next((n for n, words in enumerate(lists, start=1) if word in words), 0)
    return _packed(word, code, listed or (5 if code == _FUNCTION else 0))


def _packed(word: str, kind: int, listed: int) -> int:
    return (hash_of(word) * 16 + kind) * 32 + listed


def hash_of(word: str) -> int:
    """Return the number that stands for a word, the same everywhere."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) % HASHES


def _tokens(text: str, code: Ints) -> tuple[Ints, Ints, Ints]:
    """Return start, length and packed marks of every word, number and sign of a text."""
    words = words_of(text)
    kind = _character_kinds(code)
    others = np.flatnonzero(kind != _HAN)
    opens = (kind[others] == _SIGN) | (np.diff(others, prepend=-2) > 1)
    opens |= kind[others] != np.concatenate([[-1], kind[others][:-1]])
    starts = np.concatenate([words.starts, others[opens]])
    packed = np.concatenate([_packed_words(text, words), _packed_signs(code[others[opens]])])
    order = np.argsort(starts, kind="stable")
    starts = starts[order]
    return starts, np.diff(starts, append=len(text)), packed[order]


def _character_kinds(code: Ints) -> Ints:
    """Return whether a character is Chinese, of a number, Latin, or a sign of its own."""
    kind = np.full(len(code), _SIGN)
    kind[(code >= 0x4E00) & (code <= 0x9FFF)] = _HAN
    kind[among(code, "0.％%")] = _NUMBER
    kind[code == ord("A")] = _LATIN
    return kind


def _packed_words(text: str, words: TextWords) -> Ints:
    """Return the packed marks of every word; equal words are looked at once."""
    _, first, which = np.unique(words.numbers, return_index=True, return_inverse=True)
    spans = np.stack([words.starts[first], words.ends[first], words.kinds[first]], 1).tolist()
    return np.array([_word(text[a:b], kind) for a, b, kind in spans], np.int64)[which]


def _packed_signs(code: Ints) -> Ints:
    """Return the packed marks of numbers, Latin words and signs by their first character."""
    unique, which = np.unique(code, return_inverse=True)
    return np.array([_sign(chr(one)) for one in unique.tolist()], np.int64)[which]


def _sign(first: str) -> int:
    if first.isdigit():
        return _packed("0", _NUMBER, 16)
    if first.isascii() and first.isalpha():
        return _packed("A", _LATIN, 17)
    return _packed(first, _SIGN, 18)


def _word_marks(text: str, marks: Marks) -> list[Piece]:
    """Add the marks of words and return the coined words, by how much they look like a firm's."""
    begin, size, packed = _tokens(text, marks["C"])
    stop = begin + size
    table = np.stack([packed // 512, packed // 32 % 16, packed % 32], 1)
    index = np.repeat(np.arange(len(begin)), size)
    place = np.arange(len(text)) - begin[index]
    last = place == size[index] - 1
    within = np.where(size[index] == 1, 3, np.where(place == 0, 0, np.where(last, 2, 1)))
    marks["TP"] = within
    marks["K"] = table[index, 1] * 4 + within
    padded = np.concatenate([np.full((2, 3), -1), table, np.full((2, 3), -1)])
    for step, sign in ((-2, "--"), (-1, "-"), (0, ""), (1, "+"), (2, "++")):
        marks[f"W{sign}"] = padded[step + 2 : len(table) + step + 2, 0][index]
        marks[f"T{sign}"] = padded[step + 2 : len(table) + step + 2, 2][index]
    rest = (table[:, 1] == CHARACTER) | (table[:, 1] == UNKNOWN)
    return list(_cores(text, begin, stop, rest))


def _cores(text: str, begin: Ints, stop: Ints, rest: NDArray[np.bool_]) -> Iterator[Piece]:
    """Yield the runs of characters that no everyday word covers."""
    touching = np.concatenate([[False], rest[1:] & rest[:-1] & (stop[:-1] == begin[1:])])
    opens = np.flatnonzero(rest & ~touching)
    closes = np.flatnonzero(rest & ~np.concatenate([touching[1:], [False]]))
    for start, end in zip(begin[opens].tolist(), stop[closes].tolist(), strict=True):
        if end - start == 1:
            yield start, end, 1
        else:
            likeness = name_likeness(text[start:end]) if end - start <= 40 else -1.5
            yield start, end, 2 + int(np.searchsorted((-0.5, 0.3, 1.0), likeness, "right"))


# --- forms ------------------------------------------------------------------------------------


def _firm_kind(form: str) -> int:
    if "公司" in form:
        return 2
    return 3 if form.endswith("集团") else 4 if form[-1] in "院所" else 5


def _form_marks(text: str, marks: Marks) -> None:
    """Add where forms of firms and parks stand, and where a name would begin before each."""
    size = len(text)
    firms = [(*m.span(), _firm_kind(m.group())) for m in matches_of(FIRM_SUFFIX, text)]
    parks = [(*m.span(), _PARK_KINDS.get(_group(m), 1)) for m in matches_of(PARK_SUFFIX, text)]
    marks["FS"] = _pieces(size, firms)
    marks["PF"] = _pieces(size, parks)
    marks["SF"] = _pieces(
        size, ((*m.span(), _BRAND_KINDS[_group(m)]) for m in matches_of(SHORT_FORM, text))
    )
    marks["QF"] = _pieces(size, _with_start(text, firms, 1))
    marks["QP"] = _pieces(size, _with_start(text, parks, 0))


def _group(match: re.Match[str]) -> str:
    return next(name for name, found in match.groupdict().items() if found is not None)


def _with_start(text: str, forms: Sequence[Piece], more: int) -> Iterator[Piece]:
    """Yield the pieces from where a name would begin to the end of its form."""
    for start, end, kind in forms:
        begin = name_start(text, piece_start(text, end), end, keep=end - start + more)
        if begin < start:
            yield begin, end, kind
