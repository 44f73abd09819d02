"""Plan a batch of upserts in memory, row after row, before anything is written."""

from collections.abc import Callable, Iterable, Sequence

from clusteratlas.store.base import WriteCounts
from clusteratlas.store.sql.states import AT, CONFLICT, Row, reconcile

StoredRows = Callable[[Sequence[str]], Iterable[Row]]
"""Takes enterprise ids; returns ``(fid, *state)`` of those that are stored."""


class UpsertPlan:
    """The states before and after a batch.

    Parameters
    ----------
    stored
        Looks up what the store holds.
    next_fid
        Number of the next new enterprise.

    Attributes
    ----------
    counts
        What the batch does, row by row.
    before, after
        State by fid; a fid that is not in ``before`` is new.
    history
        ``(fid, old, new)`` for every change of a state, in order.
    """

    def __init__(self, stored: StoredRows, next_fid: int) -> None:
        self._stored = stored
        self._ids: dict[str, int] = {}
        self._next = next_fid
        self.counts = WriteCounts()
        self.before: dict[int, Row] = {}
        self.after: dict[int, Row] = {}
        self.history: list[tuple[int, Row, Row]] = []

    def run(self, rows: Sequence[Row], former_ids: Sequence[str]) -> None:
        """Decide on every row; ``former_ids`` holds ids under which a row may be stored, or ""."""
        ids = [row[AT["enterprise_id"]] for row in rows] + [
            former for former in former_ids if former
        ]
        self._load(list(dict.fromkeys(ids)))
        for position, (row, former) in enumerate(zip(rows, former_ids, strict=True)):
            self.counts.read += 1
            known = self._ids.get(row[AT["enterprise_id"]], self._ids.get(former))
            if known is None:
                self._store(row)
            else:
                self._reconcile(position, known, row)

    def _load(self, ids: Sequence[str]) -> None:
        for row in self._stored(ids):
            self.before[row[0]] = row[1:]
            self._ids[row[1 + AT["enterprise_id"]]] = row[0]

    def _store(self, row: Row) -> None:
        self.after[self._next] = row
        self._ids[row[AT["enterprise_id"]]] = self._next
        self._next += 1
        self.counts.stored += 1

    def _reconcile(self, position: int, fid: int, row: Row) -> None:
        old = self.after.get(fid) or self.before[fid]
        action, kept = reconcile(row, old)
        # Rows without a date of extract have no order: the first of a batch stands.
        undated = action == "updated" and fid in self.after and not row[AT["source_date"]]
        if action == "rejected" or undated:
            self.counts.rejected[CONFLICT] = self.counts.rejected.get(CONFLICT, 0) + 1
            self.counts.rejected_rows.append((position, CONFLICT))
        elif action == "updated":
            self.counts.updated += 1
            self.history.append((fid, old, kept))
            self.after[fid] = kept
            self._ids[kept[AT["enterprise_id"]]] = fid
        else:
            self.counts.unchanged += 1
            if action == "confirmed":
                self.after[fid] = kept

    def new(self) -> Iterable[tuple[int, Row]]:
        """Return the enterprises that are not stored yet, by fid."""
        return ((fid, row) for fid, row in self.after.items() if fid not in self.before)

    def changed(self) -> Iterable[tuple[int, Row, Row]]:
        """Return the stored enterprises whose state changes: fid, before, after."""
        return (
            (fid, self.before[fid], row) for fid, row in self.after.items() if fid in self.before
        )
