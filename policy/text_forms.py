"""Where forms of names stand in a text: found once, asked for line by line."""

import bisect
import re
from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=8)  # the three patterns of forms, for the texts read last
def matches_of(pattern: re.Pattern[str], text: str) -> Sequence[re.Match[str]]:
    """Return all matches of a pattern of forms, in order."""
    return list(pattern.finditer(text))


@lru_cache(maxsize=8)
def _starts(pattern: re.Pattern[str], text: str) -> list[int]:
    return [match.start() for match in matches_of(pattern, text)]


def matches_between(
    pattern: re.Pattern[str], text: str, start: int, end: int
) -> Sequence[re.Match[str]]:
    """Return the matches of a pattern, none of which goes over a line end, in lines of a text."""
    starts = _starts(pattern, text)
    first = bisect.bisect_left(starts, start)
    return matches_of(pattern, text)[first : bisect.bisect_left(starts, end, first)]
