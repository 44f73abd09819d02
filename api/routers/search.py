"""Search by name, and everything that is known about one enterprise."""

from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from clusteratlas.api.params import Param, Params, choice, integer, text
from clusteratlas.api.routers.nearby import LANG
from clusteratlas.api.routes import JSON, answers, get, json_response
from clusteratlas.api.schemas import ref
from clusteratlas.api.state import Served
from clusteratlas.errors import UnknownNameError
from clusteratlas.store.index import Layer, Snapshot
from clusteratlas.store.name_index import Hit

router = APIRouter(prefix="/v1", tags=["enterprises"])

KINDS: Final = ("enterprise", "park", "district", "city", "sector")
_LAYERS: Final = {
    "district": "districts",
    "city": "cities",
    "park": "parks",
    "enterprise": "enterprises",
}

SEARCH: Final = Params.of(
    Param(
        "q",
        text(100, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": 100},
        "Name, short name, alias, pinyin, initials or code",
        required=True,
        example="沈鼓",
    ),
    Param(
        "limit",
        integer(1),
        {"type": "integer", "minimum": 1, "default": 20},
        "Most results, at most 100",
        default=20,
    ),
    Param(
        "kind",
        choice(*KINDS),
        {"type": "string", "enum": list(KINDS)},
        "Only results of this kind",
    ),
    LANG,
)
MOST_RESULTS: Final = 100


@get(
    router,
    "/search",
    SEARCH,
    summary="Search enterprises, parks, districts and sectors by name",
    operation="search",
    hot=True,
    responses=answers({JSON: ref("SearchResult")}),
)
async def search(request: Request) -> Response:
    """Return what is called like this, best match first."""
    given = SEARCH.read(request.scope["query_string"])
    served: Served = await request.app.state.atlas.searched()
    limit = min(given["limit"], MOST_RESULTS)
    found = find(served.snapshot, given["q"], limit=limit, kind=given["kind"])
    return json_response({"query": given["q"], "count": len(found), "items": found})


def find(snapshot: Snapshot, query: str, *, limit: int, kind: str | None) -> list[dict[str, Any]]:
    """Return results by name, each thing once with its best match; a code finds its firm."""
    out: list[dict[str, Any]] = []
    seen: set[tuple[str, int]] = set()
    row = snapshot.enterprises.row_of(query.strip()) if not query.strip().isdigit() else None
    if row is not None and kind in {None, "enterprise"}:
        out.append(_result(snapshot, "enterprise", row, Hit(0, 1.0, "id")))
        seen.add(("enterprise", row))
    # A thing has several names, and other kinds are left out: look at more than are shown.
    hits = snapshot.names.index.search(query, limit=limit * 5 if kind is None else 5000)
    for hit in hits:
        entry = snapshot.names.entry(hit.entry)
        if (entry.kind, entry.row) in seen or kind not in {None, entry.kind}:
            continue
        seen.add((entry.kind, entry.row))
        out.append(_result(snapshot, entry.kind, entry.row, hit))
        if len(out) >= limit:
            break
    return out


def _result(snapshot: Snapshot, kind: str, row: int, hit: Hit) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind, "score": round(hit.score, 3), "match": hit.match}
    if kind == "sector":
        sector = snapshot.tables["sectors"].iloc[row]
        return found | {
            "id": sector["sector_id"],
            "name": sector["name_zh"],
            "name_en": sector["name_en"],
        }
    layer = snapshot.layers[_LAYERS[kind]]  # type: ignore[index]  # a Collection
    known = set(layer.table.column_names)

    def value(column: str) -> Any:
        return layer.values(column)[row].as_py() if column in known else None

    placed = bool(np.isfinite(layer.lon[row]))
    return found | {
        "id": value(layer.id_column),
        "name": value("name"),
        "city": value("city"),
        "district": value("district"),
        "adcode": value("adcode"),
        "sectors": _split(value("sectors")),
        "origin": value("origin"),
        "lon": round(float(layer.lon[row]), 7) if placed else None,
        "lat": round(float(layer.lat[row]), 7) if placed else None,
    }


def _split(text: str | None) -> list[str]:
    return [part for part in (text or "").split(";") if part]


ENTERPRISE_ID: Final = Param(
    "enterprise_id",
    str,
    {"type": "string", "minLength": 1, "maxLength": 100},
    "Id of the enterprise, or its number",
    place="path",
    required=True,
)
LANG_ONLY: Final = Params.of(LANG)
_LISTS: Final = ("aliases", "sectors", "products", "roles", "park_ids")


@get(
    router,
    "/enterprises/{enterprise_id}",
    LANG_ONLY,
    path_params=(ENTERPRISE_ID,),
    summary="Everything known about one enterprise",
    operation="enterprise",
    responses=answers({JSON: ref("Enterprise")}),
)
async def enterprise(request: Request) -> Response:
    """Return all columns, the clauses that name it, its parks and its former states."""
    atlas = request.app.state.atlas
    served: Served = atlas.served
    LANG_ONLY.read(request.scope["query_string"])
    layer = served.snapshot.enterprises
    row = layer.row_of(request.path_params["enterprise_id"])
    if row is None:
        raise UnknownNameError("no enterprise has this id")
    identifier = layer.values("enterprise_id")[row].as_py()
    known, history = await run_in_threadpool(_from_store, atlas.store, identifier)
    record = {**(known or {}), **layer.record(row)}
    lon, lat = float(layer.lon[row]), float(layer.lat[row])
    placed = bool(np.isfinite(lon))
    record |= {
        "fid": int(layer.fid[row]),
        "lon": round(lon, 7) if placed else None,
        "lat": round(lat, 7) if placed else None,
    }
    for name in _LISTS:
        record[name] = _split(record.get(name))
    record["mentions"] = mentions_of(served.snapshot, "enterprise_id", identifier)
    record["parks"] = _parks(served.snapshot.layers["parks"], record["park_ids"])
    record["history"] = history
    return json_response({name: _clean(value) for name, value in record.items()})


def _from_store(store: Any, identifier: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return what is not kept in memory: the long texts and the former states."""
    known = store.enterprise(identifier)
    history = store.history(identifier)
    return (dict(known) if known else None), history.to_dict("records")


def mentions_of(snapshot: Snapshot, column: str, identifier: str) -> list[dict[str, Any]]:
    """Return the clauses of the documents that name an enterprise or park."""
    mentions = snapshot.tables["mentions"]
    if column not in mentions.columns:
        return []
    rows = mentions[mentions[column] == identifier].to_dict("records")
    return [{str(name): _clean(value) for name, value in row.items()} for row in rows]


def _parks(layer: Layer, park_ids: list[str]) -> list[dict[str, Any]]:
    found = []
    for park_id in park_ids:
        row = layer.row_of(park_id)
        if row is not None:
            found.append({"park_id": park_id, "name": layer.values("name")[row].as_py()})
    return found


def _clean(value: Any) -> Any:
    """Return a value for JSON: unknown ("" or NaN) is None."""
    if isinstance(value, (list, dict)):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value == "" or value != value:
        return None
    return value


__all__ = ["find", "mentions_of", "router"]
