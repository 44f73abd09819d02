"""What an ingest did, row by row, and how far it is."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from clusteratlas.store.base import WriteCounts


@dataclass
class IngestSummary:
    """Counts of one or several files.

    Attributes
    ----------
    read, stored, updated, unchanged
        Rows; ``read == stored + updated + unchanged + sum(rejected.values())`` always.
    rejected
        Rows by reason (:data:`.records.REASONS`).
    precisions, sectors
        Usable rows by precision of their position, and by sector ("" for none; a row with several
        sectors counts in each).
    doubts
        Cells that were left unknown, by kind; their rows are used.
    misplaced
        Rows whose point lies in another district than their address says.
    linked
        Firms with a suggested link to an anchor that was new or changed.
    files, resumed
        Files that were read, and of these the ones that went on from a checkpoint.
    seconds
        Wall time of this run.
    rejects_file
        Where the rejects were written, "" if nowhere.
    notes
        What the user should know, one line each.
    """

    read: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    precisions: Counter[str] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    misplaced: int = 0
    linked: int = 0
    files: int = 0
    resumed: int = 0
    seconds: float = 0.0
    rejects_file: str = ""
    notes: list[str] = field(default_factory=list)

    def balanced(self) -> bool:
        """Tell whether every row that was read is accounted for."""
        done = self.stored + self.updated + self.unchanged
        return self.read == done + sum(self.rejected.values())

    def add_write(self, counts: WriteCounts) -> None:
        """Add what a write did with usable rows (``read`` is counted where rows are read)."""
        self.stored += counts.stored
        self.updated += counts.updated
        self.unchanged += counts.unchanged

    def add_firms(self, firms: pd.DataFrame, misplaced: int) -> None:
        """Add the usable rows of a batch."""
        self.precisions.update(firms["precision"])
        self.misplaced += misplaced
        for text in firms["sectors"]:
            self.sectors.update(text.split(";") if text else [""])

    def add(self, other: "IngestSummary") -> None:
        """Add the counts of another file."""
        for name in ("read", "stored", "updated", "unchanged", "misplaced", "linked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("rejected", "precisions", "sectors", "doubts"):
            getattr(self, name).update(getattr(other, name))
        self.notes += other.notes

    def to_progress(self) -> dict[str, Any]:
        """Return the counts as JSON values, for a checkpoint."""
        names = ("read", "stored", "updated", "unchanged", "misplaced", "linked")
        counters = ("rejected", "precisions", "sectors", "doubts")
        return {name: getattr(self, name) for name in names} | {
            name: dict(sorted(getattr(self, name).items())) for name in counters
        }

    @classmethod
    def from_progress(cls, progress: dict[str, Any]) -> "IngestSummary":
        """Return the counts of a checkpoint."""
        summary = cls()
        for name, value in progress.items():
            if isinstance(value, dict):
                getattr(summary, name).update(value)
            elif hasattr(summary, name):
                setattr(summary, name, value)
        return summary


@dataclass(frozen=True)
class Progress:
    """How far an ingest is: rows done, share of the current file, seconds since the start."""

    name: str
    rows: int
    share: float
    seconds: float

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining_s(self) -> float:
        """Seconds that the rest of the file takes at this rate; NaN at the beginning."""
        if self.share <= 0:
            return float("nan")
        return self.seconds * (1 - self.share) / self.share
