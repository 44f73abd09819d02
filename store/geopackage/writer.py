"""The writer of a GeoPackage: statements, the R-tree's blobs, the full-text index."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from clusteratlas.store.geopackage import format as gpkg
from clusteratlas.store.geopackage.schema import create_table
from clusteratlas.store.geopackage.session import SqliteSession
from clusteratlas.store.names import initial_terms, pair_terms
from clusteratlas.store.sql.records import (
    geometry_type,
    moved_between,
    name_keys,
    renamed_between,
    searchable_names,
    sector_keys,
)
from clusteratlas.store.sql.session import Record
from clusteratlas.store.sql.states import AT, NAMES, Row
from clusteratlas.store.sql.writer import QUOTED_NAMES, SqlWriter

_SETS: Final = ", ".join(f'"{name}" = ?' for name in NAMES)


class GeoPackageWriter(SqlWriter):
    """A :class:`clusteratlas.store.base.Writer`; made by ``GeoPackageStore.writer()``."""

    session: SqliteSession
    _firms_by_key: ClassVar[str] = (
        "SELECT k.name_key, e.enterprise_id, e.uscc FROM enterprise_keys k"
        " CROSS JOIN enterprises e ON e.fid = k.fid WHERE k.name_key"
    )

    # --- whole tables ----------------------------------------------------------------------
    def _geometry_blobs(self, shapes: Sequence[Any]) -> Iterable[bytes | None]:
        return gpkg.geometry_blobs(shapes)

    def _refill(
        self, name: str, rows: pd.DataFrame, columns: Mapping[str, str], records: list[Record]
    ) -> None:
        kind, connection = geometry_type(rows), self.session.connection
        if name == "anchor_links":
            self.session.run("DELETE FROM anchor_links")
        else:
            gpkg.unregister(connection, name)
            create_table(connection, name, columns, geometry_type=kind)
        names = ", ".join(f'"{column}"' for column in (*(["geom"] if kind else []), *columns))
        self.session.insert(f'"{name}"', names, records)
        bounds = tuple(rows.total_bounds.tolist()) if kind and len(rows) else None
        gpkg.touch_layer(connection, name, bounds)

    # --- enterprises -----------------------------------------------------------------------
    def _next_fid(self) -> int:
        rows = self.session.rows("SELECT seq FROM sqlite_sequence WHERE name = 'enterprises'")
        return int(rows[0][0]) + 1 if rows else 1

    def _store(
        self, new: Sequence[tuple[int, Row]], changed: Sequence[tuple[int, Row, Row]]
    ) -> None:
        blobs = _point_blobs([row for _, row in new])
        self.session.insert(
            "enterprises",
            f"fid, geom, {QUOTED_NAMES}",
            [(fid, blob, *row) for (fid, row), blob in zip(new, blobs, strict=True)],
        )
        self._add_index(new)
        self._add_terms(new)
        self._update(changed)
        self._grow([row for _, row in new])
        self._grow([after for _, _, after in changed])

    def _update(self, changed: Sequence[tuple[int, Row, Row]]) -> None:
        self.session.run_many(
            f"UPDATE enterprises SET {_SETS} WHERE fid = ?",
            [(*after, fid) for fid, _, after in changed],
        )
        moved = [(fid, after) for fid, before, after in changed if moved_between(before, after)]
        blobs = _point_blobs([row for _, row in moved])
        self.session.run_many(
            "UPDATE enterprises SET geom = ? WHERE fid = ?",
            [(blob, fid) for (fid, _), blob in zip(moved, blobs, strict=True)],
        )
        self._drop_index([(fid, before) for fid, before, _ in changed])
        self._add_index([(fid, after) for fid, _, after in changed])
        renamed = [(fid, after) for fid, before, after in changed if renamed_between(before, after)]
        self._drop_terms([fid for fid, _ in renamed])
        self._add_terms(renamed)

    def _remove(self, gone: Sequence[tuple[int, Row]]) -> None:
        self._drop_index(gone)
        self._drop_terms([fid for fid, _ in gone])
        self.session.run_many("DELETE FROM enterprises WHERE fid = ?", [(fid,) for fid, _ in gone])

    def _add_index(self, rows: Sequence[tuple[int, Row]]) -> None:
        self.session.insert("enterprise_sectors", "sector, fid", sector_keys(rows))
        self.session.insert("enterprise_keys", "name_key, fid", name_keys(rows))

    def _drop_index(self, rows: Sequence[tuple[int, Row]]) -> None:
        self.session.run_many(
            "DELETE FROM enterprise_sectors WHERE sector = ? AND fid = ?", sector_keys(rows)
        )
        self.session.run_many(
            "DELETE FROM enterprise_keys WHERE name_key = ? AND fid = ?", name_keys(rows)
        )

    def _add_terms(self, rows: Sequence[tuple[int, Row]]) -> None:
        self.session.insert(
            "enterprise_terms",
            "rowid, terms, initials",
            [
                (fid, pair_terms(*names), initial_terms(*names))
                for fid, names in searchable_names(rows)
            ],
        )

    def _drop_terms(self, fids: Sequence[int]) -> None:
        self.session.run_many(
            "DELETE FROM enterprise_terms WHERE rowid = ?", [(fid,) for fid in fids]
        )

    def _grow(self, rows: Sequence[Row]) -> None:
        """Let the layer's extent hold these enterprises too."""
        points = [(row[AT["lon"]], row[AT["lat"]]) for row in rows if row[AT["lon"]] is not None]
        if points:
            lons, lats = zip(*points, strict=True)
            box = (min(lons), min(lats), max(lons), max(lats))
            gpkg.touch_layer(self.session.connection, "enterprises", box)


def _point_blobs(rows: Sequence[Row]) -> list[bytes | None]:
    lon = np.asarray([row[AT["lon"]] for row in rows], dtype=np.float64)
    lat = np.asarray([row[AT["lat"]] for row in rows], dtype=np.float64)
    return gpkg.point_blobs(lon, lat)
