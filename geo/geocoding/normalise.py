"""Bring an address into the one form that the gazetteer is written in."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

MAX_LENGTH: Final = 200
"""Characters of an address that are looked at; the longest real one found has 121."""

_TRADITIONAL: Final = (
    "遼瀋陽連鞍撫順鐵嶺錦營蘆島葉東門區縣鎮鄉開發濟術產業園電號樓層莊灣龍興鳳綏寬滿蒙級經濱馬橋溝"
    "長廣場驛嶽圖義遠達華寧廠頭瑪衛劉陳張趙楊吳鄭許蘇韓羅鄧蕭關豐慶農學機車軍聯勝紅綠藍黃銀鐘鋼"
    "礦環線雙廟臺塔鹽魚鮁圈樹岡崗嶼陸莊無萬榮貴靜順時風飛鵬鶴鷹麗齊顧體館醫藥廳會務創數處團際國實"
)
_SIMPLIFIED: Final = (
    "辽沈阳连鞍抚顺铁岭锦营芦岛叶东门区县镇乡开发济术产业园电号楼层庄湾龙兴凤绥宽满蒙级经滨马桥沟"
    "长广场驿岳图义远达华宁厂头玛卫刘陈张赵杨吴郑许苏韩罗邓萧关丰庆农学机车军联胜红绿蓝黄银钟钢"
    "矿环线双庙台塔盐鱼鲅圈树冈岗屿陆庄无万荣贵静顺时风飞鹏鹤鹰丽齐顾体馆医药厅会务创数处团际国实"
)

# Full-width ASCII, brackets and dashes to their plain forms; white space and controls vanish.
_TABLE: Final[dict[int, str | None]] = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(range(0x21)),
    **dict.fromkeys(range(0x7F, 0xA1)),
    **dict.fromkeys(range(0x2000, 0x2010)),
    **dict.fromkeys((0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF)),
    **{ord(mark): "-" for mark in "—–－―─‐‑"},
    **{ord(mark): "(" for mark in "（〔【[［｛{《<＜"},
    **{ord(mark): ")" for mark in "）〕】]］｝}》>＞"},
    **{ord(mark): "," for mark in "，、；;。"},
    **{ord(old): new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)},
    # variants that registers use for one place
    ord("甦"): "苏",
    ord("邨"): "村",
}
_HAN: Final = "".join(map(chr, range(0x4E00, 0xA000)))
_CHANGED: Final = "".join(set(_TRADITIONAL) - set(_SIMPLIFIED)) + "甦邨"
_KEPT: Final = "".join(f"{run[0]}-{run[-1]}" for run in re.split(f"[{_CHANGED}]", _HAN) if run)
# What needs the table at all: most addresses are Han characters, digits, hyphen and brackets. One class
# of characters is searched for three times as fast as an alternative of two.
_UNCLEAN: Final = re.compile(f"[^{_KEPT}0-9A-Za-z()#,.-]")
_UNUSUAL: Final = re.compile("[\uf900-\ufaff\u2460-\u24ff\u3200-\u33ff\u2e80-\u2fdf]")


def normalise(address: object) -> str:
    """Return the address without white space, in half-width, simplified characters.

    Anything that is not text counts as empty; NaN and None are empty. At most ``MAX_LENGTH``
    characters are kept.

    Examples
    --------
    >>> normalise("瀋陽市 鐵西區　北一西路５２號")
    '沈阳市铁西区北一西路52号'
    >>> normalise(None)
    ''
    """
    if not isinstance(address, str):
        return ""
    text = address if len(address) <= MAX_LENGTH else address[: 4 * MAX_LENGTH]
    if _UNCLEAN.search(text) is not None:
        if _UNUSUAL.search(text) is not None:
            text = unicodedata.normalize("NFKC", text)
        text = _UNCLEAN.sub(_plain, text)
    return text[:MAX_LENGTH]


def _plain(character: re.Match[str]) -> str:
    text = character.group()
    return _TABLE.get(ord(text), text) or ""


def normalise_all(texts: Sequence[str]) -> list[str]:
    """Return :func:`normalise` of each text; the batch is searched once for what needs the table."""
    done = [text if len(text) <= MAX_LENGTH else "\0" for text in texts]  # long ones need a look
    starts = list(accumulate(map(len, done), initial=0))
    joined = "".join(done)
    found = _UNCLEAN.search(joined)
    while found is not None:
        number = bisect_right(starts, found.start()) - 1
        done[number] = normalise(texts[number])
        found = _UNCLEAN.search(joined, starts[number + 1])
    return done
