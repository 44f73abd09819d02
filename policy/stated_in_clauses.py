"""Positionings in sentences: of which units a clause speaks and what it says they are to develop."""

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.sections import sector_headings
from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_sectors import DEVELOP, stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

MAX_OPENING_CHARS: Final = 12
_CLAUSE: Final = re.compile(r"[^，,]+")
_INVESTMENT: Final = re.compile(r"投资(?:[约超近]?[\d百千数两]|建设)")
# 引导轮胎企业向甲开发区集聚
_MOVING: Final = re.compile(
    r"(?P<sectors>[^，。；、]{2,24}?(?:、[^，。；、向]{2,12})*?)(?:企业|产业|项目|资源)?向$"
)
_ARRIVED: Final = re.compile("(?:集聚|集中|聚集|转移|布局)、")
_ARRIVING: Final = re.compile(r"(?:等[^，。；]{0,8})?(?:集聚|集中|聚集|转移|布局|汇聚)")
_MEANS: Final = re.compile("(?:依托|利用)[^，。；]{0,30}$")
_TO_UNIT: Final = re.compile(
    r"(?:主要|重点|集中)?(?:布局|集聚|集中|分布|落户|落地|聚集|汇聚)(?:在|于|到|向)?$"
)
_BEFORE_UNIT: Final = re.compile(
    r"(?:^|\d[.．、]|[）)翼极核带圈]|[\s　“：:、（(]|以|依托|在|支持|推动|推进|引导|鼓励|加快|围绕|"
    r"发挥|充分发挥|打造|由|即|是|"
    r"其中|重点|建设|做强|将|把|对|加强|提升|促进|实施|全面|全力|深化|和|是在|推进|而|围绕[^，。；]{1,8}的)$"
)
# 支持甲园、乙区发展…: an item before it is no known unit
_ASKED_LIST: Final = re.compile("(?:支持|推动|引导|鼓励)[^，。；]{2,20}[、·]$")
_NOT_SUBJECT: Final = re.compile(
    r"(?:[与同]|对接|接轨|融入|毗邻|紧邻|承接|学习|借鉴)$|以(?:建设|举办|创建|承办|筹办)[^，。；]{0,20}$|作为$"
)
_AIM: Final = re.compile(
    r"(?!(?:要|将)?(?:按照|围绕|根据|坚持))[^，。；以]{0,60}(?:的(?:目标|要求|愿景)|[”\"](?:的|为)[^，。；]{0,4}(?:愿景|目标|定位))|"
    r"[^，。；]{0,30}为(?:契机|抓手|目标|依据|示范|主题|代表)|"
    r"[^，。；]{0,12}为(?:重点|核心|主|龙头|主体|中心|依托|引领|支撑)的"
)
# After a unit that is spoken of comes a stop, a verb or an adverb; after another word it is only
# the place of something (定兴同福等企业, 保定工农路).
_GOES_ON: Final = re.compile(
    r"$|[、，：:（(“”\s]|[)）](?=[，。；]|$)|等|[要应将则以依围立按为是在把由对通让使并还也分各先目近按根着\d一两二三四五六七八九]|"
    r"发[展挥]|利用|结合|坚持|抓[住好]|抢抓|作为|着[重力]|重点|主[要导攻打]|大力|加[快大强速]|积极|积聚|优[先势化]|突出|聚焦|侧重|偏向|"
    r"全[力面域]|集[中聚]|充分|进一步|继续|努力|打造|建[设成]|布局|培育|壮大|做[大强优精]|推[动进]|促进|提[升高]|"
    r"形成|构[建筑]|承接|引[进领导]|定位|瞄准|深[耕化入]|率先|强化|实[施现]|支[持撑]|成为|规划|争[创取]|创[建新]|"
    r"巩固|持续|稳[步定]|力[争保]|拓展|延伸|开[展发拓]|建成|凭借|借助|用好|拥有|具有|差异|错位|协同|联动|共[同建]|"
    r"扩大|研制|制定|高[标质起]|招[引商]|抓|明确|提出|确定|新[建增]|转[型变]|升级|改造|整合|统筹|完善|带动|辐射|落[实户]|吸引|"
    r"主城|[东西南北中]部|的(?:主导|产业|重点|定位|功能)|产业|功能|尽快|进行|逐步|适[度时]|深度|因地制宜|稳妥|和|与|及|融入"
)
_MADE: Final = re.compile("(?:打造|建设|形成|建成|培育)$")
_PLANS_IN: Final = re.compile("(?:规划|计划|将)在$")
# 推进…产业园建设, 以…为载体: what is built or used is not given a task.
_BUILT: Final = re.compile(
    r"(?!(?:重点|主[要攻打]|着[重力]|加[快强]|推[动进]|大力|积极|优先|突出|全[力面]|聚焦|发展|打造|要|布局|培育|实施|统筹|抓|承接|围绕|依托|以|充分|持续|深入))"
    r"(?:等)?[^，。；]{0,16}?(?:建设|项目|工程|进度|步伐|开工|投产|竣工|认定|申报|开发|规划|宣传|改造|升级|扩区|提质|扩容)(?=[，。；]|$)"
)
_USED: Final = re.compile(r"[^，。；]{0,10}?(?:为|作为)(?:载体|平台|依托|基础|支撑)")
_AS_MAIN: Final = re.compile("(?:等)?为(?:主|核心|重点|中心|龙头)(?!的)")
_LISTED_AS_MEANS: Final = re.compile(
    r"[^，。；]{0,6}等[^，。；]{0,12}(?:园区|载体|平台|企业|枢纽|基地|"
    r"开发区|高新区|集群|产业园|城市|优势|资源|机构)(?=[，。；]|$)"
)
_OF_A_BODY: Final = re.compile(
    r"[（(](?=[^（）()]*(?:政府|管委会|牵头|配合|责任|负责))[^（）()]{2,300}[)）]"
)
_ANCHOR: Final = re.compile(
    r"(?:[两三四五六七八九\d]?(?:市|县|区|地))?(?:等)?为[^，。；的]{0,8}?(?:重点|核心|中心|主体|主|龙头|"
    r"引领|双核|双引擎|补充|支撑|两翼|节点|支点|配套)(?!的)"
)
_FORM: Final = (
    r"(?:产业集群|产业基地|制造基地|生产基地|示范基地|基地|产业带|产业链|集聚区|聚集区|集中区|集聚带|"
    r"示范区|先导区|产业园区?|枢纽|(?<=旅游)城市|产业)"
)
_TRADE: Final = r"[^，。；：、的等\d]{2,16}?"
_EDGE: Final = (
    r"(?=[，。；、]|建设|发展|争创|创建|加快|转型|升级|提质|集聚|聚集|"
    r"做[大强优]|延链|数字化|高质量|$|等|的|和|与)"
)
_TRADES: Final = r"[^，。；：的]{2,40}?"
# 以大连为主的软件外包业, 以甲、乙为重点的旅游基地
_MAINLY: Final = re.compile(
    rf"(?:等)?为(?:主|中心|核心|重点|主体|依托|龙头|引领|补充|备份|支撑|两翼|节点|支点|配套)的(?:[“\"][^”\"]{{1,12}}[”\"])?(?:(?P<one>{_TRADE}业)|"
    rf"(?P<all>{_TRADES})(?:{_FORM}|布局|格局){_EDGE})|"
    rf"(?:等地?)?(?:协同|联动|错位|共同)(?:发展|支撑)的(?P<joint>{_TRADE}){_FORM}{_EDGE}"
)
# 溧阳市动力电池产业集群, 临港新片区国际数据港先导区, 怀柔科学城科学仪器产业发展
_OWN: Final = re.compile(
    rf"(?P<one>{_TRADE})(?:产业集群|产业基地|产业带|产业链|特色产业|先导区|制造基地|贸易港|集聚带|枢纽|产业发展|"
    rf"产业聚集|产业集聚|产业优势|优势{_EDGE}|(?:谷|之?都|之乡|名城|强[县市区]|大县|基地){_EDGE})"
)
# 建好甲、乙、丙算力枢纽: what several places have in common may be a park or a hub too
_COMMON: Final = re.compile(rf"(?P<one>{_TRADE})(?<!示范){_FORM}{_EDGE}")
_CLAUSE_WORD: Final = re.compile("坚持|依托|围绕|支持|利用|现有|推进|加快|通过|政府|负责|牵头")
_PASSING: Final = re.compile("(?:航空|交通|铁路|航运|综合)枢纽|获[批评]|入选|认定|晋级|列入|成为")
_AWARD: Final = re.compile(".*(?:现代农业|全域旅游|电子商务示范|跨境电).*(?:园|园区|示范区|城市)$")
# 甲、乙、丙等地大数据产业园, 甲市、乙市7大物流基地
_ALL_OWN: Final = re.compile(
    rf"(?:等(?:州、市|地|市|县|区|园区|城市)?|[\d两三四五六七八九十]+(?:大|个))(?:的)?(?P<one>[^，。；：、等\d]{{2,16}}?)(?<!示范){_FORM}{_EDGE}"
)
# 甲区、乙区等在化工行业
_IN_TRADE: Final = re.compile(
    r"等?(?:地|市|县|区|园区)?在(?P<one>[^，。；]{2,24}?)(?:等)?(?:行业|领域|产业|方面)"
)
_LED_BY: Final = re.compile(
    r"以(?P<sectors>[^，。；]{2,60}?)为(?:主导|主|特色|支柱|重点|主体)(?:产业|方向)?的$"
)
_FOR_PARK: Final = re.compile(
    r"(?:(?:聚焦|围绕)|以(?=[^，。；]{4,60}为(?:主|重点|主导)，))(?P<sectors>[^，。；]{4,60}?)"
    r"(?:等产业|等领域|为(?:主|重点|主导))?，"
    r"(?:规划|加快|高标准|着力)?(?:打造|建设)$"
)
_FIRST_IN: Final = re.compile(r"率先|先行|取得突破|开展试点")
_STRONG: Final = re.compile(
    r"(?:重点|积极|大力|着力|主要|优先)(?:发展|引进|培育|打造)|(?:发展|引进|聚焦|推动|集聚)[^，。；]{2,40}(?:产业|业|领域|产品|等新)|以[^，。；]{2,40}为(?:主|重点|主导)"
)


