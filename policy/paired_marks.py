"""What the reader of pairs sees of a unit, a group of trades and the words between them.

All marks are whole numbers, one array per kind of mark with a value per pair.
"""

import bisect
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks
from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.paired_between import add_between, add_columns
from clusteratlas.policy.paired_candidates import Pairs
from clusteratlas.policy.paired_text import CodedText, hash_of
from clusteratlas.policy.paired_trades import Group
from clusteratlas.policy.paired_units import Mention
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.vocabulary import is_ordinary

_SOURCES: Final = ("rule", "form", "rest", "bare")
_KINDS: Final = ("city", "county", "town", "park", "zone", "")
_TITLE_LINES: Final = 3
MAX_TITLE_CHARS: Final = 80
_STOP: Final = re.compile("[。；：]")
_NUMBER: Final = re.compile(
    r"[ 　\t]*(?:[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．]*|[●○■—·-]+)?[ 　]*"
)
_BODIES: Final = re.compile("政府|管委会|牵头|责任|配合|负责|单位|部门")
_BRACKET_REACH: Final = 250
_PAST: Final = (9, 10, 11)  # of the words of CodedText those of what is told


def marks_of(
    text: str,
    found: Pairs,
    stated: Sequence[Positioning],
    firms: frozenset[str] = frozenset(),
) -> Marks:
    """Return the marks of the pairs of a text, arrays with a value per pair.

    Parameters
    ----------
    stated
        The positionings of the rules.
    firms
        Names of the text's enterprises.
    """
    if not found.pairs:
        return {}
    table = np.array(found.pairs, np.int64)
    unit, group = table[:, 0], table[:, 1]
    marks: Marks = {"U": unit, "G": group, "relation": table[:, 2]}
    reach = CodedText(text)
    for name, values in _unit_marks(text, found, reach).items():
        marks[f"u{name}"] = values[unit]
    for name, values in _group_marks(text, found, reach, firms).items():
        marks[f"g{name}"] = values[group]
    add_between(found, reach, marks)
    add_columns(found, marks)
    _add_ruled(found, stated, marks)
    return marks


# --- units ------------------------------------------------------------------------------------


def _unit_marks(text: str, found: Pairs, reach: CodedText) -> Marks:
    units = [one.unit for one in found.mentions]
    counts = Counter(unit.name for unit in units)
    start, end = (
        np.array([getattr(u, side) for u in units], np.int64) for side in ("start", "end")
    )
    titles = {unit.name for unit in units if _in_title(text, unit.start)}
    alone = np.zeros(len(units), np.int64)
    alone[list(found.alone_units)] = 1
    kinds = [one.unit.kind if one.unit.kind in _KINDS else "" for one in found.mentions]
    shapes = np.array([_shape(unit.name) for unit in units], np.int64).reshape(len(units), 4)
    return {
        "src": np.array([_SOURCES.index(one.source) for one in found.mentions], np.int64),
        "kind": np.array([_KINDS.index(kind) for kind in kinds], np.int64),
        "f1": shapes[:, 0], "f2": shapes[:, 1], "len": shapes[:, 2], "gen": shapes[:, 3],
        "b1": reach.at(start - 1, reach.code), "b2": reach.at(start - 2, reach.pair),
        "a1": reach.at(end, reach.code), "a2": reach.at(end, reach.pair),
        "a3": reach.at(end, reach.triple),
        "pos": np.array([_position(text, unit.start) for unit in units], np.int64),
        "cnt": np.array([min(counts[unit.name], 5) for unit in units], np.int64),
        "br": np.array([_bracket(text, unit.start) for unit in units], np.int64),
        "off": np.array([unit.official for unit in units], np.int64),
        "nest": _nested(found.mentions),
        "alone": alone,
        "ti": np.array([unit.name in titles for unit in units], np.int64),
    }  # fmt: skip


def _in_title(text: str, start: int) -> bool:
    """Return whether an offset stands in one of the first lines, and no sentence does."""
    if start > _TITLE_LINES * MAX_TITLE_CHARS or text.count("\n", 0, start) >= _TITLE_LINES:
        return False
    begin, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    line = text[begin : end if end >= 0 else len(text)]
    return len(line) <= MAX_TITLE_CHARS and not _STOP.search(line)


