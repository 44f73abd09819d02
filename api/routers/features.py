"""OGC API - Features: landing page, conformance, collections, queryables, items."""

import re
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import numpy as np
import orjson
import pyarrow as pa
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api import ogc_pages
from clusteratlas.api.crs import ALL_CRS, CRS84, Crs, find_crs
from clusteratlas.api.errors import NotAcceptableError, NotFoundError
from clusteratlas.api.feature_bytes import points_json, shapes_json
from clusteratlas.api.items import ITEM_PARAMS, ItemsQuery, read_items_query, select
from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import (
    GEOJSON,
    HTML,
    JSON,
    SCHEMA_JSON,
    answers,
    base_url,
    get,
    header,
    json_response,
)
from clusteratlas.api.schemas import TEXT, ref
from clusteratlas.api.state import Served
from clusteratlas.api.vocabulary import title_of
from clusteratlas.store.index import Layer
from clusteratlas.store.schema import COLLECTIONS, Collection

router = APIRouter(tags=["OGC API - Features"])

_PAGED: Final = re.compile(r"(cursor|f)=")

TITLES: Final[Mapping[Collection, tuple[str, str]]] = {
    "enterprises": (
        "企业与机构 Enterprises and institutes",
        "Anchors of the policy documents and registry firms",
    ),
    "parks": ("园区 Parks", "Parks, bases, zones and agglomeration areas that the documents name"),
    "districts": ("区县 Districts", "County-level districts of Liaoning"),
    "cities": ("地级市 Cities", "Prefecture-level cities of Liaoning"),
    "clusters": ("集群 Clusters", "Detected clusters of firms, with members and significance"),
}

CONFORMANCE: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "property-property",
            "arithmetic",
        )
    ),
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
)

F: Final = Param(
    "f",
    choice("json", "html"),
    {"type": "string", "enum": ["json", "html"]},
    "Format of the answer; by default what the Accept header asks for",
)
FORMAT_ONLY: Final = Params.of(F)
NONE: Final = Params.of()
COLLECTION: Final = Param(
    "collection",
    str,
    {"type": "string", "enum": list(COLLECTIONS)},
    "The collection",
    place="path",
    required=True,
)
FID: Final = Param(
    "fid",
    str,
    {"type": "string", "minLength": 1, "maxLength": 100},
    "Number of the feature, or its public id (enterprise_id, park_id, adcode)",
    place="path",
    required=True,
)


def wants_html(request: Request, asked: str | None) -> bool:
    """Tell whether the answer is a page: by ``f``, else by the Accept header.

    Raises
    ------
    NotAcceptableError
        If the header takes neither JSON nor HTML.
    """
    if asked is not None:
        return asked == "html"
    accept = header(request, b"accept")
    if not accept or ("*/*" in accept and not accept.startswith("text/html")) or "json" in accept:
        return False
    if "text/html" in accept:
        return True
    if "*" in accept:
        return False
    raise NotAcceptableError(
        f"no answer as {accept[:100]!r}; there are application/json, text/html"
    )


def layer_of(request: Request) -> tuple[Served, Layer]:
    """Return what is served and the layer that the path names.

    Raises
    ------
    NotFoundError
        If there is no such collection.
    """
    served: Served = request.app.state.atlas.served
    layer = served.snapshot.layers.get(request.path_params["collection"])
    if layer is None:
        raise NotFoundError(f"no such collection; there are {', '.join(COLLECTIONS)}")
    return served, layer


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
        return _items_page(request, layer, page.rows.tolist(), page.matched, query, page.cursor)
    if query.crs.uri == CRS84:
        body = served.features[layer.name].page(page.rows)
    else:
        body = _in_crs(served, layer, page.rows.tolist(), query.crs)
    links = orjson.dumps(_page_links(request, query, page.cursor))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    tail = (
        f'],"numberMatched":{page.matched},"numberReturned":{len(page.rows)},'
        f'"timeStamp":"{now}","links":'
    )
    content = b"".join(
        (b'{"type":"FeatureCollection","features":[', body, tail.encode(), links, b"}")
    )
    return Response(content, media_type=GEOJSON, headers={"content-crs": f"<{query.crs.uri}>"})


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


def _items_page(
    request: Request, layer: Layer, rows: list[int], matched: int, query: ItemsQuery, cursor: str
) -> Response:
    base = base_url(request)
    here = f"{base}/ogc/collections/{layer.name}/items"
    links = [(f"{here}?{_with(query, f='json')}", "GeoJSON")]
    if query.cursor:
        first = urlencode({**{k: v for k, v in query.given if k != "cursor"}, "f": "html"})
        links.insert(0, (f"{here}?{first}", "首页 First page"))
    if cursor:
        links.append((f"{here}?{_with(query, f='html', cursor=cursor)}", "下一页 Next page"))
    return ogc_pages.items_page(
        layer,
        rows,
        title=TITLES[layer.name][0],
        summary=f"共 {matched:,} 条，本页 {len(rows)} 条。 {matched:,} features, {len(rows)} here.",
        links=links,
        sectors=_sector_names(request),
        base=base,
    )


