"""Spans of a text that are taken for names, and how overlapping ones are settled."""

import bisect
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of the text and why it is taken for a name."""

    start: int
    end: int
    reason: str

    def within(self, text: str) -> str:
        """Return the characters of the span."""
        return text[self.start : self.end]


def resolve(spans: list[Span]) -> list[Span]:
    """Keep the longest of overlapping spans; of equals the first found. Order by start."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Return whether a span meets one of others, which are in order and do not overlap."""
    before = bisect.bisect_left(others, span.end, key=lambda other: other.start)
    return before > 0 and others[before - 1].end > span.start


def with_more(found: list[Span], more: Sequence[Span]) -> list[Span]:
    """Return spans, in order and without overlaps, with those of others that meet none of them."""
    return resolve([*found, *(one for one in more if not overlaps(one, found))]) if more else found
