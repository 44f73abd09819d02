"""The running text of a PDF's pages: broken lines joined, page numbers and running heads left out.

A PDF knows where characters stand on a page, not what a sentence or a paragraph is.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from clusteratlas.policy.broken_lines import (
    Printed,
    goes_on,
    goes_on_in_cell,
    printed_lines,
)
from clusteratlas.policy.cjk_radicals import plain_characters
from clusteratlas.policy.structure import is_page_number

_HAN: Final = "\u4e00-\u9fff"
_WIDE: Final = f"{_HAN}\u3000-\u303f\uff00-\uffef“”‘’—…·"
# Writers put blanks where Chinese and Latin letters, figures or signs meet, and around signs.
_BLANK: Final = re.compile(
    f"(?<=[{_WIDE}])[ \u00a0]+(?=[!-~])|(?<=[!-~])[ \u00a0]+(?=[{_WIDE}])|"
    f"(?<=[{_WIDE}])[ \u00a0]+(?=[^\\s!-~{_HAN}])|(?<=[^\\s!-~{_HAN}])[ \u00a0]+(?=[{_WIDE}])"
)
_RUNNING_PAGES: Final = 3  # from so many pages on, a line at the head of most of them is no text


def text_of_pages(pages: Sequence[str]) -> str:
    r"""Return the text of pages, a paragraph a line; paragraphs may go on over the end of a page.

    Examples
    --------
    >>> text_of_pages(["支持沈阳机床集团、北方重工集团、新松机器人等企\n— 1 —", "业做大做强。"])
    '支持沈阳机床集团、北方重工集团、新松机器人等企业做大做强。'
    """
    printed = [[*map(_closed_up, plain_characters(page).split("\n"))] for page in pages]
    lines = [[line for line in page if line] for page in printed]
    running = _running(lines)
    kept = [line for page in lines for line in printed_lines(_without_margins(page, running))]
    return "\n".join(_joined(kept))


def _closed_up(line: str) -> str:
    """Return a line without the blanks that its writer put where two kinds of letters meet."""
    return _BLANK.sub("", line.replace("\x00", "").strip())


def _running(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return the lines that stand first or last on most of the pages."""
    if len(pages) < _RUNNING_PAGES:
        return frozenset()
    seen = Counter(line for page in pages for line in {*page[:1], *page[-1:]})
    return frozenset(line for line, count in seen.items() if 2 * count > len(pages))


def _without_margins(page: list[str], running: frozenset[str]) -> list[str]:
    """Return the lines of a page without page numbers and running heads at its ends."""
    first, last = 0, len(page)
    while first < last and _is_margin(page[first], running):
        first += 1
    while last > first and _is_margin(page[last - 1], running):
        last -= 1
    return page[first:last]


def _is_margin(line: str, running: frozenset[str]) -> bool:
    return line in running or is_page_number(line)


def _joined(lines: Sequence[Printed]) -> Iterator[str]:
    """Yield the lines, those that go on with what follows them."""
    paragraph = [lines[0].text] if lines else []
    for line, following in pairwise(lines):
        if goes_on(line, following) or goes_on_in_cell(line, following):
            between = " " if line.text[-1].isascii() and following.text[0].isascii() else ""
            paragraph.append(between)
        else:
            yield "".join(paragraph)
            paragraph = []
        paragraph.append(following.text)
    if paragraph:
        yield "".join(paragraph)
