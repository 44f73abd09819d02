"""Classify firms into the 28 strategic emerging sectors from name, scope and industry code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
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
from clusteratlas.sectors.decision import LEAST_SCORE, load_decision_model, read_features
from clusteratlas.sectors.evidence import (
    MOST_SECTORS,
    Evidence,
    Reading,
    combine,
    name_kind,
    only_sells,
    score_scope,
    sells_to_households,
)
from clusteratlas.sectors.products import read_products
from clusteratlas.sectors.vocabulary import Hit, Vocabulary, load_vocabulary

if TYPE_CHECKING:
    Texts: TypeAlias = Sequence[str] | pd.Series[str]

COLUMNS = ("sectors", "sector_scores", "sector_evidence", "products", "roles", "sector_possible")
_NOTHING = ("",) * len(COLUMNS)
NAME_CAP = 0.45  # a name alone decides nothing unless the scope says nothing
CODE_SCORE = 0.85  # a class that belongs to the sector wholly
CODE_PART_SCORE = 0.3  # in part: confirms the text, decides nothing
BRANCH_SCORE = 0.8
BLOCK = 5_000  # firms whose evidence is held at once


class SectorClassifier:
    """Weighted vocabulary and rules; loads its tables on first use and pickles without them.

    The words, the activity that governs them, their place in the scope and the name make the
    evidence; the rules of :mod:`clusteratlas.sectors.decision` make the score of it.

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
        reading = self.read(name or "", scope or "", code or "")
        return dict(zip(COLUMNS, self._decide([reading])[0], strict=True))

    def classify(self, names: Texts, scopes: Texts, codes: Texts | None = None) -> pd.DataFrame:
        """Return one row per firm; see :func:`classify`."""
        given_codes: Texts = codes if codes is not None else [""] * len(names)
        if not len(names) == len(scopes) == len(given_codes):
            raise InputError(
                f"{len(names)} names, {len(scopes)} scopes and {len(given_codes)} codes: "
                "as many of each are needed"
            )
        self._load()
        rows: list[tuple[str, ...]] = []
        firms = zip(names, scopes, given_codes, strict=True)
        while block := list(islice(firms, BLOCK)):
            rows += self._decide([self.read(_text(n), _text(s), _text(c)) for n, s, c in block])
        index = names.index if isinstance(names, pd.Series) else None
        return pd.DataFrame(rows, columns=list(COLUMNS), index=index, dtype="str")

    def _load(self) -> None:
        if self._vocabulary is None:
            self._order = {key: place for place, key in enumerate(SectorCatalog.load().ids)}
            self._branches = load_anchor_branches()
            self._vocabulary = load_vocabulary()

    def read(self, raw_name: str, raw_scope: str, code: str = "") -> Reading | None:
        """Return the evidence for each sector; None where nothing speaks for any."""
        self._load()
        assert self._vocabulary is not None
        assert self._branches is not None
        vocabulary = self._vocabulary
        name, scope = normalise(raw_name), normalise(raw_scope)
        meaning = read_code(code) if code else CodeMeaning()
        in_name = vocabulary.in_name(name)
        in_scope = not sells_to_households(name) and vocabulary.touches(scope)
        inherited = self._branches.parent(name)
        if not (in_name or in_scope or inherited or meaning.certain or meaning.possible):
            return None
        kind = name_kind(name)
        items = read_scope(scope) if in_scope else []
        hits = list(zip(items, vocabulary.in_items([item.text for item in items]), strict=True))
        unspecific = not items and is_unspecific(scope)
        share = _trade_share(items)
        evidence = score_scope(hits, kind, share)
        evidence += _from_name(in_name, kind, items, unspecific)
        reading = Reading(kind, items, hits, share, unspecific, evidence)
        reading.certain = dict.fromkeys(meaning.certain, (CODE_SCORE, "industry code"))
        reading.possible = meaning.possible
        reading.sells_only = only_sells(name)
        if inherited and (not items or _makes(items)):
            anchor, sectors = inherited
            reading.certain |= dict.fromkeys(sectors, (BRANCH_SCORE, f"branch of {anchor}"))
        return reading

    def _decide(self, readings: Sequence[Reading | None]) -> list[tuple[str, ...]]:
        """Score all firms' sectors at once, then choose for each firm."""
        model = load_decision_model()
        pairs: list[tuple[int, str]] = []
        rows: list[list[float]] = []
        for place, reading in enumerate(readings):
            if reading is not None:
                for sector in candidates(reading):
                    pairs.append((place, sector))
                    rows.append(read_features(reading, sector))
        scores: dict[int, dict[str, float]] = {}
        for (place, sector), score in zip(pairs, model.score(rows).tolist(), strict=True):
            scores.setdefault(place, {})[sector] = score
        return [
            _NOTHING if reading is None else self._choose(reading, scores.get(place, {}))
            for place, reading in enumerate(readings)
        ]

    def _choose(self, reading: Reading, scores: dict[str, float]) -> tuple[str, ...]:
        """Assign the sectors at or above the threshold, best first, and name the products."""
        for sector in reading.possible:
            scores[sector] = 1 - (1 - scores.get(sector, 0.0)) * (1 - CODE_PART_SCORE)
        for sector, (score, _) in reading.certain.items():
            scores[sector] = max(score, scores.get(sector, 0.0))
        limit = load_decision_model().threshold
        ordered = sorted(
            (-round(score, 2), self._order[sector], sector)
            for sector, score in scores.items()
            if score >= limit
        )[:MOST_SECTORS]
        chosen = [sector for _, _, sector in ordered]
        return (
            ";".join(chosen),
            ";".join(f"{min(-score, 0.99):.2f}" for score, _, _ in ordered),
            ";".join(_words(reading, sector) for sector in chosen),
            *read_products(reading.hits, reading.kind, sells_only=reading.sells_only),
            ";".join(sector for sector in reading.possible if sector not in chosen),
        )


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
        ``sector_scores`` (0..0.99, as many), ``sector_evidence`` (the words that decided, as
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


def _from_name(
    hits: Iterable[Hit], kind: str, items: Sequence[Item], unspecific: bool
) -> list[Evidence]:
    """Weigh the words of the name by what the scope allows."""
    best: dict[str, Evidence] = {}
    gate = _name_gate(kind, items, unspecific)
    for hit in hits:
        for term in hit.terms:
            weight = min(term.weight, NAME_CAP)
            old = best.get(term.sector)
            if term.sector and (old is None or weight * gate > old.score):
                best[term.sector] = Evidence(term.sector, f"name {term.text}", "", weight * gate)
    return [piece for piece in best.values() if piece.score > 0.05]


def _name_gate(kind: str, items: Sequence[Item], unspecific: bool) -> float:
    if kind in ("outside", "trader"):
        return 0.25
    if unspecific:
        return 1.3
    if not _makes(items):
        return 0.35 if _trade_share(items) > 0.5 else 0.8
    return 1.0


def candidates(reading: Reading) -> list[str]:
    """Return the sectors for which the text speaks loudly enough to ask the rules."""
    grouped: dict[str, list[float]] = {}
    for piece in reading.evidence:
        grouped.setdefault(piece.sector, []).append(piece.score)
    return [sector for sector, scores in grouped.items() if combine(scores) >= LEAST_SCORE]


def _words(reading: Reading, sector: str) -> str:
    """Name what decided, strongest first: a certainty, then the words."""
    pieces = [piece for piece in reading.evidence if piece.sector == sector]
    ordered = sorted(pieces, key=lambda piece: -piece.score)
    reason = [reading.certain[sector][1]] if sector in reading.certain else []
    if sector in reading.possible:
        reason.append("industry code in part")
    return " + ".join(dict.fromkeys([*reason, *(piece.words for piece in ordered[:3])]))
