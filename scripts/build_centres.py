"""Build ``data/gazetteer/centres.csv``: where the addresses of a district or city are, as a whole.

An address that names only its district lies where firms lie, not at the middle of the map: the centre
is the point that minimises the mean distance to the townships and roads of the district, each weighted
by the number of registrations that name it (``associations.csv``), plus an even spread over its area
that stands for townships without coordinates. The radius holds 90 % of that weight.

Usage: python scripts/build_centres.py
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import DistrictIndex, district_index
from clusteratlas.geo.geocoding.gazetteer import Gazetteer
from clusteratlas.geo.geocoding.loading import load_gazetteer

FOLDER = Path(__file__).resolve().parent.parent / "data" / "gazetteer"
COLUMNS = ("adcode", "name", "lon", "lat", "radius_m", "source")
AREA_SHARE = 0.35
TOWN_FLOOR = 2.0


def place_weights(
    gazetteer: Gazetteer, adcode: str
) -> tuple[list[tuple[float, float, float]], float]:
    """Return (lon, lat, weight) of a district's places, and the weight of those without a point."""
    city = adcode[:4] + "00"
    points, lost = [], 0.0
    for town in gazetteer.towns:
        if town.adcode == adcode:
            counts = dict(gazetteer.counts(city, town.name))
            weight = TOWN_FLOOR + counts.get(adcode, 0)
            if town.place.known:
                points.append((town.place.lon, town.place.lat, weight))
            else:
                lost += weight
    for text, roads in gazetteer.roads.items():
        for road in roads:
            if road.adcode == adcode and road.place.known and text == road.name:
                context = f"z:{road.zone_id}" if road.zone_id else city
                counts = dict(gazetteer.counts(context, text))
                points.append((road.place.lon, road.place.lat, counts.get(adcode, 0.0)))
    return points, lost


def area_points(index: DistrictIndex, adcode: str) -> np.ndarray:
    """Return about 400 points spread evenly over a district."""
    shape = index.geometries[list(index.adcodes).index(adcode)]
    west, south, east, north = shapely.bounds(shape)
    x, y = np.meshgrid(np.linspace(west, east, 32), np.linspace(south, north, 32))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    return np.column_stack([x.ravel()[inside], y.ravel()[inside]])


def weighted_points(gazetteer: Gazetteer, index: DistrictIndex, adcode: str) -> np.ndarray:
    """Return rows of lon, lat and weight (sum 1) that stand for a district's addresses."""
    area = area_points(index, adcode)
    spread = np.column_stack([area, np.full(len(area), 1.0 / len(area))])
    known, lost = place_weights(gazetteer, adcode)
    places = np.array(known).reshape(-1, 3)
    if len(places) < 3:
        return spread
    share = max(AREA_SHARE, lost / (lost + places[:, 2].sum()))
    places[:, 2] *= (1.0 - share) / places[:, 2].sum()
    spread[:, 2] *= share
    return np.vstack([places, spread])


def centre(points: np.ndarray) -> tuple[float, float, float]:
    """Return the weighted geometric median and the radius that holds 90 % of the weight."""
    lon, lat, weight = points.T
    x, y = np.average(lon, weights=weight), np.average(lat, weights=weight)
    for _ in range(200):  # Weiszfeld's iteration
        pull = weight / np.maximum(distance_m(lon, lat, x, y), 50.0)
        x, y = np.average(lon, weights=pull), np.average(lat, weights=pull)
    metres = distance_m(lon, lat, x, y)
    order = np.argsort(metres)
    reached = np.searchsorted(np.cumsum(weight[order]), 0.9 * weight.sum())
    return float(x), float(y), float(metres[order][min(reached, len(order) - 1)])


def into_district(index: DistrictIndex, adcode: str, lon: float, lat: float) -> tuple[float, float]:
    """Return the point, or the nearest inside its district where it fell outside."""
    shape = index.geometries[list(index.adcodes).index(adcode)]
    if shapely.contains_xy(shape, lon, lat):
        return lon, lat
    nearest = shapely.shortest_line(shapely.buffer(shape, -0.003), shapely.Point(lon, lat))
    x, y = shapely.get_coordinates(nearest)[0]
    return float(x), float(y)


def main() -> None:
    """Write the table for the 100 districts and 14 cities."""
    gazetteer, index = load_gazetteer(FOLDER), district_index()
    priors = dict(gazetteer.counts("*", "prior"))
    by_city: dict[str, list[np.ndarray]] = defaultdict(list)
    rows = []
    for district in index.districts:
        points = weighted_points(gazetteer, index, district.adcode)
        lon, lat, radius_m = centre(points)
        lon, lat = into_district(index, district.adcode, lon, lat)
        rows.append((district.adcode, district.name, lon, lat, radius_m))
        share = 20.0 + priors.get(district.adcode, 0)
        by_city[district.city_adcode].append(points * (1.0, 1.0, share))
    for city, parts in by_city.items():
        rows.append((city, gazetteer.city_names[city], *centre(np.vstack(parts))))
    with (FOLDER / "centres.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for adcode, name, lon, lat, radius_m in sorted(rows):
            source = "townships and roads by registrations; area"
            writer.writerow((adcode, name, f"{lon:.4f}", f"{lat:.4f}", round(radius_m), source))
    print(f"{len(rows)} centres")


if __name__ == "__main__":
    main()
