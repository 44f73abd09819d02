"""Enterprises that stand in lists: ``依托A、B等企业`` and cells or lines headed 重点企业."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.known import well_known
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

MAX_LIST_CHARS: Final = 2_000
MAX_ITEM_CHARS: Final = 32
MAX_PROJECT_LIST_CHARS: Final = 240
_SENTENCE_END: Final = re.compile(r"[。；;！!？?\n\t]")
_CONJUNCTION: Final = re.compile("以及|和|与|及")
_HEADER: Final = re.compile(rf"[ 　]*(?:[—\-·●]*)({FIRM_HEADER.pattern})[ 　]*[\t：:]")
_HEADER_TAIL: Final = re.compile(r"等?(?:企业|单位|公司|项目)?[。；;]?[ 　]*$")
_LED_FRAME: Final = re.compile(
    r"(?:以|依托)(?P<items>[^，。；;\n\t]{2,120}?)(?:等)?(?:为(?:龙头|依托|核心|骨干|引领|代表|链主|"
    r"牵引|主体|支撑|载体)|作为(?:龙头|链主|依托))"
)
_GROW_FRAME: Final = re.compile(
    r"(?:支持|推动|引导|鼓励|扶持|培育|帮助|助力|促进|推进|助推|力争)(?P<items>[^，,。；;\n\t]{2,80}?)"
    r"(?:等)?(?:做大做强|做强做大|做优做强|做强做优|做大做优|上市|挂牌|成长为|增资扩产|升规入统|"
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
    r"高校|银行|政府|委员会|协会|部门|局|办|企业|中心|实验室|机构|医院|学校|指标|标准|水平|百强|"
    r"500强)$|^[\d一二三四五六七八九十百]+(?:余|多)?[家户个]|"
    r"专精特新|小巨人|冠军|独角兽|瞪羚|世界500强|亿元|万元|[。；：？！]"
)


def by_list(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of lists that end in 等…企业 or in a number of firms."""
    for match in LIST_HEAD.finditer(text, line.start, line.end):
        kind = firm_kind(match.group("kind"))
        if not kind:
            continue
        institutes_only = bool(re.search(r"(?:机构|单位|院所|研究所|研究院)$", match.group()))
        begin = _list_start(text, match.start(), line.start)
        listed = list(items(text, begin, match.start(), "list"))
        if kind == "trade" and not any(_looks_like_firm(span.within(text)) for span in listed):
            continue
        for span in listed:
            name = span.within(text)
            if not institutes_only or _INSTITUTE.search(name) or FIRM_SUFFIX.search(name):
                yield span
    for match in COUNT_HEAD.finditer(text, line.start, line.end):
        begin = _list_start(text, match.start(), line.start)
        end = match.start() - (text[match.start() - 1 : match.start()] == "等")
        enumerated = "、" in text[begin:end] or end < match.start()
        first = max(text.find("、", begin, end), begin)
        if enumerated and not re.search(r"\d", text[first:end]):
            yield from items(text, begin, end, "list")


def by_frame(text: str, line: Line) -> Iterator[Span]:
    """Yield the items of ``以A、B为龙头`` and ``支持A、B做大做强``.

    Such a frame may also hold trades, so a list counts only if one of its items looks like a firm;
    the second frame, which speaks of firms alone, needs no such proof.
    """
    for match in _LED_FRAME.finditer(text, line.start, line.end):
        found = list(items(text, match.start("items"), match.end("items"), "frame"))
        if any(_looks_like_firm(span.within(text)) for span in found):
            yield from found
    for match in _INCLUDE_FRAME.finditer(text, line.start, line.end):
        yield from items(text, match.start("items"), match.end("items"), "frame")
    yield from _by_projects(text, line)
    for frame in (_LEAD_FRAME, _INVESTED_FRAME, _GROW_FRAME):
        yield from _by_fit_items(text, line, frame)


def _by_fit_items(text: str, line: Line, frame: re.Pattern[str]) -> Iterator[Span]:
    for match in frame.finditer(text, line.start, line.end):
        for span in items(text, match.start("items"), match.end("items"), "frame"):
            if _may_grow(span.within(text)):
                yield span


def _by_projects(text: str, line: Line) -> Iterator[Span]:
    """Yield the brands of an enumeration of projects (富春控股、宝供物流等项目).

    Either one item looks like a firm and the others are not works or trades, or all are coined
    words of two to four characters.
    """
    for match in itertools.chain(
        _project_lists(text, line),
        _COURTED_LIST.finditer(text, line.start, line.end),
    ):
        listed = list(items(text, match.start("items"), match.end("items"), "project"))
        brands = [span for span in listed if _is_coined(span.within(text))]
        looks = any(_looks_like_firm(span.within(text)) for span in brands)
        size = 4 if match.re is _PROJECT_LIST else 6
        coined = len(listed) >= 3 and all(len(span.within(text)) <= size for span in listed)
        if looks or (coined and len(brands) == len(listed)):
            yield from brands


def _project_lists(text: str, line: Line) -> Iterator[re.Match[str]]:
    """Yield the enumerations before 项目; each is looked for in a bounded piece of text only."""
    done = line.start
    for project in _PROJECT.finditer(text, line.start, line.end):
        begin = max(done, project.start() - MAX_PROJECT_LIST_CHARS)
        match = _PROJECT_LIST.search(text, begin, project.end())
        done = project.end()
        if match:
            yield match


