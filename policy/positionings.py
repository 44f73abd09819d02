"""What a district, town, park or city is to develop, as the text states it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from clusteratlas.policy.spans import Span
from clusteratlas.policy.names import name_start, piece_start
from clusteratlas.policy.places import Place, place_index
from clusteratlas.policy.sections import sector_headings, sector_title
from clusteratlas.policy.structure import Line

_SENTENCE: Final = re.compile(r"[^。；;！？!?\n]+")
MAX_SENTENCE_CHARS: Final = 1_500
_UNIT_FORM: Final = re.compile(
    r"[\u4e00-\u9fff]{1,10}?(?:自治县|自治州|自治旗|新区|街道|[区县市旗镇乡州盟])"
)
_NOT_UNIT: Final = re.compile(
    r"(?:全|本|我|各|两|该|其他|省|地|辖|城|市|郊|园|社|片|景|灾|牧|林|矿|校|库|山|老|新|特|小|集|建制|特色|重点|中心|强|大|名|乡|"
    r"上|超|股|楼|门|夜|菜|农|都|国际|国内|开放|国家级|省级|核心|示范|试验|开发|高新|经开|产业|工业|功能|集聚|保税|合作|先行)$"
)
_DEVELOP: Final = re.compile(
    r"(?:重点|着力|主要|优先|大力|加快|积极|突出|聚焦|主攻|着重|集中|协同|联动|差异化|错位)?(?:规划|培育|做大|做强|做优|做精)?"
    r"(?:发展壮大|培育壮大|做大做强|做优做强|发展|布局|打造|培育|壮大|承接|聚焦|主攻|建设|突出|形成|做强|做大|做精|构建|集聚|巩固提升|提升|抢抓|深耕)"
)
_THEME: Final = re.compile(
    r"(?:主导产业|首位产业|支柱产业|特色产业|重点产业|功能定位|产业定位|发展定位|主攻方向|发展方向|发展重点|产业方向)(?:是|为|：|:|以|包括|有|\t)"
)
_LED: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)(?:等)?(?:产业)?为(?:主导|主体|主攻|支柱|特色|重点|龙头|核心|首位|主)(?:产业|方向)?"
)
_BASED: Final = re.compile(
    r"(?:以|依托)(?P<units>[^，。；]{2,80}?)(?:等)?(?:为(?P<role>核心|重点|中心|载体|主体|依托|龙头|支撑|主阵地|引领|骨干|主))?(?=[，,的])"
)
_SECTOR_END: Final = re.compile(
    r"(?:等)?(?:战略性新兴|先进制造|特色|优势|主导|支柱|新兴|重点|高端|未来|现代|[两三四五六七八九十\d]+(?:大|个|条))*(?:产业链|产业集群|产业基地|产业园区?|产业体系|产业|集群|基地|项目|领域|行业|板块|业态|企业|产品)?$"
)
_STRENGTH: Final = (
    ("core", re.compile(r"核心|首位|中心|主阵地|引领|龙头")),
    ("leading", re.compile(r"重点|主导|支柱|着力|大力|突出|聚焦|主攻|优先|主要|为主")),
    ("supporting", re.compile(r"协同|配套|支撑|补充|延伸|承接|辅助|依托")),
)


@dataclass(frozen=True)
class Unit:
    """A district, town, park or city in the text, with its code where the gazetteer has one."""

    name: str
    start: int
    end: int
    kind: str
    adcode: str = ""


@dataclass(frozen=True)
class Positioning:
    """A unit and the sectors that it is to develop, with the sentence that says so."""

    unit: Unit
    sectors: tuple[str, ...]
    strength: str
    start: int
    end: int
    rule: str
    line: Line


def find_positionings(
    text: str, lines: list[Line], parks: list[Span], region: tuple[str, ...]
) -> list[Positioning]:
    """Return the stated positionings in the order of the text.

    Parameters
    ----------
    parks
        The parks found in the text; they can be positioned like districts.
    region
        Codes of the province and cities that the document is about; their counties are known by
        their short names too.
    """
    found: list[Positioning] = []
    park_at = 0
    for line in lines:
        while park_at < len(parks) and parks[park_at].start < line.start:
            park_at += 1
        stop = park_at
        while stop < len(parks) and parks[stop].start < line.end:
            stop += 1
        inside = parks[park_at:stop]
        for match in _SENTENCE.finditer(text, line.start, line.end):
            if match.end() - match.start() <= MAX_SENTENCE_CHARS:
                found += _in_sentence(text, match.start(), match.end(), line, inside, region)
    return _deduplicated(found)


def _deduplicated(found: list[Positioning]) -> list[Positioning]:
    merged: dict[tuple[str, int], Positioning] = {}
    for one in found:
        key = (one.unit.name, one.start)
        old = merged.get(key)
        if old is None:
            merged[key] = one
        else:
            sectors = tuple(dict.fromkeys((*old.sectors, *one.sectors)))
            merged[key] = Positioning(
                old.unit, sectors, old.strength, old.start, old.end, old.rule, old.line
            )
    return sorted(merged.values(), key=lambda p: (p.start, p.unit.start))


# --- units ------------------------------------------------------------------------------------


def find_units(
    text: str, start: int, end: int, parks: list[Span], region: tuple[str, ...]
) -> list[Unit]:
    """Return the districts, towns, cities and parks named between two offsets, in order."""
    units = [
        Unit(span.within(text), span.start, span.end, "park")
        for span in parks
        if start <= span.start and span.end <= end
    ]
    position = start
    while position < end:
        park = next(
            (unit for unit in units if unit.kind == "park" and unit.start <= position < unit.end),
            None,
        )
        if park is not None:
            position = park.end
            continue
        unit = _division_at(text, position, end, region)
        if unit is None:
            position += 1
        else:
            units.append(unit)
            position = unit.end
    return sorted(units, key=lambda unit: unit.start)


def _division_at(text: str, position: int, end: int, region: tuple[str, ...]) -> Unit | None:
    index = place_index()
    for stop in range(min(end, position + 12), position + 1, -1):
        name = text[position:stop]
        places = index.get(name)
        if not places:
            continue
        place = _in_region(places, region)
        if name == place.name or (
            place.adcode[:2] in region and _stands_alone(text, position, stop, end)
        ):
            return Unit(name, position, stop, place.level, place.adcode)
    return None


def _in_region(places: tuple[Place, ...], region: tuple[str, ...]) -> Place:
    best = [place for place in places if place.adcode[:4] in region]
    best = best or [place for place in places if place.adcode[:2] in region] or list(places)
    return best[0]


def _stands_alone(text: str, start: int, stop: int, end: int) -> bool:
    """Return whether a short name stands for the district itself, not within a longer word."""
    after = text[stop : stop + 1]
    before = text[start - 1 : start]
    return (
        stop >= end
        or after in "、，,：:和与及（( \t\u3000两三四五六"
        or text[stop : stop + 2] in {"为重", "为核", "为主", "为中", "重点", "等地", "等县", "等区"}
    ) and (
        not before
        or before in "以、在和与及　 \t、，,。；：:支持动由"
        or start == 0
        or not ("\u4e00" <= before <= "\u9fff")
    )


# --- sentences ------------------------------------------------------------------------------------


def _in_sentence(
    text: str, start: int, end: int, line: Line, parks: list[Span], region: tuple[str, ...]
) -> Iterator[Positioning]:
    units = find_units(text, start, end, parks, region)
    if not units:
        yield from _under_heading(text, start, end, line, parks, region)
        return
    for group in _groups(text, units):
        tail_start = group[-1].end
        following = [unit.start for unit in units if unit.start >= tail_start]
        tail_end = _tail_end(text, tail_start, end, following)
        sectors = _stated_sectors(text, tail_start, tail_end)
        if sectors:
            strength = strength_of(text[max(start, group[0].start - 6) : tail_end])
            for unit in group:
                yield Positioning(unit, sectors, strength, start, end, "stated", line)


def _tail_end(text: str, start: int, end: int, following: list[int]) -> int:
    """The predicate ends before the clause of the next unit."""
    for nxt in following:
        if nxt <= start:
            continue
        cut = max(text.rfind("，", start, nxt), text.rfind("、", start, nxt))
        if cut > start and text[cut] == "，":
            return cut
    return end


def _groups(text: str, units: list[Unit]) -> Iterator[list[Unit]]:
    group: list[Unit] = []
    for unit in units:
        if group and re.fullmatch(
            r"(?:市|区|县)?[、和与及]|以及", text[group[-1].end : unit.start]
        ):
            group.append(unit)
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def _under_heading(
    text: str, start: int, end: int, line: Line, parks: list[Span], region: tuple[str, ...]
) -> Iterator[Positioning]:
    """A sentence without a unit of its own speaks of the unit that its heading names."""
    del parks
    if not line.path:
        return
    heading = line.path[-1]
    title = heading.title
    unit = _division_at(title, 0, len(title), region)
    if unit is None or unit.end < len(title.rstrip("：:。")):
        return
    here = Unit(unit.name, heading.start, heading.start + unit.end, unit.kind, unit.adcode)
    sectors = _stated_sectors(text, start, end)
    if sectors:
        yield Positioning(here, sectors, strength_of(text[start:end]), start, end, "heading", line)


def strength_of(clause: str) -> str:
    """Return core, leading, supporting or mentioned by the words of a clause."""
    for strength, pattern in _STRENGTH:
        if pattern.search(clause):
            return strength
    return "mentioned"


def _stated_sectors(text: str, start: int, end: int) -> tuple[str, ...]:
    names: list[str] = []
    for match in _LED.finditer(text, start, end):
        names += sectors_in(match.group("sectors"))
    for pattern in (_DEVELOP, _THEME):
        for match in pattern.finditer(text, start, end):
            stop = re.compile(r"[，,。；;：:！？\n]").search(text, match.end(), end)
            names += sectors_in(text[match.end() : stop.start() if stop else end])
    return tuple(dict.fromkeys(names))


def sectors_in(phrase: str) -> list[str]:
    """Return the sectors enumerated in a phrase: ``智能装备、生物医药等产业`` -> two names."""
    names: list[str] = []
    for part in re.split(r"[、和与及]|以及|\t", phrase):
        part = _DEVELOP.sub("", part, count=1) if _DEVELOP.match(part) else part
        part = re.sub(r"^(?:以|的|等|了|新型的|一批)|[“”\"]", "", part)
        cut = _SECTOR_END.sub("", part)
        name = cut if len(cut) >= 2 else part
        _, title = sector_title(name)
        if title and len(title) <= 20:
            names.append(title)
    return names


@cache
def _unused() -> None:
    """Keep the names that later rules use importable."""
    del name_start, piece_start, sector_headings
