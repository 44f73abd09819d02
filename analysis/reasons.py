"""Why a firm is named as a supporting one, in words."""

from collections.abc import Iterable
from typing import Final

import numpy as np

WORK: Final = frozenset({
    "余热回收", "储能", "再制造", "再生资源", "包装", "尾矿利用", "工业设计", "数据服务", "机械加工",
    "检测", "焊接", "热处理", "物流仓储", "系统集成", "表面处理", "钣金",
})  # fmt: skip
"""Products of data/linkages.csv that are work, not goods: nobody produces or sells a heat treatment."""

_DOING_ZH: Final = {"maker": "生产", "research": "研发", "trade": "销售"}
_DOING_EN: Final = {"maker": "makes", "research": "develops", "trade": "sells"}


def explain(row: dict[str, object], names: dict[str, str], *, lang: str = "zh") -> list[str]:
    """Return the reasons of one answer of :func:`supporting_firms` as short sentences.

    Parameters
    ----------
    row
        One record of the result.
    names
        Sector id -> name in the language.
    lang
        ``zh`` or ``en``.
    """
    distance_km = float(str(row["distance_m"])) / 1000
    radius = float(str(row.get("radius_m", np.nan)))
    chinese = lang == "zh"
    reasons = [_link_reason(row, names, chinese)]
    reasons.append(f"相距 {distance_km:.1f} 公里" if chinese else f"{distance_km:.1f} km away")
    if np.isfinite(radius):
        reasons.append(
            f"位置误差约 {radius:.0f} 米" if chinese else f"position good to about {radius:.0f} m"
        )
    return reasons


def _link_reason(row: dict[str, object], names: dict[str, str], chinese: bool) -> str:
    role, product, doing = str(row["role"]), str(row["link_product"]), str(row["link_doing"])
    own = _names(str(row["sectors"]).split(";"), names, chinese)
    if role == "supplier" and product:
        return _doing_zh(product, doing) if chinese else _doing_en(product, doing)
    if role == "supplier":
        return f"属上游产业：{own}" if chinese else f"in a supplying sector: {own}"
    if role == "customer":
        if chinese:
            return f"下游产业：{own}" + (f"，采购{product}" if product else "")
        return f"in a customer sector: {own}" + (f", buys {product}" if product else "")
    return f"同产业：{own}" if chinese else f"same sector: {own}"


def _doing_zh(product: str, doing: str) -> str:
    if doing in ("maker", "trade") and product in WORK:
        return f"从事{product}"
    if doing in _DOING_ZH:
        return f"{_DOING_ZH[doing]}{product}"
    return f"提供{product}" + ("" if product.endswith("服务") else "服务")


def _doing_en(product: str, doing: str) -> str:
    if doing == "maker" and product in WORK:
        return f"does {product}"
    return f"{_DOING_EN.get(doing, 'provides')} {product}"


def _names(sectors: Iterable[str], names: dict[str, str], chinese: bool) -> str:
    joined = [names.get(sector, sector) for sector in sectors if sector]
    return ("、" if chinese else ", ").join(joined)
