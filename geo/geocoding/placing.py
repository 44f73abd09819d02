"""Give a parsed address a point: site, house number, road, zone, township, district or city.

The finest place that is known and lies in a possible district wins; between a zone and a township the
smaller circle does. Nothing finer than what was matched is ever claimed: a house number on a road
without numbered ends stays a street.
"""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import DistrictIndex
from clusteratlas.geo.geocoding.borders import Borders, Claim
from clusteratlas.geo.geocoding.gazetteer import Gazetteer, Place, Road, Town, Zone, site_key
from clusteratlas.geo.geocoding.grounds import Candidates
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.result import Precision

NUMBER_MARGIN: Final = 100
"""A house number this far beyond a road's known ends is still on that road."""

CERTAIN: Final = 0.98
"""From this weight on the text alone decides on the district, whatever the circle touches."""

_NARROWING: Final = 1.5  # a township up to so many times the road's radius narrows the road down
# The radius of an interpolated house number: numbers run unevenly, and the ends are known to some
# hundred metres. Both from the colleges and shops of docs/geocoding.md.
_NUMBER_SLACK: Final = 0.35
_NUMBER_RADIUS_M: Final = 900.0


class Placed(NamedTuple):
    """A point with what it stands for, and the text that says why."""

    place: Place
    precision: Precision
    evidence: str
    road: Road | None = None
    number_radius_m: float = math.nan  # where the road has two ends with house numbers
    home: str = ""  # a district that the point is known to lie in


class Placer:
    """Choose points; knows the gazetteer and the districts' polygons."""

    def __init__(self, gazetteer: Gazetteer, index: DistrictIndex) -> None:
        self._gazetteer = gazetteer
        self._index = index
        self.borders = Borders(index, _listed(gazetteer))
        self._areas: dict[str, Placed] = {}
        self._listed: dict[Zone | Town, Placed] = {}
        self._roads: dict[int, Placed] = {}
        self._narrowed: dict[tuple[int, int], Placed] = {}

    def site(self, text: str, possible: Candidates) -> tuple[Placed, str] | None:
        """Return the premises of that name and their district, if the address allows them."""
        allowed = {adcode for adcode, _ in possible}
        sites = self._gazetteer.sites
        for site in sites.get(text) or sites.get(site_key(text)) or []:
            if not allowed or site.adcode in allowed:
                return Placed(site.place, "site", f"已知场所{site.name}"), site.adcode
        return None

    def road(self, parsed: ParsedAddress, near: frozenset[str]) -> Placed | None:
        """Return the point of the first road that is in one of the districts, None if none is.

        Where two roads are named for their crossing, their circles are met as in :meth:`narrowed`.
        """
        found = self._roads_near(parsed, near)
        first = next(found, None)
        if first is None:
            return None
        placed = self._on_road(first)
        if not parsed.crossing:
            return placed
        second = next((road for road in found if road is not first), None)
        met = placed if second is None else self._drawn(placed, self._on_road(second))
        return met._replace(number_radius_m=math.nan)  # a number there is not the first road's

    def _roads_near(self, parsed: ParsedAddress, near: frozenset[str]) -> Iterator[Road]:
        """Yield the roads that are named; of namesakes the one of the zone or township goes first."""
        for _, text in parsed.learned:
            best: tuple[int, Road] | None = None
            for road in self._gazetteer.roads.get(text, ()):
                rank = _road_rank(road, parsed) if road.adcode in near else None
                if rank is not None and (best is None or rank < best[0]):
                    best = (rank, road)
            if best is not None:
                yield best[1]

    def _on_road(self, road: Road) -> Placed:
        placed = self._roads.get(id(road))
        if placed is None:
            place = _middle(road)
            placed = self._roads[id(road)] = Placed(
                place, "street", f"道路{road.name}", road, _number_radius_m(road),
                self._home(place, road.adcode),
            )  # fmt: skip
        return placed

    def inside(self, placed: Placed, adcode: str) -> Placed:
        """Return the point drawn into the district, if it fell outside."""
        place = self.borders.within(placed.place, adcode)
        return placed if place is placed.place else placed._replace(place=place)

    def _home(self, place: Place, adcode: str) -> str:
        return adcode if self.borders.within(place, adcode) == place else ""

    def narrowed(self, road: Placed, area: Placed | None) -> Placed:
        """Return a road's point drawn towards the township or zone that the address names as well.

        Two circles that each hold the true point with the same probability, and err independently,
        are met by the mean weighted with 1/r²; its own r² is 1/(1/r1² + 1/r2²). A township that is much
        larger than the road's circle adds nothing; one that the circle does not reach contradicts it,
        and the road stays as it is.
        """
        if area is None or area.precision not in ("township", "zone"):
            return road
        first, second = road.place, area.place
        if second.radius_m > _NARROWING * first.radius_m:
            return road
        return self._drawn(road, area)

    def _drawn(self, road: Placed, other: Placed) -> Placed:
        key = (id(road.place), id(other.place))
        placed = self._narrowed.get(key)
        if placed is None:
            placed = _met(road, other)
            home = self._home(placed.place, road.road.adcode) if road.road else ""
            placed = self._narrowed[key] = placed._replace(home=home)
        return placed

    def area(self, zone: Zone | None, town: Town | None) -> Placed | None:
        """Return the smaller of a zone and a township that have points, None if neither has."""
        areas: list[Placed] = []
        if zone is not None and zone.place.known:
            areas.append(self._whole(zone, "zone", f"园区{zone.name}", zone.weights[0][0]))
        if town is not None and town.place.known:
            areas.append(self._whole(town, "township", f"乡镇街道{town.name}", town.adcode))
        return min(areas, key=lambda area: area.place.radius_m, default=None)

    def _whole(self, area: Zone | Town, precision: Precision, text: str, adcode: str) -> Placed:
        placed = self._listed.get(area)
        if placed is None:
            home = self._home(area.place, adcode)
            placed = self._listed[area] = Placed(area.place, precision, text, home=home)
        return placed

    def division(self, adcode: str) -> Placed | None:
        """Return the point of a district or city with the radius over its whole area."""
        placed = self._areas.get(adcode)
        if placed is None:
            parts = [adcode] if adcode in self._index.by_adcode else []
            if adcode.endswith("00"):
                parts = [d.adcode for d in self._index.districts if d.city_adcode == adcode]
            if not parts:
                return None
            known = self._gazetteer.centres.get(adcode)
            place = known or _area_place(self._index, parts)
            precision: Precision = "city" if adcode.endswith("00") else "district"
            evidence = "只到城市" if precision == "city" else "只到区县"
            placed = self._areas[adcode] = Placed(place, precision, evidence)
        return placed

    def numbered(self, placed: Placed, number: str) -> Placed:
        """Return the point of a house number between a road's numbered ends, else the road's."""
        road, radius_m = placed.road, placed.number_radius_m
        if road is None or not number or radius_m != radius_m:
            return placed
        span = road.number_to - road.number_from
        share = (int(number) - road.number_from) / span
        beyond = NUMBER_MARGIN / abs(span)
        if not -beyond <= share <= 1.0 + beyond:
            return placed
        share = min(max(share, 0.0), 1.0)
        start, end = road.place, road.end
        lon = start.lon + share * (end.lon - start.lon)
        lat = start.lat + share * (end.lat - start.lat)
        return Placed(Place(lon, lat, radius_m, start.source), "address", placed.evidence, road)


