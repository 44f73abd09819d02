"""Enterprises in lists of projects: ``富春控股、宝供物流等项目``, ``荣信化工40万吨乙二醇``."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from clusteratlas.policy.coined import coined_head
from clusteratlas.policy.firm_lists import items, looks_like_firm
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic, policy_words
from clusteratlas.policy.names import name_start
from clusteratlas.policy.places import place_at
from clusteratlas.policy.public_works import WATER, WORKS
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_set

MAX_PROJECT_LIST_CHARS: Final = 240
_LAST_ITEM_CHARS: Final = 40  # of the last item and what may stand before 项目
_PROJECT_LIST: Final = re.compile(
    r"(?P<items>(?:(?:(?!等)[\u4e00-\u9fffA-Za-z0-9]){2,12}、){1,20}"
    r"(?:(?!等)[\u4e00-\u9fffA-Za-z0-9]){2,12})"
    r"(?:等)?(?:一批|[两三四五六七八九十\d]+(?:余|多)?个|多个|一系列)?(?:[\u4e00-\u9fff]{0,8}?)项目"
)
_PROJECT: Final = re.compile("项目")
_COURTED_LIST: Final = re.compile(
    r"(?:扶持|引进|引入|对接|签约|洽谈|招引|引育|入驻|落户)了?(?P<items>(?:[\u4e00-\u9fff]{2,8}、){2,20}"
    r"(?:(?!等)[\u4e00-\u9fff]){2,8})(?=[，。；等\n]|$)"
)
_BUILT_WORKS: Final = re.compile(
    r"[路桥站水库港城区县镇村乡园楼院校河江湖山渠管网隧矿馆线厂房]|工程|基地|中心|平台|建设|开发|改造|"
    r"市场|生产|加工|制造|项目|研发|产业|系列|[一二三四五六]期"
)

# 荣信化工年产60万吨, 曲靖阳光一期, 顾地总部: what a firm builds stands right after its name.
_BUILT: Final = re.compile(
    r"(?:(?<=[。\n、，；：进力保设动成产快工括的])|\A)(?P<name>[\u4e00-\u9fff]{2,8}?)"
    r"(?:(?:年产|年加工|年处理|日产)?(?=\d[\d.,×xX*+]*(?:万|亿|千|百)?"
    r"(?:吨|辆|台|套|片|只|件|头|羽|米|平方米|立方米|锭|纱锭|GWh|GW|MW|KW|kW|兆瓦|吉瓦|千瓦|机组)(?=[\u4e00-\u9fffA-Z]))"
    r"(?![\d.万亿千百]+[\u4e00-\u9fffA-Za-z]{1,2}[级套以左等的余])"
    r"|(?=[一二三四五]期|技改|扩建|整体搬迁|整体迁建|迁建|总部(?:基地|项目|、|，|等)))"
)
_WORK_WORDS: Final = re.compile("项目|投产|工程|开工|竣工|技改|扩建|总部|落户|[一二三四]期")
_NO_BRAND: Final = re.compile(
    r"[最确备障断载量能增减达有产资建超约近共为到期年月和与及的等不]$|^[最确备障增减达有超约近共为到和与及的等不第年]|投资|规模|装机|[将可]|明年|面积|"
    r"库容|里程|完成|实现|补贴|改造|淘汰|储备|收购|销售|出口|生产|推广|配备|应用|安装|推进|启动|加快|基地$|场地$|用地$|电厂$|机场|铁路|公路|高速|"
    r"水库|水利|灌区|管网|污水|垃圾|供水|医院|学校|中学|小学|大学|学院|公园|大桥|大道|广场|市场|社区|小区|花园|园区|开发区|产业园|"
    r"图书馆|博物馆|体育馆|圣境|^日出$|[馆院]改$|新城|安置|棚户|码头|港区|泵站|河道|景区|农场|大厦|中心$|工程$|项目$|[路桥站水库港城区县镇村乡园楼院校河江湖山渠管网隧线]$"
)


def by_built(text: str, line: Line) -> Iterator[Span]:
    """Yield the firms that stand right before a capacity or a stage in sentences on projects."""
    if not _WORK_WORDS.search(text, line.start, line.end):
        return
    for sentence in re.finditer(r"[^。\n]+", text[line.start : line.end]):
        if not _WORK_WORDS.search(sentence.group()):
            continue
        begin = line.start + sentence.start()
        for match in _BUILT.finditer(text, begin, line.start + sentence.end()):
            start = name_start(text, match.start("name"), match.end("name"), keep=1)
            joint = max(text.rfind(one, start, match.end("name") - 1) for one in "和与及")
            if joint > start and not is_ordinary(text[joint + 1 : match.end("name")]):
                start = joint + 1
            name = text[start : match.end("name")]
            clause = re.split("[，。；（(、]", text[max(begin, start - 60) : start])[-1]
            if "年产" in clause or "产能" in clause:  # what follows is a product
                continue
            around = text[max(begin, start - 40) : match.end() + 30]
            item = re.split("[、，。；]", text[start : match.end() + 30])[0]
            if _names_a_builder(name) and not (WORKS.search(item) or WATER.search(around)):
                yield Span(start, start + _builder_end(name), "capacity")


def _builder_end(name: str) -> int:
    """Return where the firm ends in what stands before a capacity: 洛铜 of 洛铜高精度铜板带."""
    known = next((n for n in range(min(6, len(name)), 1, -1) if name[:n] in well_known()), 0)
    form = SHORT_FORM.search(name, 2)
    if known and not SHORT_FORM.fullmatch(name[known:]) and name[known:]:
        return known
    trade = form and (form.group("sure") or form.group("fair"))
    if form and trade and form.end() < len(name):
        return form.end()
    for end in (known, form.end() if form else 0, coined_head(name)):
        rest = name[end:]
        if end and (place_at(rest, 0) == rest or (len(rest) >= 3 and is_ordinary(rest))):
            return end
    return len(name)


def _names_a_builder(name: str) -> bool:
    """Return whether what stands before a capacity is a name: no everyday words, or place and trade."""
    if FIRM_SUFFIX.search(name):
        return False  # found by its form
    if _NO_BRAND.search(name) or is_generic(name, policy_words()):
        return False
    place = place_at(name, 0)
    own = name[len(place) :]
    if {name, own} & word_set("firms beside firms"):
        return True
    if own in {"风电", "光伏", "太阳能", "水电", "新能源"}:
        return False
    if place and SHORT_FORM.fullmatch(own):
        return True
    return len(own) >= 2 and not is_ordinary(own) and not is_generic(own, policy_words())


def by_project_list(text: str, line: Line) -> Iterator[Span]:
    """Yield the brands of an enumeration of projects (富春控股、宝供物流等项目).

    Either one item looks like a firm and the others are not works or trades, or all are coined
    words of two to four characters.
    """
    for match in itertools.chain(
        _project_lists(text, line),
        _COURTED_LIST.finditer(text, line.start, line.end),
    ):
        listed = list(items(text, match.start("items"), match.end("items"), "project"))
        brands = [span for span in listed if _is_coined(span.within(text))]
        looks = any(looks_like_firm(span.within(text)) for span in brands)
        size = 4 if match.re is _PROJECT_LIST else 6
        coined = len(listed) >= 3 and all(len(span.within(text)) <= size for span in listed)
        if looks or (coined and len(brands) == len(listed)):
            yield from brands


def _project_lists(text: str, line: Line) -> Iterator[re.Match[str]]:
    """Yield the enumerations before 项目; each is looked for in a bounded piece of text only."""
    done = line.start
    for project in _PROJECT.finditer(text, line.start, line.end):
        begin = max(done, project.start() - MAX_PROJECT_LIST_CHARS)
        if text.rfind("、", max(begin, project.start() - _LAST_ITEM_CHARS), project.start()) < 0:
            done = project.end()
            continue
        match = _PROJECT_LIST.search(text, begin, project.end())
        done = project.end()
        if match:
            yield match


def _is_coined(name: str) -> bool:
    if len(name) > 8 or _BUILT_WORKS.search(name) or place_at(name, 0) == name:
        return False
    inner = FIRM_SUFFIX.search(name)
    if (inner and inner.end() < len(name)) or is_ordinary(
        name
    ):  # the firm itself is found by its form
        return name in well_known()
    return not any(is_generic(part, policy_words()) for part in (name, name[:-2] or name, name[:2]))
