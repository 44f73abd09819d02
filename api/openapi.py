"""The OpenAPI document: version 3.0.3, self-contained, with the schemas of every answer."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from clusteratlas import __version__
from clusteratlas.api.routers.places import PLACE, WHERE
from clusteratlas.api.schemas import SCHEMAS

DESCRIPTION: Final = (
    "产业集群空间服务接口：OGC API - Features、矢量瓦片、邻近企业与产业定位分析。\n\n"
    "Spatial API of the industrial cluster atlas. Coordinates are WGS-84; distances are geodesic "
    "metres; unknown is null. Errors are RFC 9457 problem documents."
)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the document; made once, since routes do not change."""
    if app.openapi_schema is None:
        app.openapi_schema = {
            "openapi": "3.0.3",
            "info": {
                "title": "clusteratlas",
                "version": __version__,
                "description": DESCRIPTION,
                "license": {"name": "Apache-2.0"},
            },
            "servers": [{"url": app.state.atlas.settings.base_url or "/"}],
            "paths": _paths(app),
            "components": {
                "schemas": {**SCHEMAS, "Place": PLACE, "Where": WHERE},
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    return app.openapi_schema


def _paths(app: FastAPI) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in _api_routes(app):
        if not route.include_in_schema:
            continue
        operation = {
            "operationId": route.operation_id,
            "summary": route.summary,
            "tags": list(route.tags),
            **(route.openapi_extra or {}),
        }
        for method in sorted((route.methods or set()) - {"HEAD"}):
            paths.setdefault(route.path_format, {})[method.lower()] = operation
    return paths


def _api_routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]
