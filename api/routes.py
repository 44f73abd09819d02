"""How a route is declared: its parameters, what it answers, and its entry in the OpenAPI document."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api.params import Param, Params

_HOST: Final = re.compile(r"[A-Za-z0-9._\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")

Handler = Callable[..., Awaitable[Response]]

GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"
HTML: Final = "text/html"
SCHEMA_JSON: Final = "application/schema+json"
MVT: Final = "application/vnd.mapbox-vector-tile"

HOT_OPERATIONS: Final[set[str]] = set()
"""Operations of the routes that the fast lane knows."""

PROBLEM: Final[dict[str, Any]] = {
    "description": "What was wrong, and what is allowed (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def answers(
    content: Mapping[str, Any], *, status: int = 200, description: str = "The answer"
) -> dict[str, Any]:
    """Return the ``responses`` of an operation: media type to schema, and a problem otherwise."""
    body = {kind: {"schema": schema} for kind, schema in content.items()}
    return {str(status): {"description": description, "content": body}, "default": PROBLEM}


def get(
    router: APIRouter,
    path: str,
    params: Params,
    *,
    summary: str,
    responses: Mapping[str, Any],
    operation: str,
    path_params: tuple[Param, ...] = (),
    in_document: bool = True,
    hot: bool = False,
) -> Callable[[Handler], Handler]:
    """Register an async handler for GET (and HEAD) with its parameters in the document.

    A ``hot`` one takes the request alone and is found by the fast lane.
    """
    return declare(
        router,
        "GET",
        path,
        params,
        summary=summary,
        responses=responses,
        operation=operation,
        path_params=path_params,
        in_document=in_document,
        hot=hot,
    )


def declare(
    router: APIRouter,
    method: str,
    path: str,
    params: Params,
    *,
    summary: str,
    responses: Mapping[str, Any],
    operation: str,
    path_params: tuple[Param, ...] = (),
    body: Mapping[str, Any] | None = None,
    security: bool = False,
    in_document: bool = True,
    hot: bool = False,
) -> Callable[[Handler], Handler]:
    """Register an async handler with everything that the OpenAPI document says of it."""
    described = [*[p.openapi() for p in path_params], *params.openapi()]
    extra: dict[str, Any] = {"parameters": described, "responses": dict(responses)}
    if body is not None:
        content = {kind: {"schema": schema} for kind, schema in body.items()}
        extra["requestBody"] = {"required": True, "content": content}
    if security:
        extra["security"] = [{"token": []}]

    def register(handler: Handler) -> Handler:
        router.add_api_route(
            path,
            handler,
            methods=[method, "HEAD"] if method == "GET" else [method],
            summary=summary,
            operation_id=operation,
            openapi_extra=extra,
            response_model=None,
            include_in_schema=in_document,
        )
        if hot:
            HOT_OPERATIONS.add(operation)
        return handler

    return register


def json_response(
    value: Any,
    *,
    status: int = 200,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a value as JSON."""
    content = value if isinstance(value, bytes) else orjson.dumps(value)
    return Response(content, status_code=status, media_type=media_type, headers=dict(headers or {}))


def header(request: Request, name: bytes) -> str:
    """Return a header of the request, "" if it is not there."""
    for key, value in request.scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def base_url(request: Request) -> str:
    """Return the public address of this server without a trailing slash."""
    configured: str = request.app.state.atlas.settings.base_url
    if configured:
        return configured.rstrip("/")
    host = header(request, b"host")
    if not _HOST.fullmatch(host):
        host = "localhost"
    return f"{request.scope['scheme']}://{host}{request.scope.get('root_path', '')}"
