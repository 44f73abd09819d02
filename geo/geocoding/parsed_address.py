"""The parts of one address."""

from dataclasses import dataclass, field

from clusteratlas.geo.geocoding.gazetteer import Site, Town, Zone


@dataclass(slots=True)
class ParsedAddress:
    """The parts of one address, as recognised.

    Attributes
    ----------
    city
        Code of the city that is named, "" if none is.
    stated
        Codes of the district that is named: none, one, or several (铁西区 without a city).
    zones, towns
        What the name of the zone or township can mean.
    learned
        ``(kind, name)`` of villages, roads, places and zones known from statistics only.
    outside
        Name of a province or city elsewhere, "" if none.
    rival
        Code of a second city that is named beside the first, "" if none.
    unknown
        What stands where a district should and is the name of none (火星区), "" if nothing does.
    crossing
        Whether two roads are named for the place where they meet.
    end, body
        Where the last name ends, and the last one of province, city or district.
    """

    text: str = ""
    province: bool = False
    city: str = ""
    city_short: bool = False
    stated: tuple[str, ...] = ()
    stated_name: str = ""
    stated_form: str = ""
    conflict: bool = False
    zones: tuple[Zone, ...] = ()
    zone_name: str = ""
    towns: tuple[Town, ...] = ()
    town_name: str = ""
    learned: list[tuple[str, str]] = field(default_factory=list)
    site: Site | None = None
    outside: str = ""
    rival: str = ""
    unknown: str = ""
    crossing: bool = False
    end: int = 0
    body: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was recognised."""
        return not (
            self.city
            or self.stated
            or self.zones
            or self.zone_name
            or self.towns
            or self.learned
            or self.site
        )
