"""Weigh what an address says about its district.

A stated district, a zone or the city gives the prior; townships, villages, roads and places multiply
it by how much more often they occur in a district than the prior expects (counts with additive
smoothing). So a road shared by two districts leaves both possible, and a stated district gives way
only to strong evidence, such as a township that was moved across the border.
"""

from typing import Final

from clusteratlas.geo.geocoding.gazetteer import Counts, Gazetteer, Zone
from clusteratlas.geo.geocoding.parser import ParsedAddress

Weights = dict[str, float]

STATED_SHARE: Final = 0.985
"""How often a stated district is that of registration; measured on the registry."""

_ZONE_SHARE: Final = 0.96
_SMOOTHING: Final = 0.6
_UNLISTED: Final = 0.06
"""How likely a township's name is in a district that does not have it today, against one that does:
lists forget merged and renamed townships, and zones run townships under their old names."""
_FLOOR: Final = 1e-5

Feature = tuple[Counts, Weights]


class Resolver:
    """Turn parsed addresses into weights of districts; reads only its tables."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._associations = gazetteer.associations
        self._districts = gazetteer.district_names
        prior: Weights = dict.fromkeys(gazetteer.district_names, 20.0)
        overall: dict[str, Weights] = {}
        for (context, text), counts in gazetteer.associations.items():
            if context == "*":
                prior.update({adcode: 20.0 + n for adcode, n in counts if text == "prior"})
            elif context.isdecimal():
                into = overall.setdefault(text, {})
                for adcode, n in counts:
                    into[adcode] = into.get(adcode, 0.0) + n
        self._prior = _normalised(prior)
        self._overall: dict[str, Counts] = {
            text: tuple((adcode, int(n)) for adcode, n in counts.items())
            for text, counts in overall.items()
        }
        self._by_city: dict[str, Weights] = {}
        for adcode, weight in self._prior.items():
            self._by_city.setdefault(adcode[:4] + "00", {})[adcode] = weight
        self._by_city = {city: _normalised(w) for city, w in self._by_city.items()}

    def weigh(self, parsed: ParsedAddress, city: str = "") -> tuple[tuple[str, float], ...]:
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
        city = parsed.city or city
        weights, context = self._base(parsed, city)
        reference = self._by_city.get(city, self._prior)
        for counts, expected_shares in self._features(parsed, context, city, weights, reference):
            seen = dict(counts)
            total = sum(seen.values()) + _SMOOTHING
            for adcode in weights:
                expected = max(expected_shares.get(adcode, 0.0), _FLOOR)
                weights[adcode] *= (seen.get(adcode, 0) + _SMOOTHING * expected) / (
                    total * expected
                )
            weights = _normalised(weights)
        return _ranked(_with_towns(weights, parsed, context, self._associations))

    def _base(self, parsed: ParsedAddress, city: str) -> tuple[Weights, str]:
        """Return the prior and the context under which associations are looked up."""
        everywhere = self._by_city.get(city, self._prior)
        if parsed.stated:
            stated = [code for code in parsed.stated if not city or code[:4] == city[:4]]
            codes = stated or list(parsed.stated)
            around = self._by_city[codes[0][:4] + "00"] if len(codes) == 1 else self._prior
            inside = _normalised({code: self._prior[code] for code in codes})
            base = _mixed(inside, around, STATED_SHARE)
            return base, f"d:{codes[0]}" if len(codes) == 1 else city
        zones = self._fitting_zones(parsed, city)
        if zones:
            shares: Weights = {}
            for zone in zones:
                for adcode, share in zone.weights:
                    shares[adcode] = shares.get(adcode, 0.0) + share
            around = self._by_city[next(iter(shares))[:4] + "00"]
            base = _mixed(_normalised(shares), around, _ZONE_SHARE)
            return base, f"z:{zones[0].zone_id}" if len(zones) == 1 else city
        if parsed.zone_name:
            return self._learned_zone(parsed.zone_name, city, everywhere)
        return dict(everywhere), city

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

    def _features(
        self,
        parsed: ParsedAddress,
        context: str,
        city: str,
        base: Weights,
        reference: Weights,
    ) -> list[Feature]:
        """Return counts, each with the shares that they are to be compared with."""
        features: list[Feature] = []
        base = dict(base)
        narrow = context[:2] == "d:" or (context[:2] == "z:" and max(base.values()) > 0.9)
        for kind, text in parsed.learned:
            if kind == "zone" and text == parsed.zone_name:
                continue
            counts = self._associations.get((context, text)) if context else None
            if counts:
                features.append((counts, base if context[1:2] == ":" else reference))
                continue
            # A road in a zone is not the road of that name in the city; a village may be.
            if not narrow or (context[:2] == "z:" and kind == "village"):
                counts = self._associations.get((city, text)) if city else self._overall.get(text)
                if counts:
                    features.append((counts, reference))
        return features


def _with_towns(
    weights: Weights,
    parsed: ParsedAddress,
    context: str,
    associations: dict[tuple[str, str], Counts],
) -> Weights:
    """Weigh the districts that have the township today more than those that have not."""
    codes = {town.adcode for town in parsed.towns}
    if not codes or (context, parsed.town_name) in associations:
        return weights
    return _normalised({a: w if a in codes else w * _UNLISTED for a, w in weights.items()})


def _normalised(weights: Weights) -> Weights:
    total = sum(weights.values())
    return {adcode: weight / total for adcode, weight in weights.items()} if total > 0 else weights


def _mixed(inside: Weights, around: Weights, share: float) -> Weights:
    mixed = {adcode: (1.0 - share) * weight for adcode, weight in around.items()}
    for adcode, weight in inside.items():
        mixed[adcode] = mixed.get(adcode, 0.0) + share * weight
    return mixed


def _ranked(weights: Weights) -> tuple[tuple[str, float], ...]:
    best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:5]
    return tuple((adcode, weight) for adcode, weight in best if weight >= 0.005)
