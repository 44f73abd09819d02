"""Positionings in sentences: of which units a clause speaks and what it says they are to develop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from clusteratlas.policy.coined import has_coined
from clusteratlas.policy.places import place_index
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_beside import beside
from clusteratlas.policy.stated_sectors import said_plainly, stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.subjects import NOT_SUBJECT, groups, is_built, may_be_subject
from clusteratlas.policy.unit_titles import heading_trade
from clusteratlas.policy.units import Unit
from clusteratlas.policy.well_known import well_known

# A list between 以 and 为 may hold commas (以外贸，配送，检测等为主导产业).
_CLAUSE: Final = re.compile(
    r"[^，,]*以[^，,。；为]{2,20}(?:，[^，,。；为以]{2,14}){1,6}为(?:主导|支柱|重点|特色|"
    r"主)[^，,]*|[^，,]+"
)
_INVESTMENT: Final = re.compile(r"投资(?:[约超近]?[\d百千数两]|建设)")
_MADE: Final = re.compile("(?:打造|建设|形成|建成|培育)$")
_PLANS_IN: Final = re.compile("(?:规划|计划|将|要|[县市区旗])在$")
_ANCHOR: Final = re.compile(
    r"(?:[两三四五六七八九\d]?(?:市|县|区|地))?(?:等)?为[^，。；的]{0,8}?(?:重点|核心|中心|"
    r"主体|主|龙头|"
    r"引领|双核|双引擎|补充|支撑|两翼|节点|支点|配套|拓展区|辐射区|联动区|协同区|延伸)(?!的)"
)
_STRONG: Final = re.compile(
    r"(?:重点|积极|大力|着力|主要|优先)(?:发展|引进|培育|打造)|(?:发展|引进|聚焦|推动|"
    r"集聚)[^，。；]{2,40}(?:产业|业|领域|产品|等新)|以[^，。；]{2,40}为(?:主|重点|主导)"
)


def in_sentence(reading: "Reading", units: list[Unit]) -> Iterator[Positioning]:
    """Yield what a sentence says of its units, or of the ones that the text was speaking of.

    Parameters
    ----------
    units
        The units of the sentence of which it may speak, in order (:func:`speakable`).
    """
    reading.units = units
    for clause in _CLAUSE.finditer(reading.text, reading.start, reading.end):
        here = [unit for unit in units if clause.start() <= unit.start and unit.end <= clause.end()]
        yield from reading.clause(clause.start(), clause.end(), here)


# 2.装备制造，以甲、乙为核心
_LEAD_TRADE: Final = re.compile(
    r"(?:[“\"][^“”\"]{2,5}[”\"][：:])?[ 　\d一二三四五六七八九十、.．（）()—\-●]*"
    r"(?:[两三四五六七八九十]是)?"
    r"(?P<trade>[^，。；：、\d]{2,16}?(?:、[^，。；：、]{2,12})?)"
    r"(?:产业|领域|行业)?(?:链|集群)?(?=[，：]|主要|重点|以)"
)


_TWO_COUNTRIES: Final = re.compile("中[德日韩俄法英美意欧荷奥瑞新以泰蒙白印]")
_WITHIN: Final = frozenset({"park", "zone", "town"})
_VEHICLE: Final = re.compile(
    "[)）]?(?:[（(][^（）()]{1,30}[)）])?为(?:主要|重要|核心)?(?:载体|依托|平台|主阵地|承载|"
    "(?P<centre>中心|核心|龙头|重点|主(?![导攻要]))(?!的|区))"
)
_WITH_FIRM: Final = re.compile("以[^，。；]{2,16}[和、]$")  # 以甲集团和乙园为依托
_MEANS_LIST: Final = re.compile("以[^，。；]{2,20}[、和与]$")
_AS: Final = re.compile("[^，。；]{0,6}为")
_SITE: Final = re.compile(
    r"(?:选址(?:于|在)?|位于|地处|坐落[于在]?|覆盖|范围(?:包括|涉及|为)?)(?:[^，。；]{2,16}[、和])*$"
)
_PUSHED: Final = re.compile(
    r"(?:等)?[^，。；]{0,8}?(?:项目|园区|基地)?(?:建设|开发|改造|升级|扩区|提质|发展)(?=[，。；]|$)"
)
_JOINED: Final = re.compile("(?:联动|辐射|带动|协同|辅以|延伸至|辐射带动)$")


class Role(Enum):
    """What a group of units is to its clause."""

    SUBJECT = "it is spoken of"
    JOINS = "it is where the subject is to develop"
    BUILT = "it is built or used, and may be taken up later"
    LOST = "others are built: nobody is spoken of any more"
    NONE = "it is only mentioned"


@dataclass(frozen=True)
class Sentence:
    """A sentence: where it stands, and the trade that its paragraph is about."""

    text: str
    start: int
    end: int
    line: Line
    topic: list[str]


class Reading:
    """A sentence read clause by clause: its subject is the last unit that a clause spoke of.

    Parameters
    ----------
    subject, rule
        The units that the text was speaking of, and how they are known to be.
    """

    def __init__(self, sentence: Sentence, subject: list[Unit], rule: str) -> None:
        self.text, self.line, self.topic = sentence.text, sentence.line, sentence.topic
        self.start, self.end = sentence.start, sentence.end
        self.subject, self.rule = subject, rule
        self.anchors: list[Unit] = []
        self.units: list[Unit] = []  # those of the sentence
        # the district of the paragraph (甲市：乙园发展A): what its parks develop is its own too
        self.frame = [unit for unit in subject if rule == "heading" and unit.kind != "park"]
        self.topic_said: list[str] = []  # the trade of the anchors
        self.here = False  # a unit was spoken of earlier in the clause
        self.weak = False  # the subject was only built: what follows must be said strongly

    def clause(self, start: int, end: int, units: list[Unit]) -> Iterator[Positioning]:
        """Yield what one clause says."""
        self.here = False
        for group in groups(self.text, units):
            before = self.text[start : group[0].start]
            role = self._relied_on(before, group, end)
            near: list[tuple[str, list[str]]] = []
            if role is None:
                near = beside(
                    self.text, self.start, before, group, end, lambda: self._spoken_trade(start)
                )
                for how, names in near:
                    yield from self._state([*self.anchors, *group], names, how)
                role = self._role(before, group, end, near)
            if role is Role.SUBJECT and self.here:  # 甲县做精A、乙县做大B
                sectors = self._predicate(start, group[0].start, self.subject, units)
                yield from self._state(self.subject, sectors, self.rule)
            yield from self._take(role, before, group, end)
        spoken = [*self.anchors, *(unit for unit in self.subject if unit not in self.anchors)]
        if not spoken or (self.weak and not _STRONG.search(self.text, start, end)):
            return
        yield from self._said(start, end, spoken, self._predicate(start, end, spoken, units))

    def _take(self, role: Role, before: str, group: list[Unit], end: int) -> Iterator[Positioning]:
        """Make a group the subject, or part of it, as its role says; yield the anchors' trade."""
        if role is Role.BUILT:
            self.subject, self.rule, self.weak = group, "built", True
        elif role is Role.LOST:
            self.subject, self.anchors = [], []
        if role not in {Role.SUBJECT, Role.JOINS}:
            return
        if role is Role.JOINS:
            group = [*(unit for unit in self.subject if unit not in group), *group]
        elif self.anchors and self.topic_said and _JOINED.search(before):
            yield from self._state(group, self.topic_said, "anchor")
        label = len(group) == 1 and not before.strip(" 　") and self._is_label(group[0])
        beside_frame = label and all(
            unit.kind in _WITHIN for unit in self.frame
        )  # 甲镇：A；乙镇：B
        if self.frame and not beside_frame and all(unit.kind in _WITHIN for unit in group):
            group = [*(unit for unit in self.frame if unit not in group), *group]
        self.subject, self.rule, self.weak, self.here = group, "stated", False, True
        if role is Role.JOINS:
            return
        if label and len(group) == 1:
            self.frame = group
        if _ANCHOR.match(self.text, group[-1].end, end):
            self.anchors = group
            self.topic_said = self._spoken_trade(group[0].start)
            yield from self._state(group, self.topic_said, "anchor")

    def _said(
        self, start: int, end: int, spoken: list[Unit], sectors: list[str]
    ) -> Iterator[Positioning]:
        """Yield what a clause says of its subject: one sector each where it says 分别."""
        each = len(sectors) == len(spoken) > 1 and "分别" in self.text[start:end]
        for number, unit in enumerate(spoken):
            yield from self._state(
                [unit], sectors[number : number + 1] if each else sectors, self.rule
            )

    def _is_label(self, unit: Unit) -> bool:
        return self.text[unit.end : unit.end + 1] in {"：", "—"}

    def _relied_on(self, before: str, group: list[Unit], end: int) -> Role | None:
        """Return the role of a group that the subject uses or that tells where it lies."""
        if self.rule == "heading" and _SITE.search(before):
            return Role.NONE  # 选址甲镇: where the heading's base lies
        if self._is_vehicle(before, group, end):
            return Role.JOINS
        return Role.NONE if self.here and self._is_means(before, group, end) else None

    def _role(
        self, before: str, group: list[Unit], end: int, near: list[tuple[str, list[str]]]
    ) -> Role:
        """Return what a group is to the clause, given the trades that stand beside it."""
        text, after = self.text, group[-1].end
        if self.subject and not near and _PUSHED.match(text, after, end):
            return Role.NONE  # 北海市推进甲、乙产业园建设，打造…: still about 北海市
        built = is_built(text, before, group, end)
        own = any(how != "led" for how, _ in near)
        if own and before.endswith("：以") and _ANCHOR.fullmatch(text, after, end):
            return Role.SUBJECT  # 工程机械：以甲、乙为重点，发展叉车
        used = before.endswith("依托") and after == end
        if self.here and built and self._names_trade_of(group):
            return Role.NONE  # 邵武市打造氟新材料产业园
        if used and self.subject:
            return Role.NONE
        if not (own or built or used) and may_be_subject(text, before, group, end):
            within = _PLANS_IN.search(before) or before.endswith("依托")
            return Role.JOINS if self.here and within else Role.SUBJECT
        zone = group[0].kind in {"park", "zone"} and not near and not NOT_SUBJECT.search(before)
        if len(group) == 1 and ((zone and (built or used)) or (own and _MADE.search(before))):
            return Role.BUILT
        return Role.LOST if built else Role.NONE

    def _names_trade_of(self, group: list[Unit]) -> bool:
        """Return whether a park is only a trade's (氟新材料产业园), not a place's."""
        named = [unit for unit in group if unit.kind == "park" and sectors_in(unit.name)]
        return len(named) == len(group) and not any(
            unit.name[:size] in place_index() for unit in named for size in (4, 3, 2)
        )

    def _is_vehicle(self, before: str, group: list[Unit], end: int) -> bool:
        """Return whether parks are where the subject is to develop (以甲园为载体，发展A)."""
        last = group[-1]
        if last.kind not in _WITHIN or self.text[last.end : last.end + 1] == "等":
            return False
        if before.endswith("依托"):
            return last.end == end and bool(self.subject)
        led = before.endswith("以") or (self.here and _WITH_FIRM.search(before))
        if not led or (not self.here and sectors_in(before[:-1])):
            return False  # 集成电路产业以甲园为主阵地
        how = _VEHICLE.match(self.text, last.end, end)
        return how is not None and (self.here or how.group("centre") is None)

    def _is_means(self, before: str, group: list[Unit], end: int) -> bool:
        """Return whether a group is what the subject relies on: 支持甲以乙为引擎 is about 甲."""
        if before.endswith("以"):
            return True
        listed = _MEANS_LIST.search(before)
        return bool(listed and _AS.match(self.text, group[-1].end, end))

    def _state(self, units: list[Unit], sectors: list[str], rule: str) -> Iterator[Positioning]:
        for unit in units if sectors else ():
            yield stated(self.text, unit, sectors, self.start, self.end, rule, self.line)

    def _spoken_trade(self, end: int) -> list[str]:
        """Return the trade that a sentence (电子信息产业…以长沙为核心) or its heading is about."""
        lead = _LEAD_TRADE.match(self.text, self.start, end)
        named = lead and any(unit.start < lead.end() for unit in self.units)
        names = sectors_in(lead.group("trade")) if lead and not named else []
        return names or self.topic or heading_trade(self.line)

    def _predicate(self, start: int, end: int, spoken: list[Unit], units: list[Unit]) -> list[str]:
        """Return the sectors of a clause: after the units it speaks of, before any other unit."""
        if _INVESTMENT.search(self.text, start, end):  # what a firm builds there
            return []
        begin = max([start, *(unit.end for unit in spoken if unit.end <= end)])
        others = [
            unit.start
            for unit in units
            if unit not in spoken and unit.start > begin and not self._names_trade(begin, unit)
        ]
        stop = min([end, *others])
        names = stated_sectors(self.text, begin, stop)
        if not names and stop == end:
            names = said_plainly(self.text, begin, end, sure=begin > start)
        return names

    def _names_trade(self, begin: int, unit: Unit) -> bool:
        """Return whether a park is what the clause wants built (布局建设轮胎产业园)."""
        before = self.text[max(begin, unit.start - 4) : unit.start]
        wanted = before.endswith(("建设", "打造", "布局", "发展", "规划"))
        return unit.kind == "park" and wanted and not has_own_name(unit.name)


@lru_cache(maxsize=10_000)
def has_own_name(park: str) -> bool:
    """Return whether a trade is only a part of a park's name, after a name of its own (中德装备园)."""
    named = [trade for trade in sectors_in(park) if park.startswith(trade)]
    cuts = ((trade, size) for trade in named for size in (2, 3, 4))
    return any(sectors_in(trade[size:]) and _is_own(trade[:size], trade) for trade, size in cuts)


def _is_own(head: str, stem: str) -> bool:
    if head in place_index() or head in well_known() or _TWO_COUNTRIES.fullmatch(head):
        return True
    return has_coined(stem) and has_coined(head)
