"""One extract on its way into the store: its checkpoint, its batches, its rejects."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pandas as pd

from clusteratlas.errors import StoreError
from clusteratlas.store.base import IngestRun, Store, WriteCounts
from clusteratlas.store.ingest.identity import identify
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.ingest.readers import RawRow
from clusteratlas.store.ingest.rejects import RejectsWriter
from clusteratlas.store.ingest.summary import IngestSummary, Progress
from clusteratlas.store.placing import MISPLACED


@dataclass
class Batch:
    """Consecutive rows of an extract.

    Attributes
    ----------
    first
        Number of the first row in the extract, from 0.
    count
        How many rows there are, usable or not.
    rejected
        ``(position in the batch, reason)`` of the rows that could not be read.
    doubts
        Cells that were left unknown, by kind.
    """

    first: int
    count: int
    rejected: Sequence[tuple[int, str]] = ()
    doubts: Counter[str] = field(default_factory=Counter)


def now() -> str:
    """Return the UTC time as ISO text, with microseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ExtractIngest:
    """Writes the batches of one extract, each in a transaction with the checkpoint.

    Parameters
    ----------
    store
        Opened for writing.
    name
        File name, for people.
    source
        Fingerprint of content and options: the same one is the same extract.
    as_of
        ISO date of the extract; "" takes the moment at which it is first seen.
    linker
        Suggests links to anchors.

    Attributes
    ----------
    summary
        Counts so far, those before a checkpoint included.
    resumed
        Whether the run goes on from a checkpoint.
    """

    def __init__(
        self, store: Store, name: str, source: str, as_of: str, linker: AnchorLinker
    ) -> None:
        self._store = store
        self._name = name
        self._source = source
        self._linker = linker
        self.summary = IngestSummary()
        found = store.ingest_run(source)
        self.resumed = found is not None and found.state == "running"
        self._former: IngestRun | None = None
        if found is not None and self.resumed:
            self.summary = IngestSummary.from_progress(found.progress)
            self._run = found
        else:
            self._former = found
            moment = now()
            # An extract seen before keeps its date, so that it never counts as newer than itself.
            date = as_of or (found.source_date if found else moment)
            self._run = IngestRun(source, name, "running", date, moment)

    def run(self, progress: Callable[[Progress], None] | None) -> IngestSummary:
        """Bring the whole extract into the store and return its counts."""
        raise NotImplementedError

    def rejected_rows(self) -> Iterable[tuple[int, RawRow]]:
        """Yield number and original of at least the rejected rows, in order."""
        raise NotImplementedError

    def write(self, batch: Batch, firms: pd.DataFrame) -> None:
        """Write a batch; ``firms`` are its usable rows, ``row`` their position in the batch.

        Raises
        ------
        StoreError
            If the store cannot be written.
        """
        summary = self.summary
        firms = firms.assign(source_date=self._run.source_date, valid_from=self._run.started)
        with self._store.writer() as writer:
            identified = identify(firms, writer)
            usable = identified.frame.reset_index(drop=True)
            counts = writer.upsert_enterprises(usable)
            rows = usable["row"].tolist()
            rejected = sorted(
                [*batch.rejected, *identified.rejected]
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
            summary.rejected.update(reason for _, reason in rejected)
            self._count(batch, firms, counts)
            if self._former is None or summary.stored or summary.updated:
                # A rerun that has changed nothing yet needs no checkpoint: it begins anew.
                writer.put_run(replace(self._run, progress=summary.to_progress()))
        if not summary.balanced():
            raise StoreError(f"{self._name}: the counts of this ingest do not add up: {summary}")

    def _count(self, batch: Batch, firms: pd.DataFrame, counts: WriteCounts) -> None:
        """Add a batch that was written to the summary, its rejects aside."""
        self.summary.read += batch.count
        self.summary.add_write(counts)
        self.summary.doubts.update(batch.doubts)
        misplaced = int(firms["note"].str.contains(MISPLACED, regex=False).sum())
        self.summary.add_firms(firms, misplaced)

    def write_rejects(self, rejected: RejectsWriter) -> None:
        """Write the rows that were rejected."""
        if rejected.wanted and self.summary.rejected:
            numbered = ((number, self._name, row) for number, row in self.rejected_rows())
            rejected.write(numbered, self._store.rejects(self._source))

    def finish(self) -> None:
        """Close the run; one that changed nothing leaves the record of the former run."""
        changed = self.summary.stored or self.summary.updated
        run = replace(self._run, state="done", progress=self.summary.to_progress())
        with self._store.writer() as writer:
            writer.clear_rejects(self._source)
            writer.put_run(run if changed or self._former is None else self._former)
            if changed:
                writer.put_meta("ingested", self._run.started)
