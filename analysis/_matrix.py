"""Checks that every function over a district x sector matrix makes on entry."""

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError


def checked(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix as ``float64``; refuse what no index is defined for.

    Parameters
    ----------
    matrix
        Rows: districts. Columns: sectors. Values: activity (firms, CNY, persons), 0 or more.

    Raises
    ------
    InputError
        If a value is negative, missing or infinite, or a district or sector stands twice.
    """
    if not matrix.index.is_unique or not matrix.columns.is_unique:
        raise InputError("the matrix names a district or a sector twice")
    values = matrix.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise InputError("the matrix holds a missing or infinite value; 0 means no activity")
    if (values < 0).any():
        raise InputError(
            f"the matrix holds a negative value ({values.min():g}); activity is 0 or more"
        )
    return pd.DataFrame(values, index=matrix.index, columns=matrix.columns)


def divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Return the quotient, NaN where the denominator is 0: no activity has no share."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    )
    quotient = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient


def row(frame: pd.DataFrame, label: str) -> pd.Series:
    """Return one row of a matrix as a series over its columns."""
    return pd.Series(frame.loc[label].to_numpy(), index=frame.columns)
