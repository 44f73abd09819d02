"""Mapbox Vector Tiles 2.1, encoded by hand: points column by column in numpy, shapes one by one.

A point's feature is a row of fixed width: numbers are written as varints of a fixed length with
continuation bits, which every protobuf decoder reads. So n features are one array, filled by column,
instead of n messages that are built one after the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
ByteArray = NDArray[np.uint8]

EXTENT: Final = 4096
BUFFER: Final = 64  # units of the extent around a tile, so that symbols on its border are whole

_VERSION_2: Final = b"\x78\x02"  # field 15, varint 2
_EXTENT_FIELD: Final = b"\x28\x80\x20"  # field 5, varint 4096
_POINT, _LINE, _POLYGON = 1, 2, 3


def varint(value: int) -> bytes:
    """Return an unsigned number in base 128, least significant group first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    """Return a length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def text_value(text: str) -> bytes:
    """Return a Value message with a string, as a field of the layer."""
    return field(4, field(1, text.encode()))


def number_value(value: float) -> bytes:
    """Return a Value message with a number, as a field of the layer; whole ones as integers."""
    if float(value).is_integer() and abs(value) < 2**53:
        zigzag = (int(value) << 1) ^ (int(value) >> 63)
        return field(4, b"\x30" + varint(zigzag))
    return field(4, b"\x19" + np.float64(value).tobytes())


def layer(name: str, features: bytes, keys: Sequence[str], values: bytes) -> bytes:
    """Return a whole tile of one layer."""
    head = field(1, name.encode()) + _VERSION_2 + _EXTENT_FIELD
    return field(3, head + b"".join(field(3, key.encode()) for key in keys) + values + features)


def _write_fixed(out: ByteArray, values: NDArray[Any], base: int) -> None:
    """Write varints of one width into (n, width) bytes: all but the last with a continuation bit."""
    values = values.astype(np.int64) + base if base else values
    last = out.shape[1] - 1
    for place in range(last + 1):
        group = (values >> (7 * place)) & 0x7F
        out[:, place] = group | 0x80 if place < last else group


def _width(most: int) -> int:
    return max(1, (max(most, 1).bit_length() + 6) // 7)


class Coded:
    """Attributes of few values that all points of a layer have, encoded once for every tile.

    Parameters
    ----------
    columns
        ``{key: (codes, values, count)}``: (n,) place of each point's value among the values, Value
        messages encoded as fields of the layer, one after the other, and how many these are.
    further
        How many more values a tile may have.
    """

    def __init__(
        self, columns: Mapping[str, tuple[NDArray[Any], bytes, int]], *, further: int = 0
    ) -> None:
        self.keys = list(columns)
        self.values = b"".join(values for _, values, _ in columns.values())
        self.count = sum(count for _, _, count in columns.values())
        self.wide = _width(self.count + further)
        n = len(next(iter(columns.values()))[0]) if columns else 0
        self.tags: ByteArray = np.empty((n, len(columns) * (1 + self.wide)), dtype=np.uint8)
        """(n, ...) key and value of each attribute of every point, as tags of its feature."""
        base = 0
        for place, (codes, _, count) in enumerate(columns.values()):
            at = place * (1 + self.wide)
            self.tags[:, at] = place
            _write_fixed(self.tags[:, at + 1 : at + 1 + self.wide], codes, base)
            base += count


def point_tile(
    name: str,
    ids: IntArray,
    x: IntArray,
    y: IntArray,
    coded: Coded,
    rows: IntArray | slice,
    *,
    texts: Sequence[str] = (),
    values: bytes = b"",
) -> bytes:
    """Return a tile of n points.

    Parameters
    ----------
    ids
        (n,) feature numbers, at least 0.
    x, y
        (n,) positions in units of the extent, y downwards.
    coded, rows
        Attributes of few values, and which n of its points these are.
    texts
        Keys of attributes with a value of its own for each point.
    values
        Their Value messages: those of all points for the first key, then for the next one.
    """
    n = len(ids)
    if n == 0:
        return b""
    wide, id_wide = coded.wide, _width(int(ids.max()))
    own = len(texts) * (1 + wide)
    tag_bytes = coded.tags.shape[1] + own
    head = b"\x12" + varint(tag_bytes) if tag_bytes else b""
    # Type point; a geometry of 5 bytes, which begins with one MoveTo.
    place, tail = b"\x18\x01\x22\x05\x09", 4
    size = 1 + id_wide + len(head) + tag_bytes + len(place) + tail
    start = b"\x12" + varint(size) + b"\x08"
    template = start + bytes(id_wide) + head + bytes(tag_bytes) + place + bytes(tail)
    out = np.empty((n, len(template)), dtype=np.uint8)
    out[:] = np.frombuffer(template, dtype=np.uint8)
    at = len(start)
    _write_fixed(out[:, at : at + id_wide], ids, 0)
    at += id_wide + len(head)
    out[:, at : at + coded.tags.shape[1]] = coded.tags[rows]
    at += coded.tags.shape[1]
    for number in range(len(texts)):
        out[:, at] = len(coded.keys) + number
        own_values = np.arange(n, dtype=np.int64)
        _write_fixed(out[:, at + 1 : at + 1 + wide], own_values, coded.count + number * n)
        at += 1 + wide
    for axis, values_ in enumerate((x, y)):
        zigzag = (values_ << 1) ^ (values_ >> 63)
        first = len(template) - tail + 2 * axis
        _write_fixed(out[:, first : first + 2], zigzag, 0)
    return layer(name, out.tobytes(), [*coded.keys, *texts], coded.values + values)


# --- shapes ------------------------------------------------------------------------------------


def shape_tile(
    name: str,
    ids: Sequence[int],
    shapes: Sequence[shapely.Geometry],
    properties: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return a tile of any geometries in units of the extent (y downwards), clipped already."""
    keys: dict[str, int] = {}
    values: dict[Any, int] = {}
    features = []
    for fid, shape, attributes in zip(ids, shapes, properties, strict=True):
        kind, commands = _commands(shape)
        if not commands:
            continue
        tags = bytearray()
        for key, value in attributes.items():
            if value is None:
                continue
            tags += varint(keys.setdefault(key, len(keys)))
            tags += varint(values.setdefault((type(value), value), len(values)))
        body = b"\x08" + varint(fid) + field(2, bytes(tags)) + b"\x18" + varint(kind)
        features.append(field(2, body + field(4, commands)))
    if not features:
        return b""
    encoded = [text_value(v) if kind is str else number_value(v) for kind, v in values]
    return layer(name, b"".join(features), list(keys), b"".join(encoded))


