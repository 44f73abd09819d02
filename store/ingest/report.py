"""Progress and summary of an ingest as lines for people."""

import math
import sys
import time
from collections import Counter
from typing import Final

from clusteratlas.store.ingest.records import REASONS
from clusteratlas.store.ingest.summary import IngestSummary, Progress

PAUSE_TERMINAL_S: Final = 0.5
PAUSE_LOG_S: Final = 10.0


class ProgressLine:
    """Writes progress to stderr: one line that renews itself, or a line now and then in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + 2.0
        self._shown = False

    def __call__(self, progress: Progress) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (PAUSE_TERMINAL_S if self._terminal else PAUSE_LOG_S)
        left = progress.remaining_s
        rest = "" if math.isnan(left) else f", about {_duration(left)} left"
        text = f"{progress.name}: {progress.rows:,} rows, {progress.rate:,.0f}/s{rest}"
        self._shown = True
        sys.stderr.write(f"\r{text:<78}" if self._terminal else f"{text}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the renewed line."""
        if self._shown and self._terminal:
            sys.stderr.write("\n")


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def summary_lines(summary: IngestSummary) -> list[str]:
    """Return the summary as lines: counts, reasons, precisions, sectors, doubts."""
    rejected = sum(summary.rejected.values())
    lines = [
        f"read {summary.read:,} = stored {summary.stored:,} + updated {summary.updated:,}"
        f" + unchanged {summary.unchanged:,} + rejected {rejected:,}"
    ]
    if summary.resumed:
        lines.append(f"resumed from a checkpoint: {summary.resumed} of {summary.files} files")
    for reason, count in summary.rejected.most_common():
        lines.append(f"rejected {count:,}: {reason} ({REASONS.get(reason, '')})")
    if rejected:
        lines.append(f"rejected rows: {summary.rejects_file or 'name a file with --rejects'}")
    lines.append(f"positions: {_listed(summary.precisions)}")
    if summary.misplaced:
        lines.append(f"in another district than the address says: {summary.misplaced:,} (flagged)")
    none = summary.sectors.get("", 0)
    sectors = Counter({name: n for name, n in summary.sectors.items() if name})
    lines.append(f"sectors: none {none:,}" + (f", {_listed(sectors)}" if sectors else ""))
    if summary.doubts:
        lines.append(f"left unknown: {_listed(summary.doubts)}")
    if summary.linked:
        lines.append(f"suggested links to anchors: {summary.linked:,} firms")
    rate = summary.read / summary.seconds if summary.seconds else 0.0
    lines.append(f"{summary.seconds:,.1f} s, {rate:,.0f} rows/s")
    return lines


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
