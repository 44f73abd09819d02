"""OGC API - Features: the features of a collection, and one feature."""

import re
import time
from typing import Final
from urllib.parse import quote, urlencode

import numpy as np
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api import ogc_pages
from clusteratlas.api.crs import CRS84, Crs
from clusteratlas.api.errors import NotFoundError
from clusteratlas.api.feature_bytes import points_json, shapes_json
from clusteratlas.api.items import CRS, ITEM_PARAMS, ItemsQuery, read_items_query, select
from clusteratlas.api.ogc import COLLECTION, TITLES, F, layer_of, sector_names, wants_html
from clusteratlas.api.paging import Page
from clusteratlas.api.params import Param, Params
from clusteratlas.api.routes import GEOJSON, HTML, JSON, answers, base_url, get
from clusteratlas.api.schemas import TEXT, ref
from clusteratlas.api.state import Served
from clusteratlas.store.index import Layer

router = APIRouter(tags=["OGC API - Features"])

_PAGED: Final = re.compile(r"(cursor|f)=")
FID: Final = Param(
    "fid",
    str,
    {"type": "string", "minLength": 1, "maxLength": 100},
    "Number of the feature, or its public id (enterprise_id, park_id, adcode)",
    place="path",
    required=True,
)


@get(
    router,
    "/ogc/collections/{collection}/items",
    ITEM_PARAMS,
    path_params=(COLLECTION,),
    summary="Features of a collection",
    operation="getFeatures",
    hot=True,
    responses=answers({GEOJSON: ref("FeatureCollection"), HTML: TEXT}),
)
async def items(request: Request) -> Response:
    """Return one page of features as GeoJSON, or as a page for a browser."""
    served, layer = layer_of(request)
    query = read_items_query(request.scope["query_string"], layer, request.app.state.atlas.settings)
    page = select(served, layer, query)
    if wants_html(request, query.f):
        return _items_page(request, layer, page, query)
    if query.crs.uri == CRS84:
        body = served.features[layer.name].page(page.rows)
    else:
        body = _in_crs(served, layer, page.rows.tolist(), query.crs)
    return _features_response(body, page, query.crs, _page_links(request, query, page.cursor))


def _features_response(
    features: bytes, page: Page, crs: Crs, links: list[dict[str, str]]
) -> Response:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    tail = (
        f'],"numberMatched":{page.matched},"numberReturned":{len(page.rows)},'
        f'"timeStamp":"{now}","links":'
    )
    head = b'{"type":"FeatureCollection","features":['
    content = b"".join((head, features, tail.encode(), orjson.dumps(links), b"}"))
    return Response(content, media_type=GEOJSON, headers={"content-crs": f"<{crs.uri}>"})


def _in_crs(served: Served, layer: Layer, rows: list[int], crs: Crs) -> bytes:
    """Return features whose geometry is written in another CRS than the stored one."""
    if layer.geometry is None:
        x, y = crs.forward(layer.lon[rows], layer.lat[rows])
        shapes = points_json(x, y, decimals=crs.decimals)
    else:
        shapes = shapes_json(crs.shapes(layer.geometry[rows]), decimals=crs.decimals)
    tails = served.features[layer.name].tails(np.array(rows, dtype=np.int64))
    return b",".join(
        b'{"type":"Feature","id":%d,"geometry":%b%b'
        % (layer.fid[row], shape.as_py().encode(), tail)
        for row, shape, tail in zip(rows, shapes, tails, strict=True)
    )


def _page_links(request: Request, query: ItemsQuery, cursor: str) -> list[dict[str, str]]:
    base = base_url(request)
    here = f"{base}{quote(request.scope['path'])}"
    given = request.scope["query_string"].decode("ascii", "replace")
    kept = "".join(f"{part}&" for part in given.split("&") if part and not _PAGED.match(part))
    same_page = f"cursor={query.cursor}&" if query.cursor else ""
    links = [
        {"rel": "self", "type": GEOJSON, "href": f"{here}?{given}" if given else here},
        {"rel": "alternate", "type": HTML, "href": f"{here}?{kept}{same_page}f=html"},
        {"rel": "collection", "type": JSON, "href": here.removesuffix("/items")},
    ]
    if cursor:
        following = f"{kept}f={query.f or 'json'}&cursor={cursor}"
        links.append({"rel": "next", "type": GEOJSON, "href": f"{here}?{following}"})
    return links


def _with(query: ItemsQuery, **changed: str) -> str:
    """Return the query string that was asked, with some parameters changed."""
    fields = {name: text for name, text in query.given if name not in changed}
    return urlencode({**fields, **changed})


def _items_page(request: Request, layer: Layer, page: Page, query: ItemsQuery) -> Response:
    base = base_url(request)
    here = f"{base}/ogc/collections/{layer.name}/items"
    links = [(f"{here}?{_with(query, f='json')}", "GeoJSON")]
    if query.cursor:
        first = urlencode({**{k: v for k, v in query.given if k != "cursor"}, "f": "html"})
        links.insert(0, (f"{here}?{first}", "首页 First page"))
    if page.cursor:
        links.append((f"{here}?{_with(query, f='html', cursor=page.cursor)}", "下一页 Next page"))
    return ogc_pages.items_page(
        layer,
        page.rows.tolist(),
        title=TITLES[layer.name][0],
        summary=f"共 {page.matched:,} 条，本页 {len(page.rows)} 条。"
        f" {page.matched:,} features, {len(page.rows)} here.",
        links=links,
        sectors=sector_names(request),
        base=base,
    )


ITEM_ONLY: Final = Params.of(F, CRS)


@get(
    router,
    "/ogc/collections/{collection}/items/{fid}",
    ITEM_ONLY,
    path_params=(COLLECTION, FID),
    summary="One feature",
    operation="getFeature",
    responses=answers({GEOJSON: ref("Feature"), HTML: TEXT}),
)
async def item(request: Request) -> Response:
    """Return one feature by its number or public id."""
    served, layer = layer_of(request)
    given = ITEM_ONLY.read(request.scope["query_string"])
    row = layer.row_of(request.path_params["fid"])
    if row is None:
        raise NotFoundError(f"no feature of this id in {layer.name}")
    base, crs = base_url(request), given["crs"]
    here = f"{base}/ogc/collections/{layer.name}"
    if wants_html(request, given["f"]):
        title, names = TITLES[layer.name][0], sector_names(request)
        return ogc_pages.item_page(layer, row, title=title, sectors=names, base=base)
    links = [
        {"rel": "self", "type": GEOJSON, "href": f"{here}/items/{layer.fid[row]}"},
        {"rel": "alternate", "type": HTML, "href": f"{here}/items/{layer.fid[row]}?f=html"},
        {"rel": "collection", "type": JSON, "href": here},
    ]
    feature = (
        served.features[layer.name].page(np.array([row]))
        if crs.uri == CRS84
        else _in_crs(served, layer, [row], crs)
    )
    content = feature[:-1] + b',"links":' + orjson.dumps(links) + b"}"
    return Response(content, media_type=GEOJSON, headers={"content-crs": f"<{crs.uri}>"})
