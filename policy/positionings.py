"""What a district, town, park or city is to develop, as the text states it."""

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clusteratlas.policy.name_index import spans_of
from clusteratlas.policy.paired import second_reading
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.spans import Span
from clusteratlas.policy.speakable import bodies, speakable
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_again import Repeated, Spoken
from clusteratlas.policy.stated_in_brackets import in_bracket
from clusteratlas.policy.stated_in_clauses import Reading, Sentence, in_sentence
from clusteratlas.policy.stated_in_lists import in_list, in_named_parts
from clusteratlas.policy.stated_in_rows import RowReader, as_rows_say, in_spaced_row
from clusteratlas.policy.stated_sectors import leading_sectors
from clusteratlas.policy.stated_strength import by_strength
from clusteratlas.policy.stated_vetoes import allowed, without_others
from clusteratlas.policy.structure import Line
from clusteratlas.policy.subjects import opening
from clusteratlas.policy.table_columns import Tables
from clusteratlas.policy.unit_index import UnitIndex
from clusteratlas.policy.unit_titles import (
    heading_units,
    owners,
    run_in,
    run_in_topic,
    titled,
)
from clusteratlas.policy.units import Unit
from clusteratlas.policy.vocabulary import is_ordinary

MAX_SENTENCE_CHARS: Final = 1_500
_SENTENCE: Final = re.compile(r"[^。；;！？!?\n]+")
# 该市聚焦…, or a sentence of the same paragraph that names no unit but says what is to grow.
_CELL_SENTENCE: Final = re.compile(
    r"[^。；;！？!?\n\t|：]{2,9}：[^。；;！？!?\n\t|]{2,}|[^。；;！？!?\n\t|]{12,}"
)
_SAME_UNIT: Final = re.compile(
    r"(?:^|[，,：])[ 　]*(?:目前|近年来|今年|其中|同时)?(?:该|全|我|本)(?:[市县区镇乡州旗园]|园区|"
    r"开发区|新区|高新区|经开区)|^[ 　]*(?:园区|新区|开发区)"
)
_THAT_UNIT: Final = re.compile("该[市县区镇乡州旗]")
_SAME_TOPIC: Final = re.compile(
    r"重点发展|主导产业|支柱产业|首位产业|主攻|主打|集中发展|优先发展|为主导|"
    r"产业定位|功能定位|做大做强[^，。；]{2,60}产业|聚焦[^，。；]{2,60}产业|为(?:龙头|"
    r"引领)的[^，。；]{2,30}产业集群"
)
# A sentence that goes on about its paragraph's unit: it begins with what is to be done.
_GOING_ON: Final = re.compile(
    r"[ 　]*(?:[一二三四五六七八九十]是|首先|其次|同时|此外)?(?:要|将)?"
    r"(?:重点|大力|着力|加快|积极|优先|突出|全力|集中|主动|做[强大优精]|培育|壮大|发展|打造|"
    r"聚焦|巩固|提升|依托|围绕|以|规划|布局|承接|推动|延伸)"
)
_MADE: Final = re.compile("(?:建设|打造|建)成为?")
_REPORTED: Final = re.compile("产值|占比|占全|增加值|同比|增长")
_OWN: Final = re.compile(
    r"(?:^|[，,：])[ 　]*(?:今年|未来|同时|把|将)?(?P<own>(?:我|全|本)(?:[市县区旗州]|园|园区|"
    r"开发区|新区|高新区|经开区)|园区|开发区|集聚区)"
)

_OF_NOTHING: Final = Spoken([], [], [])


