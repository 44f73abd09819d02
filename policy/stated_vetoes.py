"""What no positioning is, whichever reader stated it: no unit, no trade, an honour, a mere building."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from clusteratlas.policy.places import place_index
from clusteratlas.policy.sector_phrases import is_sector
from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.units import Unit

MAX_PLACE_CHARS: Final = 4
MAX_CHARS: Final = 1_000  # of a sentence before and after a unit
MAX_LEAD_CHARS: Final = 60  # of a sentence before a unit that tell whether it is only built

# A name that begins with what is done: 建强…产业园, 能人回乡, 新建通乡.
_DOING: Final = re.compile(
    r"建[立强好优]|提[升高]|实[施现]|走[好出]|建设(?![镇乡街路])|规划建设|按照|年内|"
    r"传承|弘扬|深入|大力|热爱|能人|推[动进]|加[快强大]|支持|鼓励|引导|促进|完善|打造|培育|做[大强优]|"
    r"抓[好住]|创建|争[创取]|申报|繁荣|丰富|强化|筹建|改造|启动|依托|围绕|利用|坚持|开展|组织|保护|"
    r"扩大|发挥|确保|落实|构建|举办|巩固|深化|拓展|整合|盘活|探索|引进|招引|吸引|聚焦|整治|治理|修建|"
    r"扩建|续建|完成|力争|努力|积极|继续|统筹|通过|以[城工]"
)
_COUNTED: Final = re.compile(
    r"[\d两三四五六七八九十]+[个条座家片]|[\d两三四五六七八九十]+[A-Z]级|[区县市镇][和与及、]|"
    r"一(?:基地|园|核|区|带|城)[一两三四五六七八九十]|.{2,}[两三四五六七八九十\d]大[^道街桥]"
)
# Words that end as names of places do.
_WORD: Final = re.compile(
    r"(?:产业|工业)?园区|(?:产业)?集聚区|"
    r"新建通.*|.*(?:[回返还]乡|(?:送.{0,4}|文化|科技|卫生|医疗|干部|资本|人才|家电)下乡|[之侨]乡|"
    r"(?:江南|岭南|塞北|北国)水乡|(?:热爱|回报|建设|美丽|可爱)家乡|城带乡|[市区]县?乡|县乡|"
    r"(?:小城|重点场|重|文明村|中心城|重点城|卫星城)镇|入选.*|获[评批].*|荣获.*|"
    r"(?:教育|研学|实践|培训)基地|景区|博览园|大观园|公园|苏区|新居)"
)
_NO_UNIT: Final = re.compile("把?(?:我|该|[本全](?=[省市县区镇乡旗])|辖[内区])|(?:全国|世界).*城$")
# What administrations do and honour, and what is only a part of a sentence.
_NO_TRADE: Final = re.compile(
    r"^垃圾$|^污水处理$|^管网$|^(?:经济|大产业|生产|销售|新要求|最大|一业)$|(?:废物|废弃物)$|处理(?:[场厂站]|设施)$|填埋"
    r"|征信|监管|诊疗$|医疗资源|社保|养老保险|全民健|平安|碧水|"
    r"民主|扶助|政务|扶贫|绿化$|亮化$|美化$|净化$|硬化$|生态修复|造林|(?:文化|体育|文体|卫生|教育|社会|"
    r"公益|慈善|残疾人)事业$|公共文化|^失业|一村一品|名胜|星级酒店|保障性|文化艺术$|博物馆|科技馆|"
    r"(?:历史|民俗|名人|传统|古都|特色|乡土|土|移民|武术|华侨|红色|城市|社区|群众|校园|法治|廉政|"
    r"优秀|民族|非遗)文化$|创业孵化$|创业$|投资兴业|^劳务|^(?:打通|起了|提高|申报|启动|光大|更多|通过|于)|"
    r"(?:经济区|开发区|高地)$|"
    r"入选|繁荣$|^(?:减(?!速)|域|合理|依法|严格|规范)|^行业$|托管$|\d+号|^老工业$|(?<!步行)(?<!商业)(?<!美食)街$"
)
# Services to citizens: schools, clinics, water, roads, order.
_SERVICE: Final = re.compile(
    r"(?:义务|学前|基础|特殊|高中|幼儿|思政)教育|高中$|(?:小|中)学$|学校$|幼儿园|医院$|医[共联]体|卫生[院室所]|"
    r"(?:公共|医疗|妇幼|爱国|环境)卫生|饮水(?:安全|工程)|(?:集中|城乡|农村)供水$|水利$|农田|水库$|防洪|排涝|公路|"
    r"客运站|公交$|基站$|(?:老旧|住宅)小区|棚户|危房|人居|退耕|水土(?:保持|流失)|信访|调解|援助$|"
    r"防灾|减灾|救援$|(?:食品|药品)安全$|安全生产|接种|脱贫|搬迁|图书[馆室]|体育[馆场]|文化[馆站室]|敬老|"
    r"文明$|志愿|党建|农网|电网改造|垃圾(?:分类|收运|清运|治理)|^(?:生活|农村|城乡)垃圾|污水管|雨污|"
    r"市容|城管|便民|惠民|救助|优抚|双拥|殡葬改革|网格|治安|综治|厕所|路灯|停车"
)
_HONOUR: Final = re.compile(
    r"入选|获[评批授]|荣获|被[^，。；]{0,24}(?:评为|认定|命名|授予|列入|列为)|评为|排名第|位居"
)
# Of what was, and of schools, monuments; circulars to all bodies of a place.
_PAST: Final = re.compile("近年来|过去[的一五]|[五一]年来|去年")
_PUBLIC: Final = re.compile("学校|医院|社会保障|医疗卫生|群众文化|文艺|非物质文化|文物")
_ADDRESSED: Final = re.compile("(?:人民)?政府[^。；]{0,30}(?:各部门|各单位|市直|区直|县直)")
_TITLE: Final = re.compile(
    r"(?:争创|创建|申创|争取|申报)[^，。；、]{0,16}(?:[名强](?=[县镇])|示范(?=[县区市]))"
)
_BRAND: Final = re.compile(
    r"[”\"]{0,2}(?:(?:[^，。；]{0,40}等)?(?:一批)?(?:区域)?|等)[^，。；、等]{0,4}品牌(?!化)"
)
_BUILDING: Final = re.compile(
    r"(?:建[设成好]|推进|实施|抓好|加快|打造|启动|筹建|完善|组建|做强|发展|支持)[^，。；]*$"
)
_OPENED: Final = re.compile("[，,；：](?:支持|推动|鼓励|引导|促进|指导)?$")
_DISTRICT: Final = re.compile("[一-龥]{2,4}?(?:新区|[区县市旗])")
_FOUNDED: Final = re.compile("设立|成立|组建")
_AMONG: Final = re.compile("[、和与等]|(?:建设|项目|工程|发展)$")


def allowed(text: str, found: Iterable[Positioning]) -> Iterator[Positioning]:
    """Yield positionings without the trades that are none, and none of a unit that is none."""
    for one in found:
        unit = unit_of(text, one.unit)
        if unit is None or _only_told(text, one):
            continue
        named = dict.fromkeys(map(own_trade, one.sectors))
        kept = tuple(name for name in named if name and _may_be_trade(name))
        if kept:
            same = kept == one.sectors and unit is one.unit
            yield one if same else replace(one, unit=unit, sectors=kept)


@lru_cache(maxsize=10_000)
def _may_be_trade(name: str) -> bool:
    return not (_NO_TRADE.search(name) or _SERVICE.search(name))


@lru_cache(maxsize=10_000)
def own_trade(trade: str) -> str:
    """Return a trade without the district or the founding before it: 沈北新区航空航天, 设立冷链物流.

    What is founded and is no trade is "".
    """
    founded = _FOUNDED.match(trade)
    if founded:
        rest = trade[founded.end() :]
        return rest if is_sector(rest) and len(rest) > 2 else ""
    place = _DISTRICT.match(trade)
    known = place is not None and place.group() in place_index()
    rest = trade[place.end() :] if place is not None and known else ""
    return rest if is_sector(rest) else trade


def unit_of(text: str, unit: Unit) -> Unit | None:
    """Return a unit without 把 before its name, or nothing if the name is no unit's."""
    name = unit.name
    if not _may_be_unit(name):
        return None
    if name.startswith("把") and not _opens_with_place(name):
        taken = text.startswith(name, unit.start)
        return replace(unit, name=name[1:], start=unit.start + taken)
    return unit


