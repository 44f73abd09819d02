"""Traits that a name has wherever it stands: its form, its words, its place, how it begins and ends."""

import re
from functools import lru_cache
from typing import Final

from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.coined import has_coined
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic
from clusteratlas.policy.no_names import DOUBTFUL, doubtful_park, is_power_station
from clusteratlas.policy.park_forms import PARK_SUFFIX
from clusteratlas.policy.places import place_at, place_level
from clusteratlas.policy.vocabulary import FUNCTION_CHARS, is_ordinary, name_likeness
from clusteratlas.policy.well_known import well_known

Traits = dict[str, float]
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
    "潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PARK_ENDS: Final = (
    "片区", "基地", "新区", "新城", "示范区", "试验区", "园区", "开发区", "高新区", "产业园", "工业园",
)  # fmt: skip
_KIND_OF_FIRM: Final = re.compile(
    "(?:[市县区省](?:属|级|直)?)?(?:[\u4e00-\u9fff]{0,6}(?:投|建|发|融资|担保|贷款|物业|财务|保险|"
    "运营|供电|电力|文旅|矿山|科技|互联网|建筑|电信|发展))?(?:分|总|子|支|母)?公司"
)
_ROAD_OR_OFFICE: Final = re.compile(
    "(?:路|大道|大街|街|局|海关|医院|协会|大学|学院|学校|中心|[商广][场城圈]|[一二三四]期|[州市县]|等|"
    "厂区|地块|项目)$"
)


@lru_cache(maxsize=20_000)
def is_legal(name: str) -> bool:
    """Return whether a name ends in a legal form."""
    return "公司" in name and any(m.end() == len(name) for m in FIRM_SUFFIX.finditer(name))


@lru_cache(maxsize=20_000)
def name_traits(name: str, kind: str) -> Traits:
    """Return the traits that a name has wherever it stands."""
    own = _firm_traits(name) if kind == "firm" else _park_traits(name)
    return {**_shape_traits(name), **own}


def _shape_traits(name: str) -> Traits:
    forms = list(FIRM_SUFFIX.finditer(name))
    place = place_at(name, 0)
    opened = name.count("(") + name.count("（")
    return {
        **{f"{n} characters": len(name) == n for n in (2, 3, 4)},
        "long": len(name) > 10,
        "very long": len(name) > 18,
        "legal form": is_legal(name),
        "form without a name": bool(forms) and forms[0].start() == 0,
        "everyday words": is_ordinary(name),
        "trades only": is_generic(name),
        "well-known": name in well_known(),
        "coined": has_coined(name),
        "open bracket": opened != name.count(")") + name.count("）"),
        "place first": bool(place),
        "place only": place == name,
        "county first": place_level(place) == "county",
        "likeness": name_likeness(name) if len(name) < 6 else 0.0,
        "digit": any(char.isdigit() for char in name),
        "Latin": any(char.isascii() and char.isalpha() for char in name),
    }


def _firm_traits(name: str) -> Traits:
    short = next((m for m in SHORT_FORM.finditer(name) if m.end() == len(name)), None)
    return {
        "trade": short is not None,
        "sure trade": bool(short and short.group("sure")),
        "likely trade": bool(short and short.group("likely")),
        "some form": bool(FIRM_SUFFIX.search(name)),
        "clause first": after_clause(name, own=True) > 0,
        "known name and words": _is_known_and_more(name),
        "place and known": _is_place_and_known(name),
        "kind of firm": _KIND_OF_FIRM.fullmatch(name) is not None,
        "function first": name[0] in FUNCTION_CHARS,
        "road or office": _ROAD_OR_OFFICE.search(name) is not None,
        "institute": name.endswith(("研究院", "研究所", "设计院")),
        "group": name.endswith("集团"),
        "plant": name.endswith("厂"),
        "power station": is_power_station(name),
        "surname": len(name) in {2, 3} and name[0] in _SURNAMES,
    }


def _is_known_and_more(name: str) -> bool:
    """Return whether a well-known name stands before everyday words: 中海油|新材料."""
    sizes = (size for size in range(min(len(name) - 2, 6), 1, -1) if name[:size] in well_known())
    size = next(sizes, 0)
    return size > 0 and name not in well_known() and is_ordinary(name[size:])


def _is_place_and_known(name: str) -> bool:
    """Return whether a place stands before a well-known name: 徐水|百度."""
    place = place_at(name, 0)
    return bool(place) and name not in well_known() and name[len(place) :] in well_known()


def _park_traits(name: str) -> Traits:
    form = next((m for m in PARK_SUFFIX.finditer(name) if m.end() == len(name)), None)
    body = name[: form.start()] if form else name
    place = place_at(body, 0)
    rest = body[len(place) :]
    doubt = doubtful_park(name)
    trades = bool(rest) and is_generic(rest)
    return {
        "park form": form is not None,
        **{f"{kind} form": bool(form and form.group(kind)) for kind in ("ground", "zone", "base")},
        "body of words": is_ordinary(body),
        "body of trades": trades,
        "no body": not rest,
        "clause first": after_clause(name) > 0,
        "function first": name[0] in FUNCTION_CHARS,
        "place and trades": bool(place) and trades,
        "words, no place": not place and is_ordinary(body),
        **{f"ends {end}": name.endswith(end) for end in _PARK_ENDS},
        **{f"doubtful {kind}": doubt == kind for kind in DOUBTFUL},
    }