@lru_cache(maxsize=20_000)
def _shape(name: str) -> tuple[int, int, int, int]:
    """Return last character, last two, length, and whether a name is made of everyday words."""
    return hash_of(name[-1:]), hash_of(name[-2:]), min(len(name), 12), _everyday(name)


@lru_cache(maxsize=20_000)
def _everyday(name: str) -> int:
    return is_generic(name) or 2 * is_ordinary(name)


def _position(text: str, start: int) -> int:
    """Return how a mention opens: a line, a numbered line, a sentence, a clause, an item, a bracket."""
    before = text[start - 1 : start] if start else "\n"
    if before in "。；;！？":
        return 3
    begin = text.rfind("\n", max(0, start - 16), start) + 1
    if (begin or start < 16) and _NUMBER.fullmatch(text, begin, start):
        return 1 if not text[begin:start].strip() else 2
    return 4 if before in "，：:" else 5 if before == "、" else 6 if before in "（(" else 7


def _bracket(text: str, start: int) -> int:
    """Return whether a mention stands in a bracket, of bodies or another, or in a document's title."""
    low = max(0, start - _BRACKET_REACH)
    opened, closed = text.rfind("（", low, start), text.rfind("）", low, start)
    if opened <= closed:
        quoted = text.rfind("《", max(0, start - 40), start)
        return 4 if quoted > text.rfind("》", max(0, start - 40), start) else 0
    end = text.find("）", start, start + _BRACKET_REACH)
    within = text[opened : end if end >= 0 else start]
    if "\n" in within or not _BODIES.search(within):
        return 1
    return 3 if "配合" in text[opened:start] else 2


def _nested(mentions: Sequence[Mention]) -> Ints:
    """Return whether a mention lies in, holds or crosses another one, and of which source."""
    nest = np.zeros(len(mentions), np.int64)
    spans = [(one.unit.start, one.unit.end) for one in mentions]
    for n, (start, end) in enumerate(spans):
        for other in range(n + 1, len(spans)):
            begin, stop = spans[other]
            if begin >= end:
                break
            ruled = mentions[other].source == "rule", mentions[n].source == "rule"
            inner = stop <= end
            nest[n] |= (1 if ruled[0] else 2) if inner else (4 if ruled[0] else 8)
            lies = begin >= start and inner
            nest[other] |= (16 if ruled[1] else 32) if lies else (64 if ruled[1] else 128)
    return nest


# --- groups -----------------------------------------------------------------------------------


def _group_marks(text: str, found: Pairs, reach: CodedText, firms: frozenset[str]) -> Marks:
    groups = found.groups
    start, end = (
        np.array([getattr(g, side) for g in groups], np.int64) for side in ("start", "end")
    )
    alone = np.zeros(len(groups), np.int64)
    alone[list(found.alone_groups)] = 1
    low = np.maximum(start - 40, _opens(groups, found))
    high = np.minimum(end + 12, len(text))
    past = sum(
        (reach.says[n][high] > reach.says[n][low]).astype(np.int64) << k
        for k, n in enumerate(_PAST)
    )
    shapes = np.array([_group_shape(group) for group in groups], np.int64).reshape(len(groups), 7)
    names = ("cut", "tail", "h1", "h2", "n", "known", "gen")
    return {
        **{name: shapes[:, n] for n, name in enumerate(names)},
        "a1": reach.at(end, reach.code), "a2": reach.at(end, reach.pair),
        "past": past * 2 + (reach.digits[high] > reach.digits[low]),
        "firm": np.array([_names_firm(group, firms) for group in groups], np.int64),
        "alone": alone,
        "b2": reach.at(start - 2, reach.pair),
    }  # fmt: skip


def _opens(groups: Sequence[Group], found: Pairs) -> Ints:
    """Return where the sentence of every group begins; of one in a heading, the group itself."""
    return np.array(
        [
            found.sentences[n].start if n >= 0 else group.start
            for group, n in zip(groups, found.group_sentences, strict=True)
        ],
        np.int64,
    )


