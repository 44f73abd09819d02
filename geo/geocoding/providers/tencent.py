"""Tencent (腾讯位置服务): geocoder v1, coordinates in GCJ-02."""

from typing import Any, ClassVar, Final

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeopyError,
)

from clusteratlas.geo.datum import Datum
from clusteratlas.geo.geocoding.providers.base import (
    Grade,
    OnlineGeocoder,
    ProviderAnswer,
    clean,
    number_or_nan,
)

GRADES: Final[dict[str, Grade]] = {
    "1": Grade("city"),
    "2": Grade("district"),
    "3": Grade("township", 5_000),
    "4": Grade("township", 1_500),
    "5": Grade("zone", 5_000),
    "6": Grade("zone", 1_500),
    "7": Grade("street", 2_500),
    "8": Grade("street", 300),
    "9": Grade("address", 300),
    "10": Grade("site", 400),
    "11": Grade("site", 300),
}
"""Grade by 解析精度级别; anything else says no more than the district."""

RELIABLE: Final = 7.0
"""Reliability (1-10) from which the service calls its answer accurate."""

# https://lbs.qq.com/service/webService/webServiceGuide/status
ERRORS: Final[dict[int, type[GeopyError]]] = {
    120: GeocoderRateLimited,
    **dict.fromkeys((121, 122, 123), GeocoderQuotaExceeded),
    **dict.fromkeys((110, 111, 112, 113, 160, 161, 190, 199, 311), GeocoderAuthenticationFailure),
    **dict.fromkeys((301, 306, 310, 320, 348, 400, 404, 407), GeocoderQueryError),
}
_NO_RESULT: Final = 347


class Tencent(OnlineGeocoder):
    """Geocode with Tencent, which wants the city in every address.

    Documentation: https://lbs.qq.com/service/webService/webServiceGuide/address/Geocoder
    """

    name: ClassVar[str] = "tencent"
    title: ClassVar[str] = "腾讯"
    datum: ClassVar[Datum] = "gcj02"
    default_domain: ClassVar[str] = "apis.map.qq.com"
    api_path: ClassVar[str] = "/ws/geocoder/v1/"
    needs_city: ClassVar[bool] = True

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius by the kind of match, the district for an unreliable one."""
        grade = GRADES.get(answer.level, Grade("district"))
        if not answer.score >= RELIABLE and grade.precision != "city":
            return Grade("district")
        return grade

    def _params(self, query: str, city: str) -> dict[str, str]:
        del city  # the service reads it from the address
        return {"key": self.api_key, "address": query, "output": "json"}

    def _places(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        status = page.get("status")
        if status == 0:
            return [page["result"]] if page.get("result") else []
        if status == _NO_RESULT:
            return []
        message = f"{self._message(page.get('message'))} (status {self._message(status)})"
        error = ERRORS.get(status) if isinstance(status, int) else None
        raise (error or GeocoderServiceError)(message)

    def _position(self, place: dict[str, Any]) -> tuple[object, object]:
        return place["location"]["lng"], place["location"]["lat"]

    def _label(self, place: dict[str, Any]) -> object:
        return place.get("title") or ""

    def _score(self, place: dict[str, Any]) -> float:
        return number_or_nan(place, "reliability")

    def _adcode(self, place: dict[str, Any]) -> str:
        area = place.get("ad_info")
        return clean(area.get("adcode")) if isinstance(area, dict) else ""
