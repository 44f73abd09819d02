"""What a browser shows of the OGC API: the same content as the JSON documents, for people."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from starlette.responses import Response

from clusteratlas.api import html
from clusteratlas.api.vocabulary import CODE_TITLES, COLUMN_TITLES, title_of
from clusteratlas.store.index import Layer
from clusteratlas.store.schema import Collection

SHOWN: Final[Mapping[Collection, tuple[str, ...]]] = {
    "enterprises": ("name", "sectors", "city", "district", "address", "precision", "status"),
    "parks": ("name", "kind", "city", "district", "sectors", "boundary_status"),
    "districts": ("name", "city", "adcode"),
    "cities": ("name", "adcode"),
    "clusters": ("cluster_id", "sector", "n", "expected", "p_value", "significant"),
}
"""Columns of the table of items; a feature's own page has all that are known."""

SectorNames = Mapping[str, str]


def landing_page(collections: Sequence[Mapping[str, Any]], base: str) -> Response:
    """Return the way in: the collections, and where machines find their documents."""
    body = (
        "<p>辽宁产业集群：企业、园区、区县、地级市与集群。"
        "本页供浏览；各地址加 <code>f=json</code> 即得数据。<br>"
        "Industrial clusters of Liaoning. These pages are for reading; add <code>f=json</code> to any "
        "address for the data.</p>"
        "<h2>数据集 Collections</h2>"
        + _collections(collections, base)
        + "<h2>接口 Interfaces</h2>"
        + html.actions(
            [
                (f"{base}/docs", "接口文档 Documentation"),
                (f"{base}/openapi.json", "OpenAPI"),
                (f"{base}/ogc/conformance?f=html", "符合的标准 Conformance"),
            ]
        )
        + "<p>QGIS：图层 → 添加图层 → 添加 WFS / OGC API 图层，地址 "
        + f"<code>{escape(base)}/ogc/</code></p>"
    )
    return html.page("产业集群图谱 clusteratlas", body, base=base)


def collections_page(collections: Sequence[Mapping[str, Any]], base: str) -> Response:
    """Return the list of collections."""
    return html.page("数据集 Collections", _collections(collections, base), base=base)


def _collections(collections: Sequence[Mapping[str, Any]], base: str) -> str:
    rows = [
        [
            html.Anchor.of(f"{base}/ogc/collections/{one['id']}?f=html", one["title"]),
            html.Figure(one["count"]),
            html.Anchor.of(f"{base}/ogc/collections/{one['id']}/items?f=html", "浏览 browse"),
        ]
        for one in collections
    ]
    return html.table(["名称 name", "数量 features", ""], rows)


def collection_page(described: Mapping[str, Any], count: int, base: str) -> Response:
    """Return what is to know of a collection."""
    here = f"{base}/ogc/collections/{described['id']}"
    facts: list[tuple[str, Any]] = [("数量 features", html.Figure(count))]
    for box in described.get("extent", {}).get("spatial", {}).get("bbox", []):
        west, south, east, north = (f"{edge:.4f}" for edge in box)
        facts.append(("范围 extent", f"{west}–{east}° E, {south}–{north}° N"))
    tiles = f"{here}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    facts.append(("矢量瓦片 vector tiles", tiles))
    body = (
        f"<p>{escape(described['description'])}</p>"
        + html.actions(
            [
                (f"{here}/items?f=html", "浏览 Browse"),
                (f"{here}/items?f=json", "GeoJSON"),
                (f"{here}/queryables?f=html", "字段 Columns"),
                (f"{here}/tiles/WebMercatorQuad?f=tilejson", "TileJSON"),
                (f"{base}/v1/export/{described['id']}.csv", "CSV"),
                (f"{base}/v1/export/{described['id']}.gpkg", "GeoPackage"),
            ]
        )
        + html.table(["", ""], facts, plain=True)
    )
    return html.page(described["title"], body, base=base)


def items_page(
    layer: Layer,
    rows: Sequence[int],
    *,
    title: str,
    summary: str,
    links: Sequence[tuple[str, str]],
    sectors: SectorNames,
    base: str,
) -> Response:
    """Return one page of the features of a layer; each row leads to its feature."""
    here = f"{base}/ogc/collections/{layer.name}"
    columns = [column for column in SHOWN[layer.name] if column in layer.columns]
    lines = []
    for row in rows:
        record = layer.record(row)
        cells = [_shown(column, record[column], sectors) for column in columns]
        first = html.Anchor.of(f"{here}/items/{layer.fid[row]}?f=html", cells[0] or layer.fid[row])
        lines.append([first, *cells[1:]])
    way = html.actions(links)
    heads = [title_of(column) for column in columns]
    empty = "" if lines else "<p>没有符合条件的要素。 Nothing matches.</p>"
    body = f"<p>{escape(summary)}</p>{way}{html.table(heads, lines)}{empty}"
    return html.page(title, body, base=base)


def item_page(layer: Layer, row: int, *, title: str, sectors: SectorNames, base: str) -> Response:
    """Return everything that is known of one feature."""
    here, fid = f"{base}/ogc/collections/{layer.name}", layer.fid[row]
    record = layer.record(row)
    lines = [
        (title_of(column), _shown(column, value, sectors))
        for column, value in record.items()
        if value is not None
    ]
    links = [(f"{here}/items/{fid}?f=json", "GeoJSON"), (f"{here}?f=html", title)]
    if layer.name == "enterprises":
        more = f"{base}/v1/enterprises/{html.quoted(record['enterprise_id'])}"
        links.append((more, "文件条款与变更 Clauses and history (JSON)"))
    body = html.actions(links) + html.table(["", ""], lines, plain=True)
    return html.page(str(record.get("name") or record[layer.id_column]), body, base=base)


def queryables_page(title: str, properties: Mapping[str, Mapping[str, Any]], base: str) -> Response:
    """Return the columns that a filter may name."""
    rows = [
        (name, " ".join(COLUMN_TITLES.get(name, ("", ""))).strip(), known.get("type", "geometry"))
        for name, known in properties.items()
    ]
    heads = ["字段 column", "含义 meaning", "类型 type"]
    return html.page(f"{title}: 字段 Columns", html.table(heads, rows), base=base)


def conformance_page(classes: Sequence[str], base: str) -> Response:
    """Return the list of conformance classes."""
    rows = [[uri.removeprefix("http://www.opengis.net/spec/")] for uri in classes]
    return html.page("符合的标准 Conformance", html.table(["class"], rows), base=base)


def _shown(column: str, value: Any, sectors: SectorNames) -> Any:
    """Return a value as people read it: sectors by name, lists with commas, truth as a word."""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, float):
        return _figure(value, whole=column in {"lon", "lat"})
    if not isinstance(value, str):
        return value
    if value in CODE_TITLES.get(column, {}):
        return f"{CODE_TITLES[column][value]} {value}"
    parts = value.split(";")
    if column in {"sectors", "sector"}:
        parts = [sectors.get(part, part) for part in parts]
    return "、".join(part for part in parts if part)


def _figure(value: float, *, whole: bool) -> str:
    """Return a number with four figures or its whole part; a coordinate as it is."""
    if whole:
        return f"{value:.10g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
