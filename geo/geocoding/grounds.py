"""The prior of an address: what a stated district, a zone or the city says before any road is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from clusteratlas.geo.geocoding.gazetteer import Counts, Gazetteer, Zone
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress

Weights = dict[str, float]
Candidates = tuple[tuple[str, float], ...]

STATED_SHARE: Final = 0.985
"""How often a stated district is that of registration; measured on the registry."""

_REDRAWN: Final = frozenset({"东陵区"})
"""Former districts that were divided before the rest was renamed: of 东陵区, 南塔, 泉园 and 前进 went to
沈河区 and 大东区, the rest became 浑南区 in 2014. Firms there have codes of the old authority, which
say nothing of today's district: the city's roads and today's townships are asked instead."""
_REDRAWN_SHARE: Final = 0.8
_ZONE_SHARE: Final = 0.96
_LISTED_COUNT: Final = 10.0
"""A listed zone's districts weigh as much as so many registrations."""
_BARE_TOTAL: Final = 30.0
"""What the prior of all addresses weighs in that of the ones without city, as registrations."""
_NARROW: Final = 0.9
_LEAST: Final = 0.005
_CACHE_SIZE: Final = 100_000

Said = Mapping[str, Counts]
"""By name: how many registrations with it fall into which district."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is known before townships, villages and roads are looked at.

    Attributes
    ----------
    weights, ranked
        Of the districts; the best five, in order.
    context
        Under which names are counted: a city, ``d:`` district or ``z:`` zone; "" for none.
    counts, reference
        Counts of names in the context, and the districts' shares that they are compared with.
    around, around_reference
        The same in the whole city, or in the province where no city is known.
    numbered
        Whether roads may be looked up by house numbers: the city is known.
    narrow
        Whether a road that the context does not know is none of the city's either.
    redrawn
        Whether a former district is named that was divided.
    open
        Whether neither district nor zone is named, so that pieces of names are looked at.
    factors
        What pieces of names say on this ground, as far as they have been asked for.
    """

    weights: Weights
    ranked: Candidates
    context: str
    counts: Said
    reference: Weights
    around: Said
    around_reference: Weights
    numbered: bool
    narrow: bool
    redrawn: bool
    open: bool
    factors: dict[str, Candidates] = field(default_factory=dict)


