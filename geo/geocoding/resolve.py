"""Weigh what an address says about its district.

A stated district, a zone or the city gives the prior; villages, roads and places multiply it by how
much more often they occur in a district than the prior expects (counts with additive smoothing), and
townships by whether the district has one of that name today. So a road shared by two districts leaves
both possible, and a stated district gives way only to strong evidence, such as a township that was
moved across the border.

Most addresses say one of a few thousand things; what they come to is worked out once and kept.
"""

from dataclasses import dataclass, replace
from typing import Final

from clusteratlas.geo.geocoding.gazetteer import Counts, Gazetteer, Zone
from clusteratlas.geo.geocoding.parser import ParsedAddress
from clusteratlas.geo.geocoding.pieces import house_block, pieces

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
_SMOOTHING: Final = 0.6
_UNLISTED: Final = 0.06
"""How likely a township's name is in a district that does not have it today, against one that does:
lists forget merged and renamed townships, and zones run townships under their old names."""
_OTHER_CITY: Final = 0.002
"""The same for a district of another city than those that have one of that name."""
_FLOOR: Final = 1e-5
_BARE_TOTAL: Final = 30.0
"""What the prior of all addresses weighs in that of the ones without city, as registrations."""
_PIECE_SHARE: Final = 0.25
"""What a piece of a name says, as a share of what its count would say on its own: pieces overlap."""
_PIECE_SMOOTHING: Final = 0.5
_ROAD_IN_BLOCK: Final = 2.0
"""What the whole road weighs among the counts of its house numbers, as registrations."""
_LEAST: Final = 0.005
_CLEAR: Final = 0.98
_CACHE_SIZE: Final = 100_000

