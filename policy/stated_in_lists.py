"""Positionings in lists of places with their trades (甲县毛巾、乙县箱包等特色产业)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.lexicon import is_generic, policy_words
from clusteratlas.policy.sector_phrases import is_sector, sectors_in
from clusteratlas.policy.units import Unit
from clusteratlas.policy.vocabulary import is_word
from clusteratlas.policy.zones import is_proper

_PART_FORMS: Final = re.compile(
    "(?:片区|板块|组团|功能区|产业带|物流区|制造区|服务区|综合区|集聚区)(?:[、，；]|"
    "为).*(?:片区|板块|组团|功能区|产业带|物流区|制造区|服务区|综合区|集聚区)"
)
_PART_ITEM: Final = re.compile("[^，、；：]+")
_BEFORE_PART: Final = re.compile("^(?:以|东[南北]?部?|西[南北]?部?|[南北中]部?)")
_NO_PART: Final = re.compile("依托|等|企业|开发|市场|打造|建[设成]|国家|省级|发展|级")
_PART: Final = re.compile(
    r"(?P<name>[\u4e00-\u9fff—]{4,16}?)(?P<form>(?:综合|产业)?(?:片区|板块|组团|功能区|产业带|"
    r"物流区|制造区|"
    r"服务区|综合区|集聚区))(?:为(?:支撑|重点|核心|主体|骨干|节点).*)?"
)
MAX_LIST_ITEMS: Final = 200
MAX_UNKNOWN_CHARS: Final = 8
MAX_TOWN_TRADE: Final = 4
# The trade of an item ends where the list goes on or is summed up.
_TRADE: Final = re.compile(
    r"(?:的|国家级?|省级|百里|千里)?[“\"]?(?P<trade>[^，。；、：:的等“”\"（）()\s]{2,20}?)[”\"]?"
    r"(?:(?:特色)?(?:产业集群|产业带|产业基地|产业|基地|集群))?(?=[、，等\s（(]|$|“|获评|入选|"
    r"获批|成为|列入|晋级|入围|"
    r"[两三四五六七八九十\d]+[大个]|[和与及]$)"
)
_JOINT: Final = re.compile("[、和与及]|以及")
# What sums a list up must be trades, not projects: 等特色产业, 等“十大园区”, 等重要基地.
_SUM: Final = re.compile(
    r"等?(?:一批|一系列|一大批)?[“\"]?(?:[\d两三四五六七八九十百]+(?:多|余)?(?:大|"
    r"个)?)?(?:县域|地方|重要|"
    r"大型|区域|传统|"
    r"特色|优势|主导|支柱|专业|重点|知名|农业|工业|旅游|手工|国家级|省级|名优|示范|千亿级?|"
    r"百亿级?|先进制造业|制造业|战略性|新兴|资源|优质|绿色|现代|富民|、|的)*"
    r"(?:产业|集群|产业链|市场|基地|园区|聚集区|集聚区|品牌|手工艺品|农产品|资源|旅游业|行业|"
    r"经济|产品|工业|[“\"]?土特产|杂果林|林果|果品|水果|作物|种植业|产业优势|优势)|的?(?:分工|"
    r"产业|空间|发展)+格局"
)
# 甲县A、乙市B获评特色产业集群; 甲区（A）、乙区（B）
_NAMED_SO: Final = re.compile(
    "(?:获评|入选|获批|成为|列入|晋级|入围)[^，。；]{0,20}(?:集群|基地|之乡|名城|集聚区)"
)
_BRACKETED: Final = re.compile(
    r"[^，。；、（）()和及]{0,14}[（(](?![原含即])(?P<trade>[^，。；（）()\d]{2,30})[）)]"
)
_PROJECT: Final = re.compile(
    r"等?[^，。；、]{0,10}(?:项目|工程|企业|公司|机场|铁路|公路|景区|水库|中心|研究院|人物|活动|融合)"
)
_CUE: Final = re.compile(
    r"支持|促进|推动|推进|做[强大优]|打造|培育|发展|建设|突出|抓好|提升|壮大|扶持|加快|形成|"
    r"引导|鼓励|振兴|集聚|构建|发挥|深挖"
)
_NO_TRADE: Final = re.compile(
    r"[两三四五六七八九十]个|建设|项目|工程|铁路|高速|公路|高铁|机场|水库|大道|医院|学校|中学|"
    r"大学|公园|景区|新区|开发区|园$|园区$|"
    r"中心|研究院|实验室|保税|口岸|枢纽|[段线镇村乡厂港桥河湖站馆州县市区]$|公司|集团|企业|"
    r"发展|支持|加快|打造|推|形成|培育|构建|壮大|促进|突出|引导|聚焦|重点|"
    r"融合|试点|城市|地区|政府|同志|为|是|在|将|把"
)
_BRACKETED_BASE: Final = re.compile(
    r"[（(](?![原含即])(?P<trade>[^，。；、（）()\d]{2,12})[）)](?=[、和]|[^，。；（]{0,16}(?:基地|示范区|集群))"
)
_ITS_OWN: Final = re.compile(r"的(?P<trade>[^，。；（）()的]{2,16}?)(?=[，。；（(]|等|$)")
_ITS_TRADE: Final = re.compile(r"的(?P<trade>[^，。；、（）()的]{2,12}?业)(?=[、，。；和]|发展|$)")
_LOCAL: Final = re.compile(
    "特色|特产|名优|手工|品牌|农产品|林果|杂果|专业|地方|县域|资源|产业|集群|市场"
)
_BLENDED: Final = re.compile("[^，。；]{0,16}(?:与|同)[^，。；]{2,20}融合")
_MORE: Final = re.compile(r"(?:[、和与及][^，。；、等]{2,14}){0,6}")
_CLAUSE_END: Final = re.compile("[，。；]")
_TOWN_ITEM: Final = re.compile(r"(?<=[、和与及展造强大育进持])[\u4e00-\u9fff]{4,8}(?=[、等和与及])")


@dataclass(frozen=True)
class _Item:
    unit: Unit
    trades: tuple[str, ...]
    end: int
    known: bool  # the trade is one of the vocabulary


def in_list(text: str, start: int, end: int, units: list[Unit]) -> Iterator[tuple[Unit, list[str]]]:
    """Yield units with the trade that stands right after each, from lists that are summed up so.

    At least two places have one, or the one has a known trade and the sum says what it is. Where
    two do, an item that only has a known trade after two characters names a place too (a town).
    """
    units = [unit for unit in units if unit.kind != "province"][:MAX_LIST_ITEMS]
    yield from _each(text, end, units, _BRACKETED, 2)
    yield from _each(text, end, units, _BRACKETED_BASE, 1)
    yield from _each(text, end, units, _ITS_OWN, 3)
    yield from _each(text, end, units, _ITS_TRADE, 2)
    for items in _runs(text, units, end):
        tail = _after_list(text, items[-1].end, end)
        if not _is_trade_list(text, start, end, items, tail):
            continue
        if len(items) == 1:
            yield items[0].unit, [*items[0].trades, *_more_trades(text, items[0].end, tail)]
            continue
        for item in items:
            yield item.unit, list(item.trades)
        yield from _towns_between(text, items, tail)


def in_named_parts(text: str, start: int, end: int) -> Iterator[tuple[Unit, list[str]]]:
    """Yield the parts of a place that a list names by what they are for (四大功能区：甲物流区，…).

    At least two parts must have a known trade in their names.
    """
    found: list[tuple[Unit, list[str]]] = []
    if not _PART_FORMS.search(text, start, end):
        return
    for item in _PART_ITEM.finditer(text, start, end):
        match = _PART.fullmatch(_BEFORE_PART.sub("", item.group().strip(' 　“”"')))
        trade = _trade_at_end(match.group("name")) if match else ""
        if match is None or not trade:
            continue
        name = match.group("name") + match.group("form")
        at = text.index(name, item.start())
        found.append((Unit(name, at, at + len(name), "zone"), [trade]))
    if len(found) > 1:
        yield from found


def _trade_at_end(name: str) -> str:
    """Return the longest trade with which a name ends after a word of its own, "" if none."""
    sizes = range(len(name) - 2, 1, -1)
    if _NO_PART.search(name):
        return ""
    tails = (name[-size:] for size in sizes if is_sector(name[-size:]))
    trade = next((tail for tail in tails if is_generic(tail, policy_words())), "")
    return trade if trade and is_proper(name[: -len(trade)]) else ""


def _each(
    text: str, end: int, units: list[Unit], form: re.Pattern[str], least: int
) -> Iterator[tuple[Unit, list[str]]]:
    """Yield units if so many have a trade of the same form: 甲区（医药）, or 甲镇的门业 in a list."""
    found = []
    for unit in units:
        match = form.match(text, unit.end, end)
        names = sectors_in(match.group("trade")) if match else []
        if names:
            found.append((unit, names))
    if len(found) >= least:
        yield from found


def _runs(text: str, units: list[Unit], end: int) -> Iterator[list[_Item]]:
    run: list[_Item] = []
    for number, unit in enumerate(units):
        following = units[number + 1].start if number + 1 < len(units) else end
        item = _item(text, unit, following)
        if item is None:
            continue
        if run and not _same_list(text[run[-1].end : unit.start]):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _item(text: str, unit: Unit, end: int) -> _Item | None:
    match = _TRADE.match(text, unit.end, end)
    if match is None:
        return None
    trade = match.group("trade")
    names = sectors_in(trade)
    if _NO_TRADE.search(trade) and not (names and re.search("业$|产业", trade)):
        return None
    if not names and (unit.kind not in {"city", "county"} or len(trade) > MAX_UNKNOWN_CHARS):
        return None
    return _Item(unit, tuple(names) or (trade,), match.end(), bool(names))


def _same_list(between: str) -> bool:
    """Return whether two items stand in one list, other items of it allowed between them."""
    between = between.lstrip('”"')
    return len(between) <= 40 and bool(_JOINT.match(between)) and not _CLAUSE_END.search(between)


def _after_list(text: str, begin: int, end: int) -> int:
    """Return where a list ends that goes on with items without a place (工农路蔬菜果品)."""
    rest = _MORE.match(text, begin, end)
    return rest.end() if rest else begin


def _is_trade_list(text: str, start: int, end: int, items: list[_Item], tail: int) -> bool:
    last = items[-1].end
    if _NAMED_SO.match(text, tail, end):
        return any(item.known for item in items)
    if not _CUE.search(text, start, items[0].unit.start) or _BLENDED.match(text, tail, end):
        return False
    summed = _SUM.match(text, tail, end)
    if summed is None and _PROJECT.match(text, tail, end):
        return False
    if summed is not None and re.compile("化?[^，。；]{0,2}项目").match(text, summed.end(), end):
        return False
    if summed is None and not re.search("产业|集群|基地$", text[last - 4 : last]):
        return False
    known = sum(item.known for item in items)
    said = summed is not None and _LOCAL.search(summed.group())
    return known > 0 if len(items) == 1 or not said else True


def _more_trades(text: str, begin: int, end: int) -> list[str]:
    """Return the items after the first (甲区数字金融、人工智能等产业) if all of them are trades."""
    parts = [part for part in re.split("[、和与及]", text[begin:end]) if part]
    return sectors_in("、".join(parts)) if parts and all(map(sectors_in, parts)) else []


def _towns_between(text: str, items: list[_Item], end: int) -> Iterator[tuple[Unit, list[str]]]:
    begin = items[0].unit.start
    earlier = re.search(r"[\u4e00-\u9fff]{4,7}、$", text[max(0, begin - 8) : begin])
    begin -= len(earlier.group()) if earlier else 0
    taken = [(item.unit.start, item.end) for item in items]
    for match in _TOWN_ITEM.finditer(text, max(0, begin - 1), min(end + 1, len(text))):
        at, name, trade = match.start(), match.group()[:2], match.group()[2:]
        if any(first < match.end() and at < stop for first, stop in taken):
            continue
        known = is_sector(trade) and (len(trade) <= MAX_TOWN_TRADE or is_generic(trade))
        if known and not (is_sector(name) or is_generic(name) or is_word(name)):
            yield Unit(name, at, at + 2, "town"), [trade]
