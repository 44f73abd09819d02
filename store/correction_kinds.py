"""What a correction of each kind may say, and which columns of an enterprise it changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.geo import DATUMS, convert, locate
from clusteratlas.store.base import Store

Kind = Literal["position", "sector", "closed", "renamed"]
KINDS: Final[tuple[Kind, ...]] = ("position", "sector", "closed", "renamed")

MOST_RADIUS_M: Final = 5_000
"""A correction that is less certain than this states no position, metres."""

_DECIMALS: Final = 7  # a centimetre, in degrees
_FIRST_YEAR: Final = 1949
_CHINA: Final = timezone(timedelta(hours=8))


def check_change(store: Store, kind: str, change: dict[str, Any]) -> dict[str, Any]:
    """Return a change with its defaults filled in and its position in WGS-84.

    Parameters
    ----------
    change
        ``position``: lon, lat in degrees, optional datum, precision, radius_m; ``sector``: sectors
        (list); ``closed``: date, not in the future; ``renamed``: name.

    Raises
    ------
    InputError
        If there is no such kind, or the change is not what its kind asks for.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind[:40]!r}; allowed are {', '.join(KINDS)}")
    return _CHECKS[kind](store, change)


def columns_changed(
    store: Store,
    kind: Kind,
    change: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    number: int,
    reason: str,
) -> dict[str, Any]:
    """Return the columns of an enterprise that a checked change alters, with their new values.

    Parameters
    ----------
    now
        The enterprise as it stands.
    number, reason
        Of the correction: they go into the evidence.
    """
    evidence = f"更正第{number}号：{reason}"
    if kind == "sector":
        sectors = change["sectors"]
        return {
            "sectors": ";".join(sectors),
            "sector_scores": ";".join(["1"] * len(sectors)),
            "sector_evidence": evidence,
        }
    if kind == "closed":
        text = f"已注销或停业（{change['date']}，更正第{number}号）"
        return {"note": f"{now['note']}；{text}" if now["note"] else text}
    if kind == "renamed":
        former = [str(now["name"]), *str(now["aliases"] or "").split(";")]
        aliases = ";".join(dict.fromkeys(n for n in former if n and n != change["name"]))
        return {"name": change["name"], "legal_name": change["name"], "aliases": aliases}
    return _moved(store, change) | {
        "coord_source": f"correction:{number}",
        "evidence": evidence,
        "status": "confirmed",
    }


def _moved(store: Store, change: Mapping[str, Any]) -> dict[str, Any]:
    from clusteratlas.geo.joins import parks_at

    lon, lat = change["lon"], change["lat"]
    adcode = _district_at(lon, lat)
    districts = store.collection("districts").set_index("adcode")
    parks = parks_at(np.array([lon]), np.array([lat]), store.collection("parks"))
    return {
        "lon": lon,
        "lat": lat,
        "precision": change["precision"],
        "radius_m": change["radius_m"],
        "confidence": 1.0,
        "adcode": adcode,
        "district": str(districts.loc[adcode, "name"]),
        "city": str(districts.loc[adcode, "city"]),
        "park_ids": str(parks[0]),
        "membership": "",
    }


# --- what a change may say -------------------------------------------------------------------------
def _only(change: dict[str, Any], required: set[str], optional: set[str]) -> None:
    missing, extra = required - set(change), set(change) - required - optional
    if missing or extra:
        names = ", ".join(sorted(required | optional))
        raise InputError(
            f"change: {sorted(missing or extra)[0]!r} missing or unknown; takes {names}"
        )


def _check_position(_store: Store, change: dict[str, Any]) -> dict[str, Any]:
    _only(change, {"lon", "lat"}, {"datum", "precision", "radius_m"})
    lon, lat = (_number(change[name], name, -180, 180) for name in ("lon", "lat"))
    datum = change.get("datum", "wgs84")
    if datum not in DATUMS:
        raise InputError(f"change: datum {datum!r}; allowed are {', '.join(DATUMS)}")
    x, y = convert(np.array([lon]), np.array([lat]), source=datum, target="wgs84")
    lon, lat = round(float(x[0]), _DECIMALS), round(float(y[0]), _DECIMALS)
    if not _district_at(lon, lat):
        raise InputError(f"change: {lon}, {lat} lies outside of Liaoning")
    precision = change.get("precision", "site")
    if precision not in {"site", "address", "street"}:
        raise InputError("change: precision is one of site, address, street")
    radius = _number(change.get("radius_m", 100), "radius_m", 1, MOST_RADIUS_M)
    return {"lon": lon, "lat": lat, "precision": precision, "radius_m": radius}


def _check_sector(store: Store, change: dict[str, Any]) -> dict[str, Any]:
    _only(change, {"sectors"}, set())
    sectors = store.table("sectors")
    known = set(sectors.loc[sectors["parent"] != "", "sector_id"])
    wanted = change["sectors"]
    if not isinstance(wanted, list) or len(wanted) > 10:
        raise InputError("change: sectors is a list of at most 10 sector ids")
    for sector in wanted:
        if not isinstance(sector, str) or sector not in known:
            raise InputError(f"change: no sector {str(sector)[:40]!r}")
    return {"sectors": list(dict.fromkeys(wanted))}


def _check_closed(_store: Store, change: dict[str, Any]) -> dict[str, Any]:
    _only(change, {"date"}, set())
    try:
        day = pd.Timestamp(str(change["date"])[:10])
    except ValueError as error:
        raise InputError("change: date is a day like 2024-05-01") from error
    if not day.year >= _FIRST_YEAR:  # true for "not a time", whose year is NaN
        raise InputError("change: date is a day like 2024-05-01")
    if day.date() > datetime.now(_CHINA).date():
        raise InputError(f"change: date {day:%Y-%m-%d} lies in the future")
    return {"date": day.strftime("%Y-%m-%d")}


def _check_renamed(_store: Store, change: dict[str, Any]) -> dict[str, Any]:
    _only(change, {"name"}, set())
    name = change["name"]
    if not isinstance(name, str) or not 2 <= len(name.strip()) <= 120 or not name.isprintable():
        raise InputError("change: name has 2..120 printable characters")
    return {"name": name.strip()}


_CHECKS: Final = {
    "position": _check_position,
    "sector": _check_sector,
    "closed": _check_closed,
    "renamed": _check_renamed,
}


def _number(value: Any, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(f"change: {name} is a number of {low}..{high}")
    return float(value)


def _district_at(lon: float, lat: float) -> str:
    return str(locate(np.array([lon]), np.array([lat]))[0])
