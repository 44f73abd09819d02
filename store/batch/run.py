"""Ingest on a cluster: every file becomes a data set, then the data sets go into the store."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from clusteratlas.errors import InputError
from clusteratlas.store.base import Store
from clusteratlas.store.batch.cluster import check_shared, open_cluster
from clusteratlas.store.batch.dataset import Dataset, is_dataset, open_dataset
from clusteratlas.store.batch.load import DatasetIngest
from clusteratlas.store.batch.make import BLOCK_ROWS, Made, make_dataset
from clusteratlas.store.ingest.extract import ExtractIngest
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.ingest.readers import RawRow
from clusteratlas.store.ingest.run import IngestOptions, open_planned, run_ingests
from clusteratlas.store.ingest.summary import IngestSummary, Progress


def ingest_on_cluster(
    store: Store,
    paths: Sequence[Path],
    *,
    cluster: str,
    datasets: Path,
    options: IngestOptions | None = None,
    rejects: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    block_rows: int = BLOCK_ROWS,
) -> IngestSummary:
    """Bring registry files into the store, located and classified by the workers of a cluster.

    The store ends as :func:`.ingest_files` would leave it, row for row. Whatever ends the run, the
    same call goes on with the blocks, files and batches that are not done.

    Parameters
    ----------
    store
        Opened with ``writable=True``; an empty one is built from the shipped data first.
    paths
        Files as for :func:`.ingest_files`, or data sets, which need no cluster.
    cluster
        ``tcp://HOST:PORT`` of a Dask scheduler, or ``local:N``.
    datasets
        Folder for the data sets; all workers must see it under this path. They stay.
    options, rejects, progress
        As for :func:`.ingest_files`.
    block_rows
        Lines per task.

    Raises
    ------
    InputError
        If a file, an option or the address is wrong.
    FileFormatError
        If a file cannot be read.
    DependencyError
        If Dask is not installed.
    AtlasError
        If the cluster fails.
    StoreError
        If the store cannot be written.
    """
    chosen = (options or IngestOptions()).checked()
    if not paths:
        raise InputError("no file to ingest")
    started = time.monotonic()
    folder = datasets.resolve()
    made: dict[Path, Dataset] = {}
    notes: list[str] = []
    with open_cluster(cluster) as opened:
        check_shared(opened, folder)
        for path in paths:
            if is_dataset(path):
                made[path] = open_dataset(path)
                continue
            found = make_dataset(
                path, folder, opened, options=chosen, block_rows=block_rows, progress=progress
            )
            made[path] = found.data
            notes.append(_told(found))

    def begin(path: Path, linker: AnchorLinker) -> ExtractIngest:
        return DatasetIngest(
            store,
            made[path],
            chosen.as_of,
            linker,
            batch_rows=chosen.batch_rows,
            originals=None if is_dataset(path) else partial(_originals, path, chosen),
        )

    summary = run_ingests(store, paths, begin, rejects=rejects, progress=progress)
    summary.notes += notes
    summary.seconds = time.monotonic() - started
    return summary


def _told(made: Made) -> str:
    """Return a line about a data set."""
    data = made.data
    text = f"data set {data.folder}: {data.usable:,} rows in {len(data.parts)} files"
    if not made.seconds:
        return f"{text}, as it was"
    times = ", ".join(f"{name} {spent:,.1f} s" for name, spent in made.seconds.items())
    memory = f"; most memory of a worker {made.peak_mb:,.0f} MB" if made.peak_mb else ""
    return f"{text}; {times}{memory}"


def _originals(path: Path, options: IngestOptions) -> Iterator[tuple[int, RawRow]]:
    with open_planned(path, options) as planned:
        yield from enumerate(row for row, _ in planned.rows())
