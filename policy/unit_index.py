"""Districts, towns, cities, parks and zones of a text, found once and asked for by offsets."""

import bisect
import itertools
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.places import place_index
from clusteratlas.policy.spans import Span
from clusteratlas.policy.units import ZONE_CLASS, Unit, divisions, new_counties, place_spans
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.zones import placed_zones, spoken_zones

# Zones that a city's own plan calls by their class alone.
_BARE_ZONE: Final = re.compile(
    r"(?=[市高经临综开工产新主中东西南北])市?(?:高新区|高新开发区|经开区|经济(?:技术)?开发区|高新技术产业开发区|高新技术开发区|"
    r"临空经济区|综保区|综合保税区|开发区|工业园区|产业园区|新区|"
    r"主城区|中心城区|[东西南北中]部(?:片区|板块|组团|地区|区域))"
)
_SHORT_ZONE: Final = re.compile(
    "(?!经济|高新|工业|产业|科技|现代)[\u4e00-\u9fff]{2,3}(?:工业园区?|产业园区?|新城|新区|"
    "小镇|片区|科学城)"
)
_BEFORE_NAME: Final = re.compile(
    '[“"]?[\u4e00-\u9fff]{1,5}?[”"]?(?:即|要在|仅限)'
)  # 一核即新站高新区
_JOINED: Final = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,4})[及和与](?=[\u4e00-\u9fff]{4})")
_PARK_PART: Final = re.compile("[东西南北中]?片区")
_GOAL: Final = re.compile("打造|建成|形成")
_BASE: Final = re.compile("(?:生产|加工|制造|产业|种植|养殖|配套)(?:示范)?基地$")
_BASES_ARE: Final = re.compile("基地(?:，即|：|，分别)[^。；]*$")  # 十大基地，即甲米业基地、…
_COUNTED_FORM: Final = re.compile(r"[两三四五六七八九十\d]+大")
_TOWN_LEFT: Final = re.compile(
    r"(?:^|[、，。；：:,;\s“（(　]|以|在|和|与|及|支持|推动|依托|引导|鼓励|推进|重点在|位于|"
    r"加快|[部江海河湖边带片]的|[县市区旗]|选址|动|抓)$"
)
_LEFT_EDGES: Final = frozenset(
    "\n、，。；：:,; \t“（(　以在和与及持动托导励进于快的县市区旗址抓"
)  # last of each above
_TOWN: Final = re.compile(
    rf"(?:(?<=[{re.escape(''.join(sorted(_LEFT_EDGES)))}])|"
    rf"^)(?![在以和与及支推依引鼓加位选])[\u4e00-\u9fff]{{2,4}}?(?:街道|"
    r"[镇乡](?!村|镇|域|愁|亲|贤))"
)
_TOWN_CLASS: Final = re.compile("(?:街道|(?<![小城])镇|乡)$")
_NOT_TOWN: Final = re.compile(
    r"(?:特色|小|重点|中心|建制|小城|城|乡|[新中]村|强|名|古|各|全|本|该|经济|工业|产业|专业|"
    r"旅游|卫星|示范|"
    r"美丽|新市|等|个|批)(?:街道|[镇乡])$"
)
_CLASS_END: Final = re.compile(
    rf"(?:{ZONE_CLASS.replace('[一-龥]{0,2}', '').replace('[一-龥]{0,3}', '')}|岛)$"
)
_NAMED_ZONE: Final = re.compile(
    r"(?![以在和与及支推依引鼓加位将把对该本全各新老])[\u4e00-\u9fff·]{2,6}?"
    rf"(?:{ZONE_CLASS}|(?<=[\u4e00-\u9fff]{{2}})岛)(?=[、：，,:）)]|重点|以|打造|将|"
    rf"[要聚发建围着大与和]|等|融入|高端|\d)"
)
_RUN: Final = re.compile("[\u4e00-\u9fff·]{3,}")
_CLASS_SIGN: Final = re.compile("[区城港圈岛纽]")
# Zones that everybody calls by a name of two or three characters, state-level new areas among them.
_KNOWN_ZONE: Final = re.compile(
    r"(?:前海|横琴|洋浦|河套|张江|虹桥|浦东|西咸|贵安|西海岸|金普|天府|滇中|雄安|苏锡通|白沟|"
    r"北戴河新区|"
    r"白洋淀|亦庄|燕郊|前湾|中新天津生态城)"
    r"(?=[、：，,:]|建设|发展|打造|重点|以|要|等|为|和|[\u4e00-\u9fff]{2,8}(?:、|等|产业|和|成为|获评))"
)
_NAMED_LEFT: Final = re.compile(
    r"(?:^|[\n。；;、：: \t　（(—，]|支持|推动|推进|引导|鼓励|依托|将|把|以|和|与|在|促进)$"
)
_KNOWN_LEFT: Final = re.compile(
    r"(?:^|[\n。；;、：: \t　（(—，]|支持|推动|推进|引导|鼓励|依托|将|把|以|和|与|在|促进|"
    r"做强|打造|发展|培育)$"
)
_NO_ZONE_NAME: Final = re.compile(
    r"[的等各]|国家|省级|市级|重点|特色|产业|经济|城市|中心|先行|综合|改革|试验|创新|现代|生态|"
    r"高标准|高质量|半岛|群岛|海岛|工业|旅游|农业|科技|[东西南北]部|县域|城镇|沿[海江边]|"
    r"建设|打造|加快|发展|支持|推"
)


