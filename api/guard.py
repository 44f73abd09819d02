"""The outermost layer: request ids, limits, security headers, metrics and one log line a request."""

import asyncio
import logging
import os
import re
import secrets
import time
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusteratlas.api.access_log import AccessLog
from clusteratlas.api.errors import TimeLimitError, TooLargeError, TooManyRequestsError, problem_of
from clusteratlas.api.metrics import Metrics
from clusteratlas.api.rate import TABLE_VARIABLE, RateLimit
from clusteratlas.settings import Settings

error_log = logging.getLogger("clusteratlas.api")

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")

API_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:{tiles}; connect-src 'self'{tiles}; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, *, settings: Settings, metrics: Metrics, access: AccessLog
    ) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._access = access
        self._limit = RateLimit(settings.rate_limit_per_s, os.environ.get(TABLE_VARIABLE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._settings.body_max_bytes)
        self._metrics.in_flight.inc()
        try:
            await self._serve(scope, exchange)
        finally:
            self._metrics.in_flight.dec()
            self._record(scope, exchange)

    async def _serve(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            self._check(scope, exchange)
            async with asyncio.timeout(self._settings.request_timeout_s):
                await self._app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            seconds = self._settings.request_timeout_s
            await exchange.fail(TimeLimitError(f"took longer than {seconds:g} s; narrow it down"))
        except (TooLargeError, TooManyRequestsError) as error:
            await exchange.fail(error)
        except Exception as error:
            error_log.exception("request %s failed", exchange.request_id)
            await exchange.fail(error)

    def _check(self, scope: Scope, exchange: "_Exchange") -> None:
        client = scope["client"][0] if scope.get("client") else ""
        if not self._limit.allows(client, time.monotonic()):
            rate = self._settings.rate_limit_per_s
            raise TooManyRequestsError(f"more than {rate:g} requests a second from one client")
        if exchange.declared > self._settings.body_max_bytes:
            raise TooLargeError(
                f"body of {exchange.declared} bytes; at most {self._settings.body_max_bytes}"
            )

    def _record(self, scope: Scope, exchange: "_Exchange") -> None:
        seconds = time.perf_counter() - exchange.began
        route = getattr(scope.get("route"), "path", "") or "unmatched"
        self._metrics.observe(route, scope["method"], exchange.status, seconds)
        if self._access.enabled:
            self._access.write(_access_line(scope, exchange, route, seconds))


class _Exchange:
    """One request: its id, its answer's status, and its body counted as it comes in."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        self.began = time.perf_counter()
        self.status = 0
        self.sent = 0
        self.declared = 0
        self._receive, self._send, self._most, self._read = receive, send, most, 0
        self.request_id = ""
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                self.request_id = value.decode()
            elif name == b"content-length" and value.isdigit():
                self.declared = int(value[:18])
        if not self.request_id:
            self.request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            raise TooLargeError(f"body of more than {self._most} bytes")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.setdefault("headers", [])
            headers.append((b"x-request-id", self.request_id.encode()))
            headers.append((b"x-content-type-options", b"nosniff"))
            headers.append((b"referrer-policy", b"no-referrer"))
            if not any(name == b"content-security-policy" for name, _ in headers):
                headers.append((b"content-security-policy", API_POLICY))
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    async def fail(self, error: BaseException) -> None:
        """Answer with a problem document, unless the answer has begun: then it just breaks off."""
        if self.status:
            raise ConnectionAbortedError(str(error)) from error
        response = problem_of(error, request_id=self.request_id)
        await self.send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": list(response.raw_headers),
            }
        )
        await self.send({"type": "http.response.body", "body": response.body})


def _access_line(scope: Scope, exchange: _Exchange, route: str, seconds: float) -> dict[str, Any]:
    return {
        "log": "access",
        "id": exchange.request_id,
        "client": scope["client"][0] if scope.get("client") else "",
        "method": scope["method"],
        "route": route,
        "path": scope["path"][:300],
        "status": exchange.status,
        "bytes": exchange.sent,
        "ms": round(seconds * 1000, 2),
    }
