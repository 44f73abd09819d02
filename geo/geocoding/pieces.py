"""What an address says where its names are not known: pieces of names, and house numbers.

八河川街 and 嘉禾乡 may be in no table and yet point to one county, because firms there write 八河川镇 or
嘉禾村. So the pairs of characters behind the city or district of registered addresses are counted by
district as names are, and weighed where neither district nor zone is named. Pairs of one name overlap:
each says only a part of what its count says (see ``resolve``).

A road that crosses a border is told by its numbers: 青年大街 is in 沈河区 up to some number, in 和平区
beyond. So the counts of such roads are kept for every twenty numbers of a side, and for every
numbered section (中山大街二段).
"""

import re
from collections.abc import Iterator
from typing import Final

MARK: Final = "^"
"""Stands for the beginning of what follows the city or district."""

BLOCK: Final = 20
"""House numbers that are counted together, odd and even ones apart."""

_LENGTH: Final = 2
_READ: Final = 12
_RUN: Final = re.compile("[\u4e00-\u9fff]+")
_NUMBER: Final = re.compile(
    "[东西南北甲]?(?:([0-9]{1,4})(?![0-9.]|[段委组片])|([0-9一二三四五六七八九十])段)"
)
_DIGITS: Final = {digit: str(value) for value, digit in enumerate("一二三四五六七八九十", start=1)}


def pieces(text: str, start: int) -> Iterator[str]:
    """Yield every pair of Chinese characters that follow ``start``, each once.

    At most ``_READ`` characters are read; pairs do not run across digits, letters or punctuation.

    Examples
    --------
    >>> list(pieces("本溪市高程村1号高程", 3))
    ['^高', '高程', '程村', '号高']
    """
    seen = set()
    part = text[start : start + _READ]
    for match in _RUN.finditer(part):
        run = MARK + match.group() if match.start() == 0 else match.group()
        for begin in range(len(run) - _LENGTH + 1):
            piece = run[begin : begin + _LENGTH]
            if piece not in seen:
                seen.add(piece)
                yield piece


def house_block(text: str, road: str) -> str:
    """Return the name under which a road's house number or section is counted, "" if there is none.

    Examples
    --------
    >>> house_block("青年大街386号甲2", "青年大街"), house_block("中山大街二段38号", "中山大街")
    ('青年大街#380', '中山大街#2段')
    >>> house_block("青年大街387号", "青年大街"), house_block("青年大街北", "青年大街")
    ('青年大街#381', '')
    """
    start = text.find(road)
    match = _NUMBER.match(text, start + len(road)) if start >= 0 else None
    if match is None:
        return ""
    number, section = match.groups()
    if section:
        return f"{road}#{_DIGITS.get(section, section)}段"
    value = int(number)
    return f"{road}#{value // BLOCK * BLOCK + value % 2}"
