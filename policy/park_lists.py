"""Parks that share a form (铁西、浑南3大集聚区) and trade parks that stand beside named ones."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.names import name_start
from clusteratlas.policy.places import place_index
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line

_JOINTS: Final = frozenset({"、", "和", "与", "及", "以及"})
# 铁西、浑南、沈北3大产业集聚区: every item of the list is such an area.
_SHARED_FORM: Final = re.compile(
    r"(?P<items>(?:[\u4e00-\u9fff]{2,6}[、和]){1,12}[\u4e00-\u9fff]{2,6}?)"
    r"(?:[两二三四五六七八九十\d]{1,2}(?:大|个))(?:[\u4e00-\u9fff]{0,6}?)"
    r"(?:集聚区|功能区)"
)

_NO_WORKS: Final = re.compile("生态功能区|主体功能区|旅游集聚区")

_AREA: Final = re.compile("集聚区|功能区")


def shared_form(text: str, line: Line) -> Iterator[Span]:
    """Yield the places of a list that is summed up as so many areas."""
    if not _AREA.search(text, line.start, line.end):
        return
    for match in _SHARED_FORM.finditer(text, line.start, line.end):
        if _NO_WORKS.search(match.group()):
            continue
        start = match.start("items")
        for item in re.split("[、和]", match.group("items")):
            stop = start + len(item)
            begin = name_start(text, start, stop, keep=1)
            if text[begin:stop] in place_index():
                yield Span(begin, stop, "shared form")
            start = stop + 1


def beside_named(text: str, trades: list[Span], found: list[Span]) -> Iterator[Span]:
    """Yield parks named by trade alone (节能环保产业园) beside named ones or each other.

    Parameters
    ----------
    trades
        All parks of a line with built ground in their form, in order.
    found
        The named parks of the line.
    """
    ends = {span.end for span in found}
    starts = {span.start for span in found}
    trades = [span for span in trades if span.end not in ends]
    for index, span in enumerate(trades):
        after, before = text[span.end : span.end + 1], text[span.start - 1 : span.start]
        near = (before == "、" and span.start - 1 in ends) or (
            after == "、" and span.end + 1 in starts
        )
        if near or _in_run(text, trades, index):
            yield span


def _in_run(text: str, trades: list[Span], index: int) -> bool:
    """Return whether a trade park stands in an enumeration of at least three such parks."""
    run = 1
    for step in (-1, 1):
        at = index
        while 0 <= at + step < len(trades):
            left, right = sorted((trades[at], trades[at + step]), key=lambda span: span.start)
            if text[left.end : right.start] not in _JOINTS:
                break
            run, at = run + 1, at + step
    return run >= 2 and is_generic(re.sub("产业$", "", trades[index].within(text)[:-3]) or "园")
