"""Enterprises and institutes in a policy text, and the foreign partners among them."""

import re
from typing import Final

from clusteratlas.policy.coined import by_coined, has_coined
from clusteratlas.policy.firm_forms import by_legal_form
from clusteratlas.policy.firm_frames import by_frame
from clusteratlas.policy.firm_lists import (
    by_header,
    by_list,
    neighbours,
    siblings,
)
from clusteratlas.policy.firm_projects import by_built, by_project_list
from clusteratlas.policy.firm_short_names import SHORT_FORM, by_province, by_short_form
from clusteratlas.policy.known import (
    beside_firms,
    find_known,
    names_from,
    shipped_names,
)
from clusteratlas.policy.lexicon import FIRM_SUFFIX, is_generic
from clusteratlas.policy.no_names import no_firm
from clusteratlas.policy.places import place_at, place_index, place_level
from clusteratlas.policy.plants import plant_end
from clusteratlas.policy.spans import Span, resolve
from clusteratlas.policy.structure import Line
from clusteratlas.policy.vocabulary import is_ordinary
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_list

MAX_NEIGHBOURS: Final = 3  # how far from a sure firm an enumeration is read
# What a line must hold for a rule to find anything in it, and the rule.
_RULES: Final = (
    (re.compile("[\t：:]"), by_header),
    (re.compile("等|企业|公司|集团"), by_list),
    (
        re.compile(
            "[为等]|包括|亿元|龙头|链主|骨干|元的|500强|做[大强优]|达[产效]|满产|提质增效|上市|挂牌|"
            "成长|增资|升规|裂变"
        ),
        by_frame,
    ),
    (None, by_built),
    (re.compile("项目|、"), by_project_list),
    (re.compile("公司|集团|[所院厂]"), by_legal_form),
    (None, by_province),
    (None, by_short_form),
    (None, by_coined),
)
_FULL_FORM: Final = re.compile("公司|集团|研究[院所]|厂")
_PLACE_BRACKET: Final = re.compile(r"[（(]([\u4e00-\u9fff]{2,4})[)）]")
_INSTITUTE_BRANCH: Final = re.compile(r"[\u4e00-\u9fff]{2,4}分(?:院|所|部|中心)(?![\u4e00-\u9fff])")
_OWN_INSTITUTE: Final = re.compile(r"([\u4e00-\u9fff]{2,3})研究[院所](?![\u4e00-\u9fff]{2}分)")
_AFTER_BRANCH: Final = frozenset("、，。；等）\n") | {""}
_LISTED: Final = frozenset({"frame", "project", "between firms", "after firms"})
_PARTNER_BEFORE: Final = re.compile(r"(?:与|同|和|跟)[^。；\n]{0,60}$")
_PARTNER_AFTER: Final = re.compile(
    r"[^。；\n]{0,60}?(?:企业|公司|集团|巨头)?(?:的)?(?:战略|技术|全面|深度|项目|交流)?(?:合作|合资|"
    r"对接|交流)|[^，。；\n]{0,30}?(?:携手|联手|联合|共建|共创|共同|共办|协作|协同)"
)
# 携手A、B打造…, 联合A、B共建….
_BESIDE: Final = re.compile(
    "(?<!、)(?:携手|联手|牵手|联合|会同)(?:[^，。；\n的（]{2,16}[、和与及]){0,4}$"
)
_DONE_TOGETHER: Final = re.compile(
    r"[^。；\n]{0,40}?(?:共建|共同|打造|建设|组建|设立|成立|开展|研发|研制|攻关|开发|推进|推动|实施)"
)
_LETTERS: Final = re.compile("[A-Za-z]{2,}")


def find_enterprises(text: str, lines: list[Line]) -> list[Span]:
    """Return the enterprises and institutes of a text, in order and without overlaps.

    Two passes: lists, headers and forms first; then the names found so, the shipped and the
    well-known ones, wherever else they stand.
    """
    spans: list[Span] = []
    for line in lines:
        for needed, rule in _RULES:
            if needed is None or needed.search(text, line.start, line.end):
                spans += rule(text, line)
    first = resolve(spans)
    again = [
        *find_known(text, shipped_names(), "shipped name"),
        *find_known(text, well_known(), "well-known name"),
        *find_known(text, names_from(text, first), "named elsewhere"),
    ]
    found = resolve([*first, *again])
    found = resolve([*found, *siblings(text, found)])
    fresh = found
    for _ in range(MAX_NEIGHBOURS):
        fresh = list(neighbours(text, fresh, found))
        if not fresh:
            break
        found = resolve([*found, *fresh])
    found = resolve([*found, *beside_firms(text, found)])
    found = [_without_product(text, _without_county(text, span)) for span in found]
    found = resolve([_with_plant(text, _with_branch(text, span)) for span in found])
    return [
        span
        for span in found
        if not (_is_phrase(text, span) or no_firm(text, span.start, span.end))
    ]


