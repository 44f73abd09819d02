"""A layer of a new version out of that of the old one and the rows that changed."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

_MOST_CHUNKS = 8


@dataclass(frozen=True)
class Takeover:
    """Which old rows stay, and the order of old rows followed by new ones that ascends by fid."""

    fid: IntArray
    kept: BoolArray
    order: IntArray | None  # None where they follow one another already

    @classmethod
    def of(cls, old: IntArray, changed: IntArray, new: IntArray) -> "Takeover":
        """Plan for old fids, those of them (and others) that changed, and the fids of new rows."""
        kept = ~np.isin(old, changed, assume_unique=True)
        fid = np.concatenate([old[kept], new])
        order = None if (np.diff(fid) > 0).all() else np.argsort(fid, kind="stable")
        return cls(fid if order is None else fid[order], kept, order)

    def numbers(self, old: FloatArray, new: FloatArray) -> FloatArray:
        """Return one column of numbers."""
        both = np.concatenate([old[self.kept], new])
        return both if self.order is None else both[self.order]

    def table(self, old: pa.Table, new: pa.Table) -> pa.Table:
        """Return the columns; rows that are only added leave those of the old table where they are."""
        kept = old if self.kept.all() else old.filter(pa.array(self.kept))
        both = pa.concat_tables([kept, _like(old.schema, new)]).unify_dictionaries()
        if self.order is not None:
            return both.take(pa.array(self.order))
        many = both.num_columns and both.column(0).num_chunks > _MOST_CHUNKS
        return both.combine_chunks() if many else both


def _like(schema: pa.Schema, table: pa.Table) -> pa.Table:
    """Return a table with the types of another: the same columns as texts or as codes."""
    columns = {}
    for field in schema:
        column = table[field.name]
        if pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type).dictionary_encode()
        columns[field.name] = column.cast(field.type)
    return pa.table(columns, schema=schema)