def _sector_names(request: Request) -> dict[str, str]:
    sectors = request.app.state.atlas.served.snapshot.tables["sectors"]
    return {} if sectors.empty else dict(zip(sectors["sector_id"], sectors["name_zh"], strict=True))


ITEM_ONLY: Final = Params.of(
    F,
    Param(
        "crs",
        find_crs,
        {"type": "string", "format": "uri", "enum": list(ALL_CRS), "default": CRS84},
        "Coordinate reference system of the answer",
        default=find_crs(CRS84),
    ),
)


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
        title, names = TITLES[layer.name][0], _sector_names(request)
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


@get(
    router,
    "/ogc/",
    FORMAT_ONLY,
    summary="Landing page of the OGC API",
    operation="getLandingPage",
    responses=answers({JSON: ref("Landing"), HTML: TEXT}),
)
async def landing(request: Request) -> Response:
    """Say where everything lies."""
    base, f = base_url(request), FORMAT_ONLY.read(request.scope["query_string"])["f"]
    oas = "application/vnd.oai.openapi+json;version=3.0"
    links = [
        {"rel": "self", "type": JSON, "href": f"{base}/ogc/", "title": "this document"},
        {"rel": "alternate", "type": HTML, "href": f"{base}/ogc/?f=html", "title": "as a page"},
        {"rel": "service-desc", "type": oas, "href": f"{base}/openapi.json", "title": "OpenAPI"},
        {"rel": "service-doc", "type": HTML, "href": f"{base}/docs", "title": "documentation"},
        {
            "rel": "conformance",
            "type": JSON,
            "href": f"{base}/ogc/conformance",
            "title": "conformance",
        },
        {"rel": "data", "type": JSON, "href": f"{base}/ogc/collections", "title": "collections"},
    ]
    if wants_html(request, f):
        return ogc_pages.landing_page(_listed(request, base), base)
    return json_response(
        {
            "title": "clusteratlas",
            "description": "产业集群：企业、园区、区县与集群 Industrial clusters of Liaoning",
            "links": links,
        }
    )


# Clients that were given the address without its slash look here.
router.add_api_route("/ogc", landing, methods=["GET", "HEAD"], include_in_schema=False)


@get(
    router,
    "/ogc/conformance",
    FORMAT_ONLY,
    summary="Conformance classes",
    operation="getConformance",
    responses=answers({JSON: ref("Conformance"), HTML: TEXT}),
)
async def conformance(request: Request) -> Response:
    """List the conformance classes that this server meets."""
    f = FORMAT_ONLY.read(request.scope["query_string"])["f"]
    if wants_html(request, f):
        return ogc_pages.conformance_page(CONFORMANCE, base_url(request))
    return json_response({"conformsTo": list(CONFORMANCE)})


@get(
    router,
    "/ogc/collections",
    FORMAT_ONLY,
    summary="Collections",
    operation="getCollections",
    responses=answers({JSON: ref("Collections"), HTML: TEXT}),
)
async def collections(request: Request) -> Response:
    """Describe every collection."""
    base, f = base_url(request), FORMAT_ONLY.read(request.scope["query_string"])["f"]
    served: Served = request.app.state.atlas.served
    found = [describe_collection(layer, base) for layer in served.snapshot.layers.values()]
    links = [{"rel": "self", "type": JSON, "href": f"{base}/ogc/collections"}]
    if wants_html(request, f):
        return ogc_pages.collections_page(_listed(request, base), base)
    return json_response({"links": links, "collections": found, "crs": list(ALL_CRS)})


@get(
    router,
    "/ogc/collections/{collection}",
    FORMAT_ONLY,
    path_params=(COLLECTION,),
    summary="One collection",
    operation="describeCollection",
    responses=answers({JSON: ref("Collection"), HTML: TEXT}),
)
async def collection(request: Request) -> Response:
    """Describe one collection: extent, coordinate systems, links."""
    base, f = base_url(request), FORMAT_ONLY.read(request.scope["query_string"])["f"]
    _, layer = layer_of(request)
    described = describe_collection(layer, base)
    if wants_html(request, f):
        return ogc_pages.collection_page(described, len(layer), base)
    return json_response(described)


def _listed(request: Request, base: str) -> list[dict[str, Any]]:
    """Return the collections with their counts, for the pages."""
    layers = request.app.state.atlas.served.snapshot.layers.values()
    return [{**describe_collection(layer, base), "count": len(layer)} for layer in layers]


