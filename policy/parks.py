"""Named parks and zones in a policy text, told apart from goals (打造世界级研发制造基地)."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.coined import coined_head, has_coined
from clusteratlas.policy.known import find_known, well_known
from clusteratlas.policy.lexicon import is_generic, policy_words
from clusteratlas.policy.linking import park_catalog
from clusteratlas.policy.names import DELIMITERS, name_start, piece_start
from clusteratlas.policy.places import place_at, place_index, place_level
from clusteratlas.policy.spans import Span, resolve
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.words import word_set

# Forms of ground that is built on: a trade alone may name one (节能环保产业园).
_GROUND: Final = (
    r"产业园区?|工业园区?|科技园区?|创业园区?|创意园区?|农业园区?|化工园区?|食品园区?|医药园区?|"
    r"生态园区?|孵化园|物流园区?|物流港|软件园|科创园|"
    r"创新园|装备园|加速器园|智造园区?|智造谷|产业城|科技城|科学城|科创城|创新城|汽车城|航空城|医药城|航天城|飞机城|"
    r"陶瓷城|智慧城(?!市)|智创城|数创城|科教城|影都|药谷|美谷|信创谷|电谷|氢谷|车谷|芯谷|酒谷|茶谷|铝谷|钛谷|磁谷|主题园|教育园区|商务港|(?<=[\u4e00-\u9fff]{2}公司|[\u4e00-\u9fff]{2}集团)总部基地|"
    r"工业区|工业城|产业港|创新港|"
    r"(?<=[\u4e00-\u9fff]{2})小镇|产业新城|科技新城|智慧园|制造城|制造业园区|医药谷|药谷|硅谷|光谷|声谷|云谷|数谷|智谷|双创园|示范园区?|"
    r"共建园区?|合作园区?|循环园|产业谷|"
    r"(?<=[\u4e00-\u9fff]{2})(?:工业|产业|科技|加工|经济|观光|物流|仓储|商贸|生态|农业|食品|印刷|家居|建材|装备|材料|创意|文创|文化|"
    r"电商|电子商务|孵化|智造|数字|软件|信息|服务外包|总部|动漫|中药|医药|药|健康|循环|环保|低碳|零碳|化工|冶金|纺织|服装|轻纺|陶瓷)"
    r"[园城港谷](?![区林艺丁地市乡镇])"
)
_ZONE: Final = (
    r"(?:经济技术|高新技术产业|高新技术|经济|工业|旅游|产业|农业|高科技|化工|台商投资|出口加工|"
    r"跨境经济合作|循环经济|新材料|临港|边境经济)?"
    r"(?:开发区|开发园区|加工区|保税区|保税港区|合作先行区|合作区|先行区|集聚区|聚集区|聚集地|集中区|"
    r"功能区|改革试验区|试验区|示范区|引领区|创新区|承载区|产业区)"
    r"|高新区|经开区|综保区|自贸区|自贸港|自由贸易港|新片区|空港区|临空经济区|经济区|投资区"
    r"|(?<=[\u4e00-\u9fff]{2})(?:园区|新区|港区(?!域)|经开区|商务区|商贸特区|起步区|新城(?![区市镇乡]))|"
    r"新片区|(?<=[\u4e00-\u9fff]{2})片区"
)
_BASE: Final = (
    r"(?:产业化|产业|示范|研发|制造|生产|孵化|应用|创新|服务|创业|出口|综合|实验|装备|材料|药|"
    r"加工|创意|储备|试验|制造业|电池|种植|养殖|农业|绿色|繁育|种子|原料|能源|光伏|风电|新能源|培训|科研|材|茶|菜|果|花|葡萄|苗木|育种|"
    r"实验|试验|研发生产|石化|化工|煤电|煤化工|冶金|生猪|肉牛|康养|医美|美妆|[\u4e00-\u9fff]{2})基地"
)
PARK_SUFFIX: Final = re.compile(f"(?P<ground>{_GROUND})|(?P<zone>{_ZONE})|(?P<base>{_BASE})")

MAX_TRADE_CHARS: Final = 12
Form = re.Match[str]

_VERB: Final = re.compile(
    r"--|建有|拉动|[\u4e00-\u9fff][是因]|[翼极核带圈轴]以|建设|打造|建成|建好|建强|建优|创建|发展好|发展成为|迁入|增资|签署|出台|制定|调整|获批|承接|搭建|"
    r"铸牢|改善|理顺|落实|细化|"
    r"凸显|立足|抓住|完成|支持|推进|推动|深化|加快|提升|共建|认定|新增|新设|设立|形成|成为|对接|融入|"
    r"参与|开赴|位于|进驻|指出|分类|"
    r"创成|提速|明确为|大办|省部|做强|对标|叠加|印发|探索与?|简称|依托|扎根|狠抓|启动|严格执行|聚焦|力促|确保|跨入|升级为|增强|提高|扩大|放大|促进|帮助|提质|培优|规划|指导|争取|争创|依托|围绕|推广|突出|攻坚|排出|启动|引导|鼓励|做强|做大|做优|整合|"
    r"优化|入驻|落户|集聚|编制|升级|走进|服务向|发挥|集中到|布局在|布局于|布局"
)
_NUMBERED: Final = re.compile(
    r"[一二三四]类|\d+(?:个|家|处|万|项|平方)|[一二三四五六七八九十两几]+(?:批|个|大|处)|首批|首个|"
    r"[各每该本]|其他|"
    r"全部"
)
# A base that is to be "first-class" or "important in the country" is a goal, not a place.
_GOAL_WORD: Final = re.compile(
    r"世界|国际[^产物合创科商]|全国|国内|一流|领先|重要|知名|全球|全省|全市|全县|区域性|千亿|百亿|"
    r"万亿|十亿|亿级|核岛|特高压|级核|大型|重大|"
    r"先进|高端|高水平|成套|全产业链|最大|特色鲜明|具有|有影响|核心竞争力|标志性|万吨|万亩|"
    r"国家级[^“”]{0,12}$|国家重要|战略"
)
_GOAL_BEFORE: Final = re.compile(
    r"(?:打造|建设|建成|形成|创建|争创|成为|构筑|建立|努力把[^，。]{1,8})(?:成为?|全[国省市县]|"
    r"我[国省市县])?(?:[^，。；、]{1,14}的)?[“\"]?$"
)
_PLACE_USE: Final = re.compile(
    r"(?:依托|位于|入驻|落户|以|在|进驻|以及|坐落于|布局在|布局于|落地|由|进入)[“\"]?$"
)
_PLACE_FOLLOW: Final = re.compile(
    r"(?:[一二三四]期|已有|已建|积极推进|占地|总投资|规划面积|初具|扩建|扩区|标准(?:化)?厂房|管委会|内|核心区|起步区|启动区|东区|西区|北区|南区|"
    r"为(?:依托|载体|核心|重点|中心|主体|主))"
)
_PROJECT: Final = re.compile(
    r"(?:等(?:[两三四五六七八九十\d]+个)?(?:重[点大])?(?:产业|工业)?)?项目|\d+(?:\.\d+)?万?(?:平方米|"
    r"平米|亩)|等[^、，。；]{0,4}(?:园中园|特色园)"
)
# Titles that a government gives (改革试验区, 先行区): without a place in them they name no ground.
# What stands before 园区 when no one park is meant: 项目向园区集中, 道路以北产业园区, 各类, 区属.
_NOT_NAMED: Final = re.compile(
    r"[向把将对到往入至转让使由按与及]$|以[东西南北]$|[东西南北]临$|[一二两三四五六七八九十]县$|区属$|市属$|线下|线上|所在|入驻|"
    r"百万|万千瓦|千瓦级|优质|标准化|规模化|无公害|[一-龥]产业向|项目向|域内|周边|相关|有关|符合|特色$|现代化$|一批|我们|等|^(?:现代农业|主要|现代)$|转型升级$|型$|主城$|城市$|城区$"
)
_BECOMES: Final = re.compile(
    '(?:打造|构建|创建|争创|建成|建设|建设成为?|升级为|被评为|入选|申报建设|申报)[“"]?$'
)
_REGION_NAME: Final = re.compile(
    "长三角|珠三角|粤港澳|京津冀|成渝|川渝|长株潭|中韩|中日|中德|中新|中意|中欧|中法|中瑞|深汕|沈抚"
)
_COUNT_AFTER: Final = re.compile(
    r"[一二两三四五六七八九十\d]+(?:余|多)?[个家处座]|[\d.]+万?亩|规模|利用率|数量|面积达"
)
_SOFT_ZONE: Final = re.compile(r"(?:示范区|先行区|引领区|试验区|创新区|承载区|集聚区|聚集区)$")
_ZONE_LEAD: Final = re.compile(
    r"(?:[县区市](?!域|级|内|场|政|和|与|及|的)|(?:县|市|区)?(?:高新区|经开区|开发区|"
    r"经济(?:技术)?开发区|"
    r"工业园区?|产业园区))"
)
_PLACE_BRACKET: Final = re.compile(r"[（(]([\u4e00-\u9fff]{2,8})[)）]")
_LEFT_PARK: Final = re.compile("(?:[园城谷港区]|基地|小镇|中心|集团|公司)$")
_RANKED_HEAD: Final = re.compile(r"([\u4e00-\u9fff]{2,4})(?:国家|省)级$")
_LED_IN: Final = re.compile("(?:[东西南北中]部|[东西南北]翼|一[核轴带])(?:以|依托|打造|建设)")
_LEAD_END: Final = re.compile(
    "(?:年内|近期|当前|力争|进一步|期间|以来|分别|先后|确保|抓好|做好|加快|支持|推进|建设)$"
)
_RANK: Final = re.compile(r"(?:国家|省|市|区|县)级")  # 市级渠南工业园
_RANKED_ONLY: Final = re.compile(r"[国省市区县]家?级$")  # 创成市级园区
_CITY_LEVEL: Final = frozenset({"city", "county"})


def find_parks(text: str, lines: list[Line]) -> list[Span]:
    """Return the named parks and zones of a text, in order and without overlaps."""
    spans: list[Span] = list(find_known(text, _shipped(), "shipped name"))
    spans += find_known(text, word_set("national zones"), "national zone")
    trade_zone = "自贸" in text or "自由贸易" in text  # only those are divided into 片区
    forms = [list(PARK_SUFFIX.finditer(text, line.start, line.end)) for line in lines]
    counts = Counter(_ground_names(text, lines, forms))
    repeated = frozenset(name for name, n in counts.items() if n > 1)
    for line, matches in zip(lines, forms, strict=True):
        shared = list(_shared_form(text, line)) if matches else []
        found = [s for s in _in_line(text, line, matches, repeated) if not _touches(s, shared)]
        spans += [*shared, *found, *_beside_named(text, line, matches, found)]
    return resolve(
        [
            span
            for span in spans
            if trade_zone or not text.startswith("片区", span.end - 2) or text[span.end - 3] == "新"
        ]
    )


@cache
def _shipped() -> frozenset[str]:
    return frozenset(name for name in park_catalog().names if len(name) >= 5)


def _ground_names(text: str, lines: list[Line], forms: list[list[Form]]) -> Iterator[str]:
    """Yield trade-only names of built ground (健康食品产业园); said twice, it is one place."""
    for line, matches in zip(lines, forms, strict=True):
        for match in matches:
            if match.group("ground") and match.start() > line.start:
                piece = piece_start(text, match.end(), line.start)
                start = _park_start(text, piece, match.start(), match.end())
                body = text[start : match.start()]
                if len(body) >= 4 and is_generic(body):
                    yield text[start : match.end()]


def _touches(span: Span, others: list[Span]) -> bool:
    return any(span.start <= other.start < span.end for other in others)


# --- one name ---------------------------------------------------------------------------------


def _in_line(
    text: str, line: Line, matches: list[Form], repeated: frozenset[str]
) -> Iterator[Span]:
    done = line.start
    for index, match in enumerate(matches):
        if match.start() < done:
            continue
        piece = piece_start(text, match.end(), max(done, line.start))
        start = _park_start(text, piece, match.start(), match.end())
        if _is_park_name(text, start, match) or (
            text[start : match.end()] in repeated and not _unfit(text[start : match.start()])
        ):
            end = _within_zone(text, match, matches[index + 1 : index + 3])
            end = _with_place(text, end)
            yield Span(start, end, "park form")
            done = end


def _within_zone(text: str, match: Form, nearby: list[Form]) -> int:
    """Return the end of a park within a zone, named together (淮南高新区新型显示产业园)."""
    for following in nearby:
        if following.start() > match.end() and (
            following.group("ground") or following.group("base")
        ):
            between = text[match.end() : following.start()]
            kind = between[len(place_at(between, 0)) :] or "产业"
            if (
                len(between) <= MAX_TRADE_CHARS
                and is_generic(kind)
                and between[0] not in "和与及等"
            ):
                return following.end()
            break
    return match.end()


def _with_place(text: str, end: int) -> int:
    """Return the end of a park's name with the place in brackets after it: 制造城（玉林）."""
    bracket = _PLACE_BRACKET.match(text, end, end + 14)
    return bracket.end() if bracket and bracket.group(1) in place_index() else end


