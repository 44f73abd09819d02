"""Traits of the spans that may be names: what the choice among them adds up."""

import bisect
import math
import re
from collections.abc import Sequence
from typing import Final

from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.learned_beside import Beside
from clusteratlas.policy.learned_chain import FIRST
from clusteratlas.policy.learned_choice import MAX_NAME_CHARS, Candidate, Traits
from clusteratlas.policy.learned_name_traits import is_legal, name_traits
from clusteratlas.policy.lexicon import FIRM_SUFFIX
from clusteratlas.policy.logistic import log_odds

_STOPS: Final = frozenset("、，。；：\n\t（）()“” ")
_NO_RIVAL: Final = -7.0
_NEAR: Final = 0.7
_FORM_CHARS: Final = 40  # no form that stands after a name is longer
_NO_NAME_AFTER: Final = re.compile(
    "[路街镇村县乡湖河桥站山矿港]|大道|大街|街道|社区|水库|小学|中学|大学|机场|高速|铁路|"
    "同志|书记|主任|局长|代表"
)
_FIGURE_AFTER: Final = re.compile(
    "(?:今年|去年|全年|预计|累计|年)?(?:产值|出口|营业?收|销售|税收|纳税|利润|产量|产能|年产|完成|实现|突破|增长|投产|扩产|达产|"
    "满产|上市|挂牌|入选|获评|荣获|成为|获批|当选)"
)
_VERB_BEFORE: Final = re.compile(
    "(?:依托|支持|引进|扶持|培育|鼓励|引导|推动|推进|服务|帮助|促成|对接|签约|以|由|与|和|发挥|做大|做强|壮大|包括|其中|如)$"
)
_NEXT_ITEM: Final = re.compile("、[^、，。；：和与及等（）()]{2,16}(?=[、，。；：和与及等（）()])")
RULES: Final = (
    "legal form", "short form", "coined", "frame", "project", "header", "list", "named elsewhere",
    "well-known name", "shipped name", "between firms", "after firms", "beside a firm",
)  # fmt: skip


_BOUND: Final = 1e-4  # of shares, as log-odds
_LIKELY: Final = 0.5  # share of a candidate that counts as a name of the surroundings
_NEAR_CHARS: Final = 300
_LEAST_SIZE: Final = 500


def describe(
    text: str,
    candidates: Sequence[Candidate],
    word_ends: frozenset[int],
    lists: Sequence[Beside],
) -> None:
    """Set the traits of candidates that are not sure; all are in order and measured.

    Parameters
    ----------
    word_ends
        Offsets at which an everyday word of the text ends and another begins.
    lists
        Per candidate what stands beside it in its list.
    """
    said: dict[tuple[str, str], tuple[int, float, bool]] = {}
    for one in candidates:
        times, best, ruled = said.get((one.within(text), one.kind), (0, 0.0, False))
        most = max(best, one.shares[0])
        said[one.within(text), one.kind] = times + 1, most, ruled or bool(one.rule)
    known: dict[tuple[object, ...], Traits] = {}
    rows = zip(candidates, _rivals(candidates), lists, _densities(text, candidates), strict=True)
    for one, near, items, density in rows:
        if one.sure:
            continue
        name = one.within(text)
        again = said[name, one.kind]
        seen = items, density, *_all_that_counts(text, one, near, again, word_ends)
        if seen not in known:
            known[seen] = {
                **_chain_traits(one, again),
                **_rule_traits(one, near),
                **_rival_traits(one, near),
                **name_traits(name, one.kind),
                "legal form by a rule": bool(one.rule) and is_legal(name),
                **_edge_traits(text, one, word_ends),
                **_list_traits(one, items),
                "density": density[0],
                "density near": density[1],
            }
        one.traits = known[seen]


def _densities(text: str, candidates: Sequence[Candidate]) -> list[tuple[float, float]]:
    """Return how dense likely names of its kind stand in the text and near each candidate (log).

    A plan lists firm after firm, a report names one in passing.
    """
    likely = {
        kind: [one.start for one in candidates if one.kind == kind and one.shares[0] > _LIKELY]
        for kind in FIRST
    }
    whole = {
        kind: round(math.log(1_000 * len(starts) / max(len(text), _LEAST_SIZE) + 0.1), 2)
        for kind, starts in likely.items()
    }
    found = []
    for one in candidates:
        starts = likely[one.kind]
        first = bisect.bisect_left(starts, one.start - _NEAR_CHARS)
        last = bisect.bisect_right(starts, one.end + _NEAR_CHARS)
        others = last - first - (one.shares[0] > _LIKELY)
        found.append((whole[one.kind], round(math.log(1 + min(others, 20)), 2)))
    return found


