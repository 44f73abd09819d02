"""What a district, town, park or city is to develop, as the text states it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from clusteratlas.policy.parks import PARK_SUFFIX
from clusteratlas.policy.sections import sector_headings
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.spans import Span
from clusteratlas.policy.stated import Positioning, strength_of
from clusteratlas.policy.stated_in_lists import in_list
from clusteratlas.policy.stated_in_rows import in_bracket, in_row, table_header
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit, UnitIndex, division_at

MAX_SENTENCE_CHARS: Final = 1_500
MAX_UNIT_TITLE_CHARS: Final = 16
_SENTENCE: Final = re.compile(r"[^。；;！？!?\n]+")
_CLAUSE: Final = re.compile(r"[^，,]+")
_DEVELOP: Final = re.compile(
    r"(?:重点|着力|主要|优先|大力|加快|积极|突出|着重|集中|协同|联动|差异化|错位|全力|聚力)?(?:规划|"
    r"培育|做大|做强|做优|做精|引进|承接)?(?:和|、)?"
    r"(?:发展壮大|培育壮大|做大做强|做优做强|做强做优|巩固提升|提升发展|发展|布局|打造|培育|壮大|承接|"
    r"聚焦|主攻|主打|偏向|侧重|定位于|定位为|着眼于|瞄准|建设成为|建设|形成|做强|做大|做精|做优|构建|集聚|聚集|抢抓|深耕|突出|引进|推进|扶持|建成|"
    r"突破)(?!区|型|壮大|优势|效应|格局|的)"
)
_THEME: Final = re.compile(
    r"(?:主导产业|首位产业|支柱产业|特色产业|重点产业|功能定位|产业定位|发展定位|主攻方向|发展方向|"
    r"发展重点|产业方向|重点方向|重点领域)(?:是|为|：|:|以|包括|有|定位为|\t)"
)
_LED: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)(?:等)?(?:产业)?(?:为|作为)(?:主导|主体|主攻|支柱|特色|重点|核心|"
    r"首位|主)(?:产业|方向|的)?"
)
_TWO_LEADING: Final = re.compile(
    r"(?P<sectors>[^，。；：、]{2,14}(?:、[^，。；：、]{2,14})*?(?:和|与|、)[^，。；：、]{2,14}?)"
    r"(?:等)?(?:[两二三四五六七八九十\d]*(?:大|个)?(?:[五十百千万]+亿(?:元)?级)?(?:主导|支柱|特色|优势)产业|"
    r"[两二三四五六七八九十\d]+(?:大|个)(?:[五十百千万]+亿(?:元)?级)?产业)"
)
_NAMED_LEADING: Final = re.compile(
    r"(?:将|把)(?P<sectors>[^，。；]{2,60}?)(?:等)?(?:产业)?(?:作为|列为|确定为|定为)[^，。；]{0,6}?"
    r"(?:主导|支柱|首位|重点|特色|优势)产业|"
    r"使(?P<made>[^，。；]{2,60}?)(?:等)?(?:[两二三四五六七八九\d]大)?(?:产业)?成为[^，。；]{0,16}?"
    r"(?:支柱|支撑|主导|中坚|增长[点极])|"
    r"为(?:龙头|引领|代表)的(?P<led>[^，。；]{2,40}?)(?:等)?产业(?:集群|链|体系)"
)
_INVESTMENT: Final = re.compile(r"投资(?:[约超近]?[\d百千数两]|建设)")
_RANKED_TRADE: Final = re.compile("(?:主导|支柱|特色|优势|大|个|级)产业")
_TO_UNIT: Final = re.compile(
    r"(?:主要|重点|集中)?(?:布局|集聚|集中|分布|落户|落地|聚集|汇聚)(?:在|于|到)?$|(?:布局在|布局于|"
    r"集中在|集中于|分布在|向|往)$"
)
_BEFORE_UNIT: Final = re.compile(
    r"(?:^|\d[.．、]|[）)翼极核带圈]|[\s　“：:、（(]|以|依托|在|支持|推动|推进|引导|鼓励|加快|围绕|"
    r"发挥|充分发挥|打造|由|即|是|"
    r"其中|重点|建设|做强|将|把|对|加强|提升|促进|实施|全面|全力|深化|和|是在|推进|而|围绕[^，。；]{1,8}的)$"
)
_CORE: Final = re.compile(r"(?:以|依托)[^，。；]{2,80}为(?:核心|主体|主阵地|龙头|引领)")
_ANCHOR: Final = re.compile(
    r"(?:[两三四五六七八九\d]?(?:市|县|区|地))?(?:等)?为[^，。；]{0,8}?(?:重点|核心|中心|主体|主|龙头|"
    r"引领)"
)
_MAINLY: Final = re.compile(r"为(?:主|中心|核心|重点|主体|依托)的([^，。；、]{2,16}?业)")
_OWN_CLUSTER: Final = re.compile(
    r"([^，。；、的]{2,16}?)(?:产业集群|产业基地|产业带|产业链|特色产业)"
)
_ETC_TRADE: Final = re.compile(r"等(?:地|市|县|区)?(?:的)?([^，。；、地市县区]{2,12}?)产业")
_LED_BY: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)为(?:主导|主|特色|支柱|重点|主体)(?:产业|方向)?的$"
)
# 该市聚焦…, or a sentence of the same paragraph that names no unit but says what is to grow.
_SAME_UNIT: Final = re.compile(
    r"(?:^|[，,：])[ 　]*(?:目前|近年来|今年|其中|同时)?(?:该|全|我|本)(?:[市县区镇乡州旗园]|园区|"
    r"开发区|新区|高新区|经开区)|^[ 　]*(?:园区|新区|开发区)"
)
_THAT_UNIT: Final = re.compile("该[市县区镇乡州旗]")
_SAME_TOPIC: Final = re.compile(
    r"重点发展|主导产业|支柱产业|首位产业|主攻|主打|大力发展|着力发展|集中发展|优先发展|为主导|"
    r"产业定位|功能定位|做大做强[^，。；]{2,60}产业|聚焦[^，。；]{2,60}产业|为(?:龙头|引领)的[^，。；]{2,30}产业集群"
)
_NOT_SUBJECT: Final = re.compile(r"(?:[与同]|对接|接轨|融入|毗邻|紧邻|承接|学习|借鉴)$")
_AIM: Final = re.compile(
    r"[^，。；以]{0,60}(?:的(?:目标|要求|愿景)|[”\"]为[^，。；]{0,4}(?:愿景|目标|定位))"
)
# 推进…产业园建设, 以…为载体: the park is what is built or used, not what is given a task.
_BUILT_UNIT: Final = re.compile(
    r"[^，。；]{0,80}?(?:项目建设|等[^，。；]{0,10}项目|建设)(?=[，。；]|$)|[^，。；]{0,12}?(?:建设|项目|工程|开发|规划|认定|申报|创建|升级)|[^，。；]{0,10}?(?:为|作为)(?:载体|契机|抓手|平台|依托|基础|示范|重点|中心|支撑|引领|龙头)"
)
_HEADING_OF_UNIT: Final = re.compile(
    r"(?:发展|产业|功能|主导|重点|特色|布局|现状|思路|目标|方向|任务|定位|产业链|集群|领域|和|与|及)+"
)


def find_positionings(
    text: str,
    lines: list[Line],
    parks: list[Span],
    region: tuple[str, ...],
    firms: frozenset[str] = frozenset(),
) -> list[Positioning]:
    """Return the stated positionings in the order of the text, one per unit and sentence.

    Parameters
    ----------
    parks
        The parks found in the text; they can be positioned like districts.
    region
        Code prefixes of the place that the document is about; its counties are known by their
        short names too.
    firms
        Names of the text's enterprises, which are never sectors.
    """
    found: list[Positioning] = []
    header: tuple[int, int] | None = None
    units = UnitIndex(text, parks, region)
    last: list[Unit] = []
    for line in lines:
        if "\t" in text[line.start : line.end]:
            header = table_header(text, line) or header
            found += in_row(text, line, header, units)
            continue
        header = None
        carried = heading = _heading_units(line, region)
        if not carried and _THAT_UNIT.search(text, line.start, line.end):
            carried = last
        for match in _SENTENCE.finditer(text, line.start, line.end):
            if match.end() - match.start() <= MAX_SENTENCE_CHARS:
                start, end = match.span()
                known = carried if carried is heading or _speaks_on(text, start, end) else []
                rule = "heading" if carried is heading else "carried"
                found += _in_sentence(text, start, end, line, units, known, rule)
                found += [
                    _stated(text, unit, sectors, start, end, "list", line)
                    for unit, sectors in in_list(text, start, end, units)
                ]
                carried = _opening(text, start, end, units) or carried
        last = carried or last
        found += in_bracket(text, line, units)
    return _merged(found, firms)


def _merged(found: list[Positioning], firms: frozenset[str]) -> list[Positioning]:
    merged: dict[tuple[str, int], Positioning] = {}
    for one in found:
        one = replace(one, sectors=tuple(name for name in one.sectors if name not in firms))
        if not one.sectors:
            continue
        key = (one.unit.name, one.start)
        old = merged.get(key)
        sectors = tuple(dict.fromkeys((*(old.sectors if old else ()), *one.sectors)))
        merged[key] = replace(old or one, sectors=sectors)
    return sorted(merged.values(), key=lambda p: (p.start, p.unit.start))


# --- sentences ---------------------------------------------------------------------------------


def _in_sentence(
    text: str,
    start: int,
    end: int,
    line: Line,
    index: UnitIndex,
    subject: list[Unit],
    rule: str,
) -> Iterator[Positioning]:
    """Yield what a sentence says of its units, or of the one that the text was speaking of."""
    anchors: list[Unit] = []
    for clause in _CLAUSE.finditer(text, start, end):
        units = [
            unit for unit in index.between(clause.start(), clause.end()) if unit.kind != "province"
        ]
        spoken_here = False
        for group in _groups(text, units):
            before = text[clause.start() : group[0].start]
            if spoken_here and before.endswith("以"):  # 支持甲以乙为引擎: it is about 甲
                continue
            for how, names in _around(text, before, group, clause.end()):
                for unit in group:
                    yield _stated(text, unit, names, start, end, how, line)
            if not _sectors_beside(text, before, group, clause.end()) and _may_be_subject(
                text, before, group, clause.end()
            ):
                subject, rule, spoken_here = group, "stated", True
                if _ANCHOR.match(text, group[-1].end, clause.end()):
                    anchors = group
                    named = _spoken_trade(text, start, group[0].start, line)
                    for unit in group if named else ():
                        yield _stated(text, unit, named, start, end, "anchor", line)
        spoken = [*anchors, *(unit for unit in subject if unit not in anchors)]
        if not spoken:
            continue
        sectors = _predicate_sectors(text, clause.start(), clause.end(), spoken, units)
        for unit in spoken if sectors else ():
            yield _stated(text, unit, sectors, start, end, rule, line)


def _around(text: str, before: str, group: list[Unit], end: int) -> Iterator[tuple[str, list[str]]]:
    """Yield rule and sectors that stand right before or after a group of units."""
    led = _LED_BY.search(before)
    names = sectors_in(led.group("sectors")) if led else []
    if names:
        yield "led", names
    towards = _sectors_beside(text, before, group, end)
    if towards:
        yield "towards", towards


def _sectors_beside(text: str, before: str, group: list[Unit], end: int) -> list[str]:
    pointing = _TO_UNIT.search(before)
    return sectors_in(before[: pointing.start()]) if pointing else _beside(text, group, end)


def _speaks_on(text: str, start: int, end: int) -> bool:
    return bool(_SAME_UNIT.search(text[start:end]) or _SAME_TOPIC.search(text, start, end))


def _may_be_subject(text: str, before: str, group: list[Unit], end: int) -> bool:
    """Return whether a clause may speak of a group of units, not only mention it (与甲市协同)."""
    if not _BEFORE_UNIT.search(before) or _NOT_SUBJECT.search(before):
        return False
    if group[-1].kind == "park" and before.endswith("依托"):
        return False
    if group[-1].kind in {"park", "zone"} and _BUILT_UNIT.match(text, group[-1].end, end):
        return False
    return _AIM.match(text, group[-1].end, end) is None


def _opening(text: str, start: int, end: int, index: UnitIndex) -> list[Unit]:
    """Return the units with which a sentence begins: what the next ones may go on about."""
    units = [unit for unit in index.between(start, end) if unit.kind != "province"]
    group = next(_groups(text, units), [])
    if not group:
        return []
    before = text[start : group[0].start].strip(" 　-—·")
    return group if not before or (len(before) <= 12 and before[-1] in "，,") else []


def _spoken_trade(text: str, start: int, end: int, line: Line) -> list[str]:
    """Return the trade that a sentence (电子信息产业…以长沙为核心) or its heading is about."""
    lead = re.match(r"[ 　]*([^，。；：、]{2,14}?(?:产业|制造业|装备|领域))", text[start:end])
    names = sectors_in(lead.group(1)) if lead else []
    headings = sector_headings(line.path)
    return names or ([headings[-1][1]] if headings else [])


def _beside(text: str, group: list[Unit], end: int) -> list[str]:
    """Return what stands right after a unit: 以大连为主的软件外包业, 溧阳市动力电池产业集群."""
    after = group[-1].end
    match = _MAINLY.match(text, after, end) or _ETC_TRADE.match(text, after, end)
    if match is None and group[-1].kind in {"county", "city"}:
        match = _OWN_CLUSTER.match(text, after, end)
    if match is None or _DEVELOP.search(match.group(1)):
        return []
    return sectors_in(match.group(1))


def _predicate_sectors(
    text: str, start: int, end: int, spoken: list[Unit], units: list[Unit]
) -> list[str]:
    """Return the sectors of a clause: after the units it speaks of, before any other unit."""
    if _INVESTMENT.search(text, start, end):  # what a firm builds there, not what the place is for
        return []
    begin = max([start, *(unit.end for unit in spoken if unit.end <= end)])
    others = [
        unit.start
        for unit in units
        if unit not in spoken and unit.start > begin and not _is_built(text, begin, unit)
    ]
    return _stated_sectors(text, begin, min([end, *others]))


def _is_built(text: str, begin: int, unit: Unit) -> bool:
    """Return whether a park is what the clause wants built (布局建设轮胎产业园): it names a trade."""
    before = text[max(begin, unit.start - 4) : unit.start]
    return unit.kind == "park" and before.endswith(("建设", "打造", "布局", "发展", "规划"))


def _stated(
    text: str, unit: Unit, sectors: list[str], start: int, end: int, rule: str, line: Line
) -> Positioning:
    lead = len(text[start:end]) - len(text[start:end].lstrip(" 　\t"))
    clause = text[max(start, unit.start - 8) : end] if start <= unit.start else text[start:end]
    return Positioning(unit, tuple(sectors), strength_of(clause), start + lead, end, rule, line)


def _groups(text: str, units: list[Unit]) -> Iterator[list[Unit]]:
    group: list[Unit] = []
    for unit in units:
        between = text[group[-1].end : unit.start] if group else "-"
        if between in {"、", "和", "与", "及", "以及"}:
            group.append(unit)
            continue
        if not between and group[-1].kind == "city":  # 杭州钱塘区: the narrower one is meant
            group[-1] = unit
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def _heading_units(line: Line, region: tuple[str, ...]) -> list[Unit]:
    """Return the unit that the nearest heading names and nothing else (1.浑南区。)."""
    if not line.path:
        return []
    heading = line.path[-1]
    if len(line.path) > 1 and _HEADING_OF_UNIT.fullmatch(heading.title):
        heading = line.path[-2]  # 浑南区 / 主导产业
    unit = _unit_of_title(heading.title.rstrip("：:。 　"), region)
    if unit is None or unit.kind == "province":
        return []
    return [replace(unit, start=heading.start, end=heading.start + len(unit.name))]


@lru_cache(maxsize=10_000)
def _unit_of_title(title: str, region: tuple[str, ...]) -> Unit | None:
    if not 2 <= len(title) <= MAX_UNIT_TITLE_CHARS:
        return None
    units = UnitIndex(title, [], region).between(0, len(title))
    if len(units) == 1 and units[0].end - units[0].start == len(title):
        return units[0]
    whole = division_at(title, 0, len(title), region)
    return whole if whole is not None and whole.end == len(title) else None


def _stated_sectors(text: str, start: int, end: int) -> list[str]:
    names: list[str] = []
    for match in _LED.finditer(text, start, end):
        names += sectors_in(match.group("sectors"))
    ranked = _RANKED_TRADE.search(text, start, end)
    for match in _TWO_LEADING.finditer(text, start, end) if ranked else ():
        names += sectors_in(match.group("sectors"))
    for match in _NAMED_LEADING.finditer(text, start, end):
        names += sectors_in(match.group("sectors") or match.group("made") or match.group("led"))
    broad = bool(_CORE.search(text, max(0, start - 60), end))
    if re.match("[：:]", text[start:end]) and not PARK_SUFFIX.search(text, start, end):
        names += sectors_in(text[start + 1 : end])
    for pattern in (_THEME, _DEVELOP):
        stated = pattern.search(text, start, end)
        if stated:
            names += sectors_in(text[stated.end() : end], broad=broad)
    return list(dict.fromkeys(names))
