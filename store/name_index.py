"""Search by name in memory: parts of names, short names, pinyin and initials.

All names stand in one long text, one a line; finding a part is one pass of ``str.find``, which takes
under a millisecond for 100,000 names. Latin spellings are two more such texts, one with the pinyin of
each character and one with its first letter.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_HITS = 1000
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

    def entries_at(self, places: list[int]) -> IntArray:
        """Return the entry that each place lies in."""
        found = np.searchsorted(self.starts, np.array(places, dtype=np.int64), side="right") - 1
        return np.asarray(found)

    def find(self, part: str, *, shift: int = 0) -> IntArray:
        """Return the entries that hold ``part``, each once, in their order, at most MAX_HITS."""
        places: list[int] = []
        find, size = self.text.find, len(part)
        place = find(part)
        while place >= 0 and len(places) < MAX_HITS:
            places.append(place + shift)
            end = find("\n", place + size)
            place = find(part, max(end, place + 1)) if end >= 0 else -1
        return self.entries_at(places)

    def lengths(self, entries: IntArray) -> IntArray:
        """Return the length of entries."""
        last = len(self.starts) - 1
        following = self.starts[np.minimum(entries + 1, last)]
        stops = np.where(entries < last, following, len(self.text))
        return np.asarray(stops - self.starts[entries] - 1)


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
        found = list(self._candidates(wanted, enough=limit))
        if not found:
            return []
        entries = np.concatenate([part.entries for part in found])
        scores = np.concatenate([part.scores for part in found])
        kinds = np.repeat(np.arange(len(found)), [len(part.entries) for part in found])
        order = np.lexsort((entries, -scores))
        _, first = np.unique(entries[order], return_index=True)
        best = order[np.sort(first)[:limit]]
        return [
            Hit(int(entries[i]), float(scores[i]), found[int(kinds[i])].match)
            for i in best.tolist()
        ]

    def _candidates(self, wanted: str, *, enough: int) -> Iterator["_Found"]:
        count = 0
        for found in self._parts(self._names, wanted, ("exact", "prefix", "part"), 1.0):
            count += len(found.entries)
            yield found
        if _LETTERS.fullmatch(wanted):
            if len(wanted) > 1:  # one letter begins half of all names
                for found in self._parts(self._initials, wanted, ("initials",) * 3, 0.8):
                    count += len(found.entries)
                    yield found
                if count < enough or len(wanted) > 2:
                    yield from self._parts(self._pinyin, wanted, ("pinyin",) * 3, 0.9)
            return
        if count >= enough:
            return
        yield self._letters(wanted)
        sound = to_pinyin(wanted)
        if not count and len(wanted) > 2 and len(sound) > len(wanted):
            # Same sound, other characters: a slip of the input method.
            yield from self._parts(self._pinyin, sound, ("pinyin",) * 3, 0.6)

    def _parts(
        self, lines: _Lines, wanted: str, match: tuple[str, str, str], weight: float
    ) -> Iterator["_Found"]:
        """Yield whole entries, then those that begin with what is wanted, then those with it."""
        if wanted not in lines.text:
            return
        exact = lines.find(f"\n{wanted}\n", shift=1)
        yield _Found(exact, np.full(len(exact), weight), match[0])
        for pattern, shift, base, name in (
            (f"\n{wanted}", 1, 0.8, match[1]),
            (wanted, 0, 0.6, match[2]),
        ):
            entries = lines.find(pattern, shift=shift)
            share = np.minimum(1.0, len(wanted) / np.maximum(1, lines.lengths(entries)))
            yield _Found(entries, weight * (base + 0.1 * share), name)

    def _letters(self, wanted: str) -> "_Found":
        """Return entries that hold the characters in this order with gaps: 沈鼓 in 沈阳鼓风机."""
        if not 2 <= len(wanted) <= 8:
            return _Found(np.empty(0, dtype=np.int64), np.empty(0), "letters")
        pattern = re.compile("[^\n]{0,6}?".join(re.escape(c) for c in wanted))
        spans = [m.span() for m in islice(pattern.finditer(self._names.text), MAX_HITS)]
        starts = [start for start, _ in spans]
        entries = self._names.entries_at(starts)
        lengths = np.array([stop - start for start, stop in spans], dtype=np.float64)
        first = self._names.starts[entries] == np.array(starts, dtype=np.int64)
        scores = 0.4 + 0.1 * first + 0.1 * len(wanted) / np.maximum(lengths, 1.0)
        return _Found(entries, scores, "letters")


@dataclass(frozen=True)
class _Found:
    """What one way of matching found."""

    entries: IntArray
    scores: FloatArray
    match: str
