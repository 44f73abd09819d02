"""Clusters: planted groups are found, a city's ordinary density is not a cluster of a sector."""

import numpy as np
import pandas as pd
import pytest

from clusteratlas.analysis.clusters import find_clusters
from clusteratlas.errors import InputError
from clusteratlas.geo.projection import to_degrees


def firms(xy: np.ndarray, prefix: str, radius_m: float = 300.0) -> pd.DataFrame:
    """Firms at metres around 浑南."""
    lonlat = to_degrees(xy + np.array([78_000.0, 80_000.0]))
    ids = [f"{prefix}{i}" for i in range(len(xy))]
    return pd.DataFrame(
        {"enterprise_id": ids, "lon": lonlat[:, 0], "lat": lonlat[:, 1], "radius_m": radius_m}
    )


@pytest.fixture
def city() -> pd.DataFrame:
    """A city of 600 firms: dense in the middle, thin outside."""
    rng = np.random.default_rng(5)
    return firms(
        np.vstack([rng.normal(0, 2_000, (400, 2)), rng.uniform(-15_000, 15_000, (200, 2))]), "u"
    )


def test_planted_group_outside_the_centre_is_found_and_significant(city: pd.DataFrame) -> None:
    rng = np.random.default_rng(6)
    group = firms(rng.normal([9_000, 9_000], 400, (20, 2)), "g")
    scattered = city.sample(20, random_state=1)
    own = pd.concat([group, scattered], ignore_index=True)
    everyone = pd.concat([city, group], ignore_index=True)
    result = find_clusters(own, "robotics", everyone, simulations=39)
    best = result.clusters.iloc[0]
    assert best["significant"]
    assert best["p_value"] == pytest.approx(1 / 40)
    assert len(set(group["enterprise_id"]) & set(best["members"].split(";"))) >= 18
    assert best.geometry.is_valid
    assert best["sector"] == "robotics"


def test_random_firms_of_a_city_are_no_cluster_of_a_sector(city: pd.DataFrame) -> None:
    own = city.sample(60, random_state=2)
    result = find_clusters(own, "robotics", city, simulations=39)
    assert not result.clusters["significant"].any()


def test_imprecise_points_at_a_centroid_make_no_peak(city: pd.DataFrame) -> None:
    centroid = firms(np.tile([9_000.0, 9_000.0], (50, 1)), "c", radius_m=9_000.0)
    own = pd.concat([city.sample(20, random_state=3), centroid], ignore_index=True)
    result = find_clusters(own, "robotics", pd.concat([city, centroid]), simulations=0)
    assert result.left_out == 50
    for members in result.clusters["members"]:
        assert not any(name.startswith("c") for name in members.split(";"))


def test_too_few_firms_give_no_cluster_and_say_so(city: pd.DataFrame) -> None:
    result = find_clusters(city.head(3), "robotics", city)
    assert result.clusters.empty
    assert result.points == 3


def test_same_seed_gives_the_same_clusters(city: pd.DataFrame) -> None:
    own = city.head(80)
    first = find_clusters(own, "ic", city, simulations=9, seed=4).clusters
    second = find_clusters(own, "ic", city, simulations=9, seed=4).clusters
    assert first["p_value"].tolist() == second["p_value"].tolist()
    assert first["members"].tolist() == second["members"].tolist()


def test_bounds_are_checked(city: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="min_members"):
        find_clusters(city, "ic", city, min_members=1)
