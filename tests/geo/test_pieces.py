"""What is counted of names that are not known, and of house numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.geo.geocoding.pieces import BLOCK, house_block, pieces


def test_pieces_are_the_pairs_behind_the_city() -> None:
    assert list(pieces("本溪市高程村1号高程院", 3)) == ["^高", "高程", "程村", "号高", "程院"]
    assert list(pieces("本溪市", 3)) == []
    assert list(pieces("本溪市1号", 3)) == []


@pytest.mark.parametrize(
    ("text", "road", "block"),
    [
        ("青年大街386号甲2", "青年大街", "青年大街#380"),
        ("青年大街387号", "青年大街", "青年大街#381"),
        ("中山大街二段38号", "中山大街", "中山大街#2段"),
        ("渤海大街5段", "渤海大街", "渤海大街#5段"),
        ("金牛山大街东139号", "金牛山大街", "金牛山大街#121"),
        ("站前街11委8组", "站前街", ""),
        ("青年大街北", "青年大街", ""),
        ("大街", "青年大街", ""),
    ],
)
def test_house_numbers_are_counted_by_side_and_block(text: str, road: str, block: str) -> None:
    assert house_block(text, road) == block


@given(st.integers(0, 9999))
def test_a_block_holds_the_numbers_of_one_side(number: int) -> None:
    block = int(house_block(f"人民路{number}号", "人民路").partition("#")[2])
    assert block <= number + 1
    assert number - block < BLOCK
    assert block % 2 == number % 2


@given(st.text(max_size=60), st.integers(0, 60))
def test_any_text_has_few_pieces(text: str, start: int) -> None:
    found = list(pieces(text, start))
    assert len(found) == len(set(found)) <= 12
    assert all(len(piece) == 2 for piece in found)
