"""Mentions of units for the pairing with trades: what the rules found and whatever else may be one.

Nothing is decided here: which mention is a unit that the text gives a trade is told by the weights
of :mod:`paired_model`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.names import name_start, piece_start
from clusteratlas.policy.places import place_index
from clusteratlas.policy.units import Unit
from clusteratlas.policy.vocabulary import is_ordinary, is_word

MAX_UNIT_CHARS: Final = 18
_FORM: Final = re.compile(
    r"(?=[乡区团园城基岛旗港片组苏街谷镇])(?:街道|苏木|片区|组团|基地|(?<!乡)镇|(?<![入下返城老家故他本异])乡|(?<=[一二三四五六七八九〇零十\d])团|[园谷岛]|"
    "(?<![全我本各该城地辖社校小老郊矿])[区旗]|(?<!长)城|(?<![空进出开闭引])港)(?:[东西南北中]区|[A-Z]区)?"
)
_AFTER: Final = re.compile(
    r"$|[、，。；：:（()）“”\s—\t|]|[要应将则可须需均都也还只就搞放主瞄以依围立按为是在把由对让使各先承做育走抓]|"
    r"重点|着[重力]|大力|加[快大强]|积极|突出|聚焦|侧重|偏向|全[力面]|集[中聚]|打造|建[设成]|布局|"
    r"培育|壮大|推[动进]|提[升高]|形成|构[建筑]|引[进导]|定位|发[展挥]|巩固|等|[和与及]|的|规划|产业|"
    r"功能|[两三四五六七八九十]"
)
_BARE: Final = re.compile(
    r"(?:(?<=[\n。；，：、 　\t“（(和与及支持动])|^)(?P<name>[\u4e00-\u9fff]{2,4}?)(?=以|重点|主攻|"
    r"主打|侧重|突出|着力|：|——|（|做|专做|发展|布局|承接|打造|聚焦|[、和与及][\u4e00-\u9fff]{2,4}?"
    r"(?:以|重点|主攻|侧重|发展))"
)
_JOINED: Final = re.compile("(?<=..)[与及和的]")
_STOPS: Final = frozenset("\n，。；：、（( 　\t——“；;！？")


@dataclass(frozen=True)
class Mention:
    """A place in the text that may name a unit.

    Attributes
    ----------
    source
        ``rule``: a unit of the rules; ``form``: ends as units do; ``rest``: the same without the
        place before it; ``bare``: no everyday word, and stands where a unit would.
    """

    unit: Unit
    source: str


def mentions_of(text: str, units: Sequence[Unit]) -> list[Mention]:
    """Return all mentions of a text in order; they may overlap, no two have the same borders."""
    found: dict[tuple[int, int], Mention] = {}
    for source, unit in _all(text, units):
        if unit.kind != "province" and unit.end - unit.start > 1:
            found.setdefault((unit.start, unit.end), Mention(unit, source))
    return [found[span] for span in sorted(found)]


def _all(text: str, units: Sequence[Unit]) -> Iterator[tuple[str, Unit]]:
    for unit in units:
        yield "rule", unit
        if unit.kind in {"park", "zone"}:
            yield from _without_verb(text, unit)
    for match in _FORM.finditer(text):
        yield from _formed(text, match)
    for match in _BARE.finditer(text):
        name = match.group("name")
        if name not in place_index() and not (
            is_generic(name) or is_word(name) or is_ordinary(name)
        ):
            yield "bare", Unit(name, match.start("name"), match.end("name"), "town", "", False)


def _formed(text: str, match: re.Match[str]) -> Iterator[tuple[str, Unit]]:
    """Yield the unit that ends in a form, and the same without the place before it."""
    end = match.end()
    if not _AFTER.match(text, end):
        return
    start = name_start(text, piece_start(text, end), end, keep=end - match.start())
    start += after_clause(text[start : match.start()])
    if not 2 < end - start <= MAX_UNIT_CHARS or _JOINED.search(text, start, end):
        return
    opens = start == 0 or text[start - 1] in _STOPS
    if not opens and (is_generic(text[start:end]) or is_ordinary(text[start:end])):
        return
    kind = _kind_of(match.group())
    yield "form", Unit(text[start:end], start, end, kind)
    index = place_index()
    for size in (6, 5, 4, 3, 2):
        if end - start - size > 2 and text[start : start + size] in index:
            yield "rest", Unit(text[start + size : end], start + size, end, kind)
            return


def _without_verb(text: str, unit: Unit) -> Iterator[tuple[str, Unit]]:
    """Yield a unit without the verb that its name was taken to begin with (负责综保区)."""
    start = unit.start + after_clause(text[unit.start : unit.end])
    if unit.start < start < unit.end - 2:
        yield "rest", replace(unit, name=text[start : unit.end], start=start)


def _kind_of(form: str) -> str:
    if form.startswith(("街道", "镇", "乡", "团", "苏木")):
        return "town"
    return "park" if form.startswith(("园", "基地")) else "zone"
