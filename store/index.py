"""The atlas in memory: columns, positions, neighbours and names, loaded from a store at one version.

A server answers from a :class:`Snapshot` and never touches the store for reading; when the store's
version grows, a new snapshot is loaded beside the old one and takes its place.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from clusteratlas.errors import AtlasError
from clusteratlas.store.base import Mark, Store
from clusteratlas.store.name_index import NameIndex, normalise_all
from clusteratlas.store.neighbours import Neighbours
from clusteratlas.store.point_grid import Box, PointGrid, in_box
from clusteratlas.store.schema import COLLECTIONS, TABLES, Collection
from clusteratlas.store.taking_over import Takeover

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

ID_COLUMNS: Mapping[Collection, str] = {
    "enterprises": "enterprise_id",
    "parks": "park_id",
    "districts": "adcode",
    "cities": "adcode",
    "clusters": "cluster_id",
}
"""The column by which people call a row of a layer; beside it every row has a number, its fid."""

DETAIL_COLUMNS = frozenset(
    {
        "scope",
        "sector_evidence",
        "sector_scores",
        "membership",
        "address_source",
        "source_date",
        "valid_from",
    }
)
"""Long texts and bookkeeping: read from the store when one enterprise is asked for, and exported, but
not kept in memory, because every column costs each client that reads all features."""


MOST_CHANGED = 50_000
"""Where more enterprises than these changed, all are read again."""


@dataclass(frozen=True)
class Layer:
    """One collection: attribute columns with null for unknown, and the geometry apart.

    Rows are in the order of ``fid``. ``geometry`` holds shapely geometries of layers that have other
    shapes than points; for a layer of points it is None and ``lon, lat`` say it all.
    """

    name: Collection
    table: pa.Table
    fid: IntArray
    lon: FloatArray
    lat: FloatArray
    geometry: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.fid)

    @property
    def id_column(self) -> str:
        """The column with the public identifier, :data:`ID_COLUMNS`."""
        return ID_COLUMNS[self.name]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the attribute columns."""
        return tuple(self.table.column_names)

    @cached_property
    def grid(self) -> PointGrid:
        """The points of the layer by cell."""
        return PointGrid.build(self.lon, self.lat)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The geometries of the layer by envelope; for layers with ``geometry``."""
        return shapely.STRtree(self.geometry if self.geometry is not None else [])

    @cached_property
    def extent(self) -> Box | None:
        """West, south, east, north of all that is placed; None if nothing is."""
        if not len(self):
            return None
        if self.geometry is not None:
            box = shapely.total_bounds(self.geometry)
        else:
            placed = np.isfinite(self.lon)
            if not placed.any():
                return None
            x, y = self.lon[placed], self.lat[placed]
            box = np.array([x.min(), y.min(), x.max(), y.max()])
        return (
            None
            if np.isnan(box).any()
            else (
                float(box[0]),
                float(box[1]),
                float(box[2]),
                float(box[3]),
            )
        )

    def prepare(self) -> None:
        """Build the indexes now, instead of at the first request that needs them."""
        _ = self.grid if self.geometry is None else self.tree, self.extent, self._hashes

    def rows_in(self, box: Box) -> IntArray:
        """Return the rows whose geometry meets a box, ascending."""
        if self.geometry is None:
            return np.sort(self.grid.rows(box))
        if box[0] > box[2]:
            parts = [(box[0], box[1], 180.0, box[3]), (-180.0, box[1], box[2], box[3])]
        else:
            parts = [box]
        found = [self.tree.query(shapely.box(*part), predicate="intersects") for part in parts]
        return np.unique(np.concatenate(found)).astype(np.int64)

    @cached_property
    def _hashes(self) -> tuple[NDArray[np.uint64], IntArray]:
        if self.id_column not in self.table.column_names:
            return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
        hashes = _hash(self.table[self.id_column].to_pandas())
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order.astype(np.int64)

    def row_of(self, identifier: str) -> int | None:
        """Return the row with this public identifier, or else with this fid; None if nobody has."""
        hashes, order = self._hashes
        wanted = _hash(pd.Series([identifier], dtype="str"))[0]
        place = int(np.searchsorted(hashes, wanted))
        column = self.table[self.id_column] if len(hashes) else None
        while column is not None and place < len(hashes) and hashes[place] == wanted:
            if column[int(order[place])].as_py() == identifier:
                return int(order[place])
            place += 1
        if identifier.isascii() and identifier.isdigit() and len(identifier) < 19:
            place = int(np.searchsorted(self.fid, int(identifier)))
            if place < len(self.fid) and self.fid[place] == int(identifier):
                return place
        return None

    def take(self, rows: IntArray) -> "Layer":
        """Return a layer of some rows, with texts instead of codes."""
        columns = {
            name: column.cast(pa.large_string()) if pa.types.is_dictionary(column.type) else column
            for name in self.columns
            for column in [self.table[name].take(pa.array(rows))]
        }
        shapes = None if self.geometry is None else self.geometry[rows]
        return Layer(
            self.name, pa.table(columns), self.fid[rows], self.lon[rows], self.lat[rows], shapes
        )

    def record(self, row: int) -> dict[str, Any]:
        """Return the attributes of a row; unknown is None."""
        return {name: self.table[name][row].as_py() for name in self.table.column_names}

    def values(self, column: str) -> pa.ChunkedArray:
        """Return one column, null for unknown."""
        return self.table[column]


def _hash(values: "pd.Series[str]") -> NDArray[np.uint64]:
    return np.asarray(pd.util.hash_array(np.asarray(values, dtype=object), categorize=False))


@dataclass(frozen=True)
class NameEntry:
    """What a line of the name index stands for."""

    kind: str  # district | city | sector | park | enterprise
    row: int


@dataclass(frozen=True)
class Names:
    """The name index and what each of its entries stands for."""

    index: NameIndex
    kinds: tuple[str, ...]
    firsts: tuple[int, ...]  # where the entries of each kind begin
    rows: IntArray

    def entry(self, number: int) -> NameEntry:
        """Return what an entry stands for."""
        kind = int(np.searchsorted(self.firsts, number, side="right")) - 1
        return NameEntry(self.kinds[kind], int(self.rows[number]))


@dataclass(frozen=True)
class Snapshot:
    """Everything a server answers from, at one version of the store."""

    version: int
    layers: Mapping[Collection, Layer]
    tables: Mapping[str, pd.DataFrame]
    sector_rows: Mapping[str, IntArray]
    sector_texts: tuple[str, ...]  # every combination of sectors that occurs, as "a;b"
    sector_codes: IntArray  # for each enterprise, which of them
    neighbours: Neighbours
    mark: Mark  # where reading began
    changed: IntArray | None = None  # fids that differ from the snapshot before; None if unknown

    @cached_property
    def names(self) -> Names:
        """The name index; built when it is first asked for, a second or two for a million firms."""
        return _load_names(self.layers, self.tables["sectors"])

    @property
    def enterprises(self) -> Layer:
        """The layer of enterprises."""
        return self.layers["enterprises"]

    @cached_property
    def district_codes(self) -> frozenset[str]:
        """Return the county-level codes that exist."""
        return frozenset(self.layers["districts"].values("adcode").to_pylist())


def load_snapshot(store: Store, previous: Snapshot | None = None) -> Snapshot:
    """Read the whole atlas into memory.

    Parameters
    ----------
    previous
        An older version of the same store: enterprises that have not changed are taken from there.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    mark = store.mark()
    version = store.version()
    taken = _taken_over(store, previous) if previous is not None else None
    layers = {
        name: taken[0] if taken and name == "enterprises" else _load_layer(store, name)
        for name in COLLECTIONS
    }
    tables = {name: _load_table(store, name) for name in TABLES}
    enterprises = layers["enterprises"]
    sector_rows = _sector_rows(enterprises)
    texts, codes = _sector_codes(enterprises)
    # Arrow, numpy and the k-d trees work outside of the interpreter's lock.
    with ThreadPoolExecutor(max_workers=2) as pool:
        neighbours = pool.submit(
            Neighbours.build,
            enterprises.lon,
            enterprises.lat,
            sector_rows=sector_rows,
            confidence=_floats(enterprises.table, "confidence"),
        )
        for layer in layers.values():  # what every request needs is there before the first one
            pool.submit(layer.prepare)
        return Snapshot(
            version,
            layers,
            tables,
            sector_rows,
            texts,
            codes,
            neighbours.result(),
            mark,
            taken[1] if taken else None,
        )


