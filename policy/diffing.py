"""What a new edition of a policy document adds, drops and moves."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.policy.renaming import Headings, Renaming, bodies_of, headings_of, identity
from clusteratlas.policy.stated import MENTIONED

KEYS: Final = (
    "sectors", "enterprises", "parks", "positionings", "responsibilities", "targets",
)  # fmt: skip
_COMPARED: Final = {">=": "≥ ", "<=": "≤ ", "growth": "growth "}
MAX_JSON_BYTES: Final = 200_000_000
_WRITTEN_BY: Final = "'clusteratlas extract DOC --out FILE.json' writes what can be compared"

Difference = dict[str, Any]
Item = dict[str, Any]


def read_extraction(path: str | Path) -> dict[str, Any]:
    """Return an extraction written by ``clusteratlas extract``.

    Raises
    ------
    FileFormatError
        If the file is no JSON or not such an extraction.
    """
    path = Path(path)
    if path.stat().st_size > MAX_JSON_BYTES:
        raise FileFormatError(f"{path}: larger than {MAX_JSON_BYTES} bytes")
    content = path.read_bytes()
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        what = "a workbook" if content.startswith(b"PK") else "not JSON"
        raise FileFormatError(f"{path}: {what}; {_WRITTEN_BY}") from error
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) for key in KEYS):
        raise FileFormatError(f"{path}: not an extraction; {_WRITTEN_BY}")
    if not all(isinstance(item, dict) for key in KEYS for item in value[key]):
        raise FileFormatError(f"{path}: an extraction whose items are not objects")
    return value


def diff(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    """Compare two extractions, the older first.

    Returns
    -------
    dict
        ``headings`` that were renamed, with those above them (``from``, ``to``): what stands under
        them is compared as if they had kept their names. For enterprises and parks ``added``,
        ``dropped`` (names) and ``moved`` (name with where it stood and stands); for targets the
        same, a target being what is counted under a heading, and where it stands its value and
        year; for sectors ``added`` and ``dropped``; for positionings the sectors that each district
        gains and loses, and those whose strength changes; for responsibilities the groups of bodies
        that a section had (``from``) and has (``to``), without those that stay. Numbers of headings
        are not compared. All in the order of the text they come from.
    """
    renaming = Renaming(old, new)
    sectors = _renamed_sectors(old["sectors"], new["sectors"], renaming)
    return {
        "old": _title(old),
        "new": _title(new),
        "headings": [
            {"from": " / ".join(before), "to": " / ".join(after)}
            for before, after in renaming.pairs
        ],
        "sectors": _sectors(old["sectors"], new["sectors"], sectors),
        "enterprises": _enterprises(old["enterprises"], new["enterprises"], renaming),
        "parks": _moves(old["parks"], new["parks"], "park_id", _situation, _situation),
        "positionings": _positionings(old["positionings"], new["positionings"], sectors),
        "responsibilities": _responsibilities(
            old["responsibilities"], new["responsibilities"], renaming
        ),
        "targets": _targets(old["targets"], new["targets"], renaming),
    }


def _title(extraction: dict[str, Any]) -> str:
    """Return the title with the number, by which editions of one title are told apart."""
    document = extraction.get("document")
    facts = document if isinstance(document, dict) else {}
    title, number = str(facts.get("title") or facts.get("name") or ""), facts.get("number")
    return f"{title} ({number})" if title and number else title


_Sectors = dict[tuple[Headings, str], str]


def _renamed_sectors(old: list[Item], new: list[Item], renaming: Renaming) -> _Sectors:
    """Return what the sectors of renamed headings are called now, by old headings and old name."""
    after = {headings_of(item): str(item.get("subsector", "")) for item in new}
    renamed = {}
    for item in old:
        before = headings_of(item)
        now = renaming.now(before)
        if now != before and now in after:
            renamed[before, str(item.get("subsector", ""))] = after[now]
    return renamed


def _sectors(old: list[Item], new: list[Item], renamed: _Sectors) -> dict[str, list[str]]:
    names = [(headings_of(item), str(item.get("subsector", ""))) for item in old]
    before = {renamed.get(key, key[1]): key[1] for key in names}
    after = dict.fromkeys(str(item.get("subsector", "")) for item in new)
    return {
        "added": [name for name in after if name not in before],
        "dropped": [name for now, name in before.items() if now not in after],
    }


def _standing(item: Item) -> str:
    return " / ".join(str(item[k]) for k in ("field", "subsector") if item.get(k))


def _situation(item: Item) -> str:
    return " / ".join(str(item[k]) for k in ("city", "district") if item.get(k))


def _counted(item: Item, headings: Headings) -> str:
    """Return what a target counts under its headings: ``重点产业 / 机器人: 产值``."""
    return ": ".join(part for part in (" / ".join(headings), str(item.get("quantity", ""))) if part)


def _aim(item: Item) -> str:
    """Return what is to be reached: ``≥ 1200亿元 (2025)``."""
    value, year = item.get("value"), item.get("year")
    number = f"{value:.12g}" if isinstance(value, int | float) else str(value)
    compared = _COMPARED.get(str(item.get("comparison")), "")
    return f"{compared}{number}{item.get('unit', '')}" + (f" ({year})" if year else "")


@dataclass
class _Group:
    """What the mentions of one thing share: its name, and where it stands by what is compared."""

    name: str
    places: dict[str, str] = field(default_factory=dict)


_Groups = dict[str, _Group]
_Told = Callable[[Item], str]


def _enterprises(old: list[Item], new: list[Item], renaming: Renaming) -> dict[str, list[Any]]:
    """Compare enterprises; a renamed heading's standing is the one that the new edition gives it."""
    after = {headings_of(item): _standing(item) for item in new}

    def standing_now(item: Item) -> str:
        before = headings_of(item)
        now = renaming.now(before)
        return after.get(now, _standing(item)) if now != before else _standing(item)

    return _moves(old, new, "enterprise_id", standing_now, _standing)


