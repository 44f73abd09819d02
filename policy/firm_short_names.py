"""Short names of firms: brand and trade (三一重工), province and nation-wide firm (青海移动)."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic, policy_words
from clusteratlas.policy.names import name_start, piece_start
from clusteratlas.policy.places import place_at
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.text_forms import matches_between
from clusteratlas.policy.well_known import known_firms
from clusteratlas.policy.words import word_set

# How much a coined word looks like a firm's own one (name_likeness) before a trade that many use.
SURE_LIKENESS: Final = 1.0  # above, a fair form needs no proof behind it
MOST_LIKENESS: Final = 2.0  # above, nor does a likely one that begins a sentence
_DAUGHTER: Final = re.compile(
    r"(?:电信|移动|联通|铁塔|建投|交投|城投|国投|水投|旅投|能投|交控|中烟|港口集团)(?=[、，。；为等）)和与\n]|\Z)"
)
# Endings of short names, by how surely a firm stands before them.
_SURE: Final = (
    "药业|制药|股份|重工|重机|铝业|铜业|锌业|钨业|钼业|镁业|钛业|锆业|锂业|钴业|镍业|锡业|矿业(?!权|务)|"
    "盐业|纸业|菜业|果业|鞋业|糖业|味业|煤业|肥业|灯业|蚕业|蜂业|印业|塑业|板业|硅业|磷业|(?<![畜农])牧业|"
    "重汽|航发|绿能|电科|橡机|新材(?!料)|轮胎|茶业|米业|面业|泵业|(?<!林)木业|竹业|门业|瓷业|管业"
)
_FAIR: Final = (
    "精工|精机|数控|重科|智控|智联|防务|建工|建投|交建|钢构|生化|生科|高科|能科|数科|传动|煤电|热电|矿机|"
    "味精|焦化|冶炼|轮毂|铸管|焊材|铸锻|炉料|碳素|炭素|制衣|工贸|矿冶|药材|种苗|化纤|印染|管道|"
    "钢铁|石化|炼化|实业|酒业|乳业|种业|控股|特钢|机电|油田|线缆|智造|信息技术|微电子|半导体|精密|"
    "环保|能源科技|新能源科技|生物科技|光电科技|智能科技|环境科技|电子科技|医疗科技|"
    "新材料科技|农业科技|生物制药|生物医药|机器人科技"
)
_LIKELY: Final = (
    "科技|生物|医药|医疗|电子|电气|电器|光电|新材料|化工|食品|机械|机床|轴承|电缆|水泥|建材|陶瓷|玻璃|"
    "汽车|客车|造船|船舶|饲料|危废|"
    "通信|软件|智能|环境|新能源|能源|光伏|电力|电源|电池|动力|航空|航天|纺织|服饰|家居|家纺|饮料|粮油|"
    "农业|物流|装备|材料|"
    "合金|铸造|锻造|阀门|电机|仪表|仪器|传感|激光|显示|芯片|网络|数据|集成|橡胶|塑胶|包装|"
    "太阳能|机器人|风电|石油|燃气|热力|化肥|肥料|塑料|奶业|家具|印刷|商贸|油脂|面粉|啤酒|卷烟|涂料|钢管|铝材|型材|"
    "锅炉|压缩机|变压器|电梯|起重机|工程机械|农机|电工|化学|科工|光学|药用|制品|鞋材|皮革|羽绒|木器|乐器|"
    "印务|灯饰|照明|百科|集成电路|供应链"
)
_FIRST: Final = "".join(
    sorted(set(re.findall(r"(?:^|[|)])([\u4e00-\u9fff])", f"{_SURE}|{_FAIR}|{_LIKELY}")))
)
SHORT_FORM: Final = re.compile(
    f"(?=[{_FIRST}])(?:(?P<sure>{_SURE})|(?P<fair>{_FAIR})|(?P<likely>{_LIKELY}))"
)
_PREDICATE: Final = (
    r"(?:产销|主打|签约|领军|年产|[一二三四]期|扩建|技改|扩产|增资|投资建设|投资的|入选|获评|荣获|荣登|上市|做大做强|"
    r"做强做大|做大做优|做优做强|新建|"
    r"为(?:龙头|依托|核心|代表|骨干|引领|主体|支撑|牵引|链主|主导)|牵头|领衔|领跑|完成|成为|成功|实现|"
    r"发布|建成|落户|落地|投产|开工|"
    r"等(?:龙头|骨干|重点|一批|[^、，。；]{0,8}(?:企业|公司)))"
)
_EDGE: Final = r"(?:[、，。；：:,;\n\t（()）”\"A-Za-z]|$|和|与|及|项目|总部|工厂|公司|集团)"
_NOT_AFTER_SURE: Final = re.compile(
    r"车间|工厂|产业|行业|企业|工业|制造|园|城|基地|集群|链|市场|等(?:产业|行业|领域|传统|优势|特色)|类|大省|"
    r"大市|大县|强[省市县]|[一-龥]{0,2}协会|方面|板块|化|制|经济|发展$"
)
_AFTER_FAIR: Final = re.compile(f"{_EDGE}|{_PREDICATE}")
_AFTER_LIKELY: Final = re.compile(f"公司|集团|总部|{_PREDICATE}")
_TRADES_OF_PLACES: Final = (
    "石化", "炼化", "油田", "铝业", "铜业", "锌业", "轮胎", "重汽", "股份",
)  # fmt: skip
_RUN_END: Final = re.compile(
    r"(?:[铝铜锌钨钼镁钛锆锂钴镍锡酒乳药实]业|科技|电子|电气|电器|光电|机械|机电|食品|生物|医药|化工|"
    r"能源|纺织|服饰|家居|建材|半导体|精密|石化|特钢|汽车)$"
)
_ITEM_EDGES: Final = frozenset("、，。；等和与及（(")
_INVESTED: Final = re.compile(r"投资(?:超|约|近)?[\d.]+(?:万|亿)元的$")
_GOOD_BRAND: Final = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,6}")
_BAD_BRAND: Final = re.compile(
    r"重大|更多|^多|[两三四五六七八九十\d]大|^(?:土地|木本|延长|百年|子午|张江|草本|个体|村级|镇级)|牌$|[果草畜粮油棉麻茶菜花]$|人工|劳$|[的和与及等是为在对以了把将使并从]|产业|生产|制造|加工|研发|发展|高端|"
    r"先进|新型|精细|"
    r"高性能|建设|重点|关键|传统|优势|特色|现代|智能|绿色|"
    r"^(?:大|小|新|老|县|市|省|区|国|民|央|外)[^\u4e00-\u9fff]?$"
)


def by_province(text: str, line: Line) -> Iterator[Span]:
    """Yield the provinces' and cities' daughters of nation-wide firms: 青海移动、湖南建投."""
    for match in _DAUGHTER.finditer(text, line.start, line.end):
        for size in range(min(match.start(), 4), 1, -1):
            place = text[match.start() - size : match.start()]
            if place_at(text, match.start() - size, match.start()) == place:
                if place[-1] not in "省市区县州":
                    yield Span(match.start() - size, match.end(), "short form")
                break


def by_short_form(text: str, line: Line) -> Iterator[Span]:
    """Yield short names (brand and trade: 三一重工, 东软医疗) where the words around them agree.

    They agree if what follows is said of firms, if the sum of an investment stands before the
    name, or if the next item of the enumeration is such a name too.
    """
    unsure: Span | None = None
    for match in matches_between(SHORT_FORM, text, line.start, line.end):
        sure = _follows(text, match, line.end)
        proven = sure or text[match.end() : match.end() + 1] in _ITEM_EDGES
        if not proven and "元的" not in text[max(0, match.start() - 8) : match.start()]:
            continue
        piece = piece_start(text, match.end(), line.start)
        start = name_start(text, piece, match.end(), keep=len(match.group()))
        if not _is_brand(text[start : match.start()], match.group(), sure=bool(match["sure"])):
            continue
        ends = text[match.end() : match.end() + 1] in _ITEM_EDGES or match.group("sure")
        known = text[start : match.start()] in known_firms() and not ends  # 晶澳|光伏全产业链
        span = Span(start, match.start() if known else match.end(), "short form")
        beside = unsure is not None and text[unsure.end : start] == "、"
        beside = beside and bool(_RUN_END.search(text[start : match.end()]))
        if sure or beside or _INVESTED.search(text, max(0, start - 16), start):
            if beside and unsure is not None and _RUN_END.search(unsure.within(text)):
                yield unsure
            yield span
        unsure = span


def _follows(text: str, match: re.Match[str], limit: int) -> bool:
    """Return whether what stands after a short name lets it be a firm's."""
    end, stop = match.end(), min(limit, match.end() + 24)
    if match.group("sure"):
        return not _NOT_AFTER_SURE.match(text, end, stop)
    pattern = _AFTER_FAIR if match.group("fair") else _AFTER_LIKELY
    return bool(pattern.match(text, end, stop))


