"""What workers do: locate and classify a block of records, put the rows of one place together."""

import csv
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import clusteratlas
from clusteratlas.errors import AtlasError
from clusteratlas.store.batch import geoparquet
from clusteratlas.store.batch.dataset import Part, Reject, digest_of
from clusteratlas.store.ingest.columns import ColumnPlan
from clusteratlas.store.ingest.enrich import enrich
from clusteratlas.store.ingest.readers import Block, RawRow
from clusteratlas.store.ingest.records import Facts, read_facts

SAMPLED: Final = 64
"""Every so manieth row of a city tells where its rows lie."""

NO_CITY: Final = "0"
_GROUP: Final = 1_024
# Of a worker with several threads: the dictionaries are shared, and Python would run one anyway.
_ONE_AT_A_TIME: Final = Lock()
_KEYS: Final = (("city_adcode", pa.string()), ("hilbert", pa.int64()))


@dataclass(frozen=True)
class BlockWork:
    """A block to be worked on; ``engine`` is the fingerprint that the worker's tables must have."""

    number: int
    block: Block
    plan: ColumnPlan
    digest: str
    folder: Path
    engine: str


@dataclass(frozen=True)
class BlockDone:
    """A block that was worked on.

    Attributes
    ----------
    rows
        How many rows it holds, rejected ones included.
    doubts
        Cells that were left unknown, by kind.
    samples
        Keys along the Hilbert curve of every :data:`SAMPLED`-th row, by city.
    counts
        Usable rows by city.
    peak_mb
        Most memory that the worker has held until now; 0 where the system does not tell.
    """

    number: int
    rows: int
    doubts: Mapping[str, int]
    samples: Mapping[str, Sequence[int]]
    counts: Mapping[str, int]
    peak_mb: float = 0.0

    @classmethod
    def found(cls, work: BlockWork) -> Self | None:
        """Return what a former run made of the same block, None if there is nothing whole."""
        facts = geoparquet.facts_of(block_path(work.folder, work.number))
        if facts is None or facts.pop("digest", "") != work.digest:
            return None
        return cls(number=work.number, **facts)


@dataclass(frozen=True)
class PartWork:
    """A file to be made: rows of a city with keys in ``low <= key < high``.

    ``blocks`` holds number and first row of every block that is to be looked into.
    """

    city: str
    number: int
    low: int
    high: int
    blocks: Sequence[tuple[int, int]]
    folder: Path
    digest: str

    @property
    def path(self) -> str:
        """Path below the folder of the data set."""
        return f"city_adcode={self.city}/part-{self.number:04d}.parquet"


@dataclass(frozen=True)
class PartDone:
    """A file that was made."""

    part: Part
    peak_mb: float = 0.0


@lru_cache(maxsize=1)
def engine() -> str:
    """Return a fingerprint of this program and its tables: workers must agree on it."""
    digest = blake2b(clusteratlas.__version__.encode(), digest_size=16)
    folder = Path(str(resources.files("clusteratlas.data")))
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".csv", ".geojson", ".json", ".txt", ".gz"):
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def block_path(folder: Path, number: int) -> Path:
    """Return where a block's rows lie until they are put together."""
    return folder / "_blocks" / f"block-{number:06d}.parquet"


def rejects_path(folder: Path, number: int) -> Path:
    """Return where a block's rejects lie."""
    return block_path(folder, number).with_suffix(".csv")


@lru_cache(maxsize=1)
def get_ready() -> None:
    """Load the dictionaries, once per process, and use one core: the others have their own workers."""
    pa.set_cpu_count(1)
    facts = [RawRow(1, ("沈阳市", "沈阳市浑南区"), "")]
    enrich(read_facts(facts, ColumnPlan({"name": 0, "address": 1}, 2)).frame)


def work_block(work: BlockWork) -> BlockDone:
    """Read, locate and classify a block and write its rows, sorted by city and place.

    Raises
    ------
    AtlasError
        If this worker has other tables than the one that asks.
    """
    if engine() != work.engine:
        raise AtlasError("a worker has another version of clusteratlas or of its tables")
    get_ready()  # a worker that took the place of a lost one was not told yet
    rows = list(work.block.rows())
    facts = read_facts(rows, work.plan)
    with _ONE_AT_A_TIME:
        located = enrich(facts.frame)
    firms = _keyed(located, rows)
    done = BlockDone(
        number=work.number,
        rows=len(rows),
        doubts=dict(sorted(facts.doubts.items())),
        samples={
            str(city): keys.iloc[::SAMPLED].tolist()
            for city, keys in firms.groupby("city_adcode", sort=True)["hilbert"]
        },
        counts=dict(sorted(Counter(firms["city_adcode"].tolist()).items())),
        peak_mb=peak_memory_mb(),
    )
    _write_rejects(facts, rows, rejects_path(work.folder, work.number))
    _write_block(firms, done, work)
    return done


