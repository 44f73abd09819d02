"""What holds for every text: no exception, no false precision, one answer however it is asked."""

import math

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.geo.districts import district_index, locate
from clusteratlas.geo.geocoding import PRECISIONS, RESULT_COLUMNS, OfflineGeocoder
from clusteratlas.geo.geocoding.normalise import MAX_LENGTH, normalise, normalise_all
from clusteratlas.geo.geocoding.patterns import stems

PIECES = st.sampled_from(
    [
        "辽宁省", "辽宁", "沈阳市", "沈阳", "大连市", "鞍山", "朝阳市", "铁西区", "和平区",
        "金州区", "东陵区", "普兰店市", "海城", "北京市", "吉林省", "沈阳经济技术开发区",
        "大连高新技术产业园区", "沈抚新区", "经济开发区", "三好街", "营口西路", "人民路",
        "铁岭村", "登沙河镇", "先进街道", "五里河", "12号", "１２號", "3-1", "（", ")",
        "某某有限公司", "🏭", "\x00", "=SUM(A1)", "<b>", "遼寧省", "ABC", "-", "号",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=8).map("".join),
)
GEOCODER = OfflineGeocoder()
WIDEST_M = 200_000.0


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, name=TEXTS, city=TEXTS)
def test_every_answer_is_consistent(text: str, name: str, city: str) -> None:
    found = GEOCODER.geocode(text, name=name, city=city)
    assert found.precision in PRECISIONS
    assert 0.0 <= found.confidence <= 1.0
    assert (found.precision == "none") == math.isnan(found.lon) == math.isnan(found.radius_m)
    if found.status == "ok":
        assert found.adcode in district_index().by_adcode
        assert found.has_point
    if found.status == "failed":
        assert not found.has_point
        assert not found.adcode
    if found.has_point:
        assert 30.0 <= found.radius_m <= WIDEST_M
        assert locate([found.lon], [found.lat], tolerance_m=30_000).tolist() != [""]
    weights = [weight for _, weight in found.candidates]
    assert weights == sorted(weights, reverse=True)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, max_size=6))
def test_a_batch_says_what_single_calls_say(texts: list[str]) -> None:
    frame = GEOCODER.geocode_frame(texts)
    assert tuple(frame.columns) == RESULT_COLUMNS
    assert len(frame) == len(texts)
    for text, row in zip(texts, frame.itertuples(index=False), strict=True):
        single = GEOCODER.geocode(text)
        assert (row.adcode, row.precision) == (single.adcode, single.precision)
        assert row.geocode_status == single.status
        assert row.membership == single.membership
        assert str(row.lon) == str(single.lon)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_a_batch_with_names_says_what_single_calls_say(texts: list[tuple[str, str, str]]) -> None:
    addresses, names, cities = zip(*texts, strict=True)
    frame = GEOCODER.geocode_frame(addresses, names, cities)
    for number, (address, name, city) in enumerate(texts):
        single = GEOCODER.geocode(address, name=name, city=city)
        assert frame["adcode"].iat[number] == single.adcode
        assert frame["geocode_status"].iat[number] == single.status
        assert frame["precision"].iat[number] == single.precision


@given(text=st.text(max_size=400))
def test_normalising_is_bounded_and_settles(text: str) -> None:
    once = normalise(text)
    assert len(once) <= MAX_LENGTH
    assert normalise(once) == once
    assert not any(character.isspace() for character in once)


@given(texts=st.lists(st.one_of(TEXTS, st.text(max_size=400)), max_size=8))
def test_a_batch_is_normalised_and_read_as_single_texts_are(texts: list[str]) -> None:
    plain = [normalise(text) for text in texts]
    assert normalise_all(texts) == plain
    assert stems(plain) == [stems([text])[0] for text in plain]
    parser = GEOCODER.engine.parser
    assert parser.parse_all(plain) == [parser.parse(text) for text in plain]


@given(st.sampled_from(["沈阳市和平区三好街55号", "大连市沙河口区中长街51号"]))
def test_width_script_and_spaces_do_not_matter(address: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else f"{c} " for c in address)
    assert GEOCODER.geocode(wide).adcode == GEOCODER.geocode(address).adcode
    assert GEOCODER.geocode(wide).number == GEOCODER.geocode(address).number


def test_an_empty_column_gives_an_empty_frame() -> None:
    frame = GEOCODER.geocode_frame(pd.Series([], dtype="str"))
    assert tuple(frame.columns) == RESULT_COLUMNS
    assert len(frame) == 0