def _park_start(text: str, piece: int, form_start: int, end: int) -> int:
    return piece + _park_offset(text[piece:end], form_start - piece)


@lru_cache(maxsize=50_000)
def _park_offset(text: str, form_start: int) -> int:
    """Return where a park's name begins in a piece of text that ends with its form."""
    end = len(text)
    start = name_start(text, 0, end, keep=end - form_start)
    for match in _VERB.finditer(text, start, form_start):
        start = match.end()
    for match in re.compile("[和与及]").finditer(text, start, form_start):
        left = text[start : match.start()]
        if match.end() == form_start and len(left) >= 2:  # 大庆油田和经开区
            return form_start
        right = text[match.end() : form_start]
        named = len(left) >= 4 and _LEFT_PARK.search(left) and not is_ordinary(left)
        if len(right) >= 2 and not is_ordinary(right):
            named = named or len(left) >= 4 or (len(left) >= 2 and is_ordinary(left))
        placed = named or place_at(text, match.end(), form_start)
        if placed or (len(left) > 2 and PARK_SUFFIX.search(left) and _ends_in_form(left)):
            start = match.end()
    sized = re.compile(r"\d+(?:\.\d+)?(?:万?亩|平方公里|万平方米)(?:的)?").match(
        text, start, form_start
    )
    start = sized.end() if sized else start
    start = _at_place(text, start, form_start)
    inside = text.rfind("在", start, form_start - 2)
    if inside > start and is_ordinary(text[start:inside]):  # 五年内在…工业园
        start = inside + 1
    led = _LED_IN.match(text, start, form_start)
    start = led.end() if led else start
    while (
        start < form_start and text[start] in "了的和与及好以向在含" and not place_at(text, start)
    ):
        start += 1
    rank = _RANK.match(text, start, form_start)
    if rank and place_at(text, rank.end(), form_start) == "" and form_start - rank.end() >= 2:
        return rank.end() if not is_generic(text[rank.end() : form_start]) else start
    return start


