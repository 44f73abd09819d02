"""Train the learned reader on annotated documents and measure it on documents left out.

Usage: python bench/policy/train_learned.py FOLDER [--groups FILE] [--out WEIGHTS.npz]

FOLDER holds what rules_of_the_time.py wrote; beside every document lies its gold file (measure.py).
FILE names the group of a document per line (stem, tab, group: one region or annotator; a third cell
says how often the document counts for the choice of spans, 1 if none). Each group is left out once:
what the reader gives on it is the measure, and what the choice is trained on. With --out the reader
trained on all of it is written.
"""

import argparse
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure import normal, read_gold
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from clusteratlas.policy import learned, read_document
from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.learned_chain import ALLOWED, FIRST, Batches, shares
from clusteratlas.policy.learned_choice import Candidate, choose, rate
from clusteratlas.policy.learned_model import (
    LABELS,
    SCALE,
    SLOTS,
    TEMPLATES,
    Model,
    combinations,
)
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import official_marks

RIDGE = 4.0  # pulls weights of combinations towards zero
STEP_RIDGE = 0.1
CHOICE_STRENGTH = 0.05
ROUNDS = 40
LEAST_COUNT = 3
COLD_SHARE = 0.4  # of the clauses without any name that are read in training
MAX_ROWS = 64_000
FOLDS = 6
LETTER = {"firm": "e", "park": "p"}


@dataclass
class Document:
    """A document: its text, the rules' names, marks, gold, clauses, combinations and labels."""

    stem: str
    group: str
    text: str
    firms: list[Span]
    parks: list[Span]
    marks: Marks
    gold: dict[str, set[str]]
    clauses: list[tuple[int, int]]
    positions: Ints
    hashes: np.ndarray  # (positions, templates)
    labels: Ints
    times: int = 1  # how often it counts for the choice


def read(path: Path, groups: dict[str, str], times: int = 1) -> Document:
    """Return a document with its gold names."""
    with np.load(path) as file:
        marks = {name: file[name] for name in file.files if name != "about"}
        about = json.loads(str(file["about"]))
    source = Path(about["path"])
    text = official_marks(read_document(source).text)
    named = read_gold(source.with_suffix(".gold.tsv"))
    gold = {kind: {name for name, _ in named[letter]} for kind, letter in LETTER.items()}
    clauses = list(learned.clauses_of(text, marks))
    positions = learned.positions_of(clauses)
    labels = gold_labels(text, gold)[positions]
    cut_off(labels, clauses)
    return Document(
        path.stem, groups.get(path.stem) or f"fold {zlib.crc32(path.stem.encode()) % FOLDS}", text,
        [Span(*span) for span in about["firms"]], [Span(*span) for span in about["parks"]],
        marks, gold, clauses, positions, np.stack(combinations(marks, positions), 1), labels,
        times,
    )  # fmt: skip


def spelled(name: str) -> re.Pattern[str]:
    """Return a pattern of a gold name as the text may write it."""
    brackets = {"(": "[（(]", ")": "[）)]"}
    return re.compile("[\\s“”\"'‘’]*".join(brackets.get(char, re.escape(char)) for char in name))


def gold_labels(text: str, gold: dict[str, set[str]]) -> Ints:
    """Return the label of every character; the longest name counts wherever it stands."""
    labels = np.zeros(len(text), np.int64)
    names = sorted((-len(name), name, kind) for kind in FIRST for name in gold[kind])
    for _, name, kind in names:
        for match in spelled(name).finditer(text):
            start, end = match.span()
            if end - start > 1 and not labels[start:end].any():
                labels[start:end] = FIRST[kind] + 1
                labels[start], labels[end - 1] = FIRST[kind], FIRST[kind] + 2
    return labels


def cut_off(labels: Ints, clauses: Sequence[tuple[int, int]]) -> None:
    """Take away names that do not lie within one clause."""
    at = 0
    for start, end in clauses:
        part = labels[at : at + end - start]
        at += end - start
        head = 0
        while head < len(part) and part[head] in {2, 3, 5, 6}:
            part[head], head = 0, head + 1
        tail = len(part) - 1
        while tail >= 0 and part[tail] in {1, 2, 4, 5}:
            part[tail], tail = 0, tail - 1


# --- the chain --------------------------------------------------------------------------------


