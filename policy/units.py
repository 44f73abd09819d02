"""Units that a text may position, and its administrative divisions by their names."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.name_index import NameIndex
from clusteratlas.policy.places import MAX_PLACE_CHARS, Place, place_index
from clusteratlas.policy.words import word_set

_SHORT_AFTER: Final = re.compile(
    r"$|[、，,：: \t　]|[（(][^（）()]{1,20}(?:[)）](?=[、，。：；]|$)|$)|"
    r"[和与及]|[两二三四五六七八九十\d]+(?:大|个|区|县|市|地)|为(?:重点|核心|主|"
    r"中心|依托|龙头|主体)|等(?:地|县|区|市|城)|等[^，。；、]{2,12}产业|[^，。；、]{2,12}产业集群|"
    r"(?:重点|主要|着力|大力|加快|优先|集中)?(?:发展|布局|打造|建设|培育|聚焦|主攻|做强|做大)|"
    r"[东西南北中]部|以"
)
_SHORT_BEFORE: Final = re.compile(
    r"(?:^|[、，。；：:,;\s“（(　]|——|以|在|和|与|及|支持|推动|依托|引导|由|动|重点在|布局在|布局于|"
    r"集聚到|向|将|把|促进|推进|做[强大优精]|培育|打造|发展|建设|加快|鼓励|抓好|突出|聚焦|围绕|"
    r"形成|提升|壮大|振兴|重点|特别是|建好|巩固|扶持|实施)$"
)
# What makes a place's name the beginning of another name: 苏州河, 南京路, 清镇电厂.
_OTHER_NAME: Final = re.compile(
    r"[河江湖路街桥]|[海山岛港湾站号](?![、，。和与])|大[学道]|学院|理工|师范|银行|医院|机场|"
    r"[东西南北]站|"
    r"火车站|高铁|铁路|高速|电厂"
)
ZONE_CLASS: Final = (
    r"(?:新?片区|[一-龥]{0,2}新城|新区|[一-龥]{0,3}经济试验区|高新区|经开区|"
    r"高新技术产业开发区|高新技术开发区|经济(?:技术)?开发区|"
    r"开发区|工业区|港区|港经济区|临港经济区|临空经济区|经济区|示范区|综合保税区|综保区|自贸区|科学城|"
    r"科技城|航天城|国际航天城|航空产业城|国际陆港|陆港(?!型)|经济圈|国际开放枢纽|合作区)"
)
"""Pattern of what makes a zone of the place or the name before it."""
_GROWN_ZONE: Final = re.compile(ZONE_CLASS)
_NEW_AREA: Final = re.compile("[一-龥]{2}新区(?![域市建])")
_COUNTY_END: Final = re.compile(r"[区县旗](?=[：:，,。、\s（(]|重点|以|$)")
_AFTER_CITY: Final = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?P<name>(?![市县区州等]|地区|园区|新区|片区|城区|[高经]新区|"
    r"经开区|开发区|[^，]地区|"
    r"[^，][园片城郊矿新]区)[\u4e00-\u9fff]{2}[区县旗])(?=[：:，,。、\s（(]|重点|以|$)"
)
# 宁乡县 where the gazetteer has 宁乡市; not 保定市场
_OLD_CLASS: Final = re.compile("[县市区州盟旗](?![域场委政区际内级属直辖])")


@dataclass(frozen=True)
class Unit:
    """A district, town, park or city in the text, with its code where the gazetteer has one."""

    name: str
    start: int
    end: int
    kind: str  # province | city | county | town | park | zone
    adcode: str = ""
    official: bool = True  # named in full, not by a short name


def count_names(text: str) -> Counter[str]:
    """Return how often each administrative name, official or short, stands in a text."""
    return Counter(text[start:end] for start, end in place_spans(text))


def divisions(text: str, region: tuple[str, ...]) -> Iterator[Unit]:
    """Yield the provinces, cities and counties of a text, or the zone that goes on their name."""
    for start, _ in place_spans(text):
        unit = division_at(text, start, len(text), region)
        if unit is None or (not unit.official and _OTHER_NAME.match(text, unit.end)):
            continue
        if unit.name.endswith("县") and text[unit.end : unit.end + 1] == "域":  # 更新县域
            continue
        grown = None if unit.kind == "province" else _GROWN_ZONE.match(text, unit.end)
        if unit.name.endswith("市"):
            grown = grown or _NEW_AREA.match(text, unit.end)
        if grown is not None:  # 青岛片区 is not 青岛
            unit = Unit(text[unit.start : grown.end()], unit.start, grown.end(), "zone")
        yield unit


@cache
def _place_names() -> NameIndex:
    return NameIndex(place_index())


@lru_cache(maxsize=1)  # one text is asked several times over
def place_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where administrative names, official or short, stand in a text."""
    return tuple(_place_names().spans(text))


def new_counties(text: str) -> Iterator[Unit]:
    """Yield districts that stand after their city and are not in the gazetteer (杭州钱塘区)."""
    index = place_index()
    done = 0
    for end in _COUNTY_END.finditer(text):
        match = _AFTER_CITY.match(text, end.start() - 2) if end.start() - 2 >= done else None
        if match is None:
            continue
        done = match.end()
        for size in (5, 4, 3, 2):
            start = match.start("name") - size
            if start < 0:
                continue
            places = index.get(text[start : match.start("name")], ())
            if any(place.level == "city" for place in places):
                yield Unit(match.group("name"), start, match.end("name"), "county")
                break


def division_at(text: str, position: int, end: int, region: tuple[str, ...]) -> Unit | None:
    """Return the province, city or county whose name begins at an offset, None if none does."""
    index, limit = place_index(), min(end, position + MAX_PLACE_CHARS)
    for size in _place_names().lengths(text[position : position + 2]):
        stop = position + size
        places = index.get(text[position:stop]) if stop <= limit else None
        if not places or text[position:stop] in {"城区", "郊区", "矿区"}:
            continue
        place = _likeliest(places, region)
        if "自治" in place.name and text[stop : stop + 1] in set("县州旗"):  # 桓仁县
            return Unit(text[position : stop + 1], position, stop + 1, place.level, place.adcode)
        full = text[position:stop] == place.name
        known = place.adcode[:2] in region
        if full or (known and _stands_alone(text, position, stop, end)):
            if not full and _OLD_CLASS.match(text, stop):  # a county that is a city by now
                stop += 1
            return Unit(text[position:stop], position, stop, place.level, place.adcode, full)
    return None


def _likeliest(places: tuple[Place, ...], region: tuple[str, ...]) -> Place:
    for width in (4, 2):
        for place in places:
            if place.adcode[:width] in region:
                return place
    return places[0]


def _stands_alone(text: str, start: int, stop: int, end: int) -> bool:
    """Return whether a short name stands for the district itself, not within a longer word.

    A name that is an everyday word too (长寿, 高新) must also be followed by what follows a place.
    """
    before = text[max(0, start - 4) : start]
    if not _SHORT_BEFORE.search(before) and not _follows_city(text, start):
        return False
    if text[start:stop] not in word_set("common places") or _GROWN_ZONE.match(text, stop):
        return True
    return bool(_SHORT_AFTER.match(text, stop, min(end, stop + 8)))


def _follows_city(text: str, start: int) -> bool:
    """Return whether a name stands right after that of its city (昆明呈贡)."""
    index = place_index()
    before = (text[max(0, start - size) : start] for size in (2, 3, 4))
    return any(place.level == "city" for name in before for place in index.get(name, ()))
