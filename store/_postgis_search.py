"""Search over names, aliases, codes and pinyin initials by an index of character pairs."""

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from clusteratlas.store._gpkg_frames import COLUMN_LIST
from clusteratlas.store._gpkg_search import BEST_FIRST, CANDIDATES, CODE, check_limit, ranked
from clusteratlas.store.names import (
    MAX_NAME,
    chinese_runs,
    initial_terms,
    latin_words,
    normal_name,
    pair_terms,
)

if TYPE_CHECKING:
    import psycopg

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


def search(connection: "psycopg.Connection[Any]", text: str, *, limit: int) -> pd.DataFrame:
    """Return enterprises that match, best first, with ``score`` 0..1.

    Scores and candidates are those of the embedded store.
    """
    check_limit(limit)
    text = text.replace("\0", "")
    wanted, query = normal_name(text), term_query(text)
    found = _by_code(connection, text.strip().upper(), limit)
    if wanted and query:
        found += _by_terms(connection, query)
    return ranked(found, wanted, limit)


def _by_code(connection: "psycopg.Connection[Any]", code: str, limit: int) -> list[tuple[Any, ...]]:
    if not CODE.fullmatch(code):
        return []
    return connection.execute(
        f"SELECT {COLUMN_LIST} FROM enterprises e"
        " WHERE e.uscc <> '' AND e.uscc >= %s AND e.uscc < %s ORDER BY e.uscc, e.fid LIMIT %s".encode(),
        (code, code + "~", limit),
    ).fetchall()


def _by_terms(connection: "psycopg.Connection[Any]", query: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"SELECT {COLUMN_LIST} FROM enterprises e JOIN enterprise_terms t ON t.fid = e.fid"
        " WHERE t.terms @@ %s::tsquery"
        f" ORDER BY {BEST_FIRST} LIMIT %s".encode(),
        (query, CANDIDATES),
    ).fetchall()