def _moves(
    old: list[Item], new: list[Item], id_key: str, place_now: _Told, place: _Told
) -> dict[str, list[Any]]:
    """Compare things that stand somewhere, those of the old edition by where that is now."""

    def grouped(items: list[Item], compared: _Told) -> _Groups:
        return _grouped(
            items,
            lambda item: identity(item, id_key),
            _name,
            lambda item: (compared(item), place(item)),
        )

    before, after = grouped(old, place_now), grouped(new, place)
    return {
        "added": [group.name for key, group in after.items() if key not in before],
        "dropped": [group.name for key, group in before.items() if key not in after],
        "moved": _moved(before, after),
    }


def _name(item: Item) -> str:
    return str(item.get("name", ""))


def _targets(old: list[Item], new: list[Item], renaming: Renaming) -> dict[str, list[Any]]:
    def own(item: Item) -> str:
        return _counted(item, headings_of(item))

    def now(item: Item) -> str:
        return _counted(item, renaming.now(headings_of(item)))

    def aim(item: Item) -> tuple[str, str]:
        return _aim(item), _aim(item)

    def stated(groups: _Groups, others: _Groups) -> list[str]:
        return [
            f"{group.name} {'; '.join(group.places)}"
            for key, group in groups.items()
            if key not in others
        ]

    before, after = _grouped(old, now, own, aim), _grouped(new, own, own, aim)
    return {
        "added": stated(after, before),
        "dropped": stated(before, after),
        "moved": _moved(before, after),
    }


def _moved(before: _Groups, after: _Groups) -> list[dict[str, Any]]:
    return [
        {
            "name": group.name,
            "from": [*dict.fromkeys(before[key].places.values())],
            "to": [*dict.fromkeys(group.places.values())],
        }
        for key, group in after.items()
        if key in before and before[key].places.keys() != group.places.keys()
    ]


def _grouped(
    items: list[Item], key: _Told, name: _Told, place: Callable[[Item], tuple[str, str]]
) -> _Groups:
    """Return things by key; of a place both what is compared and what is shown are given."""
    groups: _Groups = {}
    for item in items:
        group = groups.setdefault(key(item), _Group(name(item)))
        group.places.setdefault(*place(item))
    return groups


def _responsibilities(old: list[Item], new: list[Item], renaming: Renaming) -> list[dict[str, Any]]:
    before, after = _bodies(old, renaming.now), _bodies(new, lambda headings: headings)
    own = {renaming.now(headings_of(item)): headings_of(item) for item in old}
    changes = []
    for headings in dict.fromkeys((*before, *after)):
        had, has = before.get(headings, Counter()), after.get(headings, Counter())
        if had != has:
            section = " / ".join(headings if headings in after else own[headings])
            gone, come = [*(had - has).elements()], [*(has - had).elements()]
            changes.append({"section": section, "from": gone, "to": come})
    return changes


def _bodies(items: list[Item], now: Callable[[Headings], Headings]) -> dict[Headings, Counter[str]]:
    """Return by headings how often each group of bodies answers for a clause under them."""
    bodies: dict[Headings, Counter[str]] = {}
    for item in items:
        bodies.setdefault(now(headings_of(item)), Counter())[bodies_of(item)] += 1
    return bodies


def _positionings(old: list[Item], new: list[Item], renamed: _Sectors) -> list[dict[str, Any]]:
    before, after = _stated(old, renamed), _stated(new, {})
    changes = []
    for district in dict.fromkeys((*before, *after)):
        had, has = before.get(district, {}), after.get(district, {})
        gains = [name for name in has if name not in had]
        losses = [name for name in had if name not in has]
        strengths = [
            {"sector": name, "from": _told(had[name]), "to": _told(has[name])}
            for name in has
            if name in had and {*_told(had[name])} != {*_told(has[name])}
        ]
        if gains or losses or strengths:
            changes.append(
                {"district": district, "gains": gains, "losses": losses, "strengths": strengths}
            )
    return changes


def _told(strengths: dict[str, None]) -> list[str]:
    """Return the strengths of a sector; that it is mentioned too says nothing beside a stronger one."""
    return [one for one in strengths if one != MENTIONED] or [*strengths]


def _stated(items: list[Item], renamed: _Sectors) -> dict[str, dict[str, dict[str, None]]]:
    """Return by district and sector the strengths with which it is stated, in their order."""
    stated: dict[str, dict[str, dict[str, None]]] = {}
    for item in items:
        sectors = stated.setdefault(str(item.get("district", "")), {})
        listed, headings = item.get("sectors"), headings_of(item)
        for name in map(str, listed if isinstance(listed, list) else []):
            now = renamed.get((headings, name), name)  # the sector that the heading is called after
            sectors.setdefault(now, {})[str(item.get("strength", ""))] = None
    return stated
