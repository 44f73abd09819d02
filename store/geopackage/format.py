"""The OGC GeoPackage file format: geometry blobs, core tables, spatial index.

Written from the standard (OGC 12-128r18, GeoPackage 1.3.1): clause 2.1.3 for the blob, annex F.3 for
the R-tree triggers.
"""

import sqlite3
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

APPLICATION_ID: Final = 0x47504B47  # "GPKG", requirement 2
GPKG_VERSION: Final = 10301  # requirement 2: 1.3.1
SRS_ID: Final = 4326

WGS84_WKT: Final = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

CORE_TABLES: Final = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""

REFERENCE_SYSTEMS: Final = (
    ("Undefined Cartesian", -1, "NONE", -1, "undefined", "undefined Cartesian reference system"),
    ("Undefined geographic", 0, "NONE", 0, "undefined", "undefined geographic reference system"),
    ("WGS 84 geodetic", SRS_ID, "EPSG", 4326, WGS84_WKT, "longitude, latitude in degrees"),
)

# Annex F.3; {t} is the table, {g} the geometry column, {i} the primary key.
RTREE_TRIGGERS: Final = """
CREATE TRIGGER "rtree_{t}_{g}_insert" AFTER INSERT ON "{t}"
  WHEN (NEW."{g}" NOT NULL AND NOT ST_IsEmpty(NEW."{g}"))
BEGIN INSERT OR REPLACE INTO "rtree_{t}_{g}" VALUES (NEW."{i}", ST_MinX(NEW."{g}"),
  ST_MaxX(NEW."{g}"), ST_MinY(NEW."{g}"), ST_MaxY(NEW."{g}")); END;
CREATE TRIGGER "rtree_{t}_{g}_update1" AFTER UPDATE OF "{g}" ON "{t}"
  WHEN OLD."{i}" = NEW."{i}" AND (NEW."{g}" NOTNULL AND NOT ST_IsEmpty(NEW."{g}"))
BEGIN INSERT OR REPLACE INTO "rtree_{t}_{g}" VALUES (NEW."{i}", ST_MinX(NEW."{g}"),
  ST_MaxX(NEW."{g}"), ST_MinY(NEW."{g}"), ST_MaxY(NEW."{g}")); END;
CREATE TRIGGER "rtree_{t}_{g}_update2" AFTER UPDATE OF "{g}" ON "{t}"
  WHEN OLD."{i}" = NEW."{i}" AND (NEW."{g}" ISNULL OR ST_IsEmpty(NEW."{g}"))
BEGIN DELETE FROM "rtree_{t}_{g}" WHERE id = OLD."{i}"; END;
CREATE TRIGGER "rtree_{t}_{g}_update3" AFTER UPDATE ON "{t}"
  WHEN OLD."{i}" != NEW."{i}" AND (NEW."{g}" NOTNULL AND NOT ST_IsEmpty(NEW."{g}"))
BEGIN DELETE FROM "rtree_{t}_{g}" WHERE id = OLD."{i}";
  INSERT OR REPLACE INTO "rtree_{t}_{g}" VALUES (NEW."{i}", ST_MinX(NEW."{g}"),
  ST_MaxX(NEW."{g}"), ST_MinY(NEW."{g}"), ST_MaxY(NEW."{g}")); END;
CREATE TRIGGER "rtree_{t}_{g}_update4" AFTER UPDATE ON "{t}"
  WHEN OLD."{i}" != NEW."{i}" AND (NEW."{g}" ISNULL OR ST_IsEmpty(NEW."{g}"))
BEGIN DELETE FROM "rtree_{t}_{g}" WHERE id IN (OLD."{i}", NEW."{i}"); END;
CREATE TRIGGER "rtree_{t}_{g}_delete" AFTER DELETE ON "{t}" WHEN OLD."{g}" NOT NULL
BEGIN DELETE FROM "rtree_{t}_{g}" WHERE id = OLD."{i}"; END;
"""

RTREE_EXTENSION: Final = "http://www.geopackage.org/spec120/#extension_rtree"
_POINT_HEADER: Final = b"GP\x00\x01" + struct.pack("<i", SRS_ID)  # little endian, no envelope
_WKB_POINT: Final = b"\x01" + struct.pack("<I", 1)
_BOUNDED_HEADER: Final = b"GP\x00\x03" + struct.pack("<i", SRS_ID)  # with xy envelope
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)
_POINT_BYTES: Final = 29


