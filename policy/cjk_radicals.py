"""Radicals that some PDF writers put where the characters themselves are meant (⼈⾼⻋ for 人高车)."""

import unicodedata
from functools import cache
from typing import Final

# Of the block CJK Radicals Supplement those that are whole characters and have no compatibility
# mapping in Unicode; source: EquivalentUnifiedIdeograph.txt of the Unicode character database.
_SUPPLEMENT: Final = (
    "⺁厂⺇几⺈刀⺌小⺒巳⺜日⺝月⺠民⺧牛⺩王⺫目⺬示⺮竹⺳网⺶羊⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食"
    "⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙"
)
_KANGXI: Final = range(0x2F00, 0x2FD6)
_SHARED: Final = range(0x2E80, 0x2EF4)


def plain_characters(text: str) -> str:
    """Return a text of the same length with characters for radicals.

    Examples
    --------
    >>> plain_characters("⼈⺠⻋⻢")
    '人民车马'
    """
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    table = {
        code: plain
        for code in (*_KANGXI, *_SHARED)
        if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain != chr(code)
    }
    pairs = zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)
    return table | {ord(radical): plain for radical, plain in pairs}
