"""The batch: order, index, columns, threads, pickling, a gazetteer with parts missing."""

import pickle
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusteratlas.errors import InputError
from clusteratlas.geo.districts import locate
from clusteratlas.geo.geocoding import RESULT_COLUMNS, OfflineGeocoder

ADDRESSES = [
    "沈阳市和平区三好街55号",
    "",
    "大连经济技术开发区",
    "沈阳市和平区三好街55号",
    "北京市朝阳区建国路1号",
]


def test_rows_keep_order_and_index(geocoder: OfflineGeocoder) -> None:
    column = pd.Series(ADDRESSES, index=[9, 3, 5, 7, 1])
    frame = geocoder.geocode_frame(column)
    assert frame.index.tolist() == [9, 3, 5, 7, 1]
    assert frame["adcode"].tolist() == ["210102", "", "210213", "210102", ""]
    assert frame["geocode_status"].tolist() == ["ok", "failed", "ok", "ok", "failed"]


def test_columns_and_types_are_the_contracts(geocoder: OfflineGeocoder) -> None:
    frame = geocoder.geocode_frame(ADDRESSES)
    assert RESULT_COLUMNS[:11] == (
        "lon", "lat", "adcode", "district", "precision", "radius_m", "confidence", "evidence",
        "provider", "geocode_status", "candidates",
    )  # fmt: skip
    for column in ("lon", "lat", "radius_m", "confidence"):
        assert frame[column].dtype == np.float64
    assert (frame["provider"] == "offline").all()
    assert frame["lon"].isna().tolist() == [False, True, False, False, True]


def test_missing_and_odd_cells_count_as_empty(geocoder: OfflineGeocoder) -> None:
    frame = geocoder.geocode_frame([None, np.nan, 5, ["x"], {}, "沈阳市和平区"])
    assert frame["geocode_status"].tolist() == ["failed"] * 5 + ["ok"]


def test_lengths_must_fit(geocoder: OfflineGeocoder) -> None:
    with pytest.raises(InputError, match="names: 1 values for 2 addresses"):
        geocoder.geocode_frame(["甲", "乙"], ["甲"])


def test_membership_is_told_where_a_circle_crosses_a_border(geocoder: OfflineGeocoder) -> None:
    frame = geocoder.geocode_frame(["沈抚新区", "沈阳市和平区"])
    parts = dict(part.split(":", 1) for part in str(frame["membership"].iat[0]).split(";"))
    assert sum(map(float, parts.values())) == pytest.approx(1.0, abs=0.03)
    assert len(parts) > 1
    assert frame["membership"].iat[1] == ""


def test_a_pickled_geocoder_answers_the_same(geocoder: OfflineGeocoder) -> None:
    copy = pickle.loads(pickle.dumps(geocoder))
    assert len(pickle.dumps(geocoder)) < 1_000
    assert copy.geocode(ADDRESSES[0]) == geocoder.geocode(ADDRESSES[0])


def test_threads_share_one_geocoder() -> None:
    shared = OfflineGeocoder()
    answers: list[list[str]] = []

    def work() -> None:
        answers.append(shared.geocode_frame(ADDRESSES * 20)["adcode"].tolist())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all(answer == answers[0] for answer in answers)


def test_an_empty_gazetteer_fails_every_address_politely(tmp_path: Path) -> None:
    empty = OfflineGeocoder(tmp_path)
    assert empty.geocode("沈阳市和平区三好街55号").status == "failed"
    assert empty.geocode_frame(ADDRESSES)["geocode_status"].eq("failed").all()


