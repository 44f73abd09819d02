"""What the live page draws from: vocabulary and shapes, all firms as columns, and rows to take away.

The page filters and draws in the browser, because a filter over 100,000 firms is then a loop of a few
milliseconds. It therefore gets every firm once, as typed columns of some 29 bytes a firm, and asks for
names only of what is looked at.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import shapely
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from clusteratlas.api.bodies import only, read_object
from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import GEOJSON, JSON, answers, declare, get
from clusteratlas.api.schemas import BINARY, OBJECT, WHOLE, listing, record
from clusteratlas.api.state import Served
from clusteratlas.errors import InputError
from clusteratlas.maps.names import english_name
from clusteratlas.maps.style import FIELD_STYLES, NO_SECTOR, sector_styles
from clusteratlas.store.index import Layer
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

router = APIRouter(prefix="/v1/page", tags=["page"])

PRECISIONS: Final = ("site", "address", "street", "zone", "township", "district", "city", "none")
FORMAT: Final = 1
COARSE_DEGREES: Final = 0.003
"""Tolerance of the districts' first shapes: below a pixel up to zoom 9."""

SCALE: Final = 100_000
"""Coordinates of shapes are whole numbers of 1/SCALE degree, a metre."""

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
_NOWHERE: Final = -(2**31)
_TABLE_COLUMNS: Final = tuple(
    c for c in ENTERPRISE_COLUMNS if c not in {"scope", "sector_evidence", "sector_scores"}
)


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


ROWS_BODY: Final = {
    **record(
        {"fids": listing({**WHOLE, "minimum": 0})},
        {"format": {"type": "string", "enum": ["json", "csv", "geojson"]}},
    ),
    "additionalProperties": False,
}


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


# --- vocabulary and shapes ---------------------------------------------------------------------


def start_document(served: Served) -> dict[str, Any]:
    """Return fields, sectors with their styles, cities, districts with shapes, and parks."""
    snapshot = served.snapshot
    sectors = snapshot.tables["sectors"]
    styles = sector_styles(sectors) if len(sectors) else {}
    fields, leaves = [], []
    for row in sectors.fillna("").to_dict("records"):
        entry = {"id": row["sector_id"], "zh": row["name_zh"], "en": row["name_en"]}
        if row["parent"]:
            style = styles[row["sector_id"]]
            leaves.append(
                entry
                | {"field": row["parent"], "colour": style.colour, "shape": style.shape}
                | {"numeral": style.numeral}
            )
        else:
            style_of = FIELD_STYLES.get(row["sector_id"], NO_SECTOR)
            fields.append(entry | {"colour": style_of.colour, "shape": style_of.shape})
    return {
        "version": served.version,
        "fields": fields,
        "sectors": leaves,
        "none": {"colour": NO_SECTOR.colour, "shape": NO_SECTOR.shape},
        "precisions": PRECISIONS,
        "cities": _places(snapshot.layers["cities"]),
        "districts": shapes(served, COARSE_DEGREES, described=True),
        "parks": _parks(snapshot.layers["parks"]),
        "scale": SCALE,
    }


def _column(layer: Layer, name: str) -> list[str]:
    if name not in layer.table.column_names:
        return [""] * len(layer)
    return [value or "" for value in layer.values(name).to_pylist()]


def _places(layer: Layer) -> list[dict[str, Any]]:
    names = _column(layer, "name")
    return [
        {"adcode": code, "zh": name, "en": english_name(name)}
        for code, name in zip(_column(layer, "adcode"), names, strict=True)
    ]


def shapes(served: Served, tolerance: float, *, described: bool = False) -> list[dict[str, Any]]:
    """Return the districts with their rings as differences of whole numbers.

    Parameters
    ----------
    tolerance
        Degrees; common borders are simplified alike, so that no gap opens (0 = as stored).
    described
        Whether names, city and a point for the label come with the shape.
    """
    layer = served.snapshot.layers["districts"]
    if layer.geometry is None or not len(layer):
        return []
    drawn = shapely.coverage_simplify(layer.geometry, tolerance) if tolerance else layer.geometry
    names, cities = _column(layer, "name"), _column(layer, "city")
    out = []
    for row, code in enumerate(_column(layer, "adcode")):
        entry: dict[str, Any] = {"adcode": code, "rings": _rings(drawn[row])}
        if described:
            entry |= {"zh": names[row], "en": english_name(names[row]), "city": cities[row]}
            entry |= {
                "lon": round(float(layer.lon[row]), 5),
                "lat": round(float(layer.lat[row]), 5),
            }
        out.append(entry)
    return out


