"""Evaluate a CQL2 filter over the columns of a layer: one truth value a row, in Arrow.

Unknown values follow three-valued logic: a comparison with an unknown is unknown, and what stays
unknown in the end is not in the answer.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from clusteratlas.api.cql2_shapes import shape_of
from clusteratlas.api.cql2_text import MAX_DEPTH, parse_text
from clusteratlas.api.crs import Crs
from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer

MAX_NODES: Final = 500
MAX_LIST: Final = 1_000

BoolArray = NDArray[np.bool_]
Value = Any  # a pyarrow array of one value a row, or a Python scalar

_LS = pa.large_string()
_COMPARE: Final[dict[str, Callable[..., Any]]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    ">": pc.greater,
    "<=": pc.less_equal,
    ">=": pc.greater_equal,
}
_MIRRORED: Final = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ARITHMETIC: Final[dict[str, Callable[..., Any]]] = {
    "+": pc.add,
    "-": pc.subtract,
    "*": pc.multiply,
    "/": pc.divide,
    "^": pc.power,
    "div": lambda a, b: pc.trunc(pc.divide(a, b)),
    "%": lambda a, b: pc.subtract(a, pc.multiply(b, pc.trunc(pc.divide(a, b)))),
}
_ARROW_TYPES: Final = {"number": pa.float64(), "text": _LS, "boolean": pa.bool_()}
_SPATIAL: Final[dict[str, Callable[..., Any]]] = {
    "s_intersects": shapely.intersects,
    "s_equals": shapely.equals,
    "s_disjoint": shapely.disjoint,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}


def read_filter(text: str, lang: str) -> Any:
    """Return a filter in CQL2 JSON from ``cql2-text`` or ``cql2-json``.

    Raises
    ------
    InputError
        If it is not CQL2, or too large.
    """
    if lang == "cql2-text":
        node = parse_text(text)
    else:
        try:
            node = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InputError(f"not JSON: {error}") from error
    _check_size(node)
    return node


def _check_size(node: Any) -> None:
    """Refuse what is nested too deep or too long before anything looks at it."""
    count, level = 0, [node]
    for _ in range(MAX_DEPTH * 2):
        following: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                if "coordinates" not in part and "geometries" not in part:
                    following.extend(part.values())
            elif isinstance(part, list):
                following.extend(part)
        count += len(following)
        if count > MAX_NODES + MAX_LIST:
            raise InputError(f"more than {MAX_NODES} parts")
        level = following
        if not level:
            return
    raise InputError(f"nested deeper than {MAX_DEPTH}")


def evaluate(layer: Layer, node: Any, crs: Crs) -> BoolArray:
    """Return for each row whether it passes the filter.

    Parameters
    ----------
    crs
        Coordinate reference system of the geometries in the filter.

    Raises
    ------
    InputError
        If the filter names what the layer does not have, or compares what cannot be compared.
    """
    try:
        found = _Evaluator(layer, crs).condition(node)
    except RecursionError as error:
        raise InputError(f"nested deeper than {MAX_DEPTH}") from error
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)


class _Evaluator:
    def __init__(self, layer: Layer, crs: Crs) -> None:
        self._layer, self._crs = layer, crs

    # --- conditions ------------------------------------------------------------------------
    def condition(self, node: Any) -> pa.Array:
        if isinstance(node, bool):
            return pa.array(np.full(len(self._layer), node))
        if not isinstance(node, dict) or "op" not in node:
            raise InputError("expected a condition such as name = '…'")
        op, args = node["op"], node.get("args")
        if not isinstance(op, str) or not isinstance(args, list):
            raise InputError('expected {"op": name, "args": [...]}')
        if op in {"and", "or"}:
            return self._joined(op, args)
        if op == "not":
            return pc.invert(self.condition(_only(op, args, 1)[0]))
        if op in _COMPARE:
            return self._compare(op, *_only(op, args, 2))
        if op in _SPATIAL:
            return self._spatial(op, *_only(op, args, 2))
        return self._other(op, args)

    def _other(self, op: str, args: list[Any]) -> pa.Array:
        if op == "like":
            return self._like(*_only(op, args, 2))
        if op == "between":
            value, low, high = _only(op, args, 3)
            return pc.and_kleene(self._compare(">=", value, low), self._compare("<=", value, high))
        if op == "in":
            return self._among(*_only(op, args, 2))
        if op == "isNull":
            return self._unknown(_only(op, args, 1)[0])
        if op.startswith("t_"):
            return self._temporal(op, *_only(op, args, 2))
        raise InputError(f"{op[:40]!r} is not supported")

    def _joined(self, op: str, args: list[Any]) -> pa.Array:
        if not args:
            raise InputError(f"{op} needs conditions")
        join = pc.and_kleene if op == "and" else pc.or_kleene
        found = self.condition(args[0])
        for part in args[1:]:
            found = join(found, self.condition(part))
        return found

    def _compare(self, op: str, left: Any, right: Any) -> pa.Array:
        a, b = self._value(left), self._value(right)
        _check_kinds(a, b)
        if not _is_column(a) and not _is_column(b):
            return self.condition(_COMPARE[op](pa.scalar(a), pa.scalar(b)).as_py())
        if not _is_column(a):
            a, b, op = b, a, _MIRRORED[op]
        if _is_column(b):
            return _COMPARE[op](_plain(a), _plain(b))
        return _on_values(a, lambda values: _COMPARE[op](values, _scalar(b, values.type)))

    def _like(self, left: Any, pattern: Any) -> pa.Array:
        value, text = self._value(left), self._value(pattern)
        if not isinstance(text, str) or not _is_column(value) or _kind(value) != "text":
            raise InputError("like needs a property with text and a text with % or _")
        return _on_values(value, lambda values: pc.match_like(values, text))

    def _among(self, left: Any, options: Any) -> pa.Array:
        value = self._value(left)
        if not isinstance(options, list) or not _is_column(value):
            raise InputError("in needs a property and a list of values")
        if len(options) > MAX_LIST:
            raise InputError(f"in: {len(options)} values; at most {MAX_LIST}")
        allowed = [self._value(option) for option in options]
        for option in allowed:
            _check_kinds(value, option)
        wanted = pa.array(allowed, _ARROW_TYPES[_kind(value)])

        def find(values: pa.Array) -> pa.Array:
            same = values.cast(wanted.type)
            inside = pc.is_in(same, value_set=wanted)
            return pc.if_else(pc.is_null(same), pa.scalar(None, pa.bool_()), inside)

        return _on_values(value, find)

    def _unknown(self, node: Any) -> pa.Array:
        if isinstance(node, dict) and node.get("property") == "geometry":
            return pa.array(~self._placed())
        value = self._value(node)
        if not _is_column(value):
            raise InputError("isNull needs a property")
        return pc.is_null(_plain(value))

    def _placed(self) -> BoolArray:
        if self._layer.geometry is None:
            return np.isfinite(self._layer.lon)
        shapes = self._layer.geometry
        return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)

    def _temporal(self, op: str, left: Any, right: Any) -> pa.Array:
        value = self._value(left)
        if not _is_column(value) or _kind(value) != "text":
            raise InputError(f"{op} needs a property with dates")
        first, last = _interval(right)
        after = self._compare(">", left, last) if last else None
        before = self._compare("<", left, first) if first else None
        inside = self.condition(True)
        if first:
            inside = pc.and_kleene(inside, self._compare(">=", left, first))
        if last:
            inside = pc.and_kleene(inside, self._compare("<=", left, last))
        found = {
            "t_after": after,
            "t_before": before,
            "t_during": inside,
            "t_intersects": inside,
            "t_equals": inside if first == last else None,
            "t_disjoint": pc.invert(inside),
        }.get(op)
        if found is None:
            raise InputError(f"{op} is not supported with this interval")
        return found

    # --- geometry --------------------------------------------------------------------------
    def _spatial(self, op: str, left: Any, right: Any) -> pa.Array:
        own = {"property": "geometry"}
        swapped = right == own
        literal = left if swapped else right
        if own not in (left, right) or literal == own:
            raise InputError(f"{op} needs the property geometry and a geometry")
        shape = shape_of(literal, self._crs)
        predicate = _SPATIAL[op]
        rows = self._near(op, shape)
        shapes = (
            self._layer.geometry[rows]
            if self._layer.geometry is not None
            else shapely.points(self._layer.lon[rows], self._layer.lat[rows])
        )
        shapely.prepare(shape)
        hit = predicate(shape, shapes) if swapped else predicate(shapes, shape)
        found = np.zeros(len(self._layer), dtype=bool)
        found[rows[hit]] = True
        return pa.array(found, mask=~self._placed())

    def _near(self, op: str, shape: Any) -> NDArray[np.int64]:
        """Return the rows that can meet a shape at all; every one where meeting is not the point."""
        if op == "s_disjoint":
            return np.flatnonzero(self._placed())
        west, south, east, north = shapely.bounds(shape)
        return self._layer.rows_in((west, south, east, north))

    # --- values ----------------------------------------------------------------------------
    def _value(self, node: Any) -> Value:
        if isinstance(node, (bool, int, float, str)):
            return _finite(node)
        if not isinstance(node, dict):
            raise InputError(f"expected a value, found {str(node)[:40]!r}")
        if "property" in node:
            return self._column(node["property"])
        for name in ("date", "timestamp"):
            if name in node:
                return _instant(node[name])
        op, args = node.get("op"), node.get("args")
        if op in {"casei", "accenti"} and isinstance(args, list):
            return _folded(self._value(_only(op, args, 1)[0]), op)
        if op in _ARITHMETIC and isinstance(args, list):
            return self._computed(op, args)
        raise InputError(f"{str(op or node)[:40]!r} is not a value")

    def _column(self, name: Any) -> pa.Array:
        columns = self._layer.columns
        if name not in columns:
            raise InputError(f"no property {str(name)[:60]!r}; there are {', '.join(columns)}")
        column = self._layer.values(name)
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _computed(self, op: str, args: list[Any]) -> Value:
        a, b = (self._value(part) for part in _only(op, args, 2))
        for part in (a, b):
            if _kind(part) != "number":
                raise InputError(f"{op} needs numbers")
        left, right = (
            p.cast(pa.float64()) if _is_column(p) else pa.scalar(float(p)) for p in (a, b)
        )
        found = _ARITHMETIC[op](left, right)
        return found if _is_column(a) or _is_column(b) else _finite(found.as_py())


def _only(op: str, args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise InputError(f"{op} takes {count} arguments, found {len(args)}")
    return args


def _is_column(value: Value) -> bool:
    return isinstance(value, (pa.Array, pa.ChunkedArray))


def _kind(value: Value) -> str:
    if not _is_column(value):
        if isinstance(value, bool):
            return "boolean"
        return "number" if isinstance(value, (int, float)) else "text"
    kind = value.type
    if pa.types.is_boolean(kind):
        return "boolean"
    return "number" if pa.types.is_integer(kind) or pa.types.is_floating(kind) else "text"


def _check_kinds(a: Value, b: Value) -> None:
    if _kind(a) != _kind(b):
        raise InputError(
            f"cannot compare {_kind(a)} with {_kind(b)}; text stands in single quotes: adcode = '210112'"
        )


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(_LS) if pa.types.is_dictionary(column.type) else column


def _on_values(column: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a function to each value; a repeating text is looked at once."""
    if pa.types.is_dictionary(column.type):
        return function(column.dictionary.cast(_LS)).take(column.indices)
    return function(column)


