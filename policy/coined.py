"""Firms whose name is a coined word: 固德威, 达福鑫, 永茂泰. No list of them is needed.

What is left of a sentence when its everyday words are taken away (vocabulary.py) is either a name
or an official's new word. A firm shows by the characters of the rest and by what stands beside it:
a trade (晶讯光电), an enumeration, a project, a verb that is said of firms (引进, 扶持).
"""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from clusteratlas.policy.codes import among, codes_of
from clusteratlas.policy.firm_short_names import SHORT_FORM, follows_firm
from clusteratlas.policy.lexicon import generic_words
from clusteratlas.policy.places import place_level
from clusteratlas.policy.public_works import WORKS, in_works
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.text_words import CHARACTER, words_of
from clusteratlas.policy.vocabulary import (
    FUNCTION_CHARS,
    Token,
    cut,
    is_rest,
    is_word,
    name_likeness,
)
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_list, word_set

MAX_CORE_CHARS: Final = 5
MAX_TAIL_TOKENS: Final = 3
_HAN: Final = re.compile("[\u4e00-\u9fff]{2,}")
_LEADING: Final = frozenset("大小新中正天人百万一三九五金高")  # may begin a name: 大参林, 三聚
_LEADS: Final = _LEADING | {"之"}
# What follows the name of a place, a person, a road or a meeting, not that of a firm.
_NOT_AFTER: Final = re.compile(
    r"煤矿|矿井|[镇乡村河湖江山海岛湾港路桥县区市州旗盟段线渠岭洞寺庙塔殿宫庄沟坝]|街道?|大道|高速|高铁|铁路|机场|水库|"
    r"灌区|流域|盆地|文化|地区|片区|新区|新城|新村|口岸|景区|湿地|水电|电站|抽水|核电|运河|水利|半岛|群岛|古|城际|"
    r"院士|教授|同志|先生|女士|总书记|省长|市长|书记|主席|主任|团队|精神|大会|会|杯|奖|博览|论坛|大学|学院|中学|小学|"
    r"医院|品牌|英才|人才|计划|行动|工程|实验室|走廊|经济|都市|城市|大地|儿女|特色|优势|传统|一体化|模式|机制|体系|"
    r"效应|政策|方式|能力|平台|系统|指数|技术|产业|行业|领域|部队|单位|战略|理念|标准"
)
_OF_PLACES: Final = frozenset("路街巷道镇乡村屯沟")
_SURE_VERB: Final = re.compile(
    r"(?:引进|引入|招引|签约|扶持|携手|牵手|收购|并购|龙头企业|骨干企业|重点企业|500强|巨头|链主企业)了?[“\"]?$"
)
_PROJECT: Final = re.compile(
    r"[^，。；、\n\t]{0,16}?(?:项目|生产线|[一二三四五]期|工厂|总部|基地[建项二一三])"
)
_NO_FIRM: Final = re.compile(
    r"(?:实施|弘扬|传承|举办|推动实施)[“\"]?$|[^\u4e00-\u9fff、，。；：“\"（(][“\"]$"
)
_SECTOR_VERB: Final = re.compile(
    r"(?:发展|促进|壮大|提升|推广|做强|做优|做大|聚焦|突出|以及|升级|改造|振兴|做精)$"
)
_SCHOOL: Final = re.compile(
    "车间|工厂|大学|学院|职业|医院|学校|协会|商会|展览|博览|论坛|大会|城|园|小镇"
)
_PIECE_EDGES: Final = frozenset({"", "、", "，", "。", "；", "：", "\n", "\t", " ", "“", "（", "("})
_NEAR_PROJECT: Final = re.compile(
    "(?:[一二三四五]期|项目|年产|总部|工厂|生产线|投产|扩产|扩能|技改)"
)
_PROJECT_LIST: Final = re.compile(
    r"[^。；\n\t]{0,240}?(?:等(?:[^，。；、\n\t]{0,14}?)(?:项目|工程)|\d+个[^，。；、\n\t]{0,10}项目|等[^，。；、]{0,4}\d+条[^，。；、]{0,24}生产线)"
)
_NEAR_EDGE: Final = re.compile(r"[^、，。；：\n\t和与等“”（）()]{0,2}(?=[、等，。和与])")
_ITEM: Final = re.compile(r"[^、，。；\n\t]{0,40}")
_FIRM_LIST: Final = re.compile(
    r"[^，。；\n\t]{0,120}?等(?:[^，。；、\n\t]{0,14}?)(?:企业|公司|项目|厂商|龙头|巨头|集团)"
)


