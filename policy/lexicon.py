"""The closed word lists of official Chinese that extraction rests on.

They name no place's firms. A word belongs here if it marks where a name begins or ends in any
policy document, or if it is an everyday industrial word that cannot be a name by itself.
"""

import re
from functools import cache, lru_cache
from typing import Final

MAX_GENERIC_CHARS: Final = 60  # longer than any description in one piece
CJK: Final = r"\u4e00-\u9fff"

# What ends the text before a name, whatever follows it.
STRONG_TRIGGERS: Final = tuple(
    ["依托", "支持", "推动", "推进", "鼓励", "引导", "引进", "引入", "加快", "促进", "围绕", "培育", "壮大", "包括", "以及", "携手", "收购", "吸引", "扶持", "发挥", "打造", "做强", "做大", "做优", "做精", "实施", "落实", "组织", "抓好", "确保", "借助", "利用", "协调", "争取", "力促", "聚焦", "对接", "招引", "落户", "入驻", "拥有", "形成", "涌现", "推广", "瞄准", "紧盯", "抢抓", "深化", "强化", "加强", "提升", "扩大", "积极", "大力", "着力", "努力", "全力", "力争", "继续", "充分", "全面", "切实", "主动", "重点", "优先", "龙头企业", "骨干企业", "重点企业", "链主企业", "核心企业", "优势企业", "领军企业", "知名企业", "主要企业", "代表企业", "牵头企业", "依托企业", "我市", "我县", "我区", "我省", "我州", "全市", "全县", "全区", "全省", "全州", "本市", "本县", "本区", "本省", "辖区内", "境内", "区内", "市内", "县内", "省内", "园区内", "目前", "现有", "已有", "已经", "分别", "例如", "比如", "诸如", "特别是", "尤其是", "主要是", "主要有", "主要为", "其中", "同时", "并且", "通过", "按照", "根据", "关于", "帮助", "协助", "服务好", "保障", "督促", "指导", "动员", "激励", "允许", "跟踪", "推介", "启动", "开展", "完善", "健全", "建立", "设立", "组建", "筹建", "加大", "优化", "整合", "顺利", "正式", "尽快", "早日", "支撑", "带动", "牵引", "引领", "主导", "为主体", "为龙头", "为核心", "为依托", "为骨干", "为重点", "为代表", "属于", "隶属", "位于", "坐落", "集聚了", "聚集了", "培育了", "引进了", "形成了", "涌现出", "涌现了", "建成了", "建设了", "诞生了", "汇聚了", "汇集了", "落地", "落成", "做好", "抓住", "依靠", "凭借", "立足", "面向", "针对", "结合", "配合", "联手", "合资", "参股", "控股的", "并购", "重组", "兼并", "投产", "达产", "开工", "竣工", "建成", "续建", "新增", "新认定", "新引进", "成立", "共建", "办好", "用好", "做实", "规范", "举办", "累计", "获评", "入选", "纳入", "净增", "吸纳", "运营好", "完成", "迎来", "招商", "布局", "指导", "保持", "争取", "拓展", "延伸", "补齐", "拉长", "打通", "构建", "加速", "推行", "谋划", "储备", "扎实", "深入", "稳步", "有序", "统筹", "创建", "争创", "申报", "申建", "进一步", "不断", "持续", "逐步", "率先"]
)
# What ends it only where something that must be a name's beginning follows (a place, a known name).
WEAK_TRIGGERS: Final = tuple(
    ["建设", "发展", "投资", "开发", "合作", "联合", "承接", "服务", "创新", "应用", "推荐", "选择", "主要", "中心", "项目", "企业", "公司", "集团", "单位", "平台", "基地", "产业", "园区", "为", "与", "和", "及", "对", "向", "从", "由", "以", "在", "是", "有", "将", "让", "使", "把", "被", "到", "于", "给", "用", "如", "即", "含", "至", "或", "新", "并", "跟", "同", "靠", "赴", "驻"]
)
# Function words that are never the first character of a name, at the start of a piece of text.
LEADING_FUNCTION_CHARS: Final = "以由与和及对在向从将让使把被是如为到并且或但则而其该此各每等了的地得者也又再更已仍均都可能须需应"

_FIRM_FORMS: Final = (
    r"(?:股份|控股|责任)?(?:有限责任|有限|责任)(?:总|分)?公司",
    r"(?:集团|控股|股份|分|总|子)?公司",
    r"(?:控股|产业|实业)?集团",
    r"第?[一二三四五六七八九十〇零\d]{1,4}研究所",
    r"(?:研究|设计)(?:总)?(?:所|院)",
    r"(?:制造|总|分|机械|电机|仪表|化工|制药|炼油)?厂",
)
FIRM_SUFFIX: Final = re.compile("|".join(f"(?:{form})" for form in _FIRM_FORMS))

