"""A stated positioning: which unit, which sectors, how strongly, and where it says so."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

MENTIONED: Final = "mentioned"
_STRENGTH: Final = (
    ("core", re.compile(r"为核心|核心区|首位|主阵地|为龙头|为引领|为中心|核心承载")),
    ("supporting", re.compile(r"协同|配套|支撑|补充|承接|辅助|联动")),
    (
        "leading",
        re.compile(r"重点|主导|支柱|着力|大力|突出|聚焦|主攻|优先|主要|为主|打造|全力|做强"),
    ),
)


@dataclass(frozen=True)
class Positioning:
    """A unit and the sectors that it is to develop, with the sentence that says so."""

    unit: Unit
    sectors: tuple[str, ...]
    strength: str
    start: int
    end: int
    rule: str
    line: Line


@lru_cache(maxsize=10_000)
def strength_of(clause: str) -> str:
    """Return core, leading, supporting or mentioned by the words of a clause."""
    for strength, pattern in _STRENGTH:
        if pattern.search(clause):
            return strength
    return MENTIONED


def stated(
    text: str, unit: Unit, sectors: list[str], start: int, end: int, rule: str, line: Line
) -> Positioning:
    """Return the positioning that a sentence states, with the strength of the words after the unit."""
    sentence = text[start:end]
    lead = len(sentence) - len(sentence.lstrip(" 　\t"))
    clause = text[max(start, unit.start - 8) : end] if start <= unit.start else sentence
    return Positioning(unit, tuple(sectors), strength_of(clause), start + lead, end, rule, line)
