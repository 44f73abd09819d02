"""What a map shows beside firms and parks: district values, links, density, growth, surroundings.

A theme is plain data for the page. Values come as mappings from district code to number, pairs as a
frame: nothing here computes an index, so that any measure can be drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from clusteratlas.errors import InputError
from clusteratlas.maps.classes import Scheme, classify_values
from clusteratlas.maps.style import mix, sector_styles

Text = Mapping[str, str]
"""The same words in ``zh`` and ``en``."""

LINK_WIDTHS: Final = (1.2, 2.6, 4.6)
LINKS_MAX: Final = 40
RINGS_M: Final = (10_000, 30_000, 50_000)


@dataclass(frozen=True)
class Theme:
    """Data of a theme as the page reads it; parts that are None are not drawn."""

    areas: Mapping[str, Any] | None = None
    links: tuple[Mapping[str, Any], ...] = ()
    link_classes: tuple[Mapping[str, Any], ...] = ()
    links_label: Text = field(default_factory=dict)
    surface: Literal["hex", "heat"] | None = None
    years: tuple[int, int] | None = None
    centre: tuple[float, float] | None = None
    rings: tuple[int, ...] = ()
    firm_notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def merged(self, other: "Theme") -> "Theme":
        """Return both themes in one; a part that both have is taken from ``other``."""
        parts = {
            name: getattr(other, name) or getattr(self, name) for name in self.__dataclass_fields__
        }
        return Theme(**parts)


def choropleth(
    values: Mapping[str, Any],
    label: Text,
    *,
    unit: Text | None = None,
    classes: int = 5,
    scheme: Scheme = "jenks",
    middle: float | None = None,
) -> Theme:
    """Return districts coloured by classes of a value.

    Parameters
    ----------
    values
        Number by district code; a district that is absent, None or NaN is hatched as "no data".
    label, unit
        What the value is, and its unit.
    classes, scheme, middle
        As in :func:`clusteratlas.maps.classes.classify_values`.

    Raises
    ------
    InputError
        If no district has a value.
    """
    groups = classify_values(values, classes=classes, scheme=scheme, middle=middle)
    return Theme(
        areas={
            "kind": "classes",
            "label": dict(label),
            "unit": dict(unit or {"zh": "", "en": ""}),
            "values": _known(values),
            "breaks": list(groups.breaks),
            "colours": list(groups.colours),
            "least": groups.least,
            "whole": groups.whole,
            "method": dict(groups.method),
        }
    )


def leading(
    leaders: Mapping[str, str],
    sectors: pd.DataFrame,
    label: Text,
    *,
    notes: Mapping[str, Text] | None = None,
) -> Theme:
    """Return districts coloured by their leading sector, in a pale shade of its colour.

    Parameters
    ----------
    leaders
        Sector id by district code; "" or absent means no data.
    sectors
        Fields and sectors as of :func:`clusteratlas.data.load_sectors`.
    notes
        A line for the card of a district, by its code.

    Raises
    ------
    InputError
        If no district has a leading sector that is known.
    """
    parent = dict(zip(sectors["sector_id"], sectors["parent"], strict=True))
    names = {
        row["sector_id"]: {"zh": row["name_zh"], "en": row["name_en"]}
        for row in sectors.to_dict("records")
    }
    values = {code: sector for code, sector in leaders.items() if parent.get(sector)}
    if not values:
        raise InputError(
            "no district has a leading sector: does the store hold no firm in a sector?"
        )
    styles = sector_styles(sectors)
    order = [name for name in styles if name in set(values.values())]
    return Theme(
        areas={
            "kind": "category",
            "label": dict(label),
            "values": values,
            "order": order,
            "names": {name: names[name] for name in order},
            # Half white: links and names stay readable on them.
            "colours": {name: mix(styles[name].colour, 0.5) for name in order},
            "notes": {code: dict(text) for code, text in (notes or {}).items()},
        }
    )


def overlap_links(pairs: pd.DataFrame, label: Text, *, limit: int = LINKS_MAX) -> Theme:
    """Return links between districts, wider for a larger weight, the strongest first.

    Parameters
    ----------
    pairs
        ``a, b`` (district codes), ``weight`` and optionally ``text_zh, text_en`` for the tooltip.
    limit
        Most links drawn; a map with hundreds of lines shows none.

    Raises
    ------
    InputError
        If a column is missing.
    """
    missing = {"a", "b", "weight"} - set(pairs.columns)
    if missing:
        raise InputError(f"pairs lack {', '.join(sorted(missing))}; expected a, b, weight")
    strongest = pairs.dropna(subset=["weight"]).sort_values("weight", ascending=False).head(limit)
    if strongest.empty:
        return Theme(links_label=label)
    bounds = np.unique(np.quantile(strongest["weight"], (1 / 3, 2 / 3, 1)))
    widths = LINK_WIDTHS[-len(bounds) :]
    classes = np.searchsorted(bounds, strongest["weight"].to_numpy())
    links = [
        {"a": str(row["a"]), "b": str(row["b"]), "width": widths[at], "text": _link_text(row)}
        for row, at in zip(strongest.to_dict("records"), classes, strict=True)
    ]
    lower = [float(strongest["weight"].min()), *bounds[:-1]]
    legend = [
        {"width": width, "text": dict.fromkeys(("zh", "en"), f"{low:.2f}–{high:.2f}")}
        for width, low, high in zip(widths, lower, bounds, strict=True)
    ]
    return Theme(links=tuple(reversed(links)), link_classes=tuple(legend), links_label=label)


def _link_text(row: Mapping[Any, Any]) -> dict[str, str]:
    plain = f"{row['a']} – {row['b']}: {row['weight']:.2f}"
    return {"zh": str(row.get("text_zh") or plain), "en": str(row.get("text_en") or plain)}


def growth(totals: pd.DataFrame, *, codes: Sequence[str] = (), classes: int = 5) -> Theme:
    """Return districts coloured by the firms founded up to a year, which a slider sets.

    Parameters
    ----------
    totals
        ``adcode, year, n`` as of :meth:`clusteratlas.store.base.Store.totals` (registry firms).
        Classes are those of the last year, so that colours mean the same in every year.
    codes
        Districts that are shown; one without a firm counts 0, as the page counts it.

    Raises
    ------
    InputError
        If no firm has a year.
    """
    dated = totals[(totals["year"] > 1900) & (totals["n"] > 0)]
    if dated.empty:
        raise InputError("no registered firm has a year: ingest a registry file first")
    final = dated.groupby("adcode")["n"].sum()
    label = {"zh": "登记企业累计数", "en": "Registered firms, cumulative"}
    theme = choropleth(
        dict.fromkeys(codes, 0) | {str(code): int(count) for code, count in final.items()},
        label,
        unit={"zh": "家", "en": "firms"},
        classes=classes,
    )
    # The page counts firms by year itself; a figure shows the last year.
    areas = {**(theme.areas or {}), "byYear": True, "least": 0}
    return Theme(areas=areas, years=(int(dated["year"].min()), int(dated["year"].max())))


def surface(kind: Literal["hex", "heat"]) -> Theme:
    """Return the density of all firms that are switched on, in hexagons or smoothed."""
    return Theme(surface=kind)


def surroundings(
    lon: float,
    lat: float,
    *,
    rings: tuple[int, ...] = RINGS_M,
    notes: Mapping[str, Mapping[str, Any]] | None = None,
) -> Theme:
    """Return distance rings (metres) around a place, and the firms that the panel lists.

    Parameters
    ----------
    notes
        ``{"role": {"zh", "en"}, "distance_m"}`` by enterprise id: what a supporting firm's card
        says; each gets a line to the middle and a row in the panel, nearest first.
    """
    return Theme(centre=(lat, lon), rings=rings, firm_notes=dict(notes or {}))


def theme_section(theme: Theme, codes: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the theme as the page's ``config.theme``; None if there is nothing in it."""
    parts: dict[str, Any] = {}
    if theme.areas is not None:
        areas = dict(theme.areas)
        if not areas.get("byYear"):
            areas["missing"] = sum(1 for code in codes if code not in areas["values"])
        parts["areas"] = areas
    if theme.links:
        parts["links"] = list(theme.links)
        parts["linkClasses"] = list(theme.link_classes)
        parts["linksLabel"] = dict(theme.links_label)
    if theme.surface:
        parts["surface"] = theme.surface
    if theme.years:
        parts["years"] = list(theme.years)
    if theme.centre:
        parts["centre"] = list(theme.centre)
        parts["rings"] = list(theme.rings)
    return parts or None


def _known(values: Mapping[str, Any]) -> dict[str, float]:
    return {
        str(code): float(value)
        for code, value in values.items()
        if value is not None and np.isfinite(float(value))
    }


__all__ = [
    "LINKS_MAX",
    "Text",
    "Theme",
    "choropleth",
    "growth",
    "leading",
    "overlap_links",
    "surface",
    "surroundings",
    "theme_section",
]