# Words after 等 that say what the list before it was a list of.
_FIRM_HEAD: Final = (
    r"企业|公司|集团|厂商|厂家|巨头|制造商|生产商|供应商|运营商|院所|研究所|研究院|科研机构|单位|车企|"
    r"药企|央企|国企|民企|"
    r"上市公司|品牌商|整车厂|(?:龙头|链主|骨干)(?=[，。；、带引牵作为的])"
)
_HEAD_MODIFIER: Final = (
    r"一批|一系列|多家|数家|众多|各类|若干|为代表的|为主的|一大批|国内外|国内|国际|国外|境外|全球|"
    r"世界|全国|省内外|省内|省级|市级|国家级|"
    r"本土|本地|本市|我市|我县|我省|全市|全县|域内|区内|在[^、，。；]{1,6}|驻[^、，。；]{1,4}|地方|"
    r"中央|外资|合资|民营|国有|央属|省属|市属|"
    r"龙头|骨干|重点|知名|著名|大型|大中型|特大型|优势|优质|优秀|领军|领先|链主|核心|头部|主导|支柱|"
    r"代表性|标杆|标志性|旗舰|品牌|"
    r"行业|领域|高新技术|高科技|科技型|科技|创新型|创新|成长型|成长性|规模以上|规上|上市|配套|现有|"
    r"主要|相关|关键|"
    r"(?:十|百|千|万|[\d]+)亿(?:元)?级?(?:以上)?|省外|县外|市外|外地|一流|顶尖|牵头|代表|装备|制造业|"
    r"制造|工业|生产|研发|医药|汽车|化工|建材|钢铁|食品|电子|新能源|材料|冶金|船舶|航空|互联网|软件|"
    r"信息|物流|"
    r"[两三四五六七八九十百几\d]+(?:多|余)?(?:家|户|个|大)|世界500强|500强|百强|专精特新|单项冠军|大|"
    r"强|和|及|的|型|级|“|”"
)
LIST_HEAD: Final = re.compile(
    rf"(?<![高平均])等(?P<kind>[^、，。；：,;\n\t等]{{0,18}}?)(?P<head>{_FIRM_HEAD})"
)
"""等…企业; the words between must be everyday ones, which :func:`firm_kind` checks."""
COUNT_HEAD: Final = re.compile(
    rf"(?:[两三四五六七八九十\d]{{1,3}}(?:大|家|户))(?:{_HEAD_MODIFIER}){{0,4}}(?:企业|公司|集团)"
)

FIRM_HEADER: Final = re.compile(
    r"(?:依托|重点|龙头|骨干|支撑|代表(?:性)?|核心|链主|主要|牵头|责任|承担|优势|领军|标杆|实施|建设|"
    r"培育|关键|配套|上市|知名|入驻|现有|本地|引进)?"
    r"(?:重点|龙头|骨干|链主|核心|培育|支撑)?(?:企业|单位|公司|厂商)(?:名称|名单|及科研院所|（机构）)?"
)

