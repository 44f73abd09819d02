"""The sentences of the report in Chinese and English; ``{}`` fields are filled in."""

from typing import Final

from clusteratlas.analysis.tables import STATES_ZH, VERDICTS_ZH
from clusteratlas.errors import InputError
from clusteratlas.maps.packing import DOCUMENT_TITLES

ZH: Final = {
    "title": "{district}战略性新兴产业定位报告",
    "subtitle": "{city}　·　28 个战略性新兴产业　·　{date}",
    "key": "要点",
    "basis": "依据：文件所列重点企业 {anchors} 家，登记企业 {firms} 家，归入 28 个产业 {in_sectors} 家次（跨产业各计一次）。",
    "basis_none": "依据：文件所列重点企业 {anchors} 家；本图谱尚无本区登记企业数据，以下只反映重点企业。",
    "key_stagger": "错位指数 {index}（0 为与市内其他区县完全相同，1 为完全错位）；{verdict}。",
    "key_twin": "与{district}最为相近，重合度 {overlap}，主要来自{drivers}。",
    "key_named": "规划点名且有支撑：{sectors}。",
    "key_missing": "规划点名、暂无支撑：{sectors}。",
    "key_unnamed": "有支撑、规划未点名：{sectors}。",
    "key_few": "本区可归入产业的企业不足 {n} 家次，结构与错位指标仅供参考，不作判断。",
    "map": "区位",
    "map_anchors": "重点企业按领域着色，空心标记只知所在园区、乡镇或区县。",
    "map_firms": "灰点为登记企业 {firms} 家中位置误差不超过 {km:.0f} 公里的 {shown} 家。",
    "map_sample": "灰点随机抽画 {n} 家。",
    "map_parks": "绿色方框为园区、基地，位置约九成在点线圈内；虚线为示意范围。",
    "map_borders": "边界：高德系区划数据，已转 WGS-84，非审定地图。",
    "map_alt": "{district}及相邻区县，重点企业、登记企业与园区的位置",
    "unplaced": "另有 {n} 家重点企业位置不详或只知到区县，未在图上标出：{names}。",
    "structure": "产业结构",
    "structure_caption": "各产业企业数（左）与区位商（右，以全省为参照；空心点表示该产业企业不足 5 家，箭头表示超出图幅）。",
    "structure_most": "只画企业最多的 {n} 个产业，全部见下表。",
    "structure_alt": "各产业企业数与区位商",
    "structure_text": "专业化：克鲁格曼指数 {krugman}（与全市相比，0–2）；多样性：熵 {entropy} 比特；赫芬达尔指数 {hhi}。",
    "no_firms": "没有可归入 28 个产业的企业记录，无法描述结构；这不等于为零。",
    "growth": "成长",
    "growth_caption": "主要产业累计登记企业数，按登记年份；数据截止于登记摘录的年份，不含注销信息。",
    "growth_alt": "主要产业累计登记企业数",
    "cells": "规划与现实对照",
    "cells_note": "“有支撑”指有文件所列重点企业，或企业不少于 5 家且区位商不低于 1。区间为 95% 置信区间。",
    "h_sector": "产业",
    "h_state": "状态",
    "h_strength": "规划力度",
    "h_anchors": "重点企业",
    "h_n": "企业数",
    "h_lq": "区位商（区间）",
    "overlaps": "与市内其他区县的重合",
    "overlaps_caption": "与全市其他区县的重合度：实心为企业结构，斜线为规划重点；一方没有找到规划表述的不画斜线。下表列最相近的至多 6 个。",
    "overlaps_alt": "与各区县的重合度",
    "h_district": "区县",
    "h_overlap": "企业重合度",
    "h_stated": "规划重合度",
    "h_drivers": "主要重合产业（贡献）",
    "no_overlap": "可比的区县没有足够的企业记录，不作比较。",
    "opportunities": "可考虑的方向",
    "opportunities_note": "契合度：与本区已有优势产业在全省共处的程度（0–1）；拥挤度：同市其他区县中已有优势或已点名的"
    "比例。本区已有支撑或区位商已达到 1 的产业不再列入。两者分开列示，不合成一个分数；它们提示可以研究什么，不代替论证。",
    "h_fit": "契合度",
    "h_crowding": "拥挤度",
    "h_related": "相近的本区产业",
    "h_named": "规划",
    "named_district": "本区点名",
    "named_city": "全市点名",
    "no_opportunities": "本区没有区位商达到 1 的产业，无从推断相近方向。",
    "no_further": "与本区优势产业相近的产业，本区均已有支撑。",
    "gaps": "链条缺口",
    "gaps_intro": "主导产业（{sectors}）所需、{km:.0f} 公里内登记范围未见生产企业的环节：",
    "gaps_none": "主导产业（{sectors}）所列配套环节在 {km:.0f} 公里内均有登记的生产企业。",
    "planned_intro": "规划点名、暂无支撑的产业（{sectors}）若要发展，所需、{km:.0f} 公里内登记范围未见生产企业的环节：",
    "planned_none": "规划点名、暂无支撑的产业（{sectors}）所列配套环节在 {km:.0f} 公里内均有登记的生产企业。",
    "no_links": "关联表未列出这些产业所需的环节，无法判断链条缺口：{sectors}。",
    "no_sectors_gaps": "本区没有有支撑的产业，也没有找到规划点名的产业，无从判断链条缺口。",
    "no_data_gaps": "没有登记企业数据，无法判断链条缺口。",
    "h_product": "环节",
    "h_for": "服务于",
    "h_weight": "权重",
    "h_nearest": "最近生产企业",
    "none_known": "{km:.0f} 公里内未见",
    "more_rows": "另有 {n} 行未列，全部见接口与下载。",
    "suppliers": "周边配套企业",
    "suppliers_note": "按产品、距离与位置可信度综合排序；距离自本区企业的中心量起，每种产品至多两家。登记范围所列产品不等于实际产能，联系前请核实。",
    "h_firm": "企业",
    "h_why": "理由",
    "h_distance": "距离",
    "anchors": "重点企业（文件所列）",
    "parks": "园区与基地（文件所列）",
    "h_park": "园区",
    "h_extent": "范围",
    "extent_point": "点位，约九成在 {km} 公里内",
    "extent_0": "点位",
    "extent_approximate": "示意范围",
    "extent_surveyed": "实测范围",
    "h_clause": "出处",
    "h_precision": "位置精度",
    "duties": "责任分工",
    "h_duty": "事项",
    "h_parties": "责任单位",
    "method": "方法与数据说明",
    "sources": "规划依据",
    "h_document": "文件",
    "h_place": "位置",
    "h_grade": "可靠程度",
    "no_sources": "没有找到对本区产业定位的明文表述。",
    "footer": "{district}战略性新兴产业定位报告 · clusteratlas · {date}",
    "unknown": "不详",
}

