"""The analyses of staggered development: profiles, comparisons, matrices, what-ifs, clusters."""

import re
from collections.abc import Hashable
from dataclasses import asdict
from typing import Any, Final

import orjson
import pandas as pd
import shapely
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.analysis.frames import AtlasFrames, load_frames
from clusteratlas.analysis.neighbours import neighbour_weights
from clusteratlas.analysis.profile import (
    Comparison,
    compare,
    district_profile,
    region_stagger,
)
from clusteratlas.analysis.scenario import MOST_CHANGES, Change, run_scenario
from clusteratlas.api.bodies import only, read_object, text_of
from clusteratlas.api.params import Param, Params, choice, integer, text
from clusteratlas.api.routes import JSON, answers, declare, get, json_response
from clusteratlas.api.schemas import OBJECT, TEXT, listing, nullable, record
from clusteratlas.api.state import Served
from clusteratlas.api.tables import plain, records
from clusteratlas.api.vocabulary import FIELD_IDS, SECTOR_IDS
from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.geo.districts import resolve_district

router = APIRouter(prefix="/v1", tags=["analysis"])

SECTORS: Final = tuple(s for s in SECTOR_IDS if s not in FIELD_IDS)
KINDS: Final = ("all", "adjacency", "distance")
STRENGTHS: Final = ("core", "leading", "supporting", "mentioned")
NEIGHBOURS: Final = Param(
    "neighbours",
    choice(*KINDS),
    {"type": "string", "enum": list(KINDS), "default": "all"},
    "Against whom duplication is measured: all districts of the region, those at a common border, "
    "or all weighted by distance",
    default="all",
)
_CODE: Final = {"type": "string", "pattern": "^[0-9]{6}$"}
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")


async def frames_of(request: Request) -> AtlasFrames:
    """Return the analyses' frames of the version that is served."""
    atlas = request.app.state.atlas
    served: Served = atlas.served
    found: AtlasFrames = await request.app.state.desk.once(
        served.answers, "frames", lambda: load_frames(atlas.store)
    )
    return found


async def _answer(request: Request, key: Hashable, compute: Any) -> Response:
    """Return a computed answer, once per version of the store."""
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
            _CODE,
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
        raise UnknownNameError("no district has this code")
    return await _answer(
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
    responses=answers({JSON: record({"a": TEXT, "b": TEXT, "sectors": listing(OBJECT)})}),
)
async def comparison(request: Request) -> Response:
    """Compare two districts by their firms and by their stated priorities."""
    given = COMPARE.read(request.scope["query_string"])
    pair = (given["a"], given["b"])
    return await _answer(
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
    return await _answer(
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


_CHANGE: Final = {
    **record(
        {
            "action": {"type": "string", "enum": ["add", "drop"]},
            "kind": {"type": "string", "enum": ["priority", "firms", "park"]},
            "adcode": _CODE,
            "sector": {"type": "string", "enum": list(SECTORS)},
        },
        {
            "n": {"type": "integer", "minimum": 1, "maximum": 100_000},
            "strength": {"type": "string", "enum": list(STRENGTHS)},
        },
    ),
    "additionalProperties": False,
}
SCENARIO: Final = {
    **record(
        {
            "region": {"type": "string", "minLength": 1, "maxLength": 40},
            "changes": {**listing(_CHANGE), "minItems": 1, "maxItems": MOST_CHANGES},
        },
        {"neighbours": {"type": "string", "enum": list(KINDS)}},
    ),
    "additionalProperties": False,
}
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
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 100_000:
        raise InputError("n: a whole number of 1..100000")
    words = {
        name: text_of(change, name, 40, required=True)
        for name in ("action", "kind", "adcode", "sector")
    }
    strength = text_of(change, "strength", 40) or "leading"
    return Change(**words, n=n, strength=strength)  # type: ignore[arg-type]  # checked by the scenario


CLUSTERS: Final = Params.of(
    Param(
        "sector",
        choice(*SECTORS),
        {"type": "string", "enum": list(SECTORS)},
        "Sector whose firms cluster",
        required=True,
    ),
    Param(
        "method",
        choice("hdbscan"),
        {"type": "string", "enum": ["hdbscan"], "default": "hdbscan"},
        "Density clustering with significance against random labelling",
        default="hdbscan",
    ),
    Param(
        "min_members",
        integer(3, 100),
        {"type": "integer", "minimum": 3, "maximum": 100, "default": 5},
        "Fewest firms of a cluster",
        default=5,
    ),
)
MOST_UNIVERSE: Final = 200_000


@get(
    router,
    "/clusters",
    CLUSTERS,
    summary="Detected clusters of a sector with members, hull and significance",
    operation="clusters",
    responses=answers({JSON: record({"sector": TEXT, "clusters": listing(OBJECT)})}),
)
async def clusters(request: Request) -> Response:
    """Return the clusters of a sector, strongest first."""
    given = CLUSTERS.read(request.scope["query_string"])
    sector, members = given["sector"], given["min_members"]
    store = request.app.state.atlas.store
    return await _answer(
        request, ("clusters", sector, members), lambda _: _clusters(store, sector, members)
    )


def _clusters(store: Any, sector: str, members: int) -> dict[str, Any]:
    # scikit-learn: a second of start
    from clusteratlas.analysis.cluster_layer import all_sites, sector_sites
    from clusteratlas.analysis.clusters import find_clusters

    universe, firms = all_sites(store), sector_sites(store, sector)
    if len(universe) > MOST_UNIVERSE:  # random labelling needs the pattern, not every firm
        universe = universe.sample(MOST_UNIVERSE, random_state=0)
        universe = pd.concat([universe, firms]).drop_duplicates("fid")
    result = find_clusters(firms, sector, universe, min_members=members)
    found = []
    for row in result.clusters.to_dict("records"):
        hull = row.pop("geometry")
        row["members"] = [part for part in str(row["members"]).split(";") if part]
        row["geometry"] = orjson.loads(shapely.to_geojson(hull)) if hull is not None else None
        found.append(plain(row))
    return {
        "sector": sector,
        "method": "hdbscan",
        "points": result.points,
        "left_out": result.left_out,
        "simulations": result.simulations,
        "clusters": found,
    }