def train_chain(documents: Sequence[Document], classes: np.ndarray) -> Model:
    """Return a model without a choice, trained on documents."""
    rows, sizes = sample(documents)
    hashes = np.concatenate([d.hashes[r] for d, r in zip(documents, rows, strict=True)])
    labels = np.concatenate([d.labels[r] for d, r in zip(documents, rows, strict=True)])
    keys, counts = np.unique(hashes, return_counts=True)
    keys, counts = keys[counts >= LEAST_COUNT], counts[counts >= LEAST_COUNT]
    places = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    held = keys[places] == hashes
    ends = np.concatenate([[0], np.cumsum(held.sum(1))])
    matrix = csr_matrix(
        (np.ones(int(ends[-1]), np.float32), places[held].astype(np.int32), ends),
        shape=(len(hashes), len(keys)),
    )
    weights, steps = fit(matrix, labels, sizes)
    order = np.argsort(-np.abs(weights).max(1) * np.log1p(counts), kind="stable")
    scaled = np.clip(np.rint(weights * SCALE), -127, 127).astype(np.int8)
    order = order[np.abs(scaled[order]).max(1) > 0]
    order = order[np.sort(np.unique(keys[order] % SLOTS, return_index=True)[1])][:MAX_ROWS]
    kept = keys[order].astype(np.uint32)
    moves = np.rint(steps * SCALE).astype(np.int32)
    return Model(kept, scaled[order], moves, classes, {})


def sample(documents: Sequence[Document]) -> tuple[list[Ints], list[int]]:
    """Return the rows of each document to train on and the sizes of their clauses."""
    chance = np.random.default_rng(1)
    rows, sizes = [], []
    for document in documents:
        picked, at = [np.zeros(0, np.int64)], 0
        for start, end in document.clauses:
            size = end - start
            ruled = document.marks["RE"][start:end].any() or document.marks["RP"][start:end].any()
            if document.labels[at : at + size].any() or ruled or chance.random() < COLD_SHARE:
                picked.append(np.arange(at, at + size))
                sizes.append(size)
            at += size
        rows.append(np.concatenate(picked))
    return rows, sizes


