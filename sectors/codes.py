"""What an industry code says about a firm's sector: a certainty, a possibility, or nothing.

战略性新兴产业分类(2018) marks with ``*`` the GB/T 4754-2017 classes of which only a part is
strategic. A firm of such a class may or may not belong: the code gives bounds, never a sector.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from clusteratlas.sectors.catalog import SectorCatalog

_CODE = re.compile(r"^[A-T]?(\d{4})$")


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """Sectors that a class belongs to wholly (``certain``) or in part (``possible``)."""

    certain: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()


_NOTHING = CodeMeaning()


def read_code(code: str) -> CodeMeaning:
    """Return what a GB/T 4754-2017 class of four digits says; anything else says nothing.

    A class that is wholly strategic but shared by several sectors is possible in each of them.

    Examples
    --------
    >>> read_code("3720").certain, read_code("6513").certain
    (('rail',), ('software',))
    >>> read_code("4415").possible, read_code("").possible
    (('smart_energy',), ())
    """
    match = _CODE.match(code.strip().upper())
    return _meanings().get(match.group(1), _NOTHING) if match else _NOTHING


def count_bounds(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return for each sector the least and the greatest number of firms these codes allow.

    The lower bound counts the classes that belong to the sector alone and wholly; the upper adds
    those that belong in part.
    """
    catalog = SectorCatalog.load()
    low = dict.fromkeys(catalog.ids, 0)
    more = dict.fromkeys(catalog.ids, 0)
    for code in codes:
        meaning = read_code(code)
        for sector in meaning.certain:
            low[sector] += 1
        for sector in meaning.possible:
            more[sector] += 1
    return {sector: (low[sector], low[sector] + more[sector]) for sector in catalog.ids}


@cache
def _meanings() -> dict[str, CodeMeaning]:
    catalog = SectorCatalog.load()
    whole: dict[str, list[str]] = {}
    part: dict[str, list[str]] = {}
    for sector_id in catalog.ids:
        for code in catalog[sector_id].codes:
            target = part if code.endswith("*") else whole
            target.setdefault(code.rstrip("*"), []).append(sector_id)
    meanings = {}
    for code in whole.keys() | part.keys():
        wholly = whole.get(code, [])
        if len(wholly) == 1:
            meanings[code] = CodeMeaning((wholly[0],), tuple(part.get(code, ())))
        else:
            meanings[code] = CodeMeaning((), (*wholly, *part.get(code, [])))
    return meanings
