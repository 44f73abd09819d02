"""Give a parsed address a point: site, house number, road, zone, township, district or city.

The finest place that is known and lies in a possible district wins; between a zone and a township the
smaller circle does. Nothing finer than what was matched is ever claimed: a house number on a road
without numbered ends stays a street.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from clusteratlas.geo.distance import Floats, distance_m, metres_per_degree
from clusteratlas.geo.districts import DistrictIndex
from clusteratlas.geo.geocoding.gazetteer import Gazetteer, Place, Road, Town, Zone
from clusteratlas.geo.geocoding.parser import ParsedAddress
from clusteratlas.geo.geocoding.result import Precision

NUMBER_MARGIN: Final = 200
"""A house number this far beyond a road's known ends is still on that road."""

_DISC_POINTS: Final = 48
_SHARE_NOTED: Final = 0.02

Candidates = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A point with what it stands for, and the text that says why."""

    place: Place
    precision: Precision
    evidence: str
    road: Road | None = None


class Placer:
    """Choose points; knows the gazetteer and the districts' polygons."""

    def __init__(self, gazetteer: Gazetteer, index: DistrictIndex) -> None:
        self._gazetteer = gazetteer
        self._index = index
        self._shapes: dict[str, Place] = {}
        self._disc = _unit_disc(_DISC_POINTS)
        self._shares: dict[tuple[float, float, float], dict[str, float]] = {}

    def site(self, text: str, possible: Candidates) -> Placed | None:
        """Return the premises of a named enterprise or landmark, if it lies where the address says."""
        for site in self._gazetteer.sites.get(text, ()):
            if not possible or site.adcode in dict(possible):
                return Placed(site.place, "site", f"已知场所：{site.name}（{site.place.source}）")
        return None

    def place(
        self, parsed: ParsedAddress, possible: Candidates, adcode: str, *, district_known: bool
    ) -> Placed | None:
        """Return the finest point for an address.

        Parameters
        ----------
        parsed
            Parts of the address.
        possible
            Districts with weights, best first.
        adcode
            The district that was chosen.
        district_known
            Whether the text decides on the district; if not, the point is the city's.
        """
        road = self._road(parsed, possible)
        if road is not None:
            return Placed(road.place, "street", f"道路：{road.name}", road)
        areas = [self._zone(parsed, possible), self._town(parsed, adcode)]
        known = [area for area in areas if area is not None]
        if known:
            return min(known, key=lambda area: area.place.radius_m)
        if district_known:
            return self.district(adcode)
        return self.city(parsed.city or (adcode[:4] + "00"))

    def district(self, adcode: str) -> Placed | None:
        """Return the district's own point."""
        if adcode not in self._index.by_adcode:
            return None
        return Placed(self._shape(adcode), "district", "只到区县")

    def city(self, city: str) -> Placed | None:
        """Return the city's point, with a radius over all its districts."""
        parts = [d.adcode for d in self._index.districts if d.city_adcode == city]
        if not parts:
            return None
        place = self._shapes.get(city)
        if place is None:
            place = self._shapes[city] = _area_place(self._index, parts)
        return Placed(place, "city", "只到城市")

    def numbered(self, placed: Placed, number: str) -> Placed:
        """Return the point of a house number between a road's numbered ends, else the road's."""
        road = placed.road
        if road is None or not number or not road.end.known or road.number_to == road.number_from:
            return placed
        share = (int(number) - road.number_from) / (road.number_to - road.number_from)
        beyond = NUMBER_MARGIN / abs(road.number_to - road.number_from)
        if not -beyond <= share <= 1.0 + beyond:
            return placed
        share = min(max(share, 0.0), 1.0)
        lon = road.place.lon + share * (road.end.lon - road.place.lon)
        lat = road.place.lat + share * (road.end.lat - road.place.lat)
        length = float(distance_m(road.place.lon, road.place.lat, road.end.lon, road.end.lat))
        radius = max(300.0, 0.3 * length)
        place = Place(lon, lat, radius, road.place.source)
        return Placed(place, "address", f"道路：{road.name}，门牌{number}号插值", road)

    def membership(self, place: Place, possible: Candidates) -> Candidates:
        """Return the probability of each district, given the text and the circle.

        The share of the circle in each district, weighted by what the text says of it; districts that
        the text practically rules out do not come back through a wide circle.
        """
        if not place.known or place.radius_m != place.radius_m:
            return possible
        key = (place.lon, place.lat, place.radius_m)
        shares = self._shares.get(key)
        if shares is None:
            shares = self._shares[key] = self._disc_shares(place)
        if len(shares) < 2:
            return possible[:1] if possible and possible[0][0] in shares else possible
        weights = {a: w * shares.get(a, 0.0) for a, w in possible}
        total = sum(weights.values())
        if total <= 0:
            return possible
        kept = [(a, w / total) for a, w in weights.items() if w / total >= _SHARE_NOTED]
        return tuple(sorted(kept, key=lambda item: (-item[1], item[0])))

    def _disc_shares(self, place: Place) -> dict[str, float]:
        per_lon, per_lat = metres_per_degree(place.lat)
        x = place.lon + self._disc[:, 0] * place.radius_m / per_lon
        y = place.lat + self._disc[:, 1] * place.radius_m / per_lat
        rows = self._index.positions(x, y)
        held = rows[rows >= 0]
        if not len(held):
            return {}
        counts = np.bincount(held, minlength=len(self._index.adcodes))
        return {str(self._index.adcodes[i]): counts[i] / len(held) for i in np.flatnonzero(counts)}

    def _road(self, parsed: ParsedAddress, possible: Candidates) -> Road | None:
        allowed = {adcode for adcode, weight in possible if weight >= 0.2}
        zone_ids = {zone.zone_id for zone in parsed.zones}
        best: tuple[int, Road] | None = None
        for kind, text in parsed.learned:
            if kind != "road":
                continue
            for road in self._gazetteer.roads.get(text, ()):
                if not road.place.known or road.adcode not in allowed:
                    continue
                rank = 0 if road.zone_id and road.zone_id in zone_ids else 1
                if road.zone_id and zone_ids and rank:
                    rank = 2
                if best is None or rank < best[0]:
                    best = (rank, road)
        return best[1] if best else None

    def _zone(self, parsed: ParsedAddress, possible: Candidates) -> Placed | None:
        zone = fitting_zone(parsed, possible)
        if zone is None or not zone.place.known:
            return None
        return Placed(zone.place, "zone", f"园区：{zone.name}")

    def _town(self, parsed: ParsedAddress, adcode: str) -> Placed | None:
        town = fitting_town(parsed, adcode)
        if town is None or not town.place.known:
            return None
        return Placed(town.place, "township", f"乡镇街道：{town.name}")

    def _shape(self, adcode: str) -> Place:
        place = self._shapes.get(adcode)
        if place is None:
            place = self._shapes[adcode] = _area_place(self._index, [adcode])
        return place


