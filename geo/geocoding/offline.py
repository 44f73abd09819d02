"""The offline geocoder: addresses to districts and points, without any network."""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clusteratlas.geo.districts import data_folder, district_index
from clusteratlas.geo.geocoding.gazetteer import Gazetteer, load_gazetteer
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.parser import AddressParser, ParsedAddress, find_number, find_road
from clusteratlas.geo.geocoding.placing import (
    Candidates,
    Placed,
    Placer,
    fitting_town,
    fitting_zone,
)
from clusteratlas.geo.geocoding.resolve import Resolver
from clusteratlas.geo.geocoding.result import GeocodeResult, format_weights

if TYPE_CHECKING:
    import pandas as pd

SURE: Final = 0.6
"""Weight from which a district counts as decided; below, the answer is ambiguous."""

_CACHE_SIZE: Final = 200_000
_STEM: Final = re.compile(r"[^0-9()#A-Za-z.-]*")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a stem (an address up to its first number) resolves to; shared by all its numbers."""

    result: GeocodeResult
    placed: Placed | None


class OfflineGeocoder:
    """Geocode Liaoning addresses from the shipped gazetteer.

    The gazetteer is read on first use. One instance may be used from several threads; a pickled one
    carries its settings, not its tables.

    Parameters
    ----------
    folder
        Gazetteer to use instead of the shipped one.
    associations
        Table of associations to use instead of the one in the folder.
    """

    name = "offline"

    def __init__(self, folder: Path | None = None, *, associations: Path | None = None) -> None:
        self._folder = folder
        self._associations = associations
        self._lock = threading.RLock()
        self._engine: _Engine | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self._folder, "associations": self._associations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["folder"], associations=state["associations"])  # type: ignore[misc]

    @property
    def engine(self) -> "_Engine":
        """Return the loaded tables, read at the first call."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    folder = self._folder or data_folder() / "gazetteer"
                    gazetteer = load_gazetteer(folder, associations=self._associations)
                    self._engine = _Engine(gazetteer)
        return self._engine

    def geocode(self, address: str, *, name: str = "", city: str = "") -> GeocodeResult:
        """Return where an address lies; never raises, whatever the text is.

        Parameters
        ----------
        address
            As written in a register; any width and script, with or without province and city.
        name
            Name of the enterprise: looked up among the known sites, and evidence for the city.
        city
            Name or code of the city where another column tells; evidence, not truth.
        """
        engine = self.engine
        text = normalise(address)
        answer = engine.answer(text, normalise(name), engine.city_code(normalise(city)))
        return engine.detailed(answer, text)

    def geocode_frame(
        self,
        addresses: Iterable[object],
        names: Iterable[object] | None = None,
        cities: Iterable[object] | None = None,
        *,
        progress: bool = False,
    ) -> "pd.DataFrame":
        """Geocode many addresses.

        Parameters
        ----------
        addresses, names, cities
            As in :meth:`geocode`, of one length; anything that is not text counts as empty.
        progress
            Write progress to stderr when it takes more than two seconds.

        Returns
        -------
        DataFrame
            One row per address, in order, with the columns ``RESULT_COLUMNS``: ``lon, lat, radius_m,
            confidence`` as float64 (NaN without a point), the rest as text. The index is that of
            ``addresses`` if it is a Series, else 0..n-1.

        Raises
        ------
        InputError
            If the lengths differ.
        """
        from clusteratlas.geo.geocoding.batch import geocode_frame

        return geocode_frame(self.engine, addresses, names, cities, progress=progress)