Feature = tuple[tuple[tuple[str, float], ...], Weights]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is known before townships, villages and roads are looked at."""

    weights: Weights
    context: str
    reference: Weights
    narrow: bool
    redrawn: bool  # a former district is named that was divided
    open: bool  # neither district nor zone is named: pieces of names are looked at
    ranked: Candidates


class Resolver:
    """Turn parsed addresses into weights of districts."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._associations = gazetteer.associations
        self._sections = gazetteer.sections
        self._pieces = gazetteer.pieces
        self._said: dict[tuple[str, str], Candidates] = {}
        prior: Weights = dict.fromkeys(gazetteer.district_names, 20.0)
        bare: dict[str, int] = {}
        self._numbered: set[str] = set()
        overall: dict[str, dict[str, int]] = {}
        for (context, text), counts in gazetteer.associations.items():
            if context == "*":
                prior.update({adcode: 20.0 + n for adcode, n in counts if text == "prior"})
                bare.update(dict(counts) if text == "bare" else {})
            elif "#" in text:
                self._numbered.add(text.partition("#")[0])
            elif context.isdecimal():
                into = overall.setdefault(text, {})
                for adcode, n in counts:
                    into[adcode] = into.get(adcode, 0) + n
        self._prior = _normalised(prior)
        self._bare = _normalised(
            {a: bare.get(a, 0) + _BARE_TOTAL * share for a, share in self._prior.items()}
        )
        self._overall: dict[str, Counts] = {
            text: tuple(counts.items()) for text, counts in overall.items()
        }
        by_city: dict[str, Weights] = {}
        for adcode, weight in self._prior.items():
            by_city.setdefault(adcode[:4] + "00", {})[adcode] = weight
        self._by_city = {city: _normalised(weights) for city, weights in by_city.items()}
        self._grounds: dict[tuple[object, ...], _Ground] = {}

    def weigh(self, parsed: ParsedAddress, city: str = "") -> Candidates:
        """Return ``(adcode, weight)``, best first, at most five; empty where nothing is known.

        Parameters
        ----------
        parsed
            Parts of the address.
        city
            Code of the city from elsewhere (a column), used where the address names none.
        """
        if parsed.is_empty and not city:
            return ()
        ground = self.ground(parsed, city)
        features = self.features(ground, parsed, city)
        return self.weigh_on(ground, parsed, features, self.hints(ground, parsed))

    def ground(self, parsed: ParsedAddress, city: str) -> _Ground:
        """Return the prior that a stated district, a zone or the city gives."""
        key = (parsed.city, city, parsed.stated_name, parsed.stated, parsed.zone_name, parsed.zones)
        ground = self._grounds.get(key)
        if ground is None:
            if len(self._grounds) >= _CACHE_SIZE:
                self._grounds.clear()
            city = parsed.city or city
            weights, context = self._base(parsed, city)
            redrawn = parsed.stated_name in _REDRAWN
            is_open = not parsed.stated and not parsed.zone_name
            narrow = (context[:2] == "d:" and not redrawn) or (
                context[:2] == "z:" and max(weights.values()) > 0.9
            )
            is_city = context[1:2] != ":" or redrawn
            reference = weights if not is_city else self._by_city.get(city, self._prior)
            ground = self._grounds[key] = _Ground(
                weights, context, reference, narrow, redrawn, is_open, _ranked(weights)
            )
        return ground

    def features(self, ground: _Ground, parsed: ParsedAddress, city: str) -> list[Feature]:
        """Return the counts of villages, roads and places, each with the shares to compare with."""
        features: list[Feature] = []
        city = parsed.city or city
        context = ground.context
        if ground.redrawn:
            city = context = parsed.stated[0][:4] + "00"
        for kind, text in parsed.learned:
            if (kind == "zone" and text == parsed.zone_name) or (
                kind == "township" and ground.redrawn
            ):
                continue
            text = self._sections.get(text, text)
            counts = self._associations.get((context, text)) if context else None
            if counts:
                weighed = (
                    self._at_number(city, text, parsed.text, counts) if ground.open else counts
                )
                features.append((weighed, ground.reference))
            # A road in a zone is not the road of that name in the city; a village may be.
            elif not ground.narrow or (context[:2] == "z:" and kind == "village"):
                counts = self._associations.get((city, text)) if city else self._overall.get(text)
                if counts:
                    features.append((counts, self._by_city.get(city, self._prior)))
        return features

    def _at_number(
        self, city: str, road: str, text: str, counts: Counts
    ) -> tuple[tuple[str, float], ...]:
        """Return the counts of a road about the house number of the address, where they are known."""
        block = self._associations.get((city, house_block(text, road))) if city else None
        if not block:
            return counts
        total = sum(n for _, n in counts)
        at_number = dict(block)
        return tuple((a, at_number.get(a, 0) + _ROAD_IN_BLOCK * n / total) for a, n in counts)

    def depends_on_number(self, parsed: ParsedAddress) -> bool:
        """Tell whether a road of the address is counted by house numbers."""
        return any(text in self._numbered for _, text in parsed.learned)

    def hints(self, ground: _Ground, parsed: ParsedAddress) -> Weights:
        """Return the factors by which pieces of names make districts likelier; empty for none."""
        factors: Weights = {}
        if not ground.open:
            return factors
        for piece in pieces(parsed.text, parsed.body):
            for adcode, factor in self._said_by(piece, ground):
                factors[adcode] = factors.get(adcode, 1.0) * factor
        return factors

    def _said_by(self, piece: str, ground: _Ground) -> Candidates:
        """Return the factors of one piece for the districts of the city."""
        counts = self._pieces.get(piece)
        if counts is None:
            return ()
        key = (ground.context, piece)
        said = self._said.get(key)
        if said is None:
            if len(self._said) >= _CACHE_SIZE:
                self._said.clear()
            shares = ground.reference
            said = self._said[key] = tuple(
                (a, (1.0 + n / (_PIECE_SMOOTHING * max(shares[a], _FLOOR))) ** _PIECE_SHARE)
                for a, n in counts
                if a in shares
            )
        return said

    def weigh_on(
        self, ground: _Ground, parsed: ParsedAddress, features: list[Feature], hints: Weights
    ) -> Candidates:
        """Return the ranking of the districts that the prior, the features and hints come to."""
        codes = {town.adcode for town in parsed.towns}
        best = ground.ranked[0] if ground.ranked else ("", 0.0)
        # Nothing speaks against the prior: the usual case, a district with its own township.
        settled = not codes or (best[0] in codes and best[1] > _CLEAR)
        if settled and not features and not hints:
            return ground.ranked
        weights = dict(ground.weights)
        for counts, expected_shares in features:
            # (n + s * expected) / ((total + s) * expected), but for the factor s / (total + s) that
            # all districts have in common: those without a count need no work.
            for adcode, n in counts:
                if adcode in weights:
                    expected = max(expected_shares.get(adcode, 0.0), _FLOOR)
                    weights[adcode] *= 1.0 + n / (_SMOOTHING * expected)
        for adcode, factor in hints.items():
            if adcode in weights:
                weights[adcode] *= factor
        counted = (ground.context, parsed.town_name) in self._associations
        if codes and (ground.redrawn or not counted):
            cities = {code[:4] for code in codes}
            for adcode in weights:
                if adcode not in codes:
                    weights[adcode] *= _UNLISTED if adcode[:4] in cities else _OTHER_CITY
        return _ranked(weights)

    def by_names(
        self, ground: _Ground, parsed: ParsedAddress, features: list[Feature]
    ) -> Candidates:
        """Return what the names of an address without city come to, wherever in the province it is.

        That small registers leave out their city makes them likelier, and is no evidence of the place.
        """
        return self.weigh_on(replace(ground, weights=self._prior), parsed, features, {})

    def _base(self, parsed: ParsedAddress, city: str) -> tuple[Weights, str]:
        """Return the prior and the context under which associations are looked up."""
        everywhere = self._by_city.get(city, self._bare)
        if parsed.stated:
            stated = [code for code in parsed.stated if not city or code[:4] == city[:4]]
            codes = stated or list(parsed.stated)
            around = self._by_city[codes[0][:4] + "00"] if len(codes) == 1 else self._prior
            inside = _normalised({code: self._prior[code] for code in codes})
            divided = parsed.stated_name in _REDRAWN
            base = _mixed(inside, around, _REDRAWN_SHARE if divided else STATED_SHARE)
            return base, f"d:{codes[0]}" if len(codes) == 1 else city
        zones = self._fitting_zones(parsed, city)
        if zones:
            shares = self._zone_shares(zones, parsed.zone_name)
            around = self._by_city[next(iter(shares))[:4] + "00"]
            base = _mixed(_normalised(shares), around, _ZONE_SHARE)
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
            for adcode, n in self._associations.get((city, text), ()):
                shares[adcode] = shares.get(adcode, 0.0) + n
        return shares

    def _learned_zone(self, text: str, city: str, everywhere: Weights) -> tuple[Weights, str]:
        """Return the prior of a zone that is known from registrations only."""
        counts = self._associations.get((city, text)) if city else self._overall.get(text)
        if not counts:
            return dict(everywhere), city
        inside = _normalised({adcode: float(n) for adcode, n in counts})
        total = sum(n for _, n in counts)
        around = everywhere if city else self._by_city[counts[0][0][:4] + "00"]
        return _mixed(inside, around, _ZONE_SHARE * total / (total + 1.0)), f"z:{text}"

    def _fitting_zones(self, parsed: ParsedAddress, city: str) -> list[Zone]:
        if not city:
            return list(parsed.zones)
        fitting = [zone for zone in parsed.zones if any(a[:4] == city[:4] for a, _ in zone.weights)]
        return fitting or list(parsed.zones)


def _normalised(weights: Weights) -> Weights:
    total = sum(weights.values())
    return {adcode: weight / total for adcode, weight in weights.items()} if total > 0 else weights


def _mixed(inside: Weights, around: Weights, share: float) -> Weights:
    mixed = {adcode: (1.0 - share) * weight for adcode, weight in around.items()}
    for adcode, weight in inside.items():
        mixed[adcode] = mixed.get(adcode, 0.0) + share * weight
    return mixed


def _ranked(weights: Weights) -> Candidates:
    total = sum(weights.values()) or 1.0
    least = _LEAST * total
    best = [(adcode, weight) for adcode, weight in weights.items() if weight >= least]
    best.sort(key=lambda item: (-item[1], item[0]))
    return tuple((adcode, round(weight / total, 3)) for adcode, weight in best[:5])
