"""How strongly each trade of a positioning is stated: by the clause that gives it to the unit.

A sentence may say several things of a unit (重点发展A，配套发展B) and of several units
(甲主攻A，乙培育B). The words that tell the strength are those of the clause in which unit and
trade meet.
"""

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from clusteratlas.policy.stated import MENTIONED, Positioning, strength_of
from clusteratlas.policy.stated_sectors import DEVELOP
from clusteratlas.policy.units import Unit

MAX_CLAUSES_BACK: Final = 3  # from a trade without a verb to the one that it is listed under
_WHOLE: Final = frozenset({"table", "responsible"})  # what a row and a bracket say holds for all
# A list between 以 and 为 may hold commas; 以A为主导、以B为支撑 says two things.
_CLAUSE: Final = re.compile(
    r"(?:以[^，,。；为：:]{2,20}(?:[，,][^，,。；为以：:]{2,14}){1,6}为(?:主导|支柱|重点|特色|主)|"
    r"(?!为(?:主导|主体|主|核心|龙头|引领|重点|支柱|特色|支撑|补充|配套|辅)(?:产业|方向)?[、和])[^，,：:\t|])+"
    r"(?:为(?:主导|主体|主|核心|龙头|引领|重点|支柱|特色|支撑|补充|配套|辅)(?:产业|方向)?[、和])?"
)
_VERB: Final = re.compile("[以将把做抓]")
_JOINS: Final = frozenset({"", "、", "和", "与", "及", "以及", "（", "("})


@dataclass(frozen=True)
class _Group:
    """Units named together, and where the units around them end and begin; -1 if there are none."""

    start: int
    end: int
    before: int
    after: int


def by_strength(
    text: str, found: Sequence[Positioning], between: Callable[[int, int], list[Unit]]
) -> Iterator[Positioning]:
    """Yield positionings, those in two parts whose trades are stated with different strength.

    Parameters
    ----------
    between
        Gives the units between two offsets, in order.
    """
    told: _Sentence | None = None
    for one in found:
        if one.rule in _WHOLE or strength_of(text[one.start : one.end]) == MENTIONED:
            yield one
            continue
        if told is None or (told.start, told.end) != (one.start, one.end):
            told = _Sentence(text, one.start, one.end, between(one.start, one.end))
        parts: dict[str, list[str]] = {}
        reading = _Reading(told, one)
        for trade in one.sectors:
            parts.setdefault(reading.strength(trade), []).append(trade)
        for strength, trades in parts.items():
            yield replace(one, sectors=tuple(trades), strength=strength)


@lru_cache(maxsize=2_000)
def _clauses(sentence: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _CLAUSE.finditer(sentence))


class _Sentence:
    """A sentence cut into clauses, and the groups of units that it names together."""

    def __init__(self, text: str, start: int, end: int, units: list[Unit]) -> None:
        self.text, self.start, self.end = text, start, end
        self.clauses = [(start + begin, start + stop) for begin, stop in _clauses(text[start:end])]
        self._clause_starts = [begin for begin, _ in self.clauses]
        self._unit_starts = [unit.start for unit in units]
        self._unit_ends = [unit.end for unit in units]
        self.groups = self._groups()
        self._group_starts = [group.start for group in self.groups]

    def _groups(self) -> list[_Group]:
        spans: list[tuple[int, int]] = []
        for start, end in zip(self._unit_starts, self._unit_ends, strict=True):
            if spans and self.text[spans[-1][1] : start] in _JOINS:
                spans[-1] = spans[-1][0], max(end, spans[-1][1])
            else:
                spans.append((start, end))
        edges = [(-1, -1), *spans, (-1, -1)]
        return [
            _Group(*own, before[1], after[0])
            for before, own, after in zip(edges, edges[1:], edges[2:], strict=False)
        ]

    def group_of(self, unit: Unit) -> _Group | None:
        """Return the units named together with one; the unit alone if it is none of the known ones."""
        if not self.start <= unit.start < self.end:
            return None
        at = bisect.bisect_right(self._group_starts, unit.start) - 1
        if at >= 0 and unit.start < self.groups[at].end:
            group = self.groups[at]
            return replace(group, end=max(unit.end, group.end))
        before = self.groups[at].end if at >= 0 else -1
        after = self.groups[at + 1].start if at + 1 < len(self.groups) else -1
        return _Group(unit.start, unit.end, before, after)

    def number(self, at: int) -> int:
        """Return which clause holds an offset."""
        return max(bisect.bisect_right(self._clause_starts, at) - 1, 0)

    def next_unit(self, at: int, end: int) -> int:
        """Return where the first unit after an offset begins, ``end`` if none does before it."""
        after = bisect.bisect_right(self._unit_starts, at)
        return min(end, self._unit_starts[after]) if after < len(self._unit_starts) else end

    def last_unit(self, start: int, at: int) -> int:
        """Return where the last unit before an offset ends, ``start`` if none does after it."""
        before = bisect.bisect_right(self._unit_ends, at) - 1
        return max(start, self._unit_ends[before]) if before >= 0 else start


