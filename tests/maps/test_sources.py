"""Sources of positions are told in the reader's language."""

import pandas as pd
import pytest

from clusteratlas.data import load_enterprises, load_parks
from clusteratlas.maps.sources import SOURCES_ZH, source_text


def test_no_shipped_source_is_english_in_chinese() -> None:
    sources = pd.concat([load_enterprises()["coord_source"], load_parks()["source"]]).fillna("")
    told = [source_text(source)["zh"] for source in set(sources)]
    assert not [text for text in told for code in SOURCES_ZH if code in text]
    assert not [text for text in told if "boundary of" in text]


@pytest.mark.parametrize(
    ("source", "zh"),
    [
        ("", ""),
        ("offline", "按地址离线定位"),
        ("public knowledge, unverified (道义)", "据公开常识，未核实 (道义)"),
        ("新华社 2018-08-21（位于法库县）", "新华社 2018-08-21（位于法库县）"),
        ("boundary of 铁西区 (data/districts.geojson)", "铁西区区界"),
    ],
)
def test_codes_are_told_and_the_rest_stays(source: str, zh: str) -> None:
    assert source_text(source) == {"zh": zh, "en": source}
