"""Short names of firms that everybody knows, and of listed ones."""

from functools import cache
from importlib import resources


@cache
def well_known() -> frozenset[str]:
    """Return the short names of well-known and of listed firms."""
    return known_firms() | _names_in("listed_firms.txt")


@cache
def known_firms() -> frozenset[str]:
    """Return the short names under which official texts speak of well-known firms."""
    return _names_in("known_firms.txt")


def _names_in(file: str) -> frozenset[str]:
    source = resources.files("clusteratlas.policy").joinpath(file)
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
