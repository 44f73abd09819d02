"""Which district holds a point, and which district a name means.

The polygons are those of ``data/districts.geojson`` (WGS-84, simplified). A point on a border between
districts gets the one with the smaller code, so that every point has one answer. Simplified shores cut
off quays and shipyards: a point outside every polygon but within ``COAST_TOLERANCE_M`` of one gets the
nearest district, and the distance says so.
"""

import difflib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

import clusteratlas
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.geo.distance import distance_m, metres_per_degree

if TYPE_CHECKING:
    from shapely import STRtree

COAST_TOLERANCE_M: Final = 1_500.0
"""Up to here outside every polygon a point still gets the nearest district."""

_SCALE_LAT: Final = 40.8  # the middle of Liaoning: there the plane for nearest districts is true


@dataclass(frozen=True, slots=True)
class District:
    """A county-level division of today."""

    adcode: str
    name: str
    city: str
    city_adcode: str
    aliases: tuple[str, ...]
    lon: float
    lat: float


def data_folder() -> Path:
    """Return the folder of the shipped data, without importing what reads its tables."""
    return Path(clusteratlas.__file__).parent / "data"


class DistrictIndex:
    """The districts with a spatial index; build once, read from any thread."""

    def __init__(self, districts: list[District], geometries: list[Any]) -> None:
        import shapely

        order = sorted(range(len(districts)), key=lambda i: districts[i].adcode)
        self.districts = [districts[i] for i in order]
        self.geometries = np.array([geometries[i] for i in order], dtype=object)
        self.adcodes = np.array([d.adcode for d in self.districts], dtype=object)
        shapely.prepare(self.geometries)
        self._tree = shapely.STRtree(self.geometries)
        self._plane: STRtree | None = None
        self.by_adcode = {d.adcode: d for d in self.districts}
        self.row_of = {d.adcode: row for row, d in enumerate(self.districts)}

    @classmethod
    def read(cls, path: Path) -> "DistrictIndex":
        """Read a GeoJSON file with the columns of ``data/districts.geojson``.

        Raises
        ------
        FileFormatError
            If the file is absent or not such a collection.
        """
        import shapely

        try:
            text = path.read_text("utf-8")
            districts = [_district(f["properties"]) for f in json.loads(text)["features"]]
            geometries = shapely.get_parts(shapely.from_geojson(text))
            pairs = list(zip(districts, geometries, strict=True))  # no feature without its polygon
        except (OSError, ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
            raise FileFormatError(f"{path}: no readable collection of districts: {error}") from None
        return cls([district for district, _ in pairs], [shape for _, shape in pairs])

    def positions(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """Return the row of the district that holds each point, -1 outside all of them."""
        import shapely

        x, y = as_points(lon, lat)
        rows = np.full(len(x), len(self.adcodes), dtype=np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        points = shapely.points(x[known], y[known])
        which, holder = self._tree.query(points)
        # Prepared polygons answer many points; the tree's own predicate would prepare the points.
        inside = shapely.intersects_xy(self.geometries[holder], x[known][which], y[known][which])
        np.minimum.at(rows, known[which[inside]], holder[inside])
        rows[rows == len(self.adcodes)] = -1
        return rows

    def locate(
        self, lon: ArrayLike, lat: ArrayLike, *, tolerance_m: float = COAST_TOLERANCE_M
    ) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
        """Return the code of each point's district, and how far outside of it the point lies.

        Parameters
        ----------
        lon, lat
            Degrees WGS-84, one-dimensional.
        tolerance_m
            Points outside every polygon get the nearest district up to this distance.

        Returns
        -------
        adcodes : array of str
            "" for points that are unknown or farther away.
        outside_m : array of float64
            0 inside; metres to the nearest district's border for points that were drawn in; NaN for "".
        """
        rows = self.positions(lon, lat)
        x, y = as_points(lon, lat)
        outside_m = np.where(rows >= 0, 0.0, np.nan)
        lost = np.flatnonzero((rows < 0) & np.isfinite(x) & np.isfinite(y))
        if len(lost) and tolerance_m > 0:
            drawn, nearest, metres = self._nearest(x[lost], y[lost], tolerance_m)
            near = metres <= tolerance_m
            rows[lost[drawn[near]]] = nearest[near]
            outside_m[lost[drawn[near]]] = metres[near]
        adcodes = np.where(rows >= 0, self.adcodes[rows], "")
        return adcodes.astype(object), outside_m

    def _nearest(
        self, x: NDArray[np.float64], y: NDArray[np.float64], tolerance_m: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return, for points with a district near, their number, its row and the distance.

        The search runs on a plane where both axes have the length of a degree of latitude.
        """
        import shapely

        per_lon, per_lat = metres_per_degree(_SCALE_LAT)
        stretch = float(per_lon / per_lat)
        if self._plane is None:
            flat = shapely.transform(self.geometries, lambda xy: xy * (stretch, 1.0))
            self._plane = shapely.STRtree(flat)
        points = shapely.points(x * stretch, y)
        reach = 1.1 * tolerance_m / float(per_lat)
        which, holder = self._plane.query_nearest(points, max_distance=reach, all_matches=False)
        lines = shapely.shortest_line(points[which], self._plane.geometries[holder])
        ends = shapely.get_coordinates(shapely.get_point(lines, 1))
        metres = distance_m(x[which], y[which], ends[:, 0] / stretch, ends[:, 1])
        return which, holder, metres


def _district(row: dict[str, Any]) -> District:
    aliases = tuple(part for part in str(row.get("aliases") or "").split(";") if part)
    return District(
        str(row["adcode"]),
        str(row["name"]),
        str(row["city"]),
        str(row["city_adcode"]),
        aliases,
        float(row["lon"]),
        float(row["lat"]),
    )


def as_points(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates as two one-dimensional arrays of one length.

    Raises
    ------
    InputError
        If they are no numbers or do not fit each other.
    """
    try:
        x = np.atleast_1d(np.asarray(lon, np.float64))
        y = np.atleast_1d(np.asarray(lat, np.float64))
    except (ValueError, TypeError) as error:
        raise InputError(f"longitude and latitude must be numbers: {error}") from error
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError(f"longitude and latitude must be one-dimensional and of one length: "
                         f"{x.shape} and {y.shape}")  # fmt: skip
    return x, y


@lru_cache(maxsize=1)
def district_index() -> DistrictIndex:
    """Return the index of the shipped districts; read on the first call, then kept."""
    return DistrictIndex.read(data_folder() / "districts.geojson")


def locate(
    lon: ArrayLike, lat: ArrayLike, *, tolerance_m: float = COAST_TOLERANCE_M
) -> NDArray[np.object_]:
    """Return the code of the district that holds each point.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, scalars or one-dimensional and of one length.
    tolerance_m
        Points outside every polygon, as on quays that simplified shores cut off, get the nearest
        district up to this distance. :meth:`DistrictIndex.locate` tells which these are.

    Returns
    -------
    array of str
        Six-digit codes in the order of the input; "" outside Liaoning or for NaN. A point on a border
        gets the smaller code.

    Examples
    --------
    >>> locate([123.43, 0.0], [41.80, 0.0]).tolist()
    ['210103', '']
    """
    return district_index().locate(lon, lat, tolerance_m=tolerance_m)[0]


@lru_cache(maxsize=1)
def _names() -> dict[str, list[District]]:
    from clusteratlas.geo.geocoding.loading import load_gazetteer_divisions

    index = district_index()
    names: dict[str, list[District]] = {}
    for district in index.districts:
        for text in (district.adcode, district.name, *district.aliases):
            names.setdefault(text, []).append(district)
    for text, adcodes in load_gazetteer_divisions(data_folder() / "gazetteer").items():
        holders = names.setdefault(text, [])
        for adcode in adcodes:
            if adcode in index.by_adcode and index.by_adcode[adcode] not in holders:
                holders.append(index.by_adcode[adcode])
    return names


def resolve_district(name: str, city: str | None = None) -> District:
    """Return the district that a name or code of today or of the past means.

    Parameters
    ----------
    name
        ``浑南区``, ``东陵区``, ``浑南``, ``210112``; also with the city in front: ``沈阳市铁西区``.
    city
        Name or code of the city, needed where two have a district of one name (铁西区).

    Raises
    ------
    UnknownNameError
        If nobody has the name, or several do and no city decides; the error names what looks alike.

    Examples
    --------
    >>> resolve_district("东陵区").name
    '浑南区'
    >>> resolve_district("铁西区", city="鞍山").adcode
    '210303'
    """
    text = str(name).strip().removeprefix("辽宁省")
    names = _names()
    found = names.get(text, [])
    if not found:
        city, text = _split_city(text, city)
        found = names.get(text, [])
    if city:
        wanted = str(city).strip().removesuffix("市")
        found = [d for d in found if wanted in (d.city.removesuffix("市"), d.city_adcode)]
    if len(found) == 1:
        return found[0]
    if found:
        choices = tuple(f"{district.city}{district.name}" for district in found)
        raise UnknownNameError(f"district {name!r} is in several cities", suggestions=choices)
    alike = difflib.get_close_matches(text, names, n=3, cutoff=0.4)
    raise UnknownNameError(f"no district {name!r} in {city or '辽宁省'}", suggestions=tuple(alike))


def _split_city(text: str, city: str | None) -> tuple[str | None, str]:
    for district in district_index().districts:
        for prefix in (district.city, district.city.removesuffix("市")):
            if len(text) > len(prefix) and text.startswith(prefix):
                return city or district.city, text.removeprefix(prefix)
    return city, text
