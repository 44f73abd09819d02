"""Clusters on the map: dense groups of one sector's firms that are more than just a city.

HDBSCAN (Campello, Moulavi and Sander 2013; scikit-learn's implementation) finds groups on projected
metres. Whether a group is a cluster *of the sector* is a second question, answered by a random
labelling test: the sector's label is dealt out at random among the sites of all firms, the strongest
group of each draw is recorded, and a found group counts as significant if few draws hold one as
strong (Kulldorff 1997's likelihood ratio as strength). Points of low precision do not take part in
finding groups, so that a district centroid makes no false peak; they are counted as possible members.
"""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from sklearn.cluster import HDBSCAN

from clusteratlas.errors import InputError
from clusteratlas.geo.projection import to_degrees, to_metres

MAX_RADIUS_M: Final = 3_000.0
"""Points whose error circle is wider take no part in finding groups."""

MIN_MEMBERS: Final = 5
"""Fewest firms that can be a cluster."""

MAX_WEIGHT: Final = 3
"""An anchor counts as up to three firms: HDBSCAN knows no weights, so it stands that often."""

MIN_SHARE: Final = 0.02
"""A cluster holds at least this share of the sector's firms: firms placed on the same street must not
make a hundred clusters of a sector that every quarter has."""

MAX_REACH_M: Final = 15_000.0
"""A group that reaches farther from its middle than this is a region, not a cluster: suppliers meet
and workers commute within some fifteen kilometres."""

HULL_MARGIN_M: Final = 250.0
"""Hulls are drawn this far outside their members, so that three firms in a row have an area."""

BORDER_RATIO: Final = 0.3
"""Ratio of the concave hull (shapely): smaller follows the members more closely."""


@dataclass(frozen=True)
class ClusterResult:
    """Clusters of one sector.

    Parameters
    ----------
    clusters
        ``cluster_id, sector, n, n_possible, persistence, share, expected, strength, p_value,
        significant, members, lon, lat, geometry`` (hull, EPSG:4326), strongest first. ``n_possible``
        counts imprecise points inside the hull; ``members`` are ids, ;-separated.
    points, left_out
        Firms that took part, and firms left out because their position is too uncertain.
    simulations
        Random labellings behind the p-values.
    """

    clusters: gpd.GeoDataFrame
    points: int
    left_out: int
    simulations: int


def find_clusters(
    firms: pd.DataFrame,
    sector: str,
    universe: pd.DataFrame,
    *,
    min_members: int = MIN_MEMBERS,
    max_radius_m: float = MAX_RADIUS_M,
    simulations: int = 99,
    level: float = 0.05,
    seed: int = 0,
) -> ClusterResult:
    """Return the clusters of one sector with members, hull, persistence and significance.

    Parameters
    ----------
    firms
        The sector's firms: ``enterprise_id, lon, lat`` (EPSG:4326), ``radius_m``; optional
        ``weight`` (1 = a firm, up to :data:`MAX_WEIGHT`).
    sector
        Its id, kept in the result.
    universe
        All firms, the sector's among them: ``lon, lat, radius_m``.
    min_members
        Fewest firms of a cluster, 3..1000.
    simulations
        Random labellings; 0 leaves the p-values unknown (NaN).

    Raises
    ------
    InputError
        If a bound is out of range.
    """
    if not 3 <= min_members <= 1000 or not 0 <= simulations <= 999:
        raise InputError("min_members must be 3..1000 and simulations 0..999")
    precise = _precise(firms, max_radius_m)
    own, vague = firms[precise], firms[~precise]
    sites = universe[_precise(universe, max_radius_m)]
    if len(own) < min_members or len(sites) < len(own):
        return ClusterResult(_empty(sector), len(own), len(vague), simulations)
    xy, all_xy = to_metres(own["lon"], own["lat"]), to_metres(sites["lon"], sites["lat"])
    weight = np.clip(own.get("weight", pd.Series(1.0, own.index)).to_numpy(), 1, MAX_WEIGHT)
    labels, persistence = _group(xy, weight, min_members)
    found = _strengths(xy, labels, cKDTree(all_xy), len(own), len(sites))
    draws = _strongest_draws(all_xy, len(own), min_members, simulations, seed)
    return ClusterResult(
        _frame(own, vague, sector, labels, persistence, found, draws, level),
        len(own),
        len(vague),
        simulations,
    )


def _precise(points: pd.DataFrame, max_radius_m: float) -> pd.Series:
    known = points["lon"].notna() & points["lat"].notna()
    return known & (points["radius_m"].fillna(np.inf) <= max_radius_m)


