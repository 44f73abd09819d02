"""Addresses as registers write them, and what users rely on to come out."""

import math

import pytest

from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.geocoding import OfflineGeocoder

STATED = [
    ("辽宁省沈阳市铁西区北一西路52号", "210106"),
    ("沈阳市东陵区文溯街16号", "210112"),  # 浑南区 since 2014
    ("沈阳市浑南新区银卡东路6号633室", "210112"),
    ("沈阳市新城子区道义镇", "210113"),
    ("辽中县辽中镇迎宾路61号", "210115"),
    ("辽宁省普兰店市城子坦镇老古村", "210214"),
    ("大洼县田家镇", "211104"),
    ("阜蒙县大巴镇", "210921"),
    ("喀左县公营子镇土城子村", "211324"),
    ("辽宁省庄河市徐岭镇杨树房村", "210283"),
    ("铁法市矿务局", "211281"),
    ("北宁市沟帮子镇", "210782"),
    ("瀋陽市 鐵西區　北一西路５２號", "210106"),
]


@pytest.mark.parametrize(("address", "adcode"), STATED)
def test_a_stated_district_is_found_under_any_of_its_names(
    geocoder: OfflineGeocoder, address: str, adcode: str
) -> None:
    found = geocoder.geocode(address)
    assert (found.adcode, found.status) == (adcode, "ok")
    assert found.has_point
    assert found.confidence > 0.9


@pytest.mark.parametrize(
    ("address", "adcode"),
    [
        ("沈阳经济技术开发区开发大路25号", "210106"),
        ("辽宁省大连经济技术开发区金石路39#1-4", "210213"),
        ("辽宁省大连保税区洞庭路1号自贸大厦731G-3室", "210213"),
        ("辽宁省大连长兴岛经济区何屯村", "210281"),
        ("辽宁省大连花园口经济区明阳街道端阳庙村", "210283"),
        ("沈阳市棋盘山开发区风景区内秀湖南岸382号", "210112"),
    ],
)
def test_a_zone_leads_to_its_district(geocoder: OfflineGeocoder, address: str, adcode: str) -> None:
    found = geocoder.geocode(address)
    assert (found.adcode, found.status) == (adcode, "ok")
    assert found.zone


def test_the_two_tiexi_districts_are_told_apart_by_the_city(geocoder: OfflineGeocoder) -> None:
    assert geocoder.geocode("沈阳市铁西区云峰北街33号").adcode == "210106"
    assert geocoder.geocode("鞍山市铁西区人民路289号").adcode == "210303"
    assert geocoder.geocode("铁西区", city="鞍山").adcode == "210303"
    assert geocoder.geocode("铁西区", name="沈阳机床某某有限公司").adcode == "210106"


def test_a_name_of_two_cities_alone_gets_no_point(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("铁西区")
    assert found.status == "ambiguous"
    assert not found.has_point
    assert {adcode for adcode, _ in found.candidates} == {"210106", "210303"}


def test_a_zone_of_another_city_is_not_taken_for_the_stated_citys(
    geocoder: OfflineGeocoder,
) -> None:
    assert geocoder.geocode("辽宁省丹东市金泉工业区仁川团地3BL").city == "丹东市"


def test_a_city_column_is_evidence_not_truth(geocoder: OfflineGeocoder) -> None:
    # 65 Shenyang firms are filed under Anshan in the register's city column.
    assert geocoder.geocode("沈阳市铁西区云峰北街33号", city="鞍山").adcode == "210106"


@pytest.mark.parametrize(
    ("address", "not_in"),
    [
        ("沈阳市和平区营口西路11号", "2108"),
        ("大石桥市铁岭村", "2112"),
        ("沈阳市浑南区智能健康平台", "210123"),
        ("大连市中山区鞍山路2号", "2103"),
        ("沈阳市皇姑区昌图街3号", "211224"),
    ],
)
def test_place_names_inside_roads_and_firms_do_not_count(
    geocoder: OfflineGeocoder, address: str, not_in: str
) -> None:
    found = geocoder.geocode(address)
    assert found.status == "ok"
    assert not found.adcode.startswith(not_in)


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("大连高新技术产业园区", {"210211", "210212"}),
        ("沈抚新区", {"210112", "210411"}),
        ("大连普湾新区", {"210213", "210214"}),
    ],
)
def test_a_zone_across_districts_stays_ambiguous(
    geocoder: OfflineGeocoder, address: str, possible: set[str]
) -> None:
    found = geocoder.geocode(address)
    assert found.status == "ambiguous"
    assert possible <= {adcode for adcode, _ in found.candidates}
    assert sum(weight for _, weight in found.candidates) <= 1.01


