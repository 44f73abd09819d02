"""Enterprises that the documents name and the registry lists: two rows of the store, one enterprise."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from clusteratlas.store.base import Store

CERTAIN: Final = 0.95
"""Confidence from which a link says that two rows are one enterprise: equal code or full name."""

COLUMNS: Final[Mapping[str, str]] = {
    "adcode": "str",
    "sector": "str",
    "year": "int64",
    "n": "int64",
    "capital": "float64",
}


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


def surplus(store: Store, anchors: pd.DataFrame) -> pd.DataFrame:
    """Return what has to be added to the store's counts so that every enterprise counts once.

    District and sectors of such an enterprise are those of the anchor, for they come from a document
    and from its own site; year and capital are those of the registry, which the documents do not give.

    Parameters
    ----------
    anchors
        The enterprises of origin ``anchor``.

    Returns
    -------
    DataFrame
        ``adcode, sector, year, n, capital`` as in :meth:`clusteratlas.store.base.Store.counts`, for both
        origins together: -1 for either row, 1 for the enterprise.
    """
    known = {row["enterprise_id"]: row for row in anchors.to_dict("records")}
    cells: list[tuple[str, str, int, int, float]] = []
    for link in certain_pairs(store.table("anchor_links")).to_dict("records"):
        anchor, firm = known.get(link["anchor_id"]), store.enterprise(link["enterprise_id"])
        if anchor is None or firm is None:
            continue
        facts = {name: firm[name] for name in ("registered", "capital")}
        where = {name: anchor[name] or firm[name] for name in ("adcode", "sectors")}
        cells += [*_cells(anchor, -1), *_cells(firm, -1), *_cells({**facts, **where}, 1)]
    if not cells:
        return no_surplus()
    return pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict(COLUMNS))


def _cells(row: Mapping[Any, Any], sign: int) -> Iterable[tuple[str, str, int, int, float]]:
    """Yield what an enterprise adds to the counts: a cell for each sector, ``""`` for none."""
    year = int(row["registered"][:4]) if row["registered"] else 0
    capital = 0.0 if pd.isna(row["capital"]) else sign * float(row["capital"])
    for sector in dict.fromkeys(part for part in row["sectors"].split(";") if part) or [""]:
        yield row["adcode"], sector, year, sign, capital
