"""The table of the learned reader: which combinations of marks speak for which part of a name.

The weights are whole numbers, added up without rounding, so that every machine reads a text alike.
A combination is known by its hash only: the table holds no words. bench/policy/train_learned.py
builds it.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.combinations import Spread, hashes_of, spread

LABELS: Final = 7  # outside, first, inner and last character of a firm, the same of a park
SCALE: Final = 256  # weights of the table per unit of log-odds
SLOTS: Final = 1 << 20
_CHUNK: Final = 20_000  # positions read at once
_SLOT: Final = np.uint32(SLOTS - 1)

# Combinations of marks; @-1 is the mark of the character before. What the marks are:
# C character, K kind of word and place in it, TP place in the word, W word, V its class, T its list
# (-, + of the word before, after), CO coined word, L well-known name, FS SF PF forms of firms, brands
# and parks, QF QP the same from where a name would begin, RE RR RP names of the rules, DT NT stop to
# the left, right, D N with its distance, IL length of the item, S sum of the list, F what the clause
# speaks of, NE NP NC share of items that hold a firm, park, possible firm, O word that opens the list,
# PE NXE last word of the items before and after, HX PH NH what the item and those beside it hold.
_TEMPLATES: Final = """
    C@-1 C C@1 C@-1.C C.C@1 K@-2 K@-1 K K@1 K@2 W.TP W-.K W+.K W--.TP W++.TP T-.K
    V-.V.V+.TP V--.V-.TP V.K V.T.TP O O.T D F S S.NE.T IL.DT.NT NC.DT.IL.S NP
    CO.CO@2 CO.F CO.IL CO.NE CO.RE.S CO.S CO.S.NT.DT CO.W+ CO.W- CO.V-.V+
    L.DT.NT L.K L.S L.W+ L.W- FS.K SF@1.CO SF@1.K SF.CO
    PF PF@-2 PF@-1 PF@1 PF@1.W PF.NT PF.S PF.W PF.W+
    QF QF.CO QF.D QF.O QF.RE QF.RR QF.T QF.W+ QF.V.V-
    QP QP@-1 QP@1 QP.CO QP.O QP.PF QP.QP@-1 QP.RP QP.T QP.W+ QP.V.V- QP.RP.V
    RE RE@-2 RE@-1 RE@1 RE@2 RE.FS RE.K RE.RE@1.RE@-1 RE.RE@1.T@1 RE.RE@-1.T@-1 RE.RE@-1.V-
    RE.RP RE.SF RE.SF.SF@1 RE.T RE.T@1
    RR.CO RR.DT.NT RR.F RR.IL RR.NE RR.O RR.RP RR.S RR.SF@1.L@1 RR.V RR.W+.TP
    RP RP@-2 RP@1 RP@2 RP.CO RP.F RP.K RP.O RP.PF RP.PF.PF@1 RP.RP@1.RP@-1 RP.S RP.T RP.T-
    RP.V.V- RP.W+.TP RP.W-.TP
    PE.K PE.CO.IL NXE.K NXE.IL.CO HX.K HX.D.N PH.NH.HX PH.HX.K NH.HX.K PH.NH.CO
"""
TEMPLATES: Final = tuple(_TEMPLATES.split())


@dataclass(frozen=True)
class Model:
    """Weights by hash of a combination, of neighbouring labels, and of the choice of spans.

    Parameters
    ----------
    keys, weights
        Hash of each known combination and its weights for the labels, in 1/SCALE.
    steps
        Weights of one label after another, in 1/SCALE; shape (LABELS, LABELS).
    classes
        Class of a word by its hash.
    choice
        Per kind of name the weight of each trait of a span.
    """

    keys: NDArray[np.uint32]
    weights: NDArray[np.int8]
    steps: NDArray[np.int32]
    classes: NDArray[np.uint8]
    choice: dict[str, dict[str, float]]

    @cached_property
    def slots(self) -> NDArray[np.int32]:
        """Return the row of every slot, a last row of zeros where there is none."""
        return slots_of(self.keys)

    @cached_property
    def rows(self) -> tuple[NDArray[np.uint32], NDArray[np.int16]]:
        """Return keys and weights of the rows and of the last one, eight columns wide."""
        wide = np.zeros((len(self.keys) + 1, LABELS + 1), np.int16)
        wide[:-1, :LABELS] = self.weights
        return np.append(self.keys, np.uint32(0)), wide


@cache
def load_model() -> Model:
    """Return the shipped table."""
    source = resources.files("clusteratlas.policy").joinpath("learned_weights.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as table:
        arrays = {name: table[name] for name in table.files}
    choice = {
        kind: dict(
            zip(arrays[f"{kind}_traits"].tolist(), arrays[f"{kind}_weights"].tolist(), strict=True)
        )
        for kind in ("firm", "park")
    }
    return Model(arrays["keys"], arrays["weights"], arrays["steps"], arrays["classes"], choice)


def slots_of(keys: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the row of every slot, one past the last where none is; the first key of a slot counts."""
    slots: NDArray[np.int32] = np.full(SLOTS, len(keys), np.int32)
    slots[keys[::-1] & _SLOT] = np.arange(len(keys))[::-1]
    return slots


def combinations(marks: Marks, positions: Ints) -> list[NDArray[np.uint32]]:
    """Return the hash of every combination at positions of a text, one array per template."""
    size = len(marks["C"])
    seen: dict[str, Spread] = {}

    def mark(part: str) -> Spread:
        if part not in seen:
            name, _, step = part.partition("@")
            at = positions + int(step or 0)
            values = marks[name][np.clip(at, 0, size - 1)]
            seen[part] = spread(part, np.where((at >= 0) & (at < size), values, -1))
        return seen[part]

    return hashes_of(TEMPLATES, mark)


def label_scores(model: Model, marks: Marks, positions: Ints) -> NDArray[np.int32]:
    """Return how much the marks speak for each label, in 1/SCALE; shape (positions, LABELS)."""
    keys, weights = model.rows
    scores = np.zeros((len(positions), LABELS + 1), np.int16)  # at most 127 per template
    for begin in range(0, len(positions), _CHUNK):
        part = scores[begin : begin + _CHUNK]
        for hashes in combinations(marks, positions[begin : begin + _CHUNK]):
            rows = model.slots.take(hashes & _SLOT)
            rows[keys.take(rows) != hashes] = len(model.keys)
            part += weights.take(rows, axis=0)
    return scores[:, :LABELS].astype(np.int32)
