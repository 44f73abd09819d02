"""AMap (高德): geocoding API v3, coordinates in GCJ-02."""

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
from clusteratlas.geo.geocoding.providers.base import Grade, OnlineGeocoder, ProviderAnswer, clean

GRADES: Final[dict[str, Grade]] = {
    "国家": Grade("none"),
    "省": Grade("none"),
    "市": Grade("city"),
    "区县": Grade("district"),
    "开发区": Grade("zone", 5_000),
    "乡镇": Grade("township", 5_000),
    "村庄": Grade("township", 1_500),
    "热点商圈": Grade("zone", 1_500),
    "道路": Grade("street", 2_500),
    "道路交叉路口": Grade("street", 300),
    "公交站台、地铁站": Grade("street", 500),
    "公交地铁站点": Grade("street", 500),
    "门牌号": Grade("address", 300),
    "门址": Grade("address", 300),
    "单元号": Grade("address", 300),
    "楼栋号": Grade("address", 300),
    "住宅区": Grade("site", 400),
    "兴趣点": Grade("site", 300),
}
"""Grade by 匹配级别; anything else says no more than the district."""

# infocode -> error: https://lbs.amap.com/api/webservice/guide/tools/info
ERRORS: Final[dict[str, type[GeopyError]]] = {
    **dict.fromkeys(("10003", "10010", "10044", "40000", "40002"), GeocoderQuotaExceeded),
    **dict.fromkeys(("10004", "10014", "10019", "10020", "10021"), GeocoderRateLimited),
    **dict.fromkeys(
        ("10001", "10002", "10005", "10006", "10007", "10008", "10009", "10011", "10012", "10013",
         "10026", "10041"), GeocoderAuthenticationFailure),
    **dict.fromkeys(("20000", "20001", "20002", "20012"), GeocoderQueryError),
}  # fmt: skip
_NO_RESULT: Final = (
    "30001"  # ENGINE_RESPONSE_DATA_ERROR: what it says of addresses that it cannot read
)


class AMap(OnlineGeocoder):
    """Geocode with AMap.

    Documentation: https://lbs.amap.com/api/webservice/guide/api/georegeo
    """

    name: ClassVar[str] = "amap"
    title: ClassVar[str] = "高德"
    datum: ClassVar[Datum] = "gcj02"
    default_domain: ClassVar[str] = "restapi.amap.com"
    api_path: ClassVar[str] = "/v3/geocode/geo"

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius by the kind of match."""
        return GRADES.get(answer.level, Grade("district"))

    def _params(self, query: str, city: str) -> dict[str, str]:
        params = {"key": self.api_key, "address": query, "output": "JSON"}
        return params | {"city": city} if city else params

    def _places(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        code = clean(page.get("infocode"))
        if str(page.get("status")) == "1":
            return [place for place in page.get("geocodes") or [] if place.get("location")]
        if code == _NO_RESULT:
            return []
        message = f"{self._message(page.get('info'))} ({code})"
        raise ERRORS.get(code, GeocoderServiceError)(message)

    def _position(self, place: dict[str, Any]) -> tuple[object, object]:
        lon, lat = str(place["location"]).split(",")
        return lon, lat

    def _label(self, place: dict[str, Any]) -> object:
        return place.get("formatted_address")

    def _adcode(self, place: dict[str, Any]) -> str:
        return clean(place.get("adcode"))
