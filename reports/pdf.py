"""Set a report as PDF with Typst: Chinese font embedded, charts as vectors, tables that break well.

Text from data reaches Typst as JSON, never as markup, so a name can hold any character.
"""

import itertools
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import typst

from clusteratlas.maps.fonts import FONT_FAMILY, font_dir
from clusteratlas.reports.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Paragraph,
    ReportBlocks,
    Table,
)

KEPT_ROWS: Final = 3
"""Rows that stay together at the beginning and at the end of a table: one alone looks like a slip."""

TEMPLATE: Final = """
#let report = json("report.json")
#let ink = rgb("#22272e")
#let soft = rgb("#5b6470")
#let accent = rgb("#0b5fa5")
#set document(title: report.title, date: none)
#set page(paper: "a4", margin: (x: 19mm, top: 18mm, bottom: 20mm), footer: context [
  #set text(size: 8pt, fill: soft)
  #report.footer #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: "FONT", size: 9.6pt, fill: ink, lang: report.lang)
#set par(leading: 0.72em, justify: false)
#show heading.where(level: 1): it => block(above: 1.5em, below: 0.7em, breakable: false, sticky: true)[
  #set text(size: 12.5pt, weight: "bold")
  #it.body
  #v(-0.55em)
  #line(length: 100%, stroke: 1pt + accent)
]
#show heading.where(level: 2): it => block(above: 1.1em, below: 0.6em, sticky: true)[
  #set text(size: 10.5pt, weight: "bold")
  #it.body
]
#let bold(body) = text(stroke: 0.02em + ink, body)
#text(size: 18pt)[#bold(report.title)]
#v(-0.5em)
#text(fill: soft)[#report.subtitle]
#v(0.2em)
#block(fill: rgb("#eef4fa"), stroke: (left: 3pt + accent), inset: (x: 12pt, y: 9pt), width: 100%)[
  #text(size: 10.5pt)[#bold(report.key_title)]
  #v(-0.3em)
  #list(..report.key.map(item => [#item]), indent: 0pt, spacing: 0.75em)
]
#let cell(value) = [#value]
#for part in report.blocks {
  if part.kind == "heading" { heading(level: part.level, part.text) }
  else if part.kind == "paragraph" {
    // What introduces a table stays with it.
    let note = text(size: 8.2pt, fill: soft, part.text)
    block(sticky: part.leads, par(if part.note { note } else { part.text }))
  }
  else if part.kind == "bullets" {
    set text(size: 8.6pt)
    // Whole, with its heading: a last page of two lines looks like a mistake.
    block(breakable: false, list(..part.items.map(item => [#item]), spacing: 0.8em))
  }
  else if part.kind == "figure" {
    block(breakable: false, above: 0.9em, below: 0.9em)[
      #align(center, image(part.path, width: part.width * 100%, alt: part.alt))
      #v(-0.4em)
      #text(size: 8.2pt, fill: soft)[#part.caption]
    ]
  }
  else if part.kind == "table" {
    set text(size: 8.3pt)
    set par(leading: 0.55em)
    show table.cell.where(y: 0): it => bold(it)
    table(
      // The last column is invisible: cells over several rows keep the first and last rows together.
      columns: part.widths.map(width => width * 1fr) + (0pt,),
      stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.4pt + rgb("#d9d5cb") }),
      inset: (x: 4pt, y: 4.2pt),
      align: (x, y) => if part.numeric.contains(x) { right + top } else { left + top },
      table.header(..part.head.map(cell), []),
      ..part.rows.enumerate().map(((at, row)) => (
        ..row.map(cell),
        ..part.together.filter(group => group.at(0) == at).map(
          group => table.cell(rowspan: group.at(1), inset: 0pt, breakable: false)[]
        ),
      )).flatten(),
    )
  }
}
"""


def to_pdf(report: ReportBlocks) -> bytes:
    """Return the report as a PDF document (A4, text selectable, fonts embedded)."""
    with tempfile.TemporaryDirectory(prefix="clusteratlas-report-") as folder:
        root = Path(folder)
        blocks = [_plain(block, i, root) for i, block in enumerate(report.blocks)]
        for block, following in itertools.pairwise(blocks):
            if block["kind"] == "paragraph":
                block["leads"] = following["kind"] == "table"
        whole = {
            "title": report.title,
            "subtitle": report.subtitle,
            "lang": report.lang,
            "key": list(report.key),
            "key_title": "要点" if report.lang == "zh" else "Key findings",
            "footer": report.footer,
            "blocks": blocks,
        }
        (root / "report.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        source = root / "report.typ"
        source.write_text(TEMPLATE.replace("FONT", FONT_FAMILY), encoding="utf-8")
        compiled = typst.compile(
            str(source), root=str(root), font_paths=[str(font_dir())], ignore_system_fonts=True
        )
        return bytes(compiled)


def _plain(block: Block, number: int, root: Path) -> dict[str, Any]:
    """Return a block as JSON values; a figure is written beside the source."""
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "note": block.note, "leads": False}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": list(block.items)}
    if isinstance(block, Figure):
        path = f"figure-{number}.svg"
        (root / path).write_bytes(block.svg)
        return {
            "kind": "figure",
            "path": path,
            "width": block.width,
            "caption": block.caption,
            "alt": block.alt,
        }
    return _plain_table(block)


def _plain_table(block: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "head": list(block.head),
        "rows": [list(row) for row in block.rows],
        "numeric": list(block.numeric),
        "widths": list(block.widths or [1.0] * len(block.head)),
        "together": together(len(block.rows)),
    }


def together(rows: int) -> list[tuple[int, int]]:
    """Return ``(first, how many)`` of the rows that stay on one page: three at each end of a table.

    Examples
    --------
    >>> together(4), together(8)
    ([(0, 4)], [(0, 3), (3, 1), (4, 1), (5, 3)])
    """
    if rows < 2 * KEPT_ROWS:
        return [(0, rows)] if rows else []
    middle = [(row, 1) for row in range(KEPT_ROWS, rows - KEPT_ROWS)]
    return [(0, KEPT_ROWS), *middle, (rows - KEPT_ROWS, KEPT_ROWS)]
