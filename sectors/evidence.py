"""Turn what a firm's name and scope say into a score for each sector."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clusteratlas.sectors.clauses import DESIGN, INSTALL, MAKE, RESEARCH, SERVICE, TRADE, Item
from clusteratlas.sectors.vocabulary import Hit, Term

# How far an activity makes a firm part of the sector whose goods it names. Making and developing
# count; selling does not; an item without a verb counts for what such a firm usually does.
FACTORS: dict[str, dict[str, float]] = {
    "goods": {MAKE: 1.0, RESEARCH: 0.9, DESIGN: 0.6, SERVICE: 0.3, INSTALL: 0.3, TRADE: 0.0},
    "drug": {MAKE: 1.0, RESEARCH: 0.9, DESIGN: 0.6, SERVICE: 0.3, INSTALL: 0.3, TRADE: 0.0},
    "works": {MAKE: 1.0, RESEARCH: 1.0, DESIGN: 0.9, SERVICE: 0.85, INSTALL: 0.55, TRADE: 0.0},
    "service": {MAKE: 1.0, RESEARCH: 1.0, DESIGN: 0.9, SERVICE: 0.95, INSTALL: 0.6, TRADE: 0.0},
    "activity": {MAKE: 1.0, RESEARCH: 1.0, DESIGN: 1.0, SERVICE: 1.0, INSTALL: 1.0, TRADE: 0.9},
    "any": dict.fromkeys((MAKE, RESEARCH, DESIGN, SERVICE, INSTALL, TRADE), 1.0),
    "block": dict.fromkeys((MAKE, RESEARCH, DESIGN, SERVICE, INSTALL, TRADE), 0.0),
}
UNKNOWN = {
    "factory": 0.85,
    "maker": 0.8,
    "tech": 0.6,
    "plain": 0.55,
    "trader": 0.15,
    "outside": 0.1,
}
# Dealers list drugs and devices without a verb; only a factory's bare list says that it makes them.
UNKNOWN_DRUG = {
    "factory": 0.85,
    "maker": 0.25,
    "tech": 0.25,
    "plain": 0.2,
    "trader": 0.1,
    "outside": 0.0,
}
TRADER_SHARE = 0.55  # of the score, where the name is that of a trading or contracting firm
ASIDE_SHARE = 0.85  # of software that a maker of other things names after its own business
PART_SHARE = 0.7  # a maker of parts for plant machinery is not a maker of complete sets
SELLS_WITH_SERVICE = 0.4  # "sale, installation and repair of X" is trade
RANK_FACTORS = (1.0, 0.95, 0.88, 0.8, 0.7, 0.65, 0.6, 0.5, 0.5, 0.45, 0.4)
LATE_RANK = 0.3
MOST_SECTORS = 3

_OUTSIDE = re.compile(
    "中国移动|中国联合网络|中国电信|中国联通|铁通|银行|信用社|信用合作|保险|证券|邮政|支局|营业所|营业厅|营业部|加油站|加气站|药房|药店|大药房|连锁|供销|超市"
    "|宾馆|酒店|餐饮|旅行社|物业|房地产|置业|合作社|养殖|种植|幼儿|学校|劳务|人力资源|典当|担保|拍卖|出租汽车"
    "|烟草|电影|影城|网吧|洗浴|干洗|美容|驾驶员|殡|饭店|旅馆|浴池|商场|购物|百货|家具|服装|食品|粮|畜|渔|果业"
)
_HOUSEHOLD = re.compile(
    "银行|信用社|信用合作|保险|证券|邮政|支局|营业所|营业厅|加油站|药房|药店|大药房|医药连锁|供销合?作?社"
    "|超市|旅行社|餐饮|合作社|宾馆|饭店"
)
_TRADER = re.compile(
    "商贸|贸易|经贸|物资|经销|销售|商店|商行|商社|门市|批发|工贸发展|供应|国际货运|物流|运输|租赁|广告|装饰"
    "|咨询|投资|文化|传媒|建筑|市政|园林|监理|招标|会计|律师|翻译|劳动服务|汽贸|进出口|经营部"
)
_FACTORY = re.compile("厂|制造|制药|加工")
_MAKER = re.compile(
    "机械|药业|重工|工业|化工|冶金|材料|合金|电器|电气|仪器|仪表|铸|锻|设备|装备|机电|制品|电子"
    "|钢铁|铝业|镁业|钛业|陶瓷|玻璃|轴承|阀门|泵业|橡塑|塑料|纤维|电缆|造船|船舶|机床|模具"
)
_TECH = re.compile(
    "科技|技术|软件|网络|信息|数码|智能|工程|研究|系统|自动化|环保|生物|能源|研发|设计"
)


_PARTS = re.compile("(?<![及和与])(?<!及其)(?:配件|零件|零部件|(?<!零)部件|备件|附件)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a sector was scored: the words, the activity, and the weight they carried."""

    sector: str
    words: str
    activity: str
    score: float
    rank: int = -1  # place of the item in the scope; -1 where the evidence is not from the scope
    weight: float = 0.0  # of the term, before activity and place