def _all_that_counts(
    text: str,
    one: Candidate,
    near: list[Candidate],
    again: tuple[int, float, bool],
    word_ends: frozenset[int],
) -> tuple[object, ...]:
    """Return what the traits of a candidate follow from: the same in a text that repeats itself."""
    around = text[max(one.start - 1, 0) : one.end + _FORM_CHARS]
    about = (one.kind, one.tried, one.rule, one.in_park, one.shares)
    others = tuple(
        (
            other.start - one.start,
            other.end - one.end,
            other.kind,
            bool(other.rule),
            other.shares[0],
        )
        for other in near
    )
    ends = one.start in word_ends, one.end in word_ends
    return one.end - one.start, around, about, others, again, ends


def _rivals(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return for each candidate those that overlap it, in order; of earlier ones the nearest only."""
    near: list[list[Candidate]] = []
    open_: list[tuple[Candidate, list[Candidate]]] = []  # that reach beyond the last start
    for one in candidates:
        open_ = [(other, its) for other, its in open_ if other.end > one.start]
        for _, its in open_:
            its.append(one)
        near.append([other for other, _ in open_ if one.start - other.start <= MAX_NAME_CHARS])
        open_.append((one, near[-1]))
    return near


def _chain_traits(one: Candidate, said: tuple[int, float, bool]) -> Traits:
    """Return how likely the chain holds a candidate; ``said``: how often, at best, by a rule."""
    whole, begin, stop = (log_odds(share, _BOUND) for share in one.shares)
    return {
        "likely": whole,
        "likely begin": begin,
        "likely end": stop,
        "likeliest elsewhere": log_odds(said[1], _BOUND),
        "said again": said[0] > 1,
        "by a rule somewhere": said[2],
        **{f"tried {n}": one.tried == n for n in range(4)},
    }


def _rule_traits(one: Candidate, near: list[Candidate]) -> Traits:
    others = [other for other in near if other.rule and other.kind == one.kind]
    found = bool(one.rule)
    traits = {
        "rule": found,
        "rule and likely": found * log_odds(one.shares[0], _BOUND),
        "beside a rule's": bool(others) and not found,
        "within a rule's": any(o.start <= one.start and one.end <= o.end for o in others),
        "around a rule's": any(one.start <= o.start and o.end <= one.end for o in others),
        "in a park's name": one.in_park,
    }
    if one.kind == "firm":
        traits |= {f"rule {rule}": one.rule == rule for rule in RULES}
    return traits


def _rival_traits(one: Candidate, near: list[Candidate]) -> Traits:
    best = max((log_odds(other.shares[0], _BOUND) for other in near), default=_NO_RIVAL)
    strong = [other for other in near if other.shares[0] > one.shares[0] * _NEAR]
    size = one.end - one.start
    return {
        "rival": best,
        "ahead of rival": log_odds(one.shares[0], _BOUND) - best,
        "longer rival": any(
            o.start <= one.start and one.end <= o.end and o.end - o.start > size for o in strong
        ),
        "shorter rival": any(
            one.start <= o.start and o.end <= one.end and o.end - o.start < size for o in strong
        ),
    }


def _edge_traits(text: str, one: Candidate, word_ends: frozenset[int]) -> Traits:
    before, after = text[one.start - 1 : one.start] or "\n", text[one.end : one.end + 1] or "\n"
    return {
        "form after": bool(FIRM_SUFFIX.match(text, one.end)),
        "trade after": bool(SHORT_FORM.match(text, one.end)),
        "road or person after": bool(_NO_NAME_AFTER.match(text, one.end)),
        "word begins": one.start in word_ends,
        "word ends": one.end in word_ends,
        "stop before": before in _STOPS,
        "stop after": after in _STOPS,
        "stops around": before in _STOPS and after in _STOPS,
        "figure after": _FIGURE_AFTER.match(text, one.end) is not None,
        "verb before": _VERB_BEFORE.search(text, max(0, one.start - 6), one.start) is not None,
        "product like a neighbour": _like_neighbour(text, one),
        "list before": before == "、",
        "list after": after == "、",
        "sum after": after == "等",
    }


def _like_neighbour(text: str, one: Candidate) -> bool:
    """Return whether the item before or after in a list is the same product: 镀膜玻璃、涂膜玻璃."""
    last = text[one.end - 2 : one.end]
    product = SHORT_FORM.fullmatch(last)
    if product is None or not product.group("likely"):
        return False
    if text.startswith(f"{last}、", one.start - 3) and one.start > 2:
        return True
    item = _NEXT_ITEM.match(text, one.end)
    return item is not None and item.group().endswith(last)


def _list_traits(one: Candidate, items: Beside) -> Traits:
    mean, most, alone, part = items
    return {
        "beside, likely": mean,
        "beside, likeliest": most,
        "no list": alone,
        "list, likely": part,
        "list and likely": part * log_odds(one.shares[0], _BOUND),
    }
