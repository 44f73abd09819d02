"""Corrections that districts propose: filed, reviewed, applied with an audit trail, reversible.

A correction goes ``proposed -> accepted | rejected`` and ``accepted -> reverted``. Accepting changes
the enterprise and the correction's state in one transaction, so that after any crash both are there
or neither is. The enterprise's former state goes into its history like with every other change.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError, StoreError, UnknownNameError
from clusteratlas.geo import DATUMS, convert, locate
from clusteratlas.store.base import Store
from clusteratlas.store.opening import open_store
from clusteratlas.store.tokens import Statements, has_table, journal, now_text

Kind = Literal["position", "sector", "closed", "renamed"]
State = Literal["proposed", "accepted", "rejected", "reverted"]
Decision = Literal["accept", "reject", "revert"]

KINDS: Final[tuple[Kind, ...]] = ("position", "sector", "closed", "renamed")
STATES: Final[tuple[State, ...]] = ("proposed", "accepted", "rejected", "reverted")
DECISIONS: Final[tuple[Decision, ...]] = ("accept", "reject", "revert")
MOST_OPEN: Final = 10_000
WRITER_WAIT_S: Final = 8.0

_NEXT: Final[Mapping[str, tuple[State, State]]] = {
    "accept": ("proposed", "accepted"),
    "reject": ("proposed", "rejected"),
    "revert": ("accepted", "reverted"),
}
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS corrections (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enterprise_id TEXT NOT NULL, kind TEXT NOT NULL, change TEXT NOT NULL, reason TEXT NOT NULL,
  state TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL,
  reviewed_by TEXT NOT NULL DEFAULT '', reviewed_at TEXT NOT NULL DEFAULT '',
  review_note TEXT NOT NULL DEFAULT '',
  before TEXT NOT NULL DEFAULT '', after TEXT NOT NULL DEFAULT '')
"""
_NAMES: Final = (
    "id",
    "enterprise_id",
    "kind",
    "change",
    "reason",
    "state",
    "proposed_by",
    "proposed_at",
    "reviewed_by",
    "reviewed_at",
    "review_note",
    "before",
    "after",
)
_COLUMNS: Final = ", ".join(_NAMES)


class StateError(InputError):
    """The correction's state does not allow this: reviewed already, or changed since."""


