"""Values in a CQL2 filter: columns and constants, what kind they are, and how they meet.

Every function raises InputError where the filter asks for what cannot be.
"""

import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clusteratlas.errors import InputError

Value = Any  # a pyarrow array of one value a row, or a Python scalar

LARGE_TEXT = pa.large_string()


def arguments_of(op: str, args: list[Any], count: int) -> list[Any]:
    """Return the arguments of an operation, as many as it takes."""
    if len(args) != count:
        raise InputError(f"{op} takes {count} arguments, found {len(args)}")
    return args


def is_column(value: Value) -> bool:
    """Tell whether a value is a column and not one constant."""
    return isinstance(value, (pa.Array, pa.ChunkedArray))


def kind_of(value: Value) -> str:
    """Return ``boolean``, ``number`` or ``text``."""
    if not is_column(value):
        if isinstance(value, bool):
            return "boolean"
        return "number" if isinstance(value, (int, float)) else "text"
    kind = value.type
    if pa.types.is_boolean(kind):
        return "boolean"
    return "number" if pa.types.is_integer(kind) or pa.types.is_floating(kind) else "text"


def check_kinds(a: Value, b: Value) -> None:
    """Refuse to compare values of different kinds."""
    if kind_of(a) != kind_of(b):
        raise InputError(
            f"cannot compare {kind_of(a)} with {kind_of(b)};"
            " text stands in single quotes: adcode = '210112'"
        )


def as_plain(column: pa.Array) -> pa.Array:
    """Return a column of codes as the texts that it stands for."""
    return column.cast(LARGE_TEXT) if pa.types.is_dictionary(column.type) else column


def on_values(column: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a function to each value; a repeating text is looked at once."""
    if pa.types.is_dictionary(column.type):
        return function(column.dictionary.cast(LARGE_TEXT)).take(column.indices)
    return function(column)


def scalar(value: Any, kind: pa.DataType) -> pa.Scalar:
    """Return a constant in the type in which a column can be compared with it."""
    if pa.types.is_integer(kind) and isinstance(value, float):
        return pa.scalar(value, pa.float64())
    return pa.scalar(value, LARGE_TEXT) if isinstance(value, str) else pa.scalar(value)


def finite(value: Any) -> Any:
    """Return a constant; refuses numbers that a double cannot hold."""
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError("a number is too large")
    if isinstance(value, int) and abs(value) >= 2**63:
        return float(value) if abs(value) < 10**300 else finite(math.inf)
    return value


def folded(value: Value, op: str) -> Value:
    """Return text without case (casei) or accents (accenti)."""
    if kind_of(value) != "text":
        raise InputError(f"{op} needs text")
    column = as_plain(value) if is_column(value) else pa.array([value], LARGE_TEXT)
    if op == "casei":
        folded = pc.utf8_lower(column)
    else:
        apart = pc.utf8_normalize(column, form="NFD")
        folded = pc.replace_substring_regex(apart, pattern=r"\p{M}", replacement="")
    return folded if is_column(value) else folded[0].as_py()


def instant(text: Any) -> str:
    """Return the day of a date or date-time: dates are kept as ISO texts."""
    if not isinstance(text, str) or len(text) < 10 or text[4] + text[7] != "--":
        raise InputError(f"{str(text)[:40]!r} is not an ISO date")
    return text[:10]


def interval(node: Any) -> tuple[str, str]:
    """Return first and last day of a date, date-time or interval; "" where it is open."""
    if not isinstance(node, dict):
        raise InputError("expected DATE('…'), TIMESTAMP('…') or INTERVAL('…','…')")
    if "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise InputError("an interval has a begin and an end")
        first, last = ("" if end == ".." else instant(_bare(end)) for end in ends)
        return first, last
    day = instant(node.get("date", node.get("timestamp")))
    return day, day


def _bare(end: Any) -> Any:
    return end.get("date", end.get("timestamp")) if isinstance(end, dict) else end
