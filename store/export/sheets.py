"""CSV and XLSX, row by row."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from clusteratlas.cells import defused
from clusteratlas.errors import InputError
from clusteratlas.store.schema import LAYER_TITLES

XLSX_ROWS: Final = 1_048_575  # without the header
XLSX_CELL: Final = 32_767
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


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
    return write_book([(LAYER_TITLES.get(name, name), frames)], path)


def write_book(
    sheets: Iterable[tuple[str, Iterable[pd.DataFrame]]],
    path: Path,
    *,
    widths: Mapping[str, int] | None = None,
) -> int:
    """Write a workbook whose sheets have a title and frames each; return the number of rows.

    Parameters
    ----------
    widths
        Of columns by their names, in characters; others have the width of an empty sheet.

    Raises
    ------
    InputError
        If there are more rows than a sheet holds.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    count = 0
    try:
        for title, frames in sheets:
            sheet = book.create_sheet(title[:31])
            sheet.freeze_panes = "A2"
            count += _append(sheet, frames, WriteOnlyCell, widths or {})
    except BaseException:
        # A sheet that is given up has to be closed, or its half-written XML complains when it is freed.
        for sheet in book.worksheets:
            sheet.close()
        raise
    book.save(path)
    return count


def _append(
    sheet: Any, frames: Iterable[pd.DataFrame], make: Any, widths: Mapping[str, int]
) -> int:
    from openpyxl.utils import get_column_letter

    count = 0
    for number, frame in enumerate(frames):
        plain = flat(frame)
        if number == 0:
            for column, name in enumerate(plain.columns, start=1):
                if name in widths:
                    sheet.column_dimensions[get_column_letter(column)].width = widths[name]
            sheet.append(list(plain.columns))
        count += len(plain)
        if count > XLSX_ROWS:
            raise InputError(f"more than {XLSX_ROWS:,} rows do not fit a sheet: export .csv")
        for row in plain.itertuples(index=False, name=None):
            sheet.append([_sheet_cell(value, sheet, make) for value in row])
    return count


def _sheet_cell(value: object, sheet: Any, make: Any) -> object:
    found = defused(_cell(value))
    if not isinstance(found, str):
        return found
    cell = make(sheet, value=_NO_XML.sub("", found)[:XLSX_CELL])
    cell.data_type = "s"  # never a formula, whatever it looks like
    return cell


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