EN: Final = {
    "title": "{district} ({native}): positioning in the strategic emerging industries",
    "subtitle": "{city} · 28 strategic emerging sectors · {date}",
    "key": "Key findings",
    "basis": "Evidence: enterprises named in the documents, {anchors}; registered firms, {firms}; memberships in the "
    "28 sectors, {in_sectors} (a firm of several sectors counts in each).",
    "basis_none": "Evidence: enterprises named in the documents, {anchors}; the atlas holds no registered firms "
    "of this district yet, so only the named ones are reflected.",
    "key_stagger": "Stagger index {index} (0 = the same as the city's other districts, 1 = nothing in common): {verdict}.",
    "key_twin": "Most alike: {district}, overlap {overlap}, mainly through {drivers}.",
    "key_named": "Named in the plan and present: {sectors}.",
    "key_missing": "Named in the plan without support so far: {sectors}.",
    "key_unnamed": "Present but not named: {sectors}.",
    "key_few": "Fewer than {n} firms belong to a sector: structure and stagger index are no verdict here.",
    "map": "Location",
    "map_anchors": "Named enterprises are coloured by field; hollow marks are known to a park, township or district only.",
    "map_firms": "Grey dots: {shown} of {firms} registered firms, those placed within {km:.0f} km.",
    "map_sample": "A random {n} of them are drawn.",
    "map_parks": "Green squares are parks and bases, within the dotted circle in 9 of 10 cases; broken lines are indicative outlines.",
    "map_borders": "Boundaries of AMap lineage, converted to WGS-84; not an approved map.",
    "map_alt": "{district} and its neighbours with named enterprises, registered firms and parks",
    "unplaced": "{n} more named enterprises are placed no finer than the district, or not at all, and are not on the map: {names}.",
    "structure": "Structure",
    "structure_caption": "Firms by sector (left) and location quotient (right; reference: the province; hollow "
    "= fewer than 5 firms, an arrow = beyond the axis).",
    "structure_most": " The {n} sectors of most firms; the table below has all.",
    "structure_alt": "firms and location quotient by sector",
    "structure_text": "Specialisation: Krugman index {krugman} (against the city, 0-2); diversity: entropy "
    "{entropy} bits; Herfindahl index {hhi}.",
    "no_firms": "No firm on record belongs to any of the 28 sectors; that is not the same as zero.",
    "growth": "Growth",
    "growth_caption": "Firms registered, cumulated, by year of registration; the extract ends with its last "
    "year and knows no deregistrations.",
    "growth_alt": "firms registered by year, cumulated",
    "cells": "Stated and revealed",
    "cells_note": "Present: a named enterprise stands there, or at least 5 firms with a location quotient of 1 "
    "or more. Intervals are 95% confidence intervals.",
    "h_sector": "Sector",
    "h_state": "State",
    "h_strength": "Strength",
    "h_anchors": "Named enterprises",
    "h_n": "Firms",
    "h_lq": "LQ (interval)",
    "overlaps": "Overlap with other districts",
    "overlaps_caption": "Overlap with the other districts of the city: solid by firms, hatched by priorities; "
    "not hatched where one of the two states none that was found. The table lists the most alike, at most 6.",
    "overlaps_alt": "overlap with each district",
    "h_district": "District",
    "h_overlap": "By firms",
    "h_stated": "By priorities",
    "h_drivers": "Sectors in common (share)",
    "no_overlap": "No other district has enough firms on record for a comparison.",
    "opportunities": "Directions worth a study",
    "opportunities_note": "Fit: how often the sector stands beside the district's own strong sectors over the "
    "province (0-1). Crowding: share of the city's other districts that are strong in it or state it. Sectors that are "
    "present here, or reach a quotient of 1, are left out. The two stand apart on purpose; they say what to "
    "study, not what to do.",
    "h_fit": "Fit",
    "h_crowding": "Crowding",
    "h_related": "Near to",
    "h_named": "Stated",
    "named_district": "by the district",
    "named_city": "by the city",
    "no_opportunities": "No sector of the district reaches a location quotient of 1, so nothing can be inferred.",
    "no_further": "All sectors near to the district's strong ones are present already.",
    "gaps": "Missing links",
    "gaps_intro": "Needed by the leading sectors ({sectors}) and in no registered maker's scope within {km:.0f} km:",
    "gaps_none": "All listed links of the leading sectors ({sectors}) have a registered maker within {km:.0f} km.",
    "planned_intro": "Needed by sectors that are named in the plan and not present yet ({sectors}), and in no "
    "registered maker's scope within {km:.0f} km:",
    "planned_none": "All listed links of the sectors that are named in the plan and not present yet ({sectors}) "
    "have a registered maker within {km:.0f} km.",
    "no_links": "The table of links lists no need of these sectors, so nothing can be said of them: {sectors}.",
    "no_sectors_gaps": "No sector is present in the district, and none was found to be stated: there is no chain "
    "to examine.",
    "no_data_gaps": "Without registered firms nothing can be said about missing links.",
    "h_product": "Product",
    "h_for": "For",
    "h_weight": "Weight",
    "h_nearest": "Nearest maker",
    "none_known": "none within {km:.0f} km",
    "more_rows": "{n} more rows are left out; the API and the downloads have all.",
    "suppliers": "Supporting firms near by",
    "suppliers_note": "Ordered by product, distance and precision together; distances from the middle of the district's firms; at most two per product. A product in a "
    "registered scope is no proof of capacity: ask before relying on it.",
    "h_firm": "Firm",
    "h_why": "Why",
    "h_distance": "Distance",
    "anchors": "Enterprises named in the documents",
    "parks": "Parks and bases named in the documents",
    "h_park": "Park",
    "h_extent": "Extent",
    "extent_point": "point, within {km} km in 9 of 10 cases",
    "extent_0": "point",
    "extent_approximate": "indicative",
    "extent_surveyed": "surveyed",
    "h_clause": "Clause",
    "h_precision": "Precision",
    "duties": "Responsibilities",
    "h_duty": "Task",
    "h_parties": "Responsible",
    "method": "Method and data",
    "sources": "Stated priorities by source",
    "h_document": "Document",
    "h_place": "Place",
    "h_grade": "Grade",
    "no_sources": "No text that states priorities for this district was found.",
    "footer": "{district} · clusteratlas · {date}",
    "unknown": "unknown",
}

