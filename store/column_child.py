"""Read a range of the enterprises of a GeoPackage with GDAL into a file of Arrow: a program.

:mod:`clusteratlas.store.arrow_reader` says why it runs in a process of its own, and starts it by its
path. It therefore needs nothing of this package, and of pyogrio only what does without pandas (half
of its time to start).
"""

import sys
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

BATCH_ROWS: Final = 65_536
_SAMPLE: Final = 2_000
_FEWEST_CODED: Final = 5_000

_LS: Final = pa.large_string()


def in_one_piece(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array; nothing is copied if it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def is_repeating(column: pa.Array) -> bool:
    """Tell whether the texts of a column repeat so much that codes take less room."""
    if len(column) < _FEWEST_CODED:
        return False
    sample = column[:: max(1, len(column) // _SAMPLE)]
    return bool(pc.count_distinct(sample).as_py() * 4 <= len(sample))


def tidy(table: pa.Table, *, coded: frozenset[str]) -> pa.Table:
    """Write null for the unknown ("" or no number), dates as ISO text, ``coded`` columns as codes."""
    columns = {name: _tidy(in_one_piece(table[name]), name in coded) for name in table.column_names}
    return pa.table(columns)


def coded_columns(table: pa.Table) -> frozenset[str]:
    """Return the names of the columns of texts that are better kept as codes."""
    return frozenset(
        name
        for name in table.column_names
        if _is_text(table.schema.field(name).type) and is_repeating(in_one_piece(table[name]))
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_temporal(kind)
    )


def _tidy(column: pa.Array, coded: bool) -> pa.Array:
    if _is_text(column.type):
        return _codes(column) if coded else _known(column.cast(_LS))
    if pa.types.is_floating(column.type):
        finite = pc.is_finite(column)
        if not pc.all(finite).as_py():
            return pc.if_else(finite, column, pa.scalar(None, column.type))
    return column


def _known(texts: pa.Array) -> pa.Array:
    empty = pc.equal(texts, "")
    return pc.if_else(empty, pa.scalar(None, _LS), texts) if pc.any(empty).as_py() else texts


def _codes(column: pa.Array) -> pa.Array:
    """Return a column as codes; what costs is done once for every value."""
    found = column.dictionary_encode()
    values = found.dictionary.cast(_LS)
    empty = pc.index(values, "").as_py()
    if empty < 0:
        return pa.DictionaryArray.from_arrays(found.indices, values)
    unknown = pc.equal(found.indices, pa.scalar(empty, pa.int32()))
    indices = pc.if_else(unknown, pa.scalar(None, pa.int32()), found.indices)
    return pa.DictionaryArray.from_arrays(indices, values)


def _pyogrio() -> Any:
    """Return pyogrio, which looks for pandas and GeoPandas, and does without."""
    heavy = dict.fromkeys(("pandas", "geopandas"))
    sys.modules.update(heavy)  # type: ignore[arg-type]  # None: not to be found
    import pyogrio.raw

    for name in heavy:
        del sys.modules[name]
    return pyogrio


def _tables(path: str, first: int, last: int, leave: list[str]) -> Iterator[pa.Table]:
    """Yield the rows with ``first < fid``, and ``fid <= last`` unless last is negative."""
    pyogrio = _pyogrio()
    fields = pyogrio.read_info(path, layer="enterprises")["fields"]
    wanted = [str(name) for name in fields if name not in leave]
    where = f"fid > {first}" + (f" AND fid <= {last}" if last >= 0 else "")
    options: dict[str, Any] = {
        "layer": "enterprises",
        "columns": wanted,
        "where": where,
        "read_geometry": False,
        "return_fids": True,
        "batch_size": BATCH_ROWS,
        "use_pyarrow": True,
    }
    with pyogrio.raw.open_arrow(path, **options) as (meta, reader):
        fid = meta.get("fid_column") or "fid"
        names = ["fid" if name == fid else name for name in reader.schema.names]
        empty = True
        for batch in reader:
            empty = False
            yield pa.Table.from_batches([batch]).rename_columns(names)
        if empty:
            yield reader.schema.empty_table().rename_columns(names)


def main(path: str, out: str, first: str, last: str, *leave: str) -> None:
    """Write the rows of a range as an Arrow stream."""
    tables = _tables(path, int(first), int(last), list(leave))
    table = next(tables)
    coded = coded_columns(table)
    table = tidy(table, coded=coded)
    with pa.OSFile(out, "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
        for table in tables:
            writer.write_table(tidy(table, coded=coded))


if __name__ == "__main__":
    main(*sys.argv[1:])
