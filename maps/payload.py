"""Pack a map's tables into one compressed, base64 text that the page unpacks.

Layout before compression: an unsigned 32-bit length, the JSON header of that length, then the
sections one after another, all little-endian. The header lists every section as
``{name, kind, count, offset, length, ...}`` with the offset counted from the end of the header:

- ``json``: UTF-8 JSON.
- ``text``: ``count`` strings in UTF-8, joined by line feeds.
- ``u8``, ``u16``, ``u32``: unsigned integers.
- ``delta``: signed 32-bit integers as differences to the one before, zigzag-coded, their four bytes
  in four planes. Neighbouring coordinates differ little, so that three planes are nearly empty and
  deflate makes a third of what plain numbers would take.

Values are data and never markup: a firm named ``</script>`` is a few bytes of base64 here.
"""

import base64
import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

COORDINATE_SCALE: Final = 100_000
"""Coordinates are stored as integers of 1e-5 degrees, 1.1 m."""

_UNSIGNED: Final = {"u8": "<u1", "u16": "<u2", "u32": "<u4"}

_LARGEST: Final = {"u8": 2**8 - 1, "u16": 2**16 - 1, "u32": 2**32 - 1}

# Level 6 packs 100,000 firms in half a second; level 9 takes five times that for 2 % less.
_LEVEL: Final = 6


def quantise(degrees: ArrayLike) -> NDArray[np.int32]:
    """Return degrees as integers of 1e-5 degrees."""
    scaled = np.rint(np.asarray(degrees, dtype=np.float64) * COORDINATE_SCALE)
    return scaled.astype(np.int32)


class PayloadWriter:
    """Collects sections and packs them; the page reads them by name."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self._parts: list[bytes] = []
        self._offset = 0

    def add_json(self, name: str, value: object) -> None:
        """Add anything that JSON can hold; NaN is not JSON and raises ``ValueError``."""
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self._add(name, "json", 1, text.encode("utf-8", "replace"))

    def add_text(self, name: str, values: Iterable[str]) -> None:
        """Add a column of strings; a line break inside a value becomes a space."""
        # A list first: walking a pandas column of strings costs five times as much.
        listed = values.tolist() if isinstance(values, pd.Series) else list(values)
        cleaned = [value.replace("\n", " ") if "\n" in value else value for value in listed]
        self._add(name, "text", len(cleaned), "\n".join(cleaned).encode("utf-8", "replace"))

    def add_codes(self, name: str, values: Sequence[str] | pd.Series) -> None:
        """Add a column of few distinct strings as its sorted vocabulary and 16-bit codes."""
        codes, found = pd.factorize(np.asarray(values, dtype=object), sort=True)
        vocabulary = [str(value) for value in found]
        if len(vocabulary) > np.iinfo(np.uint16).max:
            self.add_text(name, values)
            return
        self.add_json(f"{name}.values", vocabulary)
        self.add_unsigned(name, codes, "u16")

    def add_unsigned(self, name: str, values: ArrayLike, kind: str) -> None:
        """Add unsigned integers of kind ``u8``, ``u16`` or ``u32``, clipped to its range."""
        dtype = _UNSIGNED[kind]
        array = np.clip(np.asarray(values, dtype=np.float64), 0, _LARGEST[kind]).astype(dtype)
        self._add(name, kind, array.size, array.tobytes())

    def add_delta(self, name: str, values: ArrayLike) -> None:
        """Add signed 32-bit integers whose neighbours differ little."""
        array = np.asarray(values, dtype=np.int64)
        steps = np.diff(array, prepend=0)
        zigzag = ((steps << 1) ^ (steps >> 63)).astype("<u4")
        planes = zigzag.view(np.uint8).reshape(-1, 4).T
        self._add(name, "delta", array.size, np.ascontiguousarray(planes).tobytes())

    def pack(self) -> str:
        """Return everything, deflated (zlib wrapper) and in base64."""
        header = json.dumps(self._entries, separators=(",", ":")).encode("ascii")
        whole = b"".join([struct.pack("<I", len(header)), header, *self._parts])
        return base64.b64encode(zlib.compress(whole, _LEVEL)).decode("ascii")

    def _add(self, name: str, kind: str, count: int, content: bytes) -> None:
        if any(entry["name"] == name for entry in self._entries):
            raise ValueError(f"section {name!r} twice")
        self._entries.append(
            {
                "name": name,
                "kind": kind,
                "count": count,
                "offset": self._offset,
                "length": len(content),
            }
        )
        self._parts.append(content)
        self._offset += len(content)
