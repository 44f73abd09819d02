"""The weighted vocabulary and the product terms, as automata over normalised text."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeAlias

import ahocorasick

from clusteratlas.data.loaders import read_table


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the vocabulary.

    Attributes
    ----------
    text
        The term, NFKC and upper case.
    sector
        Sector id; "" for a term that blocks the terms it contains.
    kind
        ``goods`` (counts if made or developed), ``works`` (also if installed or run), ``service``
        (a service itself), ``activity`` (names its own activity), ``block``.
    weight
        0..1: how far the term decides alone as the principal activity.
    """

    text: str
    sector: str
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Product:
    """A canonical product or process; ``kind`` is product, part, process or service."""

    name: str
    kind: str
    sector: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Terms and products of one span of text."""

    start: int
    end: int
    terms: tuple[Term, ...]
    products: tuple[Product, ...]


# Where a word ends, and its length, terms and products.
_Found: TypeAlias = tuple[int, tuple[int, tuple[Term, ...], tuple[Product, ...]]]


class Vocabulary:
    """Find terms; a term inside a longer one does not count (``机床`` inside ``数控机床``)."""

    def __init__(self, scope: ahocorasick.Automaton, name: ahocorasick.Automaton) -> None:
        self._scope = scope
        self._name = name

    def touches(self, text: str) -> bool:
        """Tell whether any term or product occurs in the text."""
        return next(self._scope.iter(text), None) is not None

    def in_items(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return the longest terms and products of each item of a scope."""
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        found: list[list[_Found]] = [[] for _ in texts]
        for end, entry in self._scope.iter("\n".join(texts)):
            place = bisect_right(starts, end) - 1
            found[place].append((end - starts[place], entry))
        return [_longest(hits) if hits else [] for hits in found]

    def in_name(self, text: str) -> list[Hit]:
        """Return the longest terms of a name."""
        return _longest(self._name.iter(text))


@cache
def load_vocabulary() -> Vocabulary:
    """Return the shipped vocabulary, built once per process."""
    terms = read_table("classification/vocabulary.csv")
    products = read_table("classification/products.csv")
    scope: dict[str, tuple[list[Term], list[Product]]] = {}
    name: dict[str, tuple[list[Term], list[Product]]] = {}
    for row in terms.itertuples():
        weight = float(str(row.weight))
        term = Term(str(row.term), str(row.sector), str(row.kind), weight)
        if row.where != "name":
            scope.setdefault(term.text, ([], []))[0].append(term)
        if row.where != "scope":
            name.setdefault(term.text, ([], []))[0].append(term)
    for row in products.itertuples():
        product = Product(str(row.product), str(row.kind), str(row.sector))
        for text in str(row.terms).split(";"):
            scope.setdefault(text, ([], []))[1].append(product)
    return Vocabulary(_automaton(scope), _automaton(name))


def _automaton(entries: dict[str, tuple[list[Term], list[Product]]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for text, (terms, products) in entries.items():
        automaton.add_word(text, (len(text), tuple(terms), tuple(products)))
    automaton.make_automaton()
    return automaton


def _longest(
    found: Iterable[_Found],
) -> list[Hit]:
    """Drop terms inside longer terms and products inside longer products."""
    hits = [
        Hit(end - length + 1, end + 1, terms, products) for end, (length, terms, products) in found
    ]
    if len(hits) < 2:
        return hits
    # From left to right, longer first: what ends before a farther end seen so far lies inside.
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    term_end = product_end = -1
    kept = []
    for hit in hits:
        terms = hit.terms if hit.end > term_end else ()
        products = hit.products if hit.end > product_end else ()
        term_end = max(term_end, hit.end) if hit.terms else term_end
        product_end = max(product_end, hit.end) if hit.products else product_end
        if terms or products:
            kept.append(Hit(hit.start, hit.end, terms, products))
    return kept
