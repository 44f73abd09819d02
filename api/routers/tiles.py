"""OGC API - Tiles: vector tiles of every collection in WebMercatorQuad, tilesets, TileJSON."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api.crs import CRS84, EPSG3857
from clusteratlas.api.errors import NotFoundError
from clusteratlas.api.ogc import COLLECTION, TITLES, layer_of
from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import JSON, MVT, answers, base_url, get, header, json_response
from clusteratlas.api.schemas import BINARY, OBJECT, ref
from clusteratlas.api.state import Served
from clusteratlas.store.index import Layer
from clusteratlas.store.tiling import MAX_ZOOM, Tile

router = APIRouter(prefix="/ogc", tags=["OGC API - Tiles"])

NONE: Final = Params.of()
SET_ID: Final = "WebMercatorQuad"
SET_URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
SCHEME: Final = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"

# OGC 17-083r4, annex D.1: half the width of the projection, and the scale of zoom 0.
_HALF_M: Final = 20_037_508.342_789_244
_SCALE_0: Final = 559_082_264.028_717_8


def _whole(name: str, most: int) -> Param:
    schema = {"type": "integer", "minimum": 0, "maximum": most}
    return Param(
        name, str, schema, "Number of the tile matrix, row or column", place="path", required=True
    )


Z, Y, X = _whole("z", MAX_ZOOM), _whole("y", 2**MAX_ZOOM - 1), _whole("x", 2**MAX_ZOOM - 1)


@get(
    router,
    "/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}",
    NONE,
    path_params=(COLLECTION, Z, Y, X),
    summary="One vector tile",
    operation="getTile",
    hot=True,
    responses={
        **answers({MVT: BINARY}),
        "204": {"description": "Nothing lies in this tile"},
        "304": {"description": "The tile that the client has is the current one"},
    },
)
async def tile(request: Request) -> Response:
    """Return a tile, 204 where it is empty, 304 where the client has it."""
    served, layer = layer_of(request)
    NONE.read(request.scope["query_string"])
    z, y, x = tile_address(request.path_params)
    key = (layer.name, z, y, x)
    found: Tile | None = served.tiles.get(key)
    if found is None:
        found = served.tilers[layer.name].tile(z, x, y)
        served.tiles.put(key, found, size=len(found.content) + 200)
    headers = {"etag": found.etag, "cache-control": "public, max-age=60"}
    if found.etag in header(request, b"if-none-match"):
        return Response(status_code=304, headers=headers)
    if not found.content:
        return Response(status_code=204, headers=headers)
    return Response(found.content, media_type=MVT, headers=headers)


def tile_address(path: dict[str, Any]) -> tuple[int, int, int]:
    """Return zoom, row and column of a path.

    Raises
    ------
    NotFoundError
        If there is no such tile in WebMercatorQuad.
    """
    numbers = []
    for name in ("z", "y", "x"):
        text = path[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 8):
            raise NotFoundError(f"{name}: {text[:20]!r} is not a whole number of a tile")
        numbers.append(int(text))
    z, y, x = numbers
    if z > MAX_ZOOM or max(x, y) >= 2**z:
        raise NotFoundError(
            f"no tile {z}/{y}/{x}: zoom is 0..{MAX_ZOOM}, rows and columns below 2^zoom"
        )
    return z, y, x


@get(
    router,
    "/collections/{collection}/tiles",
    NONE,
    path_params=(COLLECTION,),
    summary="Tilesets of a collection",
    operation="getTileSets",
    responses=answers({JSON: OBJECT}),
)
async def tilesets(request: Request) -> Response:
    """List the tilesets of a collection: one, of vector tiles."""
    NONE.read(request.scope["query_string"])
    _, layer = layer_of(request)
    base = base_url(request)
    here = f"{base}/ogc/collections/{layer.name}/tiles"
    found = _tileset(layer, base)
    found["links"] = [{"rel": "self", "type": JSON, "href": f"{here}/{SET_ID}"}]
    links = [{"rel": "self", "type": JSON, "href": here}]
    return json_response({"links": links, "tilesets": [found]})


def _tileset(layer: Layer, base: str) -> dict[str, Any]:
    return {
        "title": TITLES[layer.name][0],
        "dataType": "vector",
        "crs": EPSG3857,
        "tileMatrixSetURI": SET_URI,
        "links": _tileset_links(layer, base),
    }


def _tileset_links(layer: Layer, base: str) -> list[dict[str, Any]]:
    here = f"{base}/ogc/collections/{layer.name}/tiles/{SET_ID}"
    template = here + "/{tileMatrix}/{tileRow}/{tileCol}"
    return [
        {"rel": "self", "type": JSON, "href": here},
        {"rel": "item", "type": MVT, "href": template, "templated": True},
        {"rel": SCHEME, "type": JSON, "href": f"{base}/ogc/tileMatrixSets/{SET_ID}"},
        {"rel": "describedby", "type": JSON, "href": f"{here}?f=tilejson", "title": "TileJSON"},
        {"rel": "geodata", "type": JSON, "href": f"{base}/ogc/collections/{layer.name}"},
    ]


TILESET: Final = Params.of(
    Param(
        "f",
        choice("json", "tilejson"),
        {"type": "string", "enum": ["json", "tilejson"]},
        "OGC tileset metadata, or TileJSON 3.0",
        default="json",
    )
)


@get(
    router,
    "/collections/{collection}/tiles/WebMercatorQuad",
    TILESET,
    path_params=(COLLECTION,),
    summary="One tileset, as OGC metadata or TileJSON",
    operation="getTileSet",
    responses=answers({JSON: OBJECT}),
)
async def tileset(request: Request) -> Response:
    """Describe the vector tiles of a collection."""
    f = TILESET.read(request.scope["query_string"])["f"]
    served, layer = layer_of(request)
    base = base_url(request)
    if f == "tilejson":
        return json_response(tilejson(served, layer, base))
    described = _tileset(layer, base)
    described["layers"] = [{"id": layer.name, "dataType": "vector"}]
    if layer.extent is not None:
        west, south, east, north = layer.extent
        described["boundingBox"] = {
            "lowerLeft": [west, south],
            "upperRight": [east, north],
            "crs": CRS84,
        }
    return json_response(described)


def tilejson(served: Served, layer: Layer, base: str) -> dict[str, Any]:
    """Return TileJSON 3.0 of a collection's tiles."""
    here = f"{base}/ogc/collections/{layer.name}/tiles/{SET_ID}"
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": TITLES[layer.name][1],
        "version": f"1.0.{served.version}",
        "scheme": "xyz",
        "tiles": [here + "/{z}/{y}/{x}"],
        "minzoom": 0,
        "maxzoom": 16 if layer.geometry is None else 14,
        "vector_layers": [{"id": layer.name, "fields": _fields(layer)}],
    }
    if layer.extent is not None:
        west, south, east, north = layer.extent
        document["bounds"] = [west, south, east, north]
        document["center"] = [(west + east) / 2, (south + north) / 2, 7]
    return document


