"""Lines, headings and section paths of a Chinese official document."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

_NUMERAL: Final = "一二三四五六七八九十百〇零两"
MAX_HEADING_CHARS: Final = 60
MAX_PLAIN_HEADING_CHARS: Final = 24
MAX_LABEL_CHARS: Final = 24  # a longer title with a comma is a sentence

# (level, pattern): the deeper the number, the deeper the heading. Numbers may be missing or repeat.
_HEADINGS: Final = (
    (1, re.compile(rf"第[{_NUMERAL}\d]{{1,5}}[篇编部章](?:分)?[ 　、:：]?")),
    (2, re.compile(rf"第[{_NUMERAL}\d]{{1,5}}节[ 　、:：]?")),
    (3, re.compile(rf"[{_NUMERAL}]{{1,4}}[、.．][ 　]?")),
    (4, re.compile(rf"[（(][{_NUMERAL}]{{1,4}}[)）][ 　、.．]?")),
    (5, re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))[ 　]?")),
    (5, re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}[ 　.．、]")),
    (6, re.compile(r"[（(]\d{1,2}[)）][ 　、.．]?")),
    (7, re.compile(r"[①-⑳]|[⑴-⒇]|[⒈-⒛]")),
    (8, re.compile(r"(?:——|--|—|[●■◆▲★※○□])[ 　]?")),
    (
        8,
        re.compile(
            rf"(?:专栏|附件|附表|表)[ 　]?[\d{_NUMERAL}]{{0,3}}(?:[-—.．]\d{{1,3}})?[ 　:：.．]?"
        ),
    ),
)
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*页?(?:\s*(?:/|共)\s*\d{1,4}\s*页?)?[-—–－·\s]*"
)
_PLAIN_LEVEL: Final = 9
_MARKDOWN: Final = re.compile(r"(#{1,6})[ \t]+")
_TITLE_END: Final = re.compile(r"[。；;！？!?：:\n\t]")
_PLAIN_STOP: Final = re.compile(r"[。；;！？!?：:，,、\t|“”《》]|\d{4}年|号$|关于印发|通知$")
_BLANK: Final = " \t　\xa0\ufeff"
# Where a page stands in its site, copied with the document: 首页 > 政务公开 > 规划
BREADCRUMB: Final = re.compile(
    r"[>＞»›]|^(?:网站)?首页|^(?:[您你](?:当前|现在)?的?(?:所在)?|当前)位置|"
    r"^[^/，。；：]{2,12}(?: / [^/，。；：]{2,12}){2,}$"
)


@dataclass(frozen=True)
class Heading:
    """A heading: its level, its title without the number, and where the title stands."""

    level: int
    number: str
    title: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """Return number and title for a path; of a title that is a whole sentence its first clause."""
        clause, comma, _ = self.title.partition("，")
        long = len(self.title) > MAX_LABEL_CHARS and comma and len(clause) > 1
        return f"{self.number}{clause if long else self.title}"


@dataclass(frozen=True)
class Line:
    """A line of the text with the headings above it (its own included)."""

    number: int
    start: int
    end: int
    body: int  # where the text after the heading, if any, begins
    path: tuple[Heading, ...]
    heading: Heading | None = None

    @property
    def section(self) -> str:
        """Return the section path as one text, outermost first."""
        return " / ".join(heading.label for heading in self.path)


@dataclass(frozen=True)
class Structure:
    """All lines of a text that hold something, in order."""

    text: str
    lines: list[Line] = field(default_factory=list)


_ASCII_MARKS: Final = str.maketrans(",;:!?", "，；：！？")
_BLANKS: Final = "\u00a0\u2002\u2003\u2009\u202f"  # of other widths, or where no line may end
# Around or right after Chinese characters: 东软(沈阳), 华晨宝马(BMW); not f(x)
_ASCII_BRACKETS: Final = re.compile(
    r"\(((?=[^()\n]{0,80}[\u4e00-\u9fff])[^()\n]{1,80}|(?<=[\u4e00-\u9fff]\()[^()\n]{1,80})\)"
)
_ASCII_MARK: Final = re.compile(
    r"(?=[,;:!?])(?:[,;!?](?![0-9A-Za-z])|:(?![0-9A-Za-z/])|"
    r"(?<=[\u3000-\u303f\u4e00-\u9fff）)”])[,;:!?])"
)


_FULL_WIDTH: Final = re.compile("[０-９Ａ-Ｚａ-ｚ％]+")
_FULL_POINT: Final = re.compile("(?<=[0-9])．(?=[0-9])")


def half_width(text: str) -> str:
    """Return a text of the same length with the digits and letters of ASCII for full-width ones.

    Examples
    --------
    >>> half_width("到２０２５年，ＴＣＬ集团产值１．５亿元，占２０％。")
    '到2025年，TCL集团产值1.5亿元，占20%。'
    """
    plain = _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    return _FULL_POINT.sub(".", plain) if "．" in plain else plain


def official_marks(text: str) -> str:
    """Return a text of the same length in one way of writing: official marks, ASCII figures.

    Documents copied through the web mix the stops and brackets of ASCII and of official Chinese,
    have blanks of many kinds and single quotes for double ones, old ones have full-width digits and
    letters; a comma within a number or a Latin word stays.

    Examples
    --------
    >>> official_marks("甲区(新区):发展A,B产业,产值１,２００亿元;")
    '甲区（新区）：发展A,B产业，产值1,200亿元；'
    """
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    text = text.replace("‘", "“").replace("’", "”")
    plain = _ASCII_BRACKETS.sub(lambda match: f"（{match.group(1)}）", half_width(text))
    return _ASCII_MARK.sub(lambda match: match.group().translate(_ASCII_MARKS), plain)


def is_page_number(line: str) -> bool:
    """Return whether a line is the number of a page: 3, - 3 -, 第3页 共9页."""
    return _PAGE_NUMBER.fullmatch(line) is not None


def heading_of(line: str, offset: int = 0) -> Heading | None:
    """Return the numbered heading at the start of a line, None if there is none.

    The title ends at the first full stop, colon or line end; a numbered sentence whose first stop
    is far away keeps its number, and its title is cut at the first comma.
    """
    lead = len(line) - len(line.lstrip(_BLANK))
    rest = line[lead:]
    match, level = _numbered(rest)
    if match is None or is_page_number(rest):
        return None
    title_start = match.end()
    stop = _TITLE_END.search(rest, title_start)
    title_end = stop.start() if stop else len(rest)
    if title_end - title_start > MAX_HEADING_CHARS:
        comma = re.compile("[，,]").search(rest, title_start)
        title_end = comma.start() if comma and comma.start() < title_end else title_start
        title_end = min(title_end, title_start + MAX_HEADING_CHARS)
    title = rest[title_start:title_end].rstrip(_BLANK)
    start = offset + lead + title_start
    number = match.group().strip(_BLANK)
    return Heading(level, number, title, start, start + len(title))


def _numbered(rest: str) -> tuple[re.Match[str] | None, int]:
    marked = _MARKDOWN.match(rest)
    if marked:
        inner, level = _numbered(rest[marked.end() : marked.end() + 12])
        if inner is not None:
            whole = re.compile(re.escape(rest[: marked.end() + inner.end()])).match(rest)
            return whole, level
        return marked, len(marked.group(1))
    for level, pattern in _HEADINGS:
        match = pattern.match(rest)
        if match and match.end():
            return match, level
    return None, 0


def read_structure(text: str) -> Structure:
    """Return the lines of a text with their section paths; empty lines are left out."""
    structure = Structure(text)
    stack: list[Heading] = []
    offset = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        start, offset = offset, offset + len(raw) + 1
        if not raw.strip(_BLANK):
            continue
        heading = heading_of(raw, start) or _plain_heading(raw, start)
        body = start
        if heading is not None:
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            stack.append(heading)
            body = heading.end
        structure.lines.append(Line(number, start, start + len(raw), body, tuple(stack), heading))
    return structure


def _plain_heading(raw: str, start: int) -> Heading | None:
    """Return a heading that is a short line of its own, with no stop and no number."""
    title = raw.strip(_BLANK)
    if not 2 <= len(title) <= MAX_PLAIN_HEADING_CHARS or _PLAIN_STOP.search(title):
        return None
    if BREADCRUMB.search(title) or is_page_number(title):
        return None
    lead = len(raw) - len(raw.lstrip(_BLANK))
    return Heading(_PLAIN_LEVEL, "", title, start + lead, start + lead + len(title))
