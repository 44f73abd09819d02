"""Check a provider's answer against what the address itself says.

The cure for points that land in another city, district or datum, and for city centres that pose as
answers: nothing is taken that the address contradicts.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import DistrictIndex
from clusteratlas.geo.geocoding.deciding import SURE
from clusteratlas.geo.geocoding.providers.base import ProviderAnswer
from clusteratlas.geo.geocoding.result import GeocodeResult

CITY_DEFAULTS: Final = (
    (123.432791, 41.808645, "沈阳"),
    (123.429096, 41.796767, "沈阳"),
    (121.618622, 38.91459, "大连"),
)
"""Points (WGS-84) that online geocoders give for addresses of these cities that they do not find."""

DEFAULT_WITHIN_M: Final = 80.0

BORDER_TOLERANCE_M: Final = 150.0
"""The shipped borders are simplified by some 50 m and of unknown error on the ground: a point this far
outside the stated district is not a contradiction. A wrong datum (440-1,200 m) beyond the border is."""

PROVIDER_TRUST: Final = 0.9
"""Assumed probability that a provider's answer lies in the right district, where nothing confirms it.
Not measured: no key was at hand. What the address says is weighed against it by Bayes' rule."""

UNCONFIRMED: Final = 0.5
"""Confidence of a point in Liaoning of an address that names neither city nor district."""

_POSSIBLE: Final = 0.05
_MOST_CONFIDENT: Final = 0.99


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer may be used, and for which district.

    Attributes
    ----------
    objection
        Why not, in Chinese; "" if the answer stands.
    adcode
        District that the point belongs to.
    confidence
        Probability that this district is right.
    note
        What confirms it, in Chinese.
    """

    objection: str = ""
    adcode: str = ""
    confidence: float = 0.0
    note: str = ""


def check(answer: ProviderAnswer, expected: GeocodeResult, index: DistrictIndex) -> Verdict:
    """Compare a provider's answer with the offline reading of the same address.

    Parameters
    ----------
    answer
        What the provider says.
    expected
        What :class:`~clusteratlas.geo.geocoding.OfflineGeocoder` reads from the address.
    index
        Districts to compare with.
    """
    default = default_city(answer.lon, answer.lat)
    if default:
        return Verdict(f"返回的是{default}的城市中心默认点")
    found = str(index.locate([answer.lon], [answer.lat])[0][0])
    if not found:
        return Verdict("返回点不在辽宁省内")
    objection = _against_itself(answer, found, index)
    if objection:
        return Verdict(objection)
    weights = possible_districts(expected, index)
    if not weights:
        return Verdict("", found, UNCONFIRMED, "地址未写明市、区县，无从核对")
    if found in weights:
        return _confirmed(found, weights[found], expected)
    near = {adcode: _outside_m(answer, adcode, index) for adcode in weights}
    closest = min(near, key=lambda adcode: near[adcode])
    if near[closest] <= BORDER_TOLERANCE_M:
        return _confirmed(closest, weights[closest], expected)
    here, there = index.by_adcode[found], _names(weights, expected, index)
    return Verdict(f"返回点在{here.city}{here.name}，与地址所指{there}不符")


def default_city(lon: float, lat: float) -> str:
    """Return the city whose default point this is, "" if it is none."""
    for x, y, city in CITY_DEFAULTS:
        if float(distance_m(lon, lat, x, y)) <= DEFAULT_WITHIN_M:
            return city
    return ""


def possible_districts(expected: GeocodeResult, index: DistrictIndex) -> dict[str, float]:
    """Return the districts that an address may mean, with weights; empty if it does not say.

    An address that names its city alone may mean any district there, at equal weights.
    """
    weights = {adcode: weight for adcode, weight in expected.candidates if weight >= _POSSIBLE}
    if not weights and expected.adcode:
        weights = {expected.adcode: expected.confidence}
    if weights or not expected.city:
        return weights
    inside = [d.adcode for d in index.districts if d.city == expected.city]
    return dict.fromkeys(inside, 1.0 / max(len(inside), 1))


def _against_itself(answer: ProviderAnswer, found: str, index: DistrictIndex) -> str:
    """Return an objection if a point does not lie in the district that its provider names."""
    named = answer.adcode
    if len(named) == 6 and not named.startswith("21"):
        return "服务自称该地址不在辽宁省"
    if named not in index.by_adcode or named == found:
        return ""
    if _outside_m(answer, named, index) <= BORDER_TOLERANCE_M:
        return ""
    return f"返回点不在服务自称的{index.by_adcode[named].name}内，坐标系可能有误"


def _confirmed(adcode: str, weight: float, expected: GeocodeResult) -> Verdict:
    right, wrong = PROVIDER_TRUST * weight, (1.0 - PROVIDER_TRUST) * (1.0 - weight)
    confidence = min(right / (right + wrong), _MOST_CONFIDENT)
    if not expected.candidates and not expected.adcode:
        return Verdict("", adcode, PROVIDER_TRUST, "与地址所写城市一致")
    sure = weight >= SURE
    note = "与地址所指区县一致" if sure else "在地址可能的区县之内"
    return Verdict("", adcode, round(confidence, 3), note)


def _outside_m(answer: ProviderAnswer, adcode: str, index: DistrictIndex) -> float:
    """Return how far a point lies outside a district, metres; 0 inside."""
    import shapely

    row = index.row_of.get(adcode)
    if row is None:
        return math.inf
    shape, point = index.geometries[row], shapely.Point(answer.lon, answer.lat)
    if shapely.intersects(shape, point):
        return 0.0
    ends: np.ndarray[tuple[int, int], np.dtype[np.float64]] = shapely.get_coordinates(
        shapely.shortest_line(shape, point)
    )
    return float(distance_m(ends[0, 0], ends[0, 1], answer.lon, answer.lat))


def _names(weights: dict[str, float], expected: GeocodeResult, index: DistrictIndex) -> str:
    if not expected.candidates and not expected.adcode:
        return expected.city
    best = sorted(weights, key=lambda adcode: -weights[adcode])[:3]
    names = [index.by_adcode[adcode] for adcode in best if adcode in index.by_adcode]
    return "、".join(f"{district.city}{district.name}" for district in names)
