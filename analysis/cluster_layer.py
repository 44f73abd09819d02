"""The clusters of all sectors as one layer of the store."""

from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from clusteratlas.analysis.clusters import find_clusters
from clusteratlas.errors import UnknownNameError
from clusteratlas.store.base import Selection, Store

ANCHOR_WEIGHT = 3.0
"""An enterprise that the documents name counts as three firms when groups are looked for."""


def update_clusters(
    store: Store,
    *,
    sectors: Sequence[str] | None = None,
    simulations: int = 99,
    tell: Callable[[str], None] = lambda _: None,
) -> gpd.GeoDataFrame:
    """Find the clusters of the sectors and replace the store's ``clusters`` layer with them.

    Parameters
    ----------
    store
        Opened for writing.
    sectors
        Sector ids; None for all 28. The layer then holds these sectors only.
    simulations
        Random labellings per sector.
    tell
        Called with one line per sector, for progress.

    Returns
    -------
    GeoDataFrame
        The layer, EPSG:4326, columns of
        :class:`clusteratlas.analysis.clusters.ClusterResult` without member ids beyond 500.

    Raises
    ------
    UnknownNameError
        If a sector does not exist.
    StoreError
        If another writer holds the store.
    """
    table = store.table("sectors")
    known = [str(code) for code in table.loc[table["parent"] != "", "sector_id"]]
    wanted = list(sectors) if sectors else known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise UnknownNameError(f"no sector {unknown[0]!r}; allowed are {', '.join(known)}")
    universe = all_sites(store)
    parts = []
    for sector in wanted:
        firms = sector_sites(store, sector)
        result = find_clusters(firms, sector, universe, simulations=simulations)
        parts.append(result.clusters)
        tell(f"{sector}: {result.points} firms, {len(result.clusters)} clusters")
    found = [part for part in parts if len(part)] or parts[:1]
    layer = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs="EPSG:4326")
    layer = layer.astype({"significant": bool, "n": "int64", "n_possible": "int64"})
    layer["members"] = [";".join(text.split(";")[:500]) for text in layer["members"].astype(str)]
    with store.writer() as writer:
        writer.replace_table("clusters", layer)
    return layer


def all_sites(store: Store) -> pd.DataFrame:
    """Return where all firms are, as numbers alone: 32 bytes a firm, read in batches.

    Columns ``fid, lon, lat, radius_m``: what random labellings draw from.
    """
    columns = ["fid", "lon", "lat", "radius_m"]
    batches = [batch[columns].to_numpy(dtype=float) for batch in store.batches(columns=columns)]
    return pd.DataFrame(np.concatenate(batches) if batches else np.empty((0, 4)), columns=columns)


def sector_sites(store: Store, sector: str) -> pd.DataFrame:
    """Return the sites of a sector's firms and what they weigh; may be empty.

    Columns ``fid, enterprise_id, origin, lon, lat, radius_m, weight``.
    """
    columns = ["fid", "enterprise_id", "origin", "lon", "lat", "radius_m"]
    batches = list(store.batches(columns=columns, selection=Selection(sectors=(sector,))))
    sites = pd.concat(batches, ignore_index=True) if batches else pd.DataFrame(columns=columns)
    sites["weight"] = sites["origin"].map({"anchor": ANCHOR_WEIGHT}).fillna(1.0)
    return sites
