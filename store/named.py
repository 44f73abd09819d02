"""What has a name in the atlas, found by it: sectors, districts, cities, parks, enterprises."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clusteratlas.store.column_child import in_one_piece
from clusteratlas.store.name_index import Hit, Keep, NameIndex

IntArray = NDArray[np.int64]
RowArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]

_LS: Final = pa.large_string()

# The order decides between equal matches: who types 沈河 means the district.
_COLUMNS: Final = (
    ("sector", "sectors", ("name_zh", "name_en")),
    ("district", "districts", ("name", "aliases")),
    ("city", "cities", ("name", "aliases")),
    ("park", "parks", ("name", "aliases")),
    ("enterprise", "enterprises", ("name", "legal_name", "aliases")),
)
_KINDS: Final = tuple(kind for kind, _, names in _COLUMNS for _ in names)
_ENTERPRISES: Final = _KINDS.index("enterprise")
"""The first column of the names of enterprises."""


class Found(NamedTuple):
    """Something with a name like the one that was asked for."""

    kind: str  # district | city | sector | park | enterprise
    row: int
    score: float
    match: str


@dataclass(frozen=True)
class Names:
    """The names of one version of the atlas.

    Enterprises that changed since ``base`` was built are in ``fresh``, with all that is no enterprise;
    what ``base`` says of either no longer holds.
    """

    base: NameIndex
    fresh: NameIndex | None = None
    fresh_rows: IntArray | None = None  # row of each enterprise of ``fresh``
    moved: RowArray | None = None  # row now of each row of ``base``; -1 where it no longer holds

    @classmethod
    def build(cls, tables: Mapping[str, pa.Table]) -> Self:
        """Index all names; a second of CPU time for a million firms."""
        index = NameIndex(_columns(tables))
        index.prepare()
        return cls(index)

    def renewed(
        self, tables: Mapping[str, pa.Table], *, rows: IntArray, moved: RowArray
    ) -> "Names":
        """Return the names of a later version.

        Parameters
        ----------
        rows
            The enterprises that differ from ``base``.
        moved
            (n,) row now of each enterprise of ``base``; -1 where it no longer holds.
        """
        changed = tables["enterprises"].select(
            [name for name in _COLUMNS[-1][2] if name in tables["enterprises"].column_names]
        )
        fresh = NameIndex(_columns({**tables, "enterprises": changed.take(pa.array(rows))}))
        fresh.prepare()
        return Names(self.base, fresh, rows, moved)

    def search(self, query: str, *, limit: int, kind: str | None = None) -> list[Found]:
        """Return the best matches, each thing once, best first."""
        # A thing has several names: look at more than are shown.
        ranked = [
            (-hit.score, column, row, hit.match)
            for index, fresh in ((self.base, False), (self.fresh, True))
            if index is not None
            for hit in index.search(query, limit=limit * 5, keep=self._keep(index, kind, fresh))
            for column, row in [self._place(index, hit, fresh)]
        ]
        ranked.sort()
        out: dict[tuple[str, int], Found] = {}
        for score, column, row, match in ranked:
            thing = _KINDS[column], row
            if thing not in out:
                out[thing] = Found(*thing, -score, match)
                if len(out) >= limit:
                    break
        return list(out.values())

    def _place(self, index: NameIndex, hit: Hit, fresh: bool) -> tuple[int, int]:
        """Return column and row, as they are now, of an entry."""
        column = bisect_right(index.firsts, hit.entry) - 1
        row = int(index.rows[hit.entry])
        if column >= _ENTERPRISES:
            now = self.fresh_rows if fresh else self.moved
            row = row if now is None else int(now[row])
        return column, row

    def _keep(self, index: NameIndex, kind: str | None, fresh: bool) -> Keep | None:
        if kind is None and (fresh or self.moved is None):
            return None
        moved = None if fresh else self.moved
        wanted = np.array([kind in {None, one} for one in _KINDS])
        if moved is not None:
            wanted[:_ENTERPRISES] = False

        def keep(entries: IntArray) -> BoolArray:
            kept: BoolArray = wanted[index.columns_of(entries)]
            if moved is not None:
                kept[kept] = moved[index.rows[entries[kept]]] >= 0
            return kept

        return keep


def _columns(tables: Mapping[str, pa.Table]) -> list[pa.Array]:
    columns = []
    for _, name, wanted in _COLUMNS:
        table = tables[name]
        if name == "enterprises":
            table = _without_repeats(table)
        there = set(table.column_names)
        columns += [
            _plain(table[column]) if column in there else pa.array([], _LS) for column in wanted
        ]
    return columns


def _without_repeats(table: pa.Table) -> pa.Table:
    """Return null for a legal name that is the name again, as registry firms have it."""
    if not {"name", "legal_name"} <= set(table.column_names):
        return table
    names, legal = _plain(table["name"]), _plain(table["legal_name"])
    other = pc.if_else(pc.equal(names, legal), pa.scalar(None, _LS), legal)
    place = table.column_names.index("legal_name")
    return table.set_column(place, "legal_name", other)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a text column in one piece and without codes."""
    return in_one_piece(column.cast(_LS))


def names_of_sectors(sectors: pd.DataFrame) -> pa.Table:
    """Return the columns of names of the table of sectors."""
    if not len(sectors):
        return pa.table({})
    frame = sectors[["name_zh", "name_en"]].astype("str")
    return pa.Table.from_pandas(frame, preserve_index=False)
