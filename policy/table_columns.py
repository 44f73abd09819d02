"""The columns of a table as its header names them: places, parks, trades, responsible bodies."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from clusteratlas.policy.places import place_at
from clusteratlas.policy.structure import Line

MAX_CELLS: Final = 200  # of a row that are read
MAX_HEADER_CHARS: Final = 14
_UNIT_HEADER: Final = re.compile(
    r"区[（(]市|区县|县区|县市|市县|县[（(]市|地区|区域|所在地|承载|"
    r"属地|镇街|乡镇|板块|布局|^[市州]$|(?<!园|地|带)区$|县$"
)
_BODY_HEADER: Final = re.compile(
    "^[^各、，]{0,3}(?:责任|牵头|配合|负责|实施|主管|协办|协同)(?:单位|部门|主体)"
)
_HELPING: Final = re.compile("配合|协办|协同")
_PLACE_HEADER: Final = re.compile(
    "园区|开发区|载体|平台|功能区|(?<!任务)(?<!项目)(?<!产业)(?<!产品)(?<!企业)名称|集群|基地"
)
_CELL: Final = re.compile(r"(?<=[|\t])(?=[|\t])|[^\t|]+")
_EMPTY_FIRST: Final = re.compile(r"[ 　]*\t")
_SECTOR_HEADER: Final = re.compile("产业|方向|定位|领域|行业|重点发展|产品|环节|链条|门类")
_LEADING_HEADER: Final = re.compile("主导|首位|主攻|方向|定位|重点发展|领域|发展重点")

_GROUND_HEADER: Final = re.compile("园区|开发区|功能区|集聚区|产业平台|承载平台|园名")
_PROJECT_HEADER: Final = re.compile(
    "^(?:项目名称|工程名称|建设内容.{0,6}|建设规模.{0,6}|建设性质|建设单位|建设地点|建设年限|项目(?:业主|单位|法人|地点|内容)|"
    "业主(?:单位|名称)?|(?:计划|估算)?总投资.{0,8})$"
)
_OWNER_HEADER: Final = re.compile(
    "^(?:(?:项目)?(?:建设|投资|业主|承办)(?:单位|主体|企业)|项目业主|项目单位|项目法人|业主)$"
)
_MIN_PROJECT_COLUMNS: Final = 2
# The end of a park's name of its own; a header that ends so is short or made of such words alone.
_PARK_END: Final = re.compile(
    "(?:产业园|工业园|科技园|产业园区|工业园区|科技园区|工业区|基地|小镇)$"
)
_HEADER_ONLY: Final = re.compile(
    "(?:重点|主要|承载|所在|核心|产业|工业|科技|特色|布局|支撑|相关|园区?|基地|小镇|名称|[及和与、/（）()]){1,8}"
)

_HEADERS: Final = (_UNIT_HEADER, _BODY_HEADER, _PLACE_HEADER, _SECTOR_HEADER)


@dataclass(frozen=True)
class Header:
    """The columns of a table that hold places, parks, what they are to develop, and who answers.

    Attributes
    ----------
    helping
        Those of ``bodies`` that only help (配合单位).
    grounds
        Those of ``parks`` whose header says so: their cells name parks (not 集群, 名称).
    owners
        Of a table of projects those of the firms that build them; its trades are no district's.
    projects
        Whether the table lists projects.
    """

    places: tuple[int, ...]
    parks: tuple[int, ...]
    sectors: tuple[int, ...]
    bodies: tuple[int, ...] = ()
    helping: tuple[int, ...] = ()
    grounds: tuple[int, ...] = ()
    owners: tuple[int, ...] = ()
    projects: bool = False

    @property
    def of_trades(self) -> bool:
        """Return whether it says what is whose: what places are to develop, or who answers."""
        return bool(self.sectors or self.bodies)


def is_row(text: str, line: Line) -> bool:
    """Return whether a line is a row of a table: cells between tabs or bars."""
    content = text[line.start : line.end]
    return "\t" in content or (content.lstrip().startswith("|") and content.count("|") > 2)


def cells_of(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the cells of a row stand, without the blanks around them."""
    cells = []
    if _EMPTY_FIRST.match(text, line.start, line.end):  # merged with the cell above
        cells.append((line.start, line.start))
    for match in itertools.islice(_CELL.finditer(text, line.start, line.end), MAX_CELLS):
        start, cell = match.start(), match.group()
        lead = len(cell) - len(cell.lstrip(" 　"))
        if cell.strip(" 　") or start > line.start:
            cells.append((start + lead, max(start + lead, start + len(cell.rstrip(" 　")))))
    return cells


