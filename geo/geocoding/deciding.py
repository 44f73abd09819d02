"""Choose the district of an address, or say that it stays open, and find the area's point."""

from typing import Final, NamedTuple

from clusteratlas.geo.geocoding.gazetteer import Gazetteer
from clusteratlas.geo.geocoding.grounds import Candidates
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.placing import Placed, Placer, fitting_town, fitting_zone
from clusteratlas.geo.geocoding.result import GeocodeResult

SURE: Final = 0.75
"""Weight from which a district counts as decided; below, the answer is ambiguous."""

MOST_CONFIDENT: Final = 0.99
"""No answer is surer than this: registers err too."""

UNREAD: Final = "未识别出辽宁地名"

_ROAD_DECIDES: Final = 0.85
_POSSIBLE: Final = 0.1
_LEADING: Final = 0.5
_ROAD_WEIGHT: Final = 0.2
# Pieces of names alone: surer than a name needs to be.
_SURE_BY_PIECES: Final = 0.9

UNANCHORED: Final = 0.9
"""Weight that it takes without city, district, zone or township: a name may be anywhere."""


class Decision(NamedTuple):
    """What follows from the parts of an address but for its roads' points and its wording.

    Attributes
    ----------
    possible
        Districts with weights, best first; empty where no road is to be looked for.
    row
        The answer without point and evidence.
    reasons
        What was stated, in Chinese.
    area
        The point of the zone, township, district or city; None where none can be given.
    near
        Districts that are likely enough for a road of theirs to be meant.
    """

    possible: Candidates
    row: GeocodeResult
    reasons: str
    area: Placed | None
    near: frozenset[str] = frozenset()


