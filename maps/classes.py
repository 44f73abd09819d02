"""Group values into classes for a legend: natural breaks (Jenks), quantiles, or around a middle."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from clusteratlas.errors import InputError
from clusteratlas.maps.style import ABSENT, diverging_ramp, ramp

Scheme = Literal["jenks", "quantiles"]
SCHEMES: Final = ("jenks", "quantiles")

_METHOD: Final = {
    "jenks": {"zh": "分级：自然断点（Jenks）", "en": "Classes: natural breaks (Jenks)"},
    "quantiles": {"zh": "分级：分位数", "en": "Classes: quantiles"},
}


@dataclass(frozen=True)
class Classes:
    """Upper bounds of the classes (the last is the largest value), and a colour for each."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    least: float
    whole: bool
    scheme: Scheme

    @property
    def method(self) -> Mapping[str, str]:
        """How the classes were made, in both languages."""
        return _METHOD[self.scheme]


def classify_values(
    values: Mapping[str, Any],
    *,
    classes: int = 5,
    scheme: Scheme = "jenks",
    middle: float | None = None,
) -> Classes:
    """Group values into at most ``classes`` classes.

    Parameters
    ----------
    values
        Value by district code; None and NaN mean no data and are left out.
    classes
        2..6. With fewer distinct values there are as many classes as values.
    scheme
        ``jenks`` (Fisher's exact optimum; Fisher 1958, doi:10.1080/01621459.1958.10501479) or
        ``quantiles``.
    middle
        If given and inside the range, it is a class bound, and colours diverge from it (a location
        quotient diverges from 1).

    Raises
    ------
    InputError
        If there is no value at all, or ``classes`` is out of range.
    """
    if not 2 <= classes <= 6:
        raise InputError(f"{classes} classes; expected 2 to 6")
    if scheme not in SCHEMES:
        raise InputError(f"scheme {scheme!r}; expected one of {', '.join(SCHEMES)}")
    numbers = _numbers(values)
    if not numbers.size:
        raise InputError("there is no value to map: every district is without data")
    whole = bool(np.all(numbers == np.rint(numbers)))
    if middle is not None and numbers.min() < middle < numbers.max():
        bounds, colours = _around(numbers, middle, classes, scheme)
    else:
        bounds = _bounds(numbers, classes, scheme)
        colours = ramp(len(bounds))
    return Classes(tuple(bounds), tuple(colours), float(numbers.min()), whole, scheme)


def _around(
    numbers: np.ndarray[Any, np.dtype[np.float64]], middle: float, classes: int, scheme: Scheme
) -> tuple[list[float], list[str]]:
    """Return bounds and colours that diverge from the middle; zero is a pale class of its own."""
    zero = bool((numbers == 0).any()) and middle > 0
    low = numbers[(numbers <= middle) & (numbers != 0)] if zero else numbers[numbers <= middle]
    below = _bounds(low, classes // 2, scheme) if low.size else []
    above = _bounds(numbers[numbers > middle], classes - classes // 2, scheme)
    bounds = [*([0.0] if zero else []), *below[:-1], *([float(middle)] if below else []), *above]
    return bounds, [*([ABSENT] if zero else []), *diverging_ramp(len(below), len(above))]


def _numbers(values: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    floats = np.array([math.nan if value is None else float(value) for value in values.values()])
    return floats[np.isfinite(floats)] if floats.size else floats


def _bounds(
    numbers: np.ndarray[Any, np.dtype[np.float64]], classes: int, scheme: Scheme
) -> list[float]:
    distinct = np.unique(numbers)
    if distinct.size <= classes:
        return [float(value) for value in distinct]
    import mapclassify

    with warnings.catch_warnings():
        # It notes that numba is absent: a hundred districts take a millisecond without it.
        warnings.simplefilter("ignore")
        made = (mapclassify.FisherJenks if scheme == "jenks" else mapclassify.Quantiles)(
            numbers, k=classes
        )
    return [float(bound) for bound in np.unique(made.bins)]
