"""Named parks and zones in a policy text, told apart from goals (打造世界级研发制造基地)."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.coined import coined_head, has_coined
from clusteratlas.policy.known import find_known, shipped_names, well_known
from clusteratlas.policy.lexicon import is_generic, policy_words
from clusteratlas.policy.linking import park_catalog
from clusteratlas.policy.names import DELIMITERS, name_start, piece_start
from clusteratlas.policy.park_forms import (
    BECOMES,
    COUNT_AFTER,
    GOAL_BEFORE,
    GOAL_WORD,
    LEAD_END,
    LED_IN,
    LEFT_PARK,
    MAX_TRADE_CHARS,
    NOT_NAMED,
    NUMBERED,
    PARK_SUFFIX,
    PART_OF_TITLE,
    PLACE_BRACKET,
    PLACE_FOLLOW,
    PLACE_USE,
    PROJECT,
    RANK,
    RANKED_HEAD,
    RANKED_ONLY,
    REGION_NAME,
    SOFT_ZONE,
    TITLE_TRIAL,
    TRADE_ZONE,
    VERB,
    ZONE_LEAD,
)
from clusteratlas.policy.places import place_at, place_index, place_level
from clusteratlas.policy.spans import Span, resolve
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary, is_word
from clusteratlas.policy.words import word_set

Form = re.Match[str]
_DASHES: Final = frozenset("—·・•－-")
_CITY_LEVEL: Final = frozenset({"city", "county"})


def find_parks(text: str, lines: list[Line]) -> list[Span]:
    """Return the named parks and zones of a text, in order and without overlaps."""
    spans: list[Span] = list(find_known(text, _shipped(), "shipped name"))
    spans += find_known(text, word_set("national zones"), "national zone")
    trade_zone = "自贸" in text or "自由贸易" in text  # only those are divided into 片区
    forms = [list(PARK_SUFFIX.finditer(text, line.start, line.end)) for line in lines]
    counts = Counter(_ground_names(text, lines, forms))
    repeated = frozenset(name for name, n in counts.items() if n > 1)
    for line, matches in zip(lines, forms, strict=True):
        shared = list(_shared_form(text, line)) if matches else []
        found = [s for s in _in_line(text, line, matches, repeated) if not _touches(s, shared)]
        spans += [*shared, *found, *_beside_named(text, line, matches, found)]
    return resolve([span for span in spans if _stays(text, span, trade_zone)])


def _stays(text: str, span: Span, trade_zone: bool) -> bool:
    """Return whether a span stays a park: no shipped enterprise, no part of a city (片区)."""
    name = span.within(text)
    if name in shipped_names():
        return False
    if span.reason == "national zone" and PART_OF_TITLE.match(text, span.end):
        return False
    return trade_zone or not name.endswith("片区") or name.endswith("新片区")


@cache
def _shipped() -> frozenset[str]:
    return frozenset(name for name in park_catalog().names if len(name) >= 5)


def _ground_names(text: str, lines: list[Line], forms: list[list[Form]]) -> Iterator[str]:
    """Yield trade-only names of built ground (健康食品产业园); said twice, it is one place."""
    for line, matches in zip(lines, forms, strict=True):
        for match in matches:
            if match.group("ground") and match.start() > line.start:
                piece = piece_start(text, match.end(), line.start)
                start = _park_start(text, piece, match.start(), match.end())
                body = text[start : match.start()]
                if len(body) >= 4 and is_generic(body):
                    yield text[start : match.end()]


def _touches(span: Span, others: list[Span]) -> bool:
    return any(span.start <= other.start < span.end for other in others)


# --- one name ---------------------------------------------------------------------------------


def _in_line(
    text: str, line: Line, matches: list[Form], repeated: frozenset[str]
) -> Iterator[Span]:
    done = line.start
    for index, match in enumerate(matches):
        if match.start() < done:
            continue
        piece = piece_start(text, match.end(), max(done, line.start))
        start = _park_start(text, piece, match.start(), match.end())
        if _is_park_name(text, start, match) or (
            text[start : match.end()] in repeated and not _unfit(text[start : match.start()])
        ):
            end = _within_zone(text, match, matches[index + 1 : index + 3])
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
    if not 2 <= len(left) <= 6 or (is_ordinary(left) and not place_at(left, 0)):
        return start
    return begin


def _within_zone(text: str, match: Form, nearby: list[Form]) -> int:
    """Return the end of a park within a zone, named together (淮南高新区新型显示产业园)."""
    for following in nearby:
        if following.start() > match.end() and (
            following.group("ground") or following.group("base")
        ):
            between = text[match.end() : following.start()]
            kind = between[len(place_at(between, 0)) :] or "产业"
            if (
                len(between) <= MAX_TRADE_CHARS
                and is_generic(kind)
                and between[0] not in "和与及等"
            ):
                return following.end()
            break
    return match.end()


def _with_place(text: str, end: int) -> int:
    """Return the end of a park's name with the place in brackets after it: 制造城（玉林）."""
    bracket = PLACE_BRACKET.match(text, end, end + 14)
    return bracket.end() if bracket and bracket.group(1) in place_index() else end


