"""Sectors enumerated in a phrase: ``智能装备、生物医药等产业`` -> two names."""

import re
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.words import any_of, word_list, word_set

MAX_SECTOR_CHARS: Final = 18
MAX_COMPANY: Final = 8
MAX_ITEM_CHARS: Final = 10
_BRACKET: Final = re.compile(r"[（(][^（）()]{0,40}[）)]")
_HUB: Final = re.compile(r"(?:航空|交通|铁路|航运)枢纽.*$")
_SOON: Final = re.compile(r"(?<=基地|集群|园区)(?:早日|建设|开工|加快|投产).*$")
_LISTED: Final = re.compile(r"(.{2,}?)等.{2,}")
_ITEM: Final = re.compile(r"(?:(?!以及|[和与及][^、]{2,})[^、\t/＋+])+")
# A、B等电子信息产业: the kind of the list is a sector too.
_OF_KIND: Final = re.compile(r"(?<=等)(?P<kind>[^，。；、的等]{2,12}?)(?:产业|产品|行业|领域|$)")
_TRADES_SAID: Final = re.compile(
    r"等[^，。；、]{0,8}(?:产业|领域|行业|服务业|制造业|产品|零部件|材料|装备|器件|终端|设备)"
)
_LEAD: Final = re.compile(
    r"^(?:[该全][市县区镇]|[的以等了为是：:“\"\s]|一批|新型的|现代化的?|(?:具有|"
    r"面向)[^、，的]{0,14}的|(?:大力|加快|"
    r"着力|重点|积极|优先|主要|全力|突出|统筹|协同|做大|做强|做优|做精|"
    r"培育|壮大|发展|打造|构建|布局|推动|推进|促进|提升|改造|聚焦|主攻|承接|建设|形成|集聚|引进|巩固|"
    r"将|主?抓|主?做|紧盯|稳住|专注|侧重|锁定|兼顾|辅以|瞄准|转向|擦亮|打响|深耕|创建|争创|"
    r"建成|延伸|拓展|规划|先进的|以|引导|瞄准|围绕|立足|依托|抢抓|支持|现有|拥有|在|对|围绕|加大|"
    r"扶持|鼓励|扩大|强化|争取|研制|做活|招引|深化|融入|参与|发挥|“|‘|\"))+"
)
_RANK: Final = re.compile(
    r"^(?:(?:国家|省|市|世界|国际|全国|全省|区域|国内|全球|千亿|百亿|万亿|十亿|亿元)(?:级|性)?(?:重要|"
    r"一流|领先|知名|著名|先进)?的?|[两三四五六七八九十百千万\d]+亿(?:元)?级?|"
    r"[两三四五六七八九十\d]+(?:大|个|条)|特色鲜明的|高能级的?|高端的|高水平的?|一流的?|"
    r"“?中国(?!式)|百亿级?|成|国家级?|省级)+"
)
_TAIL: Final = re.compile(
    r"(?:等)?(?:战略性新兴|先进制造业?|先进|特色|优势|主导|支柱|新兴|重点|高端|未来|现代|传统|"
    r"[两三四五六七八九十\d]+(?:大|个|条)|[十百千万]亿(?:元)?级?)*"
    r"(?:全?产业链条?|产业集群|产业基地|产业园区?|产业体系|产业项目|产业带|产业|集群|基地|园区?|项目|"
    r"领域|行业|板块|业态|企业|产品|示范区|集聚区|聚集区|集中区|高地|中心|等|布局|格局|小镇|"
    r"新城|之都|强县|目的地|(?:供给|供应)地|产研|"
    r"强市|强区|强省|为主|产业示范|名城|名园|名县|之乡|之城|示范城市|专业[镇村]|[强大重名]镇|"
    r"名县|延伸|转移|策源地|先行地|承载地|集散地|地位|枢纽|国际枢纽|中转集拼地|集散地|产能|"
    r"生产能力|生产规模|规模|生产线|创新发展|创新应用|创新|重要|"
    r"迭代升级|升级|拓展|新?体系|优势|(?<!再生)(?<!矿产)资源|功能|集聚|聚集|园中园|发展|应用|"
    r"场景|服务区|(?<=[\u4e00-\u9fff]{2})城|为重点|”|"
    r"\")*$"
)
_ANCHORED: Final = r"参$|煤$|核[电能技医]|业$"
# What the end of a phrase tells of it: a goal, a quality, a body, a means.
_NO_SECTOR: Final = re.compile(
    r"^(?:产业|新兴|重大|国家级?|现代|优势|特色|重点|高端|先进|未来|核心|传统|支柱)*产业.?$|"
    r"^产业[聚集支启基]|"
    r"(?:作业场所|集聚区|引领区|先行区|发展区|转化区|样板|标杆|节点|大学|航天港|港口|法务|"
    r"领军|型|之一|路径|数字化转型|智能化|绿色化|"
    r"一体化发展|孵化器|一站式|自由贸易|机遇|精品线路|资源库|粮仓|协作|产业转移|实力|访问|"
    r"性能|链路|目的地|[业在]中|都市圈|"
    r"院校|综合体|生态|口岸|精品|产学研|实验室|大脑|倾斜|互补|效益|格局|增长[点极]?|完整|档次|"
    r"竞争力|条件|能力|水平|链条|订单|市场|"
    r"结构|空间|机制|政策|模式|环境|质量|短板|规模|品牌|人才|资金|投资|基金|目标|任务|措施|"
    r"意识|作用|优势|(?<!再生)(?<!矿产)资源|功能|"
    r"平台|载体|试点|县城|城市|乡村|农村|企业|总产值|增加值|收入|亿元|以上|力度|步伐|贡献|"
    r"需求|方向|创新链|价值链|供应链|资金链|生态圈|"
    r"新高地|引擎|名片|群体|龙头|骨干|工程|行动|计划|上市|股份|主战场|企|核心|多点|联盟|两翼|"
    r"一带|成果|科学院|走廊|桥头堡|宜居|人口|"
    r"就业|消费|生活|教育|通道|片区|新区|开发区|城区|[省市县镇乡村湾圈口和与及、]|第[一二三]|"
    r"战略性新兴|方案|规划|意见|通知|报告|创业|创新|为基础|落地|集团|公司|项目建设|建设|发展|"
    r"工作|研究|培训|宣传|"
    r"会|园|园区|转型|升级|融合|体系|能级|要素(?<!数据要素))$|"
    r"长三角|京津冀|粤港澳|大湾区|都市圈|无污染|聚才|飞地|特区|^新城|数字政府|数字产业化|"
    r"产业数字化|招商|招引|改革|开放|合作|服务体系|公共服务|基础设施|服务能力|一核|^区|我国|我省|我市|"
    r"全市|全县|机遇|进程|风险|力争|抓好|政府|招商|方式|水平|增速|态势|明显|专项|项目|"
    r"工程(?!机械|装备|塑料|车辆|船舶|橡胶|材料|纤维|咨询|勘察|设计|总承包)|"
    r"企业|融资|贷款|资金|等名|活动|制度|试点"
)


