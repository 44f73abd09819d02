"""Administrative names of the whole country, for boundaries of names and for whose plan it is."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from clusteratlas.policy.words import word_set

MAX_PLACE_CHARS: Final = 12
_SUFFIX: Final = re.compile(
    r"(?:(?:[\u4e00-\u9fff]{1,3}族)*自治[州县区旗]|特别行政区|地区|林区|新区|矿区|省|市|区|县|旗|盟)$"
)
_ETHNIC: Final = re.compile(
    r"(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|"
    r"东乡|纳西|景颇|"
    r"柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|"
    r"独龙|门巴|各)族?"
)


@dataclass(frozen=True)
class Place:
    """A province, prefecture or county: six-digit code, official name and short name."""

    adcode: str
    name: str
    short: str

    @property
    def level(self) -> str:
        """Return ``province``, ``city`` or ``county``."""
        if self.adcode.endswith("0000"):
            return "province"
        return "city" if self.adcode.endswith("00") else "county"


def short_name(name: str) -> str:
    """Return an administrative name without its class: 沈阳市 -> 沈阳, 桓仁满族自治县 -> 桓仁."""
    cut = _SUFFIX.sub("", name)
    if name.endswith(("自治州", "自治县", "自治区", "自治旗")):
        bare = name.split("自治")[0]
        while True:
            less = re.sub(rf"(?:{_ETHNIC.pattern})$", "", bare)
            if less == bare or len(less) < 2:
                break
            bare = less
        cut = bare
    return cut if len(cut) >= 2 else name


@cache
def load_places() -> tuple[Place, ...]:
    """Return all provinces, prefectures and counties, ordered by code (source: divisions.tsv)."""
    source = resources.files("clusteratlas.policy").joinpath("divisions.tsv")
    rows = list(csv.DictReader(source.read_text("utf-8").splitlines(), delimiter="\t"))
    return tuple(Place(row["adcode"], row["name"], short_name(row["name"])) for row in rows)


@cache
def place_index() -> dict[str, tuple[Place, ...]]:
    """Return the places by full and by short name; ambiguous names have several."""
    index: dict[str, list[Place]] = {}
    for place in load_places():
        for name in {place.name, place.short}:
            index.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in index.items()}


@cache
def name_prefixes() -> frozenset[str]:
    """Return the names with which the name of a firm or park may begin."""
    names = {"中国", "国家", "中科院", "中国科学院", "中航", "中车", "国电", "国网", "中铁", "华东"}
    names |= {"东北", "华北", "华南", "华中", "西北", "西南", "亚洲", "北方", "南方"}
    for place in load_places():
        names.add(place.name)
        if place.level != "county" or place.short not in word_set("common places"):
            names.add(place.short)
    return frozenset(name for name in names if len(name) >= 2)


@cache
def _sizes() -> dict[str, tuple[int, ...]]:
    """Return the lengths of the names that begin with two characters, the longest first."""
    sizes: dict[str, set[int]] = {}
    for name in name_prefixes():
        sizes.setdefault(name[:2], set()).add(len(name))
    return {opening: tuple(sorted(found, reverse=True)) for opening, found in sizes.items()}


def place_at(text: str, start: int, end: int | None = None) -> str:
    """Return the longest administrative name that begins at ``start``, "" if none does."""
    sizes = _sizes().get(text[start : start + 2])
    if sizes is None:
        return ""
    names = name_prefixes()
    limit = min(len(text) if end is None else end, start + MAX_PLACE_CHARS)
    for size in sizes:
        if start + size <= limit and text[start : start + size] in names:
            return text[start : start + size]
    return ""


def place_level(name: str) -> str:
    """Return the level of an administrative name: ``province``, ``city``, ``county`` or "" ."""
    return _levels().get(name, "")


@cache
def _levels() -> dict[str, str]:
    """Return the level of every name; of several places of a name a city goes before a county."""
    levels: dict[str, str] = {}
    for name, places in place_index().items():
        found = {place.level for place in places}
        levels[name] = next(one for one in ("city", "county", "province") if one in found)
    return levels
