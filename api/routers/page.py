"""What the live page draws from: vocabulary and shapes, all firms as columns, and rows to take away.

The page filters and draws in the browser, because a filter over 100,000 firms is then a loop of a few
milliseconds. It therefore gets every firm once, as typed columns of some 29 bytes a firm, and asks for
names only of what is looked at.
"""

import gzip
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import orjson
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from clusteratlas.api.bodies import only, read_object
from clusteratlas.api.page_columns import columns_document
from clusteratlas.api.page_start import shapes, start_document
from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import GEOJSON, JSON, answers, declare, get
from clusteratlas.api.schemas import BINARY, OBJECT, WHOLE, exactly, listing
from clusteratlas.api.state import Served
from clusteratlas.api.tables import csv_of
from clusteratlas.errors import InputError

router = APIRouter(prefix="/v1/page", tags=["page"])

MOST_ROWS_JSON: Final = 500
START: Final = Params.of(
    Param(
        "detail",
        choice("coarse", "full"),
        {"type": "string", "enum": ["coarse", "full"], "default": "coarse"},
        "Detail of the districts' shapes; full answers with the shapes alone",
        default="coarse",
    )
)
NONE: Final = Params.of()


@get(
    router,
    "/start",
    START,
    summary="Vocabulary, districts and parks for the live page",
    operation="pageStart",
    responses=answers({JSON: OBJECT}),
)
async def start(request: Request) -> Response:
    """Return what the page needs before its first picture."""
    atlas = request.app.state.atlas
    served: Served = atlas.served
    query = START.read(request.scope["query_string"])
    if query["detail"] == "full":
        return await _cached(
            request, "shapes", JSON, lambda: orjson.dumps({"districts": shapes(served, 0.0)})
        )
    settings = atlas.settings
    own = {
        "approval_number": settings.map_approval_number,
        "tianditu_key": settings.tianditu_key,
        "lang": settings.lang,
    }
    return await _cached(request, "start", JSON, lambda: orjson.dumps(start_document(served) | own))


@get(
    router,
    "/firms",
    NONE,
    summary="Every enterprise as typed columns, for the live page",
    operation="pageFirms",
    responses=answers({"application/octet-stream": BINARY}),
)
async def firms(request: Request) -> Response:
    """Return the columns: four bytes of length, a JSON head, then the arrays it describes."""
    served: Served = request.app.state.atlas.served
    NONE.read(request.scope["query_string"])
    return await _cached(
        request, "firms", "application/octet-stream", lambda: columns_document(served)
    )


ROWS_BODY: Final = exactly(
    {"fids": listing({**WHOLE, "minimum": 0})},
    {"format": {"type": "string", "enum": ["json", "csv", "geojson"]}},
)


@declare(
    router,
    "POST",
    "/rows",
    NONE,
    summary="Enterprises by number, as JSON, CSV or GeoJSON",
    operation="pageRows",
    responses=answers({JSON: OBJECT, "text/csv": BINARY, GEOJSON: OBJECT}),
    body={JSON: ROWS_BODY},
)
async def rows(request: Request) -> Response:
    """Return the enterprises of these numbers in their order; unknown numbers are left out."""
    served: Served = request.app.state.atlas.served
    NONE.read(request.scope["query_string"])
    fids, form = _rows_asked(await read_object(request))
    layer = served.snapshot.enterprises
    places = np.searchsorted(layer.fid, fids)
    places = np.minimum(places, max(len(layer) - 1, 0))
    found = places[layer.fid[places] == fids] if len(layer) else np.empty(0, np.int64)
    if form == "csv":
        content = await run_in_threadpool(csv_of, layer, found)
        return Response(content, media_type="text/csv; charset=utf-8")
    if form == "geojson":
        body = await run_in_threadpool(served.features["enterprises"].page, found)
        return Response(
            b'{"type":"FeatureCollection","features":[' + body + b"]}", media_type=GEOJSON
        )
    if len(found) > MOST_ROWS_JSON:
        raise InputError(f"fids: {len(found)} rows; as JSON at most {MOST_ROWS_JSON}")
    pieces = zip(served.cards.pieces(found), layer.fid[found].tolist(), strict=True)
    cards = (card + b',"fid":%d}' % fid for card, fid in pieces)
    return Response(b'{"items":[' + b",".join(cards) + b"]}", media_type=JSON)


def _rows_asked(asked: dict[str, Any]) -> tuple[NDArray[np.int64], str]:
    only(asked, "fids", "format")
    if not isinstance(asked.get("fids"), list):
        raise InputError("fids: required, a list of whole numbers")
    form = asked.get("format", "json")
    if form not in ("json", "csv", "geojson"):
        raise InputError("format: allowed are json, csv, geojson")
    if not all(type(fid) is int and 0 <= fid < 2**53 for fid in asked["fids"]):
        raise InputError("fids: a list of whole numbers from 0")
    return np.array(asked["fids"], dtype=np.int64), form


async def _cached(
    request: Request, name: str, media_type: str, make: Callable[[], bytes]
) -> Response:
    """Return a document of this version of the atlas: made once, kept compressed, with its tag."""
    served: Served = request.app.state.atlas.served
    kept = served.answers.get(("page", name))
    if kept is None:
        kept = await run_in_threadpool(_packed, make)
        served.answers.put(("page", name), kept, size=len(kept[0]))
    packed, tag = kept
    etag = f'"{served.version}-{tag}"'
    headers = {"etag": etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(packed, media_type=media_type, headers=headers)
    return Response(gzip.decompress(packed), media_type=media_type, headers=headers)


def _packed(make: Callable[[], bytes]) -> tuple[bytes, str]:
    content = make()
    return gzip.compress(content, 5, mtime=0), f"{zlib.crc32(content):08x}"
