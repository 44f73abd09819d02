"""A layer of a new version out of that of the old one and the rows that changed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.store.column_child import in_one_piece

IntArray = NDArray[np.int64]
RowArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Takeover:
    """How the rows of a new version follow from those of the old one, both in the order of ``fid``.

    Attributes
    ----------
    source
        (new,) row in the old version; of rows that were read anew, their number among these, counted
        on from the last old row.
    moved
        (old,) row in the new version; -1 for what changed or is gone.
    """

    fid: IntArray
    source: IntArray
    moved: RowArray

    @classmethod
    def of(cls, old: IntArray, changed: IntArray, new: IntArray) -> "Takeover":
        """Plan for old fids, those of them (and others) that changed, and the fids of rows read anew."""
        kept = np.flatnonzero(~np.isin(old, changed, assume_unique=True))
        source = np.concatenate([kept, len(old) + np.arange(len(new), dtype=np.int64)])
        fid = np.concatenate([old[kept], new])
        if not (np.diff(fid) > 0).all():
            order = np.argsort(fid, kind="stable")
            source, fid = source[order], fid[order]
        moved = np.full(len(old), -1, dtype=np.int32)
        stay = np.flatnonzero(source < len(old))
        moved[source[stay]] = stay
        return cls(fid, source, moved)

    @cached_property
    def rows(self) -> IntArray:
        """The rows of the new version that were read anew, ascending."""
        return np.flatnonzero(self.source >= len(self.moved))

    @cached_property
    def _in_place(self) -> tuple[IntArray, IntArray] | None:
        """Old rows that were replaced where they are, and their numbers among the rows read anew.

        None where old rows are elsewhere now. What is not replaced was added at the end.
        """
        replaced = self.rows[self.rows < len(self.moved)]
        size = len(self.moved)
        if len(self.fid) < size:
            return None
        first = self.source[:size]
        first = np.where(first >= size, np.arange(size), first)
        if not (first == np.arange(size)).all():
            return None
        return replaced, self.source[replaced] - size

    def numbers(self, old: FloatArray, new: FloatArray) -> FloatArray:
        """Return one column of numbers."""
        return np.concatenate([old, new])[self.source]

    def table(self, old: pa.Table, new: pa.Table) -> pa.Table:
        """Return the columns, each in one piece; one that did not change is not copied."""
        return pa.table(
            {
                name: self._column(in_one_piece(old[name]), in_one_piece(new[name]))
                for name in old.column_names
            }
        )

    def _column(self, old: pa.Array, new: pa.Array) -> pa.Array:
        old, new = _alike(old, new)
        if self._in_place is not None:
            replaced, numbers = self._in_place
            if _equal(old.take(pa.array(replaced)), new.take(pa.array(numbers))):
                added = self.source[len(self.moved) :] - len(self.moved)
                return _joined(old, new.take(pa.array(added))) if len(added) else old
        return _joined(old, new).take(pa.array(self.source))


@dataclass(frozen=True)
class Since:
    """What became of the rows of an earlier version, over several takeovers.

    Attributes
    ----------
    moved
        (earlier,) row now; -1 for what changed or is gone.
    rows
        The rows that are not as they were in the earlier version, ascending.
    """

    moved: RowArray
    rows: IntArray

    @classmethod
    def start(cls, size: int) -> "Since":
        """Return the state in which nothing has changed."""
        return cls(np.arange(size, dtype=np.int32), np.empty(0, dtype=np.int64))

    def then(self, step: Takeover) -> "Since":
        """Return the state after one more takeover."""
        moved = np.where(self.moved >= 0, step.moved[self.moved], np.int32(-1))
        rows = step.moved[self.rows]
        return Since(moved, np.union1d(rows[rows >= 0], step.rows))


def _alike(old: pa.Array, new: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return two columns of one type; of two with codes, with the same dictionary."""
    if not pa.types.is_dictionary(old.type):
        if pa.types.is_dictionary(new.type):
            new = new.cast(new.type.value_type)
        return old, new.cast(old.type)
    values = new.cast(old.type.value_type) if not pa.types.is_null(new.type) else None
    if values is None:
        values = pa.nulls(len(new), old.type.value_type)
    unknown = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=old.dictionary)))
    dictionary = old.dictionary
    if pc.any(unknown).as_py():
        dictionary = pa.concat_arrays([dictionary, values.filter(unknown).unique()])
    codes = pc.if_else(
        pc.is_valid(values),
        pc.index_in(values, value_set=dictionary),
        pa.scalar(None, pa.int32()),
    )
    kind = (
        old.indices.type if len(dictionary) < 2 ** (old.indices.type.bit_width - 1) else pa.int32()
    )
    make = pa.DictionaryArray.from_arrays
    return make(old.indices.cast(kind), dictionary), make(codes.cast(kind), dictionary)


def _joined(old: pa.Array, new: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(old.type):
        return pa.concat_arrays([old, new])
    indices = pa.concat_arrays([old.indices, new.indices])
    return pa.DictionaryArray.from_arrays(indices, old.dictionary)


def _equal(one: pa.Array, other: pa.Array) -> bool:
    if pa.types.is_dictionary(one.type):
        one, other = one.indices, other.indices
    return bool(one.equals(other))
