"""Named parks and zones in a policy text, told apart from goals (打造世界级研发制造基地)."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from clusteratlas.data import load_parks
from clusteratlas.policy.known import find_known, shipped_names
from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.linking import park_catalog
from clusteratlas.policy.names import name_start, piece_start
from clusteratlas.policy.no_names import no_park
from clusteratlas.policy.park_edges import park_offset
from clusteratlas.policy.park_forms import (
    MAX_TRADE_CHARS,
    PARK_SUFFIX,
    PART_OF_TITLE,
    PLACE_BRACKET,
)
from clusteratlas.policy.park_lists import beside_named, shared_form
from clusteratlas.policy.park_names import (
    CHARS_AFTER,
    CHARS_BEFORE,
    Named,
    is_park_name,
    unfit,
)
from clusteratlas.policy.places import place_at, place_index
from clusteratlas.policy.spans import Span, resolve
from clusteratlas.policy.structure import Line
from clusteratlas.policy.text_forms import matches_between
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.words import word_set

MIN_TRADE_CHARS: Final = 4
# 建设东北光谷, 叫响汽车城品牌: what a place is to be called is no ground in it.
_SECOND_NAME: Final = re.compile(
    "(?:东北|华北|华东|华中|华南|西北|西南|[东西中]部|[东南北]方|江南|世界|全球|亚洲)"
    "[\u4e00-\u9fff]{0,4}[谷都城]$"
)
_CALLED: Final = re.compile("(?:建设|打造|建成|成为|发展)[“”]?$")
_MADE_KNOWN: Final = re.compile("叫响|打响|擦亮")
_DASHES: Final = frozenset("—·・•－-")


class Form(NamedTuple):
    """A park's form in the text, and where the name that ends with it begins."""

    piece: int  # where the run without stops begins that it stands in
    name: int
    start: int
    end: int
    kind: str  # ground | zone | base | own


def find_parks(text: str, lines: list[Line]) -> list[Span]:
    """Return the named parks and zones of a text, in order and without overlaps."""
    spans: list[Span] = list(find_known(text, _shipped(), "shipped name"))
    spans += find_known(text, word_set("national zones"), "national zone")
    trade_zone = "自贸" in text or "自由贸易" in text  # only those are divided into 片区
    own_city = any(city in text for city in _shipped_cities())
    forms = [_forms(text, line) for line in lines]
    counts = Counter(_ground_names(text, lines, forms))
    repeated = frozenset(name for name, n in counts.items() if n > 1)
    for line, here in zip(lines, forms, strict=True):
        if here:
            shared = list(shared_form(text, line))
            found = [s for s in _in_line(text, line, here, repeated) if not _touches(s, shared)]
            spans += [*shared, *found, *beside_named(text, _trades(text, here), found)]
    return resolve([span for span in spans if _stays(text, span, trade_zone, own_city)])


def _forms(text: str, line: Line) -> list[Form]:
    forms = []
    for match in matches_between(PARK_SUFFIX, text, line.start, line.end):
        start, end = match.span()
        piece = piece_start(text, end, line.start)
        name = piece + park_offset(text[piece:end], start - piece)
        forms.append(Form(piece, name, start, end, match.lastgroup or ""))
    return forms


def _stays(text: str, span: Span, trade_zone: bool, own_city: bool) -> bool:
    """Return whether a span stays a park: no shipped enterprise, no part of a city (片区)."""
    name = span.within(text)
    if name in shipped_names():
        return False
    if no_park(text, span.start, span.end):  # a title only stands for a place in its own texts
        return span.reason == "shipped name" and own_city
    if span.reason == "park form" and _is_second_name(text, span.start, name):
        return False
    if span.reason == "national zone" and PART_OF_TITLE.match(text, span.end):
        return False
    return trade_zone or not name.endswith("片区") or name.endswith("新片区")


