"""Names known beforehand: well-known firms, shipped enterprises, and those the text itself gave."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.lexicon import generic_words
from clusteratlas.policy.linking import bare_name, enterprise_catalog
from clusteratlas.policy.name_index import spans_of
from clusteratlas.policy.names import DELIMITERS
from clusteratlas.policy.places import name_prefixes, place_at, place_level
from clusteratlas.policy.plants import plant_end
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import official_marks
from clusteratlas.policy.vocabulary import is_ordinary, is_word, name_likeness
from clusteratlas.policy.words import word_list, word_set

_CHARS_BEFORE: Final = 12
_CHARS_AFTER: Final = 32
_EDGES: Final = frozenset({"", "、", "，", "。", "；", "：", "\n", "和", "与"})
# Too weak to vouch for the same word elsewhere.
_WEAK: Final = frozenset({"short form", "frame", "capacity", "coined"})
_TRADE_TAIL: Final = re.compile(
    r"(?:药业|制药|科技|电子|化工|集团|实业|新材料|新能源|能源|食品|机械|电气|生物|医药|汽车|钢铁|铝业|纸业|乳业|酒业|矿业|水泥|建材|纺织|轮胎|"
    r"重工|电器|光电|股份)$"
)
_ITEM_STARTS: Final = frozenset("、，。；：\n以和与持进促动")
_ITEM_ENDS: Final = frozenset("、，。；等和与\n")
_TRADE_EDGES: Final = re.compile(
    r"[、，。；等）)\n]|建成|投产|达产|开工|竣工|落户|入选|荣获|扩能|扩建|扩产|技改|[一二三四]期|\Z"
)
_BRANCH_FORM: Final = re.compile(
    "电机|所|公司|石化|机车|航空|分公司|车辆|电气|动力|汽车|钢铁|能源|铝业|新材料|轮胎|药业|饮品|"
)
_BRANCH_END: Final = re.compile(r"[、，。；等）)\n]|\Z")
_PLACE_AFTER: Final = re.compile("[镇乡村]|街道|社区|路|大道|大桥|水库|河|湖|流域")
_NOT_AFTER: Final = (
    "科技大学",
    "大学",
    "学院",
    "创新实验室",
    "开综合",
    "流域",
    "生态",
    "产业",
    "装备",
    "工业",
    "行业",
    "基础",
    "产品",
    "制造业",
    "园区",
    "深加工",
    "下游",
    "化工产业",
)


@cache
def shipped_names() -> frozenset[str]:
    """Return names and aliases of the shipped enterprises as :func:`official_marks` writes them.

    ASCII names (GE) are left out.
    """
    names = enterprise_catalog().names
    return frozenset(official_marks(name) for name in names if not name.isascii())


def names_from(text: str, spans: Iterable[Span]) -> frozenset[str]:
    """Return the names of spans, and what is left of a full name without place and legal form."""
    names: set[str] = set()
    for name, reason in {(span.within(text), span.reason) for span in spans}:
        if reason in _WEAK:
            continue
        names.add(name)
        bare = bare_name(name)
        own = _TRADE_TAIL.sub("", bare)
        if reason == "legal form" and len(own) == 2 and _is_own_word(own):
            names.add(own)
        if len(bare) >= 3 and bare not in name_prefixes() and not is_ordinary(bare):
            names.add(bare)
    return frozenset(name for name in names if len(name) >= 2)


def _is_own_word(word: str) -> bool:
    """Return whether two characters are a firm's own word, which the text may use for it (紫鑫)."""
    return word not in name_prefixes() and not is_ordinary(word) and name_likeness(word) > 0


def find_known(text: str, names: frozenset[str], reason: str) -> Iterator[Span]:
    """Yield the places where known names stand as names, not inside other words."""
    if not names:
        return
    for start, end in spans_of(text, names):
        first = max(0, start - _CHARS_BEFORE)
        found = _named(text[first : end + _CHARS_AFTER], start - first, end - first)
        if found is not None:
            yield Span(first + found[0], first + found[1], reason)


