"""Nominatim (OpenStreetMap): coordinates in WGS-84; the public server or one's own."""

import math
from typing import Any, ClassVar, Final

from geopy.exc import GeocoderParseError, GeopyError
from geopy.geocoders import Nominatim as GeopyNominatim
from geopy.geocoders.base import DEFAULT_SENTINEL

from clusteratlas.geo.datum import Datum
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.geocoding.providers.adapter import QuietAdapter
from clusteratlas.geo.geocoding.providers.base import (
    Grade,
    ProviderAnswer,
    clean,
    number,
    number_or_nan,
    raise_if_busy,
)

PUBLIC_DOMAIN: Final = "nominatim.openstreetmap.org"
PUBLIC_RATE_PER_S: Final = 1.0
"""Most requests per second that the public server's usage policy allows."""

_HOUSE_M: Final = 150.0
_STREET_M: Final = 300.0
# Lowest ``place_rank`` of each precision, finest first.
_RANKS: Final = ((30, "address"), (26, "street"), (17, "township"), (13, "district"), (9, "city"))

_COARSE: Final = {"district": Grade("district"), "city": Grade("city")}


class Nominatim(GeopyNominatim):  # type: ignore[misc]  # geopy is untyped
    """geopy's Nominatim, asked for places in China and in Chinese."""

    name: ClassVar[str] = "nominatim"
    title: ClassVar[str] = "Nominatim"
    datum: ClassVar[Datum] = "wgs84"
    needs_city: ClassVar[bool] = False
    api_key = ""

    def __init__(
        self,
        *,
        user_agent: str,
        domain: str = PUBLIC_DOMAIN,
        scheme: str | None = None,
        timeout: Any = DEFAULT_SENTINEL,
        proxies: Any = DEFAULT_SENTINEL,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Any = QuietAdapter,
    ) -> None:
        super().__init__(
            user_agent=user_agent,
            domain=domain,
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        city: str = "",
    ) -> Any:
        """Return the location of an address; see :meth:`OnlineGeocoder.geocode`."""
        del city  # it stands in front of the query
        return super().geocode(
            query, exactly_one=exactly_one, timeout=timeout, language="zh", country_codes="cn"
        )

    def describe(self, location: Any) -> ProviderAnswer:
        """Return what is kept of a location; ``score`` is the radius of its bounding box, metres."""
        raw = location.raw
        rank = number_or_nan(raw, "place_rank")
        kind = clean(raw.get("addresstype") or raw.get("type"))
        level = f"{rank:.0f} {kind}" if rank == rank else kind
        return ProviderAnswer(
            lon=float(location.longitude),
            lat=float(location.latitude),
            level=level,
            score=_half_diagonal_m(raw.get("boundingbox")),
            label=clean(location.address),
        )

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision by rank; the radius reaches the corners of the place's bounding box."""
        rank, _, _ = answer.level.partition(" ")
        if not rank.isdigit():
            return Grade("district")
        box_m = answer.score if answer.score == answer.score else 0.0
        precision = next((kind for least, kind in _RANKS if int(rank) >= least), "none")
        if precision == "address":
            return Grade("address", max(_HOUSE_M, box_m))
        if precision == "street":
            return Grade("street", max(_STREET_M, box_m))
        if precision == "township":
            return Grade("township", max(1_500.0, box_m))
        return _COARSE.get(precision, Grade("none"))

    def _parse_code(self, place: dict[str, Any]) -> Any:
        lon, lat = number(place["lon"]), number(place["lat"])  # geopy makes 0, 0 of a missing one
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise GeocoderParseError("the answer has no possible coordinates")
        return super()._parse_code(place)

    def _parse_json(self, places: Any, exactly_one: bool) -> Any:
        try:
            found = super()._parse_json(places, exactly_one)
        except GeopyError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise GeocoderParseError("the answer has not the documented form") from None
        return found

    def _geocoder_exception_handler(self, error: Exception) -> None:
        raise_if_busy(error)


def _half_diagonal_m(box: object) -> float:
    """Return half the diagonal of a bounding box (south, north, west, east), NaN if it is none."""
    if not isinstance(box, list) or len(box) != 4:
        return math.nan
    try:
        south, north, west, east = (number(part) for part in box)
    except ValueError:
        return math.nan
    return 0.5 * float(distance_m(west, south, east, north))
