"""Geocode a column: every distinct address once, every distinct answer once."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.geo.geocoding.gazetteer import Place
from clusteratlas.geo.geocoding.meter import Meter
from clusteratlas.geo.geocoding.normalise import normalise_all
from clusteratlas.geo.geocoding.patterns import find_number, stems
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS, format_weights
from clusteratlas.pausing import collector_paused

if TYPE_CHECKING:
    from clusteratlas.geo.geocoding.answers import Answer
    from clusteratlas.geo.geocoding.engine import Engine

_CHUNK: Final = 1_000
_POINT: Final = ("lon", "lat", "radius_m")
_GIVEN: Final = {  # columns that many answers share, by their fields
    "adcode": "adcode", "district": "district", "city": "city", "zone": "zone",
    "township": "township", "provider": "provider", "geocode_status": "status",
}  # fmt: skip
Shared = TypeVar("Shared")


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
        columns = batch.columns(rows)
        return pd.DataFrame({column: columns[column] for column in RESULT_COLUMNS}, index=index)


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
        undecided = {row for row, answer in enumerate(self._answers) if not answer.given.adcode}
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

    def columns(self, rows: list[int]) -> dict[str, object]:
        """Return the columns of a frame, each made from the distinct values that it has."""
        at = np.array(rows, dtype=np.int64)
        given, given_at = _distinct([answer.given for answer in self._answers])
        placed, placed_at = _distinct([answer.placed for answer in self._answers])
        columns: dict[str, object] = {
            name: _texts([getattr(one, field) for one in given], given_at[at])
            for name, field in _GIVEN.items()
        }
        weights = [format_weights(one.candidates) for one in given]
        columns["candidates"] = _texts(weights, given_at[at])
        confidence = np.array([one.confidence for one in given], dtype=np.float64)
        columns["confidence"] = confidence[given_at[at]]
        columns["precision"] = _texts([p.precision if p else "none" for p in placed], placed_at[at])
        places = np.array([p.place[:3] if p else Place()[:3] for p in placed], dtype=np.float64)
        columns.update(zip(_POINT, places.reshape(-1, 3)[placed_at[at]].T, strict=True))
        columns["evidence"] = _texts([answer.evidence for answer in self._answers], at)
        columns["membership"] = _texts(self._memberships(), at)
        return columns

    def _memberships(self) -> list[str]:
        """Return the memberships of all answers, worked out at once."""
        needs = self._engine.needs_membership
        asked = {
            (id(given), id(placed)): (placed.place, given.candidates)
            for given, _, placed, _ in self._answers
            if placed is not None and len(given.candidates) > 1 and needs(given)
        }
        shares = self._engine.circles.memberships(list(asked.values()))
        texts = dict(zip(asked, map(format_weights, shares), strict=True))
        return [texts.get((id(given), id(placed)), "") for given, _, placed, _ in self._answers]

    def _in_cities(self, texts: list[str], cities: list[str]) -> list[int]:
        """Return the row of every normalised address, each in its city; house numbers aside."""
        rows = [0] * len(texts)
        whole = stems(texts)
        numbers: dict[str, list[int]] = {city: [] for city in cities}
        for number, city in enumerate(cities):
            numbers[city].append(number)
        meter = Meter(len(texts), shown=self._progress)
        for city, inside in numbers.items():
            found = self._in_city([whole[number] for number in inside], city, meter)
            for number, row in zip(inside, found, strict=True):
                rows[number] = row
        meter.finish()
        by_number = {row for row, answer in enumerate(self._answers) if answer.by_number}
        again = [number for number, row in enumerate(rows) if row in by_number]
        found = self._rows([self._engine.by_text(texts[n], cities[n]) for n in again])
        for number, row in zip(again, found, strict=True):
            rows[number] = row
        return rows

    def _in_city(self, texts: list[str], city: str, meter: Meter) -> list[int]:
        """Return the row of every text in one city, asked for in parts."""
        distinct = sorted(
            set(texts)
        )  # neighbours share district and road: what they need is at hand
        answers: list[Answer] = []
        for start in range(0, len(distinct), _CHUNK):
            chunk = distinct[start : start + _CHUNK]
            answers += self._engine.by_texts(chunk, city)
            meter.add(len(chunk) * len(texts) / len(distinct))
        row_of = dict(zip(distinct, self._rows(answers), strict=True))
        return [row_of[text] for text in texts]

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


def _distinct(values: list[Shared]) -> tuple[list[Shared], NDArray[np.int64]]:
    """Return the distinct objects, and the position of each value's among them."""
    ids = list(map(id, values))
    by_id = dict(zip(ids, values, strict=True))
    position = dict(zip(by_id, range(len(by_id)), strict=True))
    return list(by_id.values()), np.fromiter(map(position.__getitem__, ids), np.int64, len(ids))


def _texts(values: list[str], at: NDArray[np.int64]) -> object:
    return pd.Series(values, dtype="str").array.take(at)
