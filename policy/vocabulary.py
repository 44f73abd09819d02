"""Everyday words of Chinese by how common they are: what is left between them may be a name.

A text is cut into the likeliest everyday words. Names of firms are seldom everyday words, so they
stay behind as single characters; how much such a rest looks like a firm's own word is told by the
characters that firms choose (name_characters.txt).
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final, NamedTuple

from clusteratlas.policy.places import name_prefixes
from clusteratlas.policy.words import word_list

UNKNOWN_COST: Final = 16.0
MATERIAL_COST: Final = 11.0  # of the words that words.txt adds
PLACE_COST: Final = 9.0
MAX_WORD_CHARS: Final = 6
LONG_PHRASE: Final = 6  # a name is shorter
MAX_PIECE_CHARS: Final = 2_000  # longer runs without any stop are cut for the search


# Single characters that join or count; they are no part of a coined word.
FUNCTION_CHARS: Final = frozenset(
    "的和与及等在为以是有了将对从到由向把于上下中内外后前年月日个家项条大多新各全本该其并也都被让使不至则而"
    "或又再已就可要会所之这那万亿千百十一二三四五六七八九两名位户次批种类型级区市县省镇乡村园州旗盟"
    "总副原现更最较很即须应当先早晚时期届第吨台辆套亩米公里座处宗款"
)


REST_KINDS: Final = frozenset({"character", "unknown"})


class Token(NamedTuple):
    """A piece of a text: where it stands and what it is."""

    start: int
    end: int
    kind: str  # word | place | character (known by itself only) | unknown


@cache
def _costs() -> dict[str, float]:
    source = resources.files("clusteratlas.policy").joinpath("vocabulary.txt")
    costs: dict[str, float] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            cost, *words = line.split()
            costs.update(dict.fromkeys(words, float(cost)))
    for word in word_list("materials"):
        costs.setdefault(word, MATERIAL_COST)
    return costs


def known_costs() -> dict[str, float]:
    """Return the cost of every word and place; a place that is a word too costs what a place does."""
    return {**_costs(), **dict.fromkeys(name_prefixes(), PLACE_COST)}


@cache
def _reaches() -> dict[str, float]:
    """Return the cost of every known word, and no finite one of what only begins a word.

    The search stops where no word goes on.
    """
    known = known_costs()
    reaches = {word[:size]: math.inf for word in known for size in range(2, MAX_WORD_CHARS + 1)}
    reaches |= {word: cost for word, cost in known.items() if len(word) <= MAX_WORD_CHARS}
    return reaches


def is_word(word: str) -> bool:
    """Return whether a text of two or more characters is an everyday word."""
    return len(word) > 1 and word in _costs()


@lru_cache(maxsize=20_000)
def is_ordinary(phrase: str) -> bool:
    """Return whether a phrase is made of everyday words, places and single function words alone.

    Examples
    --------
    >>> is_ordinary("推进产业集群建设"), is_ordinary("晶讯光电")
    (True, False)
    """
    count = singles = 0
    for at in range(0, len(phrase), MAX_PIECE_CHARS):
        found = _cut(phrase[at : at + MAX_PIECE_CHARS])
        count += len(found)
        for start, end, kind in found:
            if kind == "unknown":
                return False
            if end - start == 1:
                singles += 1
                if len(phrase) < LONG_PHRASE and phrase[at + start] not in FUNCTION_CHARS:
                    return False
    return 2 * singles < count or singles < count == 2


def is_rest(text: str, token: Token) -> bool:
    """Return whether a token is a character that no everyday word or place covers."""
    return token.kind in REST_KINDS and text[token.start] not in FUNCTION_CHARS


def cut(text: str, start: int, end: int) -> Sequence[Token]:
    """Return the likeliest words of ``text[start:end]``, a run without stops, in order."""
    if start == 0 and end == len(text) <= MAX_PIECE_CHARS:
        return _cut(text)
    tokens: list[Token] = []
    for at in range(start, end, MAX_PIECE_CHARS):
        stop = min(end, at + MAX_PIECE_CHARS)
        tokens += [Token(at + a, at + b, kind) for a, b, kind in _cut(text[at:stop])]
    return tokens


@lru_cache(maxsize=40_000)  # the runs of a megabyte, which is read more than once
def _cut(run: str) -> tuple[Token, ...]:
    reach, size = _reaches().get, len(run)
    best = [0.0] + [math.inf] * size
    back = [0] * (size + 1)
    ended = f"{run}\n"  # no word goes on over the end
    for start, char in enumerate(run):
        reached = best[start]
        end = start + 1
        total = reached + reach(char, UNKNOWN_COST)
        if total < best[end]:
            best[end], back[end] = total, start
        cost = reach(ended[start : end + 1])
        while cost is not None:
            end += 1
            total = reached + cost
            if total < best[end]:
                best[end], back[end] = total, start
            cost = reach(ended[start : end + 1])
    costs, places = _costs(), name_prefixes()
    pieces = []
    while size:
        start = back[size]
        word = run[start:size]
        if size - start > 1:
            kind = "place" if word in places else "word"
        else:
            kind = "character" if word in costs else "unknown"
        pieces.append(Token(start, size, kind))
        size = start
    pieces.reverse()
    return tuple(pieces)


@cache
def _name_characters() -> tuple[dict[str, float], dict[str, float]]:
    """Return how much likelier a character is in a firm's own word than in running text (log).

    The first table is for first characters, the second for later ones.
    """
    source = resources.files("clusteratlas.policy").joinpath("name_characters.txt")
    rows = [
        line.split()
        for line in source.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    words: dict[float, list[str]] = {}
    for word, cost in _costs().items():
        words.setdefault(cost, []).append(word)
    everyday: dict[str, float] = {}
    for cost, alike in words.items():
        for char, count in Counter("".join(alike)).items():
            everyday[char] = everyday.get(char, 0.0) + count * math.exp(-cost)
    total = sum(everyday.values())
    tables: list[dict[str, float]] = []
    for column in (1, 2):
        counts = {row[0]: int(row[column]) for row in rows}
        size = sum(counts.values()) + len(counts)
        tables.append(
            {
                char: math.log((count + 0.5) / size)
                - math.log((everyday.get(char, 0.0) + 1e-6) / total)
                for char, count in counts.items()
            }
        )
    return tables[0], tables[1]


@lru_cache(maxsize=20_000)
def name_likeness(word: str) -> float:
    """Return how much a word looks like a firm's own word, per character (log likelihood ratio).

    Above 0 it is likelier as such a word than as a piece of running text.
    """
    first, later = _name_characters()
    unseen = -1.5
    scores = [first.get(word[0], unseen), *(later.get(char, unseen) for char in word[1:])]
    return sum(scores) / len(scores)
