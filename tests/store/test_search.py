from collections.abc import Callable

import pandas as pd
import pytest

from clusteratlas.errors import InputError
from clusteratlas.store.geopackage import GeoPackageStore

NAMES = [
    "沈阳新松机器人自动化股份有限公司",
    "沈阳飞机工业(集团)有限公司",
    "沈阳机床股份有限公司",
    "大连新松贸易有限公司",
    "SIASUN ROBOT 大连",
]


@pytest.fixture
def filled(empty: GeoPackageStore, firms: Callable[..., pd.DataFrame]) -> GeoPackageStore:
    codes = ["91210106243381258Q", "", "", "", ""]
    aliases = ["新松公司;机器人股份", "沈飞", "", "", ""]
    with empty.writer() as writer:
        writer.upsert_enterprises(firms(name=NAMES, uscc=codes, aliases=aliases))
    return empty


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("沈阳机床股份有限公司", "沈阳机床股份有限公司"),
        ("沈飞", "沈阳飞机工业(集团)有限公司"),
        ("机器人", "沈阳新松机器人自动化股份有限公司"),
        ("新松公司", "沈阳新松机器人自动化股份有限公司"),
        ("xsjqr", "沈阳新松机器人自动化股份有限公司"),
        ("syjc", "沈阳机床股份有限公司"),
        ("siasun", "SIASUN ROBOT 大连"),
        ("ＳＩＡＳＵＮ", "SIASUN ROBOT 大连"),
        ("91210106243381258Q", "沈阳新松机器人自动化股份有限公司"),
        ("91210106", "沈阳新松机器人自动化股份有限公司"),
        ("沈阳飞机工业（集团）", "沈阳飞机工业(集团)有限公司"),
    ],
)
def test_search_finds_by_name_alias_code_and_initials(
    filled: GeoPackageStore, text: str, first: str
) -> None:
    found = filled.search(text)
    assert found.loc[0, "name"] == first
    assert found["score"].is_monotonic_decreasing


def test_search_one_character(filled: GeoPackageStore) -> None:
    assert set(filled.search("飞")["name"]) == {"沈阳飞机工业(集团)有限公司"}


def test_search_finds_every_firm_with_the_word(filled: GeoPackageStore) -> None:
    assert set(filled.search("新松")["name"]) == {NAMES[0], NAMES[3]}


def test_equal_name_scores_one(filled: GeoPackageStore) -> None:
    assert filled.search("沈阳机床股份有限公司").loc[0, "score"] == 1.0


@pytest.mark.parametrize("text", ["", "   ", "。", '"', "*", "nothing", "a OR b", "NEAR(x)"])
def test_search_of_nothing_or_syntax_finds_nothing(filled: GeoPackageStore, text: str) -> None:
    assert filled.search(text).empty


def test_search_follows_a_new_name(
    filled: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    with filled.writer() as writer:
        writer.upsert_enterprises(firms(name=["沈阳改名有限公司"]))
    assert filled.search("机器人").empty
    assert filled.search("改名").loc[0, "enterprise_id"] == "a"


@pytest.mark.parametrize("limit", [0, 1_001])
def test_search_limit_is_bounded(filled: GeoPackageStore, limit: int) -> None:
    with pytest.raises(InputError, match="limit"):
        filled.search("新松", limit=limit)
