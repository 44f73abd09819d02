"""Give enterprises a position, a district and parks, and check them against what they claim."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import ahocorasick
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clusteratlas.store.names import normal_name

Geocode = Callable[[pd.DataFrame], pd.DataFrame]
"""Takes ``name, address, zone, city, adcode`` and returns ``lon, lat, adcode, district, city, zone,
precision, radius_m, confidence, evidence, membership`` on the same index."""

MISPLACED: Final = "[区县不符]"
OUTSIDE: Final = "[省外点位]"
VAGUE: Final = ("district", "city", "none")
"""Precisions whose point stands for a whole area: no district can be read off it."""
# A park given as a point stands for ground within its radius; wider than this it says only where
# to look, and a firm must name the park to belong to it.
POINT_PARK_MAX_M: Final = 3_000.0
# Firms whose own circle is wider cannot be said to lie inside a park.
FIRM_RADIUS_MAX_M: Final = 3_000.0


class Ground:
    """The districts and parks that enterprises are joined to (both EPSG:4326)."""

    def __init__(self, districts: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> None:
        self.districts = districts.reset_index(drop=True)
        self.parks = parks.reset_index(drop=True)
        self._areas = self.districts.geometry.to_numpy()
        self._tree = shapely.STRtree(self._areas)
        self._names = dict(zip(self.districts["adcode"], self.districts["name"], strict=True))
        self._cities = dict(zip(self.districts["adcode"], self.districts["city"], strict=True))
        self._park_names = self._named_parks()

    def _named_parks(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for park in self.parks.itertuples():
            for name in (park.name, *str(park.aliases or "").split(";")):
                if len(normal_name(name)) >= 4:
                    named[normal_name(name)] = str(park.park_id)
        return named

    def district_of(self, lon: "pd.Series[float]", lat: "pd.Series[float]") -> list[str]:
        """Return the adcode of the district that holds each point, "" if none does.

        A point on a shared border gets the smaller adcode.
        """
        points = shapely.points(lon.to_numpy(dtype=float), lat.to_numpy(dtype=float))
        found = [""] * len(points)
        known = np.flatnonzero(np.isfinite(lon.to_numpy(dtype=float)))
        # A predicate in the query would prepare the points; prepared areas are 15 times as fast.
        inputs, districts = self._tree.query(points[known])
        shapely.prepare(self._areas)
        meet = shapely.intersects(self._areas[districts], points[known][inputs])
        inputs, districts = inputs[meet], districts[meet]
        codes = self.districts["adcode"].to_numpy()
        for at, district in zip(known[inputs].tolist(), districts.tolist(), strict=True):
            code = str(codes[district])
            found[at] = min(found[at], code) if found[at] else code
        return found

    def district_name(self, adcode: str) -> str:
        """Return the name of a district, "" if the code is none of Liaoning's."""
        return str(self._names.get(adcode, ""))

    def city_name(self, adcode: str) -> str:
        """Return the name of the city that a district belongs to, "" if unknown."""
        return str(self._cities.get(adcode, ""))

    def parks_of(self, firms: pd.DataFrame) -> list[str]:
        """Return the ;-joined parks of each firm: those it names, then those its point lies in."""
        texts = [
            normal_name(f"{zone}|{address}")
            for zone, address in zip(firms["zone"], firms["address"], strict=True)
        ]
        parks = list(self._park_names.values())
        found = [[parks[at] for at in self._named_in(text)] for text in texts]
        for at, park in self._parks_at(firms):
            found[at].append(park)
        return [";".join(dict.fromkeys(parks)) for parks in found]

    def _named_in(self, text: str) -> list[int]:
        """Return which park names a text holds, in their order."""
        if not self._park_names:
            return []
        return sorted({at for _, at in self._automaton.iter(text)})

    @cached_property
    def _automaton(self) -> Any:
        found = ahocorasick.Automaton()
        for at, name in enumerate(self._park_names):
            found.add_word(name, at)
        found.make_automaton()
        return found

    def _parks_at(self, firms: pd.DataFrame) -> list[tuple[int, str]]:
        lon = firms["lon"].to_numpy(dtype=float)
        lat = firms["lat"].to_numpy(dtype=float)
        radius = firms["radius_m"].to_numpy(dtype=float)
        sure = np.flatnonzero(np.isfinite(lon) & (radius <= FIRM_RADIUS_MAX_M))
        extents, ids = self._park_extents()
        if not (len(sure) and len(ids)):
            return []
        points = shapely.points(lon[sure], lat[sure])
        inputs, parks = shapely.STRtree(extents).query(points, predicate="intersects")
        return sorted(
            (int(sure[point]), ids[park]) for point, park in zip(inputs, parks, strict=True)
        )

    def _park_extents(self) -> tuple[list[shapely.Geometry], list[str]]:
        extents: list[shapely.Geometry] = []
        ids: list[str] = []
        metric = self.parks.to_crs(32651) if len(self.parks) else self.parks
        for park, flat in zip(self.parks.itertuples(), metric.geometry, strict=True):
            radius = pd.to_numeric(park.radius_m)
            if park.geometry is None:
                continue
            if park.geometry.geom_type != "Point":
                extents.append(park.geometry)
            elif radius <= POINT_PARK_MAX_M:
                circle = gpd.GeoSeries([flat.buffer(radius)], crs=32651).to_crs(4326)
                extents.append(circle.iloc[0])
            else:
                continue
            ids.append(str(park.park_id))
        return extents, ids


