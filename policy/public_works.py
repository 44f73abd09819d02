"""Public works (高铁, 水库, 公园): what is built there is named after its place, not after a firm."""

import re
from typing import Final

_REACH: Final = 60  # characters of the clause to either side of a name that are read
_WATER_BEFORE, _WATER_AFTER = 40, 30  # characters, beyond the clause too
WORKS: Final = re.compile(
    r"高铁|铁路|高速(?!线|船|艇|机)|公路|机场|水库|煤矿|矿井|矿[、等]|水电|灌区|抽水|抽蓄|电厂|核电|航道|大桥|枢纽|管道|管线|水利|引水|输变电|特高压|"
    r"地铁|隧道|城际|入[\u4e00-\u9fff]{1,2}(?=[、等工])|线路|港区|码头|电站|治理|修复|保护|遗址|博物馆|景区|医院|学校|"
    r"度假|营地|旅游区|小镇|广场|商场|酒店|公园|湿地|送电|输电|污水处理|垃圾焚烧|等[镇乡村县区市]|人饮|安置|棚户|社区|小区"
)
WATER: Final = re.compile("水利|供水|引水|灌区|人饮|水库")  # tell of waterworks from further away
_STOPS: Final = "。；\n，"
_STOP: Final = re.compile(f"[{_STOPS}]")


def in_works(text: str, start: int, end: int) -> bool:
    """Return whether the clause around a name lists public works, or what surrounds it waterworks."""
    floor, limit = max(0, start - _REACH), end + _REACH
    left = max(text.rfind(stop, floor, start) for stop in _STOPS)
    right = _STOP.search(text, end, limit)
    piece = text[max(left + 1, floor) : right.start() if right else limit]
    around = text[max(0, start - _WATER_BEFORE) : end + _WATER_AFTER]
    return bool(WORKS.search(piece) or WATER.search(around))
