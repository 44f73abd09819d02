"""Geocode a column with a chain of providers: each distinct address once, with progress."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from clusteratlas.errors import GeocodingError
from clusteratlas.geo.geocoding.meter import Meter
from clusteratlas.geo.geocoding.providers.failures import AccessRefusedError
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS, GeocodeResult, format_weights

Row = tuple[str, str, str]
"""Address, name and city of one record."""


def rows_of(
    addresses: pd.Series, names: Iterable[object] | None, cities: Iterable[object] | None
) -> list[Row]:
    """Return address, name and city of every record; what is no text counts as empty."""
    count = len(addresses)
    columns = (_texts(addresses, count), _texts(names, count), _texts(cities, count))
    return list(zip(*columns, strict=True))


def resolve_all(
    rows: list[Row], resolve: Callable[[str, str, str], GeocodeResult], *, progress: bool
) -> dict[Row, GeocodeResult]:
    """Return the result of every distinct row.

    Raises
    ------
    GeocodingError
        As ``resolve`` does, with how far it came.
    """
    found: dict[Row, GeocodeResult] = {}
    distinct = list(dict.fromkeys(rows))
    meter = Meter(len(distinct), shown=progress)
    for done, row in enumerate(distinct):
        try:
            found[row] = resolve(*row)
        except GeocodingError as error:
            raise _unfinished(error, done, len(distinct)) from error
        meter.add(1)
    meter.finish()
    return found


def as_frame(results: list[GeocodeResult], offline: pd.DataFrame) -> pd.DataFrame:
    """Return results with the columns, types and index of the offline geocoder's frame."""
    renamed = {"geocode_status": "status"}
    columns: dict[str, Any] = {}
    for column in RESULT_COLUMNS:
        values = [getattr(result, renamed.get(column, column)) for result in results]
        if column == "candidates":
            values = [format_weights(weights) for weights in values]
        columns[column] = pd.Series(values, index=offline.index, dtype=offline[column].dtype)
    return pd.DataFrame(columns, index=offline.index)


def _texts(values: Iterable[object] | None, count: int) -> list[str]:
    cells = [""] * count if values is None else list(values)
    return [cell if isinstance(cell, str) else "" for cell in cells]


def _unfinished(error: GeocodingError, done: int, total: int) -> GeocodingError:
    """Return the error with how far the batch came; what was answered is kept."""
    if isinstance(error, AccessRefusedError) and not done:
        return error
    message = f"{error} ({done:,} of {total:,} addresses done and kept; run again to go on)"
    return type(error)(message, retry_after=error.retry_after)
