"""The sentence, or the row of a table, that something of a text stands in."""

import re
from typing import Final

MAX_CHARS: Final = 1_000  # that a quote goes back and ahead
_STOP: Final = re.compile("[。；;！？!?\n]")
_BLANKS: Final = " 　\xa0"


def quote_at(text: str, offset: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds an offset; in a table the row.

    Examples
    --------
    >>> quote_at("甲区发展陶瓷；乙区发展航空。", 9)
    (7, 13)
    """
    first, last = max(0, offset - MAX_CHARS), min(len(text), offset + MAX_CHARS)
    start = text.rfind("\n", first, offset) + 1 or first
    stop = text.find("\n", offset, last)
    end = stop if stop >= 0 else last
    line = text[start:end]
    if "\t" not in line and not line.lstrip(_BLANKS).startswith("|"):
        start = max((one.end() for one in _STOP.finditer(text, start, offset)), default=start)
        after = _STOP.search(text, offset, end)
        end = after.start() if after else end
    lead = len(text[start:end]) - len(text[start:end].lstrip(_BLANKS))
    return min(start + lead, offset), end
