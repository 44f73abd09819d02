"""The query of an items request: parsed, checked, and turned into rows of a layer."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.api.cql2 import evaluate, read_filter
from clusteratlas.api.crs import ALL_CRS, CRS84, Crs, find_crs
from clusteratlas.api.ogc import F
from clusteratlas.api.paging import (
    Page,
    SortKey,
    page_in_order,
    page_in_row_order,
    parse_sortby,
    row_order,
    rows_of,
)
from clusteratlas.api.params import Param, Params, bbox, choice, integer, split_query, text
from clusteratlas.api.state import Served
from clusteratlas.errors import InputError
from clusteratlas.settings import Settings
from clusteratlas.store.index import Layer
from clusteratlas.store.point_grid import Box

IntArray = NDArray[np.int64]

TRUTHS: Final = {"true": True, "false": False, "1": True, "0": False}
_INSTANT: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-][0-2]\d:[0-5]\d))?"
)


def parse_interval(value: str) -> tuple[str, str]:
    """Parse an RFC 3339 instant or interval into first and last day; "" where it is open.

    Raises
    ------
    InputError
        If it is neither.
    """
    ends = value.split("/")
    if len(ends) > 2:
        raise InputError(f"{value[:60]!r} is not a date-time or an interval of two")
    for end in ends:
        if not _INSTANT.fullmatch(end) and not (len(ends) == 2 and end in {"", ".."}):
            raise InputError(f"{value[:60]!r} is not RFC 3339 (2015-07-01, 2010-01-01/..)")
    first, last = ("" if end in {"", ".."} else end[:10] for end in (ends * 2)[:2])
    if first and last and first > last:
        raise InputError(f"{first} is after {last}")
    if len(ends) == 2 and not first and not last:
        raise InputError("an interval needs a begin or an end")
    return first, last


def _crs(name: str, description: str) -> Param:
    schema = {"type": "string", "format": "uri", "enum": list(ALL_CRS), "default": CRS84}
    return Param(name, find_crs, schema, description, default=find_crs(CRS84))


CRS: Final = _crs("crs", "Coordinate reference system of the answer")
ITEM_PARAMS: Final = Params.of(
    Param(
        "limit",
        integer(1),
        {"type": "integer", "minimum": 1, "default": 10},
        "Most features in the page; a larger value than the server's maximum means the maximum",
    ),
    Param(
        "bbox",
        bbox,
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        "west,south,east,north; only features that meet this box",
        explode=False,
    ),
    _crs("bbox-crs", "Coordinate reference system of bbox"),
    CRS,
    Param(
        "datetime",
        parse_interval,
        {"type": "string"},
        "Date-time or interval; enterprises that were registered by then (unknown dates stay in)",
    ),
    Param(
        "filter",
        text(12_000, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": 12_000},
        "Condition in CQL2: district = '浑南区' AND sectors LIKE '%robotics%'",
    ),
    Param(
        "filter-lang",
        choice("cql2-text", "cql2-json"),
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        "Language of filter",
        default="cql2-text",
    ),
    _crs("filter-crs", "Coordinate reference system of the geometries in filter"),
    Param("sortby", text(300), {"type": "string", "maxLength": 300}, "Columns, -column descends"),
    Param(
        "cursor",
        text(4000, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": 4000},
        "Where the page begins: from a next link",
    ),
    F,
)


@dataclass(frozen=True)
class ItemsQuery:
    """A checked items request; ``given`` are its fields as they were written, for the links."""

    limit: int
    box: Box | None
    crs: Crs
    f: str | None
    cursor: str
    since: tuple[str, str] | None
    sort: tuple[SortKey, ...]
    equals: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    filter: str
    filter_lang: str
    filter_crs: Crs


def read_items_query(query: bytes, layer: Layer, settings: Settings) -> ItemsQuery:
    """Parse and check the query string of an items request.

    Raises
    ------
    InputError
        For an unknown parameter or a value that is not allowed.
    """
    fields = split_query(query)
    values, equals = _read(fields, layer)
    sort = values.get("sortby")
    return ItemsQuery(
        min(values.get("limit", settings.limit_default), settings.limit_max),
        _box(values),
        values.get("crs", ITEM_PARAMS.known["crs"].default),
        values.get("f"),
        values.get("cursor", ""),
        values.get("datetime"),
        parse_sortby(sort, layer.columns) if sort else (),
        tuple(equals),
        tuple(fields),
        values.get("filter", ""),
        values.get("filter-lang", "cql2-text"),
        values.get("filter-crs", ITEM_PARAMS.known["filter-crs"].default),
    )


def _read(
    fields: list[tuple[str, str]], layer: Layer
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the value of every parameter and queryable, and the queryables with their texts."""
    values: dict[str, Any] = {}
    equals: list[tuple[str, str]] = []
    for name, raw in fields:
        if name in values:
            raise InputError(f"{name}: given more than once")
        param = ITEM_PARAMS.known.get(name)
        if param is not None:
            values[name] = param.read(raw)
        elif name in layer.columns:
            values[name] = raw
            equals.append((name, raw))
        else:
            raise InputError(
                f"unknown query parameter {name[:60]!r}; allowed are "
                f"{', '.join(ITEM_PARAMS.known)}, and the queryables of {layer.name}"
            )
    return values, equals