@lru_cache(maxsize=10_000)
def _may_be_unit(name: str) -> bool:
    if name in place_index():
        return True
    if _WORD.fullmatch(name):
        return False
    refused = _NO_UNIT.match(name) or _DOING.match(name) or _COUNTED.match(name)
    return refused is None or _opens_with_place(name)


def _opens_with_place(name: str) -> bool:
    sizes = range(2, MAX_PLACE_CHARS + 1)
    return any(name[:size] in place_index() for size in sizes)


def without_others(
    text: str, found: Iterable[Positioning], ruled: Iterable[Positioning]
) -> Iterator[Positioning]:
    """Yield positionings without what the rules give a later clause's own unit: 甲做A，乙培育B.

    Parameters
    ----------
    found
        What both readers state.
    ruled
        What the rules alone state; it is never left out.
    """
    stated: dict[int, list[Positioning]] = {}
    for one in ruled:
        stated.setdefault(one.start, []).append(one)
    for one in found:
        here = stated.get(one.start, [])
        own = {name for other in here if other.unit.name == one.unit.name for name in other.sectors}
        more = [name for name in one.sectors if name not in own]
        theirs: set[str] = set()
        for other in here if more else ():
            if _opens_later(text, other.unit, one.unit):
                theirs.update(other.sectors)
        kept = tuple(name for name in one.sectors if name in own or name not in theirs)
        if kept:
            yield one if kept == one.sectors else replace(one, sectors=kept)


