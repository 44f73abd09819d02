"""Units that a clause speaks of: named together, and not only mentioned, built or relied on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clusteratlas.policy.units import Unit

MAX_OPENING_CHARS: Final = 12
_BEFORE_UNIT: Final = re.compile(
    r"(?:^|\d[.．、]|[）)〕翼极核带圈]|[\s　“：:、（(]|以|依托|在|支持|推动|推进|引导|鼓励|加快|围绕|"
    r"发挥|充分发挥|打造|由|即|是|"
    r"其中|重点|建设|做强|将|把|对|加强|提升|促进|实施|全面|全力|深化|和|是在|推进|而|"
    r"围绕[^，。；]{1,8}的|"
    r"使|让|助力|助推|带动|帮助|指导|包括|涵盖|涉及|包含|位于|特别是|尤其是|例如|"
    r"[东西南北中]部的|沿[江海河湖边]的|区的|规划建设的|积极|力争|努力|同时|今年|加强|设立|"
    r"成立|批准|重点围绕|辐射|联动|协同|辅以)$"
)
# 支持甲园、乙区发展…: an item before it is no known unit
_ASKED_LIST: Final = re.compile("(?:支持|推动|引导|鼓励)[^，。；]{2,20}[、·]$")
NOT_SUBJECT: Final = re.compile(
    r"(?:[与同]|(?:随着|结合|抢抓|把握|抓住)[^，。；]{0,40}|面向|针对|"
    r"针对[^，。；]{2,20}[、和及]|赴|邀请|对接|接轨|串联[^，。；]{0,20}|"
    r"[东南西北]连[^，。；]{0,20}|途经|贯穿|连接|融入|毗邻|紧邻|承接|学习|借鉴)$|以(?:建设|"
    r"举办|创建|承办|筹办)[^，。；]{0,20}$|作为$"
)
_RELIED_LIST: Final = re.compile("(?:依托|利用)[^，。；]*、$")
_BEING_BUILT: Final = re.compile("(?:建设|打造|建成|筹建|启动|开工)$")
_AIM: Final = re.compile(
    r"(?!(?:要|将)?(?:按照|围绕|根据|坚持))[^，。；以]{0,60}(?:的(?:目标|要求|愿景)|"
    r"[”\"](?:的|为)[^，。；]{0,4}(?:愿景|目标|定位))|"
    r"(?!以(?:打造|建设))[^，。；]{0,30}为(?:契机|抓手|目标|依据|示范|主题|代表)|"
    r"[^，。；以打建发]{0,12}为(?:重点|核心|主|龙头|主体|中心|依托|引领|支撑)的"
)
# After a unit that is spoken of comes a stop, a verb or an adverb; after another word it is only
# the place of something (定兴同福等企业, 保定工农路).
_GOES_ON: Final = re.compile(
    r"$|[、，：:（(“”\s—]|[)）](?=[，。；：]|$)|等|"
    r"[要应将则可须需向均都也还只就搞放继更力主瞄以依围立按为是在把由对通让使并还也分各先目近按根着]|[\d一两二三四五六七八九十]+[大个县区市地是期条带翼核园方]|"
    r"发[展挥]|利用|结合|坚持|抓[住好]|抢抓|作为|着[重力]|重点|主[要导攻打]|大力|加[快大强速]|"
    r"积极|积聚|优[先势化]|突出|聚焦|侧重|偏向|"
    r"全[力面域]|集[中聚]|充分|进一步|继续|努力|打造|建[设成]|布局|培育|壮大|做[大强优精]|"
    r"推[动进]|促进|提[升高]|"
    r"形成|构[建筑]|承接|引[进领导]|定位|瞄准|深[耕化入]|率先|强化|实[施现]|支[持撑]|成为|"
    r"规划|争[创取]|创[建新]|"
    r"巩固|持续|稳[步定]|力[争保]|拓展|延伸|开[展发拓]|建成|凭借|借助|用好|拥有|具有|差异|"
    r"错位|协同|联动|共[同建]|"
    r"扩大|研制|制定|高[标质起]|招[引商]|抓|明确|提出|确定|新[建增]|转[型变]|升级|改造|整合|"
    r"统筹|完善|带动|辐射|落[实户]|吸引|承担|鼓励|负责|位于|地处|坐落|规划面积|占地|总面积|"
    r"始建|成立|初步|已|正|成功|联合|携手|目前|现有|围|侧重|充当|担当|立足|鼎力|有序|不断|"
    r"加[力紧]|走|坚定|首位|优势|做|育|扛|延|"
    r"主城|[东西南北中]部|的(?:主导|产业|重点|定位|功能|发展(?:定位|方向|重点)|特色|优势产业)|"
    r"产业|功能|尽快|进行|逐步|适[度时]|深度|因地制宜|稳妥|和|与|及|融入"
)
# 推进…产业园建设, 以…为载体: what is built or used is not given a task.
_BUILT: Final = re.compile(
    r"(?!(?:重点|主[要攻打]|着[重力]|加[快强]|推[动进]|大力|积极|优先|突出|全[力面]|聚焦|发展|"
    r"打造|要|布局|培育|实施|统筹|抓|承接|围绕|依托|以|充分|持续|深入))"
    r"(?:等)?[^，。；]{0,16}?(?:建设|项目|工程|进度|步伐|开工|投产|竣工|认定|申报|开发|规划|"
    r"宣传|改造|升级|扩区|提质|扩容)(?=[，。；]|$)"
)
_USED: Final = re.compile(r"(?!以|将|把)[^，。；以]{0,10}?(?:为|作为)(?:载体|平台|依托|基础|支撑)")
_AS_MAIN: Final = re.compile("(?:等)?为(?:主|核心|重点|中心|龙头)(?!的)")
_AS_SUPPORT: Final = re.compile("(?:等)?为(?:支撑|骨干)(?!的)")
_LISTED_AS_MEANS: Final = re.compile(
    r"(?:[^，。；]{0,6}等[^，。；]{0,12}|[^，。；发打建]{2,50})(?:环境|条件|基础|政策|园区|"
    r"载体|平台|企业|枢纽|基地|"
    r"开发区|高新区|集群|产业园|城市|优势|资源|机构)(?=[，。；]|$)"
)
_PLACE_OF: Final = re.compile("(?:重点|着力|大力|加快|积极)?(?:发展|打造|培育|布局|建设)")
# What follows a unit that only tells of what something else is: 河西区金融机构, 柳河县境内.
_MODIFIES: Final = re.compile(
    r"[^，。；]{0,6}?(?:企业|公司|集团|项目|产品|市场|政府|党[委组]|委员|[局办厅院所校馆厂矿]|"
    r"有限|境内|附近|籍|"
    r"[高中][铁速]|铁路|机场|银行|协会|商会|代表|书记|[市县区]长|同志|居民|群众|农民|农村|"
    r"城镇|居|人均|生产总值|"
    r"增加值|总产值|收入|游客|[内外][的设共]?|段|至|到|以[东西南北])|的|[A-Za-z]|[一-龥]{0,6}[%％\d]"
)


def groups(text: str, units: list[Unit]) -> Iterator[list[Unit]]:
    """Yield units that are named together (甲、乙和丙); of 杭州钱塘区 the narrower one is meant."""
    group: list[Unit] = []
    for unit in units:
        between = text[group[-1].end : unit.start] if group else "-"
        alias = between in {"（", "("} and text[unit.end - 1] in "）)"  # 甲园（乙园）
        if alias or between in {"、", "和", "与", "及", "以及"}:
            group.append(unit)
            continue
        if group and not between and _narrows(group[-1], unit):
            group[-1] = replace(unit, start=group[-1].start)
            continue
        if group and not between and group[-1].kind == "county" and unit.kind in {"park", "zone"}:
            group.append(unit)  # 双流区成都芯谷: both
            continue
        if group:
            yield group
        group = [unit]
    if group:
        yield group


def _narrows(place: Unit, unit: Unit) -> bool:
    """Return whether of two names side by side the second is meant (杭州钱塘区, 阜南县黄岗镇)."""
    return place.kind == "city" or (place.kind == "county" and unit.kind == "town")


def opening(text: str, start: int, end: int, units: list[Unit]) -> list[Unit]:
    """Return the units with which a sentence begins, if it speaks of them."""
    group = next(groups(text, units), [])
    if not group:
        return []
    before = text[start : group[0].start]
    bare = before.strip(" 　-—·")
    if bare and not (len(bare) <= MAX_OPENING_CHARS and bare[-1] in "，,"):
        return []
    built = is_built(text, before, group, end)
    return group if not built and may_be_subject(text, bare, group, end) else []


def may_be_subject(text: str, before: str, group: list[Unit], end: int) -> bool:
    """Return whether a clause may speak of a group, not only mention it (与甲市协同)."""
    after = group[-1].end
    if not _BEFORE_UNIT.search(before) and not _ASKED_LIST.search(before):
        return False
    if NOT_SUBJECT.search(before) or _RELIED_LIST.search(before):
        return False
    if before.endswith("依托") and _PLACE_OF.match(text, after, end):
        return True  # 依托甲园区发展A: there it is to grow
    if before.endswith(("依托", "以", "利用", "发挥")) and (
        group[-1].kind == "park" or _LISTED_AS_MEANS.match(text, after, end)
    ):
        first = before.strip(" 　") == "以" and _AS_SUPPORT.match(text, after, end)
        return bool(first or _AS_MAIN.match(text, after, end))
    if _USED.match(text, after, end):
        return False
    if not _GOES_ON.match(text, after, end):
        official = group[-1].official and group[-1].kind != "town"
        if before.strip(" 　") or not official or _MODIFIES.match(text, after, end):
            return False
    return text[after : after + 1] in {"：", "—"} or _AIM.match(text, after, end) is None


def is_built(text: str, before: str, group: list[Unit], end: int) -> bool:
    """Return whether a group is only what is built (推进甲、乙产业园建设)."""
    after = group[-1].end
    if _BUILT.match(text, after, end):
        return True
    return group[-1].kind in {"park", "zone"} and bool(after == end and _BEING_BUILT.search(before))
