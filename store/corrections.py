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
from clusteratlas.store.base import Store
from clusteratlas.store.correction_kinds import Kind, check_change, columns_changed
from clusteratlas.store.opening import open_journal, open_store
from clusteratlas.store.sql.records import now_text
from clusteratlas.store.sql.session import Session

State = Literal["proposed", "accepted", "rejected", "reverted"]
Decision = Literal["accept", "reject", "revert"]

STATES: Final[tuple[State, ...]] = ("proposed", "accepted", "rejected", "reverted")
DECISIONS: Final[tuple[Decision, ...]] = ("accept", "reject", "revert")
MOST_OPEN: Final = 10_000
MOST_TEXT: Final = 2_000
WRITER_WAIT_S: Final = 8.0

_NEXT: Final[Mapping[str, tuple[State, State]]] = {
    "accept": ("proposed", "accepted"),
    "reject": ("proposed", "rejected"),
    "revert": ("accepted", "reverted"),
}
_TABLE: Final = "corrections"
_DEFINITION: Final = """
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enterprise_id TEXT NOT NULL, kind TEXT NOT NULL, change TEXT NOT NULL, reason TEXT NOT NULL,
  state TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL,
  reviewed_by TEXT NOT NULL DEFAULT '', reviewed_at TEXT NOT NULL DEFAULT '',
  review_note TEXT NOT NULL DEFAULT '',
  before TEXT NOT NULL DEFAULT '', after TEXT NOT NULL DEFAULT ''
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
        As :func:`clusteratlas.store.correction_kinds.check_change` takes it.
    reason
        What the correction rests on, up to :data:`MOST_TEXT` characters.
    by
        Name of the token that proposes.

    Raises
    ------
    UnknownNameError
        If there is no such enterprise.
    InputError
        If the change is not what its kind asks for, or too many proposals wait.
    """
    if store.enterprise(enterprise_id) is None:
        raise UnknownNameError(f"no enterprise has the id {enterprise_id[:100]!r}")
    checked = check_change(store, kind, dict(change))
    if not 1 <= len(reason.strip()) <= MOST_TEXT:
        raise InputError(f"reason: 1..{MOST_TEXT} characters on what the correction rests on")
    with open_journal(store.url, write=True) as session:
        session.claim_table(_TABLE, _DEFINITION)
        waiting = session.rows("SELECT count(*) FROM corrections WHERE state = 'proposed'")
        if waiting[0][0] >= MOST_OPEN:
            raise InputError(f"{MOST_OPEN} proposals wait for review; no more are taken")
        ((number,),) = session.rows(
            "INSERT INTO corrections (enterprise_id, kind, change, reason, state, proposed_by,"
            " proposed_at) VALUES (?, ?, ?, ?, 'proposed', ?, ?) RETURNING id",
            (enterprise_id, kind, _json(checked), reason.strip(), by, now_text()),
        )
        return _one(session, number)


def list_corrections(
    store: Store, *, state: str = "", enterprise_id: str = "", after: int = 0, limit: int = 100
) -> list[Correction]:
    """Return corrections in the order of filing, from the one after number ``after``."""
    with open_journal(store.url, write=False) as session:
        if not session.has_table(_TABLE):
            return []
        rows = session.rows(
            f"SELECT {_COLUMNS} FROM corrections WHERE id > ? AND (? = '' OR state = ?)"
            " AND (? = '' OR enterprise_id = ?) ORDER BY id LIMIT ?",
            (after, state, state, enterprise_id, enterprise_id, limit),
        )
    return [_correction(row) for row in rows]


def get_correction(store: Store, number: int) -> Correction:
    """Return one correction.

    Raises
    ------
    UnknownNameError
        If there is none of this number.
    """
    with open_journal(store.url, write=False) as session:
        if not session.has_table(_TABLE):
            raise UnknownNameError(f"no correction {number}")
        return _one(session, number)


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
    if len(note) > MOST_TEXT:
        raise InputError(f"note: at most {MOST_TEXT} characters")
    needed, following = _NEXT[decision]
    if decision == "reject":
        with open_journal(url, write=True) as session:
            session.claim_table(_TABLE, _DEFINITION)
            _in_state(session, number, needed)
            return _decide(session, number, following, by, note, {}, {})
    with _writable(url) as store, store.writer() as writer:
        session = writer.session
        session.claim_table(_TABLE, _DEFINITION)
        correction = _in_state(session, number, needed)
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
        return _decide(session, number, following, by, note, kept, after)


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


def _in_state(session: Session, number: int, needed: State) -> Correction:
    correction = _one(session, number)
    if correction.state != needed:
        raise StateError(f"correction {number} is {correction.state}, not {needed}")
    return correction


def _decide(
    session: Session,
    number: int,
    state: State,
    by: str,
    note: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Correction:
    session.run(
        "UPDATE corrections SET state = ?, reviewed_by = ?, reviewed_at = ?, review_note = ?,"
        " before = ?, after = ? WHERE id = ?",
        (state, by, now_text(), note, _json(before), _json(after), number),
    )
    return _one(session, number)


def _one(session: Session, number: int) -> Correction:
    rows = session.rows(f"SELECT {_COLUMNS} FROM corrections WHERE id = ?", (number,))
    if not rows:
        raise UnknownNameError(f"no correction {number}")
    return _correction(rows[0])


def _correction(row: tuple[Any, ...]) -> Correction:
    change, before, after = (json.loads(row[i] or "{}") for i in (3, 11, 12))
    values = (*row[:3], change, *row[4:11], before, after)
    return Correction(**dict(zip(_NAMES, values, strict=True)))


def _json(value: Mapping[str, Any]) -> str:
    plain = {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in value.items()}
    return json.dumps(plain, ensure_ascii=False, default=lambda number: number.item())


def _applied(store: Store, correction: Correction, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that change and their new values."""
    number, reason = correction.id, correction.reason
    return columns_changed(
        store, correction.kind, correction.change, now, number=number, reason=reason
    )


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
