"""Read the enterprises of a GeoPackage into Arrow with GDAL, in processes of their own.

GDAL brings a second copy of SQLite. Two copies in one process undo each other's file locks when one
of them closes the file (SQLite: "How To Corrupt An SQLite Database File", 2.2.1), so GDAL never opens
the store in a process that reads or writes it. Each process reads a range of the rows: a million firms
take some two seconds on two cores, and none of that under this process' interpreter lock.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from clusteratlas.errors import StoreError
from clusteratlas.store import column_child

LARGE_BYTES: Final = 30_000_000
"""Smaller stores are read directly: starting a process would take longer."""
FEWEST_ROWS: Final = 200_000
"""So many rows are worth a process."""
MOST_PROCESSES: Final = 4


def is_large(url: str) -> bool:
    """Tell whether a store is a GeoPackage that is worth a process of its own."""
    path = Path(url)
    return url.endswith(".gpkg") and path.is_file() and path.stat().st_size > LARGE_BYTES


def read_enterprises(url: str, *, leave: Sequence[str], last: int) -> pa.Table:
    """Return all columns but ``leave``, with ``fid``, tidied (:func:`column_child.tidy`).

    Each process sees the store as it was when it began. Of a transaction that ends meanwhile only some
    rows may be here: ask for what changed since before the call.

    Parameters
    ----------
    last
        The highest fid, by which the rows are shared out.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="clusteratlas-") as folder:
        ranges = _ranges(last)
        outs = [Path(folder) / f"{number}.arrow" for number in range(len(ranges))]
        running = [_start(url, out, piece, leave) for out, piece in zip(outs, ranges, strict=True)]
        try:
            for process in running:
                _, said = process.communicate()
                if process.returncode != 0:
                    last_line = said.decode("utf-8", "replace").strip().splitlines()[-1:]
                    reason = last_line[0] if last_line else "no reason given"
                    raise StoreError(f"{url} could not be read: {reason}")
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                    process.communicate()
        return _joined([_mapped(out) for out in outs])


def _ranges(last: int) -> list[tuple[int, int]]:
    """Share out fids: from above the first number to the second; -1 is no end, for what is new."""
    cores = os.cpu_count() or 1
    count = max(1, min(cores, MOST_PROCESSES, last // FEWEST_ROWS))
    bounds = [last * number // count for number in range(count)]
    return list(zip(bounds, [*bounds[1:], -1], strict=True))


def _start(
    url: str, out: Path, piece: tuple[int, int], leave: Sequence[str]
) -> "subprocess.Popen[bytes]":
    # -P: what lies beside the program must not be taken for what it imports.
    program = [sys.executable, "-P", column_child.__file__]
    command = [*program, str(Path(url).absolute()), str(out), *map(str, piece), *leave]
    environment = {**os.environ, "OGR_SQLITE_PRAGMA": "query_only=1", "OGR_GPKG_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )


def _mapped(out: Path) -> pa.Table:
    with pa.memory_map(str(out)) as source:
        return pa.ipc.open_stream(source).read_all()


def _joined(tables: list[pa.Table]) -> pa.Table:
    """Return tables one below the other, each column in one piece of memory."""
    columns = {}
    for field in tables[0].schema:
        pieces = [table[field.name] for table in tables]
        if len({piece.type for piece in pieces}) > 1:  # repeating in one range, not in the other
            pieces = [piece.cast(pa.large_string()) for piece in pieces]
        column = pa.chunked_array(
            [chunk for piece in pieces for chunk in piece.chunks], pieces[0].type
        )
        columns[field.name] = column.unify_dictionaries().combine_chunks()
    return pa.table(columns)