@dataclass(slots=True)
class Reading:
    """What a firm's name, scope and code say, before the decision.

    Attributes
    ----------
    kind
        What such a name stands for, see :func:`name_kind`.
    items, hits
        Items of the scope, and each with the terms found in it.
    trade_share
        Share of the items that are only traded.
    unspecific
        Whether the scope says nothing about what the firm does.
    evidence
        What speaks for each sector, from name and scope.
    certain
        Sectors that hold whatever the text says (industry code, branch of an anchor), with score and
        reason.
    possible
        Sectors to which the industry code belongs in part.
    sells_only
        Whether the name is that of a sales branch, see :func:`only_sells`.
    """

    kind: str
    items: list[Item]
    hits: list[tuple[Item, list[Hit]]]
    trade_share: float
    unspecific: bool
    evidence: list[Evidence]
    certain: dict[str, tuple[float, str]] = field(default_factory=dict)
    possible: tuple[str, ...] = ()
    sells_only: bool = False


_SALES_BRANCH = re.compile("销售(?:分|子)?公司|销售部|销售处|经销|办事处|营业部|贸易分公司")


def only_sells(name: str) -> bool:
    """Tell whether a name is a sales branch: it copies its parent's scope but makes nothing itself."""
    return _SALES_BRANCH.search(name) is not None


def sells_to_households(name: str) -> bool:
    """Tell whether a name is that of a bank, shop or the like, whose scope is not worth reading."""
    return _HOUSEHOLD.search(name) is not None


def name_kind(name: str) -> str:
    """Return ``outside, trader, factory, maker, tech, plain``: what such a firm usually does."""
    if _OUTSIDE.search(name):
        return "outside"
    if _TRADER.search(name):
        return "trader"
    if _FACTORY.search(name):
        return "factory"
    if _MAKER.search(name):
        return "maker"
    return "tech" if _TECH.search(name) else "plain"


def activity_factor(term: Term, activities: str, kind: str) -> float:
    """Return how far these activities count for this term, 0..1."""
    factors = FACTORS[term.kind]
    if not activities:
        if term.kind in ("activity", "any", "block"):
            return factors[MAKE]
        return (UNKNOWN_DRUG if term.kind == "drug" else UNKNOWN)[kind]
    best = max(factors[letter] for letter in activities)
    if TRADE in activities and not (MAKE in activities or RESEARCH in activities):
        if term.kind == "any":
            return best
        return 0.2 if term.kind == "activity" else best * SELLS_WITH_SERVICE
    return best


def rank_factor(rank: int) -> float:
    """Return the weight of the place in the scope: the first items are what a firm lives on."""
    return RANK_FACTORS[rank] if rank < len(RANK_FACTORS) else LATE_RANK


def score_scope(
    items: Sequence[tuple[Item, list[Hit]]], kind: str, trade_share: float
) -> list[Evidence]:
    """Return the evidence of each item and sector, in scope order."""
    found: list[Evidence] = []
    for item, hits in items:
        best: dict[str, Evidence] = {}
        place = rank_factor(item.rank)
        if trade_share > 0.6 and item.rank > 1:
            place *= 0.75
        if kind in ("trader", "outside"):
            place *= TRADER_SHARE
        aside = ASIDE_SHARE if item.rank and kind in ("factory", "maker", "plain") else 1.0
        parts = _PARTS.search(item.text) is not None
        for hit in hits:
            for term in hit.terms:
                score = term.weight * activity_factor(term, item.activities, kind) * place
                if term.kind in ("service", "activity") and term.sector == "software":
                    score *= aside
                if parts and term.sector in ("major_equipment", "smart_manufacturing"):
                    score *= PART_SHARE
                old = best.get(term.sector)
                if term.sector and score > 0.05 and (old is None or score > old.score):
                    best[term.sector] = Evidence(
                        term.sector, term.text, item.activities, score, item.rank, term.weight
                    )
        found.extend(best.values())
    return found


def combine(scores: Sequence[float]) -> float:
    """Join pieces of evidence: the best decides, the others confirm at a third of their weight."""
    ordered = sorted(scores, reverse=True)
    total = ordered[0]
    for score in ordered[1:4]:
        total += (1 - total) * score / 3
    return total
