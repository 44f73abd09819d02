"""Kinds of things that neither reader may take for a firm or for ground of industry.

Roads, scenery, schools and housing are told by the words that end their names or stand right after
them; nothing here names one of them. What some texts count and others do not is only doubtful.
"""

import re
from functools import lru_cache
from typing import Final

from clusteratlas.policy.lexicon import FIRM_SUFFIX
from clusteratlas.policy.places import place_at, place_index
from clusteratlas.policy.vocabulary import is_ordinary, is_word
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_set

_BEFORE, _AFTER = 16, 16  # characters around a name that are looked at

# --- parks
_SCHOOL_OR_HOME: Final = re.compile(
    r"(?:幼儿园|[家嘉佳俊雅馨怡名尚]园|公园|[^莲]花园|庭院|高校新区|碧桂园|动物园|植物园|陵园|博园|博览园|大观园|世园)(?:小区|[一二三四五东西南北]区)?$|"
    r"(?:教育|党建|研学|实践|露营|度假|冬训|训练|辅导|写生|避暑|安葬|救助|演艺|养老)基地$"
)
_LEISURE: Final = re.compile(
    r"主题(?:生态|文化|体验)?园$|(?:文化|乡村|旅居|民俗|航空)体验园$|(?:文化|宝塔|古迹|生态)观光园$|"
    r"旅游园区$|(?:风情|黄河|黄帝|孔子|老子|太极|明清|民俗|历史|红色|长征)文化园区?$"
)
_BUSINESS_TOWN: Final = re.compile(
    r"(?:中央|金融|车站|东站|西站|南站|北站|湾|河|湖)商务区$|自由贸易港区?$|自贸(?:试验)?区$|自由贸易试验区$"
)
_TITLE: Final = re.compile(
    r"(?:转移转化|试点|文明|传统文化|文化旅游|旅游|改革|改革试验|富裕|主体|治理|营商环境|乡村振兴|"
    r"西北生态|流域生态|脱贫攻坚|可持续发展)(?:综合)?(?:先行|创新)?(?:示范区|试验区|先行区|功能区)$"
)
_UNNAMED: Final = re.compile(
    r"(?:国家|省级|国家级)?(?:现代农业产业园|特色产业园|文化创意(?:产业)?园区?|大学生创业园|青年创业园|留学人员创业园)$"
)
_OF_A_PLACE: Final = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,8}[省市州])(?:产业|工业)?园区$")
_OF_LEARNING: Final = re.compile(r"(?:职教|高教|科教|教育|大学|高校)(?:园区?|新区|城)$")
_OF_TRADE: Final = re.compile(
    r"(?:工业|产业|科技|高新|高新技术|制造|智造|装备|航空|航天|汽车|电子|软件|智慧|纺织|服装|家居|物流|"
    r"材料|化工|医药|创新|科创|科学|数字|信息|能源|新能源|食品|园区|总部|港)$"
)
_NOT_ONE: Final = re.compile(
    r"[一二两三四五六七八九十]大(?!连池)|\d+(?:[个大家]|[县区]市?)|老旧|集群式|低效"
)
_AWARDED: Final = re.compile('(?:评为|获评|荣获|授予|命名为)[“”"]*$')
_TOURIST_TOWN: Final = re.compile(
    r"(?:特色|风情|旅游|文旅|文化|度假|休闲|康养|养生|医养|颐养|养老|健康|禅修|摄影|温泉|田园|绿色|宜居|"
    r"民俗|民宿|体育|足球|冰雪|滑雪|苹果|葡萄|花卉|森林|美丽|生态|红色|音乐|艺术|婚庆|避暑|"
    r"[镇乡村山水河湖江海香花])小镇$"
)
_CITY_AREA: Final = re.compile(r"(?:乡村|新村|[路巷]|[东西南北中]部|红土|老城|古城|安置|棚户)片区$")
_CITY_WORK: Final = re.compile(
    r"(?:区域发展|扶贫|危旧|危房|棚户|棚改|城建|征收|拆迁|保护|国际危险|[一二三四五六]桥|安置)"
)
DOUBTFUL: Final = (
    "town for guests", "whole new area", "offices or free trade", "learning", "title",
)  # fmt: skip
_NO_GROUND: Final = ("项目", "工程", "企业", "公司", "集团", "产业", "产品")
_WATERSIDE: Final = re.compile(
    r"(?:滨[河海江湖水]|生态|[东西南北]部|[江河湖海城御][东西南北])新区$"
)
_GARDEN_AFTER: Final = re.compile(
    r"[”\"]?(?:[东西南北]?(?:路|站|口|门|里|街|胡同|小区|小学|中学|社区|步行街|酒店|商城)|会[议展址]?|活动|"
    r"[”\"]?环境友好|、[^、，。]{1,8}(?:路|站|小区|路口|家园|大院)(?![\u4e00-\u9fff]{3}))"
)
_GARDEN_BEFORE: Final = re.compile(
    r"(?:站|路|路口|小区|庄|撤销|增设|保护|新风)[、，“\"（(]*$|[、，][^、，。]{1,6}(?:站|路|小区|庄)、$"
)