@lru_cache(maxsize=50_000)
def _named(around: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the name of a firm stands that holds a known one, None if it is no name there.

    ``around`` holds as many characters before and after the known name as are ever looked at.
    """
    if not _bounded(around, start, end):
        return None
    return _with_city(around, start), _with_trade(around, _with_branch(around, end))


def beside_firms(text: str, spans: list[Span]) -> Iterator[Span]:
    """Yield everyday words that stand beside a firm in an enumeration: 联想、富士康."""
    words = word_set("firms beside firms")
    for span in spans:
        if text.startswith("、", span.end):
            start = span.end + 1
            for stop in range(start + 4, start + 1, -1):
                if text[start:stop] in words and text[stop : stop + 1] in _ITEM_ENDS:
                    yield Span(start, stop, "beside a firm")
        if text.endswith("、", 0, span.start):
            end = span.start - 1
            for start in range(max(1, end - 4), end - 1):
                if text[start:end] in words and text[start - 1] in _ITEM_STARTS:
                    yield Span(start, end, "beside a firm")


def _with_branch(text: str, end: int) -> int:
    """Return the end of a name with the city of its branch: 中车株洲电机."""
    place = place_at(text, end, end + 4)
    if place_level(place) != "city" or place[-1] in "市区县州":
        return end
    form = _BRANCH_FORM.match(text, end + len(place))
    return form.end() if form and _BRANCH_END.match(text, form.end()) else end


def _with_trade(text: str, end: int) -> int:
    """Return the end of a name that goes on with a trade and then ends (华能电力)."""
    for size in (3, 2):
        word = text[end : end + size]
        stop = end + len(word)  # near the end of the text fewer characters are left
        if word in word_set("trades of names") and _TRADE_EDGES.match(text, stop):
            return stop
    return end


def _with_city(text: str, start: int) -> int:
    """Return where a branch's name begins: the place right before a firm belongs to it (曲靖隆基)."""
    for size in range(min(start, 4), 1, -1):
        begin = start - size
        place = text[begin:start]
        if (
            place in name_prefixes()
            and place[-1] not in "省市区县"
            and place_level(place) != "county"
            and text[max(0, begin - 1) : begin] in _EDGES
        ):
            return begin
    return start


def _bounded(text: str, start: int, end: int) -> bool:
    blocking = _NOT_AFTER if end - start < 4 else _NOT_AFTER[:4]
    if text.startswith(blocking, end) or _PLACE_AFTER.match(text, end):
        return False
    ascii_edge = text[start].isascii() or text[end - 1].isascii()
    if ascii_edge and (_is_ascii_word(text, start - 1) or _is_ascii_word(text, end)):
        return False
    if _within_words(text, start, end):
        return False
    if end - start >= 4:
        return True
    if start == 0 or text[start - 1] in "、，。；：\n":  # a name of its own: 京东无人机, 协鑫热熔胶
        return True
    if not _left_bounded(text, start):
        return False
    if end - start >= 3 or _right_bounded(text, end) or _trade_follows(text, end):
        return True
    return plant_end(text, end) > end  # 华能营口热电


def _within_words(text: str, start: int, end: int) -> bool:
    """Return whether the beginning of a name belongs to the word before it (全国|新能源)."""
    if text[start : start + 2] == "中国" and _trade_follows(text, end):  # 中国电子信息百强
        return True
    return is_word(text[start - 1 : start + 1]) and is_ordinary(text[start + 1 : end])


def _trade_follows(text: str, end: int) -> bool:
    """Return whether a trade or product stands next (晶澳光伏, 吉利汽车)."""
    return any(text[end : end + size] in generic_words() for size in (2, 3, 4))


def _is_ascii_word(text: str, position: int) -> bool:
    return 0 <= position < len(text) and text[position].isascii() and text[position].isalnum()


def _left_bounded(text: str, start: int) -> bool:
    if start == 0 or text[start - 1] in DELIMITERS or not "\u4e00" <= text[start - 1] <= "\u9fff":
        return True
    if text[start - 1] in "区县镇园" and text[start - 2 : start] not in {"地区", "城区", "小区"}:
        return True  # 高新区康师傅饮品项目
    before = text[max(0, start - 6) : start]
    return before.endswith(_triggers()) or any(before[k:] in name_prefixes() for k in range(6))


@cache
def _triggers() -> tuple[str, ...]:
    return (*word_list("strong triggers"), *word_list("weak triggers"), "的", "等", "企业")


def _right_bounded(text: str, end: int) -> bool:
    if end >= len(text) or text[end] in DELIMITERS or not "\u4e00" <= text[end] <= "\u9fff":
        return True
    return any(text.startswith(word, end) for word in word_list("after firms"))
