"""Geocode a column: every distinct address once, every distinct answer once."""

import gc
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.parser import find_number
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS, AnswerRow, format_weights

if TYPE_CHECKING:
    from clusteratlas.geo.geocoding.engine import Answer, Engine

_PROGRESS_STEP: Final = 20_000
_PROGRESS_AFTER_S: Final = 2.0
_NUMBERS: Final = ("lon", "lat", "radius_m", "confidence")


def geocode_frame(
    engine: "Engine",
    addresses: Iterable[object],
    names: Iterable[object] | None,
    cities: Iterable[object] | None,
    *,
    progress: bool,
) -> pd.DataFrame:
    """Return one row per address; see :meth:`OfflineGeocoder.geocode_frame`."""
    texts = _cells(addresses)
    batch = _Batch(engine)
    with _collector_paused():
        if names is None and cities is None:
            rows = batch.addresses(texts, progress=progress)
        else:
            called = _column(names, len(texts), "names")
            placed = _column(cities, len(texts), "cities")
            rows = batch.triples(texts, called, placed, progress=progress)
        index = addresses.index if isinstance(addresses, pd.Series) else None
        return _frame(batch.finished(), rows, index)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from walking a batch's tuples, none of which is in a cycle.

    It would cost a quarter of the time. A collector that somebody else switched off stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Batch:
    """Answers of one batch: each distinct result once, rows as positions in that list."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._answers: list[Answer] = []
        self._row_of: dict[int, int] = {}

    def addresses(self, texts: list[object], *, progress: bool) -> NDArray[np.int64]:
        """Return the row of every address."""
        seen: dict[object, int] = {}
        rows = []
        meter = _Meter(len(texts), shown=progress)
        for number, text in enumerate(texts):
            key = text if isinstance(text, str) else ""
            row = seen.get(key, -1)
            if row < 0:
                row = seen[key] = self._row(normalise(key), "", "")
            rows.append(row)
            if not number % _PROGRESS_STEP:
                meter.show(number)
        meter.finish()
        return np.array(rows, dtype=np.int64)

    def triples(
        self, texts: list[object], names: list[object], cities: list[object], *, progress: bool
    ) -> NDArray[np.int64]:
        """Return the row of every address with name and city."""
        engine = self._engine
        seen: dict[tuple[str, str, str], int] = {}
        rows = []
        meter = _Meter(len(texts), shown=progress)
        for number, (text, name, city) in enumerate(zip(texts, names, cities, strict=True)):
            code = engine.city_code(normalise(city))
            called = normalise(name)
            # Of most names only the place at the beginning can matter, not the name itself.
            if called and not engine.is_site(called):
                place = engine.place_in(called)
                near = code or (place and place[:4] + "00")
                coarse = not place or place.endswith("00")
                if coarse and engine.answer(normalise(text), "", near).row.adcode:
                    called, code = "", near
            key = (text if isinstance(text, str) else "", called, code)
            row = seen.get(key, -1)
            if row < 0:
                row = seen[key] = self._row(normalise(key[0]), called, code)
            rows.append(row)
            if not number % _PROGRESS_STEP:
                meter.show(number)
        meter.finish()
        return np.array(rows, dtype=np.int64)

    def finished(self) -> list[AnswerRow]:
        """Return the distinct answers, with memberships worked out all at once."""
        rows = [answer.row for answer in self._answers]
        needs = self._engine.needs_membership
        asked = {
            number: (answer.placed.place, answer.row.candidates)
            for number, answer in enumerate(self._answers)
            if answer.placed is not None and needs(answer.row)
        }
        shares = self._engine.placer.memberships(list(asked.values()))
        for number, share in zip(asked, shares, strict=True):
            if len(share) > 1:
                rows[number] = rows[number]._replace(membership=format_weights(share))
        return rows

    def _row(self, text: str, name: str, city: str) -> int:
        answer = self._engine.answer(text, name, city)
        placed = answer.placed
        if placed is not None and placed.road is not None and placed.number_radius_m > 0:
            start = text.find(placed.road.name) + len(placed.road.name)
            row = self._engine.at_number(answer.row, placed, find_number(text, start))
            if row is not answer.row:
                self._answers.append(type(answer)(row, placed))
                return len(self._answers) - 1
        number = self._row_of.get(id(answer), -1)
        if number < 0:
            number = self._row_of[id(answer)] = len(self._answers)
            self._answers.append(answer)
        return number


class _Meter:
    """Progress on stderr, once a batch takes longer than two seconds."""

    def __init__(self, total: int, *, shown: bool) -> None:
        self._total = total
        self._shown = shown
        self._started = time.monotonic()

    def show(self, done: int) -> None:
        """Write how many rows are done."""
        if self._shown and time.monotonic() - self._started > _PROGRESS_AFTER_S:
            print(f"\rgeocoded {done:,} of {self._total:,}", end="", file=sys.stderr, flush=True)  # noqa: T201

    def finish(self) -> None:
        """Write the last figure and end the line, if any was written."""
        if self._shown and time.monotonic() - self._started > _PROGRESS_AFTER_S:
            self.show(self._total)
            print(file=sys.stderr)  # noqa: T201


def _cells(values: Iterable[object]) -> list[object]:
    if isinstance(values, (pd.Series, np.ndarray)):
        cells: list[object] = values.tolist()
        return cells
    return list(values)


def _column(values: Iterable[object] | None, length: int, what: str) -> list[object]:
    blank: list[object] = [""] * length
    column = blank if values is None else _cells(values)
    if len(column) != length:
        raise InputError(f"{what}: {len(column)} values for {length} addresses")
    return column


def _frame(
    answers: list[AnswerRow], rows: NDArray[np.int64], index: pd.Index | None
) -> pd.DataFrame:
    fields = dict(zip(AnswerRow._fields, zip(*answers, strict=True), strict=bool(answers)))
    fields = fields or dict.fromkeys(AnswerRow._fields, ())  # no rows at all
    fields["geocode_status"] = fields["status"]
    fields["candidates"] = tuple(format_weights(weights) for weights in fields["candidates"])
    columns: dict[str, object] = {}
    for column in RESULT_COLUMNS:
        if column in _NUMBERS:
            columns[column] = np.array(fields[column], dtype=np.float64)[rows]
        else:
            columns[column] = pd.Series(fields[column], dtype="str").array.take(rows)
    return pd.DataFrame(columns, index=index)
