"""Classify firms into the 28 strategic emerging sectors from name, scope and industry code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.sectors.anchors import AnchorBranches, load_anchor_branches
from clusteratlas.sectors.catalog import SectorCatalog
from clusteratlas.sectors.clauses import (
    MAKE,
    RESEARCH,
    TRADE,
    Item,
    is_unspecific,
    normalise,
    read_scope,
)
from clusteratlas.sectors.codes import CodeMeaning, read_code
from clusteratlas.sectors.evidence import (
    MOST_SECTORS,
    THRESHOLD,
    THRESHOLD_FURTHER,
    Evidence,
    combine,
    name_kind,
    score_scope,
)
from clusteratlas.sectors.products import read_products
from clusteratlas.sectors.vocabulary import Hit, Vocabulary, load_vocabulary

if TYPE_CHECKING:
    Texts: TypeAlias = Sequence[str] | pd.Series[str]

COLUMNS = ("sectors", "sector_scores", "sector_evidence", "products", "roles", "sector_possible")
_NOTHING = ("",) * len(COLUMNS)
NAME_CAP = 0.45  # a name alone decides nothing unless the scope says nothing
CODE_CERTAIN, CODE_POSSIBLE = 0.85, 0.3
BRANCH_SCORE = 0.8


@dataclass(slots=True)
class Reading:
    """What a firm's name, scope and code say, before the decision."""

    kind: str
    items: list[Item]
    hits: list[tuple[Item, list[Hit]]]
    trade_share: float
    unspecific: bool
    meaning: CodeMeaning
    evidence: list[Evidence]


class SectorClassifier:
    """Weighted vocabulary and rules; loads its tables on first use and pickles without them.

    The score of a sector is not a probability: it joins the weight of the words, the activity that
    governs them, their place in the scope and the name. A sector is assigned at 0.5 and above.

    Examples
    --------
    >>> firm = SectorClassifier().classify_one("沈阳某某有限公司", "计算机软件开发。")
    >>> firm["sectors"]
    'software'
    >>> SectorClassifier().classify_one("某某经贸有限公司", "医疗器械销售")["sectors"]
    ''
    """

    def __init__(self) -> None:
        self._vocabulary: Vocabulary | None = None
        self._branches: AnchorBranches | None = None
        self._order: dict[str, int] = {}

    def __getstate__(self) -> dict[str, object]:
        return {}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__()  # type: ignore[misc]  # tables are loaded again in the other process

    def classify_one(self, name: str, scope: str, code: str = "") -> dict[str, str]:
        """Return the six columns of :func:`classify` for one firm."""
        self._load()
        return dict(zip(COLUMNS, self._row(name or "", scope or "", code or ""), strict=True))

    def classify(self, names: Texts, scopes: Texts, codes: Texts | None = None) -> pd.DataFrame:
        """Return one row per firm; see :func:`classify`."""
        given_codes: Texts = codes if codes is not None else [""] * len(names)
        if not len(names) == len(scopes) == len(given_codes):
            raise InputError(
                f"{len(names)} names, {len(scopes)} scopes and {len(given_codes)} codes: "
                "as many of each are needed"
            )
        self._load()
        rows = [
            self._row(_text(name), _text(scope), _text(code))
            for name, scope, code in zip(names, scopes, given_codes, strict=True)
        ]
        index = names.index if isinstance(names, pd.Series) else None
        return pd.DataFrame(rows, columns=list(COLUMNS), index=index, dtype="str")

    def _load(self) -> None:
        if self._vocabulary is None:
            self._order = {key: place for place, key in enumerate(SectorCatalog.load().ids)}
            self._branches = load_anchor_branches()
            self._vocabulary = load_vocabulary()

    def _row(self, raw_name: str, raw_scope: str, code: str) -> tuple[str, ...]:
        reading = self._read(raw_name, raw_scope, code)
        if reading is None:
            return _NOTHING
        chosen, possible = self._choose(reading)
        return (*chosen, *read_products(reading.hits, reading.kind), possible)

    def _read(self, raw_name: str, raw_scope: str, code: str) -> Reading | None:
        assert self._vocabulary is not None
        assert self._branches is not None
        vocabulary = self._vocabulary
        name, scope = normalise(raw_name), normalise(raw_scope)
        meaning = read_code(code) if code else CodeMeaning()
        in_name = vocabulary.in_name(name)
        in_scope = vocabulary.touches(scope)
        inherited = self._branches.parent(name)
        if not (in_name or in_scope or inherited or meaning.certain or meaning.possible):
            return None
        kind = name_kind(name)
        items = read_scope(scope) if in_scope else []
        hits = [(item, vocabulary.in_scope(item.text)) for item in items]
        share = _trade_share(items)
        evidence = score_scope(hits, kind, share)
        evidence += _from_name(in_name, kind, items, scope)
        evidence += _from_code(meaning)
        if inherited and (not items or _makes(items)):
            anchor, sectors = inherited
            evidence += [Evidence(s, f"branch of {anchor}", "", BRANCH_SCORE) for s in sectors]
        return Reading(kind, items, hits, share, is_unspecific(scope), meaning, evidence)

    def _choose(self, reading: Reading) -> tuple[tuple[str, str, str], str]:
        """Assign the sectors at or above the threshold, best first."""
        grouped: dict[str, list[Evidence]] = {}
        for piece in reading.evidence:
            grouped.setdefault(piece.sector, []).append(piece)
        scored = [
            (combine([piece.score for piece in pieces]), key) for key, pieces in grouped.items()
        ]
        scored.sort(key=lambda pair: (-round(pair[0], 2), self._order.get(pair[1], 99)))
        best = [
            (score, key)
            for place, (score, key) in enumerate(scored[:MOST_SECTORS])
            if score >= (THRESHOLD_FURTHER if place else THRESHOLD)
        ]
        chosen = {key for _, key in best}
        possible = ";".join(key for key in reading.meaning.possible if key not in chosen)
        return (
            ";".join(key for _, key in best),
            ";".join(f"{min(score, 0.99):.2f}" for score, _ in best),
            ";".join(_words(grouped[key]) for _, key in best),
        ), possible


