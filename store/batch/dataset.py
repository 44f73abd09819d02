"""A data set: the located and classified rows of one extract, as GeoParquet by city."""

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from clusteratlas.errors import FileFormatError, InputError

MANIFEST: Final = "_dataset.json"
REJECTS: Final = "_rejects.csv"
FORMAT: Final = 1
_BUCKET_ROWS: Final = 50_000
_MAX_BUCKETS: Final = 200  # files that are open at a time
_READ_ROWS: Final = 16_384
_CHUNK: Final = 1 << 20


class Part(NamedTuple):
    """A file of a data set: its path below the folder, its rows, its content."""

    path: str
    rows: int
    sha256: str


class Reject(NamedTuple):
    """A row of the extract that could not be read."""

    row: int
    line: int
    reason: str
    original: str


@dataclass(frozen=True)
class Dataset:
    """The rows of one extract; made by :func:`.make.make_dataset`.

    Attributes
    ----------
    folder
        Holds ``city_adcode=NNNNNN/part-NNNN.parquet``, the manifest and the rejects.
    name
        File name of the extract.
    source
        Fingerprint of the extract and of how it was read.
    engine
        Fingerprint of the tables by which rows were located and classified.
    rows
        Rows of the extract, rejected ones included.
    doubts
        Cells that were left unknown, by kind.
    parts
        The files, by path.
    """

    folder: Path
    name: str
    source: str
    engine: str
    rows: int
    doubts: Counter[str]
    parts: tuple[Part, ...]

    @property
    def usable(self) -> int:
        """Number of rows in the files."""
        return sum(part.rows for part in self.parts)

    def content(self) -> str:
        """Return one digest of all files: equal for data sets whose files are equal byte for byte."""
        listed = "".join(f"{part.sha256}  {part.path}\n" for part in self.parts)
        return sha256(listed.encode()).hexdigest()

    def rejects(self) -> Iterator[Reject]:
        """Yield the rows that could not be read, in order."""
        with (self.folder / REJECTS).open(encoding="utf-8", newline="") as stream:
            for row, line, reason, original in csv.reader(stream):
                yield Reject(int(row), int(line), reason, original)

    def batches(self, size: int, *, skip: int = 0) -> Iterator[tuple[int, int, pd.DataFrame]]:
        """Yield the rows in the order of the extract: first number, count, usable rows.

        The files are ordered by place; a temporary copy beside them, cut by row number, is what
        keeps memory at ``max(50,000, rows / 200)`` rows.

        Parameters
        ----------
        size
            Rows of the extract per batch, rejected ones included.
        skip
            Rows to leave out at the beginning.

        Raises
        ------
        FileFormatError
            If a file is missing or not what the manifest says.
        """
        wide = max(_BUCKET_ROWS, -(-(self.rows - skip) // _MAX_BUCKETS))
        wide = -(-wide // size) * size
        with tempfile.TemporaryDirectory(prefix=".load-", dir=self.folder) as folder:
            buckets = self._cut(Path(folder), wide, skip)
            for start in range(skip, self.rows, wide):
                bucket = buckets.get((start - skip) // wide)
                yield from _windows(bucket, range(start, min(start + wide, self.rows), size), self)

    def _cut(self, folder: Path, wide: int, skip: int) -> dict[int, Path]:
        """Write the rows to one file per range of row numbers."""
        import pyarrow as pa

        writers: dict[int, Any] = {}
        paths: dict[int, Path] = {}
        with ExitStack() as stack:
            for table in self._tables():
                which = (table["row"].to_numpy() - skip) // wide
                order = np.argsort(which, kind="stable")
                ranked = table.take(pa.array(order))
                values, starts = np.unique(which[order], return_index=True)
                ends = [*starts[1:].tolist(), len(order)]
                for value, start, end in zip(values.tolist(), starts.tolist(), ends, strict=True):
                    if value < 0:
                        continue
                    if value not in writers:
                        paths[value] = folder / f"{value}.arrow"
                        sink = stack.enter_context(pa.OSFile(str(paths[value]), "wb"))
                        options = pa.ipc.IpcWriteOptions(compression="lz4")
                        writer = pa.ipc.new_stream(sink, table.schema, options=options)
                        writers[value] = stack.enter_context(writer)
                    writers[value].write_table(ranked.slice(start, end - start))
        return paths

    def _tables(self) -> Iterator[Any]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from clusteratlas.store.batch.geoparquet import FIRM_SCHEMA

        for part in self.parts:
            path = self.folder / part.path
            try:
                if digest_of(path) != part.sha256:
                    raise FileFormatError(
                        f"{path} is not as it was written: make the data set anew"
                    )
                with pq.ParquetFile(path) as opened:
                    names = FIRM_SCHEMA.names
                    for batch in opened.iter_batches(batch_size=_READ_ROWS, columns=names):
                        yield pa.Table.from_batches([batch]).replace_schema_metadata()
            except (OSError, pa.ArrowException) as error:
                raise FileFormatError(f"{path} cannot be read: {_first(error)}") from error


def _windows(
    bucket: Path | None, starts: range, data: Dataset
) -> Iterator[tuple[int, int, pd.DataFrame]]:
    import pyarrow as pa

    from clusteratlas.store.batch.geoparquet import FIRM_SCHEMA

    if bucket is None:
        rows = FIRM_SCHEMA.empty_table().to_pandas()
    else:
        with pa.OSFile(str(bucket)) as source, pa.ipc.open_stream(source) as stream:
            rows = stream.read_all().sort_by("row").to_pandas()
        bucket.unlink()
    texts = {field.name: "str" for field in FIRM_SCHEMA if field.type == pa.string()}
    rows = rows.astype(texts)
    numbers = rows["row"].to_numpy()
    for first in starts:
        count = min(starts.step, data.rows - first)
        low, high = np.searchsorted(numbers, [first, first + count])
        firms = rows.iloc[low:high].reset_index(drop=True)
        yield first, count, firms.assign(row=firms["row"] - first)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_dataset(path: Path) -> bool:
    """Tell whether a path is a data set of this program."""
    return (path / MANIFEST).is_file()


def open_dataset(folder: Path) -> Dataset:
    """Return a data set.

    Raises
    ------
    InputError
        If the folder holds none.
    FileFormatError
        If its manifest cannot be read, or another version of this program wrote it.
    """
    if not is_dataset(folder):
        raise InputError(f"{folder} holds no {MANIFEST}: not a data set of this program")
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        form = found.pop("format")
        parts = tuple(_checked(Part(*part)) for part in found.pop("parts"))
        data = Dataset(folder=folder, parts=parts, doubts=Counter(found.pop("doubts")), **found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileFormatError(f"{folder / MANIFEST} is damaged: {_first(error)}") from error
    if form != FORMAT:
        raise FileFormatError(f"{folder} has format {form}; this program reads {FORMAT}")
    return data


def _checked(part: Part) -> Part:
    path = Path(part.path)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"a part lies outside the folder: {part.path}")
    return part


def write_manifest(data: Dataset) -> None:
    """Write the manifest: from now on the folder is a data set."""
    fields = asdict(data)
    fields |= {"format": FORMAT, "doubts": dict(sorted(data.doubts.items()))}
    del fields["folder"]
    path = data.folder / MANIFEST
    part = path.with_name(f".{MANIFEST}")
    part.write_text(json.dumps(fields, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
