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
_LABELLED: Final = re.compile("(?:责任|牵头|配合|负责|实施)(?:单位|部门|主体)[：:]")
_PARK_CLASS: Final = re.compile(
    r"(?:(?:经济|高新)?(?:技术)?(?:产业)?(?:开发|示范|试验)区|产业园区?|工业园区?|园区?|"
    r"先行区|基地|硅谷)$"
)
_LINE_START: Final = re.compile(
    r"(?:^|\n|。|；)[ 　\t]{0,8}(?:[（(〔\[]?[\d一二三四五六七八九十]{1,3}[）)〕\].、．]*|——|"
    r"●|其中[，：])?[ 　]{0,4}$"
)
_DESCRIPTION: Final = re.compile(
    "[：:]|[（(]|，?(?:规划面积|占地|选址|位于|总面积)|重点|主要|着力|主攻|"
    "以[^，。；]{2,40}为(?:主|重点)"
)
_BODY_OF: Final = re.compile("区?(?:管委会|管理委员会|人民政府|政府|党委|党工委|工委)")
_REST_OF_BRACKET: Final = re.compile("[^（）()，。；\n]{0,100}[）)]")
_FORMER: Final = re.compile("[（(][原含]")
_OWNED_BY: Final = re.compile("^(?:自治区|[省市县区]|各|[两三四五六七八九十]县)属?")
_NAMELESS: Final = frozenset(
    {"虚拟", "经济", "农业", "循环", "国家", "现代", "综合", "改革", "先行", "一", "搞好", "属"}
)


def bodies(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the brackets of responsible bodies stand in a line."""
    labelled = _LABELLED.search(text, line.start, line.end)
    spans = [match.span() for match in _OF_A_BODY.finditer(text, line.start, line.end)]
    return spans if labelled is None else sorted([*spans, (labelled.start(), line.end)])


def speakable(text: str, units: list[Unit], spans: list[tuple[int, int]]) -> list[Unit]:
    """Return the units of which a text may speak: no provinces, no bodies, no nameless parks.

    ``spans`` are the brackets of responsible bodies (:func:`bodies`).
    """
    kept: list[Unit] = []
    for unit in units:
        if unit.kind == "province" or _within(unit, spans):
            continue
        if _FORMER.search(text, max(0, unit.start - 2), unit.start + 1):
            continue  # 高新园（原工业园）
        if _explains(text, unit) or _BODY_OF.match(text, unit.end) or _in_title(text, unit):
            continue
        if _nameless(unit) and not _described(text, unit):
            continue
        if (
            kept
            and text[kept[-1].end : unit.start] in {"（", "("}
            and text[unit.end : unit.end + 1] in {"）", ")"}
        ):
            if unit.kind == "town" and kept[-1].kind == "park":  # where the park lies
                kept[-1] = replace(kept[-1], end=unit.end + 1)
            else:  # 甲区（乙新区）: one by two names
                kept.append(replace(unit, end=unit.end + 1))
        elif not _in_belt(text, unit):
            kept.append(unit)
    return kept


def _described(text: str, unit: Unit) -> bool:
    """Return whether a line begins with a park and describes it (大数据产业园：选址于…)."""
    if not _PARK_CLASS.sub("", unit.name):
        return False
    lead = _LINE_START.search(text, max(0, unit.start - 12), unit.start)
    return lead is not None and _DESCRIPTION.match(text, unit.end) is not None


def _in_title(text: str, unit: Unit) -> bool:
    """Return whether a unit stands in the title of another document (《甲县陶瓷产业规划》)."""
    opened = text.rfind("《", max(0, unit.start - 40), unit.start)
    return opened >= 0 and text.find("》", opened, unit.start) < 0


def _explains(text: str, unit: Unit) -> bool:
    """Return whether a unit stands in a bracket within a phrase: “一园五基地”（甲、乙区）的部署."""
    closed = _REST_OF_BRACKET.match(text, unit.end, unit.end + 120)
    return closed is not None and text[closed.end() : closed.end() + 1] == "的"


def _within(unit: Unit, spans: list[tuple[int, int]]) -> bool:
    at = bisect.bisect_right(spans, (unit.start, unit.end)) - 1
    return at >= 0 and unit.start < spans[at][1]


def _in_belt(text: str, unit: Unit) -> bool:
    """Return whether a unit is only an end of a belt (甲—乙—丙产业带)."""
    if text[unit.end : unit.end + 2] == "——":  # 芝英镇——以五金为主
        return False
    return text[unit.end : unit.end + 1] in {"—", "-"} or (
        text[unit.start - 1 : unit.start] == "—" and text[unit.start - 2 : unit.start] != "——"
    )


def _nameless(unit: Unit) -> bool:
    """Return whether a park is only a kind of park (现代农业产业园), which has no place."""
    if unit.kind != "park":
        return False
    proper = _PARK_CLASS.sub("", unit.name)
    proper = _OWNED_BY.sub("", proper)
    return is_generic(proper, _NAMELESS) if proper else True
