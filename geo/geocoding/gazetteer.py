"""The gazetteer in memory: names of divisions, zones, townships, roads, sites, and what they say."""

import math
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from clusteratlas.geo.geocoding.normalise import normalise

MIN_SITE_NAME: Final = 4
"""Shorter names of premises are looked up whole only, never found inside an address."""

_BRACKETS: Final = re.compile(r"\([^()]*\)")
_LEGAL_FORM: Final = re.compile(
    "(?:控股)?(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|集团$|(?:控股)?集团(?:股份)?有限(?:责任)?公司$"
)


class Place(NamedTuple):
    """A point with the radius that holds the true place in 90 % of cases; NaN where unknown."""

    lon: float = math.nan
    lat: float = math.nan
    radius_m: float = math.nan
    source: str = ""

    @property
    def known(self) -> bool:
        """Whether there are coordinates."""
        return self.lon == self.lon


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A development zone, new area or similar, with the districts that it lies in."""

    zone_id: str
    name: str
    weights: tuple[tuple[str, float], ...]
    level: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """A township, town or street office (乡、镇、街道)."""

    code: str
    name: str
    adcode: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Road:
    """A road in a district, optionally with both ends and the house numbers there."""

    name: str
    adcode: str
    zone_id: str
    township: str
    place: Place
    end: Place
    number_from: int
    number_to: int


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """The premises of a named enterprise, park or landmark."""

    name: str
    adcode: str
    address: str
    place: Place


@dataclass(slots=True)
class Name:
    """Everything that one string can mean; the payload of the automaton."""

    text: str
    outside: str = ""  # province or city that is not in Liaoning
    province: bool = False
    city: str = ""
    districts: list[str] = field(default_factory=list)
    short: bool = False  # a division's name without its generic ending, or an alias like it
    distinct: bool = False  # a short name that is no common word
    form: str = ""  # current | former | alias | short
    zones: list[Zone] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    bare: bool = False  # a township's name without 街道, 镇 or 乡
    kind: str = ""  # learned: zone | township | village | road | place
    doubtful: bool = False  # stands for its place only where it stands alone
    learned_only: bool = False
    divides: bool = False  # province, city or district
    codes: tuple[str, ...] = ()  # of the districts, settled
    part: tuple[str, str] = ("", "")  # kind and text, settled

    def settle(self) -> None:
        """Work out what the parser asks of every match, once all tables are read."""
        self.codes = tuple(self.districts)
        self.part = (self.kind, self.text)
        self.doubtful = self.short or self.bare
        self.divides = bool(self.province or self.city or self.districts)
        official = self.divides or bool(self.zones or self.towns or self.sites)
        self.learned_only = bool(self.kind) and not official and not self.outside


Counts = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Gazetteer:
    """All tables of the gazetteer, indexed by name."""

    names: dict[str, Name] = field(default_factory=dict)
    city_names: dict[str, str] = field(default_factory=dict)
    district_names: dict[str, str] = field(default_factory=dict)
    associations: dict[str, dict[str, Counts]] = field(default_factory=dict)  # context, name
    pieces: dict[str, Counts] = field(default_factory=dict)  # pairs of characters
    roads: dict[str, list[Road]] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)  # 朝阳大街四段 -> 朝阳大街
    zones: list[Zone] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    centres: dict[str, Place] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)

    def name(self, text: str) -> Name:
        """Return the entry of a string, made if need be."""
        entry = self.names.get(text)
        if entry is None:
            entry = self.names[text] = Name(text)
        return entry

    def counts(self, context: str, text: str) -> Counts:
        """Return how many registrations with that name in a context fall into which district."""
        return self.associations.get(context, {}).get(text, ())

    def centres_by_district(self) -> list[tuple[Place, str]]:
        """Return the centres of districts with their codes, without those of cities."""
        return [(place, code) for code, place in self.centres.items() if not code.endswith("00")]


def site_key(name: str) -> str:
    """Return an enterprise's name without brackets and legal form, to compare it by.

    Examples
    --------
    >>> site_key("沈阳机床(集团)有限责任公司"), site_key("沈阳机床集团有限公司")
    ('沈阳机床', '沈阳机床')
    """
    short = _LEGAL_FORM.sub("", _BRACKETS.sub("", normalise(name)))
    return short if len(short) >= MIN_SITE_NAME else normalise(name)