def _commands(shape: shapely.Geometry) -> tuple[int, bytes]:
    """Return the geometry type and the command stream of a shape; b"" if it vanishes."""
    parts = list(getattr(shape, "geoms", [shape]))
    polygons = [p for p in parts if p.geom_type == "Polygon"]
    if polygons:
        return _POLYGON, _polygons(polygons)
    lines = [p for p in parts if p.geom_type in {"LineString", "LinearRing"}]
    if lines:
        pen = _Pen()
        return _LINE, b"".join(pen.path(_grid(line), closed=False) for line in lines)
    points = [p for p in parts if p.geom_type == "Point" and not p.is_empty]
    if not points:
        return _POINT, b""
    pen = _Pen()
    places = np.array([_grid(point)[0] for point in points])
    return _POINT, varint(len(points) << 3 | 1) + pen.moves(places)


def _polygons(polygons: Sequence[shapely.Polygon]) -> bytes:
    pen = _Pen()
    out = []
    for polygon in polygons:
        outer = _ring(polygon.exterior, positive=True)
        if outer is None:
            continue
        out.append(pen.path(outer, closed=True))
        for hole in polygon.interiors:
            inner = _ring(hole, positive=False)
            if inner is not None:
                out.append(pen.path(inner, closed=True))
    return b"".join(out)


def _grid(shape: shapely.Geometry) -> IntArray:
    return np.asarray(np.round(shapely.get_coordinates(shape)).astype(np.int64))


def _ring(ring: shapely.LinearRing, *, positive: bool) -> IntArray | None:
    """Return a ring without repeats and its closing point, turned as the standard asks."""
    xy = _grid(ring)[:-1]
    keep = np.ones(len(xy), dtype=bool)
    keep[1:] = (np.diff(xy, axis=0) != 0).any(axis=1)
    xy = xy[keep]
    following = np.roll(xy, -1, axis=0)
    area = int((xy[:, 0] * following[:, 1] - following[:, 0] * xy[:, 1]).sum())
    if len(xy) < 3 or area == 0:
        return None
    # y grows downwards here: a positive area means clockwise on the screen, as outer rings are.
    return xy if (area > 0) == positive else xy[::-1]


class _Pen:
    """The cursor of a command stream: positions are written as steps from the last one."""

    def __init__(self) -> None:
        self._x = self._y = 0

    def moves(self, xy: IntArray) -> bytes:
        out = bytearray()
        for x, y in xy.tolist():
            for step in (x - self._x, y - self._y):
                out += varint((step << 1) ^ (step >> 63))
            self._x, self._y = x, y
        return bytes(out)

    def path(self, xy: IntArray, *, closed: bool) -> bytes:
        if len(xy) < 2:
            return b""
        head = b"\x09" + self.moves(xy[:1]) + varint((len(xy) - 1) << 3 | 2)
        return head + self.moves(xy[1:]) + (b"\x0f" if closed else b"")
