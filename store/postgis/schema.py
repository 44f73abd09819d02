"""Tables of the store on a database server, and the steps that bring an old one up to date."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from clusteratlas.data import load_sectors
from clusteratlas.errors import StoreError
from clusteratlas.store.postgis.connect import (
    SCHEMA,
    configure,
    explained,
    has_extension,
    public_url,
)
from clusteratlas.store.schema import (
    ANCHOR_LINK_COLUMNS,
    COLLECTIONS,
    ENTERPRISE_COLUMNS,
    LAYER_TITLES,
    PLACEHOLDER_COLUMNS,
    TABLES,
)

if TYPE_CHECKING:
    import psycopg

SCHEMA_VERSION: Final = 2
_PLAIN: Final = re.compile(r"[a-z0-9_]{1,40}")

# Text sorts by code point, as in the embedded store, whatever language the server speaks.
TEXT: Final = 'text COLLATE "C"'
_TYPES: Final = {
    "int64": "bigint NOT NULL",
    "float64": "double precision",
    "str": f"{TEXT} NOT NULL DEFAULT ''",
}
SQL_TYPES: Final[Mapping[str, str]] = {
    "TEXT": TEXT,
    "INTEGER": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
}
"""Types of the columns of replaceable tables, by the names that both stores use."""

_COLUMNS: Final = (
    "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a"
    " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)
# The point is made from lon and lat by the database, so that the two can never disagree; so is
# the list of sectors, whose statistics let the planner choose between sector and distance.
_ENTERPRISE_EXTRAS: Final = (
    "name_key bigint",
    "geom geometry(Point, 4326) GENERATED ALWAYS AS"
    " (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED",
    "sector_list text[] GENERATED ALWAYS AS (string_to_array(sectors, ';')) STORED",
)
_OWN_TABLES: Final = f"""
CREATE TABLE atlas_meta (key {TEXT} PRIMARY KEY, value {TEXT} NOT NULL);
CREATE TABLE enterprise_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fid bigint NOT NULL,
  enterprise_id {TEXT} NOT NULL, valid_from {TEXT} NOT NULL, valid_to {TEXT} NOT NULL,
  changed {TEXT} NOT NULL);
CREATE TABLE enterprise_terms (fid bigint PRIMARY KEY, terms tsvector NOT NULL);
CREATE TABLE atlas_counts (
  adcode {TEXT} NOT NULL, sector {TEXT} NOT NULL, year int NOT NULL, origin {TEXT} NOT NULL,
  n bigint NOT NULL, capital_fen numeric NOT NULL,
  PRIMARY KEY (adcode, sector, year, origin));
CREATE TABLE atlas_totals (
  adcode {TEXT} NOT NULL, year int NOT NULL, origin {TEXT} NOT NULL,
  n bigint NOT NULL, capital_fen numeric NOT NULL,
  PRIMARY KEY (adcode, year, origin));
CREATE TABLE ingest_runs (
  source {TEXT} PRIMARY KEY, name {TEXT} NOT NULL, state {TEXT} NOT NULL,
  source_date {TEXT} NOT NULL, started {TEXT} NOT NULL, progress {TEXT} NOT NULL);
CREATE TABLE ingest_rejects (
  source {TEXT} NOT NULL, seq bigint NOT NULL, reason {TEXT} NOT NULL,
  PRIMARY KEY (source, seq));
CREATE TABLE api_tokens (
  rowid bigint GENERATED ALWAYS AS IDENTITY, token_id {TEXT} PRIMARY KEY, name {TEXT} NOT NULL,
  scopes {TEXT} NOT NULL, hash {TEXT} NOT NULL, created {TEXT} NOT NULL,
  revoked {TEXT} NOT NULL DEFAULT '');
CREATE TABLE corrections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enterprise_id {TEXT} NOT NULL, kind {TEXT} NOT NULL, change {TEXT} NOT NULL,
  reason {TEXT} NOT NULL, state {TEXT} NOT NULL, proposed_by {TEXT} NOT NULL,
  proposed_at {TEXT} NOT NULL, reviewed_by {TEXT} NOT NULL DEFAULT '',
  reviewed_at {TEXT} NOT NULL DEFAULT '', review_note {TEXT} NOT NULL DEFAULT '',
  before {TEXT} NOT NULL DEFAULT '', after {TEXT} NOT NULL DEFAULT '');