@cache
def _sector_word() -> re.Pattern[str]:
    heads = "".join(word_list("sector heads"))
    return re.compile(f"{_ANCHORED}|{any_of(word_list('sector words'))}|[{heads}]$")


@cache
def _some_sector_word() -> re.Pattern[str]:
    """Return a pattern that is found wherever a sector's word is; what holds another is left out."""
    single = frozenset("参煤业").union(*word_list("sector heads"))
    words = [word for word in word_list("sector words") if single.isdisjoint(word)]
    least = [word for word in words if not any(one != word and one in word for one in words)]
    return re.compile(f"[{''.join(sorted(single))}]|核[电能技医]|{any_of(least)}")


def may_hold_sector(text: str, start: int, end: int) -> bool:
    """Return whether a word or the last character of some sector stands between two offsets."""
    return _some_sector_word().search(text, start, end) is not None


@cache
def _sector_tail() -> re.Pattern[str]:
    tails = sorted(word_list("sector tails"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, tails))})*")


def sectors_in(phrase: str, *, broad: bool = False, sure: bool = False) -> list[str]:
    """Return the sectors named in a phrase, in order.

    Parameters
    ----------
    phrase
        Text after a verb such as 重点发展, up to the end of the clause.
    broad
        Let names such as 新兴产业 stand where nothing narrower is said.
    sure
        The phrase is known to list trades (主导产业为…), so that they need not be known ones.
    """
    return list(_sectors_in(phrase, broad=broad, sure=sure))


