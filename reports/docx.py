"""Set a report as a Word document, for offices that edit what they print."""

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable

from clusteratlas.reports.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Paragraph,
    ReportBlocks,
    Table,
)

TEXT_WIDTH_CM = 17.0
FONT = "微软雅黑"
"""Named, not embedded: Word substitutes it where it is missing; the PDF embeds its own font."""


def to_docx(report: ReportBlocks) -> bytes:
    """Return the report as a .docx file; charts are bitmaps of 200 dpi."""
    document = Document()
    _page(document)
    document.core_properties.title = _clean(report.title)
    document.core_properties.author = "clusteratlas"
    document.add_heading(_clean(report.title), level=0)
    document.add_paragraph(_clean(report.subtitle))
    document.add_heading("要点" if report.lang == "zh" else "Key findings", level=1)
    for item in report.key:
        document.add_paragraph(_clean(item), style="List Bullet")
    for block in report.blocks:
        _add(document, block)
    section = document.sections[0]
    section.footer.paragraphs[0].text = _clean(report.footer)
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = FONT
        style.font.color.rgb = RGBColor(0x22, 0x27, 0x2E)
        properties = style.element.get_or_add_rPr()
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = properties.makeelement(qn("w:rFonts"), {})
            properties.append(fonts)
        for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(script), FONT)
    document.styles["Normal"].font.size = Pt(10)


def _clean(text: str) -> str:
    """Return the text without characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _add(document: WordDocument, block: Block) -> None:
    if isinstance(block, Heading):
        document.add_heading(_clean(block.text), level=block.level)
    elif isinstance(block, Paragraph):
        run = document.add_paragraph().add_run(_clean(block.text))
        run.font.size = Pt(8.5) if block.note else Pt(10)
    elif isinstance(block, Bullets):
        for item in block.items:
            document.add_paragraph(_clean(item), style="List Bullet")
    elif isinstance(block, Figure):
        document.add_picture(io.BytesIO(block.png), width=Cm(TEXT_WIDTH_CM * block.width))
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        document.add_paragraph().add_run(_clean(block.caption)).font.size = Pt(8.5)
    else:
        _add_table(document, block)


def _break_well(table: WordTable) -> None:
    """Repeat the head on every page, and keep rows whole."""
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _add_table(document: WordDocument, block: Table) -> None:
    table = document.add_table(rows=1, cols=len(block.head), style="Light Grid Accent 1")
    table.autofit = False
    widths = block.widths or tuple(1.0 for _ in block.head)
    for i, text in enumerate(block.head):
        table.rows[0].cells[i].text = _clean(text)
    for row in block.rows:
        cells = table.add_row().cells
        for i, text in enumerate(row):
            cells[i].text = _clean(text)
            if i in block.numeric:
                cells[i].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _break_well(table)
    for row in table.rows:
        for i, cell in enumerate(row.cells):
            cell.width = Cm(TEXT_WIDTH_CM * widths[i] / sum(widths))
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)
    document.add_paragraph()
