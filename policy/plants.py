"""The place and form of a plant after a well-known name: 华能|营口热电, 中石油|辽阳石化."""

import re
from typing import Final

from clusteratlas.policy.places import place_at

MAX_PLACES: Final = 2  # 华能|辽宁|北票|发电
MAX_PLACE_CHARS: Final = 6
# 辽阳石化产业 is no plant.
_FORM: Final = re.compile(
    "(?:第[一二三])?(?:分?公司|(?:热|发)?电厂|"
    "(?:炼油|炼化|石化|化工|乙烯|钢铁|发电|热电|风电|核电|制药|石油化工)(?:分?公司|总?厂)?)"
    "(?!产业|行业|工业|集群|基地|园|产品|装备|项目群|产能|设备|原料|研究|设计|技术|机组|材料)"
)


def plant_end(text: str, end: int) -> int:
    """Return where the place and form of a plant end that follow a name, ``end`` if none do."""
    after = end
    for _ in range(MAX_PLACES):
        after += len(place_at(text, after, after + MAX_PLACE_CHARS))
    form = _FORM.match(text, after) if after > end else None
    return form.end() if form else end
