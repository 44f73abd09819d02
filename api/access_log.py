"""One line of JSON a request on stderr, written in batches so that it costs microseconds."""

import asyncio
import sys
import time
from typing import IO, Any, Final

import orjson

FLUSH_AFTER_S: Final = 0.2
FLUSH_LINES: Final = 200


class AccessLog:
    """Lines wait for at most 0.2 s; :meth:`flush` writes them out."""

    def __init__(self, *, enabled: bool, stream: IO[str] | None = None) -> None:
        self.enabled = enabled
        self._stream = stream
        self._lines: list[bytes] = []
        self._second, self._stamp = 0, ""

    def write(self, line: dict[str, Any]) -> None:
        """Keep a line; ``at`` is added."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        line["at"] = f"{self._stamp}.{int(now % 1 * 1000):03d}Z"
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self.flush)
        self._lines.append(orjson.dumps(line))
        if len(self._lines) >= FLUSH_LINES:
            self.flush()

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._lines:
            lines, self._lines = self._lines, []
            stream = self._stream or sys.stderr
            stream.write(b"\n".join(lines).decode() + "\n")
            stream.flush()
