"""Query parameters: declared once, parsed fast, and printed into the OpenAPI document.

The routes that are asked most read their parameters here, because a model per request costs more than
the answer. One declaration serves both the parser and the document, so that they cannot differ.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from clusteratlas.errors import InputError

MAX_QUERY_BYTES: Final = 16_000
MAX_FIELDS: Final = 64

_PLAIN: Final = re.compile(rb"[A-Za-z0-9_.,:=&/-]*")

Parser = Callable[[str], Any]


@dataclass(frozen=True)
class Param:
    """One query parameter.

    Parameters
    ----------
    parse
        Text to value; raises InputError or ValueError.
    schema
        OpenAPI 3.0 schema of the value.
    default
        The value where the parameter is absent.
    explode
        False for lists written with commas.
    """

    name: str
    parse: Parser
    schema: Mapping[str, Any]
    description: str
    default: Any = None
    required: bool = False
    explode: bool = True
    place: str = "query"
    example: Any = None

    def openapi(self) -> dict[str, Any]:
        """Return the parameter object of OpenAPI 3.0."""
        out: dict[str, Any] = {
            "name": self.name,
            "in": self.place,
            "required": self.required,
            "description": self.description,
            "schema": dict(self.schema),
        }
        if self.place == "query":
            out["style"], out["explode"] = "form", self.explode
        if self.example is not None:
            out["example"] = self.example
        return out

    def read(self, text: str) -> Any:
        """Return the value of a text.

        Raises
        ------
        InputError
            If it is not allowed; the message names the parameter.
        """
        try:
            return self.parse(text)
        except InputError as error:
            raise InputError(f"{self.name}: {error}") from error
        except ValueError as error:
            shown = text if len(text) <= 60 else text[:60] + "…"
            kind = str(self.schema["type"])
            article = "an" if kind[0] in "aio" else "a"
            raise InputError(f"{self.name}: {shown!r} is not {article} {kind}") from error


@dataclass(frozen=True)
class Params:
    """The query parameters of one route; any other is refused."""

    known: Mapping[str, Param] = field(default_factory=dict)

    @classmethod
    def of(cls, *params: Param) -> "Params":
        """Return the set of these parameters."""
        return cls({param.name: param for param in params})

    def __iter__(self) -> Any:
        return iter(self.known.values())

    def read(self, query: bytes) -> dict[str, Any]:
        """Return a value for each parameter from a query string.

        Raises
        ------
        InputError
            For an unknown or repeated parameter, a value out of bounds, or a required one missing.
        """
        given = {name: param.default for name, param in self.known.items()}
        seen: set[str] = set()
        for name, text in split_query(query):
            param = self.known.get(name)
            if param is None:
                allowed = ", ".join(self.known) or "none"
                raise InputError(f"unknown query parameter {name[:60]!r}; allowed are: {allowed}")
            if name in seen:
                raise InputError(f"{name}: given more than once")
            seen.add(name)
            given[name] = param.read(text)
        for name, param in self.known.items():
            if param.required and name not in seen:
                raise InputError(f"{name}: required; {param.description}")
        return given

    def openapi(self) -> list[dict[str, Any]]:
        """Return the parameter objects of OpenAPI 3.0."""
        return [param.openapi() for param in self.known.values()]


def split_query(query: bytes) -> list[tuple[str, str]]:
    """Return the fields of a query string; refuses what is too long or not UTF-8."""
    if not query:
        return []
    if len(query) > MAX_QUERY_BYTES:
        raise InputError(f"query string of {len(query)} bytes; at most {MAX_QUERY_BYTES}")
    if _PLAIN.fullmatch(query):  # nothing is escaped: most requests of machines
        fields = [part.partition("=") for part in query.decode("ascii").split("&") if part]
        if len(fields) <= MAX_FIELDS:
            return [(name, value) for name, _, value in fields]
    try:
        return parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeError, ValueError) as error:
        raise InputError("the query string is not percent-encoded UTF-8") from error


# --- kinds of values ---------------------------------------------------------------------------
# A parser raises InputError where it can say what is wrong, ValueError where the kind is: Param.read
# then names the parameter, the text and the kind.


def number(low: float | None = None, high: float | None = None) -> Parser:
    """Return a parser of finite numbers within bounds."""

    def parse(text: str) -> float:
        value = float(text) if text.isascii() and "_" not in text else math.nan
        if not math.isfinite(value) or text != text.strip():
            raise ValueError
        if (low is not None and value < low) or (high is not None and value > high):
            raise InputError(_beyond(text, low, high))
        return value

    return parse


def integer(low: int | None = None, high: int | None = None, *, clamp: bool = False) -> Parser:
    """Return a parser of whole numbers within bounds; ``clamp`` takes the upper bound instead."""

    def parse(text: str) -> int:
        digits = text[1:] if text.startswith("-") else text
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError
        value = int(text) if len(digits) < 19 else (10**18 if digits == text else -(10**18))
        if clamp and high is not None and value > high:
            return high
        if (low is not None and value < low) or (high is not None and value > high):
            raise InputError(_beyond(text, low, high))
        return value

    return parse


def _beyond(text: str, low: float | None, high: float | None) -> str:
    """Say what is wrong with a number that is out of its bounds."""
    if high is None:
        return f"{text[:40]} is below {low}"
    if low is None:
        return f"{text[:40]} is above {high}"
    return f"{text[:40]} is outside {low}..{high}"


def text(longest: int, *, shortest: int = 0) -> Parser:
    """Return a parser of texts of bounded length without NUL."""

    def parse(value: str) -> str:
        if not shortest <= len(value) <= longest:
            raise InputError(f"{len(value)} characters; allowed are {shortest}..{longest}")
        if "\0" in value:
            raise InputError("holds a NUL character")
        return value

    return parse


def choice(*allowed: str) -> Parser:
    """Return a parser that takes one of these words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise InputError(f"{value[:60]!r} is not one of {', '.join(allowed)}")
        return value

    return parse


def words(allowed: Iterable[str], *, most: int = 50) -> Parser:
    """Return a parser of comma-separated words, each one of these."""
    known = frozenset(allowed)

    def parse(value: str) -> tuple[str, ...]:
        parts = tuple(dict.fromkeys(part for part in value.split(",") if part))
        if len(parts) > most:
            raise InputError(f"{len(parts)} values; at most {most}")
        for part in parts:
            if part not in known:
                raise InputError(f"{part[:60]!r} is not one of {', '.join(sorted(known))}")
        return parts

    return parse


def bbox(value: str) -> tuple[float, float, float, float]:
    """Parse ``west,south,east,north``, or six numbers with heights, which are left aside."""
    parts = value.split(",")
    if len(parts) not in {4, 6}:
        raise InputError(f"{len(parts)} numbers; west,south,east,north are 4, with heights 6")
    read = number()
    try:
        numbers = [read(part) for part in parts]
    except ValueError as error:
        raise InputError(f"{value[:80]!r} is not a list of numbers") from error
    if len(parts) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = numbers
    if south > north:
        raise InputError(f"south {south} is above north {north}")
    return west, south, east, north
