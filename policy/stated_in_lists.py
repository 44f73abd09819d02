"""Positionings in lists of places with their trades (甲县毛巾、乙县箱包等特色产业)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.sector_phrases import is_sector, sectors_in
from clusteratlas.policy.units import Unit

MAX_LIST_ITEMS: Final = 200
# The trade of an item ends where the list goes on or is summed up.
_TRADE: Final = re.compile(
    r"(?:的|国家级?|省级|百里|千里)?[“\"]?(?P<trade>[^，。；、：:的和与及等“”\"（）()\s\d]{2,10}?)[”\"]?"
    r"(?P<stop>(?:特色)?(?:产业|产业集群|产业带|产业基地|基地|集群)?(?=[、，和与及等\s（(]|$|“))"
)
_JOINT: Final = re.compile("[、和与及]|以及")
# What sums a list up must be trades, not projects: 等特色产业, 等“十大园区”, 等重要基地.
_SUM: Final = re.compile(
    r"等?(?:一批|一系列|一大批)?[“\"]?(?:[\d两三四五六七八九十百]+(?:多|余)?(?:大|个)?)?(?:县域|地方|重要|"
    r"大型|区域|传统|"
    r"特色|优势|主导|支柱|专业|重点|知名|农业|工业|旅游|手工|国家级|省级|名优|示范|千亿级?|百亿级?|资源|的)*"
    r"(?:产业|集群|产业链|市场|基地|园区|聚集区|集聚区|品牌|手工艺品|农产品|资源|旅游业|行业|经济|产品|工业)"
)
_PROJECT: Final = re.compile(
    r"等?[^，。；、]{0,10}(?:项目|工程|企业|公司|机场|铁路|公路|景区|水库|中心|研究院|人物|活动|融合)"
)
_CUE: Final = re.compile(
    r"支持|促进|推动|推进|做[强大优]|打造|培育|发展|建设|突出|抓好|提升|壮大|扶持|加快|形成|引导|鼓励|振兴|集聚|构建"
)
_NO_TRADE: Final = re.compile(
    r"建设|项目|工程|铁路|高速|公路|高铁|机场|水库|大道|医院|学校|中学|大学|公园|景区|新区|开发区|园$|园区$|"
    r"中心|研究院|实验室|保税|口岸|枢纽|[段线镇村乡厂港桥河湖站馆州县市区]$|公司|集团|企业|发展|支持|加快|打造|推|"
    r"融合|试点|城市|地区|政府|同志|为|是|在|将|把"
)


@dataclass(frozen=True)
class _Item:
    unit: Unit
    trade: str
    end: int
    known: bool  # the trade is one of the vocabulary


def in_list(text: str, start: int, end: int, units: list[Unit]) -> Iterator[tuple[Unit, list[str]]]:
    """Yield units with the trade that stands right after each, from lists that are summed up so.

    At least two places have one, or the one has a known trade and the sum says what it is. Where
    two do, an item that only has a known trade after two characters names a place too (a town).
    """
    for items in _runs(text, units, end):
        if not _is_trade_list(text, start, end, items):
            continue
        for item in items:
            yield item.unit, [item.trade]
        if len(items) > 1:
            yield from _towns_between(text, items, end)


def _runs(text: str, units: list[Unit], end: int) -> Iterator[list[_Item]]:
    run: list[_Item] = []
    for unit in units[:MAX_LIST_ITEMS]:
        item = _item(text, unit, end)
        if item is None:
            continue
        if run and not _same_list(text[run[-1].end : unit.start]):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _item(text: str, unit: Unit, end: int) -> _Item | None:
    if unit.kind not in {"city", "county", "zone"}:
        return None
    if unit.kind == "zone" and unit.name.endswith(("区", "城")):
        return None
    match = _TRADE.match(text, unit.end, end)
    if match is None:
        return None
    trade = match.group("trade")
    names = sectors_in(trade)
    if not names and _NO_TRADE.search(trade):
        return None
    if _NO_TRADE.search(trade) and not re.search("业$|产业", trade):
        return None
    return _Item(unit, names[0] if names else trade, match.end(), bool(names))


def _same_list(between: str) -> bool:
    """Return whether two items stand in one list, other items of it allowed between them."""
    between = between.lstrip('”"')
    return len(between) <= 40 and bool(_JOINT.match(between)) and not re.search("[，。；]", between)


def _is_trade_list(text: str, start: int, end: int, items: list[_Item]) -> bool:
    last = items[-1].end
    if not _CUE.search(text, start, items[0].unit.start):
        return False
    # The list may go on with items that name no place (保定工农路蔬菜果品) before it is summed up.
    rest = re.match(r"(?:[、和与及][^，。；、等]{2,14}){0,6}", text[last:end])
    tail = last + (rest.end() if rest else 0)
    if re.match("[^，。；]{0,16}(?:与|同)[^，。；]{2,20}融合", text[tail:end]):
        return False
    summed = _SUM.match(text, tail, end) or re.search("产业|集群|基地$", text[last - 4 : last])
    if summed is None or (_PROJECT.match(text, tail, end) and not _SUM.match(text, tail, end)):
        return False
    known = sum(item.known for item in items)
    return known >= 1 if len(items) == 1 else known * 2 >= len(items) or len(items) > 1


def _towns_between(text: str, items: list[_Item], end: int) -> Iterator[tuple[Unit, list[str]]]:
    begin, stop = items[0].unit.start, items[-1].end
    rest = re.match(r"(?:[、和与及][^，。；、等]{2,14}){0,6}", text[stop:end])
    stop += rest.end() if rest else 0
    before = re.search(r"[\u4e00-\u9fff]{4,8}、$", text[max(0, begin - 9) : begin])
    if before:
        begin -= 7
    taken = [(item.unit.start, item.end) for item in items]
    for match in re.finditer(
        r"(?<=[、和与及展造强大育进持])[\u4e00-\u9fff]{4,8}(?=[、等和与及])",
        text[begin - 1 : stop + 1],
    ):
        at = begin - 1 + match.start()
        if any(s < at + len(match.group()) and at < e for s, e in taken):
            continue
        name, trade = match.group()[:2], match.group()[2:]
        if (
            is_sector(trade)
            and not is_sector(name)
            and not is_generic(name)
            and not is_generic(match.group())
        ):
            yield Unit(name, at, at + 2, "town"), [trade]
