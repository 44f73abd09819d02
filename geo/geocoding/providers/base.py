"""What the online providers share: the request, the datum, and what an answer is worth."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final, Protocol
from urllib.parse import urlencode

from geopy.adapters import AdapterHTTPError, get_retry_after
from geopy.exc import GeocoderParseError, GeocoderRateLimited, GeopyError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from clusteratlas.geo.datum import Datum, convert
from clusteratlas.geo.geocoding.providers.adapter import QuietAdapter, redact
from clusteratlas.geo.geocoding.result import Precision

_MAX_TEXT: Final = 120
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")
_BUSY: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Grade:
    """What kind of place a provider's answer stands for, and how far it may be off.

    ``radius_m`` is set from the kind of match, and never below what the provider claims. It is NaN for
    districts and cities, whose size the offline gazetteer knows.
    """

    precision: Precision
    radius_m: float = math.nan


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """One answer as it is kept: WGS-84, with what the provider says of its precision.

    Attributes
    ----------
    lon, lat
        WGS-84 degrees.
    level
        Kind of match in the provider's own words (门牌号, 9, building).
    score
        What the provider says of its accuracy, in its own unit; NaN if nothing.
    adcode
        District that the provider names, "" if none.
    label
        Place or address that was matched, for the evidence.
    """

    lon: float
    lat: float
    level: str
    score: float = math.nan
    adcode: str = ""
    label: str = ""


class OnlineProvider(Protocol):
    """The contract of the geocoders in this package, by which an ``Asker`` asks them."""

    name: str
    title: str
    api_key: str
    datum: Datum
    needs_city: bool

    def geocode(
        self, query: str, *, exactly_one: bool = ..., timeout: Any = ..., city: str = ...
    ) -> Any:
        """Return a geopy Location in WGS-84, a list of them, or None."""

    def describe(self, location: Any) -> ProviderAnswer:
        """Return what is kept of a location."""

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius of an answer."""


class OnlineGeocoder(Geocoder):  # type: ignore[misc]  # geopy is untyped
    """A geopy geocoder of a Chinese map service; its locations are WGS-84.

    ``Location.raw`` is the service's own answer, with its own coordinates.

    Parameters
    ----------
    api_key
        Key of the service; it appears in no message.
    domain, scheme
        Host (and port) and ``http`` or ``https``.
    timeout, proxies, user_agent, ssl_context, adapter_factory
        As in geopy; the adapter is :class:`QuietAdapter` unless another is given.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    datum: ClassVar[Datum] = "wgs84"
    default_domain: ClassVar[str] = ""
    api_path: ClassVar[str] = ""
    needs_city: ClassVar[bool] = False

    def __init__(
        self,
        api_key: str,
        *,
        domain: str = "",
        scheme: str | None = None,
        timeout: Any = DEFAULT_SENTINEL,
        proxies: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Any = QuietAdapter,
    ) -> None:
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.api_key = api_key
        self.api = f"{self.scheme}://{(domain or self.default_domain).strip('/')}{self.api_path}"

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        city: str = "",
    ) -> Any:
        """Return the location of an address.

        Parameters
        ----------
        query
            Address.
        exactly_one
            One location, or a list of all.
        timeout
            Seconds, for this call only.
        city
            Name of the city that the address is in, "" if unknown.

        Returns
        -------
        Location, list of Location, or None
            WGS-84; None where the service knows no such address.

        Raises
        ------
        GeopyError
            As geopy documents; a quota message that comes with HTTP status 200 as well.
        """
        callback = partial(self._parse_json, exactly_one=exactly_one)
        return self._call_geocoder(self._url(self._params(query, city)), callback, timeout=timeout)

    def describe(self, location: Any) -> ProviderAnswer:
        """Return what is kept of a location."""
        raw = location.raw
        return ProviderAnswer(
            lon=float(location.longitude),
            lat=float(location.latitude),
            level=self._level(raw),
            score=self._score(raw),
            adcode=self._adcode(raw),
            label=str(location.address),
        )

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius of an answer."""
        raise NotImplementedError

    def _params(self, query: str, city: str) -> dict[str, str]:
        raise NotImplementedError

    def _places(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the places in an answer; raise geopy's error for a status that is none."""
        raise NotImplementedError

    def _position(self, place: dict[str, Any]) -> tuple[object, object]:
        """Return longitude and latitude in the service's datum."""
        raise NotImplementedError

    def _label(self, place: dict[str, Any]) -> object:
        raise NotImplementedError

    def _level(self, place: dict[str, Any]) -> str:
        return clean(place.get("level"))

    def _score(self, place: dict[str, Any]) -> float:  # noqa: ARG002
        return math.nan

    def _adcode(self, place: dict[str, Any]) -> str:  # noqa: ARG002
        return ""

    def _url(self, params: dict[str, str]) -> str:
        return f"{self.api}?{urlencode(params)}"

    def _message(self, text: object) -> str:
        """Return a service's message in one short line without the key."""
        return clean(redact(text, (self.api_key,)) if isinstance(text, str) else text)

    def _parse_json(self, page: object, *, exactly_one: bool) -> Any:
        if not isinstance(page, dict):
            raise GeocoderParseError("the answer is no JSON object")
        try:
            locations = [self._location(place) for place in self._places(page)]
        except GeopyError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise GeocoderParseError("the answer has not the documented form") from None
        if exactly_one:
            return locations[0] if locations else None
        return locations or None

    def _location(self, place: dict[str, Any]) -> Any:
        lon, lat = (number(part) for part in self._position(place))
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise GeocoderParseError("the answer has no possible coordinates")
        x, y = convert(lon, lat, source=self.datum, target="wgs84")
        return Location(clean(self._label(place)), (float(y), float(x)), place)

    def _geocoder_exception_handler(self, error: Exception) -> None:
        raise_if_busy(error)


def raise_if_busy(error: Exception) -> None:
    """Raise geopy's rate limit error for 429 and 503, which geopy takes for a time-out."""
    if isinstance(error, AdapterHTTPError) and error.status_code in _BUSY:
        message = f"HTTP status {error.status_code}"
        raise GeocoderRateLimited(
            message, retry_after=get_retry_after(error.headers or {})
        ) from error


def clean(text: object) -> str:
    """Return text of a service in one line of at most 120 characters; "" for anything else."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        text = str(text)
    return _CONTROLS.sub(" ", text)[:_MAX_TEXT].strip() if isinstance(text, str) else ""


def number(value: object) -> float:
    """Return a finite number.

    Raises
    ------
    ValueError
        If it is none.
    """
    plain = isinstance(value, (int, float, str)) and not isinstance(value, bool)
    found = float(value) if plain else math.nan  # type: ignore[arg-type]  # checked in the line above
    if not math.isfinite(found):
        raise ValueError("no finite number")
    return found


def number_or_nan(place: Mapping[str, Any], key: str) -> float:
    """Return a number of a place, NaN if it is absent or none."""
    try:
        return number(place.get(key))
    except ValueError:
        return math.nan
