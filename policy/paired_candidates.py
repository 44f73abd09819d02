"""Pairs of a mention of a unit and a group of trades that stand within reach of each other."""

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from clusteratlas.policy.paired_trades import Group, groups_in
from clusteratlas.policy.paired_units import Mention
from clusteratlas.policy.structure import Heading, Line

MAX_SENTENCE_CHARS: Final = 1_500
MAX_AHEAD: Final = 160  # characters of a sentence after its last mention that are read
MAX_BEHIND: Final = 60  # and before its first one
MAX_BEFORE: Final = 2  # sentences between a mention and a later group
MAX_BACK: Final = 3  # sentences between a group and a later mention
MAX_NEAR: Final = 24  # mentions before or after a group that it is paired with
MAX_EARLIER: Final = 12  # groups before a mention that it is paired with
MAX_UNIT_LINE_CHARS: Final = 26  # of a line that names a unit alone, over the next one
MAX_ONWARD: Final = 24  # characters that a window may be longer so that it ends between two trades
_STOP: Final = re.compile("[、，,：:]")
_SENTENCE: Final = re.compile(r"[^。；;！？!?\n]+")
_NUMBER: Final = re.compile(
    r"[ 　\t]*(?:[（(〔【]?[\d一二三四五六七八九十]{1,3}[）)〕、.．]*|[●○■◆·※—-]+)?[ 　]*[“\"]?"
)
_END: Final = re.compile(r"[”\"]?(?:[（(][^（）()]{1,30}[)）])?[：:。 　】]*")

_LIKELY: Final = frozenset({"rule", "form"})  # mentions that other sentences may be about

