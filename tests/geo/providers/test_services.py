"""Each service in its recorded form: request, datum, precision, empty answers and refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeopyError,
)
from geopy.geocoders import BaiduV3
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.geo.providers import replies
from tests.geo.providers.conftest import KEY, MapService
from tests.geo.providers.replies import ADDRESS, HEPING

from clusteratlas.geo import distance_m
from clusteratlas.geo.geocoding.providers import AMap, Baidu, Nominatim, Tencent, Tianditu

SERVICES = [
    pytest.param(AMap, replies.amap, "/v3/geocode/geo", "key", id="amap"),
    pytest.param(Baidu, replies.baidu, "/geocoding/v3/", "ak", id="baidu"),
    pytest.param(Tianditu, replies.tianditu, "/geocoder", "tk", id="tianditu"),
    pytest.param(Tencent, replies.tencent, "/ws/geocoder/v1/", "key", id="tencent"),
]


def make(kind: Any, service: MapService, **options: Any) -> Any:
    options = {"domain": service.domain, "scheme": "http", "proxies": {}, "timeout": 5} | options
    key = {"user_agent": "test/1"} if kind is Nominatim else {"api_key": KEY}
    return kind(**key, **options)


@pytest.mark.parametrize(("kind", "reply", "path", "key_name"), SERVICES)
def test_the_answer_is_a_location_in_wgs84(
    service: MapService, kind: Any, reply: Callable[[], Any], path: str, key_name: str
) -> None:
    service.say(reply())
    location = make(kind, service).geocode(ADDRESS, city="沈阳市")
    assert isinstance(location, Location)
    assert float(distance_m(location.longitude, location.latitude, *HEPING)) < 0.2
    assert service.paths == [path]
    assert service.asked[0][key_name] == KEY
    assert ADDRESS in str(service.asked[0])


@pytest.mark.parametrize(("kind", "reply", "path", "key_name"), SERVICES)
def test_the_conventions_of_geopy_hold(
    service: MapService, kind: Any, reply: Callable[[], Any], path: str, key_name: str
) -> None:
    service.say(reply())
    geocoder = make(kind, service)
    assert isinstance(geocoder, Geocoder)
    many = geocoder.geocode(ADDRESS, exactly_one=False, timeout=2)
    assert [type(one) for one in many] == [Location]
    assert many[0].raw  # the service's own answer


def test_nominatim_is_asked_for_places_in_china(service: MapService) -> None:
    service.say(replies.nominatim())
    geocoder = make(Nominatim, service)
    location = geocoder.geocode(ADDRESS)
    assert (location.longitude, location.latitude) == HEPING
    assert service.asked[0]["countrycodes"] == "cn"
    assert service.agents == ["test/1"]
    answer = geocoder.describe(location)
    grade = geocoder.grade(answer)
    # half the diagonal of 0.02 x 0.002 degrees: 1,110 m north, 83 m east
    assert grade.precision == "street"
    assert grade.radius_m == pytest.approx(1_114, abs=5)


def test_baidu_is_geopys_baidu_with_signature_and_a_bounded_address(service: MapService) -> None:
    service.say(replies.baidu())
    geocoder = make(Baidu, service, security_key="sk")
    assert isinstance(geocoder, BaiduV3)
    geocoder.geocode("沈" * 100)
    assert service.asked[0]["address"] == "沈" * 42  # 84 bytes in GB18030
    assert len(service.asked[0]["sn"]) == 32
    with pytest.raises(NotImplementedError):
        geocoder.reverse((41.8, 123.4))


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (AMap, replies.AMAP_EMPTY),
        (AMap, replies.amap_error("30001", "ENGINE_RESPONSE_DATA_ERROR")),
        (Baidu, replies.BAIDU_EMPTY),
        (Baidu, {"status": 0, "result": []}),
        (Tianditu, replies.TIANDITU_EMPTY),
        (Tencent, replies.TENCENT_EMPTY),
        (Nominatim, []),
    ],
)
def test_an_address_that_is_not_known_gives_none(
    service: MapService, kind: Any, reply: Any
) -> None:
    service.say(reply)
    geocoder = make(kind, service)
    assert geocoder.geocode(ADDRESS) is None
    assert geocoder.geocode(ADDRESS, exactly_one=False) is None


@pytest.mark.parametrize(
    ("kind", "reply", "error"),
    [
        (AMap, replies.amap_error("10003", "DAILY_QUERY_OVER_LIMIT"), GeocoderQuotaExceeded),
        (AMap, replies.amap_error("10044", "USER_DAILY_QUERY_OVER_LIMIT"), GeocoderQuotaExceeded),
        (AMap, replies.amap_error("10021", "CUQPS_HAS_EXCEEDED_THE_LIMIT"), GeocoderRateLimited),
        (AMap, replies.amap_error("10001", "INVALID_USER_KEY"), GeocoderAuthenticationFailure),
        (AMap, replies.amap_error("20001", "MISSING_REQUIRED_PARAMS"), GeocoderQueryError),
        (AMap, replies.amap_error("99999", "?"), GeocoderServiceError),
        (Baidu, {"status": 302, "message": "天配额超限，限制访问"}, GeocoderQuotaExceeded),
        (Baidu, {"status": 4, "message": "配额校验失败"}, GeocoderQuotaExceeded),
        (Baidu, {"status": 401, "message": "并发超限"}, GeocoderRateLimited),
        (Baidu, {"status": 5, "message": "ak不存在"}, GeocoderAuthenticationFailure),
        (Baidu, {"status": 1, "message": "服务器内部错误"}, GeocoderServiceError),
        (Tencent, {"status": 121, "message": "此key每日调用量已达到上限"}, GeocoderQuotaExceeded),
        (Tencent, {"status": 120, "message": "此key每秒请求量已达到上限"}, GeocoderRateLimited),
        (Tencent, {"status": 311, "message": "key格式错误"}, GeocoderAuthenticationFailure),
        (Tencent, {"status": 348, "message": "参数错误"}, GeocoderQueryError),
        (Tianditu, {"code": 301001, "msg": "非法key"}, GeocoderAuthenticationFailure),
        (Tianditu, {"code": 302002, "msg": "日访问次数超限"}, GeocoderQuotaExceeded),
        (Tianditu, {"code": 302003, "msg": "访问过于频繁"}, GeocoderRateLimited),
        (Tianditu, {"status": "404", "msg": "出错"}, GeocoderServiceError),
    ],
)
def test_a_refusal_with_status_200_is_an_error(
    service: MapService, kind: Any, reply: Any, error: type[Exception]
) -> None:
    service.say(reply)
    with pytest.raises(error) as caught:
        make(kind, service).geocode(ADDRESS)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        *(
            (kind, body)
            for kind in (AMap, Baidu, Tianditu, Tencent)
            for body in (7, "x", None, [1])
        ),
        (AMap, {"status": "1", "infocode": "10000", "geocodes": [{"location": "a,b"}]}),
        (AMap, {"status": "1", "infocode": "10000", "geocodes": [{"location": "123.4"}]}),
        (AMap, {"status": "1", "infocode": "10000", "geocodes": "none"}),
        (AMap, {"status": "1", "infocode": "10000", "geocodes": [{"location": "NaN,41"}]}),
        (AMap, {"status": "1", "infocode": "10000", "geocodes": [{"location": "999,41"}]}),
        (Baidu, {"status": 0, "result": {"location": {"lng": None, "lat": 41}}}),
        (Baidu, {"status": 0, "result": {"location": {"lng": True, "lat": 41}}}),
        (Tianditu, {"status": "0", "location": {"lon": "1e999", "lat": "41"}}),
        (Tencent, {"status": 0, "result": {"location": [123, 41]}}),
        (Nominatim, [{"lat": "x", "lon": "1", "display_name": "?"}]),
        (Nominatim, [{"display_name": "no point"}]),
        (Nominatim, [7]),
    ],
)
def test_an_answer_of_another_form_is_a_parse_error(
    service: MapService, kind: Any, reply: Any
) -> None:
    service.say(reply)
    with pytest.raises(GeocoderParseError):
        make(kind, service).geocode(ADDRESS)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=50)
@given(reply=JSON, spot=JSON, kind=st.sampled_from((AMap, Baidu, Tianditu, Tencent, Nominatim)))
def test_whatever_comes_back_is_a_point_none_or_geopys_error(
    reply: Any, spot: Any, kind: Any
) -> None:
    key = {"user_agent": "test/1"} if kind is Nominatim else {"api_key": KEY}
    geocoder = kind(**key)
    place = {"location": spot, "lon": spot, "lat": spot, "lng": spot, "level": reply}
    pages = [
        reply,
        {"status": "1", "geocodes": [place | {"location": f"{spot},{spot}"}]},
        {"status": "0", "location": place},
        {"status": 0, "result": place | {"location": place, "ad_info": reply}},
        [place | {"display_name": "x", "boundingbox": reply}],
    ]
    for page in pages:
        try:
            location = geocoder._parse_json(page, exactly_one=True)
        except GeopyError:
            continue
        if location is not None:
            answer = geocoder.describe(location)
            assert -180 <= answer.lon <= 180
            assert -90 <= answer.lat <= 90
            grade = geocoder.grade(answer)
            assert grade.precision in ("none", "city", "district") or grade.radius_m >= 100


@pytest.mark.parametrize(
    ("kind", "reply", "precision", "radius_m"),
    [
        (AMap, replies.amap(level="兴趣点"), "site", 300),
        (AMap, replies.amap(level="门牌号"), "address", 300),
        (AMap, replies.amap(level="道路"), "street", 2_500),
        (AMap, replies.amap(level="乡镇"), "township", 5_000),
        (AMap, replies.amap(level="区县"), "district", None),
        (AMap, replies.amap(level="something new"), "district", None),
        (AMap, replies.amap(level="省"), "none", None),
        (Baidu, replies.baidu(level="门址", confidence=80), "address", 300),
        (Baidu, replies.baidu(level="门址", confidence=50), "address", 1_000),
        (Baidu, replies.baidu(level="门址", confidence=20), "district", None),
        (Baidu, replies.baidu(level="门址", confidence=5), "district", None),
        (Baidu, replies.baidu(level="商务大厦", confidence=100), "site", 300),
        (Tencent, replies.tencent(level=9, reliability=8), "address", 300),
        (Tencent, replies.tencent(level=9, reliability=3), "district", None),
        (Tencent, replies.tencent(level=1, reliability=1), "city", None),
        (Tianditu, replies.tianditu(), "address", 500),
        (Tianditu, replies.tianditu(score=30), "district", None),
        (Nominatim, replies.nominatim(rank=16), "district", None),
        (Nominatim, replies.nominatim(rank=4), "none", None),
    ],
)
def test_the_kind_of_match_becomes_precision_and_radius(
    service: MapService, kind: Any, reply: Any, precision: str, radius_m: float | None
) -> None:
    service.say(reply)
    geocoder = make(kind, service)
    grade = geocoder.grade(geocoder.describe(geocoder.geocode(ADDRESS)))
    assert grade.precision == precision
    assert (grade.radius_m if grade.radius_m == grade.radius_m else None) == radius_m
