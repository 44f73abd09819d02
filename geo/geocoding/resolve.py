"""Weigh what an address says about its district.

A stated district, a zone or the city gives the prior; villages, roads and places multiply it by how
much more often they occur in a district than the prior expects (counts with additive smoothing), and
townships by whether the district has one of that name today. So a road shared by two districts leaves
both possible, and a stated district gives way only to strong evidence, such as a township that was
moved across the border.

Most addresses say one of a few thousand things; what they come to is worked out once and kept.
"""

from dataclasses import replace
from typing import Final

from clusteratlas.geo.geocoding.gazetteer import Counts, Gazetteer
from clusteratlas.geo.geocoding.grounds import Candidates, Ground, Grounds, Weights, ranked
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.pieces import house_block, pieces

_SMOOTHING: Final = 0.6
_UNLISTED: Final = 0.06
"""How likely a township's name is in a district that does not have it today, against one that does:
lists forget merged and renamed townships, and zones run townships under their old names."""
_OTHER_CITY: Final = 0.002
"""The same for a district of another city than those that have one of that name."""
_FLOOR: Final = 1e-5
_PIECE_SHARE: Final = 0.25
"""What a piece of a name says, as a share of what its count would say on its own: pieces overlap."""
_PIECE_SMOOTHING: Final = 0.5
_ROAD_IN_BLOCK: Final = 2.0
"""What the whole road weighs among the counts of its house numbers, as registrations."""
_CLEAR: Final = 0.98

Feature = tuple[tuple[tuple[str, float], ...], Weights]


class Resolver:
    """Turn parsed addresses into weights of districts."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._grounds = Grounds(gazetteer)
        self._sections = gazetteer.sections
        self._pieces = gazetteer.pieces
        self._numbered = {
            text.partition("#")[0]
            for said in gazetteer.associations.values()
            for text in said
            if "#" in text
        }

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
        return self.weigh_on(
            ground, parsed, self.features(ground, parsed), self.hints(ground, parsed)
        )

    def ground(self, parsed: ParsedAddress, city: str) -> Ground:
        """Return the prior that a stated district, a zone or the city gives."""
        return self._grounds.of(parsed, city)

    def features(self, ground: Ground, parsed: ParsedAddress) -> list[Feature]:
        """Return the counts of villages, roads and places, each with the shares to compare with."""
        features: list[Feature] = []
        for kind, text in parsed.learned:
            if kind == "zone" and text == parsed.zone_name:
                continue
            if kind == "township" and ground.redrawn:
                continue
            text = self._sections.get(text, text)
            counts = ground.counts.get(text)
            if counts:
                weighed = self._at_number(ground, text, parsed.text, counts)
                features.append((weighed, ground.reference))
            # A road in a zone is not the road of that name in the city; a village may be.
            elif not ground.narrow or (kind == "village" and ground.context[:2] == "z:"):
                counts = ground.around.get(text)
                if counts:
                    features.append((counts, ground.around_reference))
        return features

    def _at_number(
        self, ground: Ground, road: str, text: str, counts: Counts
    ) -> tuple[tuple[str, float], ...]:
        """Return the counts of a road about the house number of the address, where they are known."""
        if not (ground.open and ground.numbered and road in self._numbered):
            return counts
        block = ground.around.get(house_block(text, road))
        if not block:
            return counts
        total = sum(n for _, n in counts)
        at_number = dict(block)
        return tuple((a, at_number.get(a, 0) + _ROAD_IN_BLOCK * n / total) for a, n in counts)

    def depends_on_number(self, parsed: ParsedAddress) -> bool:
        """Tell whether a road of the address is counted by house numbers."""
        return any(text in self._numbered for _, text in parsed.learned)

    def hints(self, ground: Ground, parsed: ParsedAddress) -> Weights:
        """Return the factors by which pieces of names make districts likelier; empty for none."""
        factors: Weights = {}
        if not ground.open:
            return factors
        kept, known = ground.factors, self._pieces
        for piece in pieces(parsed.text, parsed.body):
            said = kept.get(piece)
            if said is None:
                if piece not in known:
                    continue
                said = kept[piece] = _said(known[piece], ground.reference)
            for adcode, factor in said:
                factors[adcode] = factors.get(adcode, 1.0) * factor
        return factors

    def weigh_on(
        self, ground: Ground, parsed: ParsedAddress, features: list[Feature], hints: Weights
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
        counted = parsed.town_name in ground.counts
        if codes and (ground.redrawn or not counted):
            cities = {code[:4] for code in codes}
            for adcode in weights:
                if adcode not in codes:
                    weights[adcode] *= _UNLISTED if adcode[:4] in cities else _OTHER_CITY
        return ranked(weights)

    def by_names(
        self, ground: Ground, parsed: ParsedAddress, features: list[Feature]
    ) -> Candidates:
        """Return what the names of an address without city come to, wherever in the province it is.

        That small registers leave out their city makes them likelier, and is no evidence of the place.
        """
        return self.weigh_on(replace(ground, weights=self._grounds.prior), parsed, features, {})


def _said(counts: Counts, shares: Weights) -> Candidates:
    """Return the factors of one piece of a name for the districts of a city."""
    found = [(a, n, shares[a]) for a, n in counts if a in shares]
    return tuple(
        [
            (a, (1.0 + n / (_PIECE_SMOOTHING * (s if s > _FLOOR else _FLOOR))) ** _PIECE_SHARE)
            for a, n, s in found
        ]
    )