# How a mention and a group stand to each other.
SAME, BEFORE, OVER, TITLE, TOPIC, EARLIER = 1, 2, 5, 7, 8, 10


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a whole row of a table with the cells of the table's first row.

    Attributes
    ----------
    cells
        Where the cells of a row begin.
    """

    start: int
    end: int
    line: Line
    header: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()

    @property
    def row(self) -> bool:
        """Return whether it is a row of a table."""
        return bool(self.cells)


@dataclass
class Pairs:
    """Mentions, groups, and which of them are paired in which relation and sentence.

    Attributes
    ----------
    pairs
        Number of mention, number of group, relation, number of the sentence that the later of
        both stands in.
    alone_units, alone_groups
        What makes up a whole sentence or heading.
    """

    mentions: list[Mention]
    groups: list[Group] = field(default_factory=list)
    group_sentences: list[int] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    pairs: list[tuple[int, int, int, int]] = field(default_factory=list)
    alone_units: set[int] = field(default_factory=set)
    alone_groups: set[int] = field(default_factory=set)


def pairs_of(text: str, lines: Sequence[Line], mentions: list[Mention]) -> Pairs:
    """Return the pairs of a text."""
    finder = _Finder(text, mentions)
    for line in lines:
        finder.read(line)
    return finder.pairs


class _Finder:
    """Goes through the lines of a text and keeps what may still be spoken of."""

    def __init__(self, text: str, mentions: list[Mention]) -> None:
        self.text, self.pairs = text, Pairs(mentions)
        self._starts = [one.unit.start for one in mentions]
        sure = [one.unit for one in mentions if one.source == "rule"]
        self._sure = [(unit.start, unit.end) for unit in sure]
        self._sure_starts = [unit.start for unit in sure]
        self._headings: dict[int, tuple[list[int], list[int]]] = {}
        self._header: tuple[str, ...] = ()
        self._row_before = -1
        self._title: list[int] = []  # mentions that made up the line before

    def read(self, line: Line) -> None:
        """Add the pairs of a line."""
        row = self._row(line)
        over = self._above(line)
        within = self._mentions(line.start, line.end)
        title, self._title = self._title, []
        if not (within or title or any(units for units, _ in over)):
            return
        found = _SENTENCE.finditer(self.text, line.start, line.end)
        sentences = [row] if row else [Sentence(*match.span(), line) for match in found]
        passage = _Passage(title)
        for sentence in sentences:
            if sentence.end - sentence.start > MAX_SENTENCE_CHARS:
                passage.skip()
            else:
                self._sentence(sentence, over, passage)
        if line.end - line.start <= MAX_UNIT_LINE_CHARS and within:
            self._title = [unit for unit in within if unit in self.pairs.alone_units]

    def _row(self, line: Line) -> Sentence | None:
        """Return a line as a row of a table if it is one; the first of several is their header."""
        if self.text.find("\t", line.start, line.end) < 0:
            return None
        cells = tuple(self.text[line.start : line.end].split("\t"))
        if line.number != self._row_before + 1:
            self._header = cells
        self._row_before = line.number
        sizes = (len(cell) + 1 for cell in cells[:-1])
        begins = tuple(itertools.accumulate(sizes, initial=line.start))
        return Sentence(line.start, line.end, line, self._header, begins)

    def _above(self, line: Line) -> list[tuple[list[int], list[int]]]:
        """Return mentions and groups of the nearest heading above a line, if there is one."""
        above = [h for h in line.path[-2:] if h is not line.heading]
        return [self._heading(h) for h in above[-1:]]

    def _heading(self, heading: Heading) -> tuple[list[int], list[int]]:
        if heading.start not in self._headings:
            start, end = heading.start, heading.end
            units = self._mentions(start, end)
            groups = self._groups(start, end, -1) if end - start <= MAX_SENTENCE_CHARS else []
            self._note_alone(start, end, units, groups)
            self._headings[start] = units[:MAX_NEAR], groups[:MAX_EARLIER]
        return self._headings[heading.start]

    def _mentions(self, start: int, end: int) -> list[int]:
        first = bisect.bisect_left(self._starts, start)
        last = bisect.bisect_left(self._starts, end)
        all_ = self.pairs.mentions
        return [n for n in range(first, last) if all_[n].unit.end <= end]

    def _groups(self, start: int, end: int, sentence: int) -> list[int]:
        first = bisect.bisect_left(self._sure_starts, start)
        last = bisect.bisect_left(self._sure_starts, end)
        base = len(self.pairs.groups)
        self.pairs.groups += groups_in(self.text, start, end, self._sure[first:last])
        numbers = list(range(base, len(self.pairs.groups)))
        self.pairs.group_sentences += [sentence] * len(numbers)
        return numbers

    def _note_alone(self, start: int, end: int, units: list[int], groups: list[int]) -> None:
        """Note what makes up a whole sentence but for its number and a closing bracket."""
        begin = _NUMBER.match(self.text, start, end).end()  # type: ignore[union-attr]
        for numbers, noted in ((units, self.pairs.alone_units), (groups, self.pairs.alone_groups)):
            for n in numbers:
                one = self.pairs.mentions[n].unit if numbers is units else self.pairs.groups[n]
                if one.start <= begin and _END.fullmatch(self.text, one.end, end):
                    noted.add(n)

    def _sentence(
        self, sentence: Sentence, over: list[tuple[list[int], list[int]]], passage: "_Passage"
    ) -> None:
        """Add the pairs of a sentence with what it holds itself and with what came before it."""
        start, end = sentence.start, sentence.end
        number = len(self.pairs.sentences)
        self.pairs.sentences.append(sentence)
        units = self._mentions(start, end)
        if not (units or passage.reaches() or any(named for named, _ in over)):
            passage.wait(number)
            return
        groups = self._groups(*self._window(sentence, units, passage), number)
        self._note_alone(start, end, units, groups)
        likely = [n for n in units if self.pairs.mentions[n].source in _LIKELY]
        bodies = [n for n in likely if self._in_bracket(start, n)]
        for late in passage.waiting(MAX_BACK) if bodies else ():
            self._late(late, passage)
        reach = list(passage.units())
        reach += [(unit, OVER) for named, _ in over for unit in named]
        add = self.pairs.pairs.append
        for group in groups:
            for unit in self._near(units, self.pairs.groups[group].start):
                add((unit, group, SAME, number))
            for unit, relation in reach:
                add((unit, group, relation, number))
        topics = [(group, TOPIC) for _, named in over for group in named]
        for unit in likely[:MAX_NEAR]:
            earlier = passage.groups(MAX_BACK if unit in bodies else 1)
            for group, relation in (*topics, *earlier):
                add((unit, group, relation, number))
        passage.go_on(likely, groups)

    def _window(self, sentence: Sentence, units: list[int], passage: "_Passage") -> tuple[int, int]:
        """Return the part of a sentence that is near its mentions, or near its beginning."""
        start, end = sentence.start, sentence.end
        if end - start <= MAX_AHEAD or sentence.row:
            return start, end
        all_ = self.pairs.mentions
        first = start if passage.reaches() or not units else all_[units[0]].unit.start
        last = all_[units[-1]].unit.end if units else start
        begin = self.text.rfind("，", start, max(start, first - MAX_BEHIND)) + 1
        return max(begin, start), self._end_between(last, last + MAX_AHEAD, end)

    def _end_between(self, last: int, cut: int, end: int) -> int:
        """Return the last stop up to a cut, or the next one, so that no trade is cut in two."""
        if cut >= end:
            return end
        onward = cut + MAX_ONWARD
        stops = [match.start() for match in _STOP.finditer(self.text, last + 1, min(end, onward))]
        if end <= onward:
            stops.append(end)
        before = bisect.bisect_right(stops, cut)
        return stops[max(before - 1, 0)] if stops else cut

    def _in_bracket(self, start: int, mention: int) -> bool:
        end = self._starts[mention]
        return self.text.rfind("（", start, end) > self.text.rfind("）", start, end)

    def _late(self, number: int, passage: "_Passage") -> None:
        """Find the groups of a sentence that nothing reached when it was read."""
        sentence = self.pairs.sentences[number]
        begin = sentence.start
        if sentence.end - begin > MAX_AHEAD:
            begin = sentence.end - MAX_AHEAD
            stop = _STOP.search(self.text, begin - 1, sentence.end)
            begin = stop.end() if stop else begin
        groups = self._groups(begin, sentence.end, number)
        self._note_alone(sentence.start, sentence.end, [], groups)
        passage.came_late(number, groups)

    def _near(self, units: list[int], offset: int) -> list[int]:
        if len(units) <= MAX_NEAR:
            return units
        at = bisect.bisect_left(units, offset, key=lambda n: self._starts[n])
        return units[max(0, at - MAX_NEAR) : at + MAX_NEAR]


class _Passage:
    """What the sentences before one in a line named, the nearest few of them."""

    def __init__(self, title: list[int]) -> None:
        self._title = title[:MAX_NEAR]
        self._units: list[tuple[int, list[int]]] = []
        self._groups: list[tuple[int, int]] = []
        self._waiting: list[tuple[int, int]] = []
        self._count = 0

    def reaches(self) -> bool:
        """Return whether a mention of a sentence before may be spoken of."""
        return bool(self._title) or any(self._count - n <= MAX_BEFORE for n, _ in self._units)

    def units(self) -> Iterator[tuple[int, int]]:
        """Yield mentions before the sentence and how far before."""
        for unit in self._title:
            yield unit, TITLE
        for count, units in self._units:
            if self._count - count <= MAX_BEFORE:
                for unit in units:
                    yield unit, BEFORE + self._count - count - 1

    def groups(self, back: int) -> Iterator[tuple[int, int]]:
        """Yield the groups of so many sentences before and how far before."""
        for count, group in self._groups:
            if self._count - count <= back:
                yield group, EARLIER + self._count - count - 1

    def wait(self, number: int) -> None:
        """Pass a sentence whose groups may be wanted later."""
        self._waiting = [*self._waiting, (self._count, number)][-MAX_BACK:]
        self._count += 1

    def skip(self) -> None:
        """Pass a sentence that is not read, and leave those that waited behind it."""
        self._waiting = []
        self._count += 1

    def waiting(self, back: int) -> list[int]:
        """Return which of so many sentences before have groups that are wanted now."""
        return [n for count, n in self._waiting if self._count - count <= back]

    def came_late(self, number: int, groups: list[int]) -> None:
        """Take up the groups of a sentence that waited."""
        count = next(count for count, waiting in self._waiting if waiting == number)
        self._waiting = [one for one in self._waiting if one[1] != number]
        late = [*self._groups, *((count, n) for n in groups)]
        self._groups = sorted(late)[-MAX_EARLIER:]

    def go_on(self, units: list[int], groups: list[int]) -> None:
        """Take up a sentence that was read."""
        if units:
            self._units = [*self._units[-1:], (self._count, units[:MAX_NEAR])]
        self._groups = [*self._groups, *((self._count, n) for n in groups)][-MAX_EARLIER:]
        self._count += 1
