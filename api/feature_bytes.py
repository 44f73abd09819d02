"""GeoJSON features as bytes, encoded once for all rows, column by column in Arrow.

A page of items is then a concatenation of slices. A million features of some 600 bytes go to an
unnamed temporary file that is mapped into memory, so that the system may drop what nobody asks for.
"""

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from clusteratlas.store.index import Layer

IntArray = NDArray[np.int64]

CHUNK_ROWS: Final = 10_000
IN_MEMORY_BYTES: Final = 200_000_000
DECIMALS: Final = 7  # of a degree: a centimetre

_LS = pa.large_string()
_QUOTE, _EMPTY = pa.scalar('"', _LS), pa.scalar("", _LS)
_ODD: Final = r'[\x00-\x1f\x7f"\\]'


def json_strings(column: pa.Array) -> pa.Array:
    """Return each text as a JSON string with its quotes; null stays null."""
    if pa.types.is_dictionary(column.type):
        return json_strings(column.dictionary).take(column.indices)
    column = column.cast(_LS)
    plain = pc.binary_join_element_wise(_QUOTE, column, _QUOTE, _EMPTY)
    odd = pc.fill_null(pc.match_substring_regex(column, _ODD), False)
    if not pc.any(odd).as_py():
        return plain
    # A quote or a control character is rare enough to be left to the JSON encoder.
    encoded = [orjson.dumps(text).decode() for text in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(plain, odd, pa.array(encoded, _LS))


def json_values(column: pa.Array) -> pa.Array:
    """Return each value of a column as JSON text; null stays null."""
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return json_strings(column)
    if pa.types.is_floating(kind):
        finite = pc.is_finite(column)
        return pc.if_else(finite, column, pa.scalar(None, kind)).cast(_LS)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(_LS)
    return json_strings(column.cast(_LS))


def json_lists(column: pa.Array) -> pa.Array:
    """Return ``a;b`` as ``["a","b"]`` and null as ``[]``."""
    quoted = json_strings(column)
    inner = pc.replace_substring(quoted, pattern=";", replacement='","')
    ends = pa.scalar("[", _LS), pa.scalar("]", _LS)
    return pc.fill_null(pc.binary_join_element_wise(ends[0], inner, ends[1], _EMPTY), "[]")


def join(pieces: Sequence[Any]) -> pa.Array:
    """Return the pieces of each row one after the other; null is written ``null``."""
    return pc.binary_join_element_wise(
        *[p if isinstance(p, pa.Array) else pa.scalar(p, _LS) for p in pieces],
        _EMPTY,
        null_handling="replace",
        null_replacement="null",
    )


class RowBytes:
    """One piece of bytes a row; each ends with a comma, so that neighbours join as they lie."""

    def __init__(self, chunks: Iterable[tuple[pa.Array, IntArray | None]]) -> None:
        lengths: list[IntArray] = [np.zeros(1, dtype=np.int64)]
        heads: list[IntArray] = []
        with tempfile.TemporaryFile() as file:
            for rows, head in chunks:
                file.write(_bytes_of(rows))
                lengths.append(pc.binary_length(rows).to_numpy(zero_copy_only=False))
                if head is not None:
                    heads.append(head)
            file.flush()
            self.offsets: IntArray = np.cumsum(np.concatenate(lengths), dtype=np.int64)
            self.tails: IntArray = np.concatenate(heads) if heads else np.empty(0, np.int64)
            self.view = _mapped(file, int(self.offsets[-1]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def one(self, row: int) -> bytes:
        """Return the bytes of a row, without the comma."""
        return bytes(self.view[self.offsets[row] : self.offsets[row + 1] - 1])

    def pieces(self, rows: IntArray) -> list[bytes]:
        """Return the bytes of rows, each without its comma."""
        starts, stops = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        view = self.view
        return [bytes(view[a : b - 1]) for a, b in zip(starts, stops, strict=True)]

    def tail(self, row: int) -> bytes:
        """Return what follows the geometry in a row, without the comma."""
        start = self.offsets[row] + self.tails[row]
        return bytes(self.view[start : self.offsets[row + 1] - 1])

    def many(self, rows: IntArray) -> bytes:
        """Return the bytes of rows, in their order, with commas between them."""
        if not len(rows):
            return b""
        starts = self.offsets[rows].tolist()
        stops = self.offsets[rows + 1].tolist()
        if len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
            return bytes(self.view[starts[0] : stops[-1] - 1])
        stops[-1] -= 1
        view = self.view
        return b"".join([view[a:b] for a, b in zip(starts, stops, strict=True)])


def _mapped(file: IO[bytes], total: int) -> memoryview:
    if total <= IN_MEMORY_BYTES:
        file.seek(0)
        return memoryview(file.read())
    return memoryview(mmap.mmap(file.fileno(), total, access=mmap.ACCESS_READ))


def _bytes_of(chunk: pa.Array) -> memoryview:
    """Return the characters of a large_string array, all rows in one."""
    if not len(chunk):
        return memoryview(b"")
    _, offsets, characters = chunk.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    return memoryview(characters)[int(places[0]) : int(places[-1])]


def feature_bytes(layer: Layer, geometry: Callable[[slice], pa.Array] | None = None) -> RowBytes:
    """Encode every row of a layer as a GeoJSON feature in CRS84."""
    geometry = geometry or (lambda part: geometry_json(layer, part))
    return RowBytes(_feature_chunks(layer, geometry))


def _slices(layer: Layer) -> Iterator[tuple[slice, pa.Table]]:
    for start in range(0, len(layer), CHUNK_ROWS):
        part = slice(start, min(start + CHUNK_ROWS, len(layer)))
        yield part, layer.table.slice(part.start, part.stop - part.start)


def _feature_chunks(
    layer: Layer, geometry: Callable[[slice], pa.Array]
) -> Iterator[tuple[pa.Array, IntArray]]:
    for part, table in _slices(layer):
        ids = pa.array(layer.fid[part]).cast(_LS)
        head = join(['{"type":"Feature","id":', ids, ',"geometry":', geometry(part)])
        tail = properties_json(table)
        length = pc.binary_length(head).to_numpy(zero_copy_only=False).astype(np.int64)
        yield pc.binary_join_element_wise(head, tail, _EMPTY), length


def properties_json(table: pa.Table) -> pa.Array:
    """Return what follows the geometry: ``,"properties":{...}},`` for every row."""
    pieces: list[Any] = []
    opening = ',"properties":{'
    for name in table.column_names:
        pieces += [f"{opening}{orjson.dumps(name).decode()}:"]
        pieces += [json_values(table[name].combine_chunks())]
        opening = ","
    if not pieces:
        return pa.array([',"properties":{}},'] * table.num_rows, _LS)
    return join([*pieces, "}},"])


CARD_COLUMNS: Final = (
    "enterprise_id",
    "name",
    "origin",
    "kind",
    "sectors",
    "city",
    "district",
    "adcode",
    "precision",
    "radius_m",
    "confidence",
    "status",
)


def card_bytes(layer: Layer) -> RowBytes:
    """Encode every enterprise as the /v1 routes write it; the closing brace is left to them."""
    return RowBytes(_card_chunks(layer))


def _card_chunks(layer: Layer) -> Iterator[tuple[pa.Array, None]]:
    for part, table in _slices(layer):
        pieces: list[Any] = []
        opening = "{"
        for name in CARD_COLUMNS:
            if name in table.column_names:
                column = table[name].combine_chunks()
                values = json_lists(column) if name == "sectors" else json_values(column)
                pieces += [f'{opening}"{name}":', values]
                opening = ","
        for name, values in (("lon", layer.lon[part]), ("lat", layer.lat[part])):
            rounded = np.where(np.isfinite(values), np.round(values, DECIMALS), np.nan)
            pieces += [f'{opening}"{name}":', json_values(pa.array(rounded))]
            opening = ","
        yield join([*pieces, ","]), None


def geometry_json(layer: Layer, part: slice) -> pa.Array:
    """Return the GeoJSON geometry of some rows in CRS84; ``null`` for one without a place."""
    if layer.geometry is not None:
        return shapes_json(layer.geometry[part], decimals=DECIMALS)
    return points_json(layer.lon[part], layer.lat[part], decimals=DECIMALS)


def points_json(x: NDArray[np.float64], y: NDArray[np.float64], *, decimals: int) -> pa.Array:
    """Return GeoJSON points; ``null`` where a coordinate is not a number."""
    placed = pa.array(np.isfinite(x) & np.isfinite(y))
    pieces = [
        '{"type":"Point","coordinates":[',
        pa.array(np.round(x, decimals)).cast(_LS),
        ",",
        pa.array(np.round(y, decimals)).cast(_LS),
        "]}",
    ]
    return pc.if_else(placed, join(pieces), pa.scalar("null", _LS))


def shapes_json(geometry: NDArray[np.object_], *, decimals: int) -> pa.Array:
    """Return GeoJSON geometries; ``null`` for a missing or empty one."""
    if not len(geometry):
        return pa.array([], _LS)
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, decimals))
    texts = shapely.to_geojson(rounded)
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    return pa.array(["null" if bare else t for bare, t in zip(empty, texts, strict=True)], _LS)
