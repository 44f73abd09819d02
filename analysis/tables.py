"""Analyses as tables for people and programs: text, CSV or JSON."""

import json
import sys
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.profile import Comparison
from clusteratlas.analysis.stagger import StaggerResult
from clusteratlas.errors import InputError
from clusteratlas.files import write_whole

VERDICTS_ZH = {
    "more alike than chance": "比随机更趋同",
    "not distinguishable": "与随机无法区分",
    "more differentiated than chance": "比随机更错位",
    "too few to say": "企业过少，不作判断",
    "": "—",
}
"""Verdicts of :mod:`clusteratlas.analysis.stagger` in Chinese."""

STATES_ZH = {
    "named and present": "规划点名且有支撑",
    "named without anchor": "规划点名、暂无支撑",
    "present, not named": "有支撑、规划未点名",
    "neither": "未点名、无支撑",
    "too few to say": "企业过少，不作判断",
}
"""States of :mod:`clusteratlas.analysis.positioning` in Chinese."""

HEADS_ZH = {
    "measure": "指标",
    "value": "值",
    "district": "区县",
    "index": "错位指数",
    "null_mean": "随机均值",
    "null_low": "随机下限",
    "null_high": "随机上限",
    "p_value": "p 值",
    "verdict": "判断",
    "total": "合计",
    "a": "甲",
    "b": "乙",
    "weight": "权重",
    "overlap": "重合度",
    "similarity": "相似系数",
    "krugman": "克鲁格曼",
    "drivers": "主要重合产业",
    "sector": "产业",
    "share_a": "甲占比",
    "share_b": "乙占比",
    "part": "贡献",
    "n_a": "甲企业数",
    "n_b": "乙企业数",
    "state_a": "甲状态",
    "state_b": "乙状态",
}

MEASURES_ZH = {
    "region": "地区",
    "basis": "依据",
    "weight": "权重口径",
    "neighbours": "比较对象",
    "year": "年份",
    "excluded": "不计产业",
    "total_a": "甲产业内家次",
    "total_b": "乙产业内家次",
    "index": "错位指数",
    "null_mean": "随机均值",
    "null_low": "随机下限（95%）",
    "null_high": "随机上限（95%）",
    "p_value": "p 值",
    "verdict": "判断",
    "a": "甲",
    "b": "乙",
    "overlap": "企业结构重合度",
    "similarity": "结构相似系数",
    "krugman": "克鲁格曼距离",
    "stated_jaccard": "规划重点重合（按个数）",
    "stated_weighted": "规划重点重合（按力度）",
}
"""Measures of the summaries in Chinese."""

TERMS_ZH = {
    "firms": "重点企业与登记企业",
    "anchors": "重点企业",
    "registry": "登记企业",
    "priorities": "规划重点（力度）",
    "statistics": "自有统计",
    "n": "企业数",
    "n, fractional": "企业数（按位置可能性分摊）",
    "capital": "注册资本（单户封顶）",
    "capital, fractional": "注册资本（单户封顶，按位置可能性分摊）",
    "log_capital": "注册资本对数",
    "log_capital, fractional": "注册资本对数（按位置可能性分摊）",
    "strength": "力度",
    "revenue": "营业收入",
    "value_added": "增加值",
    "employment": "从业人员",
    "all": "全部区县",
    "adjacency": "相邻区县",
    "distance": "全部区县，按距离加权",
}
"""What a table rests on, in Chinese: bases, weights and neighbours of the commands."""

COUNTS = ("total", "n_a", "n_b")
"""Columns that hold whole numbers wherever firms are counted."""

RATIOS = frozenset({
    "weight", "overlap", "similarity", "krugman", "index", "null_mean", "null_low", "null_high",
    "p_value", "share_a", "share_b", "part",
})  # fmt: skip
"""Columns that have three decimals in every row, also where a value happens to be whole."""

MOST_PAIRS = 40
"""Pairs of districts that are printed; the province has thousands."""

Tables = dict[str, pd.DataFrame]


