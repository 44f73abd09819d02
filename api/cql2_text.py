"""Read CQL2 text (OGC 21-065r2, annex B) into CQL2 JSON, the form that the evaluator understands.

A small recursive-descent parser of our own: it knows its bounds, and its errors say where.
"""

from collections.abc import Callable
from typing import Any, Final

import shapely

from clusteratlas.api.cql2_tokens import TokenReader
from clusteratlas.errors import InputError

Node = Any  # a JSON value

_GEOMETRY: Final = frozenset(
    {
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
    }
)
_SPATIAL: Final = frozenset(
    [
        "s_intersects",
        "s_equals",
        "s_disjoint",
        "s_touches",
        "s_within",
        "s_overlaps",
        "s_crosses",
        "s_contains",
    ]
)
_TEMPORAL: Final = frozenset(
    [
        "t_after",
        "t_before",
        "t_contains",
        "t_disjoint",
        "t_during",
        "t_equals",
        "t_finishedby",
        "t_finishes",
        "t_intersects",
        "t_meets",
        "t_metby",
        "t_overlappedby",
        "t_overlaps",
        "t_startedby",
        "t_starts",
    ]
)
_JSON_NAMES: Final = {
    "t_finishedby": "t_finishedBy",
    "t_metby": "t_metBy",
    "t_overlappedby": "t_overlappedBy",
    "t_startedby": "t_startedBy",
}
_COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})


def parse_text(text: str) -> Node:
    """Return the CQL2 JSON of a CQL2 text.

    Raises
    ------
    InputError
        Where the text is not CQL2; the message gives the place.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._read = TokenReader(text)

    def whole(self) -> Node:
        node = self._or()
        if not self._read.at_end():
            raise self._read.unexpected("the end")
        return node

    def _or(self) -> Node:
        with self._read.deeper():
            parts = [self._and()]
            while self._read.take("OR"):
                parts.append(self._and())
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def _and(self) -> Node:
        parts = [self._not()]
        while self._read.take("AND"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def _not(self) -> Node:
        if self._read.take("NOT"):
            with self._read.deeper():
                return {"op": "not", "args": [self._not()]}
        return self._predicate()

    def _predicate(self) -> Node:
        kind, value, _ = self._read.peek()
        name = value.lower()
        if kind == "word" and name in _SPATIAL | _TEMPORAL and self._read.peek(1).value == "(":
            self._read.next()
            return {"op": _JSON_NAMES.get(name, name), "args": self._arguments(exactly=2)}
        if self._read.is_next("("):
            return self._bracketed()
        return self._comparison(self._sum())

    def _bracketed(self) -> Node:
        """Read ``(a = 1 OR b = 2)`` or ``(a + 1) * 2 = 4``: which one it is shows at the end."""
        start = self._read.mark()
        self._read.next()
        try:
            node = self._or()
            self._read.need(")")
        except InputError:
            node = 0
        if _is_scalar(node):
            self._read.go_back(start)
            return self._comparison(self._sum())
        return node

    def _comparison(self, left: Node) -> Node:
        kind, value, _ = self._read.peek()
        if kind == "sign" and value in _COMPARISONS:
            self._read.next()
            return {"op": value, "args": [left, self._sum()]}
        if self._read.take("IS"):
            negated = self._read.take("NOT")
            self._read.need("NULL")
            return _maybe_not({"op": "isNull", "args": [left]}, negated)
        negated = self._read.take("NOT")
        if self._read.take("LIKE"):
            return _maybe_not({"op": "like", "args": [left, self._sum()]}, negated)
        if self._read.take("BETWEEN"):
            low = self._sum()
            self._read.need("AND")
            return _maybe_not({"op": "between", "args": [left, low, self._sum()]}, negated)
        if self._read.take("IN"):
            return _maybe_not({"op": "in", "args": [left, self._arguments()]}, negated)
        if negated:
            raise self._read.unexpected("LIKE, BETWEEN or IN")
        return left

    def _sum(self) -> Node:
        node = self._product()
        while self._read.is_next("+", "-"):
            node = {"op": self._read.next().value, "args": [node, self._product()]}
        return node

    def _product(self) -> Node:
        node = self._power()
        while self._read.is_next("*", "/", "%", "DIV"):
            node = {"op": self._read.next().value.lower(), "args": [node, self._power()]}
        return node

    def _power(self) -> Node:
        node = self._atom()
        if self._read.take("^"):
            return {"op": "^", "args": [node, self._atom()]}
        return node

    def _atom(self) -> Node:
        kind, value, _ = self._read.peek()
        if kind == "word":
            return self._word(value)
        if self._read.take("-"):
            with self._read.deeper():
                node = self._atom()
            return -node if isinstance(node, (int, float)) else {"op": "*", "args": [-1, node]}
        if self._read.take("("):
            with self._read.deeper():
                node = self._sum()
                self._read.need(")")
            return node
        if kind not in _LITERALS:
            raise self._read.unexpected("a value")
        self._read.next()
        return _LITERALS[kind](value)

    def _word(self, value: str) -> Node:
        upper = value.upper()
        if upper in _GEOMETRY:
            return self._geometry()
        self._read.next()
        if upper in {"TRUE", "FALSE"}:
            return upper == "TRUE"
        if not self._read.is_next("("):
            return {"property": value}
        return self._call(upper, value)

    def _call(self, upper: str, value: str) -> Node:
        arguments = self._arguments()
        if upper in {"DATE", "TIMESTAMP"}:
            if len(arguments) != 1 or not isinstance(arguments[0], str):
                raise InputError(f"{upper} takes one text, like {upper}('2015-07-01')")
            return {upper.lower(): arguments[0]}
        if upper == "INTERVAL":
            return {"interval": arguments}
        if upper == "BBOX":
            return {"bbox": arguments}
        return {"op": value.lower(), "args": arguments}

    def _arguments(self, *, exactly: int | None = None) -> list[Node]:
        with self._read.deeper():
            self._read.need("(")
            nodes = [self._sum()]
            while self._read.take(","):
                nodes.append(self._sum())
            self._read.need(")")
        if exactly is not None and len(nodes) != exactly:
            raise InputError(f"expected {exactly} arguments, found {len(nodes)}")
        return nodes

    def _geometry(self) -> Node:
        """Read WKT: everything up to the bracket that closes it."""
        start, depth = self._read.peek().place, 0
        while not self._read.at_end():
            kind, value, place = self._read.next()
            depth += (value == "(") - (value == ")") if kind == "sign" else 0
            if kind == "sign" and value == ")" and depth == 0:
                return _shape(self._read.text_between(start, place))
        raise self._read.unexpected("')'")


def _number(text: str) -> float:
    return float(text) if not text.isdigit() or len(text) > 15 else int(text)


_LITERALS: Final[dict[str, Callable[[str], Node]]] = {
    "number": _number,
    "text": lambda text: text[1:-1].replace("''", "'"),
    "quoted": lambda text: {"property": text[1:-1]},
}


def _shape(text: str) -> Node:
    try:
        return shapely.geometry.mapping(shapely.from_wkt(text))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise InputError(f"not a geometry: {text[:60]!r}") from error


def _is_scalar(node: Node) -> bool:
    """Tell whether a node is a value and not a condition."""
    if not isinstance(node, dict):
        return not isinstance(node, bool)
    return "property" in node or node.get("op") in {"+", "-", "*", "/", "%", "^", "div"}


def _maybe_not(node: Node, negated: bool) -> Node:
    return {"op": "not", "args": [node]} if negated else node
