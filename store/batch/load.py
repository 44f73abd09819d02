"""Bring a data set into a store: the rows in the order of the extract, nothing computed anew."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from heapq import merge

from clusteratlas.store.base import Store
from clusteratlas.store.batch.dataset import Dataset
from clusteratlas.store.ingest.extract import Batch, ExtractIngest
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.ingest.readers import RawRow
from clusteratlas.store.ingest.summary import IngestSummary, Progress
from clusteratlas.store.schema import FACT_COLUMNS

RejectedRows = Callable[[], Iterable[tuple[int, RawRow]]]


class DatasetIngest(ExtractIngest):
    """A data set; to the store it is the extract that it was made of.

    Parameters
    ----------
    store, as_of, linker
        As for :class:`.ExtractIngest`.
    data
        The data set.
    batch_rows
        Rows per transaction.
    originals
        Yields number and original of the rows, if the file is at hand; else the facts stand for a
        row that the store refuses.
    """

    def __init__(
        self,
        store: Store,
        data: Dataset,
        as_of: str,
        linker: AnchorLinker,
        *,
        batch_rows: int,
        originals: RejectedRows | None = None,
    ) -> None:
        super().__init__(store, data.name, data.source, as_of, linker)
        self._data = data
        self._batch_rows = batch_rows
        self._originals = originals or self._from_dataset

    def run(self, progress: Callable[[Progress], None] | None) -> IngestSummary:
        """Bring all rows into the store and return the counts."""
        started, before = time.monotonic(), self.summary.read
        rejects = ((r.row, r.reason) for r in self._data.rejects() if r.row >= before)
        waiting = next(rejects, None)
        for first, count, firms in self._data.batches(self._batch_rows, skip=before):
            rejected: list[tuple[int, str]] = []
            while waiting is not None and waiting[0] < first + count:
                rejected.append((waiting[0] - first, waiting[1]))
                waiting = next(rejects, None)
            doubts = self._data.doubts if first == 0 else Counter[str]()
            self.write(Batch(first, count, rejected, doubts), firms)
            if progress is not None:
                rows, seconds = self.summary.read - before, time.monotonic() - started
                share = self.summary.read / self._data.rows
                progress(Progress(f"{self._name} (loading)", rows, share, seconds))
        if self.summary.read == 0:
            self.summary.notes.append(f"{self._data.folder}: no rows")
        return self.summary

    def rejected_rows(self) -> Iterable[tuple[int, RawRow]]:
        """Yield number and original of at least the rejected rows, in order."""
        return self._originals()

    def _from_dataset(self) -> Iterator[tuple[int, RawRow]]:
        unread = ((r.row, RawRow(r.line, (), r.original, r.reason)) for r in self._data.rejects())
        return merge(unread, self._stated(), key=lambda numbered: numbered[0])

    def _stated(self) -> Iterator[tuple[int, RawRow]]:
        columns = ["row", "line", *FACT_COLUMNS]
        for first, _, firms in self._data.batches(self._batch_rows):
            for row, line, *facts in firms[columns].itertuples(index=False, name=None):
                shown = "\t".join("" if fact != fact else str(fact) for fact in facts)
                yield first + row, RawRow(line, (), shown)
