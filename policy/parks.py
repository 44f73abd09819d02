"""Named parks and zones in a policy text, told apart from goals (打造世界级研发制造基地)."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.enterprises import Span, resolve
from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.names import DELIMITERS, name_start, piece_start
from clusteratlas.policy.places import place_at, place_index
from clusteratlas.policy.structure import Line

PARK_SUFFIX: Final = re.compile(
    r"(?:(?:经济技术|高新技术产业|高新技术|经济|工业|旅游|产业|农业|高科技|化工|台商投资|出口加工|跨境经济合作)?"
    r"(?:开发区|开发园区|加工区|保税区|保税港区|合作区|合作先行区|先行区|集聚区|聚集区|集中区|功能区|试验区|示范区|示范园区?|引领区|创新区|协作区|承载区))"
    r"|高新区|经开区|综保区|自贸区|自由贸易试验区|自由贸易港|临港新片区|新片区|航空港区|空港区|临空经济区|经济区"
    r"|产业园区?|工业园区?|科技园区?|创业园区?|创意园区?|孵化园|物流园区?|软件园|科创园|创新园|加速器园|产业城|科技城|科学城|科创城|创新城|智慧谷|动漫园|生态园"
    r"|(?:产业|示范|研发|制造|生产|孵化|应用|创新|服务|创业|出口|综合|实验)基地|产业港|创新港|智造园|智造谷|医药谷|药谷|硅谷|光谷|声谷|云谷"
    r"|(?<=[\u4e00-\u9fff]{2})(?:小镇|园区|新区|新城|航空城|汽车城|未来城|装备园|工业区|港区|片区)"
)

# A base that is to be "first-class" or "important in the country" is a goal, not a place.
_GOAL_WORD: Final = re.compile(
    r"世界|国际|全国|国内|一流|领先|重要|知名|全球|全省|千亿|百亿|万亿|核岛|特高压|级核|大型|重大|先进|高端|高水平|成套|全产业链"
)
_GOAL_BEFORE: Final = re.compile(
    r"(?:努力|着力|全力)(?:把[^，。]{1,8})?(?:打造|建设|建成)(?:成为?)?$|(?:建设|打造)[^，。；、]{2,12}的$|成为$"
)


def find_parks(text: str, lines: list[Line]) -> list[Span]:
    """Return the named parks and zones of a text, in order and without overlaps."""
    spans: list[Span] = []
    for line in lines:
        shared = list(_shared_form(text, line))
        found = list(_in_line(text, line))
        spans += shared
        spans += [s for s in found if not any(o.start <= s.start < o.end for o in shared)]
        spans += _beside_named(text, line, found)
    return resolve(spans)


# 铁西、浑南、沈北3大产业集聚区: every item of the list is such an area.
_SHARED_FORM: Final = re.compile(
    r"(?P<items>(?:[\u4e00-\u9fff]{2,6}[、和]){1,12}[\u4e00-\u9fff]{2,6}?)"
    r"(?:[两二三四五六七八九十\d]{1,2}(?:大|个))(?:[\u4e00-\u9fff]{0,6}?)(?:集聚区|产业园区?|开发区|功能区|园区|基地|片区|示范区)"
)


def _shared_form(text: str, line: Line) -> Iterator[Span]:
    for match in _SHARED_FORM.finditer(text, line.start, line.end):
        start = match.start("items")
        for item in re.split("[、和]", match.group("items")):
            begin = name_start(text, start, start + len(item), keep=2)
            if place_at(text, begin, start + len(item)) == text[begin : start + len(item)]:
                yield Span(begin, start + len(item), "shared form")
            start += len(item) + 1


def _in_line(text: str, line: Line) -> Iterator[Span]:
    done = line.start
    for match in PARK_SUFFIX.finditer(text, line.start, line.end):
        if match.start() < done:
            continue
        piece = piece_start(text, match.end(), max(done, line.start))
        start = name_start(text, piece, match.end(), keep=len(match.group()) + 1)
        body = text[start : match.start()]
        if _is_park_name(text, start, match.start(), body):
            yield Span(start, match.end(), "park form")
            done = match.end()


def _is_park_name(text: str, start: int, form_start: int, body: str) -> bool:
    if len(body) < 2 or _GOAL_WORD.search(body):
        return False
    end = PARK_SUFFIX.match(text, form_start).end()  # type: ignore[union-attr]
    if text[start:end] in place_index():  # 沈北新区 is a district, not a zone
        return False
    if _GOAL_BEFORE.search(text, max(0, start - 14), start):
        return False
    if place_at(text, start, form_start):
        return True
    return not is_generic(body) and all(char not in DELIMITERS for char in body)


def _beside_named(text: str, line: Line, found: list[Span]) -> Iterator[Span]:
    """A park named by its trade alone (节能环保产业园) is one if it stands in a list of named ones."""
    ends = {span.end for span in found}
    starts = {span.start for span in found}
    for match in PARK_SUFFIX.finditer(text, line.start, line.end):
        piece = piece_start(text, match.end(), line.start)
        if match.end() in ends or match.start() - piece < 2 or text[piece - 1 : piece] != "、":
            continue
        body = text[piece : match.start()]
        if (piece - 1 in ends or match.end() + 1 in starts) and not _GOAL_WORD.search(body):
            yield Span(piece, match.end(), "beside named parks")