# Words that make up descriptions. A list item built of nothing else is no name.
_GENERIC: Final = """
大学 高校 高等院校 院校 学院 科研院所 科研机构 科研单位 研究机构 医院 医疗机构 金融机构 银行 保险 证券 基金 学校 协会 商会 联盟 机关
中小微 中小 小微 大中小 大型 中型 小型 微型 国有 民营 外资 合资 私营 个体 集体 央属 省属 市属 县属 中央 地方 国资 上市 规模以上 规上
专精特新 小巨人 单项冠军 独角兽 瞪羚 雏鹰 隐形冠军 高新技术 高科技 科技型 创新型 成长型 龙头 骨干 领军 头部 链主 核心 优势 优质 重点
知名 著名 品牌 标杆 旗舰 示范 行业 领域 产业 产业链 供应链 上下游 上游 中游 下游 配套 关联 相关 其他 各类 一批 若干 多家 有关
企业 公司 集团 单位 机构 厂商 厂家 工厂 车间 平台 基地 园区 中心 项目 工程 主体 组织 部门 政府 街道 社区 农户 合作社 家庭农场 种植户 养殖户
国内外 国内 国外 国际 境外 全球 世界 全国 省内外 省内 市内 县内 区内 本土 本地 本市 本县 本省 我市 我县 我省 当地 外地 域外 500强 百强 强
新一代 新型 新兴 传统 现代 高端 先进 智能 数字 绿色 低碳 节能 环保 战略性 特色 主导 支柱 未来 前沿 特种 专用 通用 精密 精细 精深 高性能 高品质
信息技术 信息 技术 电子信息 电子 集成电路 芯片 半导体 软件 硬件 互联网 物联网 工业互联网 云计算 大数据 人工智能 区块链 元宇宙 通信 通讯 网络 安全 5G
机器人 机床 数控 数控机床 工业母机 装备 设备 装备制造 制造 制造业 智造 机械 工程机械 农机 农业机械 模具 轴承 齿轮 铸造 锻造 铸件 锻件 阀门 泵阀 电机 电气 电器 电缆 电线 变压器
汽车 整车 新能源汽车 商用车 乘用车 客车 货车 专用车 零部件 汽车零部件 汽配 轮胎 摩托车 电动车 电动自行车 自行车 轨道交通 轨道 机车 船舶 海工 海洋 海洋工程 航空 航天 航空航天 通用航空 低空 低空经济 无人机 卫星 北斗
材料 新材料 金属 有色金属 有色 黑色 钢铁 冶金 特钢 铝 铜 铝业 铜业 钛 镁 锂 稀土 稀有 合金 铝合金 镁合金 钛合金 石墨 石墨烯 碳纤维 陶瓷 玻璃 水泥 建材 装配式建筑 石材 耐火 耐火材料 磁性 永磁 硅 多晶硅 单晶硅
石化 石油 化工 化学 石油化工 精细化工 煤化工 盐化工 氟化工 化肥 农药 塑料 橡胶 涂料 染料 树脂 合成 聚氨酯 高分子 炼化 炼油 乙烯 煤炭 煤 焦化 天然气
能源 新能源 清洁能源 可再生能源 光伏 太阳能 风电 风能 核电 水电 火电 氢能 储能 电池 锂电 锂电池 动力电池 燃料电池 生物质 地热 充电桩 电力 电网 智慧能源 输变电 输配电
生物 医药 生物医药 中药 中医药 中药材 化学药 原料药 制剂 疫苗 医疗 医疗器械 器械 药品 药物 药业 制药 健康 大健康 康养 养老 诊断 试剂 生命 基因 细胞
食品 农产品 农副产品 加工 食品加工 农产品加工 粮油 粮食 乳制品 乳业 肉类 肉制品 白酒 啤酒 葡萄酒 饮料 茶叶 茶 水果 果蔬 蔬菜 畜牧 畜禽 水产 种业 饲料 调味品 预制菜 休闲食品
纺织 服装 纺织服装 印染 化纤 丝绸 皮革 鞋 鞋业 家具 家居 家电 五金 造纸 包装 印刷 玩具 灯饰 照明 灯塔 跨国 量子 资产 资本 电动 隐性 债务 融资 债 平台 城投 交投 国投 农投 文旅投 旅投 子 母 下属 一级 二级 三级 层级 集体 村集体 所有 这些 专业化 专业 运营 运维 担保 小额 贷款 商业 医疗 城市 医共体 健康 义务 教育 紧密型 义务教育 学区制 生态 营商 智能工厂 绿色工厂 成果 山地 纤维 种子 畜牧业 农牧业 全牌照 公共 劳动力 农村 脱贫 乡村 深海 硬质 钻采 基板 第三代 第三 参股 控股 我区 中试 人才 城乡 优势 产能 法兰 县域 县级 市级 省级 国家级 国家 级 眼镜 钟表 文体 体育 文具 日化 香料 烟花 轻工 木材 竹 木业 竹木
环境 循环 再生 资源 资源综合利用 再制造 回收 利用 固废 污水 水处理 垃圾 治理 节水
旅游 文旅 文化 文化创意 创意 动漫 游戏 影视 会展 商贸 商务 电商 电子商务 跨境 物流 冷链 仓储 金融 科技 服务 服务业 设计 研发 检测 检验 咨询 工业 农业 林业 渔业 矿业 矿产 建筑 房地产 交通 运输 港口 教育 培训 科教 餐饮 住宿 零售
生产 经营 销售 加工 采购 总部 营销 开发 建设 运营 投资 管理 发展 应用 推广 研究 创新 创业 孵化 合作 交易 供应 贸易 进出口 出口 外贸 批发
终端 元器件 元件 器件 组件 部件 模组 模块 整机 系统 产品 无人机 人形 具身 成套 仪器 仪表 仪器仪表 传感器 控制器 显示 新型显示 显示屏 面板 光电 光学 光通信 激光 射频 封装 测试 封测 晶圆 光刻 手机 智能手机 智能终端 计算机 服务器 摄像头 可穿戴 虚拟现实 视听 数字视听 数据 算力 算法
和 与 及 的 类 型 级 化 性 业 等 大 小 高 新 特 优 强 多 各 或 以 为 在 区 市 县 镇
"""


