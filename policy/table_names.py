"""Parks and firms that stand in columns of tables headed so: 承载园区, 建设单位, 项目业主."""

import bisect
import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.no_names import no_park
from clusteratlas.policy.places import place_at, place_index
from clusteratlas.policy.spans import Span
from clusteratlas.policy.table_columns import TableRow, Tables

MIN_PARK_CHARS: Final = 4
MAX_PARK_CHARS: Final = 30
MAX_FIRM_CHARS: Final = 30
_ITEM: Final = re.compile("(?:[^、，；;,/ 　（(]|[（(][^（）()]{0,20}[)）])+")
_PARK_END: Final = re.compile(
    "(?:园区?|开发区|高新区|经开区|经济区|示范区|保税区|合作区|集聚区|试验区|功能区|工业区|集中区|[^城地社校山小学]区|"
    "基地|小镇|新城|[车药材食光港]城|港|谷)(?:[（(][^（）()]{1,12}[)）])?$"
)
# Not a name: which parks are meant, not what one is called
_CLASS: Final = re.compile(
    "^(?:国家级?|省级|市级|县级|区级|及|和|以上|各|全部|所有|其他|其它|相关|有关|现有|重点|主要|特色|全[市县省区]|[市县区省]内|辖区|本地|"
    "专业|产业|工业|开发区|园区|基地|类|两|三|四|多个?|\\d+个?|等|所在|承载|拟建|在建|新建|待定|暂无)+$"
)
_NO_FIRM: Final = re.compile(
    "(?:委|委员会|局|厅|办|办公室|部|政府|管委会|中心|[学医法检]院|学校|大学|中学|小学|处|站|队|街道|[镇乡村]|社区|区|县|市|园|基地|"
    "部队|待定|招商|单位|业主|以上|合计|小计)$|^(?:拟|待|招商|县|市|区|省)(?:招商|引进|定|属|直|$)|\\d{2}|[。：:|“”]"
)
_WORD: Final = re.compile("[\u4e00-\u9fffA-Za-z]")


def parks_in_tables(text: str, tables: Tables) -> list[Span]:
    """Return the named parks in columns headed 承载园区, 园区名称, 产业平台 and the like."""
    return [span for row, column in _cells(tables, "grounds") for span in _parks(text, row, column)]


def firms_in_tables(text: str, tables: Tables) -> list[Span]:
    """Return the firms in the columns of those who build the projects of a table."""
    return [span for row, column in _cells(tables, "owners") for span in _firms(text, row, column)]


def outside_headers(found: list[Span], tables: Tables) -> list[Span]:
    """Return names without those that are a column's (所在园区)."""
    heads = [(row.line.start, row.line.end) for row in tables.rows() if row.heads]
    starts = [start for start, _ in heads]

    def in_header(span: Span) -> bool:
        at = bisect.bisect_right(starts, span.start) - 1
        return at >= 0 and span.end <= heads[at][1]

    return [span for span in found if not in_header(span)] if heads else found


def is_class_of_parks(name: str) -> bool:
    """Return whether a name only says which parks are meant (省级以上园区)."""
    form = _PARK_END.search(name)
    body = name[: form.start()] if form else name
    return not body or bool(_CLASS.match(body))


def _cells(tables: Tables, kind: str) -> Iterator[tuple[TableRow, int]]:
    for row in tables.rows():
        if row.header is not None and not row.heads:
            for column in getattr(row.header, kind):
                if column < len(row.cells):
                    yield row, column


def _parks(text: str, row: TableRow, column: int) -> Iterator[Span]:
    for item in _ITEM.finditer(text, *row.cells[column]):
        name = item.group()
        if not MIN_PARK_CHARS <= len(name) <= MAX_PARK_CHARS or not _PARK_END.search(name):
            continue
        if name in place_index() or is_class_of_parks(name) or no_park(text, *item.span()):
            continue
        yield Span(*item.span(), "table")


def _firms(text: str, row: TableRow, column: int) -> Iterator[Span]:
    for item in _ITEM.finditer(text, *row.cells[column]):
        name = item.group()
        if not 2 <= len(name) <= MAX_FIRM_CHARS or _NO_FIRM.search(name):
            continue
        if _WORD.match(name) and place_at(name, 0) != name:
            yield Span(*item.span(), "table")