METHOD_ZH: Final = (
    "区位商 = 本区某产业企业占比 ÷ 全省该产业占比；区间为泊松精确区间（Garwood 1936）；本区该产业企业不足 5 家的在图中画作空心点，只供参考。",
    "重合度 = 两区各产业占比取小后求和，等于 1 减去双边克鲁格曼距离的一半，因此可逐产业分解；错位指数为 1 减去与"
    "全市其他区县重合度的平均。判断“比随机更趋同/更错位”：保持各区、各产业企业数不变，随机重排产业标签 499 次。",
    "企业按名称与经营范围由词表归入产业，每家至多 3 个；登记信息可能滞后，注销企业未剔除，企业数不等于产值。",
    "位置由公开来源与离线地理编码得到，均带误差半径；未能确认的写作“不详”，不以区县中心代替。",
    "规划表述来自辽政发〔2015〕25号、沈阳市实施意见及所列来源；标为“转引”“新闻”的，引用前请核对原文。",
)
METHOD_EN: Final = (
    "Location quotient: the sector's share in the district over its share in the province, with the exact "
    "Poisson interval (Garwood 1936); below 5 firms of the sector in the district the point is hollow.",
    "Overlap: the sum of the smaller shares, sector by sector, which is 1 minus half the bilateral Krugman "
    "distance. Stagger index: 1 minus the mean overlap with the city's other districts. Verdicts come from 499 "
    "random assignments of sectors to firms that keep the totals of districts and sectors.",
    "Firms are assigned to at most 3 sectors by name and scope. Registers lag, deregistered firms are not "
    "removed, and a number of firms is no output.",
    "Positions come from documents, public sources and offline geocoding, each with an error radius; what is "
    "unknown is called unknown and never replaced by a district's centre.",
    "Stated priorities come from 辽政发〔2015〕25号, the city's opinion and the sources listed; second-hand ones "
    "should be checked before they are quoted.",
)

