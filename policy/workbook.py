"""An extraction as a workbook: a sheet for each kind of thing found, a row with its quote for each."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from clusteratlas.files import whole_file
from clusteratlas.policy.quotes import quote_at
from clusteratlas.workbooks import Sheet, write_book

_PLACE: Final = ("section", "line", "start", "end")
_FIRM: Final = (
    "name", "field", "subsector", "sector_id", "quote", *_PLACE, "found_by", "enterprise_id",
    "score", "reason",
)  # fmt: skip
SHEETS: Final[dict[str, tuple[str, Sequence[str]]]] = {
    "enterprises": ("企业 Enterprises", _FIRM),
    "parks": (
        "园区 Parks",
        ("name", "district", "city", "sector_id", "quote", *_PLACE, "park_id", "score", "reason"),
    ),
    "positionings": (
        "产业定位 Positionings",
        ("district", "kind", "adcode", "sectors", "sector_ids", "strength", "quote", *_PLACE,
         "found_by"),
    ),
    "sectors": (
        "产业门类 Sectors",
        ("field", "subsector", "sector_id", "products", "section", "start", "end"),
    ),
    "responsibilities": (
        "责任分工 Responsibilities",
        ("departments", "governments", "quote", *_PLACE),
    ),
    "targets": (
        "目标 Targets",
        ("quantity", "comparison", "value", "unit", "year", "quote", *_PLACE),
    ),
    "partners": ("合作方 Partners", _FIRM),
}  # fmt: skip
"""By key of an extraction the title of its sheet and the columns, in their order."""

DOCUMENT_SHEET: Final = "文件 Document"
_COMPARISONS: Final = {">=": "at least", "=": "equal", "<=": "at most"}
_WIDTHS: Final = {
    "name": 28, "district": 20, "field": 18, "subsector": 18, "sectors": 36, "products": 48,
    "quote": 72, "section": 36, "departments": 40, "governments": 24, "quantity": 24, "content": 60,
    "reason": 24,
}  # fmt: skip


def write_workbook(path: Path, extraction: dict[str, Any], text: str) -> None:
    """Write an extraction as XLSX, whole or not at all.

    Lists are joined by 、; the quote of a name is the sentence, or row of a table, that it stands in.
    ``comparison`` is in words. Cells that a spreadsheet would run are defused.

    Parameters
    ----------
    extraction
        What :func:`clusteratlas.policy.extract` gave.
    text
        The text in which its offsets count.

    Raises
    ------
    InputError
        If there are more rows than a sheet holds.
    """
    with whole_file(path) as temporary:
        write_book(temporary, _sheets(extraction, text), widths=_WIDTHS)


def _sheets(extraction: dict[str, Any], text: str) -> Iterator[Sheet]:
    for key, (title, columns) in SHEETS.items():
        rows = ([_cell(item, column, text) for column in columns] for item in extraction[key])
        yield title, itertools.chain([columns], rows)
    yield DOCUMENT_SHEET, [("item", "content"), *extraction["document"].items()]


def _cell(item: dict[str, Any], column: str, text: str) -> Any:
    if column == "quote" and column not in item:
        start, end = quote_at(text, item["start"])
        return text[start:end]
    value = item[column]
    if column == "comparison":  # a lone sign would be defused
        return _COMPARISONS.get(value, value)
    return "、".join(value) if isinstance(value, list) else value