def _is_coined(name: str) -> bool:
    if len(name) > 8 or _WORKS.search(name) or place_at(name, 0) == name:
        return False
    return not any(is_generic(part, policy_words()) for part in (name, name[:-2] or name, name[:2]))


def _may_grow(name: str) -> bool:
    if _TRADE_END.search(name) or len(name) > 12 or is_generic(name, policy_words()):
        return False
    return _looks_like_firm(name) or not re.search("[有的上企产更好更]|改|级", name)


# 突出金龙稀土龙头带动作用, 总投资20亿元的春兴精工5G产业园, 500强杭萧钢构项目
_LEAD_FRAME: Final = re.compile(
    r"(?:突出|发挥|强化|放大)(?P<items>[^，。；\n\t]{2,40}?)(?:等)?(?:的)?(?:龙头|链主|骨干)"
    r"(?:企业)?(?:的)?(?:带动|引领|牵引|示范|作用)"
)
_INVESTED_FRAME: Final = re.compile(
    r"(?:投资(?:超|约|近|达)?[\d.]+[万亿]元的|500强(?:企业)?)(?P<items>[\u4e00-\u9fff]{2,8}?)"
    r"(?=[A-Z0-9]|年产|项目|正式签约)"
)
_PROJECT_LIST: Final = re.compile(
    r"(?P<items>(?:(?:(?!等)[\u4e00-\u9fffA-Za-z0-9]){2,12}、){1,20}"
    r"(?:(?!等)[\u4e00-\u9fffA-Za-z0-9]){2,12})"
    r"(?:等)?(?:一批|[两三四五六七八九十\d]+(?:余|多)?个|多个|一系列)?(?:[\u4e00-\u9fff]{0,8}?)项目"
)
_PROJECT: Final = re.compile("项目")
_COURTED_LIST: Final = re.compile(
    r"(?:扶持|引进|引入|对接|签约|洽谈|招引|引育|入驻|落户)了?(?P<items>(?:[\u4e00-\u9fff]{2,8}、){2,20}"
    r"(?:(?!等)[\u4e00-\u9fff]){2,8})(?=[，。；等\n]|$)"
)
_WORKS: Final = re.compile(
    r"[路桥站水库港城区县镇村乡园楼院校河江湖山渠管网隧矿馆线厂房]|工程|基地|中心|平台|建设|开发|改造|"
    r"市场|生产|加工|制造|项目|研发|产业|系列|[一二三四五六]期"
)
_INCLUDE_FRAME: Final = re.compile(
    r"包括(?P<items>[^，。；;\n\t]{2,120}?)在内的[^，。；\n]{0,10}?(?:企业|巨头|公司|厂商)"
)
# 荣信化工年产60万吨, 索能10万吨碳化硅: in lists of projects a brand stands before the capacity.
_CAPACITY: Final = re.compile(
    r"(?:(?<=[。\n、，；：进力保设动成产快工括])|\A)(?P<brand>[\u4e00-\u9fff]{2,6}?)(?:年产|年加工|"
    r"年处理)?(?=\d+(?:\.\d+)?(?:万|亿|千)?"
    r"(?:吨|辆|台|片|GWh|MW|兆瓦|吉瓦|千瓦)(?=[\u4e00-\u9fff])(?![级套以左等的余]))"
)
_NO_BRAND: Final = re.compile(
    r"[最确备障断载量能增减达有产资地建超约近共为到期年月和与及的等不]|投资|规模|装机|面积|库容|里程|"
    r"完成|实现|补贴|改造|淘汰|储备|收购|销售|出口|生产|推广|配备|应用|安装"
)


def by_capacity(text: str, line: Line) -> Iterator[Span]:
    """Yield the brands that stand before a capacity in lists of projects."""
    for sentence in re.finditer(r"[^。\n]+", text[line.start : line.end]):
        if "项目" not in sentence.group() and "投产" not in sentence.group():
            continue
        begin = line.start + sentence.start()
        for match in _CAPACITY.finditer(text, begin, line.start + sentence.end()):
            start = name_start(text, match.start("brand"), match.end("brand"), keep=1)
            brand = text[start : match.end("brand")]
            clause = re.split("[，。；（(]", text[begin:start])[-1]
            if "年产" in clause or "产能" in clause:  # what follows is a product
                continue
            unfit = _NO_BRAND.search(brand) or is_generic(brand, policy_words())
            own = brand[len(place_at(brand, 0)) :]
            if len(own) >= 2 and not unfit and not is_generic(own, policy_words()):
                yield Span(start, match.end("brand"), "capacity")


def _looks_like_firm(name: str) -> bool:
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
        placed = len(left) >= 4 and len(right) >= 4 and place_at(text, match.end(), stop)
        if named or placed:
            yield start, match.start()
            yield match.end(), stop
            return
    yield start, stop


def _is_item_name(name: str, *, first: bool) -> bool:
    if not 2 <= len(name) <= MAX_ITEM_CHARS or is_generic(name) or _BAD_ITEM.search(name):
        return False
    if name.count("（") != name.count("）") or name.count("(") != name.count(")"):
        return False
    return not (first and len(name) > 24 and not FIRM_SUFFIX.search(name))
