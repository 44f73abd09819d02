"""Put the shipped data into a store: located, joined and checked."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from clusteratlas import data
from clusteratlas.data import loaders
from clusteratlas.errors import InputError
from clusteratlas.store.base import LinkRecord, Selection, Store, WriteCounts
from clusteratlas.store.geocoders import offline_geocode
from clusteratlas.store.ingest.links import AnchorLinker
from clusteratlas.store.placing import MISPLACED, OUTSIDE, Geocode, Ground, place
from clusteratlas.store.schema import ANCHOR_LINK_COLUMNS, ENTERPRISE_COLUMNS
from clusteratlas.store.sql.records import now_text

TABLE_LOADERS: dict[str, Callable[[], pd.DataFrame]] = {
    "sectors": data.load_sectors,
    "mentions": data.load_mentions,
    "positionings": data.load_positionings,
    "linkages": data.load_linkages,
    "responsibilities": lambda: loaders.read_table("responsibilities.csv"),
}


@dataclass
class BuildSummary:
    """What a build put into the store.

    Attributes
    ----------
    enterprises
        Counts of the anchors that were stored, updated, unchanged.
    removed
        Anchors that are no longer in the shipped data.
    rows
        Rows by layer and table.
    precisions
        Anchors by precision of their position.
    misplaced, outside
        Enterprises whose point contradicts their district, or lay outside Liaoning.
    missing
        Shipped files that are not there.
    changed
        Whether the store is any different from before.
    """

    enterprises: WriteCounts = field(default_factory=WriteCounts)
    removed: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    precisions: dict[str, int] = field(default_factory=dict)
    misplaced: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changed: bool = False


def build_store(store: Store, *, geocode: Geocode | None = None) -> BuildSummary:
    """Put districts, cities, parks, sectors, enterprises and the policy tables into the store.

    One transaction: readers see the former atlas until it is done. Building twice changes nothing;
    registry firms that the store already holds stay.

    Parameters
    ----------
    store
        Opened with ``writable=True``.
    geocode
        Another geocoder than the offline one.

    Raises
    ------
    StoreError
        If the store cannot be written.
    InputError
        If a shipped file is missing without which nothing can be located, or lacks columns.
    """
    summary = BuildSummary()
    before = store.version()
    ground = Ground(data.load_districts(), data.load_parks())
    anchors = place(anchor_frame(), ground, geocode or offline_geocode(ground))
    tables = {"districts": ground.districts, "cities": data.load_cities(), "parks": ground.parks}
    tables |= _tables(summary)
    former = {
        enterprise_id
        for batch in store.batches(columns=["enterprise_id", "origin"])
        for enterprise_id in batch.loc[batch["origin"].eq("anchor"), "enterprise_id"]
    }
    with store.writer() as writer:
        for name, table in tables.items():
            writer.replace_table(name, table)
            summary.rows[name] = len(table)
        gone = sorted(former - set(anchors["enterprise_id"]))
        summary.removed = writer.delete_enterprises(gone) if gone else 0
        summary.enterprises = writer.upsert_enterprises(anchors)
    if summary.removed or summary.enterprises.stored or summary.enterprises.updated:
        relink(store)
    _describe(summary, anchors)
    summary.changed = store.version() != before
    if summary.changed:
        with store.writer() as writer:
            writer.put_meta("built", now_text())
    return summary


def relink(store: Store) -> int:
    """Compare all registry firms with the anchors anew; return how many links there are.

    A firm that an ingest found renamed keeps that link as long as firm and anchor are there.

    Raises
    ------
    StoreError
        If the store cannot be written.
    """
    anchors = store.collection("enterprises", selection=Selection(origin="anchor"))
    linker = AnchorLinker(anchors)
    firms: set[str] = set()
    records: list[LinkRecord] = []
    for batch in store.batches(
        columns=["enterprise_id", "name", "uscc"], selection=Selection(origin="registry")
    ):
        records += linker.records(batch)
        firms |= set(batch["enterprise_id"])
    found = pd.DataFrame.from_records(records, columns=list(ANCHOR_LINK_COLUMNS))
    former = store.table("anchor_links")
    kept = former["relation"].eq("renamed") & former["enterprise_id"].isin(list(firms))
    kept &= former["anchor_id"].isin(anchors["enterprise_id"].tolist())
    links = pd.concat([found, former[kept]] if kept.any() else [found])
    links = links.drop_duplicates(["enterprise_id", "anchor_id"], ignore_index=True)
    if not links.equals(former):
        with store.writer() as writer:
            writer.put_meta("digest:anchor_links", "")  # an ingest writes that table row by row
            writer.replace_table("anchor_links", links)
    return len(links)


def anchor_frame() -> pd.DataFrame:
    """Return the shipped enterprises with all columns of the collection.

    Raises
    ------
    InputError
        If a column of the contract is missing or an id occurs twice.
    """
    shipped = data.load_enterprises()
    required = ["enterprise_id", "name", "city", "adcode", "district", "lon", "lat", "precision"]
    lacking = [column for column in required if column not in shipped.columns]
    if lacking:
        raise InputError(f"enterprises.csv lacks the column {lacking[0]}")
    twice = shipped.loc[shipped["enterprise_id"].duplicated(), "enterprise_id"]
    if len(twice):
        raise InputError(f"enterprises.csv: id {twice.iloc[0]} occurs twice")
    frame = pd.DataFrame(index=shipped.index)
    for name, kind in ENTERPRISE_COLUMNS.items():
        if name in shipped.columns:
            frame[name] = shipped[name]
        elif name != "fid":
            frame[name] = pd.Series(float("nan") if kind == "float64" else "", index=shipped.index)
    scores = [";".join("1.00" for part in text.split(";") if part) for text in frame["sectors"]]
    return frame.assign(
        origin="anchor",
        sector_scores=scores,
        sector_evidence="辽政发〔2015〕25号",
        precision=frame["precision"].replace("", "none"),
    )


def _tables(summary: BuildSummary) -> dict[str, pd.DataFrame]:
    tables = {}
    for name, load in TABLE_LOADERS.items():
        try:
            tables[name] = load()
        except InputError as error:
            if "no shipped data file" not in str(error):
                raise
            summary.missing.append(f"{name}.csv")
    return tables


def _describe(summary: BuildSummary, anchors: pd.DataFrame) -> None:
    summary.rows["enterprises"] = len(anchors)
    summary.precisions = {
        str(name): int(n) for name, n in anchors["precision"].value_counts().items()
    }
    noted = anchors["note"]
    summary.misplaced = anchors.loc[
        noted.str.contains(MISPLACED, regex=False), "enterprise_id"
    ].tolist()
    summary.outside = anchors.loc[
        noted.str.contains(OUTSIDE, regex=False), "enterprise_id"
    ].tolist()
