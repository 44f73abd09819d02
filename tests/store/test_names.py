import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.store.names import (
    firm_id,
    initial_terms,
    initials,
    match_expression,
    name_key,
    normal_name,
    pair_terms,
)


@pytest.mark.parametrize(
    "spelling",
    ["沈阳新松(机器人)有限公司", "沈阳新松（机器人）有限公司", " 沈阳新松　机器人有限公司 "],
)
def test_normal_name_of_spellings_is_the_same(spelling: str) -> None:
    assert normal_name(spelling) == "沈阳新松机器人有限公司"


def test_name_key_ignores_the_suffix_of_the_city() -> None:
    assert name_key("甲公司", "沈阳") == name_key("甲公司", "沈阳市")
    assert name_key("甲公司", "沈阳市") != name_key("甲公司", "大连市")


@given(st.text(max_size=500), st.text(max_size=20))
def test_name_key_fits_a_signed_integer(name: str, city: str) -> None:
    assert 0 <= name_key(name, city) < 2**63
    assert firm_id(name, city).startswith("n-")


def test_initials_of_name_with_and_without_place() -> None:
    assert initials("沈阳新松A3") == "syxsa3"
    assert initial_terms("沈阳新松") == "syxs xs"


def test_pair_terms_hold_single_last_character_and_words() -> None:
    assert pair_terms("沈飞 CNC") == "沈飞 飞 cnc"


@given(st.text(max_size=60))
def test_match_expression_is_never_a_syntax_error(text: str) -> None:
    import sqlite3

    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE t USING fts5(terms, initials)")
    expression = match_expression(text)
    if expression:
        index.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()
    index.close()
