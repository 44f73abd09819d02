"""The text of a Word document: a line for each paragraph, the cells of a row joined by tabs."""

import re
from collections.abc import Iterator
from typing import Any, Final

from clusteratlas.policy.docx_numbers import Numbering, attribute

MAX_TABLE_DEPTH: Final = 5
# What stands twice: text that was moved away, and the copy of a text box for old versions of Word.
_COPIES: Final = frozenset({"moveFrom", "Fallback"})
_CONTENTS: Final = re.compile(r"toc \d", re.IGNORECASE)


def docx_text(document: Any) -> str:
    """Return the text of a document that python-docx opened.

    Numbers that Word puts before paragraphs by itself are written out as it shows them, bullets
    are not. The table of contents is left out: it would name every heading twice.
    """
    reader = _Reader(document)
    return "\n".join(reader.lines(document.element.body)) + "\n"


class _Reader:
    """Reads the body of a document, with its styles and numbers."""

    def __init__(self, document: Any) -> None:
        styles = document.styles.element
        self._numbering = Numbering(_numbering_root(document), styles)
        self._contents = {
            attribute(style, "styleId")
            for style in styles.iterfind("./{*}style")
            if any(_CONTENTS.match(attribute(name, "val")) for name in style.iterfind("./{*}name"))
        }

    def lines(self, body: Any) -> list[str]:
        """Return the lines of paragraphs and tables in their order."""
        lines: list[str] = []
        for child in body.iterchildren():
            tag = _tag(child)
            if tag == "p" and not self._is_of_contents(child):
                lines += self._paragraph(child).split("\n")
            elif tag == "tbl":
                lines += self._table(child, depth=1)
            elif tag == "sdt":
                for content in child.iterfind("./{*}sdtContent"):
                    lines += [line for line in self.lines(content) if line]
        return lines

    def _is_of_contents(self, paragraph: Any) -> bool:
        styles = paragraph.iterfind("./{*}pPr/{*}pStyle")
        return any(attribute(style, "val") in self._contents for style in styles)

    def _paragraph(self, paragraph: Any) -> str:
        number = self._numbering.next(paragraph)
        text = "".join(_parts(paragraph))
        return f"{number}{text}" if text.strip() else text

    def _table(self, table: Any, *, depth: int) -> list[str]:
        rows: list[str] = []
        for row in table.iterfind("./{*}tr"):
            cells = row.iterfind("./{*}tc")
            rows.append("\t".join(self._cell(cell, depth) + "\t" * _merged(cell) for cell in cells))
        return rows

    def _cell(self, cell: Any, depth: int) -> str:
        parts: list[str] = []
        for child in cell.iterchildren():
            tag = _tag(child)
            if tag == "p":
                parts.append(" ".join(self._paragraph(child).split()))
            elif tag == "tbl" and depth < MAX_TABLE_DEPTH:
                parts += [" ".join(row.split()) for row in self._table(child, depth=depth + 1)]
        return " ".join(part for part in parts if part)


def _numbering_root(document: Any) -> Any:
    """Return the root of the document's lists, None if it has none; python-docx would make one."""
    for part in document.part.rels.values():
        if part.reltype.endswith("/numbering") and not part.is_external:
            return getattr(part.target_part, "element", None)
    return None


def _parts(paragraph: Any) -> Iterator[str]:
    """Yield the text of a paragraph with its tabs and breaks."""
    stack = [paragraph]
    while stack:
        node = stack.pop()
        tag = _tag(node)
        if tag == "t":
            yield node.text or ""
        elif tag == "tab" and _tag(node.getparent()) != "tabs":
            yield "\t"
        elif tag in {"br", "cr"}:
            yield "\n"
        elif tag not in _COPIES:
            stack.extend(reversed(list(node)))


def _merged(cell: Any) -> int:
    """Return how many columns a cell goes over beside its own, so that the next ones keep theirs."""
    for span in cell.iterfind("./{*}tcPr/{*}gridSpan"):
        value = attribute(span, "val")
        if value.isdecimal() and len(value) <= 2:
            return max(int(value) - 1, 0)
    return 0


def _tag(node: Any) -> str:
    return str(node.tag).rsplit("}", 1)[-1]