def _taken_over(store: Store, previous: Snapshot) -> tuple[Layer, IntArray] | None:
    """Return the enterprises, most of them as they were, and the fids that changed.

    None where all must be read anew: too much changed, or the numbers do not agree.
    """
    found = store.changed_since(previous.mark, most=MOST_CHANGED)
    old = previous.enterprises
    if found is None or not len(old):
        return None
    changed = np.array(found, dtype=np.int64)
    if not len(changed):
        return old, changed
    new = point_layer("enterprises", store.columns_of(found, leave=sorted(DETAIL_COLUMNS)))
    if new.columns != old.columns:
        return None
    plan = Takeover.of(old.fid, changed, new.fid)
    if len(plan.fid) != store.count():
        return None
    lon, lat = plan.numbers(old.lon, new.lon), plan.numbers(old.lat, new.lat)
    return Layer("enterprises", plan.table(old.table, new.table), plan.fid, lon, lat), changed


def _load_table(store: Store, name: str) -> pd.DataFrame:
    try:
        return store.table(name)
    except AtlasError:
        return pd.DataFrame()  # a store that was never built has no such table yet


def _load_layer(store: Store, name: Collection) -> Layer:
    if name != "enterprises":
        return shape_layer(name, store.collection(name))
    return point_layer(name, store.columns(leave=sorted(DETAIL_COLUMNS)))


