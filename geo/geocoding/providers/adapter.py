"""The HTTP client behind the online providers: bounded, quiet, without redirects.

geopy's own adapters put the whole URL into messages or debug logs, and with it the key; they follow
redirects, and read answers of any length. This one does neither.
"""

import http.client
import json
import ssl
import time
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, quote_plus
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import (
    GeocoderParseError,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)

MAX_ANSWER_BYTES: Final = 1_000_000
"""Longest answer that is read; real ones have a few kilobytes."""

HIDDEN: Final = "***"
_CHUNK_BYTES: Final = 65_536


class RefusedRequestError(AdapterHTTPError):  # type: ignore[misc]  # geopy is untyped
    """An HTTP status of 300 and above; ``body`` is what came with it.

    geopy would log the body as ``text``, and services repeat the key in theirs.
    """

    def __init__(self, status: int, headers: dict[str, str], body: str) -> None:
        super().__init__(f"HTTP status {status}", status_code=status, headers=headers, text=None)
        self.body = body


class _NoRedirects(HTTPRedirectHandler):
    """Refuse redirects: they would carry the key to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class QuietAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy is untyped
    """Fetch JSON with a deadline for the whole answer; no message holds the URL or the key."""

    def __init__(self, *, proxies: Any, ssl_context: ssl.SSLContext | None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._opener = build_opener(
            HTTPSHandler(context=ssl_context), ProxyHandler(proxies), _NoRedirects()
        )

    def get_json(self, url: str, *, timeout: float | None, headers: dict[str, str]) -> Any:
        """Return the parsed answer.

        Raises
        ------
        GeocoderParseError
            If it is no JSON.
        """
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise GeocoderParseError("the answer is no JSON") from None

    def get_text(self, url: str, *, timeout: float | None, headers: dict[str, str]) -> str:
        """Return the answer as text.

        Raises
        ------
        RefusedRequestError
            For a status of 300 and above.
        GeocoderTimedOut, GeocoderUnavailable, GeocoderServiceError, GeocoderParseError
            If there is no whole answer in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            with self._opener.open(Request(url, headers=headers), timeout=timeout) as page:
                return _read(page, deadline)
        except HTTPError as error:
            raise _http_error(error, deadline) from None
        except (URLError, OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise _transport_error(reason) from None


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text with every secret replaced: plain, percent-encoded or escaped as in JSON."""
    for secret in filter(None, secrets):
        for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
            text = text.replace(form, HIDDEN)
    return text


def _read(page: Any, deadline: float | None) -> str:
    """Read an answer; a server that drips bytes does not outlast the deadline."""
    parts, size = [], 0
    while part := page.read1(_CHUNK_BYTES):
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise GeocoderParseError(f"the answer has over {MAX_ANSWER_BYTES:,} bytes")
        if deadline is not None and time.monotonic() > deadline:
            raise GeocoderTimedOut("timed out within the answer")
        parts.append(part)
    try:
        return b"".join(parts).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GeocoderParseError("the answer is not UTF-8") from None


def _http_error(error: HTTPError, deadline: float | None) -> RefusedRequestError:
    try:
        text = _read(error, deadline)
    except (GeocoderServiceError, OSError, http.client.HTTPException):
        text = ""
    finally:
        error.close()
    headers = {name.lower(): value for name, value in error.headers.items()}
    return RefusedRequestError(error.code, headers, text)


def _transport_error(reason: object) -> Exception:
    """Return geopy's error for what went wrong below HTTP; only its kind is told, never the URL."""
    if isinstance(reason, TimeoutError):
        return GeocoderTimedOut("timed out")  # type: ignore[no-any-return]  # geopy is untyped
    if isinstance(reason, ssl.SSLCertVerificationError):
        return GeocoderServiceError("its TLS certificate is not trusted")  # type: ignore[no-any-return]  # geopy is untyped
    kind = getattr(reason, "strerror", None) or type(reason).__name__
    return GeocoderUnavailable(f"not reachable ({kind})")  # type: ignore[no-any-return]  # geopy is untyped
