"""What the answers of a run show together: default points and a wrong datum.

One answer cannot tell that it is a default or shifted by half a kilometre; many can.
"""

from typing import Final

import numpy as np

from clusteratlas.geo.datum import Datum, convert
from clusteratlas.geo.datum_check import detect_datum
from clusteratlas.geo.geocoding.providers.base import ProviderAnswer
from clusteratlas.geo.geocoding.result import GeocodeResult

REPEATED_ROADS: Final = 4
"""A point that comes back for addresses on this many roads is a default. Firms may share a building, and
a corner has two roads, but not four."""

_SURE_OF_DISTRICT: Final = 0.95
_POINT_DIGITS: Final = 5  # about a metre

_Point = tuple[float, float]


class Sightings:
    """Answers of one provider in this run, as precise as a street or better."""

    def __init__(self) -> None:
        self._roads: dict[_Point, set[str]] = {}
        self._stated: dict[str, tuple[float, float, str]] = {}

    def note(self, query: str, answer: ProviderAnswer, expected: GeocodeResult) -> None:
        """Note an answer and what the address says; once per query."""
        if expected.road:
            self._roads.setdefault(_point(answer), set()).add(expected.road)
        if expected.status == "ok" and expected.confidence >= _SURE_OF_DISTRICT:
            self._stated[query] = (answer.lon, answer.lat, expected.adcode)

    def is_default(self, answer: ProviderAnswer) -> bool:
        """Tell whether the point came back for addresses on many roads."""
        return len(self._roads.get(_point(answer), ())) >= REPEATED_ROADS

    @property
    def has_defaults(self) -> bool:
        """Whether any point came back for addresses on many roads."""
        return any(len(roads) >= REPEATED_ROADS for roads in self._roads.values())

    def datum_note(self, datum: Datum) -> str:
        """Return a warning if the answers fit another datum than the service documents, else ""."""
        if not self._stated:
            return ""
        lon, lat, adcodes = zip(*self._stated.values(), strict=True)
        raw = convert(np.array(lon), np.array(lat), source="wgs84", target=datum)
        verdict = detect_datum(*raw, np.array(adcodes, dtype=object))
        if verdict.likely in (None, datum):
            return ""
        shares = verdict.agreement
        return (
            f"its points fit {verdict.likely} better than {datum} "
            f"({shares[verdict.likely]:.0%} against {shares[datum]:.0%} in the stated district): "
            "do not use them before this is explained"
        )


def _point(answer: ProviderAnswer) -> _Point:
    return round(answer.lon, _POINT_DIGITS), round(answer.lat, _POINT_DIGITS)
