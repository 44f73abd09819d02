"""Read the parts of an address in one linear pass.

An Aho-Corasick automaton over every name of the gazetteer yields the leftmost longest names that do
not overlap; a name inside a longer one (营口 in 营口西路, 铁岭 in 铁岭村) is thereby never seen on its
own. What is left to decide is whether a *short* name (沈阳, 和平, 康平) stands for a division or is a
piece of a road, village or firm that the gazetteer does not know: it counts only at a boundary, and
not when a road or village ending follows within three characters. Names that are known from
statistics alone (建街) count only where no unread characters run into them (创建街).
"""

import re
import sys
from collections.abc import Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from clusteratlas.geo.geocoding.gazetteer import Gazetteer, Name, Zone
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.patterns import DISTRICT_TEXT, is_crossing

MAX_LEARNED: Final = 6
"""Villages, roads and places of one address that are looked at."""

_PUNCTUATION: Final = frozenset("(),.-#")
# Where a name may begin although the characters before it were not recognised.
_BREAKS: Final = frozenset("(),.-#0123456789号路街道里巷村屯镇乡区委市县园院楼与和")
# A short name followed by one of these within three characters is part of a road, village, hill...
_CONTINUES: Final = re.compile(
    "[\u4e00-\u9fff]{0,2}?(?:路|街|巷|道|里|胡同|村|屯|镇|乡|委|社区|小区|花园|家园|山|河|岭|沟|湾|口|桥|"
    "大厦|广场|市场|饭店|宾馆|酒店|公寓|国际|世纪|银行|医院|大学|学院|学校|中学|小学|工业大|公司|集团)"
)
# At the start of an address, and after a county's name, only roads and villages speak against it.
_CONTINUES_STRICTLY: Final = re.compile(
    "[\u4e00-\u9fff]{0,2}?(?:路|街|巷|道|里|胡同|村|屯|镇|乡|委|山)|社区|小区|花园|家园"
)
_GENERIC_ROAD: Final = re.compile("[东西南北中前后大小新老]{0,2}(?:大街|路|街|道|巷|里)")
_GENERIC_ZONE: Final = re.compile(
    "(?:经济|技术|高新|产业|工业|科技|综合|旅游|度假|沿海)*(?:开发区|园区|新区|区|高新区|保税区|度假区)"
)
Match = tuple[int, int, Name]
"""Where a name begins and ends in the text, and what it means."""

_NOTHING: Final = (0, sys.maxsize, sys.maxsize)