def fit(matrix: csr_matrix, labels: Ints, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights (combinations, LABELS) and steps of the likeliest ridged chain."""
    size, width = matrix.shape
    turned = matrix.T.tocsr()
    wanted = np.zeros((size, LABELS))
    wanted[np.arange(size), labels] = 1
    inner = np.setdiff1d(np.arange(1, size), np.cumsum(sizes))
    met = np.zeros((LABELS, LABELS))
    np.add.at(met, (labels[inner - 1], labels[inner]), 1)
    batches, aim = Batches(sizes), turned @ wanted

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        weights = vector[: width * LABELS].reshape(width, LABELS)
        steps = vector[width * LABELS :].reshape(LABELS, LABELS)
        scores = matrix @ weights
        meets = np.zeros((LABELS, LABELS))
        shared, total = shares(scores, steps, batches, meets)
        fits = (scores * wanted).sum() + (steps * met).sum() - total
        ridge = RIDGE * (weights**2).sum() + STEP_RIDGE * (steps**2).sum()
        slope = aim - turned @ shared - RIDGE * weights
        steps_slope = (met - meets) * ALLOWED - STEP_RIDGE * steps
        return 0.5 * ridge - fits, -np.concatenate([slope.ravel(), steps_slope.ravel()])

    start = np.zeros(width * LABELS + LABELS**2)
    options = {"maxiter": ROUNDS, "maxcor": 6}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return found[: width * LABELS].reshape(width, LABELS), found[width * LABELS :].reshape(
        LABELS, LABELS
    )


# --- the choice -------------------------------------------------------------------------------


def train_choice(
    read_documents: Iterable[tuple[Document, list[Candidate]]],
) -> dict[str, dict[str, float]]:
    """Return the weight of every trait from candidates of documents that the chain did not see."""
    rows: dict[str, list[tuple[dict[str, float], bool]]] = {kind: [] for kind in FIRST}
    for document, candidates in read_documents:
        for one in candidates:
            if one.sure:
                continue
            right = normal(one.within(document.text)) in document.gold[one.kind]
            rows[one.kind] += [(one.traits, right)] * document.times
    return {kind: logistic(found) for kind, found in rows.items()}


def logistic(rows: Sequence[tuple[dict[str, float], bool]]) -> dict[str, float]:
    """Return the weights of traits in their own units, and the bias."""
    names = list(rows[0][0])
    values = np.array([[float(traits[name]) for name in names] for traits, _ in rows])
    mean, spread = values.mean(0), values.std(0) + 1e-6
    model = LogisticRegression(C=CHOICE_STRENGTH, max_iter=500)
    model.fit((values - mean) / spread, [right for _, right in rows])
    weights = model.coef_[0] / spread
    weights[spread < 1e-3] = 0.0
    bias = float(model.intercept_[0] - (weights * mean).sum())
    return {"bias": round(bias, 4), **dict(zip(names, np.round(weights, 4).tolist(), strict=True))}


def candidates_of(document: Document, model: Model) -> list[Candidate]:
    """Return the candidates of a document as the reader proposes them, from its kept marks."""
    return learned.propose_from(
        document.text, document.firms, document.parks, document.marks, model
    )


# --- measuring --------------------------------------------------------------------------------


def count(
    totals: Counter[tuple[str, str, str]],
    label: str,
    document: Document,
    found: Iterable[Candidate],
) -> None:
    """Add what was found of the names of a document."""
    names = {kind: set[str]() for kind in FIRST}
    for one in found:
        names[one.kind].add(normal(one.within(document.text)))
    for kind, gold in document.gold.items():
        totals[label, kind, "hit"] += len(names[kind] & gold)
        totals[label, kind, "found"] += len(names[kind])
        totals[label, kind, "gold"] += len(gold)


def report(totals: Counter[tuple[str, str, str]]) -> None:
    """Print recall and precision per label."""
    for label in dict.fromkeys(key[0] for key in totals):
        line = f"{label:22}"
        for kind in FIRST:
            hit, found, gold = (totals[label, kind, n] for n in ("hit", "found", "gold"))
            line += (
                f"  {kind} n={gold:4} R {hit / max(gold, 1):.3f} P {hit / max(found, 1):.3f} "
                f"F {2 * hit / max(found + gold, 1):.3f}"
            )
        print(line, flush=True)


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--groups", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with np.load(arguments.folder / "classes.npz") as file:
        classes = file["classes"]
    lines = arguments.groups.read_text("utf-8").splitlines() if arguments.groups else []
    cells = [line.split("\t") for line in lines]
    groups = {stem: group for stem, group, *_ in cells}
    times = {stem: int(often) for stem, _, often in (row for row in cells if len(row) > 2)}
    paths = sorted(arguments.folder.glob("*.npz"))
    documents = [
        read(path, groups, times.get(path.stem, 1)) for path in paths if path.stem != "classes"
    ]
    unseen: list[tuple[Document, list[Candidate]]] = []
    for group in sorted({document.group for document in documents}):
        model = train_chain([d for d in documents if d.group != group], classes)
        unseen += [(d, candidates_of(d, model)) for d in documents if d.group == group]
        print(group, len(model.keys), flush=True)
    measure_choice(unseen)
    if arguments.out:
        model = train_chain(documents, classes)
        write(arguments.out, model, train_choice(unseen))


def measure_choice(unseen: Sequence[tuple[Document, list[Candidate]]]) -> None:
    """Print what the rules and the reader find in each group when it is left out."""
    totals: Counter[tuple[str, str, str]] = Counter()
    for group in sorted({document.group for document, _ in unseen}):
        choice = train_choice(pair for pair in unseen if pair[0].group != group)
        for document, candidates in unseen:
            if document.group != group:
                continue
            rate(candidates, choice)
            by_rules = [one for one in candidates if one.rule]
            chosen = choose(candidates, learned.LEAST, len(document.text))
            for label, found in (("rules", by_rules), ("reader", chosen)):
                count(totals, f"{group} {label}", document, found)
                count(totals, f"all {label}", document, found)
            for least in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
                some = choose(candidates, {"firm": least, "park": least}, len(document.text))
                count(totals, f"all from {least}", document, some)
    report(totals)


def write(path: Path, model: Model, choice: dict[str, dict[str, float]]) -> None:
    """Write the table, and print the weightiest traits."""
    traits = {}
    for kind, weights in choice.items():
        traits[f"{kind}_traits"] = np.array(list(weights))
        traits[f"{kind}_weights"] = np.array(list(weights.values()))
        most = sorted(weights.items(), key=lambda item: -abs(item[1]))[:20]
        print(kind, ", ".join(f"{name} {weight:+.2f}" for name, weight in most))
    np.savez_compressed(
        path, keys=model.keys, weights=model.weights, steps=model.steps, classes=model.classes,
        **traits,
    )  # fmt: skip
    print(
        f"{len(model.keys)} combinations of {len(TEMPLATES)} templates, {path.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
