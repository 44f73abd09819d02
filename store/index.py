"""The atlas in memory: columns, positions, neighbours and names, loaded from a store at one version.

A server answers from a :class:`Snapshot` and never touches the store for reading; when the store's
version grows, a new snapshot is loaded beside the old one and takes its place. The two share what
did not change: columns, the trees of neighbours, the index of names.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
from clusteratlas.store.column_child import coded_columns, in_one_piece, tidy
from clusteratlas.store.id_index import IdIndex
from clusteratlas.store.named import Names, names_of_sectors
from clusteratlas.store.neighbours import Neighbours
from clusteratlas.store.point_grid import Box, PointGrid, in_box
from clusteratlas.store.schema import COLLECTIONS, TABLES, Collection
from clusteratlas.store.taking_over import Since, Takeover

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
MOST_BESIDE = 20_000
BESIDE_SHARE = 0.02
"""Where more enterprises than either changed since neighbours and names were indexed, these are
indexed anew, when the version that came before is given up: there is room for one of each then."""


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
        _ = self.grid if self.geometry is None else self.tree, self.extent, self._ids

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
    def _ids(self) -> IdIndex | None:
        there = self.id_column in self.table.column_names
        return IdIndex.build(self.table[self.id_column]) if there else None

    def row_of(self, identifier: str) -> int | None:
        """Return the row with this public identifier, or else with this fid; None if nobody has."""
        row = self._ids.find(identifier) if self._ids is not None else None
        if row is not None:
            return row
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


@dataclass(frozen=True)
class Indexed:
    """What became of the enterprises since they were indexed, as neighbours and as names."""

    near: Since
    named: Since

    def then(self, step: Takeover | None) -> "Indexed":
        """Return the state after one more version."""
        return self if step is None else Indexed(self.near.then(step), self.named.then(step))


@dataclass(frozen=True)
class Snapshot:
    """Everything a server answers from, at one version of the store."""

    version: int
    layers: Mapping[Collection, Layer]
    tables: Mapping[str, pd.DataFrame]
    sector_rows: Mapping[str, IntArray]
    sector_texts: tuple[str, ...]  # every combination of sectors that occurs, as "a;b"
    sector_codes: NDArray[np.int32]  # for each enterprise, which of them
    neighbours: Neighbours
    names: Names
    mark: Mark  # where reading began
    since: "Indexed"
    changed: IntArray | None = None  # fids that differ from the snapshot before; None if unknown

    def indexed_anew(self) -> "Snapshot | None":
        """Return the same version with neighbours, or names, of all enterprises.

        Of the two that which has too much beside it, neighbours first; None if neither has.
        """
        most = max(MOST_BESIDE, BESIDE_SHARE * len(self.enterprises))
        start = Since.start(len(self.enterprises))
        if len(self.since.near.rows) > most:
            near = _neighbours(self.enterprises, self.sector_rows, None, start)
            return replace(self, neighbours=near, since=Indexed(start, self.since.named))
        if len(self.since.named.rows) > most:
            names = _names(self.layers, self.tables["sectors"], None, start)
            return replace(self, names=names, since=Indexed(self.since.near, start))
        return None

    @property
    def enterprises(self) -> Layer:
        """The layer of enterprises."""
        return self.layers["enterprises"]

    @cached_property
    def district_codes(self) -> frozenset[str]:
        """Return the county-level codes that exist."""
        return frozenset(self.layers["districts"].values("adcode").to_pylist())


@dataclass(frozen=True)
class Reading:
    """The enterprises as they were read, and the moment and version at which that began."""

    mark: Mark
    version: int
    table: pa.Table


def read_enterprises(store: Store) -> Reading:
    """Read the columns of all enterprises: the long part of loading."""
    mark, version = store.mark(), store.version()
    return Reading(mark, version, store.columns(leave=sorted(DETAIL_COLUMNS)))


def load_snapshot(
    store: Store, previous: Snapshot | None = None, *, reading: Reading | None = None
) -> Snapshot:
    """Read the whole atlas into memory.

    Parameters
    ----------
    previous
        An older version of the same store: enterprises that have not changed are taken from there.
    reading
        The enterprises of this store, if they were read already.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    mark = store.mark()
    version = store.version()
    step = _taken_over(store, previous.enterprises, previous.mark) if previous else None
    if step is None:
        reading = reading or read_enterprises(store)
        mark, enterprises = reading.mark, point_layer("enterprises", reading.table)
        if store.version() != reading.version:
            # Written meanwhile: every part is brought to the same state.
            later_mark, later = store.mark(), _taken_over(store, enterprises, mark)
            if later is None:
                version = reading.version  # too much changed: that is for the next refresh
            else:
                mark, enterprises = later_mark, later.layer
    else:
        enterprises = step.layer
    layers = {
        name: enterprises if name == "enterprises" else _shapes(store, name) for name in COLLECTIONS
    }
    tables = {name: _load_table(store, name) for name in TABLES}
    return _indexed(version, mark, layers, tables, previous, step)