def point_layer(name: Collection, table: pa.Table) -> Layer:
    """Return a layer of points from a table with ``fid, lon, lat``."""
    fid = _integers(table, "fid")
    if len(fid) and (np.diff(fid) <= 0).any():
        order = np.argsort(fid, kind="stable")
        table, fid = table.take(pa.array(order)), fid[order]
    lon, lat = _floats(table, "lon"), _floats(table, "lat")
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[bad] = lat[bad] = np.nan
    dropped = [c for c in ("fid", "lon", "lat", *DETAIL_COLUMNS) if c in table.column_names]
    return Layer(name, _tidy(table.drop_columns(dropped)), fid, lon, lat)


def shape_layer(name: Collection, frame: gpd.GeoDataFrame) -> Layer:
    """Return a layer of any geometry from a frame in EPSG:4326."""
    geometry = np.asarray(frame.geometry.array, dtype=object)
    fid = (
        frame["fid"].to_numpy(dtype=np.int64)
        if "fid" in frame.columns
        else np.arange(1, len(frame) + 1, dtype=np.int64)
    )
    columns = pd.DataFrame(frame.drop(columns=[frame.geometry.name, "fid"], errors="ignore"))
    inside = shapely.point_on_surface(geometry) if len(geometry) else np.empty(0, dtype=object)
    table = pa.Table.from_pandas(columns, preserve_index=False)
    return Layer(name, _tidy(table), fid, shapely.get_x(inside), shapely.get_y(inside), geometry)


def _tidy(table: pa.Table) -> pa.Table:
    """Write null for the unknown ("" or NaN), and repeating texts as codes."""
    columns = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_temporal(column.type):
            column = column.cast(pa.string())  # ISO text, as everywhere
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
            column = _code_if_repeating(column.cast(pa.large_string()).combine_chunks())
        elif pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        columns[name] = column
    return pa.table(columns)