def find_positionings(
    text: str,
    lines: list[Line],
    parks: list[Span],
    region: tuple[str, ...],
    firms: frozenset[str],
    tables: Tables,
) -> list[Positioning]:
    """Return the stated positionings in the order of the text.

    One per unit, sentence and strength: 重点发展A，配套发展B makes two.

    Parameters
    ----------
    parks
        The parks found in the text; they can be positioned like districts.
    region
        Code prefixes of the place that the document is about; its counties are known by their
        short names too.
    firms
        Names of the text's enterprises, which are never sectors.
    tables
        The rows of the text's tables.
    """
    index = UnitIndex(text, parks, region)
    units = index.between(0, len(text))  # the reader of pairs tells firms by itself
    index.drop(units_within(text, units, firms))
    reader = _Reader(text, lines, index, region, tables)
    for line in lines:
        reader.read(line)
    ruled = _merged(allowed(text, reader.found), firms)
    found = _merged(allowed(text, second_reading(text, lines, units, ruled, firms)), firms)
    found = list(without_others(text, found, ruled))
    found = list(by_strength(text, found, index.between))
    return list(as_rows_say(found, reader.rows, ruled))


def units_within(text: str, units: list[Unit], firms: frozenset[str]) -> set[Unit]:
    """Return the units that are only a part of a firm's full name (沈阳 in 沈阳联合机械公司)."""
    full = frozenset(firm for firm in firms if firm.endswith("公司"))
    held = list(spans_of(text, full))
    starts = [start for start, _ in held]
    within = set()
    for unit in units:
        at = bisect.bisect_right(starts, unit.start) - 1
        if at >= 0 and unit.end <= held[at][1]:
            within.add(unit)
    return within


