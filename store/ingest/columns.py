"""Recognise which column of a registry file holds what, by its Chinese or English title."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from clusteratlas.errors import FileFormatError, InputError

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "企业名称", "公司名称", "单位名称", "主体名称", "市场主体名称", "企业(机构)名称",
        "机构名称", "字号名称", "企业名称(全称)", "企业全称",
        "名称", "name", "company", "company_name", "enterprise", "enterprise_name", "firm", "entname",
    ),
    "uscc": (
        "统一社会信用代码", "统一信用代码", "社会信用代码", "信用代码", "统一代码",
        "统一社会信用代码/注册号", "统一社会信用代码(注册号)", "uscc", "unified_social_credit_code",
        "social_credit_code", "credit_code", "uniscid", "code",
    ),
    "registered": (
        "注册日期", "成立日期", "登记日期", "设立日期", "成立时间", "注册时间", "核准日期", "registered",
        "registration_date", "established", "estdate", "date",
    ),
    "enterprise_type": (
        "企业类型", "公司类型", "市场主体类型", "主体类型", "类型", "enterprise_type", "type", "enttype",
    ),
    "capital": (
        "注册资金", "注册资本", "注册资本(金)", "注册资金(资本)",
        "capital", "registered_capital", "regcap",
    ),
    "scope": ("经营范围", "业务范围", "经营范围及方式", "scope", "business_scope", "opscope"),
    "province": ("所在省份", "省份", "省", "province"),
    "city": ("地区", "城市", "所在城市", "所属城市", "市", "地市", "city"),
    "district": ("区县", "所在区县", "所属区县", "所属区", "行政区", "区", "县区", "district", "county"),
    "zone": ("园区", "所属园区", "所在园区", "开发区", "zone", "park"),
    "address": (
        "注册地址", "企业地址", "公司地址", "住所", "经营场所", "地址", "注册住所",
        "住所(经营场所)", "经营地址", "住所地址", "注册地",
        "address", "registered_address", "dom",
    ),
    "industry_code": (
        "行业代码", "国民经济行业代码", "行业小类代码", "行业门类代码",
        "industry_code", "gbt4754", "industryco",
    ),
}  # fmt: skip
"""What a registry row may give, with the titles under which it is found, best first."""

_UNIT: Final = re.compile(r"\(([^()]*元[^()]*)\)")
_NOT_TITLE: Final = re.compile(r"[\s_\-*:：#]+")


def normal_title(title: object) -> str:
    """Return a column title without case, width, spaces and marks."""
    text = unicodedata.normalize("NFKC", str(title or "")).casefold().replace("\ufeff", "")
    return _NOT_TITLE.sub("", text)


_RANKS: Final = {
    normal_title(title): (name, rank)
    for name, titles in FIELDS.items()
    for rank, title in enumerate(titles)
}


@dataclass(frozen=True)
class ColumnPlan:
    """Where each field stands in a file.

    Attributes
    ----------
    places
        Position of the column by field.
    width
        Number of columns of the header.
    capital_unit
        Unit that the title of the capital column gives, "" if none.
    keep
        Title and position of the further columns that the user asked for.
    """

    places: Mapping[str, int]
    width: int
    capital_unit: str = ""
    keep: tuple[tuple[str, int], ...] = ()
    titles: tuple[str, ...] = field(default=(), repr=False)


def parse_mapping(entries: Sequence[str]) -> dict[str, str]:
    """Return ``{field: title}`` from ``field=title`` options.

    Raises
    ------
    InputError
        If an entry has another form or names no field.
    """
    mapping: dict[str, str] = {}
    for entry in entries:
        name, mark, title = entry.partition("=")
        if not mark or not title.strip() or name.strip() not in FIELDS:
            raise InputError(
                f"--map {entry!r}: expected FIELD=TITLE, FIELD one of {', '.join(FIELDS)}"
            )
        mapping[name.strip()] = title.strip()
    return mapping


def recognised(titles: Sequence[object]) -> int:
    """Return how many of the titles are known: how well a row serves as a header."""
    return len({_RANKS[t][0] for t in map(_plain_title, titles) if t in _RANKS})


def plan_columns(
    titles: Sequence[object], *, mapping: Mapping[str, str], keep: Sequence[str], source: str
) -> ColumnPlan:
    """Return where the fields stand under these titles.

    Raises
    ------
    FileFormatError
        If no column holds names, or two columns have the same needed title.
    InputError
        If a mapped or kept column is not there.
    """
    texts = [str(title or "").strip().lstrip("\ufeff") for title in titles]
    places = _mapped(texts, mapping, source)
    ranks: dict[str, int] = {}
    for at, title in enumerate(map(_plain_title, titles)):
        name, rank = _RANKS.get(title, ("", 0))
        if not name or name in mapping:
            continue
        if name in places and rank == ranks[name]:
            raise FileFormatError(
                f"{source}: columns {places[name] + 1} and {at + 1} are both titled {texts[at]!r};"
                f" remove one, or choose with --map {name}=#{at + 1}"
            )
        if name not in places or rank < ranks[name]:
            places[name], ranks[name] = at, rank
    if "name" not in places:
        raise FileFormatError(
            f"{source}: no column for the firm's name; found {_listed(texts)};"
            " name it with --map name=TITLE"
        )
    return ColumnPlan(
        places=places,
        width=len(texts),
        capital_unit=_unit(texts, places),
        keep=tuple((title, _find(texts, title, source)) for title in keep),
        titles=tuple(texts),
    )


def _plain_title(title: object) -> str:
    text = normal_title(title)
    return (
        text if text in _RANKS else normal_title(_UNIT.sub("", unicodedata.normalize("NFKC", text)))
    )


def _mapped(texts: Sequence[str], mapping: Mapping[str, str], source: str) -> dict[str, int]:
    return {name: _find(texts, title, source) for name, title in mapping.items()}


def _find(texts: Sequence[str], title: str, source: str) -> int:
    """Return the position of a title, or of ``#5`` as the fifth column."""
    if title.startswith("#") and title[1:].isdigit() and 1 <= int(title[1:]) <= len(texts):
        return int(title[1:]) - 1
    places = [at for at, text in enumerate(texts) if normal_title(text) == normal_title(title)]
    if not places:
        raise InputError(f"{source}: no column {title!r}; found {_listed(texts)}")
    if len(places) > 1:
        raise InputError(
            f"{source}: {len(places)} columns are titled {title!r}; say which as #NUMBER"
        )
    return places[0]


def _unit(texts: Sequence[str], places: Mapping[str, int]) -> str:
    if "capital" not in places:
        return ""
    title = unicodedata.normalize("NFKC", texts[places["capital"]])
    found = _UNIT.search(title)
    return found.group(1).replace(" ", "") if found else ""


def _listed(texts: Sequence[str]) -> str:
    shown = [text[:30] or "(empty)" for text in texts[:12]]
    return ", ".join(shown) + (", ..." if len(texts) > 12 else "")
