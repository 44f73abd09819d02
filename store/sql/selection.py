"""A Selection as a condition on ``enterprises e``."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Final

from clusteratlas.errors import InputError
from clusteratlas.store.base import Selection

MAX_ADCODES: Final = 2_000
EVERYTHING: Final = "TRUE"

Box = tuple[float, float, float, float]
Condition = tuple[str, list[Any]]
"""A condition with ``?`` for each value, and the values."""


class SelectionSql(ABC):
    """How one kind of database says a selection; the parts that differ are its subclass'."""

    beside_index = "e.adcode"
    """The district's column where another part of the condition has the better index."""

    def where(self, selection: Selection | None, *, beside_index: bool = False) -> Condition:
        """Return the condition that a selection means.

        Parameters
        ----------
        beside_index
            Whether the statement already finds the enterprises through another index.

        Raises
        ------
        InputError
            If the box is not ``west, south, east, north`` with west <= east and south <= north, or
            there are more than :data:`MAX_ADCODES` districts.
        """
        if selection is None:
            return EVERYTHING, []
        parts: list[Condition] = []
        if selection.bbox is not None:
            parts.append(self.in_box(_checked(selection.bbox)))
        if selection.adcodes:
            column = self.beside_index if beside_index or parts else "e.adcode"
            parts.append(self._in_districts(selection.adcodes, column))
        if selection.sectors:
            parts.append(self.of_sectors(selection.sectors))
        if selection.origin:
            parts.append(self.of_origin(selection.origin))
        if selection.min_confidence > 0:
            parts.append(("e.confidence >= ?", [selection.min_confidence]))
        return _joined(parts, " AND ") if parts else (EVERYTHING, [])

    def _in_districts(self, adcodes: Sequence[str], column: str) -> Condition:
        """Return a condition for districts; a code that ends in 00 means all of a city or province."""
        if len(adcodes) > MAX_ADCODES:
            raise InputError(f"{len(adcodes)} adcodes; at most {MAX_ADCODES}")
        exact = [adcode for adcode in adcodes if not adcode.endswith("00")]
        parts = [self.one_of(column, exact)] if exact else []
        for adcode in adcodes:
            if adcode.endswith("00"):
                stem = adcode[:2] if adcode.endswith("0000") else adcode[:4]
                last = stem + "9" * (6 - len(stem))
                parts.append((f"{column} BETWEEN ? AND ?", [adcode, last]))
        condition, values = _joined(parts, " OR ")
        return f"({condition})", values

    @abstractmethod
    def one_of(self, column: str, texts: Sequence[str]) -> Condition:
        """Return the condition that a column is one of these texts."""

    @abstractmethod
    def in_box(self, box: Box) -> Condition:
        """Return the condition that the point lies in (west, south, east, north), border included."""

    @abstractmethod
    def of_sectors(self, sectors: Sequence[str]) -> Condition:
        """Return the condition that a firm has any of these sectors."""

    @abstractmethod
    def of_origin(self, origin: str) -> Condition:
        """Return the condition that an enterprise is an anchor, or of the registry."""


def within(box: Box) -> Condition:
    """Return the condition on the exact coordinates; indexes hold float32 boxes, rounded outwards."""
    west, south, east, north = box
    return "e.lon BETWEEN ? AND ? AND e.lat BETWEEN ? AND ?", [west, east, south, north]


def _checked(box: Box) -> Box:
    west, south, east, north = box
    if not (west <= east and south <= north):
        raise InputError(f"bbox {box}: expected west <= east and south <= north")
    return box


def _joined(parts: Sequence[Condition], word: str) -> Condition:
    return word.join(sql for sql, _ in parts), [value for _, values in parts for value in values]
