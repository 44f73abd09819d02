"""Which shipped enterprise a name is suggested to mean, and how surely."""

import pytest

from clusteratlas.policy.linking import SURE_SCORE, enterprise_catalog, park_catalog


@pytest.mark.parametrize(
    ("name", "identifier", "score"),
    [
        ("沈鼓集团", "shengu-group", 1.0),  # a recorded alias
        ("拓荆科技", "piotech", 0.9),  # the name without place and legal form
        ("芯源微", "kingsemi", 0.86),  # the brand alone
        ("芯源微电子", "kingsemi", 0.86),
        ("富创精密", "fortune-precision", 0.86),
        ("大连机床", "dalian-jichuang", 0.9),  # of two that go by this name the one of the place
    ],
)
def test_suggested_enterprise(name: str, identifier: str, score: float) -> None:
    suggestion = enterprise_catalog().suggest(name)
    assert suggestion is not None
    assert (suggestion.id, suggestion.score) == (identifier, score)


@pytest.mark.parametrize("name", ["机床", "沈阳机床"])
def test_what_several_may_mean_is_not_sure(name: str) -> None:
    suggestion = enterprise_catalog().suggest(name)
    assert suggestion is not None
    assert suggestion.score < SURE_SCORE
    assert "also" in suggestion.reason


@pytest.mark.parametrize("name", ["永茂泰", "电子设备", "精密设备", "芯"])
def test_nothing_is_suggested_for_strangers_and_trades(name: str) -> None:
    assert enterprise_catalog().suggest(name) is None


def test_a_park_of_another_place_is_not_meant() -> None:
    park = park_catalog().suggest("沈北航空航天产业园")
    assert park is not None
    assert park.id == "shenbei-aerospace-park"
    for name in ("浑南区航空航天产业园", "大连航空航天产业园"):
        other = park_catalog().suggest(name)
        assert other is None or other.id != "shenbei-aerospace-park"
