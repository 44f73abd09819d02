"""Which districts the circle about a point lies in, and with what probability."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from clusteratlas.geo.distance import Floats, metres_per_degree
from clusteratlas.geo.districts import DistrictIndex
from clusteratlas.geo.geocoding.gazetteer import Place
from clusteratlas.geo.geocoding.grounds import Candidates

Shares = dict[str, float]
"""By adcode: the share of a circle that lies in the district."""

_CACHE_SIZE: Final = 50_000
_DISC_POINTS: Final = 48
_SHARE_NOTED: Final = 0.02


class Circles:
    """Share a point's probability between the districts that its circle lies in."""

    def __init__(self, index: DistrictIndex) -> None:
        self._index = index
        self._disc = _unit_disc(_DISC_POINTS)
        self._shares: dict[Place, Shares] = {}

    def memberships(self, asked: Sequence[tuple[Place, Candidates]]) -> list[Candidates]:
        """Return, for each point, the probability of each district given the text and the circle.

        The share of the circle in each district, weighted by what the text says of it; districts that
        the text practically rules out do not come back through a wide circle.
        """
        if len(self._shares) >= _CACHE_SIZE:
            self._shares.clear()
        found = {place: self._shares.get(place) for place, _ in asked}
        new = [place for place, shares in found.items() if shares is None]
        added = dict(zip(new, self._disc_shares(new), strict=True))
        self._shares.update(added)
        return [
            _membership(found[place] or added.get(place, {}), possible) for place, possible in asked
        ]

    def _disc_shares(self, places: Sequence[Place]) -> list[Shares]:
        if not places:
            return []
        lon, lat, radius = np.array([place[:3] for place in places]).T
        per_lon, per_lat = metres_per_degree(lat)
        x = lon[:, None] + self._disc[:, 0] * (radius / per_lon)[:, None]
        y = lat[:, None] + self._disc[:, 1] * (radius / per_lat)[:, None]
        rows = self._index.positions(x.ravel(), y.ravel()).reshape(x.shape)
        width = len(self._index.adcodes) + 1  # and one column for what lies in no district
        cells = np.arange(len(places))[:, None] * width + rows + 1
        counts = np.bincount(cells.ravel(), minlength=width * len(places)).reshape(-1, width)[:, 1:]
        with np.errstate(invalid="ignore"):
            parts = counts / counts.sum(axis=1, keepdims=True)
        shares: list[Shares] = [{} for _ in places]
        for number, row in np.argwhere(counts).tolist():
            shares[number][self._index.adcodes[row]] = float(parts[number, row])
        return shares


def _membership(shares: Shares, possible: Candidates) -> Candidates:
    weights = {a: w * shares.get(a, 0.0) for a, w in possible}
    total = sum(weights.values())
    if total <= 0:
        return possible
    kept = [(a, round(w / total, 3)) for a, w in weights.items() if w / total >= _SHARE_NOTED]
    return tuple(sorted(kept, key=lambda item: (-item[1], item[0])))


def _unit_disc(count: int) -> Floats:
    """Return points that cover the unit disc evenly (sunflower arrangement)."""
    k = np.arange(count)
    radius = np.sqrt((k + 0.5) / count)
    angle = k * math.pi * (3.0 - math.sqrt(5.0))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
