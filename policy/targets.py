"""Numbers that a text says are to be reached, with their years."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.structure import Heading, Line
from clusteratlas.policy.target_figures import BARE, REACHED, Figure, FigureReader
from clusteratlas.policy.target_numbers import may_hold_numbers

MAX_TARGET_CHARS: Final = 1_500
_HEAD_CHARS: Final = 200  # of a document, where its year stands
GOAL, OPEN, PAST = "goal", "open", "past"

_YEAR: Final = (
    r"(?P<past_before>截[至止]到?|[自从由比较])?(?P<to>到|至|前)?在?(?:20\d\d年?[-—–~～至到])?"
    r"(?P<year>20\d\d)年(?P<by>[底末]?[以之]?前|底|末)?(?P<base>度?的|以来|起|基础上|相比)?"
)
_PERIOD: Final = "“?十(?P<period>[二三四五六])五”?(?P<end>(?:时期|期)?末)?(?:期间|时期|以来)?"
_GOAL_WORD: Final = (
    "力争|确保|目标(?=[：:是为到，达]|20)|预期|计划(?=[到新完实达引建])|规划到|年内|"
    "(?:争取|将|(?<![需主重纲只])要)(?=[^，。；、]{0,8}(?:达|突破|超|实现|新增|净增|提高|增长|保持|完成|建成|增加|提升|下降|控制))|"
    "[一二三四五六七八九十\\d]{1,2}年(?:内|时间)|未来[一二三四五\\d]年"
)
_PAST_WORD: Final = (
    "已(?!达产)|共有|去年|上年|截至|截止|目前|现有|现已|同比|[一二三四五两]年多?来|近[一二三四五两几\\d]?年(?!内)|过去|"
    "(?<![为除])了(?!解)|上半年|[一二三]季度"
)
_TOLD_WORD: Final = "占全[省国球]|素有|被誉为|累计|位居|居全|率先|荣获|获批|成功|历史"

_SIGN: Final = re.compile(  # passed over where none can begin
    "(?=[截自从由比较到至前在“十力确目预计规年争将要一二三四五六七八九两几\\d未已共去上现同近过了占素被累位居率荣获成历今明])"
    f"(?:{_YEAR}|{_PERIOD}|(?P<goal>{_GOAL_WORD})|(?P<past>{_PAST_WORD})|(?P<told>{_TOLD_WORD})|(?P<now>[今明]年))"
)
_PERIOD_ENDS: Final = {"二": 2015, "三": 2020, "四": 2025, "五": 2030, "六": 2035}
_PERIODS_DONE: Final = frozenset("二三")  # where nothing tells when a text was written
_PERIODS_AHEAD: Final = frozenset("五六")
_LISTED_YEARS: Final = re.compile(r"(?:20\d\d年?[、和及])+20\d\d年")
_ISSUED: Final = re.compile(
    r"[〔\[（(【](?P<issued>20\d\d)[〕\]）)】]|(?P<span>20\d\d)年?[-—–~～至]20\d\d年|十(?P<period>[二三四五六])五”?[^，。；\n]{0,24}(?:规划|纲要|方案|计划|建议)|"
    r"(?P<year>20\d\d)年度?(?:工作|重点|政府|国民)|"
    r"(?:^|\n)[ 　（(—]*(?P<date>20\d\d)年\d{1,2}月\d{1,2}日"
)
_BULLETIN: Final = re.compile(
    "统计公报|工作总结|运行情况|(?:报|网|客户端)(?:\\d{1,2}月\\d{1,2}日)?讯"
)
_GOAL_HEADING: Final = re.compile("目标|指标|愿景")
_PAST_HEADING: Final = re.compile(
    "回顾|成效|成绩|成就|现状|形势|背景|问题|总结|概况|评估|(?:发展|现实|产业|工作|现有)基础|基础(?:条件|与|和)|基础$|情况$"
)
# What is granted, asked of applicants or told of single projects is no target of the text.
_GRANTED: Final = re.compile(
    "奖励|补助|补贴|资助|奖补|贴息|给予|减免|免征|罚款|申报条件|原则上|一般不|不得"
)
_OF_PROJECT: Final = re.compile("(?:达产|投产|建成|实施)(?:达效)?(?:后|时)")
_WITHIN: Final = re.compile("年内|年时间|未来")
# 增长17.6%: without a word for a goal it was measured
_MEASURED: Final = re.compile(
    r"(?:增长|达到?|提高)\d{1,4}\.\d{1,2}[%％](?!以上|左右)|(?:完成|实现)[^，。\d]{0,8}\d{1,5}\.\d{1,2}亿元"
)
_SENTENCE: Final = re.compile(r"[^。；;\n]+")
_IN_BRACKET: Final = re.compile(r"[（(](?:到)?(20\d\d)年[底末]?[)）]")


@dataclass(frozen=True)
class Target:
    """A number with its year: ``quantity`` is the text that says what is counted."""

    quantity: str
    value: float
    unit: str
    year: int | None
    comparison: str  # ">=", "<=", "=" or "growth"
    start: int
    end: int
    line: Line


def find_targets(text: str, lines: list[Line]) -> list[Target]:
    """Return the numbers that are to be reached, with the year of their sentence where it has one.

    Without a year of its own a sentence has that of the sentences before it in its paragraph, in a
    section of goals that of the paragraph before it.
    """
    reader = _Reader(text)
    return [target for line in lines for target in reader.read(line)]


@dataclass
class _Said:
    """Of what a paragraph and its section speak, goals or what was, and the years named for it."""

    mode: str
    section: str = OPEN
    years: tuple[int, ...] = ()
    year: int = 0  # 2025年，产值将达到: a year of which the clause has not said yet what it is


class _Reader:
    """Reads the lines of a document and keeps the years of its sections of goals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.issued = _issued(text)
        self._bulletin = _BULLETIN.search(text, 0, _HEAD_CHARS) is not None
        self._figures = FigureReader(text)
        self._goals: tuple[Heading, ...] = ()  # the path to the section of goals that is read
        self._years: tuple[int, ...] = ()  # those it has named last

    def read(self, line: Line) -> Iterator[Target]:
        """Yield the targets of a line."""
        if not may_hold_numbers(self.text, line.start, line.end):
            return
        goals, mode = _section(line)
        if mode == OPEN and self._bulletin:
            mode = PAST
        if goals != self._goals:
            self._goals, self._years = goals, ()
        said = _Said(mode, mode, self._years)
        if mode == OPEN and self._reports(line):
            said.mode = PAST
        for sentence in _SENTENCE.finditer(self.text, line.start, line.end):
            begin, stop = sentence.span()
            yield from self._sentence(begin, min(stop, begin + MAX_TARGET_CHARS), said, line)
        if goals:
            self._years = said.years

    def _reports(self, line: Line) -> bool:
        """Return whether a line begins by telling what was."""
        if _MEASURED.search(self.text, line.start, line.end):
            return not any(s.group("goal") for s in _SIGN.finditer(self.text, line.start, line.end))
        for sign in _SIGN.finditer(self.text, line.start, line.end):
            told = _Said(OPEN)
            self._hear(sign, told)
            if told.mode != OPEN:
                return told.mode == PAST
        return False

    def _sentence(self, start: int, end: int, said: _Said, line: Line) -> Iterator[Target]:
        text = self.text
        signs = list(_SIGN.finditer(text, start, end))
        told = said.mode == PAST and not any(map(self._may_lift, signs))
        if told or not may_hold_numbers(text, start, end) or _GRANTED.search(text, start, end):
            for sign in signs:
                self._hear(sign, said)
                if may_hold_numbers(text, sign.end(), end):
                    said.year = 0
            return
        sure = bool(self._goals) or any(sign.group("goal") for sign in signs)
        for figure in self._figures.read(start, end):
            while signs and signs[0].start() < figure.end:
                self._hear(signs.pop(0), said)
            said.year = 0
            if self._is_goal(figure, said, sure=sure) and not self._of_project(figure, start):
                years = self._years_of(figure, said, signs, start, end)
                if figure.of in {1, len(years)}:
                    year = years[figure.place if figure.of > 1 else -1] if years else None
                    yield _target(figure, year, line)
        for sign in signs:
            self._hear(sign, said)

    def _may_lift(self, sign: re.Match[str]) -> bool:
        """Return whether after a sign what was told may be followed by what is meant."""
        if sign.group("year"):
            return bool(self.issued or sign.group("to") or sign.group("by"))
        return not (sign.group("past") or sign.group("told"))

    def _is_goal(self, figure: Figure, said: _Said, *, sure: bool) -> bool:
        """Return whether a figure is a goal.

        A bare one needs a year or a word for it in its sentence; where nothing tells, 增长31% was
        measured, while 年均增长12%, 增长6%左右 and 新增50家 are meant.
        """
        if figure.form == BARE:
            return said.mode == GOAL and (sure or bool(said.years))
        grown = figure.comparison == "growth" and figure.form == REACHED and figure.unit == "%"
        if said.mode == OPEN and grown and not figure.quantity.endswith("年均"):
            return self.text.endswith("左右", 0, figure.end)
        return said.mode != PAST

    def _of_project(self, figure: Figure, start: int) -> bool:
        """Return whether a sentence says what a project is to yield."""
        return _OF_PROJECT.search(self.text, start, figure.end) is not None

    def _years_of(
        self, figure: Figure, said: _Said, signs: Sequence[re.Match[str]], start: int, end: int
    ) -> tuple[int, ...]:
        """Return the years of a number: those before it, in a bracket after it, or said later."""
        if after := _IN_BRACKET.match(self.text, figure.end, end):
            return (int(after.group(1)),)
        if not said.years and not _WITHIN.search(self.text, start, figure.end):
            for sign in signs:
                later = _Said(OPEN)
                self._hear(sign, later)
                if later.mode == GOAL and later.years:
                    return later.years
        return said.years

    def _hear(self, sign: re.Match[str], said: _Said) -> None:
        """Take in a word that tells of goals, of what was, or of a year."""
        if sign.group("year"):
            self._hear_year(sign, said)
        elif period := sign.group("period"):
            end = _PERIOD_ENDS[period]
            done = end <= self.issued if self.issued else period in _PERIODS_DONE
            if done or sign.group().endswith("以来"):
                said.mode, said.years = PAST, ()
            elif sign.group("end"):
                said.mode, said.years = GOAL, (end,)
            elif self.issued or period in _PERIODS_AHEAD:
                said.mode, said.years = GOAL, ()
        elif sign.group("goal"):
            if said.mode == PAST or "年" in sign.group():
                said.years = (said.year,) if said.year else ()
            said.mode = GOAL
        elif sign.group("now"):
            said.mode, said.years = OPEN if said.mode == PAST else said.mode, ()
        elif sign.group("past") or said.mode == OPEN:
            said.mode, said.years, said.year = PAST, (), 0

    def _hear_year(self, sign: re.Match[str], said: _Said) -> None:
        year = int(sign.group("year"))
        if sign.group("base") == "以来":
            said.mode, said.years = PAST, ()
            return
        base = sign.group("base") and not (sign.group("to") and sign.group("base") == "的")
        if base or (sign.group("past_before") or "")[:1] in set("自从由比较"):
            return  # what the number is compared with
        told = sign.group("base") == "的" and said.section == PAST  # 增加到2021年的303亿元
        ahead = (bool(sign.group("to")) and not told) or (sign.group("by") or "").endswith("前")
        known = self.issued
        if sign.group("past_before") or (known and year < known):
            said.mode, said.years = PAST, ()
        elif ahead or said.mode == GOAL or (known and year > known and said.section == OPEN):
            listed = _LISTED_YEARS.search(sign.string, max(0, sign.start() - 20), sign.end())
            before = said.years if listed and listed.end() >= sign.end() - 2 else ()
            said.mode, said.years = GOAL, (*before, year)
        elif not known:
            said.mode, said.years, said.year = PAST, (), year
        else:
            said.years = (year,)


def _target(figure: Figure, year: int | None, line: Line) -> Target:
    return Target(
        figure.quantity, figure.value, figure.unit, year, figure.comparison,
        figure.start, figure.end, line,
    )  # fmt: skip


def _section(line: Line) -> tuple[tuple[Heading, ...], str]:
    """Return the path to the section of goals of a line, () if none, and what it is about."""
    for depth in range(len(line.path), 0, -1):
        title = line.path[depth - 1].title
        if _GOAL_HEADING.search(title):
            return line.path[:depth], GOAL
        if _PAST_HEADING.search(title):
            return (), PAST
    return (), OPEN


def _issued(text: str) -> int:
    """Return the year in which a document speaks, 0 if its head does not say it.

    A plan for some years speaks in the second at the latest: of the first it may tell what was.
    """
    found = _ISSUED.search(text, 0, _HEAD_CHARS)
    if not found:
        return 0
    if found.group("period"):
        return _PERIOD_ENDS[found.group("period")] - 3
    if found.group("span"):
        return int(found.group("span")) + 1
    return int(found.group("issued") or found.group("year") or found.group("date"))
