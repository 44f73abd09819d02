"""Workbooks (XLSX) of plain values, row by row, that a spreadsheet shows and does not run."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from clusteratlas.cells import defused
from clusteratlas.errors import InputError

MAX_ROWS: Final = 1_048_575  # of a sheet, without the header
MAX_CELL_CHARS: Final = 32_767
MAX_TITLE_CHARS: Final = 31
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")

Sheet = tuple[str, Iterable[Sequence[object]]]
"""Title, and the rows; the first one names the columns."""


def write_book(
    path: Path, sheets: Iterable[Sheet], *, widths: Mapping[str, int] | None = None
) -> int:
    """Write a workbook; return the number of rows without the headers.

    Text that begins like a formula is defused; characters that XML cannot hold are left out, and
    what is longer than a cell holds is cut.

    Parameters
    ----------
    widths
        Of columns by their names, in characters; others have the width of an empty sheet.

    Raises
    ------
    InputError
        If there are more rows than a sheet holds.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    count = 0
    try:
        for title, rows in sheets:
            sheet = book.create_sheet(title[:MAX_TITLE_CHARS])
            sheet.freeze_panes = "A2"
            count += _append(sheet, rows, widths or {})
        book.save(path)
    except BaseException:
        # A sheet that is given up has to be closed, or its half-written XML complains when it is freed;
        # a full disk lets it complain here too, and what went wrong first is what is told.
        for sheet in book.worksheets:
            with suppress(Exception):
                sheet.close()
        raise
    return count


def _append(sheet: Any, rows: Iterable[Sequence[object]], widths: Mapping[str, int]) -> int:
    """Write the rows of a sheet; return how many there are below the header."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    count = -1
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise InputError(f"more than {MAX_ROWS:,} rows do not fit a sheet")
        if count == 0:
            for column, name in enumerate(row, start=1):
                if name in widths:
                    sheet.column_dimensions[get_column_letter(column)].width = widths[str(name)]
        sheet.append([_cell(value, sheet, WriteOnlyCell) for value in row])
    return max(count, 0)


def _cell(value: object, sheet: Any, make: Any) -> object:
    found = defused(value)
    if not isinstance(found, str):
        return found
    cell = make(sheet, value=_NO_XML.sub("", found)[:MAX_CELL_CHARS])
    cell.data_type = "s"  # never a formula, whatever it looks like
    return cell