STRENGTHS: Final = {
    "zh": {"core": "核心", "leading": "主导", "supporting": "支持", "mentioned": "提及", "": ""},
    "en": {
        "core": "core",
        "leading": "leading",
        "supporting": "supporting",
        "mentioned": "mentioned",
    },
}
PRECISIONS_ZH: Final = {
    "site": "厂址",
    "address": "门牌",
    "street": "道路",
    "zone": "园区",
    "township": "街道乡镇",
    "district": "区县",
    "city": "城市",
    "none": "不详",
}
"""Precision classes in Chinese."""


DOCUMENTS: Final = DOCUMENT_TITLES
"""Documents of the shipped tables by the name under which officials know them."""

GRADES_ZH: Final = {
    "official": "官方文件",
    "official site": "官方网站",
    "official, old": "官方文件（较早）",
    "official, sector inferred from the park": "官方文件，产业由园区推定",
    "official, sector inferred from the base": "官方文件，产业由基地推定",
    "second-hand": "转引",
    "news": "新闻",
    "weak": "较弱",
    "what-if": "假设",
}
"""Source grades of data/positionings.csv in Chinese."""


def words(lang: str) -> dict[str, str]:
    """Return the sentences of a language; raises InputError for another than zh and en."""
    if lang not in ("zh", "en"):
        raise InputError(f"language {lang!r}; allowed are zh, en")
    return ZH if lang == "zh" else EN


STATES_EN: Final = {"named without anchor": "named, not borne out"}
"""States that English readers know by another name than the tables."""


def state_word(state: str, lang: str) -> str:
    """Return a state of stated x revealed in the language."""
    words_of = STATES_ZH if lang == "zh" else STATES_EN
    return words_of.get(state, state)


def verdict_word(verdict: str, lang: str) -> str:
    """Return a verdict of the stagger analysis in the language."""
    return VERDICTS_ZH.get(verdict, verdict) if lang == "zh" else verdict or "not defined"
