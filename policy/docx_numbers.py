"""Numbers that Word puts before paragraphs by itself: 一、（一）1. are no part of the stored text."""

from collections.abc import Callable
from typing import Any, Final

MAX_LEVELS: Final = 9  # of a list, as in Word
MAX_BASES: Final = 20  # styles that a style may rest on
MAX_NUMBER: Final = 9_999
_DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NO_BLANK_AFTER: Final = "、．）："


def chinese(number: int) -> str:
    """Return a number from 1 to 9,999 in Chinese characters.

    Examples
    --------
    >>> chinese(3), chinese(10), chinese(21), chinese(105), chinese(1_010)
    ('三', '十', '二十一', '一百零五', '一千零一十')
    """
    written = ""
    for place, digit in enumerate(reversed(str(number))):
        if digit != "0":
            written = _DIGITS[int(digit)] + _UNITS[place] + written
        elif written and not written.startswith("零"):
            written = f"零{written}"
    return written.removeprefix("一") if 10 <= number < 20 else written


def _circled(number: int) -> str:
    return _CIRCLED[number - 1] if number <= len(_CIRCLED) else str(number)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 20 + 1)


_WRITTEN: Final[dict[str, Callable[[int], str]]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "decimalZero": lambda number: f"{number:02d}",
}


class _Level:
    """One level of a list: where it starts to count, and how its number is written."""

    def __init__(self, element: Any) -> None:
        self.start = _number(element, "start", 1)
        self.format = _value(element, "numFmt") or "decimal"
        self.text = _value(element, "lvlText")[:40]
        self.legal = element.find("./{*}isLgl") is not None  # all its numbers in figures
        self.blank = _value(element, "suff") != "nothing"

    def written(self, number: int, *, legal: bool) -> str:
        """Return a number in the form of the level."""
        return str(number) if legal else _WRITTEN.get(self.format, str)(number)


class Numbering:
    """Counts the numbered paragraphs of a document in their order.

    Parameters
    ----------
    numbering
        Root of ``word/numbering.xml``; None if the document has none.
    styles
        Root of ``word/styles.xml``.
    """

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._of_style = _numbered_styles(styles)
        for one in numbering.iterfind("./{*}abstractNum") if numbering is not None else ():
            levels = {_index(level): _Level(level) for level in one.iterfind("./{*}lvl")}
            self._lists[attribute(one, "abstractNumId")] = levels
        self._restarts: dict[str, dict[int, int]] = {}
        for one in numbering.iterfind("./{*}num") if numbering is not None else ():
            self._list_of[attribute(one, "numId")] = _value(one, "abstractNumId")
            self._restarts[attribute(one, "numId")] = {
                _index(level): _number(level, "startOverride", 1)
                for level in one.iterfind("./{*}lvlOverride")
                if level.find("./{*}startOverride") is not None
            }

    def next(self, paragraph: Any) -> str:
        """Return the number that stands before a paragraph, with a blank if need be; "" if none."""
        given = self._given(paragraph)
        if given is None:
            return ""
        own, level = given
        name = self._list_of.get(own, "")
        levels = self._lists.get(name, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(name, {})
        for restarted, start in self._restarts.pop(own, {}).items():
            counts[restarted] = start - 1
        counts[level] = min(counts.get(level, levels[level].start - 1) + 1, MAX_NUMBER)
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return _label(levels, level, counts)

    def _given(self, paragraph: Any) -> tuple[str, int] | None:
        """Return list and level of a paragraph by itself, else by its style."""
        style = self._of_style.get(_value(paragraph.find("./{*}pPr"), "pStyle"), ("", 0))
        number = paragraph.find("./{*}pPr/{*}numPr")
        if number is None:
            return style if style[0] else None
        own = _value(number, "numId") or style[0]
        return (own, _number(number, "ilvl", style[1])) if own not in {"", "0"} else None


def _label(levels: dict[int, _Level], level: int, counts: dict[int, int]) -> str:
    own = levels[level]
    if own.format in {"bullet", "none"}:
        return ""
    label = own.text
    for upper in range(level + 1):
        if upper in levels and f"%{upper + 1}" in label:
            number = max(counts.get(upper, levels[upper].start), 1)
            written = levels[upper].written(number, legal=own.legal)
            label = label.replace(f"%{upper + 1}", written)
    blank = own.blank and label and label[-1] not in _NO_BLANK_AFTER
    return f"{label} " if blank else label


def _numbered_styles(styles: Any) -> dict[str, tuple[str, int]]:
    """Return list and level of every style that has them, itself or by what it rests on."""
    found = {attribute(one, "styleId"): one for one in styles.iterfind("./{*}style")}
    numbered = {}
    for name, style in found.items():
        own: Any = style
        for _ in range(MAX_BASES):
            number = own.find("./{*}pPr/{*}numPr") if own is not None else None
            if own is None or number is not None:
                break
            own = found.get(_value(own, "basedOn"))
        else:
            number = None
        if number is not None and _value(number, "numId") not in {"", "0"}:
            numbered[name] = (_value(number, "numId"), _number(number, "ilvl", 0))
    return numbered


def attribute(element: Any, name: str) -> str:
    """Return an attribute of an element whatever its namespace, "" if it has none."""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith(f"}}{name}")), "")


def _value(element: Any, name: str) -> str:
    """Return what the child of a name says, "" if there is none."""
    child = element.find(f"./{{*}}{name}") if element is not None else None
    return attribute(child, "val") if child is not None else ""


def _number(element: Any, name: str, default: int) -> int:
    value = _value(element, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else default


def _index(level: Any) -> int:
    value = attribute(level, "ilvl")
    known = value.isascii() and value.isdigit() and int(value[:4]) < MAX_LEVELS
    return int(value) if known else MAX_LEVELS
