"""Lines that only the width of a page broke: told by how wide they are, and joined again.

Where a text goes on, its lines are as wide as the page (or the cell of a table) and end in no stop;
what follows is no heading. Texts copied from PDFs and old word processors are broken so.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from clusteratlas.policy.structure import heading_of, is_page_number

_HAN: Final = "\u4e00-\u9fff"
# Characters without width, and the signs of bold type in Markdown.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]+|\\*\\*")
_LINE: Final = re.compile(r"[^\n\f]*[\n\f]?")
_BLANK: Final = " \t\u3000\f"
_ENDS: Final = frozenset("。；：;:！？!?")
_LOOSE: Final = 6  # half widths by which full lines differ: signs may not open or close one
_LEAST: Final = 40  # half widths; a narrower line does not go on
_WIDEST: Final = 200  # half widths; no page is wider
_CELLS: Final = re.compile(f"[{_HAN}）)] +[{_HAN}（(]|\t")
_BETWEEN: Final = re.compile(r"[ \t\u3000]*\n[ \t\u3000\n]*")  # empty lines, of no page's end
_LEAST_LINES: Final = 8
_LEAST_BROKEN: Final = 0.3  # share of lines that go on, from which on a text counts as broken


class Printed(NamedTuple):
    """A line as printed, its width in half widths, and that from which on a line is full."""

    text: str
    width: int
    full: int


def width_of(line: str) -> int:
    """Return the width of a line in half widths: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)


def printed_lines(lines: Sequence[str]) -> Iterator[Printed]:
    """Yield the lines of a page with their widths; one in five may be wider than a full one."""
    widths = [width_of(line) for line in lines]
    widest = sorted(widths)[int(len(widths) * 0.8)] if widths else 0
    full = max(_LEAST, widest - _LOOSE)
    for line, width in zip(lines, widths, strict=True):
        yield Printed(line, width, full)


def goes_on(line: Printed, following: Printed) -> bool:
    """Return whether a line is broken: as wide as its page, without a stop, before no heading."""
    return line.width >= line.full and not _is_apart(line, following)


def goes_on_in_cell(line: Printed, following: Printed) -> bool:
    """Return whether an enumeration in a narrow cell is broken: it is as wide as what follows."""
    if line.width < max(_LEAST, following.width - _LOOSE) or _is_apart(line, following):
        return False
    listed = "、" in line.text or "，" in line.text
    return listed and not (_CELLS.search(line.text) or _CELLS.search(following.text))


def _is_apart(line: Printed, following: Printed) -> bool:
    if line.text[-1] in _ENDS or "\t" in line.text or "\t" in following.text:
        return True
    return heading_of(following.text) is not None


@dataclass(frozen=True)
class Unbroken:
    """A text with its broken lines joined, and where its pieces stand in the text as it is.

    Attributes
    ----------
    starts, places
        Where each piece begins here, and in the text as it is.
    """

    text: str
    starts: tuple[int, ...]
    places: tuple[int, ...]

    def place(self, position: int) -> int:
        """Return where a character of this text stands in the text as it is."""
        piece = bisect.bisect_right(self.starts, position) - 1
        return self.places[piece] + position - self.starts[piece]

    def position(self, place: int) -> int:
        """Return where a character of the text as it is stands here; one left out, what follows."""
        piece = max(bisect.bisect_right(self.places, place) - 1, 0)
        end = self.starts[piece + 1] if piece + 1 < len(self.starts) else len(self.text)
        return min(self.starts[piece] + max(place - self.places[piece], 0), end)


def unbroken(text: str, *, lines: bool = True) -> Unbroken | None:
    r"""Return a text with its lines joined if a page broke them, and without what cannot be seen.

    Such a text has no line wider than the others, and many that go on. Page numbers between two
    lines and blanks at the head of a line that goes on are left out. So are the characters without
    width that pages of the web carry within words, and the stars of bold type.

    Parameters
    ----------
    text
        Any text.
    lines
        Whether its lines may be those of a page.

    Returns
    -------
    Unbroken or None
        None if nothing is to be left out.

    Examples
    --------
    >>> line = "支持沈阳机床集团、北方重工集团、新松机器人、东软集团、特变电工等企"
    >>> unbroken(f"{line}\n业做大做强。\n" * 8).text == f"{line}业做大做强。\n" * 8
    True
    >>> unbroken("沈阳机床\u200b集团").text
    '沈阳机床集团'
    """
    left_out = [match.span() for match in _INVISIBLE.finditer(text, int(text[:1] == "\ufeff"))]
    if lines:
        left_out += _breaks(text)
    return _without(text, sorted(left_out)) if left_out else None


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """Yield what stands between a line that goes on and the next one, if a page broke the lines."""
    if not _LEAST / 2 <= max(map(len, text.replace("\f", "\n").split("\n"))) <= _WIDEST:
        return
    lines = [match.span() for match in _LINE.finditer(text) if match.group().strip()]
    stripped = [text[start:end].strip(_BLANK + "\n") for start, end in lines]
    kept = [n for n, line in enumerate(stripped) if not is_page_number(line)]
    widths = [width_of(stripped[n]) for n in kept]
    if len(kept) < _LEAST_LINES or not _LEAST <= max(widths) <= _WIDEST:
        return
    printed = list(_of_one_page([stripped[n] for n in kept], widths))
    spans = [lines[n] for n in kept]
    on = [
        goes_on(*pair) and not _BETWEEN.fullmatch(text, end, start)
        for pair, ((_, end), (start, _)) in zip(pairwise(printed), pairwise(spans), strict=True)
    ]
    if sum(on) < _LEAST_BROKEN * len(on):
        return
    for ((start, end), (following, stop)), broken in zip(pairwise(spans), on, strict=True):
        if broken:
            last = start + len(text[start:end].rstrip(_BLANK + "\n"))
            head = text[following:stop]
            yield last, following + len(head) - len(head.lstrip(_BLANK))


def _of_one_page(lines: Sequence[str], widths: Sequence[int]) -> Iterator[Printed]:
    """Yield lines of which none is wider than the page; some programs count characters instead."""
    widest, longest = max(widths), max(map(len, lines))
    for line, width in zip(lines, widths, strict=True):
        yield Printed(line, widest if len(line) >= longest - 1 else width, widest - _LOOSE)


def _without(text: str, left_out: Sequence[tuple[int, int]]) -> Unbroken:
    """Return a text without some pieces of it; a line end between Latin words becomes a blank."""
    parts, starts, places = [], [], []
    begin = size = 0

    def keep(piece: str, place: int) -> None:
        nonlocal size
        if piece:
            parts.append(piece)
            starts.append(size)
            places.append(place)
            size += len(piece)

    for start, end in left_out:
        if start < begin:
            continue
        keep(text[begin:start], begin)
        if "\n" in text[start:end] and text[start - 1].isascii() and text[end].isascii():
            keep(" ", start)
        begin = end
    keep(text[begin:], begin)
    return Unbroken("".join(parts), tuple(starts), tuple(places))
