"""Sectors enumerated in a phrase: ``智能装备、生物医药等产业`` -> two names."""

import re
from functools import lru_cache
from typing import Final

from clusteratlas.policy.words import word_set

MAX_SECTOR_CHARS: Final = 18
_ITEM: Final = re.compile(r"(?:(?!以及|[和与及][^、]{2,})[^、\t/＋+])+")
# A、B等电子信息产业: the kind of the list is a sector too.
_OF_KIND: Final = re.compile(r"(?<=等)(?P<kind>[^，。；、的等]{2,12}?)(?:产业|产品|行业|领域)")
_TRADES_SAID: Final = re.compile(r"等[^，。；、]{0,8}(?:产业|领域|行业|服务业|制造业)")
_LEAD: Final = re.compile(
    r"^(?:[该全][市县区镇]|[的以等了为是：:“\"\s]|一批|新型的|现代化的?|(?:具有|面向)[^、，的]{0,14}的|(?:大力|加快|"
    r"着力|重点|积极|优先|主要|全力|突出|统筹|协同|做大|做强|做优|做精|"
    r"培育|壮大|发展|打造|构建|布局|推动|推进|促进|提升|改造|聚焦|主攻|承接|建设|形成|集聚|引进|巩固|"
    r"创建|争创|建成|延伸|拓展|规划|先进的|以|引导|瞄准|围绕|立足|依托|抢抓|支持|现有|拥有|在|对|围绕|加大|"
    r"扶持|鼓励|扩大|强化|争取|研制|做活|招引|深化|融入|参与|发挥|“|‘|\"))+"
)
_RANK: Final = re.compile(
    r"^(?:(?:国家|省|市|世界|国际|全国|全省|区域|国内|全球|千亿|百亿|万亿|十亿|亿元)(?:级|性)?(?:重要|"
    r"一流|领先|知名|著名|先进)?的?|[两三四五六七八九十百千万\d]+亿(?:元)?级?|"
    r"[两三四五六七八九十\d]+(?:大|个|条)|特色鲜明的|高能级的?|高端的|高水平的?|一流的?|“?中国(?!式)|百亿级?|成|国家级?|省级)+"
)
_TAIL: Final = re.compile(
    r"(?:等)?(?:战略性新兴|先进制造业?|特色|优势|主导|支柱|新兴|重点|高端|未来|现代|传统|"
    r"[两三四五六七八九十\d]+(?:大|个|条)|[十百千万]亿(?:元)?级?)*"
    r"(?:产业链条?|产业集群|产业基地|产业园区?|产业体系|产业项目|产业带|产业|集群|基地|园区?|项目|"
    r"领域|行业|板块|业态|企业|产品|示范区|集聚区|聚集区|集中区|高地|中心|等|布局|格局|小镇|新城|之都|强县|"
    r"强市|强区|强省|为主|产业示范|名城|名园|名县|之乡|之城|示范城市|枢纽|国际枢纽|中转集拼地|集散地|产能|生产能力|生产规模|规模|生产线|创新发展|创新应用|创新|重要|"
    r"迭代升级|升级|拓展|新?体系|优势|(?<!再生)(?<!矿产)资源|功能|集聚|聚集|园中园|发展|应用|场景|服务区|(?<=[\u4e00-\u9fff]{2})城|为重点|”|"
    r"\")*$"
)
_INDUSTRIAL: Final = re.compile(
    r"整车|泳装|母机|钓具|宠物|预制|炊具|厨具|卫浴|洁具|健身|露营|工艺品|烟花|花炮|日化|化妆|美妆|洗涤|碳酸钙|药材|种苗|鹿茸|"
    r"地毯|刺绣|针织|塑编|编织|柳编|草编|玉雕|木雕|紫砂|瓷|冰雪|滑雪|温泉|民宿|护理|托育|家政|检测|认证|冷链|仓储|港航|"
    r"增压器|换热器|压缩机|风机|变压器|充电桩|底盘|线束|车灯|型材|钢管|钢构|钢结构|金属制品|"
    r"信创|保税|维修|专用车|校车|房车|器件|元件|外设|硅片|碳化|封装|区块链|物联|网联|5G|空天|超算|贸易|皮毛|雕刻|石雕|中医|辣椒|手工|休闲|度假|"
    r"外包|文创|网络安全|数据|弯头|输送带|矿|石油|油气|天然气|铁合金|锂|镍|钴|锌|黄金|玉|酿|饮料|毛巾|毛衫|袜|"
    r"帽|伞|拉链|渔具|自行车|电动车|摩托|童车|门窗|门业|泵|紧固件|标准件|刀具|丝网|磨料|磨具|耐材|焊|齿轮|液压|"
    r"牛羊|肉牛|肉羊|滩羊|奶牛|奶业|生猪|家禽|水果|枣|苹果|葡萄|柑橘|薯|玉米|小麦|水稻|大豆|三文鱼|虾|蟹|参$|"
    r"银花|油茶|油料|鲜花|香料|火箭|药械|直播|南繁|重晶石|白云岩|萤石|膨润土|磷|盐湖|滑石|菱镁|硼|离岸|脑机|再生|"
    r"基因|细胞|航运|航贸|国际贸易|服务贸易|离岸|信息服务|专业服务|裘皮|毛绒|花椒|管件|管道|铸件|锻件|毛皮|服饰|锅炉|农产品|"
    r"电镀|涂料|印染|煤|盐|糖|烟草|肉|乳|奶|羊绒|丝绸|棉|鞋|箱包|灯|锁具|玩具|眼镜|钟表|乐器|石材|"
    r"木材|竹|花卉|苗木|饲料|食用菌|橡胶|塑料|轮胎|管件|阀门|锅炉|电梯|电源|线缆|传感|仪器|仪表|光学|"
    r"激光|北斗|量子|氢|核[能电技医]|核桃|飞机|发动机|轮机|机电|汽配|零部件|农机|机车|客车|电缆|轴承|家纺|珠宝|影视|"
    r"游戏|体育|养老|医学|"
    r"药|超高清|虚拟现实|产业|制造|装备|材料|医药|制药|生物|电子|信息|软件|集成电路|芯片|半导体|通信|"
    r"互联网|数字|智能|机器人|机床|汽车|航空|航天|船舶|海洋|海工|轨道|低空|无人机|"
    r"能源|光伏|风电|氢能|储能|电池|锂电|核电|节能|环保|循环|化工|石化|钢铁|冶金|有色|稀土|建材|水泥|"
    r"陶瓷|玻璃|食品|加工|纺织|服装|轻工|旅游|文旅|物流|金融|"
    r"文化|健康|医疗|康养|大数据|云计算|人工智能|显示|机械|模具|铸造|合金|高分子|农业|种植|养殖|畜牧|"
    r"林业|渔业|水产|茶|酒|果|蔬|粮|中药|家居|家具|家电|电气|电器|"
    r"商贸|电商|会展|总部经济|服务业|制鞋|皮革|造纸|印刷|包装|五金|新材|动漫|创意|研发设计|检验检测|"
    r"科技服务|算力|卫星|磁|铝|铜|钛|镁|硅|石墨|碳纤维|种业|特钢|电力|经济|业$"
)
_NO_SECTOR: Final = re.compile(
    r"^(?:产业|新兴|重大|国家级?|现代|优势|特色|重点|高端|先进|未来|核心|传统|支柱)*产业.?$|^产业[聚集支启基]|聚才|飞地|作业场所|集聚区$|"
    r"引领区|先行区|样板|标杆|节点|大学$|航天港|港口$|法务|领军|特区|型$|之一|路径|数字化转型$|智能化$|绿色化$|一体化发展|"
    r"孵化器|一站式|自由贸易$|^新城|机遇|精品线路|资源库|粮仓|协作|产业转移|实力$|访问|性能$|链路|目的地|[业在]中$|产业化$|都市圈|数字政府|院校|综合体|发展区|转化区|生态$|口岸|精品$|产学研|实验室|大脑$|倾斜|数字产业化|产业数字化|"
    r"互补|效益|格局|增长[点极]|完整|档次|竞争力|条件|能力|水平|链条$|订单|市场|结构|空间|机制|政策|"
    r"模式|环境|质量|短板|规模|品牌|人才|资金|投资|基金|招商|"
    r"改革|开放|合作|服务体系|公共服务|基础设施|增长|目标|任务|措施|意识|作用|优势$|(?<!再生)(?<!矿产)资源$|要素|转型|"
    r"升级|融合$|体系$|能级|功能$|平台$|载体$|试点|县城|城市|乡村|农村|"
    r"企业$|总产值|增加值|收入|亿元|以上|力度|步伐|贡献|需求|方向|创新链|价值链|供应链$|资金链|生态圈|"
    r"新高地|引擎|名片|群体|龙头|骨干|工程$|行动$|计划$|上市|股份$|主战场|企$|等名|核心|多点|联盟|一核|两翼|一带|成果|科学院|走廊|"
    r"桥头堡|"
    r"宜居|人口|就业|消费|生活|教育$|通道|战略性新兴$|方案|规划|意见|通知|报告|创业|创新|为基础|落地|"
    r"集团$|公司$|载体|服务能力|招引|项目建设|建设$|发展$|工作|研究|培训|宣传|会$|园$|园区|^区|我国|"
    r"我省|我市|全市|全县"
)


