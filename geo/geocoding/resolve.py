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
_TOWN_COUNT: Final = 12.0  # an official township weighs as much as so many registrations
_FLOOR: Final = 1e-5


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
        base, context = self._base(parsed, city)
        weights = dict(base)
        for feature in self._features(parsed, context, city):
            total = sum(n for _, n in feature)
            seen = dict(feature)
            for adcode, share in weights.items():
                expected = base.get(adcode, _FLOOR)
                observed = seen.get(adcode, 0.0) + _SMOOTHING * expected
                weights[adcode] = share * observed / ((total + _SMOOTHING) * expected)
            weights = _normalised(weights)
        return _ranked(weights)

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
            first = next(iter(shares))
            around = self._by_city[first[:4] + "00"]
            return _mixed(_normalised(shares), around, _ZONE_SHARE), f"z:{parsed.zone_name}"
        if parsed.zone_name:
            return dict(everywhere), f"z:{parsed.zone_name}"
        return dict(everywhere), city

    def _fitting_zones(self, parsed: ParsedAddress, city: str) -> list[Zone]:
        if not city:
            return list(parsed.zones)
        fitting = [zone for zone in parsed.zones if any(a[:4] == city[:4] for a, _ in zone.weights)]
        return fitting or list(parsed.zones)

    def _features(self, parsed: ParsedAddress, context: str, city: str) -> list[Counts]:
        features: list[Counts] = []
        codes = {town.adcode for town in parsed.towns}
        if codes:
            share = _TOWN_COUNT / len(codes)
            features.append(tuple((code, share) for code in codes))  # type: ignore[misc]
        for kind, text in parsed.learned:
            counts = None
            if kind == "zone":
                counts = self._look_up("", city, text)
            elif context:
                counts = self._associations.get((context, text))
                if counts is None and context[0] == "z":
                    counts = self._look_up("", city, text)
            else:
                counts = self._overall.get(text)
            if counts:
                features.append(counts)
        return features

    def _look_up(self, context: str, city: str, text: str) -> Counts | None:
        if context or city:
            return self._associations.get((context or city, text))
        return self._overall.get(text)


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