def _opens_later(text: str, other: Unit, unit: Unit) -> bool:
    """Return whether a unit of the same kind opens a clause after that of another one."""
    if other.kind != unit.kind or other.name == unit.name or other.start < unit.end:
        return False
    return _OPENED.search(text, max(unit.end, other.start - 6), other.start) is not None


def _only_told(text: str, one: Positioning) -> bool:
    """Return whether a sentence honours a unit, seeks a title or a brand, or only builds it."""
    unit = one.unit
    start = max(one.start, unit.start - MAX_CHARS) if unit.start < one.end else one.start
    end = min(one.end, start + 2 * MAX_CHARS)  # a row may be longer than any sentence
    if _of_past_or_all(text[start:end]):
        return True
    if one.rule == "responsible" and text.startswith("管委会", unit.end):
        return True
    if not start <= unit.start < end:
        return False
    begin = max(text.rfind("，", start, unit.start) + 1, start)
    stop = text.find("，", unit.end, end)
    stop = stop if stop >= 0 else end
    clause = text[begin : unit.start] + "\n" + text[unit.end : stop]
    said = sum(name in clause for name in one.sectors)
    if said and _HONOUR.search(text, begin, stop):
        return True
    if any(form.search(text, begin, stop) for form in (_TITLE, _PUBLIC)):
        return True
    if _is_branded(text, one.sectors[-1], start, end):
        return True
    if unit.kind not in {"park", "zone"} or 2 * said >= len(one.sectors):
        return False
    return _is_built(text, one, begin, stop)


@lru_cache(maxsize=1_000)
def _of_past_or_all(sentence: str) -> bool:
    return (_PAST.search(sentence) or _ADDRESSED.search(sentence)) is not None


def _is_branded(text: str, trade: str, start: int, end: int) -> bool:
    """Return whether what is to grow is a brand: 甲苹果、乙大米等一批品牌."""
    at = text.rfind(trade, start, end)
    return at >= 0 and _BRAND.match(text, at + len(trade), end) is not None


def _is_built(text: str, one: Positioning, begin: int, stop: int) -> bool:
    """Return whether a park is one of what is built; what is to grow is said of the whole place."""
    unit = one.unit
    lead = text[max(begin, unit.start - MAX_LEAD_CHARS) : unit.start]
    if not _BUILDING.search(lead):
        return False
    return "、" in lead or _AMONG.search(text, unit.end, stop) is not None
