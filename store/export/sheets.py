"""CSV and XLSX, row by row."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd

from clusteratlas.cells import defused
from clusteratlas.errors import InputError
from clusteratlas.store.schema import LAYER_TITLES
from clusteratlas.workbooks import MAX_ROWS, write_book


def write_csv(frames: Iterator[pd.DataFrame], path: Path, *, bom: bool) -> int:
    """Write frames as CSV in UTF-8; return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number, frame in enumerate(frames):
            plain = flat(frame)
            if number == 0:
                writer.writerow(plain.columns)
            for row in plain.itertuples(index=False, name=None):
                writer.writerow([defused(_cell(value)) for value in row])
            count += len(plain)
    return count


def write_xlsx(frames: Iterator[pd.DataFrame], path: Path, name: str) -> int:
    """Write frames as a workbook with one sheet; return the number of rows.

    Raises
    ------
    InputError
        If there are more rows than a sheet holds.
    """
    return write_book(path, [(LAYER_TITLES.get(name, name), _rows(frames))])


def _rows(frames: Iterator[pd.DataFrame]) -> Iterator[list[object]]:
    """Yield the names of the columns and the rows of frames."""
    count = 0
    for number, frame in enumerate(frames):
        plain = flat(frame)
        if number == 0:
            yield list(plain.columns)
        count += len(plain)
        if count > MAX_ROWS:
            raise InputError(f"more than {MAX_ROWS:,} rows do not fit a sheet: export .csv")
        for row in plain.itertuples(index=False, name=None):
            yield [_cell(value) for value in row]


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame without geometry: points as ``x, y`` unless lon and lat say it, else WKT."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = frame.geometry
    if {"lon", "lat"} <= set(plain.columns) and _degrees(frame):
        return plain
    if len(shapes) and (shapes.geom_type.dropna() == "Point").all():
        return plain.assign(x=shapes.x, y=shapes.y)
    return plain.assign(wkt=shapes.to_wkt(rounding_precision=7))


def _degrees(frame: gpd.GeoDataFrame) -> bool:
    return frame.crs is None or bool(frame.crs.is_geographic)


def _cell(value: object) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value
