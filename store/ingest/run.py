"""Bring registry files into the store: batch by batch, each with its checkpoint."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final

import pandas as pd

from clusteratlas.errors import InputError, StoreError
from clusteratlas.store.base import IngestRun, Selection, Store
from clusteratlas.store.ingest.columns import ColumnPlan, parse_mapping, plan_columns
from clusteratlas.store.ingest.enrich import Enrichment
from clusteratlas.store.ingest.identity import identify
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.ingest.readers import RawRow, Tables, open_tables
from clusteratlas.store.ingest.records import Facts, read_facts
from clusteratlas.store.ingest.rejects import RejectsWriter, rejects_file
from clusteratlas.store.ingest.summary import IngestSummary, Progress
from clusteratlas.store.placing import MISPLACED

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


@dataclass
class _Batch:
    """Rows on their way: their numbers in the file begin at ``first``."""

    first: int
    rows: Sequence[RawRow]
    facts: Facts


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
        CSV, TSV (also .gz, .zip), XLSX or Parquet files.
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
    _build_if_empty(store)
    total = IngestSummary()
    started = time.monotonic()
    anchors = store.collection("enterprises", selection=Selection(origin="anchor"))
    linker = AnchorLinker(anchors)
    ingests: list[_FileIngest] = []
    with Enrichment(chosen.workers or 0) as enrichment:
        for path in paths:
            ingest = _FileIngest(store, path, chosen, enrichment, linker)
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


def _build_if_empty(store: Store) -> None:
    if store.meta("built") is None:
        from clusteratlas.store.build import build_store

        build_store(store)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def fingerprint(path: Path, options: IngestOptions) -> str:
    """Return what identifies a file's content together with the way it is read."""
    digest = blake2b(repr((options.mapping, options.keep)).encode(), digest_size=16)
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_HASH_CHUNK):
                digest.update(chunk)
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder: name the files in it") from error
    return digest.hexdigest()


class _FileIngest:
    """One file."""

    def __init__(
        self,
        store: Store,
        path: Path,
        options: IngestOptions,
        enrichment: Enrichment,
        linker: AnchorLinker,
    ) -> None:
        self._store = store
        self._path = path
        self._options = options
        self._enrichment = enrichment
        self._linker = linker
        self._source = fingerprint(path, options)
        self._summary = IngestSummary()
        self._former: IngestRun | None = None
        self._run = self._begin()

    def _begin(self) -> IngestRun:
        found = self._store.ingest_run(self._source)
        now = _now()
        self.resumed = found is not None and found.state == "running"
        if found is not None and self.resumed:
            self._summary = IngestSummary.from_progress(found.progress)
            return found
        self._former = found
        # A file seen before keeps its date, so that it never counts as newer than itself.
        date = self._options.as_of or (found.source_date if found else now)
        return IngestRun(self._source, self._path.name, "running", date, now)

    def run(self, progress: Callable[[Progress], None] | None) -> IngestSummary:
        """Bring the whole file into the store and return its counts."""
        with self._open() as tables:
            self._write_all(tables, progress)
        if self._summary.read == 0:
            self._summary.notes.append(f"{self._path}: no rows below the header")
        return self._summary

    def _write_all(self, tables: Tables, progress: Callable[[Progress], None] | None) -> None:
        started, before = time.monotonic(), self._summary.read
        batches = self._batches(tables, self._summary.read)
        head = list(islice(batches, 2))
        stream = self._enrichment.run(
            ((batch, batch.facts.frame) for batch in _chained(head, batches)), small=len(head) < 2
        )
        for batch, firms in stream:
            self._write(batch, firms)
            if progress is not None:
                rows, seconds = self._summary.read - before, time.monotonic() - started
                progress(Progress(self._path.name, rows, tables.position(), seconds))

    def _open(self) -> Tables:
        mapping = parse_mapping(self._options.mapping)
        return open_tables(self._path, wanted=[*mapping.values(), *self._options.keep])

    def _rows(self, tables: Tables) -> Iterator[tuple[RawRow, ColumnPlan]]:
        mapping = parse_mapping(self._options.mapping)
        for table in tables.tables:
            plan = plan_columns(
                table.header, mapping=mapping, keep=self._options.keep, source=table.title
            )
            table.identity |= {
                plan.places[name] for name in ("name", "uscc") if name in plan.places
            }
            for row in table.rows:
                yield row, plan

    def _batches(self, tables: Tables, skip: int) -> Iterator[_Batch]:
        rows = islice(self._rows(tables), skip, None)
        first = skip
        while chunk := list(islice(rows, self._options.batch_rows)):
            # A batch may cross from one table into the next, which may have other columns.
            plans = list({id(plan): plan for _, plan in chunk}.values())
            for plan in plans:
                own = [row for row, other in chunk if other is plan]
                yield _Batch(first, own, read_facts(own, plan))
                first += len(own)

    def _write(self, batch: _Batch, firms: pd.DataFrame) -> None:
        summary = self._summary
        firms = firms.assign(source_date=self._run.source_date, valid_from=self._run.started)
        with self._store.writer() as writer:
            identified = identify(firms, writer)
            usable = identified.frame.reset_index(drop=True)
            counts = writer.upsert_enterprises(usable)
            rows = usable["row"].tolist()
            rejected = sorted(
                batch.facts.rejected
                + identified.rejected
                + [(rows[position], reason) for position, reason in counts.rejected_rows]
            )
            kept = usable.drop(index=[position for position, _ in counts.rejected_rows])
            links = self._linker.records(kept)
            summary.linked += writer.put_links(kept["enterprise_id"].tolist(), links)
            if batch.first == 0:
                writer.clear_rejects(self._source)
            writer.add_rejects(
                self._source, [(batch.first + position, reason) for position, reason in rejected]
            )
            summary.read += len(batch.rows)
            summary.add_write(counts)
            summary.rejected.update(reason for _, reason in rejected)
            summary.doubts.update(batch.facts.doubts)
            misplaced = int(firms["note"].str.contains(MISPLACED, regex=False).sum())
            summary.add_firms(firms, misplaced)
            if self._former is None or summary.stored or summary.updated:
                # A rerun that has changed nothing yet needs no checkpoint: it begins anew.
                writer.put_run(replace(self._run, progress=summary.to_progress()))
        if not summary.balanced():
            raise StoreError(f"{self._path}: the counts of this ingest do not add up: {summary}")

    def write_rejects(self, rejected: RejectsWriter) -> None:
        """Write the rows that were rejected, read once more from the file."""
        if not (rejected.wanted and self._summary.rejected):
            return
        with self._open() as tables:
            numbered = (
                (number, self._path.name, row) for number, (row, _) in enumerate(self._rows(tables))
            )
            rejected.write(numbered, self._store.rejects(self._source))

    def finish(self) -> None:
        """Close the run; one that changed nothing leaves the record of the former run."""
        changed = self._summary.stored or self._summary.updated
        run = replace(self._run, state="done", progress=self._summary.to_progress())
        with self._store.writer() as writer:
            writer.clear_rejects(self._source)
            writer.put_run(run if changed or self._former is None else self._former)
            if changed:
                writer.put_meta("ingested", self._run.started)


def _chained(head: Sequence[_Batch], rest: Iterator[_Batch]) -> Iterator[_Batch]:
    yield from head
    yield from rest
