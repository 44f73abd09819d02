"""The geocoder that build and ingest use."""

from collections.abc import Hashable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clusteratlas.store.names import normal_name
from clusteratlas.store.placing import Geocode, Ground

RADIUS_SHARE = 0.9


def offline_geocode(ground: Ground) -> Geocode:
    """Return the offline geocoder as a function over frames."""
    return AreaGeocoder(ground)


class AreaGeocoder:
    """Place an enterprise in the park it names, else in its district; no finer than that.

    The point of a district is its label point, the radius holds 90 % of its outline's reach.
    """

    def __init__(self, ground: Ground) -> None:
        self._areas = _district_areas(ground.districts)
        self._parks: dict[str, tuple[float, float, float, str, str]] = {}
        for park in ground.parks.itertuples():
            if park.geometry is None:
                continue
            spot = park.geometry.representative_point()
            radius = float(pd.to_numeric(park.radius_m))
            entry = (spot.x, spot.y, radius, str(park.name), str(park.adcode))
            for name in (park.name, *str(park.aliases or "").split(";")):
                if len(normal_name(name)) >= 4:
                    self._parks[normal_name(name)] = entry

    def __call__(self, firms: pd.DataFrame) -> pd.DataFrame:
        """Return positions on the index of ``firms``."""
        answers = [self._answer(row) for row in firms.to_dict("records")]
        columns = [
            "lon", "lat", "precision", "radius_m", "confidence", "evidence", "adcode", "city",
            "zone", "membership", "provider",
        ]  # fmt: skip
        return pd.DataFrame.from_records(answers, columns=columns, index=firms.index)

    def _answer(self, firm: Mapping[Hashable, Any]) -> tuple[object, ...]:
        text = normal_name(f"{firm['zone']}{firm['address']}")
        for name, (lon, lat, radius, label, adcode) in self._parks.items():
            if name in text and np.isfinite(radius):
                said = str(firm["adcode"]) or adcode
                return (
                    lon,
                    lat,
                    "zone",
                    radius,
                    0.8,
                    f"园区：{label}",
                    said,
                    "",
                    label,
                    "",
                    "offline",
                )
        area = self._areas.get(str(firm["adcode"]))
        if area is not None:
            lon, lat, radius, label = area
            return lon, lat, "district", radius, 0.9, f"区县：{label}", "", "", "", "", "offline"
        return np.nan, np.nan, "none", np.nan, 0.0, "", "", "", "", "", ""


def _district_areas(districts: gpd.GeoDataFrame) -> dict[str, tuple[float, float, float, str]]:
    metric = districts.to_crs(32651).geometry
    spots = districts.geometry.representative_point()
    flat = spots.to_crs(32651)
    areas = {}
    for at, row in enumerate(districts.itertuples()):
        reach = shapely.hausdorff_distance(flat.iloc[at], metric.iloc[at])
        point = spots.iloc[at]
        areas[str(row.adcode)] = (point.x, point.y, float(reach) * RADIUS_SHARE, str(row.name))
    return areas