class Grounds:
    """The grounds of all addresses, worked out from the counts of registrations."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._associations = gazetteer.associations
        prior: Weights = dict.fromkeys(gazetteer.district_names, 20.0)
        prior.update({adcode: 20.0 + n for adcode, n in gazetteer.counts("*", "prior")})
        bare = dict(gazetteer.counts("*", "bare"))
        self.prior = normalised(prior)
        self._bare = normalised(
            {a: bare.get(a, 0) + _BARE_TOTAL * share for a, share in self.prior.items()}
        )
        self._overall = _overall(gazetteer)
        by_city: dict[str, Weights] = {}
        for adcode, weight in self.prior.items():
            by_city.setdefault(adcode[:4] + "00", {})[adcode] = weight
        self._by_city = {city: normalised(weights) for city, weights in by_city.items()}
        self._kept: dict[tuple[object, ...], Ground] = {}

    def of(self, parsed: ParsedAddress, city: str) -> Ground:
        """Return the ground that a stated district, a zone or the city gives.

        ``city`` is the code of the city from elsewhere, used where the address names none.
        """
        key = (parsed.city, city, parsed.stated_name, parsed.stated, parsed.zone_name, parsed.zones)
        ground = self._kept.get(key)
        if ground is None:
            if len(self._kept) >= _CACHE_SIZE:
                self._kept.clear()
            ground = self._kept[key] = self._make(parsed, parsed.city or city)
        return ground

    def _make(self, parsed: ParsedAddress, city: str) -> Ground:
        weights, context = self._base(parsed, city)
        redrawn = parsed.stated_name in _REDRAWN
        kind = "" if redrawn else context[:2]
        narrow = kind == "d:" or (kind == "z:" and max(weights.values()) > _NARROW)
        reference = weights if context[1:2] == ":" and not redrawn else self._shares(city)
        counted = context
        if redrawn:
            city = counted = parsed.stated[0][:4] + "00"
        return Ground(
            weights=weights,
            ranked=ranked(weights),
            context=context,
            counts=self._associations.get(counted, {}),
            reference=reference,
            around=self._associations.get(city, {}) if city else self._overall,
            around_reference=self._shares(city),
            numbered=bool(city),
            narrow=narrow,
            redrawn=redrawn,
            open=not parsed.stated and not parsed.zone_name,
        )

    def _shares(self, city: str) -> Weights:
        return self._by_city.get(city, self.prior)

    def _base(self, parsed: ParsedAddress, city: str) -> tuple[Weights, str]:
        """Return the prior and the context under which associations are looked up."""
        everywhere = self._by_city.get(city, self._bare)
        if parsed.stated:
            stated = [code for code in parsed.stated if not city or code[:4] == city[:4]]
            codes = stated or list(parsed.stated)
            around = self._by_city[codes[0][:4] + "00"] if len(codes) == 1 else self.prior
            inside = normalised({code: self.prior[code] for code in codes})
            divided = parsed.stated_name in _REDRAWN
            base = _mixed(inside, around, _REDRAWN_SHARE if divided else STATED_SHARE)
            return base, f"d:{codes[0]}" if len(codes) == 1 else city
        zones = self._fitting_zones(parsed, city)
        if zones:
            shares = self._zone_shares(zones, parsed.zone_name)
            around = self._by_city[next(iter(shares))[:4] + "00"]
            base = _mixed(normalised(shares), around, _ZONE_SHARE)
            return base, f"z:{zones[0].zone_id}" if len(zones) == 1 else city
        if parsed.zone_name:
            return self._learned_zone(parsed.zone_name, city, everywhere)
        return dict(everywhere), city

    def _zone_shares(self, zones: list[Zone], text: str) -> Weights:
        """Return the districts of zones, as listed and as enterprises with that address register.

        Shares of a zone that straddles districts stay as listed: its registrations carry a code of
        their own or that of the district where the office is, and say nothing of the rest.
        """
        shares: Weights = {}
        for zone in zones:
            for adcode, share in zone.weights:
                shares[adcode] = shares.get(adcode, 0.0) + _LISTED_COUNT * share
        for city in {adcode[:4] + "00" for adcode in shares if len(shares) == 1}:
            for adcode, n in self._associations.get(city, {}).get(text, ()):
                shares[adcode] = shares.get(adcode, 0.0) + n
        return shares

    def _learned_zone(self, text: str, city: str, everywhere: Weights) -> tuple[Weights, str]:
        """Return the prior of a zone that is known from registrations only."""
        counts = self._associations.get(city, {}).get(text) if city else self._overall.get(text)
        if not counts:
            return dict(everywhere), city
        inside = normalised({adcode: float(n) for adcode, n in counts})
        total = sum(n for _, n in counts)
        cities = {adcode[:4] + "00" for adcode, _ in counts}
        around = everywhere if city or len(cities) > 1 else self._by_city[cities.pop()]
        return _mixed(inside, around, _ZONE_SHARE * total / (total + 1.0)), f"z:{text}"

    def _fitting_zones(self, parsed: ParsedAddress, city: str) -> list[Zone]:
        if not city:
            return list(parsed.zones)
        fitting = [zone for zone in parsed.zones if any(a[:4] == city[:4] for a, _ in zone.weights)]
        return fitting or list(parsed.zones)


def _overall(gazetteer: Gazetteer) -> dict[str, Counts]:
    """Return the counts of names over all cities; house numbers belong to a city's road."""
    overall: dict[str, dict[str, int]] = {}
    for context, said in gazetteer.associations.items():
        for text, counts in said.items() if context.isdecimal() else ():
            if "#" not in text:
                into = overall.setdefault(text, {})
                for adcode, n in counts:
                    into[adcode] = into.get(adcode, 0) + n
    return {text: tuple(counts.items()) for text, counts in overall.items()}


def normalised(weights: Weights) -> Weights:
    """Return the weights as shares of their sum."""
    total = sum(weights.values())
    return {adcode: weight / total for adcode, weight in weights.items()} if total > 0 else weights


def _mixed(inside: Weights, around: Weights, share: float) -> Weights:
    mixed = {adcode: (1.0 - share) * weight for adcode, weight in around.items()}
    for adcode, weight in inside.items():
        mixed[adcode] = mixed.get(adcode, 0.0) + share * weight
    return mixed


def ranked(weights: Weights) -> Candidates:
    """Return the best five with their shares of the sum, best first."""
    total = sum(weights.values()) or 1.0
    least = _LEAST * total
    best = [(adcode, weight) for adcode, weight in weights.items() if weight >= least]
    best.sort(key=lambda item: (-item[1], item[0]))
    return tuple((adcode, round(weight / total, 3)) for adcode, weight in best[:5])
