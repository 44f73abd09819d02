"""Sentences that come back are read once, and state what they would state if read again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy import extract, stated_again

SENTENCES = (
    "沈阳市：浑南产业园发展机器人；",
    "浑南区重点发展机器人、集成电路。",
    "铁西区以装备制造为主导产业，",
    "该区大力发展新材料。",
    "园区聚焦生物医药。",
    "大连市。",
    "\n（一）浑南区\n",
    "\n1.机器人产业链\n",
    "布局在甘井子区、金普新区。",
    "（责任单位：浑南区政府）",
    "\n浑南区\t智能制造产业园重点发展高端装备、机器人\n",
    "新能源汽车。",
    "同时，着力培育氢能产业。",
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=14))
def test_memory_of_sentences_changes_nothing(sentences: list[str]) -> None:
    text = "".join(sentences * 2)
    with pytest.MonkeyPatch.context() as patch:
        remembered = extract(text)["positionings"]
        patch.setattr(stated_again, "MAX_KEPT", 0)
        assert extract(text)["positionings"] == remembered


def test_every_repetition_has_its_own_place() -> None:
    text = "浑南区重点发展机器人。" * 5
    found = extract(text)["positionings"]
    assert [one["start"] for one in found] == [0, 11, 22, 33, 44]
    assert all(text[one["start"] : one["end"]].startswith("浑南区") for one in found)