def _box(values: dict[str, Any]) -> Box | None:
    box: Box | None = values.get("bbox")
    system: Crs | None = values.get("bbox-crs")
    if box is None or system is None:
        return box
    return system.box(box)


def select(served: Served, layer: Layer, query: ItemsQuery) -> Page:
    """Return the page of a layer that a query asks for."""
    chosen = _chosen(served, layer, query)
    if not query.sort:
        return page_in_row_order(
            layer, limit=query.limit, cursor=query.cursor, box=query.box, chosen=chosen
        )
    key = (layer.name, query.sort)
    rank = served.orders.get(key)
    if rank is None:
        rank = row_order(layer, query.sort)
        served.orders.put(key, rank, size=rank.nbytes)
    return page_in_order(
        layer,
        keys=query.sort,
        rank=rank,
        limit=query.limit,
        cursor=query.cursor,
        rows=rows_of(layer, query.box, chosen),
    )


def _chosen(served: Served, layer: Layer, query: ItemsQuery) -> IntArray | None:
    """Return the rows that the attribute filters leave, ascending; None for all."""
    if not query.equals and query.since is None and not query.filter:
        return None
    language = (query.filter_lang, query.filter_crs.uri)
    key = (layer.name, query.equals, query.since, query.filter, language)
    rows: IntArray | None = served.filters.get(key)
    if rows is None:
        keep = np.ones(len(layer), dtype=bool)
        for column, value in query.equals:
            keep &= equal_mask(layer, column, value)
        if query.since is not None:
            keep &= _existing(layer, query.since)
        if query.filter:
            keep &= _passing(layer, query)
        rows = np.flatnonzero(keep)
        served.filters.put(key, rows, size=rows.nbytes)
    return rows


def _passing(layer: Layer, query: ItemsQuery) -> NDArray[np.bool_]:
    try:
        return evaluate(layer, read_filter(query.filter, query.filter_lang), query.filter_crs)
    except InputError as error:
        raise InputError(f"filter: {error}") from error


def equal_mask(layer: Layer, column: str, value: str) -> NDArray[np.bool_]:
    """Tell for each row whether a column equals a text (a number where the column holds numbers).

    Raises
    ------
    InputError
        If the column holds numbers and the text is none.
    """
    values = layer.values(column)
    wanted: Any = value
    if pa.types.is_boolean(values.type):
        wanted = TRUTHS.get(value.lower())
        if wanted is None:
            raise InputError(f"{column}: {value[:60]!r} is not true or false")
    elif not hasattr(values.type, "value_type") and "string" not in str(values.type):
        try:
            wanted = float(value)
        except ValueError as error:
            raise InputError(f"{column}: {value[:60]!r} is not a number") from error
    same = pc.equal(values, wanted)
    return np.asarray(pc.fill_null(same, False).combine_chunks().to_numpy(zero_copy_only=False))


def _existing(layer: Layer, since: tuple[str, str]) -> NDArray[np.bool_]:
    """Tell which rows existed in an interval: registered by its end, or of unknown date."""
    last = since[1]
    if not last or "registered" not in layer.table.column_names:
        return np.ones(len(layer), dtype=bool)
    there = pc.less_equal(layer.values("registered").cast("large_string"), last)
    return np.asarray(pc.fill_null(there, True).combine_chunks().to_numpy(zero_copy_only=False))