def _code_if_repeating(column: pa.Array) -> pa.Array:
    sample = column[:: max(1, len(column) // 2000)] if len(column) else column
    if len(column) < 5000 or pc.count_distinct(sample).as_py() * 4 > len(sample):
        return column
    return column.dictionary_encode()


def _floats(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column = table[name].cast(pa.float64(), safe=False)
    return np.array(column.to_numpy(), dtype=np.float64)


def _integers(table: pa.Table, name: str) -> IntArray:
    return np.array(table[name].to_numpy(), dtype=np.int64)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a text column in one piece and without codes."""
    return column.cast(pa.large_string()).combine_chunks()


def _sector_rows(layer: Layer) -> dict[str, IntArray]:
    """Return the rows of each sector, ascending; a row may be in several."""
    if "sectors" not in layer.table.column_names or not len(layer):
        return {}
    lists = pc.split_pattern(pc.fill_null(_plain(layer.values("sectors")), ""), ";")
    codes = lists.flatten().dictionary_encode()
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    indices = codes.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(indices, kind="stable")
    bounds = np.searchsorted(indices[order], np.arange(len(codes.dictionary) + 1))
    return {
        sector.strip(): np.unique(parents[order[bounds[i] : bounds[i + 1]]])
        for i, sector in enumerate(codes.dictionary.to_pylist())
        if sector.strip()
    }


def _sector_codes(layer: Layer) -> tuple[tuple[str, ...], IntArray]:
    if "sectors" not in layer.table.column_names:
        return ("",), np.zeros(len(layer), dtype=np.int64)
    coded = pc.fill_null(_plain(layer.values("sectors")), "").dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return tuple(coded.dictionary.to_pylist()), codes


# The order decides between equal matches: who types 沈河 means the district.
_NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("districts", ("name", "aliases")),
    ("cities", ("name", "aliases")),
    ("parks", ("name", "aliases")),
    ("enterprises", ("name", "legal_name", "aliases")),
)
_SINGULAR = {
    "districts": "district",
    "cities": "city",
    "parks": "park",
    "enterprises": "enterprise",
}


def _load_names(layers: Mapping[Collection, Layer], sectors: pd.DataFrame) -> Names:
    parts: list[pa.Array] = []
    rows: list[IntArray] = []
    kinds: list[str] = []
    firsts: list[int] = []

    def add(kind: str, table: pa.Table, columns: tuple[str, ...]) -> None:
        kinds.append(kind)
        firsts.append(sum(len(part) for part in parts))
        for column in columns:
            if column in table.column_names:
                names, owners = _entries(_plain(table[column]))
                parts.append(names)
                rows.append(owners)

    if len(sectors):
        frame = sectors[["name_zh", "name_en"]].astype("str")
        add("sector", pa.Table.from_pandas(frame, preserve_index=False), ("name_zh", "name_en"))
    for name, columns in _NAMED:
        table = layers[name].table  # type: ignore[index]  # a Collection
        add(_SINGULAR[name], _without_repeats(table), columns)
    flat = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    return Names(NameIndex(parts), tuple(kinds), tuple(firsts), flat)


def _without_repeats(table: pa.Table) -> pa.Table:
    """Return null for a legal name that is the name again, as registry firms have it."""
    if not {"name", "legal_name"} <= set(table.column_names):
        return table
    names, legal = _plain(table["name"]), _plain(table["legal_name"])
    other = pc.if_else(pc.equal(names, legal), pa.scalar(None, pa.large_string()), legal)
    place = table.column_names.index("legal_name")
    return table.set_column(place, "legal_name", other)


def _entries(column: pa.Array) -> tuple[pa.Array, IntArray]:
    """Return normalised names and the row of each; several in one cell are split at ``;``."""
    if not len(column):
        return pa.array([], pa.large_string()), np.empty(0, dtype=np.int64)
    lists = pc.split_pattern(pc.fill_null(column, ""), ";")
    names = normalise_all(lists.flatten())
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    there = pc.not_equal(names, "")
    return names.filter(there), owners[there.to_numpy(zero_copy_only=False)]


__all__ = [
    "Layer",
    "NameEntry",
    "Names",
    "Snapshot",
    "in_box",
    "load_snapshot",
    "point_layer",
    "shape_layer",
]