def _scalar(value: Any, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_integer(kind) and isinstance(value, float):
        return pa.scalar(value, pa.float64())
    return pa.scalar(value, _LS) if isinstance(value, str) else pa.scalar(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError("a number is too large")
    if isinstance(value, int) and abs(value) >= 2**63:
        return float(value) if abs(value) < 10**300 else _finite(math.inf)
    return value


def _folded(value: Value, op: str) -> Value:
    """Return text without case (casei) or accents (accenti)."""
    if _kind(value) != "text":
        raise InputError(f"{op} needs text")
    column = _plain(value) if _is_column(value) else pa.array([value], _LS)
    if op == "casei":
        folded = pc.utf8_lower(column)
    else:
        apart = pc.utf8_normalize(column, form="NFD")
        folded = pc.replace_substring_regex(apart, pattern=r"\p{M}", replacement="")
    return folded if _is_column(value) else folded[0].as_py()


def _instant(text: Any) -> str:
    """Return the day of a date or date-time: dates are kept as ISO texts."""
    if not isinstance(text, str) or len(text) < 10 or text[4] + text[7] != "--":
        raise InputError(f"{str(text)[:40]!r} is not an ISO date")
    return text[:10]


def _interval(node: Any) -> tuple[str, str]:
    if not isinstance(node, dict):
        raise InputError("expected DATE('…'), TIMESTAMP('…') or INTERVAL('…','…')")
    if "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise InputError("an interval has a begin and an end")
        first, last = ("" if end == ".." else _instant(_bare(end)) for end in ends)
        return first, last
    day = _instant(node.get("date", node.get("timestamp")))
    return day, day


def _bare(end: Any) -> Any:
    return end.get("date", end.get("timestamp")) if isinstance(end, dict) else end
