"""What a new edition of a policy document adds, drops and moves."""

import json
from pathlib import Path
from typing import Any, Final

from clusteratlas.errors import FileFormatError
from clusteratlas.policy.linking import bare_name

KEYS: Final = ("sectors", "enterprises", "parks", "positionings")
LINK_SCORE: Final = 0.85
MAX_JSON_BYTES: Final = 200_000_000

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
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path}: not JSON") from error
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) for key in KEYS):
        raise FileFormatError(f"{path}: not an extraction; write it with 'clusteratlas extract'")
    if not all(isinstance(item, dict) for key in KEYS for item in value[key]):
        raise FileFormatError(f"{path}: an extraction whose items are not objects")
    return value


def diff(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    """Compare two extractions, the older first.

    Returns
    -------
    dict
        For enterprises and parks ``added``, ``dropped`` (names) and ``moved`` (name with where it
        stood and stands); for sectors ``added`` and ``dropped``; for positionings the sectors that
        each district gains and loses. All in the order of the text they come from.
    """
    return {
        "old": _title(old),
        "new": _title(new),
        "sectors": _names(old["sectors"], new["sectors"], "subsector"),
        "enterprises": _moves(old["enterprises"], new["enterprises"], "enterprise_id", _standing),
        "parks": _moves(old["parks"], new["parks"], "park_id", _situation),
        "positionings": _positionings(old["positionings"], new["positionings"]),
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
    linked = item.get(id_key)
    if linked and float(item.get("score") or 0) >= LINK_SCORE:
        return f"id:{linked}"
    return f"name:{bare_name(str(item.get('name', '')))}"


def _standing(item: dict[str, Any]) -> str:
    return " / ".join(str(item[k]) for k in ("field", "subsector") if item.get(k))


def _situation(item: dict[str, Any]) -> str:
    return " / ".join(str(item[k]) for k in ("city", "district") if item.get(k))


def _moves(
    old: list[dict[str, Any]], new: list[dict[str, Any]], id_key: str, place: Any
) -> dict[str, list[Any]]:
    before, after = _grouped(old, id_key, place), _grouped(new, id_key, place)
    return {
        "added": [after[key][0] for key in after if key not in before],
        "dropped": [before[key][0] for key in before if key not in after],
        "moved": [
            {"name": after[key][0], "from": before[key][1], "to": after[key][1]}
            for key in after
            if key in before and set(before[key][1]) != set(after[key][1])
        ],
    }


def _grouped(
    items: list[dict[str, Any]], id_key: str, place: Any
) -> dict[str, tuple[str, list[str]]]:
    grouped: dict[str, tuple[str, list[str]]] = {}
    for item in items:
        entry = grouped.setdefault(_identity(item, id_key), (str(item.get("name", "")), []))
        where = place(item)
        if where not in entry[1]:
            entry[1].append(where)
    return grouped


def _positionings(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before, after = _stated(old), _stated(new)
    changes = []
    for district in dict.fromkeys((*before, *after)):
        gains = [name for name in after.get(district, ()) if name not in before.get(district, ())]
        losses = [name for name in before.get(district, ()) if name not in after.get(district, ())]
        if gains or losses:
            changes.append({"district": district, "gains": gains, "losses": losses})
    return changes


def _stated(items: list[dict[str, Any]]) -> dict[str, list[str]]:
    stated: dict[str, list[str]] = {}
    for item in items:
        sectors = stated.setdefault(str(item.get("district", "")), [])
        listed = item.get("sectors")
        for name in listed if isinstance(listed, list) else []:
            if str(name) not in sectors:
                sectors.append(str(name))
    return stated