def _group(xy: np.ndarray, weight: np.ndarray, min_members: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the group of each point (-1 = none) and its membership strength, 0..1."""
    times = np.rint(weight).astype(int)
    repeated = np.repeat(xy, times, axis=0)
    if len(repeated) <= min_members:
        return np.full(len(xy), -1), np.zeros(len(xy))
    model = HDBSCAN(
        min_cluster_size=max(min_members, int(np.ceil(MIN_SHARE * len(repeated)))),
        min_samples=min(min_members, len(repeated) - 1),
        cluster_selection_method="leaf",
        copy=True,
    ).fit(repeated)
    first = np.concatenate([[0], np.cumsum(times)[:-1]])
    labels, strength = model.labels_[first], model.probabilities_[first]
    for label in np.unique(labels[labels >= 0]):
        members = xy[labels == label]
        reach = np.hypot(*(members - np.median(members, axis=0)).T).max()
        if len(members) < min_members or reach > MAX_REACH_M:
            labels[labels == label] = -1  # only the repeats of an anchor made it one, or a region
    return labels, strength


def _strengths(
    xy: np.ndarray, labels: np.ndarray, sites: cKDTree, n_own: int, n_all: int
) -> pd.DataFrame:
    """Return size, expectation and likelihood ratio of each group.

    The expectation is the number of all firms in the group's smallest circle round its centre of
    members, times the sector's share in all firms.
    """
    rows = []
    for label in np.unique(labels[labels >= 0]):
        members = xy[labels == label]
        centre = np.median(members, axis=0)
        reach = float(np.hypot(*(members - centre).T).max())
        inside = len(sites.query_ball_point(centre, reach * (1 + 1e-9) + 1.0))
        n = len(members)
        expected = max(inside, n) * n_own / n_all
        rows.append((label, n, max(inside, n), expected, _likelihood(n, expected, n_own)))
    return pd.DataFrame(rows, columns=["label", "n", "inside", "expected", "strength"])


def _likelihood(n: float, expected: float, total: float) -> float:
    """Return Kulldorff's Poisson log likelihood ratio; 0 if there is no excess."""
    if n <= expected:
        return 0.0
    outside = total - n
    rest = outside * np.log(outside / (total - expected)) if outside > 0 else 0.0
    return float(n * np.log(n / expected) + rest)


def _strongest_draws(
    sites: np.ndarray, n_own: int, min_members: int, simulations: int, seed: int
) -> np.ndarray:
    """Return the strength of the strongest group in each random labelling."""
    tree = cKDTree(sites)
    rng = np.random.default_rng(seed)
    strongest = np.zeros(simulations)
    for i in range(simulations):
        chosen = sites[rng.choice(len(sites), n_own, replace=False)]
        labels, _ = _group(chosen, np.ones(n_own), min_members)
        found = _strengths(chosen, labels, tree, n_own, len(sites))
        strongest[i] = found["strength"].max() if len(found) else 0.0
    return strongest


def _frame(
    own: pd.DataFrame,
    vague: pd.DataFrame,
    sector: str,
    labels: np.ndarray,
    persistence: np.ndarray,
    found: pd.DataFrame,
    draws: np.ndarray,
    level: float,
) -> gpd.GeoDataFrame:
    rows: list[dict[str, object]] = []
    for group in found.sort_values("strength", ascending=False).to_dict("records"):
        member = own[labels == group["label"]]
        hull = draw_hull(member["lon"].to_numpy(), member["lat"].to_numpy())
        inside = shapely.contains_xy(hull, vague["lon"].to_numpy(), vague["lat"].to_numpy())
        p_value = (
            (1 + (draws >= group["strength"]).sum()) / (len(draws) + 1) if len(draws) else np.nan
        )
        rows.append(
            {
                "cluster_id": f"{sector}-{len(rows) + 1}",
                "sector": sector,
                "n": group["n"],
                "n_possible": int(inside.sum()),
                "persistence": float(persistence[labels == group["label"]].mean()),
                "share": group["n"] / group["inside"],
                "expected": group["expected"],
                "strength": group["strength"],
                "p_value": p_value,
                "significant": bool(p_value <= level),
                "members": ";".join(member["enterprise_id"]),
                "lon": float(member["lon"].median()),
                "lat": float(member["lat"].median()),
                "geometry": hull,
            }
        )
    return gpd.GeoDataFrame(rows, crs="EPSG:4326") if rows else _empty(sector)


def draw_hull(lon: np.ndarray, lat: np.ndarray) -> shapely.Polygon:
    """Return the concave hull of the members, drawn 250 m outside them, in EPSG:4326."""
    points = shapely.multipoints(to_metres(lon, lat))
    hull = shapely.concave_hull(points, ratio=BORDER_RATIO).buffer(HULL_MARGIN_M, quad_segs=4)
    return shapely.transform(hull, lambda xy: np.round(to_degrees(xy), 6))


def _empty(sector: str) -> gpd.GeoDataFrame:
    columns = (
        "cluster_id sector n n_possible persistence share expected strength p_value significant"
    )
    names = [*columns.split(), "members", "lon", "lat"]
    frame = gpd.GeoDataFrame({name: [] for name in names}, geometry=[], crs="EPSG:4326")
    frame.attrs["sector"] = sector
    return frame