def no_park(text: str, start: int, end: int) -> bool:
    """Return whether what stands at ``text[start:end]`` is of a kind that is no ground of industry."""
    before = text[max(0, start - _BEFORE) : start]
    return _no_park(before, text[start:end], text[end : end + _AFTER])


@lru_cache(maxsize=50_000)
def _no_park(before: str, name: str, after: str) -> bool:
    if name.endswith(_NO_GROUND):
        return True
    if name.endswith("片区"):
        return bool(_CITY_AREA.search(name) or _CITY_WORK.match(after))
    if name.endswith("园") and _is_garden(before, name, after):
        return True
    return bool(
        _SCHOOL_OR_HOME.search(name)
        or _LEISURE.search(name)
        or _UNNAMED.match(name)
        or _is_unnamed(name)
        or _NOT_ONE.match(name)
        or _TWO_PARKS.search(name)
        or (name.endswith(("基地", "示范区")) and _AWARDED.search(before))
        or ("等" in name and not re.search("等离子|等级", name))
    )


def _is_unnamed(name: str) -> bool:
    """Return whether a name only says whose parks are meant: 沈阳市产业园区."""
    match = _OF_A_PLACE.fullmatch(name)
    return match is not None and place_at(name, 0) == match.group("place")


@lru_cache(maxsize=20_000)
def doubtful_park(name: str) -> str:
    """Return the kind of a name that one text counts among parks and another does not, or "".

    Towns for guests, whole new areas, towns of offices and free trade, ground of schools, and
    titles: which of them are ground of industry is for the learned reader to weigh.
    """
    if name.endswith("小镇"):
        return "town for guests" if _is_town_of_leisure(name) else ""
    if name.endswith("新区") and not name.endswith("高新区"):
        return "whole new area" if _is_county(name) else ""
    if name.endswith("新城") and not name.endswith("创新城"):
        plain = not _OF_TRADE.search(name[:-2]) and is_ordinary(name[:-2])
        return "whole new area" if plain else ""
    kinds = (
        ("offices or free trade", _BUSINESS_TOWN),
        ("learning", _OF_LEARNING),
        ("title", _TITLE),
    )
    return next((kind for kind, pattern in kinds if pattern.search(name)), "")


def _is_town_of_leisure(name: str) -> bool:
    """Return whether a town (小镇) is one for guests: by the word before it, or with no trade in it."""
    if _TOURIST_TOWN.search(name):
        return True
    own = name[:-2]
    own = own[len(place_at(own, 0)) :] or own
    return len(own) <= 2 and not is_ordinary(own) and own[-1] not in "谷港城"


def _is_county(name: str) -> bool:
    """Return whether a new area (新区) is a county or a part of a city, not one of works."""
    own = name[:-2]
    own = own[len(place_at(own, 0)) :] or own
    if own in word_set("new areas") or _WATERSIDE.search(name):
        return True
    return any(f"{own}{level}" in place_index() for level in "区县")


def _is_garden(before: str, name: str, after: str) -> bool:
    """Return whether a short name in 园 is a bus stop, an estate or a show: 香河园路, 芳城园小区."""
    if len(name) > 5 or is_word(name[-3:]) or _OF_TRADE.search(name[:-1]):
        return False
    return bool(_GARDEN_AFTER.match(after) or _GARDEN_BEFORE.search(before))


