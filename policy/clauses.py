"""Where a clause ends and a name begins: after its last verb, adverb or preposition."""

import itertools
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from clusteratlas.policy.vocabulary import Token, cut, is_rest
from clusteratlas.policy.well_known import well_known

# Single characters that end a clause before a name where no coined word ends with them.
_SINGLE: Final = frozenset("为即将被由至从向把占称叫让使对是着于自有在")


@cache
def clause_words() -> frozenset[str]:
    """Return verbs, adverbs, prepositions and conjunctions of two characters."""
    source = resources.files("clusteratlas.policy").joinpath("clause_words.txt")
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=50_000)
def after_clause(piece: str, *, own: bool = False) -> int:
    """Return where the words of a clause end with which a piece without stops begins.

    Parameters
    ----------
    piece
        A run without stops that ends with a name, or with what stands before the form of one.
    own
        Whether a place or a coined word must follow: for firms, whose names hold verbs too.

    Examples
    --------
    >>> after_clause("县政府负责开阳县"), after_clause("永茂泰")
    (5, 0)
    """
    words, end, rest = clause_words(), 0, False
    tokens = cut(piece, 0, len(piece))
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        word = piece[token.start : token.end]
        ends = word in words or (word in _SINGLE and not rest)
        if ends and (not own or _is_own(piece, token.end, following)):
            end = token.end
        rest = is_rest(piece, token)
    return end


def _is_own(piece: str, start: int, token: Token | None) -> bool:
    """Return whether a place, a coined word or a well-known firm begins at a token."""
    if token is None:
        return False
    known = any(piece[start : start + size] in well_known() for size in (4, 3, 2))
    return known or token.kind == "place" or is_rest(piece, token)
