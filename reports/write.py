"""Write a report in the format that the file's name asks for."""

from pathlib import Path
from typing import Final

from clusteratlas.errors import InputError
from clusteratlas.files import write_whole
from clusteratlas.reports.blocks import ReportBlocks

FORMATS: Final = ("html", "pdf", "docx")


def render_report(report: ReportBlocks, form: str) -> bytes:
    """Return the report as HTML, PDF or DOCX bytes.

    Raises
    ------
    InputError
        If the format is none of the three.
    """
    if form == "html":
        from clusteratlas.reports.html import to_html

        return to_html(report).encode("utf-8")
    if form == "pdf":
        from clusteratlas.reports.pdf import to_pdf

        return to_pdf(report)
    if form == "docx":
        from clusteratlas.reports.docx import to_docx

        return to_docx(report)
    raise InputError(f"cannot write a report as {form!r}; allowed are {', '.join(FORMATS)}")


def write_report(report: ReportBlocks, out: Path) -> None:
    """Write the report to ``out`` (.html, .pdf or .docx), whole or not at all.

    Raises
    ------
    InputError
        If the name ends in something else.
    """
    write_whole(out, render_report(report, out.suffix.lower().lstrip(".")))