def stagger_tables(
    result: StaggerResult,
    frames: AtlasFrames,
    region: str,
    *,
    terms: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> Tables:
    """Return ``summary``, ``districts`` and ``pairs`` with names for codes.

    Parameters
    ----------
    region
        The city or province that the result is of; of a province, districts are named with cities.
    terms
        What the result rests on (basis, weight, neighbours, year, excluded); the summary says it.
    """
    names = _district_names(frames, region)
    measures = ("index", "null_mean", "null_low", "null_high", "p_value")
    summary = _summary(
        {
            "region": region,
            **{name: term for name, term in (terms or {}).items() if term},
            **{name: getattr(result, name) for name in measures},
            "verdict": result.verdict,
        }
    )
    districts = result.districts.reset_index(names="adcode")
    districts.insert(1, "district", districts["adcode"].map(names))
    pairs = result.pairs.assign(a=result.pairs["a"].map(names), b=result.pairs["b"].map(names))
    sectors = frames.sector_names(lang=lang)
    pairs["drivers"] = [_drivers(text, sectors) for text in pairs["drivers"]]
    return _translated({"summary": summary, "districts": districts, "pairs": pairs}, lang)


def comparison_tables(result: Comparison, frames: AtlasFrames, *, lang: str = "zh") -> Tables:
    """Return ``summary`` and ``sectors`` of a comparison with names for codes."""
    places = frames.districts.set_index("adcode")
    measures = ("overlap", "similarity", "krugman", "stated_jaccard", "stated_weighted")
    summary = _summary(
        {
            **{
                side: f"{places['city'][code]}{places['name'][code]}"
                for side, code in (("a", result.a), ("b", result.b))
            },
            "weight": "n",
            "total_a": round(result.total_a),
            "total_b": round(result.total_b),
            **{measure: getattr(result, measure) for measure in measures},
            **({"verdict": result.verdict} if result.verdict else {}),
        }
    )
    sectors = result.sectors.reset_index(names="sector")
    sectors["sector"] = sectors["sector"].map(frames.sector_names(lang=lang))
    return _translated({"summary": summary, "sectors": sectors}, lang)


def _district_names(frames: AtlasFrames, region: str) -> pd.Series:
    """Return names by code, with the city in front where the region has several cities (铁西区)."""
    places = frames.region(region).set_index("adcode")
    alone = places["city"].nunique() == 1
    return pd.Series(places["name"] if alone else places["city"] + places["name"])


def _summary(values: Mapping[str, str | float]) -> pd.DataFrame:
    """Return ``measure, value``: numbers stay numbers, an unknown one is None."""
    known = [
        None if isinstance(value, float) and np.isnan(value) else value for value in values.values()
    ]
    return pd.DataFrame({"measure": list(values), "value": pd.Series(known, dtype=object)})


def _drivers(text: str, names: dict[str, str]) -> str:
    parts = [item.split(":") for item in text.split(";") if item]
    return "; ".join(f"{names.get(code, code)} {float(share):.3f}" for code, share in parts)


def _translated(tables: Tables, lang: str) -> Tables:
    for table in tables.values():
        for column in COUNTS:
            if column in table and (table[column] % 1 == 0).all():
                table[column] = table[column].astype("int64")
    if lang != "zh":
        return tables
    for table in tables.values():
        for column, words in (
            ("verdict", VERDICTS_ZH),
            ("state_a", STATES_ZH),
            ("state_b", STATES_ZH),
        ):
            if column in table:
                table[column] = table[column].map(words).fillna(table[column])
        if "measure" in table:
            words = VERDICTS_ZH | TERMS_ZH
            table["value"] = [
                words.get(value, value) if isinstance(value, str) else value
                for value in table["value"]
            ]
            table["measure"] = table["measure"].replace(MEASURES_ZH)
    return tables


def write_tables(tables: Tables, out: Path | None, *, lang: str = "zh") -> None:
    """Print the tables, or write them to a ``.csv``, ``.json`` or ``.txt`` file, whole or not at all.

    Of the pairs only the :data:`MOST_PAIRS` most alike are printed; a file has all. A CSV holds one
    table after another, each under a line with its name.

    Raises
    ------
    InputError
        If the name ends in something else.
    """
    if out is None:
        sys.stdout.write(_as_text(tables, lang, most=MOST_PAIRS) + "\n")
        return
    writers: dict[str, Callable[[Tables], str]] = {
        ".csv": _as_csv,
        ".json": _as_json,
        ".txt": lambda given: _as_text(given, lang),
    }
    if out.suffix not in writers:
        raise InputError(f"cannot write {out.name}: allowed are {', '.join(writers)}")
    write_whole(out, writers[out.suffix](tables))


def _as_csv(tables: Tables) -> str:
    parts = [f"# {name}\n{table.to_csv(index=False)}" for name, table in tables.items()]
    return "\ufeff" + "\n".join(parts)


def _as_json(tables: Tables) -> str:
    whole = {
        name: json.loads(table.to_json(orient="records", force_ascii=False))
        for name, table in tables.items()
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _as_text(tables: Tables, lang: str, *, most: int | None = None) -> str:
    parts = [
        _aligned(table.head(most) if name == "pairs" and most else table, lang)
        for name, table in tables.items()
    ]
    left = len(tables["pairs"]) - most if "pairs" in tables and most else 0
    if left > 0:
        told = (
            f"另有 {left:,} 对重合度不高于此，未列；--out 文件列出全部。"
            if lang == "zh"
            else f"{left:,} more pairs are no more alike than these; a file (--out) lists them all."
        )
        parts.append(told)
    return "\n\n".join(parts)


def _aligned(table: pd.DataFrame, lang: str) -> str:
    """Return a table in columns; a Chinese character is two cells wide."""
    shown = table.apply(lambda column: column.map(partial(_cell, ratio=_is_ratio(column))))
    heads = [HEADS_ZH.get(c, c) if lang == "zh" else c for c in shown.columns]
    rows = [heads, *shown.to_numpy().tolist()]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(heads))]
    lines = ["  ".join(_pad(cell, widths[i]) for i, cell in enumerate(row)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _is_ratio(column: pd.Series) -> bool:
    """Return whether a column has decimals: in all its rows, if in one."""
    if column.name in RATIOS:
        return True
    return bool(pd.api.types.is_float_dtype(column) and (column.dropna() % 1 != 0).any())


def _cell(value: object, *, ratio: bool) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        if np.isnan(value):
            return "—"
        return f"{value:.0f}" if not ratio and value % 1 == 0 else f"{value:.3f}"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