def _at_place(text: str, start: int, form_start: int) -> int:
    """Return the start of a place within the body if only everyday words stand before it."""
    if place_at(text, start, form_start):
        return start
    for position in range(start + 2, min(form_start - 1, start + 8)):
        placed = place_level(place_at(text, position, form_start)) in _CITY_LEVEL
        if placed and text[start:position] not in place_index() and _is_lead(text[start:position]):
            return position
    return start


def _is_lead(words: str) -> bool:
    """Return whether words before a place are no part of a name (力争年内, 加快)."""
    return is_ordinary(words) and bool(_LEAD_END.search(words))


def _ends_in_form(name: str) -> bool:
    return any(match.end() == len(name) for match in PARK_SUFFIX.finditer(name))


def _is_park_name(text: str, start: int, match: re.Match[str]) -> bool:
    body = text[start : match.start()]
    if park_catalog().names.get(text[start : match.end()]):
        return True
    if _is_no_name(text, start, match):
        return False
    ranked = _RANKED_HEAD.match(body)
    if ranked and not is_ordinary(ranked.group(1)):  # 葛店国家级经济开发区
        return True
    if match.group() == "新城":  # 白沟新城 is one; 嘉定新城 is the town of a district
        return place_at(body, 0) != body and not is_ordinary(body)
    if body.startswith("国家火炬"):  # a nation-wide programme whose bases are places
        return True
    if _NOT_NAMED.search(body) or _RANKED_ONLY.search(body) or _is_title(text, start, body, match):
        return False
    return _is_named(text, start, match)


