"""Vector tiles of a layer: which features a tile holds, what they carry, and when they are merged.

Three ways to fill a tile of points, chosen so that none exceeds 500 kB:

- near (zoom 12 and more, few thousand firms): every firm with its name and id;
- far: every firm with what colours a map (sector, origin, precision, status, adcode);
- crowded: one point a cell of 64 units with ``point_count``, at the cell's mean position.
"""

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from clusteratlas.store import mvt
from clusteratlas.store.column_child import in_one_piece
from clusteratlas.store.index import Layer
from clusteratlas.store.tile_pyramid import TilePyramid

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_ZOOM: Final = 22
NAME_ZOOM: Final = 12
MOST_NAMED: Final = 3_800
MOST_PLAIN: Final = 14_000
MOST_BYTES: Final = 500_000
CELL: Final = 64  # units of the extent

_CODED: Final = ("sector", "origin", "precision", "status", "adcode")
_TEXTS: Final = ("enterprise_id", "name")
_MAX_LAT: Final = 85.0511287798066


@dataclass(frozen=True)
class Tile:
    """An encoded tile and its entity tag."""

    content: bytes
    etag: str


class LayerTiles:
    """The tiles of one layer at one version of the store."""

    def __init__(self, layer: Layer, version: int) -> None:
        self._layer, self._version = layer, version
        self._pyramid: TilePyramid | None = None

    def tile(self, z: int, x: int, y: int) -> Tile:
        """Encode one tile of WebMercatorQuad; empty content where there is nothing."""
        encode = self._points if self._layer.geometry is None else self._shapes
        content = encode(z, x, y)
        return Tile(content, f'"{self._version}-{zlib.crc32(content):08x}"')

    # --- points ----------------------------------------------------------------------------
    @cached_property
    def _world(self) -> tuple[FloatArray, FloatArray]:
        """Positions in the unit square of Web Mercator, y downwards."""
        return to_world(self._layer.lon, self._layer.lat)

    def count_cells(self) -> None:
        """Count the points by cell, which crowded tiles need to be fast, not to be right."""
        if self._layer.geometry is None and len(self._layer) > MOST_PLAIN:
            self._pyramid = TilePyramid(*self._world)

    @cached_property
    def _coded(self) -> mvt.Coded:
        """Attributes of few values of all rows."""
        further = len(_TEXTS) * MOST_NAMED
        return mvt.Coded({key: _coded_column(self._layer, key) for key in _CODED}, further=further)

    @cached_property
    def _plain(self) -> dict[str, pa.Array]:
        """Attributes with a value of its own for every row, each in one piece."""
        return {
            key: in_one_piece(self._layer.values(key).cast(pa.large_string()))
            for key in _TEXTS
            if key in self._layer.table.column_names
        }

    def prepare(self) -> None:
        """Compute what all tiles share."""
        _ = (
            (self._world, self._coded, self._plain)
            if self._layer.geometry is None
            else self._mercator
        )

    def _points(self, z: int, x: int, y: int) -> bytes:
        crowded = self._crowded(z, x, y)
        if crowded is not None:
            return crowded
        rows = self._layer.grid.rows(tile_box(z, x, y))
        if not len(rows):
            return b""
        scale = 2.0**z * mvt.EXTENT
        world_x, world_y = self._world
        px = np.floor(world_x[rows] * scale - x * mvt.EXTENT).astype(np.int64)
        py = np.floor(world_y[rows] * scale - y * mvt.EXTENT).astype(np.int64)
        low, high = -mvt.BUFFER, mvt.EXTENT + mvt.BUFFER
        inside = (px >= low) & (px < high) & (py >= low) & (py < high)
        if not inside.all():
            rows, px, py = rows[inside], px[inside], py[inside]
        if len(rows) > MOST_PLAIN:
            return self._merged(z, x, y, rows)
        shown = self._layer.name, self._layer.fid[rows], px, py, self._coded, rows
        if z >= NAME_ZOOM and len(rows) <= MOST_NAMED:
            content = mvt.point_tile(*shown, texts=list(self._plain), values=self._texts(rows))
            if len(content) <= MOST_BYTES:
                return content
        content = mvt.point_tile(*shown)
        return content if len(content) <= MOST_BYTES else self._merged(z, x, y, rows)

    def _texts(self, rows: IntArray) -> bytes:
        """Return the values of the attributes that have one of their own for every point."""
        places = pa.array(rows)
        taken = [column.take(places) for column in self._plain.values()]
        return text_values(pc.fill_null(pa.concat_arrays(taken), "")) if taken else b""

    def _crowded(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile of counts where too many points lie in it to be shown; else None."""
        if self._pyramid is None:
            return None
        cells = self._pyramid.cells(z, x, y)
        if cells is None or int(cells[0].sum()) <= MOST_PLAIN:
            return None
        return self._counted(z, x, y, *cells)

    def _merged(self, z: int, x: int, y: int, rows: IntArray) -> bytes:
        """Return one point a cell, with the number of firms that it stands for."""
        world_x, world_y = self._world
        side = 2.0**z * mvt.EXTENT / CELL
        cell = np.floor(world_y[rows] * side) * side + np.floor(world_x[rows] * side)
        _, number = np.unique(cell, return_inverse=True)
        count = np.bincount(number)
        means = [np.bincount(number, weights=of[rows]) / count for of in (world_x, world_y)]
        return self._counted(z, x, y, count, *means)

    def _counted(
        self, z: int, x: int, y: int, count: IntArray, world_x: FloatArray, world_y: FloatArray
    ) -> bytes:
        scale = 2.0**z * mvt.EXTENT
        px = np.floor(world_x * scale - x * mvt.EXTENT).astype(np.int64)
        py = np.floor(world_y * scale - y * mvt.EXTENT).astype(np.int64)
        values, codes = np.unique(count, return_inverse=True)
        encoded = b"".join(mvt.number_value(float(value)) for value in values)
        coded = mvt.Coded({"point_count": (codes, encoded, len(values))})
        ids = np.arange(len(count), dtype=np.int64)
        return mvt.point_tile(self._layer.name, ids, px, py, coded, slice(None))

    # --- shapes ----------------------------------------------------------------------------
    @cached_property
    def _mercator(self) -> NDArray[np.object_]:
        shapes = self._layer.geometry if self._layer.geometry is not None else np.empty(0, object)
        return np.asarray(
            shapely.transform(shapes, lambda xy: np.column_stack(to_world(xy[:, 0], xy[:, 1]))),
            dtype=object,
        )

    def _shapes(self, z: int, x: int, y: int) -> bytes:
        box = shapely.box(*tile_box(z, x, y))
        rows = np.sort(self._layer.tree.query(box, predicate="intersects"))
        scale = 2.0**z * mvt.EXTENT
        corner = np.array([x, y]) * mvt.EXTENT
        low, high = -mvt.BUFFER, mvt.EXTENT + mvt.BUFFER
        found = shapely.transform(self._mercator[rows], lambda xy: xy * scale - corner)
        found = shapely.simplify(found, 1.0, preserve_topology=True)
        found = shapely.clip_by_rect(found, low, low, high, high)
        keep = ~shapely.is_empty(found)
        kept = rows[keep]
        properties = [_flat(self._layer.record(int(row))) for row in kept]
        return mvt.shape_tile(
            self._layer.name, self._layer.fid[kept].tolist(), list(found[keep]), properties
        )


def tile_box(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile with its buffer, in degrees."""
    margin = mvt.BUFFER / mvt.EXTENT
    n = 2.0**z
    west, east = ((x - margin) / n * 360 - 180, (x + 1 + margin) / n * 360 - 180)
    north, south = (_latitude((y - margin) / n), _latitude((y + 1 + margin) / n))
    return west, south, east, north


def _latitude(world_y: float) -> float:
    return float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world_y)))))


