"""The text of an HTML page: a line for each block, the cells of a row joined by tabs."""

import re
from collections.abc import Callable
from typing import Any, Final

from clusteratlas.policy.html_site import OWN_PARTS, is_of_site

MAX_CELL_CHARS: Final = 1_000  # a longer cell is layout: its blocks are lines
MAX_COLUMNS: Final = 100  # up to which merged cells keep their columns
MAX_SPAN: Final = 1_000
_SKIPPED: Final = frozenset({"script", "style", "noscript", "template", "head", "svg"})
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "li", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "br", "blockquote", "header", "footer", "dd", "dt", "dl", "hr", "pre", "main"}
)
_BLANKS: Final = " \r\xa0\u3000"
_AROUND_TAB: Final = re.compile(" ?\t ?")
# The source of a page may be wrapped anywhere; between wide characters that is no blank.
_WRAPPED: Final = re.compile(
    "(?<=[\u3001-\u9fff\uff01-\uffef])[ \t\r]*\n[ \t\r\n]*(?=[\u3001-\u9fff\uff01-\uffef])"
)
_AFTER_STOP: Final = re.compile("(?<=[、，；：。]) ")


def html_text(soup: Any) -> str:
    """Return the text of a parsed page.

    The blocks within a cell stand beside each other, a blank between them; a cell merged over
    several rows or columns is followed by empty ones. A cell that holds a table or is very long is
    layout, and its blocks are lines; so is a cell that is alone in its row. What belongs to the site
    (navigation, menus, its head and foot) is left out. The tree is walked without recursion:
    nesting of any depth is allowed to be hostile.
    """
    from bs4.element import NavigableString

    writer = _Writer()
    stack: list[Any] = [soup]
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            if type(node) is NavigableString:  # comments and declarations are subclasses
                writer.write(" ".join(_WRAPPED.sub("", str(node)).split()))
        elif callable(node) and not hasattr(node, "children"):  # an end, put there by this loop
            node()
        elif node.name not in _SKIPPED and not is_of_site(node, inside=writer.articles > 0):
            end = writer.enter(node)
            if end is not None:
                stack.append(end)
            stack.extend(reversed(list(node.children)))
    return _tidy_lines("".join(writer.parts))


class _Cell:
    """An open cell: its columns, where its text began, and the breaks between its blocks."""

    def __init__(self, table: "_Table", columns: int, begun: int) -> None:
        self.table, self.columns, self.begun = table, columns, begun
        self.breaks, self.layout, self.ended = list[int](), False, False

    def join(self, parts: list[str]) -> None:
        """Let the blocks of the cell stand beside each other."""
        for at in self.breaks:
            parts[at] = " "


class _Table:
    """An open table: the column that comes next, and the columns that cells from above still fill."""

    def __init__(self) -> None:
        self.column, self.pending = 0, dict[int, int]()
        self.row: _Row | None = None  # that is open


class _Row:
    """An open row: its cells whose blocks stand beside each other if it has others, too."""

    def __init__(self) -> None:
        self.cells, self.joined = 0, list[_Cell]()


class _Writer:
    """Writes text and the breaks between blocks and cells."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._written = 0
        self._cells: list[_Cell] = []
        self._tables: list[_Table] = []
        self.articles = 0  # that are open

    def write(self, text: str) -> None:
        """Write a piece of text."""
        self.parts.append(text)
        self._written += len(text)

    def enter(self, node: Any) -> Callable[[], None] | None:
        """Begin an element; return what ends it."""
        name = node.name
        if name in {"td", "th"}:
            return self._cell(_span(node, "rowspan"), _span(node, "colspan"))
        if name not in _BLOCKS:
            return None
        if name == "tr" and self._tables:
            return self._row(self._tables[-1])
        self._break()
        if name == "table":
            for cell in self._cells[-1:]:
                cell.layout = True
            self._tables.append(_Table())
            return self._end_table
        if name in OWN_PARTS:
            self.articles += 1
            return self._end_article
        return self._break

    def _break(self) -> None:
        if self._cells:
            self._cells[-1].breaks.append(len(self.parts))
        self.parts.append("\n")

    def _row(self, table: _Table) -> Callable[[], None]:
        """Begin a row; the one before ends with it if the page leaves that open."""
        self._end_row(table, table.row)
        row = table.row = _Row()
        table.column = 0
        return lambda: self._end_row(table, row)

    def _cell(self, rows: int, columns: int) -> Callable[[], None]:
        table = self._tables[-1] if self._tables else _Table()
        self._end_cells(table)
        self._fill(table)
        if rows > 1 and table.column + columns <= MAX_COLUMNS:
            table.pending.update(
                dict.fromkeys(range(table.column, table.column + columns), rows - 1)
            )
        table.column += columns
        if table.row is not None:
            table.row.cells += 1
        cell = _Cell(table, columns if table.column <= MAX_COLUMNS else 1, self._written)
        self._cells.append(cell)
        return lambda: self._end_cell(cell)

    def _end_cells(self, table: _Table) -> None:
        """End the cells that the page leaves open (<td>甲<td>乙)."""
        while self._cells and self._cells[-1].table is table:
            self._end_cell(self._cells[-1])

    def _end_cell(self, cell: _Cell) -> None:
        if cell.ended:
            return
        cell.ended = True
        self._cells.pop()
        size = self._written - cell.begun + len(cell.breaks)
        if cell.layout or size > MAX_CELL_CHARS:
            for outer in self._cells[-1:]:
                outer.layout = True
        elif cell.table.row is None:
            cell.join(self.parts)
        else:
            cell.table.row.joined.append(cell)
        self.parts.append("\t" * cell.columns)

    def _fill(self, table: _Table) -> None:
        """Write the empty cells of columns that are merged with a row above."""
        while table.pending.get(table.column, 0) > 0:
            table.pending[table.column] -= 1
            table.column += 1
            self.parts.append("\t")
            if table.row is not None:
                table.row.cells += 1

    def _end_row(self, table: _Table, row: _Row | None) -> None:
        if row is not None and row is table.row:
            self._end_cells(table)
            table.row = None
            for column, left in table.pending.items():
                if column >= table.column and left > 0:
                    table.pending[column] = left - 1
                    row.cells += 1
            for cell in row.joined if row.cells > 1 else ():
                cell.join(self.parts)
        self._break()

    def _end_article(self) -> None:
        self.articles -= 1
        self._break()

    def _end_table(self) -> None:
        self._tables.pop()
        self._break()


def _span(node: Any, name: str) -> int:
    """Return over how many rows or columns a cell goes; 1 where that cannot be read."""
    value = str(node.get(name, "1")).strip()
    number = int(value) if value.isdecimal() and len(value) <= 4 else 1
    return min(max(number, 1), MAX_SPAN)


def _tidy_lines(text: str) -> str:
    """Strip the blanks around lines and cells, drop lines without text; an empty first cell stays."""
    lines = []
    for line in text.split("\n"):
        if not line.strip(_BLANKS + "\t"):
            continue
        line = line.rstrip(_BLANKS + "\t").lstrip(_BLANKS)
        if "\t" in line:
            line = _AFTER_STOP.sub("", _AROUND_TAB.sub("\t", re.sub(" {2,}", " ", line)))
        lines.append(line)
    return "\n".join(lines) + "\n"
