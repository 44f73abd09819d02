"""What if sectors, firms or parks are added or dropped: all measures before and after."""

from dataclasses import asdict
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.analysis.neighbours import neighbour_weights
from clusteratlas.analysis.scenario import MOST_CHANGES, Change, run_scenario
from clusteratlas.api.bodies import only, read_object, text_of
from clusteratlas.api.params import Params
from clusteratlas.api.routers.analysis import CODE, KINDS, SECTORS, frames_of
from clusteratlas.api.routes import JSON, answers, declare, json_response
from clusteratlas.api.schemas import OBJECT, exactly, listing, record
from clusteratlas.api.tables import plain, records
from clusteratlas.errors import InputError

router = APIRouter(prefix="/v1", tags=["analysis"])

STRENGTHS: Final = ("core", "leading", "supporting", "mentioned")
MOST_FIRMS: Final = 100_000
_CHANGE: Final = exactly(
    {
        "action": {"type": "string", "enum": ["add", "drop"]},
        "kind": {"type": "string", "enum": ["priority", "firms", "park"]},
        "adcode": CODE,
        "sector": {"type": "string", "enum": list(SECTORS)},
    },
    {
        "n": {"type": "integer", "minimum": 1, "maximum": MOST_FIRMS},
        "strength": {"type": "string", "enum": list(STRENGTHS)},
    },
)
SCENARIO: Final = exactly(
    {
        "region": {"type": "string", "minLength": 1, "maxLength": 40},
        "changes": {**listing(_CHANGE), "minItems": 1, "maxItems": MOST_CHANGES},
    },
    {"neighbours": {"type": "string", "enum": list(KINDS)}},
)
NONE: Final = Params.of()


@declare(
    router,
    "POST",
    "/scenarios",
    NONE,
    summary="What if sectors, firms or parks are added or dropped",
    operation="scenario",
    responses=answers({JSON: record({"summary": listing(OBJECT), "pairs": listing(OBJECT)})}),
    body={JSON: SCENARIO},
)
async def scenario(request: Request) -> Response:
    """Return all measures before and after the changes; nothing is stored."""
    NONE.read(request.scope["query_string"])
    body = await read_object(request)
    only(body, "region", "changes", "neighbours")
    region = text_of(body, "region", 40, required=True)
    kind = body.get("neighbours", "all")
    if kind not in KINDS:
        raise InputError(f"neighbours: one of {', '.join(KINDS)}")
    listed = body.get("changes")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_CHANGES:
        raise InputError(f"changes: a list of 1..{MOST_CHANGES}")
    changes = [_change(number, change) for number, change in enumerate(listed, start=1)]
    frames = await frames_of(request)

    def compute() -> bytes:
        weights = neighbour_weights(frames.region(region), kind=kind)
        result = run_scenario(frames, changes, weights)
        out = {
            "region": region,
            "changes": [asdict(change) for change in changes],
            "summary": records(result.summary, index="measure"),
            "districts": records(result.districts, index="adcode"),
            "pairs": records(result.pairs),
            "cells": records(result.cells),
        }
        return orjson.dumps(plain(out))

    return json_response(await request.app.state.desk.run(compute))


def _change(number: int, change: Any) -> Change:
    try:
        return _checked_change(change)
    except InputError as error:
        raise InputError(f"change {number}: {error}") from error


def _checked_change(change: Any) -> Change:
    if not isinstance(change, dict):
        raise InputError("an object")
    only(change, "action", "kind", "adcode", "sector", "n", "strength")
    n = change.get("n", 1)
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST_FIRMS:
        raise InputError(f"n: a whole number of 1..{MOST_FIRMS}")
    words = {
        name: text_of(change, name, 40, required=True)
        for name in ("action", "kind", "adcode", "sector")
    }
    strength = text_of(change, "strength", 40) or "leading"
    return Change(**words, n=n, strength=strength)  # type: ignore[arg-type]  # checked by the scenario
