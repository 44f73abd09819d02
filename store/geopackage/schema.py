"""The project's own tables inside the GeoPackage, and the steps that bring an old file up to date."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from clusteratlas.errors import StoreError
from clusteratlas.store.geopackage import format as gpkg
from clusteratlas.store.schema import (
    ANCHOR_LINK_COLUMNS,
    COLLECTIONS,
    ENTERPRISE_COLUMNS,
    LAYER_TITLES,
    PLACEHOLDER_COLUMNS,
    TABLES,
)

SCHEMA_VERSION: Final = 1

_SQL_TYPES: Final = {"int64": "INTEGER", "float64": "DOUBLE", "str": "TEXT NOT NULL DEFAULT ''"}

OWN_TABLES: Final = """
CREATE UNIQUE INDEX enterprises_id ON enterprises(enterprise_id);
CREATE INDEX enterprises_adcode ON enterprises(adcode);
CREATE INDEX enterprises_uscc ON enterprises(uscc) WHERE uscc <> '';
CREATE TABLE enterprise_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, fid INTEGER NOT NULL,
  enterprise_id TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,
  changed TEXT NOT NULL);
CREATE INDEX enterprise_history_id ON enterprise_history(enterprise_id);
CREATE INDEX enterprise_history_fid ON enterprise_history(fid);
CREATE TABLE enterprise_sectors (
  sector TEXT NOT NULL, fid INTEGER NOT NULL, PRIMARY KEY (sector, fid)) WITHOUT ROWID;
CREATE TABLE enterprise_keys (
  name_key INTEGER NOT NULL, fid INTEGER NOT NULL, PRIMARY KEY (name_key, fid)) WITHOUT ROWID;
CREATE VIRTUAL TABLE enterprise_terms USING fts5(
  terms, initials, tokenize = 'unicode61 remove_diacritics 0');
CREATE TABLE atlas_counts (
  adcode TEXT NOT NULL, sector TEXT NOT NULL, year INTEGER NOT NULL, origin TEXT NOT NULL,
  n INTEGER NOT NULL, capital_fen INTEGER NOT NULL,
  PRIMARY KEY (adcode, sector, year, origin)) WITHOUT ROWID;
CREATE TABLE atlas_totals (
  adcode TEXT NOT NULL, year INTEGER NOT NULL, origin TEXT NOT NULL,
  n INTEGER NOT NULL, capital_fen INTEGER NOT NULL,
  PRIMARY KEY (adcode, year, origin)) WITHOUT ROWID;
CREATE TABLE ingest_runs (
  source TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
  source_date TEXT NOT NULL, started TEXT NOT NULL, progress TEXT NOT NULL);
CREATE TABLE ingest_rejects (
  source TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (source, seq)) WITHOUT ROWID;
"""


def enterprise_table() -> str:
    """Return the statement that makes the ``enterprises`` table."""
    columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "geom POINT"]
    for name, kind in ENTERPRISE_COLUMNS.items():
        if name != "fid":
            # An unknown date is NULL: "" is no value of the GeoPackage type DATE.
            columns.append(f'"{name}" {"DATE" if name == "registered" else _SQL_TYPES[kind]}')
    return f"CREATE TABLE enterprises ({', '.join(columns)})"


def create_schema(connection: sqlite3.Connection) -> None:
    """Lay out an empty store inside the open transaction."""
    gpkg.create_core(connection)
    connection.execute(
        "CREATE TABLE atlas_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"
    )
    connection.execute(enterprise_table())
    gpkg.register_layer(connection, "enterprises", LAYER_TITLES["enterprises"], "POINT")
    gpkg.run_script(connection, OWN_TABLES)
    for name in COLLECTIONS:
        if name != "enterprises":
            create_placeholder(connection, name, "GEOMETRY")
    for table in TABLES:
        if table != "anchor_links":
            create_placeholder(connection, table, "")
    links = ", ".join(f'"{c}" {_SQL_TYPES[kind]}' for c, kind in ANCHOR_LINK_COLUMNS.items())
    connection.execute(
        f"CREATE TABLE anchor_links (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {links},"
        " UNIQUE (enterprise_id, anchor_id))"
    )
    gpkg.register_attributes(connection, "anchor_links", LAYER_TITLES["anchor_links"])
    gpkg.register_attributes(connection, "enterprise_history", LAYER_TITLES["enterprise_history"])
    connection.executemany(
        "INSERT INTO atlas_meta VALUES (?, ?)",
        [("schema_version", str(SCHEMA_VERSION)), ("version", "0")],
    )


def create_placeholder(connection: sqlite3.Connection, name: str, geometry_type: str) -> None:
    """Make an empty layer or table with the columns it has before anything was written."""
    columns = dict.fromkeys(PLACEHOLDER_COLUMNS[name], "TEXT")
    create_table(connection, name, columns, geometry_type=geometry_type)


def create_table(
    connection: sqlite3.Connection, name: str, columns: Mapping[str, str], *, geometry_type: str
) -> None:
    """Make and register a layer, or a table if there is no geometry type, with these columns."""
    parts = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    parts += [f"geom {geometry_type}"] if geometry_type else []
    parts += [f'"{column}" {kind}' for column, kind in columns.items()]
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(parts)})')
    if geometry_type:
        gpkg.register_layer(connection, name, LAYER_TITLES[name], geometry_type)
    else:
        gpkg.register_attributes(connection, name, LAYER_TITLES[name])


MIGRATIONS: Final[dict[int, Callable[[sqlite3.Connection], None]]] = {}
"""Step from the schema version that is the key to the next one."""


def schema_version(connection: sqlite3.Connection, url: str) -> int:
    """Return the schema version of a store; 0 for an empty file.

    Raises
    ------
    StoreError
        If the file is no GeoPackage of this project.
    """
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = {
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{url} is not a GeoPackage: {error}") from error
    if not tables and application == 0:
        return 0
    if application != gpkg.APPLICATION_ID:
        raise StoreError(f"{url} is an SQLite file, but not a GeoPackage")
    if "atlas_meta" not in tables:
        raise StoreError(f"{url} is a GeoPackage of another program: choose another name")
    row = connection.execute("SELECT value FROM atlas_meta WHERE key = 'schema_version'").fetchone()
    return int(row[0])


def migrate(connection: sqlite3.Connection, url: str) -> None:
    """Bring the store to :data:`SCHEMA_VERSION` in one transaction; an empty file is laid out.

    Raises
    ------
    StoreError
        If the store was written by a newer version of this project.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = schema_version(connection, url)
        check_version(found, url, newest_only=True)
        if found == 0:
            create_schema(connection)
        for step in range(found, SCHEMA_VERSION) if found else ():
            MIGRATIONS[step](connection)
            connection.execute(
                "UPDATE atlas_meta SET value = ? WHERE key = 'schema_version'", (str(step + 1),)
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check_version(found: int, url: str, *, newest_only: bool = False) -> None:
    """Refuse a store that this program cannot read."""
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"{url} has schema {found}, this program knows {SCHEMA_VERSION}: update clusteratlas"
        )
    if found < SCHEMA_VERSION and not newest_only:
        what = "is empty" if found == 0 else f"has the old schema {found}"
        raise StoreError(f"{url} {what}: run 'clusteratlas build --store {url}'")