@dataclass(frozen=True)
class Correction:
    """One correction with its whole trail; ``before`` and ``after`` are columns that it changed."""

    id: int
    enterprise_id: str
    kind: Kind
    change: dict[str, Any]
    reason: str
    state: State
    proposed_by: str
    proposed_at: str
    reviewed_by: str
    reviewed_at: str
    review_note: str
    before: dict[str, Any]
    after: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return all fields by name."""
        return asdict(self)


def propose(
    store: Store, enterprise_id: str, kind: str, change: Mapping[str, Any], reason: str, by: str
) -> Correction:
    """File a correction; nothing changes until it is accepted.

    Parameters
    ----------
    change
        ``position``: lon, lat in degrees, optional datum, precision, radius_m; ``sector``: sectors
        (list); ``closed``: date; ``renamed``: name.

    Raises
    ------
    UnknownNameError
        If there is no such enterprise.
    InputError
        If the change is not what its kind asks for, or too many proposals wait.
    """
    if store.enterprise(enterprise_id) is None:
        raise UnknownNameError(f"no enterprise has the id {enterprise_id[:100]!r}")
    if kind not in KINDS:
        raise InputError(f"kind {kind[:40]!r}; allowed are {', '.join(KINDS)}")
    checked = _CHECKS[kind](store, dict(change))
    if not 1 <= len(reason.strip()) <= 2000:
        raise InputError("reason: 1..2000 characters on what the correction rests on")
    with journal(store.url, write=True) as sql:
        sql.execute(_TABLE)
        waiting = sql.execute("SELECT count(*) FROM corrections WHERE state = 'proposed'")
        if waiting.fetchone()[0] >= MOST_OPEN:
            raise InputError(f"{MOST_OPEN} proposals wait for review; no more are taken")
        number = sql.execute(
            "INSERT INTO corrections (enterprise_id, kind, change, reason, state, proposed_by,"
            " proposed_at) VALUES (?, ?, ?, ?, 'proposed', ?, ?)",
            (enterprise_id, kind, _json(checked), reason.strip(), by, now_text()),
        ).lastrowid
        return _one(sql, int(number or 0))


def list_corrections(
    store: Store, *, state: str = "", enterprise_id: str = "", after: int = 0, limit: int = 100
) -> list[Correction]:
    """Return corrections in the order of filing, from the one after number ``after``."""
    with journal(store.url, write=False) as sql:
        if not has_table(sql, "corrections"):
            return []
        rows = sql.execute(
            f"SELECT {_COLUMNS} FROM corrections WHERE id > ?1 AND (?2 = '' OR state = ?2)"
            " AND (?3 = '' OR enterprise_id = ?3) ORDER BY id LIMIT ?4",
            (after, state, enterprise_id, limit),
        ).fetchall()
    return [_correction(row) for row in rows]


def get_correction(store: Store, number: int) -> Correction:
    """Return one correction.

    Raises
    ------
    UnknownNameError
        If there is none of this number.
    """
    with journal(store.url, write=False) as sql:
        if not has_table(sql, "corrections"):
            raise UnknownNameError(f"no correction {number}")
        return _one(sql, number)


def review(url: str, number: int, decision: str, *, by: str, note: str = "") -> Correction:
    """Accept, reject or revert a correction.

    Raises
    ------
    UnknownNameError
        If there is none of this number.
    StateError
        If it was reviewed already, or the enterprise has changed since it was applied.
    InputError
        If the decision is unknown.
    StoreError
        If another writer keeps the store; try again when it has finished.
    """
    if decision not in _NEXT:
        raise InputError(f"decision {decision[:40]!r}; allowed are {', '.join(_NEXT)}")
    if len(note) > 2000:
        raise InputError("note: at most 2000 characters")
    needed, following = _NEXT[decision]
    if decision == "reject":
        with journal(url, write=True) as sql:
            sql.execute(_TABLE)
            _in_state(sql, number, needed)
            return _decide(sql, number, following, by, note, {}, {})
    with _writable(url) as store, store.writer() as writer:
        sql = store._sql()  # type: ignore[attr-defined]  # the transaction of this writer
        sql.execute(_TABLE)
        correction = _in_state(sql, number, needed)
        before = store.enterprise(correction.enterprise_id)
        if before is None:
            raise StateError(f"enterprise {correction.enterprise_id} is no longer in the store")
        after = (
            _applied(store, correction, before)
            if decision == "accept"
            else _restored(correction, before)
        )
        writer.upsert_enterprises(pd.DataFrame([{**before, **after}]))
        kept = {name: before[name] for name in after}
        return _decide(sql, number, following, by, note, kept, after)


def reapply(store: Store) -> int:
    """Apply accepted corrections that a rebuild of the shipped data has undone; return how many.

    A correction is applied again where the enterprise stands as it did before the acceptance.
    """
    count = 0
    for correction in list_corrections(store, state="accepted", limit=MOST_OPEN):
        now = store.enterprise(correction.enterprise_id)
        if now is None or not _same(now, correction.before) or _same(now, correction.after):
            continue
        with store.writer() as writer:
            writer.upsert_enterprises(pd.DataFrame([{**now, **correction.after}]))
        count += 1
    return count


@contextmanager
def _writable(url: str) -> Iterator[Store]:
    """Open the store for writing, waiting for another writer a few seconds."""
    deadline = time.monotonic() + WRITER_WAIT_S
    while True:
        try:
            store = open_store(url, writable=True)
            break
        except StoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield store
    finally:
        store.close()


def _in_state(sql: Statements, number: int, needed: State) -> Correction:
    correction = _one(sql, number)
    if correction.state != needed:
        raise StateError(f"correction {number} is {correction.state}, not {needed}")
    return correction


def _decide(
    sql: Statements,
    number: int,
    state: State,
    by: str,
    note: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Correction:
    sql.execute(
        "UPDATE corrections SET state = ?, reviewed_by = ?, reviewed_at = ?, review_note = ?,"
        " before = ?, after = ? WHERE id = ?",
        (state, by, now_text(), note, _json(before), _json(after), number),
    )
    return _one(sql, number)


def _one(sql: Statements, number: int) -> Correction:
    row = sql.execute(f"SELECT {_COLUMNS} FROM corrections WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise UnknownNameError(f"no correction {number}")
    return _correction(row)


def _correction(row: tuple[Any, ...]) -> Correction:
    change, before, after = (json.loads(row[i] or "{}") for i in (3, 11, 12))
    values = (*row[:3], change, *row[4:11], before, after)
    return Correction(**dict(zip(_NAMES, values, strict=True)))


def _json(value: Mapping[str, Any]) -> str:
    plain = {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in value.items()}
    return json.dumps(plain, ensure_ascii=False, default=lambda number: number.item())


# --- what a change may be ------------------------------------------------------------------------
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
    lon, lat = round(float(x[0]), 7), round(float(y[0]), 7)
    if not _district_at(lon, lat):
        raise InputError(f"change: {lon}, {lat} lies outside of Liaoning")
    precision = change.get("precision", "site")
    if precision not in {"site", "address", "street"}:
        raise InputError("change: precision is one of site, address, street")
    radius = _number(change.get("radius_m", 100), "radius_m", 1, 5_000)
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
    if not 1949 <= day.year <= 2100:  # false for "not a time", whose year is NaN
        raise InputError("change: date is a day like 2024-05-01")
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


# --- what it does to an enterprise -----------------------------------------------------------------
def _applied(store: Store, correction: Correction, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that change and their new values."""
    change = correction.change
    if correction.kind == "sector":
        sectors = change["sectors"]
        return {
            "sectors": ";".join(sectors),
            "sector_scores": ";".join(["1"] * len(sectors)),
            "sector_evidence": f"更正第{correction.id}号：{correction.reason}",
        }
    if correction.kind == "closed":
        return {
            "note": _with_note(now, f"已注销或停业（{change['date']}，更正第{correction.id}号）")
        }
    if correction.kind == "renamed":
        former = [str(now["name"]), *str(now["aliases"] or "").split(";")]
        aliases = ";".join(dict.fromkeys(n for n in former if n and n != change["name"]))
        return {"name": change["name"], "legal_name": change["name"], "aliases": aliases}
    return _moved(store, correction)


def _moved(store: Store, correction: Correction) -> dict[str, Any]:
    from clusteratlas.geo.joins import parks_at

    change = correction.change
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
        "coord_source": f"correction:{correction.id}",
        "evidence": f"更正第{correction.id}号：{correction.reason}",
        "status": "confirmed",
    }


def _with_note(now: Mapping[str, Any], text: str) -> str:
    return f"{now['note']}；{text}" if now["note"] else text


def _restored(correction: Correction, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the former values, if nobody has changed the columns since."""
    if not _same(now, correction.after):
        raise StateError(
            f"enterprise {correction.enterprise_id} has changed since correction {correction.id}"
        )
    return {k: np.nan if v is None else v for k, v in correction.before.items()}


def _same(now: Mapping[str, Any], columns: Mapping[str, Any]) -> bool:
    def plain(value: Any) -> Any:
        return None if value is None or value != value else value

    return all(plain(now[name]) == plain(value) for name, value in columns.items())
