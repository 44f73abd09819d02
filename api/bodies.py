"""Request bodies: read within bounds, JSON or NDJSON, and refused in one clear line."""

from typing import Any, Final

import orjson
from fastapi import Request

from clusteratlas.api.errors import TooLargeError, UnsupportedTypeError
from clusteratlas.errors import InputError

NDJSON: Final = "application/x-ndjson"
_JSON_TYPES: Final = ("application/json", NDJSON, "application/ndjson")


def media_type(request: Request) -> str:
    """Return the type of the body without its parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def read_object(request: Request) -> dict[str, Any]:
    """Return a body that is one JSON object.

    Raises
    ------
    UnsupportedTypeError
        If it is not declared as JSON.
    InputError
        If it is no JSON object.
    """
    if media_type(request) != "application/json":
        raise UnsupportedTypeError("the body must be application/json")
    value = parse(await request.body())
    if not isinstance(value, dict):
        raise InputError("the body must be a JSON object")
    return value


async def read_rows(request: Request, key: str, most: int) -> tuple[list[dict[str, Any]], bool]:
    """Return the rows of a batch, and whether they came as NDJSON.

    Raises
    ------
    InputError
        If it is not ``{"items": [{...}]}`` or one object a line.
    TooLargeError
        If there are more than ``most`` rows.
    """
    kind = media_type(request)
    if kind not in _JSON_TYPES:
        raise UnsupportedTypeError(f"the body must be application/json or {NDJSON}")
    body = await request.body()
    lines = kind != "application/json"
    if lines:
        rows = [parse(line) for line in body.splitlines() if line.strip()]
    else:
        value = parse(body)
        if not isinstance(value, dict) or set(value) != {key} or not isinstance(value[key], list):
            raise InputError(f'the body must be {{"{key}": [{{...}}, ...]}}')
        rows = value[key]
    if not rows:
        raise InputError("no rows")
    if len(rows) > most:
        raise TooLargeError(f"{len(rows)} rows; at most {most} in one request")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise InputError(f"row {number} is not an object")
    return rows, lines


def parse(body: bytes) -> Any:
    """Return the value of JSON bytes.

    Raises
    ------
    InputError
        If they are not JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"not JSON: {str(error)[:200]}") from error


def text_of(row: dict[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    """Return a text of a row, "" where it is absent.

    Raises
    ------
    InputError
        If it is no text, too long, or missing though required.
    """
    value = row.get(name, "")
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise InputError(f"{name}: a text of at most {longest} characters")
    if required and not value.strip():
        raise InputError(f"{name}: required")
    return value


def number_of(row: dict[str, Any], name: str, low: float, high: float) -> float:
    """Return a number of a row within bounds.

    Raises
    ------
    InputError
        If it is none, or outside of the bounds.
    """
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(f"{name}: a number of {low}..{high}")
    return float(value)


def only(row: dict[str, Any], *allowed: str) -> None:
    """Refuse members that nobody reads.

    Raises
    ------
    InputError
        If there is one.
    """
    for name in row:
        if name not in allowed:
            raise InputError(f"{name[:60]!r} is unknown; allowed are {', '.join(allowed)}")
