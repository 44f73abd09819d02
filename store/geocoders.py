"""The geocoder that build and ingest use: the offline engine, then the area a record names."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clusteratlas.geo.geocoding import OfflineGeocoder
from clusteratlas.store.placing import Geocode, Ground

ANSWER_COLUMNS: Final = (
    "lon", "lat", "adcode", "district", "city", "zone", "precision", "radius_m", "confidence",
    "evidence", "membership", "provider",
)  # fmt: skip
RADIUS_SHARE: Final = 0.9


def offline_geocode(ground: Ground, geocoder: OfflineGeocoder | None = None) -> Geocode:
    """Return the offline geocoder as a function over frames.

    District and zone columns are put in front of the address where it does not name them. What the
    engine cannot place, but whose district the record states, gets the district.
    """
    engine = geocoder or OfflineGeocoder()
    areas = _district_areas(ground.districts)

    def geocode(firms: pd.DataFrame) -> pd.DataFrame:
        answers = engine.geocode_frame(
            pd.Series(_addresses(firms), index=firms.index, dtype="str"),
            firms["name"],
            firms["city"],
        )[list(ANSWER_COLUMNS)]
        return _with_areas(answers, firms, areas)

    return geocode


def _addresses(firms: pd.DataFrame) -> list[str]:
    columns = (firms[name] for name in ("district", "zone", "address"))
    texts = []
    for district, zone, address in zip(*columns, strict=True):
        stem = district.rstrip("区县市")
        parts = [zone if zone and zone not in address else "", address]
        if stem and stem not in "".join(parts):
            parts.insert(0, district)
        texts.append("".join(parts))
    return texts


def _with_areas(
    answers: pd.DataFrame, firms: pd.DataFrame, areas: dict[str, tuple[float, float, float, str]]
) -> pd.DataFrame:
    """Fall back to the stated district where the engine gives no point, or none in that district."""
    stated = firms["adcode"]
    vague = answers["lon"].isna() | answers["precision"].eq("city")
    for at in answers.index[vague & stated.ne("") & stated.isin(list(areas))]:
        lon, lat, radius, label = areas[str(stated[at])]
        answers.loc[at, ["lon", "lat", "radius_m", "confidence"]] = [lon, lat, radius, 0.9]
        answers.loc[at, ["precision", "adcode", "evidence"]] = [
            "district", str(stated[at]), f"据所载区县：{label}",
        ]  # fmt: skip
    return answers


def _district_areas(districts: gpd.GeoDataFrame) -> dict[str, tuple[float, float, float, str]]:
    """Return a point inside each district, and nine tenths of the way to its farthest border."""
    metric = districts.to_crs(32651).geometry
    spots = districts.geometry.representative_point()
    flat = spots.to_crs(32651)
    areas: dict[str, tuple[float, float, float, str]] = {}
    for at, row in enumerate(districts.itertuples()):
        reach = float(shapely.hausdorff_distance(flat.iloc[at], metric.iloc[at]))
        point: Any = spots.iloc[at]
        areas[str(row.adcode)] = (point.x, point.y, np.round(reach * RADIUS_SHARE), str(row.name))
    return areas
