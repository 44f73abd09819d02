"""Positionings in the closing brackets of responsible bodies."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import MENTIONED, Positioning
from clusteratlas.policy.stated_sectors import stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.unit_index import UnitIndex
from clusteratlas.policy.unit_titles import heading_trade

_BODIES: Final = r"政府|管委会|责任|负责|牵头|配合"
_RESPONSIBLE: Final = re.compile(
    rf"[（(](?=[^（）()]{{0,300}}(?:{_BODIES}))(?P<names>[^（）()]{{4,300}})[)）]|"
    r"(?:责任|牵头|配合|负责|实施)(?:单位|部门|主体)[：:](?P<labelled>[^。\n]{4,300})"
)
_HELPING: Final = re.compile("配合(?:单位|部门)")  # 配合单位 are not those who are to develop it
_INDUSTRY: Final = re.compile("产业|基地|集群|园|制造|加工|装备|生产")
_LISTED_TRADES: Final = re.compile(
    r"(?:支持|推动|促进)?([^，。；：、]{2,12}(?:、[^，。；：、]{2,12})+)等(?:产业|领域|行业|产业链)"
)


def in_bracket(text: str, line: Line, index: UnitIndex) -> Iterator[Positioning]:
    """Yield what a clause speaks of for the districts that its bracket makes responsible.

    The clause is the last sentence before the bracket; if that names no trade, it is the one before
    it or the heading (新型显示。突破…。责任单位：新站高新区管委会).
    """
    done = line.start
    for match in _RESPONSIBLE.finditer(text, line.start, line.end):
        begin, end = match.span(match.lastgroup or 0)
        helping = _HELPING.search(text, begin, end)
        units = [
            unit
            for unit in index.between(begin, helping.start() if helping else end)
            if unit.kind in {"county", "park", "zone"}
        ]
        sectors = _trade_of_clause(text, done, match.start(), line) if units else []
        for unit in units if sectors else ():
            rule = (MENTIONED, done, match.end(), "responsible")
            yield Positioning(unit, tuple(sectors), *rule, line)
        done = match.end()


def _trade_of_clause(text: str, start: int, end: int, line: Line) -> list[str]:
    """Return the trade of the heading above a bracket and those of the sentence before it."""
    names = heading_trade(line)
    sentences = [part for part in re.split("[。；]", text[start:end]) if part.strip(" 　")]
    for sentence in reversed(sentences[-2:]):
        said: list[str] = []
        for clause in sentence.split("，") if _INDUSTRY.search(sentence) else ():
            said += stated_sectors(clause, 0, len(clause))
        for listed in _LISTED_TRADES.finditer(sentence):
            said += sectors_in(listed.group(1))
        if said:
            return list(dict.fromkeys([*names, *said]))
    return names
