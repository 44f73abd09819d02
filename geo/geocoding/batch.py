"""Geocode a column: every distinct address once, every distinct answer once."""

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.parser import find_number
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS, GeocodeResult, format_weights

if TYPE_CHECKING:
    from clusteratlas.geo.geocoding.offline import _Engine

_PROGRESS_STEP: Final = 20_000
_PROGRESS_AFTER_S: Final = 2.0
_NUMBERS: Final = ("lon", "lat", "radius_m", "confidence")


def geocode_frame(
    engine: "_Engine",
    addresses: Iterable[object],
    names: Iterable[object] | None,
    cities: Iterable[object] | None,
    *,
    progress: bool,
) -> pd.DataFrame:
    """Return one row per address; see :meth:`OfflineGeocoder.geocode_frame`."""
    texts = list(addresses)
    given_names = _column(names, len(texts), "names")
    given_cities = _column(cities, len(texts), "cities")
    results: list[GeocodeResult] = []
    row_of: dict[int, int] = {}
    rows = np.empty(len(texts), dtype=np.int64)
    seen: dict[tuple[object, object, object], int] = {}
    started = time.monotonic()
    for number, key in enumerate(zip(texts, given_names, given_cities, strict=True)):
        try:
            row = seen.get(key, -1)
        except TypeError:  # an unhashable cell, as from JSON: not text, hence empty
            key = ("", "", "")
            row = seen.get(key, -1)
        if row < 0:
            result = _one(engine, *key)
            row = row_of.get(id(result), -1)
            if row < 0:
                row = row_of[id(result)] = len(results)
                results.append(result)
            seen[key] = row
        rows[number] = row
        if progress and number % _PROGRESS_STEP == 0:
            _show(number, len(texts), started)
    if progress and time.monotonic() - started > _PROGRESS_AFTER_S:
        _show(len(texts), len(texts), started)
        print(file=sys.stderr)  # noqa: T201
    index = addresses.index if isinstance(addresses, pd.Series) else None
    return _frame(results, rows, index)


def _column(values: Iterable[object] | None, length: int, what: str) -> list[object]:
    column: list[object] = list(values) if values is not None else [""] * length
    if len(column) != length:
        raise InputError(f"{what}: {len(column)} values for {length} addresses")
    return column


def _one(engine: "_Engine", address: object, name: object, city: object) -> GeocodeResult:
    text = normalise(address)
    answer = engine.answer(
        text,
        normalise(name) if name else "",
        engine.city_code(normalise(city)) if city else "",
    )
    placed = answer.placed
    if placed is None or placed.road is None or not placed.road.end.known:
        return answer.result
    start = text.find(placed.road.name) + len(placed.road.name)
    return engine.with_number(answer.result, placed, find_number(text, start))


def _frame(
    results: list[GeocodeResult], rows: NDArray[np.int64], index: pd.Index | None
) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for column in RESULT_COLUMNS:
        values = _values(results, column)
        if column in _NUMBERS:
            distinct = np.array(values, dtype=np.float64)
            columns[column] = distinct[rows] if len(rows) else distinct[:0]
        else:
            columns[column] = pd.Series(values, dtype="str").array.take(rows)
    return pd.DataFrame(columns, index=index)


def _values(results: list[GeocodeResult], column: str) -> list[object]:
    if column == "geocode_status":
        return [result.status for result in results]
    if column == "candidates":
        return [format_weights(result.candidates) for result in results]
    return [getattr(result, column) for result in results]


def _show(done: int, total: int, started: float) -> None:
    elapsed = time.monotonic() - started
    if elapsed > _PROGRESS_AFTER_S:
        print(f"\rgeocoded {done:,} of {total:,}", end="", file=sys.stderr, flush=True)  # noqa: T201
