"""Search by name, and everything that is known about one enterprise."""

from math import isfinite
from typing import Any, Final

import numpy as np
import pyarrow as pa
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
from clusteratlas.store.named import Found

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
    served: Served = request.app.state.atlas.served
    limit = min(given["limit"], MOST_RESULTS)
    found = find(served.snapshot, given["q"], limit=limit, kind=given["kind"])
    return json_response({"query": given["q"], "count": len(found), "items": found})


def find(snapshot: Snapshot, query: str, *, limit: int, kind: str | None) -> list[dict[str, Any]]:
    """Return results by name, each thing once with its best match; a code finds its firm."""
    code = query.strip()
    row = snapshot.enterprises.row_of(code) if not code.isdigit() else None
    hits = snapshot.names.search(query, limit=limit, kind=kind)
    if row is not None and kind in {None, "enterprise"}:
        others = [hit for hit in hits if (hit.kind, hit.row) != ("enterprise", row)]
        hits = [Found("enterprise", row, 1.0, "id"), *others][:limit]
    return _results(snapshot, hits)


_COLUMNS: Final = ("name", "city", "district", "adcode", "sectors", "origin")


def _results(snapshot: Snapshot, hits: list[Found]) -> list[dict[str, Any]]:
    """Return results with what is known of each; the rows of a layer are read together."""
    known: dict[tuple[str, int], dict[str, Any]] = {}
    for kind in {hit.kind for hit in hits}:
        rows = [hit.row for hit in hits if hit.kind == kind]
        found = _sectors(snapshot, rows) if kind == "sector" else _rows(snapshot, kind, rows)
        known |= {(kind, row): record for row, record in zip(rows, found, strict=True)}
    return [
        {"kind": hit.kind, "score": round(hit.score, 3), "match": hit.match}
        | known[hit.kind, hit.row]
        for hit in hits
    ]


def _sectors(snapshot: Snapshot, rows: list[int]) -> list[dict[str, Any]]:
    taken = snapshot.tables["sectors"].iloc[rows]
    columns = zip(taken["sector_id"], taken["name_zh"], taken["name_en"], strict=True)
    return [{"id": one, "name": zh, "name_en": en} for one, zh, en in columns]


def _rows(snapshot: Snapshot, kind: str, rows: list[int]) -> list[dict[str, Any]]:
    layer = snapshot.layers[_LAYERS[kind]]  # type: ignore[index]  # a Collection
    names = {name for name in (layer.id_column, *_COLUMNS) if name in layer.columns}
    taken = layer.table.select(sorted(names)).take(pa.array(rows)).to_pydict()
    nothing = [None] * len(rows)
    columns = [taken.get(name, nothing) for name in (layer.id_column, *_COLUMNS)]
    lon, lat = layer.lon[rows].tolist(), layer.lat[rows].tolist()
    return [
        {
            "id": identifier,
            "name": name,
            "city": city,
            "district": district,
            "adcode": adcode,
            "sectors": _split(sectors),
            "origin": origin,
            "lon": round(x, 7) if isfinite(x) else None,
            "lat": round(y, 7) if isfinite(x) else None,
        }
        for identifier, name, city, district, adcode, sectors, origin, x, y in zip(
            *columns, lon, lat, strict=True
        )
    ]


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
