"""Corrections: proposed by districts, reviewed by editors; every step needs a token with its scope."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from clusteratlas.api.bodies import only, read_object, text_of
from clusteratlas.api.errors import ForbiddenError, NotFoundError, UnauthorizedError
from clusteratlas.api.params import Param, Params, choice, integer, text
from clusteratlas.api.routes import JSON, answers, declare, get, json_response
from clusteratlas.api.schemas import OBJECT, TEXT, exactly, listing, record, ref
from clusteratlas.errors import InputError
from clusteratlas.store.correction_kinds import KINDS
from clusteratlas.store.corrections import (
    DECISIONS,
    MOST_TEXT,
    STATES,
    get_correction,
    list_corrections,
    propose,
    review,
)
from clusteratlas.store.tokens import Token, find_token, list_tokens

router = APIRouter(prefix="/v1/corrections", tags=["corrections"])

NONE: Final = Params.of()
NUMBER: Final = Param(
    "number",
    str,
    {"type": "integer", "minimum": 1, "maximum": 2**53},
    "Number of the correction",
    place="path",
    required=True,
)

PROPOSAL: Final = {
    **exactly(
        {
            "enterprise_id": {"type": "string", "minLength": 1, "maxLength": 100},
            "kind": {"type": "string", "enum": list(KINDS)},
            "change": OBJECT,
            "reason": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
        }
    ),
    "description": "change: position {lon, lat, datum?, precision?, radius_m?}; sector {sectors}; "
    "closed {date}; renamed {name}",
}
DECISION: Final = exactly(
    {"decision": {"type": "string", "enum": list(DECISIONS)}},
    {"note": {"type": "string", "maxLength": MOST_TEXT}},
)


async def authorise(request: Request, scope: str) -> Token:
    """Return the token of a request that carries a scope.

    Raises
    ------
    ForbiddenError
        If the token lacks the scope.
    UnauthorizedError
        If none was given, or it is unknown or revoked; without any token writing is off.
    """
    url = request.app.state.atlas.settings.store
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not presented:
        if not await run_in_threadpool(list_tokens, url):
            raise UnauthorizedError("corrections are off: no token was created for this store")
        raise UnauthorizedError("a token is needed: Authorization: Bearer ca_…")
    token = await run_in_threadpool(find_token, url, presented.strip())
    if token is None:
        raise UnauthorizedError("the token is unknown or revoked")
    if scope not in token.scopes:
        raise ForbiddenError(f"the token carries {', '.join(token.scopes)}, not {scope}")
    return token


@declare(
    router,
    "POST",
    "",
    NONE,
    summary="Propose a correction (scope propose)",
    operation="proposeCorrection",
    responses=answers({JSON: ref("Correction")}, status=201, description="Filed"),
    body={JSON: PROPOSAL},
    security=True,
)
async def file_correction(request: Request) -> Response:
    """File a correction; nothing changes until an editor accepts it."""
    token = await authorise(request, "propose")
    NONE.read(request.scope["query_string"])
    body = await read_object(request)
    only(body, "enterprise_id", "kind", "change", "reason")
    change = body.get("change")
    if not isinstance(change, dict):
        raise InputError("change: an object")
    store = request.app.state.atlas.store
    filed = await run_in_threadpool(
        propose,
        store,
        text_of(body, "enterprise_id", 100, required=True),
        text_of(body, "kind", 40, required=True),
        change,
        text_of(body, "reason", MOST_TEXT, required=True),
        token.name,
    )
    location = f"/v1/corrections/{filed.id}"
    return json_response(filed.as_dict(), status=201, headers={"location": location})


LIST: Final = Params.of(
    Param("state", choice(*STATES), {"type": "string", "enum": list(STATES)}, "Only in this state"),
    Param(
        "enterprise_id",
        text(100, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": 100},
        "Only of this enterprise",
    ),
    Param(
        "after",
        integer(0, 2**53),
        {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0},
        "Only those filed after the one of this number",
        default=0,
    ),
    Param(
        "limit",
        integer(1),
        {"type": "integer", "minimum": 1, "default": 100},
        "Most corrections, at most 1000",
        default=100,
    ),
)


@declare(
    router,
    "GET",
    "",
    LIST,
    summary="List corrections (scope read)",
    operation="listCorrections",
    responses=answers({JSON: record({"items": listing(ref("Correction"))}, {"next": TEXT})}),
    security=True,
)
async def list_all(request: Request) -> Response:
    """List corrections in the order of filing."""
    await authorise(request, "read")
    given = LIST.read(request.scope["query_string"])
    limit = min(given["limit"], 1000)

    def find() -> list[dict[str, Any]]:
        found = list_corrections(
            request.app.state.atlas.store,
            state=given["state"] or "",
            enterprise_id=given["enterprise_id"] or "",
            after=given["after"],
            limit=limit,
        )
        return [correction.as_dict() for correction in found]

    return json_response({"items": await run_in_threadpool(find)})


def _number(request: Request) -> int:
    written = request.path_params["number"]
    if not (written.isascii() and written.isdigit() and len(written) <= 16):
        raise NotFoundError("no such correction")
    return int(written)


@get(
    router,
    "/{number}",
    NONE,
    path_params=(NUMBER,),
    summary="One correction with its trail (scope read)",
    operation="getCorrection",
    responses=answers({JSON: ref("Correction")}),
)
async def one(request: Request) -> Response:
    """Return one correction: who proposed what, who decided, what it changed."""
    await authorise(request, "read")
    NONE.read(request.scope["query_string"])
    found = await run_in_threadpool(get_correction, request.app.state.atlas.store, _number(request))
    return json_response(found.as_dict())


@declare(
    router,
    "POST",
    "/{number}/review",
    NONE,
    path_params=(NUMBER,),
    summary="Accept, reject or revert a correction (scope review)",
    operation="reviewCorrection",
    responses=answers({JSON: ref("Correction")}),
    body={JSON: DECISION},
    security=True,
)
async def decide(request: Request) -> Response:
    """Decide on a correction; accepting changes the enterprise in the same transaction."""
    token = await authorise(request, "review")
    NONE.read(request.scope["query_string"])
    body = await read_object(request)
    only(body, "decision", "note")
    decided = await run_in_threadpool(
        review,
        request.app.state.atlas.settings.store,
        _number(request),
        text_of(body, "decision", 40, required=True),
        by=token.name,
        note=text_of(body, "note", MOST_TEXT),
    )
    return json_response(decided.as_dict())
