"""Where a park's name begins: after the last verb, rank, size or part of the sentence before it."""

import re
from functools import lru_cache
from typing import Final

from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.names import name_start
from clusteratlas.policy.park_forms import (
    CITY_LEVEL,
    LEAD_END,
    LED_IN,
    LEFT_PARK,
    PARK_SUFFIX,
    RANK,
    VERB,
)
from clusteratlas.policy.places import place_at, place_index, place_level
from clusteratlas.policy.vocabulary import is_ordinary, is_word

_JOINT: Final = re.compile("[和与及]")
_SIZE: Final = re.compile(r"\d+(?:\.\d+)?(?:万?亩|平方公里|万平方米)(?:的)?")
_BEFORE_ALL: Final = frozenset("了的和与及好以向在含")


@lru_cache(maxsize=50_000)
def park_offset(text: str, form_start: int) -> int:
    """Return where a park's name begins in a piece of text that ends with its form."""
    end = len(text)
    start = name_start(text, 0, end, keep=end - form_start)
    for match in VERB.finditer(text, start, form_start):
        start = match.end()
    start = _after_joint(text, start, form_start)
    sized = _SIZE.match(text, start, form_start)
    start = _at_place(text, sized.end() if sized else start, form_start)
    start = _after_where(text, start, form_start)
    led = LED_IN.match(text, start, form_start)
    start = led.end() if led else start
    while start < form_start and text[start] in _BEFORE_ALL and not place_at(text, start):
        start += 1
    start += after_clause(text[start:form_start])
    if text.startswith("原", start) and place_at(text, start + 1) and not place_at(text, start):
        start += 1  # 甲高新区（原乙化工园区）
    rank = RANK.match(text, start, form_start)
    if rank and place_at(text, rank.end(), form_start) == "" and form_start - rank.end() >= 2:
        return rank.end() if not is_generic(text[rank.end() : form_start]) else start
    return start


def _after_joint(text: str, start: int, form_start: int) -> int:
    """Return where the last of two joined names begins: 大庆油田和经开区."""
    for match in _JOINT.finditer(text, start, form_start):
        left = text[start : match.start()]
        if match.end() == form_start and len(left) >= 2:  # 大庆油田和经开区
            return form_start
        right = text[match.end() : form_start]
        named = len(left) >= 4 and LEFT_PARK.search(left) and not is_ordinary(left)
        if len(right) >= 2 and not is_ordinary(right):
            named = named or len(left) >= 4 or (len(left) >= 2 and is_ordinary(left))
        placed = named or place_at(text, match.end(), form_start)
        if placed or (len(left) > 2 and PARK_SUFFIX.search(left) and _ends_in_form(left)):
            start = match.end()
    return start


def _after_where(text: str, start: int, form_start: int) -> int:
    """Return the start after when or of what it is: 五年内在…工业园, 石化产业以…工业区为载体."""
    for mark in "在以":
        inside = text.rfind(mark, start, form_start - 2)
        if (
            inside > start
            and is_ordinary(text[start:inside])
            and (mark == "以" or not is_word(text[inside : inside + 2]))
        ):
            start = inside + 1
    return start


def _at_place(text: str, start: int, form_start: int) -> int:
    """Return the start of a place within the body if only everyday words stand before it."""
    if place_at(text, start, form_start):
        return start
    for position in range(start + 2, min(form_start - 1, start + 8)):
        placed = place_level(place_at(text, position, form_start)) in CITY_LEVEL
        if placed and text[start:position] not in place_index() and _is_lead(text[start:position]):
            return position
    return start


def _is_lead(words: str) -> bool:
    """Return whether words before a place are no part of a name (力争年内, 加快)."""
    return is_ordinary(words) and bool(LEAD_END.search(words))


def _ends_in_form(name: str) -> bool:
    return any(match.end() == len(name) for match in PARK_SUFFIX.finditer(name))
