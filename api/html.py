"""Plain pages for people who open an OGC address in a browser: no script, everything escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import Response

from clusteratlas.api.guard import PAGE_POLICY

_PAGE: Final = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/pages.css">
</head>
<body>
<nav><a href="{base}/">图谱 Atlas</a> <a href="{base}/ogc/?f=html">数据接口 OGC API</a>
<a href="{base}/ogc/collections?f=html">数据集 Collections</a> <a href="{base}/docs">文档 Docs</a></nav>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def page(title: str, body: str, *, base: str) -> Response:
    """Return a page; ``body`` is HTML that is escaped already."""
    text = _PAGE.format(title=escape(title), body=body, base=escape(base))
    return Response(
        text,
        media_type="text/html",
        headers={"content-security-policy": PAGE_POLICY.format(tiles="")},
    )


def actions(links: Iterable[tuple[str, str]]) -> str:
    """Return links in a row: address and text."""
    items = (f'<a href="{escape(href)}">{escape(text)}</a>' for href, text in links)
    return f'<p class="actions">{" ".join(items)}</p>'


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, plain: bool = False) -> str:
    """Return a table; None is an empty cell. A ``plain`` one has names in its first column, no head."""
    cells = "".join(f"<th>{escape(column)}</th>" for column in columns)
    head = "" if plain else f"<thead><tr>{cells}</tr></thead>"
    lines = []
    for row in rows:
        found = [f"<td>{_cell(value)}</td>" for value in row]
        if plain:
            found[0] = f'<th scope="row">{_cell(row[0])}</th>'
        lines.append(f"<tr>{''.join(found)}</tr>")
    return f'<div class="scroll"><table>{head}<tbody>{"".join(lines)}</tbody></table></div>'


def quoted(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="")


class Anchor(str):
    """HTML of a link that is escaped already."""

    @classmethod
    def of(cls, href: str, text: Any) -> "Anchor":
        """Return a link."""
        return cls(f'<a href="{escape(href)}">{escape(str(text))}</a>')


class Figure(int):
    """A number that is shown with its thousands apart."""


def _cell(value: Any) -> str:
    if isinstance(value, Anchor):
        return value
    if isinstance(value, Figure):
        return f"{int(value):,}"
    return "" if value is None else escape(str(value))
