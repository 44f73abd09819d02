"""Tianditu (天地图): geocoder, coordinates in CGCS2000, which is WGS-84 at the scale of maps."""

import json
import re
from typing import Any, ClassVar, Final

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeopyError,
)

from clusteratlas.geo.datum import Datum
from clusteratlas.geo.geocoding.providers.adapter import RefusedRequestError
from clusteratlas.geo.geocoding.providers.base import (
    Grade,
    OnlineGeocoder,
    ProviderAnswer,
    clean,
    number_or_nan,
    raise_if_busy,
)

GRADES: Final[dict[str, Grade]] = {
    "门址": Grade("address", 500),
    "门牌": Grade("address", 500),
    "门牌号": Grade("address", 500),
    "兴趣点": Grade("site", 500),
    "POI": Grade("site", 500),
    "道路": Grade("street", 2_500),
    "村": Grade("township", 2_000),
    "村庄": Grade("township", 2_000),
    "地名": Grade("township", 3_000),
    "乡镇": Grade("township", 5_000),
    "乡镇街道": Grade("township", 5_000),
    "市": Grade("city"),
    "省": Grade("none"),
}
"""Grade by level; anything else says no more than the district."""

SURE_SCORE: Final = 60.0
"""Score (0-100) below which the match is taken for no more than its district."""

_EMPTY: Final = "101"
# Refusals come as {"code": 301001, "msg": "非法key"}, with status 200, 403 or 418; what they are is
# told by their words.
_DAILY: Final = re.compile("每日|当日|今日|日访问|日调用|配额|次数|额度|总量|超限|上限")
_BUSY: Final = re.compile("频繁|频率|并发|每秒|QPS", re.IGNORECASE)
_KEY: Final = re.compile("key|密钥|权限|白名单|tk", re.IGNORECASE)


class Tianditu(OnlineGeocoder):
    """Geocode with Tianditu.

    Documentation: http://lbs.tianditu.gov.cn/server/geocodinginterface.html
    """

    name: ClassVar[str] = "tianditu"
    title: ClassVar[str] = "天地图"
    datum: ClassVar[Datum] = "wgs84"
    default_domain: ClassVar[str] = "api.tianditu.gov.cn"
    api_path: ClassVar[str] = "/geocoder"

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius by the kind of match, the district for a low score."""
        grade = GRADES.get(answer.level, Grade("district"))
        if not answer.score >= SURE_SCORE and grade.precision not in ("none", "city"):
            return Grade("district")
        return grade

    def _params(self, query: str, city: str) -> dict[str, str]:
        del city  # the service has no such parameter: the city is in front of the query
        return {"ds": json.dumps({"keyWord": query}, ensure_ascii=False), "tk": self.api_key}

    def _places(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        status = clean(page.get("status"))
        if status == "0":
            place = page.get("location") or {}
            return [place] if place.get("lon") not in (None, "") else []
        if status == _EMPTY:
            return []
        code = clean(page.get("code")) or status
        message = self._message(page.get("msg") or page.get("message"))
        raise _refusal(message)(f"{message} ({code})")

    def _position(self, place: dict[str, Any]) -> tuple[object, object]:
        return place["lon"], place["lat"]

    def _label(self, place: dict[str, Any]) -> object:
        return place.get("keyWord") or ""

    def _score(self, place: dict[str, Any]) -> float:
        return number_or_nan(place, "score")

    def _geocoder_exception_handler(self, error: Exception) -> None:
        raise_if_busy(error)
        if isinstance(error, RefusedRequestError):
            message = self._message(_told(error.body))
            refusal = _refusal(message)
            if refusal is not GeocoderServiceError:
                raise refusal(message) from error


def _told(body: str) -> object:
    """Return the message in a refusal's JSON, "" for a page of a gateway."""
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return page.get("msg") if isinstance(page, dict) else ""


def _refusal(message: str) -> type[GeopyError]:
    if _BUSY.search(message):
        return GeocoderRateLimited  # type: ignore[no-any-return]  # geopy is untyped
    if _DAILY.search(message):
        return GeocoderQuotaExceeded  # type: ignore[no-any-return]  # geopy is untyped
    if _KEY.search(message):
        return GeocoderAuthenticationFailure  # type: ignore[no-any-return]  # geopy is untyped
    return GeocoderServiceError  # type: ignore[no-any-return]  # geopy is untyped
