"""Frames as JSON: unknown is null, numbers stay numbers."""

import math
from typing import Any

import numpy as np
import pandas as pd


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
