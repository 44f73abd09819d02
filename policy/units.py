"""Districts, towns, cities and parks that a sentence speaks of."""

import re
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.places import Place, place_index
from clusteratlas.policy.spans import Span

# Zones that a city's own plan calls by their class alone.
_BARE_ZONE: Final = re.compile(
    r"(?:(?:国家|省)级)?(?:高新区|经开区|经济(?:技术)?开发区|高新技术产业开发区|高新技术开发区|临空经济区|综保区|综合保税区|开发区|工业园区|产业园区|新区|"
    r"主城区|中心城区|[东西南北中]部(?:片区|板块|组团|地区|区域))"
)
_TOWN: Final = re.compile(r"[\u4e00-\u9fff]{2,4}?(?:街道|[镇乡](?!村|镇|域|愁|亲|贤))")
_TOWN_LEFT: Final = re.compile(
    r"(?:^|[、，。；：:,;\s“（(　]|以|在|和|与|及|支持|推动|依托|引导|鼓励|推进|重点在|位于|加快)$"
)
_NOT_TOWN: Final = re.compile(
    r"(?:特色|重点|中心|建制|小城|城|乡|村|强|名|古|各|全|本|该|经济|工业|产业|专业|旅游|卫星|示范|美丽|新市|等|个|批)(?:街道|[镇乡])$"
)
_SHORT_AFTER: Final = re.compile(
    r"$|[、，,：:（( \t　]|[和与及]|[两二三四五六七八九十\d]+(?:大|个|区|县|市|地)|为(?:重点|核心|主|中心|依托|龙头|主体)|等(?:地|县|区|市|城)|"
    r"(?:重点|主要|着力|大力|加快|优先|集中)?(?:发展|布局|打造|建设|培育|聚焦|主攻|做强|做大)|[东西南北中]部|以"
)
_SHORT_BEFORE: Final = re.compile(
    r"(?:^|[、，。；：:,;\s“（(　]|以|在|和|与|及|支持|推动|依托|引导|由|动|重点在|布局在|布局于|集聚到|向|将|把)$"
)


@dataclass(frozen=True)
class Unit:
    """A district, town, park or city in the text, with its code where the gazetteer has one."""

    name: str
    start: int
    end: int
    kind: str  # province | city | county | town | park | zone
    adcode: str = ""


def find_units(
    text: str, start: int, end: int, parks: list[Span], region: tuple[str, ...]
) -> list[Unit]:
    """Return the units named between two offsets, in order and without overlaps.

    Parameters
    ----------
    parks
        The parks of the text that may lie between the offsets.
    region
        Code prefixes of the place that the document is about; short names count only there.
    """
    inside = [
        span
        for span in parks
        if start <= span.start and span.end <= end and span.reason != "shared form"
    ]
    ends = {span.start: span.end for span in inside}
    units: list[Unit] = []
    position = start
    while position < end:
        if position in ends:
            stop = ends[position]
            units.append(Unit(text[position:stop], position, stop, "park"))
            position = stop
            continue
        unit = division_at(text, position, end, region) or _zone_or_town(text, position, start, end)
        if unit is None:
            position += 1
        else:
            units.append(unit)
            position = unit.end
    return units


def division_at(text: str, position: int, end: int, region: tuple[str, ...]) -> Unit | None:
    """Return the province, city or county whose name begins at an offset, None if none does."""
    index = place_index()
    for stop in range(min(end, position + 12), position + 1, -1):
        places = index.get(text[position:stop])
        if not places:
            continue
        place = _likeliest(places, region)
        full = text[position:stop] == place.name
        if full or (place.adcode[:2] in region and _stands_alone(text, position, stop, end)):
            return Unit(text[position:stop], position, stop, place.level, place.adcode)
    return None


def _likeliest(places: tuple[Place, ...], region: tuple[str, ...]) -> Place:
    for width in (4, 2):
        for place in places:
            if place.adcode[:width] in region:
                return place
    return places[0]


def _stands_alone(text: str, start: int, stop: int, end: int) -> bool:
    """Return whether a short name stands for the district itself, not within a longer word."""
    before = text[max(0, start - 4) : start]
    return bool(_SHORT_AFTER.match(text, stop, min(end, stop + 8)) and _SHORT_BEFORE.search(before))


def _zone_or_town(text: str, position: int, start: int, end: int) -> Unit | None:
    before = text[max(start, position - 4) : position]
    if not _TOWN_LEFT.search(before):
        return None
    zone = _BARE_ZONE.match(text, position, end)
    if zone:
        return Unit(zone.group(), position, zone.end(), "zone")
    town = _TOWN.match(text, position, min(end, position + 7))
    if town and not _NOT_TOWN.search(town.group()):
        return Unit(town.group(), position, town.end(), "town")
    return None
