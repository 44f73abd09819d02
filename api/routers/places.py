"""Addresses to places and points to districts, single and in batches."""

from typing import Any, Final

import numpy as np
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api.bodies import NDJSON, number_of, only, read_rows, text_of
from clusteratlas.api.params import Param, Params, choice, text
from clusteratlas.api.routers.nearby import LAT, LON
from clusteratlas.api.routes import JSON, answers, declare, get, json_response
from clusteratlas.api.schemas import BINARY, Schema, exactly, listing, nullable, record, ref
from clusteratlas.api.tables import plain, records
from clusteratlas.errors import InputError
from clusteratlas.geo import DATUMS
from clusteratlas.geo.geocoding import OfflineGeocoder

router = APIRouter(prefix="/v1", tags=["places"])

NONE: Final = Params.of()
LONGEST: Final = 500
_TEXT: Final = {"type": "string", "maxLength": LONGEST}
_MAYBE: Final = {**_TEXT, "nullable": True}

GEOCODE: Final = Params.of(
    Param(
        "q",
        text(LONGEST, shortest=1),
        {"type": "string", "minLength": 1, "maxLength": LONGEST},
        "Address as written in a register",
        required=True,
        example="沈阳市东陵区文溯街16号",
    ),
    Param("name", text(LONGEST), _TEXT, "Name of the firm, as evidence", default=""),
    Param("city", text(LONGEST), _TEXT, "City that another source tells, as evidence", default=""),
)
DATUM: Final = Param(
    "datum",
    choice(*DATUMS),
    {"type": "string", "enum": list(DATUMS), "default": "wgs84"},
    "Datum of the point",
    default="wgs84",
)
REVERSE: Final = Params.of(
    Param(**{**vars(LON), "required": True}), Param(**{**vars(LAT), "required": True}), DATUM
)


def _batch_of(row: Schema) -> dict[str, Schema]:
    """Return the body of a batch: an object with the rows, or a row a line."""
    return {JSON: exactly({"items": {**listing(row), "minItems": 1}}), NDJSON: BINARY}


def geocoder_of(request: Request) -> OfflineGeocoder:
    """Return the server's geocoder; its tables are read at the first use."""
    found: OfflineGeocoder = request.app.state.geocoder
    return found


@get(
    router,
    "/geocode",
    GEOCODE,
    summary="Where an address lies, how far that may be off, and why",
    operation="geocode",
    responses=answers({JSON: ref("Place")}),
)
async def geocode(request: Request) -> Response:
    """Return the place of one address."""
    given = GEOCODE.read(request.scope["query_string"])
    geocoder = geocoder_of(request)
    found = await request.app.state.desk.run(
        lambda: geocoder.geocode_frame([given["q"]], [given["name"]], [given["city"]])
    )
    return json_response({"query": given["q"], **_places(found)[0]})


def _places(frame: Any) -> list[dict[str, Any]]:
    """Return geocoder rows for JSON: rounded to what the position is worth, "" as null."""
    frame = frame.assign(
        lon=frame["lon"].round(6), lat=frame["lat"].round(6), radius_m=frame["radius_m"].round(0)
    )
    return [
        {name: None if value == "" else value for name, value in row.items()}
        for row in records(frame)
    ]


@declare(
    router,
    "POST",
    "/geocode",
    NONE,
    summary="Geocode many addresses",
    operation="geocodeBatch",
    responses=answers({JSON: record({"items": listing(ref("Place"))}), NDJSON: BINARY}),
    body=_batch_of(exactly({"address": _TEXT}, {"name": _MAYBE, "city": _MAYBE})),
)
async def geocode_batch(request: Request) -> Response:
    """Geocode up to 10,000 rows ``{address, name, city}``; NDJSON in gives NDJSON out."""
    NONE.read(request.scope["query_string"])
    rows, lines = await read_rows(request, "items", request.app.state.atlas.settings.batch_max)
    columns: dict[str, list[str]] = {"address": [], "name": [], "city": []}
    for number, row in enumerate(rows, start=1):
        try:
            only(row, *columns)
            if row.get("address") is None:
                raise InputError("address: required")  # noqa: TRY301
            for name, values in columns.items():
                values.append(text_of(row, name, LONGEST))
        except InputError as error:
            raise InputError(f"row {number}: {error}") from error
    geocoder = geocoder_of(request)
    found = await request.app.state.desk.run(
        lambda: _places(
            geocoder.geocode_frame(columns["address"], columns["name"], columns["city"])
        )
    )
    return _many(found, lines=lines)


def _many(found: list[dict[str, Any]], *, lines: bool) -> Response:
    if lines:
        content = b"\n".join(orjson.dumps(row) for row in found) + b"\n"
        return Response(content, media_type=NDJSON)
    return json_response({"items": found})


@get(
    router,
    "/reverse",
    REVERSE,
    summary="District, zone, parks and road at a point",
    operation="reverse",
    responses=answers({JSON: ref("Where")}),
)
async def reverse(request: Request) -> Response:
    """Return what lies at one point."""
    given = REVERSE.read(request.scope["query_string"])
    geocoder = geocoder_of(request)
    found = await request.app.state.desk.run(
        lambda: geocoder.reverse([given["lon"]], [given["lat"]], datum=given["datum"])
    )
    return json_response({"lon": given["lon"], "lat": given["lat"], **_where(found)[0]})


def _where(frame: Any) -> list[dict[str, Any]]:
    out = []
    for row in records(frame):
        row["parks"] = [park for park in row["parks"].split(";") if park]
        for name, value in row.items():
            row[name] = None if value == "" else plain(value)
        for name in ("outside_m", "road_m"):
            row[name] = None if row[name] is None else round(row[name], 1)
        out.append(row)
    return out


@declare(
    router,
    "POST",
    "/reverse",
    NONE,
    summary="Reverse-geocode many points",
    operation="reverseBatch",
    responses=answers({JSON: record({"items": listing(ref("Where"))}), NDJSON: BINARY}),
    body=_batch_of(exactly({"lon": LON.schema, "lat": LAT.schema})),
)
async def reverse_batch(request: Request) -> Response:
    """Return what lies at up to 10,000 points ``{lon, lat}`` (WGS-84)."""
    NONE.read(request.scope["query_string"])
    rows, lines = await read_rows(request, "items", request.app.state.atlas.settings.batch_max)
    points = np.empty((len(rows), 2))
    for number, row in enumerate(rows):
        try:
            only(row, "lon", "lat")
            points[number] = number_of(row, "lon", -180, 180), number_of(row, "lat", -90, 90)
        except InputError as error:
            raise InputError(f"row {number + 1}: {error}") from error
    geocoder = geocoder_of(request)
    found = await request.app.state.desk.run(
        lambda: _where(geocoder.reverse(points[:, 0], points[:, 1]))
    )
    return _many(found, lines=lines)


PLACE: Final = record(
    {"geocode_status": {"type": "string", "enum": ["ok", "ambiguous", "failed"]}},
    {
        "query": {"type": "string"},
        **{name: nullable("number") for name in ("lon", "lat", "radius_m", "confidence")},
        **{
            name: nullable("string")
            for name in (
                "adcode",
                "district",
                "city",
                "zone",
                "township",
                "precision",
                "evidence",
                "provider",
                "candidates",
                "membership",
            )
        },
    },
)
WHERE: Final = record(
    {"parks": listing({"type": "string"})},
    {
        **{name: nullable("number") for name in ("lon", "lat", "outside_m", "road_m")},
        **{name: nullable("string") for name in ("adcode", "district", "city", "zone", "road")},
    },
)
