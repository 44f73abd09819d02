"""The closed word lists of extraction, read from words.txt when they are first needed."""

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
