"""Positionings in sentences: of which units a clause speaks and what it says they are to develop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from clusteratlas.policy.sector_phrases import sectors_in
from clusteratlas.policy.stated import Positioning, stated
from clusteratlas.policy.stated_beside import beside
from clusteratlas.policy.stated_sectors import stated_sectors
from clusteratlas.policy.structure import Line
from clusteratlas.policy.unit_titles import heading_trade
from clusteratlas.policy.units import Unit

MAX_OPENING_CHARS: Final = 12
# A list between 以 and 为 may hold commas (以外贸，配送，检测等为主导产业).
_CLAUSE: Final = re.compile(
    r"[^，,]*以[^，,。；为]{2,20}(?:，[^，,。；为以]{2,14}){1,6}为(?:主导|支柱|重点|特色|主)[^，,]*|[^，,]+"
)
_INVESTMENT: Final = re.compile(r"投资(?:[约超近]?[\d百千数两]|建设)")
_BEFORE_UNIT: Final = re.compile(
    r"(?:^|\d[.．、]|[）)〕翼极核带圈]|[\s　“：:、（(]|以|依托|在|支持|推动|推进|引导|鼓励|加快|围绕|"
    r"发挥|充分发挥|打造|由|即|是|"
    r"其中|重点|建设|做强|将|把|对|加强|提升|促进|实施|全面|全力|深化|和|是在|推进|而|围绕[^，。；]{1,8}的|"
    r"使|让|助力|助推|带动|帮助|指导|包括|涵盖|涉及|包含|位于|特别是|尤其是|例如|[东西南北中]部的|沿[江海河湖边]的|区的|规划建设的|积极|力争|努力|同时|今年|加强|设立|成立|批准|重点围绕|辐射|联动|协同|辅以)$"
)
# 支持甲园、乙区发展…: an item before it is no known unit
_ASKED_LIST: Final = re.compile("(?:支持|推动|引导|鼓励)[^，。；]{2,20}[、·]$")
_NOT_SUBJECT: Final = re.compile(
    r"(?:[与同]|(?:随着|结合|抢抓|把握|抓住)[^，。；]{0,40}|面向|针对|针对[^，。；]{2,20}[、和及]|赴|邀请|对接|接轨|融入|毗邻|紧邻|承接|学习|借鉴)$|以(?:建设|举办|创建|承办|筹办)[^，。；]{0,20}$|作为$"
)
_AIM: Final = re.compile(
    r"(?!(?:要|将)?(?:按照|围绕|根据|坚持))[^，。；以]{0,60}(?:的(?:目标|要求|愿景)|[”\"](?:的|为)[^，。；]{0,4}(?:愿景|目标|定位))|"
    r"(?!以(?:打造|建设))[^，。；]{0,30}为(?:契机|抓手|目标|依据|示范|主题|代表)|"
    r"[^，。；以打建发]{0,12}为(?:重点|核心|主|龙头|主体|中心|依托|引领|支撑)的"
)
# After a unit that is spoken of comes a stop, a verb or an adverb; after another word it is only
# the place of something (定兴同福等企业, 保定工农路).
_GOES_ON: Final = re.compile(
    r"$|[、，：:（(“”\s—]|[)）](?=[，。；]|$)|等|[要应将则可须需向均都继更力主瞄以依围立按为是在把由对通让使并还也分各先目近按根着\d一两二三四五六七八九]|"
    r"发[展挥]|利用|结合|坚持|抓[住好]|抢抓|作为|着[重力]|重点|主[要导攻打]|大力|加[快大强速]|积极|积聚|优[先势化]|突出|聚焦|侧重|偏向|"
    r"全[力面域]|集[中聚]|充分|进一步|继续|努力|打造|建[设成]|布局|培育|壮大|做[大强优精]|推[动进]|促进|提[升高]|"
    r"形成|构[建筑]|承接|引[进领导]|定位|瞄准|深[耕化入]|率先|强化|实[施现]|支[持撑]|成为|规划|争[创取]|创[建新]|"
    r"巩固|持续|稳[步定]|力[争保]|拓展|延伸|开[展发拓]|建成|凭借|借助|用好|拥有|具有|差异|错位|协同|联动|共[同建]|"
    r"扩大|研制|制定|高[标质起]|招[引商]|抓|明确|提出|确定|新[建增]|转[型变]|升级|改造|整合|统筹|完善|带动|辐射|落[实户]|吸引|承担|鼓励|负责|位于|地处|坐落|规划面积|占地|总面积|始建|成立|初步|已|正|成功|联合|携手|目前|现有|围|侧重|充当|担当|立足|鼎力|有序|不断|加[力紧]|走|坚定|首位|优势|做|育|扛|延|"
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
    r"(?:[^，。；]{0,6}等[^，。；]{0,12}|[^，。；发打建]{2,50})(?:环境|条件|基础|政策|园区|载体|平台|企业|枢纽|基地|"
    r"开发区|高新区|集群|产业园|城市|优势|资源|机构)(?=[，。；]|$)"
)
_PLACE_OF: Final = re.compile("(?:重点|着力|大力|加快|积极)?(?:发展|打造|培育|布局|建设)")
_ANCHOR: Final = re.compile(
    r"(?:[两三四五六七八九\d]?(?:市|县|区|地))?(?:等)?为[^，。；的]{0,8}?(?:重点|核心|中心|主体|主|龙头|"
    r"引领|双核|双引擎|补充|支撑|两翼|节点|支点|配套|拓展区|辐射区|联动区|协同区|延伸)(?!的)"
)
_STRONG: Final = re.compile(
    r"(?:重点|积极|大力|着力|主要|优先)(?:发展|引进|培育|打造)|(?:发展|引进|聚焦|推动|集聚)[^，。；]{2,40}(?:产业|业|领域|产品|等新)|以[^，。；]{2,40}为(?:主|重点|主导)"
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
    r"[ 　\d一二三四五六七八九十、.．（）()—\-●]*(?:[两三四五六七八九十]是)?(?P<trade>[^，。；：、\d]{2,16}?(?:、[^，。；：、]{2,12})?)"
    r"(?:产业|领域|行业)?(?:链|集群)?(?=[，：]|主要|重点|以)"
)


_DISTRICT: Final = frozenset({"county", "city"})
_WITHIN: Final = frozenset({"park", "zone", "town"})
_VEHICLE: Final = re.compile(
    "为(?:主要|重要|核心)?(?:载体|依托|平台|主阵地|承载|(?P<centre>中心|核心|龙头|重点)(?!的|区))"
)
_SITE: Final = re.compile(
    r"(?:选址(?:于|在)?|位于|地处|坐落[于在]?|覆盖|范围(?:包括|涉及|为)?)(?:[^，。；]{2,16}[、和])*$"
)
_MEANS_LIST: Final = re.compile("等")
_PUSHED: Final = re.compile(
    r"(?:等)?[^，。；]{0,8}?(?:项目|园区|基地)?(?:建设|开发|改造|升级|扩区|提质|发展)(?=[，。；]|$)"
)
# What follows a unit that only tells of what something else is: 河西区金融机构, 柳河县境内.
_MODIFIES: Final = re.compile(
    r"[^，。；]{0,6}?(?:企业|公司|集团|项目|产品|市场|政府|党[委组]|委员|[局办厅院所校馆厂矿]|有限|境内|附近|籍|"
    r"[高中][铁速]|铁路|机场|银行|协会|商会|代表|书记|[市县区]长|同志|居民|群众|农民|农村|城镇|居|人均|生产总值|"
    r"增加值|总产值|收入|游客|[内外][的设共]?|段|至|到|以[东西南北])|的|[A-Za-z]|[一-龥]{0,6}[%％\d]"
)
_JOINED: Final = re.compile("(?:联动|辐射|带动|协同|辅以|延伸至|辐射带动)$")


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
        self.weak = False  # the subject was only built: what follows must be said strongly

    def clause(self, start: int, end: int, units: list[Unit]) -> Iterator[Positioning]:
        """Yield what one clause says."""
        spoken_here = False
        for group in groups(self.text, units):
            before = self.text[start : group[0].start]
            if spoken_here and self._is_means(before, group, end):
                continue
            near = beside(
                self.text, self.start, before, group, end, lambda: self._spoken_trade(start)
            )
            for how, names in near:
                yield from self._state([*self.anchors, *group], names, how)
            if self.rule == "heading" and _SITE.search(before):
                continue  # 选址甲镇: where the heading's base lies
            if self._is_vehicle(before, group, end, spoken_here):
                group = [*(unit for unit in self.subject if unit not in group), *group]
                self.subject, self.rule, self.weak, spoken_here = group, "stated", False, True
                continue
            if (
                (spoken_here or self.subject)
                and not near
                and _PUSHED.match(self.text, group[-1].end, end)
            ):
                continue  # 北海市推进甲、乙产业园建设，打造…: still about 北海市
            if self._only_named(before, group, end, near):
                continue
            if spoken_here and (
                _PLANS_IN.search(before) or before.endswith("依托")
            ):  # 甲县规划在乙园区发展…: both
                group = [*self.subject, *group]
            elif spoken_here:  # 甲县做精A、乙县做大B
                yield from self._state(
                    self.subject,
                    self._predicate(start, group[0].start, self.subject, units),
                    self.rule,
                )
            if self.anchors and self.topic_said and _JOINED.search(before):
                yield from self._state(group, self.topic_said, "anchor")
            if self.frame and all(unit.kind in _WITHIN for unit in group):
                group = [*(unit for unit in self.frame if unit not in group), *group]
            self.subject, self.rule, self.weak, spoken_here = group, "stated", False, True
            if len(group) == 1 and not before.strip(" 　") and self._is_label(group[0]):
                self.frame = group
            if _ANCHOR.match(self.text, group[-1].end, end):
                self.anchors = group
                self.topic_said = self._spoken_trade(group[0].start)
                yield from self._state(group, self.topic_said, "anchor")
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

    def _is_label(self, unit: Unit) -> bool:
        return unit.kind in _DISTRICT and self.text[unit.end : unit.end + 1] == "："

    def _is_vehicle(self, before: str, group: list[Unit], end: int, spoken_here: bool) -> bool:
        """Return whether parks are where the subject is to develop (以甲园为载体，发展A)."""
        if group[-1].kind not in {"park", "zone", "town"} or _MEANS_LIST.match(
            self.text, group[-1].end, end
        ):
            return False
        if before.endswith("依托"):
            return group[-1].end == end and bool(self.subject)
        how = _VEHICLE.match(self.text, group[-1].end, end) if before.endswith("以") else None
        return how is not None and (spoken_here or how.group("centre") is None)

    def _is_means(self, before: str, group: list[Unit], end: int) -> bool:
        """Return whether a group is what the subject relies on: 支持甲以乙为引擎 is about 甲."""
        if before.endswith("以"):
            return True
        listed = re.search("以[^，。；]{2,20}[、和与]$", before)
        return bool(listed and re.compile("[^，。；]{0,6}为").match(self.text, group[-1].end, end))

    def _only_named(
        self, before: str, group: list[Unit], end: int, near: list[tuple[str, list[str]]]
    ) -> bool:
        """Return whether a clause does not speak of a group; a single thing built may be taken up."""
        built = _is_built(self.text, before, group, end)
        own = any(how != "led" for how, _ in near)
        used = before.endswith("依托") and group[-1].end == end
        if used and self.subject:  # 甲区：依托乙园区，重点发展…
            return True
        if not (own or built or used) and _may_be_subject(self.text, before, group, end):
            return False
        zone = group[0].kind in {"park", "zone"} and not near
        zone = zone and not _NOT_SUBJECT.search(before)
        if len(group) == 1 and ((zone and (built or used)) or (own and _MADE.search(before))):
            self.subject, self.rule, self.weak = group, "built", True
        elif built:
            self.subject, self.anchors = [], []
        return True

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
        if between in {"、", "和", "与", "及", "以及", "（", "("}:
            group.append(unit)
            continue
        narrower = unit.kind == "town" or group and group[-1].kind == "city"
        if group and not between and narrower and group[-1].kind in {"city", "county"}:
            group[-1] = replace(unit, start=group[-1].start)
            continue
        if group and not between and group[-1].kind == "county" and unit.kind == "park":
            group.append(unit)  # 双流区成都芯谷: both
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def opening(text: str, start: int, end: int, units: list[Unit]) -> list[Unit]:
    """Return the units with which a sentence begins, if it speaks of them."""
    group = next(groups(text, units), [])
    if not group:
        return []
    before = text[start : group[0].start]
    bare = before.strip(" 　-—·")
    if bare and not (len(bare) <= MAX_OPENING_CHARS and bare[-1] in "，,"):
        return []
    built = _is_built(text, before, group, end)
    return group if not built and _may_be_subject(text, bare, group, end) else []


def _may_be_subject(text: str, before: str, group: list[Unit], end: int) -> bool:
    """Return whether a clause may speak of a group, not only mention it (与甲市协同)."""
    after = group[-1].end
    if not _BEFORE_UNIT.search(before) and not _ASKED_LIST.search(before):
        return False
    if _NOT_SUBJECT.search(before) or re.search("(?:依托|利用)[^，。；]*、$", before):
        return False
    if before.endswith("依托") and _PLACE_OF.match(text, after, end):
        return True  # 依托甲园区发展A: there it is to grow
    if before.endswith(("依托", "以", "利用", "发挥")) and (
        group[-1].kind == "park" or _LISTED_AS_MEANS.match(text, after, end)
    ):
        return bool(_AS_MAIN.match(text, after, end))
    if _USED.match(text, after, end):
        return False
    if not _GOES_ON.match(text, after, end):
        official = group[-1].official and group[-1].kind != "town"
        if before.strip(" 　") or not official or _MODIFIES.match(text, after, end):
            return False
    return _AIM.match(text, after, end) is None


def _is_built(text: str, before: str, group: list[Unit], end: int) -> bool:
    after = group[-1].end
    if _BUILT.match(text, after, end):
        return True
    return group[-1].kind in {"park", "zone"} and bool(
        re.search("(?:建设|打造|建成|筹建|启动|开工)$", before) and after == end
    )
