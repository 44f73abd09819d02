"""District x sector x year counts, kept in the same transaction as the rows they count."""

from collections import defaultdict
from typing import Any, Final, NamedTuple

from clusteratlas.store.sql.states import AT, Row

FEN_PER_UNIT: Final = 1_000_000
"""Fen in CNY 10,000: sums of whole numbers come out the same in any order."""

_ADCODE, _ORIGIN = AT["adcode"], AT["origin"]
_SECTORS, _CAPITAL, _REGISTERED = AT["sectors"], AT["capital"], AT["registered"]


def sectors_of(row: Row) -> list[str]:
    """Return the sector ids of a state, without repeats."""
    return list(dict.fromkeys(part for part in row[_SECTORS].split(";") if part))


class Aggregates:
    """Differences collected over a batch, then added to the kept counts."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int, str], list[int]] = defaultdict(lambda: [0, 0])
        self._totals: dict[tuple[str, int, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(self, row: Row, sign: int) -> None:
        """Count a state once (+1) or take it out (-1)."""
        registered = row[_REGISTERED]
        year = int(registered[:4]) if registered else 0
        fen = 0 if row[_CAPITAL] is None else round(row[_CAPITAL] * FEN_PER_UNIT)
        adcode, origin = row[_ADCODE], row[_ORIGIN]
        for sector in sectors_of(row) or [""]:
            entry = self._counts[adcode, sector, year, origin]
            entry[0] += sign
            entry[1] += sign * fen
        entry = self._totals[adcode, year, origin]
        entry[0] += sign
        entry[1] += sign * fen

    def take(self) -> "Differences":
        """Return the differences and forget them."""
        counts = [(*key, *delta) for key, delta in self._counts.items() if any(delta)]
        totals = [(*key, *delta) for key, delta in self._totals.items() if any(delta)]
        shrunk = any(d[0] < 0 for d in (*self._counts.values(), *self._totals.values()))
        self._counts.clear()
        self._totals.clear()
        return Differences(counts, totals, shrunk)


class Differences(NamedTuple):
    """What to add to ``atlas_counts`` and ``atlas_totals``; whether a count may have come to 0."""

    counts: list[tuple[Any, ...]]
    totals: list[tuple[Any, ...]]
    shrunk: bool
