"""Tell the encoding of a text file from its first bytes, and bring it into lines."""

import codecs
import io
from typing import IO, Final

from clusteratlas.errors import FileFormatError

_CHUNK: Final = 1 << 16


def find_encoding(sample: bytes, title: str) -> str:
    """Return ``utf-8``, ``gb18030``, ``utf-16-le`` or ``utf-16-be``.

    Raises
    ------
    FileFormatError
        If the bytes are no text in any of these.
    """
    if sample.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if sample.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if sample[:4096].count(0) > len(sample[:4096]) // 8:
        raise FileFormatError(f"{title} is no text file, or UTF-16 without a byte order mark")
    wrong = {name: _undecodable_lines(sample, name) for name in ("utf-8", "gb18030")}
    best = min(wrong, key=lambda name: wrong[name])
    lines = sample.count(b"\n") + 1
    if wrong[best] > max(lines // 2, 1):
        raise FileFormatError(f"{title} is neither UTF-8 nor GB18030 text")
    return best


def _undecodable_lines(sample: bytes, encoding: str) -> int:
    lines = sample.split(b"\n")
    wrong = 0
    for at, line in enumerate(lines):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            # The last line of the sample may be cut inside a character.
            wrong += at < len(lines) - 1 or len(lines) == 1
    return wrong


class _Transformed(io.RawIOBase):
    """A byte stream turned into UTF-8 lines that end with a line feed."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            text = self._decoder.decode(chunk, final=self._ended)
            self._ready = self._newlines.decode(text, final=self._ended).encode("utf-8")
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


class _Carriage(io.RawIOBase):
    """A byte stream whose lines end with a carriage return alone."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def as_lines(stream: io.RawIOBase, sample: bytes, encoding: str) -> IO[bytes]:
    """Return the stream so that ``readline`` gives one line; UTF-16 comes out as UTF-8."""
    raw: io.RawIOBase = stream
    if encoding.startswith("utf-16"):
        raw = _Transformed(io.BufferedReader(stream, _CHUNK), encoding)
    elif b"\n" not in sample and b"\r" in sample:
        raw = _Carriage(io.BufferedReader(stream, _CHUNK))
    return io.BufferedReader(raw, 1 << 20)
