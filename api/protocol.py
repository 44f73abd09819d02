"""The HTTP layer under the application: what is typed by hand is understood, what never ends is cut.

Three things that the parser leaves open:

- An address with characters as they are typed (``/v1/search?q=沈鼓``). Browsers encode them, ``curl``
  sends the bytes; the parser refuses those. They are percent-encoded here before it sees them.
- What is not HTTP at all is answered by a problem document, like everything else.
- The head of a request (its line and headers) has a greatest size and a longest time to come in.
"""

import asyncio
import re
from typing import Any, Final

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from clusteratlas.api.errors import problem

MAX_HEAD_BYTES: Final = 65_536
HEAD_SECONDS: Final = 15.0

_RAW: Final = re.compile(rb"[\x80-\xff]")

NOT_HTTP: Final = (
    "the request is not HTTP/1.1: percent-encode spaces and other special characters of the address "
    "(curl: --get --data-urlencode), and use http://, not https://, unless a proxy does TLS"
)


def encode_line(line: bytes) -> bytes:
    """Percent-encode every byte of a request line that is not ASCII.

    >>> encode_line("GET /v1/search?q=沈 HTTP/1.1".encode())
    b'GET /v1/search?q=%E6%B2%88 HTTP/1.1'
    """
    return _RAW.sub(lambda found: b"%%%02X" % found[0][0], line)


class Protocol(HttpToolsProtocol):
    """One connection; see the module."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._line_comes = True  # what is read next belongs to a request line
        self._completed = False  # a message ended within what is being read
        self._in_head = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; a client that then says nothing is cut off."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came in."""
        if self._line_comes:
            line, newline, rest = data.partition(b"\n")
            self._line_comes = not newline
            if not line.isascii():
                data = encode_line(line) + newline + rest
        self._completed = False
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._bound_head(len(data))

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0
        if self._completed:  # a second request in the same segment: its line is already being read
            self._line_comes = False

    def on_headers_complete(self) -> None:
        """Hand the request over."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        super().on_message_complete()
        self._line_comes = self._completed = True

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # what the parser says helps nobody
        """Answer what is not HTTP."""
        self._refuse(problem(400, NOT_HTTP))

    # --- the head of a request -------------------------------------------------------------
    def _bound_head(self, received: int) -> None:
        self._head_bytes += received
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(problem(431, f"request line and headers of over {MAX_HEAD_BYTES} bytes"))
        elif self._head_timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._refuse(problem(408, f"no whole request within {HEAD_SECONDS:g} s"))

    def _refuse(self, answer: Response) -> None:
        """Answer without the application, and close."""
        lines = [STATUS_LINE[answer.status_code]]
        lines += [name + b": " + value + b"\r\n" for name, value in answer.raw_headers]
        lines += [b"x-content-type-options: nosniff\r\n", b"connection: close\r\n\r\n"]
        self.transport.write(b"".join([*lines, bytes(answer.body)]))
        self.transport.close()
