"""What is known of a collection's properties: what a filter may name, types, a feature's schema."""

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api import ogc_pages
from clusteratlas.api.ogc import COLLECTION, FORMAT_ONLY, TITLES, asks_for_html, layer_of
from clusteratlas.api.params import Params
from clusteratlas.api.routes import HTML, SCHEMA_JSON, answers, base_url, get, json_response
from clusteratlas.api.schemas import TEXT, ref
from clusteratlas.api.vocabulary import title_of
from clusteratlas.store.index import Layer

router = APIRouter(tags=["OGC API - Features"])

NONE: Final = Params.of()


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
    html = asks_for_html(request)
    _, layer = layer_of(request)
    properties = _properties(layer)
    if html:
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


Describe = Callable[[Layer], dict[str, Any]]


def _schema_route(name: str, *, summary: str, operation: str) -> Callable[[Describe], Describe]:
    """Register what describes a layer as a route of its collection that answers a JSON schema."""

    def register(describe: Describe) -> Describe:
        async def answer(request: Request) -> Response:
            NONE.read(request.scope["query_string"])
            _, layer = layer_of(request)
            return _schema(request, layer, name, describe(layer))

        answer.__doc__ = describe.__doc__
        get(
            router,
            f"/ogc/collections/{{collection}}/{name}",
            NONE,
            path_params=(COLLECTION,),
            summary=summary,
            operation=operation,
            responses=answers({SCHEMA_JSON: ref("Queryables")}),
        )(answer)
        return describe

    return register


@_schema_route("schema", summary="Types of the properties", operation="getSchema")
def schema(layer: Layer) -> dict[str, Any]:
    """Return the properties of a collection with their types, so that clients need not guess."""
    properties = _properties(layer)
    properties["geometry"]["x-ogc-role"] = "primary-geometry"
    properties[layer.id_column] = {**properties.get(layer.id_column, {}), "x-ogc-role": "id"}
    return properties


@_schema_route(
    "schema/feature", summary="Schema of a feature as GeoJSON", operation="getFeatureSchema"
)
def feature_schema(layer: Layer) -> dict[str, Any]:
    """Return the JSON schema of a feature: all its properties with types, whoever has them or not."""
    columns = _properties(layer)
    del columns["geometry"]
    if "registered" in columns:  # else GDAL takes the dates of a page for texts with slashes
        columns["registered"]["format"] = "date"
    return {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "integer"},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": "object", "properties": columns},
    }


def column_type(kind: pa.DataType) -> str:
    """Return the JSON schema type of a column."""
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_integer(kind):
        return "integer"
    return "boolean" if pa.types.is_boolean(kind) else "string"