def sectors_in(phrase: str, *, broad: bool = False) -> list[str]:
    """Return the sectors named in a phrase, in order.

    Parameters
    ----------
    phrase
        Text after a verb such as 重点发展, up to the end of the clause.
    broad
        Let names such as 新兴产业 stand where nothing narrower is said.
    """
    names: list[str] = []
    phrase = re.sub(r"[（(][^（）()]{0,40}[）)]", "", phrase)
    said = _TRADES_SAID.search(phrase)
    for match in _ITEM.finditer(phrase):
        name = _clean(match.group())
        if is_sector(name) or (said and match.start() <= said.start() and _may_be_trade(name)):
            names.append(name)
    for kind in _OF_KIND.finditer(phrase):
        name = _clean(kind.group("kind"))
        names += [name] if is_sector(name) else []
    if not names and broad:
        names = [word for word in ("战略性新兴产业", "新兴产业", "先进制造业") if word in phrase][
            :1
        ]
    return list(dict.fromkeys(names))


def _may_be_trade(name: str) -> bool:
    """Return whether an item of a list that is said to be of trades (等产业) may be one."""
    if not 2 <= len(name) <= 8 or name in word_set("no sectors") or _NO_SECTOR.search(name):
        return False
    return not re.search(r"[，。；：:！？\d]", name)


