"""The words and signs of a CQL2 text, read one after the other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from clusteratlas.errors import InputError

MAX_DEPTH: Final = 32
MAX_TOKENS: Final = 4_000

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"[^"]+")
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><=|>=|<>|[=<>+\-*/%^(),])
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word or sign: ``number, text, quoted, word, sign`` or ``end``, as it is written, and where."""

    kind: str
    value: str
    place: int


class TokenReader:
    """Reads the tokens of a text; how deep the reader stands is bounded.

    Raises
    ------
    InputError
        If the text is empty, too long, or holds what is no token.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def at_end(self) -> bool:
        """Tell whether everything has been read."""
        return self._at >= len(self._tokens)

    def peek(self, ahead: int = 0) -> Token:
        """Return the next token, or one further on, without taking it."""
        place = self._at + ahead
        if place < len(self._tokens):
            return self._tokens[place]
        return Token("end", "", len(self._text))

    def next(self) -> Token:
        """Take the next token."""
        token = self.peek()
        self._at += 1
        return token

    def is_next(self, *wanted: str) -> bool:
        """Tell whether one of these signs or words (in capitals) is next."""
        kind, value, _ = self.peek()
        return (kind == "sign" and value in wanted) or (kind == "word" and value.upper() in wanted)

    def take(self, *wanted: str) -> bool:
        """Take one of these if it is next; tell whether it was."""
        if self.is_next(*wanted):
            self._at += 1
            return True
        return False

    def need(self, wanted: str) -> None:
        """Take this, which has to be next."""
        if not self.take(wanted):
            raise self.unexpected(repr(wanted))

    def unexpected(self, wanted: str) -> InputError:
        """Return the error that says what was expected, where, and what stands there."""
        kind, value, place = self.peek()
        found = "the end" if kind == "end" else repr(value[:40])
        return InputError(f"expected {wanted} at character {place + 1}, found {found}")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Read something nested."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError(f"nested deeper than {MAX_DEPTH}")
        try:
            yield
        finally:
            self._depth -= 1

    def mark(self) -> tuple[int, int]:
        """Return where the reader stands, for :meth:`go_back`."""
        return self._at, self._depth

    def go_back(self, mark: tuple[int, int]) -> None:
        """Stand again where the reader stood."""
        self._at, self._depth = mark

    def text_between(self, first: int, last: int) -> str:
        """Return the text from one place to another, both included."""
        return self._text[first : last + 1]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None or match.lastgroup is None:
            raise InputError(
                f"cannot read {stripped[place : place + 20]!r} at character {place + 1}"
            )
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind)))
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise InputError(f"longer than {MAX_TOKENS} words and signs")
    if not found:
        raise InputError("an empty filter")
    return found
