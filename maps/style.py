"""Colours, marker shapes and line styles that every map, figure and page of the atlas shares.

The seven field colours stay apart (CIE76 difference of at least 17) for readers with protanopia,
deuteranopia and tritanopia as simulated by Machado et al. (2009), and each field has a shape of its
own, so that a black-and-white print still tells them apart. A sector has its field's shape, a shade
of its field's colour and a numeral that the legend repeats.
"""

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

Shape = Literal["square", "diamond", "circle", "triangle", "star", "hexagon", "cross", "dot"]


@dataclass(frozen=True)
class FieldStyle:
    """Colour (``#rrggbb``) and marker shape of one of the seven fields."""

    colour: str
    shape: Shape


@dataclass(frozen=True)
class SectorStyle:
    """Shade, shape and numeral of one of the 28 sectors; the numeral counts within the field."""

    field: str
    colour: str
    shape: Shape
    numeral: int


FIELD_STYLES: Final[dict[str, FieldStyle]] = {
    "high_end_equipment": FieldStyle("#0B5FA5", "square"),
    "next_gen_it": FieldStyle("#4FB3E8", "diamond"),
    "biology": FieldStyle("#0B8F6A", "cross"),
    "energy_saving_env": FieldStyle("#EBA900", "triangle"),
    "new_energy": FieldStyle("#C8460B", "star"),
    "new_materials": FieldStyle("#D07AA8", "hexagon"),
    "new_energy_vehicles": FieldStyle("#432A5E", "circle"),
}
"""Style by field id, in the order of the provincial document."""

NO_SECTOR: Final = FieldStyle("#7A7A7A", "dot")
"""A firm of no sector."""

SEQUENTIAL: Final = ("#FBF3D5", "#C9DFA8", "#7FC2A6", "#3E93A8", "#2C5F94", "#22305F")
"""Light to dark, for counts and shares; lightness falls with every step."""

DIVERGING: Final = ("#B5702A", "#DDA75F", "#F2D7A8", "#F4F4F0", "#B9CFE3", "#5F8FC0", "#1F4E8C")
"""Below to above a middle such as a location quotient of 1."""

ABSENT: Final = "#FBFAF7"
"""A share or quotient of zero: nothing there, which is not the same as no data."""

NO_DATA: Final = "#E9E9E9"
HATCH: Final = "#9A9A9A"
LAND: Final = "#F8F6F1"
DISTRICT_LINE: Final = "#B9B4A8"
CITY_LINE: Final = "#77705F"
PARK: Final = "#5D7A1F"
LINK: Final = "#B3123F"
INK: Final = "#22272E"

# Shares of white (positive) or black (negative) mixed into the field colour, by numeral.
_SHADES: Final = (0.0, -0.28, 0.22, -0.14, 0.34, -0.40, 0.12)


def mix(colour: str, share: float) -> str:
    """Return the colour mixed with white (``share`` > 0) or black (``share`` < 0).

    Examples
    --------
    >>> mix("#804020", 0.5), mix("#804020", -0.5)
    ('#C0A090', '#402010')
    """
    target = 255 if share > 0 else 0
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [round(part + (target - part) * abs(share)) for part in parts]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def sector_styles(sectors: pd.DataFrame) -> dict[str, SectorStyle]:
    """Return the style of every sector by its id.

    Parameters
    ----------
    sectors
        Fields and sectors as of :func:`clusteratlas.data.load_sectors`; needs ``sector_id`` and
        ``parent``. The order within a field gives the numeral.

    Returns
    -------
    dict
        One entry per row with a parent; a field unknown to :data:`FIELD_STYLES` gets the grey dot.
    """
    styles: dict[str, SectorStyle] = {}
    numerals: dict[str, int] = {}
    for sector_id, parent in zip(sectors["sector_id"], sectors["parent"], strict=True):
        if not parent:
            continue
        numeral = numerals[parent] = numerals.get(parent, 0) + 1
        field = FIELD_STYLES.get(parent, NO_SECTOR)
        shade = _SHADES[(numeral - 1) % len(_SHADES)]
        styles[sector_id] = SectorStyle(parent, mix(field.colour, shade), field.shape, numeral)
    return styles


def ramp(classes: int) -> list[str]:
    """Return as many sequential colours, light to dark.

    Examples
    --------
    >>> ramp(2)
    ['#FBF3D5', '#22305F']
    """
    return _spread(SEQUENTIAL, classes)


def diverging_ramp(below: int, above: int) -> list[str]:
    """Return ``below`` colours darkest first, then ``above`` colours darkest last."""
    low, high = DIVERGING[:3], DIVERGING[4:]
    return _spread(low, below) + _spread(high, above)


def _spread(colours: tuple[str, ...], count: int) -> list[str]:
    """Pick evenly spaced colours, mixing neighbours where the palette has no such step."""
    if count <= 1:
        return [colours[len(colours) // 2]] * count
    picked = []
    for step in range(count):
        at = step * (len(colours) - 1) / (count - 1)
        lower = min(int(at), len(colours) - 2)
        picked.append(_blend(colours[lower], colours[lower + 1], at - lower))
    return picked


def _blend(first: str, second: str, share: float) -> str:
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
