"""Baidu (百度): geocoding API v3, coordinates in BD-09."""

import math
from typing import Any, ClassVar, Final

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeopyError,
)
from geopy.geocoders import BaiduV3
from geopy.geocoders.base import DEFAULT_SENTINEL

from clusteratlas.geo.datum import Datum
from clusteratlas.geo.geocoding.providers.adapter import QuietAdapter
from clusteratlas.geo.geocoding.providers.base import (
    Grade,
    OnlineGeocoder,
    ProviderAnswer,
    number_or_nan,
)

MAX_ADDRESS_BYTES: Final = 84
"""Documented limit of the address; counted in GB18030, two bytes a character."""

GRADES: Final[dict[str, Grade]] = {
    "国家": Grade("none"),
    "省": Grade("none"),
    "城市": Grade("city"),
    "区县": Grade("district"),
    "乡镇": Grade("township", 5_000),
    "村庄": Grade("township", 1_500),
    "道路": Grade("street", 2_500),
    "交叉路口": Grade("street", 300),
    "商圈": Grade("zone", 1_500),
    "工业园区": Grade("zone", 2_000),
    "门址": Grade("address", 300),
    "UNKNOWN": Grade("district"),
    "NoClass": Grade("district"),
    "": Grade("district"),
}
"""Grade by level; the many other levels are kinds of premises (商务大厦, 政府机构, 教育, ...)."""

_PREMISES: Final = Grade("site", 300)
_VAGUE_M: Final = 5_000.0

# Error bound by ``confidence``, metres: from this value up the error is below the bound.
ERROR_BOUNDS_M: Final = (
    (100, 20), (90, 50), (80, 100), (75, 200), (70, 300), (60, 500), (50, 1_000), (40, 2_000),
    (30, 5_000), (25, 8_000), (20, 10_000),
)  # fmt: skip

# https://lbsyun.baidu.com/index.php?title=webapi/guide/webservice-geocoding
ERRORS: Final[dict[int, type[GeopyError]]] = {
    2: GeocoderQueryError,
    3: GeocoderAuthenticationFailure,
    4: GeocoderQuotaExceeded,
    5: GeocoderAuthenticationFailure,
    101: GeocoderAuthenticationFailure,
    102: GeocoderAuthenticationFailure,
    **dict.fromkeys(range(200, 300), GeocoderAuthenticationFailure),
    **dict.fromkeys(range(300, 400), GeocoderQuotaExceeded),
    **dict.fromkeys((401, 402), GeocoderRateLimited),
}


class Baidu(OnlineGeocoder, BaiduV3):  # type: ignore[misc]  # geopy is untyped
    """Geocode with Baidu: geopy's BaiduV3 with a datum, a city, a host and no key in its logs.

    ``security_key`` signs the requests (SN) as in geopy. Reverse geocoding is not offered, as geopy's
    would take and give BD-09 for WGS-84.
    """

    name: ClassVar[str] = "baidu"
    title: ClassVar[str] = "百度"
    datum: ClassVar[Datum] = "bd09"
    default_domain: ClassVar[str] = "api.map.baidu.com"
    api_path: ClassVar[str] = "/geocoding/v3/"

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
        security_key: str | None = None,
    ) -> None:
        BaiduV3.__init__(
            self,
            api_key,
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
            security_key=security_key,
        )
        self.api = f"{self.scheme}://{(domain or self.default_domain).strip('/')}{self.api_path}"

    def reverse(self, *_: Any, **__: Any) -> Any:
        """Refuse; :meth:`clusteratlas.geo.geocoding.OfflineGeocoder.reverse` knows the districts."""
        raise NotImplementedError("reverse geocoding is done offline: OfflineGeocoder.reverse")

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision by the kind of match, the radius not below the claimed error."""
        grade = GRADES.get(answer.level, _PREMISES)
        claimed = math.inf
        for least, bound in ERROR_BOUNDS_M:
            if answer.score >= least:
                claimed = float(bound)
                break
        if grade.precision in ("none", "city", "district"):
            return grade
        if claimed > _VAGUE_M:
            return Grade("district")
        return Grade(grade.precision, max(grade.radius_m, claimed))

    def _params(self, query: str, city: str) -> dict[str, str]:
        short = query.encode("gb18030", "ignore")[:MAX_ADDRESS_BYTES].decode("gb18030", "ignore")
        params = {"ak": self.api_key, "output": "json", "address": short}
        return params | {"city": city} if city else params

    def _url(self, params: dict[str, str]) -> str:
        return str(self._construct_url(self.api, self.api_path, params))

    def _places(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        status = page.get("status")
        if status == 0:
            return [page["result"]] if page.get("result") else []
        message = self._message(page.get("message") or page.get("msg"))
        if status == 1 and "无相关结果" in message:
            return []
        error = ERRORS.get(status, GeocoderServiceError) if isinstance(status, int) else None
        raise (error or GeocoderServiceError)(f"{message} (status {self._message(status)})")

    def _position(self, place: dict[str, Any]) -> tuple[object, object]:
        return place["location"]["lng"], place["location"]["lat"]

    def _label(self, place: dict[str, Any]) -> object:
        return place.get("level") or ""

    def _score(self, place: dict[str, Any]) -> float:
        return number_or_nan(place, "confidence")