def _group_shape(group: Group) -> tuple[int, ...]:
    count = len(group.names)
    known = 2 if group.known == count else 1 if group.known else 0
    first, last = group.names[0], group.names[-1]
    everyday = all(map(_everyday, group.names))
    return (
        hash_of(group.cut), hash_of(group.tail[:5]), hash_of(last[-1:]), hash_of(last[-2:]),
        min(count, 4), known, everyday * 16 + min(len(first), 8),
    )  # fmt: skip


def _names_firm(group: Group, firms: frozenset[str]) -> bool:
    return any(
        name[:size] in firms for name in group.names for size in range(2, min(len(name), 12) + 1)
    )


# --- what the rules said ----------------------------------------------------------------------


@dataclass
class _Stated:
    """What the rules stated, by number of unit and group.

    Attributes
    ----------
    by
        The rule of every group that a rule gave a unit, by number of unit times groups plus group.
    other
        The same numbers where a unit was given other trades in the sentence of a group.
    """

    ruled: NDArray[np.bool_]
    taken: NDArray[np.bool_]
    by: dict[int, int]
    other: set[int]


def _add_ruled(found: Pairs, stated: Sequence[Positioning], marks: Marks) -> None:
    """Add whether the rules made a pair, by which of them, or gave the unit or the group otherwise."""
    numbers: dict[str, int] = {}
    names = np.array(
        [numbers.setdefault(unit_key(one.unit.name), len(numbers)) for one in found.mentions],
        np.int64,
    )
    said = _said(found, stated, numbers)
    unit, group = names[marks["U"]], marks["G"]
    pair = unit * len(found.groups) + group
    ruled, taken = said.ruled[unit], said.taken[group]
    rules = np.select([taken & ruled, taken, ruled], [4, 3, 2], 1)
    rules = np.where(_among(pair, said.other), 5, rules)
    by = np.array([said.by.get(one, 0) for one in pair.tolist()], np.int64)
    marks["by"], marks["rr"] = by, np.where(by > 0, 6, rules)


def _said(found: Pairs, stated: Sequence[Positioning], numbers: dict[str, int]) -> _Stated:
    said = _Stated(np.zeros(len(numbers), bool), np.zeros(len(found.groups), bool), {}, set())
    order = sorted(range(len(found.groups)), key=lambda n: found.groups[n].start)
    starts = [found.groups[n].start for n in order]
    for one in stated:
        key = numbers.get(unit_key(one.unit.name))
        if key is not None:
            said.ruled[key] = True
        sectors, heading = set(one.sectors), one.line.path[-1] if one.line.path else None
        first = bisect.bisect_left(starts, one.start)
        near = order[first : bisect.bisect_left(starts, one.end)]
        if heading is not None and heading.end <= one.start:
            first = bisect.bisect_left(starts, heading.start)
            near = [*order[first : bisect.bisect_left(starts, heading.end)], *near]
        for n in near:
            given = not sectors.isdisjoint(found.groups[n].names)
            said.taken[n] |= given
            if key is not None and given:
                said.by[key * len(found.groups) + n] = hash_of(rule_of(one.rule))
            elif key is not None:
                said.other.add(key * len(found.groups) + n)
    return said


def _among(values: Ints, wanted: Iterable[int]) -> NDArray[np.bool_]:
    return np.isin(values, np.array(sorted(wanted), np.int64))


@lru_cache(maxsize=1_000)
def rule_of(found_by: str) -> str:
    """Return the rule of a positioning without the score that it may carry."""
    return re.sub(r"[\d. ]+$", "", found_by)


@lru_cache(maxsize=20_000)
def unit_key(name: str) -> str:
    """Return the name by which mentions of one unit are known to be of one: 和平 of 和平区."""
    plain = re.sub(r"[\s“”\"'‘’]", "", name.replace("（", "(").replace("）", ")"))
    return re.sub(r"(?<=..)[区县市]$", "", plain)
