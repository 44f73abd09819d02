"""The clusters of all sectors as one layer of the store."""

from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from clusteratlas.analysis.clusters import find_clusters
from clusteratlas.analysis.counted_once import once, standing_twice
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
    twice = standing_twice(store)
    universe = all_sites(store, twice)
    parts = []
    for sector in wanted:
        firms = sector_sites(store, sector, twice)
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


def all_sites(store: Store, twice: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return where all enterprises are, as numbers alone: 32 bytes each, read in batches.

    Columns ``fid, lon, lat, radius_m``: what random labellings draw from. An anchor that the registry
    lists too is one site; ``twice`` is from
    :func:`clusteratlas.analysis.counted_once.standing_twice`, None reads it.
    """
    columns = ["fid", "lon", "lat", "radius_m"]
    batches = once(store.batches(columns=columns), _known(store, twice))
    numbers = [batch[columns].to_numpy(dtype=float) for batch in batches]
    return pd.DataFrame(np.concatenate(numbers) if numbers else np.empty((0, 4)), columns=columns)


def sector_sites(store: Store, sector: str, twice: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the sites of a sector's enterprises and what they weigh; may be empty.

    Columns ``fid, enterprise_id, origin, lon, lat, radius_m, weight``; ``twice`` as in
    :func:`all_sites`.
    """
    columns = ["fid", "enterprise_id", "origin", "lon", "lat", "radius_m"]
    chosen = store.batches(columns=columns, selection=Selection(sectors=(sector,)))
    batches = [batch[columns] for batch in once(chosen, _known(store, twice), sectors=(sector,))]
    sites = pd.concat(batches, ignore_index=True) if batches else pd.DataFrame(columns=columns)
    sites["weight"] = sites["origin"].map({"anchor": ANCHOR_WEIGHT}).fillna(1.0)
    return sites


def _known(store: Store, twice: pd.DataFrame | None) -> pd.DataFrame:
    return standing_twice(store) if twice is None else twice
