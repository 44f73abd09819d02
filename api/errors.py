"""What goes wrong, as RFC 9457 problem documents: the one table from errors to HTTP statuses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.responses import Response

from clusteratlas.errors import (
    AtlasError,
    CrsError,
    DependencyError,
    GeocodingError,
    InputError,
    QuotaError,
    StoreError,
    UnknownNameError,
)
from clusteratlas.store.corrections import StateError


class NotFoundError(AtlasError, LookupError):
    """Nothing lies under this address."""


class NotReadyError(AtlasError):
    """The server is still loading the atlas; try again in a moment."""


class NotAcceptableError(AtlasError):
    """The answer does not exist in the format that was asked for."""


class MethodNotAllowedError(AtlasError):
    """The address exists, but not for this method."""


class TooLargeError(AtlasError):
    """The request body is larger than the server takes."""


class UnsupportedTypeError(AtlasError):
    """The request body is of a type that this address does not read."""


class TooManyRequestsError(AtlasError):
    """The client asks faster than the server allows."""


class UnauthorizedError(AtlasError):
    """No token was given, or one that is unknown or revoked."""


class ForbiddenError(AtlasError):
    """The token does not carry the scope that this needs, or writing is off."""


class TimeLimitError(AtlasError):
    """The request took longer than the server allows; narrow it down."""


# Most specific first: the first class that fits decides.
STATUS_OF: Final[tuple[tuple[type[AtlasError], HTTPStatus], ...]] = (
    (UnknownNameError, HTTPStatus.NOT_FOUND),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (StateError, HTTPStatus.CONFLICT),
    (InputError, HTTPStatus.BAD_REQUEST),
    (CrsError, HTTPStatus.BAD_REQUEST),
    (UnauthorizedError, HTTPStatus.UNAUTHORIZED),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (MethodNotAllowedError, HTTPStatus.METHOD_NOT_ALLOWED),
    (NotAcceptableError, HTTPStatus.NOT_ACCEPTABLE),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (TooManyRequestsError, HTTPStatus.TOO_MANY_REQUESTS),
    (QuotaError, HTTPStatus.SERVICE_UNAVAILABLE),
    (GeocodingError, HTTPStatus.BAD_GATEWAY),
    (NotReadyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TimeLimitError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    (DependencyError, HTTPStatus.NOT_IMPLEMENTED),
)

# What an error that nobody foresaw tells the client; the log has the rest.
UNFORESEEN = "the server failed on this request; the log has the details under this request id"

_TITLES: Final[Mapping[int, str]] = {
    400: "Wrong input",
    401: "Token needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not available",
    408: "Request too slow",
    409: "Conflict",
    413: "Body too large",
    415: "Body of an unsupported type",
    429: "Too many requests",
    431: "Headers too large",
    500: "Server error",
    501: "Not available here",
    502: "Provider failed",
    503: "Not available now",
}
_TITLES_ZH: Final[Mapping[int, str]] = {
    400: "输入有误",
    401: "需要令牌",
    403: "不允许",
    404: "未找到",
    405: "不支持该方法",
    406: "无此格式",
    408: "请求过慢",
    409: "冲突",
    413: "请求体过大",
    415: "请求体类型不支持",
    429: "请求过于频繁",
    431: "请求头过大",
    500: "服务器错误",
    501: "此处不可用",
    502: "服务提供方失败",
    503: "暂不可用",
}

PROBLEM_TYPE: Final = "application/problem+json"


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error; 500 for one that is not ours."""
    for kind, status in STATUS_OF:
        if isinstance(error, kind):
            return int(status)
    return 500


def problem(
    status: int, detail: str, *, request_id: str = "", extra: Mapping[str, Any] | None = None
) -> Response:
    """Return a problem document with status, title in both languages and what was wrong."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, HTTPStatus(status).phrase),
        "title_zh": _TITLES_ZH.get(status, HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
    }
    if request_id:
        body["instance"] = f"urn:request:{request_id}"
    body.update(extra or {})
    headers = {"cache-control": "no-store"}
    if status in {429, 503}:
        headers["retry-after"] = "1"
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="clusteratlas"'
    return Response(
        orjson.dumps(body), status_code=status, media_type=PROBLEM_TYPE, headers=headers
    )


def problem_of(error: BaseException, *, request_id: str = "") -> Response:
    """Return the problem document of an error, without any detail of one that is not ours."""
    status = status_of(error)
    if status == 500 or not isinstance(error, AtlasError):
        return problem(500, UNFORESEEN, request_id=request_id)
    extra: dict[str, Any] = {}
    if isinstance(error, UnknownNameError) and error.suggestions:
        extra["suggestions"] = list(error.suggestions)
    return problem(status, printable(str(error)), request_id=request_id, extra=extra)


def printable(text: str, *, longest: int = 500) -> str:
    """Return text for a message: no control characters or lone surrogates, and not endless."""
    clean = "".join(
        c if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF else "\N{REPLACEMENT CHARACTER}"
        for c in text[: longest + 1]
    )
    return clean if len(clean) <= longest else clean[:longest] + "…"
