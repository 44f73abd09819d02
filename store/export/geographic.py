"""GeoJSON, GeoPackage, GeoParquet and zipped shapefiles, batch by batch."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from clusteratlas.errors import InputError

COORDINATE_DIGITS: Final = 7  # about a centimetre
DBF_TEXT_BYTES: Final = 254
SHAPEFILE_NAMES: Final = {
    "enterprise_id": "ent_id", "legal_name": "legal_name", "sector_scores": "sec_scores",
    "sector_evidence": "sec_evid", "enterprise_type": "ent_type", "industry_code": "ind_code",
    "coord_source": "coord_src", "address_source": "addr_src", "source_date": "src_date",
    "membership": "membership", "confidence": "confidence", "boundary_status": "bound_stat",
    "city_adcode": "city_adc",
}  # fmt: skip
"""dBASE allows ten characters: what becomes of longer names."""


def check_crs(crs: str) -> None:
    """Refuse what is no coordinate reference system.

    Raises
    ------
    InputError
        If PROJ does not know it.
    """
    try:
        CRS.from_user_input(crs)
    except CRSError as error:
        raise InputError(f"CRS {crs!r} is unknown: expected one as EPSG:4490") from error


def write_geojson(frames: Iterator[pd.DataFrame], path: Path, name: str) -> int:
    """Write one FeatureCollection, feature after feature; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "name": ' + json.dumps(name))
        stream.write(', "features": [')
        for frame in frames:
            for text in _features(frame):
                stream.write(",\n" if count else "\n")
                stream.write(text)
                count += 1
        stream.write("\n]}\n")
    return count


def _features(frame: pd.DataFrame) -> Iterator[str]:
    layer = gpd.GeoDataFrame(frame)
    shapes = shapely.set_precision(layer.geometry.to_numpy(), 10.0**-COORDINATE_DIGITS)
    shapes = shapely.force_2d(shapes)
    geometries = shapely.to_geojson(shapely.orient_polygons(shapes))
    properties = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    for values, geometry in zip(properties.to_dict("records"), geometries, strict=True):
        fid = values.pop("fid", None)
        known = {key: None if value != value else value for key, value in values.items()}
        head = "" if fid is None else f'"id": {int(fid)}, '
        yield (
            f'{{"type": "Feature", {head}"geometry": {geometry or "null"},'
            f' "properties": {json.dumps(known, ensure_ascii=False, default=str)}}}'
        )


def write_gpkg(frames: Iterator[pd.DataFrame], path: Path, name: str) -> int:
    """Write one layer; return the number of rows."""
    count = 0
    for number, frame in enumerate(frames):
        layer = _without_fid(frame)
        kind = _geometry_type(layer)
        options = {"geometry_type": kind, "promote_to_multi": kind.startswith("Multi")}
        pyogrio.write_dataframe(layer, path, layer=name, append=number > 0, **options)
        count += len(layer)
    return count


def _without_fid(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame.drop(columns=[c for c in ("fid",) if c in frame.columns]))


def _geometry_type(layer: gpd.GeoDataFrame) -> str:
    kinds = set(layer.geometry.geom_type.dropna())
    if kinds <= {"Point"}:
        return "Point"
    return "MultiPolygon" if kinds <= {"Polygon", "MultiPolygon"} else "Unknown"


def write_parquet(frames: Iterator[pd.DataFrame], path: Path, _name: str) -> int:
    """Write GeoParquet 1.1 (WKB), or plain Parquet for a table; return the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0
    writer: Any = None
    try:
        for frame in frames:
            if isinstance(frame, gpd.GeoDataFrame):
                table = pa.table(frame.to_arrow(index=False, geometry_encoding="WKB"))
                table = _plain_geometry(table, frame)
            else:
                table = pa.Table.from_pandas(frame, preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            count += len(frame)
    finally:
        if writer is not None:
            writer.close()
    return count


def _plain_geometry(table: Any, frame: gpd.GeoDataFrame) -> Any:
    """Return the table with WKB as plain binary and the ``geo`` metadata of GeoParquet."""
    import pyarrow as pa

    column = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": frame.crs.to_json_dict(),
    }
    described = {
        "version": "1.1.0",
        "primary_column": frame.geometry.name,
        "columns": {frame.geometry.name: column},
    }
    fields = [
        pa.field(field.name, pa.binary() if field.name == frame.geometry.name else field.type)
        for field in table.schema
    ]
    schema = pa.schema(fields, metadata={b"geo": json.dumps(described).encode()})
    return pa.table([table.column(field.name).cast(field.type) for field in fields], schema=schema)


def write_shapefile(frames: Iterator[pd.DataFrame], path: Path, name: str) -> int:
    """Write a zip with a shapefile per kind of geometry (UTF-8); return the number of rows.

    Text is cut at 254 bytes and names at ten characters: the format holds no more.
    """
    folder = path.parent / "shapes"
    folder.mkdir()
    count = 0
    begun: set[str] = set()
    for frame in frames:
        layer = _for_dbase(_without_fid(frame))
        for suffix, part in _by_kind(layer):
            target = folder / f"{name}{suffix}.shp"
            kind = "Point" if suffix != "_areas" else "Polygon"
            pyogrio.write_dataframe(
                part,
                target,
                append=suffix in begun,
                encoding="UTF-8",
                geometry_type=kind,
                SPATIAL_INDEX="NO",
            )
            begun.add(suffix)
        count += len(layer)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return count


def _by_kind(layer: gpd.GeoDataFrame) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    areas = layer.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not areas.any():
        yield "", layer
        return
    exploded = layer[areas]
    yield "_areas", exploded
    if not areas.all():
        yield "_points", layer[~areas]


def _for_dbase(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names: dict[str, str] = {}
    for column in layer.columns:
        if column != layer.geometry.name:
            short = SHAPEFILE_NAMES.get(column, column)[:10]
            while short in names.values():
                short = f"{short[:8]}{len(names):02d}"
            names[column] = short
    renamed = layer.rename(columns=names)
    for column in names.values():
        if pd.api.types.is_string_dtype(renamed[column]):
            renamed[column] = [_cut(text) for text in renamed[column]]
    return gpd.GeoDataFrame(renamed, geometry=layer.geometry.name, crs=layer.crs)


def _cut(text: object) -> str:
    data = ("" if text is None or text != text else str(text)).encode("utf-8")
    return data[:DBF_TEXT_BYTES].decode("utf-8", errors="ignore")
