"""Tell in which datum a column of coordinates probably is, from the districts its rows state.

The shifts between WGS-84, GCJ-02 and BD-09 are a few hundred metres to a kilometre: too little to see
in one point, but enough that with the wrong datum more points fall outside the district that their own
row states. The datum under which most points lie in their stated district is the likely one; where the
best two are too close to tell, the answer is None.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from clusteratlas.errors import InputError
from clusteratlas.geo.datum import DATUMS, Datum, convert
from clusteratlas.geo.districts import DistrictIndex, as_points, district_index

MIN_POINTS: Final = 20
"""Fewer points than this with a stated district say nothing."""

_CLEAR_Z: Final = 2.0


@dataclass(frozen=True, slots=True)
class DatumVerdict:
    """How well each datum fits, and which one is likely.

    Attributes
    ----------
    likely
        The datum, or None where the points do not tell.
    agreement
        Share of the points that lie in their stated district under each datum.
    points
        How many points were looked at.
    """

    likely: Datum | None
    agreement: dict[Datum, float]
    points: int


def detect_datum(
    lon: ArrayLike, lat: ArrayLike, adcodes: ArrayLike, *, index: DistrictIndex | None = None
) -> DatumVerdict:
    """Compare coordinates with stated districts under each datum.

    Parameters
    ----------
    lon, lat
        Degrees in an unknown datum, n points.
    adcodes
        Six-digit code of the district that each row states; "" where it states none.
    index
        Districts to compare with; the shipped ones by default.

    Returns
    -------
    DatumVerdict
        ``likely`` is set where the best datum beats the second by more than chance would (a sign test
        over the points on which the two differ, at about 2.5 %), given at least ``MIN_POINTS``.

    Raises
    ------
    InputError
        If the lengths differ.
    """
    index = index or district_index()
    x, y = as_points(lon, lat)
    stated = np.atleast_1d(np.asarray(adcodes, dtype=object))
    if len(stated) != len(x):
        raise InputError(f"{len(stated)} districts for {len(x)} points")
    used = np.isfinite(x) & np.isfinite(y) & np.isin(stated, list(index.by_adcode))
    count = int(used.sum())
    hits = {}
    for datum in DATUMS:
        there = convert(x[used], y[used], source=datum, target="wgs84")
        found, _ = index.locate(*there, tolerance_m=0.0)
        hits[datum] = found == stated[used]
    agreement = {datum: float(hit.mean()) if count else 0.0 for datum, hit in hits.items()}
    best, second = sorted(DATUMS, key=lambda datum: -agreement[datum])[:2]
    won = int((hits[best] & ~hits[second]).sum())
    lost = int((hits[second] & ~hits[best]).sum())
    clear = count >= MIN_POINTS and won - lost > _CLEAR_Z * np.sqrt(max(won + lost, 1))
    return DatumVerdict(best if clear else None, agreement, count)
