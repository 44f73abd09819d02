"""The columns of a data set, their order on the ground, and GeoParquet 1.1 files of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from clusteratlas.store.schema import ENTERPRISE_COLUMNS

IntArray = NDArray[np.int64]

# Liaoning with a margin: the same place has the same key in every data set.
BOUNDS: Final = (118.0, 38.0, 126.5, 44.0)
LEVEL: Final = 16
"""Hilbert curve of 2^16 x 2^16 cells, some ten metres each."""

NOWHERE: Final = 1 << (2 * LEVEL)
"""Key of a row without coordinates: behind all others."""

_LEFT_OUT: Final = ("fid", "source_date", "valid_from")
FIRM_COLUMNS: Final = tuple(name for name in ENTERPRISE_COLUMNS if name not in _LEFT_OUT)
NUMBER_COLUMNS: Final = ("row", "line")
"""Number of the row in its extract (from 0), and where it stands in the file."""

FIRM_SCHEMA: Final = pa.schema(
    [
        *((name, pa.int64()) for name in NUMBER_COLUMNS),
        *(
            (name, pa.float64() if ENTERPRISE_COLUMNS[name] == "float64" else pa.string())
            for name in FIRM_COLUMNS
        ),
    ]
)
_BOX: Final = pa.struct([(side, pa.float64()) for side in ("xmin", "ymin", "xmax", "ymax")])
METADATA_KEY: Final = b"clusteratlas"
ROW_GROUP: Final = 8_192


def hilbert_keys(lon: "pd.Series[float]", lat: "pd.Series[float]") -> IntArray:
    """Return (n,) places along a Hilbert curve over Liaoning; :data:`NOWHERE` without coordinates."""
    keys = np.full(len(lon), NOWHERE, dtype=np.int64)
    known = np.flatnonzero(lon.notna().to_numpy() & lat.notna().to_numpy())
    if len(known):
        points = gpd.GeoSeries(shapely.points(lon.to_numpy()[known], lat.to_numpy()[known]))
        found = points.hilbert_distance(total_bounds=BOUNDS, level=LEVEL)
        keys[known] = found.to_numpy(dtype=np.int64)
    return keys


def firm_table(firms: pd.DataFrame) -> pa.Table:
    """Return the rows as a table of :data:`FIRM_SCHEMA`."""
    return pa.Table.from_pandas(
        firms, schema=FIRM_SCHEMA, preserve_index=False
    ).replace_schema_metadata()


def with_geometry(table: pa.Table) -> pa.Table:
    """Return the table with ``geometry`` (WKB points, EPSG:4326) and ``bbox``, as GeoParquet 1.1.

    A row without coordinates has neither.
    """
    lon, lat = (table[name].to_numpy() for name in ("lon", "lat"))
    unknown = ~(np.isfinite(lon) & np.isfinite(lat))
    shapes = shapely.to_wkb(shapely.points(lon, lat))
    shapes[unknown] = None
    arrays = [pa.array(side) for side in (lon, lat, lon, lat)]
    boxes = pa.StructArray.from_arrays(arrays, fields=list(_BOX), mask=pa.array(unknown))
    placed = table.append_column("geometry", pa.array(shapes, type=pa.binary()))
    placed = placed.append_column(pa.field("bbox", _BOX), boxes)
    known = ~unknown
    extent = None
    if known.any():
        sides = (lon[known].min(), lat[known].min(), lon[known].max(), lat[known].max())
        extent = [float(side) for side in sides]
    geo = geo_metadata(extent)
    return placed.replace_schema_metadata({b"geo": json.dumps(geo).encode()})


def geo_metadata(extent: list[float] | None) -> dict[str, Any]:
    """Return the ``geo`` metadata of a file of points."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "crs": CRS.from_epsg(4326).to_json_dict(),
        "covering": {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}},
    }
    if extent is not None:
        column["bbox"] = extent
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def described(table: pa.Table, facts: Mapping[str, Any]) -> pa.Table:
    """Return the table with facts about it among its metadata."""
    own = {METADATA_KEY: json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()}
    return table.replace_schema_metadata((table.schema.metadata or {}) | own)


def facts_of(path: Path) -> dict[str, Any] | None:
    """Return the facts that a whole file tells about itself, None if it is not there or not whole."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
        found: dict[str, Any] = json.loads(metadata[METADATA_KEY])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    return found


def write_whole(
    table: pa.Table, path: Path, *, group: int = ROW_GROUP, codec: str = "zstd"
) -> None:
    """Write a Parquet file that appears whole or not at all; the same table gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        pq.write_table(table, part, row_group_size=group, compression=codec)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
