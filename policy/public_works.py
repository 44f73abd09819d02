"""Public works (高铁, 水库, 公园): what is built there is named after its place, not after a firm."""

import re
from typing import Final

REACH: Final = 60  # characters to either side of a name that are asked
WORKS: Final = re.compile(
    r"高铁|铁路|高速(?!线|船|艇|机)|公路|机场|水库|煤矿|矿井|矿[、等]|水电|灌区|抽水|抽蓄|电厂|核电|航道|大桥|枢纽|管道|管线|水利|引水|输变电|特高压|"
    r"地铁|隧道|城际|入[\u4e00-\u9fff]{1,2}(?=[、等工])|线路|港区|码头|电站|治理|修复|保护|遗址|博物馆|景区|医院|学校|"
    r"度假|营地|旅游区|小镇|广场|商场|酒店|公园|湿地|送电|输电|等[镇乡村县区市]|人饮|安置|棚户|社区|小区"
)
WATER: Final = re.compile("水利|供水|引水|灌区|人饮|水库")  # whole sentences of water works
_STOPS: Final = "。；\n，"
_STOP: Final = re.compile(f"[{_STOPS}]")


def in_works(text: str, start: int, end: int) -> bool:
    """Return whether the clause around a name lists public works, whose names are places."""
    floor, limit = max(0, start - REACH), end + REACH
    left = max(text.rfind(stop, floor, start) for stop in _STOPS)
    right = _STOP.search(text, end, limit)
    piece = text[max(left + 1, start - REACH) : right.start() if right else limit]
    around = text[max(0, start - 40) : end + 30]
    return bool(WORKS.search(piece) or WATER.search(around))