# --- firms
# What stands before a name in letters and answers to them, and who hands what over to whom.
LEAD: Final = re.compile(
    r"(?:因此|所以|强烈|再次|诚恳)?(?:建议|希望(?=北京|公交|[\u4e00-\u9fff]{2}公交|该)|今年|去年|明年|据|"
    r"运作|不排除|增站|[西南北][起至]|东起|望(?=贵))|[\u4e00-\u9fff]{2,6}委托|从?[\u4e00-\u9fff]{0,2}划[转归]至?|"
    r"新?[央国民]企(?=[\u4e00-\u9fff]{2})"
)
PLACE_TWICE: Final = re.compile(
    r"([\u4e00-\u9fff]{2,3})[省市][\u4e00-\u9fff]{0,8}?[省市县区](?=\1[\u4e00-\u9fff]{2})"
)
_PLACE_OR_WORKS: Final = re.compile(
    r"(?:路口|大桥|[东西南北]桥|桥[东西南北]|小区|家园|嘉园|高速|高铁|铁路|快速路|大道|[公马]路|隧道|机场|水库|灌区|核电[一二三四]期|"
    r"遗址|石窟|王陵|[子神关]庙|[子公王]祠|寺院|景区|度假村|古村落|图书馆|博物馆|文化馆|体育馆|剧院|歌舞团|艺术团|豫剧团|"
    r"大学|(?<!科)学院|中学|小学|医院|卫生院|分局|交通局|委员会|实验室|生活馆|旗舰店|体育场|体育中心|名人|三杰|文化节|"
    r"保障房|安置房|避风塘|污水厂|污水处理厂|水厂|宏志班)$"
)
_POWER_STATION: Final = re.compile(r"(?:虚拟|[\u4e00-\u9fff]{2,3})电厂(?:[一二三四]期)?$")
_OWNED_PLANT: Final = re.compile(
    "华能|华电|大唐|国能|国电|国网|电投|华润|神华|中煤|京能|集团|公司|企业|第[一二三四]"
)
_WORKS_AFTER: Final = re.compile(
    r"(?:遗址|景区|风景(?:名胜)?区|大遗址|体育[场馆中]|艺术中心|博物馆|图书馆|度假区|水库|灌区|渠首|避风塘|污水处理|垃圾焚烧|垃圾填埋|"
    r"抽水蓄能|水电站|流域|沿线|水环境|生态环境|景观带|快速通道|高速(?:公路)?(?![\u4e00-\u9fff])|大桥|国家森林|村(?=始|口|民)|大学|学院|博览会|"
    r"[”\"]?(?:工程|行动|保卫战|战役)(?=[，。、；]|建设))"
)
_PRODUCT_AFTER: Final = re.compile(
    r"(?:[、][^、，。；]{2,8}){0,4}(?:等)?[^、，。；]{0,3}(?:个)?(?:品牌(?:叫响|入选|入围)|特优品牌|地理标志|入选(?:国家|首批|全国|省)[^，。；]{0,12}(?:品牌|产业集群|名品)|"
    r"(?:的)?宣传推介|等(?:农特产品|特色农产品|农产品|土特产|产品))|文化节"
)
_PRODUCT: Final = re.compile(
    r"(?:[果米菜茶酒菇菌枣桃李柚橙橘梨瓜薯豆羊牛鸡鸭鱼蟹药花]|中药材|榨菜|小米|紫砂|岫玉|玛瑙)$"
)
# A list with the name in it is summed up as something else: 兰花、玫瑰等基地建设.
_LIST_AFTER: Final = re.compile(
    r"(?:、[^、，。；等]{2,8}){0,6}(?:和[^、，。；等]{2,6})?等?(?:\d+[条座个])?(?:基地建设|地理标志|农特产品|特色产业|专业市场|文化品牌|"
    r"文化旅游品牌|保障房|首店|高速公路|慢行|大中型水|新就业形态|国家重点生态)|"
    r"(?:、[^、，。；等]{2,8}){0,6}等为(?:重点的(?:流域|生态|水)|代表的(?:生态|休闲|旅游|景))"
)
_WATER: Final = re.compile(r"[\u4e00-\u9fff]{2,4}(?:河|沟|溪|渠|寺|庙)")
_BOARD: Final = re.compile(r"(?:中小|创业|科创|主|新三)板$|^两[\u4e00-\u9fff]$")
_PLANT_AS_PLACE: Final = re.compile("[东西南北]?(?:村|站|路|门)|大?遗址")
_STATE_OWNED: Final = re.compile(
    r"^(?:新?[央国民]企|民营十大|省级|[一二两三四五六七八九十]大(?=集团|企业|公司)|虚拟|[该某]|(?:[他她它你我咱]们?|自己|别人)的?(?=公司|集团|企业))"
)
_MEDIA_KIND: Final = re.compile(
    r"^(?:(?:新闻|报业|广电|广播|电视|传媒|出版|演艺|电影|发行)+(?:集团|公司)?)$"
)
_SCHOOL_SHORT: Final = re.compile(r"^[\u4e00-\u9fff]{1,2}大$")
# Words of the same clause, not beyond 企业: 北大等高校, but 正大等企业与高校.
_SCHOOL_NEAR: Final = re.compile("(?:(?!企业|公司)[^，。；])*?(?:大学|高校|学科|双一流|院校)")
_PERSON_NEAR: Final = re.compile("(?:(?!企业|公司)[^，。；])*?(?:名人|先贤|英烈|诗人|故居)")
_FIRMS_AFTER: Final = re.compile("(?:、[^、，。；]{2,10}){0,4}等?[^、，。；]{0,4}(?:企业|公司)")
_KINDS: Final = frozenset(
    [
        "船",
        "船代",
        "货代",
        "报关",
        "电影",
        "开",
        "贵",
        "望贵",
        "持股",
        "控股",
        "参股",
        "工投",
        "联合",
    ]
)  # what stands before 公司
_UNIT: Final = re.compile(r"^(?:吉瓦|兆瓦|千瓦|公里|亩)$")
_CLAUSE: Final = re.compile(
    r"^(?:[提领找开留助].{1,3}(?:诉求|补贴|政策|退税|纾困))$|(?:耗能|污染|效益|技术|成本|产量)[高重低差]$"
)
_TWO_PARKS: Final = re.compile(
    "(?:新区|开发区|[高经]新区|经开区|保税区|园区|产业园|工业园)(?:[和与及]|以及)"
)
# Names that stand for any firm: 甲公司, 某集团, XX公司.
_PLACEHOLDER: Final = re.compile(
    r"^(?:[甲乙丙丁戊]|[A-Z]|[A-Z]\d?)(?:公司|集团|企业|厂)$|[某×○□]|(?<![A-Za-zＸｘ])[XxＸｘ]{2,}(?![A-Za-zＸｘ])"
)
_NO_FIRMS: Final = (_PLACE_OR_WORKS, _STATE_OWNED, _MEDIA_KIND, _UNIT, _CLAUSE, _BOARD)
_SCENERY_AROUND: Final = re.compile(
    "青山|碧水|绿水|蓝天|净土|沃土|碧海|绿地|清水|金山银山|面对面|实打实|手拉手|常在|荒山|山体"
)
_IN_BETWEEN: Final = re.compile(r"[\d.]+(?:余|多)?家")


