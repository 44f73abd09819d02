"""Rows of the database server as frames, and a Selection as SQL."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.store._gpkg_frames import truths
from clusteratlas.store.base import Selection

if TYPE_CHECKING:
    import psycopg

_COLUMNS = (
    "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a"
    " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)


def table_columns(connection: "psycopg.Connection[Any]", name: str) -> dict[str, str]:
    """Return the SQL type of every column, in the order of the table."""
    return dict(connection.execute(_COLUMNS, (f'"{name}"',)).fetchall())


def table_frame(
    connection: "psycopg.Connection[Any]", name: str, *, drop: Sequence[str]
) -> pd.DataFrame:
    """Return a table as it is: text as ``str`` with "" for missing, numbers as numbers.

    A column ``geom`` comes as WKB.
    """
    kinds = table_columns(connection, name)
    order = next(iter(kinds))
    columns = [column for column in kinds if column not in drop]
    chosen = ", ".join(_read(column, kinds[column]) for column in columns)
    rows = connection.execute(f'SELECT {chosen} FROM "{name}" ORDER BY "{order}"'.encode())
    frame = pd.DataFrame.from_records(rows.fetchall(), columns=columns)
    for column in columns:
        if kinds[column] == "text":
            frame[column] = frame[column].fillna("").astype("str")
        elif kinds[column] == "double precision":
            frame[column] = frame[column].astype("float64")
        elif kinds[column] == "boolean":
            frame[column] = truths(frame[column])
    return frame


def _read(column: str, kind: str) -> str:
    quoted = '"' + column.replace('"', '""') + '"'
    return f"ST_AsBinary({quoted})" if kind == "geometry" else quoted


def where(selection: Selection | None) -> tuple[str, list[Any]]:
    """Return the condition on ``enterprises e`` that a selection means, with its parameters.

    Raises
    ------
    InputError
        If the box is not ``west, south, east, north`` with south <= north.
    """
    if selection is None:
        return "true", []
    parts: list[str] = []
    values: list[Any] = []
    if selection.bbox is not None:
        _add_box(selection.bbox, parts, values)
    if selection.adcodes:
        _add_adcodes(selection.adcodes, parts, values)
    if selection.sectors:
        parts.append("e.sector_list && %s::text[]")
        values.append([sector for sector in selection.sectors if sector])
    if selection.origin:
        # Written out, so that the planner sees the partial index of the anchors.
        known = selection.origin in ("anchor", "registry")
        parts.append(f"e.origin = '{selection.origin}'" if known else "false")
    if selection.min_confidence > 0:
        parts.append("e.confidence >= %s")
        values.append(selection.min_confidence)
    return " AND ".join(parts) or "true", values


def _add_box(box: tuple[float, float, float, float], parts: list[str], values: list[Any]) -> None:
    west, south, east, north = box
    if not (west <= east and south <= north):
        raise InputError(f"bbox {box}: expected west <= east and south <= north")
    # The index holds float32 boxes: ask it first, then the exact coordinates.
    parts.append("e.geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326)")
    parts.append("e.lon BETWEEN %s AND %s AND e.lat BETWEEN %s AND %s")
    values += [west, south, east, north, west, east, south, north]


def _add_adcodes(adcodes: Sequence[str], parts: list[str], values: list[Any]) -> None:
    exact = [adcode for adcode in adcodes if not adcode.endswith("00")]
    either = ["e.adcode = ANY(%s)"] if exact else []
    if exact:
        values.append(exact)
    for adcode in adcodes:
        if adcode.endswith("00"):
            stem = adcode[:2] if adcode.endswith("0000") else adcode[:4]
            either.append("e.adcode BETWEEN %s AND %s")
            values += [adcode, stem + "9" * (6 - len(stem))]
    parts.append(f"({' OR '.join(either)})")
