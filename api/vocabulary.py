"""Fixed words of the API: the sector and field ids, which are part of its contract."""

from typing import Final

FIELD_IDS: Final = (
    "high_end_equipment",
    "next_gen_it",
    "biology",
    "energy_saving_env",
    "new_energy",
    "new_materials",
    "new_energy_vehicles",
)
"""The 7 fields of 辽政发〔2015〕25号, in its order."""

_SECTORS: Final = (
    "smart_manufacturing robotics major_equipment aviation marine rail internet_manufacturing ic "
    "digital_av communications software internet_services biologics chemical_drugs tcm "
    "medical_devices env_equipment recycling internet_ecology solar smart_energy special_steel "
    "light_alloy rare_earth rare_metals polymers ceramics_glass nev"
)

SECTOR_IDS: Final = (*FIELD_IDS, *_SECTORS.split())
"""Fields, then the 28 sectors; where a list of sectors is asked, a field stands for its sectors."""

COLUMN_TITLES: Final = {
    "enterprise_id": ("编号", "id"),
    "origin": ("来源", "origin"),
    "name": ("名称", "name"),
    "legal_name": ("登记全称", "legal name"),
    "aliases": ("别名", "aliases"),
    "kind": ("类型", "kind"),
    "uscc": ("统一社会信用代码", "credit code"),
    "sectors": ("产业门类", "sectors"),
    "products": ("产品", "products"),
    "roles": ("角色", "roles"),
    "enterprise_type": ("企业类型", "enterprise type"),
    "industry_code": ("行业代码", "industry code"),
    "city": ("地级市", "city"),
    "city_adcode": ("地级市代码", "code of the city"),
    "adcode": ("行政区划代码", "division code"),
    "district": ("区县", "district"),
    "zone": ("功能区", "zone"),
    "park_ids": ("所在园区", "parks"),
    "address": ("地址", "address"),
    "precision": ("定位精度", "precision"),
    "radius_m": ("误差半径（米）", "radius, m"),
    "confidence": ("可信度", "confidence"),
    "evidence": ("定位依据", "evidence"),
    "coord_source": ("坐标来源", "source of the position"),
    "status": ("核实状态", "status"),
    "registered": ("登记日期", "registered"),
    "capital": ("注册资本（万元）", "capital, CNY 10,000"),
    "note": ("备注", "note"),
    "park_id": ("编号", "id"),
    "documents": ("政策文件", "documents"),
    "boundary_status": ("边界状态", "boundary"),
    "source": ("依据", "source"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
    "cluster_id": ("编号", "id"),
    "sector": ("产业门类", "sector"),
    "method": ("方法", "method"),
    "n": ("企业数", "firms"),
    "n_possible": ("可能的成员", "possible members"),
    "persistence": ("持久度", "persistence"),
    "share": ("占门类比重", "share of the sector"),
    "expected": ("随机期望", "expected by chance"),
    "strength": ("强度", "strength"),
    "p_value": ("p 值", "p value"),
    "significant": ("显著", "significant"),
    "members": ("成员", "members"),
}
"""Column -> its title in Chinese and English; a column that is not named here is its own title."""


def title_of(column: str) -> str:
    """Return the title of a column in both languages.

    >>> title_of("capital")
    '注册资本（万元） capital, CNY 10,000'
    """
    zh, en = COLUMN_TITLES.get(column, ("", column))
    return f"{zh} {en}".strip()


CODE_TITLES: Final = {
    "kind": {"enterprise": "企业", "institute": "院所", "platform": "平台"},
    "origin": {"anchor": "文件点名", "registry": "工商登记"},
    "precision": {
        "site": "厂址",
        "address": "门牌",
        "street": "道路",
        "zone": "园区",
        "township": "乡镇街道",
        "district": "区县",
        "city": "城市",
        "none": "未定位",
    },
    "status": {"confirmed": "已核实", "probable": "很可能", "unresolved": "未查明"},
}
"""Column -> code -> the word that the page has for it too (``web/js/words.js``)."""