class UnitIndex:
    """All units of a text, found once and asked for by offsets.

    Parameters
    ----------
    text
        The whole text.
    parks
        Its parks; parks that only share a form (铁西、浑南3大集聚区) are left to the districts.
    region
        Code prefixes of the place that the document is about; short names count only there.
    """

    def __init__(self, text: str, parks: Sequence[Span], region: tuple[str, ...]) -> None:
        units = [
            unit
            for span in parks
            for unit in _with_its_place(_park_unit(text, span))
            if span.reason != "shared form" and not _is_shared(text, span)
        ]
        taken = [(unit.start, unit.end) for unit in units]
        found = (
            _as_zones(text, placed_zones(text, (start for start, _ in place_spans(text)))),
            new_counties(text),
            divisions(text, region),
            _named_zones(text),
            _as_zones(text, spoken_zones(text)),
            _zones_and_towns(text),
        )
        for unit in itertools.chain(*found):
            at = bisect.bisect_left(taken, (unit.end, -1))
            if at == 0 or taken[at - 1][1] <= unit.start:
                units.append(unit)
                taken.insert(at, (unit.start, unit.end))
        self._units = sorted(units, key=lambda unit: unit.start)
        self._starts = [unit.start for unit in self._units]

    def drop(self, units: Container[Unit]) -> None:
        """Forget units that turned out to be a part of something else."""
        self._units = [unit for unit in self._units if unit not in units]
        self._starts = [unit.start for unit in self._units]

    def between(self, start: int, end: int) -> list[Unit]:
        """Return the units that lie between two offsets, in order."""
        first = bisect.bisect_left(self._starts, start)
        last = bisect.bisect_left(self._starts, end, first)
        return [unit for unit in self._units[first:last] if unit.end <= end]


def _with_its_place(park: Unit) -> tuple[Unit, ...]:
    """Return the district and the park of a name such as 双流区成都芯谷; else the park alone."""
    for size in range(2, min(len(park.name) - 3, 6)):
        rest = park.name[size:]
        places = place_index().get(park.name[:size], ())
        two = _begins_with_place(rest, 0) or _SHORT_ZONE.fullmatch(rest)
        if two and any(p.name == park.name[:size] and p.level == "county" for p in places):
            cut = park.start + size
            place = Unit(park.name[:size], park.start, cut, "county", places[0].adcode)
            return place, Unit(rest, cut, park.end, park.kind)
    return (park,)


