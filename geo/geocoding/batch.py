"""Geocode a column: every distinct address once, every distinct answer once."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.geo.geocoding.meter import Meter
from clusteratlas.geo.geocoding.normalise import normalise_all
from clusteratlas.geo.geocoding.parser import find_number, stems
from clusteratlas.geo.geocoding.pausing import collector_paused
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS, GeocodeResult, format_weights

if TYPE_CHECKING:
    from clusteratlas.geo.geocoding.engine import Answer, Engine

_CHUNK: Final = 1_000
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
    batch = _Batch(engine, progress=progress)
    with collector_paused():
        if names is None and cities is None:
            rows = batch.addresses(texts)
        else:
            called = _column(names, len(texts), "names")
            placed = _column(cities, len(texts), "cities")
            rows = batch.records(texts, called, placed)
        index = addresses.index if isinstance(addresses, pd.Series) else None
        return _frame(batch.finished(), rows, index)


class _Batch:
    """Answers of one batch: each distinct result once, rows as positions in that list."""

    def __init__(self, engine: "Engine", *, progress: bool) -> None:
        self._engine = engine
        self._progress = progress
        self._answers: list[Answer] = []
        self._row_of: dict[int, int] = {}

    def addresses(self, texts: list[str]) -> list[int]:
        """Return the row of every address."""
        position: dict[str, int] = {}
        of_text = [position.setdefault(text, len(position)) for text in texts]
        plain = normalise_all(list(position))
        rows = self._at_numbers(self._in_cities(plain, [""] * len(plain)), plain)
        return [rows[number] for number in of_text]

    def records(self, texts: list[str], names: list[str], cities: list[str]) -> list[int]:
        """Return the row of every address with name and city.

        Of most names only the place at the beginning can matter, not the name itself: it is looked
        at where it is that of a site, says a district, or where the address leads to none.
        """
        firms = self._engine.firms
        plain, called = _each(normalise_all, texts), _each(normalise_all, names)
        codes = _each(lambda cities: map(firms.city_code, normalise_all(cities)), cities)
        places = _each(lambda names: map(firms.place_in, names), called)
        near = [
            code or (place and place[:4] + "00") for code, place in zip(codes, places, strict=True)
        ]
        rows = self._in_cities(plain, near)
        telling = {name for name in dict.fromkeys(called) if name and firms.is_site(name)}
        telling.update(
            name for name, place in zip(called, places, strict=True) if place and place[4:] != "00"
        )
        undecided = {row for row, answer in enumerate(self._answers) if not answer.row.adcode}
        asked = {
            number: key
            for number, key in enumerate(zip(plain, called, codes, strict=True))
            if key[1] and (key[1] in telling or rows[number] in undecided)
        }
        distinct = list(dict.fromkeys(asked.values()))
        found = self._rows([self._engine.answer(*key) for key in distinct])
        row_of = dict(zip(distinct, found, strict=True))
        for number, key in asked.items():
            rows[number] = row_of[key]
        return self._at_numbers(rows, plain)

    def finished(self) -> list[GeocodeResult]:
        """Return the distinct answers, with memberships worked out all at once."""
        rows = [answer.row for answer in self._answers]
        needs = self._engine.needs_membership
        asked = {
            number: (answer.placed.place, answer.row.candidates)
            for number, answer in enumerate(self._answers)
            if len(answer.row.candidates) > 1 and answer.placed is not None and needs(answer.row)
        }
        shares = self._engine.circles.memberships(list(asked.values()))
        for number, share in zip(asked, shares, strict=True):
            if len(share) > 1:
                rows[number] = rows[number]._replace(membership=format_weights(share))
        return rows

    def _in_cities(self, texts: list[str], cities: list[str]) -> list[int]:
        """Return the row of every normalised address, each in its city; house numbers aside."""
        engine = self._engine
        keys = list(zip(stems(texts), cities, strict=True))
        row_of = dict.fromkeys(keys, 0)
        distinct = list(row_of)
        meter = Meter(len(distinct), shown=self._progress)
        for start in range(0, len(distinct), _CHUNK):
            chunk = distinct[start : start + _CHUNK]
            row_of.update(zip(chunk, self._rows(engine.by_texts(chunk)), strict=True))
            meter.show(start)
        meter.finish()
        rows = [row_of[key] for key in keys]
        by_number = {row for row, answer in enumerate(self._answers) if answer.by_number}
        again = [number for number, row in enumerate(rows) if row in by_number]
        whole = engine.by_texts([(texts[number], cities[number]) for number in again])
        for number, row in zip(again, self._rows(whole), strict=True):
            rows[number] = row
        return rows

    def _at_numbers(self, rows: list[int], texts: list[str]) -> list[int]:
        """Return the rows with those of addresses at a house number that a road tells about."""
        numbered = {
            row: answer.placed.road.name
            for row, answer in enumerate(self._answers)
            if answer.placed is not None and answer.placed.road is not None
            if answer.placed.number_radius_m > 0
        }
        wanted: dict[int, tuple[int, str]] = {}
        for number, row in enumerate(rows):
            if row in numbered:
                text, road = texts[number], numbered[row]
                house = find_number(text, text.find(road) + len(road))
                if house:
                    wanted[number] = (row, house)
        distinct = list(dict.fromkeys(wanted.values()))
        asked = [(self._answers[row], house) for row, house in distinct]
        better = self._rows(self._engine.at_numbers(asked))
        row_of = dict(zip(distinct, better, strict=True))
        rows = list(rows)
        for number, key in wanted.items():
            rows[number] = row_of[key]
        return rows

    def _rows(self, answers: list["Answer"]) -> list[int]:
        """Return the row of every answer, with new ones added to the list."""
        row_of = self._row_of
        for key, answer in dict(zip(map(id, answers), answers, strict=True)).items():
            if key not in row_of:
                row_of[key] = len(self._answers)
                self._answers.append(answer)  # keeps it alive, and its id its own
        return [row_of[id(answer)] for answer in answers]


def _each(function: Callable[[list[str]], Iterable[str]], texts: list[str]) -> list[str]:
    """Return what a function makes of a list, asked for its distinct texts only."""
    distinct = list(dict.fromkeys(texts))
    made = dict(zip(distinct, function(distinct), strict=True))
    return [made[text] for text in texts]


def _cells(values: Iterable[object]) -> list[str]:
    """Return the cells of a column; what is no text counts as empty."""
    cells = values.tolist() if isinstance(values, (pd.Series, np.ndarray)) else values
    return [cell if isinstance(cell, str) else "" for cell in cells]


def _column(values: Iterable[object] | None, length: int, what: str) -> list[str]:
    column = [""] * length if values is None else _cells(values)
    if len(column) != length:
        raise InputError(f"{what}: {len(column)} values for {length} addresses")
    return column


def _frame(
    answers: Sequence[GeocodeResult], rows: list[int], index: pd.Index | None
) -> pd.DataFrame:
    fields = dict(zip(GeocodeResult._fields, zip(*answers, strict=True), strict=bool(answers)))
    fields = fields or dict.fromkeys(GeocodeResult._fields, ())  # no rows at all
    fields["geocode_status"] = fields["status"]
    fields["candidates"] = tuple(format_weights(weights) for weights in fields["candidates"])
    taken = np.array(rows, dtype=np.int64)
    columns: dict[str, object] = {}
    for column in RESULT_COLUMNS:
        if column in _NUMBERS:
            columns[column] = np.array(fields[column], dtype=np.float64)[taken]
        else:
            columns[column] = pd.Series(fields[column], dtype="str").array.take(taken)
    return pd.DataFrame(columns, index=index)
