"""Search by name in memory: parts of names, short names, pinyin and initials.

All names stand in one long text, one a line; finding a part is one pass of ``str.find``, which takes
under a millisecond for 100,000 names. Latin spellings are two more such texts, one with the pinyin of
each character and one with its first letter.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

MAX_HITS = 1500
"""Most places that are looked at for one way of matching; earlier names are the more important."""

_PIECE = 20_000
_LETTERS = re.compile(r"[a-z0-9]+")

# Where a character's usual reading is wrong in names of firms and places of the region.
_READINGS = {"银行": "yinhang", "重庆": "chongqing", "石拐": "shiguai", "厦门": "xiamen"}


@dataclass(frozen=True)
class Hit:
    """One entry that matches: which, how well (0..1), and by what kind of match."""

    entry: int
    score: float
    match: str  # exact | prefix | part | pinyin | initials | letters


def normalise(text: str) -> str:
    """Return a name as it is compared: NFKC, lower case, without spaces, brackets, punctuation."""
    text = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in text if unicodedata.category(c)[0] in "LNM")


def normalise_all(names: pa.Array) -> pa.Array:
    """Return :func:`normalise` of every name; a missing one is ""."""
    flat = pc.utf8_lower(pc.utf8_normalize(names.cast(pa.large_string()), form="NFKC"))
    flat = pc.replace_substring_regex(flat, pattern=r"[^\p{L}\p{N}\p{M}]+", replacement="")
    return pc.fill_null(flat, "")


@lru_cache(maxsize=1)
def _pinyin_table() -> dict[int, str]:
    """Return the usual toneless reading of each Chinese character, by code point."""
    from pypinyin.pinyin_dict import pinyin_dict

    table = {}
    for code, readings in pinyin_dict.items():
        plain = unicodedata.normalize("NFD", readings.split(",")[0].replace("ü", "v"))
        table[code] = "".join(c for c in plain if c.isascii())
    return table


@lru_cache(maxsize=1)
def _initial_table() -> dict[int, str]:
    return {code: reading[:1] for code, reading in _pinyin_table().items()}


def to_pinyin(text: str) -> str:
    """Return the toneless pinyin of a text, syllables joined; other characters stay."""
    for word, reading in _READINGS.items():
        text = text.replace(word, reading)
    return text.translate(_pinyin_table())


@dataclass(frozen=True)
class _Lines:
    """A text with one entry a line, that starts and ends with a line break."""

    text: str
    starts: IntArray  # where each entry begins

    def entry_at(self, place: int) -> int:
        return int(bisect_right(self.starts, place)) - 1

    def find(self, part: str, *, shift: int = 0) -> Iterator[int]:
        """Yield the entries that hold ``part``, each once, in their order, at most MAX_HITS."""
        place, count, text = self.text.find(part), 0, self.text
        while place >= 0 and count < MAX_HITS:
            yield self.entry_at(place + shift)
            count += 1
            end = text.find("\n", place + len(part))
            place = text.find(part, max(end, place + 1)) if end >= 0 else -1


def _latin_lines(lines: _Lines, spell: Callable[[str], str]) -> _Lines:
    """Return the lines in Latin letters; what has no spelling is left out.

    Piece by piece, since one call over a million names would hold up every other thread.
    """
    text = lines.text
    pieces = [
        spell(text[start : start + _PIECE]).encode("ascii", "ignore")
        for start in range(0, len(text), _PIECE)
    ]
    spelled = b"".join(pieces)
    breaks = np.flatnonzero(np.frombuffer(spelled, dtype=np.uint8) == 10)
    return _Lines(spelled.decode("ascii"), breaks[:-1].astype(np.int64) + 1)


def _joined(names: pa.Array) -> str:
    """Return names with a line break after each."""
    break_ = pa.scalar("\n", pa.large_string())
    lines = pc.binary_join_element_wise(names, break_, pa.scalar("", pa.large_string()))
    _, offsets, characters = lines.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[lines.offset :]
    piece = memoryview(characters)[int(places[0]) : int(places[len(lines)])]
    return str(piece, "utf-8")


class NameIndex:
    """Names of many kinds of things, the most important first.

    Parameters
    ----------
    names
        Normalised names (:func:`normalise_all`), one an entry; a thing may have several entries.
    """

    def __init__(self, names: Iterable[pa.Array]) -> None:
        text, lengths = ["\n"], [np.zeros(1, dtype=np.int64)]
        for part in names:
            if len(part):
                text.append(_joined(part))
                lengths.append(pc.utf8_length(part).to_numpy(zero_copy_only=False) + 1)
        starts = np.cumsum(np.concatenate(lengths)) + 1
        self._names = _Lines("".join(text), starts[:-1])
        self.size = len(starts) - 1

    @cached_property
    def _pinyin(self) -> _Lines:
        return _latin_lines(self._names, to_pinyin)

    @cached_property
    def _initials(self) -> _Lines:
        return _latin_lines(self._names, lambda text: text.translate(_initial_table()))

    def prepare(self) -> None:
        """Build the Latin spellings now, instead of at the first search that needs them."""
        _ = self._pinyin, self._initials

    def entry(self, number: int) -> str:
        """Return the normalised name of an entry."""
        start = int(self._names.starts[number])
        return self._names.text[start : self._names.text.index("\n", start)]

    def search(self, query: str, *, limit: int) -> list[Hit]:
        """Return the best matches, best first; among equals the earlier entry.

        Raises nothing: a query without a letter, digit or character matches nothing.
        """
        wanted = normalise(query)
        if not wanted:
            return []
        best: dict[int, Hit] = {}
        for hit in self._candidates(wanted):
            known = best.get(hit.entry)
            if known is None or hit.score > known.score:
                best[hit.entry] = hit
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.entry))
        return ranked[:limit]

    def _candidates(self, wanted: str) -> Iterator[Hit]:
        yield from self._parts(self._names, wanted, ("exact", "prefix", "part"), 1.0)
        if _LETTERS.fullmatch(wanted):
            if len(wanted) > 1:
                yield from self._parts(self._initials, wanted, ("initials",) * 3, 0.8)
                yield from self._parts(self._pinyin, wanted, ("pinyin",) * 3, 0.9)
            return
        yield from self._letters(wanted)
        sound = to_pinyin(wanted)
        if len(wanted) > 2 and len(sound) > len(wanted):
            # Same sound, other characters: a slip of the input method.
            yield from self._parts(self._pinyin, sound, ("pinyin",) * 3, 0.6)

    def _parts(
        self, lines: _Lines, wanted: str, match: tuple[str, str, str], weight: float
    ) -> Iterator[Hit]:
        """Yield whole entries, then those that begin with what is wanted, then those with it."""
        for entry in lines.find(f"\n{wanted}\n", shift=1):
            yield Hit(entry, weight, match[0])
        for entry in lines.find(f"\n{wanted}", shift=1):
            yield Hit(entry, weight * (0.8 + 0.1 * self._share(entry, wanted)), match[1])
        for entry in lines.find(wanted):
            yield Hit(entry, weight * (0.6 + 0.1 * self._share(entry, wanted)), match[2])

    def _share(self, entry: int, wanted: str) -> float:
        starts = self._names.starts
        stop = starts[entry + 1] if entry + 1 < len(starts) else len(self._names.text)
        return min(1.0, len(wanted) / max(1, int(stop - starts[entry]) - 1))

    def _letters(self, wanted: str) -> Iterator[Hit]:
        """Yield entries that hold the characters in this order with gaps: 沈鼓 in 沈阳鼓风机."""
        if not 2 <= len(wanted) <= 8:
            return
        pattern = re.compile("[^\n]{0,6}?".join(re.escape(c) for c in wanted))
        for count, found in enumerate(pattern.finditer(self._names.text)):
            if count >= MAX_HITS:
                return
            entry = self._names.entry_at(found.start())
            first = found.start() == self._names.starts[entry]
            spread = len(wanted) / (found.end() - found.start())
            yield Hit(entry, 0.4 + 0.1 * first + 0.1 * spread, "letters")