# Words of plans and titles: with the everyday ones they make up what names no one place.
_POLICY_WORDS: Final = """
国家 国家级 省级 市级 县级 国省级 首批 一批 新 综合 特殊 改革 创新 开放 开放型 合作 协同 协调 一体化 融合 发展 高质量 高标准 高水平 示范 先行 引领 试验 试点 实验 零碳 低碳
近零碳 绿色 绿电 绿能 绿氢 生态 文明 知识产权 保护 运用 数据 要素 自主 自由 贸易 自贸 跨境 保税 沿边 沿江 沿海 临港 临空 内陆 经济 共同 富裕 民族 团结 进步 中华民族 共同体 意识 城乡 统筹
文旅 消费 夜间 夜间文旅 银发 首发 返乡 大学生 农民工 农民 海峡 两岸 国别 中外 央地 院地 飞地 共建 各类 各级 专业 主导 联动 省市 市县 全域 户外 运动 体验 度假 康养 减污 降碳 基础研究
美丽 美丽中国 中国 和美 幸福 平安 法治 信用 服务贸易 服务外包 进口 出口 外贸 转型 升级 综改 国有 科技 成果 转化 转移 承接 产业转移 双创 人工智能 智慧 未来 大模型 算力 字段级 制度型 自动驾驶
高级别 车联网 知识 人才 引智 中医药 传承 医保 医疗 教育 区域 数字经济 数字贸易 现代 农业现代化 乡村 振兴 美丽乡村 美乡村 粮油 高产 优质 单产 玉米 小麦 水稻 设施 设施农业 智慧农业 农村 山区
万兆 无废 五好 首单 主题 评价 进 走进 多 传统 智能 制造业 冰雪 渔港 境外 省际 南北 毗邻 综合竞争力 重点 特色 优势 新型 城镇化 城市 街区 更新 更优 数智 数字 数字化 工业互联网 循环化 再生资源 应急 保供 生产 应用 的 和 与 及 以及 级 型 化 式 及以上 以上 超 级以上
"""


@cache
def generic_words() -> frozenset[str]:
    """Return the words of descriptions; a phrase made of them alone names nobody."""
    return frozenset(_GENERIC.split())


_KIND: Final = re.compile(rf"(?:{_HEAD_MODIFIER}|[\d.]+|[“”])*")
_TRADE_KIND: Final = re.compile(r"(?:领域|行业|产业|产业链|板块|环节|方面|产品|项目|类)(?:的)?$")


def firm_kind(words: str) -> str:
    """Return what the words between 等 and 企业 say of the list before them.

    Returns
    -------
    str
        ``sure``: it lists firms (``国内外龙头``, ``深圳``); ``trade``: it may (``无人机``), if one
        of the items looks like a firm; "": it does not (``领域``).
    """
    if _TRADE_KIND.search(words) or re.search("政策|支持|向|对|部门|联合", words):
        return ""
    rest = _KIND.sub("", words)
    if not rest or rest in _place_names():
        return "sure"
    return "trade" if is_generic(rest, policy_words()) else ""


@cache
def _place_names() -> frozenset[str]:
    from clusteratlas.policy.places import load_places

    return frozenset(name for place in load_places() for name in (place.name, place.short))


@cache
def policy_words() -> frozenset[str]:
    """Return the words of plans and titles, which make no name in the company of everyday ones."""
    return frozenset(_POLICY_WORDS.split())


@lru_cache(maxsize=50_000)
def is_generic(phrase: str, more: frozenset[str] = frozenset()) -> bool:
    """Return whether a phrase can be cut entirely into everyday industrial words.

    Parameters
    ----------
    phrase
        A name or description.
    more
        Further words that count as everyday ones here.

    Examples
    --------
    >>> is_generic("高新技术企业"), is_generic("新能源汽车"), is_generic("东软医疗")
    (True, True, False)
    """
    words = generic_words()
    size = len(phrase)
    if not 0 < size <= MAX_GENERIC_CHARS:
        return False
    reached = [True] + [False] * size
    for start in range(size):
        if not reached[start]:
            continue
        for end in range(start + 1, min(size, start + 6) + 1):
            word = phrase[start:end]
            if word in words or word in more:
                reached[end] = True
    return reached[size]
