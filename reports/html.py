"""Set a report as one HTML file: no script, no request, printable."""

import base64
from html import escape
from typing import Final

from clusteratlas.reports.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Paragraph,
    ReportBlocks,
    Table,
)

STYLE: Final = """
:root{--ink:#22272e;--soft:#5b6470;--line:#d9d5cb;--accent:#0b5fa5;--paper:#fff}
*{box-sizing:border-box}
body{margin:0;background:#f3f1ec;color:var(--ink);
font:15px/1.65 "Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif}
main{max-width:820px;margin:24px auto;padding:44px 56px;background:var(--paper)}
h1{font-size:25px;line-height:1.35;margin:0 0 4px}
.sub{color:var(--soft);margin:0 0 22px}
h2{font-size:18px;margin:34px 0 8px;padding-bottom:4px;border-bottom:2px solid var(--accent)}
h3{font-size:15.5px;margin:20px 0 6px}
.key{background:#eef4fa;border-left:4px solid var(--accent);padding:12px 18px}
.key h2{border:0;margin:0 0 4px;padding:0;font-size:16px}
ul{margin:6px 0 0;padding-left:1.3em}li{margin:3px 0}
.note,figcaption{color:var(--soft);font-size:13px;line-height:1.5}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;line-height:1.45;margin:8px 0}
th{text-align:left;font-weight:600;border-bottom:1.5px solid var(--ink);padding:5px 8px;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:5px 8px;vertical-align:top}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
figure{margin:12px 0}figure img{display:block;max-width:100%;margin:0 auto 6px}
footer{color:var(--soft);font-size:12.5px;margin-top:36px;border-top:1px solid var(--line);padding-top:10px}
@media print{body{background:#fff}main{margin:0;padding:0;max-width:none}
h2{break-after:avoid}figure,tr,.key{break-inside:avoid}@page{size:A4;margin:18mm 16mm}}
@media(max-width:640px){main{margin:0;padding:22px 16px}}
"""


def to_html(report: ReportBlocks) -> str:
    """Return the report as a whole HTML document; text from data is escaped throughout."""
    key = "".join(f"<li>{escape(item)}</li>" for item in report.key)
    key_title = "要点" if report.lang == "zh" else "Key findings"
    body = "\n".join(_block(block) for block in report.blocks)
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if report.lang == "zh" else "en"}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(report.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(report.title)}</h1>\n<p class="sub">{escape(report.subtitle)}</p>\n'
        f'<section class="key"><h2>{key_title}</h2><ul>{key}</ul></section>\n{body}\n'
        f"<footer>{escape(report.footer)}</footer>\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        return f"<p{' class=note' if block.note else ''}>{escape(block.text)}</p>"
    if isinstance(block, Bullets):
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Figure):
        return _figure(block)
    return _table(block)


def _figure(block: Figure) -> str:
    # As an image the SVG can neither run a script nor load anything.
    source = base64.b64encode(block.svg).decode("ascii")
    return (
        f'<figure><img style="width:{block.width:.0%}" alt="{escape(block.alt)}" '
        f'src="data:image/svg+xml;base64,{source}">'
        f"<figcaption>{escape(block.caption)}</figcaption></figure>"
    )


def _table(block: Table) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(
            f"<{tag}{' class=n' if i in block.numeric else ''}>{escape(cell)}</{tag}>"
            for i, cell in enumerate(cells)
        ) + "</tr>"  # fmt: skip

    body = "".join(row(cells, "td") for cells in block.rows)
    head = row(block.head, "th")
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'