def _park_start(text: str, piece: int, form_start: int, end: int) -> int:
    return piece + _park_offset(text[piece:end], form_start - piece)


@lru_cache(maxsize=50_000)
def _park_offset(text: str, form_start: int) -> int:
    """Return where a park's name begins in a piece of text that ends with its form."""
    end = len(text)
    start = name_start(text, 0, end, keep=end - form_start)
    for match in VERB.finditer(text, start, form_start):
        start = match.end()
    for match in re.compile("[和与及]").finditer(text, start, form_start):
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
    sized = re.compile(r"\d+(?:\.\d+)?(?:万?亩|平方公里|万平方米)(?:的)?").match(
        text, start, form_start
    )
    start = sized.end() if sized else start
    start = _at_place(text, start, form_start)
    for mark in "在以":  # 五年内在…工业园, 石化产业以…工业区为载体
        inside = text.rfind(mark, start, form_start - 2)
        if (
            inside > start
            and is_ordinary(text[start:inside])
            and (mark == "以" or not is_word(text[inside : inside + 2]))
        ):
            start = inside + 1
    led = LED_IN.match(text, start, form_start)
    start = led.end() if led else start
    while (
        start < form_start and text[start] in "了的和与及好以向在含" and not place_at(text, start)
    ):
        start += 1
    rank = RANK.match(text, start, form_start)
    if rank and place_at(text, rank.end(), form_start) == "" and form_start - rank.end() >= 2:
        return rank.end() if not is_generic(text[rank.end() : form_start]) else start
    return start


def _at_place(text: str, start: int, form_start: int) -> int:
    """Return the start of a place within the body if only everyday words stand before it."""
    if place_at(text, start, form_start):
        return start
    for position in range(start + 2, min(form_start - 1, start + 8)):
        placed = place_level(place_at(text, position, form_start)) in _CITY_LEVEL
        if placed and text[start:position] not in place_index() and _is_lead(text[start:position]):
            return position
    return start


def _is_lead(words: str) -> bool:
    """Return whether words before a place are no part of a name (力争年内, 加快)."""
    return is_ordinary(words) and bool(LEAD_END.search(words))


def _ends_in_form(name: str) -> bool:
    return any(match.end() == len(name) for match in PARK_SUFFIX.finditer(name))


def _is_park_name(text: str, start: int, match: re.Match[str]) -> bool:
    body = text[start : match.start()]
    if park_catalog().names.get(text[start : match.end()]):
        return True
    if _is_no_name(text, start, match):
        return False
    ranked = RANKED_HEAD.match(body)
    if ranked and not is_ordinary(ranked.group(1)):  # 葛店国家级经济开发区
        return True
    if match.group() == "新城":  # 白沟新城 is one; 嘉定新城 is the town of a district
        place = place_at(body, 0)
        if place == body or NUMBERED.search(body) or "至" in body:
            return False
        return bool(place_level(place) in _CITY_LEVEL or not is_ordinary(body))
    if body.startswith("国家火炬"):  # a nation-wide programme whose bases are places
        return True
    if _is_unnamed(body) or _is_title(text, start, body, match):
        return False
    return _is_named(text, start, match)


