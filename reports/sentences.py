"""A report's data with the words of its language, and what its sections share."""

import datetime as dt
import math
from collections.abc import Iterable

from clusteratlas.maps.names import english_name
from clusteratlas.reports.blocks import Block, Paragraph
from clusteratlas.reports.gather import ReportData
from clusteratlas.reports.words import words

MOST_ROWS = 14
"""Longest table; what is left out is counted in a note."""


class Sentences:
    """The report's data with the words of its language."""

    def __init__(self, data: ReportData, lang: str, date: dt.date) -> None:
        self.data, self.lang, self.profile = data, lang, data.profile
        self._words = words(lang)
        self._common = {
            "district": self.place(self.profile.district),
            "native": self.profile.district,
            "city": self.place(self.profile.city),
            "date": date.isoformat(),
        }
        sectors = data.frames.sectors
        self.names = dict(
            zip(
                sectors["sector_id"], sectors["name_zh" if lang == "zh" else "name_en"], strict=True
            )
        )
        self.field_of = dict(zip(sectors["sector_id"], sectors["parent"], strict=True))

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence ``key`` of :mod:`clusteratlas.reports.words`, filled in."""
        return self._words[key].format(**{**self._common, **values})

    def place(self, name: str) -> str:
        """Return a district's or city's name as the report's language writes it."""
        return name if self.lang == "zh" else english_name(name)

    def list_sectors(self, sectors: Iterable[str], limit: int = 8) -> str:
        """Return sector names joined as the language does; the rest is counted."""
        named = [self.names.get(str(sector), str(sector)) for sector in sectors]
        joined = ("、" if self.lang == "zh" else ", ").join(named[:limit])
        if len(named) > limit:
            joined += (
                f"等 {len(named)} 个" if self.lang == "zh" else f" and {len(named) - limit} more"
            )
        return joined

    def drivers(self, text: str) -> str:
        """Return ``sector:share;...`` with names and percent."""
        parts = [item.rsplit(":", 1) for item in text.split(";") if item]
        return self._join(
            f"{self.names.get(code, code)} {percent(float(share))}" for code, share in parts
        )

    def _join(self, items: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(items)


def percent(share: float) -> str:
    """Return a share as whole percent, halves upwards as the page rounds them; "—" if unknown.

    Examples
    --------
    >>> percent(0.125), percent(0.1646), percent(float("nan"))
    ('13%', '16%', '—')
    """
    return f"{math.floor(share * 100 + 0.5)}%" if math.isfinite(share) else "—"


def left_out(say: Sentences, rows: int) -> list[Block]:
    """Return a note on rows that a table had no room for."""
    return [Paragraph(say("more_rows", n=rows), note=True)] if rows > 0 else []
