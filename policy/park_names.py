"""Whether what stands before a park's form names one place, or is a goal, a title or a kind of park."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from clusteratlas.policy.coined import coined_head, has_coined
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.lexicon import is_generic, policy_words
from clusteratlas.policy.linking import park_catalog
from clusteratlas.policy.names import DELIMITERS
from clusteratlas.policy.park_forms import (
    BECOMES,
    CITY_LEVEL,
    COUNT_AFTER,
    GOAL_BEFORE,
    GOAL_WORD,
    NOT_NAMED,
    NUMBERED,
    PLACE_FOLLOW,
    PLACE_USE,
    PROJECT,
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
from clusteratlas.policy.vocabulary import cut, is_ordinary, is_word
from clusteratlas.policy.well_known import well_known

CHARS_BEFORE: Final = 20
CHARS_AFTER: Final = 24


class Named(NamedTuple):
    """A piece of text that ends in a park's form, and what stands around it."""

    before: str  # the characters before it, CHARS_BEFORE at most
    body: str
    form: str
    kind: str  # of the form: ground | zone | base | own
    after: str  # CHARS_AFTER at most

    @property
    def name(self) -> str:
        """Return body and form."""
        return self.body + self.form


@lru_cache(maxsize=50_000)
def is_park_name(one: Named) -> bool:
    """Return whether a piece of text is the name of one park."""
    body = one.body
    if park_catalog().names.get(one.name):
        return True
    if _is_no_name(one) or _is_of_place(one):
        return False
    if one.kind == "own":
        return _is_own(body)
    ranked = RANKED_HEAD.match(body)
    if ranked and not is_ordinary(ranked.group(1)):  # 葛店国家级经济开发区
        return True
    if one.form == "新城":  # 白沟新城 is one; 嘉定新城 is the town of a district
        place = place_at(body, 0)
        if place == body or NUMBERED.search(body) or "至" in body:
            return False
        return bool(place_level(place) in CITY_LEVEL or not is_ordinary(body))
    if body.startswith("国家火炬"):  # a nation-wide programme whose bases are places
        return True
    if NOT_NAMED.search(body) or RANKED_ONLY.search(body) or _is_title(one):
        return False
    return _is_named(one)


def _is_no_name(one: Named) -> bool:
    """Return whether a piece cannot be a name: too short, a district, part of a longer word."""
    body, after = one.body, one.after
    if len(body) < 2 or one.name in place_index() or any(c in DELIMITERS for c in body):
        return True
    if after.startswith("域") and not after.startswith("域名"):  # 集中区域
        return True
    return one.before.endswith("共同")


def _is_of_place(one: Named) -> bool:
    """Return whether a place's parks are meant (花溪区园区), or those of a class (市级现代农业园区)."""
    if one.form == "园区" and one.body in place_index() and one.body[-1] in "省市区县":
        return True
    return bool(_CLASS_OF_PARKS.search(one.body)) and not place_at(one.body, 0)


def _is_own(body: str) -> bool:
    """Return whether a place or a coined word stands right before 园 (高新修文园)."""
    if is_word(f"{body[-1]}园"):
        return False
    last = cut(body, 0, len(body))[-1]
    if last.kind == "place":
        return True
    return len(body) == 2 and coined_head(body) == 2 and body[-1] not in _OF_GARDENS


def _is_named(one: Named) -> bool:
    """Return whether what stands before a park's form names one, by place, brand or use."""
    body = one.body
    place = place_at(body, 0)
    local = _is_local(body)
    ground = one.kind == "ground"
    if NUMBERED.search(body) or (GOAL_WORD.search(body) and not (local or (place and ground))):
        return _is_project(one)
    if one.kind == "base":
        return local or _is_base(one, place)
    if (place or ZONE_LEAD.match(body)) and ground:
        return True
    if place:
        return not _is_policy_title(body[len(place) :]) or place_level(place) in CITY_LEVEL
    return _is_unplaced_name(one)


@lru_cache(maxsize=20_000)
def _is_local(body: str) -> bool:
    """Return whether a city, a county or a zone of one stands in what is before a form."""
    if place_level(place_at(body, 0)) in CITY_LEVEL or ZONE_LEAD.match(body):
        return True
    places = (token for token in cut(body, 0, len(body)) if token.kind == "place")
    return any(place_level(body[one.start : one.end]) in CITY_LEVEL for one in places)


