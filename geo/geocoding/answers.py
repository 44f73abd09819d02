"""What the engine keeps of an address: an answer that many addresses share."""

from typing import Final, NamedTuple

from clusteratlas.geo.geocoding.placing import Placed
from clusteratlas.geo.geocoding.result import GeocodeResult

NAME_TRUST: Final = 0.85
"""What an enterprise's name is worth as evidence of its place, beside an address."""


class Answer(NamedTuple):
    """What many addresses share: an answer without house number.

    Attributes
    ----------
    given
        The answer without point, precision and evidence; shared by many.
    evidence
        What matched, and what the point rests on.
    placed
        The point, inside the district; None where none can be given.
    by_number
        Whether the district may depend on the house number.
    """

    given: GeocodeResult
    evidence: str
    placed: Placed | None = None
    by_number: bool = False

    def result(self) -> GeocodeResult:
        """Return the answer as one record."""
        if self.placed is None:
            return self.given._replace(evidence=self.evidence)
        place = self.placed.place
        return self.given._replace(
            lon=place.lon,
            lat=place.lat,
            radius_m=place.radius_m,
            precision=self.placed.precision,
            evidence=self.evidence,
        )

    def less_trusted(self) -> "Answer":
        """Return the answer as one that an enterprise's name has led to."""
        confidence = round(NAME_TRUST * self.given.confidence, 3)
        given = self.given._replace(confidence=confidence)
        return Answer(given, f"据名称：{self.evidence}", self.placed)