def _listed(gazetteer: Gazetteer) -> Iterator[Claim]:
    """Yield the points of the gazetteer with the districts they are listed for."""
    roads = {id(road): road for group in gazetteer.roads.values() for road in group}
    yield from ((_middle(road), road.adcode) for road in roads.values())
    yield from ((town.place, town.adcode) for town in gazetteer.towns)
    yield from ((zone.place, zone.weights[0][0]) for zone in gazetteer.zones)
    yield from gazetteer.centres_by_district()


def _met(road: Placed, area: Placed) -> Placed:
    first, second = road.place, area.place
    apart = float(distance_m(first.lon, first.lat, second.lon, second.lat))
    if apart > first.radius_m + second.radius_m:
        return road
    share = first.radius_m**2 / (first.radius_m**2 + second.radius_m**2)
    place = Place(
        first.lon + share * (second.lon - first.lon),
        first.lat + share * (second.lat - first.lat),
        second.radius_m * math.sqrt(share),
        first.source,
    )
    return road._replace(place=place, evidence=f"{road.evidence}与{area.evidence}")


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


def _road_rank(road: Road, parsed: ParsedAddress) -> int | None:
    """Return 0 for the road of the township or zone, 1 for any other, None for one elsewhere."""
    if not road.place.known:
        return None
    if road.township and parsed.towns:
        return 0 if any(town.name == road.township for town in parsed.towns) else None
    if road.zone_id and parsed.zones:
        return 0 if any(zone.zone_id == road.zone_id for zone in parsed.zones) else None
    return 1


def _number_radius_m(road: Road) -> float:
    """Return the radius of a house number's point on a road; NaN without numbered ends."""
    if not road.end.known or road.number_to == road.number_from:
        return math.nan
    start, end = road.place, road.end
    length = float(distance_m(start.lon, start.lat, end.lon, end.lat))
    return max(_NUMBER_RADIUS_M, _NUMBER_SLACK * length)


def _middle(road: Road) -> Place:
    """Return the middle of a road with two known ends, else its one point."""
    if not road.end.known:
        return road.place
    lon = 0.5 * (road.place.lon + road.end.lon)
    lat = 0.5 * (road.place.lat + road.end.lat)
    return Place(lon, lat, road.place.radius_m, road.place.source)


def _area_place(index: DistrictIndex, adcodes: list[str]) -> Place:
    """Return the point of an area and the radius that holds 90 % of it."""
    import numpy as np
    import shapely

    shape = shapely.union_all([index.geometries[list(index.adcodes).index(a)] for a in adcodes])
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    west, south, east, north = shapely.bounds(shape)
    x, y = np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 40))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    metres = distance_m(x.ravel()[inside], y.ravel()[inside], lon, lat)
    return Place(float(lon), float(lat), float(np.quantile(metres, 0.9)), "district polygons")