"""
_INDEXES: Final = """
CREATE UNIQUE INDEX enterprises_id ON enterprises (enterprise_id);
CREATE INDEX enterprises_adcode ON enterprises (adcode);
CREATE INDEX enterprises_uscc ON enterprises (uscc) WHERE uscc <> '';
CREATE INDEX enterprises_anchors ON enterprises (fid) WHERE origin = 'anchor';
CREATE INDEX enterprises_name_key ON enterprises (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX enterprises_geom ON enterprises USING gist (geom);
CREATE INDEX enterprises_geog ON enterprises USING gist (geography(geom));
CREATE INDEX enterprises_sectors ON enterprises USING gin (sector_list);
CREATE INDEX enterprise_terms_terms ON enterprise_terms USING gin (terms);
CREATE INDEX enterprise_history_id ON enterprise_history (enterprise_id);
CREATE INDEX enterprise_history_fid ON enterprise_history (fid);
"""


def _create_schema(connection: "psycopg.Connection[Any]") -> None:
    _run(connection, _OWN_TABLES)
    columns = ["fid bigint PRIMARY KEY"]
    for name, kind in ENTERPRISE_COLUMNS.items():
        if name != "fid":
            columns.append(f'"{name}" {TEXT if name == "registered" else _TYPES[kind]}')
    connection.execute(f"CREATE TABLE enterprises ({', '.join((*columns, *_ENTERPRISE_EXTRAS))})")
    for name in (*COLLECTIONS, *TABLES):
        if name not in ("enterprises", "anchor_links"):
            create_table(connection, name, dict.fromkeys(PLACEHOLDER_COLUMNS[name], "TEXT"))
    links = ", ".join(f'"{c}" {_TYPES[kind]}' for c, kind in ANCHOR_LINK_COLUMNS.items())
    connection.execute(
        f"CREATE TABLE anchor_links (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {links},"
        " UNIQUE (enterprise_id, anchor_id))"
    )
    connection.execute("CREATE INDEX anchor_links_anchor ON anchor_links (anchor_id)")
    _run(connection, _INDEXES)
    connection.execute("INSERT INTO atlas_meta VALUES ('version', '0'), ('next_fid', '1')")
    for name in ("enterprises", "anchor_links", "enterprise_history"):
        _title(connection, name)


def create_table(
    connection: "psycopg.Connection[Any]", name: str, columns: Mapping[str, str]
) -> None:
    """Make a layer or table whose columns have the given types (:data:`SQL_TYPES`)."""
    parts = ["fid bigint PRIMARY KEY"]
    parts += ["geom geometry(Geometry, 4326)"] if name in COLLECTIONS else []
    parts += [f'"{quoted(column)}" {SQL_TYPES[kind]}' for column, kind in columns.items()]
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(parts)})'.encode())
    if name in COLLECTIONS:
        connection.execute(f"CREATE INDEX {name}_geom ON {name} USING gist (geom)".encode())
    _title(connection, name)


def table_columns(connection: "psycopg.Connection[Any]", name: str) -> dict[str, str]:
    """Return the SQL type of every column, in the order of the table."""
    return dict(connection.execute(_COLUMNS, (f'"{name}"',)).fetchall())


def quoted(column: str) -> str:
    """Return a column's name as it may stand between double quotation marks."""
    return column.replace('"', '""')


def _title(connection: "psycopg.Connection[Any]", name: str) -> None:
    # QGIS shows the comment of a table beside its name.
    connection.execute(f"COMMENT ON TABLE \"{name}\" IS '{LAYER_TITLES[name]}'".encode())


def _run(connection: "psycopg.Connection[Any]", script: str) -> None:
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement.encode())