_PARK_CLASS: Final = re.compile(
    r"(?:(?:经济|高新)?(?:技术)?(?:产业)?(?:开发|示范|试验)区|产业园区?|工业园区?|园区?|先行区|基地|硅谷)$"
)
_NAMELESS: Final = frozenset(
    {"虚拟", "经济", "农业", "循环", "国家", "现代", "综合", "改革", "先行", "一", "搞好", "属"}
)


def bodies(text: str, line: Line) -> list[tuple[int, int]]:
    """Return where the brackets of responsible bodies stand in a line."""
    return [match.span() for match in _OF_A_BODY.finditer(text, line.start, line.end)]


def speakable(text: str, units: list[Unit], spans: list[tuple[int, int]]) -> list[Unit]:
    """Return the units of which a text may speak: no provinces, no bodies, no nameless parks.

    ``spans`` are the brackets of responsible bodies (:func:`bodies`).
    """
    kept: list[Unit] = []
    for unit in units:
        if unit.kind == "province" or _within(unit, spans) or _nameless(unit):
            continue
        if (
            kept
            and text[kept[-1].end : unit.start] in {"（", "("}
            and text[unit.end : unit.end + 1] in {"）", ")"}
        ):
            kept[-1] = replace(kept[-1], end=unit.end + 1)  # 甲区（乙新区） is one
        elif not _in_belt(text, unit):
            kept.append(unit)
    return kept