def _keyed(firms: pd.DataFrame, rows: Sequence[RawRow]) -> pd.DataFrame:
    from clusteratlas.store.names import firm_id

    lines = np.array([row.where for row in rows], dtype=np.int64)
    own = zip(firms["uscc"], firms["name"], firms["city"], strict=True)
    keyed = firms.assign(
        line=lines[firms["row"].to_numpy()],
        # As far as the extract alone tells; a store may know the firm under another id.
        enterprise_id=[code or firm_id(name, city) for code, name, city in own],
        city_adcode=_cities(firms),
        hilbert=geoparquet.hilbert_keys(firms["lon"], firms["lat"]),
    )
    return keyed.sort_values(["city_adcode", "hilbert", "row"], ignore_index=True)


@lru_cache(maxsize=1)
def _city_codes() -> dict[str, str]:
    from clusteratlas.data import load_cities

    cities = load_cities()
    return dict(zip(cities["name"], cities["adcode"], strict=True))


def _cities(firms: pd.DataFrame) -> list[str]:
    codes = _city_codes()
    known = set(codes.values())

    def code_of(city: str, adcode: str) -> str:
        code = codes.get(city) or f"{adcode[:4]}00"
        return code if code in known else NO_CITY

    return [code_of(c, a) for c, a in zip(firms["city"], firms["adcode"], strict=True)]


def _write_rejects(facts: Facts, rows: Sequence[RawRow], path: Path) -> None:
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    for position, reason in facts.rejected:
        row = rows[position]
        writer.writerow(Reject(position, row.where, reason, row.original))
    path.parent.mkdir(parents=True, exist_ok=True)
    # No temporary name: the block itself, written next, tells that this is whole.
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")


def _write_block(firms: pd.DataFrame, done: BlockDone, work: BlockWork) -> None:
    keys = pa.Table.from_pandas(firms[["city_adcode", "hilbert"]], pa.schema(_KEYS), False)
    table = geoparquet.firm_table(firms)
    for at, name in enumerate(keys.column_names):
        table = table.add_column(at, pa.field(name, keys.schema.field(name).type), keys[name])
    facts = {
        "digest": work.digest,
        "rows": done.rows,
        "doubts": done.doubts,
        "samples": done.samples,
        "counts": done.counts,
    }
    path = block_path(work.folder, work.number)
    geoparquet.write_whole(geoparquet.described(table, facts), path, group=_GROUP, codec="lz4")


def merge_part(work: PartWork) -> PartDone:
    """Put the rows of one place from all blocks into a file of the data set."""
    pieces = list(_pieces(work))
    if not pieces:  # the plan rests on samples
        return PartDone(Part(work.path, 0, ""), peak_memory_mb())
    table = pa.concat_tables(pieces).sort_by([("hilbert", "ascending"), ("row", "ascending")])
    table = table.drop_columns([name for name, _ in _KEYS]).replace_schema_metadata()
    table = geoparquet.with_geometry(table.combine_chunks())
    path = work.folder / work.path
    geoparquet.write_whole(geoparquet.described(table, {"digest": work.digest}), path)
    return PartDone(Part(work.path, table.num_rows, digest_of(path)), peak_memory_mb())


def found_part(work: PartWork) -> PartDone | None:
    """Return the file that a former run made for the same rows, None if there is none."""
    path = work.folder / work.path
    facts = geoparquet.facts_of(path)
    if facts is None or facts.get("digest") != work.digest:
        return None
    return PartDone(Part(work.path, pq.read_metadata(path).num_rows, digest_of(path)))


def _pieces(work: PartWork) -> Iterator[pa.Table]:
    for number, first in work.blocks:
        with pq.ParquetFile(block_path(work.folder, number)) as opened:
            wanted = [
                at
                for at in range(opened.metadata.num_row_groups)
                if _overlaps(opened.metadata.row_group(at), work)
            ]
            if not wanted:
                continue
            table = opened.read_row_groups(wanted, use_threads=False)
        keys = table["hilbert"].to_numpy()
        own = (keys >= work.low) & (keys < work.high)
        own &= pa.compute.equal(table["city_adcode"], work.city).to_numpy()
        table = table.filter(pa.array(own))
        rows = pa.array(table["row"].to_numpy() + first)
        yield table.set_column(table.column_names.index("row"), "row", rows)


def _overlaps(group: Any, work: PartWork) -> bool:
    """Tell by its statistics whether a row group (city and key come first) may hold rows."""
    city, key = group.column(0).statistics, group.column(1).statistics
    if not (city.min <= work.city <= city.max):
        return False
    # Where the group holds more than one city, the keys of the others widen the range: harmless.
    return bool(key.min < work.high and key.max >= work.low)


def peak_memory_mb() -> float:
    """Return the most memory that this process has held, MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
