"""Frames as JSON (unknown is null, numbers stay numbers), and rows of a layer as CSV."""

import io
import math
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from clusteratlas.store.index import Layer
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

_CSV_COLUMNS: Final = tuple(
    c for c in ENTERPRISE_COLUMNS if c not in {"scope", "sector_evidence", "sector_scores"}
)


def plain(value: Any) -> Any:
    """Return a value that JSON knows: numpy scalars as Python's, NaN and infinity as None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in value]
    return None if value is pd.NA or value is pd.NaT else value


def records(frame: pd.DataFrame, *, index: str = "") -> list[dict[str, Any]]:
    """Return the rows of a frame; ``index`` names the index as a first member."""
    if index:
        frame = frame.rename_axis(index).reset_index()
    rows = frame.to_dict("records")
    return [{str(name): plain(value) for name, value in row.items()} for row in rows]


def csv_of(layer: Layer, found: NDArray[np.int64]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, as spreadsheet programs expect it.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    names = [c for c in _CSV_COLUMNS if c in layer.table.column_names]
    taken = layer.table.select(names).take(pa.array(found))
    columns: dict[str, Any] = {"fid": pa.array(layer.fid[found])}
    for name in names:
        column = taken[name]
        if not pa.types.is_floating(column.type) and not pa.types.is_integer(column.type):
            column = pc.replace_substring_regex(
                pc.fill_null(column.cast(pa.large_string()), ""),
                pattern=r"^([=+\-@\t\r\n＝＋－＠])",
                replacement=r"'\1",
            )
        columns[name] = column
    columns["lon"] = pa.array(np.round(layer.lon[found], 7), from_pandas=True)
    columns["lat"] = pa.array(np.round(layer.lat[found], 7), from_pandas=True)
    out = io.BytesIO(b"\xef\xbb\xbf")
    out.seek(0, io.SEEK_END)
    pa_csv.write_csv(pa.table(columns), out)
    return out.getvalue()
