"""Which of the spans that may be names are taken: every trait of a span adds to its score."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from clusteratlas.policy.clauses import after_clause
from clusteratlas.policy.codes import Ints
from clusteratlas.policy.coined import has_coined
from clusteratlas.policy.firm_short_names import SHORT_FORM
from clusteratlas.policy.learned_beside import Beside
from clusteratlas.policy.learned_chain import FIRST, Floats
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic
from clusteratlas.policy.park_forms import PARK_SUFFIX
from clusteratlas.policy.places import place_at, place_level
from clusteratlas.policy.vocabulary import FUNCTION_CHARS, is_ordinary, name_likeness
from clusteratlas.policy.well_known import well_known

Traits = dict[str, float]
NEVER_TRIED: Final = 9  # of spans that only the rules found
MAX_NAME_CHARS: Final = 60
RULED: Final = 0.3  # least score of a name that a rule gave
_STOPS: Final = frozenset("、，。；：\n\t（）()“” ")
_NO_RIVAL: Final = -7.0
_NEAR: Final = 0.7
_FORM_CHARS: Final = 40  # no form that stands after a name is longer
_NO_NAME_AFTER: Final = re.compile(
    "[路街镇村县乡湖河桥站山矿港]|大道|大街|街道|社区|水库|小学|中学|大学|机场|高速|铁路|"
    "同志|书记|主任|局长|代表"
)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
    "潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PARK_ENDS: Final = (
    "片区", "基地", "新区", "新城", "示范区", "试验区", "园区", "开发区", "高新区", "产业园", "工业园",
)  # fmt: skip
RULES: Final = (
    "legal form", "short form", "coined", "frame", "project", "header", "list", "named elsewhere",
    "well-known name", "shipped name", "between firms", "after firms", "beside a firm",
)  # fmt: skip


_KIND_OF_FIRM: Final = re.compile(
    "(?:[市县区省](?:属|级|直)?)?(?:[\u4e00-\u9fff]{0,6}(?:投|建|发|融资|担保|贷款|物业|财务|保险|"
    "运营|供电|电力|文旅|矿山|科技|互联网|建筑|电信|发展))?(?:分|总|子|支|母)?公司"
)
_ROAD_OR_OFFICE: Final = re.compile(
    "(?:路|大道|大街|街|局|海关|医院|协会|大学|学院|学校|中心|[商广][场城圈]|[一二三四]期|[州市县]|等|"
    "厂区|地块|项目)$"
)


@dataclass(slots=True)
class Candidate:
    """A span that may be a name, how likely the chain of labels holds it, and who proposed it."""

    start: int
    end: int
    kind: str  # firm | park
    tried: int = NEVER_TRIED  # how much the chain had to be pushed to propose it
    rule: str = ""  # the rule that found it, "" none
    in_park: bool = False  # a firm at the head of a park's name
    sure: bool = False  # known beforehand, or read in a form that the chain does not know
    shares: tuple[float, float, float] = (0.0, 0.0, 0.0)  # whole name, first, last character
    traits: Traits = field(default_factory=dict)
    score: float = 0.0

    def within(self, text: str) -> str:
        """Return the characters of the candidate."""
        return text[self.start : self.end]


def log_odds(share: float) -> float:
    """Return the log-odds of a probability, bounded."""
    bounded = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def measure(candidates: Sequence[Candidate], shared: Floats) -> None:
    """Set how likely the chain holds each candidate; ``shared`` has a row per character."""
    for kind, first in FIRST.items():
        alike = [one for one in candidates if one.kind == kind]
        starts = np.array([one.start for one in alike], np.int64)
        ends = np.array([one.end for one in alike], np.int64)
        begin, stop = shared[starts, first], shared[ends - 1, first + 2]
        inner = _least_within(shared[:, first + 1], starts + 1, ends - 1)
        whole = np.minimum(np.minimum(begin, stop), inner)
        for one, *likely in zip(alike, whole.tolist(), begin.tolist(), stop.tolist(), strict=True):
            one.shares = (likely[0], likely[1], likely[2])


def _least_within(values: Floats, starts: Ints, ends: Ints) -> Floats:
    """Return the least value from each start to before its end, 1 where there is none between."""
    if not len(starts):
        return np.zeros(0)
    borders = np.stack([starts, np.maximum(starts, ends)], 1).ravel()
    least = np.minimum.reduceat(np.append(values, [1.0, 1.0]), borders)[::2]
    return np.where(starts < ends, least, 1.0)


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
    for one, near, items in zip(candidates, _rivals(candidates), lists, strict=True):
        if one.sure:
            continue
        name = one.within(text)
        again = said[name, one.kind]
        seen = items, *_all_that_counts(text, one, near, again, word_ends)
        if seen not in known:
            known[seen] = {
                **_chain_traits(one, again),
                **_rule_traits(one, near),
                **_rival_traits(one, near),
                **_name_traits(name, one.kind),
                "legal form by a rule": bool(one.rule) and _is_legal(name),
                **_edge_traits(text, one, word_ends),
                **_list_traits(one, items),
            }
        one.traits = known[seen]


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
    whole, begin, stop = (log_odds(share) for share in one.shares)
    return {
        "likely": whole,
        "likely begin": begin,
        "likely end": stop,
        "likeliest elsewhere": log_odds(said[1]),
        "said again": said[0] > 1,
        "by a rule somewhere": said[2],
        **{f"tried {n}": one.tried == n for n in range(4)},
    }


def _rule_traits(one: Candidate, near: list[Candidate]) -> Traits:
    others = [other for other in near if other.rule and other.kind == one.kind]
    found = bool(one.rule)
    traits = {
        "rule": found,
        "rule and likely": found * log_odds(one.shares[0]),
        "beside a rule's": bool(others) and not found,
        "within a rule's": any(o.start <= one.start and one.end <= o.end for o in others),
        "around a rule's": any(one.start <= o.start and o.end <= one.end for o in others),
        "in a park's name": one.in_park,
    }
    if one.kind == "firm":
        traits |= {f"rule {rule}": one.rule == rule for rule in RULES}
    return traits


def _rival_traits(one: Candidate, near: list[Candidate]) -> Traits:
    best = max((log_odds(other.shares[0]) for other in near), default=_NO_RIVAL)
    strong = [other for other in near if other.shares[0] > one.shares[0] * _NEAR]
    size = one.end - one.start
    return {
        "rival": best,
        "ahead of rival": log_odds(one.shares[0]) - best,
        "longer rival": any(
            o.start <= one.start and one.end <= o.end and o.end - o.start > size for o in strong
        ),
        "shorter rival": any(
            one.start <= o.start and o.end <= one.end and o.end - o.start < size for o in strong
        ),
    }


@lru_cache(maxsize=20_000)
def _is_legal(name: str) -> bool:
    return "公司" in name and any(m.end() == len(name) for m in FIRM_SUFFIX.finditer(name))


@lru_cache(maxsize=20_000)
def _name_traits(name: str, kind: str) -> Traits:
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
        "legal form": _is_legal(name),
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
        "list before": before == "、",
        "list after": after == "、",
        "sum after": after == "等",
    }


def _list_traits(one: Candidate, items: Beside) -> Traits:
    mean, most, alone, part = items
    return {
        "beside, likely": mean,
        "beside, likeliest": most,
        "no list": alone,
        "list, likely": part,
        "list and likely": part * log_odds(one.shares[0]),
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
    }


def rate(candidates: Iterable[Candidate], choice: dict[str, dict[str, float]]) -> None:
    """Set the score of candidates: the probability of a logistic model, rounded."""
    known: dict[tuple[int, str], float] = {}  # by traits, which candidates alike share
    for one in candidates:
        if one.sure:
            one.score = 1.0
            continue
        seen = id(one.traits), one.kind
        if seen not in known:
            known[seen] = _score(one.traits, choice[one.kind])
        one.score = known[seen]


def _score(traits: Traits, weights: dict[str, float]) -> float:
    parts = [weights.get(trait, 0.0) * value for trait, value in traits.items() if value]
    total = weights["bias"] + math.fsum(parts)
    return round(1 / (1 + math.exp(-max(min(total, 50.0), -50.0))), 4)


def choose(candidates: Iterable[Candidate], least: dict[str, float], size: int) -> list[Candidate]:
    """Return the best candidates that do not overlap, in order.

    A firm at the head of a park's name may stand within it. What a rule gave stays with less than
    ``least``, the score that a name needs that only the chain proposed.
    """
    taken = bytearray(size)
    ruled = {kind: min(score, RULED) for kind, score in least.items()}
    fit = [one for one in candidates if one.score >= (ruled if one.rule else least)[one.kind]]
    chosen = []
    for one in sorted(fit, key=lambda c: (-c.score, c.start, -c.end)):
        if not one.in_park:
            if taken.find(1, one.start, one.end) >= 0:
                continue
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
        chosen.append(one)
    return sorted(chosen, key=lambda c: (c.start, -c.end))
