"""Positionings in sentences: of which units a clause speaks and what it says they are to develop."""

import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.sections import sector_headings
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_sectors import DEVELOP, stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

_CLAUSE: Final = re.compile(r"[^，,]+")
_INVESTMENT: Final = re.compile(r"投资(?:[约超近]?[\d百千数两]|建设)")
_TO_UNIT: Final = re.compile(
    r"(?:主要|重点|集中)?(?:布局|集聚|集中|分布|落户|落地|聚集|汇聚)(?:在|于|到|向)?$"
)
_BEFORE_UNIT: Final = re.compile(
    r"(?:^|\d[.．、]|[）)翼极核带圈]|[\s　“：:、（(]|以|依托|在|支持|推动|推进|引导|鼓励|加快|围绕|"
    r"发挥|充分发挥|打造|由|即|是|"
    r"其中|重点|建设|做强|将|把|对|加强|提升|促进|实施|全面|全力|深化|和|是在|推进|而|围绕[^，。；]{1,8}的)$"
)
_NOT_SUBJECT: Final = re.compile(
    r"(?:[与同]|对接|接轨|融入|毗邻|紧邻|承接|学习|借鉴)$|以(?:建设|举办|创建|承办|筹办)[^，。；]{0,20}$|作为$"
)
_AIM: Final = re.compile(
    r"[^，。；以]{0,60}(?:的(?:目标|要求|愿景)|[”\"](?:的|为)[^，。；]{0,4}(?:愿景|目标|定位))|"
    r"[^，。；]{0,30}为(?:契机|抓手|目标|依据|示范|主题|代表)"
)
# After a unit that is spoken of comes a stop, a verb or an adverb; after another word it is only
# the place of something (定兴同福等企业, 保定工农路).
_GOES_ON: Final = re.compile(
    r"$|[、，：:（(“”\s]|等|[要应将则以依围立发利结按坚抓抢作为是在着重主大加积优突聚侧偏全集充进继努打建布培"
    r"壮做推促提形构承引定瞄深率强实支成规争创巩持稳力拓延开向对由通凭借把用与和的可能正已拥具各差错协联共"
    r"扩研制高招新还也转升改整统先目近今明率带辐落吸\d一两二三四五六七八九]|主城|东部|西部|南部|北部|中部"
)
# 推进…产业园建设, 以…为载体: what is built or used is not given a task.
_BUILT: Final = re.compile(
    r"(?:等)?[^，。；]{0,16}?(?:建设|项目|工程|进度|步伐|开工|投产|竣工|认定|申报|开发|规划)(?=[，。；]|$)"
)
_USED: Final = re.compile(
    r"[^，。；]{0,10}?(?:为|作为)(?:载体|平台|依托|基础|支撑)|[^，。；]{0,6}等(?:园区|载体|平台|企业)"
)
_OF_A_BODY: Final = re.compile(
    r"[（(](?=[^（）()]*(?:政府|管委会|牵头|配合|责任|负责))[^（）()]{2,300}[)）]"
)
_ANCHOR: Final = re.compile(
    r"(?:[两三四五六七八九\d]?(?:市|县|区|地))?(?:等)?为[^，。；的]{0,8}?(?:重点|核心|中心|主体|主|龙头|"
    r"引领)(?!的)"
)
_FORM: Final = (
    r"(?:产业集群|产业基地|制造基地|生产基地|示范基地|基地|产业带|产业链|集聚区|聚集区|集中区|集聚带|"
    r"示范区|先导区|产业园|产业)"
)
_TRADE: Final = r"[^，。；：、的]{2,16}?"
_TRADES: Final = r"[^，。；：的]{2,40}?"
# 以大连为主的软件外包业, 以甲、乙为重点的旅游基地
_MAINLY: Final = re.compile(
    rf"(?:等)?为(?:主|中心|核心|重点|主体|依托|龙头|引领)的(?:[“\"][^”\"]{{1,12}}[”\"])?(?:(?P<one>{_TRADE}业)|"
    rf"(?P<all>{_TRADES}){_FORM})"
)
# 溧阳市动力电池产业集群, 临港新片区国际数据港先导区
_OWN: Final = re.compile(
    rf"(?P<one>{_TRADE})(?:产业集群|产业基地|产业带|产业链|特色产业|先导区|制造基地|贸易港|集聚带)"
)
# 甲、乙、丙等地大数据产业园, 甲市、乙市7大物流基地
_ALL_OWN: Final = re.compile(
    rf"(?:等(?:州、市|地|市|县|区|园区|城市)?|[\d两三四五六七八九十]+(?:大|个))(?:的)?(?P<one>{_TRADE}){_FORM}"
)
# 甲区、乙区等在化工行业
_IN_TRADE: Final = re.compile(
    r"等?(?:地|市|县|区|园区)?在(?P<one>[^，。；]{2,24}?)(?:等)?(?:行业|领域|产业|方面)"
)
_LED_BY: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)为(?:主导|主|特色|支柱|重点|主体)(?:产业|方向)?的$"
)
_FOR_PARK: Final = re.compile(
    r"(?:聚焦|围绕|以)(?P<sectors>[^，。；]{4,60}?)(?:等产业|等领域|为(?:主|重点|主导))?，"
    r"(?:规划|加快|高标准|着力)?(?:打造|建设)$"
)
_FIRST_IN: Final = re.compile(r"率先|先行|取得突破|开展试点")
_STRONG: Final = re.compile(
    r"(?:重点|积极|大力|着力|主要|优先)(?:发展|引进|培育)|(?:发展|引进|聚焦|推动)[^，。；]{2,40}(?:产业|业|领域|等新)|以[^，。；]{2,40}为(?:主|重点|主导)"
)


