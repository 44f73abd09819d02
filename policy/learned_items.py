"""What the learned reader sees of the items of a list, its clause, and the items beside one."""

import bisect
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Ints, Marks, among

_STOPS: Final = "、，。；：\n\t《》 "
_CLAUSE_STOPS: Final = "，。；：\n\t！？"
_SUM: Final = re.compile(
    r"等[^，。；、：\n\t等]{0,16}?(?:(?P<firms>企业|公司|集团|巨头|厂商|车企|药企|单位)|"
    r"(?P<projects>项目|工程|生产线)|(?P<products>产品|品牌)|(?P<trades>产业|领域|行业|集群|板块|制造业)|"
    r"(?P<parks>园区|基地|开发区|载体|平台|产业园|园)|(?P<places>市|县|区|地|镇|省|旗))"
)
_SUMS: Final = {name: code for code, name in enumerate(_SUM.groupindex, start=1)}
_BARE_SUM: Final = 7
_SPEAKS_OF: Final = (
    (1, re.compile("企业|公司|集团|龙头|链主")),
    (2, re.compile("项目|投资|亿元|万吨|开工|投产|建成|扩建|技改|期")),
    (4, re.compile("园|区|基地|城")),
)
_ITEM_SIZES: Final = np.array([2, 3, 4, 5, 6, 8, 10, 14, 20])
_FAR: Final = 7
_MAX_ITEMS: Final = 4
_ITEM_ENDS: Final = _STOPS + "（）()"
_HOLDS: Final = ("CO", "L", "FS", "SF", "PF")
LIKELY_CORE: Final = 12  # marks of coined words from here on look like a firm's


def item_marks(code: Ints, marks: Marks) -> None:
    """Add how far the stops to the left and right are, which ones, and how long the item is."""
    size = len(code)
    place = np.arange(size)
    stop = among(code, _STOPS)
    left = np.concatenate([[-1], np.maximum.accumulate(np.where(stop, place, -1))[:-1]])
    right = np.minimum.accumulate(np.where(stop, place, size)[::-1])[::-1]
    right = np.concatenate([right[1:], [size]])
    ended = np.concatenate([code, [10]])
    marks["DT"] = np.where(left >= 0, code[left], 10)
    marks["NT"] = ended[right]
    marks["D"] = marks["DT"] * 8 + np.minimum(place - left - 1, _FAR)
    marks["N"] = marks["NT"] * 8 + np.minimum(right - place - 1, _FAR)
    marks["IL"] = np.searchsorted(_ITEM_SIZES, right - left - 1, "right").astype(np.int64)


def clause_marks(text: str, code: Ints, marks: Marks) -> None:
    """Add what the sum of a list says it is of (等…企业), and what a clause speaks of."""
    stop = among(code, _CLAUSE_STOPS)
    clause = np.cumsum(stop)
    spoken = np.zeros(len(text) + 1, np.int64)
    for topic, words in _SPEAKS_OF:
        starts = np.fromiter((match.start() for match in words.finditer(text)), np.int64)
        spoken[np.unique(clause[starts])] += topic
    marks["F"] = np.where(stop, 0, spoken[clause])
    marks["S"] = _sums(text, np.flatnonzero(stop).tolist())


def _sums(text: str, stops: list[int]) -> Ints:
    """Return what the lists of a text are summed up as, on every character before the sum."""
    sums = np.zeros(len(text), np.int64)
    end = 0
    while (bare := text.find("等", end)) >= 0:
        after = bisect.bisect_left(stops, bare)
        start = stops[after - 1] + 1 if after else 0
        end = stops[after] if after < len(stops) else len(text)
        for found in _SUM.finditer(text, start, end):
            sums[start : found.start()] = _SUMS[found.lastgroup or ""]
            start = found.end()
        bare = text.find("等", start, end)
        sums[start : max(bare, start)] = _BARE_SUM
    return sums


def list_marks(code: Ints, marks: Marks) -> None:
    """Add how many items a list has, how many others hold a name, and the word that opens it."""
    ends = among(code, _CLAUSE_STOPS)
    clause = np.cumsum(ends)
    item = np.cumsum(ends | (code == ord("、")))
    clause_of = np.zeros(item[-1] + 1, np.int64)
    clause_of[item] = clause
    items = np.bincount(clause_of)[clause_of]
    few = np.minimum(items, _MAX_ITEMS)

    def share(held: NDArray[np.bool_]) -> Ints:
        holds = np.bincount(item, weights=held) > 0
        others = np.bincount(clause_of, weights=holds)[clause_of] - holds
        part = others / np.maximum(items - 1, 1)
        level = np.searchsorted((0.5, 0.99), part, "right") + 1
        shared: Ints = (np.where(others == 0, 0, level) * 5 + few)[item]
        return shared

    named = (marks["CO"] >= LIKELY_CORE) | (marks["L"] > 0) | (marks["FS"] > 0)
    marks["NI"] = few[item]
    marks["NE"], marks["NP"] = share(marks["RE"] > 0), share(marks["RP"] > 0)
    marks["NC"], marks["NPF"] = share(named), share(marks["PF"] > 0)
    opening = np.zeros(clause[-1] + 1, np.int64)
    opening[clause[::-1]] = item[::-1]
    first = item == opening[clause]
    marks["I1"] = first.astype(np.int64)
    place = np.arange(len(code))
    leads = np.isin(marks["T"], (1, 4, 5)) & first
    lead = np.concatenate([[-1], np.maximum.accumulate(np.where(leads, place, -1))[:-1]])
    known = (lead >= 0) & (clause[lead] == clause)
    marks["O"] = np.where(known, marks["W"][lead], 0)


def neighbour_marks(code: Ints, marks: Marks) -> None:
    """Add the last words of the items beside, and what those and the item itself hold."""
    size = len(code)
    place = np.arange(size)
    stop = among(code, _ITEM_ENDS)
    left = np.concatenate([[-1], np.maximum.accumulate(np.where(stop, place, -1))[:-1]])
    right = np.minimum.accumulate(np.where(stop, place, size)[::-1])[::-1]
    right = np.minimum(np.concatenate([right[1:], [size]]), size - 1)
    item = np.cumsum(stop)
    holds = np.zeros(size, np.int64)
    for bit, mark in enumerate(_HOLDS):
        held = marks[mark] >= (LIKELY_CORE if mark == "CO" else 1)
        holds += (np.bincount(item, weights=held)[item] > 0).astype(np.int64) << bit
    before, after = np.maximum(left - 1, 0), np.minimum(right + 1, size - 1)
    listed_before = code[np.maximum(left, 0)] == ord("、")
    listed_after = code[right] == ord("、")
    marks["PE"] = np.where(listed_before, marks["W"][before], 0)
    marks["NXE"] = np.where(listed_after, marks["W"][np.maximum(right[right] - 1, 0)], 0)
    marks["HX"] = holds
    marks["PH"] = np.where(listed_before, holds[before], -1)
    marks["NH"] = np.where(listed_after, holds[after], -1)
