"""Who answers for a clause: departments and governments of districts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.structure import Line
from clusteratlas.policy.table_columns import Tables

MAX_BRACKET_CHARS: Final = 300
_BRACKET: Final = re.compile(
    r"[（(](?P<names>(?:[^（）()]|[（(][^（）()]{0,30}[）)]){3,300}?)[)）][。 　]*$"
)
_LABEL: Final = re.compile(
    "(?:(?P<help>配合|协办|协同|参与)|责任|牵头|负责|主责|主办|承办|主管){1,3}"
    "(?:(?:单位|部门|主体|机构)(?:[：:]|(?<=[（(，；]..单位)为)|(?<=[（(\\[【〔，；、 　]..)[：:])[ 　]*"
)
# What a label lists, up to the stop or bracket that ends it
_LABELLED: Final = re.compile(
    rf"(?P<first>{_LABEL.pattern.replace('?P<help>', '?:')})"
    r"(?P<names>(?:[^（）()\[\]【】〔〕。\n]|[（(〔][^（）()〔〕\n]{0,30}[)）〕]){3,300})"
)
# 完成时限：2025年: what a list of bodies does not hold
_OTHER_LABEL: Final = re.compile(
    "[；;，,。 　]*[^，。；;：: 　]{0,4}(?:时限|时间|期限|节点|领导|责任人|联系人|联络人|安排|要求|目标|"
    "成果|措施|要素|实施主体|实施单位|链长|链办)[：:]|[，,]其中"
)
_ITEM_NUMBER: Final = re.compile("[（(]\\d{1,2}[)）]")
# 由甲局牵头，乙局、丙局等部门配合: what a sentence says without a bracket
_LED: Final = re.compile(
    r"由(?P<names>[^。；\n（）()由]{2,120}?牵头(?:[^。；\n（）()]{0,160}?配合)?)(?=[，。；\n）)]|负责|$)"
)
_TASK: Final = re.compile(
    r"(?:等(?:相关|有关|各)?(?:部门|单位)?)?(?:按(?:照)?(?:各自)?职责分工)?(?:共同|协同|组织)?"
    r"(?:牵头|配合|负责|参与)(?:组织|负责|推进|落实|实施|抓总)*$"
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


def find_responsibilities(text: str, lines: list[Line], tables: Tables) -> list[Responsibility]:
    """Return the bodies in closing brackets, after 责任单位：, as 由…牵头 and in columns so headed.

    Of labels together (牵头单位：甲；配合单位：乙) the bodies stand in one list, the helping ones last.
    """
    found: list[Responsibility] = []
    for line in lines:
        row = tables.row(line)
        if row is not None and row.heads:
            continue
        if row is not None and row.header is not None and row.header.bodies:
            answering = [row.cells[n] for n in row.header.bodies if n < len(row.cells)]
            found += _in_cells(text, line, answering)
            continue
        found += _in_line(text, line)
    return found


def _in_line(text: str, line: Line) -> Iterator[Responsibility]:
    """Yield the bodies after labels in a line and in its closing bracket, else those of 由…牵头."""
    named = [
        (match.start("names"), *_ordered(match), True)
        for match in _LABELLED.finditer(text, line.start, line.end)
    ]
    begin = max(line.start, line.end - MAX_BRACKET_CHARS - 40)
    closing = _BRACKET.search(text, begin, line.end)
    if closing and not any(closing.start() < end for _, end, _, _ in named):
        named.append((*closing.span("names"), closing.group("names"), False))
    if not named:
        led = _LED.finditer(text, line.start, line.end)
        named = [(*match.span("names"), match.group("names"), False) for match in led]
    for start, end, names, labelled in named:
        departments, governments = _bodies(names, labelled=labelled)
        if departments or governments:
            yield Responsibility(departments, governments, start, end, line)


def _ordered(match: re.Match[str]) -> tuple[int, str]:
    """Return where the names after a label end, and the names, those of helping bodies last."""
    names = match.group("names")
    if other := _OTHER_LABEL.search(names):
        names = names[: other.start()]
    end = match.start("names") + len(names.rstrip(" 　；;，,"))
    names = _ITEM_NUMBER.sub("；", names)
    leading: list[str] = []
    helping: list[str] = []
    label, at = _LABEL.match(match.group("first")), 0
    for following in [*_LABEL.finditer(names), None]:
        part = names[at : following.start() if following else len(names)].strip(" 　；;，,、和")
        (helping if label and label.group("help") else leading).append(part)
        label, at = following, following.end() if following else at
    return end, "；".join(part for part in [*leading, *helping] if part)


def _in_cells(text: str, line: Line, cells: Sequence[tuple[int, int]]) -> Iterator[Responsibility]:
    """Yield the bodies of a row, one group for each of the cells whose columns are headed so."""
    for start, end in cells:
        departments, governments = _bodies(text[start:end][:MAX_BRACKET_CHARS], sure=True)
        if departments or governments:
            yield Responsibility(departments, governments, start, end, line)


def _bodies(
    names: str, *, sure: bool = False, labelled: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a bracket into departments and district governments; () if it names no bodies.

    ``铁西区、沈北新区政府`` are two governments; 市 before the first department holds for all.
    ``sure`` is a list that is known to name bodies, ``labelled`` one that may be places alone.
    """
    unlabelled = (_LABEL.sub("", part.strip(" 　。")) for part in _split_outside(names))
    listed = [_TASK.sub("", _PART.sub("", part)) for part in unlabelled]
    parts = [body for part in listed for body in _two_bodies(part) if body]
    known = any(_BODY.search(part) or (labelled and _DISTRICT.search(part)) for part in parts)
    if not sure and not known:
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
