"""OGC API: landing page, conformance, collections."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api import ogc_pages
from clusteratlas.api.crs import ALL_CRS, CRS84
from clusteratlas.api.ogc import COLLECTION, FORMAT_ONLY, TITLES, asks_for_html, layer_of
from clusteratlas.api.routes import (
    GEOJSON,
    HTML,
    JSON,
    SCHEMA_JSON,
    answers,
    base_url,
    get,
    json_response,
)
from clusteratlas.api.schemas import TEXT, ref
from clusteratlas.store.index import Layer

router = APIRouter(tags=["OGC API - Features"])

_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"

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
    base, html = base_url(request), asks_for_html(request)
    oas = "application/vnd.oai.openapi+json;version=3.0"
    links = [
        _link("self", JSON, f"{base}/ogc/", "this document"),
        _link("alternate", HTML, f"{base}/ogc/?f=html", "as a page"),
        _link("service-desc", oas, f"{base}/openapi.json", "OpenAPI"),
        _link("service-doc", HTML, f"{base}/docs", "documentation"),
        _link("conformance", JSON, f"{base}/ogc/conformance", "conformance"),
        _link("data", JSON, f"{base}/ogc/collections", "collections"),
    ]
    if html:
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
    if asks_for_html(request):
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
    base = base_url(request)
    if asks_for_html(request):
        return ogc_pages.collections_page(_listed(request, base), base)
    layers = request.app.state.atlas.served.snapshot.layers.values()
    found = [describe_collection(layer, base) for layer in layers]
    links = [{"rel": "self", "type": JSON, "href": f"{base}/ogc/collections"}]
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
    base, html = base_url(request), asks_for_html(request)
    _, layer = layer_of(request)
    described = describe_collection(layer, base)
    if html:
        return ogc_pages.collection_page(described, len(layer), base)
    return json_response(described)


def _link(rel: str, media_type: str, href: str, title: str) -> dict[str, str]:
    return {"rel": rel, "type": media_type, "href": href, "title": title}


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
            _link("self", JSON, here, "this document"),
            _link("items", GEOJSON, f"{here}/items", "items as GeoJSON"),
            _link("items", HTML, f"{here}/items?f=html", "items as a page"),
            _link(f"{_REL}/queryables", SCHEMA_JSON, f"{here}/queryables", "queryables"),
            _link("describedby", SCHEMA_JSON, f"{here}/schema", "schema of the properties"),
            _link(f"{_REL}/schema", SCHEMA_JSON, f"{here}/schema", "schema of the properties"),
            # GDAL compares the capital letter, and wants the schema of the whole feature.
            _link(
                "describedBy",
                SCHEMA_JSON,
                f"{here}/schema/feature",
                "schema of a feature as GeoJSON",
            ),
            _link(f"{_REL}/tilesets-vector", JSON, f"{here}/tiles", "vector tiles"),
        ],
    }
    if layer.extent is not None:
        box = [round(float(value), 7) for value in layer.extent]
        described["extent"] = {"spatial": {"bbox": [box], "crs": CRS84}}
    return described
