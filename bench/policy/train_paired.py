"""Train the reader of pairs on annotated documents and measure it on documents left out.

Usage: python bench/policy/train_paired.py FOLDER... [--out WEIGHTS.npz] [--parts FILE]

Each FOLDER holds what positionings_of_the_time.py wrote of a group of documents (one region or
annotator); beside every document lies its gold file (measure.py). Each group is left out once: what
the reader gives on it is the measure, and what the choice of units is trained on. FILE names per
line (group, tab, part) the groups that are left out together; a third cell says how often they count
for the choice of units, 1 if none. With --out the reader trained on all of it is written.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from measure import read_gold, sectors_meet
from measure import unit_key as gold_key
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from clusteratlas.policy import paired, read_document
from clusteratlas.policy.codes import Marks
from clusteratlas.policy.paired_candidates import Pairs, pairs_of
from clusteratlas.policy.paired_choice import Choice, choices_of, rate
from clusteratlas.policy.paired_marks import marks_of, unit_key
from clusteratlas.policy.paired_model import SCALE, TEMPLATES, Model, combinations, scores
from clusteratlas.policy.paired_units import mentions_of
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.stated_vetoes import allowed
from clusteratlas.policy.structure import official_marks, read_structure
from clusteratlas.policy.units import Unit

RIDGE = 20.0
CHOICE_STRENGTH = 0.3
ROUNDS = 80
LEAST_COUNT = 3
MAX_KEYS = 100_000


@dataclass
class Document:
    """A document with the pairs of its text, their combinations and labels, and its gold."""

    part: str
    text: str
    found: Pairs
    marks: Marks
    hashes: np.ndarray  # (pairs, templates)
    labels: np.ndarray
    gold: dict[str, frozenset[str]]
    ruled: list[Positioning]
    firms: frozenset[str]
    choices: list[Choice] = field(default_factory=list)
    times: int = 1  # how often it counts for the choice


def read(path: Path, part: str, times: int = 1) -> Document:
    """Return a document as the rules of the time left it."""
    about: dict[str, Any] = json.loads(path.read_text("utf-8"))
    source = Path(about["path"])
    text = official_marks(read_document(source).text)
    lines = read_structure(text).lines
    numbered = {line.number: line for line in lines}
    ruled = [
        Positioning(
            Unit(one["district"], one["start"], one["end"], one["kind"], one["adcode"]),
            tuple(one["sectors"]), one["strength"], one["start"], one["end"], one["found_by"],
            numbered[one["line"]],
        )
        for one in about["positionings"]
    ]  # fmt: skip
    ruled = list(allowed(text, ruled))
    firms = frozenset(text[start:end] for start, end in about["enterprises"])
    found = pairs_of(text, lines, mentions_of(text, [Unit(*unit) for unit in about["units"]]))
    marks = marks_of(text, found, ruled, firms)
    gold = {gold_key(n): s for n, s in read_gold(source.with_name(f"{source.stem}.gold.tsv"))["z"]}
    hashes = np.zeros((0, len(TEMPLATES)), np.uint32)
    if found.pairs:
        hashes = np.stack(combinations(marks), 1)
    labels = np.array([_is_right(found, gold, pair) for pair in found.pairs], bool)
    return Document(
        part, text, found, marks, hashes, labels, gold, ruled, firms, times=times
    )  # fmt: skip


def _is_right(found: Pairs, gold: dict[str, frozenset[str]], pair: tuple[int, ...]) -> bool:
    wanted = gold.get(unit_key(found.mentions[pair[0]].unit.name), frozenset())
    names = found.groups[pair[1]].names
    return any(one in other or other in one for one in wanted for other in names)


def train_pairs(documents: Sequence[Document]) -> Model:
    """Return the likeliest ridged logistic model of pairs, without a choice."""
    hashes = np.concatenate([document.hashes for document in documents])
    labels = np.concatenate([document.labels for document in documents]).astype(float)
    keys, counts = np.unique(hashes, return_counts=True)
    keys, counts = keys[counts >= LEAST_COUNT], counts[counts >= LEAST_COUNT]
    places = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    held = keys[places] == hashes
    ends = np.concatenate([[0], np.cumsum(held.sum(1))])
    matrix = csr_matrix(
        (np.ones(int(ends[-1]), np.float32), places[held].astype(np.int32), ends),
        shape=(len(hashes), len(keys)),
    )
    turned = matrix.T.tocsr()

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        odds = matrix @ vector[:-1] + vector[-1]
        off = 1 / (1 + np.exp(-odds)) - labels
        total = (np.logaddexp(0, odds) - labels * odds).sum() + RIDGE / 2 * (vector[:-1] ** 2).sum()
        return total, np.append(turned @ off + RIDGE * vector[:-1], off.sum())

    options = {"maxiter": ROUNDS, "maxcor": 6}
    start = np.zeros(len(keys) + 1)
    vector = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    scaled = np.clip(np.rint(vector[:-1] * SCALE), -127, 127).astype(np.int8)
    order = np.argsort(-np.abs(vector[:-1]) * np.log1p(counts), kind="stable")[:MAX_KEYS]
    order = np.sort(order[scaled[order] != 0])
    return Model(keys[order], scaled[order], round(float(vector[-1]) * SCALE), {})


def read_choices(document: Document, model: Model) -> None:
    """Set the choices of a document that the model was not trained on."""
    document.choices = []
    if document.found.pairs:
        shares = 1 / (1 + np.exp(-scores(model, document.marks) / SCALE))
        document.choices = choices_of(
            document.found, document.marks, np.round(shares, 6).tolist(), len(document.text)
        )


def trades_of(document: Document, choice: Choice) -> set[str]:
    """Return the trades of a choice."""
    pairs = document.found.pairs
    return {n for _, p in choice.taken for n in document.found.groups[pairs[p][1]].names}


def train_choice(documents: Sequence[Document]) -> dict[str, float]:
    """Return the weights of traits in their own units, and the bias."""
    counted = [document for document in documents for _ in range(document.times)]
    rows = [(document, one) for document in counted for one in document.choices]
    names = list(rows[0][1].traits)
    values = np.array([[float(one.traits[name]) for name in names] for _, one in rows])
    right = [
        one.key in d.gold and sectors_meet(d.gold[one.key], trades_of(d, one)) for d, one in rows
    ]
    mean, spread = values.mean(0), values.std(0) + 1e-6
    model = LogisticRegression(C=CHOICE_STRENGTH, max_iter=500).fit((values - mean) / spread, right)
    weights = np.where(spread < 1e-3, 0.0, model.coef_[0] / spread)
    bias = float(model.intercept_[0] - (weights * mean).sum())
    return {"bias": round(bias, 4), **dict(zip(names, np.round(weights, 4).tolist(), strict=True))}


def found_in(document: Document, choice: dict[str, float], least: float) -> dict[str, set[str]]:
    """Return the trades of every unit as the reader gives them."""
    rate(document.choices, choice)
    paired.LEAST = least  # type: ignore[misc]
    stated: dict[str, set[str]] = {}
    if not document.found.pairs:
        return by_rules(document)
    known = document.found, document.marks, document.ruled, document.choices, document.firms
    for one in paired.decide(document.text, *known):
        stated.setdefault(gold_key(one.unit.name), set()).update(one.sectors)
    return stated


def by_rules(document: Document) -> dict[str, set[str]]:
    """Return the trades of every unit as the rules of the time gave them."""
    stated: dict[str, set[str]] = {}
    for one in document.ruled:
        stated.setdefault(gold_key(one.unit.name), set()).update(one.sectors)
    return stated


def measure(documents: Sequence[Document], found: Sequence[dict[str, set[str]]]) -> str:
    """Return recall and precision of units, and of the trades of those that were hit."""
    hits = wanted = given = trades = right = sought = met = 0
    for document, stated in zip(documents, found, strict=True):
        wanted, given = wanted + len(document.gold), given + len(stated)
        for unit, gold in document.gold.items():
            names = stated.get(unit, set())
            hits += unit in stated and sectors_meet(gold, names)
            if unit in stated:
                trades, sought = trades + len(names), sought + len(gold)
                right += sum(any(a in b or b in a for a in gold) for b in names)
                met += sum(any(a in b or b in a for a in names) for b in gold)
    return (
        f"n={wanted:4} R {hits / max(wanted, 1):.3f} P {hits / max(given, 1):.3f}"
        f"  trades R {met / max(sought, 1):.3f} P {right / max(trades, 1):.3f}"
    )


def report(documents: Sequence[Document], choices: dict[str, dict[str, float]]) -> None:
    """Print what the rules and the reader find in every part when it is left out."""
    for part in [*choices, ""]:
        some = [d for d in documents if part in {"", d.part}]
        print(f"{part or 'all':8} rules       {measure(some, list(map(by_rules, some)))}")
        for least in (0.25, 0.3, 0.35, 0.4):
            found = [found_in(d, choices[d.part], least) for d in some]
            print(f"{part or 'all':8} from {least:4}   {measure(some, found)}", flush=True)


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--parts", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    lines = arguments.parts.read_text("utf-8").splitlines() if arguments.parts else []
    cells = {group: rest for group, *rest in (line.split("\t") for line in lines)}
    documents = [
        read(path, *_part(cells.get(folder.name, [folder.name])))
        for folder in arguments.folders
        for path in sorted(folder.glob("*.json"))
    ]
    names = sorted({document.part for document in documents})
    for part in names:
        model = train_pairs([d for d in documents if d.part != part])
        for document in documents:
            if document.part == part:
                read_choices(document, model)
        print(part, len(model.keys), flush=True)
    choices = {part: train_choice([d for d in documents if d.part != part]) for part in names}
    report(documents, choices)
    if arguments.out:
        write(arguments.out, train_pairs(documents), train_choice(documents))


def _part(cells: Sequence[str]) -> tuple[str, int]:
    return cells[0], int(cells[1]) if len(cells) > 1 else 1


def write(path: Path, model: Model, choice: dict[str, float]) -> None:
    """Write the table, and print the weightiest traits."""
    np.savez_compressed(
        path, keys=model.keys, weights=model.weights, bias=model.bias,
        traits=np.array(list(choice)), rates=np.array(list(choice.values())),
    )  # fmt: skip
    most = sorted(choice.items(), key=lambda item: -abs(item[1]))[:20]
    print(", ".join(f"{name} {weight:+.2f}" for name, weight in most))
    print(
        f"{len(model.keys)} combinations of {len(TEMPLATES)} templates, {path.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
