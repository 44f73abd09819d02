"""Enterprises and institutes in a policy text: by legal form, by list, by header, by known name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.lexicon import (
    COUNT_HEAD,
    FIRM_HEADER,
    FIRM_SUFFIX,
    LIST_HEAD,
    is_generic,
)
from clusteratlas.policy.names import DELIMITERS, name_start, piece_start
from clusteratlas.policy.places import place_at
from clusteratlas.policy.structure import Line

MAX_LIST_CHARS: Final = 2_000
_SENTENCE_END: Final = re.compile(r"[。；;！!？?\n\t]")
_ITEM_SPLIT: Final = re.compile(r"[、，,；;/]")
_BAD_ITEM: Final = re.compile(
    r"(?:产业|行业|领域|项目|产品|技术|工程|市场|体系|环节|方面|能力|服务业|制造业|基地|园区|产业园|开发区|平台|集群|链|政策|资金|人才|大学|学院|高校|银行|政府|委员会|协会|部门|局|办)$"
)
_LIST_PREFIX_END: Final = re.compile(
    r"(?:依托|支持|以|推动|推进|鼓励|引导|发挥|围绕|培育|壮大|做强|做大|做优|引进|引入|包括|加快|促进|扶持|聚集了?|集聚了?|拥有|涌现出?|吸引|"
    r"与|对|由|有|如|即|为|是|联合|携手|的|了|出|企业|重点|培育了|引进了|形成了|带动|组织|加强|深化|抓好|确保|服务|协调|抢抓)$"
)


@dataclass(frozen=True)
class Span:
    """A piece of the text and why it is taken for a name."""

    start: int
    end: int
    reason: str

    def within(self, text: str) -> str:
        """Return the characters of the span."""
        return text[self.start : self.end]


def find_enterprises(text: str, lines: list[Line]) -> list[Span]:
    """Return the enterprises and institutes of a text, in order and without overlaps."""
    spans: list[Span] = []
    for line in lines:
        spans += _by_header(text, line)
        spans += _by_list(text, line)
        spans += _by_legal_form(text, line)
    return resolve(spans)


def resolve(spans: list[Span]) -> list[Span]:
    """Keep the longest of overlapping spans; of equals the first found. Order by start."""
    kept: list[Span] = []
    taken_end = -1
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= taken_end:
            kept.append(span)
            taken_end = span.end
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
            taken_end = span.end
    return kept


# --- by legal form ---------------------------------------------------------------------------


def _by_legal_form(text: str, line: Line) -> Iterator[Span]:
    done = line.start
    for match in FIRM_SUFFIX.finditer(text, line.start, line.end):
        if match.start() < done:
            continue
        end = _extended(text, match.end(), line.end)
        piece = piece_start(text, match.end(), max(done, line.start))
        start = name_start(text, piece, match.end(), keep=len(match.group()) + 1)
        if _is_firm_name(text, start, match.start(), match.group()):
            yield Span(start, end, "legal form")
            done = end


def _extended(text: str, end: int, limit: int) -> int:
    """Return the end of a name whose legal form is followed by a unit of it (…公司页岩炼油厂)."""
    while True:
        match = FIRM_SUFFIX.search(text, end, min(limit, end + 16))
        if match is None:
            return end
        between = text[end : match.start()]
        if any(char in DELIMITERS for char in between) or _joins(between):
            return end
        if name_start(text, end, match.end(), keep=len(match.group())) != end:
            return end
        end = match.end()


def _joins(between: str) -> bool:
    return bool(re.search(r"[和与及等的]|以及|投资|建设|合作|联合", between)) or (
        len(between) > 0 and between[0] in "（(" and between[-1] not in "）)"
    )


def _is_firm_name(text: str, start: int, form_start: int, form: str) -> bool:
    body = text[start:form_start]
    if not body.strip("（）()"):
        return False
    if form.endswith(("厂", "院", "所")) and not place_at(text, start, form_start):
        return bool(re.match(r"第?[一二三四五六七八九十〇零\d]", form)) or "中科院" in body
    if len(body) < 2 and "有限" not in form:
        return False
    if place_at(text, start, form_start) == body and form in {"公司", "集团"}:
        return False
    return not is_generic(body)


# --- by list -----------------------------------------------------------------------------------


def _by_list(text: str, line: Line) -> Iterator[Span]:
    for pattern in (LIST_HEAD, COUNT_HEAD):
        for match in pattern.finditer(text, line.start, line.end):
            begin = _list_start(text, match.start(), line.start)
            yield from _items(text, begin, match.start(), "list")


def _list_start(text: str, end: int, limit: int) -> int:
    floor = max(limit, end - MAX_LIST_CHARS)
    stops = [match.end() for match in _SENTENCE_END.finditer(text, floor, end)]
    begin = stops[-1] if stops else floor
    comma = max(
        text.rfind("，", begin, end), text.rfind(",", begin, end), text.rfind("：", begin, end)
    )
    return comma + 1 if comma >= 0 else begin


def _items(text: str, begin: int, end: int, reason: str) -> Iterator[Span]:
    for start, stop in _split(text, begin, end):
        yield from _item(text, start, stop, reason, first=start == begin)


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
        name = text[begin:finish]
        if _is_item_name(name, first=first):
            yield Span(begin, finish, reason)


def _conjuncts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut ``A和B`` where A or B shows by its form that it is a name of its own."""
    for match in re.compile("以及|和|与|及").finditer(text, start, stop):
        left, right = text[start : match.start()], text[match.end() : stop]
        if not left or not right:
            continue
        if FIRM_SUFFIX.search(left) and FIRM_SUFFIX.search(left).end() == len(left):  # type: ignore[union-attr]
            yield start, match.start()
            yield from _conjuncts(text, match.end(), stop)
            return
        if len(left) >= 4 and len(right) >= 4 and place_at(text, match.end(), stop):
            yield start, match.start()
            yield match.end(), stop
            return
    yield start, stop


