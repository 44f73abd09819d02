"""Read the enterprises of a GeoPackage into Arrow with GDAL, in a process of its own.

GDAL brings a second copy of SQLite. Two copies in one process undo each other's file locks when one
of them closes the file (SQLite: "How To Corrupt An SQLite Database File", 2.2.1), so GDAL never opens
the store in a process that reads or writes it. A million firms take some three seconds this way, and
none of that under this process' interpreter lock.
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

LARGE_BYTES: Final = 30_000_000
"""Smaller stores are read directly: starting a process would take longer."""

_CHILD: Final = """
import sys
import pyarrow as pa
import pyogrio
path, out, *leave = sys.argv[1:]
names = [n for n in pyogrio.read_info(path, layer="enterprises")["fields"] if n not in leave]
meta, table = pyogrio.read_arrow(
    path, layer="enterprises", read_geometry=False, return_fids=True, columns=names)
fid = meta.get("fid_column") or "fid"
table = table.rename_columns(["fid" if n == fid else n for n in table.column_names])
with pa.OSFile(out, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
    writer.write_table(table)
"""


def is_large(url: str) -> bool:
    """Tell whether a store is a GeoPackage that is worth a process of its own."""
    path = Path(url)
    return url.endswith(".gpkg") and path.is_file() and path.stat().st_size > LARGE_BYTES


def read_enterprises(url: str, *, leave: Sequence[str]) -> pa.Table:
    """Return all columns but ``leave``, with ``fid``; the table is mapped from a file without a name.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="clusteratlas-") as folder:
        out = Path(folder) / "enterprises.arrow"
        command = [sys.executable, "-c", _CHILD, str(Path(url).absolute()), str(out), *leave]
        environment = {**os.environ, "OGR_SQLITE_PRAGMA": "query_only=1"}
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
        if done.returncode != 0 or not out.is_file():
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise StoreError(f"{url} could not be read: {last[0] if last else 'no reason given'}")
        with pa.memory_map(str(out)) as source:
            return pa.ipc.open_file(source).read_all()
