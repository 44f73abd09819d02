"""The table of the reader of pairs: which combinations of marks speak for a unit and its trades.

Weights are whole numbers, added up without rounding; a combination is known by its hash only.
bench/policy/train_paired.py builds the table.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.combinations import hashes_of, spread
from clusteratlas.policy.lookup import Lookup

SCALE: Final = 32  # weights of the table per unit of log-odds

# Combinations of marks: R relation and order, r the same in few classes, same whether a stop lies
# between, d distance, nb other units between, ng groups between, nc commas and stops, lw the two
# characters before the group, or after it if the unit follows, dv dw what the words between say,
# short what stands between if it is short; u... of the unit (src source, kind, f1 f2 its last
# characters, b a characters around, pos what it opens, br bracket, nest overlapping mentions, alone,
# ti in the title), g... of the group (cut the verb before, tail and a what follows, h its last
# characters, n how many, known, past what is told, firm), rr by what the rules said, hu hg hd
# columns of a table.
_TEMPLATES: Final = """
    R.same R.d R.nb.same R.nc rr rr.R rr.by rr.usrc.ukind R.short lw.R.same dv.r.same dv.nb.r
    R.col R.items.nb R.ng R.ng.nb R.dw
    usrc.r ukind.r ua1.r ub1.r ua2.r ua3.r ub2.r upos.r uf1.r uf2.r ulen.r ucnt.r ubr.r ugen.r uoff.r
    unest.r unest.usrc unest.usrc.rr ualone.R ualone.r.gb2 uti.R uti.r.rr
    usrc.ukind.upos usrc.uf1.ua1 usrc.uf2.ua2 usrc.uf1.unest.ugen upos.ua1.R.nb ub1.ua1 ubr.R
    ubr.R.galone
    ua1.nb.same.r usrc.R.same.nb usrc.R.rr usrc.upos.ualone.r
    gcut.r gn.r gknown.r gtail.r ga1.r ga2.r gh1.r gh2.r gpast.r gfirm.r ggen.r galone.R gb2.r
    gknown.gn.ggen gknown.gfirm gcut.R.same.nb gcut.gtail.gknown gcut.gtail.r gcut.ua1.nb.r gcut.d.nb.r
    gpast.R.rr gknown.rr.r gknown.R.same.d ua1.ga1.r.same ub1.gcut.r.same gtail.ga1.R gh1.ubr.R
    gcut.ua2.r gcut.ua2.nb.ng ng.nb.same.r.gcut galone.R.ubr.rr galone.ualone.R
    gfirm.gknown.rr gn.gknown.nb.R short.gcut short.gtail short.ga2
    hu.hg hg.hd hu.hd hg hd.nb hu.hg.usrc ukind.hu ukind.hg.hd
    uf1.gcut.r uf1.gtail.r ukind.gcut.R usrc.gcut.r.ua1
"""
TEMPLATES: Final = tuple(_TEMPLATES.split())
_PARTS: Final = tuple(sorted({part for one in TEMPLATES for part in one.split(".")}))


@dataclass(frozen=True)
class Model:
    """Hashes of known combinations in order with their weights in 1/SCALE, and those of traits."""

    keys: NDArray[np.uint32]
    weights: NDArray[np.int8]
    bias: int
    choice: dict[str, float]

    @cached_property
    def table(self) -> tuple[Lookup, Ints]:
        """Return where each key stands, and the weights with a last one of nothing."""
        return Lookup(self.keys), np.append(self.weights, 0).astype(np.int64)


@cache
def load_model() -> Model:
    """Return the shipped table."""
    source = resources.files("clusteratlas.policy").joinpath("paired_weights.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as table:
        traits, rates = table["traits"].tolist(), table["rates"].tolist()
        choice = dict(zip(traits, rates, strict=True))
        return Model(table["keys"], table["weights"], int(table["bias"]), choice)


def combinations(marks: Marks) -> list[NDArray[np.uint32]]:
    """Return the hash of every combination, one array per template with a value per pair."""
    seen = {name: spread(name, values) for name, values in marks.items()}
    return hashes_of(TEMPLATES, seen.__getitem__)


def scores(model: Model, marks: Marks) -> Ints:
    """Return how much the marks speak for each pair, in 1/SCALE."""
    first, which = _distinct(marks)
    total = np.full(len(first), model.bias, np.int64)
    lookup, weights = model.table
    for hashes in combinations({name: marks[name][first] for name in _PARTS}):
        total += weights.take(lookup.rows_of(hashes))
    alike: Ints = total[which]
    return alike


def _distinct(marks: Marks) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first pair of each kind with the same marks, and of which kind every pair is.

    The kinds are in the order of their pairs: pairs side by side share much, and are looked up fast.
    """
    mixed = np.zeros(len(marks["R"]), np.uint64)
    with np.errstate(over="ignore"):
        for name in _PARTS:
            mixed += spread(name, marks[name])
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which]
