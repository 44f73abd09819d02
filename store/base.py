"""The interface behind which the embedded and the server store stand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from clusteratlas.store.schema import Collection
from clusteratlas.store.sql.session import Session


@dataclass(frozen=True)
class Selection:
    """Which enterprises are meant; every field narrows, an empty one does not.

    Parameters
    ----------
    adcodes
        County-level codes, or city codes that end in ``00`` for all their districts.
    sectors
        Sector ids; a firm with any of them is meant.
    origin
        ``anchor``, ``registry`` or "" for both.
    bbox
        ``(west, south, east, north)`` in EPSG:4326 degrees.
    min_confidence
        Smallest confidence of the position, 0..1.
    """

    adcodes: Sequence[str] = ()
    sectors: Sequence[str] = ()
    origin: str = ""
    bbox: tuple[float, float, float, float] | None = None
    min_confidence: float = 0.0


@dataclass
class WriteCounts:
    """What a write did; ``read == stored + updated + unchanged + sum(rejected.values())``.

    ``rejected_rows`` holds position in the written frame and reason of every rejected row.
    """

    read: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    rejected_rows: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class IngestRun:
    """Checkpoint of one registry file.

    Attributes
    ----------
    source
        Fingerprint of content and options.
    name
        File name, for people.
    state
        ``running`` or ``done``.
    source_date
        ISO date or date-time of the extract; decides which of two states is newer.
    started
        ISO date-time at which the run began.
    progress
        How many rows are done, and the counts so far.
    """

    source: str
    name: str
    state: str
    source_date: str
    started: str
    progress: dict[str, Any] = field(default_factory=dict)


LinkRecord = tuple[str, str, str, float, str]
"""``enterprise_id, anchor_id, relation, confidence, reason``"""


class Writer(Protocol):
    """One transaction: everything it wrote is there after commit, or nothing is."""

    @property
    def session(self) -> Session:
        """What runs the statements on the small tables beside the firms, in the same transaction."""

    def replace_table(self, name: str, rows: pd.DataFrame) -> None:
        """Replace a table or collection as a whole (GeoDataFrame for collections)."""

    def upsert_enterprises(self, rows: pd.DataFrame) -> WriteCounts:
        """Insert or update by ``enterprise_id``; a changed row keeps its former state in history."""

    def delete_enterprises(self, enterprise_ids: Sequence[str]) -> int:
        """Remove enterprises; their last state goes into history. Return how many there were."""

    def put_meta(self, key: str, value: str) -> None:
        """Keep a small named value (build date, schema facts)."""

    # --- for an ingest ---------------------------------------------------------------------
    def stored_ids(self, enterprise_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that are stored."""

    def firms_by_key(self, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Return ``name key -> [(enterprise_id, uscc), ...]`` of the registry firms."""

    def put_run(self, run: IngestRun) -> None:
        """Keep the checkpoint of a source file."""

    def add_rejects(self, source: str, rejects: Sequence[tuple[int, str]]) -> None:
        """Keep number and reason of rejected rows until their file is written."""

    def clear_rejects(self, source: str) -> None:
        """Forget the rejects of a source file."""

    def put_links(self, enterprise_ids: Sequence[str], links: Sequence[LinkRecord]) -> int:
        """Replace the suggested links of these firms; return for how many they changed."""


class Mark(NamedTuple):
    """A moment in the life of a store: the numbers that had been given out by then."""

    fid: int  # of enterprises
    record: int  # of history


@runtime_checkable
class Store(Protocol):
    """A place that holds the atlas; opened by :func:`clusteratlas.store.open_store`."""

    url: str

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def close(self) -> None:
        """Give up connections; the store may be opened again."""

    # --- reading ---------------------------------------------------------------------------
    def version(self) -> int:
        """Return a number that grows with every committed write (cheap: polled by servers)."""

    def meta(self, key: str) -> str | None:
        """Return a value kept by :meth:`Writer.put_meta`, None if there is none."""

    def summary(self) -> dict[str, Any]:
        """Return row counts by collection, origin and precision, and the dates of the data."""

    def table(self, name: str) -> pd.DataFrame:
        """Return one of :data:`clusteratlas.store.schema.TABLES` as a frame."""

    def collection(
        self, name: Collection, *, selection: Selection | None = None
    ) -> gpd.GeoDataFrame:
        """Return a spatial layer as a frame in EPSG:4326, ordered by fid."""

    def batches(
        self,
        *,
        columns: Sequence[str] | None = None,
        selection: Selection | None = None,
        size: int = 50_000,
    ) -> Iterator[pd.DataFrame]:
        """Yield the enterprises in batches ordered by fid, at constant memory."""

    def columns(self, *, leave: Sequence[str] = ()) -> pa.Table:
        """Return all enterprises as Arrow columns but those in ``leave``, ordered by fid.

        For a server that holds the whole atlas in memory; the unknown is null, "" or NaN.
        """

    def enterprise(self, enterprise_id: str) -> Mapping[str, Any] | None:
        """Return one enterprise with all columns, None if nobody has this id."""

    def history(self, enterprise_id: str) -> pd.DataFrame:
        """Return former states: ``enterprise_id, valid_from, valid_to, changed (JSON)``."""

    def counts(self, *, origin: str = "") -> pd.DataFrame:
        """Return ``adcode, sector, year, origin, n, capital`` from the maintained aggregate.

        A firm with several sectors counts in each; ``sector`` is "" for the firms of no sector, so
        that the total of a district is the sum over its first sectors only through
        :meth:`totals`.
        """

    def totals(self, *, origin: str = "") -> pd.DataFrame:
        """Return ``adcode, year, origin, n, capital``: every firm once."""

    def nearest(
        self,
        lon: float,
        lat: float,
        *,
        k: int,
        radius_m: float | None = None,
        selection: Selection | None = None,
    ) -> pd.DataFrame:
        """Return the k nearest enterprises with ``distance_m`` (geodesic), nearest first."""

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Return enterprises by name, alias, code, pinyin or initials: ``fid, ..., score``."""

    def links(self, enterprise_id: str) -> pd.DataFrame:
        """Return the suggested links of a firm or an anchor, best first."""

    def ingest_run(self, source: str) -> IngestRun | None:
        """Return the checkpoint of a source file, None if it was never begun."""

    def rejects(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield ``(number of the row in its file, reason)`` of an ingest that is not finished."""

    # --- for a server that holds the atlas in memory -----------------------------------------
    def mark(self) -> Mark:
        """Return the present moment."""

    def changed_since(self, since: Mark, *, most: int) -> list[int] | None:
        """Return the fids of new, changed and deleted enterprises, None if they are above ``most``."""

    def columns_of(self, fids: Sequence[int], *, leave: Sequence[str] = ()) -> pa.Table:
        """Return those of these enterprises that are there, as :meth:`columns` does."""

    def count(self) -> int:
        """Return how many enterprises there are."""

    # --- writing ---------------------------------------------------------------------------
    def writer(self) -> AbstractContextManager[Writer]:
        """Open one write transaction; raises StoreError if another writer holds the store."""
