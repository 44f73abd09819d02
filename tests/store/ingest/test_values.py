import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.store.ingest.values import (
    USCC_ALPHABET,
    clean,
    name_problem,
    read_capital,
    read_city,
    read_code,
    read_date,
    uscc_check_character,
)


def test_code_of_the_standard_checks() -> None:
    assert read_code("91350100M000100Y43") == ("91350100M000100Y43", "")


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.data())
def test_any_single_slip_is_found(body: str, place: int, data: st.DataObject) -> None:
    code = body + uscc_check_character(body)
    other = data.draw(st.sampled_from([c for c in USCC_ALPHABET if c != code[place]]))
    slipped = code[:place] + other + code[place + 1 :]
    assert read_code(code) == (code, "")
    assert read_code(slipped) == ("", "bad_check_digit")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", ("", "")),
        (None, ("", "")),
        ("N/A", ("", "")),
        ("－", ("", "")),
        ("210100000012345", ("", "")),
        ("24349022-7", ("", "")),
        ("９１３５０１００Ｍ０００１００Ｙ４３", ("91350100M000100Y43", "")),
        ("91350100m000100y43", ("91350100M000100Y43", "")),
        ("'91350100M000100Y43", ("91350100M000100Y43", "")),
        ("9.121E+17", ("", "code_in_scientific_notation")),
        ("9.12100002434902E+17", ("", "code_in_scientific_notation")),
        (9.12100002434902e17, ("", "code_in_scientific_notation")),
        (210100000012345.0, ("", "")),
        ("91210882E504310978", ("91210882E504310978", "")),
        ("91350100M000100O43", ("", "bad_code")),
        ("9121000024349022", ("", "bad_code")),
        ("=A1", ("", "bad_code")),
    ],
)
def test_read_code_of_cells(cell: object, expected: tuple[str, str]) -> None:
    assert read_code(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "2010-03-05", "2010/3/5", "2010.3.5", "20100305", "2010年3月5日", "2010-03-05 00:00:00",
        "2010-03-05T08:00:00Z", "２０１０－０３－０５", "40242", 40242, 40242.0,
        datetime.date(2010, 3, 5), datetime.datetime(2010, 3, 5, 12),
    ],
)  # fmt: skip
def test_read_date_in_many_forms(cell: object) -> None:
    assert read_date(cell) == ("2010-03-05", True)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("25/03/2010", "2010-03-25"), ("03/25/2010", "2010-03-25"), ("04/04/2010", "2010-04-04")],
)
def test_read_date_with_day_and_month_first(cell: str, expected: str) -> None:
    assert read_date(cell) == (expected, True)


@pytest.mark.parametrize(
    "cell",
    ["03/05/2010", "2010", "2010-03", "2010-02-30", "2999-01-01", "1812-01-01", "昨天", "20101301"],
)
def test_read_date_makes_nothing_up(cell: str) -> None:
    assert read_date(cell) == ("", False)


@pytest.mark.parametrize("cell", ["", None, "N/A", "-", float("nan")])
def test_read_date_of_nothing_is_understood(cell: object) -> None:
    assert read_date(cell) == ("", True)


@pytest.mark.parametrize(
    ("cell", "unit", "amount"),
    [
        ("681(万元人民币)", "", 681.0),
        ("50.4万人民币", "", 50.4),
        ("1,000(万元人民币)", "", 1000.0),
        ("１，０００（万元人民币）", "", 1000.0),
        ("30万人民币元", "", 30.0),
        ("500万元", "", 500.0),
        ("人民币500万元", "", 500.0),
        ("1.2亿元", "", 12000.0),
        ("500000元", "", 50.0),
        ("500", "万元", 500.0),
        (500, "万元", 500.0),
        ("500", "", None),
        ("500(万)", "", None),
        ("50()", "", None),
        ("100(万美元)", "", None),
        ("100万日元", "万元", None),
        ("谭勇", "", None),
        ("-", "", None),
        ("", "", None),
        ("99999999999999(万元人民币)", "", None),
    ],
)
def test_read_capital(cell: object, unit: str, amount: float | None) -> None:
    assert read_capital(cell, unit=unit).amount == amount


def test_foreign_capital_is_told_from_rubbish() -> None:
    assert read_capital("100(万美元)").foreign
    assert not read_capital("谭勇").understood


@pytest.mark.parametrize(
    ("text", "expected"),
    [("沈阳", "沈阳市"), ("辽宁省大连市", "大连市"), ("沈抚新区", "沈抚新区"), ("", "")],
)
def test_read_city(text: str, expected: str) -> None:
    assert read_city(text) == expected


@pytest.mark.parametrize(
    ("name", "problem"),
    [("沈阳甲公司", ""), ("", "missing_name"), ("甲", "bad_name"), ("12345", "bad_name"),
     ("长" * 201, "bad_name"), ("ABB", "")],
)  # fmt: skip
def test_name_problem(name: str, problem: str) -> None:
    assert name_problem(name) == problem


@given(st.one_of(st.text(max_size=80), st.floats(), st.integers(), st.none(), st.binary()))
def test_no_cell_breaks_a_reader(cell: object) -> None:
    read_code(cell)
    read_date(cell)
    read_capital(cell)
    clean(cell)
