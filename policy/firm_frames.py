"""Enterprises in frames: ``以A、B为龙头``, ``支持A、B做大做强``, ``与A、B等合作``, ``A、B超百亿元``."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.coined import has_coined
from clusteratlas.policy.firm_lists import (
    TRADE_END,
    WORK_NAME,
    items,
    looks_like_firm,
    matches_with,
    shows,
)
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic, policy_words
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.words import word_set

_LED_FRAME: Final = re.compile(
    r"(?:以|依托)(?P<items>[^，。；;\n\t]{2,120}?)(?:等)?(?:为(?:龙头|依托|核心|骨干|引领|代表|链主|"
    r"牵引|主体|支撑|载体|重点)|作为(?:龙头|链主|依托))"
)
_GROW_FRAME: Final = re.compile(
    r"(?:支持|推动|引导|鼓励|扶持|培育|帮助|助力|促进|推进|助推|力争)(?P<items>[^，,。；;\n\t]{2,80}?)"
    r"(?:等)?(?:做大做强|做强做大|做优做强|做强做优|做大做优|稳产达产|达产达效|满产|投产达效|提质增效|上市|挂牌|成长为|增资扩产|升规入统|"
    r"裂变发展)"
)
# 突出金龙稀土龙头带动作用, 总投资20亿元的春兴精工5G产业园, 500强杭萧钢构项目
# 深化与中铁、京投、阿里等战略合作
_WITH_FRAME: Final = re.compile(
    r"(?:与|同)(?P<items>[^，。；\n\t]{2,80}?)等(?:[^，。；、]{0,10}?)(?:的)?(?:战略|深度|全面|务实|项目)?(?:合作|合资|联合)"
)
_SUPPORT_FRAME: Final = re.compile(
    r"(?:支持|引导|推动|鼓励|依托|联合|引进|扶持)(?P<items>[^，。；等\n\t]{2,60}、[^，。；等\n\t]{2,20})等"
    r"(?![^，。；、]{0,12}(?:地区?|[区县市镇]|领域|产业|行业|技术|方面|政策|工程|高校|院校|基地|园区|平台)(?![\u4e00-\u9fff])|\d[A-Z]|[^，。；、]{0,8}(?:景区|模式|机制|资源|高校|院校|技术))"
)
_REVENUE_FRAME: Final = re.compile(
    r"(?:(?<=[，。；：\n元])|\A)(?P<items>[^，。；：等\n\t]{2,80}?)(?:等)?(?:企业)?(?:销售收入|营业收入|主营业务收入|产值|营收)?"
    r"(?:分别)?(?:超|突破|达到?)(?:过)?\d[\d.]*亿元"
)
_AREA_LIST: Final = re.compile(
    "等?(?:[区县市镇国]域?|地区?|领域|产业|行业|方面|大?项目|工程)(?:为|作为)"
)
_TRADE_OR_PLAN: Final = re.compile(
    r"产业|企业|行业|工程|项目|建设|市场|基地|园|区|[一二两三四五六七八九十\d]个|厂$|目标|任务|品牌|技术|合作社|农业|工业|加工"
)
_QUOTED_LIST: Final = re.compile('[ 　]*[“"][^“”"]*、[^“”"]*[”"](?:为|等|作)')
_LEAD_FRAME: Final = re.compile(
    r"(?:突出|发挥|强化|放大)(?P<items>[^，。；\n\t]{2,40}?)(?:等)?(?:的)?(?:龙头|链主|骨干)"
    r"(?:企业)?(?:的)?(?:带动|引领|牵引|示范|作用)"
)
_INVESTED_FRAME: Final = re.compile(
    r"(?:投资(?:超|约|近|达)?[\d.]+[万亿]元的|500强(?:企业)?)(?P<items>[\u4e00-\u9fff]{2,8}?)"
    r"(?=[A-Z0-9]|年产|项目|正式签约)"
)
_INCLUDE_FRAME: Final = re.compile(
    r"包括(?P<items>[^，。；;\n\t]{2,120}?)在内的[^，。；\n]{0,10}?(?:企业|巨头|公司|厂商)"
)


def by_frame(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of ``以A、B为龙头`` and ``支持A、B做大做强``.

    Such a frame may also hold trades, so a list counts only if one of its items looks like a firm;
    the second frame, which speaks of firms alone, needs no such proof.
    """
    for match in matches_with(_LED_FRAME, text, line, "为"):
        if _AREA_LIST.search(text, match.end("items") - 8, match.end("items") + 8):
            continue
        if _QUOTED_LIST.match(text, match.start("items"), match.end()):
            continue  # a motto: 以“治水、修路”为重点
        found = list(items(text, match.start("items"), match.end("items"), "frame"))
        names = [span.within(text) for span in found]
        if any(looks_like_firm(name) or has_coined(name) for name in names):
            yield from (span for span in found if _may_lead(span.within(text)))
    for match in matches_with(_INCLUDE_FRAME, text, line, "包括"):
        yield from items(text, match.start("items"), match.end("items"), "frame")
    yield from _by_support(text, line)
    for match in matches_with(_WITH_FRAME, text, line, "等"):
        for span in items(text, match.start("items"), match.end("items"), "frame"):
            name = span.within(text)
            if looks_like_firm(name) or has_coined(name) or name in word_set("firms beside firms"):
                yield span
    for frame in (_LEAD_FRAME, _INVESTED_FRAME, _GROW_FRAME):
        yield from _by_fit_items(text, line, frame)


def _may_lead(name: str) -> bool:
    inner = FIRM_SUFFIX.search(name)
    if (inner and inner.end() < len(name)) or "两个" in name:  # found by its form
        return False
    return looks_like_firm(name) or not (is_ordinary(name) and _TRADE_OR_PLAN.search(name))


def _by_support(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of ``支持A、B等提升…`` and ``A、B超百亿元`` where half of them show as firms."""
    for frame, needed in ((_SUPPORT_FRAME, "等"), (_REVENUE_FRAME, "亿元")):
        for match in matches_with(frame, text, line, needed):
            found = list(items(text, match.start("items"), match.end("items"), "frame"))
            fit = [span for span in found if shows(span.within(text))]
            if len(found) >= 2 and len(fit) * 5 >= len(found) * 2:
                yield from (
                    span
                    for span in found
                    if len(span.within(text)) <= 8 and not WORK_NAME.search(span.within(text))
                )


def _by_fit_items(text: str, line: Line, frame: re.Pattern[str]) -> Iterator[Span]:
    for match in frame.finditer(text, line.start, line.end):
        for span in items(text, match.start("items"), match.end("items"), "frame"):
            if _may_grow(span.within(text)):
                yield span


def _may_grow(name: str) -> bool:
    if TRADE_END.search(name) or len(name) > 12 or is_generic(name, policy_words()):
        return False
    if is_ordinary(name) and not looks_like_firm(name):
        return False
    if re.search("^个转企|升规$|转企$|做[精强大优]$|上市$|改股$|转规$", name):
        return False
    return looks_like_firm(name) or not re.search("[有的上企产更好更]|改|级", name)
