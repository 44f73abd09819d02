from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from clusteratlas.errors import InputError
from clusteratlas.store import Selection
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.geopackage.nearest import box_around

GEOD = Geod(ellps="WGS84")


@pytest.fixture
def scattered(empty: GeoPackageStore, firms: Callable[..., pd.DataFrame]) -> GeoPackageStore:
    random = np.random.default_rng(7)
    count = 2_000
    lon, lat = random.uniform(119, 125, count), random.uniform(38.7, 43.4, count)
    lon[::50], lat[::50] = 123.4, 41.8  # many at one place
    rows = firms(
        enterprise_id=[f"e{n}" for n in range(count)],
        lon=lon,
        lat=lat,
        sectors=["robotics" if n % 7 == 0 else "" for n in range(count)],
        adcode=["210102" if n % 2 else "210203" for n in range(count)],
        confidence=[n / count for n in range(count)],
    )
    with empty.writer() as writer:
        writer.upsert_enterprises(rows)
    return empty


def brute(store: GeoPackageStore, lon: float, lat: float, chosen: str = "fid > 0") -> pd.DataFrame:
    rows = store.collection("enterprises").query(chosen)
    _, _, metres = GEOD.inv([lon] * len(rows), [lat] * len(rows), rows["lon"], rows["lat"])
    ordered = rows.assign(distance_m=metres).sort_values(["distance_m", "fid"])
    return pd.DataFrame(ordered)


@pytest.mark.parametrize(
    ("lon", "lat", "k"),
    [(123.4, 41.8, 20), (121.5, 39.0, 1), (119.0, 43.4, 300), (0.0, 0.0, 5), (-179.9, 89.9, 5)],
)
def test_nearest_agrees_with_geodesic_brute_force(
    scattered: GeoPackageStore, lon: float, lat: float, k: int
) -> None:
    found = scattered.nearest(lon, lat, k=k)
    expected = brute(scattered, lon, lat).head(k)
    assert found["fid"].tolist() == expected["fid"].tolist()
    assert found["distance_m"].to_numpy() == pytest.approx(expected["distance_m"].to_numpy())


def test_nearest_with_a_filter_is_the_nearest_of_those(scattered: GeoPackageStore) -> None:
    chosen = Selection(sectors=("robotics",), adcodes=("210200",), min_confidence=0.3)
    found = scattered.nearest(122.0, 40.0, k=15, selection=chosen)
    query = "sectors == 'robotics' and adcode == '210203' and confidence >= 0.3"
    assert found["fid"].tolist() == brute(scattered, 122.0, 40.0, query)["fid"].head(15).tolist()


def test_nearest_within_a_radius_gives_fewer_than_k(scattered: GeoPackageStore) -> None:
    found = scattered.nearest(122.0, 40.0, k=500, radius_m=10_000)
    expected = brute(scattered, 122.0, 40.0).query("distance_m <= 10000")
    assert found["fid"].tolist() == expected["fid"].tolist()
    assert 0 < len(found) < 500


def test_nearest_of_an_empty_store_is_empty(empty: GeoPackageStore) -> None:
    found = empty.nearest(123.4, 41.8, k=3)
    assert found.empty
    assert "distance_m" in found.columns


@pytest.mark.parametrize(
    "wrong",
    [
        {"lon": 181.0},
        {"lat": float("nan")},
        {"k": 0},
        {"radius_m": -1.0},
        {"radius_m": float("nan")},
    ],
)
def test_nearest_refuses_wrong_input(empty: GeoPackageStore, wrong: dict[str, float]) -> None:
    arguments: dict[str, float] = {"lon": 123.0, "lat": 41.0, "k": 3} | wrong
    with pytest.raises(InputError):
        empty.nearest(arguments.pop("lon"), arguments.pop("lat"), **arguments)  # type: ignore[arg-type]


@settings(max_examples=200)
@given(
    st.floats(-179, 179),
    st.floats(-85, 85),
    st.floats(0, 360),
    st.floats(1, 500_000),
)
def test_box_holds_every_point_of_the_circle(
    lon: float, lat: float, azimuth: float, radius: float
) -> None:
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, azimuth, radius)
    west, south, east, north = box_around(lon, lat, radius)
    assert south <= end_lat <= north
    assert west <= end_lon <= east or (west, east) == (-180.0, 180.0)
