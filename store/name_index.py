"""Search by name in memory: parts of names, short names, pinyin and initials.

All names stand in one long text of 16-bit codes, one a line. The places of every pair of characters are
sorted (:class:`clusteratlas.store.grams.Grams`), so that a part of a name is found by its rarest pair,
whether there are ten thousand names or a million. Two more such texts have in the place of each
character its pinyin syllable and its first letter.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.store.grams import Grams, Span

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_HITS = 1000
"""Most places that are looked at for one way of matching; earlier names are the more important."""

MAX_QUERY = 100
MAX_SPREAD = 50_000
"""Most places that are looked at for characters with gaps between them."""

_LETTERS = re.compile(r"[a-z0-9]+")

# Where a character's usual reading is wrong in names of firms and places of the region.
_READINGS: Final = {
    "银行": ("yin", "hang"),
    "重庆": ("chong", "qing"),
    "石拐": ("shi", "guai"),
    "厦门": ("xia", "men"),
}
_BREAK: Final = 10
_BEYOND: Final = 0xFFFF
_MOST_SPLITS: Final = 12
_LONGEST_SYLLABLE: Final = 6
_ONE_LETTER: Final = frozenset("aeo0123456789")


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
def _syllable_table() -> "_Spelling":
    return _Spelling.of(_pinyin_table())


@lru_cache(maxsize=1)
def _initial_table() -> "_Spelling":
    return _Spelling.of({code: reading[:1] for code, reading in _pinyin_table().items()})


def _joined(names: pa.Array) -> str:
    """Return names with a line break after each."""
    break_ = pa.scalar("\n", pa.large_string())
    lines = pc.binary_join_element_wise(names, break_, pa.scalar("", pa.large_string()))
    _, offsets, characters = lines.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[lines.offset :]
    piece = memoryview(characters)[int(places[0]) : int(places[len(lines)])]
    return str(piece, "utf-8")


@dataclass(frozen=True)
class _Spelling:
    """Codes of spellings: 0 for what has none, 1 for a line break, from 2 on ``texts`` in order."""

    texts: list[str]
    table: NDArray[np.uint16]  # code of the spelling by code point

    @classmethod
    def of(cls, readings: Mapping[int, str]) -> Self:
        """Return codes for the readings of characters; Latin letters and digits read as they are."""
        latin = {ord(c): c for c in "abcdefghijklmnopqrstuvwxyz0123456789"}
        readings = {c: r for c, r in readings.items() if r and c < _BEYOND} | latin
        texts = sorted(set(readings.values()))
        numbers = {text: number for number, text in enumerate(texts, start=2)}
        table = np.zeros(_BEYOND + 1, dtype=np.uint16)
        table[list(readings)] = [numbers[reading] for reading in readings.values()]
        table[_BREAK] = 1
        return cls(texts, table)

    def exact(self, text: str) -> Span:
        """Return the code of a spelling, an empty span if there is none."""
        place = bisect_left(self.texts, text)
        there = place < len(self.texts) and self.texts[place] == text
        return (place + 2, place + 2) if there else (2, 1)

    def beginning(self, text: str) -> Span:
        """Return the codes of the spellings that begin so."""
        return bisect_left(self.texts, text) + 2, bisect_left(self.texts, text + "{") + 1

    def splits(self, letters: str) -> list[tuple[str, ...]]:
        """Return the ways to read letters as syllables of which the last may be unfinished."""
        ways: list[tuple[str, ...]] = []
        known = set(self.texts)

        def go(rest: str, so_far: tuple[str, ...]) -> None:
            if len(ways) >= _MOST_SPLITS:
                return
            low, high = self.beginning(rest)
            if low <= high:
                ways.append((*so_far, rest))
            for size in range(min(_LONGEST_SYLLABLE, len(rest) - 1), 0, -1):
                if rest[:size] in known and (size > 1 or rest[0] in _ONE_LETTER):
                    go(rest[size:], (*so_far, rest[:size]))

        go(letters, ())
        return ways


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
        self._codes = _codes_of("".join(text))
        self._starts, self._ends = starts[:-1], starts[1:] - 1
        self.size = len(starts) - 1

    @cached_property
    def _names(self) -> Grams:
        return Grams(self._codes)

    @cached_property
    def _syllables(self) -> Grams:
        codes = _syllable_table().table[self._codes]
        for word, reading in _READINGS.items():
            places = self._names.find(_exactly(_codes_of(word)), most=self._names.size)
            for at, syllable in enumerate(reading):
                codes[places + at] = _syllable_table().exact(syllable)[0]
        return Grams(codes)

    @cached_property
    def _initials(self) -> Grams:
        return Grams(_initial_table().table[self._codes])

    def prepare(self) -> None:
        """Build everything now, instead of at the first search that needs it."""
        _ = self._names, self._syllables, self._initials

    def entry(self, number: int) -> str:
        """Return the normalised name of an entry."""
        return "".join(map(chr, self._codes[self._starts[number] : self._ends[number]].tolist()))

    def search(self, query: str, *, limit: int) -> list[Hit]:
        """Return the best matches, best first; among equals the earlier entry.

        Raises nothing: a query without a letter, digit or character matches nothing.
        """
        wanted = normalise(query)[:MAX_QUERY]
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
        codes = _codes_of(wanted)
        for found in self._parts(self._names, _exactly(codes), _NAMES):
            count += len(found.entries)
            yield found
        if _LETTERS.fullmatch(wanted):
            if len(wanted) > 1:  # one letter begins half of all names
                letters = _exactly(_initial_table().table[codes])
                for found in self._parts(self._initials, letters, _INITIALS):
                    count += len(found.entries)
                    yield found
                if count < enough or len(wanted) > 2:
                    yield from self._spelled(wanted)
            return
        if count >= enough:
            return
        yield self._letters(codes)
        sound = _syllable_table().table[codes]
        if not count and len(wanted) > 2 and sound.all():
            # Same sound, other characters: a slip of the input method.
            yield from self._parts(self._syllables, _exactly(sound), _SOUND)

    def _spelled(self, letters: str) -> Iterator["_Found"]:
        """Yield what is spelled so in pinyin; the last syllable may be unfinished."""
        table = _syllable_table()
        for way in table.splits(letters):
            before = [table.exact(syllable) for syllable in way[:-1]]
            whole, begun = table.exact(way[-1]), table.beginning(way[-1])
            yield from self._parts(
                self._syllables, [*before, begun], _PINYIN, whole=[*before, whole]
            )

    def _parts(
        self,
        grams: Grams,
        pattern: list[Span],
        how: "_How",
        *,
        whole: list[Span] | None = None,
    ) -> Iterator["_Found"]:
        """Yield whole entries, then those that begin with what is wanted, then those with it."""
        held = self._entries(grams, pattern, shift=0)
        if not len(held):
            return
        line = (_BREAK, _BREAK) if grams is self._names else (1, 1)
        exact = self._entries(grams, [line, *(whole or pattern), line], shift=1)
        yield _Found(exact, np.full(len(exact), how.weight), how.exact)
        begun = self._entries(grams, [line, *pattern], shift=1)
        for entries, base, name in ((begun, 0.8, how.prefix), (held, 0.6, how.part)):
            lengths = self._ends[entries] - self._starts[entries]
            share = np.minimum(1.0, len(pattern) / np.maximum(1, lengths))
            yield _Found(entries, how.weight * (base + 0.1 * share), name)

    def _entries(self, grams: Grams, pattern: list[Span], *, shift: int) -> IntArray:
        """Return the entries that hold a pattern, each once, in their order, at most MAX_HITS."""
        places = grams.find(pattern, most=2 * MAX_HITS) + shift
        return np.unique(self._entries_at(places))[:MAX_HITS]

    def _entries_at(self, places: IntArray) -> IntArray:
        """Return the entry that each place lies in."""
        return np.asarray(np.searchsorted(self._starts, places, side="right") - 1)

    def _letters(self, codes: NDArray[np.uint16]) -> "_Found":
        """Return entries that hold the characters in this order with gaps: 沈鼓 in 沈阳鼓风机."""
        if not 2 <= len(codes) <= 8:
            return _Found(np.empty(0, dtype=np.int64), np.empty(0), "letters")
        starts, stops = self._names.spread(codes.tolist(), gap=6, never=_BREAK, most=MAX_SPREAD)
        starts, stops = starts[:MAX_HITS], stops[:MAX_HITS]
        entries = self._entries_at(starts)
        first = self._starts[entries] == starts
        scores = 0.4 + 0.1 * first + 0.1 * len(codes) / np.maximum(stops - starts, 1)
        return _Found(entries, scores, "letters")


@dataclass(frozen=True)
class _How:
    """What a way of matching is called, and what it weighs."""

    exact: str
    prefix: str
    part: str
    weight: float


_NAMES: Final = _How("exact", "prefix", "part", 1.0)
_INITIALS: Final = _How("initials", "initials", "initials", 0.8)
_PINYIN: Final = _How("pinyin", "pinyin", "pinyin", 0.9)
_SOUND: Final = _How("pinyin", "pinyin", "pinyin", 0.6)


def _codes_of(text: str) -> NDArray[np.uint16]:
    """Return the characters as 16-bit codes; what lies beyond the basic plane becomes one code."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(points, _BEYOND).astype(np.uint16)


def _exactly(codes: NDArray[np.uint16]) -> list[Span]:
    return [(code, code) for code in codes.tolist()]


@dataclass(frozen=True)
class _Found:
    """What one way of matching found."""

    entries: IntArray
    scores: FloatArray
    match: str