def describe_collection(layer: Layer, base: str) -> dict[str, Any]:
    """Return the collection object of OGC API - Features part 1 and 2."""
    here = f"{base}/ogc/collections/{layer.name}"
    title, description = TITLES[layer.name]
    described: dict[str, Any] = {
        "id": layer.name,
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": list(ALL_CRS),
        "storageCrs": CRS84,
        "links": [
            {"rel": "self", "type": JSON, "href": here, "title": "this document"},
            {"rel": "items", "type": GEOJSON, "href": f"{here}/items", "title": "items as GeoJSON"},
            {
                "rel": "items",
                "type": HTML,
                "href": f"{here}/items?f=html",
                "title": "items as a page",
            },
            {
                "rel": "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                "type": SCHEMA_JSON,
                "href": f"{here}/queryables",
                "title": "queryables",
            },
            {
                "rel": "describedby",
                "type": SCHEMA_JSON,
                "href": f"{here}/schema",
                "title": "schema of the properties",
            },
            {
                "rel": "http://www.opengis.net/def/rel/ogc/1.0/schema",
                "type": SCHEMA_JSON,
                "href": f"{here}/schema",
                "title": "schema of the properties",
            },
            {
                # GDAL compares the capital letter, and wants the schema of the whole feature.
                "rel": "describedBy",
                "type": SCHEMA_JSON,
                "href": f"{here}/schema/feature",
                "title": "schema of a feature as GeoJSON",
            },
            {
                "rel": "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                "type": JSON,
                "href": f"{here}/tiles",
                "title": "vector tiles",
            },
        ],
    }
    if layer.extent is not None:
        box = [round(float(value), 7) for value in layer.extent]
        described["extent"] = {"spatial": {"bbox": [box], "crs": CRS84}}
    return described


@get(
    router,
    "/ogc/collections/{collection}/queryables",
    FORMAT_ONLY,
    path_params=(COLLECTION,),
    summary="What a filter may name",
    operation="getQueryables",
    responses=answers({SCHEMA_JSON: ref("Queryables"), HTML: TEXT}),
)
async def queryables(request: Request) -> Response:
    """Return the columns that ``filter``, ``sortby`` and the query may name, as a JSON schema."""
    f = FORMAT_ONLY.read(request.scope["query_string"])["f"]
    _, layer = layer_of(request)
    properties = _properties(layer)
    if wants_html(request, f):
        title = TITLES[layer.name][0]
        return ogc_pages.queryables_page(title, properties, base_url(request))
    return _schema(request, layer, "queryables", properties)


def _properties(layer: Layer) -> dict[str, Any]:
    properties: dict[str, Any] = {
        field.name: {"title": title_of(field.name), "type": column_type(field.type)}
        for field in layer.table.schema
    }
    kind = "point" if layer.geometry is None else "any"
    properties["geometry"] = {"title": "geometry", "format": f"geometry-{kind}"}
    return properties


def _schema(request: Request, layer: Layer, name: str, properties: dict[str, Any]) -> Response:
    return json_response(
        {
            "$schema": "https://json-schema.org/draft/2019-09/schema",
            "$id": f"{base_url(request)}/ogc/collections/{layer.name}/{name}",
            "type": "object",
            "title": TITLES[layer.name][0],
            "properties": properties,
            "additionalProperties": False,
        },
        media_type=SCHEMA_JSON,
    )


@get(
    router,
    "/ogc/collections/{collection}/schema",
    NONE,
    path_params=(COLLECTION,),
    summary="Types of the properties",
    operation="getSchema",
    responses=answers({SCHEMA_JSON: ref("Queryables")}),
)
async def schema(request: Request) -> Response:
    """Return the properties of a collection with their types, so that clients need not guess."""
    NONE.read(request.scope["query_string"])
    _, layer = layer_of(request)
    properties = _properties(layer)
    properties["geometry"]["x-ogc-role"] = "primary-geometry"
    properties[layer.id_column] = {**properties.get(layer.id_column, {}), "x-ogc-role": "id"}
    return _schema(request, layer, "schema", properties)


@get(
    router,
    "/ogc/collections/{collection}/schema/feature",
    NONE,
    path_params=(COLLECTION,),
    summary="Schema of a feature as GeoJSON",
    operation="getFeatureSchema",
    responses=answers({SCHEMA_JSON: ref("Queryables")}),
)
async def feature_schema(request: Request) -> Response:
    """Return the JSON schema of a feature: all its properties with types, whoever has them or not."""
    NONE.read(request.scope["query_string"])
    _, layer = layer_of(request)
    columns = _properties(layer)
    del columns["geometry"]
    if "registered" in columns:  # else GDAL takes the dates of a page for texts with slashes
        columns["registered"]["format"] = "date"
    properties = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "integer"},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": "object", "properties": columns},
    }
    return _schema(request, layer, "schema/feature", properties)


def column_type(kind: pa.DataType) -> str:
    """Return the JSON schema type of a column."""
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_integer(kind):
        return "integer"
    return "boolean" if pa.types.is_boolean(kind) else "string"
