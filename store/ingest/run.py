"""Bring registry files into the store: batch by batch, each with its checkpoint."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Final

import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.store.base import Selection, Store
from clusteratlas.store.batch.dataset import is_dataset, open_dataset
from clusteratlas.store.batch.load import DatasetIngest
from clusteratlas.store.ingest.columns import ColumnPlan, parse_mapping, plan_columns
from clusteratlas.store.ingest.enrich import Enrichment
from clusteratlas.store.ingest.extract import Batch, ExtractIngest
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.ingest.readers import RawRow, Table, Tables, open_tables
from clusteratlas.store.ingest.readers.columnar import parquet_files
from clusteratlas.store.ingest.records import read_facts
from clusteratlas.store.ingest.rejects import rejects_file
from clusteratlas.store.ingest.summary import IngestSummary, Progress

BATCH_ROWS: Final = 4_000
MAX_BATCH_ROWS: Final = 100_000
_HASH_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class IngestOptions:
    """How files are read.

    Parameters
    ----------
    mapping
        ``FIELD=TITLE`` entries for columns that are not recognised.
    keep
        Titles of further columns whose text goes into ``note``; personal data is read only so.
    as_of
        ISO date of the extract; "" takes the time at which the file is first seen.
    batch_rows
        Rows per transaction.
    workers
        Processes that locate and classify; None for one per core, at most 4; 0 for none.
    """

    mapping: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    as_of: str = ""
    batch_rows: int = BATCH_ROWS
    workers: int | None = None

    def checked(self) -> "IngestOptions":
        """Return the options with defaults filled in.

        Raises
        ------
        InputError
            If one is out of bounds.
        """
        if not 1 <= self.batch_rows <= MAX_BATCH_ROWS:
            raise InputError(f"batch_rows is {self.batch_rows}: expected 1 to {MAX_BATCH_ROWS}")
        if self.workers is not None and not 0 <= self.workers <= 64:
            raise InputError(f"workers is {self.workers}: expected 0 to 64")
        if self.as_of:
            try:
                datetime.fromisoformat(self.as_of)
            except ValueError as error:
                raise InputError(f"as_of {self.as_of!r}: expected a date as 2019-04-30") from error
        parse_mapping(self.mapping)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        return self if self.workers is not None else replace(self, workers=min(cores, 4))


def ingest_files(
    store: Store,
    paths: Sequence[Path],
    *,
    options: IngestOptions | None = None,
    rejects: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> IngestSummary:
    """Stream registry files through reading, locating, classifying and joining into the store.

    Every batch is one transaction together with its checkpoint: whatever ends the run, the same
    call goes on where the last batch ended and comes to the same state. A file that the store
    already holds changes nothing.

    Parameters
    ----------
    store
        Opened with ``writable=True``; an empty one is built from the shipped data first.
    paths
        CSV, TSV (also .gz, .zip), XLSX or Parquet files, folders of Parquet files, and data sets
        of this program, whose rows are taken as they were located and classified.
    options
        How to read them.
    rejects
        File for the rows that cannot be used.
    progress
        Called after every batch.

    Raises
    ------
    InputError
        If a file or an option is wrong.
    FileFormatError
        If a file cannot be read; batches before the damage stay.
    StoreError
        If the store cannot be written.
    """
    chosen = (options or IngestOptions()).checked()
    if not paths:
        raise InputError("no file to ingest")
    with Enrichment(chosen.workers or 0) as enrichment:

        def begin(path: Path, linker: AnchorLinker) -> ExtractIngest:
            if is_dataset(path):
                data = open_dataset(path)
                return DatasetIngest(
                    store, data, chosen.as_of, linker, batch_rows=chosen.batch_rows
                )
            return FileIngest(store, path, chosen, enrichment, linker)

        return run_ingests(store, paths, begin, rejects=rejects, progress=progress)


def run_ingests(
    store: Store,
    paths: Sequence[Path],
    begin: Callable[[Path, AnchorLinker], ExtractIngest],
    *,
    rejects: Path | None,
    progress: Callable[[Progress], None] | None,
) -> IngestSummary:
    """Run an ingest per path, then write the rejects of all, then close the runs."""
    build_if_empty(store)
    total = IngestSummary()
    started = time.monotonic()
    anchors = store.collection("enterprises", selection=Selection(origin="anchor"))
    linker = AnchorLinker(anchors)
    ingests: list[ExtractIngest] = []
    for path in paths:
        ingest = begin(path, linker)
        total.add(ingest.run(progress))
        total.resumed += ingest.resumed
        ingests.append(ingest)
    with rejects_file(rejects) as rejected:
        for ingest in ingests:
            ingest.write_rejects(rejected)
    # Only now: a run that ends before its rejects are in place is not done.
    for ingest in ingests:
        ingest.finish()
    total.files = len(ingests)
    total.seconds = time.monotonic() - started
    total.rejects_file = str(rejects or "")
    return total


def build_if_empty(store: Store) -> None:
    """Put the shipped data into a store that holds nothing yet."""
    if store.meta("built") is None:
        from clusteratlas.store.build import build_store

        build_store(store)


def fingerprint(path: Path, options: IngestOptions) -> str:
    """Return what identifies a file's content together with the way it is read.

    Raises
    ------
    InputError
        If there is no such file.
    """
    digest = blake2b(repr((options.mapping, options.keep)).encode(), digest_size=16)
    for file in parquet_files(path) if path.is_dir() else [path]:
        if file is not path:
            digest.update(f"{file.relative_to(path)}:{file.stat().st_size}:".encode())
        try:
            with file.open("rb") as stream:
                while chunk := stream.read(_HASH_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError as error:
            raise InputError(f"no such file: {file}") from error
    return digest.hexdigest()


class FileIngest(ExtractIngest):
    """A file that is read, located and classified here."""

    def __init__(
        self,
        store: Store,
        path: Path,
        options: IngestOptions,
        enrichment: Enrichment,
        linker: AnchorLinker,
    ) -> None:
        super().__init__(store, path.name, fingerprint(path, options), options.as_of, linker)
        self._path = path
        self._options = options
        self._enrichment = enrichment

    def run(self, progress: Callable[[Progress], None] | None) -> IngestSummary:
        """Bring the whole file into the store and return its counts."""
        with open_planned(self._path, self._options) as planned:
            self._write_all(planned, progress)
        if self.summary.read == 0:
            self.summary.notes.append(f"{self._path}: no rows below the header")
        return self.summary

    def rejected_rows(self) -> Iterator[tuple[int, RawRow]]:
        """Yield the rows, read once more from the file."""
        with open_planned(self._path, self._options) as planned:
            yield from enumerate(row for row, _ in planned.rows())

    def _write_all(
        self, planned: "PlannedTables", progress: Callable[[Progress], None] | None
    ) -> None:
        started, before = time.monotonic(), self.summary.read
        batches = self._batches(planned, self.summary.read)
        head = list(islice(batches, 2))
        stream = self._enrichment.run(chain(head, batches), small=len(head) < 2)
        for batch, firms in stream:
            self.write(batch, firms)
            if progress is not None:
                rows, seconds = self.summary.read - before, time.monotonic() - started
                progress(Progress(self._path.name, rows, planned.position(), seconds))

    def _batches(self, planned: "PlannedTables", skip: int) -> Iterator[tuple[Batch, pd.DataFrame]]:
        rows = islice(planned.rows(), skip, None)
        first = skip
        while chunk := list(islice(rows, self._options.batch_rows)):
            # A batch may cross from one table into the next, which may have other columns.
            plans = list({id(plan): plan for _, plan in chunk}.values())
            for plan in plans:
                own = [row for row, other in chunk if other is plan]
                facts = read_facts(own, plan)
                yield Batch(first, len(own), facts.rejected, facts.doubts), facts.frame
                first += len(own)


class PlannedTables:
    """The tables of a file with the plan of their columns."""

    def __init__(self, tables: Tables, options: IngestOptions) -> None:
        self._tables = tables
        self._options = options
        self.position = tables.position

    def __iter__(self) -> Iterator[tuple[Table, ColumnPlan]]:
        mapping = parse_mapping(self._options.mapping)
        for table in self._tables.tables:
            plan = plan_columns(
                table.header, mapping=mapping, keep=self._options.keep, source=table.title
            )
            table.identity |= {
                plan.places[name] for name in ("name", "uscc") if name in plan.places
            }
            yield table, plan

    def rows(self) -> Iterator[tuple[RawRow, ColumnPlan]]:
        """Yield every row with the plan of its columns."""
        for table, plan in self:
            for row in table.rows:
                yield row, plan


@contextmanager
def open_planned(path: Path, options: IngestOptions) -> Iterator[PlannedTables]:
    """Open a file as tables whose columns are recognised.

    Raises
    ------
    InputError
        If the file does not exist or a column that was named is not there.
    FileFormatError
        If the file cannot be read.
    """
    mapping = parse_mapping(options.mapping)
    with open_tables(path, wanted=[*mapping.values(), *options.keep]) as tables:
        yield PlannedTables(tables, options)