def _rings(geometry: Any) -> list[list[int]]:
    """Return each ring as ``x0, y0, dx1, dy1, ...`` in 1/:data:`SCALE` degree."""
    out = []
    for part in shapely.get_parts(geometry):
        for ring in shapely.get_rings(part):
            xy = np.round(shapely.get_coordinates(ring) * SCALE).astype(np.int64)
            steps = np.diff(xy, axis=0, prepend=0)
            out.append(steps.ravel().tolist())
    return out


def _parks(layer: Layer) -> list[dict[str, Any]]:
    wanted = ("park_id", "name", "aliases", "kind", "city", "adcode", "district", "sectors")
    also = ("documents", "boundary_status", "source", "note")
    columns = {name: _column(layer, name) for name in (*wanted, *also)}
    radius = layer.values("radius_m").to_pylist() if "radius_m" in layer.table.column_names else []
    out = []
    for row in range(len(layer)):
        entry: dict[str, Any] = {name: values[row] for name, values in columns.items()}
        placed = bool(np.isfinite(layer.lon[row]))
        entry["lon"] = round(float(layer.lon[row]), 6) if placed else None
        entry["lat"] = round(float(layer.lat[row]), 6) if placed else None
        entry["radius_m"] = radius[row] if radius else None
        shape = None if layer.geometry is None else layer.geometry[row]
        area = shape is not None and shapely.get_dimensions(shape) == 2
        entry["rings"] = _rings(shape) if area else []
        out.append(entry)
    return out


# --- columns -----------------------------------------------------------------------------------


def columns_document(served: Served) -> bytes:
    """Return every enterprise as columns, in the order of fid.

    ``lon, lat`` are 1e-6 degree, :data:`_NOWHERE` where unknown; ``sectors`` has bit *i* for sector
    *i* of the start document and ``first`` is the best one (255 = none); ``district, city, zone``
    are places in the lists of the head (65535 = unknown); ``year`` is 0 where unknown; ``radius``
    is in 10 m, 0 where unknown; ``origin`` is 1 for an anchor; firms at exactly the same place
    share a number of ``stack`` (-1 = no place).
    """
    snapshot = served.snapshot
    layer, count = snapshot.enterprises, len(snapshot.enterprises)
    sectors = snapshot.tables["sectors"]
    leaves = (
        sectors.loc[sectors["parent"].fillna("") != "", "sector_id"].tolist()
        if len(sectors)
        else []
    )
    masks, firsts = _sector_masks(snapshot.sector_texts, leaves)
    codes = snapshot.sector_codes
    district, districts = _coded(layer, "adcode")
    city, cities = _coded(layer, "city")
    zone, zones = _coded(layer, "zone")
    stack, stacks = _stacks(layer)
    arrays: dict[str, NDArray[Any]] = {
        "fid": layer.fid.astype(np.uint32),
        "lon": _micro(layer.lon),
        "lat": _micro(layer.lat),
        "sectors": masks[codes] if count else np.empty(0, np.uint32),
        "first": firsts[codes] if count else np.empty(0, np.uint8),
        "stack": stack,
        "district": district,
        "city": city,
        "zone": zone,
        "year": _years(layer),
        "radius": _radius(layer),
        "precision": _index_of(layer, "precision", PRECISIONS),
        "origin": _index_of(layer, "origin", ("registry", "anchor")),
    }
    head: dict[str, Any] = {"format": FORMAT, "version": served.version, "n": count}
    head |= {"stacks": stacks}
    head |= {"districts": districts, "cities": cities, "zones": zones, "arrays": []}
    parts, offset = [], 0
    for name, array in arrays.items():
        head["arrays"].append({"name": name, "type": array.dtype.name, "offset": offset})
        content = array.astype(array.dtype.newbyteorder("<")).tobytes()
        content += b"\0" * (-len(content) % 8)
        parts.append(content)
        offset += len(content)
    text = orjson.dumps(head)
    text += b" " * (-(len(text) + 4) % 8)
    return b"".join((len(text).to_bytes(4, "little"), text, *parts))


