"""Enterprises that stand in lists: ``依托A、B等企业`` and cells or lines headed 重点企业."""

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from clusteratlas.policy.coined import coined_head, has_coined
from clusteratlas.policy.lexicon import (
    COUNT_HEAD,
    FIRM_HEADER,
    FIRM_SUFFIX,
    LIST_HEAD,
    firm_kind,
    is_generic,
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
_SENTENCE_ENDS: Final = "。；;！!？?\n\t"
_ITEM_MARK: Final = re.compile("[、，,；;（()）]")
_ASIDE: Final = re.compile(r"[（(]([\u4e00-\u9fff]{2,6})[)）]\Z")
_CONJUNCTION: Final = re.compile("以及|和|与|及")
_HEADER: Final = re.compile(rf"[ 　]*(?:[—\-·●]*)({FIRM_HEADER.pattern})[ 　]*[\t：:]")
_HEADER_TAIL: Final = re.compile(r"等?(?:企业|单位|公司|项目)?[。；;]?[ 　]*$")
_FIRM_END: Final = re.compile(
    r"(?:药业|制药|股份|重工|重机|[铝铜锌钨钼镁钛锆锂钴镍锡矿酒乳盐纸种牧]业|控股|科技|电子|集团|公司|"
    r"石化|化工|生物|医药|食品|实业|机械|电气|新材|光电|"
    r"钢铁|汽车|能源|饲料|百科)$"
)
TRADE_END: Final = re.compile(
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
# What answers for a task beside firms: 责任单位：市发展改革委、市科协、沈飞公司.
_PUBLIC_BODY: Final = re.compile(
    r"(?:委|厅|科协|管委会|工商联|总工会|妇联|残联|供销社|海关|[宣组统]\w{1,2}部|[分支]行|指挥部|政府\w{0,3})$"
)


def by_list(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of lists that end in 等…企业 or in a number of firms."""
    done = line.start
    for match in matches_with(LIST_HEAD, text, line, "等"):
        kind = firm_kind(match.group("kind"))
        if not kind:
            continue
        institutes_only = bool(re.search(r"(?:机构|单位|院所|研究所|研究院)$", match.group()))
        begin = _list_start(text, match.start(), done)
        done = match.end()  # another list ends there
        listed = list(items(text, begin, match.start(), "list"))
        names = [span.within(text) for span in listed]
        if kind == "trade" and not any(looks_like_firm(n) or has_coined(n) for n in names):
            continue
        plain = [name for name in names if _is_plain(name)]
        trades = len(plain) * 2 >= len(names) > 1 and not any(shows(name) for name in names)
        for span in listed:
            name = span.within(text)
            unfit = is_word(name) or len(name) >= 6 or "和" in name
            if (name in plain and unfit) or (trades and not shows(name)):
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


def matches_with(
    pattern: re.Pattern[str], text: str, line: Line, needed: str
) -> Iterator[re.Match[str]]:
    """Yield the matches in a line of a pattern that always holds the needed word."""
    if text.find(needed, line.start, line.end) >= 0:
        yield from pattern.finditer(text, line.start, line.end)


@lru_cache(maxsize=20_000)
def shows(name: str) -> bool:
    """Return whether a name shows as a firm: by its form, by a coined word, or as a known one."""
    if WORK_NAME.search(name):
        return False
    place = place_at(name, 0)
    own = name[len(place) :] or name
    if own in well_known() or own in word_set("firms beside firms"):
        return True
    if is_ordinary(name) or (place and not has_coined(own)):
        return bool(FIRM_SUFFIX.search(name))
    return (looks_like_firm(name) or has_coined(name)) and not TRADE_END.search(name)


_WITH: Final = re.compile("[与同跟和](?=[A-Za-z])")  # 同ABB、发那科等企业
_GROUP_OR_INSTITUTE: Final = re.compile(r"[\u4e00-\u9fff]{2,5}集团|[\u4e00-\u9fff]{2}[院所]")
WORK_NAME: Final = re.compile(
    r"铁路|高铁|高速|公路|机场|水库|[岩石]$|大学|学院|医院|景区|智慧|城市|市场|[线路段城河湖山县区镇村带港]$|[云矿]$|输送带"
)
_ITEM_STOP: Final = re.compile(r"[、，。；：\n\t）等和与…]|\Z")
_ITEM_BEFORE: Final = re.compile(r"[^、，。；：\n\t（）()等“”]+\Z")


@lru_cache(maxsize=20_000)
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
            if len(span.within(text)) <= 10 and not TRADE_END.search(span.within(text)):
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


@lru_cache(maxsize=20_000)
def _is_plain(name: str) -> bool:
    """Return whether an item is made of everyday words and shows by nothing as a firm."""
    if looks_like_firm(name) or any(name[:size] in well_known() for size in (2, 3, 4)):
        return False
    return is_ordinary(name)


def _is_neighbour(name: str) -> bool:
    if _GROUP_OR_INSTITUTE.fullmatch(name) and not is_word(name):  # 能源集团、石科院
        return True
    if not 2 <= len(name) <= 6 or TRADE_END.search(name) or WORK_NAME.search(name):
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
        for first, last in _names_of_item(text[start:stop], first=start == begin):
            yield Span(start + first, start + last, reason)


def _list_start(text: str, end: int, limit: int) -> int:
    floor = max(limit, end - MAX_LIST_CHARS)
    begin = max(floor, *(text.rfind(mark, floor, end) + 1 for mark in _SENTENCE_ENDS))
    cut = max(text.rfind(mark, begin, end) for mark in "，,：")
    return cut + 1 if cut >= 0 else begin


def _split(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    depth = 0
    start = begin
    for match in _ITEM_MARK.finditer(text, begin, end):
        char = match.group()
        if char in "（(":
            depth += 1
        elif char in "）)":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield start, match.start()
            start = match.end()
    yield start, end


@lru_cache(maxsize=20_000)
def _names_of_item(item: str, *, first: bool) -> tuple[tuple[int, int], ...]:
    """Return where the names of an item of an enumeration stand in it."""
    return tuple(_each_name(item, first=first))


def _each_name(text: str, *, first: bool) -> Iterator[tuple[int, int]]:
    for begin, finish in _conjuncts(text, 0, len(text)):
        while finish > begin and text[finish - 1] in DELIMITERS:
            finish -= 1
        while begin < finish and text[begin] in DELIMITERS:
            begin += 1
        begin = name_start(text, begin, finish, keep=1)
        begin += _WITH.match(text, begin, finish) is not None
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
            yield begin, finish


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
    if _PUBLIC_BODY.search(name) or (name[-1] in "区县市旗" and place_at(name, 0) == name):
        return False
    if name.count("“") != name.count("”"):
        return False
    if name.count("（") != name.count("）") or name.count("(") != name.count(")"):
        return False
    return not (first and len(name) > 24 and not FIRM_SUFFIX.search(name))
