"""What a new edition of a policy document adds, drops and moves."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.policy.linking import bare_name

KEYS: Final = (
    "sectors", "enterprises", "parks", "positionings", "responsibilities", "targets",
)  # fmt: skip
_NUMERAL: Final = "[〇零一二三四五六七八九十百\\d]{1,5}"
_NUMBER: Final = re.compile(
    rf"(?:第{_NUMERAL}[篇编部章节]|[（(]{_NUMERAL}[)）][、.．]?|"
    rf"{_NUMERAL}[、.．](?:\d+[.．]?)*|[①-⑳])[ 　]*"
)
_COMPARED: Final = {">=": "≥ ", "growth": "growth "}
LINK_SCORE: Final = 0.85
MAX_JSON_BYTES: Final = 200_000_000
_WRITTEN_BY: Final = "'clusteratlas extract DOC --out FILE.json' writes what can be compared"

Difference = dict[str, Any]


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
        For enterprises and parks ``added``, ``dropped`` (names) and ``moved`` (name with where it
        stood and stands); for targets the same, a target being what is counted under a heading, and
        where it stands its value and year; for sectors ``added`` and ``dropped``; for positionings
        the sectors that each district gains and loses, and those whose strength changes; for
        responsibilities the groups of bodies that a section had (``from``) and has (``to``),
        without those that stay. Numbers of headings are not compared. All in the order of the
        text they come from.
    """
    return {
        "old": _title(old),
        "new": _title(new),
        "sectors": _names(old["sectors"], new["sectors"], "subsector"),
        "enterprises": _moves(old["enterprises"], new["enterprises"], "enterprise_id", _standing),
        "parks": _moves(old["parks"], new["parks"], "park_id", _situation),
        "positionings": _positionings(old["positionings"], new["positionings"]),
        "responsibilities": _responsibilities(old["responsibilities"], new["responsibilities"]),
        "targets": _targets(old["targets"], new["targets"]),
    }


def _title(extraction: dict[str, Any]) -> str:
    document = extraction.get("document")
    facts = document if isinstance(document, dict) else {}
    return str(facts.get("title") or facts.get("name") or "")


def _names(old: list[dict[str, Any]], new: list[dict[str, Any]], key: str) -> dict[str, list[str]]:
    before = dict.fromkeys(str(item.get(key, "")) for item in old)
    after = dict.fromkeys(str(item.get(key, "")) for item in new)
    return {
        "added": [name for name in after if name not in before],
        "dropped": [name for name in before if name not in after],
    }


def _identity(item: dict[str, Any], id_key: str) -> str:
    """Two mentions are one thing if they share a safe id, else if their bare names agree."""
    linked, score = item.get(id_key), item.get("score")
    if linked and isinstance(score, int | float) and score >= LINK_SCORE:
        return f"id:{linked}"
    return f"name:{bare_name(str(item.get('name', '')))}"


def _standing(item: dict[str, Any]) -> str:
    return " / ".join(str(item[k]) for k in ("field", "subsector") if item.get(k))


def _situation(item: dict[str, Any]) -> str:
    return " / ".join(str(item[k]) for k in ("city", "district") if item.get(k))


def _heading(item: dict[str, Any]) -> str:
    """Return the headings above an item without their numbers, which a new edition shifts."""
    parts = str(item.get("section") or "").split(" / ")
    numbers = [_NUMBER.match(part) for part in parts]
    return " / ".join(
        part[number.end() :] if number else part
        for part, number in zip(parts, numbers, strict=True)
    )


def _counted(item: dict[str, Any]) -> str:
    return ": ".join(part for part in (_heading(item), str(item.get("quantity", ""))) if part)


def _aim(item: dict[str, Any]) -> str:
    """Return what is to be reached: ``≥ 1200亿元 (2025)``."""
    value, year = item.get("value"), item.get("year")
    number = f"{value:.12g}" if isinstance(value, int | float) else str(value)
    compared = _COMPARED.get(str(item.get("comparison")), "")
    return f"{compared}{number}{item.get('unit', '')}" + (f" ({year})" if year else "")


_Groups = dict[str, tuple[str, list[str]]]


def _moves(
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
    id_key: str,
    place: Callable[[dict[str, Any]], str],
) -> dict[str, list[Any]]:
    def grouped(items: list[dict[str, Any]]) -> _Groups:
        return _grouped(
            items,
            lambda item: _identity(item, id_key),
            lambda item: str(item.get("name", "")),
            place,
        )

    before, after = grouped(old), grouped(new)
    return {
        "added": [after[key][0] for key in after if key not in before],
        "dropped": [before[key][0] for key in before if key not in after],
        "moved": _moved(before, after),
    }


def _targets(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, list[Any]]:
    before, after = (_grouped(items, _counted, _counted, _aim) for items in (old, new))

    def stated(groups: _Groups, others: _Groups) -> list[str]:
        return [f"{name} {'; '.join(aims)}" for name, aims in groups.values() if name not in others]

    return {
        "added": stated(after, before),
        "dropped": stated(before, after),
        "moved": _moved(before, after),
    }


def _moved(before: _Groups, after: _Groups) -> list[dict[str, Any]]:
    return [
        {"name": after[key][0], "from": before[key][1], "to": after[key][1]}
        for key in after
        if key in before and set(before[key][1]) != set(after[key][1])
    ]


def _grouped(
    items: list[dict[str, Any]],
    identity: Callable[[dict[str, Any]], str],
    name: Callable[[dict[str, Any]], str],
    place: Callable[[dict[str, Any]], str],
) -> _Groups:
    grouped: _Groups = {}
    for item in items:
        entry = grouped.setdefault(identity(item), (name(item), []))
        where = place(item)
        if where not in entry[1]:
            entry[1].append(where)
    return grouped


def _responsibilities(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before, after = _bodies(old), _bodies(new)
    changes = []
    for section in dict.fromkeys((*before, *after)):
        had, has = before.get(section, Counter()), after.get(section, Counter())
        if had != has:
            gone, come = [*(had - has).elements()], [*(has - had).elements()]
            changes.append({"section": section, "from": gone, "to": come})
    return changes


def _bodies(items: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return by section how often each group of bodies answers for a clause of it."""
    bodies: dict[str, Counter[str]] = {}
    for item in items:
        listed = (item.get(key) for key in ("departments", "governments"))
        names = [str(one) for part in listed if isinstance(part, list) for one in part]
        bodies.setdefault(_heading(item), Counter())["、".join(names)] += 1
    return bodies


def _positionings(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before, after = _stated(old), _stated(new)
    changes = []
    for district in dict.fromkeys((*before, *after)):
        had, has = before.get(district, {}), after.get(district, {})
        gains = [name for name in has if name not in had]
        losses = [name for name in had if name not in has]
        strengths = [
            {"sector": name, "from": [*had[name]], "to": [*has[name]]}
            for name in has
            if name in had and had[name].keys() != has[name].keys()
        ]
        if gains or losses or strengths:
            changes.append(
                {"district": district, "gains": gains, "losses": losses, "strengths": strengths}
            )
    return changes


def _stated(items: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, None]]]:
    """Return by district and sector the strengths with which it is stated, in their order."""
    stated: dict[str, dict[str, dict[str, None]]] = {}
    for item in items:
        sectors = stated.setdefault(str(item.get("district", "")), {})
        listed = item.get("sectors")
        for name in listed if isinstance(listed, list) else []:
            sectors.setdefault(str(name), {})[str(item.get("strength", ""))] = None
    return stated
