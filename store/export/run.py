"""Export a collection or table: batches of frames into a file that appears whole or not at all."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.geo.datum import DATUMS, Datum, convert
from clusteratlas.store.base import Selection, Store
from clusteratlas.store.export import geographic, sheets
from clusteratlas.store.schema import COLLECTIONS, TABLES, Collection
from clusteratlas.store.sql.frames import as_points

Format = Literal["geojson", "gpkg", "parquet", "csv", "xlsx", "shp.zip", "pmtiles"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
PLAIN_FORMATS: Final = ("csv", "xlsx", "parquet")
"""Formats for tables without geometry."""

DATUM_FORMATS: Final = ("geojson", "csv", "xlsx")
"""Formats that may carry GCJ-02 or BD-09, which no CRS code names."""

BATCH_ROWS: Final = 20_000
_WGS84: Final = ("EPSG:4326", "OGC:CRS84", "CRS84")

Writer = Callable[[Iterator[pd.DataFrame], Path, str], int]


@dataclass(frozen=True)
class ExportOptions:
    """What is written, and how.

    Parameters
    ----------
    crs
        ``EPSG:n`` of the geometries (longitude or easting first); ``lon, lat`` columns stay in
        degrees.
    datum
        ``wgs84``, or ``gcj02`` / ``bd09`` for Chinese web maps (GeoJSON, CSV, XLSX only).
    bom
        Whether CSV begins with a byte order mark, by which Excel knows UTF-8.
    selection
        Which enterprises.
    """

    crs: str = "EPSG:4326"
    datum: Datum = "wgs84"
    bom: bool = True
    selection: Selection | None = None


def format_of(path: Path) -> Format:
    """Return the format that a file name asks for.

    Raises
    ------
    InputError
        If it ends in none of the known ways.
    """
    name = path.name.lower()
    for known in FORMATS:
        if name.endswith(f".{known}"):
            return known
    raise InputError(f"{path}: expected a name ending in {', '.join('.' + f for f in FORMATS)}")


def export_collection(
    store: Store, name: str, path: Path, *, options: ExportOptions | None = None
) -> int:
    """Write a collection or table to ``path``; the ending chooses the format.

    Enterprises are read and written in batches, at constant memory. Cells of CSV and XLSX that
    begin with ``= + - @`` get an apostrophe in front, so that no spreadsheet runs them.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    InputError
        If name, format, CRS or datum are unknown or do not go together.
    StoreError
        If the store cannot be read.
    """
    chosen = options or ExportOptions()
    form = format_of(path)
    _check(name, form, chosen)
    path.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        part = room / path.name
        written = _writer(form, chosen)(_frames(store, name, chosen), part, name)
        part.replace(path)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return written


def _check(name: str, form: Format, options: ExportOptions) -> None:
    if name not in COLLECTIONS and name not in TABLES:
        raise InputError(f"no collection {name!r}; there are {', '.join((*COLLECTIONS, *TABLES))}")
    if name in TABLES and form not in PLAIN_FORMATS:
        raise InputError(f"{name} has no geometry: expected one of {', '.join(PLAIN_FORMATS)}")
    if options.datum not in DATUMS:
        raise InputError(f"datum {options.datum!r}: expected one of {', '.join(DATUMS)}")
    geographic.check_crs(options.crs)
    if options.datum != "wgs84" and form not in DATUM_FORMATS:
        raise InputError(
            f"{options.datum} has no CRS code: .{form} cannot say it; use {', '.join(DATUM_FORMATS)}"
        )
    if form == "pmtiles" and options.crs.upper() not in _WGS84:
        raise InputError(
            f"PMTiles are in Web Mercator of WGS-84, whatever the client: not {options.crs}"
        )
    if form == "geojson" and options.crs.upper() not in _WGS84:
        raise InputError(f"GeoJSON is WGS-84 (RFC 7946), not {options.crs}: use .gpkg or .parquet")
    if options.datum != "wgs84" and options.crs.upper() not in _WGS84:
        raise InputError(f"datum {options.datum} and CRS {options.crs} do not go together")


def _frames(store: Store, name: str, options: ExportOptions) -> Iterator[pd.DataFrame]:
    """Yield the rows; at least one frame, which may be empty, so that columns are known."""
    if name in TABLES:
        yield store.table(name)
        return
    if name != "enterprises":
        yield _placed(store.collection(name), options)  # type: ignore[arg-type]  # checked
        return
    empty = True
    for batch in store.batches(selection=options.selection, size=BATCH_ROWS):
        empty = False
        yield _placed(as_points(batch), options)
    if empty:
        nobody = Selection(adcodes=("-",))
        yield _placed(store.collection("enterprises", selection=nobody), options)


def _placed(layer: gpd.GeoDataFrame, options: ExportOptions) -> gpd.GeoDataFrame:
    if options.datum != "wgs84":
        return _in_datum(layer, options.datum)
    if options.crs.upper() in _WGS84:
        return layer
    moved: gpd.GeoDataFrame = layer.to_crs(options.crs)
    return moved


def _in_datum(layer: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    def shift(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert(*lonlat.T, source="wgs84", target=datum))

    moved = layer.copy()
    shapes = shapely.transform(layer.geometry.to_numpy(), shift)
    moved = moved.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))
    if {"lon", "lat"} <= set(moved.columns):
        moved["lon"], moved["lat"] = convert(
            layer["lon"].to_numpy(), layer["lat"].to_numpy(), source="wgs84", target=datum
        )
    moved["datum"] = datum
    return moved


def _writer(form: Format, options: ExportOptions) -> Writer:
    if form == "csv":
        return lambda frames, path, _name: sheets.write_csv(frames, path, bom=options.bom)
    if form == "xlsx":
        return sheets.write_xlsx
    if form == "parquet":
        return geographic.write_parquet
    if form == "pmtiles":
        from clusteratlas.store.export.tiles import write_pmtiles

        return lambda frames, path, name: write_pmtiles(frames, path, cast("Collection", name))
    if form == "geojson":
        return geographic.write_geojson
    if form == "gpkg":
        return geographic.write_gpkg
    return geographic.write_shapefile
