"""Names as they are compared, as 16-bit codes: a million names in a third of a second.

:func:`clusteratlas.store.name_index.normalise` says how a name is compared. Nearly every character of a
Chinese name becomes one other character or none, whatever stands beside it; these go through a
table. Names with any other character are normalised one by one.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
CodeArray = NDArray[np.uint16]

BREAK: Final = 10
"""The code that ends a name."""
BEYOND: Final = 0xFFFF
"""The code of every character beyond the basic plane."""

_ROWS: Final = 50_000
_DROPPED: Final = 0
_SINGLY: Final = 1  # no control character is left of a name: free to mean "look at the whole name"
_SURROGATES: Final = range(0xD800, 0xE000)
# Composed with what stands before: vowels and final consonants of Korean syllables.
_JAMO: Final = frozenset(map(chr, (*range(0x1160, 0x1200), *range(0xD7B0, 0xD800))))
_LS: Final = pa.large_string()
_PATTERN: Final = r"[^\p{L}\p{N}\p{M}]+"


def normalise_all(names: pa.Array) -> pa.Array:
    """Return every name as it is compared; a missing one is ""."""
    flat = pc.utf8_lower(pc.utf8_normalize(names.cast(_LS), form="NFKC"))
    flat = pc.replace_substring_regex(flat, pattern=_PATTERN, replacement="")
    return pc.fill_null(flat, "")


def codes_of(text: str) -> CodeArray:
    """Return the characters as 16-bit codes; what lies beyond the basic plane becomes one code."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(points, BEYOND).astype(np.uint16)


@lru_cache(maxsize=1)
def _table() -> CodeArray:
    """Return what each character becomes: a code, nothing, or what only the whole name tells."""
    table = np.full(0x10000, _SINGLY, dtype=np.uint16)
    plain = [code for code in range(0x10000) if code not in _SURROGATES]
    texts = [chr(code) for code in plain]
    many = normalise_all(pa.array(texts, _LS)).to_pylist()
    marks = pc.match_substring_regex(pa.array(texts, _LS), r"^\p{M}$").to_pylist()
    composing = {text for text, mark in zip(texts, marks, strict=True) if mark} | set(_JAMO)
    for code, found in zip(plain, many, strict=True):
        if not found:
            table[code] = _DROPPED
        elif len(found) == 1 and ord(found) < BEYOND and found not in composing:
            table[code] = ord(found)
    table[ord(";")] = BREAK  # between several names of one thing
    return table


def name_codes(names: pa.Array) -> tuple[CodeArray, IntArray]:
    """Return the names of a column, each followed by :data:`BREAK`, and the row of each.

    Several names in one cell are split at ``;``. Rows ascend, but for those of names that had to be
    looked at singly, which come last.
    """
    known = names.is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(known)
    there = names if len(rows) == len(names) else names.filter(pa.array(known))
    codes: list[CodeArray] = []
    owners: list[IntArray] = []
    singly: list[IntArray] = []
    for start, block in _blocks(there.cast(_LS)):
        found = _by_table(block)
        if found is None:
            singly.append(rows[start : start + len(block)])
            continue
        codes.append(found[0])
        owners.append(rows[start + found[1]])
        singly.append(rows[start + found[2]])
    if singly:
        left = np.concatenate(singly)
        if len(left):
            found_codes, found_rows = _one_by_one(names.take(pa.array(left)).cast(_LS))
            codes.append(found_codes)
            owners.append(left[found_rows])
    if not codes:
        return np.empty(0, dtype=np.uint16), np.empty(0, dtype=np.int64)
    return np.concatenate(codes), np.concatenate(owners)


def _blocks(names: pa.Array) -> Iterator[tuple[int, pa.Array]]:
    for start in range(0, len(names), _ROWS):
        yield start, names.slice(start, _ROWS)


def _by_table(names: pa.Array) -> tuple[CodeArray, IntArray, IntArray] | None:
    """Return codes, the row of each name, and the rows left out; None where the table is no use."""
    text = _lines(names)
    raw = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    ends = np.flatnonzero(raw == BREAK)
    if len(raw) != len(text) or len(ends) != len(names):
        return None  # characters beyond the basic plane, or line breaks in names
    codes = _table()[raw]
    codes[ends] = BREAK
    odd = np.unique(np.searchsorted(ends, np.flatnonzero(codes == _SINGLY)))
    for row in odd.tolist():
        codes[int(ends[row - 1]) + 1 if row else 0 : int(ends[row])] = _DROPPED
    kept = np.flatnonzero(codes != _DROPPED)
    codes = codes[kept]
    stops = np.flatnonzero(codes == BREAK)
    empty = np.diff(stops, prepend=-1) == 1
    owners = np.searchsorted(ends, kept[stops[~empty]])
    if empty.any():
        left = np.ones(len(codes), dtype=bool)
        left[stops[empty]] = False
        codes = codes[left]
    return codes, owners, odd


def _lines(names: pa.Array) -> str:
    """Return texts with a line break after each."""
    break_, nothing = pa.scalar("\n", _LS), pa.scalar("", _LS)
    lines = pc.binary_join_element_wise(names, break_, nothing)
    _, offsets, characters = lines.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[lines.offset :]
    piece = memoryview(characters)[int(places[0]) : int(places[len(lines)])]
    return str(piece, "utf-8")


def _one_by_one(names: pa.Array) -> tuple[CodeArray, IntArray]:
    lists = pc.split_pattern(names, ";")
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    texts = normalise_all(lists.flatten())
    there = pc.not_equal(texts, "")
    return codes_of(_lines(texts.filter(there))), parents[there.to_numpy(zero_copy_only=False)]
