"""What is written for an enterprise or a table, whatever database takes it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clusteratlas.errors import CrsError, InputError
from clusteratlas.store.names import name_key
from clusteratlas.store.schema import COLLECTIONS, TABLES
from clusteratlas.store.sql.aggregates import sectors_of
from clusteratlas.store.sql.states import AT, NAMES, Row, former_values

_TERMS: Final = tuple(AT[name] for name in ("name", "legal_name", "aliases"))
_EPSG: Final = 4326


def now_text() -> str:
    """Return the UTC time as ISO text, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_replaceable_layer(name: str) -> bool:
    """Tell whether a name is a layer (True) or a table (False) that is replaced as a whole.

    Raises
    ------
    InputError
        If it is neither, or ``enterprises``.
    """
    spatial = name in COLLECTIONS
    if name == "enterprises" or not (spatial or name in TABLES):
        raise InputError(f"table {name!r} cannot be replaced as a whole")
    return spatial


def checked_layer(name: str, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a layer as a GeoDataFrame in EPSG:4326, or refuse it.

    Raises
    ------
    InputError
        If the frame carries no geometry.
    CrsError
        If it is not in EPSG:4326.
    """
    if not isinstance(rows, gpd.GeoDataFrame):
        raise InputError(f"layer {name!r} takes a GeoDataFrame")
    if rows.crs is None or rows.crs.to_epsg() != _EPSG:
        found = "no CRS" if rows.crs is None else rows.crs.to_string()
        raise CrsError(f"{name} is in {found}; expected EPSG:4326")
    return rows


def geometry_type(rows: pd.DataFrame) -> str:
    """Return the narrowest type that holds a layer's geometries; "" for a table."""
    if not isinstance(rows, gpd.GeoDataFrame):
        return ""
    kinds = set(rows.geometry.geom_type.dropna())
    if kinds and kinds <= {"Polygon", "MultiPolygon"}:
        return "MULTIPOLYGON"
    return "POINT" if kinds == {"Point"} else "GEOMETRY"


def layer_shapes(layer: gpd.GeoDataFrame) -> list[Any]:
    """Return the geometries as they are stored: in a layer of areas all are MultiPolygons."""
    if geometry_type(layer) != "MULTIPOLYGON":
        return list(layer.geometry)
    return [
        shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
        for shape in layer.geometry
    ]


def renamed_between(before: Row, after: Row) -> bool:
    """Tell whether a name by which the enterprise is found has changed."""
    return any(before[at] != after[at] for at in _TERMS)


def former_ids(rows: pd.DataFrame) -> list[str]:
    """Return the column ``former_id`` as texts; "" where a row has none."""
    if "former_id" not in rows.columns:
        return [""] * len(rows)
    return [str(former) for former in rows["former_id"].fillna("")]


def moved_between(before: Row, after: Row) -> bool:
    """Tell whether the position has changed."""
    return any(before[AT[name]] != after[AT[name]] for name in ("lon", "lat"))


def sector_keys(rows: Iterable[tuple[int, Row]]) -> list[tuple[str, int]]:
    """Return ``(sector, fid)`` of every sector of every row."""
    return [(sector, fid) for fid, row in rows for sector in sectors_of(row)]


def name_keys(rows: Iterable[tuple[int, Row]]) -> list[tuple[int, int]]:
    """Return ``(name key, fid)`` of the registry firms."""
    return [
        (name_key(row[AT["name"]], row[AT["city"]]), fid)
        for fid, row in rows
        if row[AT["origin"]] == "registry"
    ]


def searchable_names(rows: Iterable[tuple[int, Row]]) -> Iterable[tuple[int, list[str]]]:
    """Yield fid and the names under which the enterprise is found."""
    for fid, row in rows:
        parts = (row[AT["name"]], row[AT["legal_name"]], *row[AT["aliases"]].split(";"))
        yield fid, list(dict.fromkeys(part for part in parts if part))


def history_record(fid: int, old: Row, new: Row) -> tuple[int, str, str, str, str]:
    """Return ``fid, enterprise_id, valid_from, valid_to, changed`` of a state that ended."""
    changed = json.dumps(former_values(new, old), ensure_ascii=False)
    start, end = AT["valid_from"], new[AT["valid_from"]]
    return fid, old[AT["enterprise_id"]], old[start], end, changed


def state_json(row: Row) -> str:
    """Return the last state of a deleted enterprise."""
    state = {name: value for name, value in zip(NAMES, row, strict=True) if value not in ("", None)}
    return json.dumps({"deleted": True, **state}, ensure_ascii=False)


def _sql_type(values: "pd.Series[Any]") -> str:
    if pd.api.types.is_bool_dtype(values):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(values):
        return "INTEGER"
    return "DOUBLE" if pd.api.types.is_float_dtype(values) else "TEXT"


def _plain(value: Any) -> object:
    """Return a value that SQLite holds: lists and arrays as ;-joined text, missing as None."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return ";".join(str(part) for part in value)
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def table_records(rows: pd.DataFrame) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    """Return SQL type by column, and the rows as tuples of plain values."""
    plain = rows.drop(columns=[c for c in ("fid", "id") if c in rows.columns])
    columns = {str(column): _sql_type(plain[column]) for column in plain.columns}
    values = []
    for column, kind in columns.items():
        cells = [_plain(value) for value in plain[column]]
        if kind == "TEXT":
            cells = [None if cell is None else str(cell) for cell in cells]
        values.append(cells)
    return columns, list(zip(*values, strict=True))