def is_branded(body: str) -> bool:
    """Return whether a body holds a coined word or begins with a well-known firm."""
    form = SHORT_FORM.search(body, 2)
    if form and form.start() <= 4 and (form.group("sure") or form.group("fair")):
        return not is_generic(body[: form.start()])
    if is_ordinary(body):
        return False
    return has_coined(body) or any(body[:size] in well_known() for size in range(2, 7))


def _is_title(one: Named) -> bool:
    """Return whether a zone is a title given to a place (农村改革试验区) or what one is to become."""
    body, form = one.body, one.form
    if form.endswith("试验区") and not TRADE_ZONE.search(one.name):
        placed = place_level(place_at(body, 0)) in CITY_LEVEL or coined_head(body)
        if not placed or TITLE_TRIAL.search(one.name):
            return True
    if body in {"国家", "全国", "省", "自治区"} or body.endswith(("成国家", "成省", "国家级")):
        return not RANKED_HEAD.match(body)
    if body.startswith("国家") and is_ordinary(body):
        return True
    rest = body[len(place_at(body, 0)) :]
    soft = SOFT_ZONE.search(form) or one.kind == "base"
    return bool(soft and len(rest) > 2 and is_ordinary(rest) and BECOMES.search(one.before[-6:]))


def _is_base(one: Named, place: str) -> bool:
    """Return whether a base is a place (神华石化基地), not what somewhere is to become."""
    body = one.body
    branded = not place and len(body) <= 14 and is_branded(body)
    return bool((place_level(place) or branded) and not GOAL_BEFORE.search(one.before))


def _is_unplaced_name(one: Named) -> bool:
    """Return whether a park without a place at its head has a name of its own (中德装备园)."""
    body, form, ground = one.body, one.form, one.kind == "ground"
    ordinary = is_ordinary(body)
    counted = COUNT_AFTER.match(one.after) and ordinary
    if counted or _NO_HEAD.match(body):
        return False
    if (one.kind == "base" and ordinary) or one.before.endswith("最大的"):
        return False
    kept = form == "商务区" or _holds_place(body)
    if one.kind == "zone" and len(body) >= 4 and ordinary and not kept:
        return False
    if form == "园区" and len(body) > 6:
        return False
    if form in {"园区", "新区", "片区", "港区"} and ordinary:
        return False
    if form == "新片区":
        return True
    if body.startswith(("国家", "省级")) and ordinary and not ground:
        return False
    if SOFT_ZONE.search(form) and not _holds_place(body):
        return (len(body) <= 3 and has_coined(body)) or coined_head(body) > 0  # 昭山示范区
    if _is_descriptive(body):
        return ground and _used_as_place(one)
    return True


_OF_GARDENS: Final = frozenset("博香蜂朝嘉桂花果茶草木竹桃梅荷菊药蔬薯家")
_CLASS_OF_PARKS: Final = re.compile(
    "(?:^|[国省市县区星]家?级|精品|特色|[上市县区省])(?:现代|特色|高效|生态)+农业$"
)
_NO_HEAD: Final = re.compile(r"\d|县市|省管|市管|县两级|县域|市域|各|现有")
_ANY_PARK: Final = re.compile(r"(?:县域|市域|现有|全[省市县区]|各类?|所在)$")


def _is_project(one: Named) -> bool:
    """Return whether a trade park is built as a project (高端装备产业园等项目开工)."""
    built = one.kind == "ground" and PROJECT.match(one.after[:20])
    return bool(built and not NUMBERED.search(one.body) and is_generic(one.body))


def _used_as_place(one: Named) -> bool:
    said = one.before + one.name
    if _ANY_PARK.search(said[-8:-3]):
        return False
    following = PLACE_FOLLOW.match(one.after) or PROJECT.match(one.after[:20])
    city = said.endswith(("科学城", "科创城", "科技城")) and not GOAL_BEFORE.search(one.before)
    return bool(PLACE_USE.search(one.before) or following or city)


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


@lru_cache(maxsize=50_000)
def unfit(body: str) -> bool:
    """Return whether a body is a goal, a number of parks or a clause."""
    return bool(GOAL_WORD.search(body) or NUMBERED.search(body) or VERB.search(body))