def place(firms: pd.DataFrame, ground: Ground, geocode: Geocode) -> pd.DataFrame:
    """Return the enterprises with position, district and parks.

    Recorded coordinates stay as they are; the others are geocoded. Whatever the source, two checks
    run: a point outside Liaoning is dropped and the row says so, and a point that lies in another
    district than the record claims is flagged in ``note``.

    Parameters
    ----------
    firms
        Columns of the enterprises collection; ``adcode`` is the district that the record claims
        ("" for none).
    ground
        Districts and parks.
    geocode
        Finds what has no coordinates.
    """
    placed = firms.reset_index(drop=True).copy()
    _fill_positions(placed, geocode)
    located = ground.district_of(placed["lon"], placed["lat"])
    _drop_outside(placed, located)
    _settle_districts(placed, located, ground)
    placed["park_ids"] = ground.parks_of(placed)
    placed.index = firms.index
    return placed


def _fill_positions(placed: pd.DataFrame, geocode: Geocode) -> None:
    recorded = placed["lon"].notna() & placed["lat"].notna()
    placed.loc[recorded & placed["evidence"].eq(""), "evidence"] = "数据表所载坐标"
    if recorded.all():
        return
    answers = geocode(placed.loc[~recorded])
    rows = answers.index
    for column in ("lon", "lat", "precision", "radius_m", "evidence", "membership"):
        placed.loc[rows, column] = answers[column]
    sure = placed.loc[rows, "confidence"].fillna(1.0).to_numpy()
    placed.loc[rows, "confidence"] = np.minimum(sure, answers["confidence"].to_numpy())
    placed.loc[rows, "coord_source"] = answers["provider"].where(answers["lon"].notna(), "")
    for column in ("adcode", "city", "zone"):
        stated = placed.loc[rows, column]
        placed.loc[rows, column] = stated.where(stated.ne(""), answers[column])


def _drop_outside(placed: pd.DataFrame, located: list[str]) -> None:
    outside = placed["lon"].notna() & pd.Series(located, index=placed.index, dtype="str").eq("")
    for at in placed.index[outside]:
        lon, lat = placed.loc[at, "lon"], placed.loc[at, "lat"]
        _remark(placed, at, f"{OUTSIDE} {lon:.5f},{lat:.5f} 不在辽宁省内，未采用")
    placed.loc[outside, ["lon", "lat", "radius_m"]] = np.nan
    placed.loc[outside, ["precision", "coord_source"]] = ["none", ""]


def _settle_districts(placed: pd.DataFrame, located: list[str], ground: Ground) -> None:
    found = pd.Series(located, index=placed.index, dtype="str")
    silent = placed["adcode"].eq("") & found.ne("") & ~placed["precision"].isin(VAGUE)
    placed.loc[silent, "adcode"] = found[silent]
    differ = placed["adcode"].ne("") & found.ne("") & placed["adcode"].ne(found)
    for at in placed.index[differ]:
        claim, code = str(placed.loc[at, "adcode"]), str(found[at])
        where, said = ground.district_name(code), ground.district_name(claim) or claim
        _remark(placed, at, f"{MISPLACED} 点位在{where}({code})，记录称{said}({claim})")
    placed["district"] = [
        ground.district_name(code) or name
        for code, name in zip(placed["adcode"], placed["district"], strict=True)
    ]
    placed["city"] = [
        name or ground.city_name(code)
        for code, name in zip(placed["adcode"], placed["city"], strict=True)
    ]


def _remark(placed: pd.DataFrame, at: int, text: str) -> None:
    note = str(placed.loc[at, "note"])
    placed.loc[at, "note"] = f"{note}；{text}" if note else text
