"""Enterprises that show by their form: 有限公司, 集团, 研究所, 厂."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from clusteratlas.policy.clauses import clause_words
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic
from clusteratlas.policy.names import DELIMITERS, name_start, piece_start
from clusteratlas.policy.no_names import LEAD, PLACE_TWICE
from clusteratlas.policy.places import place_at
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.text_forms import matches_between
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.well_known import known_firms
from clusteratlas.policy.words import word_set

MAX_UNITS: Final = 3  # a firm, its branch, the branch's plant
MAX_PLACE_CHARS: Final = 8
_ADVERB: Final = re.compile("(?:大力|重点|优先|主要)$")
_PLANT: Final = re.compile(
    r"(?:制造|电机|机械|仪表|化工|制药|炼油|钢铁|水泥|轴承|机床|机器|造船|修船|酿酒|卷烟|造纸|纺织|"
    r"选煤|洗煤|选矿|面粉|纱|棉纺|毛纺|化肥|农药|氯碱|甲醇|热电|发电|[^\\s机]电|水泥|印刷|变压器|锅炉|轧钢|焦化|铸造|药|酒|糖|烟)厂$"
)
_SUBORDINATE: Final = re.compile("自备|下属|所属|旗下|全资|控股子|设立|成立|投资|分别|联合")
_SENTENCE_LIKE: Final = re.compile(
    r"^(?:物业|财务|保险|证券|租赁|快递|信托|基金|期货|物流|运输|旅游|供电|供水|自来水|公交|燃气|热力|班轮|国际班轮|科技|"
    r"大型互联网)$|[和与及]$|^我国|"
    r"^(?:区域|财务|金融租赁|融资租赁|小额贷款|[省市县]电力|[区县市省]属|航母|专业)|型(?:民营)?企业$|属$|提供$|"
    r"(?:设立|成立|组建|开办|下属|所属|旗下|全资|控股|收购|引进|一家|多家|为该|由该)$|销往|收益|[两二三四五六七八九十]大|"
    r"[%％]|产品是|所有$|注册"
)
_GROUPS_OF_TOWNS: Final = frozenset({"公交集团", "文旅集团"})  # a town has one each
_ZONE_BEFORE: Final = re.compile(
    r"[\u4e00-\u9fff]{0,10}?(?:开发区|园区|高新区|经开区|产业园|工业园|产品是为|隶属于|是由|由)(?=[\u4e00-\u9fff]{2})"
)
_JOINT: Final = re.compile("以及|[和与及]|(?<=基地)在|(?<=[^\\d]中心)在|(?<=项目)在")
_LEFT_END: Final = re.compile("(?:中心|院|所|站|园|公司|集团|厂|基地|项目|工程)$")
_NO_PLANT: Final = re.compile(
    r"(?:工|建|办|进|原|分|主机|整车|标准|小|老|代工|加工|配套|生产|[0-9一二三四五六七八九十]个?)厂$|污水|净水|水厂$|垃圾"
)
_INSTITUTE_FRAME: Final = re.compile(r"(?:依托|支持|联合|与|和|由|以|借助|携手|会同|引进)$")
_COUNTED: Final = re.compile(r"[\d一二三四五六七八九十百N]+(?:余|多)?[个家户座所条批大级]")
_NOT_FIRM: Final = re.compile(
    r"^[\d一二三四五六七八九十百N]+(?:余|多)?[个家户座所条批大级]|^[这该此各每某本两]|^规范|上市$|^但|"
    r"^省级|产业化$|医疗$|医共体|医联体|教育$|办学|所有|下属|所属|"
    r"(?<!种)子$|母$|级$|跨国|平台$|融资|担保$|运营$|隐性债务|投资基金|学区|出版|报业|传媒|演艺"
)


def by_legal_form(text: str, line: Line) -> Iterator[Span]:
    """Yield the names in a line that end in a legal form or the form of an institute."""
    done = line.start
    for match in matches_between(FIRM_SUFFIX, text, line.start, line.end):
        if match.start() < done:
            continue
        end = _extended(text, match.end(), line.end)
        piece = piece_start(text, match.end(), max(done, line.start))
        start = piece + _name_offset(text[piece : match.end()], match.start() - piece)
        if _is_firm_name(text, start, match.start(), match.group()):
            yield Span(start, end, "legal form")
            done = end


@lru_cache(maxsize=20_000)
def _name_offset(piece: str, form: int) -> int:
    """Return where a name begins in a piece without stops that ends with its legal form."""
    start = name_start(piece, 0, len(piece), keep=len(piece) - form + 1)
    start = _with_adverb(piece, start, form)
    start = _after_joined(piece, start, form)
    for pattern in (LEAD, PLACE_TWICE):
        lead = pattern.match(piece, start, form + 1)
        if lead and lead.end() <= form:
            start = lead.end()
    return _after_zone(piece, start, form)


def _with_adverb(piece: str, start: int, form: int) -> int:
    """Return where a full legal name begins of which an adverb is a part: 营口大力汽保设备有限公司.

    It is none of the name if a verb follows it: 营口大力发展…有限公司.
    """
    adverb = _ADVERB.search(piece, max(0, start - 2), start)
    if adverb is None or "有限" not in piece[form:] or _is_verb(piece[start : start + 2]):
        return start
    for begin in range(max(0, adverb.start() - MAX_PLACE_CHARS), adverb.start() - 1):
        if place_at(piece, begin, adverb.start()) == piece[begin : adverb.start()]:
            return begin
    return start


def _is_verb(word: str) -> bool:
    return word in clause_words() or word in word_set("weak triggers") | word_set("strong triggers")


def _after_joined(text: str, start: int, form: int) -> int:
    """Return where the last of two joined names begins: 育种中心和中粮集团."""
    for joint in _JOINT.finditer(text, start, form - 1):
        left, right = text[start : joint.start()], text[joint.end() : form]
        if right and left.endswith(("公司", "集团")):  # whatever follows a legal form
            start = joint.end()
            continue
        if len(left) < 3 or len(right) < 2:
            continue
        own = place_at(right, 0) or right in known_firms() or not is_ordinary(right)
        own = own or right[0] in "省市县"
        if own and (
            is_ordinary(left)
            or _ends_in_trade(left)
            or _LEFT_END.search(left)
            or re.search(r"\d", left)
        ):
            start = joint.end()
    return start


def _ends_in_trade(name: str) -> bool:
    return any(match.end() == len(name) for match in SHORT_FORM.finditer(name))


def _after_zone(text: str, start: int, form: int) -> int:
    """Return where a name begins that follows the zone it lies in: 经济开发区中溢科技公司."""
    zone = _ZONE_BEFORE.match(text, start, form - 2)
    if zone and not is_generic(text[zone.end() : form]):
        return zone.end()
    return start


def _extended(text: str, end: int, limit: int) -> int:
    """Return the end of a name whose legal form is followed by a unit of it (…公司页岩炼油厂)."""
    for _ in range(MAX_UNITS):
        match = FIRM_SUFFIX.search(text, end, min(limit, end + 16))
        if match is None:
            return end
        between = text[end : match.start()]
        if not between and text.endswith(match.group(), 0, end):  # 公司公司: no unit of a firm
            return end
        if any(char in DELIMITERS for char in between) or _joins(between):
            return end
        if _SUBORDINATE.search(between):
            return end
        if name_start(text, end, match.end(), keep=len(match.group())) != end:
            return end
        end = match.end()
    return end


def _joins(between: str) -> bool:
    return bool(re.search(r"[和与及等的为在]|投资|建设|合作|联合|上市|牵头", between)) or (
        between[:1] in {"（", "("} and not re.search("[）)]", between)
    )


def _is_firm_name(text: str, start: int, form_start: int, form: str) -> bool:
    body = text[start:form_start]
    after = text[form_start + len(form) : form_start + len(form) + 2]
    if body + form in _GROUPS_OF_TOWNS:
        return True
    if _is_no_body(body, full="有限" in form):
        return False
    if form.endswith("厂"):
        return _is_plant(text, start, form_start, body + form)
    if form.endswith(("院", "所")):
        return _is_institute(text, start, form_start, form)
    if form.endswith("集团") and after[:1] in "化军式型内" and after[:1]:
        return False
    if "有限" not in form and (len(body) < 2 or body in word_set("strong triggers")):
        return False
    if form == "公司" and _is_plain(body):
        return False
    if place_at(text, start, form_start) == body and "有限" not in form:
        return False
    return not is_generic(body)


@lru_cache(maxsize=20_000)
def _is_no_body(body: str, *, full: bool) -> bool:
    """Return whether what stands before a legal form cannot be a name: a count, a clause.

    A full legal name (有限公司) with a place or a word of its own may be about anything.
    """
    if not body.strip("（）()") or body.endswith(("等", "家", "类", "户")):
        return True
    if full and (place_at(body, 0) or not is_ordinary(body)) and not _COUNTED.match(body):
        return False
    return bool(_NOT_FIRM.search(body) or _SENTENCE_LIKE.search(body))


@lru_cache(maxsize=20_000)
def _is_plain(body: str) -> bool:
    """Return whether a body is a phrase of everyday words, not of a word and its trade."""
    if len(body) < 4 or not is_ordinary(body) or place_at(body, 0):
        return False
    return is_generic(body[:2]) or not _ends_in_trade(body)


def _is_plant(text: str, start: int, form_start: int, name: str) -> bool:
    """Return whether a plant (荆门电厂, 市氯碱厂) is named by its place or by a word of its own."""
    if len(name) < 4 or _NO_PLANT.search(name):
        return False
    placed = place_at(text, start, form_start) or name[0] in "县市省"
    return bool(placed or (_PLANT.search(name) and not is_ordinary(name)))


def _is_institute(text: str, start: int, form_start: int, form: str) -> bool:
    body = text[start:form_start]
    if re.match(r"第?[一二三四五六七八九十〇零\d]", form):
        return True
    if body.endswith(("高等", "高校", "大学", "技工", "师范")):
        return False
    named = place_at(text, start, form_start) or "中科院" in body or "中国科学院" in body
    framed = bool(_INSTITUTE_FRAME.search(text, max(0, start - 3), start))
    national = body.startswith(("中国", "中科院")) and len(body) > 4
    end = form_start + len(form)
    framed = framed or (national and "、" in {text[start - 1 : start], text[end : end + 1]})
    return bool(named and framed and not is_generic(body))
