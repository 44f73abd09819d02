"""District x sector x year counts, kept in the same transaction as the rows they count."""

import sqlite3
from collections import defaultdict
from typing import Any, Final, NamedTuple

from clusteratlas.store._gpkg_rows import AT, Row
from clusteratlas.store._gpkg_schema import FEN_PER_UNIT

_ADCODE, _ORIGIN = AT["adcode"], AT["origin"]
_SECTORS, _CAPITAL, _REGISTERED = AT["sectors"], AT["capital"], AT["registered"]

_ADD_COUNT: Final = (
    "INSERT INTO atlas_counts VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET n = n + excluded.n,"
    " capital_fen = capital_fen + excluded.capital_fen"
)
_ADD_TOTAL: Final = (
    "INSERT INTO atlas_totals VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET n = n + excluded.n,"
    " capital_fen = capital_fen + excluded.capital_fen"
)


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
        # Capital in whole fen: sums of integers come out the same in any order.
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

    def flush(self, connection: sqlite3.Connection) -> None:
        """Add the differences to the kept counts and forget them."""
        found = self.take()
        connection.executemany(_ADD_COUNT, found.counts)
        connection.executemany(_ADD_TOTAL, found.totals)
        if found.shrunk:
            connection.execute("DELETE FROM atlas_counts WHERE n = 0")
            connection.execute("DELETE FROM atlas_totals WHERE n = 0")


class Differences(NamedTuple):
    """What to add to ``atlas_counts`` and ``atlas_totals``; whether a count may have come to 0."""

    counts: list[tuple[Any, ...]]
    totals: list[tuple[Any, ...]]
    shrunk: bool
