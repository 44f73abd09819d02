"""PMTiles: all vector tiles of a collection in one file that any web server can serve by ranges."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer, point_layer, shape_layer
from clusteratlas.store.mvt import BUFFER, EXTENT
from clusteratlas.store.schema import Collection
from clusteratlas.store.tiling import LayerTiles, tile_box, to_world

POINT_ZOOM: Final = 14
SHAPE_ZOOM: Final = 12
"""Deepest zoom of points and of areas; a unit is 0.6 m and 2.4 m there. Clients enlarge beyond."""

_FIRM_COLUMNS: Final = (
    "fid", "enterprise_id", "name", "sectors", "origin", "precision", "status", "adcode", "lon", "lat",
)  # fmt: skip
_FIRM_FIELDS: Final = {
    "enterprise_id": "String", "name": "String", "sector": "String", "origin": "String",
    "precision": "String", "status": "String", "adcode": "String", "point_count": "Number",
}  # fmt: skip


def write_pmtiles(frames: Iterator[pd.DataFrame], path: Path, name: Collection) -> int:
    """Write the tiles that the server would serve, zoom 0 to 14 (areas: 12); return the rows.

    No tile of points exceeds 500 kB: where they crowd, a point stands for all of a cell and carries
    ``point_count``. Memory holds what a tile shows of the firms, some 150 bytes each.

    Raises
    ------
    InputError
        If no row has a position.
    """
    layer = _layer(frames, name)
    if layer.extent is None:
        raise InputError(f"{name} has no row with a position: there is nothing to draw")
    deepest = POINT_ZOOM if layer.geometry is None else SHAPE_ZOOM
    _write(layer, path, deepest)
    return len(layer)


def _layer(frames: Iterator[pd.DataFrame], name: Collection) -> Layer:
    if name != "enterprises":
        return shape_layer(name, gpd.GeoDataFrame(pd.concat(frames, ignore_index=True)))
    parts = [
        pa.Table.from_pandas(pd.DataFrame(frame)[list(_FIRM_COLUMNS)], preserve_index=False)
        for frame in frames
    ]
    return point_layer(name, pa.concat_tables(parts, promote_options="permissive"))


def _write(layer: Layer, path: Path, deepest: int) -> None:
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    tiles = LayerTiles(layer, 0)
    tiles.count_cells()
    with path.open("wb") as stream:
        writer = Writer(stream)
        for z, places in enumerate(_occupied(layer, deepest)):
            for number, x, y in sorted((zxy_to_tileid(z, x, y), x, y) for x, y in places):
                content = tiles.tile(z, x, y).content
                if content:
                    writer.write_tile(number, gzip.compress(content, 6, mtime=0))
        west, south, east, north = layer.extent or (0.0, 0.0, 0.0, 0.0)
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": round(west * 1e7),
            "min_lat_e7": round(south * 1e7),
            "max_lon_e7": round(east * 1e7),
            "max_lat_e7": round(north * 1e7),
            "center_zoom": 7,
            "center_lon_e7": round((west + east) / 2 * 1e7),
            "center_lat_e7": round((south + north) / 2 * 1e7),
        }
        writer.finalize(header, _metadata(layer, deepest))


def _metadata(layer: Layer, deepest: int) -> dict[str, Any]:
    shown = {
        column: "Number" if pa.types.is_floating(layer.table[column].type) else "String"
        for column in layer.columns
    }
    fields = _FIRM_FIELDS if layer.geometry is None else shown
    described = {"id": layer.name, "minzoom": 0, "maxzoom": deepest, "fields": fields}
    return {"name": layer.name, "type": "overlay", "vector_layers": [described]}


def _occupied(layer: Layer, deepest: int) -> Iterator[set[tuple[int, int]]]:
    """Yield the places ``(x, y)`` of the tiles that may hold something, zoom after zoom."""
    if layer.geometry is None:
        yield from (_with_points(layer, z) for z in range(deepest + 1))
        return
    places = {(0, 0)}
    for z in range(deepest + 1):
        places = {
            (x, y)
            for x, y in places
            if len(layer.tree.query(_box(z, x, y), predicate="intersects"))
        }
        yield places
        places = {
            (2 * x + right, 2 * y + down) for x, y in places for right in (0, 1) for down in (0, 1)
        }


def _box(z: int, x: int, y: int) -> Any:
    import shapely

    return shapely.box(*tile_box(z, x, y))


def _with_points(layer: Layer, z: int) -> set[tuple[int, int]]:
    """Return the tiles that hold a point, in their buffer or inside."""
    known = np.isfinite(layer.lon)
    world_x, world_y = to_world(layer.lon[known], layer.lat[known])
    side, margin = 2**z, BUFFER / EXTENT
    found: set[tuple[int, int]] = set()
    for right in (-margin, margin):
        for down in (-margin, margin):
            x = np.clip(np.floor(world_x * side + right), 0, side - 1).astype(np.int64)
            y = np.clip(np.floor(world_y * side + down), 0, side - 1).astype(np.int64)
            codes = np.unique(x * side + y)
            found.update(zip((codes // side).tolist(), (codes % side).tolist(), strict=True))
    return found