def no_firm(text: str, start: int, end: int) -> bool:
    """Return whether what stands at ``text[start:end]`` is of a kind that is no firm."""
    before = text[max(0, start - _BEFORE) : start]
    return _no_firm(before, text[start:end], text[end : end + 2 * _AFTER])


@lru_cache(maxsize=50_000)
def _no_firm(before: str, name: str, after: str) -> bool:
    if LEAD.match(name) or PLACE_TWICE.match(name):
        return True  # the name begins later
    if _PLACEHOLDER.search(name) or after.startswith(("自治县", "自治州", "自治旗")):
        return True
    if "公司" in name[-2:]:
        return bool(_STATE_OWNED.match(name) or _IN_BETWEEN.search(name[:-2]) or _is_kind(name))
    if any(kind.search(name) for kind in _NO_FIRMS) or _is_place(name, after):
        return True
    if name in word_set("scenery") and _in_scenery(before, after):
        return True
    return _is_school_or_person(name, after) or _is_of_other_kind(name, after)


@lru_cache(maxsize=20_000)
def is_power_station(name: str) -> bool:
    """Return whether a name is a power station's without its owner: some texts count it a firm."""
    return bool(_POWER_STATION.fullmatch(name)) and not _OWNED_PLANT.search(name)


def _is_place(name: str, after: str) -> bool:
    """Return whether a name is a river's or that of a plant as a stop."""
    if name.endswith("厂") and _PLANT_AS_PLACE.match(after):
        return True
    return bool(_WATER.fullmatch(name)) and not {name, name[:2]} & well_known()


def _is_school_or_person(name: str, after: str) -> bool:
    if _SCHOOL_SHORT.match(name) and _SCHOOL_NEAR.match(after):
        return True
    return len(name) <= 5 and bool(_PERSON_NEAR.match(after))


def _is_of_other_kind(name: str, after: str) -> bool:
    """Return whether what follows says that a name is a product's or that of works."""
    if _PRODUCT.search(name) and _PRODUCT_AFTER.match(after):
        return True
    if FIRM_SUFFIX.search(name) or name in well_known():
        return False
    return bool(_WORKS_AFTER.match(after) or _LIST_AFTER.match(after))


def _is_kind(name: str) -> bool:
    """Return whether a name is a kind of firm: 船公司, 货代公司, 电影公司."""
    return name[:-2].strip() in _KINDS


def _in_scenery(before: str, after: str) -> bool:
    """Return whether scenery is spoken of: a word of it stands near, or a work for it follows."""
    if _FIRMS_AFTER.match(after):
        return False  # 绿地、碧水源等企业
    around = before + "|" + after[:_AFTER]
    return bool(_SCENERY_AROUND.search(around) or re.match('[”"]?(?:工程|行动|保卫战)', after))
