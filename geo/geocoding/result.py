"""What a geocoder answers: one frozen record per address, and the columns of a batch."""

from typing import Final, Literal, NamedTuple

Precision = Literal["site", "address", "street", "zone", "township", "district", "city", "none"]
Status = Literal["ok", "ambiguous", "failed"]

PRECISIONS: Final[tuple[Precision, ...]] = (
    "site",
    "address",
    "street",
    "zone",
    "township",
    "district",
    "city",
    "none",
)
"""Finest first."""

RESULT_COLUMNS: Final = (
    "lon",
    "lat",
    "adcode",
    "district",
    "precision",
    "radius_m",
    "confidence",
    "evidence",
    "provider",
    "geocode_status",
    "candidates",
    "city",
    "zone",
    "township",
    "membership",
)
"""Columns that a batch adds; the first eleven are the command's contract."""


class GeocodeResult(NamedTuple):
    """Where an address lies, how far that may be off, and what it rests on.

    Attributes
    ----------
    lon, lat
        WGS-84 degrees; NaN if no point can be given.
    adcode, district, city
        County-level division of today (六位行政区划代码) and its names; "" if unknown.
    zone, township, road, number
        Parts that were recognised, by their names of today; "" if none.
    precision
        What the point stands for: ``site``, ``address``, ``street``, ``zone``, ``township``,
        ``district``, ``city`` or ``none``.
    radius_m
        Holds the true point in 90 % of cases, metres; NaN without a point.
    confidence
        Probability that the district is right, 0..1; 0 for a failure.
    evidence
        What matched, and why, in Chinese.
    status
        ``ok``; ``ambiguous`` (several districts stay possible: see ``candidates``); ``failed``.
    candidates
        ``(adcode, weight)``, best first; one entry where there is no doubt.
    membership
        The same for the point's circle where it crosses a border, "210112:0.8;210103:0.2", else "".
    provider
        Who answered: ``offline`` or the name of an online provider.
    """

    lon: float = float("nan")
    lat: float = float("nan")
    adcode: str = ""
    district: str = ""
    city: str = ""
    zone: str = ""
    township: str = ""
    road: str = ""
    number: str = ""
    precision: Precision = "none"
    radius_m: float = float("nan")
    confidence: float = 0.0
    evidence: str = ""
    status: Status = "failed"
    candidates: tuple[tuple[str, float], ...] = ()
    membership: str = ""
    provider: str = "offline"

    @property
    def has_point(self) -> bool:
        """Whether there are coordinates."""
        return self.lon == self.lon


def format_weights(weights: tuple[tuple[str, float], ...]) -> str:
    """Write ``(("210112", 0.8), ...)`` as ``210112:0.80;...``; "" for fewer than two."""
    if len(weights) < 2:
        return ""
    return ";".join(f"{adcode}:{weight:.2f}" for adcode, weight in weights)
