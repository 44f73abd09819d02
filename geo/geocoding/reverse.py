"""Points to names: district, zone, parks and the nearest known road."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from clusteratlas.geo.datum import Datum, convert
from clusteratlas.geo.distance import Floats, distance_m, metres_per_degree
from clusteratlas.geo.districts import data_folder, district_index
from clusteratlas.geo.geocoding.gazetteer import Gazetteer, Road
from clusteratlas.geo.joins import parks_at

if TYPE_CHECKING:
    import geopandas as gpd

ROAD_REACH_M: Final = 1_500.0
"""A known road farther away than this is not told."""

_MIDDLE_LAT: Final = 40.8


class Reverser:
    """What lies at points, from one gazetteer; its indexes are built once.

    Parameters
    ----------
    gazetteer
        Zones and roads to look among.
    parks
        EPSG:4326, as :func:`clusteratlas.geo.joins.parks_at` takes them; None for the shipped ones.
    """

    def __init__(self, gazetteer: Gazetteer, parks: "gpd.GeoDataFrame | None" = None) -> None:
        self._parks = _shipped_parks() if parks is None else parks
        known = [zone for zone in gazetteer.zones if zone.place.known]
        self._zones = sorted(known, key=lambda zone: -zone.place.radius_m)
        roads = {id(road): road for group in gazetteer.roads.values() for road in group}
        self._roads = [road for road in roads.values() if road.place.known]
        per_lon, per_lat = metres_per_degree(_MIDDLE_LAT)
        # A plane where both axes are as long as a degree of latitude.
        self._stretch = float(per_lon / per_lat)
        self._reach = ROAD_REACH_M / float(per_lat)
        lines = [_line(road, self._stretch) for road in self._roads]
        self._tree = shapely.STRtree(np.array(lines, dtype=object))

    def frame(self, lon: ArrayLike, lat: ArrayLike, *, datum: Datum = "wgs84") -> pd.DataFrame:
        """Return what lies at each point.

        Parameters
        ----------
        lon, lat
            Degrees in ``datum``, one-dimensional, n points.
        datum
            Datum of the input.

        Returns
        -------
        DataFrame
            n rows in order: ``adcode, district, city`` ("" outside Liaoning), ``outside_m`` (0 inside;
            metres to the nearest district for points on the shore, NaN elsewhere), ``zone`` (the
            smallest whose circle holds the point), ``parks`` (ids, ``;``-separated), ``road`` and
            ``road_m`` (the nearest known road within ``ROAD_REACH_M`` and its distance in metres; ""
            and NaN if none).

        Raises
        ------
        InputError
            If the datum is unknown or the lengths differ.
        """
        x, y = convert(np.atleast_1d(lon), np.atleast_1d(lat), source=datum, target="wgs84")
        index = district_index()
        adcodes, outside_m = index.locate(x, y)
        found = [index.by_adcode.get(adcode) for adcode in adcodes]
        roads, road_m = self._nearest_roads(x, y)
        return pd.DataFrame(
            {
                "adcode": pd.Series(adcodes, dtype="str"),
                "district": pd.Series([d.name if d else "" for d in found], dtype="str"),
                "city": pd.Series([d.city if d else "" for d in found], dtype="str"),
                "outside_m": outside_m,
                "zone": pd.Series(self._zones_at(x, y), dtype="str"),
                "parks": pd.Series(parks_at(x, y, self._parks), dtype="str"),
                "road": pd.Series(roads, dtype="str"),
                "road_m": road_m,
            }
        )

    def _zones_at(self, x: Floats, y: Floats) -> NDArray[np.object_]:
        names = np.full(len(x), "", dtype=object)
        for zone in self._zones:  # widest first: the smallest circle writes last
            place = zone.place
            names[distance_m(x, y, place.lon, place.lat) <= place.radius_m] = zone.name
        return names

    def _nearest_roads(self, x: Floats, y: Floats) -> tuple[NDArray[np.object_], Floats]:
        names, metres = np.full(len(x), "", dtype=object), np.full(len(x), np.nan)
        rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not self._roads or not len(rows):
            return names, metres
        points = shapely.points(x[rows] * self._stretch, y[rows])
        which, held = self._tree.query_nearest(points, max_distance=self._reach, all_matches=False)
        shortest = shapely.shortest_line(points[which], self._tree.geometries[held])
        ends = shapely.get_coordinates(shapely.get_point(shortest, 1))
        rows = rows[which]
        names[rows] = [self._roads[road].name for road in held]
        metres[rows] = distance_m(x[rows], y[rows], ends[:, 0] / self._stretch, ends[:, 1])
        return names, metres


def _line(road: Road, stretch: float) -> Any:
    """Return a road as it is known: a point, or a line between its ends."""
    start = (road.place.lon * stretch, road.place.lat)
    if not road.end.known:
        return shapely.Point(start)
    return shapely.LineString([start, (road.end.lon * stretch, road.end.lat)])


def _shipped_parks() -> "gpd.GeoDataFrame":
    import geopandas as gpd

    path = data_folder() / "parks.geojson"
    if path.is_file():
        return gpd.read_file(path)
    return gpd.GeoDataFrame({"park_id": [], "radius_m": []}, geometry=[], crs="EPSG:4326")
