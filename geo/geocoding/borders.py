"""Keep points inside the district that they claim."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import DistrictIndex
from clusteratlas.geo.geocoding.gazetteer import Place

Claim = tuple[Place, str]
"""A point and the code of the district that it is said to lie in."""

_CACHE_SIZE: Final = 200_000
_INSET_DEG: Final = 0.0005  # some 50 m: a point drawn into a district is not left on its border
_TOWARDS_MIDDLE: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


class Borders:
    """Draw points that fell outside their district into it.

    A border road's middle and a house number on it may lie across the border, and so may a zone's
    centre for the part of the zone in another district. The radius grows by the shift.

    Parameters
    ----------
    index
        Polygons of the districts.
    listed
        Points with their districts that will be asked about: checked here, all at once.
    """

    def __init__(self, index: DistrictIndex, listed: Iterable[Claim]) -> None:
        import shapely

        shapely.prepare(index.geometries)  # asked of every point that is narrowed or interpolated
        self._index = index
        self._kept: dict[Claim, Place] = {}
        self.within_all([claim for claim in listed if claim[0].known])

    def within(self, place: Place, adcode: str) -> Place:
        """Return the point, or the nearest one in the district where it fell outside."""
        kept = self._kept.get((place, adcode))
        return self.within_all([(place, adcode)])[0] if kept is None else kept

    def within_all(self, claims: Sequence[Claim]) -> list[Place]:
        """Return :meth:`within` of each; new points are checked against their polygons at once."""
        import shapely

        kept, rows = self._kept, self._index.row_of
        if len(kept) >= _CACHE_SIZE:
            kept.clear()
        known = {claim: kept.get(claim) for claim in claims}
        new = {claim: claim[0] for claim, place in known.items() if place is None}
        inside = [claim for claim in new if claim[1] in rows]  # others claim no district of today
        held = shapely.intersects_xy(
            self._index.geometries[[rows[adcode] for _, adcode in inside]],
            [place.lon for place, _ in inside],
            [place.lat for place, _ in inside],
        )
        for claim, is_held in zip(inside, held.tolist(), strict=True):
            if not is_held:
                new[claim] = self._drawn_in(*claim)
        kept.update(new)
        return [known[claim] or new[claim] for claim in claims]

    def _drawn_in(self, place: Place, adcode: str) -> Place:
        import shapely

        shape = self._index.geometries[self._index.row_of[adcode]]
        line = shapely.shortest_line(shape, shapely.Point(place.lon, place.lat))
        (x, y), _ = shapely.get_coordinates(line)
        away = math.hypot(x - place.lon, y - place.lat) or 1.0
        step_x, step_y = _INSET_DEG * (x - place.lon) / away, _INSET_DEG * (y - place.lat) / away
        centre = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        # A little beyond the border; where that is outside again, from the border to the middle.
        tries = [
            (x + step_x, y + step_y),
            *((x + k * (centre[0] - x), y + k * (centre[1] - y)) for k in _TOWARDS_MIDDLE),
        ]
        lon, lat = next(
            (float(a), float(b)) for a, b in tries if shapely.intersects_xy(shape, a, b)
        )
        shift = float(distance_m(place.lon, place.lat, lon, lat))
        return Place(lon, lat, place.radius_m + shift, place.source)