def _is_no_name(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a piece cannot be a park's name: too short, a district, part of a longer word."""
    body, end = text[start : match.start()], match.end()
    if len(body) < 2 or text[start:end] in place_index() or any(c in DELIMITERS for c in body):
        return True
    if text.startswith("域", end) and not text.startswith("域名", end):  # 集中区域
        return True
    return text.endswith("共同", 0, start)


def _is_named(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether what stands before a park's form names one, by place, brand or use."""
    body = text[start : match.start()]
    place = place_at(text, start, match.start())
    local = place_level(place) in _CITY_LEVEL or bool(_ZONE_LEAD.match(body))
    built = place and match.group("ground")
    if _NUMBERED.search(body) or (_GOAL_WORD.search(body) and not (local or built)):
        return _is_project(text, body, match)
    if match.group("base"):
        return local or _is_base(text, start, body, place)
    if (place or _ZONE_LEAD.match(body)) and match.group("ground"):
        return True
    if place:
        return not _is_policy_title(body[len(place) :]) or place_level(place) in _CITY_LEVEL
    return _is_unplaced_name(text, start, match)


def _is_branded(body: str) -> bool:
    """Return whether a body holds a coined word or begins with a well-known firm."""
    return has_coined(body) or any(body[:size] in well_known() for size in range(2, 7))


def _is_title(text: str, start: int, body: str, match: re.Match[str]) -> bool:
    """Return whether a zone is a title given to a place (农村改革试验区) or what one is to become."""
    if match.group().endswith("试验区") and not re.search("自贸|自由贸易", body + match.group()):
        return True
    if body in {"国家", "全国", "省", "自治区"} or body.endswith(("成国家", "成省", "国家级")):
        return not _RANKED_HEAD.match(body)
    if body.startswith("国家") and is_ordinary(body):
        return True
    rest = body[len(place_at(body, 0)) :]
    soft = _SOFT_ZONE.search(match.group()) or match.group("base")
    return bool(
        soft
        and len(rest) > 2
        and is_ordinary(rest)
        and _BECOMES.search(text, max(0, start - 6), start)
    )


def _is_base(text: str, start: int, body: str, place: str) -> bool:
    """Return whether a base is a place (神华石化基地), not what somewhere is to become."""
    branded = not place and len(body) <= 14 and not is_ordinary(body) and _is_branded(body)
    goal = _GOAL_BEFORE.search(text[max(0, start - 20) : start])
    return bool((place_level(place) or branded) and not goal)


def _is_unplaced_name(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a park without a place at its head has a name of its own (中德装备园)."""
    body = text[start : match.start()]
    before = text[max(0, start - 20) : start]
    counted = _COUNT_AFTER.match(text, match.end()) and is_ordinary(body)
    if counted or re.match(r"\d|县市|省管|市管|县两级", body):
        return False
    if (match.group("base") and is_ordinary(body)) or before.endswith("最大的"):
        return False
    if re.match(r"县域|市域|各|现有", body) or (match.group() == "园区" and len(body) > 6):
        return False
    if match.group() in {"园区", "新区", "片区", "港区"} and is_ordinary(body):
        return False
    if match.group() == "新片区":
        return True
    if body.startswith(("国家", "省级")) and is_ordinary(body) and not match.group("ground"):
        return False
    if _SOFT_ZONE.search(match.group()) and not _holds_place(body):
        return (len(body) <= 3 and has_coined(body)) or coined_head(body) > 0  # 昭山示范区
    if _is_descriptive(body):
        return bool(match.group("ground")) and _used_as_place(text, before, match.end())
    return True


def _is_project(text: str, body: str, match: re.Match[str]) -> bool:
    """Return whether a trade park is built as a project (高端装备产业园等项目开工)."""
    built = match.group("ground") and _PROJECT.match(text, match.end(), match.end() + 20)
    return bool(built and not _NUMBERED.search(body) and is_generic(body))


def _used_as_place(text: str, before: str, end: int) -> bool:
    if re.search(r"(?:县域|市域|现有|全[省市县区]|各类?|所在)$", text[end - 8 : end - 3]):
        return False
    following = _PLACE_FOLLOW.match(text, end) or _PROJECT.match(text, end, end + 20)
    return bool(_PLACE_USE.search(before) or following)


def _is_policy_title(rest: str) -> bool:
    """Return whether what follows a province's name is a title given to it, not a piece of ground."""
    return len(rest) > 2 and (_is_descriptive(rest) or is_ordinary(rest))


def _is_descriptive(body: str) -> bool:
    """Return whether a body can be cut into words of trade and policy: it names no one place."""
    return is_generic(body, policy_words())


def _holds_place(body: str) -> bool:
    if _REGION_NAME.search(body):
        return True
    if any(body[:size] in place_index() for size in (2, 3, 4)):
        return True
    return any(place_at(body, position) for position in range(len(body) - 1))


# --- lists -----------------------------------------------------------------------------------------

# 铁西、浑南、沈北3大产业集聚区: every item of the list is such an area.
_SHARED_FORM: Final = re.compile(
    r"(?P<items>(?:[\u4e00-\u9fff]{2,6}[、和]){1,12}[\u4e00-\u9fff]{2,6}?)"
    r"(?:[两二三四五六七八九十\d]{1,2}(?:大|个))(?:[\u4e00-\u9fff]{0,6}?)"
    r"(?:集聚区|功能区)"
)


def _shared_form(text: str, line: Line) -> Iterator[Span]:
    for match in _SHARED_FORM.finditer(text, line.start, line.end):
        start = match.start("items")
        for item in re.split("[、和]", match.group("items")):
            stop = start + len(item)
            begin = name_start(text, start, stop, keep=1)
            if text[begin:stop] in place_index():
                yield Span(begin, stop, "shared form")
            start = stop + 1


def _beside_named(text: str, line: Line, matches: list[Form], found: list[Span]) -> Iterator[Span]:
    """Yield parks named by trade alone (节能环保产业园) beside named ones or each other."""
    ends = {span.end for span in found}
    starts = {span.start for span in found}
    trades: list[Span] = []
    for match in matches:
        piece = piece_start(text, match.end(), line.start)
        if match.group("ground") is None or match.end() in ends or match.start() - piece < 2:
            continue
        start = _park_start(text, piece, match.start(), match.end())
        body = text[start : match.start()]
        if len(body) >= 2 and not _unfit(body):
            trades.append(Span(start, match.end(), "beside named parks"))
    for index, span in enumerate(trades):
        after, before = text[span.end : span.end + 1], text[span.start - 1 : span.start]
        near = (before == "、" and span.start - 1 in ends) or (
            after == "、" and span.end + 1 in starts
        )
        if near or _in_run(text, trades, index):
            yield span


def _in_run(text: str, trades: list[Span], index: int) -> bool:
    """Return whether a trade park stands in an enumeration of at least three such parks."""
    run = 1
    for step in (-1, 1):
        at = index
        while 0 <= at + step < len(trades):
            left, right = sorted((trades[at], trades[at + step]), key=lambda span: span.start)
            if text[left.end : right.start] not in {"、", "和", "与", "及", "以及"}:
                break
            run, at = run + 1, at + step
    return run >= 2 and is_generic(re.sub("产业$", "", trades[index].within(text)[:-3]) or "园")


def _unfit(body: str) -> bool:
    return bool(_GOAL_WORD.search(body) or _NUMBERED.search(body) or _VERB.search(body))
