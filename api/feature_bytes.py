"""GeoJSON features as bytes, encoded once for all rows, column by column in Arrow.

A page of items is then a concatenation of slices. A million features of some 600 bytes go to an
unnamed temporary file that is mapped into memory, so that the system may drop what nobody asks for.

What is unknown of a feature is left out: GDAL spends a quarter of a second on each property of 100,000
features, whether it is null or not. :meth:`RowBytes.page` brings it back, for features alone, in small
pages, and first in large ones, so that every reader sees every column.
"""

import mmap
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
WHOLE_FEATURES: Final = 100
"""Pages up to this size name every column of every feature."""
MOST_PARTS: Final = 200
MOST_IDLE: Final = 0.2
"""Above this share of bytes that nobody needs, or so many pieces, all is encoded anew."""
DECIMALS: Final = 7  # of a degree: a centimetre

_LS = pa.large_string()
_QUOTE, _EMPTY = pa.scalar('"', _LS), pa.scalar("", _LS)
_PROPERTIES: Final = b',"properties":'
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
        return _json_numbers(pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(_LS)
    return json_strings(column.cast(_LS))


def _json_numbers(column: pa.Array) -> pa.Array:
    """Return numbers that are no counts as JSON text: 500 as ``500.0``.

    QGIS, GDAL and R guess the type of a column from the first features of a page; without the point
    they take it for whole numbers and cut what follows.
    """
    text = column.cast(_LS)
    whole = pc.match_substring_regex(text, r"^-?\d+$")
    return pc.if_else(
        whole, pc.binary_join_element_wise(text, pa.scalar("0", _LS), pa.scalar(".", _LS)), text
    )


def json_lists(column: pa.Array) -> pa.Array:
    """Return ``a;b`` as ``["a","b"]`` and null as ``[]``."""
    quoted = json_strings(column)
    inner = pc.replace_substring(quoted, pattern=";", replacement='","')
    ends = pa.scalar("[", _LS), pa.scalar("]", _LS)
    return pc.fill_null(pc.binary_join_element_wise(ends[0], inner, ends[1], _EMPTY), "[]")


def join(pieces: Sequence[Any], *, unknown: str = "null") -> pa.Array:
    """Return the pieces of each row one after the other, ``unknown`` in the place of null."""
    return pc.binary_join_element_wise(
        *[p if isinstance(p, pa.Array) else pa.scalar(p, _LS) for p in pieces],
        _EMPTY,
        null_handling="replace",
        null_replacement=unknown,
    )


class _Parts:
    """Pieces of memory one after the other, addressed as one."""

    def __init__(self, parts: Sequence[memoryview]) -> None:
        self.parts = list(parts)
        self._bounds: list[int] = np.cumsum([0, *map(len, self.parts)]).tolist()
        self.size = int(self._bounds[-1])

    def let_go(self) -> None:
        """Let the system take back the pages of files; they are read again when they are asked for."""
        for part in self.parts:
            if isinstance(part.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
                part.obj.madvise(mmap.MADV_DONTNEED)

    def __getitem__(self, piece: slice) -> bytes:
        """Return the bytes from start to stop."""
        found: list[memoryview] = []
        start, stop = piece.start, piece.stop
        number = bisect_right(self._bounds, start) - 1
        while start < stop:
            end = min(stop, self._bounds[number + 1])
            first = self._bounds[number]
            found.append(self.parts[number][start - first : end - first])
            start, number = end, number + 1
        return bytes(found[0]) if len(found) == 1 else b"".join(found)

    def several(self, starts: Sequence[int], stops: Sequence[int]) -> list[bytes]:
        """Return the bytes from each start to its stop."""
        if len(self.parts) == 1:  # as it is until the first refresh: no need to look for the part
            part = self.parts[0]
            return [bytes(part[a:b]) for a, b in zip(starts, stops, strict=True)]
        return [self[a:b] for a, b in zip(starts, stops, strict=True)]


class RowBytes:
    """One piece of bytes a row; each ends with a comma, so that neighbours join as they lie.

    ``starts`` and ``sizes`` say where the pieces lie, ``tails`` how far into them the properties do.
    """

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
            offsets: IntArray = np.cumsum(np.concatenate(lengths), dtype=np.int64)
            self.starts = offsets[:-1].copy()
            self.sizes = np.diff(offsets).astype(np.int32)
            found = np.concatenate(heads) if heads else np.zeros(len(self.starts))
            self.tails = found.astype(np.int32)
            self.view = _Parts([_mapped(file, int(offsets[-1]))])

    def with_rows(self, other: "RowBytes", rows: IntArray) -> "RowBytes":
        """Return rows of this one (their number) and, in order, of another (-1); nothing is copied."""
        old = rows >= 0
        merged: RowBytes = object.__new__(RowBytes)
        for name, shift in (("starts", self.view.size), ("sizes", 0), ("tails", 0)):
            values = np.empty(len(rows), dtype=getattr(self, name).dtype)
            values[old] = getattr(self, name)[rows[old]]
            values[~old] = getattr(other, name) + shift
            setattr(merged, name, values)
        merged.view = _Parts([*self.view.parts, *other.view.parts])
        return merged

    @property
    def idle(self) -> float:
        """The share of the bytes that belongs to no row any more."""
        return 1.0 - int(self.sizes.sum(dtype=np.int64)) / max(1, int(self.view.size))

    def __len__(self) -> int:
        return len(self.starts)

    def one(self, row: int) -> bytes:
        """Return the bytes of a row, without the comma."""
        return self.pieces(np.array([row]))[0]

    def pieces(self, rows: IntArray) -> list[bytes]:
        """Return the bytes of rows, each without its comma."""
        starts = self.starts[rows]
        return self.view.several(starts.tolist(), (starts + self.sizes[rows] - 1).tolist())

    def all_tails(self, rows: IntArray, columns: Sequence[str]) -> list[bytes]:
        """Return what follows the geometry in rows, with all columns where :meth:`page` has them."""
        begins = self.starts[rows]
        stops = begins + self.sizes[rows] - 1
        tails = self.view.several((begins + self.tails[rows]).tolist(), stops.tolist())
        count, unknown = _how_many_whole(len(rows)), dict.fromkeys(columns)
        return [_with_unknown(tail, unknown) for tail in tails[:count]] + tails[count:]

    def page(self, rows: IntArray, columns: Sequence[str]) -> bytes:
        """Return features with commas between them: with all columns if they are few, else the first."""
        count = _how_many_whole(len(rows))
        unknown, heads = dict.fromkeys(columns), self.tails[rows[:count]].tolist()
        pieces = [
            piece[:head] + _with_unknown(piece[head:], unknown)
            for piece, head in zip(self.pieces(rows[:count]), heads, strict=True)
        ]
        if count < len(rows):
            pieces.append(self.many(rows[count:]))
        return b",".join(pieces)

    def many(self, rows: IntArray) -> bytes:
        """Return the bytes of rows, in their order, with commas between them."""
        if not len(rows):
            return b""
        starts = self.starts[rows]
        stops = starts + self.sizes[rows]
        if len(rows) > 1 and (starts[1:] == stops[:-1]).all():  # they lie one after the other
            return self.view[int(starts[0]) : int(stops[-1]) - 1]
        return b"".join(self.view.several(starts.tolist(), stops.tolist()))[:-1]


class LateBytes:
    """Rows of a layer as bytes: those that are asked for until all are encoded.

    A million firms take six seconds of CPU time to encode; the server is ready before that.
    """

    def __init__(self, layer: Layer, encode: Callable[[Layer], RowBytes]) -> None:
        self._layer, self._encode = layer, encode
        self._all: RowBytes | None = None

    def __len__(self) -> int:
        return len(self._layer)

    @property
    def is_ready(self) -> bool:
        """Whether all rows are encoded."""
        return self._all is not None

    def prepare(self) -> None:
        """Encode all rows now."""
        if self._all is None:
            self._all = self._encode(self._layer)

    def let_go(self) -> None:
        """Keep in memory no longer what can be read again from a file."""
        if self._all is not None:
            self._all.view.let_go()

    def take_over(self, old: "LateBytes", changed: IntArray) -> None:
        """Encode the rows of changed fids, and take the others from what was encoded before."""
        encoded, fid, former = old._all, self._layer.fid, old._layer.fid
        if encoded is None or not len(former) or encoded.idle > MOST_IDLE:
            return
        if len(encoded.view.parts) > MOST_PARTS:
            return
        rows = np.minimum(np.searchsorted(former, fid), len(former) - 1)
        rows[(former[rows] != fid) | np.isin(fid, changed)] = -1
        new = self._encode(self._layer.take(np.flatnonzero(rows < 0)))
        self._all = encoded.with_rows(new, rows)

    def _of(self, rows: IntArray) -> tuple[RowBytes, IntArray]:
        """Return encoded rows, and the places of these among them."""
        if self._all is not None:
            return self._all, rows
        return self._encode(self._layer.take(rows)), np.arange(len(rows))

    def page(self, rows: IntArray) -> bytes:
        """Return :meth:`RowBytes.page` of some rows."""
        encoded, places = self._of(rows)
        return encoded.page(places, self._layer.columns)

    def tails(self, rows: IntArray) -> list[bytes]:
        """Return what follows the geometry in rows, with all columns as in :meth:`RowBytes.page`."""
        encoded, places = self._of(rows)
        return encoded.all_tails(places, self._layer.columns)

    def pieces(self, rows: IntArray) -> list[bytes]:
        """Return :meth:`RowBytes.pieces` of some rows."""
        encoded, places = self._of(rows)
        return encoded.pieces(places)

    def one(self, row: int) -> bytes:
        """Return the bytes of a row, without the comma."""
        return self.pieces(np.array([row]))[0]


def _how_many_whole(rows: int) -> int:
    return rows if rows <= WHOLE_FEATURES else min(rows, 1)


def _with_unknown(tail: bytes, unknown: Mapping[str, None]) -> bytes:
    """Return ``,"properties":{...}}`` with the columns that it leaves out."""
    known = orjson.loads(tail[len(_PROPERTIES) : -1])
    return b"%b%b}" % (_PROPERTIES, orjson.dumps({**unknown, **known}))


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
    """Return what follows the geometry: ``,"properties":{...}},`` for every row.

    The first column is always there; of the others what is known.
    """
    opening = f"{_PROPERTIES.decode()}{{"
    if not table.num_columns:
        return pa.array([opening + "}},"] * table.num_rows, _LS)
    first = table.column_names[0]
    values = pc.fill_null(json_values(table[first].combine_chunks()), "null")
    pieces: list[Any] = [f"{opening}{orjson.dumps(first).decode()}:", values]
    for name in table.column_names[1:]:
        pieces += _known(f",{orjson.dumps(name).decode()}:", table[name].combine_chunks())
    return join([*pieces, "}},"], unknown="")


def _known(name: str, column: pa.Array) -> list[Any]:
    """Return name and value of a property as pieces to join; null where it is unknown."""
    label = pa.scalar(name, _LS)
    if pa.types.is_dictionary(column.type) and column.null_count:
        texts = json_strings(column.dictionary)
        return [pc.binary_join_element_wise(label, texts, _EMPTY).take(column.indices)]
    values = json_values(column)
    if values.null_count == len(values):
        return []
    if values.null_count == 0:
        return [name, values]
    return [pc.binary_join_element_wise(label, values, _EMPTY)]


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
