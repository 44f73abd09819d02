"""How strongly each trade of a positioning is stated: by the clause that gives it to the unit.

A sentence may say several things of a unit (重点发展A，配套发展B) and of several units (甲主攻A，乙培育B); the
words that tell the strength are those of the clause in which unit and trade meet.
"""

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
    r"(?:[^，,：:\t|]*以[^，,。；为：:]{2,20}(?:[，,][^，,。；为以：:]{2,14}){1,6}为(?:主导|支柱|重点|特色|主)|"
    r"(?!为(?:主导|主体|主|核心|龙头|引领|重点|支柱|特色|支撑|补充|配套|辅)(?:产业|方向)?[、和])[^，,：:\t|])+"
    r"(?:为(?:主导|主体|主|核心|龙头|引领|重点|支柱|特色|支撑|补充|配套|辅)(?:产业|方向)?[、和])?"
)
_VERB: Final = re.compile("[以将把做抓]")
_JOINS: Final = frozenset({"", "、", "和", "与", "及", "以及", "（", "("})


@dataclass(frozen=True)
class _Group:
    """The units named together with one, and where the units around them begin and end."""

    start: int
    end: int
    before: int  # end of the unit before them; -1 if there is none
    after: int | None  # start of the unit after them


def by_strength(
    text: str, found: Sequence[Positioning], between: Callable[[int, int], list[Unit]]
) -> Iterator[Positioning]:
    """Yield positionings, those in two parts whose trades are stated with different strength.

    Parameters
    ----------
    between
        Gives the units between two offsets, in order.
    """
    for one in found:
        if one.rule in _WHOLE or strength_of(text[one.start : one.end]) == MENTIONED:
            yield one
            continue
        told = _Sentence(text, one, between(one.start, one.end))
        parts: dict[str, list[str]] = {}
        for trade in one.sectors:
            parts.setdefault(told.strength(trade), []).append(trade)
        for strength, trades in parts.items():
            yield replace(one, sectors=tuple(trades), strength=strength)


@lru_cache(maxsize=2_000)
def _clauses(sentence: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _CLAUSE.finditer(sentence))


class _Sentence:
    """The sentence of a positioning, cut into clauses."""

    def __init__(self, text: str, one: Positioning, units: list[Unit]) -> None:
        self.text, self.one, self.units = text, one, units
        self.clauses = [
            (one.start + start, one.start + end)
            for start, end in _clauses(text[one.start : one.end])
        ]
        self.group = self._group() if one.start <= one.unit.start < one.end else None

    def strength(self, trade: str) -> str:
        """Return how strongly the sentence states a trade of its unit."""
        at = self._place_of(trade)
        if at is None:
            return self._of_unit() or self.one.strength
        number = self._number(at)
        if (
            self.group is not None
            and at < self.group.start
            and self._number(self.group.start) > number
        ):
            return self._of_unit() or self._said(*self._part(number, at))
        while True:
            start, end = self._part(number, at)
            said = self._said(start, end)
            if said != MENTIONED or self._is_told(start, min(at, end)):
                return said
            first = self._number(self.group.start) if self.group else 0
            if number <= max(first, self._number(at) - MAX_CLAUSES_BACK):
                return said
            number -= 1

    def _place_of(self, trade: str) -> int | None:
        """Return where a trade stands: first after the unit, else last before it."""
        begin = self.group.end if self.group else self.one.start
        for name in (trade, trade.removesuffix("产业")):
            at = self.text.find(name, begin, self.one.end)
            at = at if at >= 0 else self.text.rfind(name, self.one.start, begin)
            if at >= 0:
                return at
        return None

    def _group(self) -> _Group:
        """Return the units named together with that of the positioning."""
        text, unit = self.text, self.one.unit
        start, end, before, after = unit.start, unit.end, -1, None
        for other in reversed(self.units):
            if other.start < start:
                if text[other.end : start] not in _JOINS:
                    before = other.end
                    break
                start = other.start
        for other in self.units:
            if other.start >= end:
                if text[end : other.start] not in _JOINS:
                    after = other.start
                    break
                end = other.end
        return _Group(start, end, before, after)

    def _number(self, at: int) -> int:
        return next(
            (n for n, (_, end) in enumerate(self.clauses) if at < end), len(self.clauses) - 1
        )

    def _part(self, number: int, at: int) -> tuple[int, int]:
        """Return the part of a clause that speaks of the unit and a trade that stands at ``at``."""
        start, end = self.clauses[number]
        if self.one.rule == "list":
            return start, end
        group = self.group
        if group is None or not start <= group.start < end:
            others = (unit.start for unit in self.units if at < unit.start < end)
            return start, min(others, default=end)
        if at >= group.end:
            start = group.start if group.before > start else start
            others = (unit.start for unit in self.units if at < unit.start < end)
            return start, min(others, default=end)
        befores = (unit.end for unit in self.units if start < unit.end <= at)
        return max(befores, default=start), min(end, group.after or end)

    def _of_unit(self) -> str:
        """Return what the clause of the unit says, "" if nothing."""
        if self.group is None:
            return ""
        start, end = self.clauses[self._number(self.group.start)]
        start = self.group.start if self.group.before > start else start
        said = self._said(start, min(end, self.group.after or end))
        return "" if said == MENTIONED else said

    def _said(self, start: int, end: int) -> str:
        """Return the strength of a part of a clause without its trades and units (航空配套)."""
        part = self.text[start:end]
        for name in (*self.one.sectors, self.one.unit.name):
            if strength_of(name) != MENTIONED:
                part = part.replace(name, "\n")
        return strength_of(part)

    def _is_told(self, start: int, end: int) -> bool:
        """Return whether a part of a clause has a verb of its own before the trade."""
        part = self.text[start:end]
        return bool(DEVELOP.search(part) or _VERB.search(part))
