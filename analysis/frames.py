"""The frames that the analyses work on, drawn once from a store.

Only aggregates and anchors are loaded, never all firms: the size of these frames depends on the number
of districts and sectors, not on the number of firms.
"""

from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd

from clusteratlas.analysis.counted_once import no_surplus, surplus
from clusteratlas.errors import InputError, StoreError, UnknownNameError
from clusteratlas.store.base import Selection, Store

Origin = Literal["anchor", "registry", "both"]
Measure = Literal["n", "capital"]

FEN_DECIMALS = 6
"""A fen (0.01 yuan) in CNY 10,000."""

STRENGTHS = {"core": 4.0, "leading": 3.0, "supporting": 2.0, "mentioned": 1.0}
"""Weight of a stated priority in weighted overlaps: one step each, so that only the order matters."""


@dataclass(frozen=True)
class AtlasFrames:
    """What a store holds, as far as the analyses need it.

    Parameters
    ----------
    districts
        ``adcode, name, city, city_adcode, lon, lat, geometry`` (EPSG:4326), ordered by adcode.
    sectors
        ``sector_id, parent, name_zh, name_en, products``: the fields and their 28 sectors.
    counts
        ``adcode, sector, year, origin, n, capital``: firms per cell; ``sector`` "" = none, ``year``
        of registration, 0 = unknown.
    totals
        ``adcode, year, origin, n, capital``: every firm once, those of no sector included.
    anchors
        The enterprises and institutes that the documents name.
    positionings, linkages
        The shipped tables of the same names.
    surplus
        What is added to ``counts`` where both origins are meant, so that an enterprise that the
        documents name and the registry lists counts once; see
        :func:`clusteratlas.analysis.counted_once.surplus`.
    """

    districts: gpd.GeoDataFrame
    sectors: pd.DataFrame
    counts: pd.DataFrame
    totals: pd.DataFrame
    anchors: pd.DataFrame
    positionings: pd.DataFrame
    linkages: pd.DataFrame
    surplus: pd.DataFrame = field(default_factory=no_surplus)

    def sector_ids(self) -> list[str]:
        """Return the ids of the 28 sectors (not the fields), in the document's order."""
        return [str(i) for i in self.sectors.loc[self.sectors["parent"] != "", "sector_id"]]

    def sector_names(self, *, lang: str = "zh") -> dict[str, str]:
        """Return id -> name of every sector and field, in Chinese or English."""
        names = self.sectors["name_zh" if lang == "zh" else "name_en"]
        return {str(i): str(name) for i, name in zip(self.sectors["sector_id"], names, strict=True)}

    def sector_name(self, sector_id: str, *, lang: str = "zh") -> str:
        """Return the name of one sector or field; the id if it is unknown."""
        return self.sector_names(lang=lang).get(sector_id, sector_id)

    def region(self, name_or_code: str) -> gpd.GeoDataFrame:
        """Return the districts of a city or of the province, by name (with or without 市) or code.

        Raises
        ------
        UnknownNameError
            If no city of the atlas has this name or code.
        """
        text = name_or_code.strip()
        frame = self.districts
        if text in ("辽宁", "辽宁省", "liaoning", "210000"):
            return frame
        match = frame[
            (frame["city_adcode"] == text)
            | frame["city"].isin([text, text.removesuffix("市") + "市"])
        ]
        if match.empty:
            cities = tuple(sorted(set(frame["city"])))
            raise UnknownNameError(
                f"no city or province {text!r}; allowed are 辽宁 and {'、'.join(cities)}"
            )
        return match

    def matrix(
        self,
        *,
        origin: Origin = "both",
        measure: Measure = "n",
        adcodes: list[str] | None = None,
        year: int | None = None,
    ) -> pd.DataFrame:
        """Return the district x sector matrix: all districts asked for, all 28 sectors.

        Parameters
        ----------
        origin
            ``anchor`` (named in the documents), ``registry``, or ``both``: then an enterprise of
            both counts once.
        measure
            ``n`` firms, or ``capital``: registered capital, CNY 10,000.
        adcodes
            Rows wanted; None for all districts.
        year
            Only firms registered up to this year; those of unknown year count always.
        """
        if measure not in ("n", "capital"):
            raise InputError(f"measure {measure!r}; allowed are n, capital")
        if origin == "both":
            cells = pd.concat([self.counts, self.surplus], ignore_index=True)
        else:
            cells = self.counts[self.counts["origin"] == origin]
        cells = cells[cells["sector"] != ""]
        if year is not None:
            cells = cells[cells["year"] <= year]
        table = cells.astype({measure: float}).pivot_table(
            index="adcode", columns="sector", values=measure, aggfunc="sum", fill_value=0.0
        )
        rows = self.districts["adcode"].tolist() if adcodes is None else adcodes
        whole = table.reindex(index=rows, columns=self.sector_ids(), fill_value=0.0).astype(float)
        return whole.round(FEN_DECIMALS)  # what was taken off again leaves exactly nothing

    def stated(self, *, adcodes: list[str] | None = None) -> pd.DataFrame:
        """Return the district x sector strength of stated priorities; 0 = not named.

        Where several sources name a sector, the strongest counts. A city's or province's own
        positioning (a city code) is not spread over its districts.
        """
        rows = self.districts["adcode"].tolist() if adcodes is None else adcodes
        strength = self.positionings["strength"].map(STRENGTHS).fillna(1.0)
        table = (
            self.positionings.assign(weight=strength)
            .pivot_table(index="adcode", columns="sector", values="weight", aggfunc="max")
            .fillna(0.0)
        )
        return table.reindex(index=rows, columns=self.sector_ids(), fill_value=0.0).astype(float)


def load_frames(store: Store) -> AtlasFrames:
    """Draw the frames from a store: aggregates, anchors, and the shipped tables.

    Raises
    ------
    StoreError
        If the store is not readable or holds no districts (then ``clusteratlas build`` was not run).
    """
    districts = store.collection("districts")
    if districts.empty:
        raise StoreError("the store holds no atlas yet: run `clusteratlas build` first")
    anchors = store.collection("enterprises", selection=Selection(origin="anchor"))
    return AtlasFrames(
        districts=districts.sort_values("adcode", ignore_index=True),
        sectors=store.table("sectors"),
        counts=store.counts(),
        totals=store.totals(),
        anchors=anchors,
        positionings=store.table("positionings"),
        linkages=store.table("linkages"),
        surplus=surplus(store, anchors),
    )
