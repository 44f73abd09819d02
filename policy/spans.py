"""Spans of a text that are taken for names, and how overlapping ones are settled."""

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