def header_of(cells: Sequence[str]) -> Header | None:
    """Return the columns that the cells of a header name; None if they name none.

    Of a column of cities and one of counties the counties are meant.
    """
    short = [
        cell.strip(" 　") if len(cell.strip(" 　")) <= MAX_HEADER_CHARS else "" for cell in cells
    ]
    bodies = [i for i, cell in enumerate(short) if _BODY_HEADER.search(cell)]
    others = [i for i in range(len(short)) if i not in bodies]
    parks = [i for i in others if _PLACE_HEADER.search(short[i])]
    sectors = [i for i in others if _SECTOR_HEADER.search(short[i]) and i not in parks]
    leading = [i for i in sectors if _LEADING_HEADER.search(short[i])]
    places = [i for i in others if _UNIT_HEADER.search(short[i]) and i not in (*parks, *leading)]
    narrow = [i for i in places if short[i] not in {"市", "州"}]
    sectors = leading or [i for i in sectors if i not in places]
    grounds = [i for i in parks if _GROUND_HEADER.search(short[i])]
    named = sum(bool(_PROJECT_HEADER.match(cell)) for cell in short) + bool(bodies)
    projects = named >= _MIN_PROJECT_COLUMNS and any("项目" in cell for cell in short)
    if not (bodies or projects or (grounds and places) or (sectors and (places or parks))):
        return None
    return Header(
        places=tuple(narrow or places),
        parks=tuple(parks),
        sectors=tuple(sectors),
        bodies=tuple(bodies),
        helping=tuple(i for i in bodies if _HELPING.search(short[i])),
        grounds=tuple(grounds),
        owners=tuple(i for i in others if projects and _OWNER_HEADER.match(short[i])),
        projects=projects,
    )


class TableRow(NamedTuple):
    """A row of a table.

    Attributes
    ----------
    cells, said
        Where its cells stand, without the blanks around them, and what they hold.
    header
        The columns of its table, None if nothing above it names them.
    heads
        Whether it names the columns itself.
    opens
        Whether it is the first of its table.
    """

    line: Line
    cells: list[tuple[int, int]]
    said: list[str]
    header: Header | None
    heads: bool
    opens: bool


class Tables:
    """The rows of a text's tables with the headers above them, read once for all who ask."""

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._rows: dict[int, TableRow] = {}
        headers, opens = _Headers(), True
        for line in lines:
            if not is_row(text, line):
                headers.end_table()
                opens = True
                continue
            cells = cells_of(text, line)
            said = [text[start:end] for start, end in cells]
            heads = headers.read(said)
            self._rows[line.number] = TableRow(line, cells, said, headers.header, heads, opens)
            opens = False

    def row(self, line: Line) -> TableRow | None:
        """Return a line as a row, None if it is none."""
        return self._rows.get(line.number)

    def rows(self) -> Iterable[TableRow]:
        """Return all rows in the order of the text."""
        return self._rows.values()


class _Headers:
    """The header of the table that is read; it may stand in two rows, cells merged in the first."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self._above: list[str] | None = []  # what the rows at the top hold; None below them

    def end_table(self) -> None:
        """Forget the table: what follows is another one."""
        self.header, self._above = None, []

    def read(self, cells: Sequence[str]) -> bool:
        """Return whether a row is a header, or the second row of one; no row that names places is."""
        above, self._above = self._above, None
        if any(_names_place(cell) for cell in cells):
            return False
        header = header_of(cells)
        if above and _goes_on(above, cells):
            cells = [own or over for own, over in itertools.zip_longest(cells, above, fillvalue="")]
            header = header_of(cells) or header
        if header is not None:
            self.header = header
        if header is not None or above == []:
            self._above = [cell.strip(" 　") for cell in cells]
        return header is not None


def _names_place(cell: str) -> bool:
    """Return whether a cell begins with a place's name or ends as a park's name of its own does."""
    if place_at(cell, 0):
        return True
    return bool(_PARK_END.search(cell)) and not _HEADER_ONLY.fullmatch(cell)


def _goes_on(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether a row names columns below the cells of the first row that leave room for it."""
    named = [cell.strip(" 　") for cell in cells]
    if not any(over and not own for own, over in itertools.zip_longest(named, above, fillvalue="")):
        return False
    words = [cell for cell in named if cell]
    headed = [cell for cell in words if any(form.search(cell) for form in _HEADERS)]
    return 0 < len(words) == len(headed) and max(map(len, words)) <= MAX_HEADER_CHARS
