"""Numbers with units as plans write them: 1.2万亿元, 300-500亿元, 50家以上, 翻一番, 千亿元大关."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

YEAR_DIGITS: Final = 4
MAX_LISTED: Final = 40  # characters of numbers that share the unit of the last one
_VALUE: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
_BASE: Final = (
    "元|美元|微克|毫克|吨标准煤|吨标煤|吨|立方米|平方米|平方公里|平方千米|公里|千米|亩|公顷|千瓦时|千瓦|度|兆瓦|吉瓦|"
    "标准?箱|家|户|个工作日|个月|个|项|件|台套|台|套|辆|架|艘|只|头|羽|株|公斤|斤|人次|人|名|倍|年|天|岁|片|张|座|条|"
    "所|支|处|种|方|间|床|米|箱|瓶|双|块|枚"
)
_UNIT: Final = (
    r"[%％‰]|个?百分点|kWh|[MG]W(?![A-Za-z])|[PE]FLOPS|P(?![A-Za-z])|TEU|"
    rf"(?:万亿|[千百十]亿|[千百十]万|[亿万千百])?(?:{_BASE})"
    "(?:/(?:[亿万]?元|亩|年|万?人|天|吨|平方米|立方米|公里|升))?|万?亿(?![\u4e00-\u9fff]|/)|万?亿(?=大关|台阶|关口|以上|左右)"
)
_FIGURE: Final = re.compile(
    rf"(?=\d)(?<![\d.,A-Za-z])(?:(?P<low>{_VALUE})(?P<low_unit>{_UNIT})?[ ]?(?:[-—–－~～]+|至|到))?"
    rf"(?P<value>{_VALUE})[ ]?(?P<more>[余多])?(?P<unit>{_UNIT})"
    r"(?P<after>(?:[（(]含[)）])?(?:及?[以之]上|[以之]内|以下|左右|上下))?"
)
_SHARED: Final = re.compile(rf"分别[^，。\d\n]{{0,6}}(?P<values>(?:(?:{_VALUE})[、和]){{1,8}})$")
# 突破千亿元: a round sum without a digit
_ROUND: Final = re.compile(
    "(?<=[破超达到越过])(?P<value>[万千百])亿(?:元|(?=大关|台阶|关口|[，。；]))(?P<after>[以之]上|左右)?"
)
_ROUND_VALUES: Final = {"万": 10_000.0, "千": 1_000.0, "百": 100.0}
_DOUBLED: Final = re.compile("(?:实现)?翻(?P<times>[一两二三123])?番")
_DOUBLINGS: Final = {"两": 4.0, "二": 4.0, "2": 4.0, "三": 8.0, "3": 8.0}
_TIMES: Final = re.compile(
    "(?<=增长|提高|增加)(?P<value>[一两二三四五])倍(?P<after>[以之]上|左右)?"
)
_NUMERALS: Final = {"一": 1.0, "两": 2.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0}
_ANY: Final = re.compile(r"\d|[万千百]亿|翻[一两二三]?番|[一两二三四五]倍")


class Number(NamedTuple):
    """A number as it stands.

    Attributes
    ----------
    bound
        ``>=`` (以上), ``<=`` (以内) or "".
    low
        The lower end of a range (300-500亿元), else None.
    doubled
        Whether 翻番 says it: then it is what is reached, in times of today's.
    """

    value: float
    unit: str
    bound: str
    start: int
    end: int
    low: float | None = None
    doubled: bool = False


def may_hold_numbers(text: str, start: int, end: int) -> bool:
    """Return whether a part of a text has a digit or a word for a number."""
    return _ANY.search(text, start, end) is not None


def numbers_in(text: str, start: int, end: int) -> list[Number]:
    """Return the numbers with units of a part of a text, in order; years are none."""
    found = [*_with_digits(text, start, end)]
    for match in _ROUND.finditer(text, start, end):
        value = _ROUND_VALUES[match.group("value")]
        found.append(Number(value, "亿元", _bound(match.group("after")), *match.span()))
    for match in _DOUBLED.finditer(text, start, end):
        value = _DOUBLINGS.get(match.group("times") or "", 2.0)
        found.append(Number(value, "倍", "", *match.span(), doubled=True))
    for match in _TIMES.finditer(text, start, end):
        value = _NUMERALS[match.group("value")]
        found.append(Number(value, "倍", _bound(match.group("after")), *match.span()))
    return sorted(found, key=lambda one: one.start)


def _with_digits(text: str, start: int, end: int) -> Iterator[Number]:
    for match in _FIGURE.finditer(text, start, end):
        said, unit = match.group("value"), match.group("unit").replace("％", "%")
        if unit == "年" and len(said) == YEAR_DIGITS:
            continue
        unit = f"{unit}元" if unit in {"亿", "万亿"} else unit
        bound = _bound(match.group("after")) or (">=" if match.group("more") else "")
        shared = _SHARED.search(text, max(start, match.start() - MAX_LISTED), match.start())
        if shared:
            at = shared.start("values")
            for one in re.finditer(_VALUE, shared.group("values")):
                yield Number(_number(one.group()), unit, bound, at + one.start(), at + one.end())
        low = match.group("low")
        if low is not None and match.group("low_unit") not in {None, match.group("unit")}:
            low = None
        first = _number(low) if low is not None else None
        value = _number(said)
        if first is not None and first >= value:
            first = None
        yield Number(value, unit, bound, *match.span(), first)


def _number(said: str) -> float:
    return float(said.replace(",", ""))


def _bound(after: str | None) -> str:
    if not after:
        return ""
    return (
        ">="
        if after.endswith("上") and "下" not in after
        else "<="
        if after.endswith(("内", "以下"))
        else ""
    )
