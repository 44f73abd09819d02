"""Where a name begins: the left edge of an enterprise's or a park's name in running text."""

import re
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.lexicon import LEADING_FUNCTION_CHARS
from clusteratlas.policy.places import place_at
from clusteratlas.policy.words import any_of, word_list

DELIMITERS: Final = frozenset("、，,。；;：:！!？?\n\t\r\u3000 “”\"'‘’《》<>【】[]〔〕—…/|＋+*#．·")
MAX_NAME_CHARS: Final = 40
_AFTER_PLACE: Final = re.compile("[以由将]|现有|拥有")
_NUMBERED: Final = re.compile(r"\d{1,3}[.．、]|\d{1,3}|[（(][一二三四五六七八九十\d]{1,3}[）)]")
# Words that begin with a function character and are names or their beginnings.
_FALSE_LEADS: Final = (
    "以岭", "以色列", "应用", "应县", "可口", "将军", "和谐", "是德", "对外", "可再生", "再生",
    "能源", "能科", "向阳", "和林格", "和田", "和静", "和龙", "和顺", "和硕", "和政", "和县", "和布克",
)  # fmt: skip
_OPEN: Final = "（("
_TO_LAST_STOP: Final = re.compile(f"(?s:.*)[{re.escape(''.join(sorted(DELIMITERS)) + _OPEN)}]")
_CLOSE: Final = "）)"


@cache
def _strong() -> re.Pattern[str]:
    guarded = (
        r"(?<![美绿目标])的|企业(?!集团|管理|发展|服务|有限|股份|家|总部)|"
        r"(?<=[\u4e00-\u9fff])等(?![离级奖])|"
        r"(?:项目|产业|产品|领域|行业|集群|系列)[和与及]|(?<=[\u4e00-\u9fff])了|(?<!北)新建(?!材)|"
        r"(?<=[区市县省园镇内])有(?![限色机效])"
    )
    return re.compile(any_of(word_list("strong triggers")) + "|" + guarded)


@cache
def _weak() -> re.Pattern[str]:
    return re.compile(any_of(word_list("weak triggers")))


def piece_start(text: str, end: int, limit: int = 0) -> int:
    """Return where the run of text that ends at ``end`` begins: after the nearest delimiter.

    A closed bracket inside the run belongs to it (本溪钢铁（集团）有限公司); an open one ends it.
    """
    position = end
    floor = max(limit, end - MAX_NAME_CHARS)
    if text.find("）", floor, end) < 0 and text.find(")", floor, end) < 0:
        stop = _TO_LAST_STOP.match(text, floor, end)
        return stop.end() if stop else floor
    while position > floor:
        char = text[position - 1]
        if char in DELIMITERS or char in _OPEN:
            break
        if char in _CLOSE:
            opening = _matching_open(text, position - 1, floor)
            if opening < 0:
                break
            position = opening
            continue
        position -= 1
    return max(position, floor)


def _matching_open(text: str, close: int, floor: int) -> int:
    for position in range(close - 1, max(floor, close - 14) - 1, -1):
        if text[position] in _OPEN:
            return position
        if text[position] in "。；;\n\t）)、，":
            return -1
    return -1


def name_start(text: str, start: int, end: int, *, keep: int = 2) -> int:
    """Return where the name within ``text[start:end]`` begins.

    The last strong trigger (依托, 支持, 的 ...) ends what stands before the name; a weak one (建设,
    与, 为 ...) only if a place name follows, for it may be part of the name itself.

    Parameters
    ----------
    text
        The whole text.
    start, end
        A piece without delimiters that ends with the name.
    keep
        Characters at the end that no trigger may eat (the legal form).
    """
    return start + _offset(text[start:end], keep)


@lru_cache(maxsize=50_000)
def _offset(piece: str, keep: int) -> int:
    text, start, end = piece, 0, len(piece)
    numbered = _NUMBERED.match(text, start, end)
    if numbered and (numbered.group()[-1] in ".．、）)" or place_at(text, numbered.end(), end)):
        start = numbered.end()
    begin = start
    for match in _strong().finditer(text, start, end):
        if match.end() <= end - keep:
            begin = match.end()
    for match in _weak().finditer(text, begin, end):
        named = match.end() <= end - keep and place_at(text, match.end(), end)
        if (
            match.group() == "新" and match.start() > start and text[match.start() - 1] == "中"
        ):  # 中新
            continue
        if named and (match.start() == begin or not place_at(text, begin, match.start())):
            begin = match.end()
    for match in _AFTER_PLACE.finditer(text, begin, end):  # 宝鸡市以宝钛集团为引领
        before = text[begin : match.start()]
        if before and match.end() <= end - keep and place_at(text, begin, match.start()) == before:
            begin = match.end()
            break
    said = begin + after_clause(text[begin:end], own=True)
    if said <= end - max(keep, 2):
        begin = said
    return _strip_lead(text, begin, end, keep)


def _strip_lead(text: str, begin: int, end: int, keep: int) -> int:
    while begin < end - keep - 1 and text[begin] in LEADING_FUNCTION_CHARS:
        if text[begin] == "和" and text[begin + 2 : begin + 3] in {"（", "("}:  # 和达（山东）
            break
        if text.startswith(_FALSE_LEADS, begin):
            break
        begin += 1
    return begin