class _Reading:
    """A sentence as it speaks of the unit of one positioning."""

    def __init__(self, told: _Sentence, one: Positioning) -> None:
        self.told, self.one, self.text = told, one, told.text
        self.group = told.group_of(one.unit)
        self.own = told.number(self.group.start) if self.group else 0
        self._masked = [
            name
            for name in (*one.sectors, one.unit.name)
            if strength_of(name) != MENTIONED  # 航空配套
        ]

    def strength(self, trade: str) -> str:
        """Return how strongly the sentence states a trade of the unit."""
        at = self._place_of(trade)
        if at is None:
            return self._of_unit() or self.one.strength
        number = last = self.told.number(at)
        if self.group is not None and at < self.group.start and last < self.own:
            return self._of_unit() or self._said(*self._part(last, at))
        first = max(self.own, last - MAX_CLAUSES_BACK)
        while True:
            start, end = self._part(number, at)
            said = self._said(start, end)
            if said != MENTIONED or number <= first or self._is_told(start, min(at, end)):
                return said
            number -= 1

    def _place_of(self, trade: str) -> int | None:
        """Return where a trade stands: first after the unit, else last before it."""
        start, end = self.told.start, self.told.end
        begin = self.group.end if self.group else start
        for name in (trade, trade.removesuffix("产业")):
            at = self.text.find(name, begin, end)
            at = at if at >= 0 else self.text.rfind(name, start, begin)
            if at >= 0:
                return at
        return None

    def _part(self, number: int, at: int) -> tuple[int, int]:
        """Return the part of a clause that speaks of the unit and a trade that stands at ``at``."""
        start, end = self.told.clauses[number]
        if self.one.rule == "list":
            return start, end
        group = self.group
        if group is None or not start <= group.start < end:
            return start, self.told.next_unit(at, end)
        if at >= group.end:
            start = group.start if group.before > start else start
            return start, self.told.next_unit(at, end)
        start = self.told.last_unit(start, at)
        return start, min(end, group.after) if group.after >= 0 else end

    def _of_unit(self) -> str:
        """Return what the clause of the unit says, "" if nothing."""
        if self.group is None:
            return ""
        start, end = self.told.clauses[self.own]
        start = self.group.start if self.group.before > start else start
        end = min(end, self.group.after) if self.group.after >= 0 else end
        said = self._said(start, end)
        return "" if said == MENTIONED else said

    def _said(self, start: int, end: int) -> str:
        """Return the strength of a part of a clause without its trades and units."""
        part = self.text[start:end]
        for name in self._masked:
            part = part.replace(name, "\n")
        return strength_of(part)

    def _is_told(self, start: int, end: int) -> bool:
        """Return whether a part of a clause has a verb of its own before the trade."""
        part = self.text[start:end]
        return bool(DEVELOP.search(part) or _VERB.search(part))