@lru_cache(maxsize=20_000)
def _is_unnamed(body: str) -> bool:
    return bool(NOT_NAMED.search(body) or RANKED_ONLY.search(body))


def _is_no_name(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a piece cannot be a park's name: too short, a district, part of a longer word."""
    body, end = text[start : match.start()], match.end()
    if len(body) < 2 or text[start:end] in place_index() or any(c in DELIMITERS for c in body):
        return True
    if text.startswith("域", end) and not text.startswith("域名", end):  # 集中区域
        return True
    return text.endswith("共同", 0, start)


def _is_named(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether what stands before a park's form names one, by place, brand or use."""
    body = text[start : match.start()]
    place = place_at(text, start, match.start())
    local = place_level(place) in _CITY_LEVEL or bool(ZONE_LEAD.match(body))
    built = place and match.group("ground")
    if NUMBERED.search(body) or (GOAL_WORD.search(body) and not (local or built)):
        return _is_project(text, body, match)
    if match.group("base"):
        return local or _is_base(text, start, body, place)
    if (place or ZONE_LEAD.match(body)) and match.group("ground"):
        return True
    if place:
        return not _is_policy_title(body[len(place) :]) or place_level(place) in _CITY_LEVEL
    return _is_unplaced_name(text, start, match)


def _is_branded(body: str) -> bool:
    """Return whether a body holds a coined word or begins with a well-known firm."""
    return has_coined(body) or any(body[:size] in well_known() for size in range(2, 7))


def _is_title(text: str, start: int, body: str, match: re.Match[str]) -> bool:
    """Return whether a zone is a title given to a place (农村改革试验区) or what one is to become."""
    if match.group().endswith("试验区") and not TRADE_ZONE.search(body + match.group()):
        placed = place_level(place_at(body, 0)) in _CITY_LEVEL or coined_head(body)
        if not placed or TITLE_TRIAL.search(body + match.group()):
            return True
    if body in {"国家", "全国", "省", "自治区"} or body.endswith(("成国家", "成省", "国家级")):
        return not RANKED_HEAD.match(body)
    if body.startswith("国家") and is_ordinary(body):
        return True
    rest = body[len(place_at(body, 0)) :]
    soft = SOFT_ZONE.search(match.group()) or match.group("base")
    return bool(
        soft
        and len(rest) > 2
        and is_ordinary(rest)
        and BECOMES.search(text, max(0, start - 6), start)
    )


def _is_base(text: str, start: int, body: str, place: str) -> bool:
    """Return whether a base is a place (神华石化基地), not what somewhere is to become."""
    branded = not place and len(body) <= 14 and not is_ordinary(body) and _is_branded(body)
    goal = GOAL_BEFORE.search(text[max(0, start - 20) : start])
    return bool((place_level(place) or branded) and not goal)


def _is_unplaced_name(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a park without a place at its head has a name of its own (中德装备园)."""
    body = text[start : match.start()]
    before = text[max(0, start - 20) : start]
    counted = COUNT_AFTER.match(text, match.end()) and is_ordinary(body)
    if counted or re.match(r"\d|县市|省管|市管|县两级", body):
        return False
    if (match.group("base") and is_ordinary(body)) or before.endswith("最大的"):
        return False
    kept = match.group() == "商务区" or _holds_place(body)
    if match.group("zone") and len(body) >= 4 and is_ordinary(body) and not kept:
        return False
    if re.match(r"县域|市域|各|现有", body) or (match.group() == "园区" and len(body) > 6):
        return False
    if match.group() in {"园区", "新区", "片区", "港区"} and is_ordinary(body):
        return False
    if match.group() == "新片区":
        return True
    if body.startswith(("国家", "省级")) and is_ordinary(body) and not match.group("ground"):
        return False
    if SOFT_ZONE.search(match.group()) and not _holds_place(body):
        return (len(body) <= 3 and has_coined(body)) or coined_head(body) > 0  # 昭山示范区
    if _is_descriptive(body):
        return bool(match.group("ground")) and _used_as_place(text, before, match.end())
    return True


def _is_project(text: str, body: str, match: re.Match[str]) -> bool:
    """Return whether a trade park is built as a project (高端装备产业园等项目开工)."""
    built = match.group("ground") and PROJECT.match(text, match.end(), match.end() + 20)
    return bool(built and not NUMBERED.search(body) and is_generic(body))


def _used_as_place(text: str, before: str, end: int) -> bool:
    if re.search(r"(?:县域|市域|现有|全[省市县区]|各类?|所在)$", text[end - 8 : end - 3]):
        return False
    following = PLACE_FOLLOW.match(text, end) or PROJECT.match(text, end, end + 20)
    city = text.endswith(("科学城", "科创城", "科技城"), 0, end) and not GOAL_BEFORE.search(before)
    return bool(PLACE_USE.search(before) or following or city)


def _is_policy_title(rest: str) -> bool:
    """Return whether what follows a province's name is a title given to it, not a piece of ground."""
    return len(rest) > 2 and (_is_descriptive(rest) or is_ordinary(rest))


def _is_descriptive(body: str) -> bool:
    """Return whether a body can be cut into words of trade and policy: it names no one place."""
    return is_generic(body, policy_words())


def _holds_place(body: str) -> bool:
    if REGION_NAME.search(body):
        return True
    if any(body[:size] in place_index() for size in (2, 3, 4)):
        return True
    return any(place_at(body, position) for position in range(len(body) - 1))


# --- lists -----------------------------------------------------------------------------------------

# 铁西、浑南、沈北3大产业集聚区: every item of the list is such an area.
_SHARED_FORM: Final = re.compile(
    r"(?P<items>(?:[\u4e00-\u9fff]{2,6}[、和]){1,12}[\u4e00-\u9fff]{2,6}?)"
    r"(?:[两二三四五六七八九十\d]{1,2}(?:大|个))(?:[\u4e00-\u9fff]{0,6}?)"
    r"(?:集聚区|功能区)"
)


def _shared_form(text: str, line: Line) -> Iterator[Span]:
    for match in _SHARED_FORM.finditer(text, line.start, line.end):
        start = match.start("items")
        for item in re.split("[、和]", match.group("items")):
            stop = start + len(item)
            begin = name_start(text, start, stop, keep=1)
            if text[begin:stop] in place_index():
                yield Span(begin, stop, "shared form")
            start = stop + 1


def _beside_named(text: str, line: Line, matches: list[Form], found: list[Span]) -> Iterator[Span]:
    """Yield parks named by trade alone (节能环保产业园) beside named ones or each other."""
    ends = {span.end for span in found}
    starts = {span.start for span in found}
    trades: list[Span] = []
    for match in matches:
        piece = piece_start(text, match.end(), line.start)
        if match.group("ground") is None or match.end() in ends or match.start() - piece < 2:
            continue
        start = _park_start(text, piece, match.start(), match.end())
        body = text[start : match.start()]
        if len(body) >= 2 and not _unfit(body):
            trades.append(Span(start, match.end(), "beside named parks"))
    for index, span in enumerate(trades):
        after, before = text[span.end : span.end + 1], text[span.start - 1 : span.start]
        near = (before == "、" and span.start - 1 in ends) or (
            after == "、" and span.end + 1 in starts
        )
        if near or _in_run(text, trades, index):
            yield span


def _in_run(text: str, trades: list[Span], index: int) -> bool:
    """Return whether a trade park stands in an enumeration of at least three such parks."""
    run = 1
    for step in (-1, 1):
        at = index
        while 0 <= at + step < len(trades):
            left, right = sorted((trades[at], trades[at + step]), key=lambda span: span.start)
            if text[left.end : right.start] not in {"、", "和", "与", "及", "以及"}:
                break
            run, at = run + 1, at + step
    return run >= 2 and is_generic(re.sub("产业$", "", trades[index].within(text)[:-3]) or "园")


def _unfit(body: str) -> bool:
    return bool(GOAL_WORD.search(body) or NUMBERED.search(body) or VERB.search(body))