def _within(unit: Unit, spans: list[tuple[int, int]]) -> bool:
    at = bisect.bisect_right(spans, (unit.start, unit.end)) - 1
    return at >= 0 and unit.start < spans[at][1]


def in_sentence(
    text: str, start: int, end: int, line: Line, units: list[Unit], subject: list[Unit], rule: str
) -> Iterator[Positioning]:
    """Yield what a sentence says of its units, or of the ones that the text was speaking of.

    Parameters
    ----------
    units
        The units of the sentence of which it may speak, in order (:func:`speakable`).
    subject, rule
        The units that the text was speaking of, and how they are known to be.
    """
    reading = Reading(text, start, end, line, subject, rule)
    for clause in _CLAUSE.finditer(text, start, end):
        here = [unit for unit in units if clause.start() <= unit.start and unit.end <= clause.end()]
        yield from reading.clause(clause.start(), clause.end(), here)


class Reading:
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
                yield from self._state([*self.anchors, *group], names, how)
            if self._only_named(before, group, end, beside):
                continue
            if spoken_here and _PLANS_IN.search(before):  # 甲县规划在乙园区发展…: both
                group = [*self.subject, *group]
            elif spoken_here:  # 甲县做精A、乙县做大B
                yield from self._state(
                    self.subject,
                    self._predicate(start, group[0].start, self.subject, units),
                    self.rule,
                )
            self.subject, self.rule, self.weak, spoken_here = group, "stated", False, True
            if _ANCHOR.match(self.text, group[-1].end, end):
                self.anchors = group
                yield from self._state(group, self._spoken_trade(group[0].start), "anchor")
        spoken = [*self.anchors, *(unit for unit in self.subject if unit not in self.anchors)]
        if not spoken or (self.weak and not _STRONG.search(self.text, start, end)):
            return
        yield from self._said(start, end, spoken, self._predicate(start, end, spoken, units))

    def _said(
        self, start: int, end: int, spoken: list[Unit], sectors: list[str]
    ) -> Iterator[Positioning]:
        """Yield what a clause says of its subject: one sector each where it says 分别."""
        each = len(sectors) == len(spoken) > 1 and "分别" in self.text[start:end]
        for number, unit in enumerate(spoken):
            yield from self._state(
                [unit], sectors[number : number + 1] if each else sectors, self.rule
            )

    def _only_named(
        self, before: str, group: list[Unit], end: int, beside: list[tuple[str, list[str]]]
    ) -> bool:
        """Return whether a clause does not speak of a group; a single thing built may be taken up."""
        built = self._is_built(before, group, end)
        own = any(how != "led" for how, _ in beside)
        used = before.endswith("依托") and group[-1].end == end
        if used and self.subject:  # 甲区：依托乙园区，重点发展…
            return True
        if not (own or built or used) and self._may_be_subject(before, group, end):
            return False
        zone = group[0].kind in {"park", "zone"} and not beside
        if len(group) == 1 and ((zone and (built or used)) or (own and _MADE.search(before))):
            self.subject, self.rule, self.weak = group, "built", True
        elif built:
            self.subject, self.anchors = [], []
        return True

    def _state(self, units: list[Unit], sectors: list[str], rule: str) -> Iterator[Positioning]:
        for unit in units if sectors else ():
            yield stated(self.text, unit, sectors, self.start, self.end, rule, self.line)

    def opening(self, units: list[Unit]) -> list[Unit]:
        """Return the units with which the sentence begins, if it speaks of them."""
        group = next(groups(self.text, units), [])
        if not group:
            return []
        before = self.text[self.start : group[0].start]
        bare = before.strip(" 　-—·")
        if bare and not (len(bare) <= MAX_OPENING_CHARS and bare[-1] in "，,"):
            return []
        built = self._is_built(before, group, self.end)
        return group if not built and self._may_be_subject(bare, group, self.end) else []

    def _may_be_subject(self, before: str, group: list[Unit], end: int) -> bool:
        """Return whether a clause may speak of a group, not only mention it (与甲市协同)."""
        after = group[-1].end
        if not _BEFORE_UNIT.search(before) and not _ASKED_LIST.search(before):
            return False
        if _NOT_SUBJECT.search(before):
            return False
        if before.endswith(("依托", "以", "利用", "发挥")) and (
            group[-1].kind == "park" or _LISTED_AS_MEANS.match(self.text, after, end)
        ):
            return bool(_AS_MAIN.match(self.text, after, end))
        if not _GOES_ON.match(self.text, after, end) or _USED.match(self.text, after, end):
            return False
        return _AIM.match(self.text, after, end) is None

    def _is_built(self, before: str, group: list[Unit], end: int) -> bool:
        after = group[-1].end
        if _BUILT.match(self.text, after, end):
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
        stated_beside.append(("towards", self._pointed_at(before, group, end)))
        first = group[0]
        lead = self.text[max(self.start, first.start - 80) : first.start]
        named = _FOR_PARK.search(lead) if first.kind in {"park", "zone"} else None
        if named:
            stated_beside.append(("towards", sectors_in(named.group("sectors"))))
        if re.search("支持$", before) and _FIRST_IN.search(self.text, group[-1].end, end):
            earlier = self.text[self.start : first.start - len(before)]
            stated_beside.append(("towards", stated_sectors(earlier, 0, len(earlier))))
        return [(how, names) for how, names in stated_beside if names]

    def _pointed_at(self, before: str, group: list[Unit], end: int) -> list[str]:
        """Return what is put or moved into a group (A布局在甲, 引导A向甲集聚), or stands after it."""
        pointing = _TO_UNIT.search(before)
        if pointing and before[: pointing.start()]:
            return sectors_in(before[: pointing.start()])
        if pointing:  # 重点发展A，主要布局在甲
            earlier = self.text[self.start : group[0].start - len(before)]
            return stated_sectors(earlier, 0, len(earlier))
        moved = _MOVING.search(_ARRIVED.split(before)[-1])
        if moved and _ARRIVING.match(self.text, group[-1].end, end):
            return sectors_in(moved.group("sectors"))
        return [] if _MEANS.search(before) else self._after(group, end)

    def _after(self, group: list[Unit], end: int) -> list[str]:
        after, last = group[-1].end, group[-1]
        match = (
            _MAINLY.match(self.text, after, end)
            or _IN_TRADE.match(self.text, after, end)
            or _ALL_OWN.match(self.text, after, end)
        )
        if match is None and last.kind in {"county", "city", "zone"}:
            common = len(group) > 1 and {unit.kind for unit in group} <= {"county", "city"}
            match = (_COMMON if common else _OWN).match(self.text, after, end)
        if match is None:
            return []
        phrase = next(part for part in match.groups() if part)
        if _AWARD.match(match.group()) or _PASSING.search(match.group()):
            return []
        if DEVELOP.search(phrase) or _CLAUSE_WORD.search(phrase):
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
            group[-1] = replace(unit, start=group[-1].start)
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def _in_belt(text: str, unit: Unit) -> bool:
    """Return whether a unit is only an end of a belt (甲—乙—丙产业带)."""
    return text[unit.end : unit.end + 1] in {"—", "-"} or (
        text[unit.start - 1 : unit.start] == "—" and text[unit.start - 2 : unit.start] != "——"
    )


def _nameless(unit: Unit) -> bool:
    """Return whether a park is only a kind of park (现代农业产业园), which has no place."""
    proper = _PARK_CLASS.sub("", unit.name)
    proper = re.sub("^(?:自治区|[省市县区]|各|[两三四五六七八九十]县)属?", "", proper)
    return unit.kind == "park" and (is_generic(proper, _NAMELESS) if proper else True)