def _is_second_name(text: str, start: int, name: str) -> bool:
    if _MADE_KNOWN.search(name):
        return True
    called = _CALLED.search(text, max(0, start - 4), start)
    return called is not None and _SECOND_NAME.match(name) is not None


@cache
def _shipped() -> frozenset[str]:
    return frozenset(name for name in park_catalog().names if len(name) >= 5)


@cache
def _shipped_cities() -> frozenset[str]:
    """Return the cities of the shipped parks, without 市."""
    return frozenset(city.removesuffix("市") for city in load_parks()["city"] if city)


def _ground_names(text: str, lines: list[Line], forms: list[list[Form]]) -> Iterator[str]:
    """Yield trade-only names of built ground (健康食品产业园); said twice, it is one place."""
    for line, here in zip(lines, forms, strict=True):
        for form in here:
            if form.kind == "ground" and form.start > line.start:
                body = text[form.name : form.start]
                if len(body) >= MIN_TRADE_CHARS and is_generic(body):
                    yield text[form.name : form.end]


def _trades(text: str, forms: list[Form]) -> list[Span]:
    """Return what may be parks named by their trade alone, with built ground in their form."""
    return [
        Span(form.name, form.end, "beside named parks")
        for form in forms
        if form.kind == "ground"
        and form.start - form.piece >= 2
        and form.start - form.name >= 2
        and not unfit(text[form.name : form.start])
    ]


def _touches(span: Span, others: list[Span]) -> bool:
    return any(span.start <= other.start < span.end for other in others)


def _in_line(text: str, line: Line, forms: list[Form], repeated: frozenset[str]) -> Iterator[Span]:
    done = line.start
    for index, form in enumerate(forms):
        if form.start < done:
            continue
        start = form.name
        if form.piece < done:
            piece = piece_start(text, form.end, done)
            start = piece + park_offset(text[piece : form.end], form.start - piece)
        body = text[start : form.start]
        named = Named(
            text[max(0, start - CHARS_BEFORE) : start],
            body,
            text[form.start : form.end],
            form.kind,
            text[form.end : form.end + CHARS_AFTER],
        )
        if is_park_name(named) or (named.name in repeated and not unfit(body)):
            end = _within_zone(text, form, forms[index + 1 : index + 3])
            end = _with_place(text, end)
            yield Span(_over_dash(text, start, line.start), end, "park form")
            done = end


def _over_dash(text: str, start: int, floor: int) -> int:
    """Return the start of a name of two places joined by a dash or dot: 滨海—中关村科技园.

    A word in quotes right before the name belongs to it too (“一带一路”果品产业园).
    """
    if start > floor and text[start - 1] == "”":
        quoted = text.rfind("“", max(floor, start - 12), start - 1)
        return quoted if quoted >= 0 and text.find("”", quoted, start - 1) < 0 else start
    if start - 3 < floor or text[start - 1] not in _DASHES or text[start - 2] in _DASHES:
        return start
    piece = piece_start(text, start - 1, floor)
    begin = name_start(text, piece, start - 1, keep=2)
    left = text[begin : start - 1]
    placed = any(place_at(left, at) for at in range(len(left) - 1))
    if not 2 <= len(left) <= 6 or (is_ordinary(left) and not placed):
        return start
    return begin


def _within_zone(text: str, form: Form, nearby: list[Form]) -> int:
    """Return the end of a park within a zone, named together (淮南高新区新型显示产业园)."""
    for following in nearby:
        if following.start > form.end and following.kind in {"ground", "base"}:
            between = text[form.end : following.start]
            kind = between[len(place_at(between, 0)) :] or "产业"
            if (
                len(between) <= MAX_TRADE_CHARS
                and is_generic(kind)
                and between[0] not in "和与及等"
            ):
                return following.end
            break
    return form.end


def _with_place(text: str, end: int) -> int:
    """Return the end of a park's name with the place in brackets after it: 制造城（玉林）."""
    bracket = PLACE_BRACKET.match(text, end, end + 14)
    return bracket.end() if bracket and bracket.group(1) in place_index() else end
