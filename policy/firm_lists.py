"""Enterprises that stand in lists: ``依托A、B等企业`` and cells or lines headed 重点企业."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.coined import coined_head, has_coined
from clusteratlas.policy.lexicon import (
    COUNT_HEAD,
    FIRM_HEADER,
    FIRM_SUFFIX,
    LIST_HEAD,
    firm_kind,
    is_generic,
    policy_words,
)
from clusteratlas.policy.names import DELIMITERS, name_start
from clusteratlas.policy.places import place_at
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary, is_word
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_set

MAX_LIST_CHARS: Final = 2_000
MAX_ITEM_CHARS: Final = 32
_SENTENCE_END: Final = re.compile(r"[。；;！!？?\n\t]")
_ASIDE: Final = re.compile(r"[（(]([\u4e00-\u9fff]{2,6})[)）]\Z")
_CONJUNCTION: Final = re.compile("以及|和|与|及")
_HEADER: Final = re.compile(rf"[ 　]*(?:[—\-·●]*)({FIRM_HEADER.pattern})[ 　]*[\t：:]")
_HEADER_TAIL: Final = re.compile(r"等?(?:企业|单位|公司|项目)?[。；;]?[ 　]*$")
_LED_FRAME: Final = re.compile(
    r"(?:以|依托)(?P<items>[^，。；;\n\t]{2,120}?)(?:等)?(?:为(?:龙头|依托|核心|骨干|引领|代表|链主|"
    r"牵引|主体|支撑|载体|重点)|作为(?:龙头|链主|依托))"
)
_GROW_FRAME: Final = re.compile(
    r"(?:支持|推动|引导|鼓励|扶持|培育|帮助|助力|促进|推进|助推|力争)(?P<items>[^，,。；;\n\t]{2,80}?)"
    r"(?:等)?(?:做大做强|做强做大|做优做强|做强做优|做大做优|稳产达产|达产达效|满产|投产达效|提质增效|上市|挂牌|成长为|增资扩产|升规入统|"
    r"裂变发展)"
)
_FIRM_END: Final = re.compile(
    r"(?:药业|制药|股份|重工|重机|[铝铜锌钨钼镁钛锆锂钴镍锡矿酒乳盐纸种牧]业|控股|科技|电子|集团|公司|"
    r"石化|化工|生物|医药|食品|实业|机械|电气|新材|光电|"
    r"钢铁|汽车|能源|饲料|百科)$"
)
_TRADE_END: Final = re.compile(
    r"(?:产业|企业|行业|业态|经济|制造|装备|园|区|[省市县镇乡村]|人才|品牌|旅游|文化|农业|工业|服务|"
    r"贸易|建设|发展|创新|主体|合作社|农场|工厂|项目)$"
)
_INSTITUTE: Final = re.compile(r"(?:研究所|研究院|设计院|[\d〇零一二三四五六七八九十]所)$")
_BAD_ITEM: Final = re.compile(
    r"(?:产业|行业|领域|项目|产品|技术|工程|市场|体系|厂家|厂商|环节|方面|能力|服务业|制造业|园区|产业园|开发区|"
    r"平台|集群|链|政策|资金|人才|大学|学院|"
    r"高校|银行|政府|委员会|协会|部门|局|办|企业|中心|运营商|服务商|提供商|供应商|生产商|制造商|实验室|机构|医院|学校|指标|标准|水平|百强|"
    r"500强)$|^[\d一二三四五六七八九十百]+(?:余|多)?[家户个]|"
    r"^(?:大型|各类|中小|跨国)|(?:复旦|同济|清华|北大|浙大|上大|交大|中科大|哈工大|西工大)$|专精特新|小巨人|冠军|独角兽|瞪羚|世界500强|亿元|万元|[。；：？！]"
)


def by_list(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of lists that end in 等…企业 or in a number of firms."""
    for match in _in_line(LIST_HEAD, text, line, "等"):
        kind = firm_kind(match.group("kind"))
        if not kind:
            continue
        institutes_only = bool(re.search(r"(?:机构|单位|院所|研究所|研究院)$", match.group()))
        begin = _list_start(text, match.start(), line.start)
        listed = list(items(text, begin, match.start(), "list"))
        names = [span.within(text) for span in listed]
        if kind == "trade" and not any(looks_like_firm(n) or has_coined(n) for n in names):
            continue
        plain = [name for name in names if _is_plain(name)]
        trades = len(plain) * 2 >= len(names) > 1 and not any(_shows(name) for name in names)
        for span in listed:
            name = span.within(text)
            unfit = is_word(name) or len(name) >= 6 or "和" in name
            if (name in plain and unfit) or (trades and not _shows(name)):
                continue  # 组建奶业等企业集团
            if not institutes_only or _INSTITUTE.search(name) or FIRM_SUFFIX.search(name):
                yield span
    for match in COUNT_HEAD.finditer(text, line.start, line.end):
        begin = _list_start(text, match.start(), line.start)
        end = match.start() - (text[match.start() - 1 : match.start()] == "等")
        enumerated = "、" in text[begin:end] or end < match.start()
        first = max(text.find("、", begin, end), begin)
        if enumerated and not re.search(r"\d", text[first:end]):
            yield from items(text, begin, end, "list")