def point_blobs(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> list[bytes | None]:
    """Return GeoPackage points, None where a coordinate is missing."""
    record = np.zeros(len(lon), dtype=[("head", "V8"), ("wkb", "V5"), ("x", "<f8"), ("y", "<f8")])
    record["head"] = np.void(_POINT_HEADER)
    record["wkb"] = np.void(_WKB_POINT)
    record["x"], record["y"] = lon, lat
    packed = record.tobytes()
    known = np.isfinite(lon) & np.isfinite(lat)
    return [
        packed[at : at + _POINT_BYTES] if ok else None
        for at, ok in zip(range(0, len(packed), _POINT_BYTES), known.tolist(), strict=True)
    ]


def geometry_blobs(geometries: Iterable[Any]) -> list[bytes | None]:
    """Return GeoPackage blobs with envelope for shapely geometries, None where missing or empty."""
    shapes = np.asarray(list(geometries), dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bounds = shapely.bounds(shapes)
    wkbs = shapely.to_wkb(shapely.force_2d(shapes), byte_order=1)
    blobs: list[bytes | None] = []
    for gone, (west, south, east, north), wkb in zip(missing, bounds, wkbs, strict=True):
        envelope = struct.pack("<4d", west, east, south, north)
        blobs.append(None if gone else _BOUNDED_HEADER + envelope + wkb)
    return blobs


def wkb_of(blob: bytes | None) -> bytes | None:
    """Return the WKB inside a GeoPackage blob (2.1.3.1.1), None for a missing geometry."""
    if blob is None or blob[:2] != b"GP":
        return None
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def geometries_of(blobs: Iterable[bytes | None]) -> npt.NDArray[np.object_]:
    """Return shapely geometries for GeoPackage blobs; None stays None."""
    shapes: npt.NDArray[np.object_] = shapely.from_wkb([wkb_of(blob) for blob in blobs])
    return shapes


def _bounds_of(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Return (min x, max x, min y, max y) of a blob, from its envelope where it has one."""
    if blob is None or len(blob) < 8 or blob[3] & 0x10:  # bit 4: empty geometry
        return None
    order = "<" if blob[3] & 1 else ">"
    if (blob[3] >> 1) & 7:
        return struct.unpack_from(f"{order}4d", blob, 8)
    if len(blob) == _POINT_BYTES:
        x, y = struct.unpack_from(("<" if blob[8] else ">") + "2d", blob, 13)
        return None if x != x else (x, x, y, y)  # NaN: POINT EMPTY
    shape = shapely.from_wkb(wkb_of(blob))
    if shape is None or shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    return west, east, south, north


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the SQL functions that the R-tree triggers call."""

    def bound(index: int) -> Callable[[bytes | None], float | None]:
        def read(blob: bytes | None) -> float | None:
            found = _bounds_of(blob)
            return None if found is None else found[index]

        return read

    for index, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, bound(index), deterministic=True)
    connection.create_function(
        "ST_IsEmpty", 1, lambda blob: int(_bounds_of(blob) is None), deterministic=True
    )


def create_core(connection: sqlite3.Connection) -> None:
    """Write the GeoPackage header and core tables into an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {GPKG_VERSION}")
    run_script(connection, CORE_TABLES)
    connection.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", REFERENCE_SYSTEMS
    )


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run several statements inside the open transaction (``executescript`` would commit it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def register_layer(
    connection: sqlite3.Connection, table: str, title: str, geometry_type: str
) -> None:
    """Enter an existing table as a feature layer in EPSG:4326 and give it an R-tree."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
        " VALUES (?, 'features', ?, ?)",
        (table, title, SRS_ID),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (table, geometry_type, SRS_ID),
    )
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
        (table, RTREE_EXTENSION),
    )
    connection.execute(
        f'CREATE VIRTUAL TABLE "rtree_{table}_geom" USING rtree(id, minx, maxx, miny, maxy)'
    )
    run_script(connection, RTREE_TRIGGERS.format(t=table, g="geom", i="fid"))


def register_attributes(connection: sqlite3.Connection, table: str, title: str) -> None:
    """Enter an existing table without geometry."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
        " VALUES (?, 'attributes', ?, 0)",
        (table, title),
    )


def unregister(connection: sqlite3.Connection, table: str) -> None:
    """Drop a layer or table with everything that belongs to it."""
    connection.execute(f'DROP TABLE IF EXISTS "rtree_{table}_geom"')
    for name in ("gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents"):
        connection.execute(f"DELETE FROM {name} WHERE table_name = ?", (table,))
    connection.execute(f'DROP TABLE IF EXISTS "{table}"')


def touch_layer(
    connection: sqlite3.Connection,
    table: str,
    bounds: tuple[float, float, float, float] | None = None,
) -> None:
    """Renew the date of last change, and let the extent grow to hold (west, south, east, north)."""
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now')"
        " WHERE table_name = ?",
        (table,),
    )
    if bounds is not None:
        west, south, east, north = bounds
        connection.execute(
            "UPDATE gpkg_contents SET min_x = min(ifnull(min_x, ?1), ?1),"
            " min_y = min(ifnull(min_y, ?2), ?2), max_x = max(ifnull(max_x, ?3), ?3),"
            " max_y = max(ifnull(max_y, ?4), ?4) WHERE table_name = ?5",
            (west, south, east, north, table),
        )