def _park_unit(text: str, span: Span) -> Unit:
    """Return a park as a unit, with the part of it that is meant (高新区东片区)."""
    part = _PARK_PART.match(text, span.end)
    end = part.end() if part else span.end
    cut = _BEFORE_NAME.match(text, span.start, span.end)
    if cut:
        return Unit(text[cut.end() : end], cut.end(), end, "park")
    joined = _JOINED.match(text, span.start, end)  # 甲市及乙示范区
    start = joined.end() if joined and joined.group("place") in place_index() else span.start
    name = re.sub("[（(][^（）()]*[)）]$", "", text[start:end])
    return Unit(name, start, end, "park")


def _begins_with_place(text: str, start: int) -> bool:
    return any(text[start : start + size] in place_index() for size in (4, 3, 2))


def _is_shared(text: str, span: Span) -> bool:
    """Return whether a park is a list of places (甲、乙、丙产业园) or what a place is to become."""
    index = place_index()
    named = _BASE.search(text, span.start, span.end) and _begins_with_place(text, span.start)
    if named and _BASES_ARE.search(text, max(0, span.start - 200), span.start):
        return True
    if _COUNTED_FORM.search(text, span.start, span.end) or "为" in text[span.start : span.end]:
        return True
    if (
        _GOAL.search(text, max(0, span.start - 2), span.start)
        and text[span.end - 2 : span.end] == "基地"
    ):
        return any(text[span.start : span.start + size] in index for size in (4, 3, 2))
    if text[span.start - 1 : span.start] not in {"、", "和", "与", "及"}:
        return False
    opens = any(text[span.start : span.start + size] in index for size in (4, 3, 2))
    return opens and any(
        text[span.start - 1 - size : span.start - 1] in index for size in (5, 4, 3, 2)
    )


def _named_zones(text: str) -> Iterator[Unit]:
    """Yield zones by a name of their own (南汇新城, 长兴岛) where they are spoken of."""
    for match in _KNOWN_ZONE.finditer(text):
        if _KNOWN_LEFT.search(text, max(0, match.start() - 2), match.start()):
            yield Unit(match.group(), match.start(), match.end(), "zone", official=False)
    for match in _in_runs(_NAMED_ZONE, text):
        start, name = match.start(), match.group()
        proper = _CLASS_END.sub("", name)
        if len(proper) < 2 or _NO_ZONE_NAME.search(proper) or is_generic(proper):
            continue
        if len(proper) > 2 and is_ordinary(proper) and proper not in place_index():
            continue
        if _NAMED_LEFT.search(text, max(0, start - 2), start):
            yield Unit(name, start, match.end(), "zone")


def _in_runs(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern in runs without stops that hold the end of a zone's class."""
    for run in _RUN.finditer(text):
        if _CLASS_SIGN.search(text, *run.span()):
            yield from pattern.finditer(text, run.start(), run.end() + 1)


def _as_zones(text: str, spans: Iterable[Span]) -> Iterator[Unit]:
    for span in spans:
        town = span.reason == "town" or _TOWN_CLASS.search(span.within(text))
        kind = "town" if town else "zone"
        yield from _with_its_place(Unit(span.within(text), span.start, span.end, kind))


def _zones_and_towns(text: str) -> Iterator[Unit]:
    for kind, pattern in (("zone", _BARE_ZONE), ("town", _TOWN)):
        for match in pattern.finditer(text):
            start = match.start()
            edge = start == 0 or text[start - 1] in _LEFT_EDGES
            if not edge or not _TOWN_LEFT.search(text, max(0, start - 4), start):
                continue
            if kind == "town" and match.group()[-2:] in place_index():  # 启动清镇电厂
                continue
            if kind == "zone" or not _NOT_TOWN.search(match.group()):
                yield Unit(match.group(), start, match.end(), kind)
