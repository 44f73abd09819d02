"""Names in the index of a database server: character pairs and initials as a ``tsvector``."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from clusteratlas.store.names import (
    MAX_NAME,
    chinese_runs,
    initial_terms,
    latin_words,
    pair_terms,
)
from clusteratlas.store.sql.frames import COLUMN_LIST
from clusteratlas.store.sql.search import BEST_FIRST
from clusteratlas.store.sql.session import Record, Session

_LAST_POSITION: Final = 16_383  # of a tsvector; terms further on are found, but in no phrase
_MOST_POSITIONS: Final = 255


def term_vector(names: Iterable[str]) -> str:
    """Return the tsvector of the names as text: pairs at their places, then the initials.

    Written by hand because PostgreSQL's own parser takes Chinese apart by the server's locale.

    Examples
    --------
    >>> term_vector(["沈飞"])
    "'sf':5 '沈飞':1 '飞':2"
    """
    given = list(names)
    places: dict[str, list[str]] = {}
    pairs = pair_terms(*given).split()
    gap = len(pairs) + 3
    numbered = [*enumerate(pairs, 1), *enumerate(initial_terms(*given).split(), gap)]
    for place, term in numbered:
        found = places.setdefault(term, [])
        if len(found) < _MOST_POSITIONS:
            found.append(str(min(place, _LAST_POSITION)))
    return " ".join(f"'{term}':{','.join(at)}" for term, at in sorted(places.items()))


def term_query(text: str) -> str:
    """Return the tsquery that finds ``text`` anywhere in a name or as initials; "" if empty.

    Examples
    --------
    >>> term_query("沈飞集 AB")
    "('沈飞' <-> '飞集') & 'ab':*"
    """
    folded = unicodedata.normalize("NFKC", text[:MAX_NAME]).casefold()
    parts: list[str] = []
    for word in chinese_runs(folded):
        pairs = [f"'{word[at : at + 2]}'" for at in range(len(word) - 1)]
        parts.append(f"({' <-> '.join(pairs)})" if pairs else f"'{word}':*")
    parts += [f"'{word}':*" for word in latin_words(folded)]
    return " & ".join(parts)


def term_matches(session: Session, text: str, most: int) -> list[Record]:
    """Return the enterprises whose names hold a text; of more than ``most`` the first by order."""
    query = term_query(text)
    if not query:
        return []
    return session.rows(
        f"SELECT {COLUMN_LIST} FROM enterprises e JOIN enterprise_terms t ON t.fid = e.fid"
        f" WHERE t.terms @@ ?::tsquery ORDER BY {BEST_FIRST} LIMIT ?",
        (query, most),
    )
