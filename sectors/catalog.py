"""The fields and sectors of 辽政发〔2015〕25号, and the industry codes that belong to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from clusteratlas.data.loaders import load_sectors
from clusteratlas.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Sector:
    """A field (``parent`` is "") or a sector of the plan.

    Attributes
    ----------
    sector_id
        Stable id, ``medical_devices``.
    parent
        Id of the field; "" for a field.
    name_zh, name_en
        Names; the Chinese one is the document's own.
    products
        The document's key products, in its order.
    codes
        GB/T 4754-2017 codes; a trailing ``*`` says that a code belongs to the sector only in part.
    """

    sector_id: str
    parent: str
    name_zh: str
    name_en: str
    products: tuple[str, ...]
    codes: tuple[str, ...]


class SectorCatalog:
    """Look up sectors and fields by id, in the document's order.

    Examples
    --------
    >>> catalog = SectorCatalog.load()
    >>> len(catalog.ids), catalog["nev"].name_en, catalog["nev"].parent
    (28, 'New-energy vehicles', 'new_energy_vehicles')
    """

    def __init__(self, sectors: Iterable[Sector]) -> None:
        self._all = {sector.sector_id: sector for sector in sectors}

    @classmethod
    def load(cls) -> "SectorCatalog":
        """Return the shipped catalog (read once per process)."""
        return _load()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the 28 sectors in the document's order."""
        return tuple(key for key, sector in self._all.items() if sector.parent)

    @property
    def fields(self) -> tuple[str, ...]:
        """Ids of the 7 fields in the document's order."""
        return tuple(key for key, sector in self._all.items() if not sector.parent)

    def __getitem__(self, sector_id: str) -> Sector:
        """Return the sector or field; raises UnknownNameError with what is allowed."""
        try:
            return self._all[sector_id]
        except KeyError:
            allowed = ", ".join(self._all)
            raise UnknownNameError(f"no sector {sector_id!r}; known are {allowed}") from None

    def __contains__(self, sector_id: object) -> bool:
        return sector_id in self._all

    def children(self, field: str) -> tuple[str, ...]:
        """Return the ids of a field's sectors."""
        self[field]
        return tuple(key for key, sector in self._all.items() if sector.parent == field)

    def name(self, sector_id: str, lang: str = "zh") -> str:
        """Return the sector's name in ``zh`` or ``en``."""
        sector = self[sector_id]
        return sector.name_en if lang == "en" else sector.name_zh


@cache
def _load() -> SectorCatalog:
    table = load_sectors()
    return SectorCatalog(
        Sector(
            sector_id=str(row.sector_id),
            parent=str(row.parent),
            name_zh=str(row.name_zh),
            name_en=str(row.name_en),
            products=_split(str(row.products)),
            codes=_split(str(row.gbt4754)),
        )
        for row in table.itertuples()
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
