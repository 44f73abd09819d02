"""Plain pages for people who open an OGC address in a browser: no script, everything escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from starlette.responses import Response

from clusteratlas.api.guard import PAGE_POLICY

_PAGE: Final = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/docs/pages.css">
</head>
<body>
<nav><a href="{base}/ogc/">OGC API</a> · <a href="{base}/ogc/collections">collections</a> ·
<a href="{base}/docs">docs</a></nav>
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


def link_list(links: Iterable[Mapping[str, Any]]) -> str:
    """Return a list of links."""
    items = [
        f'<li><a href="{escape(link["href"])}">{escape(link.get("title") or link["href"])}</a> '
        f"<small>{escape(link['rel'])}</small></li>"
        for link in links
        if not link.get("templated")
    ]
    return f"<ul>{''.join(items)}</ul>"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table; a value of None is an empty cell."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines = [
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows
    ]
    return f"<div class=scroll><table><tr>{head}</tr>{''.join(lines)}</table></div>"


class Anchor(str):
    """HTML of a link that is escaped already."""

    @classmethod
    def of(cls, href: str, text: Any) -> "Anchor":
        """Return a link."""
        return cls(f'<a href="{escape(href)}">{escape(str(text))}</a>')


def _cell(value: Any) -> str:
    if isinstance(value, Anchor):
        return value
    return "" if value is None else escape(str(value))
