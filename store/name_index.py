"""Search by name in memory: parts of names, short names, pinyin and initials.

All names stand in one long text of 16-bit codes (:mod:`clusteratlas.store.name_codes`), one a line. The
places of every pair of characters are sorted (:class:`clusteratlas.store.grams.Grams`), so that a part
of a name is found by its rarest pair, whether there are ten thousand names or a million. Two more
such texts have in the place of each character its pinyin syllable and its first letter.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clusteratlas.store.grams import Grams, Span
from clusteratlas.store.name_codes import BEYOND, BREAK, codes_of, name_codes

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_HITS = 1000
"""Most places that are looked at for one way of matching; earlier names are the more important."""

MAX_QUERY = 100
MAX_SPREAD = 20_000
"""Most places that are looked at for characters with gaps between them."""

_LETTERS = re.compile(r"[a-z0-9]+")

# Where a character's usual reading is wrong in names of firms and places of the region.
_READINGS: Final = {
    "银行": ("yin", "hang"),
    "重庆": ("chong", "qing"),
    "石拐": ("shi", "guai"),
    "厦门": ("xia", "men"),
}
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


def _pinyin_dict() -> dict[int, str]:
    """Return the readings of characters that pypinyin ships, without its phrases.

    The package reads its phrases when it is imported, which takes longer than all names here.
    """
    package = find_spec("pypinyin")
    folders = package.submodule_search_locations if package is not None else None
    if not folders:
        raise ModuleNotFoundError("pypinyin")
    found = spec_from_file_location("pinyin_dict", Path(folders[0]) / "pinyin_dict.py")
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    readings: dict[int, str] = module.pinyin_dict
    return readings


@lru_cache(maxsize=1)
def _pinyin_table() -> dict[int, str]:
    """Return the usual toneless reading of each Chinese character, by code point."""
    table = {}
    for code, readings in _pinyin_dict().items():
        plain = unicodedata.normalize("NFD", readings.split(",")[0].replace("ü", "v"))
        table[code] = "".join(c for c in plain if c.isascii())
    return table


@lru_cache(maxsize=1)
def _syllable_table() -> "_Spelling":
    return _Spelling.of(_pinyin_table())


@lru_cache(maxsize=1)
def _initial_table() -> "_Spelling":
    return _Spelling.of({code: reading[:1] for code, reading in _pinyin_table().items()})


@dataclass(frozen=True)
class _Spelling:
    """Codes of spellings: 0 for what has none, 1 for a line break, from 2 on ``texts`` in order."""

    texts: list[str]
    table: NDArray[np.uint16]  # code of the spelling by code point

    @classmethod
    def of(cls, readings: Mapping[int, str]) -> Self:
        """Return codes for the readings of characters; Latin letters and digits read as they are."""
        latin = {ord(c): c for c in "abcdefghijklmnopqrstuvwxyz0123456789"}
        readings = {c: r for c, r in readings.items() if r and c < BEYOND} | latin
        texts = sorted(set(readings.values()))
        numbers = {text: number for number, text in enumerate(texts, start=2)}
        table = np.zeros(BEYOND + 1, dtype=np.uint16)
        table[list(readings)] = [numbers[reading] for reading in readings.values()]
        table[BREAK] = 1
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
    columns
        (n,) names of the things of each kind, as they are written; several in one cell stand apart
        by ``;``, a missing one is null.

    Attributes
    ----------
    rows
        (entries,) row of each entry in its column.
    firsts
        (columns + 1,) where the entries of each column begin.
    """

    def __init__(self, columns: Iterable[pa.Array]) -> None:
        codes, rows = [np.array([BREAK], dtype=np.uint16)], []
        for column in columns:
            found, owners = name_codes(column)
            codes.append(found)
            rows.append(owners.astype(np.int32))
        self._codes = np.concatenate(codes)
        breaks = np.flatnonzero(self._codes == BREAK).astype(np.int32)
        self._starts, self._ends = breaks[:-1] + 1, breaks[1:]
        self.rows = np.concatenate(rows) if rows else np.empty(0, dtype=np.int32)
        self.firsts: list[int] = np.cumsum([0, *map(len, rows)]).tolist()
        self.size = len(self.rows)

    @cached_property
    def names(self) -> Grams:
        """The text of the names themselves."""
        return Grams(self._codes)

    @cached_property
    def syllables(self) -> Grams:
        """The same text with pinyin syllables in place of characters."""
        codes = _syllable_table().table[self._codes]
        for word, reading in _READINGS.items():
            places = self.names.find(_exactly(codes_of(word)), most=self.names.size)
            for at, syllable in enumerate(reading):
                codes[places + at] = _syllable_table().exact(syllable)[0]
        return Grams(codes)

    @cached_property
    def initials(self) -> Grams:
        """The same text with the first letters of the syllables."""
        return Grams(_initial_table().table[self._codes])

    def prepare(self) -> None:
        """Build everything now, instead of at the first search that needs it."""
        _ = self.names, self.syllables, self.initials
        self._codes = self.names.codes[: self.names.size]

    def entry(self, number: int) -> str:
        """Return the normalised name of an entry."""
        return "".join(map(chr, self._codes[self._starts[number] : self._ends[number]].tolist()))

    def columns_of(self, entries: IntArray) -> IntArray:
        """Return which column each entry is from."""
        return np.asarray(np.searchsorted(self.firsts, entries, side="right") - 1)

    def search(self, query: str, *, limit: int, keep: "Keep | None" = None) -> list[Hit]:
        """Return the best matches, best first; among equals the earlier entry.

        Raises nothing: a query without a letter, digit or character matches nothing.

        Parameters
        ----------
        keep
            Tells of entries which may be returned; None for all.
        """
        wanted = normalise(query)[:MAX_QUERY]
        if not wanted:
            return []
        found = list(_Search(self, limit, keep or _keep_all).candidates(wanted))
        if not found:
            return []
        entries = np.concatenate([part.entries for part in found])
        scores = np.concatenate([part.scores for part in found])
        kinds = np.repeat(np.arange(len(found)), [len(part.entries) for part in found])
        order = np.lexsort((entries, -scores))
        _, first = np.unique(entries[order], return_index=True)
        best = order[np.sort(first)[:limit]]
        return [
            Hit(entry, score, found[kind].match)
            for entry, score, kind in zip(
                entries[best].tolist(), scores[best].tolist(), kinds[best].tolist(), strict=True
            )
        ]

    def entries_at(self, places: IntArray) -> IntArray:
        """Return the entry that each place of the text lies in."""
        # Of one type: else the million starts are converted for every question.
        return np.asarray(np.searchsorted(self._starts, places.astype(np.int32), side="right") - 1)

    def lengths(self, entries: IntArray) -> IntArray:
        """Return how many characters entries have."""
        return np.asarray(self._ends[entries] - self._starts[entries])

    def begins(self, entries: IntArray, places: IntArray) -> BoolArray:
        """Tell whether entries begin at places."""
        return np.asarray(self._starts[entries] == places)


