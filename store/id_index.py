"""The row of an identifier, by the hashes of all identifiers in order."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clusteratlas.store.column_child import in_one_piece

HashArray = NDArray[np.uint64]
RowArray = NDArray[np.int32]

_WORD: Final = 8
_MOST_WORDS: Final = 16
"""Identifiers that are alike so far share a hash; they are told apart by reading them."""
_ROWS: Final = 100_000
_ODD: Final = 0x9E37_79B9_7F4A_7C15  # 2**64 over the golden ratio (Knuth's multiplicative hashing)
_BITS: Final = 2**64 - 1


@dataclass(frozen=True)
class IdIndex:
    """Hashes, ascending, and the row of each."""

    column: pa.ChunkedArray
    hashes: HashArray
    rows: RowArray

    @classmethod
    def build(cls, column: pa.ChunkedArray) -> Self:
        """Index a column of texts; missing ones are nobody's."""
        texts = in_one_piece(column.cast(pa.large_string()))
        parts = [_hashes(texts.slice(at, _ROWS)) for at in range(0, len(texts), _ROWS)]
        hashes = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        return cls(column, hashes[order], order)

    def find(self, identifier: str) -> int | None:
        """Return the first row with an identifier, None if there is none."""
        if not identifier:
            return None  # missing ones have its hash
        wanted = np.uint64(hash_of(identifier))
        place = int(np.searchsorted(self.hashes, wanted))
        while place < len(self.hashes) and self.hashes[place] == wanted:
            row = int(self.rows[place])
            if self.column[row].as_py() == identifier:
                return row
            place += 1
        return None


def hash_of(text: str) -> int:
    """Return the hash of one text."""
    content = text.encode("utf-8", "replace")
    found = len(content) * _ODD & _BITS
    for at in range(0, min(len(content), _MOST_WORDS * _WORD), _WORD):
        found = (found ^ int.from_bytes(content[at : at + _WORD], "little")) * _ODD & _BITS
        found ^= found >> 32
    return found


def _hashes(texts: pa.Array) -> HashArray:
    """Return :func:`hash_of` of every text of a large_string array."""
    _, offsets, characters = texts.buffers()
    if characters is None:
        return np.zeros(len(texts), dtype=np.uint64)
    places = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    content = np.frombuffer(characters, dtype=np.uint8)[int(places[0]) : int(places[-1])]
    content = np.concatenate([content, np.zeros(_WORD, dtype=np.uint8)])
    # The eight bytes that begin at every place, read as one number.
    words: HashArray = np.ndarray(len(content) - _WORD + 1, "<u8", content, strides=(1,))
    starts = places[:-1] - places[0]
    lengths = places[1:] - places[:-1]
    found = lengths.astype(np.uint64) * np.uint64(_ODD)
    for number in range(min(_MOST_WORDS, -(-int(lengths.max(initial=0)) // _WORD))):
        at = np.flatnonzero(lengths > number * _WORD)
        unused = np.maximum(0, (number + 1) * _WORD - lengths[at]).astype(np.uint64)
        word = words[starts[at] + number * _WORD] & (
            np.uint64(_BITS) >> (unused * np.uint64(_WORD))
        )
        mixed = (found[at] ^ word) * np.uint64(_ODD)
        found[at] = mixed ^ (mixed >> np.uint64(32))
    return found
