"""Who answers for a clause, and which number is to be reached by which year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.places import place_at
from clusteratlas.policy.structure import Line
from clusteratlas.policy.table_columns import Headers, cells_of, is_row

MAX_BRACKET_CHARS: Final = 300
MAX_TARGET_CHARS: Final = 1_500
YEAR_DIGITS: Final = 4
_BRACKET: Final = re.compile(
    r"[（(](?P<lead>(?:责任单位|牵头单位|牵头部门|责任部门|配合单位|负责单位)[：:])?"
    r"(?P<names>(?:[^（）()]|[（(][^（）()]{0,30}[）)]){3,300}?)[)）][。 　]*$"
)
_LABELLED: Final = re.compile(
    r"(?:责任单位|牵头单位|牵头部门|责任部门|配合单位|负责单位)[：:][ 　]*(?P<names>[^。\n]{3,300})"
)
# 由甲局牵头，乙局、丙局等部门配合: what a sentence says without a bracket
_LED: Final = re.compile(
    r"由(?P<names>[^。；\n（）()由]{2,120}?牵头(?:[^。；\n（）()]{0,160}?配合)?)(?=[，。；\n）)]|负责|$)"
)
_TASK: Final = re.compile(
    r"(?:等(?:相关|有关|各)?(?:部门|单位)?)?(?:按(?:照)?(?:各自)?职责分工)?(?:共同|协同|组织)?"
    r"(?:牵头|配合|负责|参与)(?:组织|负责|推进|落实|实施|抓总)*$"
)
_LABEL: Final = re.compile(
    "(?:责任|牵头|配合|负责|主管|实施|协办|主办)(?:单位|部门|领导|主体)?[：:][ 　]*"
)
_PART: Final = re.compile("[（(](?:牵头|配合|主办|协办|主责|负责)(?:单位|部门)?[)）]$")
_BODY: Final = re.compile(
    r"(?:委|委员会|局|厅|办|部|政府|科协|工会|银行|集团|公司|中心|院|管委会|办公室|金融办|开发区|"
    r"高新区|联社|成员单位|主管部门|单位|各区|县[(（]市[)）])(?:等)?$"
)
_DISTRICT: Final = re.compile(
    r"(?:区|县|市|旗|新区|开发区|高新区|[镇乡]|街道|镇街)(?:人民)?(?:政府|管委会|办事处)?$"
)


@dataclass(frozen=True)
class Responsibility:
    """The bodies that answer for the clause that ends where their bracket begins."""

    departments: tuple[str, ...]
    governments: tuple[str, ...]
    start: int
    end: int
    line: Line


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


def find_responsibilities(text: str, lines: list[Line]) -> list[Responsibility]:
    """Return the bodies in closing brackets, after 责任单位：, as 由…牵头 and in columns so headed."""
    found: list[Responsibility] = []
    headers = Headers()
    for line in lines:
        if is_row(text, line):
            cells = [text[slice(*cell)] for cell in cells_of(text, line)]
            if headers.read(cells, names_units=any(place_at(cell, 0) for cell in cells)):
                continue
            if headers.header is not None and headers.header.bodies:
                found += _in_columns(text, line, headers.header.bodies)
                continue
        else:
            headers.end_table()
        begin = max(line.start, line.end - MAX_BRACKET_CHARS - 40)
        match = _BRACKET.search(text, begin, line.end) or _LABELLED.search(
            text, line.start, min(line.end, line.start + 4_000)
        )
        named = [match] if match else _LED.finditer(text, line.start, line.end)
        for match in named:
            departments, governments = _bodies(match.group("names"))
            if departments or governments:
                start, end = match.span("names")
                found.append(Responsibility(departments, governments, start, end, line))
    return found


def _in_columns(text: str, line: Line, columns: tuple[int, ...]) -> Iterator[Responsibility]:
    """Yield the bodies of a row, one group for each of the columns that are headed so."""
    cells = cells_of(text, line)
    for start, end in (cells[column] for column in columns if column < len(cells)):
        departments, governments = _bodies(text[start:end][:MAX_BRACKET_CHARS], sure=True)
        if departments or governments:
            yield Responsibility(departments, governments, start, end, line)


def _bodies(names: str, *, sure: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a bracket into departments and district governments; () if it names no bodies.

    ``铁西区、沈北新区政府`` are two governments; 市 before the first department holds for all.
    ``sure`` is a list that is known to name bodies.
    """
    unlabelled = (_LABEL.sub("", part.strip(" 　。")) for part in _split_outside(names))
    listed = [_TASK.sub("", _PART.sub("", part)) for part in unlabelled]
    parts = [body for part in listed for body in _two_bodies(part) if body]
    if not sure and not any(_BODY.search(part) for part in parts):
        return (), ()
    departments: list[str] = []
    governments: list[str] = []
    for part in parts:
        if re.search(
            r"政府$|管委会$|^各(?:区|县|市|地)|[县区]\(市\)|县（市）", part
        ) or _DISTRICT.search(part):
            governments.append(re.sub(r"(?:人民)?政府$", "", part) if len(part) > 4 else part)
        elif _BODY.search(part) or len(part) <= 12:
            departments.append(part)
    return tuple(departments), tuple(governments)


def _two_bodies(part: str) -> tuple[str, ...]:
    """Return both bodies of 省商务厅和郑州市政府; 发展和改革委员会 is one."""
    left, _, right = part.partition("和")
    return (left, right) if right and _BODY.search(left) else (part,)


def _split_outside(names: str) -> Iterator[str]:
    depth, start = 0, 0
    for position, char in enumerate(names):
        if char in "（(":
            depth += 1
        elif char in "）)":
            depth -= 1
        elif depth == 0 and char in "、，,；;":
            yield names[start:position]
            start = position + 1
    yield names[start:]


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