def classify(names: Texts, scopes: Texts, codes: Texts | None = None) -> pd.DataFrame:
    """Classify firms into strategic emerging sectors.

    Parameters
    ----------
    names
        Names of the firms; None or NaN counts as "".
    scopes
        Business scopes (经营范围), as many as names; the first 4,000 characters are read.
    codes
        GB/T 4754-2017 classes (``3720`` or ``C3720``) where known, "" where not.

    Returns
    -------
    pandas.DataFrame
        One row per firm in the order given (with the index of ``names`` if it is a Series), text
        columns: ``sectors`` (0 to 3 sector ids, ``;``-separated, best first, "" = none),
        ``sector_scores`` (0.50..0.99, as many), ``sector_evidence`` (the words that decided, as
        many), ``products`` (canonical products the scope names), ``roles`` (maker, service,
        research or trade, one for each product), ``sector_possible`` (sectors to which the industry
        code belongs only in part and which the text does not confirm: an upper bound).

    Raises
    ------
    InputError
        If the sequences differ in length.
    """
    return _shared().classify(names, scopes, codes)


@cache
def _shared() -> SectorClassifier:
    return SectorClassifier()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _trade_share(items: Sequence[Item]) -> float:
    """Return the share of items that are only traded; 0 for an empty scope."""
    if not items:
        return 0.0
    only = sum(
        TRADE in item.activities and MAKE not in item.activities and RESEARCH not in item.activities
        for item in items
    )
    return only / len(items)


def _makes(items: Sequence[Item]) -> bool:
    """Tell whether a scope names anything made or developed."""
    return any(MAKE in item.activities or RESEARCH in item.activities for item in items)


def _from_name(hits: Iterable[Hit], kind: str, items: Sequence[Item], scope: str) -> list[Evidence]:
    """Weigh the words of the name by what the scope allows."""
    best: dict[str, Evidence] = {}
    gate = _name_gate(kind, items, scope)
    for hit in hits:
        for term in hit.terms:
            weight = min(term.weight, NAME_CAP)
            old = best.get(term.sector)
            if term.sector and (old is None or weight * gate > old.score):
                best[term.sector] = Evidence(term.sector, f"name {term.text}", "", weight * gate)
    return [piece for piece in best.values() if piece.score > 0.05]


def _name_gate(kind: str, items: Sequence[Item], scope: str) -> float:
    if kind in ("outside", "trader"):
        return 0.25
    if is_unspecific(scope):
        return 1.3
    if not _makes(items):
        return 0.35 if _trade_share(items) > 0.5 else 0.8
    return 1.0


def _from_code(meaning: CodeMeaning) -> list[Evidence]:
    certain = [Evidence(s, "industry code", "", CODE_CERTAIN) for s in meaning.certain]
    return certain + [
        Evidence(s, "industry code in part", "", CODE_POSSIBLE) for s in meaning.possible
    ]


def _words(pieces: Sequence[Evidence]) -> str:
    """Name the words that decided, strongest first, with the activity that governed them."""
    ordered = sorted(pieces, key=lambda piece: -piece.score)
    words: list[str] = []
    for piece in ordered:
        if piece.words not in words:
            words.append(piece.words)
    return " + ".join(words[:3])