def _fields(layer: Layer) -> dict[str, str]:
    if layer.geometry is not None:
        return dict.fromkeys(layer.table.column_names, "attribute of the collection")
    return {
        "sector": "first sector",
        "origin": "anchor or registry",
        "precision": "precision of the position",
        "status": "confirmed, probable or unresolved",
        "adcode": "county-level district",
        "enterprise_id": "id, from zoom 12",
        "name": "name, from zoom 12",
        "point_count": "firms that a merged point stands for, in crowded tiles",
    }


@get(
    router,
    "/tileMatrixSets",
    NONE,
    summary="Tile matrix sets",
    operation="getTileMatrixSets",
    responses=answers({JSON: OBJECT}),
)
async def matrix_sets(request: Request) -> Response:
    """List the tile matrix sets: WebMercatorQuad."""
    NONE.read(request.scope["query_string"])
    href = f"{base_url(request)}/ogc/tileMatrixSets/{SET_ID}"
    links = [{"rel": "self", "type": JSON, "href": href}]
    return json_response({"tileMatrixSets": [{"id": SET_ID, "uri": SET_URI, "links": links}]})


@get(
    router,
    "/tileMatrixSets/WebMercatorQuad",
    NONE,
    summary="The tile matrix set WebMercatorQuad",
    operation="getTileMatrixSet",
    responses=answers({JSON: ref("TileMatrixSet")}),
)
async def matrix_set(request: Request) -> Response:
    """Return the definition of WebMercatorQuad (OGC 17-083r4, annex D.1)."""
    NONE.read(request.scope["query_string"])
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": _SCALE_0 / 2**z,
            "cellSize": 2 * _HALF_M / 256 / 2**z,
            "pointOfOrigin": [-_HALF_M, _HALF_M],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 2**z,
            "matrixHeight": 2**z,
        }
        for z in range(MAX_ZOOM + 1)
    ]
    return json_response(
        {
            "id": SET_ID,
            "uri": SET_URI,
            "crs": EPSG3857,
            "orderedAxes": ["X", "Y"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": matrices,
        }
    )
