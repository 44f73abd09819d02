"""Decide from the evidence whether a firm belongs to a sector: a short list of two-step rules.

The model is a sum of small trees (each asks at most two questions, such as "is the best item the
first of the scope?"), fitted by ``scripts/train_sectors.py`` on firms labelled by hand and shipped
as readable numbers in ``data/classification/decision.json``. Its score is a probability on the
labelled sample, which holds more doubtful firms than a registry does; it orders firms, it does not
count them.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from clusteratlas.data.loaders import data_path
from clusteratlas.sectors.catalog import SectorCatalog
from clusteratlas.sectors.clauses import MAKE, RESEARCH, TRADE
from clusteratlas.sectors.evidence import Evidence, Reading, combine

ACTIVITIES = "mrdsit"
KINDS = ("outside", "trader", "factory", "maker", "tech")
FIELDS = (
    "high_end_equipment",
    "next_gen_it",
    "biology",
    "energy_saving_env",
    "new_energy",
    "new_materials",
    "new_energy_vehicles",
)
FEATURES = (
    "score",  # best, confirmed by the others at a third
    "best",  # score of the best item of the scope
    "second",
    "third",
    "weight",  # of the best item's term, before activity and place
    "items",  # of this sector, up to 5, as a share of 5
    "name",  # score of the name
    "first",  # the best item is the scope's first
    "place",  # 1 / (1 + rank of the best item)
    "share",  # of the scope's items that are of this sector
    "trade",  # share of items that are only traded
    "unspecific",  # the scope says nothing
    "length",  # log(1 + items)
    "other",  # best score of another sector
    "nameless",  # no item of the scope speaks for the sector
    *(f"does_{letter}" for letter in ACTIVITIES),
    "does_unsaid",
    "sells_only",
    *(f"kind_{kind}" for kind in KINDS),
    *(f"field_{field}" for field in FIELDS),
)
LEAST_SCORE = 0.2  # below, the rules are not asked: no label of such evidence was positive


def read_features(reading: Reading, sector: str) -> list[float]:
    """Return the numbers of :data:`FEATURES` for a firm and a sector."""
    text = [piece for piece in reading.evidence if piece.sector == sector]
    scope = sorted((piece for piece in text if piece.rank >= 0), key=lambda piece: -piece.score)
    best = scope[0] if scope else None
    scores = [piece.score for piece in scope[:3]] + [0.0] * 3
    activity = best.activity if best else "-"
    length = len(reading.items)
    return [
        combine([piece.score for piece in text]),
        *scores[:3],
        best.weight if best else 0.0,
        min(len(scope), 5) / 5,
        max((piece.score for piece in text if piece.rank < 0), default=0.0),
        float(best is not None and best.rank == 0),
        1 / (1 + best.rank) if best else 0.0,
        len(scope) / max(1, length),
        reading.trade_share,
        float(reading.unspecific),
        math.log1p(length),
        _best_of_others(reading.evidence, sector),
        float(best is None),
        *(float(letter in activity) for letter in ACTIVITIES),
        float(not activity),
        float(TRADE in activity and MAKE not in activity and RESEARCH not in activity),
        *(float(reading.kind == kind) for kind in KINDS),
        *_field_flags(sector),
    ]


def _best_of_others(evidence: Sequence[Evidence], sector: str) -> float:
    grouped: dict[str, list[float]] = {}
    for piece in evidence:
        if piece.sector != sector:
            grouped.setdefault(piece.sector, []).append(piece.score)
    return max((combine(scores) for scores in grouped.values()), default=0.0)


@cache
def _field_flags(sector: str) -> tuple[float, ...]:
    parent = SectorCatalog.load()[sector].parent
    return tuple(float(parent == field) for field in FIELDS)


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """Two-step trees whose sum is the log-odds.

    Attributes
    ----------
    bias
        Log-odds before any tree.
    feature
        ``(trees, 3)`` indices into FEATURES: root, question if the root says yes, if it says no.
    limit
        ``(trees, 3)``: yes means that the feature is at or below the limit.
    value
        ``(trees, 4)``: added log-odds for yes-yes, yes-no, no-yes, no-no.
    threshold
        A sector is assigned at this probability and above.
    """

    bias: float
    feature: npt.NDArray[np.int64]
    limit: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    threshold: float

    def score(self, rows: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
        """Return the probability of each row of features, shape ``(rows,)``."""
        if not rows:
            return np.zeros(0)
        table = np.asarray(rows, dtype=np.float64)
        total = np.full(len(table), self.bias)
        for feature, limit, value in zip(self.feature, self.limit, self.value, strict=True):
            root = table[:, feature[0]] <= limit[0]
            left = np.where(table[:, feature[1]] <= limit[1], value[0], value[1])
            right = np.where(table[:, feature[2]] <= limit[2], value[2], value[3])
            total += np.where(root, left, right)
        return np.asarray(1 / (1 + np.exp(-total)))


@cache
def load_decision_model() -> DecisionModel:
    """Return the shipped model (read once per process)."""
    stored = json.loads(data_path("classification/decision.json").read_text(encoding="utf-8"))
    place = {name: index for index, name in enumerate(FEATURES)}
    rules = stored["rules"]
    return DecisionModel(
        bias=float(stored["bias"]),
        feature=np.array([[place[name] for name in rule["feature"]] for rule in rules]),
        limit=np.array([rule["limit"] for rule in rules], dtype=np.float64),
        value=np.array([rule["value"] for rule in rules], dtype=np.float64),
        threshold=float(stored["threshold"]),
    )
