"""Evaluate a CQL2 filter over the columns of a layer: one truth value a row, in Arrow.

Unknown values follow three-valued logic: a comparison with an unknown is unknown, and what stays
unknown in the end is not in the answer.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from clusteratlas.api.cql2_shapes import shape_of
from clusteratlas.api.cql2_text import parse_text
from clusteratlas.api.cql2_tokens import MAX_DEPTH
from clusteratlas.api.cql2_values import (
    LARGE_TEXT,
    Value,
    arguments_of,
    as_plain,
    check_kinds,
    finite,
    folded,
    instant,
    interval,
    is_column,
    kind_of,
    on_values,
    scalar,
)
from clusteratlas.api.crs import Crs
from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer

MAX_NODES: Final = 500
MAX_LIST: Final = 1_000

BoolArray = NDArray[np.bool_]
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
_ARROW_TYPES: Final = {"number": pa.float64(), "text": LARGE_TEXT, "boolean": pa.bool_()}
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
            return pc.invert(self.condition(arguments_of(op, args, 1)[0]))
        if op in _COMPARE:
            return self._compare(op, *arguments_of(op, args, 2))
        if op in _SPATIAL:
            return self._spatial(op, *arguments_of(op, args, 2))
        return self._other(op, args)

    def _other(self, op: str, args: list[Any]) -> pa.Array:
        if op == "like":
            return self._like(*arguments_of(op, args, 2))
        if op == "between":
            value, low, high = arguments_of(op, args, 3)
            return pc.and_kleene(self._compare(">=", value, low), self._compare("<=", value, high))
        if op == "in":
            return self._among(*arguments_of(op, args, 2))
        if op == "isNull":
            return self._unknown(arguments_of(op, args, 1)[0])
        if op.startswith("t_"):
            return self._temporal(op, *arguments_of(op, args, 2))
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
        check_kinds(a, b)
        if not is_column(a) and not is_column(b):
            return self.condition(_COMPARE[op](pa.scalar(a), pa.scalar(b)).as_py())
        if not is_column(a):
            a, b, op = b, a, _MIRRORED[op]
        if is_column(b):
            return _COMPARE[op](as_plain(a), as_plain(b))
        return on_values(a, lambda values: _COMPARE[op](values, scalar(b, values.type)))

    def _like(self, left: Any, pattern: Any) -> pa.Array:
        value, text = self._value(left), self._value(pattern)
        if not isinstance(text, str) or not is_column(value) or kind_of(value) != "text":
            raise InputError("like needs a property with text and a text with % or _")
        return on_values(value, lambda values: pc.match_like(values, text))

    def _among(self, left: Any, options: Any) -> pa.Array:
        value = self._value(left)
        if not isinstance(options, list) or not is_column(value):
            raise InputError("in needs a property and a list of values")
        if len(options) > MAX_LIST:
            raise InputError(f"in: {len(options)} values; at most {MAX_LIST}")
        allowed = [self._value(option) for option in options]
        for option in allowed:
            check_kinds(value, option)
        wanted = pa.array(allowed, _ARROW_TYPES[kind_of(value)])

        def find(values: pa.Array) -> pa.Array:
            same = values.cast(wanted.type)
            inside = pc.is_in(same, value_set=wanted)
            return pc.if_else(pc.is_null(same), pa.scalar(None, pa.bool_()), inside)

        return on_values(value, find)

    def _unknown(self, node: Any) -> pa.Array:
        if isinstance(node, dict) and node.get("property") == "geometry":
            return pa.array(~self._placed())
        value = self._value(node)
        if not is_column(value):
            raise InputError("isNull needs a property")
        return pc.is_null(as_plain(value))

    def _placed(self) -> BoolArray:
        if self._layer.geometry is None:
            return np.isfinite(self._layer.lon)
        shapes = self._layer.geometry
        return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)

    def _temporal(self, op: str, left: Any, right: Any) -> pa.Array:
        value = self._value(left)
        if not is_column(value) or kind_of(value) != "text":
            raise InputError(f"{op} needs a property with dates")
        first, last = interval(right)
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
            return finite(node)
        if not isinstance(node, dict):
            raise InputError(f"expected a value, found {str(node)[:40]!r}")
        if "property" in node:
            return self._column(node["property"])
        for name in ("date", "timestamp"):
            if name in node:
                return instant(node[name])
        op, args = node.get("op"), node.get("args")
        if op in {"casei", "accenti"} and isinstance(args, list):
            return folded(self._value(arguments_of(op, args, 1)[0]), op)
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
        a, b = (self._value(part) for part in arguments_of(op, args, 2))
        for part in (a, b):
            if kind_of(part) != "number":
                raise InputError(f"{op} needs numbers")
        left, right = (
            p.cast(pa.float64()) if is_column(p) else pa.scalar(float(p)) for p in (a, b)
        )
        found = _ARITHMETIC[op](left, right)
        if not (is_column(a) or is_column(b)):
            return finite(found.as_py())
        # What is divided by nought is unknown, as in SQL: it is neither above nor below anything.
        return pc.if_else(pc.is_finite(found), found, pa.scalar(None, pa.float64()))