def test_lines_that_fail_their_check_are_left_out(tmp_path: Path) -> None:
    head = "adcode,name,form,level,city_adcode,valid_from,valid_to,note\n"
    divisions = "210100,沈阳市,current,city,210100,,,\n210102,和平区,current,district,210100,,,\n"
    (tmp_path / "divisions.csv").write_text(head + divisions, "utf-8")
    (tmp_path / "zones.csv").write_text(
        "zone_id,name,aliases,adcodes,level,lon,lat,radius_m,source,licence,note\n"
        "good,好园区,,210102,other,123.4,41.8,900,,,\n"
        "far,远园区,,210102,other,0,0,900,,,\n"
        "bad,坏园区,,999999,other,123.4,41.8,900,,,\n",
        "utf-8",
    )
    small = OfflineGeocoder(tmp_path)
    assert small.geocode("沈阳市好园区").precision == "zone"
    assert small.geocode("沈阳市远园区").precision == "district"  # 0, 0 is no point of Liaoning
    assert small.geocode("沈阳市坏园区").precision == "city"
    assert len(small.engine.gazetteer.rejected) == 1


def test_reverse_tells_district_zone_and_road(geocoder: OfflineGeocoder) -> None:
    frame = geocoder.reverse([123.4185, 0.0, np.nan], [41.7600, 0.0, 41.0])
    assert frame["adcode"].tolist() == ["210102", "", ""]
    assert frame["district"].tolist() == ["和平区", "", ""]
    assert frame["road"].iat[0] == "三好街"
    assert frame["road_m"].to_numpy()[0] < 500
    assert frame["outside_m"].iat[0] == 0.0
    assert frame["parks"].tolist()[1:] == ["", ""]


def test_reverse_of_no_points_is_empty(geocoder: OfflineGeocoder) -> None:
    assert len(geocoder.reverse([], [])) == 0


def test_every_known_point_of_the_gazetteer_is_in_its_district(geocoder: OfflineGeocoder) -> None:
    gazetteer = geocoder.engine.gazetteer
    roads = {id(road): road for group in gazetteer.roads.values() for road in group}
    known = [
        *((town.adcode, town.place, town.name) for town in gazetteer.towns),
        *((road.adcode, road.place, road.name) for road in roads.values()),
        *((code, place, "centre") for code, place in gazetteer.centres.items()),
    ]
    known = [item for item in known if item[1].known and not item[0].endswith("00")]
    found = locate([place.lon for _, place, _ in known], [place.lat for _, place, _ in known])
    wrong = [
        f"{name} {adcode} lies in {there or 'no district'}"
        for (adcode, _, name), there in zip(known, found, strict=True)
        if there != adcode
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "address",
    [
        "沈阳市和平区青年大街386号",  # the border of 和平区 and 沈河区
        "沈阳市皇姑区黄河北大街43号",  # the border of 皇姑区 and 于洪区
        "辽宁省大连高新技术产业园区龙王塘街道黄泥川村",  # a zone's part in another district
        "沈阳市沈河区小北关街212号",
    ],
)
def test_no_point_lies_outside_the_district_it_claims(
    geocoder: OfflineGeocoder, address: str
) -> None:
    found = geocoder.geocode(address)
    assert locate([found.lon], [found.lat], tolerance_m=0).tolist() == [found.adcode]


def test_a_road_of_another_township_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text(
        "adcode,name,form,level,city_adcode,valid_from,valid_to,note\n"
        "210100,沈阳市,current,city,210100,,,\n210102,和平区,current,district,210100,,,\n",
        "utf-8",
    )
    (tmp_path / "townships.csv").write_text(
        "code,name,aliases,adcode,kind,lon,lat,radius_m,source,licence\n"
        "1,甲镇,,210102,town,,,,,\n2,乙镇,,210102,town,,,,,\n3,丙镇,,210102,town,,,,,\n",
        "utf-8",
    )
    (tmp_path / "roads.csv").write_text(
        "name,adcode,zone_id,township,lon,lat,lon2,lat2,number_from,number_to,radius_m,source,licence\n"
        "正街,210102,,甲镇,123.40,41.78,,,,,500,,\n正街,210102,,乙镇,123.41,41.77,,,,,500,,\n",
        "utf-8",
    )
    small = OfflineGeocoder(tmp_path)
    assert small.geocode("沈阳市和平区甲镇正街").lon == 123.40
    assert small.geocode("沈阳市和平区乙镇正街").lon == 123.41
    assert small.geocode("沈阳市和平区丙镇正街").precision == "district"