def _in_line(
    pattern: re.Pattern[str], text: str, line: Line, needed: str
) -> Iterator[re.Match[str]]:
    """Yield the matches in a line of a pattern that always holds the needed word."""
    if text.find(needed, line.start, line.end) >= 0:
        yield from pattern.finditer(text, line.start, line.end)


def by_frame(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of ``以A、B为龙头`` and ``支持A、B做大做强``.

    Such a frame may also hold trades, so a list counts only if one of its items looks like a firm;
    the second frame, which speaks of firms alone, needs no such proof.
    """
    for match in _in_line(_LED_FRAME, text, line, "为"):
        if _AREA_LIST.search(text, match.end("items") - 8, match.end("items") + 8):
            continue
        found = list(items(text, match.start("items"), match.end("items"), "frame"))
        names = [span.within(text) for span in found]
        if any(looks_like_firm(name) or has_coined(name) for name in names):
            yield from (span for span in found if _may_lead(span.within(text)))
    for match in _in_line(_INCLUDE_FRAME, text, line, "包括"):
        yield from items(text, match.start("items"), match.end("items"), "frame")
    yield from _by_support(text, line)
    for match in _in_line(_WITH_FRAME, text, line, "等"):
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
        for match in _in_line(frame, text, line, needed):
            found = list(items(text, match.start("items"), match.end("items"), "frame"))
            fit = [span for span in found if _shows(span.within(text))]
            if len(found) >= 2 and len(fit) * 5 >= len(found) * 2:
                yield from (
                    span
                    for span in found
                    if len(span.within(text)) <= 8 and not _WORK_NAME.search(span.within(text))
                )


def _shows(name: str) -> bool:
    """Return whether a name shows as a firm: by its form, by a coined word, or as a known one."""
    if _WORK_NAME.search(name):
        return False
    place = place_at(name, 0)
    own = name[len(place) :] or name
    if own in well_known() or own in word_set("firms beside firms"):
        return True
    if is_ordinary(name) or (place and not has_coined(own)):
        return bool(FIRM_SUFFIX.search(name))
    return (looks_like_firm(name) or has_coined(name)) and not _TRADE_END.search(name)


def _by_fit_items(text: str, line: Line, frame: re.Pattern[str]) -> Iterator[Span]:
    for match in frame.finditer(text, line.start, line.end):
        for span in items(text, match.start("items"), match.end("items"), "frame"):
            if _may_grow(span.within(text)):
                yield span


def _may_grow(name: str) -> bool:
    if _TRADE_END.search(name) or len(name) > 12 or is_generic(name, policy_words()):
        return False
    if is_ordinary(name) and not looks_like_firm(name):
        return False
    if re.search("^个转企|升规$|转企$|做[精强大优]$|上市$|改股$|转规$", name):
        return False
    return looks_like_firm(name) or not re.search("[有的上企产更好更]|改|级", name)


# 突出金龙稀土龙头带动作用, 总投资20亿元的春兴精工5G产业园, 500强杭萧钢构项目
# 深化与中铁、京投、阿里等战略合作
_WITH_FRAME: Final = re.compile(
    r"(?:与|同)(?P<items>[^，。；\n\t]{2,80}?)等(?:[^，。；、]{0,10}?)(?:的)?(?:战略|深度|全面|务实|项目)?(?:合作|合资|联合)"
)
_GROUP_OR_INSTITUTE: Final = re.compile(r"[\u4e00-\u9fff]{2,5}集团|[\u4e00-\u9fff]{2}[院所]")
_WORK_NAME: Final = re.compile(
    r"铁路|高铁|高速|公路|机场|水库|[岩石]$|大学|学院|医院|景区|智慧|城市|市场|[线路段城河湖山县区镇村带港]$|[云矿]$|输送带"
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
_ITEM_STOP: Final = re.compile(r"[、，。；：\n\t）等和与…]|\Z")
_ITEM_BEFORE: Final = re.compile(r"[^、，。；：\n\t（）()等“”]+\Z")
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


def looks_like_firm(name: str) -> bool:
    """Return whether a name ends in a legal form or a trade of firms, or is a well-known one."""
    bare = name[len(place_at(name, 0)) :] or name
    return bool(FIRM_SUFFIX.search(name) or _FIRM_END.search(name) or {name, bare} & well_known())


def siblings(text: str, spans: list[Span]) -> Iterator[Span]:
    """Yield what stands between two firms of an enumeration: A、x、B."""
    for left, right in itertools.pairwise(spans):
        between = text[left.end : right.start]
        if not 3 <= len(between) <= 60 or between[0] != "、" or between[-1] != "、":
            continue
        if re.search("[。；;，,：:\\n\\t]", between):
            continue
        for span in items(text, left.end + 1, right.start - 1, "between firms"):
            if len(span.within(text)) <= 10 and not _TRADE_END.search(span.within(text)):
                yield span


def neighbours(text: str, fresh: list[Span], found: list[Span]) -> Iterator[Span]:
    """Yield the coined items on either side of a firm in an enumeration: 宝丰、力成电气.

    Parameters
    ----------
    fresh
        The firms whose neighbours are asked for.
    found
        All firms of the text, whose items are not looked at again.
    """
    taken = {span.start for span in found} | {span.end for span in found}
    for span in fresh:
        if text[span.end : span.end + 1] == "、":
            stop = _ITEM_STOP.search(text, span.end + 1, span.end + 12)
            name = text[span.end + 1 : stop.start()] if stop else ""
            if span.end + 1 not in taken and _is_neighbour(name):
                yield Span(span.end + 1, span.end + 1 + _own_end(name), "beside a firm")
        if text[span.start - 1 : span.start] == "、":
            before = _ITEM_BEFORE.search(text, max(0, span.start - 12), span.start - 1)
            if before and span.start - 1 not in taken:
                start = name_start(text, before.start(), span.start - 1, keep=1)
                name = text[start : span.start - 1]
                if _is_neighbour(name):
                    yield Span(start, start + _own_end(name), "beside a firm")


def _own_end(name: str) -> int:
    """Return where the firm ends in an item: 鄂钢 of 鄂钢大棒, all of 北大青鸟."""
    known = next((n for n in range(min(6, len(name)), 1, -1) if name[:n] in well_known()), 0)
    if _GROUP_OR_INSTITUTE.fullmatch(name):
        return len(name)
    return known or coined_head(name) or len(name)


def _is_plain(name: str) -> bool:
    """Return whether an item is made of everyday words and shows by nothing as a firm."""
    if looks_like_firm(name) or any(name[:size] in well_known() for size in (2, 3, 4)):
        return False
    return is_ordinary(name)


def _is_neighbour(name: str) -> bool:
    if _GROUP_OR_INSTITUTE.fullmatch(name) and not is_word(name):  # 能源集团、石科院
        return True
    if not 2 <= len(name) <= 6 or _TRADE_END.search(name) or _WORK_NAME.search(name):
        return False
    return has_coined(name) and not _BAD_ITEM.search(name)


def by_header(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of a cell or line that is headed 依托重点企业, 龙头企业 and the like."""
    match = _HEADER.match(text, line.start, line.end)
    if match is None or len(match.group(1)) < 4:
        return
    end = line.end
    tail = _HEADER_TAIL.search(text, match.end(), line.end)
    if tail:
        end = tail.start()
    stop = text.find("。", match.end(), end)
    yield from items(text, match.end(), end if stop < 0 else stop, "header")


def items(text: str, begin: int, end: int, reason: str) -> Iterator[Span]:
    """Yield the names of an enumeration between two offsets."""
    for start, stop in _split(text, begin, end):
        yield from _item(text, start, stop, reason, first=start == begin)


def _list_start(text: str, end: int, limit: int) -> int:
    floor = max(limit, end - MAX_LIST_CHARS)
    begin = floor
    for match in _SENTENCE_END.finditer(text, floor, end):
        begin = match.end()
    cut = max(text.rfind(mark, begin, end) for mark in "，,：")
    return cut + 1 if cut >= 0 else begin


def _split(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    depth = 0
    start = begin
    for position in range(begin, end):
        char = text[position]
        if char in "（(":
            depth += 1
        elif char in "）)":
            depth = max(0, depth - 1)
        elif char in "、，,；;" and depth == 0:
            yield start, position
            start = position + 1
    yield start, end


def _item(text: str, start: int, stop: int, reason: str, *, first: bool) -> Iterator[Span]:
    for begin, finish in _conjuncts(text, start, stop):
        while finish > begin and text[finish - 1] in DELIMITERS:
            finish -= 1
        while begin < finish and text[begin] in DELIMITERS:
            begin += 1
        begin = name_start(text, begin, finish, keep=1)
        begin = max(begin, text.rfind("”", begin, finish - 1) + 1)
        while begin < finish and text[begin] in DELIMITERS:
            begin += 1
        if finish - begin > 2 and text[finish - 1] == "等":
            finish -= 1
        if finish - begin > 4 and text.endswith("总部", begin, finish):
            finish -= 2
        aside = _ASIDE.search(text, begin, finish)
        if aside and is_ordinary(aside.group(1)):  # 奥润顺达（门窗）
            finish = aside.start()
        if _is_item_name(text[begin:finish], first=first):
            yield Span(begin, finish, reason)


def _conjuncts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut ``A和B`` where A or B shows by its form that it is a name of its own."""
    for match in _CONJUNCTION.finditer(text, start, stop):
        left, right = text[start : match.start()], text[match.end() : stop]
        if not left or not right:
            continue
        forms = list(FIRM_SUFFIX.finditer(left))
        named = bool(forms) and forms[-1].end() == len(left)
        named = named or (_is_short_firm(left) and _is_short_firm(right))
        placed = len(left) >= 4 and len(right) >= 4 and place_at(text, match.end(), stop)
        if named or placed:
            yield start, match.start()
            yield match.end(), stop
            return
    yield start, stop


def _is_short_firm(name: str) -> bool:
    """Return whether a part of ``喜之郎和西麦`` is a firm by itself."""
    own = name[len(place_at(name, 0)) :] or name
    return 2 <= len(own) <= 5 and (own in well_known() or has_coined(own))


def _is_item_name(name: str, *, first: bool) -> bool:
    if name in word_set("techniques"):
        return False
    if not 2 <= len(name) <= MAX_ITEM_CHARS or is_generic(name) or _BAD_ITEM.search(name):
        return False
    if name.count("“") != name.count("”"):
        return False
    if name.count("（") != name.count("）") or name.count("(") != name.count(")"):
        return False
    return not (first and len(name) > 24 and not FIRM_SUFFIX.search(name))
