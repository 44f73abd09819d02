"""Make results of providers' answers: area or point, radius, evidence."""

from dataclasses import dataclass, field
from typing import Final

from clusteratlas.errors import GeocodingError
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding.deciding import SURE
from clusteratlas.geo.geocoding.gazetteer import Place
from clusteratlas.geo.geocoding.placing import Placer
from clusteratlas.geo.geocoding.providers.asking import Asker
from clusteratlas.geo.geocoding.providers.base import Grade, ProviderAnswer
from clusteratlas.geo.geocoding.providers.checks import Verdict
from clusteratlas.geo.geocoding.result import PRECISIONS, GeocodeResult

COARSE: Final = frozenset({"district", "city"})
"""Precisions at which a provider's answer gives way to anybody's finer one."""

FINE: Final = frozenset({"site", "address", "street"})

LEVELS: Final = {
    "site": "场所", "address": "门牌", "street": "道路", "zone": "园区", "township": "乡镇街道",
    "district": "区县", "city": "城市", "none": "省级",
}  # fmt: skip


@dataclass(slots=True)
class Trail:
    """What happened on the way to an answer.

    Attributes
    ----------
    remarks
        One per provider that was passed over, for the evidence.
    failure
        The last request that failed.
    coarse
        The first answer that stands but says no more than the district.
    """

    remarks: list[str] = field(default_factory=list)
    failure: GeocodingError | None = None
    coarse: GeocodeResult | None = None


def make_result(
    link: Asker,
    answer: ProviderAnswer,
    grade: Grade,
    verdict: Verdict,
    expected: GeocodeResult,
    placer: Placer,
) -> GeocodeResult:
    """Return the result of an answer that stands.

    The parts of the address are those that the offline geocoder reads. A point just beyond the border
    of its district is drawn in; the radius grows by the shift. Districts and cities get the point and
    radius of the gazetteer.
    """
    district = district_index().by_adcode[verdict.adcode]
    matched = f"{answer.label}（{answer.level}）" if answer.label else answer.level
    remark = f"{link.title}：{matched}，{verdict.note}"
    whole = district.city_adcode if grade.precision == "city" else verdict.adcode
    area = placer.division(whole) if grade.precision in COARSE else None
    if area is not None:
        place = area.place
    else:
        place = placer.borders.within(Place(answer.lon, answer.lat, grade.radius_m), verdict.adcode)
        apart = _apart_m(place, expected)
        if apart > place.radius_m:
            place = Place(place.lon, place.lat, apart)
            remark += f"，与离线位置相距{apart / 1000:.1f}公里，半径随之放宽"
    same = expected.adcode == verdict.adcode
    sure = verdict.confidence >= SURE
    single = ((verdict.adcode, verdict.confidence),)
    return expected._replace(
        lon=place.lon,
        lat=place.lat,
        adcode=verdict.adcode,
        district=district.name,
        city=district.city,
        zone=expected.zone if same else "",
        township=expected.township if same else "",
        precision=grade.precision,
        radius_m=place.radius_m,
        confidence=verdict.confidence,
        evidence=remark,
        status="ok" if sure else "ambiguous",
        candidates=single if sure else expected.candidates or single,
        membership="",
        provider=link.name,
    )


def is_finer(expected: GeocodeResult, result: GeocodeResult) -> bool:
    """Tell whether the offline answer is certain and of a finer kind than a provider's."""
    rank = PRECISIONS.index
    certain = expected.status == "ok" and expected.has_point
    return certain and rank(expected.precision) < rank(result.precision)


def _apart_m(place: Place, expected: GeocodeResult) -> float:
    """Return how far two answers are apart where their circles do not meet, else 0.

    Only an offline point on a known road or site says something against a provider's.
    """
    if expected.precision not in FINE or expected.status != "ok":
        return 0.0
    apart = float(distance_m(place.lon, place.lat, expected.lon, expected.lat))
    return apart if apart > place.radius_m + expected.radius_m else 0.0


def with_remarks(result: GeocodeResult, trail: Trail) -> GeocodeResult:
    """Return the result with the reasons why others were passed over in its evidence."""
    if not trail.remarks:
        return result
    return result._replace(evidence="；".join([result.evidence, *trail.remarks]))


def nothing(expected: GeocodeResult, trail: Trail) -> GeocodeResult:
    """Return the failure of an address for which no provider has a usable answer."""
    return GeocodeResult(
        road=expected.road,
        number=expected.number,
        evidence="；".join(trail.remarks),
        provider="",
    )