Keep = Callable[[IntArray], BoolArray]
"""Tells of entries which may be found."""


def _keep_all(entries: IntArray) -> BoolArray:
    return np.ones(len(entries), dtype=bool)


@dataclass(frozen=True)
class _Search:
    """One question: where, how many answers are enough, which may be given."""

    index: NameIndex
    enough: int
    keep: Keep

    def candidates(self, wanted: str) -> Iterator["_Found"]:
        """Yield what the ways of matching find."""
        count = 0
        codes = codes_of(wanted)
        for found in self._parts(self.index.names, _exactly(codes), _NAMES):
            count += len(found.entries)
            yield found
        if _LETTERS.fullmatch(wanted):
            if len(wanted) > 1:  # one letter begins half of all names
                letters = _exactly(_initial_table().table[codes])
                for found in self._parts(self.index.initials, letters, _INITIALS):
                    count += len(found.entries)
                    yield found
                if count < self.enough or len(wanted) > 2:
                    yield from self._spelled(wanted)
            return
        if count >= self.enough:
            return
        yield self._letters(codes)
        sound = _syllable_table().table[codes]
        if not count and len(wanted) > 2 and sound.all():
            # Same sound, other characters: a slip of the input method.
            yield from self._parts(self.index.syllables, _exactly(sound), _SOUND)

    def _spelled(self, letters: str) -> Iterator["_Found"]:
        """Yield what is spelled so in pinyin; the last syllable may be unfinished."""
        table = _syllable_table()
        for way in table.splits(letters):
            before = [table.exact(syllable) for syllable in way[:-1]]
            whole, begun = table.exact(way[-1]), table.beginning(way[-1])
            yield from self._parts(
                self.index.syllables, [*before, begun], _PINYIN, whole=[*before, whole]
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
        line = (BREAK, BREAK) if grams is self.index.names else (1, 1)
        begun = self._entries(grams, [line, *pattern], shift=1)
        if len(begun):
            exact = self._entries(grams, [line, *(whole or pattern), line], shift=1)
            yield _Found(exact, np.full(len(exact), how.weight), how.exact)
            yield self._shared(begun, len(pattern), how.weight, 0.8, how.prefix)
        # A name with it inside comes after every name that begins with it.
        if len(begun) < self.enough:
            held = self._entries(grams, pattern, shift=0)
            yield self._shared(held, len(pattern), how.weight, 0.6, how.part)

    def _shared(
        self, entries: IntArray, length: int, weight: float, base: float, match: str
    ) -> "_Found":
        """Return entries with a score by the share of the name that was asked for."""
        share = np.minimum(1.0, length / np.maximum(1, self.index.lengths(entries)))
        return _Found(entries, weight * (base + 0.1 * share), match)

    def _entries(self, grams: Grams, pattern: list[Span], *, shift: int) -> IntArray:
        """Return the entries that hold a pattern, each once, in their order, at most MAX_HITS."""
        places = grams.find(pattern, most=2 * MAX_HITS) + shift
        entries = self.index.entries_at(places)  # ascending, as the places are
        entries = entries[np.diff(entries, prepend=-1) > 0]
        return entries[self.keep(entries)][:MAX_HITS]

    def _letters(self, codes: NDArray[np.uint16]) -> "_Found":
        """Return entries that hold the characters in this order with gaps: 沈鼓 in 沈阳鼓风机."""
        if not 2 <= len(codes) <= 8:
            return _Found(np.empty(0, dtype=np.int64), np.empty(0), "letters")
        starts, stops = self.index.names.spread(
            codes.tolist(), gap=6, never=BREAK, most=MAX_SPREAD, enough=MAX_HITS
        )
        entries = self.index.entries_at(starts)
        kept = self.keep(entries)
        entries, starts, stops = entries[kept], starts[kept], stops[kept]
        first = self.index.begins(entries, starts)
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


def _exactly(codes: NDArray[np.uint16]) -> list[Span]:
    return [(code, code) for code in codes.tolist()]


@dataclass(frozen=True)
class _Found:
    """What one way of matching found."""

    entries: IntArray
    scores: FloatArray
    match: str