def _index_sectors(connection: "psycopg.Connection[Any]") -> None:
    """Give each sector an index of its positions: its nearest firms are found without the others'."""
    for sector in load_sectors()["sector_id"]:
        if _PLAIN.fullmatch(sector):
            connection.execute(
                f"CREATE INDEX enterprises_near_{sector} ON enterprises USING gist"
                f" (geography(geom)) WHERE sector_list @> ARRAY['{sector}']".encode()
            )


MIGRATIONS: Final[dict[int, Callable[["psycopg.Connection[Any]"], None]]] = {
    0: _create_schema,
    1: _index_sectors,
}
"""Step from the schema version that is the key to the next one; 0 is a database without atlas."""


def schema_version(connection: "psycopg.Connection[Any]") -> int:
    """Return the schema version of the store, 0 where there is none."""
    found = connection.execute(
        "SELECT to_regclass(%s) IS NOT NULL", (f"{SCHEMA}.schema_versions",)
    ).fetchone()
    if found is None or not found[0]:
        return 0
    row = connection.execute(f"SELECT max(version) FROM {SCHEMA}.schema_versions").fetchone()
    return int(row[0] or 0) if row is not None else 0


def check_version(connection: "psycopg.Connection[Any]", url: str) -> None:
    """Refuse a store that this program cannot read.

    Raises
    ------
    StoreError
        If the database holds no atlas, or one of another version.
    """
    with explained(url):
        found = schema_version(connection)
    _refuse_newer(found, url)
    if found < SCHEMA_VERSION:
        shown = public_url(url)
        what = "holds no atlas" if found == 0 else f"has the old schema {found}"
        raise StoreError(f"{shown} {what}: run 'clusteratlas build --store {shown}'")


def _refuse_newer(found: int, url: str) -> None:
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"{public_url(url)} has schema {found}, this program knows {SCHEMA_VERSION}:"
            " update clusteratlas"
        )


def migrate(connection: "psycopg.Connection[Any]", url: str) -> None:
    """Bring the store to :data:`SCHEMA_VERSION` in one transaction; an empty one is laid out.

    The caller holds the writer's lock.

    Raises
    ------
    StoreError
        If PostGIS is missing, or the store was written by a newer version.
    """
    with explained(url):
        found = schema_version(connection)
    _refuse_newer(found, url)
    if found == SCHEMA_VERSION:
        with explained(url):
            _become_owner(connection)
        return
    _ensure_extension(connection, url)
    with explained(url):
        configure(connection)
        with connection.transaction():
            _become_owner(connection)
            if found == 0:
                _create_base(connection)
            for step in range(found, SCHEMA_VERSION):
                MIGRATIONS[step](connection)
                connection.execute(
                    f"INSERT INTO {SCHEMA}.schema_versions (version) VALUES (%s)", (step + 1,)
                )


def _create_base(connection: "psycopg.Connection[Any]") -> None:
    known = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", (SCHEMA,)).fetchone()
    if not (known and known[0]):  # an administrator may have made it for the writer's role
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute(
        f"CREATE TABLE {SCHEMA}.schema_versions"
        " (version int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
    )


def _become_owner(connection: "psycopg.Connection[Any]") -> None:
    """Act as the role that owns the tables, so that several logins may write in turn."""
    row = connection.execute(
        "SELECT o.rolname, o.rolname = current_user, pg_has_role(o.oid, 'MEMBER')"
        " FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner WHERE n.nspname = %s",
        (SCHEMA,),
    ).fetchone()
    if row is not None and row[2] and not row[1]:
        owner = str(row[0]).replace('"', '""')
        connection.execute(f'SET ROLE "{owner}"'.encode())


def _ensure_extension(connection: "psycopg.Connection[Any]", url: str) -> None:
    import psycopg

    try:
        if not has_extension(connection):
            connection.execute("CREATE EXTENSION postgis")
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported) as error:
        missing = isinstance(error, psycopg.errors.FeatureNotSupported)
        how = (
            "install Debian's postgresql-postgis on the server"
            if missing
            else "let an administrator run CREATE EXTENSION postgis in it"
        )
        raise StoreError(f"{public_url(url)}: the database lacks PostGIS: {how}") from error
    except psycopg.Error as error:
        raise StoreError(f"{public_url(url)}: the database lacks PostGIS: {error}") from error