def _is_item_name(name: str, *, first: bool) -> bool:
    if not 2 <= len(name) <= 32 or is_generic(name):
        return False
    if _BAD_ITEM.search(name):
        return False
    return not (first and len(name) > 24 and not FIRM_SUFFIX.search(name))


# --- by header -----------------------------------------------------------------------------------


def _by_header(text: str, line: Line) -> Iterator[Span]:
    header = re.compile(rf"[ 　]*(?:[—\-·●]*)({FIRM_HEADER.pattern})[ 　]*[\t：:]")
    match = header.match(text, line.start, line.end)
    if match is None or len(match.group(1)) < 4:
        return
    end = line.end
    tail = re.compile(r"等?(?:企业|单位|公司)?[。；;]?[ 　]*$").search(text, match.end(), line.end)
    if tail:
        end = tail.start()
    stop = text.find("。", match.end(), end)
    yield from _items(text, match.end(), end if stop < 0 else stop, "header")


# --- partners -----------------------------------------------------------------------------------

_PARTNER_BEFORE: Final = re.compile(
    r"(?:加强|深化|扩大|推进|推动|开展|促进|寻求|积极|继续)?(?:与|同|和|跟)[^。；\n]{0,60}$"
)
_PARTNER_AFTER: Final = re.compile(
    r"^[^。；\n]{0,60}?(?:等)?[^。；，\n]{0,20}(?:企业|公司|集团|巨头)?(?:的)?(?:战略|技术|全面|深度|项目|交流)?(?:合作|合资|对接|交流)"
)
_FOREIGN: Final = re.compile(
    r"[A-Za-z]{2,}|通用电气|西门子|庞巴迪|安塞尔多|阿尔斯通|施耐德|霍尼韦尔|罗克韦尔|三菱|日立|东芝|松下|索尼|丰田|本田|日产|大众|宝马|奔驰|"
    r"戴姆勒|奥迪|博世|采埃孚|大陆集团|蒂森|巴斯夫|拜耳|杜邦|陶氏|壳牌|空客|波音|罗罗|赛峰|普惠|发那科|安川|库卡|欧姆龙|三星|现代汽车|"
    r"乐金|浦项|英特尔|微软|苹果|谷歌|高通|英伟达|辉瑞|诺华|罗氏|强生|默克|赛诺菲|阿斯利康|飞利浦|卡特彼勒|力拓|必和必拓"
)


def split_partners(text: str, spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """Return the enterprises of the place and the foreign partners (与GE、西门子等企业合作).

    A partner is a foreign name within ``与…合作``: the text says with whom to work, not who is here.
    """
    own: list[Span] = []
    partners: list[Span] = []
    for span in spans:
        before = text[max(0, span.start - 64) : span.start]
        after = text[span.end : span.end + 90]
        foreign = _FOREIGN.match(span.within(text)) and not FIRM_SUFFIX.search(span.within(text))
        is_partner = foreign and _PARTNER_BEFORE.search(before) and _PARTNER_AFTER.match(after)
        (partners if is_partner else own).append(span)
    return own, partners