def _sector_masks(
    texts: Sequence[str], leaves: Sequence[str]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    place = {sector: i for i, sector in enumerate(leaves)}
    masks, firsts = np.zeros(len(texts), np.uint32), np.full(len(texts), 255, np.uint8)
    for row, text in enumerate(texts):
        found = [place[s] for s in text.split(";") if s in place]
        if found:
            masks[row], firsts[row] = sum(1 << i for i in set(found)), found[0]
    return masks, firsts


def _texts(layer: Layer, name: str) -> pa.Array:
    if name not in layer.table.column_names:
        return pa.array([""] * len(layer), pa.large_string())
    return pc.fill_null(layer.values(name).cast(pa.large_string()).combine_chunks(), "")


def _coded(layer: Layer, name: str) -> tuple[NDArray[np.uint16], list[str]]:
    coded = _texts(layer, name).dictionary_encode()
    values: list[str] = coded.dictionary.to_pylist()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    empty = np.array([not value for value in values], dtype=bool)
    unknown = (codes >= 65_535) | (empty[codes] if len(values) else False)
    return np.where(unknown, 65_535, codes).astype(np.uint16), values[:65_535]


def _index_of(layer: Layer, name: str, words: Sequence[str]) -> NDArray[np.uint8]:
    """Return the place of each value among some words; the last word's place for any other."""
    coded = _texts(layer, name).dictionary_encode()
    places = [
        words.index(v) if v in words else len(words) - 1 for v in coded.dictionary.to_pylist()
    ]
    codes = coded.indices.to_numpy(zero_copy_only=False)
    out: NDArray[np.uint8] = np.array(places or [0], dtype=np.uint8)[codes]
    return out


def _micro(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    known = np.isfinite(degrees)
    return np.where(known, np.round(np.where(known, degrees, 0) * 1e6), _NOWHERE).astype(np.int32)


def _stacks(layer: Layer) -> tuple[NDArray[np.int32], int]:
    """Return for each firm the number of its place, -1 for none, and how many places there are."""
    placed = np.flatnonzero(np.isfinite(layer.lon) & np.isfinite(layer.lat))
    key = _micro(layer.lon)[placed].astype(np.int64) * 2**32 + _micro(layer.lat)[placed]
    places, number = np.unique(key, return_inverse=True)
    out = np.full(len(layer), -1, np.int32)
    out[placed] = number
    return out, len(places)


def _years(layer: Layer) -> NDArray[np.uint16]:
    first4 = pc.utf8_slice_codeunits(_texts(layer, "registered"), 0, 4).to_pandas()
    years = pd.to_numeric(first4, errors="coerce")
    whole: NDArray[np.float64] = np.nan_to_num(years.to_numpy(dtype=float))
    return np.clip(whole, 0, 9999).astype(np.uint16)


def _radius(layer: Layer) -> NDArray[np.uint16]:
    if "radius_m" not in layer.table.column_names:
        return np.zeros(len(layer), np.uint16)
    metres = layer.values("radius_m").cast(pa.float64()).to_numpy()
    tens: NDArray[np.float64] = np.nan_to_num(np.ceil(metres / 10))
    return np.clip(tens, 0, 65_535).astype(np.uint16)


# --- rows to take away -------------------------------------------------------------------------


def csv_of(layer: Layer, found: NDArray[np.int64]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, as spreadsheet programs expect it.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    names = [c for c in _TABLE_COLUMNS if c in layer.table.column_names]
    taken = layer.table.select(names).take(pa.array(found))
    columns: dict[str, Any] = {"fid": pa.array(layer.fid[found])}
    for name in names:
        column = taken[name]
        if not pa.types.is_floating(column.type) and not pa.types.is_integer(column.type):
            column = pc.replace_substring_regex(
                pc.fill_null(column.cast(pa.large_string()), ""),
                pattern=r"^([=+\-@\t\r\n＝＋－＠])",
                replacement=r"'\1",
            )
        columns[name] = column
    columns["lon"] = pa.array(np.round(layer.lon[found], 7), from_pandas=True)
    columns["lat"] = pa.array(np.round(layer.lat[found], 7), from_pandas=True)
    out = io.BytesIO(b"\xef\xbb\xbf")
    out.seek(0, io.SEEK_END)
    pa_csv.write_csv(pa.table(columns), out)
    return out.getvalue()
