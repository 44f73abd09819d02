"""What a report is made of, before it is set in a format."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A section title; level 1 is a section, 2 a part of it."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text; a note is set smaller."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of short statements."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with a head; numbers are right-aligned, "" is an empty cell.

    Parameters
    ----------
    head
        Titles of the columns.
    rows
        Cells as text, as many as the head has.
    numeric
        Indices of the columns that hold numbers.
    widths
        Relative widths of the columns; all alike if empty.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A chart or map as vector graphics, with a bitmap for formats that have no vectors.

    Parameters
    ----------
    svg
        SVG document; text in it is drawn as outlines.
    png
        The same at 200 dpi.
    caption
        Shown under it.
    alt
        What it shows, for readers who do not see it.
    width
        Share of the text width, 0..1.
    """

    svg: bytes
    png: bytes
    caption: str
    alt: str
    width: float = 1.0


Block = Heading | Paragraph | Bullets | Table | Figure


@dataclass(frozen=True)
class ReportBlocks:
    """A whole report.

    Parameters
    ----------
    title, subtitle
        Of the document.
    lang
        ``zh`` or ``en``.
    key
        Key findings, shown in a box at the top.
    blocks
        In order.
    footer
        Printed on each page.
    """

    title: str
    subtitle: str
    lang: str
    key: Sequence[str]
    blocks: Sequence[Block] = field(default_factory=list)
    footer: str = ""