def _is_phrase(text: str, span: Span) -> bool:
    """Return whether an item of a frame is a phrase of everyday words (发行绿色公司债券)."""
    name = span.within(text)
    if span.reason not in {"frame", "project"} or len(name) < 4 or not is_ordinary(name):
        return False
    formed = [*FIRM_SUFFIX.finditer(name), *SHORT_FORM.finditer(name)]
    return name not in well_known() and all(match.end() < len(name) for match in formed)


def _without_product(text: str, span: Span) -> Span:
    """Return an item of a list without the product after a well-known name: 陕煤富硒矿泉水."""
    name = span.within(text)
    if (
        span.reason not in _LISTED
        or FIRM_SUFFIX.search(name)
        or name in shipped_names()
        or name in well_known()
    ):
        return span
    for size in range(min(len(name) - 2, 6), 1, -1):
        rest = name[size:]
        if name[:size] in well_known() and is_ordinary(rest) and not SHORT_FORM.fullmatch(rest):
            return Span(span.start, span.start + size, span.reason)
    return span


def _with_plant(text: str, span: Span) -> Span:
    """Return a well-known or coined name with the place and form of its plant: 华能辽宁北票发电."""
    if span.reason != "coined" and span.within(text) not in well_known():
        return span
    return Span(span.start, plant_end(text, span.end), span.reason)


def _with_branch(text: str, span: Span) -> Span:
    """Return a span with the branch in brackets or words after it: 宁波韵升（包头）, …研究院宁波分院."""
    bracket = _PLACE_BRACKET.match(text, span.end)
    if bracket and place_level(bracket.group(1)):
        form = SHORT_FORM.match(text, bracket.end())
        trade = form and text[form.end() : form.end() + 1] in _AFTER_BRANCH
        return Span(span.start, form.end() if form and trade else bracket.end(), span.reason)
    own = _OWN_INSTITUTE.match(text, span.end)
    if own and place_level(own.group(1)) == "city":
        return Span(span.start, own.end(), span.reason)
    branch = _INSTITUTE_BRANCH.match(text, span.end)
    if branch and text[span.end - 1] in "院所":
        return Span(span.start, branch.end(), span.reason)
    return span


def _without_county(text: str, span: Span) -> Span:
    """Return a span without the county that only says where the firm is: 孙吴茂田牧业."""
    place = place_at(text, span.start, span.end)
    levels = {one.level for one in place_index().get(place, ())}
    name = span.within(text)
    if levels != {"county"} or name in shipped_names() or name in well_known():
        return span
    if _FULL_FORM.search(text, span.start, span.end):
        return span
    rest = name[len(place) :]
    if (
        len(rest) >= 2
        and not SHORT_FORM.fullmatch(rest)
        and (rest in well_known() or has_coined(rest))
        and not is_generic(rest[:2])
    ):
        return Span(span.start + len(place), span.end, span.reason)
    return span


def split_partners(text: str, spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """Return the enterprises of the place and the foreign partners (与GE、西门子等企业合作).

    A partner is a foreign name within ``与…合作``, ``同…共建`` or after 携手: the text says with whom
    to work, not who is here.
    """
    own: list[Span] = []
    partners: list[Span] = []
    for span in spans:
        name = span.within(text)
        is_partner = (
            _is_foreign(name)
            and not FIRM_SUFFIX.search(name)
            and not _PLACE_BRACKET.search(name)  # ABB（中山） is a firm of the place
            and _is_joined(text, span)
        )
        (partners if is_partner else own).append(span)
    return own, partners


def _is_foreign(name: str) -> bool:
    """Return whether a name is one of letters that no firm of the country bears, or a foreign one's."""
    if name.startswith(word_list("letters of firms of the country")):
        return False
    return name.startswith(word_list("foreign firms")) or _LETTERS.match(name) is not None


def _is_joined(text: str, span: Span) -> bool:
    """Return whether a firm is one with which something is done: 与A合作, 同A共建, 携手A打造."""
    before, end = text[max(0, span.start - 64) : span.start], span.end
    if _PARTNER_BEFORE.search(before) and _PARTNER_AFTER.match(text, end, end + 90):
        return True
    return bool(_BESIDE.search(before) and _DONE_TOGETHER.match(text, end, end + 60))
