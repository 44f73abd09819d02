"""Sectors that a document's headings name: field, subsector, products; and what stands under them."""

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from clusteratlas.policy.linking import sector_of
from clusteratlas.policy.places import MAX_PLACE_CHARS, place_index
from clusteratlas.policy.structure import Heading, Line

_VERB: Final = re.compile(
    r"^(?:(?:明确|大力|加快|着力|重点|积极|优先|全力|持续|聚力|稳步|协同|统筹|深入|突破性|前瞻|做大|做强|"
    r"做优|做精|提升|推动|推进|促进|"
    r"培育|壮大|发展|打造|构建|布局|巩固|振兴|升级|改造|提质|主攻|突出|抢占|谋划|建设|延伸|拓展|"
    r"形成)(?:和|、)?)+"
)
_SECTOR_WORD: Final = re.compile(
    r"产业|制造|装备|材料|医药|生物|药|电子|信息|软件|集成电路|芯片|半导体|通信|互联网|数字|智能|"
    r"机器人|汽车|航空|航天|船舶|海洋|轨道|"
    r"新能源|光伏|风电|氢能|储能|节能|环保|资源|循环|化工|石化|钢铁|冶金|有色|稀土|建材|食品|农产品|"
    r"纺织|服装|轻工|旅游|物流|"
    r"金融|文化|健康|医疗|大数据|云计算|人工智能|低空|显示|机械|机床|陶瓷|玻璃|钢|合金|高分子|视听|"
    r"能源|稀有金属|茶|酒|家居|家电|电气"
)
_NOT_SECTOR: Final = re.compile(
    r"目标|思路|原则|要求|措施|保障|机制|体系|组织|领导|政策|环境|人才|资金|金融支持|布局|任务|工程$|"
    r"行动$|计划$|方案|基础|现状|形势|意义|"
    r"落实|支持|组建|开展|推进|推动|加强|实施|鼓励|引导|提高|扩大|合作|^[一二三四五六七八九十\d]+大|"
    r"^(?:战略性)?新兴产业|错位|集聚|会$|意见$|"
    r"附件|专栏|产品和|技术$|企业|改革|开放|服务平台|评估|考核|宣传|知识产权|基金|创业|统筹|土地|"
    r"集群$|能力"
)
# 沈阳国际软件园, 县区主导产业, 大连市产业规划: a unit or a title, not a sector
_UNIT_OR_TITLE: Final = re.compile(
    r"^附[表件图]|^[各县市区州旗（）()]{2,}|(?:主导|首位|支柱)产业$|^(?:主导|首位|支柱|重点|特色|优势|传统)?产业(?:链条?|集群|体系|生态)?$|"
    r"(?:园区?|区|街道|[镇乡县市州]|片区|地块|定位|规划|方案|目录|名单|清单|提纲|情况|指标)"
    r"(?:[（(][^（）()]*[)）])?$"
)
_TOWN: Final = re.compile("[\u4e00-\u9fff]{2,5}?(?:街道|[镇乡](?![村镇域土]))")
_PRODUCT_HEADER: Final = re.compile(
    r"[ 　]*(?:重点|主要|主导|核心)?(?:产品(?:和|及|与)?(?:关键|核心)?技术|产品|关键技术|发展方向|"
    r"发展重点|细分领域)[ 　]*[\t：:]"
)


@dataclass
class Sector:
    """A sector that a heading names."""

    heading: Heading
    field: str
    subsector: str
    sector_id: str
    section: str
    products: list[str] = dataclasses.field(default_factory=list)


@lru_cache(maxsize=10_000)
def sector_title(title: str, *, units: bool = False) -> tuple[int, str]:
    """Return the sector named by a heading and where in the title it begins; "" if none.

    The verbs before it (做大做强, 重点发展) are not part of the name. A unit that has a trade in its
    name (东营临港产业区) is no sector, unless ``units`` asks for those too.
    """
    match = _VERB.match(title)
    begin = match.end() if match else 0
    name = title[begin:]
    if not 2 <= len(name) <= 24 or not _SECTOR_WORD.search(name):
        return 0, ""
    if not units and (_UNIT_OR_TITLE.search(name) or _begins_with_unit(name)):
        return 0, ""
    if _NOT_SECTOR.search(name) and not sector_of(name)[1]:
        return 0, ""
    return begin, name


def _begins_with_unit(title: str) -> bool:
    """Return whether a title begins with a town or the official name of a place (甲镇发展乙)."""
    if _TOWN.match(title):
        return True
    names = (title[:size] for size in range(2, MAX_PLACE_CHARS + 1))
    return any(place.name == name for name in names for place in place_index().get(name, ()))


def sector_headings(path: tuple[Heading, ...], *, units: bool = False) -> list[tuple[Heading, str]]:
    """Return the headings of a path that name sectors, outermost first, with the names."""
    named = []
    for heading in path:
        begin, name = sector_title(heading.title, units=units)
        if name:
            cut = Heading(heading.level, heading.number, name, heading.start + begin, heading.end)
            named.append((cut, name))
    return named


def field_and_subsector(path: tuple[Heading, ...]) -> tuple[str, str, str]:
    """Return ``(field, subsector, sector_id)`` for a section path; a field of ours by its name."""
    named = sector_headings(path)
    if not named:
        return "", "", ""
    subsector = named[-1][1]
    sector_id, field_id, field_name = sector_of(subsector)
    if len(named) > 1:
        return named[0][1], subsector, sector_id
    if field_id and not sector_id:  # the heading is a field of ours, and there is nothing below it
        return subsector, subsector, ""
    return field_name or subsector, subsector, sector_id


def find_sectors(text: str, lines: list[Line]) -> list[Sector]:
    """Return the sectors of a document in the order of their headings, with their products."""
    sectors: list[Sector] = []
    open_by_start: dict[int, Sector] = {}
    for line in lines:
        named = sector_headings(line.path)
        if line.heading is not None and named and named[-1][0].end == line.heading.end:
            heading, name = named[-1]
            field_name, _, sector_id = field_and_subsector(line.path)
            sector = Sector(heading, field_name, name, sector_id, line.section)
            sectors.append(sector)
            open_by_start[heading.start] = sector
        header = _PRODUCT_HEADER.match(text, line.start, line.end)
        if header and named and named[-1][0].start in open_by_start:
            open_by_start[named[-1][0].start].products += split_products(
                text[header.end() : line.end]
            )
    return sectors


def split_products(cell: str) -> list[str]:
    """Return the products of a table cell: cut at ，、；。 outside brackets, no final 等."""
    items: list[str] = []
    depth = 0
    current: list[str] = []
    for char in f"{cell}。":
        if char in "（(":
            depth += 1
        elif char in "）)":
            depth = max(0, depth - 1)
        if char in "，、；;。,：:" and (depth == 0 or char == "。"):
            item = "".join(current).strip(" \t　")
            items.append(re.sub(r"等$", "", item))
            current, depth = [], 0
        else:
            current.append(char)
    return [item for item in items if item]