class AddressParser:
    """Parse addresses against one gazetteer; safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        # A line break is no part of a name: it keeps the addresses of a batch apart.
        names = [entry for text, entry in gazetteer.names.items() if text and "\n" not in text]
        for entry in names:
            entry.settle()
        texts = [entry.text for entry in names]
        self._names = names
        self._find = AhoCorasick(texts, MatchKind.LeftmostLongest).find_matches_as_indexes
        self._stems = [frozenset(name[:-1]) for name in gazetteer.district_names.values()]

    def parse(self, text: str) -> ParsedAddress:
        """Return the parts of a normalised address."""
        return self.parse_all([text])[0]

    def parse_all(self, texts: Sequence[str]) -> list[ParsedAddress]:
        """Return the parts of normalised addresses, with one search for names in all of them."""
        names, parsed = self._names, []
        found = iter(self._find("\n".join(texts)))
        number, start, end = next(found, _NOTHING)
        begin = 0
        for text in texts:
            matches = []
            while end <= begin + len(text):
                matches.append((start - begin, end - begin, names[number]))
                number, start, end = next(found, _NOTHING)
            parsed.append(self._read(text, matches))
            begin += len(text) + 1
        return parsed

    def _read(self, text: str, matches: list[Match]) -> ParsedAddress:
        parsed = ParsedAddress(text)
        learned = parsed.learned
        last = 0  # end of the last name that was taken
        for index, (start, end, entry) in enumerate(matches):
            if entry.learned_only:
                if start != last and text[start - 1] not in _BREAKS:
                    continue
                if entry.kind != "zone" and len(learned) < MAX_LEARNED:
                    learned.append(entry.part)
                    last = end
                    continue
            elif entry.doubtful:
                following = matches[index + 1] if index + 1 < len(matches) else None
                if not _stands_alone(parsed, entry, start, last, following):
                    continue
            if _take(parsed, entry, start):
                last = end
                if entry.divides:
                    parsed.body = end
        parsed.end = last
        parsed.crossing = bool(learned) and is_crossing(text)
        if text and not (parsed.stated or parsed.outside):
            parsed.unknown = self._unknown_district(parsed)
        return parsed

    def _unknown_district(self, parsed: ParsedAddress) -> str:
        """Return what is called a district right behind the city, or first of all, and is none.

        A slip of the pen behind a city (鲅鱼区 for 鲅鱼圈区) has two characters in common with one.
        """
        match = DISTRICT_TEXT.match(parsed.text, parsed.body)
        if match is None:
            return ""
        names = (parsed.zone_name, parsed.town_name, *(text for _, text in parsed.learned))
        if any(name and name in parsed.text[parsed.body : match.end() + 1] for name in names):
            return ""
        name = match.group()
        slip = parsed.city and any(len(stem.intersection(name[:-1])) > 1 for stem in self._stems)
        return "" if slip else name


def _stands_alone(
    parsed: ParsedAddress, entry: Name, start: int, last: int, following: Match | None
) -> bool:
    """Tell whether a short name is a division here, not a piece of a longer unknown name."""
    text, end = parsed.text, start + len(entry.text)
    # 铁西 or 和平 without a city: the west of any town, a hall, a brand.
    common = entry.short and not entry.distinct and bool(entry.districts) and not entry.city
    if common and not parsed.city and following is None:
        return False
    if start != last and text[start - 1] not in _PUNCTUATION:
        return False
    if end == len(text) or text[end] in _PUNCTUATION:
        return True
    if text[end] in "区县" and (following is None or following[0] > end):
        return False  # 朝阳区 is none of 朝阳市's, nor 南山区 the street office 南山
    if following is not None and following[0] == end:
        # 解放 in front of 北街 is the road 解放北街
        return _GENERIC_ROAD.fullmatch(following[2].text) is None
    strictly = (start == 0 and not entry.outside) or entry.distinct
    continues = _CONTINUES_STRICTLY if strictly else _CONTINUES
    return continues.match(text, end) is None


def _take(parsed: ParsedAddress, entry: Name, start: int) -> bool:
    """Put one name into the parse; False if it has no place there."""
    if entry.learned_only:
        return _take_part(parsed, entry, start)
    if entry.outside:
        if start <= 2 and not (parsed.city or parsed.province or parsed.stated):
            parsed.outside = entry.outside
            return True
        if not entry.zones and not entry.towns and not entry.kind:
            return False
    if entry.province:
        parsed.province = True
        return True
    # A learned or township name that is also a city's or district's short name: context decides.
    if entry.city and not parsed.stated and not parsed.zone_name:
        if not parsed.city:
            parsed.city, parsed.city_short = entry.city, entry.short
            return True
        if entry.city != parsed.city and not entry.short and not parsed.rival:
            parsed.rival = entry.city
            return True
    if entry.codes and _take_district(parsed, entry):
        return True
    return _take_part(parsed, entry, start)


def _take_district(parsed: ParsedAddress, entry: Name) -> bool:
    if parsed.stated:
        return False
    codes = entry.codes
    city = parsed.city[:4]
    # The usual case, one district in the city that is named, needs no more looking.
    if city and (len(codes) > 1 or codes[0][:4] != city):
        inside = tuple([code for code in codes if code[:4] == city])
        if not inside and (entry.short or entry.form != "current"):
            return False
        if not inside:
            if parsed.city_short:
                parsed.city = ""
            else:
                parsed.conflict = True
        codes = inside or codes
    if entry.short and (parsed.zone_name or parsed.town_name or parsed.learned):
        return False
    parsed.stated, parsed.stated_name, parsed.stated_form = codes, entry.text, entry.form
    return True


def _take_part(parsed: ParsedAddress, entry: Name, start: int) -> bool:
    if (entry.zones or entry.kind == "zone") and _is_anothers(parsed, entry, start):
        return False
    if entry.zones and not parsed.zone_name:
        zones = _zones_here(parsed, entry)
        if zones:
            parsed.zones, parsed.zone_name = zones, entry.text
            return True
    if entry.towns and not parsed.town_name:
        parsed.towns, parsed.town_name = tuple(entry.towns), entry.text
        if entry.kind:
            parsed.learned.append(("township", entry.text))
        return True
    if entry.sites and parsed.site is None:
        return _take_site(parsed, entry)
    if entry.kind == "zone" and not parsed.zone_name:
        parsed.zone_name = entry.text
        parsed.learned.append(("zone", entry.text))
        return True
    if entry.kind and len(parsed.learned) < MAX_LEARNED:
        parsed.learned.append(entry.part)
        return True
    return False


def _is_anothers(parsed: ParsedAddress, entry: Name, start: int) -> bool:
    """Tell whether 经济开发区 is the end of a zone's name that is not known (永宁经济开发区)."""
    if start in (0, parsed.body) or parsed.text[start - 1] in _PUNCTUATION:
        return False
    return _GENERIC_ZONE.fullmatch(entry.text) is not None


def _take_site(parsed: ParsedAddress, entry: Name) -> bool:
    """Take a known site that lies where the address says, and is one place."""
    fitting = [
        site
        for site in entry.sites
        if (not parsed.city or site.adcode[:4] == parsed.city[:4])
        and (not parsed.stated or site.adcode in parsed.stated)
    ]
    if len(fitting) == 1:
        parsed.site = fitting[0]
    return len(fitting) == 1


def _zones_here(parsed: ParsedAddress, entry: Name) -> tuple[Zone, ...]:
    """Return the zones of that name in the city; a name of several cities needs to be told which."""
    city = parsed.city or (parsed.stated[0] if parsed.stated else "")
    if city:
        return tuple(z for z in entry.zones if any(a[:4] == city[:4] for a, _ in z.weights))
    generic = len({zone.weights[0][0][:4] for zone in entry.zones}) > 1
    return () if generic else tuple(entry.zones)
