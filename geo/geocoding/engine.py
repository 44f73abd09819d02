"""Loaded tables and caches behind the offline geocoder: from a normalised text to an answer."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding.answers import Answer
from clusteratlas.geo.geocoding.circles import Circles
from clusteratlas.geo.geocoding.deciding import (
    MOST_CONFIDENT,
    UNANCHORED,
    UNREAD,
    Decider,
    Decision,
)
from clusteratlas.geo.geocoding.firms import FirmNames
from clusteratlas.geo.geocoding.gazetteer import Gazetteer
from clusteratlas.geo.geocoding.grounds import Ground
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.parser import AddressParser
from clusteratlas.geo.geocoding.patterns import find_number, find_road, stems
from clusteratlas.geo.geocoding.placing import CERTAIN, Placed, Placer
from clusteratlas.geo.geocoding.resolve import Resolver
from clusteratlas.geo.geocoding.result import GeocodeResult, format_weights

OUTSIDE: Final = "覆盖范围外"
"""How the evidence of an address elsewhere begins."""

_AREA_KINDS: Final = frozenset({"zone", "township"})
_CACHE_SIZE: Final = 200_000
_NONE: Final = GeocodeResult()
_CROSSING: Final = ("crossing", "")
# What an address without any known name must have to be looked at: the ending of a place's name.
_LOCAL: Final = re.compile("[村屯镇乡街路](?!.{0,4}(?:公司|集团))|农场|林场|开发区")


class _Area(NamedTuple):
    """What addresses share that nothing but their villages and roads tells apart."""

    ground: Ground
    decisions: dict[bool, Decision]  # where villages and roads say nothing: if there are any
    answers: dict[tuple[tuple[str, str], ...], Answer]  # by villages and roads


class Engine:
    """Loaded tables and caches behind a geocoder.

    Caches are plain dictionaries whose values are never changed, so threads may share them; at worst
    two threads work out the same answer.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.parser = AddressParser(gazetteer)
        self.resolver = Resolver(gazetteer)
        self.placer = Placer(gazetteer, district_index())
        self.circles = Circles(district_index())
        self._decider = Decider(gazetteer, self.placer)
        self.firms = FirmNames(gazetteer)
        self._answers: dict[str, dict[str, Answer]] = {}  # by city and text
        self._areas: dict[tuple[object, ...], _Area] = {}
        self._shared = 0  # answers that areas keep

    def answer(self, text: str, name: str = "", city: str = "") -> Answer:
        """Return the answer for a normalised address; its house number is not looked at.

        A name decides where it is that of a known site, and helps where the address alone does not
        lead to a district: 海城市... in the name of a firm whose address is 人民路16号.
        """
        if not name:
            return self._by_address(text, city)
        if self.firms.is_site(name):
            at_site = self._at_site(text, name, city)
            if at_site is not None:
                return at_site
        named = self.firms.place_in(name)
        near = city or (named and named[:4] + "00")
        answer = self._by_address(text, near)
        if named and not named.endswith("00") and not answer.evidence.startswith("写明"):
            answer = self._in_district_of_name(text, city, named, answer)
        if answer.given.adcode or answer.evidence.startswith(OUTSIDE):
            return answer
        return self._by_name(name, near, answer)

    def _in_district_of_name(self, text: str, city: str, named: str, otherwise: Answer) -> Answer:
        """Return the answer in the district that a firm's name begins with (海城市...)."""
        parsed = self.parser.parse(text)
        if parsed.stated or parsed.zone_name or parsed.towns or parsed.outside or not text:
            return otherwise
        if (parsed.city or city or named)[:4] != named[:4]:
            return otherwise
        return self.by_text(self._decider.full_name(named) + text, city).less_trusted()

    def _by_address(self, text: str, city: str) -> Answer:
        answer = self.by_text(stems([text])[0], city)
        return self.by_text(text, city) if answer.by_number else answer

    def _by_name(self, name: str, city: str, otherwise: Answer) -> Answer:
        """Return what a firm's name says of the place, at less confidence than an address."""
        named = self.by_text(name, city)
        if not named.given.adcode or named.given.status != "ok":
            return named if named.given.city and not otherwise.given.city else otherwise
        if named.placed is None or named.placed.precision == "street":
            return otherwise  # 人民路 in a firm's name is a brand, not an address
        return named.less_trusted()

    def detailed(self, answer: Answer, text: str) -> GeocodeResult:
        """Add what belongs to the single address: road and number, and the point of the number."""
        parsed = self.parser.parse(text)
        known = [part for kind, part in parsed.learned if kind == "road"]
        road = known[0] if known else find_road(text, parsed.end)
        start = text.find(road) + len(road) if road else parsed.end
        number = find_number(text, start)
        answer = self.at_numbers([(answer, number)])[0]
        result = answer.result()._replace(road=road, number=number)
        if answer.placed is not None and self.needs_membership(result):
            shares = self.circles.memberships([(answer.placed.place, result.candidates)])
            result = result._replace(membership=format_weights(shares[0]))
        return result

    def at_numbers(self, asked: Sequence[tuple[Answer, str]]) -> list[Answer]:
        """Return each answer at the house number, where the road's numbers are known."""
        answers = [answer for answer, _ in asked]
        better: dict[int, Placed] = {}
        for at, (answer, number) in enumerate(asked):
            placed = answer.placed and self.placer.numbered(answer.placed, number)
            if placed is not None and placed is not answer.placed:
                better[at] = placed
        claims = [(placed.place, answers[at].given.adcode) for at, placed in better.items()]
        places = self.placer.borders.within_all(claims)
        for (at, placed), place in zip(better.items(), places, strict=True):
            answer, number = asked[at]
            evidence = f"{answer.evidence}，门牌{number}号按路段插值"
            answers[at] = Answer(answer.given, evidence, placed._replace(place=place))
        return answers

    @staticmethod
    def needs_membership(row: GeocodeResult) -> bool:
        """Tell whether the point's circle may share the probability between districts."""
        return len(row.candidates) > 1 and row.candidates[0][1] < CERTAIN

    def by_text(self, text: str, city: str) -> Answer:
        """Return the answer for exactly this normalised text in a city."""
        return self.by_texts([text], city)[0]

    def by_texts(self, texts: Sequence[str], city: str) -> list[Answer]:
        """Return the answers for normalised texts in a city; they are kept for the next time."""
        kept = self._answers.get(city, {})
        known = [kept.get(text) for text in texts]
        new = [text for text, answer in zip(texts, known, strict=True) if answer is None]
        added = [self._resolve(parsed, city) for parsed in self.parser.parse_all(new)]
        self._keep(dict(zip(new, added, strict=True)), city)
        if len(new) == len(known):
            return added
        rest = iter(added)
        return [answer or next(rest) for answer in known]

    def _keep(self, answers: dict[str, Answer], city: str) -> None:
        if sum(map(len, self._answers.values())) >= _CACHE_SIZE:
            self._answers.clear()
        self._answers.setdefault(city, {}).update(answers)

    def _resolve(self, parsed: ParsedAddress, city: str) -> Answer:
        if parsed.outside:
            return Answer(_NONE, f"{OUTSIDE}：{parsed.outside}")
        if parsed.rival and not parsed.stated:
            given = self._decider.between_cities(parsed)
            return Answer(given, given.evidence)
        if parsed.unknown:
            return self._in_unknown_district(parsed, city)
        site = parsed.site
        if site is not None:
            placed = Placed(site.place, "site", f"已知场所{site.name}")
            return self._on_site(parsed, placed, site.adcode)
        if not parsed.stated and not parsed.zone_name:
            open_answer = self._by_pieces(parsed, city)
            if open_answer is not None:
                return open_answer
        return self._in_area(parsed, city)

    def _in_area(self, parsed: ParsedAddress, city: str) -> Answer:
        """Return the answer, worked out once for all addresses with the same parts."""
        key = (
            parsed.city, city, parsed.stated, parsed.stated_name, parsed.zone_name, parsed.zones,
            parsed.town_name, parsed.conflict,
        )  # fmt: skip
        area = self._areas.get(key)
        if area is None:
            if self._shared >= _CACHE_SIZE:
                self._areas.clear()
                self._shared = 0
            area = self._areas[key] = _Area(self.resolver.ground(parsed, city), {}, {})
        learned = (*parsed.learned, _CROSSING) if parsed.crossing else tuple(parsed.learned)
        answer = area.answers.get(learned)
        if answer is None:
            answer = self._place(parsed, self._decision(parsed, city, area))
            area.answers[learned] = answer
            self._shared += 1
        return answer

    def _by_pieces(self, parsed: ParsedAddress, city: str) -> Answer | None:
        """Return the answer that pieces of names have a say in, None where they say nothing."""
        ground = self.resolver.ground(parsed, city)
        hints = self.resolver.hints(ground, parsed)
        if parsed.is_empty and not city and not (hints and _LOCAL.search(parsed.text)):
            return Answer(_NONE, UNREAD if parsed.text else "地址为空")
        if not hints:
            return None
        features = self.resolver.features(ground, parsed)
        possible = self.resolver.weigh_on(ground, parsed, features, hints)
        by_names = possible
        anchored = parsed.city or city or parsed.towns
        if not anchored and possible[0][1] >= UNANCHORED:  # only then may a point rest on names
            by_names = self.resolver.by_names(ground, parsed, features)
        decision = self._decider.decide(parsed, city, possible, by_names=by_names)
        by_number = self.resolver.depends_on_number(parsed)
        return self._place(parsed, decision)._replace(by_number=by_number)

    def _in_unknown_district(self, parsed: ParsedAddress, city: str) -> Answer:
        """Return the city of an address in a district that there is not, and never was."""
        reason = f"{parsed.unknown}不是辽宁现有或曾有的区县"
        if not (parsed.city or city):
            return Answer(_NONE, reason)
        answer = self._place(parsed, self._decider.city_only(parsed, parsed.city or city))
        return answer._replace(evidence=f"{reason}；{answer.evidence}")

    def _decision(self, parsed: ParsedAddress, city: str, area: _Area) -> Decision:
        """Return the decision, worked out once for all addresses whose names tell nothing apart."""
        features = self.resolver.features(area.ground, parsed)
        named = bool(parsed.learned)
        decision = None if features else area.decisions.get(named)
        if decision is None:
            possible = self.resolver.weigh_on(area.ground, parsed, features, {})
            decision = self._decider.decide(parsed, city, possible)
            if not features:
                area.decisions[named] = decision
        return decision

    def _place(self, parsed: ParsedAddress, decision: Decision) -> Answer:
        placed = decision.area
        if decision.possible:
            road = self.placer.road(parsed, decision.near)
            placed = self.placer.narrowed(road, placed) if road else placed
        words = [text for kind, text in parsed.learned if kind not in _AREA_KINDS][:2]
        if decision.reasons:
            words.insert(0, decision.reasons)
        evidence = "，".join(words)
        if placed is None:
            return Answer(decision.row, evidence or decision.row.evidence)
        given = self._decider.decided_by_road(decision.row, placed)
        if given.adcode not in ("", placed.home) and placed.precision != "city":
            placed = self.placer.inside(placed, given.adcode)
        evidence = f"{evidence}；定位：{placed.evidence}" if evidence else placed.evidence
        return Answer(given, evidence, placed)

    def _at_site(self, text: str, name: str, city: str) -> Answer | None:
        """Return the known premises of that name, None if the address is of elsewhere."""
        parsed = self.parser.parse(text)
        if parsed.outside:
            return None
        possible = self.resolver.weigh(parsed, city) if parsed.stated or parsed.zones else ()
        found = self.placer.site(name, possible)
        return self._on_site(parsed, *found) if found else None

    def _on_site(self, parsed: ParsedAddress, placed: Placed, adcode: str) -> Answer:
        certain = ((adcode, MOST_CONFIDENT),)
        parsed.stated = (adcode,)
        row = self._decider.decide(parsed, "", certain).row
        return self._place(parsed, Decision((), row, self._decider.reasons(parsed), placed))
