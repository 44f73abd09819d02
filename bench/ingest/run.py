"""Ingest a file into a fresh store; print rows/s, CPU seconds and memory on the way.

``python bench/ingest/run.py FILE [--workers N] [--every ROWS]``. Other programs that load the
machine slow the clock, not the CPU seconds: those say what an idle machine would need.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.ingest import IngestOptions, Progress, ingest_files
from clusteratlas.store.ingest.report import summary_lines


def children() -> list[int]:
    """Return the ids of this process's children (Linux)."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def memory_mb(pid: int | str = "self") -> float:
    """Return the memory of a process, MB; pages that several share count in parts (Linux PSS)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    sizes = [int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")]
    return sum(sizes) * 1024 / 1e6


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


class Samples:
    """Prints memory of this process and its workers every so many rows."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._next = every
        self.peak = 0.0

    def __call__(self, progress: Progress) -> None:
        parts = [memory_mb(), *map(memory_mb, children())]
        self.peak = max(self.peak, sum(parts))
        if progress.rows < self._next:
            return
        self._next += self._every
        shown = " + ".join(f"{part:.0f}" for part in parts)
        print(
            f"{progress.rows:>9,} rows {progress.rate:>7,.0f}/s"
            f"  memory {sum(parts):6.0f} MB ({shown})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--every", type=int, default=20_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.gpkg"
        with open_store(str(path), writable=True) as store:
            build_store(store)
            samples = Samples(chosen.every)
            before, started = cpu_seconds(), time.monotonic()
            options = IngestOptions(workers=chosen.workers)
            summary = ingest_files(store, [chosen.file], options=options, progress=samples)
            seconds, used = time.monotonic() - started, cpu_seconds() - before
        for line in summary_lines(summary):
            print(line)
        print(
            f"{summary.read / seconds:,.0f} rows/s by the clock, {used:.1f} CPU s"
            f" ({used / max(summary.read, 1) * 1e6:.0f} us a row), load {os.getloadavg()[0]:.1f},"
            f" peak memory {samples.peak:.0f} MB of all processes,"
            f" store {path.stat().st_size / 1e6:.0f} MB"
        )


if __name__ == "__main__":
    main()
