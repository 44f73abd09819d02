"""The application: what is loaded, what guards it, and which routers answer."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from clusteratlas.api.access_log import AccessLog
from clusteratlas.api.errors import (
    MethodNotAllowedError,
    NotFoundError,
    printable,
    problem,
    problem_of,
)
from clusteratlas.api.fast_lane import FastLane
from clusteratlas.api.guard import Guard
from clusteratlas.api.metrics import Metrics
from clusteratlas.api.openapi import describe
from clusteratlas.api.routers import (
    analysis,
    catalogue,
    clusters,
    corrections,
    exports,
    features,
    nearby,
    operations,
    page,
    places,
    queryables,
    reports,
    scenarios,
    search,
    tiles,
)
from clusteratlas.api.routes import HOT_OPERATIONS
from clusteratlas.api.state import Ahead, Atlas, StoreOpener
from clusteratlas.api.work import Desk
from clusteratlas.errors import AtlasError
from clusteratlas.geo.geocoding import OfflineGeocoder
from clusteratlas.settings import Settings, load_settings
from clusteratlas.store.base import Store

# Routes are tried in this order: those that are asked most come first. They are added to the
# application as they are, because an included router costs a second round of matching per request.
ROUTERS: Final = (
    *(features, tiles, nearby, search),
    *(catalogue, queryables, operations, page, places),
    *(analysis, scenarios, clusters, reports, exports, corrections),
)


def create_app(
    settings: Settings | None = None,
    *,
    open_store: StoreOpener | None = None,
    ahead: Ahead | None = None,
) -> FastAPI:
    """Return the application; the atlas loads in the background once it starts.

    Parameters
    ----------
    settings
        Read from the environment if None.
    open_store
        How a store URL becomes a store; :func:`clusteratlas.store.open_store` if None.
    ahead
        The store and its enterprises, where something reads them already.

    Raises
    ------
    InputError
        If a setting in the environment is out of bounds.
    """
    settings = settings or load_settings()
    atlas = Atlas(settings, open_store or _open_store, ahead=ahead)
    access = AccessLog(enabled=settings.log_level in {"debug", "info"})
    metrics = Metrics(shared=bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR")))

    app = FastAPI(
        title="clusteratlas",
        lifespan=lambda _app: _lifetime(atlas, access, settings),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # The metrics are our own; looking for a provider of others costs every request 5 %.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.atlas, app.state.metrics = atlas, metrics
    app.state.desk, app.state.geocoder = Desk(), OfflineGeocoder()
    for module in ROUTERS:
        app.router.routes.extend(module.router.routes)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's way to replace it
    app.add_exception_handler(AtlasError, _explain)
    app.add_exception_handler(HTTPException, _explain_http)
    _surround(app, settings)
    app.add_middleware(Guard, settings=settings, metrics=metrics, access=access)
    return app


@asynccontextmanager
async def _lifetime(atlas: Atlas, access: AccessLog, settings: Settings) -> AsyncIterator[None]:
    await atlas.start()
    if settings.workers > 1:
        # One process of several takes no requests before it can answer them: a worker that
        # replaces a killed one must not answer 503 beside workers that are ready.
        await atlas.first_attempt.wait()
    yield
    await atlas.stop()
    access.flush()


def _surround(app: FastAPI, settings: Settings) -> None:
    """Put the fast lane around the routes, and other origins' access around both."""
    lanes = [r for r in app.routes if isinstance(r, APIRoute) and r.operation_id in HOT_OPERATIONS]
    app.add_middleware(FastLane, owner=app, routes=lanes)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["x-request-id", "etag", "link", "content-crs"],
        )


def _open_store(url: str) -> Store:
    from clusteratlas.store import open_store

    return open_store(url)


async def _explain(request: Request, error: Exception) -> Response:
    return problem_of(error, request_id=getattr(request.state, "request_id", ""))


def _methods_of(request: Request) -> list[str]:
    """Return the methods of all routes at the path of a request."""
    path = request.url.path
    routes = [r for r in request.app.routes if isinstance(r, APIRoute)]
    found = [r.methods or set() for r in routes if r.path_regex.fullmatch(path)]
    return sorted(set().union(*found))


async def _explain_http(request: Request, error: Exception) -> Response:
    """Turn what the framework refuses (no such route, wrong method) into our problem documents."""
    assert isinstance(error, HTTPException)
    request_id = getattr(request.state, "request_id", "")
    path = printable(request.url.path, longest=120)
    if error.status_code == 404:
        return problem_of(NotFoundError(f"nothing lies at {path}"), request_id=request_id)
    if error.status_code == 405:
        allowed = ", ".join(_methods_of(request))
        refused = MethodNotAllowedError(f"{request.method} is not for {path}; allowed: {allowed}")
        response = problem_of(refused, request_id=request_id)
        response.headers["allow"] = allowed
        return response
    return problem(error.status_code, printable(str(error.detail)), request_id=request_id)
