"""The closed word lists of official Chinese that extraction rests on.

They name no place's firms. A word belongs here if it marks where a name begins or ends in any
policy document, or if it is an everyday industrial word that cannot be a name by itself.
"""

import re
from functools import cache, lru_cache
from typing import Final

from clusteratlas.policy.words import word_set

MAX_GENERIC_CHARS: Final = 60  # longer than any description in one piece
CJK: Final = r"\u4e00-\u9fff"

# Function words that are never the first character of a name, at the start of a piece of text.
LEADING_FUNCTION_CHARS: Final = frozenset(
    "以由与和及对在向从将让使把被是如为到并且或但则而其该此各每等了的地得者也又再更"
    "已仍均都可能须需应"
)

_FIRM_FORMS: Final = (
    r"(?:股份|控股|责任)?(?:有限责任|有限|责任)(?:总|分)?公司",
    r"(?:集团|控股|股份|分|总|子)?公司",
    r"(?:控股|产业|实业)?集团",
    r"第?[一二三四五六七八九十〇零\d]{1,4}研究所",
    r"(?:研究|设计)(?:总)?(?:所|院)",
    r"(?:制造|总|分|机械|电机|仪表|化工|制药|炼油)?厂",
)
FIRM_SUFFIX: Final = re.compile(
    r"(?=[〇一七三九二五产仪八公六分制化十厂四子实总控有机炼电研第股设责集零\d])(?:"
    + "|".join(f"(?:{form})" for form in _FIRM_FORMS)
    + ")"
)
"""The forms in which a firm's name ends; passed over where none can begin."""

# Words after 等 that say what the list before it was a list of.
_FIRM_HEAD: Final = (
    r"企业|公司|集团|厂商|厂家|巨头|制造商|生产商|供应商|运营商|院所|研究所|研究院|科研机构|单位|车企|"
    r"药企|央企|国企|民企|"
    r"上市公司|(?:名|强|大|车|酒|药|乳|钢|外|头部)企(?!业)|品牌商|整车厂|(?:龙头|链主|"
    r"骨干)(?=[，。；、带引牵作为的])"
)
_HEAD_MODIFIER: Final = (
    r"(?:早年|先后|陆续|已)?(?:入驻|落户|引进|落地)的?|一批|一系列|多家|数家|众多|各类|若干|为代表的|"
    r"为主的|一大批|国内外|国内|国际|国外|境外|全球|"
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
    rf"(?:[两三四五六七八九十\d]{{1,3}}(?:大|家|户))(?:为|是|均为)?(?:{_HEAD_MODIFIER}){{0,4}}(?:企业|公司|集团)"
)

FIRM_HEADER: Final = re.compile(
    r"(?:依托|重点|龙头|骨干|支撑|代表(?:性)?|核心|链主|主要|牵头|责任|承担|优势|领军|标杆|实施|建设|"
    r"培育|关键|配套|上市|知名|入驻|现有|本地|引进)?"
    r"(?:重点|龙头|骨干|链主|核心|培育|支撑)?(?:企业|单位|公司|厂商)(?:名称|名单|及科研院所|（机构）)?"
)


@cache
def generic_words() -> frozenset[str]:
    """Return the words of descriptions; a phrase made of them alone names nobody."""
    return word_set("trades")


_COUNTED: Final = re.compile(r"[\d两三四五六七八九十百]+(?:余|多)?家")
_KIND: Final = re.compile(rf"(?:{_HEAD_MODIFIER}|[\d.]+|[“”])*")
_TRADE_KIND: Final = re.compile(
    r"^(?:领域|行业|产业|板块|环节|方面|产品|主题|内容|问题|事项)的|(?:领域|行业|产业|产业链|板块|环节|方面|产品|项目|类)(?:的)?$"
)


def firm_kind(words: str) -> str:
    """Return what the words between 等 and 企业 say of the list before them.

    Returns
    -------
    str
        ``sure``: it lists firms (``国内外龙头``, ``深圳``); ``trade``: it may (``无人机``), if one
        of the items looks like a firm; "": it does not (``领域``).
    """
    if _TRADE_KIND.search(words) or re.search(
        "政策|支持|向|对|部门|联合|技术改|技术在|改造|建设|应用|场景", words
    ):
        return ""
    if _COUNTED.search(words) and is_generic(_COUNTED.sub("", words) or "企业", policy_words()):
        return "sure"
    rest = _KIND.sub("", words)
    if not rest or rest in _place_names():
        return "sure"
    from clusteratlas.policy.vocabulary import is_ordinary

    return "trade" if is_generic(rest, policy_words()) or is_ordinary(rest) else ""


@cache
def _place_names() -> frozenset[str]:
    from clusteratlas.policy.places import load_places

    return frozenset(name for place in load_places() for name in (place.name, place.short))


@cache
def policy_words() -> frozenset[str]:
    """Return the words of plans and titles, which make no name in the company of everyday ones."""
    return word_set("plans")


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
