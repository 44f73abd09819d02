"""The closed word lists of extraction, read from words.txt when they are first needed."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources


@cache
def word_list(section: str) -> tuple[str, ...]:
    """Return the words of a section of words.txt, in its order.

    Raises
    ------
    KeyError
        If there is no such section: a mistake in this package, not of its user.
    """
    return _sections()[section]


@cache
def word_set(section: str) -> frozenset[str]:
    """Return the words of a section as a set."""
    return frozenset(word_list(section))


def any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of some words, the longest first.

    They stand grouped by their first character behind one look at it: a search passes most places
    of a text by then, not after one look for every word.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    firsts = "".join(map(re.escape, rests))
    groups = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"(?=[{firsts}])(?:{'|'.join(groups)})"


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    source = resources.files("clusteratlas.policy").joinpath("words.txt")
    sections: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            sections[name] = ()
        elif line and not line.startswith("#"):
            sections[name] += tuple(line.split())
    return sections
