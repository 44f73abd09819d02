"""The writer of a database server: COPY, generated points, a ``tsvector`` of the names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
import shapely

from clusteratlas.store.postgis.schema import create_table, quoted, table_columns
from clusteratlas.store.postgis.search import term_vector
from clusteratlas.store.postgis.session import PostgisSession
from clusteratlas.store.schema import COLLECTIONS
from clusteratlas.store.sql.records import name_keys, renamed_between, searchable_names
from clusteratlas.store.sql.session import Record
from clusteratlas.store.sql.states import Row
from clusteratlas.store.sql.writer import QUOTED_NAMES, SqlWriter

_COLUMN_KINDS: Final[Mapping[str, str]] = {
    "TEXT": "text",
    "INTEGER": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
}


class PostgisWriter(SqlWriter):
    """A :class:`clusteratlas.store.base.Writer`; made by ``PostgisStore.writer()``."""

    session: PostgisSession
    _firms_by_key: ClassVar[str] = (
        "SELECT e.name_key, e.enterprise_id, e.uscc FROM enterprises e WHERE e.name_key"
    )

    def __init__(self, session: PostgisSession) -> None:
        super().__init__(session)
        self.rows_written = 0

    # --- whole tables ----------------------------------------------------------------------
    def _geometry_blobs(self, shapes: Sequence[Any]) -> Iterable[str | None]:
        flat = shapely.set_srid(shapely.force_2d(np.asarray(shapes, dtype=object)), 4326)
        blobs = shapely.to_wkb(flat, hex=True, include_srid=True)
        blobs[shapely.is_empty(flat)] = None
        return list(blobs)

    def _refill(
        self,
        name: str,
        rows: pd.DataFrame,  # noqa: ARG002  # a column here takes any geometry, and has no extent
        columns: Mapping[str, str],
        records: list[Record],
    ) -> None:
        own = ["geom"] if name in COLLECTIONS else []
        if name == "anchor_links":
            self.session.run("DELETE FROM anchor_links")
        else:
            self._make_room(name, columns)
            own = ["fid", *own]
            records = [(fid, *record) for fid, record in enumerate(records, 1)]
        names = ", ".join(f'"{quoted(column)}"' for column in (*own, *columns))
        self.session.insert(f'"{name}"', names, records)

    def _make_room(self, name: str, columns: Mapping[str, str]) -> None:
        """Empty a table; only one with other columns is made anew, which makes readers wait."""
        found = table_columns(self.session.connection, name)
        held = {c: kind for c, kind in found.items() if c not in ("fid", "geom")}
        if list(held.items()) == [(c, _COLUMN_KINDS[kind]) for c, kind in columns.items()]:
            self.session.run(f'DELETE FROM "{name}"')
        else:
            self.session.run(f'DROP TABLE "{name}"')
            create_table(self.session.connection, name, columns)

    # --- enterprises -----------------------------------------------------------------------
    def _next_fid(self) -> int:
        return int(self._meta("next_fid") or 1)

    def _store(
        self, new: Sequence[tuple[int, Row]], changed: Sequence[tuple[int, Row, Row]]
    ) -> None:
        renamed = [(fid, after) for fid, before, after in changed if renamed_between(before, after)]
        self.session.run_among("DELETE FROM enterprises WHERE fid", [fid for fid, _, _ in changed])
        self._drop_terms([fid for fid, _ in renamed])
        self._add([*((fid, after) for fid, _, after in changed), *new])
        self._add_terms([*renamed, *new])
        if new:
            self.put_meta("next_fid", str(new[-1][0] + 1))
        self.rows_written += len(new) + len(changed)

    def _add(self, rows: Sequence[tuple[int, Row]]) -> None:
        keys = {fid: key for key, fid in name_keys(rows)}
        self.session.insert(
            "enterprises",
            f"fid, name_key, {QUOTED_NAMES}",
            ((fid, keys.get(fid), *row) for fid, row in rows),
        )

    def _remove(self, gone: Sequence[tuple[int, Row]]) -> None:
        fids = [fid for fid, _ in gone]
        self.session.run_among("DELETE FROM enterprises WHERE fid", fids)
        self._drop_terms(fids)

    def _add_terms(self, rows: Sequence[tuple[int, Row]]) -> None:
        self.session.insert(
            "enterprise_terms",
            "fid, terms",
            ((fid, term_vector(names)) for fid, names in searchable_names(rows)),
        )

    def _drop_terms(self, fids: Sequence[int]) -> None:
        self.session.run_among("DELETE FROM enterprise_terms WHERE fid", fids)
