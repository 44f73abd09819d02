"""Enterprises that the documents name and the registry lists: two rows of the store, one enterprise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from clusteratlas.store.base import Selection, Store

CERTAIN: Final = 0.95
"""Confidence from which a link says that two rows are one enterprise: equal code or full name."""

COLUMNS: Final[Mapping[str, str]] = {
    "adcode": "str",
    "sector": "str",
    "year": "int64",
    "n": "int64",
    "capital": "float64",
}

ROWS: Final[Mapping[str, str]] = {
    "fid": "int64",
    "enterprise_id": "str",
    "origin": "str",
    "adcode": "str",
    "sectors": "str",
    "registered": "str",
    "capital": "float64",
    "membership": "str",
    "lon": "float64",
    "lat": "float64",
    "radius_m": "float64",
    "sign": "int64",
}
"""Columns of :func:`standing_twice`."""


def no_surplus() -> pd.DataFrame:
    """Return the frame of :func:`surplus` for a store in which nobody stands twice."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def certain_pairs(links: pd.DataFrame) -> pd.DataFrame:
    """Return those links that make one enterprise of two rows; no anchor and no firm is in two.

    Parameters
    ----------
    links
        The store's table ``anchor_links``.
    """
    sure = links[links["relation"].isin(["same", "renamed"]) & links["confidence"].ge(CERTAIN)]
    best = sure.sort_values("confidence", ascending=False, kind="stable")
    return best.drop_duplicates("anchor_id").drop_duplicates("enterprise_id")


def standing_twice(store: Store, anchors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the rows of the enterprises that the store has twice, and each of them as one.

    District and sectors of such an enterprise are those of the anchor, for they come from a document
    and from its own site; year and capital are those of the registry, which the documents do not give.
    It stands where the anchor stands, or where the registry has it if that is in the same district
    and has the smaller error circle.

    Parameters
    ----------
    store
        Read are its links and the firms at their ends.
    anchors
        The enterprises of origin ``anchor``; None reads them.

    Returns
    -------
    DataFrame
        Columns :data:`ROWS`; ``sign`` is -1 for either row, and 1 for the enterprise, which keeps
        the anchor's ``fid`` and id. Text is "" and a number NaN where it is unknown.
    """
    links = certain_pairs(store.table("anchor_links"))
    if anchors is None:
        anchors = store.collection("enterprises", selection=Selection(origin="anchor"))
    known = {row["enterprise_id"]: row for row in anchors.to_dict("records")}
    rows: list[Mapping[Any, Any]] = []
    for link in links.to_dict("records"):
        anchor, firm = known.get(link["anchor_id"]), store.enterprise(link["enterprise_id"])
        if anchor is not None and firm is not None:
            rows += [{**anchor, "sign": -1}, {**firm, "sign": -1}, _one_of(anchor, firm)]
    table = pd.DataFrame(rows, columns=list(ROWS))
    text = [name for name, kind in ROWS.items() if kind == "str"]
    return table.fillna(dict.fromkeys(text, "")).astype(dict(ROWS))


def _one_of(anchor: Mapping[Any, Any], firm: Mapping[str, Any]) -> dict[Any, Any]:
    inside = anchor["adcode"] in ("", firm["adcode"])
    finer = inside and not _radius(anchor) <= _radius(firm)
    place = firm if finer else anchor
    return {
        **anchor,
        **{name: anchor[name] or firm[name] for name in ("adcode", "sectors")},
        **{name: firm[name] for name in ("registered", "capital")},
        **{name: place[name] for name in ("membership", "lon", "lat", "radius_m")},
        "sign": 1,
    }


def _radius(row: Mapping[Any, Any]) -> float:
    """Return the error circle of a position, infinite where none is known."""
    known = not (pd.isna(row["lon"]) or pd.isna(row["radius_m"]))
    return float(row["radius_m"]) if known else float("inf")


def once(
    batches: Iterable[pd.DataFrame], twice: pd.DataFrame, *, sectors: Sequence[str] = ()
) -> Iterator[pd.DataFrame]:
    """Yield batches of firms in which every enterprise stands once.

    Parameters
    ----------
    batches
        Of both origins, with ``fid`` and other columns of :data:`ROWS`.
    twice
        From :func:`standing_twice`.
    sectors
        The sectors that the batches were selected by; () for all.
    """
    left_out = twice.loc[twice["sign"] < 0, "fid"]
    for batch in batches:
        yield batch[~batch["fid"].isin(left_out)]
    whole = twice[twice["sign"] > 0].drop(columns="sign")
    if sectors:
        asked = set(sectors)
        whole = whole[[not asked.isdisjoint(text.split(";")) for text in whole["sectors"]]]
    if len(whole):
        yield whole


def surplus(store: Store, anchors: pd.DataFrame) -> pd.DataFrame:
    """Return what has to be added to the store's counts so that every enterprise counts once.

    Parameters
    ----------
    anchors
        The enterprises of origin ``anchor``.

    Returns
    -------
    DataFrame
        ``adcode, sector, year, n, capital`` as in :meth:`clusteratlas.store.base.Store.counts`, for both
        origins together: -1 for either row of :func:`standing_twice`, 1 for the enterprise.
    """
    rows = standing_twice(store, anchors).to_dict("records")
    cells = [cell for row in rows for cell in _cells(row)]
    return pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict(COLUMNS))


def _cells(row: Mapping[Any, Any]) -> Iterable[tuple[str, str, int, int, float]]:
    """Yield what an enterprise adds to the counts: a cell for each sector, ``""`` for none."""
    year = int(row["registered"][:4]) if row["registered"] else 0
    capital = 0.0 if pd.isna(row["capital"]) else row["sign"] * float(row["capital"])
    for sector in dict.fromkeys(part for part in row["sectors"].split(";") if part) or [""]:
        yield row["adcode"], sector, year, row["sign"], capital
