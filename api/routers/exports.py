"""Downloads: a collection as a file, streamed as it is written."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import numpy as np
from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from clusteratlas.api.errors import NotFoundError
from clusteratlas.api.params import Param, Params, choice, words
from clusteratlas.api.routes import GEOJSON, answers, declare
from clusteratlas.api.schemas import BINARY, OBJECT
from clusteratlas.api.state import Served
from clusteratlas.api.vocabulary import SECTOR_IDS
from clusteratlas.errors import InputError
from clusteratlas.geo import DATUMS
from clusteratlas.store.base import Selection, Store
from clusteratlas.store.export import FORMATS, ExportOptions, export_collection
from clusteratlas.store.export.run import PLAIN_FORMATS
from clusteratlas.store.schema import COLLECTIONS, TABLES

router = APIRouter(prefix="/v1/export", tags=["exports"])

MEDIA: Final = {
    "geojson": GEOJSON,
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "shp.zip": "application/zip",
    "pmtiles": "application/vnd.pmtiles",
}
CRS_NAMES: Final = ("EPSG:4326", "EPSG:4490", "EPSG:3857", "EPSG:4528", "EPSG:4549", "EPSG:32651")
ROWS_A_PIECE: Final = 2_000


def _adcodes(value: str) -> tuple[str, ...]:
    parts = tuple(part for part in value.split(",") if part)
    if not parts or len(parts) > 200:
        raise InputError("1..200 codes separated by commas")
    for part in parts:
        if not (len(part) == 6 and part.isascii() and part.isdigit()):
            raise InputError(f"{part[:20]!r} is not a code of six digits")
    return parts


EXPORT: Final = Params.of(
    Param(
        "crs",
        choice(*CRS_NAMES),
        {"type": "string", "enum": list(CRS_NAMES), "default": "EPSG:4326"},
        "Coordinate reference system (not for GeoJSON, which is WGS-84)",
        default="EPSG:4326",
    ),
    Param(
        "datum",
        choice(*DATUMS),
        {"type": "string", "enum": list(DATUMS), "default": "wgs84"},
        "Datum of the coordinates; gcj02 and bd09 only in GeoJSON, CSV and XLSX",
        default="wgs84",
    ),
    Param(
        "bom",
        choice("true", "false"),
        {"type": "string", "enum": ["true", "false"], "default": "true"},
        "Whether CSV begins with a byte order mark, by which Excel knows UTF-8",
        default="true",
    ),
    Param(
        "adcode",
        _adcodes,
        {
            "type": "array",
            "items": {"type": "string", "pattern": "^[0-9]{6}$"},
            "minItems": 1,
            "maxItems": 200,
        },
        "Only enterprises of these districts, or of cities whose code ends in 00",
        default=(),
        explode=False,
    ),
    Param(
        "sectors",
        words(SECTOR_IDS),
        {"type": "array", "items": {"type": "string", "enum": list(SECTOR_IDS)}},
        "Only enterprises of these sectors or fields",
        default=(),
        explode=False,
    ),
)
_NAMES: Final = (*COLLECTIONS, *TABLES)


def _path(name: str, allowed: tuple[str, ...], description: str) -> Param:
    schema = {"type": "string", "enum": list(allowed)}
    return Param(name, str, schema, description, place="path", required=True)


@declare(
    router,
    "GET",
    "/{collection}.{format}",
    EXPORT,
    path_params=(
        _path("collection", _NAMES, "What to download"),
        _path(
            "format", FORMATS, "In which format; tables without geometry only as csv, xlsx, parquet"
        ),
    ),
    summary="Download a collection",
    operation="export",
    responses=answers(
        {GEOJSON: OBJECT, **{kind.split(";")[0]: BINARY for kind in list(MEDIA.values())[1:]}}
    ),
)
async def export(request: Request) -> Response:
    """Return a file; GeoJSON of everything is streamed straight from memory."""
    name, form = _split(f"{request.path_params['collection']}.{request.path_params['format']}")
    given = EXPORT.read(request.scope["query_string"])
    served: Served = request.app.state.atlas.served
    sectors = served.relations.expand(given["sectors"])
    chosen = Selection(adcodes=given["adcode"], sectors=sectors)
    everything = chosen == Selection() and given["datum"] == "wgs84"
    if form == "geojson" and name in COLLECTIONS and everything and given["crs"] == "EPSG:4326":
        return StreamingResponse(
            _geojson(served, name), media_type=GEOJSON, headers=_headers(name, form)
        )
    options = ExportOptions(
        crs=given["crs"], datum=given["datum"], bom=given["bom"] == "true", selection=chosen
    )
    folder = Path(tempfile.mkdtemp(prefix="clusteratlas-export-"))
    try:
        path = folder / f"{name}.{form}"
        await request.app.state.desk.run(
            lambda: _write(request.app.state.atlas.store, name, path, options)
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    clean = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(
        path, media_type=MEDIA[form], headers=_headers(name, form), background=clean
    )


def _split(file: str) -> tuple[str, str]:
    """Return collection and format of ``enterprises.shp.zip``.

    Raises
    ------
    NotFoundError
        If there is no such collection or format.
    """
    name, _, form = file.partition(".")
    if name not in _NAMES or form not in FORMATS:
        raise NotFoundError(
            f"no such download; there are {', '.join(_NAMES)} as {', '.join(FORMATS)}"
        )
    if name in TABLES and form not in PLAIN_FORMATS:
        raise NotFoundError(f"{name} has no geometry; there are {', '.join(PLAIN_FORMATS)}")
    return name, form


def _write(store: Store, name: str, path: Path, options: ExportOptions) -> None:
    export_collection(store, name, path, options=options)


def _headers(name: str, form: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}.{form}"'}


async def _geojson(served: Served, name: str) -> AsyncIterator[bytes]:
    encoded = served.features[name]  # type: ignore[index]  # a Collection, checked by the caller
    yield b'{"type":"FeatureCollection","features":['
    for start in range(0, len(encoded), ROWS_A_PIECE):
        stop = min(start + ROWS_A_PIECE, len(encoded))
        yield (b"," if start else b"") + encoded.page(np.arange(start, stop))
        await asyncio.sleep(0)  # let other requests in between
    yield b"]}"
