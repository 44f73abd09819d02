"""What the numbers of a sentence count: 产值达到500亿元, 新增规上企业50家, 建成5个以上园区."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clusteratlas.policy.target_numbers import Number, numbers_in

MAX_BEFORE: Final = 80  # characters before a number that may say what it counts
MAX_QUANTITY: Final = 60
REACHED, MADE, BARE = "reached", "made", "bare"

_LEAST: Final = "不低于|不少于|不小于|超过|突破|跨越|迈过|超|高于|大于|多于|至少|≥|＞|>"
_MOST: Final = "不超过|不高于|不大于|不多于|低于|少于|小于|≤|＜|<"
_MORE: Final = "递增|新增|净增|增长|提高|增加|提升|上升"
_LESS: Final = "下降|降低|减少|压减|压缩|缩短|缩减|削减|下调"
_TAIL: Final = re.compile(
    rf"(?:(?P<verb>(?:{_MORE}|{_LESS}|扩大|发展|扩展|壮大|增|升|降|拓展|恢复)(?:到|至)(?:20\d\d年的?)?|达到|达至|达|实现|完成|"
    rf"(?:保持|稳定|维持|控制)(?:在|到)?)|(?P<grow>{_MORE})|(?P<shrink>{_LESS})|(?P<share>(?:占|达到?)[^，。；\d]{{2,14}}的)|"
    rf"(?P<weak>占比?|为|到|有|力争|争取|确保))?"
    rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST}))?(?:大?(?<!签)约|近|总计|合计)?"
    "(?:每(?P<per>[百千万亿]?[\u4e00-\u9fff]{1,2}))?[“ ]?$"
)
# 新增规上企业50家: the verb before what is counted
_MAKING: Final = re.compile(
    r"(?P<each>每年|年均)?(?:重点|累计|滚动|分批|再|共|各|新)*(?:(?P<grow>新增|净增|增加(?!值))|(?:培育|引进|引育|招引|引入|建成|"
    "建设|打造|创建|认定|开工|签约|盘活|改造|实施|完成|投产|孵化|集聚|聚集|转化|带动|消化|处置|腾退|整治|供应|收储|清理|"
    "发展|形成|吸引|组建|设立|争创|推广|建立|储备|落地|落户|培养|培训|吸纳|拓展|开发|淘汰|退出|压减|压缩|减少|节约|攻克|"
    "突破|研发|制定|修订|推动|推进|支持|遴选|选树|铺设|开通|获评|壮大|实现|转型|升级|整备))"
    "(?:和?(?:培育|壮大|认定|引进|建设|打造|发展))?"
)
_YEAR_SAID: Final = (
    r"(?:[到至在]|截至|截止)?20\d\d(?:[-—~～至到]20\d\d)?年?(?:底|末|度)?(?:[以之]?前)?"
)
_LEADING: Final = re.compile(
    rf"(?:{_YEAR_SAID}|年(?:底|末|以?前)|(?:全力|力争|争取|确保|努力|计划|预期|预计|目标|要(?=[在到确力争]))|到?“?十[一二三四五六]五”?(?:时?期?末|期间|时期)|"
    r"(?:力争|用|未来|今后)?[一二三四五六七八九十\d]{1,2}年(?:内|时间)|年(?:度|内)|[一二三四五六七八九]是|"
    "\\d{1,2}[.．]|[ 　、·•●—-]|和|及|与|以及|并且?|其中|同时|使|[今明当]年|全年(?!均))+"
)
_OF_ALL: Final = re.compile(r"(?:全市|全省|全县|全区|全州|全旗|全园|我[市县区省]|实现|基本|要|将)+")
_AFTER_QUANTITY: Final = re.compile(
    "(?:将|(?<![许认])可|(?<![需主重纲])要|预计|力争|争取|确保|有望|同比|已经?|以及|[到至]|分别|(?<!年)均|都|各|应|须|努力|"
    r"“|[ ]|[到在至]20\d\d年(?:底|末)?|(?<![比较由从于到在至])20\d\d年(?:底|末)?|"
    r"[一二两三四五六七八九十\d]{1,2}年内)+$"
)
# What the number is compared with: 由15%提高到20%, 比2020年增长8%
_EARLIER: Final = re.compile(
    r"(?:[由从](?:20\d\d年(?:底|末)?的?|目前的?|现在的?)?[约近]?\d[^，。；]{0,16}|[比较]20\d\d年(?:底|末)?|[比较](?:上年|去年)|"
    r"在20\d\d年(?:的)?基础上)$"
)
_FROM: Final = re.compile(r"[由从](?:20\d\d年(?:底|末)?的?|目前的?|现在的?)?[约近]?$")
_UP_TO_STOP: Final = re.compile(r".*[，。；：！？!?;\n\t|—]", re.DOTALL)
_JOINED: Final = re.compile("[ ]?(?:[、和及与]|以及)?[ ]?(?:分别)?[约近]?")
_NOUN: Final = re.compile(r"(?![为以是等在由被内])[^，。；：、！？\n\t（）()\d]{2,30}")
# After a number: what shows that it ends there, and what shows that it describes a thing
_ENDS: Final = re.compile(
    r"[^\u4e00-\u9fffA-Za-z“\d]|[和及与并且]|以及|其中|力争|争取|的?(?:大关|台阶|关口|目标|任务|水平)|$|使|占|同比|增长|较|比"
)
_DESCRIBES: Final = re.compile("的(?!目标|任务|水平)|级(?!别)|强")
# 高端装备产业：到2025年，产值1500亿元
_LABEL: Final = re.compile("(?P<trade>[^，。；：、\n]{2,16}(?:产业|集群|行业|制造业|产业链))：")
_BARE_MEASURE: Final = re.compile(
    "(?:工业)?总?产值|(?:产业)?规模|(?:主营业务|营业|销售)?收入|增加值|产量|税收"
)
_COUNTED: Final = frozenset("家户个项件名人座条所支处种台套艘架辆只头片对")
_TIMES: Final = frozenset({"年", "个月", "天"})
_ITEM: Final = re.compile("[、和及与]|以及")
_MEASURE: Final = re.compile(
    "(?:产业|集群|行业|制造业)?(?:(?:规上)?(?:工业)?(?:总产值|产值|增加值)|(?:主营业务|营业|销售)?收入|产业规模|规模|产量|销量|"
    "产能|税收|投资|数量|总数|占比|比重|面积)$"
)
_OF_PROJECTS: Final = re.compile(
    "(?:投资|投资额|占地|占地面积|规划面积|建筑面积|注册资本金?|年产|日产|年处理|概算)$"
)
_BEYOND: Final = re.compile("[高低快优好](?:于|过)")  # 高于全省平均水平2个百分点
_LISTED: Final = re.compile("、|等$")
_HELPED: Final = re.compile("支持|推动|推进|落户|转型|升级")
_NOT_COUNTED: Final = re.compile(
    "财政|专项资金|(?:总投资|计划投资|级|电科)$|研究院|^(?:按照?|根据|围绕|对照)"
)
_STATED: Final = re.compile("达|占|率$|度$|值$|总数$")
_YEARLY: Final = "年均"
_STATING: Final = ("verb", "grow", "shrink", "least", "most")
_NOUN_END: Final = re.compile("进入|入选|入围|纳入|实现|达到|投产|竣工|开工|建设$|的?目标$|任务$")


@dataclass(frozen=True)
class Figure:
    """A number, what it counts and how it is meant.

    Attributes
    ----------
    comparison
        ``>=``, ``<=``, ``=`` or ``growth``.
    form
        ``reached`` (产值达到), ``made`` (新增企业50家) or ``bare`` (企业50家).
    start, end
        The words that say it; ``start`` is after the year.
    place, of
        Its number in a list of numbers (分别达到50家、30家) and how many these are.
    """

    quantity: str
    value: float
    unit: str
    comparison: str
    form: str
    start: int
    end: int
    place: int = 0
    of: int = 1


def _groups(text: str, numbers: Sequence[Number]) -> Iterator[list[Number]]:
    """Yield numbers alone, or together if nothing but 、 parts them (50家、30家)."""
    group: list[Number] = []
    for number in numbers:
        if group and number.start < group[-1].end:
            continue
        if group and not _together(text, group, number):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def _together(text: str, group: Sequence[Number], number: Number) -> bool:
    """Return whether a number goes on with a list: of one unit, or 分别达到500亿元、20%."""
    if not _JOINED.fullmatch(text, group[-1].end, number.start):
        return False
    return (
        number.unit == group[0].unit or "分别" in text[max(0, group[0].start - 12) : group[0].start]
    )


class FigureReader:
    """Reads the sentences of a text; a number may go on with what the one before it said."""

    def __init__(self, text: str) -> None:
        self.text, self.start, self.end = text, 0, 0
        self._done = 0  # where the last number ends that describes nothing
        self._before = ""  # what it counts
        self._label = ""  # whose it is, if the sentence begins with it
        self._making: re.Match[str] | None = None  # the verb of 新增甲类5家、乙类3家

    def read(self, start: int, end: int) -> Iterator[Figure]:
        """Yield the numbers of a sentence that count something; a range gives both its ends."""
        self.start, self.end, self._done, self._making = start, end, start, None
        if self.text[start - 1 : start] not in {"；", ";"}:
            self._before = ""
        label = _LABEL.match(self.text, start, end)
        self._label = label.group("trade") if label else ""
        for group in _groups(self.text, numbers_in(self.text, start, end)):
            yield from self._group(group)

    def _group(self, group: Sequence[Number]) -> Iterator[Figure]:
        """Yield what a list of numbers counts."""
        text, first, last = self.text, group[0], group[-1]
        counted = last.unit in _COUNTED
        if (
            _FROM.search(text, max(self.start, first.start - 12), first.start)
            or _DESCRIBES.match(text, last.end, self.end)
            or not (counted or _ENDS.match(text, last.end, self.end))
        ):
            return
        begin = self._begin(first.start)
        lead = _LEADING.match(text, begin, first.start)
        start = lead.end() if lead else begin
        figure = self._figure(first, start)
        self._done = max(last.end, figure.end if figure else 0)
        if figure is not None and _counts(figure.quantity):
            if self._label and _BARE_MEASURE.fullmatch(figure.quantity):
                figure = replace(figure, quantity=f"{self._label}{figure.quantity}")
            self._before = figure.quantity.removesuffix(_YEARLY)
            each = "分别" in text[begin : first.start]
            if not each and len(group) == 1 and first.low is None:
                yield figure
            else:
                yield from _apart(replace(figure, end=max(figure.end, last.end)), group, each=each)

    def _begin(self, stop: int) -> int:
        """Return where the words before a number begin: after a stop, a number, an open bracket."""
        begin = max(self._done, self.start, stop - MAX_BEFORE)
        if stopped := _UP_TO_STOP.match(self.text, begin, stop):
            begin = stopped.end()
        opened: list[int] = []
        for position in range(begin, stop):
            if self.text[position] in "（(":
                opened.append(position + 1)
            elif self.text[position] in "）)":
                begin = begin if opened else position + 1
                del opened[-1:]
        return max(begin, *opened) if opened else begin

    def _figure(self, number: Number, start: int) -> Figure | None:
        said = self.text[start : number.start]
        tail = _TAIL.search(said)
        if tail is None:  # it may be empty, so that it always matches
            return None
        made = self._made(said, number, start) if not number.doubled else None
        quantity = _quantity(said[: tail.start()])
        stated = number.doubled or any(tail.group(key) for key in _STATING)
        if made is not None and (not stated or not quantity):
            return made
        weak, share = tail.group("weak") or "", tail.group("share") or ""
        if not stated and not weak and not share:
            return self._bare(quantity, number, start)
        if not quantity or quantity == _YEARLY:
            quantity = f"{self._before}{quantity}"
        self._making = None
        quantity += (weak if weak.startswith("占") else "") + share.removesuffix("的")
        if not stated:
            return self._bare(quantity, number, start)
        return _reached(quantity, tail, number, start)

    def _noun_after(self, number: Number) -> re.Match[str] | None:
        """Return what stands after a number that counts things: 5个园区."""
        if number.unit not in _COUNTED or _ENDS.match(self.text, number.end, self.end):
            return None
        return _NOUN.match(self.text, number.end, self.end)

    def _bare(self, quantity: str, number: Number, start: int) -> Figure | None:
        if _OF_PROJECTS.search(quantity) or number.unit in _TIMES or self._noun_after(number):
            return None
        comparison = number.bound or "="
        if _BEYOND.match(quantity):
            quantity = f"{self._before}{quantity}"
        return Figure(quantity, number.value, number.unit, comparison, BARE, start, number.end)

    def _made(self, said: str, number: Number, start: int) -> Figure | None:
        """Return what is made: 新增规上企业50家, 建成5个园区, and 、B类3家 after one such."""
        whole = _OF_ALL.match(said)
        making = _MAKING.match(said, whole.end() if whole else 0)
        noun = _quantity(said[making.end() if making else 0 :])
        counted = number.unit in _COUNTED
        if making is None and counted and not _STATED.search(noun):
            making = self._making
        if making is None or number.unit in {*_TIMES, "倍"}:
            return None
        verb, helped = making.group(), bool(_HELPED.match(making.group()))
        end, after = number.end, self._noun_after(number)
        if after is not None:  # 5个园区; 甲、乙等5个园区
            if (len(noun) >= 2 and not _LISTED.search(noun)) or (noun and helped):
                return None
            noun, end = _NOUN_END.split(after.group())[0], after.end()
        if len(noun) < 2 or noun.endswith("等") or (helped and not counted):
            return None
        if _OF_PROJECTS.search(noun) and not verb.endswith(("完成", "实现")):
            return None
        self._making = making
        grows = bool(making.group("grow")) and not number.bound
        quantity = noun if grows and not making.group("each") else verb.removeprefix("实现") + noun
        comparison = "growth" if grows else number.bound or "="
        return Figure(quantity, number.value, number.unit, comparison, MADE, start, end)


def _reached(quantity: str, tail: re.Match[str], number: Number, start: int) -> Figure:
    """Return what is reached; ``tail`` are the verb and the bound before the number."""
    grow, shrink = tail.group("grow"), tail.group("shrink")
    bound = number.bound or (">=" if tail.group("least") else "<=" if tail.group("most") else "")
    if shrink or (grow and bound and not quantity.endswith(_YEARLY)):
        quantity += shrink or grow
    comparison = bound or ("growth" if grow else "=")
    unit = f"{number.unit}/{per}" if (per := tail.group("per")) else number.unit
    return Figure(quantity, number.value, unit, comparison, REACHED, start, number.end)


def _counts(quantity: str) -> bool:
    """Return whether words can be what is counted; money spent to reach a goal is none."""
    return 2 <= len(quantity) <= MAX_QUANTITY and not _NOT_COUNTED.search(quantity)


def _quantity(said: str) -> str:
    """Return what is counted without what it is compared with, 全市 before it and 将 after it."""
    said = _AFTER_QUANTITY.sub("", said)
    said = _AFTER_QUANTITY.sub("", _EARLIER.sub("", said))
    whole = _OF_ALL.match(said)
    said = said[whole.end() if whole else 0 :].strip(" 　")
    return said if said.count("“") == said.count("”") else said.replace("“", "").replace("”", "")


def _apart(figure: Figure, group: Sequence[Number], *, each: bool) -> Iterator[Figure]:
    """Yield the figures of a list of numbers: one for each thing listed, else all of the same."""
    names = _named(figure.quantity, len(group)) if each else []
    if len(names) > len(group):  # 甲、乙产值分别达到100亿元
        group = [group[0]] * len(names)
    for place, number in enumerate(group):
        one = replace(figure, value=number.value, place=place, of=1 if names else len(group))
        one = replace(one, quantity=names[place]) if names else one
        if number.low is None:
            yield one
        else:
            yield replace(one, value=number.low, comparison=">=")
            yield replace(one, comparison="<=")


def _named(quantity: str, count: int) -> list[str]:
    """Return the things that a quantity lists, with the measure of the last one; [] if not as many."""
    names = [name for name in _ITEM.split(quantity) if len(name) > 1]
    if len(names) < 2 or count not in {1, len(names)}:
        return []
    measure = _MEASURE.search(names[-1])
    said = measure.group() if measure else ""
    return [name if _MEASURE.search(name) else f"{name}{said}" for name in names]
