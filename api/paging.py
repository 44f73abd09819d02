"""Which rows of a layer a request means, in which order, and where the next page begins.

Pages are cut by key, not by number: the cursor holds the last row's fid and sort values, so that rows
inserted meanwhile neither repeat nor hide others.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer
from clusteratlas.store.point_grid import Box, in_box

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class SortKey:
    """One column of an order; unknown values come last in both directions."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Rows of one page, how many match in all, and the cursor of the next page ("" if none)."""

    rows: IntArray
    matched: int
    cursor: str


def parse_sortby(text: str, columns: tuple[str, ...]) -> tuple[SortKey, ...]:
    """Parse ``name,-capital``.

    Raises
    ------
    InputError
        If a column is unknown or named twice.
    """
    keys = []
    for part in text.split(","):
        column = part.removeprefix("+").removeprefix("-").strip()
        if column not in columns:
            raise InputError(
                f"no column {column[:60]!r} to sort by; there are {', '.join(columns)}"
            )
        keys.append(SortKey(column, descending=part.startswith("-")))
    if len({key.column for key in keys}) < len(keys):
        raise InputError("a column is named twice")
    return tuple(keys)


def encode_cursor(values: list[Any]) -> str:
    """Return the opaque form of a fid followed by sort values."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def decode_cursor(text: str, keys: int) -> list[Any]:
    """Return the fid and the sort values of a cursor.

    Raises
    ------
    InputError
        If it was not made here, or for another order.
    """
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InputError("not a cursor that this server gave out") from error
    simple = isinstance(values, list) and all(
        value is None or isinstance(value, (str, int, float)) for value in values
    )
    if not simple or len(values) != keys + 1 or type(values[0]) is not int:
        raise InputError("not a cursor that this server gave out for this order")
    if abs(values[0]) >= 2**63:
        raise InputError("not a cursor that this server gave out")
    return values  # type: ignore[no-any-return]  # checked above


def page_in_row_order(
    layer: Layer, *, limit: int, cursor: str, box: Box | None, chosen: IntArray | None
) -> Page:
    """Cut one page in the order of fid.

    Parameters
    ----------
    chosen
        The rows that a filter leaves, ascending; None for all.
    """
    start = 0
    if cursor:
        fid = decode_cursor(cursor, 0)[0]
        start = int(np.searchsorted(layer.fid, fid, side="right"))
    if chosen is None and box is None:
        matched = len(layer)
        rows = np.arange(start, min(start + limit + 1, matched), dtype=np.int64)
    elif chosen is None and box is not None and layer.geometry is None:
        rows, matched = layer.grid.window(box, start=start, limit=limit + 1)
    else:
        chosen = rows_of(layer, box, chosen)
        matched = len(chosen)
        first = int(np.searchsorted(chosen, start))
        rows = chosen[first : first + limit + 1]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, matched, encode_cursor([int(layer.fid[rows[-1]])]) if more else "")


def rows_of(layer: Layer, box: Box | None, chosen: IntArray | None) -> IntArray:
    """Return the rows in a box that a filter leaves, ascending."""
    if box is None:
        return np.arange(len(layer), dtype=np.int64) if chosen is None else chosen
    if chosen is None:
        return layer.rows_in(box)
    if layer.geometry is None:
        return chosen[in_box(layer.lon[chosen], layer.lat[chosen], box)]
    return np.intersect1d(chosen, layer.rows_in(box), assume_unique=True)


def row_order(layer: Layer, keys: tuple[SortKey, ...]) -> IntArray:
    """Return the rank of every row: sorted by the keys, unknown last, then by fid."""
    columns = {"_row": pa.array(np.arange(len(layer)))}
    by: list[tuple[str, str]] = []
    for number, key in enumerate(keys):
        column = layer.values(key.column)
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.large_string())
        columns[f"k{number}"] = column
        by.append((f"k{number}", "descending" if key.descending else "ascending"))
    order = pc.sort_indices(pa.table(columns), sort_keys=[*by, ("_row", "ascending")])
    rank = np.empty(len(layer), dtype=np.int64)
    rank[order.to_numpy()] = np.arange(len(layer))
    return rank


def page_in_order(
    layer: Layer,
    *,
    keys: tuple[SortKey, ...],
    rank: IntArray,
    limit: int,
    cursor: str,
    rows: IntArray,
) -> Page:
    """Cut one page of ``rows`` in the order of :func:`row_order`."""
    ordered = rows[np.argsort(rank[rows])]
    start = _after(layer, keys, ordered, decode_cursor(cursor, len(keys))) if cursor else 0
    page = ordered[start : start + limit]
    following = ""
    if start + limit < len(ordered):
        following = encode_cursor(_key(layer, keys, int(page[-1])))
    return Page(page, len(rows), following)


def _key(layer: Layer, keys: tuple[SortKey, ...], row: int) -> list[Any]:
    values = [layer.values(key.column)[row].as_py() for key in keys]
    return [int(layer.fid[row]), *values]


def _after(layer: Layer, keys: tuple[SortKey, ...], ordered: IntArray, last: list[Any]) -> int:
    """Return the place of the first row that comes after the key of a cursor."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if _compare(_key(layer, keys, int(ordered[middle])), last, keys) <= 0:
            low = middle + 1
        else:
            high = middle
    return low


def _compare(a: list[Any], b: list[Any], keys: tuple[SortKey, ...]) -> int:
    for key, left, right in zip(keys, a[1:], b[1:], strict=True):
        if left == right:
            continue
        if left is None or right is None:
            return 1 if left is None else -1
        try:
            below = left < right
        except TypeError as error:
            raise InputError("not a cursor that this server gave out for this order") from error
        return -1 if below != key.descending else 1
    return int(a[0] > b[0]) - int(a[0] < b[0])