class _Engine:
    """Loaded tables and caches behind a geocoder."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.parser = AddressParser(gazetteer)
        self.resolver = Resolver(gazetteer)
        self.placer = Placer(gazetteer, district_index())
        self.city_codes = {}
        for code, text in gazetteer.city_names.items():
            self.city_codes.update({code: code, text: code, text.removesuffix("市"): code})
        self._cities = re.compile("|".join(map(re.escape, self.city_codes)) or "(?!)")
        self._cache: dict[tuple[str, str], _Answer] = {}

    def city_code(self, text: str) -> str:
        """Return the code of a city's name or code, "" if it is none of Liaoning's."""
        return self.city_codes.get(text, "")

    def answer(self, text: str, name: str = "", city: str = "") -> _Answer:
        """Return the answer for a normalised address; the house number is not looked at."""
        if name:
            city = city or self._city_in(name)
            if name in self.gazetteer.sites:
                return self._with_site(text, name, city)
        stem = _STEM.match(text).group()  # type: ignore[union-attr]  # matches the empty string
        found = self._cached(stem, city)
        if found.result.confidence >= 0.9 and found.placed and found.placed.precision == "street":
            return found
        return self._cached(text, city) if len(text) > len(stem) else found

    def detailed(self, answer: _Answer, text: str) -> GeocodeResult:
        """Add what belongs to the single address: road and number, and the point of the number."""
        parsed = self.parser.parse(text)
        roads = [known for kind, known in parsed.learned if kind == "road"]
        road = roads[0] if roads else find_road(text, parsed.end)
        start = text.find(road) + len(road) if road else parsed.end
        number = find_number(text, start)
        result = replace(answer.result, road=road, number=number)
        return self.with_number(result, answer.placed, number)

    def with_number(
        self, result: GeocodeResult, placed: Placed | None, number: str
    ) -> GeocodeResult:
        """Return the result at the house number, where the road's numbers are known."""
        if placed is None or placed.road is None:
            return result
        better = self.placer.numbered(placed, number)
        if better is placed:
            return result
        place = better.place
        return replace(
            result, lon=place.lon, lat=place.lat, radius_m=place.radius_m,
            precision=better.precision, evidence=f"{result.evidence}；门牌{number}号按路段插值",
        )  # fmt: skip

    def _city_in(self, name: str) -> str:
        match = self._cities.match(name.removeprefix("辽宁省").removeprefix("辽宁"))
        return self.city_codes[match.group()] if match else ""

    def _cached(self, text: str, city: str) -> _Answer:
        key = (text, city)
        answer = self._cache.get(key)
        if answer is None:
            answer = self._resolve(text, city)
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[key] = answer
        return answer

    def _with_site(self, text: str, name: str, city: str) -> _Answer:
        parsed = self.parser.parse(text)
        possible = self.resolver.weigh(parsed, city)
        placed = self.placer.site(name, possible if parsed.stated or parsed.zones else ())
        if placed is None:
            return self._cached(text, city)
        adcode = next(s.adcode for s in self.gazetteer.sites[name] if s.place is placed.place)
        return self._finish(parsed, ((adcode, 0.97),), placed)

    def _resolve(self, text: str, city: str) -> _Answer:
        parsed = self.parser.parse(text)
        if parsed.outside:
            message = f"覆盖范围外：{parsed.outside}"
            return _Answer(GeocodeResult(evidence=message), None)
        possible = self.resolver.weigh(parsed, city)
        if not possible:
            message = "未识别出辽宁地名" if text else "地址为空"
            return _Answer(GeocodeResult(evidence=message), None)
        local = parsed.stated or parsed.zone_name or parsed.towns or parsed.learned
        adcode, weight = possible[0]
        if not local:
            return self._city_only(parsed, city)
        if weight < SURE and not (parsed.city or city) and not _one_city(possible):
            return self._undecided(parsed, possible)
        placed = self.placer.place(parsed, possible, adcode, district_known=weight >= SURE)
        return self._finish(parsed, possible, placed)

    def _city_only(self, parsed: ParsedAddress, city: str) -> _Answer:
        code = parsed.city or city
        placed = self.placer.city(code)
        if placed is None:
            return _Answer(GeocodeResult(evidence="未识别出辽宁地名"), None)
        place = placed.place
        source = "地址写明" if parsed.city else "据城市栏或企业名"
        result = GeocodeResult(
            lon=place.lon, lat=place.lat, radius_m=place.radius_m, precision="city",
            city=self.gazetteer.city_names[code], confidence=0.0, status="ambiguous",
            evidence=f"{source}{self.gazetteer.city_names[code]}，未能定到区县",
        )  # fmt: skip
        return _Answer(result, placed)

    def _undecided(self, parsed: ParsedAddress, possible: Candidates) -> _Answer:
        names = "、".join(self._full_name(adcode) for adcode, _ in possible[:3])
        result = GeocodeResult(
            status="ambiguous", confidence=possible[0][1], candidates=_rounded(possible),
            evidence=f"{self._reasons(parsed)}；多个城市都有可能：{names}",
        )  # fmt: skip
        return _Answer(result, None)

    def _finish(
        self, parsed: ParsedAddress, possible: Candidates, placed: Placed | None
    ) -> _Answer:
        adcode, weight = possible[0]
        candidates = possible
        membership = ""
        if placed is not None:
            shared = self.placer.membership(placed.place, possible)
            membership = format_weights(_rounded(shared))
        zone, town = fitting_zone(parsed, possible), fitting_town(parsed, adcode)
        place = placed.place if placed else None
        reasons = self._reasons(parsed)
        result = GeocodeResult(
            lon=place.lon if place else float("nan"),
            lat=place.lat if place else float("nan"),
            radius_m=place.radius_m if place else float("nan"),
            precision=placed.precision if placed else "none",
            adcode=adcode,
            district=self.gazetteer.district_names[adcode],
            city=self.gazetteer.city_names.get(adcode[:4] + "00", ""),
            zone=zone.name if zone else (parsed.zone_name if not parsed.zones else ""),
            township=town.name if town else parsed.town_name,
            confidence=round(min(weight, 0.99), 3),
            evidence=f"{reasons}；定位：{placed.evidence}" if placed else reasons,
            status="ok" if weight >= SURE else "ambiguous",
            candidates=_rounded(candidates),
            membership=membership,
        )
        return _Answer(result, placed)

    def _full_name(self, adcode: str) -> str:
        city = self.gazetteer.city_names.get(adcode[:4] + "00", "")
        return city + self.gazetteer.district_names.get(adcode, "")

    def _reasons(self, parsed: ParsedAddress) -> str:
        parts = []
        if parsed.stated_name:
            old = "（旧称）" if parsed.stated_form == "former" else ""
            parts.append(f"写明{parsed.stated_name}{old}")
        elif parsed.city:
            parts.append(f"写明{self.gazetteer.city_names[parsed.city]}")
        if parsed.zone_name:
            parts.append(f"园区{parsed.zone_name}")
        if parsed.town_name:
            parts.append(f"乡镇街道{parsed.town_name}")
        parts += [text for kind, text in parsed.learned if kind not in ("zone", "township")][:2]
        if parsed.conflict:
            parts.append("城市与区县不一致")
        return "，".join(parts) or "据城市"


def _rounded(possible: Candidates) -> Candidates:
    return tuple((adcode, round(weight, 3)) for adcode, weight in possible)


def _one_city(possible: Candidates) -> bool:
    """Tell whether every district that is really possible is of one city."""
    return len({adcode[:4] for adcode, weight in possible if weight >= 0.1}) <= 1