@dataclass(frozen=True)
class Core:
    """A rest between everyday words: where it stands, how far a trade goes on, how it looks."""

    start: int
    end: int
    tail: int  # end of the trade words right after it
    likeness: float
    edge: bool  # whether it stands at the beginning of its piece or after a word that ends one

    def moved(self, by: int) -> "Core":
        """Return the same core, placed in a text in which its run begins so much later."""
        return Core(self.start + by, self.end + by, self.tail + by, self.likeness, self.edge)


def by_coined(text: str, line: Line) -> Iterator[Span]:
    """Yield the coined names of a line where the words around them speak of a firm."""
    for start, stop in runs_with_rest(text, line.start, line.end):
        for found in _cores(text[start:stop]):
            core = found.moved(start)
            end = _firm_end(text, core)
            if end:
                tokens = cut(text, start, stop)
                yield Span(_with_place(text, tokens, core.start), end, "coined")


def runs_with_rest(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of Chinese characters between two line ends that may hold a coined word."""
    starts, ends = _runs_with_rest(text)
    for at in range(bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)):
        yield starts[at], ends[at]


@lru_cache(maxsize=2)
def _runs_with_rest(text: str) -> tuple[list[int], list[int]]:
    """Return start and end of the runs with two characters of rest beside each other.

    One is enough where another character may begin or join the word with it (_lead, _is_within).
    """
    words = words_of(text)
    if not len(words.starts):
        return [], []
    first = codes_of(text)[words.starts]
    single = words.ends - words.starts == 1
    rest = single & (words.kinds >= CHARACTER) & ~among(first, FUNCTION_CHARS)
    beside = np.append(False, words.starts[1:] == words.ends[:-1])
    may = rest & beside
    may[1:] &= (rest | (single & among(first, _LEADS)))[:-1]
    opens = np.flatnonzero(~beside)
    runs = np.unique(np.searchsorted(opens, np.flatnonzero(may), "right") - 1)
    ends = words.ends[np.append(opens[1:], len(first)) - 1]
    return words.starts[opens][runs].tolist(), ends[runs].tolist()


def has_coined(name: str) -> bool:
    """Return whether a text holds a coined word or is a well-known name, so that it may be a firm."""
    if name in well_known():
        return True
    return any(core.likeness > 0 for run in _HAN.finditer(name) for core in _cores(run.group()))


@lru_cache(maxsize=20_000)
def _cores(run: str) -> tuple[Core, ...]:
    """Return the coined words of a run without stops, placed from its beginning."""
    return tuple(_each_core(run, cut(run, 0, len(run))))


def _each_core(text: str, tokens: Sequence[Token]) -> Iterator[Core]:
    index = 0
    while index < len(tokens):
        if not is_rest(text, tokens[index]):
            index += 1
            continue
        first = index
        while index < len(tokens) and (
            is_rest(text, tokens[index]) or _is_within(text, tokens, index)
        ):
            index += 1
        start, end = tokens[first].start, tokens[index - 1].end
        start = _lead(text, tokens, first, start)
        known = next((n for n in (4, 3, 2) if text[start : start + n] in known_words()), 0)
        if known and start + known < end:  # 彩虹高 of 彩虹高清晰度
            end = start + known
        if 2 <= end - start <= MAX_CORE_CHARS:
            tail = _tail(text, tokens, index)
            likeness = name_likeness(text[start:end])
            yield Core(start, end, tail, likeness, _at_edge(text, tokens, first))


@cache
def known_words() -> frozenset[str]:
    """Return the well-known names, those that are everyday words included."""
    return well_known() | word_set("firms beside firms")


def _is_within(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Return whether a 之 stands within a coined word: 喜之郎."""
    if text[tokens[index].start : tokens[index].end] != "之" or index + 1 == len(tokens):
        return False
    return is_rest(text, tokens[index + 1])


def _lead(text: str, tokens: Sequence[Token], first: int, start: int) -> int:
    """Return the start with a leading 大, 三 and the like that stands at the beginning of a piece."""
    if first == 0:
        return start
    before = tokens[first - 1]
    single = before.end - before.start == 1 and text[before.start] in _LEADING
    if single and (first == 1 or tokens[first - 2].end - tokens[first - 2].start > 1):
        return before.start
    return start


def _at_edge(text: str, tokens: Sequence[Token], first: int) -> bool:
    if first == 0:
        return True
    before = text[tokens[first - 1].start : tokens[first - 1].end]
    return before in _edges() or before in "的和与及等在由以将对从"


@cache
def _edges() -> frozenset[str]:
    return frozenset((*word_list("strong triggers"), *word_list("weak triggers")))


def _tail(text: str, tokens: Sequence[Token], index: int) -> int:
    """Return where the trade words after a core end."""
    end = tokens[index - 1].end
    for token in tokens[index : index + MAX_TAIL_TOKENS]:
        word = text[token.start : token.end]
        if word not in generic_words() or len(word) < 2 or word in word_set("no firm tail"):
            break
        end = token.end
    return end


def _firm_end(text: str, core: Core) -> int:
    """Return where the firm's name ends that a core belongs to, 0 if there is none."""
    before = text[max(0, core.start - 8) : core.start]
    form = SHORT_FORM.search(text, max(core.start + 2, core.end - 2), core.tail + 2)
    if form and _is_known_product(text, core, form):
        form = None
    if form and form.start() <= core.end and _form_fits(text, core, form, before):
        return form.end()
    if core.likeness < 0 or text[core.end - 1] in _OF_PLACES:  # 玉川路
        return 0
    if _NOT_AFTER.match(text, core.end) or _NO_FIRM.search(before):
        return 0
    listed = _listed_end(text, core, before)
    if listed > core.end or (core.likeness > 0.5 and _SURE_VERB.search(before)):
        return max(listed, _with_trade(text, core))
    if core.edge or before[-1:] in _PIECE_EDGES:
        if core.likeness > 0.5 and _NEAR_PROJECT.match(text, core.end):
            return _with_trade(text, core) if not in_works(text, core.start, core.end) else 0
        project = _PROJECT.match(text, core.end, core.end + 24)
        if core.likeness > 1.0 and project and not WORKS.search(project.group()):
            return _with_trade(text, core) if not in_works(text, core.start, core.end) else 0
    return listed or _project_item_end(text, core, before)


def _project_item_end(text: str, core: Core, before: str) -> int:
    """Return the end of a core that begins an item of a list of projects, 0 if it does not."""
    begins = before[-1:] in {"、", "：", "；", "，"} or (core.edge and core.likeness > 1.0)
    if not begins or core.likeness < 0.5 or not _PROJECT_LIST.match(text, core.end, core.end + 260):
        return 0
    item = _ITEM.match(text, core.end, core.end + 40)
    if item is None or WORKS.search(item.group()) or in_works(text, core.start, core.end):
        return 0
    return _with_trade(text, core)


def _with_trade(text: str, core: Core) -> int:
    """Return the end of a core with the one trade right after it, if it is no well-known name."""
    form = SHORT_FORM.match(text, core.end)
    if (
        form
        and text[core.start : core.end] not in well_known()
        and not _SCHOOL.match(text, form.end())
    ):
        end = form.end() + (text[form.end() : form.end() + 1] in {"院", "厂"})
        return end + 3 if text.startswith("汽车零部件", end - 2) else end
    institute = (
        text[core.end : core.end + 1] == "院" and text[core.end + 1 : core.end + 2] in "、，。等"
    )
    return core.end + institute


def coined_head(name: str) -> int:
    """Return where the coined word that a name begins with ends, its trade included; 0 if none does."""
    run = _HAN.match(name)
    core = next(iter(_cores(run.group())), None) if run else None
    if core is None or core.start or core.likeness < 0:
        return 0
    return _with_trade(name, core)


def _is_known_product(text: str, core: Core, form: re.Match[str]) -> bool:
    """Return whether a well-known firm's product stands after its name: 彩虹|玻璃基板."""
    known = text[core.start : core.end] in well_known() and form.group("likely")
    return bool(known and text[form.end() : form.end() + 1] not in "、，。；等")


def _form_fits(text: str, core: Core, form: re.Match[str], before: str) -> bool:
    """Return whether a trade right after a core makes it a firm's name (晶讯光电)."""
    if _NO_FIRM.search(before) or _SCHOOL.match(text, form.end()):
        return False
    if form.group("likely") and _SECTOR_VERB.search(before):
        return False
    least = -0.5 if form.group("sure") else 0.0 if form.group("fair") else 0.8
    return core.likeness >= least and follows_firm(
        text, form, core.likeness, before[-1:] in {"", "。", "\n"}
    )


def _listed_end(text: str, core: Core, before: str) -> int:
    """Return the end of a core that is a whole item of an enumeration of firms, 0 if it is none."""
    edge = _NEAR_EDGE.match(text, core.end)
    if edge is None:
        return 0
    end = edge.end()
    if is_word(text[core.end : end]):
        return 0
    if before[-1:] != "、" and text[end : end + 1] != "、":
        return 0
    if not _FIRM_LIST.match(text, core.end) or in_works(text, core.start, core.end):
        return 0
    return end


def _with_place(text: str, tokens: Sequence[Token], start: int) -> int:
    """Return the start with the city or province right before the core: 邵阳彩虹, 江西塔益莱.

    A county says only where the firm is (盐池萌生水泥).
    """
    for index, token in enumerate(tokens):
        if token.end == start and token.kind == "place" and text[token.end - 1] not in "省市区县":
            before = text[tokens[index - 1].start : token.start] if index else ""
            level = place_level(text[token.start : token.end])
            if level != "county" and (not before or before in _edges() or before in "的和与及等由"):
                return token.start
    return start
