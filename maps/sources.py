"""Where a position comes from, in the reader's language: tables keep one short English code for it."""

import re
from typing import Final

SOURCES_ZH: Final = {
    "offline": "按地址离线定位",
    "public knowledge, unverified": "据公开常识，未核实",
    "public map data": "公开地图资料",
    "estimate on the road between public address points": "据公开门牌点在道路上推估",
    "estimate in the zone from a public plant position": "据公开厂址在园区内推估",
    "named in the document; no other source": "仅见于文件，无其他来源",
}
"""Codes of ``coord_source`` and of the sources of parks (data/README.md) in Chinese."""

_BOUNDARY: Final = re.compile(r"boundary of (\w+) \(data/districts\.geojson\)")
_CODES: Final = re.compile("|".join(re.escape(code) for code in sorted(SOURCES_ZH, key=len)[::-1]))


def source_text(source: str) -> dict[str, str]:
    """Return a source in both languages; what is no code stays as it is.

    Examples
    --------
    >>> source_text("公开报道 2015；点位 public knowledge, unverified")["zh"]
    '公开报道 2015；点位据公开常识，未核实'
    >>> source_text("boundary of 铁西区 (data/districts.geojson)")["zh"]
    '铁西区区界'
    """
    told = _CODES.sub(lambda found: SOURCES_ZH[found[0]], _BOUNDARY.sub(r"\1区界", source))
    # Between Chinese words stands no space.
    told = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", told)
    return {"zh": told, "en": source}
