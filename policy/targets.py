"""Numbers that a text says are to be reached, with their years."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.structure import Line

YEAR_DIGITS: Final = 4
MAX_TARGET_CHARS: Final = 1_500

_NUMBER: Final = re.compile(
    r"(?P<quantity>[^，。；：、\n\d]{2,40}?)"
    r"(?:[由从](?:20\d\d年的?)?[\d.]{1,12}(?:[%％]|[^\d，。；\n]{1,4}?))?"  # 由35%提高到50%
    r"(?P<verb>达到|达|突破|超过|增长到|提高到|提高至|不低于|"
    r"增至|控制在|降至|降到|实现|保持在|增长|提高|增加|新增|力争|占)"
    r"(?P<about>约|近)?(?P<value>\d{1,9}(?:\.\d{1,4})?)(?P<unit>%|％|个百分点|万亿元|千亿元|百亿元|"
    r"亿元|万元|亿美元|万辆|万吨|吨|家|户|个|项|件|亿千瓦时|万千瓦|万人|人|倍|台|平方公里|亩|万亩|年)"
    r"(?P<after>以上|左右)?"
)
# What stands between the year or 力争 and what is counted, and what after it: 年, 全市, 产值将.
_YEAR_END: Final = re.compile("年(?:底|末|以?前)?")
_URGED: Final = re.compile("(?:力争|争取|确保|[ 　“”])+")
_OF_ALL: Final = re.compile("(?:全市|全省|全县)+")
_AFTER_QUANTITY: Final = re.compile("(?:将|(?<![许认])可|(?<![需主])要|预计|力争|争取|确保|有望)+$")
_YEARLY: Final = "年均"
_SINCE: Final = re.compile("年?以来")
_YEAR: Final = re.compile(r"(20\d\d)年(?:底|末)?")
_GOAL: Final = re.compile(r"到20\d\d年|力争|目标|预期|确保|达到|争取|20\d\d年(?:底|末)?[，,前]")
_PAST: Final = re.compile(
    r"已(?:经)?(?:达|有|建|实现|形成)|去年|上年|截至|同比|五年来|年均增长[^，。]{0,6}[，,]?位居|"
    r"现有|[“]?十[二三]五[”]?(?:期间|时期)"
)

_SUMMED: Final = re.compile("累计")
_AHEAD: Final = re.compile(r"到20\d\d年|力争|争取|确保")


@dataclass(frozen=True)
class Target:
    """A number with its year: ``quantity`` is the text that says what is counted."""

    quantity: str
    value: float
    unit: str
    year: int | None
    comparison: str  # ">=", "=" or "growth"
    start: int
    end: int
    line: Line


def find_targets(text: str, lines: list[Line]) -> list[Target]:
    """Return the numbers that are to be reached, with the year of their sentence where it has one."""
    found: list[Target] = []
    for line in lines:
        year: int | None = None
        for sentence in re.finditer(r"[^。；;\n]+", text[line.start : line.end]):
            content = sentence.group()
            stated = [int(y) for y in _YEAR.findall(content)]
            year = max(stated) if stated else year
            if not _GOAL.search(content) or _is_past(content):
                continue
            found += _targets(content[:MAX_TARGET_CHARS], year, line.start + sentence.start(), line)
    return found


def _is_past(content: str) -> bool:
    """Return whether a sentence reports; what is summed up (累计) may still lie ahead."""
    return bool(_PAST.search(content) or (_SUMMED.search(content) and not _AHEAD.search(content)))


def _targets(content: str, year: int | None, offset: int, line: Line) -> Iterator[Target]:
    """Yield the numbers of a sentence that are no years and not since when something grew."""
    before = ""  # what the number before it counts: 精细化率提高到50%，年均增长10%
    for match in _NUMBER.finditer(content):
        start, quantity = _quantity(match)
        if match.group("unit") == "年" and len(match.group("value")) == YEAR_DIGITS:
            continue
        if not quantity or _SINCE.match(content, match.start()):
            continue
        if quantity == _YEARLY:
            quantity = f"{before}{_YEARLY}"
        else:
            before = quantity.removesuffix(_YEARLY)
        yield _target(match, start, quantity, year, offset, line)


def _quantity(match: re.Match[str]) -> tuple[int, str]:
    """Return where a target begins and what it counts, without the end of the year before it."""
    text, start, end = match.string, match.start(), match.end("quantity")
    if start and text[start - 1].isdigit() and (after := _YEAR_END.match(text, start, end)):
        start = after.end()
    if urged := _URGED.match(text, start, end):
        start = urged.end()
    begin = whole.end() if (whole := _OF_ALL.match(text, start, end)) else start
    return start, _AFTER_QUANTITY.sub("", text[begin:end]).strip(" 　“”")


def _target(
    match: re.Match[str], start: int, quantity: str, year: int | None, offset: int, line: Line
) -> Target:
    verb, after = match.group("verb"), match.group("after")
    at_least = after == "以上" or verb in {"超过", "突破", "不低于"}
    growth = verb in {"增长", "提高", "增加", "新增"}
    comparison = ">=" if at_least else "growth" if growth else "="
    return Target(
        quantity,
        float(match.group("value")),
        match.group("unit").replace("％", "%"),
        year,
        comparison,
        offset + start,
        offset + match.end(),
        line,
    )
