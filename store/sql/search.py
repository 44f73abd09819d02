"""Search over names, aliases, codes and pinyin initials: candidates from the index, then a score."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.store.names import initial_terms, initials, normal_name
from clusteratlas.store.schema import ENTERPRISE_COLUMNS
from clusteratlas.store.sql.frames import COLUMN_LIST, enterprise_frame
from clusteratlas.store.sql.session import Record, Session

MAX_LIMIT: Final = 1_000
# Of more matches than this, the anchors and the shortest names are scored: a short name is nearest
# to what was typed. Every store takes the same ones.
CANDIDATES: Final = 400
BEST_FIRST: Final = "e.origin, length(e.name), e.fid"

_CODE: Final = re.compile(r"[0-9A-Z]{6,18}")

TermMatches = Callable[[Session, str, int], list[Record]]
"""Takes session, text, most; returns the rows whose names hold the text, in :data:`BEST_FIRST` order."""


def search(session: Session, text: str, *, limit: int, by_terms: TermMatches) -> pd.DataFrame:
    """Return enterprises that match, best first, with ``score`` 0..1.

    1.0 is an equal name, alias or code, 0.9 a name that begins with the text (place aside), 0.8
    equal initials, less for a text further inside; anchors stand before others of the same score.
    Of more than 400 that match, the 400 with the shortest names are scored, anchors first.

    Raises
    ------
    InputError
        If ``limit`` is out of bounds.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InputError(f"limit is {limit}: expected 1 to {MAX_LIMIT}")
    text = text.replace("\0", "")
    wanted = normal_name(text)
    found = _by_code(session, text.strip().upper(), limit)
    if wanted:
        found += by_terms(session, text, CANDIDATES)
    return _ranked(found, wanted, limit)


def _by_code(session: Session, code: str, limit: int) -> list[Record]:
    if not _CODE.fullmatch(code):
        return []
    return session.rows(
        f"SELECT {COLUMN_LIST} FROM enterprises e"
        " WHERE e.uscc <> '' AND e.uscc >= ? AND e.uscc < ? ORDER BY e.uscc, e.fid LIMIT ?",
        (code, code + "~", limit),
    )


def _ranked(found: Iterable[Record], wanted: str, limit: int) -> pd.DataFrame:
    rows = {row[0]: row for row in found}
    frame = enterprise_frame(rows.values(), list(ENTERPRISE_COLUMNS))
    scores = [_score(wanted, row) for row in frame.to_dict("records")]
    frame["score"] = pd.array(scores, dtype="float64")
    anchors_first = frame.assign(_registry=frame["origin"].ne("anchor"))
    order = anchors_first.sort_values(
        ["score", "_registry", "fid"], ascending=[False, True, True], kind="stable"
    ).index
    return frame.loc[order].head(limit).reset_index(drop=True)


def _score(wanted: str, row: dict[Any, Any]) -> float:
    names = [row["name"], row["legal_name"], *row["aliases"].split(";")]
    if row["uscc"] and row["uscc"].casefold().startswith(wanted):
        return 1.0 if len(wanted) == len(row["uscc"]) else 0.9
    return max(_score_name(wanted, name) for name in names if name or name == row["name"])


def _score_name(wanted: str, name: str) -> float:
    whole = normal_name(name)
    if not whole or not wanted:
        return 0.0
    if whole == wanted:
        return 1.0
    at = whole.find(wanted)
    if at >= 0:
        # Nearer the front and a larger part of the name is better.
        return 0.9 - 0.2 * (at / len(whole)) - 0.2 * (1 - len(wanted) / len(whole))
    letters = initials(wanted)
    terms = initial_terms(name).split()
    if letters in terms:
        return 0.8
    if any(term.startswith(letters) for term in terms):
        return 0.45
    return 0.3