@pytest.mark.parametrize(
    "address",
    [
        "北京市朝阳区建国路1号",
        "江苏省苏州市工业园区人民路8号",
        "上海市浦东新区和平路",
        "四平市铁西区",
        "浦东新区世纪大道100号",
        "石景山区八角东街65号",
    ],
)
def test_an_address_elsewhere_is_said_to_be_outside(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert found.status == "failed"
    assert found.evidence.startswith("覆盖范围外")
    assert not found.has_point


def test_a_city_alone_gives_no_district(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("辽宁省沈阳市")
    assert (found.adcode, found.precision, found.status) == ("", "city", "ambiguous")
    assert found.radius_m > 20_000


def test_a_common_road_without_a_city_gets_no_point(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("人民路16号")
    assert found.status == "ambiguous"
    assert not found.has_point
    assert len({adcode[:4] for adcode, _ in found.candidates}) > 1


def test_the_district_in_a_firms_name_helps_where_the_address_has_none(
    geocoder: OfflineGeocoder,
) -> None:
    found = geocoder.geocode("人民路16号", name="海城市某某菱镁有限公司")
    assert found.adcode == "210381"
    assert found.evidence.startswith("据名称")
    assert found.confidence < geocoder.geocode("海城市人民路16号").confidence


def test_a_known_site_is_placed_by_its_name(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("", name="红沿河核电站")
    assert (found.precision, found.adcode) == ("site", "210281")
    # the plant's own coordinates, as the Global Energy Monitor gives them
    assert distance_m(found.lon, found.lat, 121.4774, 39.7964) < 2_000


def test_road_and_number_are_told(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("辽宁省大连市沙河口区中长街51号3单元")
    assert (found.road, found.number) == ("中长街", "51")
    assert found.precision in ("address", "street")


def test_precision_never_exceeds_what_matched(geocoder: OfflineGeocoder) -> None:
    known = geocoder.geocode("沈阳市和平区三好街55号")
    unknown = geocoder.geocode("沈阳市和平区某某无名路55号")
    assert known.precision in ("address", "street")
    assert unknown.precision == "district"
    assert unknown.radius_m > known.radius_m


def test_evidence_says_what_matched(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("沈阳市东陵区文溯街16号")
    assert "写明东陵区（旧称）" in found.evidence
    assert "定位" in found.evidence


@pytest.mark.parametrize(
    "address", ["", "   ", "🏭🏭", "NaN", "=1+1", "\x00\x00", "N/A", "号号号", "1" * 10_000]
)
def test_garbage_fails_without_a_point(geocoder: OfflineGeocoder, address: str) -> None:
    found = geocoder.geocode(address)
    assert found.status == "failed"
    assert math.isnan(found.lon)
    assert found.precision == "none"


def test_a_very_long_address_is_read_from_its_beginning(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("沈阳市和平区三好街55号" + "甲" * 10_000)
    assert found.adcode == "210102"


@pytest.mark.parametrize("address", [None, 5, 3.5, float("nan"), b"\xff", ["沈阳市"]])
def test_what_is_no_text_counts_as_empty(geocoder: OfflineGeocoder, address: object) -> None:
    found = geocoder.geocode(address)  # type: ignore[arg-type]
    assert (found.status, found.evidence) == ("failed", "地址为空")


@pytest.mark.parametrize(
    "address", ["沈阳市火星区创新路1号", "沈阳市火星区", "沈阳市桃源县人民路2号"]
)
def test_a_district_that_does_not_exist_leaves_the_city(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert (found.adcode, found.city, found.status) == ("", "沈阳市", "ambiguous")
    assert found.precision == "city"
    assert "不是辽宁现有或曾有的区县" in found.evidence


@pytest.mark.parametrize(
    "address", ["火星区创新路1号", "西湖区文三路90号", "朝阳区建国路88号", "南山区科技园"]
)
def test_a_district_of_nowhere_or_elsewhere_gets_no_point(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert (found.adcode, found.status, found.has_point) == ("", "failed", False)


def test_a_slip_in_a_districts_name_is_read_over(geocoder: OfflineGeocoder) -> None:
    assert geocoder.geocode("营口市鲅鱼区熊岳镇").adcode == "210804"


def test_two_cities_stay_open_unless_a_district_tells(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("沈阳市大连市人民路8号")
    assert (found.adcode, found.status, found.has_point) == ("", "ambiguous", False)
    assert found.candidates == (("210100", 0.5), ("210200", 0.5))
    assert "沈阳市、大连市" in found.evidence
    assert geocoder.geocode("沈阳市大连市中山区人民路8号").adcode == "210202"


@pytest.mark.parametrize("address", ["沈阳市东陵区南塔街107号", "沈阳市东陵区南塔街道"])
def test_a_part_of_a_divided_district_is_weighed(geocoder: OfflineGeocoder, address: str) -> None:
    found = geocoder.geocode(address)  # 南塔 is in 沈河区 today; the old authority became 浑南区's
    weights = dict(found.candidates)
    assert weights["210112"] > 0.25
    assert weights["210103"] > 0.25
    assert found.confidence < 0.75


def test_an_unknown_zone_is_not_the_citys_zone(geocoder: OfflineGeocoder) -> None:
    # 经济开发区 is the end of the name of a zone of 瓦房店, not the zone of the city.
    found = geocoder.geocode("大连永宁经济开发区")
    assert (found.adcode, found.zone) == ("210281", "")


def test_a_zone_behind_its_district_is_read_through_brackets(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("营口市西市区辽宁（营口）沿海产业基地新海大街5号")
    assert (found.adcode, found.zone) == ("210803", "辽宁营口沿海产业基地")


def test_house_numbers_tell_the_district_of_a_road_that_two_share(
    geocoder: OfflineGeocoder,
) -> None:
    assert geocoder.geocode("沈阳市青年大街169号").adcode == "210103"
    assert geocoder.geocode("沈阳市青年大街386号").adcode == "210102"


def test_pieces_of_names_speak_where_no_name_is_known(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("八河川街")  # of 八河川镇, known from other names of the place
    assert (found.adcode, found.status, found.has_point) == ("210624", "ambiguous", False)


@pytest.mark.parametrize("text", ["你好世界", "张三李四有限公司", "今天天气真好", "广州天河"])
def test_pieces_of_names_make_no_address_of_any_text(geocoder: OfflineGeocoder, text: str) -> None:
    assert geocoder.geocode(text).status == "failed"


def test_a_township_narrows_a_long_road_down(geocoder: OfflineGeocoder) -> None:
    road = geocoder.geocode("大连市甘井子区华北路")
    town = geocoder.geocode("大连市甘井子区周水子街道")
    both = geocoder.geocode("大连市甘井子区周水子街道华北路")
    assert both.precision == "street"
    assert both.radius_m < min(road.radius_m, town.radius_m)
    between = distance_m(road.lon, road.lat, town.lon, town.lat)
    assert distance_m(both.lon, both.lat, road.lon, road.lat) < between
    assert distance_m(both.lon, both.lat, town.lon, town.lat) < between
    # 1/r² = 1/r1² + 1/r2²
    assert both.radius_m == pytest.approx(
        1.0 / math.sqrt(1.0 / road.radius_m**2 + 1.0 / town.radius_m**2), rel=0.01
    )


def test_a_township_that_the_road_does_not_reach_leaves_it_as_it_is(
    geocoder: OfflineGeocoder,
) -> None:
    road = geocoder.geocode("沈阳市沈河区中街路115号")
    both = geocoder.geocode("沈阳市沈河区东陵街道中街路115号")
    assert (both.lon, both.lat, both.radius_m) == (road.lon, road.lat, road.radius_m)


@pytest.mark.parametrize(
    "address",
    [
        "武汉东湖新技术开发区光谷大道77号",
        "苏州工业园区金鸡湖大道1355号",
        "成都高新区天府大道1700号",
    ],
)
def test_a_city_elsewhere_is_known_without_its_ending(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert found.status == "failed"
    assert "覆盖范围外" in found.evidence


@pytest.mark.parametrize("address", ["新华村", "幸福村幸福路", "红旗村", "人民路1号"])
def test_a_name_that_many_places_have_gets_no_point(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert (found.status, found.has_point) == ("ambiguous", False)


def test_a_city_elsewhere_in_the_name_of_a_place_is_not_seen(geocoder: OfflineGeocoder) -> None:
    assert geocoder.geocode("兴城海口码头").adcode == "211481"
    assert geocoder.geocode("沈阳市大连路").city == "沈阳市"


def test_the_point_of_a_crossing_is_met_by_both_roads(geocoder: OfflineGeocoder) -> None:
    one = geocoder.geocode("沈阳市和平区青年大街")
    other = geocoder.geocode("沈阳市和平区文化路")
    both = geocoder.geocode("沈阳市和平区青年大街与文化路交叉口")
    assert both.precision == "street"
    assert both.radius_m < min(one.radius_m, other.radius_m)
    assert "青年大街与道路文化路" in both.evidence
    for road in (one, other):
        between = distance_m(one.lon, one.lat, other.lon, other.lat)
        assert distance_m(both.lon, both.lat, road.lon, road.lat) < between


@pytest.mark.parametrize(
    "address",
    ["沈阳市和平区文化路与南京某街交汇处12号", "辽阳市白塔区民主路（与青年大街交叉路口）12号"],
)
def test_a_number_at_a_crossing_is_not_a_house_number_of_the_road(
    geocoder: OfflineGeocoder, address: str
) -> None:
    assert geocoder.geocode(address).precision == "street"


def test_a_township_that_was_moved_is_told_with_its_district_of_today(
    geocoder: OfflineGeocoder,
) -> None:
    # 达道湾镇 went from 千山区 to 铁西区; the codes of firms there are still those of 千山区.
    found = geocoder.geocode("鞍山市千山区达道湾镇")
    assert found.adcode == "210311"
    assert "达道湾镇（名录列于铁西区）" in found.evidence
    assert "名录列于" not in geocoder.geocode("鞍山市铁西区达道湾镇").evidence


def test_a_name_of_several_cities_is_weighed_by_all_of_them(geocoder: OfflineGeocoder) -> None:
    # 经济技术开发区 is a zone of many cities; the township and the road decide, not the first of them.
    assert geocoder.geocode("经济技术开发区辽东湾大街南段金座小区").adcode == "210804"
    assert geocoder.geocode("八道壕镇矿山大街西区2-10-15").adcode == "210726"


def test_memberships_are_those_of_the_point_that_is_given(geocoder: OfflineGeocoder) -> None:
    found = geocoder.geocode("辽宁省大连高新技术产业园区龙头产业园龙兴路51号")
    shares = [part.split(":") for part in found.membership.split(";")]
    assert found.adcode == "210212"
    assert max(shares, key=lambda part: float(part[1]))[0] == found.adcode


def test_a_province_before_the_city_in_a_firms_name_changes_nothing(
    geocoder: OfflineGeocoder,
) -> None:
    for prefix in ("", "辽宁", "辽宁省"):
        found = geocoder.geocode("人民路16号", name=f"{prefix}鞍山市海城市某某有限公司")
        assert found.adcode == "210381"


def test_a_zone_that_is_called_as_a_district_elsewhere_stays_ours(
    geocoder: OfflineGeocoder,
) -> None:
    assert geocoder.geocode("锦州滨海新区锦港大街一段1号").city == "锦州市"  # 天津 has one, too


def test_a_stated_district_holds_against_the_codes_of_firms_on_its_border_road(
    geocoder: OfflineGeocoder,
) -> None:
    # Most firms on 黄浦路 carry the code of 沙河口区: not the majority, and not what is written.
    found = geocoder.geocode("大连市甘井子区黄浦路537号")
    assert (found.district, found.status) == ("甘井子区", "ambiguous")
    weights = [weight for _, weight in found.candidates]
    assert found.candidates[0][0] == found.adcode
    assert weights == sorted(weights, reverse=True)
