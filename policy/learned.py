"""A second reader that learnt from annotated texts: it mends and completes what the rules found.

Three steps, all of them sums of weights (no network of any kind): every character of a clause that
may hold a name gets marks (:mod:`learned_marks`), combinations of marks speak for the parts of names
(:mod:`learned_model`, :mod:`learned_chain`), and of the spans so proposed and those of the rules the
best ones are taken (:mod:`learned_choice`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.known import shipped_names
from clusteratlas.policy.learned_beside import beside
from clusteratlas.policy.learned_chain import Batches, likeliest, names_in, shares
from clusteratlas.policy.learned_choice import (
    MAX_NAME_CHARS,
    Candidate,
    choose,
    measure,
    rate,
)
from clusteratlas.policy.learned_items import LIKELY_CORE
from clusteratlas.policy.learned_marks import marks_of
from clusteratlas.policy.learned_model import LABELS, SCALE, Model, label_scores, load_model
from clusteratlas.policy.learned_traits import describe
from clusteratlas.policy.no_names import no_firm, no_park
from clusteratlas.policy.spans import Span, overlaps
from clusteratlas.policy.vocabulary import is_ordinary

LEAST: Final = {"firm": 0.3, "park": 0.25}
"""The least score of a name, set on documents left out of the training."""

_CLAUSE: Final = re.compile("[^。；，：\n\t！？]+")
_MAX_CLAUSE: Final = 160
_MAX_SENTENCE: Final = 2_000  # what has no stop for longer is no sentence and left to the rules
_PUSHES: Final = (0, 1)  # log-odds taken from "no name", to propose more
_LEAST_SHARE: Final = 0.05  # of a candidate; of those below one in five hundred was taken
_SURE_CORE: Final = LIKELY_CORE + 4  # a name hardly ever has a coined word less like a firm's alone
_FULL_FORMS: Final = ("有限公司", "有限责任公司")
_FOUNDED: Final = re.compile("(?:组建|设立|成立|新设|创办)[^。；，：\n\t]*$")
_FOUNDED_CHARS: Final = 60
_SURE_RULES: Final = frozenset({"shipped name", "national zone", "shared form", "beside a firm"})


def second_reading(
    text: str, firms: Sequence[Span], parks: Sequence[Span]
) -> tuple[list[Span], list[Span]]:
    """Return the firms and parks of a text after the learned reader saw those of the rules.

    Parameters
    ----------
    text
        The text with official marks.
    firms, parks
        What the rules found, in order; firms may stand at the head of a park's name.

    Returns
    -------
    tuple of list of Span
        Firms and parks in order. A name that the rules did not give so has the reason
        ``learned reader`` and its score between 0 and 1.
    """
    if not text:
        return list(firms), list(parks)
    model = load_model()
    candidates = propose(text, firms, parks, model)
    rate(candidates, model.choice)
    for one in candidates:  # a full legal form leaves no doubt that it is a firm
        if one.rule and one.kind == "firm" and one.within(text).endswith(_FULL_FORMS):
            one.score = max(one.score, LEAST["firm"])
    chosen = choose(candidates, LEAST, len(text))
    names = {(one.within(text), one.kind) for one in chosen}
    weak = [one for one in candidates if one.rule and one.score < LEAST[one.kind]]
    kept = [one for one in weak if (one.within(text), one.kind) in names]
    for one in kept:  # a name that is taken once stays wherever a rule found it
        one.score = LEAST[one.kind]
    if kept:
        chosen = choose(candidates, LEAST, len(text))
    return _spans(chosen, "firm"), _spans(chosen, "park")


def _spans(chosen: Sequence[Candidate], kind: str) -> list[Span]:
    return [
        Span(one.start, one.end, one.rule or f"learned reader {one.score:.2f}")
        for one in chosen
        if one.kind == kind
    ]


def propose(
    text: str, firms: Sequence[Span], parks: Sequence[Span], model: Model
) -> list[Candidate]:
    """Return all candidates of a text with their traits, in order."""
    outside = [firm for firm in firms if not overlaps(firm, parks)]
    marks = marks_of(text, outside, parks, model.classes)
    return propose_from(text, firms, parks, marks, model)


def propose_from(
    text: str, firms: Sequence[Span], parks: Sequence[Span], marks: Marks, model: Model
) -> list[Candidate]:
    """Return all candidates of a text whose marks are known."""
    clauses = list(clauses_of(text, marks))
    positions = positions_of(clauses)
    scores = label_scores(model, marks, positions)
    sizes = [end - start for start, end in clauses]
    pushed = np.repeat(scores[None], len(_PUSHES), axis=0)
    pushed[:, :, 0] -= np.array(_PUSHES, np.int32)[:, None] * SCALE
    labels = likeliest(pushed.reshape(-1, LABELS), model.steps, Batches(sizes * len(_PUSHES)))
    found: dict[tuple[int, int, str], Candidate] = {}
    for push, row in zip(_PUSHES, labels.reshape(len(_PUSHES), -1), strict=True):
        for start, end, kind in names_in(row, positions):
            if (start, end, kind) not in found:
                found[start, end, kind] = Candidate(start, end, kind, push)
    batches = Batches(sizes)
    shared = np.zeros((len(text), LABELS))
    shared[positions] = shares(scores / SCALE, model.steps / SCALE, batches)[0]
    _add_rules(text, found, firms, parks)
    candidates = sorted(found.values(), key=lambda one: (one.start, one.end, one.kind))
    measure(candidates, shared)
    likely = [one for one in candidates if one.rule or _may_be(text, one)]
    read: NDArray[np.bool_] = np.logical_or.reduce(shared, axis=1)
    for one in likely:
        one.sure = one.sure or not read[one.start]
    begins = np.flatnonzero((marks["TP"] == 0) | (marks["TP"] == 3)).tolist()
    lists = beside(marks["C"], likely)
    describe(text, likely, frozenset([*begins, len(text)]), lists)
    return likely


def _may_be(text: str, one: Candidate) -> bool:
    if text.endswith("老工业基地", one.start, one.end):  # a region, not a piece of ground
        return False
    if one.kind == "firm" and _to_be_founded(text, one):
        return False
    if (no_firm if one.kind == "firm" else no_park)(text, one.start, one.end):
        return False
    return one.shares[0] >= _LEAST_SHARE and one.end - one.start <= MAX_NAME_CHARS


def _to_be_founded(text: str, one: Candidate) -> bool:
    """Return whether a span is a kind of firm that is to be founded: 组建财务公司、物业公司."""
    name = one.within(text)
    if not name.endswith(("公司", "集团")) or not is_ordinary(name):
        return False
    return _FOUNDED.search(text[max(0, one.start - _FOUNDED_CHARS) : one.start]) is not None


def _add_rules(
    text: str,
    found: dict[tuple[int, int, str], Candidate],
    firms: Sequence[Span],
    parks: Sequence[Span],
) -> None:
    """Add the spans of the rules to the candidates, or say that a rule found one too."""
    for kind, spans in (("firm", firms), ("park", parks)):
        for span in spans:
            key = (span.start, span.end, kind)
            if key not in found:
                found[key] = Candidate(*key)
            one = found[key]
            one.rule = span.reason
            one.in_park = kind == "firm" and overlaps(span, parks)
            one.sure = one.in_park or _is_sure(span, span.within(text))


def _is_sure(span: Span, name: str) -> bool:
    """Return whether a name is known beforehand or of a form that the training texts hardly hold.

    Such are forms shared by several names, quoted words in front, and foreign firms in lists.
    """
    if span.reason in _SURE_RULES or name in shipped_names() or name.startswith("“"):
        return True
    return span.reason == "list" and name.isascii()


def clauses_of(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield start and end of the clauses in which a name may stand; long ones in pieces."""
    hints = np.zeros(len(text), bool)
    for mark in ("RE", "RP", "L", "FS", "PF"):
        hints |= marks[mark] > 0
    hints |= marks["CO"] >= _SURE_CORE
    counts = np.concatenate([[0], np.cumsum(hints)])
    for match in _CLAUSE.finditer(text):
        start, end = match.span()
        if counts[start] == counts[end] or end - start > _MAX_SENTENCE:
            continue
        while start < end:
            stop = end
            if end - start > _MAX_CLAUSE:
                stop = text.rfind("、", start + 1, start + _MAX_CLAUSE) + 1 or start + _MAX_CLAUSE
            if counts[stop] > counts[start]:
                yield start, stop
            start = stop


def positions_of(clauses: Sequence[tuple[int, int]]) -> Ints:
    """Return the offsets of all characters of clauses."""
    if not clauses:
        return np.zeros(0, np.int64)
    return np.concatenate([np.arange(start, end) for start, end in clauses])