def in_sentence(
    text: str, start: int, end: int, line: Line, units: list[Unit], subject: list[Unit], rule: str
) -> Iterator[Positioning]:
    """Yield what a sentence says of its units, or of the ones that the text was speaking of.

    Parameters
    ----------
    units
        All units of the sentence, in order.
    subject, rule
        The units that the text was speaking of, and how they are known to be.
    """
    reading = _Reading(text, start, end, line, subject, rule)
    spans = [match.span() for match in _OF_A_BODY.finditer(text, line.start, line.end)]
    units = [
        unit
        for unit in units
        if unit.kind != "province"
        and not any(a <= unit.start < b for a, b in spans)
        and not _nameless(unit)
    ]
    for clause in _CLAUSE.finditer(text, start, end):
        here = [unit for unit in units if clause.start() <= unit.start and unit.end <= clause.end()]
        yield from reading.clause(clause.start(), clause.end(), here)


class _Reading:
    """A sentence read clause by clause: its subject is the last unit that a clause spoke of."""

    def __init__(
        self, text: str, start: int, end: int, line: Line, subject: list[Unit], rule: str
    ) -> None:
        self.text, self.start, self.end, self.line = text, start, end, line
        self.subject, self.rule = subject, rule
        self.anchors: list[Unit] = []
        self.weak = False  # the subject was only built: what follows must be said strongly

    def clause(self, start: int, end: int, units: list[Unit]) -> Iterator[Positioning]:
        """Yield what one clause says."""
        spoken_here = False
        for group in groups(self.text, units):
            before = self.text[start : group[0].start]
            if spoken_here and before.endswith("以"):  # 支持甲以乙为引擎: it is about 甲
                continue
            beside = self._beside(before, group, end)
            for how, names in beside:
                yield from self._state(group, names, how)
            built = self._is_built(before, group, end)
            if (
                any(how != "led" for how, _ in beside)
                or built
                or not self._may_be_subject(before, group, end)
            ):
                if built and len(group) == 1 and group[0].kind in {"park", "zone"} and not beside:
                    self.subject, self.rule, self.weak = group, "built", True
                elif built:
                    self.subject, self.anchors = [], []
                continue
            self.subject, self.rule, self.weak, spoken_here = group, "stated", False, True
            if _ANCHOR.match(self.text, group[-1].end, end):
                self.anchors = group
                yield from self._state(group, self._spoken_trade(group[0].start), "anchor")
        spoken = [*self.anchors, *(unit for unit in self.subject if unit not in self.anchors)]
        if not spoken or (self.weak and not _STRONG.search(self.text, start, end)):
            return
        yield from self._state(spoken, self._predicate(start, end, spoken, units), self.rule)

    def _state(self, units: list[Unit], sectors: list[str], rule: str) -> Iterator[Positioning]:
        for unit in units if sectors else ():
            yield stated(self.text, unit, sectors, self.start, self.end, rule, self.line)

    def _may_be_subject(self, before: str, group: list[Unit], end: int) -> bool:
        """Return whether a clause may speak of a group, not only mention it (与甲市协同)."""
        after = group[-1].end
        if not _BEFORE_UNIT.search(before) or _NOT_SUBJECT.search(before):
            return False
        if group[-1].kind == "park" and before.endswith("依托"):
            return False
        if not _GOES_ON.match(self.text, after, end) or _USED.match(self.text, after, end):
            return False
        return _AIM.match(self.text, after, end) is None

    def _is_built(self, before: str, group: list[Unit], end: int) -> bool:
        after = group[-1].end
        if _BUILT.match(self.text, after, end) and not DEVELOP.match(self.text, after, end):
            return True
        return group[-1].kind in {"park", "zone"} and bool(
            re.search("(?:建设|打造|建成|筹建|启动|开工)$", before) and after == end
        )

    def _beside(self, before: str, group: list[Unit], end: int) -> list[tuple[str, list[str]]]:
        """Return rule and sectors that stand right before or after a group of units."""
        stated_beside: list[tuple[str, list[str]]] = []
        led = _LED_BY.search(before)
        if led:
            stated_beside.append(("led", sectors_in(led.group("sectors"))))
        pointing = _TO_UNIT.search(before)
        if pointing:
            stated_beside.append(("towards", sectors_in(before[: pointing.start()])))
        else:
            stated_beside.append(("towards", self._after(group, end)))
        first = group[0]
        lead = self.text[max(self.start, first.start - 80) : first.start]
        named = _FOR_PARK.search(lead) if first.kind in {"park", "zone"} else None
        if named:
            stated_beside.append(("towards", sectors_in(named.group("sectors"))))
        if re.search("支持$", before) and _FIRST_IN.search(self.text, group[-1].end, end):
            earlier = self.text[self.start : first.start - len(before)]
            stated_beside.append(("towards", stated_sectors(earlier, 0, len(earlier))))
        return [(how, names) for how, names in stated_beside if names]

    def _after(self, group: list[Unit], end: int) -> list[str]:
        after, last = group[-1].end, group[-1]
        match = (
            _MAINLY.match(self.text, after, end)
            or _IN_TRADE.match(self.text, after, end)
            or _ALL_OWN.match(self.text, after, end)
        )
        if match is None and last.kind in {"county", "city", "zone"}:
            match = _OWN.match(self.text, after, end)
        if match is None:
            return []
        phrase = next(part for part in match.groups() if part)
        if DEVELOP.search(phrase):
            return []
        return sectors_in(phrase)

    def _spoken_trade(self, end: int) -> list[str]:
        """Return the trade that a sentence (电子信息产业…以长沙为核心) or its heading is about."""
        lead = re.match(
            r"[ 　]*([^，。；：、]{2,14}?(?:产业|制造业|装备|领域))", self.text[self.start : end]
        )
        names = sectors_in(lead.group(1)) if lead else []
        headings = sector_headings(self.line.path)
        return names or ([headings[-1][1]] if headings else [])

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
        return stated_sectors(self.text, begin, min([end, *others]))

    def _names_trade(self, begin: int, unit: Unit) -> bool:
        """Return whether a park is what the clause wants built (布局建设轮胎产业园)."""
        before = self.text[max(begin, unit.start - 4) : unit.start]
        return unit.kind == "park" and before.endswith(("建设", "打造", "布局", "发展", "规划"))


def groups(text: str, units: list[Unit]) -> Iterator[list[Unit]]:
    """Yield units that are named together (甲、乙和丙); of 杭州钱塘区 the narrower one is meant."""
    group: list[Unit] = []
    for unit in units:
        between = text[group[-1].end : unit.start] if group else "-"
        if between in {"、", "和", "与", "及", "以及"}:
            group.append(unit)
            continue
        if not between and group[-1].kind == "city":
            group[-1] = unit
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def _nameless(unit: Unit) -> bool:
    """Return whether a park is only a kind of park (现代农业产业园), which has no place."""
    proper = re.sub(r"(?:产业园区?|工业园区?|园区|园|示范区|试验区|开发区|基地)$", "", unit.name)
    return unit.kind == "park" and (is_generic(proper) if proper else True)
