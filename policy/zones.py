"""Zones and towns by the words around them: parts of a place that no gazetteer has."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.places import place_index
from clusteratlas.policy.spans import Span
from clusteratlas.policy.vocabulary import is_ordinary, is_word

_FORM: Final = (
    r"(?:片区|园区|组团|板块|功能区|集聚区|集中区|产业园|工业园|科技园|物流园|创业园|港区|"
    r"小镇|新城|高新区|经开区|开发区|保税区|工业新区|生态新区|工业区|矿区|商务区|旅游区|"
    r"经济带|(?<=高铁|空港|临空|临港|滨江|滨海|滨湖|滨河|沿江|东部|西部|南部|北部|城东|城西|"
    r"城南|城北|科教|大学)新区)"
)
# A part of a place that a sentence begins with and speaks of (孟关片区，以商贸为主).
_SPOKEN: Final = re.compile(  # passed over where none can begin or end
    r"(?<=[\n。；：，“”、 　\t）)持动进导励为托绕中将把在以])"
    r"(?=[^区园团块镇城带\n，。；]{0,20}[区园团块镇城带])"
    r"(?:(?<=[\n。；：，“”、 　\t）)])|(?<=支持|推动|推进|引导|鼓励|作为|依托|围绕|其中)|"
    r"(?<=[将把在以]))"
    r"(?![以在和与及支推依引鼓加位将把对该本全各新老其这此等])"
    rf"(?P<name>(?P<proper>[\u4e00-\u9fffA-Za-z]{{2,10}}?)(?:工业|产业|经济技术|经济|科技|"
    rf"高新技术产业)?{_FORM})"
    r"(?P<after>[（(][^（）()]{0,30}[)）]|——|[：:，,。”]|重点|主要|着力|以|将|"
    r"[要聚打发建承突围侧立瞄抓做主继推加培壮优]|定位|作为|主导|位于|选址|是|已|现|规划面积|"
    r"依托|的(?:主导|定位|产业|功能))"
)
_NO_NAME: Final = re.compile(
    r"[的为是有等个批类各与]|打造|建[设成]|发展|支持|推[动进]|加快|依托|围绕|聚焦|形成|培育|"
    r"实施|落[户实]|入驻|引进|坚持|通过|"
    r"开展|位于|提[升高]|完善|按照|根据|促进|加强|鼓励|引导|规划|推行|重点|构建|申报|创建|"
    r"经验|布局|承接|负责|管委会|"
    r"争创|努力|着力|扩大|国家级|省级|市级|所属|[一二两三四五六七八九十多]园|健全|中心及|"
    r"^(?:我|全)[市县区省]|^[进入向到出全在]"
)
_DEFINITE: Final = re.compile("[：:（(]|要|以|将|重点|主要|着力|聚焦|规划面积|位于|选址")


# A zone of a known place, in a list or at an end of a clause (成都医学城, 眉山“西部药谷”).
_PLACED: Final = re.compile(
    r"[“\"]?(?:[\u4e00-\u9fff]|(?<=[\u4e00-\u9fff])[“\"]){2,12}?(?:医学城|"
    r"[药物箱航空智车云星科技材健芯]城|产业城|新城|数谷|[药芯光云牙硅智蓝科]谷|功能区|经济区|"
    r"活力区|商务区|直管区|合作区|服务区|创新区|自贸区|"
    r"产业园|科学城|汽车城|产业港|[路际空陆]港)[”\"]?(?=[、，。；：和与及等]|为|建设|发展|"
    r"打造|集聚|布局|重点|主要|以|要|将|聚焦|突出|承载|承接|培育|位于|定位|是|主导|$)"
)
_PLACED_TOWN: Final = re.compile(
    r"(?![县市区旗])[\u4e00-\u9fff]{2,3}?(?:镇|乡|街道)(?=[、，：—和与及]|做|以|要|重点|发展|"
    r"主|承|突|聚|打|的)"
)
_LEFT: Final = re.compile("(?:^|[\n、，。；：以在和与及由向动持进县市区（])$")


def placed_zones(text: str, starts: Iterable[int]) -> Iterator[Span]:
    """Yield zones whose name begins with a known place; ``starts`` is where places stand."""
    for start in starts:
        if not _LEFT.search(text[max(0, start - 1) : start]):
            continue
        size = next((n for n in (5, 4, 3, 2) if text[start : start + n] in place_index()), 0)
        town = _PLACED_TOWN.match(text, start + size) if size else None
        if town:
            yield Span(town.start(), town.end(), "town")
            continue
        match = _PLACED.match(text, start + size, start + 24) if size else None
        if match and not _NO_NAME.search(match.group()):
            yield Span(start, match.end(), "of a place")


# A district that the gazetteer lacks, or has by a longer name (峡山区, 达茂旗), where it is spoken of.
_DISTRICT: Final = re.compile(
    r"(?:(?<=[\n。；：，、 　])|^)(?P<name>(?P<proper>[\u4e00-\u9fff]{2,3})[区县旗])(?=：|"
    r"重点|主要|着力|以|将|[要聚打发建承]|依托)"
)


# What a line begins with and defines (光谷生物城——以…, 临港经济区：船舶、港口物流).
_DEFINED: Final = re.compile(
    r"(?:^|\n|[。；])[ 　\t]{0,8}(?P<mark>[（(]?[\d一二三四五六七八九十]{1,3}[)）.．、]+|——|"
    r"[●■◆▲★◇○□※])?[ 　]{0,4}"
    r"(?P<name>(?P<proper>[\u4e00-\u9fff·]{2,14})[区园城港岛谷镇乡带廊])(?:[（(][^（）()\n]{1,30}[)）])?(?:——|[：:]|(?(mark)。|：))"
)
_NO_DEFINED: Final = re.compile(
    r"重点|承载|布局|责任|所在|核心|示范|先行|主要|适用|实施|涉及|辐射|覆盖|范围|试点|拓展|"
    r"支撑|协同|区域|对象|目标|全|各|本|我|该"
)


def _defined(text: str) -> Iterator[Span]:
    for match in _DEFINED.finditer(text):
        proper = match.group("proper")
        if not (_NO_NAME.search(proper) or _NO_DEFINED.search(proper) or proper in _KINDS):
            yield Span(match.start("name"), match.end("name"), "defined")


# A place called by its bare name where it is given a trade (彭场以防护服为主).
_BARE: Final = re.compile(
    r"(?:(?<=[\n。；，：、 　])|^)(?P<name>[\u4e00-\u9fff]{2,3})"
    r"(?=以[^，。；]{2,30}为(?:主|重点|特色)|重点发展|侧重|主攻|着力发展|主做|专做)"
)


def _bare_places(text: str) -> Iterator[Span]:
    """Yield bare names that are no words, or that the text gives a class elsewhere (鲁班片区)."""
    classed: set[str] | None = None
    for match in _BARE.finditer(text):
        name = match.group("name")
        if classed is None:
            classed = _classed_names(text)
        if (
            name in place_index()
            or _NO_NAME.search(name)
            or is_generic(name)
            or name[-1] in "除对均要"
        ):
            continue
        if name in classed or not (is_word(name) or is_ordinary(name) or name[:2] in place_index()):
            yield Span(match.start(), match.end(), "town")


def _classed_names(text: str) -> set[str]:
    """Return what stands before 镇, 片区 and the like anywhere in a text, two and three characters."""
    return {
        text[match.start() - size : match.start()]
        for match in re.finditer("镇|乡|街道|片区|组团|园", text)
        for size in (2, 3)
        if match.start() >= size
    }


def _districts(text: str) -> Iterator[Span]:
    for match in _DISTRICT.finditer(text):
        proper, name = match.group("proper"), match.group("name")
        ordinary = is_word(name) or is_word(proper) or is_ordinary(proper) or is_generic(proper)
        if not (ordinary or _NO_NAME.search(proper) or name in place_index()):
            yield Span(match.start("name"), match.end("name"), "spoken of")


_KINDS: Final = frozenset(
    {
        "产业",
        "工业",
        "园",
        "地",
        "片",
        "城",
        "山",
        "社",
        "小",
        "经开",
        "高新",
        "开发",
        "功能",
        "工业园",
        "产业园",
        "经济",
        "城镇",
        "特色小",
    }
)


def spoken_zones(text: str) -> Iterator[Span]:
    """Yield parts of a place that have a name of their own where a sentence speaks of them.

    A name of everyday words (大数据产业园) is one only where a line begins with it and describes it.
    """
    yield from _defined(text)
    yield from _bare_places(text)
    yield from _districts(text)
    for match in _SPOKEN.finditer(text):
        proper, start = match.group("proper"), match.start("name")
        if _NO_NAME.search(proper):
            continue
        if not is_proper(proper):
            opens = not match.group("name").endswith("板块") and (
                start == 0 or text[start - 1] in "\n　 。；，"
            )
            if not opens or not _DEFINITE.match(match.group("after")) or not is_generic(proper):
                continue
        yield Span(start, match.end("name"), "spoken of")


def is_proper(proper: str) -> bool:
    """Return whether the words before a form are a name: no everyday words alone, or with a place."""
    if re.fullmatch(
        "高铁|空港|临[空港]|滨[江海湖河]|沿江|科教|大学|[东西南北中]部?|城[东西南北]|中心城区",
        proper,
    ):
        return True
    places = place_index()
    if any(proper[:size] in places for size in (4, 3, 2)):
        return True
    return not is_ordinary(proper) and not is_generic(proper)
