"""Classes of values for a legend."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.errors import InputError
from clusteratlas.maps.classes import classify_values
from clusteratlas.maps.style import ABSENT


def test_jenks_finds_the_natural_breaks() -> None:
    values = dict(zip("abcdefghi", [1, 2, 3, 20, 21, 22, 90, 91, 92], strict=True))
    assert list(classify_values(values, classes=3).breaks) == [3, 22, 92]


def test_quantiles_share_the_districts_out() -> None:
    values = {str(at): at for at in range(1, 13)}
    groups = classify_values(values, classes=4, scheme="quantiles")
    assert list(groups.breaks) == [3.75, 6.5, 9.25, 12]


def test_fewer_values_than_classes_get_a_class_each() -> None:
    groups = classify_values({"a": 5, "b": 5, "c": 7})
    assert list(groups.breaks) == [5, 7]
    assert len(groups.colours) == 2


def test_missing_values_are_left_out() -> None:
    groups = classify_values({"a": None, "b": math.nan, "c": 2.5, "d": 4})
    assert list(groups.breaks) == [2.5, 4]
    assert groups.least == 2.5
    assert not groups.whole


def test_colours_diverge_from_the_middle_and_zero_stands_apart() -> None:
    values = dict(zip("abcdefg", [0, 0, 0.4, 0.9, 1.5, 2, 6], strict=True))
    groups = classify_values(values, classes=4, middle=1.0)
    assert list(groups.breaks) == [0, 0.4, 1, 2, 6]
    assert groups.colours[0] == ABSENT
    assert len(groups.colours) == len(groups.breaks)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.integers(2, 6))
def test_every_value_falls_into_a_class(numbers: list[float], classes: int) -> None:
    values = {str(at): number for at, number in enumerate(numbers)}
    groups = classify_values(values, classes=classes)
    assert list(groups.breaks) == sorted(set(groups.breaks))
    assert groups.breaks[-1] >= max(numbers)
    assert len(groups.colours) == len(groups.breaks) <= classes


@pytest.mark.parametrize(
    ("values", "options"),
    [({}, {}), ({"a": None}, {}), ({"a": 1}, {"classes": 1}), ({"a": 1}, {"scheme": "equal"})],
)
def test_wrong_input_is_named(values: dict[str, object], options: dict[str, object]) -> None:
    with pytest.raises(InputError):
        classify_values(values, **options)  # type: ignore[arg-type]