@lru_cache(maxsize=50_000)
def _clean(part: str) -> str:
    part = part.strip(" 　“”\"'《》，。；:：")
    while True:
        less = _RANK.sub("", _LEAD.sub("", part))
        if less == part:
            break
        part = less
    part = re.sub(r"(?:航空|交通|铁路|航运)枢纽.*$", "", part)
    part = re.sub(r"(?<=基地|集群|园区)(?:早日|建设|开工|加快|投产).*$", "", part)
    listed = re.match(r"(.{2,}?)等.{2,}", part)
    cut = _TAIL.sub("", listed.group(1) if listed else part)
    if "的" in cut:
        cut = cut.rsplit("的", 1)[-1]
    cut = _LEAD.sub("", cut)
    return cut if len(cut) >= 2 else part


@lru_cache(maxsize=50_000)
def is_sector(name: str) -> bool:
    """Return whether a cleaned name is that of a sector, not of a goal, an institution or a place."""
    if (
        not 2 <= len(name) <= MAX_SECTOR_CHARS
        or name in word_set("no sectors")
        or _NO_SECTOR.search(name)
    ):
        return False
    if re.search(r"[，。；：:！？\d]{2,}|\d+(?:个|家|亿|%)", name):
        return False
    return bool(_INDUSTRIAL.search(name))
