"""Providers in order: what is taken, what is rejected and why, and what happens when one gives out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from tests.geo.providers import replies
from tests.geo.providers.conftest import MapService, Reply
from tests.geo.providers.replies import ADDRESS, HEPING, HUANGGU

from clusteratlas.errors import GeocodingError, QuotaError
from clusteratlas.geo import Datum, convert, distance_m, locate
from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding import RESULT_COLUMNS, Geocoder, OfflineGeocoder
from clusteratlas.geo.geocoding.providers import (
    AMap,
    Asker,
    Baidu,
    Limits,
    Nominatim,
    ProviderChain,
    Tencent,
    Tianditu,
)
from clusteratlas.geo.geocoding.providers.chain import FAILURES_IN_A_ROW
from clusteratlas.geo.geocoding.providers.checks import CITY_DEFAULTS
from clusteratlas.geo.geocoding.providers.failures import AccessRefusedError

MakeAsker = Callable[..., Asker]
MakeChain = Callable[..., ProviderChain]
QUOTA = replies.amap_error("10044", "USER_DAILY_QUERY_OVER_LIMIT")
ADDRESSES = [f"沈阳市和平区三好街{number}号" for number in range(1, 9)]


def test_an_answer_in_the_stated_district_is_taken(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap())
    chain = make_chain(make_asker(AMap), offline=True)
    found = chain.geocode(ADDRESS)
    assert isinstance(chain, Geocoder)
    assert chain.name == "amap,offline"
    assert (found.provider, found.status, found.adcode) == ("amap", "ok", "210102")
    assert (found.precision, found.district, found.city) == ("address", "和平区", "沈阳市")
    assert float(distance_m(found.lon, found.lat, *HEPING)) < 0.2
    assert found.confidence > 0.98  # two that agree
    assert (found.road, found.number) == ("三好街", "55")
    assert "高德" in found.evidence
    assert "与地址所指区县一致" in found.evidence


def test_an_answer_in_another_district_is_rejected_and_the_next_is_asked(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(HUANGGU, adcode="210105"), replies.baidu())
    chain = make_chain(make_asker(AMap), make_asker(Baidu), offline=True)
    found = chain.geocode(ADDRESS)
    assert found.provider == "baidu"
    assert "高德被拒：返回点在沈阳市皇姑区，与地址所指沈阳市和平区不符" in found.evidence
    assert chain.notes[0].startswith("amap: 1 asked, 0 from the cache, 1 rejected")


@pytest.mark.parametrize("default", CITY_DEFAULTS, ids=lambda default: str(default[0]))
def test_a_city_centre_is_no_answer(
    service: MapService,
    make_asker: MakeAsker,
    make_chain: MakeChain,
    default: tuple[float, float, str],
) -> None:
    lon, lat, city = default
    service.say(replies.amap((lon + 0.0005, lat), adcode=""))  # 42 m away
    found = make_chain(make_asker(AMap)).geocode(f"{city}市")
    assert (found.status, found.has_point) == ("failed", False)
    assert f"{city}的城市中心默认点" in found.evidence


def test_without_anyone_else_a_rejected_answer_is_a_failure_with_its_reason(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap((116.40, 39.90), adcode="110101"))
    found = make_chain(make_asker(AMap)).geocode(ADDRESS)
    assert (found.status, found.precision, found.confidence) == ("failed", "none", 0.0)
    assert not found.has_point
    assert found.evidence == "高德被拒：返回点不在辽宁省内"


def test_a_point_of_the_wrong_datum_beyond_the_border_is_rejected(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    # BD-09 where GCJ-02 is documented: the point comes out about a kilometre away
    lon, lat = _inside_heping_near_its_border("bd09")
    service.say(replies.amap((lon, lat)), replies.amap((lon, lat), datum="bd09"))
    chain = make_chain(make_asker(AMap), offline=True)
    assert chain.geocode(ADDRESS).provider == "amap"
    found = chain.geocode("沈阳市和平区三好街57号")
    assert found.provider == "offline"
    assert "高德被拒：返回点" in found.evidence


def _grid_of_heping(step: int = 120) -> tuple[Any, Any]:
    lon, lat = np.meshgrid(np.linspace(123.36, 123.47, step), np.linspace(41.71, 41.82, step))
    inside = locate(lon.ravel(), lat.ravel()) == "210102"
    return lon.ravel()[inside], lat.ravel()[inside]


def _inside_heping_near_its_border(taken_for_gcj02: Datum) -> tuple[float, float]:
    """Return a point whose form in another datum, read as GCJ-02, lies 300 m outside 和平区."""
    index = district_index()
    shape = index.geometries[index.row_of["210102"]]
    lon, lat = _grid_of_heping()
    wrong = convert(*convert(lon, lat, source="wgs84", target=taken_for_gcj02), source="gcj02")
    away = shapely.distance(shape, shapely.points(*wrong))
    first = int(np.flatnonzero(away > 0.004)[0])  # over 300 m
    return float(lon[first]), float(lat[first])


def test_many_answers_show_that_a_service_has_changed_its_datum(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    lon, lat = (part[::60] for part in _grid_of_heping())
    addresses = [f"沈阳市和平区三好街{number}号" for number in range(len(lon))]
    assert len(addresses) > 30

    def answer(query: dict[str, str]) -> Any:
        at = addresses.index(query["address"])
        return replies.amap((float(lon[at]), float(lat[at])), adcode="", datum=datum)

    service.say(answer)
    datum: Datum
    for datum, warnings in (("gcj02", 0), ("wgs84", 1)):
        chain = make_chain(make_asker(AMap, api_key=datum), offline=True)
        chain.links[0].cache.path.unlink(missing_ok=True)  # type: ignore[union-attr]
        chain.links[0].cache.close()  # type: ignore[union-attr]
        chain.geocode_frame(addresses)
        assert len(chain.notes) == 1 + warnings
    assert "amap: its points fit wgs84 better than gcj02" in chain.notes[1]


def test_a_point_for_many_roads_is_a_default(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    roads = ["三好街", "文化路", "南京南街", "太原北街", "青年大街"]
    addresses = [f"沈阳市和平区{road}8号" for road in roads]
    service.say(replies.amap(level="兴趣点"))
    few = make_chain(make_asker(AMap), offline=True).geocode_frame(addresses[:3])
    assert few["provider"].tolist() == ["amap"] * 3
    chain = make_chain(make_asker(AMap), offline=True)
    many = chain.geocode_frame(addresses)
    assert many["provider"].tolist() == ["offline"] * 5
    assert many["evidence"].str.contains("应为默认点").all()
    assert len(service.asked) == 5
    assert "5 rejected" in chain.notes[0]


def test_a_point_just_beyond_the_border_is_drawn_into_the_stated_district(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    index = district_index()
    shape = index.geometries[index.row_of["210102"]]
    # 0.0008 degrees to the west are 66 m, along the way to the 铁西区 side
    lon, lat = _grid_of_heping()
    metres = shapely.distance(shape, shapely.points(lon - 0.0008, lat)) * 83_000
    at = int(np.flatnonzero((metres > 40) & (metres < 100))[0])
    point = (float(lon[at]) - 0.0008, float(lat[at]))
    assert locate(*point).tolist() != ["210102"]
    service.say(replies.amap(point, adcode=""))
    found = make_chain(make_asker(AMap)).geocode(ADDRESS)
    assert (found.provider, found.adcode) == ("amap", "210102")
    assert locate(found.lon, found.lat).tolist() == ["210102"]
    assert found.radius_m > 300  # grown by the shift


def test_a_service_that_names_another_province_is_rejected(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(adcode="310101"))
    found = make_chain(make_asker(AMap)).geocode(ADDRESS)
    assert found.evidence == "高德被拒：服务自称该地址不在辽宁省"


def test_a_city_alone_is_confirmed_by_any_of_its_districts(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(HUANGGU, adcode="210105"), replies.amap((121.60, 38.92), adcode=""))
    chain = make_chain(make_asker(AMap))
    found = chain.geocode("沈阳市第三研究所院内")
    assert (found.adcode, found.confidence, found.status) == ("210105", 0.9, "ok")
    assert "与地址所写城市一致" in found.evidence
    elsewhere = chain.geocode("沈阳市第四研究所院内")
    assert "与地址所指沈阳市不符" in elsewhere.evidence


def test_a_point_outside_the_district_that_the_service_names_is_rejected(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.tencent(HUANGGU, adcode="210102"))
    found = make_chain(make_asker(Tencent)).geocode("沈阳市人民路16号")
    assert "腾讯被拒：返回点不在服务自称的和平区内，坐标系可能有误" in found.evidence


def test_a_far_answer_within_the_district_widens_the_radius(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, geocoder: OfflineGeocoder
) -> None:
    far = (123.4000, 41.7480)  # in 和平区, some 2.4 km from the offline point on 三好街
    service.say(replies.amap(far))
    offline = geocoder.geocode(ADDRESS)
    apart = float(distance_m(*far, offline.lon, offline.lat))
    found = make_chain(make_asker(AMap)).geocode(ADDRESS)
    assert found.radius_m == pytest.approx(apart, rel=0.01)
    assert "与离线位置相距" in found.evidence


def test_a_coarse_answer_gives_way(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(level="区县"))
    alone = make_chain(make_asker(AMap)).geocode(ADDRESS)
    assert (alone.provider, alone.precision, alone.adcode) == ("amap", "district", "210102")
    assert alone.radius_m > 3_000  # the district's, not a house's
    both = make_chain(make_asker(AMap), offline=True).geocode(ADDRESS)
    assert both.provider == "offline"
    assert "高德只到区县" in both.evidence


def test_a_street_gives_way_to_a_house_number_that_the_gazetteer_knows(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(level="道路"))
    assert make_chain(make_asker(AMap)).geocode(ADDRESS).precision == "street"
    found = make_chain(make_asker(AMap), offline=True).geocode(ADDRESS)
    assert (found.provider, found.precision) == ("offline", "address")


def test_offline_first_asks_only_for_what_is_left(
    service: MapService, make_asker: MakeAsker, geocoder: OfflineGeocoder
) -> None:
    service.say(replies.amap())
    chain = ProviderChain([geocoder, make_asker(AMap)], geocoder)
    assert chain.geocode(ADDRESS).provider == "offline"
    assert service.asked == []
    assert chain.geocode("沈阳市").provider == "amap"


@pytest.mark.parametrize("address", ["", "   ", "上海市浦东新区世纪大道100号"])
def test_what_cannot_lie_in_liaoning_is_not_asked(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, address: str
) -> None:
    found = make_chain(make_asker(AMap)).geocode(address)
    assert (found.status, found.has_point) == ("failed", False)
    assert service.asked == []


def test_an_address_that_names_no_place_stays_doubtful(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap())
    found = make_chain(make_asker(AMap)).geocode("第三研究所院内")
    assert (found.status, found.confidence) == ("ambiguous", 0.5)
    assert "无从核对" in found.evidence


def test_the_city_goes_to_the_service(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap())
    chain = make_chain(make_asker(AMap))
    chain.geocode("三好街５５号", city="沈阳")
    assert (service.asked[0]["address"], service.asked[0]["city"]) == (
        "沈阳市三好街55号",
        "沈阳市",
    )
    chain.geocode("辽宁省和平区三好街55号")  # 和平区 is in Shenyang
    assert service.asked[1]["address"] == "沈阳市和平区三好街55号"
    assert "name" not in service.asked[0]


def test_tencent_is_not_asked_without_a_city(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    found = make_chain(make_asker(Tencent)).geocode("三好街55号")
    assert service.asked == []
    assert "腾讯未询问：地址未写城市" in found.evidence


@pytest.mark.parametrize(
    ("kind", "reply"), [(Tianditu, replies.tianditu()), (Nominatim, replies.nominatim())]
)
def test_the_other_services_answer_in_a_chain(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, kind: Any, reply: Any
) -> None:
    service.say(reply)
    options = {"user_agent": "test/1"} if kind is Nominatim else {}
    found = make_chain(make_asker(kind, **options)).geocode(ADDRESS)
    assert (found.provider, found.adcode, found.status) == (kind.name, "210102", "ok")


def test_a_batch_has_the_columns_and_order_of_the_offline_geocoder(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, geocoder: OfflineGeocoder
) -> None:
    service.say(replies.amap())
    addresses = pd.Series([ADDRESS, "", "沈抚新区", ADDRESS], index=[7, 3, 9, 1])
    frame = make_chain(make_asker(AMap), offline=True).geocode_frame(addresses)
    offline = geocoder.geocode_frame(addresses)
    assert frame.columns.tolist() == list(RESULT_COLUMNS)
    assert frame.dtypes.tolist() == offline.dtypes.tolist()
    assert frame.index.tolist() == [7, 3, 9, 1]
    assert frame["provider"].tolist() == ["amap", "offline", "offline", "amap"]
    assert len(service.asked) == 2  # each distinct address once, the empty one never
    empty = make_chain(make_asker(AMap)).geocode_frame([])
    assert empty.columns.tolist() == list(RESULT_COLUMNS)
    assert len(empty) == 0


def test_a_spent_quota_hands_over_to_the_next(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap(), replies.amap(), QUOTA)
    chain = make_chain(make_asker(AMap), offline=True)
    frame = chain.geocode_frame(ADDRESSES)
    assert frame["provider"].tolist() == ["amap"] * 2 + ["offline"] * 6
    assert len(service.asked) == 3  # and never again in this run
    assert "left out: amap: quota used up" in chain.notes[0]


def test_a_spent_quota_without_a_next_stops_and_a_later_run_goes_on(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, fake_time: Any
) -> None:
    service.say(replies.amap(), replies.amap(), QUOTA)
    with pytest.raises(
        QuotaError, match=r"Beijing time \(2 of 8 addresses done and kept"
    ) as caught:
        make_chain(make_asker(AMap)).geocode_frame(ADDRESSES)
    assert caught.value.retry_after is not None
    fake_time.time_s += caught.value.retry_after + 1
    service.say(replies.amap())
    frame = make_chain(make_asker(AMap)).geocode_frame(ADDRESSES)
    assert frame["provider"].tolist() == ["amap"] * 8
    questions = [query["address"] for query in service.asked]
    assert questions == [*ADDRESSES[:3], *ADDRESSES[2:]]  # the third was refused


def test_an_interrupted_batch_goes_on_where_it_stopped(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap())
    asker = make_asker(AMap)
    ask = asker.geocoder.geocode

    def interrupted(query: str, **options: Any) -> Any:
        if query == ADDRESSES[5]:
            raise KeyboardInterrupt
        return ask(query, **options)

    asker.geocoder.geocode = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        make_chain(asker).geocode_frame(ADDRESSES)
    make_chain(make_asker(AMap)).geocode_frame(ADDRESSES)
    assert [query["address"] for query in service.asked] == ADDRESSES  # each once


def test_a_refused_key_stops_everything(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap_error("10001", "INVALID_USER_KEY"))
    with pytest.raises(AccessRefusedError, match=r"^amap: access refused: INVALID_USER_KEY"):
        make_chain(make_asker(AMap), offline=True).geocode_frame(ADDRESSES)
    assert len(service.asked) == 1


def test_a_dead_service_is_left_out_after_a_few_addresses(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(Reply({}, 500))
    frame = make_chain(make_asker(AMap), offline=True).geocode_frame(ADDRESSES)
    assert set(frame["provider"]) == {"offline"}
    assert len(service.asked) == 4 * FAILURES_IN_A_ROW
    assert "高德请求失败：amap: service failed" in str(frame["evidence"].iat[0])
    with pytest.raises(GeocodingError, match=r"4 of 8 addresses done"):
        make_chain(make_asker(AMap)).geocode_frame(ADDRESSES)


def test_one_failed_address_is_marked_and_asked_again_next_time(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    def flaky(query: dict[str, str]) -> Any:
        broken = query["address"] == ADDRESSES[1]
        return Reply(b"{", 200) if broken else replies.amap()

    service.say(flaky)
    chain = make_chain(make_asker(AMap))
    frame = chain.geocode_frame(ADDRESSES[:3])
    assert frame["geocode_status"].tolist() == ["ok", "failed", "ok"]
    assert "unreadable answer" in str(frame["evidence"].iat[1])
    assert "1 failed" in chain.notes[0]
    with pytest.raises(GeocodingError, match="unreadable answer"):
        make_chain(make_asker(AMap)).geocode(ADDRESSES[1])
    service.say(replies.amap())
    assert make_chain(make_asker(AMap)).geocode(ADDRESSES[1]).status == "ok"


def test_the_daily_limit_hands_over_too(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain
) -> None:
    service.say(replies.amap())
    chain = make_chain(make_asker(AMap, Limits(1000.0, per_day=2)), offline=True)
    assert chain.geocode_frame(ADDRESSES[:4])["provider"].tolist() == ["amap"] * 2 + ["offline"] * 2


def test_no_point_lies_outside_the_district_it_claims(
    service: MapService, make_asker: MakeAsker, make_chain: MakeChain, tmp_path: Path
) -> None:
    def around(query: dict[str, str]) -> Any:
        number = int(query["address"].removeprefix("沈阳市和平区三好街").removesuffix("号"))
        return replies.amap((123.37 + 0.002 * number, 41.775), adcode="")

    service.say(around)
    addresses = [f"沈阳市和平区三好街{number}号" for number in range(60)]
    frame = make_chain(make_asker(AMap)).geocode_frame(addresses)
    taken = frame[frame["geocode_status"] == "ok"]
    assert 10 < len(taken) < 60
    assert locate(taken["lon"], taken["lat"]).tolist() == taken["adcode"].tolist()
    assert set(taken["adcode"]) == {"210102"}