class Decider:
    """Turn weights of districts into a decision."""

    def __init__(self, gazetteer: Gazetteer, placer: Placer) -> None:
        self._gazetteer = gazetteer
        self._placer = placer

    def decide(
        self, parsed: ParsedAddress, city: str, possible: Candidates, *, by_names: Candidates = ()
    ) -> Decision:
        """Choose the district, or say that it is open, and find the area's point.

        ``by_names`` is what the names come to on their own, where pieces of names have had a say.
        """
        city = parsed.city or city
        local = parsed.stated or parsed.zone_name or parsed.towns or parsed.learned
        if not local:
            return (
                self._by_pieces(parsed, city, possible)
                if by_names
                else self.city_only(parsed, city)
            )
        possible = _stated_first(parsed, possible)
        adcode, weight = possible[0]
        zone, town = fitting_zone(parsed, possible), fitting_town(parsed, adcode)
        located = zone is not None and zone.place.known
        anchored = city or parsed.stated or parsed.zone_name or parsed.towns
        namesakes = not city and len(parsed.stated) > 1  # 铁西区, of Shenyang or of Anshan
        alone = min(weight, dict(by_names).get(adcode, 0.0)) if by_names else weight
        if (namesakes or not anchored) and alone < UNANCHORED:
            return self._open(parsed, possible)
        if weight < SURE and not city and not located and not _in_one_city(possible):
            return self._open(parsed, possible)
        row = self._in_district(
            possible,
            sure=weight >= SURE,
            zone=zone.name if zone else ("" if parsed.zones else parsed.zone_name),
            township=town.name if town else parsed.town_name,
        )
        area = self._placer.area(zone, town)
        if area is None:
            area = self._placer.division(adcode if weight >= SURE else adcode[:4] + "00")
        near = frozenset(adcode for adcode, weight in possible if weight >= _ROAD_WEIGHT)
        return Decision(possible, row, self.reasons(parsed, adcode), area, near)

    def between_cities(self, parsed: ParsedAddress) -> GeocodeResult:
        """Return the answer where two cities are named and no district tells which is meant."""
        cities = (parsed.city, parsed.rival)
        names = "、".join(self._gazetteer.city_names[code] for code in cities)
        return GeocodeResult(
            status="ambiguous",
            confidence=0.5,
            candidates=tuple((code, 0.5) for code in cities),
            evidence=f"写明两个城市：{names}",
        )

    def city_only(self, parsed: ParsedAddress, city: str) -> Decision:
        """Return the answer that goes no further than the city."""
        name = self._gazetteer.city_names[city]
        row = GeocodeResult(city=name, status="ambiguous")
        source = "写明" if parsed.city else "据城市栏或企业名："
        return Decision((), row, f"{source}{name}，未写区县", self._placer.division(city))

    def _by_pieces(self, parsed: ParsedAddress, city: str, possible: Candidates) -> Decision:
        """Return the answer where no name but the city's is known, and pieces of names must do."""
        adcode, weight = possible[0]
        if not city and weight < _LEADING:
            return Decision((), GeocodeResult(evidence=UNREAD), "", None)
        if not city:
            return self._open(parsed, possible)
        if weight < _LEADING:
            return self.city_only(parsed, city)
        sure = weight >= _SURE_BY_PIECES
        row = self._in_district(possible, sure=sure)
        reasons = f"{self.reasons(parsed)}，据地名用字推断区县".removeprefix("，")
        return Decision((), row, reasons, self._placer.division(adcode if sure else city))

    def _open(self, parsed: ParsedAddress, possible: Candidates) -> Decision:
        """Return the answer where districts of several cities stay possible: no point at all.

        A district is still named where it is likelier than all others together.
        """
        names = "、".join(self.full_name(adcode) for adcode, _ in possible[:3])
        weight = possible[0][1]
        row = GeocodeResult(status="ambiguous", confidence=weight, candidates=possible)
        if weight >= _LEADING:
            row = self._in_district(possible, sure=False)._replace(confidence=weight)
        stated = self.reasons(parsed)
        several = not _in_one_city(possible)
        reasons = f"{stated}，" * bool(stated)
        reasons += f"多个城市都有可能（{names}）" if several else f"未写城市，可能是{names}"
        return Decision((), row, reasons, None)

    def _in_district(
        self, possible: Candidates, *, sure: bool, zone: str = "", township: str = ""
    ) -> GeocodeResult:
        """Return the answer in the best of the districts."""
        adcode, weight = possible[0]
        return GeocodeResult(
            adcode=adcode,
            district=self._gazetteer.district_names[adcode],
            city=self._gazetteer.city_names.get(adcode[:4] + "00", ""),
            zone=zone,
            township=township,
            confidence=min(weight, MOST_CONFIDENT),
            status="ok" if sure else "ambiguous",
            candidates=possible,
        )

    def decided_by_road(self, row: GeocodeResult, placed: Placed) -> GeocodeResult:
        """Return the answer with the road's district, where only the zone left it open."""
        road = placed.road
        if road is None or not road.zone_id or row.status != "ambiguous":
            return row
        rest = sum(weight for adcode, weight in row.candidates if adcode != road.adcode) or 1.0
        others = tuple(
            (adcode, round((1.0 - _ROAD_DECIDES) * weight / rest, 3))
            for adcode, weight in row.candidates
            if adcode != road.adcode
        )
        return row._replace(
            adcode=road.adcode,
            district=self._gazetteer.district_names[road.adcode],
            confidence=_ROAD_DECIDES,
            status="ok",
            candidates=((road.adcode, _ROAD_DECIDES), *others),
        )

    def full_name(self, adcode: str) -> str:
        """Return city and district of a code, 沈阳市铁西区."""
        city = self._gazetteer.city_names.get(adcode[:4] + "00", "")
        return city + self._gazetteer.district_names.get(adcode, "")

    def reasons(self, parsed: ParsedAddress, adcode: str = "") -> str:
        """Return what an address states, for the evidence.

        A township that is listed in another district of the city today than ``adcode`` is told with
        it: 达道湾镇 was in 千山区 and is in 铁西区, and firms there keep the old authority's codes.
        """
        parts = []
        if parsed.stated_name:
            former = "（旧称）" if parsed.stated_form == "former" else ""
            parts.append(f"写明{parsed.stated_name}{former}")
        elif parsed.city:
            parts.append(f"写明{self._gazetteer.city_names[parsed.city]}")
        if parsed.zone_name:
            parts.append(f"园区{parsed.zone_name}")
        if parsed.town_name:
            parts.append(f"乡镇街道{parsed.town_name}{self._listed_elsewhere(parsed, adcode)}")
        if parsed.conflict:
            parts.append("城市与区县不一致")
        return "，".join(parts)

    def _listed_elsewhere(self, parsed: ParsedAddress, adcode: str) -> str:
        codes = {town.adcode for town in parsed.towns if town.adcode[:4] == adcode[:4]}
        if adcode in codes or not codes:
            return ""
        names = "、".join(self._gazetteer.district_names[code] for code in sorted(codes))
        return f"（名录列于{names}）"


def _stated_first(parsed: ParsedAddress, possible: Candidates) -> Candidates:
    """Return the districts with the one that the address states first.

    Not where another is likelier than all others together. Below that, a road at a border and the
    codes of firms on it are no reason to contradict what is written: the stated district takes the
    highest weight, the others move down by one.
    """
    if len(parsed.stated) != 1 or parsed.stated_form == "former" or possible[0][1] >= _LEADING:
        return possible
    stated = [adcode for adcode, _ in possible if adcode in parsed.stated]
    others = [adcode for adcode, _ in possible if adcode not in parsed.stated]
    weights = [weight for _, weight in possible]
    return tuple(zip(stated + others, weights, strict=True))


def _in_one_city(possible: Candidates) -> bool:
    """Tell whether every district that is really possible is of one city."""
    return len({adcode[:4] for adcode, weight in possible if weight >= _POSSIBLE}) <= 1
