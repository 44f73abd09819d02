"""Turn a file into a data set on a cluster: this machine cuts, the workers do the rest."""

import csv
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from clusteratlas.errors import InputError
from clusteratlas.store.batch import tasks
from clusteratlas.store.batch.cluster import Cluster
from clusteratlas.store.batch.dataset import (
    REJECTS,
    Dataset,
    Part,
    is_dataset,
    open_dataset,
    write_manifest,
)
from clusteratlas.store.batch.plan import plan_parts
from clusteratlas.store.batch.tasks import BlockDone, BlockWork, PartWork
from clusteratlas.store.ingest.run import IngestOptions, fingerprint, open_planned
from clusteratlas.store.ingest.summary import Progress

BLOCK_ROWS: Final = 20_000
"""Lines per block: some seconds of work, so that little is lost with a worker."""

Tell = Callable[[Progress], None]


@dataclass
class Made:
    """A data set and what it took.

    Attributes
    ----------
    data
        The data set.
    seconds
        Wall time by stage: ``locate`` (read, locate, classify), ``arrange`` (sort, write).
    found
        Blocks and files that a former run had finished.
    peak_mb
        Most memory that any worker held.
    """

    data: Dataset
    seconds: dict[str, float] = field(default_factory=dict)
    found: int = 0
    peak_mb: float = 0.0


def make_dataset(
    path: Path,
    folder: Path,
    cluster: Cluster,
    *,
    options: IngestOptions,
    block_rows: int = BLOCK_ROWS,
    progress: Tell | None = None,
) -> Made:
    """Turn a file into a data set below a folder; what a former run finished is not done again.

    The files of the data set depend on the input, the options and the program's tables alone: they
    are the same byte for byte on any number of workers, whether or not some were lost. The
    data set appears when it is whole.

    Parameters
    ----------
    path
        CSV, TSV (also .gz, .zip), XLSX or Parquet file.
    folder
        Seen by all workers under this path.
    cluster
        Who works; see :func:`.cluster.open_cluster`.
    options
        How to read the file.
    block_rows
        Lines per block.
    progress
        Called after every block and every file.

    Raises
    ------
    InputError
        If the file or an option is wrong.
    FileFormatError
        If the file cannot be read.
    AtlasError
        If the cluster fails; what is done stays for the next run.
    """
    source, engine = fingerprint(path, options), tasks.engine()
    digest = blake2b(f"{source}:{engine}:{block_rows}".encode(), digest_size=8).hexdigest()
    target = folder / f"{path.name.split('.')[0]}-{digest}"
    if is_dataset(target):
        return Made(open_dataset(target), found=1)
    making = _Making(path, folder / f".{target.name}.partial", cluster, options, progress)
    done = making.locate(block_rows, engine)
    parts = making.arrange(done, digest)
    making.collect_rejects(done)
    doubts: Counter[str] = Counter()
    for block in done:
        doubts.update(block.doubts)
    rows = sum(block.rows for block in done)
    data = Dataset(making.room, path.name, source, engine, rows, doubts, tuple(sorted(parts)))
    making.made.data = _moved(data, target)
    return making.made


def _moved(data: Dataset, target: Path) -> Dataset:
    """Clear the room, close it with the manifest and give it its name."""
    shutil.rmtree(data.folder / "_blocks", ignore_errors=True)
    for left in data.folder.rglob(".*.parquet.*"):
        left.unlink()
    wanted = {data.folder / part.path for part in data.parts}
    for path in data.folder.rglob("*.parquet"):
        if path not in wanted:
            path.unlink()
    write_manifest(data)
    try:
        data.folder.replace(target)
    except OSError:
        if not is_dataset(target):  # else another run has come to the same end
            raise
        shutil.rmtree(data.folder, ignore_errors=True)
    return open_dataset(target)


class _Making:
    """A data set that is being made."""

    def __init__(
        self,
        path: Path,
        room: Path,
        cluster: Cluster,
        options: IngestOptions,
        progress: Tell | None,
    ) -> None:
        self._path = path
        self.room = room
        self._cluster = cluster
        self._options = options
        self._progress = progress or (lambda _: None)
        self._position: Callable[[], float] = lambda: 0.0
        self._cut = 0
        self.made = Made(Dataset(room, path.name, "", "", 0, Counter(), ()))
        room.mkdir(parents=True, exist_ok=True)

    def locate(self, block_rows: int, engine: str) -> list[BlockDone]:
        """Return all blocks, located and classified, by number."""
        if set(self._cluster.everywhere(tasks.engine)) != {engine}:
            raise InputError(
                "workers have another version of clusteratlas or of its tables: install the same"
            )
        self._cluster.everywhere(tasks.get_ready)
        done: dict[int, BlockDone] = {}
        started, rows = time.monotonic(), 0
        for block in self._cluster.map(tasks.work_block, self._works(block_rows, engine, done)):
            done[block.number] = block
            rows += block.rows
            self.made.peak_mb = max(self.made.peak_mb, block.peak_mb)
            # The file is read ahead of the work by a few blocks.
            share = self._position() * len(done) / max(self._cut, 1)
            seconds = time.monotonic() - started
            self._progress(Progress(f"{self._path.name} (locating)", rows, share, seconds))
        self.made.seconds["locate"] = time.monotonic() - started
        return [done[number] for number in sorted(done)]

    def _works(
        self, block_rows: int, engine: str, done: dict[int, BlockDone]
    ) -> Iterator[BlockWork]:
        """Yield the blocks that are not done yet; the others go to ``done``."""
        with open_planned(self._path, self._options) as planned:
            self._position = planned.position
            number = 0
            for table, plan in planned:
                for block in table.blocks(block_rows):
                    work = BlockWork(number, block, plan, block.digest(), self.room, engine)
                    number += 1
                    self._cut = number
                    found = BlockDone.found(work)
                    if found is None:
                        yield work
                    else:
                        done[found.number] = found
                        self.made.found += 1

    def arrange(self, done: Sequence[BlockDone], digest: str) -> list[Part]:
        """Return the files of the data set."""
        works = plan_parts(done, self.room, digest=digest)
        parts: list[Part] = []
        started, rows, total = time.monotonic(), 0, sum(block.rows for block in done)
        for made in self._cluster.map(tasks.merge_part, self._unmade(works, parts)):
            parts.append(made.part)
            rows += made.part.rows
            self.made.peak_mb = max(self.made.peak_mb, made.peak_mb)
            seconds = time.monotonic() - started
            share = rows / max(total, 1)
            self._progress(Progress(f"{self._path.name} (arranging)", rows, share, seconds))
        self.made.seconds["arrange"] = time.monotonic() - started
        return [part for part in parts if part.rows]

    def _unmade(self, works: Sequence[PartWork], parts: list[Part]) -> Iterator[PartWork]:
        for work in works:
            found = tasks.found_part(work)
            if found is None:
                yield work
            else:
                parts.append(found.part)
                self.made.found += 1

    def collect_rejects(self, done: Sequence[BlockDone]) -> None:
        """Write the rejects of all blocks to one file, with their numbers in the extract."""
        first = 0
        with (self.room / REJECTS).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            for block in done:
                own = tasks.rejects_path(self.room, block.number)
                with own.open(encoding="utf-8", newline="") as source:
                    for row, *rest in csv.reader(source):
                        writer.writerow((int(row) + first, *rest))
                first += block.rows
