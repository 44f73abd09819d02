"""Read CQL2 text (OGC 21-065r2, annex B) into CQL2 JSON, the form that the evaluator understands.

A small recursive-descent parser of our own: it knows its bounds, and its errors say where.
"""

import re
from typing import Any, Final

import shapely

from clusteratlas.errors import InputError

MAX_DEPTH: Final = 32
MAX_TOKENS: Final = 4_000

Node = Any  # a JSON value

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"[^"]+")
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><=|>=|<>|[=<>+\-*/%^(),])
    )""",
    re.VERBOSE,
)
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
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._or()
        if self._at < len(self._tokens):
            raise self._unexpected("the end")
        return node

    # --- tokens ----------------------------------------------------------------------------
    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._at + ahead
        if place < len(self._tokens):
            kind, value, _ = self._tokens[place]
            return kind, value
        return "end", ""

    def _is(self, *wanted: str) -> bool:
        kind, value = self._peek()
        return (kind == "sign" and value in wanted) or (kind == "word" and value.upper() in wanted)

    def _take(self, *wanted: str) -> bool:
        if self._is(*wanted):
            self._at += 1
            return True
        return False

    def _need(self, wanted: str) -> None:
        if not self._take(wanted):
            raise self._unexpected(repr(wanted))

    def _unexpected(self, wanted: str) -> InputError:
        kind, value = self._peek()
        found = "the end" if kind == "end" else repr(value[:40])
        place = self._tokens[self._at][2] if self._at < len(self._tokens) else len(self._text)
        return InputError(f"expected {wanted} at character {place + 1}, found {found}")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError(f"nested deeper than {MAX_DEPTH}")

    # --- grammar ---------------------------------------------------------------------------
    def _or(self) -> Node:
        self._deeper()
        parts = [self._and()]
        while self._take("OR"):
            parts.append(self._and())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def _and(self) -> Node:
        parts = [self._not()]
        while self._take("AND"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def _not(self) -> Node:
        if self._take("NOT"):
            self._deeper()
            node = {"op": "not", "args": [self._not()]}
            self._depth -= 1
            return node
        return self._predicate()

    def _predicate(self) -> Node:
        kind, value = self._peek()
        if kind == "word" and value.lower() in _SPATIAL | _TEMPORAL and self._peek(1)[1] == "(":
            self._at += 1
            return {
                "op": _JSON_NAMES.get(value.lower(), value.lower()),
                "args": self._arguments(exactly=2),
            }
        if self._is("("):
            return self._bracketed()
        return self._comparison(self._sum())

    def _bracketed(self) -> Node:
        """Read ``(a = 1 OR b = 2)`` or ``(a + 1) * 2 = 4``: which one it is shows at the end."""
        start, depth = self._at, self._depth
        self._at += 1
        try:
            node = self._or()
            self._need(")")
        except InputError:
            self._at, self._depth = start, depth
            return self._comparison(self._sum())
        if _is_scalar(node):
            self._at, self._depth = start, depth
            return self._comparison(self._sum())
        return node

    def _comparison(self, left: Node) -> Node:
        kind, value = self._peek()
        if kind == "sign" and value in _COMPARISONS:
            self._at += 1
            return {"op": value, "args": [left, self._sum()]}
        if self._take("IS"):
            negated = self._take("NOT")
            self._need("NULL")
            return _maybe_not({"op": "isNull", "args": [left]}, negated)
        negated = self._take("NOT")
        if self._take("LIKE"):
            return _maybe_not({"op": "like", "args": [left, self._sum()]}, negated)
        if self._take("BETWEEN"):
            low = self._sum()
            self._need("AND")
            return _maybe_not({"op": "between", "args": [left, low, self._sum()]}, negated)
        if self._take("IN"):
            return _maybe_not({"op": "in", "args": [left, self._arguments()]}, negated)
        if negated:
            raise self._unexpected("LIKE, BETWEEN or IN")
        return left

    def _sum(self) -> Node:
        node = self._product()
        while self._is("+", "-"):
            sign = self._peek()[1]
            self._at += 1
            node = {"op": sign, "args": [node, self._product()]}
        return node

    def _product(self) -> Node:
        node = self._power()
        while self._is("*", "/", "%", "DIV"):
            sign = self._peek()[1].lower()
            self._at += 1
            node = {"op": sign, "args": [node, self._power()]}
        return node

    def _power(self) -> Node:
        node = self._atom()
        if self._take("^"):
            return {"op": "^", "args": [node, self._atom()]}
        return node

    def _atom(self) -> Node:
        kind, value = self._peek()
        if kind == "number":
            self._at += 1
            return float(value) if not value.isdigit() or len(value) > 15 else int(value)
        if kind == "text":
            self._at += 1
            return value[1:-1].replace("''", "'")
        if kind == "quoted":
            self._at += 1
            return {"property": value[1:-1]}
        if self._take("-"):
            node = self._atom()
            return -node if isinstance(node, (int, float)) else {"op": "*", "args": [-1, node]}
        if self._is("("):
            return self._inner()
        if kind == "word":
            return self._word(value)
        raise self._unexpected("a value")

    def _inner(self) -> Node:
        self._deeper()
        self._need("(")
        node = self._sum()
        self._need(")")
        self._depth -= 1
        return node

    def _word(self, value: str) -> Node:
        upper = value.upper()
        if upper in {"TRUE", "FALSE"}:
            self._at += 1
            return upper == "TRUE"
        if upper in _GEOMETRY:
            return self._geometry()
        called = self._peek(1)[1] == "("
        self._at += 1
        if not called:
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
        self._deeper()
        self._need("(")
        nodes = [self._sum()]
        while self._take(","):
            nodes.append(self._sum())
        self._need(")")
        self._depth -= 1
        if exactly is not None and len(nodes) != exactly:
            raise InputError(f"expected {exactly} arguments, found {len(nodes)}")
        return nodes

    def _geometry(self) -> Node:
        """Read WKT: everything up to the bracket that closes it."""
        start = self._tokens[self._at][2]
        depth = 0
        while self._at < len(self._tokens):
            kind, value, place = self._tokens[self._at]
            self._at += 1
            depth += (value == "(") - (value == ")") if kind == "sign" else 0
            if kind == "sign" and value == ")" and depth == 0:
                text = self._text[start : place + 1]
                try:
                    return shapely.geometry.mapping(shapely.from_wkt(text))
                except (shapely.errors.GEOSException, ValueError) as error:
                    raise InputError(f"not a geometry: {text[:60]!r}") from error
        raise self._unexpected("')'")


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None or match.lastgroup is None:
            raise InputError(
                f"cannot read {stripped[place : place + 20]!r} at character {place + 1}"
            )
        found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise InputError(f"longer than {MAX_TOKENS} words and signs")
    if not found:
        raise InputError("an empty filter")
    return found


def _is_scalar(node: Node) -> bool:
    """Tell whether a node is a value and not a condition."""
    if not isinstance(node, dict):
        return not isinstance(node, bool)
    return "property" in node or node.get("op") in {"+", "-", "*", "/", "%", "^", "div"}


def _maybe_not(node: Node, negated: bool) -> Node:
    return {"op": "not", "args": [node]} if negated else node
