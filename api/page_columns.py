"""Every enterprise as typed columns for the live page, some 29 bytes a firm."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.api.state import Served
from clusteratlas.store.index import Layer

FORMAT: Final = 1
PRECISIONS: Final = ("site", "address", "street", "zone", "township", "district", "city", "none")

_NOWHERE: Final = -(2**31)


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
    head |= {"stacks": stacks, "districts": districts, "cities": cities, "zones": zones}
    return _packed(head, arrays)


def _packed(head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return four bytes of length, a JSON head, then the arrays, little endian, at steps of eight."""
    listed, parts, offset = [], [], 0
    for name, array in arrays.items():
        listed.append({"name": name, "type": array.dtype.name, "offset": offset})
        content = array.astype(array.dtype.newbyteorder("<")).tobytes()
        content += b"\0" * (-len(content) % 8)
        parts.append(content)
        offset += len(content)
    text = orjson.dumps(head | {"arrays": listed})
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