@lru_cache(maxsize=20_000)
def _sectors_in(phrase: str, *, broad: bool, sure: bool) -> tuple[str, ...]:
    names: list[str] = []
    if "（" in phrase or "(" in phrase:
        phrase = _BRACKET.sub("", phrase)
    said = _TRADES_SAID.search(phrase) if "等" in phrase else None
    items = [(match.start(), _clean(match.group())) for match in _ITEM.finditer(phrase)]
    if sure or _in_company(phrase, items):
        listed = len(phrase) if _VERB.search(phrase) is None else -1
    else:
        listed = said.start() if said else -1
    for start, name in items:
        if len(name) == 1 and start <= listed and name in word_set("sector heads"):
            names.append(f"{name}产业")  # 镍、铜、钴等产业
        elif is_sector(name) or (start <= listed and _may_be_trade(name)):
            names.append(name)
    for kind in _OF_KIND.finditer(phrase) if "等" in phrase else ():
        name = _clean(kind.group("kind"))
        names += [name] if is_sector(name) else []
    if not names and broad:
        names = [word for word in ("战略性新兴产业", "新兴产业", "先进制造业") if word in phrase][
            :1
        ]
    return tuple(dict.fromkeys(names))


def _in_company(phrase: str, items: list[tuple[int, str]]) -> bool:
    """Return whether a phrase is a short list of which at least a third are known trades."""
    if not 2 <= len(items) <= MAX_COMPANY or len(phrase) > MAX_COMPANY * MAX_ITEM_CHARS:
        return False
    known = sum(is_sector(name) for _, name in items)
    return 3 * known >= len(items) and all(len(name) <= MAX_ITEM_CHARS for _, name in items)


_VERB: Final = re.compile(
    "推[动进]|加快|促进|实施|完善|加强|提[升高]|坚持|构建|引导|鼓励|开展|落实|实现|吸引"
)


def _may_be_trade(name: str) -> bool:
    """Return whether an item of a list that is said to be of trades (等产业) may be one."""
    if not 2 <= len(name) <= 8 or name in word_set("no sectors") or _NO_SECTOR.search(name):
        return False
    return _NO_TRADE_NAME.search(name) is None


def _without(lead: re.Pattern[str], part: str) -> str:
    """Return a phrase without what a pattern finds at its head."""
    match = lead.match(part)
    return part[match.end() :] if match else part


_NO_TRADE_TOWN: Final = re.compile(
    "体育|运动|教育|文化|影视|娱乐|冰雪|商业|商贸|批发|商品|生活|健身"
)


@lru_cache(maxsize=50_000)
def _clean(part: str) -> str:
    part = part.strip(" 　“”\"'《》，。；:：").rstrip("和与及")
    while True:
        less = _without(_RANK, _without(_LEAD, part))
        if less == part:
            break
        part = less
    if "枢纽" in part:
        part = _HUB.sub("", part)
    if "基地" in part or "集群" in part or "园区" in part:
        part = _SOON.sub("", part)
    listed = _LISTED.match(part) if "等" in part else None
    cut = _TAIL.sub("", listed.group(1) if listed else part)
    while cut.endswith("的"):  # 机械制造产业集群的基地
        cut = _TAIL.sub("", cut.rstrip("的"))
    if "的" in cut:
        cut = cut.rsplit("的", 1)[-1]
    cut = _without(_LEAD, cut)
    if part == f"{cut}城" and not (is_generic(cut) and _NO_TRADE_TOWN.search(cut) is None):
        return part  # 汽车城 names its trade; 购物城 and 红星美凯龙家居城 are markets
    if len(cut) == 1 and f"{cut}产业" in part:  # 钛产业
        return f"{cut}产业"
    return cut if len(cut) >= 2 else part


_NO_PLAIN_NAME: Final = re.compile(r"[“”‘’（）()《》]|[，。；：:！？\d]{2,}|\d+(?:个|家|亿|%)")
_NO_TRADE_NAME: Final = re.compile(r"[“”‘’（）()《》，。；：:！？\d]|[为的]$")


@lru_cache(maxsize=50_000)
def is_sector(name: str) -> bool:
    """Return whether a cleaned name is that of a sector, not of a goal, an institution or a place."""
    if (
        not 2 <= len(name) <= MAX_SECTOR_CHARS
        or name in word_set("no sectors")
        or _NO_SECTOR.search(name)
    ):
        return False
    if _NO_PLAIN_NAME.search(name):
        return False
    return any(
        _sector_tail().fullmatch(name, match.end()) for match in _sector_word().finditer(name)
    )