def follows_firm(text: str, match: re.Match[str], likeness: float, starts: bool) -> bool:
    """Return whether a trade right after a coined word ends a firm's name, by what follows.

    Parameters
    ----------
    match
        A match of ``SHORT_FORM``.
    likeness
        How much the coined word looks like a firm's own one (``name_likeness``).
    starts
        Whether the name begins a sentence, so that it may be its subject.
    """
    end, stop = match.end(), min(len(text), match.end() + 24)
    if _NOT_AFTER_SURE.match(text, end, stop):
        return False
    if match.group("sure") or _AFTER_FAIR.match(text, end, stop):
        return True
    if match.group("fair"):
        return likeness > SURE_LIKENESS
    return likeness > MOST_LIKENESS and starts


@lru_cache(maxsize=20_000)
def _is_brand(brand: str, form: str, *, sure: bool) -> bool:
    """Return whether what stands before a trade is a firm's own name or its place."""
    if (
        FIRM_SUFFIX.search(brand)
        or not _GOOD_BRAND.fullmatch(brand)
        or _BAD_BRAND.search(brand)
        or is_generic(brand)
    ):
        return False
    if is_generic(brand + form) or is_generic(brand, _everyday()):
        return False
    place = place_at(brand, 0)
    if place == brand:
        return form.startswith(_TRADES_OF_PLACES)
    return bool(sure or place or len(brand) <= 4)


@cache
def _everyday() -> frozenset[str]:
    return word_set("materials") | policy_words()
