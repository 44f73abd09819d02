"""The page, health, metrics, and the documentation with its vendored assets."""

from importlib import resources
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from clusteratlas.api.errors import NotFoundError, problem
from clusteratlas.api.guard import PAGE_POLICY
from clusteratlas.api.metrics import CONTENT_TYPE
from clusteratlas.api.params import Params
from clusteratlas.api.routes import answers, get, json_response
from clusteratlas.api.schemas import TEXT, ref

router = APIRouter(tags=["operations"])

NONE: Final = Params.of()

# Suffix to media type of what a page may be made of; nothing else is served from a folder.
MEDIA_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".txt": "text/plain",
    ".map": "application/json",
    ".pbf": "application/x-protobuf",
}


@get(
    router,
    "/healthz",
    NONE,
    summary="Is the process alive?",
    operation="health",
    hot=True,
    responses=answers({"application/json": ref("Status")}),
)
async def health(_request: Request) -> Response:
    """Answer as long as the process runs."""
    return json_response(b'{"status":"ok"}', headers={"cache-control": "no-store"})


@get(
    router,
    "/readyz",
    NONE,
    summary="Is the atlas loaded?",
    operation="ready",
    responses=answers({"application/json": ref("Status")}),
)
async def ready(request: Request) -> Response:
    """Answer 200 once there is an atlas to serve, 503 before."""
    atlas = request.app.state.atlas
    if not atlas.ready:
        return problem(503, atlas.failure or "the atlas is still loading")
    return json_response(
        {"status": "ready", "version": atlas.served.version}, headers={"cache-control": "no-store"}
    )


@get(
    router,
    "/metrics",
    NONE,
    summary="Prometheus metrics",
    operation="metrics",
    responses=answers({"text/plain": TEXT}),
)
async def metrics(request: Request) -> Response:
    """Return counters of requests and what is served."""
    counters, atlas = request.app.state.metrics, request.app.state.atlas
    if atlas.ready:
        counters.version.set(atlas.served.version)
        counters.enterprises.set(len(atlas.served.snapshot.enterprises))
    return Response(counters.text(), headers={"content-type": CONTENT_TYPE})


@get(
    router,
    "/openapi.json",
    NONE,
    summary="This document",
    operation="openapi",
    responses=answers({"application/vnd.oai.openapi+json;version=3.0": {"type": "object"}}),
)
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    return json_response(
        request.app.openapi(), media_type="application/vnd.oai.openapi+json;version=3.0"
    )


# GDAL asks here before it has read the landing page's links.
router.add_api_route("/ogc/api", openapi, methods=["GET", "HEAD"], include_in_schema=False)
router.add_api_route("/ogc/api/", openapi, methods=["GET", "HEAD"], include_in_schema=False)


@router.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
async def docs(request: Request) -> Response:
    """Show the documentation; every asset comes from this server."""
    return _page(_folder("clusteratlas.api", "assets") / "docs.html", request)


@router.api_route("/docs/{name}", methods=["GET", "HEAD"], include_in_schema=False)
async def docs_asset(name: str) -> Response:
    """Return one vendored file of the documentation."""
    return _file(_folder("clusteratlas.api", "assets"), name)


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
async def page(request: Request) -> Response:
    """Show the live page."""
    return _page(_folder("clusteratlas.web", "") / "index.html", request)


@router.api_route("/static/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def static(path: str) -> Response:
    """Return one file of the page."""
    return _file(_folder("clusteratlas.web", ""), path)


def _folder(package: str, name: str) -> Path:
    return Path(str(resources.files(package))) / name


def _page(path: Path, request: Request) -> Response:
    if not path.is_file():
        raise NotFoundError("this installation has no page; the API is described at /docs")
    keys = request.app.state.atlas.settings
    tiles = " https://*.tianditu.gov.cn" if keys.tianditu_key else ""
    headers = {
        "content-security-policy": PAGE_POLICY.format(tiles=tiles),
        "cache-control": "no-cache",
    }
    return FileResponse(path, media_type="text/html", headers=headers)


def _file(folder: Path, name: str) -> Response:
    """Return a file below a folder; only known suffixes, and never outside of the folder."""
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type is None or "\0" in name:
        raise NotFoundError("no such file")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFoundError("no such file")
    return FileResponse(path, media_type=media_type, headers={"cache-control": "max-age=300"})
