"""The analyses of staggered development: profiles, comparisons, the stagger index."""

import re
from collections.abc import Hashable
from typing import Any, Final

import orjson
import pandas as pd
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.analysis.frames import AtlasFrames, load_frames
from clusteratlas.analysis.profile import (
    Comparison,
    compare,
    district_profile,
    region_stagger,
)
from clusteratlas.api.params import Param, Params, choice, text
from clusteratlas.api.routes import JSON, answers, get, json_response
from clusteratlas.api.schemas import OBJECT, TEXT, listing, nullable, record
from clusteratlas.api.state import Served
from clusteratlas.api.tables import plain, records
from clusteratlas.api.vocabulary import FIELD_IDS, SECTOR_IDS
from clusteratlas.errors import UnknownNameError
from clusteratlas.geo.districts import resolve_district

router = APIRouter(prefix="/v1", tags=["analysis"])

SECTORS: Final = tuple(s for s in SECTOR_IDS if s not in FIELD_IDS)
KINDS: Final = ("all", "adjacency", "distance")
NEIGHBOURS: Final = Param(
    "neighbours",
    choice(*KINDS),
    {"type": "string", "enum": list(KINDS), "default": "all"},
    "Against whom duplication is measured: all districts of the region, those at a common border, "
    "or all weighted by distance",
    default="all",
)
CODE: Final = {"type": "string", "pattern": "^[0-9]{6}$"}
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")


async def frames_of(request: Request) -> AtlasFrames:
    """Return the analyses' frames of the version that is served."""
    atlas = request.app.state.atlas
    served: Served = atlas.served
    found: AtlasFrames = await request.app.state.desk.once(
        served.answers, "frames", lambda: load_frames(atlas.store)
    )
    return found


async def once_a_version(request: Request, key: Hashable, compute: Any) -> Response:
    """Return an answer that is computed once for each version of the store."""
    served: Served = request.app.state.atlas.served
    frames = await frames_of(request)
    content = await request.app.state.desk.once(
        served.answers, key, lambda: orjson.dumps(plain(compute(frames)))
    )
    return json_response(content)


PROFILE: Final = Params.of(NEIGHBOURS)


@get(
    router,
    "/districts/{adcode}/positioning",
    PROFILE,
    path_params=(
        Param(
            "adcode",
            str,
            CODE,
            "County-level code",
            place="path",
            required=True,
            example="210112",
        ),
    ),
    summary="Profile of a district: structure, stated x revealed, overlaps, opportunities, evidence",
    operation="positioning",
    responses=answers({JSON: record({"adcode": TEXT, "district": TEXT, "cells": listing(OBJECT)})}),
)
async def positioning(request: Request) -> Response:
    """Return the positioning profile of a district."""
    kind = PROFILE.read(request.scope["query_string"])["neighbours"]
    adcode = request.path_params["adcode"]
    if adcode not in request.app.state.atlas.served.snapshot.district_codes:
        raise UnknownNameError("no district has this code; /v1/search?q=NAME finds it (210112)")
    return await once_a_version(
        request, ("profile", adcode, kind), lambda frames: _profile(frames, adcode, kind)
    )


def _profile(frames: AtlasFrames, adcode: str, kind: Any) -> dict[str, Any]:
    profile = district_profile(frames, adcode, neighbours=kind)
    out: dict[str, Any] = {}
    for name, value in vars(profile).items():
        out[name] = records(value) if isinstance(value, pd.DataFrame) else value
    out["structure"] = out["structure"][0] if out["structure"] else None
    return out


_DISTRICT: Final = {"type": "string", "minLength": 1, "maxLength": 40}


def _district(value: str) -> str:
    """Return the code of a district that is given by code or name."""
    name = text(40, shortest=1)(value)
    return name if _SIX_DIGITS.fullmatch(name) else resolve_district(name).adcode


COMPARE: Final = Params.of(
    Param(
        "a", _district, _DISTRICT, "A district, by code or name", required=True, example="210112"
    ),
    Param("b", _district, _DISTRICT, "Another district", required=True, example="沈阳市铁西区"),
)


@get(
    router,
    "/compare",
    COMPARE,
    summary="Duplication of two districts by sector",
    operation="compare",
    responses=answers(
        {JSON: record({"a": TEXT, "b": TEXT, "verdict": TEXT, "sectors": listing(OBJECT)})}
    ),
)
async def comparison(request: Request) -> Response:
    """Compare two districts by their firms and by their stated priorities."""
    given = COMPARE.read(request.scope["query_string"])
    pair = (given["a"], given["b"])
    return await once_a_version(
        request, ("compare", *pair), lambda frames: _comparison(frames, compare(frames, *pair))
    )


def _comparison(frames: AtlasFrames, result: Comparison) -> dict[str, Any]:
    names = dict(zip(frames.districts["adcode"], frames.districts["name"], strict=True))
    out = {name: value for name, value in vars(result).items() if name != "sectors"}
    out["district_a"], out["district_b"] = names[result.a], names[result.b]
    out["sectors"] = records(result.sectors, index="sector")
    return out


STAGGER: Final = Params.of(
    Param(
        "region",
        text(40, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": 40},
        "City by name or code, or 辽宁",
        required=True,
        example="沈阳",
    ),
    Param(
        "basis",
        choice("firms", "anchors", "registry", "priorities"),
        {
            "type": "string",
            "enum": ["firms", "anchors", "registry", "priorities"],
            "default": "firms",
        },
        "What is compared",
        default="firms",
    ),
    NEIGHBOURS,
)


@get(
    router,
    "/stagger",
    STAGGER,
    summary="How far the districts of a city or the province avoid duplication",
    operation="stagger",
    responses=answers(
        {
            JSON: record(
                {
                    "index": nullable("number"),
                    "districts": listing(OBJECT),
                    "pairs": listing(OBJECT),
                }
            )
        }
    ),
)
async def stagger(request: Request) -> Response:
    """Return the stagger index with its null model, districts and pairs."""
    given = STAGGER.read(request.scope["query_string"])
    region, basis, kind = given["region"].strip(), given["basis"], given["neighbours"]
    return await once_a_version(
        request,
        ("stagger", region, basis, kind),
        lambda frames: _stagger(frames, region, basis, kind),
    )


def _stagger(frames: AtlasFrames, region: str, basis: str, kind: Any) -> dict[str, Any]:
    result = region_stagger(frames, region, basis=basis, neighbours=kind)
    names = dict(zip(frames.districts["adcode"], frames.districts["name"], strict=True))
    out = {k: v for k, v in vars(result).items() if not isinstance(v, pd.DataFrame)}
    out |= {"region": region, "basis": basis, "neighbours": kind}
    out["districts"] = records(result.districts, index="adcode")
    out["pairs"] = records(result.pairs)
    for row in out["districts"]:
        row["district"] = names.get(row["adcode"])
    for row in out["pairs"]:
        row["district_a"], row["district_b"] = names.get(row["a"]), names.get(row["b"])
    return out
