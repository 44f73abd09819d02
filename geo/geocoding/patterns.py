"""What is read from the text alone: roads, numbers, crossings, what looks like a district."""

import re
from collections.abc import Sequence
from typing import Final

DISTRICT_TEXT: Final = re.compile(
    "[一-鿿]{2,3}?(?:(?<![小社园新老校厂院街景矿库宅活发业保港城地片特商辖术理范办坊作济楼])区(?![内域间东西南北中一二三四五六七八九十])|县(?![城道]))"
)
"""火星区, 桃源县; not 小区, 社区, 开发区 and whatever else is called 区 without being a district."""

_ROAD_TEXT: Final = re.compile(
    "[\u4e00-\u9fff]{1,9}?(?:大街|大道|公路|国道|省道|路|街(?!道)|巷|胡同|道(?![义口]))"
    "(?:[东西南北中][段侧]?|[一二三四五六七八九十]+[路街巷]?)?"
)
# An address up to its first number, letter or bracket, where nothing behind it is worth reading: no
# ending of a road, village, zone or estate (基 is 基地).
_STEM: Final = re.compile(
    "^(?:([^0-9()#A-Za-z.,\\-\n]{2,}+)[^路街道区镇乡村屯园厦场港城里巷庄委桥站基\n]*+|.*)$",
    re.MULTILINE,
)
# 青年大街与文化路, 振兴路荣兴路交汇处: a point of both roads.
_CROSSING: Final = re.compile(
    "[路街道线](?:与|和)[^路街道线0-9]{1,7}[路街道线]|[路街道线](?:与|和|、|,)?[^路街道线0-9]{1,7}[路街道线].?"
    "(?:交叉|交汇|交会|交界|交口|路口)"
)
_NUMBER: Final = re.compile(r"([0-9]{1,5})(?:[甲乙丙丁戊])?(?:-[0-9]{1,4})*(?:号|#|-|$|[^0-9.])")


def stems(texts: Sequence[str]) -> list[str]:
    """Return the parts of normalised addresses that decide on all but the house number.

    Examples
    --------
    >>> stems(["沈阳市和平区三好街55号1门", "沈阳市和平区12号楼三好街", "1-2"])
    ['沈阳市和平区三好街', '沈阳市和平区12号楼三好街', '1-2']
    """
    found = _STEM.findall("\n".join(texts)) if texts else []
    return [stem or text for stem, text in zip(found, texts, strict=True)]


def is_crossing(text: str) -> bool:
    """Tell whether two roads are named for the place where they meet."""
    likely = "与" in text or "交" in text or "和" in text or "路口" in text
    return likely and _CROSSING.search(text) is not None


def find_road(text: str, start: int) -> str:
    """Return the first thing that looks like a road at or after ``start``, "" if none."""
    match = _ROAD_TEXT.search(text, start)
    return match.group() if match else ""


def find_number(text: str, start: int) -> str:
    """Return the first house number at or after ``start``, "" if none."""
    match = _NUMBER.search(text, start)
    return match.group(1) if match else ""