def to_world(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return positions in the unit square of Web Mercator, y downwards."""
    y = np.radians(np.clip(lat, -_MAX_LAT, _MAX_LAT))
    return lon / 360 + 0.5, 0.5 - np.log(np.tan(np.pi / 4 + y / 2)) / (2 * np.pi)


def _coded_column(layer: Layer, key: str) -> tuple[NDArray[Any], bytes, int]:
    """Return the code of each row's value, the values encoded, and how many there are."""
    source = "sectors" if key == "sector" else key
    if source not in layer.table.column_names:
        return np.zeros(len(layer), dtype=np.uint8), mvt.text_value(""), 1
    column = in_one_piece(layer.values(source))
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    texts = [text or "" for text in column.dictionary.cast(pa.large_string()).to_pylist()]
    if key == "sector":
        texts = [text.partition(";")[0] for text in texts]
    numbers = {text: number for number, text in enumerate(dict.fromkeys([*texts, ""]))}
    codes = np.array([numbers[text] for text in texts] or [0], dtype=np.int32)
    indices = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = np.where(indices < 0, numbers[""], codes[indices])
    return found, b"".join(map(mvt.text_value, numbers)), len(numbers)


def text_values(texts: pa.Array) -> bytes:
    """Return a Value message for each text of a large_string array, one after the other.

    Both lengths are written in two bytes, so that the heads of all messages are one array.
    """
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    if not len(lengths):
        return b""
    if lengths.max() > 16_000:
        return b"".join(mvt.text_value(text) for text in texts.to_pylist())
    inner, outer = lengths, lengths + 3
    heads = np.empty((len(lengths), 6), dtype=np.uint8)
    heads[:, 0], heads[:, 3] = 0x22, 0x0A
    heads[:, 1], heads[:, 2] = outer & 0x7F | 0x80, outer >> 7
    heads[:, 4], heads[:, 5] = inner & 0x7F | 0x80, inner >> 7
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(6), len(lengths), [None, pa.py_buffer(heads.tobytes())]
    )
    joined = pc.binary_join_element_wise(
        fixed.cast(pa.large_binary()),
        texts.cast(pa.large_binary()),
        pa.scalar(b"", pa.large_binary()),
    )
    _, offsets, characters = joined.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[joined.offset :]
    return bytes(memoryview(characters)[int(places[0]) : int(places[len(joined)])])


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as a tile can hold them: texts, numbers, truth values."""
    return {
        key: value if isinstance(value, (str, int, float)) else orjson.dumps(value).decode()
        for key, value in record.items()
        if value is not None
    }