class _Reader:
    """Reads a document line by line and keeps of whom it speaks.

    Attributes
    ----------
    found
        The positionings so far.
    rows
        What is known of the tables.
    """

    def __init__(
        self,
        text: str,
        lines: list[Line],
        index: UnitIndex,
        region: tuple[str, ...],
        tables: Tables,
    ) -> None:
        self.text, self.index, self.region, self.tables = text, index, region, tables
        self.owners = owners(text, lines, index)
        self.found: list[Positioning] = []
        self._repeated = Repeated(text)
        self.rows = RowReader(text, index)
        self._last: list[Unit] = []  # for 该市
        self._opened: list[Unit] = []  # the line before was only this unit's name

    def read(self, line: Line) -> None:
        """Add what a line states."""
        text = self.text
        row = self.tables.row(line)
        if row is not None:
            self.found += self.rows.read(row)
            self._in_cells(line)
            return
        self.rows.end_table()
        heading = heading_units(line, self.index, self.region) or self._opened
        self._opened = titled(text, line, self.index)
        if self._opened:
            return
        carried = self._last if _THAT_UNIT.search(text, line.start, line.end) else []
        self._last = self._sentences(line, heading, carried) or self._last
        self.found += in_bracket(text, line, self.index)
        self.found += in_spaced_row(text, line, self.index)

    def _sentences(self, line: Line, heading: list[Unit], carried: list[Unit]) -> list[Unit]:
        """Add what the sentences of a line state; return the units that it spoke of last."""
        spoken = Spoken(heading, carried, [])
        brackets = bodies(self.text, line)
        for match in _SENTENCE.finditer(self.text, line.start, line.end):
            start, end = match.span()
            if end - start > MAX_SENTENCE_CHARS:
                continue
            if brackets:
                units = self.index.between(start, end)
                spoken = self._sentence(line, start, end, spoken, brackets, units)
            else:
                spoken = self._once(line, start, end, spoken)
        return spoken.heading or spoken.carried

    def _once(self, line: Line, start: int, end: int, spoken: Spoken) -> Spoken:
        """Add what a sentence states, read before or not; return of what is spoken after it."""
        units = self.index.between(start, end)
        if not units and not spoken.known:  # little to read
            return self._sentence(line, start, end, spoken, [], units)
        key = self._repeated.key(start, end, units, spoken, line)
        again = self._repeated.again(key, start, spoken, line)
        if again is not None:
            self.found += again[0]
            return again[1]
        size = len(self.found)
        after = self._sentence(line, start, end, spoken, [], units)
        found = self.found[size:]
        if not any(one.rule == "own" for one in found):  # an owner may stand anywhere
            self._repeated.keep(key, start, spoken, found, after)
        return after

    def _sentence(
        self,
        line: Line,
        start: int,
        end: int,
        spoken: Spoken,
        brackets: list[tuple[int, int]],
        units: list[Unit],
    ) -> Spoken:
        """Add what a sentence states; return of what is spoken after it."""
        text, heading, carried = self.text, spoken.heading, spoken.carried
        units = speakable(text, units, brackets)
        title = run_in(text[start:end], units)
        if title is not None:
            return Spoken([title], carried, spoken.topic)  # 甲产业园。重点发展…
        topic = run_in_topic(text[start:end]) or spoken.topic
        known = heading or (carried if carried and self._speaks_on(start, end, units) else [])
        if not known:
            self._of_own(line, start, end, units)
        self.found += self._in_lists(start, end, units, line)
        if not units and not known:
            return Spoken(heading, carried, topic)
        rule = "heading" if heading else "carried"
        reading = Reading(Sentence(text, start, end, line, topic), known, rule)
        self.found += in_sentence(reading, units)
        carried = opening(text, start, end, units) or carried
        return Spoken(heading or reading.frame, carried, topic)

    def _in_cells(self, line: Line) -> None:
        """Add what the sentences in the cells of a row say of units that they name."""
        for match in _CELL_SENTENCE.finditer(self.text, line.start, line.end):
            start, end = match.span()
            units = self.index.between(start, end)
            if not units or end - start > MAX_SENTENCE_CHARS:
                continue
            key = ("cell", self._repeated.key(start, end, units, _OF_NOTHING, line))
            again = self._repeated.again(key, start, _OF_NOTHING, line)
            if again is not None:
                self.found += again[0]
                continue
            units = speakable(self.text, units, [])
            sentence = Sentence(self.text, start, end, line, [])
            found = list(in_sentence(Reading(sentence, [], ""), units)) if units else []
            self._repeated.keep(key, start, _OF_NOTHING, found, _OF_NOTHING)
            self.found += found

    def _in_lists(
        self, start: int, end: int, units: list[Unit], line: Line
    ) -> Iterator[Positioning]:
        text = self.text
        for unit, sectors in (
            *(in_list(text, start, end, units) if units else ()),
            *in_named_parts(text, start, end),
        ):
            yield stated(text, unit, sectors, start, end, "list", line)

    def _speaks_on(self, start: int, end: int, units: list[Unit]) -> bool:
        """Return whether a sentence goes on about the unit of the sentence before it."""
        text = self.text
        if _SAME_UNIT.search(text[start:end]) or _SAME_TOPIC.search(text, start, end):
            return True
        return not units and bool(_GOING_ON.match(text, start, end))

    def _of_own(self, line: Line, start: int, end: int, units: list[Unit]) -> None:
        """Add what a sentence says of the place whose document it is (全县以A为主导产业)."""
        text = self.text
        subject = _OWN.search(text[start:end])
        if subject is None or _REPORTED.search(text, start, end):
            return
        own = self.owners.of(subject.group("own"))
        if own is None:
            return
        begin = start + subject.end()
        stop = min([unit.start for unit in units if unit.start >= begin], default=end)
        sectors = leading_sectors(text, begin, stop)
        made = _MADE.match(text, begin, stop)
        if made:  # 把我市建设成为全国重要的纺织服装基地
            sectors += sectors_in(text[made.end() : stop].replace("，", "、"))
        if sectors:
            self.found.append(stated(text, own, sectors, start, end, "own", line))


def _merged(found: Iterable[Positioning], firms: frozenset[str]) -> list[Positioning]:
    merged: dict[tuple[str, int], Positioning] = {}
    for one in found:
        kept = tuple(name for name in one.sectors if name not in firms or is_ordinary(name))
        if not kept:
            continue
        key = (one.unit.name, one.start)
        old = merged.get(key)
        if old is not None:
            kept = tuple(dict.fromkeys((*old.sectors, *kept)))
        base = old or one
        merged[key] = base if kept == base.sectors else replace(base, sectors=kept)
    return sorted(merged.values(), key=lambda p: (p.start, p.unit.start))