def _indexed(
    version: int,
    mark: Mark,
    layers: dict[Collection, Layer],
    tables: dict[str, pd.DataFrame],
    previous: Snapshot | None,
    step: "_Step | None",
) -> Snapshot:
    """Return the snapshot with all that is looked things up in."""
    enterprises = layers["enterprises"]
    texts, codes = _sector_codes(enterprises)
    sector_rows = _sector_rows(texts, codes)
    start = Since.start(len(enterprises))
    since, neighbours, names = Indexed(start, start), None, None
    if previous is not None and step is not None:
        since = previous.since.then(step.plan)
        neighbours, names = previous.neighbours, previous.names
    # Arrow, numpy and the k-d trees work outside of the interpreter's lock.
    with ThreadPoolExecutor(max_workers=2) as pool:
        named = pool.submit(_names, layers, tables["sectors"], names, since.named)
        near = pool.submit(_neighbours, enterprises, sector_rows, neighbours, since.near)
        prepared = [pool.submit(layer.prepare) for layer in layers.values()]
        snapshot = Snapshot(
            version,
            layers,
            tables,
            sector_rows,
            texts,
            codes,
            near.result(),
            named.result(),
            mark,
            since,
            step.changed if step else None,
        )
        for one in prepared:  # what every request needs is there before the first one
            one.result()
    return snapshot


def _names(
    layers: Mapping[Collection, Layer], sectors: pd.DataFrame, old: Names | None, since: Since
) -> Names:
    named: dict[str, pa.Table] = {name: layer.table for name, layer in layers.items()}
    named["sectors"] = names_of_sectors(sectors)
    if old is None:
        return Names.build(named)
    return old.renewed(named, rows=since.rows, moved=since.moved)


def _neighbours(
    layer: Layer, sector_rows: Mapping[str, IntArray], old: Neighbours | None, since: Since
) -> Neighbours:
    confidence = _floats(layer.table, "confidence")
    if old is None:
        return Neighbours.build(
            layer.lon, layer.lat, sector_rows=sector_rows, confidence=confidence
        )
    return old.renewed(
        layer.lon,
        layer.lat,
        sector_rows=sector_rows,
        confidence=confidence,
        rows=since.rows,
        moved=since.moved,
    )


@dataclass(frozen=True)
class _Step:
    """The enterprises of a new version, which fids changed, and how the rows follow from the old."""

    layer: Layer
    changed: IntArray
    plan: Takeover | None  # None where nothing changed


def _taken_over(store: Store, old: Layer, mark: Mark) -> _Step | None:
    """Return the enterprises, most of them as they were.

    None where all must be read anew: too much changed, or the numbers do not agree.
    """
    found = store.changed_since(mark, most=MOST_CHANGED)
    if found is None or not len(old):
        return None
    changed = np.array(found, dtype=np.int64)
    if not len(changed):
        return _Step(old, changed, None)
    new = point_layer("enterprises", store.columns_of(found, leave=sorted(DETAIL_COLUMNS)))
    if new.columns != old.columns:
        return None
    plan = Takeover.of(old.fid, changed, new.fid)
    if len(plan.fid) != store.count():
        return None
    lon, lat = plan.numbers(old.lon, new.lon), plan.numbers(old.lat, new.lat)
    layer = Layer("enterprises", plan.table(old.table, new.table), plan.fid, lon, lat)
    return _Step(layer, changed, plan)


def _load_table(store: Store, name: str) -> pd.DataFrame:
    try:
        return store.table(name)
    except AtlasError:
        return pd.DataFrame()  # a store that was never built has no such table yet


def _shapes(store: Store, name: Collection) -> Layer:
    return shape_layer(name, store.collection(name))


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
    return Layer(name, _tidied(table.drop_columns(dropped)), fid, lon, lat)


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
    return Layer(name, _tidied(table), fid, shapely.get_x(inside), shapely.get_y(inside), geometry)


def _tidied(table: pa.Table) -> pa.Table:
    """Write null for the unknown, and repeating texts as codes; what is so already stays."""
    found = tidy(table, coded=coded_columns(table))
    return pa.table({name: _narrow(in_one_piece(found[name])) for name in found.column_names})


def _narrow(column: pa.Array) -> pa.Array:
    """Return a column with codes of one or two bytes where these are enough."""
    if not pa.types.is_dictionary(column.type):
        return column
    size = len(column.dictionary)
    kind = pa.int8() if size < 2**7 else pa.int16() if size < 2**15 else pa.int32()
    return pa.DictionaryArray.from_arrays(column.indices.cast(kind), column.dictionary)


def _floats(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column = table[name].cast(pa.float64(), safe=False)
    return np.array(column.to_numpy(), dtype=np.float64)


def _integers(table: pa.Table, name: str) -> IntArray:
    return np.array(table[name].to_numpy(), dtype=np.int64)


def _sector_codes(layer: Layer) -> tuple[tuple[str, ...], "NDArray[np.int32]"]:
    """Return every combination of sectors that occurs, and which of them each row has."""
    if "sectors" not in layer.table.column_names:
        return ("",), np.zeros(len(layer), dtype=np.int32)
    column = in_one_piece(layer.values("sectors"))
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    texts = column.dictionary.to_pylist()
    if "" not in texts:
        texts.append("")
    codes = pc.fill_null(column.indices.cast(pa.int32()), texts.index(""))
    return tuple(texts), codes.to_numpy(zero_copy_only=False)


def _sector_rows(texts: tuple[str, ...], codes: "NDArray[np.int32]") -> dict[str, IntArray]:
    """Return the rows of each sector, ascending; a row may be in several."""
    order = np.argsort(codes.astype(np.uint16) if len(texts) < 2**16 else codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(texts) + 1))
    rows: dict[str, list[IntArray]] = {}
    for number, text in enumerate(texts):
        those = order[bounds[number] : bounds[number + 1]]
        for sector in {part.strip() for part in text.split(";")} - {""} if len(those) else ():
            rows.setdefault(sector, []).append(those)
    return {sector: np.sort(np.concatenate(parts)) for sector, parts in sorted(rows.items())}


__all__ = [
    "Layer",
    "Reading",
    "Snapshot",
    "in_box",
    "load_snapshot",
    "point_layer",
    "read_enterprises",
    "shape_layer",
]