def fitting_zone(parsed: ParsedAddress, possible: Candidates) -> Zone | None:
    """Return the zone of that name that lies in a possible district, None if none does."""
    weights = dict(possible)
    best: tuple[float, Zone] | None = None
    for zone in parsed.zones:
        weight = sum(weights.get(adcode, 0.0) * share for adcode, share in zone.weights)
        if weight > 0.1 and (best is None or weight > best[0]):
            best = (weight, zone)
    return best[1] if best else None


def fitting_town(parsed: ParsedAddress, adcode: str) -> Town | None:
    """Return the township of that name in the district, None if there is none."""
    for town in parsed.towns:
        if town.adcode == adcode:
            return town
    return None


def _unit_disc(count: int) -> Floats:
    """Return points that cover the unit disc evenly (sunflower arrangement)."""
    k = np.arange(count)
    radius = np.sqrt((k + 0.5) / count)
    angle = k * math.pi * (3.0 - math.sqrt(5.0))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _area_place(index: DistrictIndex, adcodes: list[str]) -> Place:
    """Return the point of an area and the radius that holds 90 % of it."""
    import shapely

    shape = shapely.union_all([index.geometries[list(index.adcodes).index(a)] for a in adcodes])
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    west, south, east, north = shapely.bounds(shape)
    x, y = np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    metres = distance_m(x.ravel()[inside], y.ravel()[inside], lon, lat)
    return Place(float(lon), float(lat), float(np.quantile(metres, 0.9)), "district polygons")
