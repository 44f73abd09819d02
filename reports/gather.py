"""What a report needs from the store, drawn once."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clusteratlas.analysis.frames import AtlasFrames, load_frames
from clusteratlas.analysis.positioning import STATES, SUPPORTED
from clusteratlas.analysis.profile import DistrictProfile, district_profile
from clusteratlas.analysis.supply import (
    GAP_RADIUS_M,
    SupplyTarget,
    chain_gaps,
    product_presence,
    supporting_firms,
)
from clusteratlas.store.base import Selection, Store

NEAREST_FIRMS = 100_000
"""Most firms around the district's centre that are searched; where more crowd, the reach is shorter."""

REACH_M = 60_000.0
"""How far around the centre firms are looked for."""

LEADING = 5
"""How many sectors count as the leading ones of a district."""


@dataclass(frozen=True)
class ReportData:
    """Everything behind a report.

    Parameters
    ----------
    frames, profile
        The atlas and the district's profile.
    anchors, firms
        The district's enterprises: named in the documents, and registered.
    parks
        The parks and bases that the documents name there, with or without a place.
    leading
        Its leading sectors: stated and present first, then present, by number of firms.
    planned
        Sectors that a plan names for it and that are not present yet, strongest priority first.
    gaps
        Links of the leading and the planned sectors, missing ones first; empty without firms in
        the atlas.
    gap_radius_m, reach_m
        Within which distance of the centre a link without a maker counts as missing, and how far
        makers were looked for at all.
    suppliers
        Supporting firms for the leading sectors near the district's centre; may be empty.
    mentions
        Clauses of the documents that name the district's anchors and parks.
    responsibilities
        Who answers for which clause, as far as the district's government is named.
    """

    frames: AtlasFrames
    profile: DistrictProfile
    anchors: pd.DataFrame
    firms: pd.DataFrame
    parks: gpd.GeoDataFrame
    leading: tuple[str, ...]
    planned: tuple[str, ...]
    gaps: pd.DataFrame
    suppliers: pd.DataFrame
    mentions: pd.DataFrame
    responsibilities: pd.DataFrame
    gap_radius_m: float = GAP_RADIUS_M
    reach_m: float = REACH_M


def gather(store: Store, adcode: str) -> ReportData:
    """Return everything behind the report of a district.

    Raises
    ------
    UnknownNameError
        If the store has no such district.
    """
    frames = load_frames(store)
    profile = district_profile(frames, adcode)
    own = store.collection("enterprises", selection=Selection(adcodes=[adcode]))
    anchors = own[own["origin"] == "anchor"].reset_index(drop=True)
    firms = own[own["origin"] == "registry"].reset_index(drop=True)
    parks = store.collection("parks")
    parks = parks[parks["adcode"] == adcode].reset_index(drop=True)
    leading, planned = leading_sectors(profile), planned_sectors(profile)
    around, reach_m = _around(store, frames, adcode, own)
    gap_radius_m = min(GAP_RADIUS_M, reach_m)
    gaps, suppliers = pd.DataFrame(), pd.DataFrame()
    if len(around):
        presence = product_presence(around, radius_m=gap_radius_m)
        gaps = chain_gaps([*leading, *planned], presence, frames.linkages)
        suppliers = _suppliers(leading, around, frames)
    mentions = store.table("mentions")
    mentions = mentions[
        mentions["enterprise_id"].isin(set(anchors["enterprise_id"]))
        | mentions["park_id"].isin(set(parks["park_id"]))
    ]
    duties = store.table("responsibilities")
    return ReportData(
        frames,
        profile,
        anchors,
        firms,
        parks,
        leading,
        planned,
        gaps,
        suppliers,
        mentions,
        _duties(duties, profile),
        gap_radius_m=gap_radius_m,
        reach_m=reach_m,
    )


def leading_sectors(profile: DistrictProfile) -> tuple[str, ...]:
    """Return up to five leading sectors: named and present, then present, by number of firms."""
    cells = profile.cells
    order = {state: place for place, state in enumerate(SUPPORTED)}
    shown = cells[cells["state"].isin(order)]
    ranked = shown.assign(place=shown["state"].map(order)).sort_values(
        ["place", "n"], ascending=[True, False], kind="stable"
    )
    return tuple(str(sector) for sector in ranked["sector"].head(LEADING))


def planned_sectors(profile: DistrictProfile) -> tuple[str, ...]:
    """Return up to five sectors that are stated and not present yet, strongest priority first."""
    cells = profile.cells
    named = cells[cells["state"] == STATES[1]]
    ranked = named.sort_values(["stated_weight", "n"], ascending=False, kind="stable")
    return tuple(str(sector) for sector in ranked["sector"].head(LEADING))


def _around(
    store: Store, frames: AtlasFrames, adcode: str, own: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    """Return the well-placed firms around a district's centre, and how far (m) they are complete."""
    placed = own[own["lon"].notna() & (own["radius_m"] <= 5_000)]
    if len(placed) >= 5:
        lon, lat = float(placed["lon"].median()), float(placed["lat"].median())
    else:
        row = frames.districts[frames.districts["adcode"] == adcode].iloc[0]
        lon, lat = float(row["lon"]), float(row["lat"])
    near = store.nearest(lon, lat, k=NEAREST_FIRMS, radius_m=REACH_M)
    cut = len(near) == NEAREST_FIRMS
    reach_m = float(near["distance_m"].max()) if cut else REACH_M
    # A point known only to its district or city says nothing about thirty kilometres.
    return near[near["radius_m"].fillna(np.inf) <= 15_000], reach_m


def _suppliers(leading: tuple[str, ...], around: pd.DataFrame, frames: AtlasFrames) -> pd.DataFrame:
    registry = around[around["origin"] == "registry"]
    if registry.empty or not leading:
        return pd.DataFrame()
    found = supporting_firms(
        SupplyTarget(leading), registry, frames.linkages, role="supplier", k=60
    )
    # At most two makers of one product: a list of ten bearing shops helps nobody.
    return found.groupby("link_product", sort=False).head(2).head(12).reset_index(drop=True)


def _duties(duties: pd.DataFrame, profile: DistrictProfile) -> pd.DataFrame:
    if duties.empty or "governments" not in duties:
        return duties.head(0)
    named = duties["governments"].str.split(";").map(lambda names: profile.district in names)
    return duties[named]
