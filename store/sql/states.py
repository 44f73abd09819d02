"""What one new row does to a stored one: store, update, leave, or reject."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.store.schema import ENTERPRISE_COLUMNS, FACT_COLUMNS, VOLATILE_COLUMNS

NAMES: Final = tuple(name for name in ENTERPRISE_COLUMNS if name != "fid")
AT: Final = {name: index for index, name in enumerate(NAMES)}
CONFLICT: Final = "conflicting_duplicate"

_COMPARED: Final = tuple(AT[name] for name in NAMES if name not in VOLATILE_COLUMNS)
_FACTS: Final = tuple(AT[name] for name in FACT_COLUMNS)
# Conclusions and the fact they rest on: while that fact is only known from the stored state, the
# stored conclusion stands too.
_CONCLUDED: Final = {
    "address": (
        "adcode", "district", "zone", "park_ids", "lon", "lat", "precision", "radius_m",
        "membership", "confidence", "evidence", "coord_source", "address_source", "status",
    ),
    "scope": ("sectors", "sector_scores", "sector_evidence", "products", "roles"),
}  # fmt: skip

Row = tuple[Any, ...]
Action = Literal["unchanged", "confirmed", "updated", "rejected"]


def rows_of(frame: pd.DataFrame, valid_from: str) -> list[Row]:
    """Return the rows of a frame as tuples in the order of :data:`NAMES`.

    Missing text is "", a missing number or registration date None; absent columns are missing.

    Raises
    ------
    InputError
        If a row has no ``enterprise_id``, or a number column holds something else.
    """
    columns: list[Sequence[Any]] = []
    count = len(frame)
    for name in NAMES:
        if name not in frame.columns:
            columns.append([_missing(name)] * count)
        elif ENTERPRISE_COLUMNS[name] == "float64":
            columns.append(_numbers(frame[name], name))
        else:
            texts = frame[name].fillna("").astype("str").tolist()
            columns.append([text or None for text in texts] if name == "registered" else texts)
    rows = list(zip(*columns, strict=True))
    start = AT["valid_from"]
    rows = [row if row[start] else _put(row, start, valid_from) for row in rows]
    if any(not row[AT["enterprise_id"]] for row in rows):
        raise InputError("an enterprise without enterprise_id cannot be stored")
    return rows


def _missing(name: str) -> str | None:
    return None if name == "registered" or ENTERPRISE_COLUMNS[name] == "float64" else ""


def _numbers(values: "pd.Series[Any]", name: str) -> list[float | None]:
    try:
        numbers = pd.to_numeric(values).astype("float64").tolist()
    except (TypeError, ValueError) as error:
        raise InputError(f"column {name} holds a value that is no number: {error}") from error
    return [number if math.isfinite(number) else None for number in numbers]


def _put(row: Row, at: int, value: str) -> Row:
    return (*row[:at], value, *row[at + 1 :])


def reconcile(new: Row, old: Row) -> tuple[Action, Row]:
    """Decide what a new state of a stored enterprise means, and return the state to keep.

    A blank fact states nothing: the stored one stays, with what was concluded from it. Among
    states with a ``source_date`` (registry extracts) only a later date changes facts; an equal
    date with other facts is a contradiction inside one extract and is rejected; an earlier date is
    older news. Facts that agree let new conclusions (geocoding, classification) in at any date.
    """
    merged = _merge(new, old)
    date = AT["source_date"]
    if new[date] and old[date]:
        differ = [at for at in _FACTS if merged[at] != old[at] and old[at] not in ("", None)]
        if differ and new[date] < old[date]:
            return "unchanged", old
        if differ and new[date] == old[date]:
            return "rejected", old
        if new[date] < old[date]:
            merged = _put(merged, date, old[date])
    if any(merged[at] != old[at] for at in _COMPARED):
        return "updated", merged
    if merged[date] != old[date]:
        return "confirmed", _put(merged, AT["valid_from"], old[AT["valid_from"]])
    return "unchanged", old


def _merge(new: Row, old: Row) -> Row:
    if not new[AT["source_date"]]:
        return new
    merged = list(new)
    for at in _FACTS:
        if new[at] in ("", None):
            merged[at] = old[at]
    for fact, conclusions in _CONCLUDED.items():
        if new[AT[fact]] in ("", None) and old[AT[fact]] not in ("", None):
            for name in conclusions:
                merged[AT[name]] = old[AT[name]]
    if old[AT["uscc"]] and not new[AT["uscc"]]:
        merged[AT["enterprise_id"]] = old[AT["enterprise_id"]]
    return tuple(merged)


def former_values(new: Row, old: Row) -> Mapping[str, Any]:
    """Return the old values of the columns that changed."""
    return {NAMES[at]: old[at] for at in _COMPARED if new[at] != old[at]}
