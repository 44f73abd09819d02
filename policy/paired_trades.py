"""Groups of trades for the pairing with units: what stands between stops and verbs and may be trades."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from clusteratlas.policy.sector_phrases import is_sector, may_hold_sector, sectors_in

MAX_GROUP_CHARS: Final = 160
MAX_ITEM_CHARS: Final = 24
# What opens trades even if none of them is known.
_OPENS: Final = re.compile(
    "发展|布局|打造|培育|承[接载担]|聚焦|主[攻打导业]|做|侧重|偏向|定位|集聚|产业|方向|限于|^[以为U]|分别"
)
_JOINS: Final = re.compile("[、和与及/等]")
_CLAUSE: Final = re.compile(r"[^，,：:\t|（）()“”\"—]+")
_CUT: Final = re.compile(  # passed over where no verb can begin
    r"(?=[专为主产以优位依侧促偏做全分利功加包协发向围在培壮大完定实将巩差布建引强形成打扩扶承把抓抢拓招持推提搞支改是有构涵深特由的着瞄研积突"
    r"紧联聚规进重错限集首鼓])(?:"
    r"(?:重点|着力|主要|优先|大力|加快|积极|突出|着重|集中|协同|联动|差异化|错位|分别|全力|聚力|主动|有序|持续|"
    r"进一步)*(?:发展壮大|培育壮大|做大做强|做优做强|做强做优|巩固提升|提升发展|改造提升|规划布局|规划建设|"
    r"发展(?!区|型)|布局|打造|培育|壮大|承接|承载|承担|聚焦|主攻|主打|做好|搞好|紧盯|巩固|专注|偏向|侧重|"
    r"定位于|定位为|瞄准|建设(?:成为|成)?|形成|做强|做大|做精|做优|构建|集聚|聚集|抢抓|深耕|引进|推进|扶持|"
    r"建成|突破|研制|扩大|提升|强化|招引|拓展|成为|推动|促进|引导|鼓励|支持|依托|围绕|利用|实施|加强|完善|"
    r"位于|包括|涵盖|限于|主导产业|首位产业|支柱产业|特色产业|重点产业|功能定位|产业定位|发展定位|主攻方向|"
    r"发展方向|重点领域|主业|定位)(?:是|为|于|在)?|[以将把由为向是做抓](?!主|导)|在(?!线)|的(?!士)|重点|"
    r"主要|着力|加快|以及|分别)"
)


@dataclass(frozen=True)
class Group:
    """Trades enumerated together, with the words that open and close them.

    Attributes
    ----------
    names
        The trades as they would be given; not all need be known ones.
    known
        How many of them are known trades.
    cut
        The verb or stop before the group; ``^`` at the head of a clause, ``U`` after a unit.
    tail
        What of the group follows its last trade (等产业).
    """

    start: int
    end: int
    names: tuple[str, ...]
    known: int
    cut: str
    tail: str


def groups_in(text: str, start: int, end: int, units: Sequence[tuple[int, int]]) -> Iterator[Group]:
    """Yield the groups of a sentence; ``units`` are the spans of its units, in order."""
    for clause in _CLAUSE.finditer(text, start, end):
        at = clause.start()
        for begin, stop in units:
            if stop <= at or begin >= clause.end():
                continue
            if begin > at:
                yield from _between(text, at, begin, "^" if at == clause.start() else "U")
            at = stop
        if at < clause.end():
            yield from _between(text, at, clause.end(), "^" if at == clause.start() else "U")


def _between(text: str, start: int, end: int, cut: str) -> Iterator[Group]:
    """Yield the groups of a piece without stops or units, which its verbs part."""
    for match in _CUT.finditer(text, start, end):
        yield from _group(text, start, match.start(), cut)
        start, cut = match.end(), match.group()
    yield from _group(text, start, end, cut)


def _group(text: str, start: int, end: int, cut: str) -> Iterator[Group]:
    size = end - start
    if not 2 <= size <= MAX_GROUP_CHARS:
        return
    if size > MAX_ITEM_CHARS and not _JOINS.search(text, start, end):
        return
    opened = _opens(cut)
    if opened or may_hold_sector(text, start, end):
        names, known, tail = _trades(text[start:end])
        if known or (names and opened):
            yield Group(start, end, names, known, cut, tail)


@lru_cache(maxsize=1_000)
def _opens(cut: str) -> bool:
    return _OPENS.search(cut) is not None


@lru_cache(maxsize=20_000)
def _trades(phrase: str) -> tuple[tuple[str, ...], int, str]:
    """Return the trades of a phrase, how many are known, and what follows the last one."""
    names = sectors_in(phrase, sure=True)
    if not names:
        return (), 0, ""
    at = phrase.rfind(names[-1])
    tail = phrase[at + len(names[-1]) :] if at >= 0 else ""
    return tuple(names), sum(map(is_sector, names)), tail
