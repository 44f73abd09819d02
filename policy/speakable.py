"""Units of which a sentence may speak: no bodies in brackets, ends of belts or nameless parks."""

import bisect
import re
from dataclasses import replace
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

_OF_A_BODY: Final = re.compile(
    r"[（(](?=[^（）()]*(?:政府|管委会|牵头|配合|责任|负责))[^（）()]{2,300}[)）]"
)
_PARK_CLASS: Final = re.compile(
    r"(?:(?:经济|高新)?(?:技术)?(?:产业)?(?:开发|示范|试验)区|产业园区?|工业园区?|园区?|先行区|基地|硅谷)$"
)
_NAMELESS: Final = frozenset(
    {"虚拟", "经济", "农业", "循环", "国家", "现代", "综合", "改革", "先行", "一", "搞好", "属"}
)


def bodies(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the brackets of responsible bodies stand in a line."""
    return [match.span() for match in _OF_A_BODY.finditer(text, line.start, line.end)]


def speakable(text: str, units: list[Unit], spans: list[tuple[int, int]]) -> list[Unit]:
    """Return the units of which a text may speak: no provinces, no bodies, no nameless parks.

    ``spans`` are the brackets of responsible bodies (:func:`bodies`).
    """
    kept: list[Unit] = []
    for unit in units:
        if unit.kind == "province" or _within(unit, spans) or _nameless(unit):
            continue
        if (
            kept
            and text[kept[-1].end : unit.start] in {"（", "("}
            and text[unit.end : unit.end + 1] in {"）", ")"}
        ):
            kept[-1] = replace(kept[-1], end=unit.end + 1)  # 甲区（乙新区） is one
        elif not _in_belt(text, unit):
            kept.append(unit)
    return kept


def _within(unit: Unit, spans: list[tuple[int, int]]) -> bool:
    at = bisect.bisect_right(spans, (unit.start, unit.end)) - 1
    return at >= 0 and unit.start < spans[at][1]


def _in_belt(text: str, unit: Unit) -> bool:
    """Return whether a unit is only an end of a belt (甲—乙—丙产业带)."""
    return text[unit.end : unit.end + 1] in {"—", "-"} or (
        text[unit.start - 1 : unit.start] == "—" and text[unit.start - 2 : unit.start] != "——"
    )


def _nameless(unit: Unit) -> bool:
    """Return whether a park is only a kind of park (现代农业产业园), which has no place."""
    proper = _PARK_CLASS.sub("", unit.name)
    proper = re.sub("^(?:自治区|[省市县区]|各|[两三四五六七八九十]县)属?", "", proper)
    return unit.kind == "park" and (is_generic(proper, _NAMELESS) if proper else True)
