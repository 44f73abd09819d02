"""The profile of one district and the comparison of two: what reports, pages and the API show."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from clusteratlas.analysis.frames import AtlasFrames, Origin
from clusteratlas.analysis.neighbours import NeighbourKind, neighbour_weights
from clusteratlas.analysis.opportunities import opportunities
from clusteratlas.analysis.positioning import evidence_size, stated_revealed
from clusteratlas.analysis.stagger import (
    MIN_FIRMS_PER_DISTRICT,
    StaggerResult,
    analyse_stagger,
    duplication,
    priority_overlap,
    sector_overlap,
    stagger_index,
)
from clusteratlas.analysis.structure import similarity, structure_table
from clusteratlas.errors import InputError, UnknownNameError

SIMULATIONS = 499
"""Random tables behind the verdicts of a profile."""


@dataclass(frozen=True)
class DistrictProfile:
    """Everything the atlas says about the positioning of one district.

    Parameters
    ----------
    adcode, district, city
        Which one.
    evidence
        Numbers of firms and anchors that the answers rest on.
    structure
        One row: ``total, leading_sector, krugman, herfindahl, entropy, hachman``.
    cells
        Stated x revealed, one row per sector, as in
        :func:`clusteratlas.analysis.positioning.stated_revealed`.
    overlaps
        Neighbours in the region, most alike first: ``neighbour, district, overlap, similarity,
        krugman, drivers, stated_overlap``.
    stagger, stagger_stated
        Index of the district by firms and by stated priorities, 0..1; NaN if undefined.
    stagger_verdict, stagger_p_value
        Against chance, by firms.
    opportunities
        As in :func:`clusteratlas.analysis.opportunities.opportunities`; may be empty.
    growth
        ``year, sector, n``: firms registered per year in the sectors; empty without dates.
    caveats
        Codes of what limits the answers: ``few_firms``, ``no_stated``, ``no_neighbours``,
        ``second_hand``, ``unplaced_anchors``.
    """

    adcode: str
    district: str
    city: str
    evidence: dict[str, int]
    structure: pd.DataFrame
    cells: pd.DataFrame
    overlaps: pd.DataFrame
    stagger: float
    stagger_stated: float
    stagger_verdict: str
    stagger_p_value: float
    opportunities: pd.DataFrame
    growth: pd.DataFrame
    caveats: list[str] = field(default_factory=list)


def district_profile(
    frames: AtlasFrames, adcode: str, *, neighbours: NeighbourKind = "all"
) -> DistrictProfile:
    """Return the profile of a district among the districts of its city.

    Parameters
    ----------
    frames
        The atlas.
    adcode
        County-level code.
    neighbours
        Against whom duplication is measured: ``all`` districts of the city, those at a common
        border (``adjacency``), or all weighted by ``distance``.

    Raises
    ------
    UnknownNameError
        If no district has this code.
    """
    own = frames.districts[frames.districts["adcode"] == adcode]
    if own.empty:
        raise UnknownNameError(f"no district with adcode {adcode!r}")
    city = str(own.iloc[0]["city"])
    region = frames.region(city)
    codes = [str(code) for code in region["adcode"]]
    weights = neighbour_weights(region, kind=neighbours)
    matrix, stated = frames.matrix(adcodes=codes), frames.stated(adcodes=codes)
    result = analyse_stagger(matrix, weights, simulations=SIMULATIONS)
    _, local_stated = stagger_index(stated, weights)
    cells = stated_revealed(frames, adcodes=[adcode])
    evidence = evidence_size(frames, adcode)
    local = result.districts.loc[[adcode]].iloc[0]
    return DistrictProfile(
        adcode=adcode,
        district=str(own.iloc[0]["name"]),
        city=city,
        evidence=evidence,
        structure=structure_table(matrix).loc[[adcode]],
        cells=cells,
        overlaps=_overlaps(region, matrix, stated, weights, adcode),
        stagger=float(local["index"]),
        stagger_stated=float(local_stated[adcode]),
        stagger_verdict=str(local["verdict"]),
        stagger_p_value=float(local["p_value"]),
        opportunities=opportunities(frames, adcode, weights, cells),
        growth=growth(frames, adcode),
        caveats=_caveats(frames, adcode, cells, weights, evidence),
    )


def _overlaps(
    region: pd.DataFrame,
    matrix: pd.DataFrame,
    stated: pd.DataFrame,
    weights: pd.DataFrame,
    adcode: str,
) -> pd.DataFrame:
    pairs = duplication(matrix, weights)
    mine = pairs[(pairs["a"] == adcode) | (pairs["b"] == adcode)].copy()
    mine["neighbour"] = mine["a"].where(mine["a"] != adcode, mine["b"])
    names = region.set_index("adcode")["name"]
    mine["district"] = mine["neighbour"].map(names)
    weighted = priority_overlap(stated)[1][adcode]
    mine["stated_overlap"] = mine["neighbour"].map(weighted)
    columns = ["neighbour", "district", "weight", "overlap", "similarity", "krugman", "drivers"]
    return mine[[*columns, "stated_overlap"]].reset_index(drop=True)


def growth(frames: AtlasFrames, adcode: str = "") -> pd.DataFrame:
    """Return ``year, sector, n``: firms by year of registration; of one district or of all."""
    cells = frames.counts[(frames.counts["sector"] != "") & (frames.counts["year"] > 0)]
    if adcode:
        cells = cells[cells["adcode"] == adcode]
    return cells.groupby(["year", "sector"])["n"].sum().reset_index()


def _caveats(
    frames: AtlasFrames,
    adcode: str,
    cells: pd.DataFrame,
    weights: pd.DataFrame,
    evidence: dict[str, int],
) -> list[str]:
    found = []
    if evidence["in_sectors"] < MIN_FIRMS_PER_DISTRICT:
        found.append("few_firms")
    if not (cells["stated_weight"] > 0).any():
        found.append("no_stated")
    if not weights.loc[adcode].to_numpy().any():
        found.append("no_neighbours")
    if cells["sources"].str.contains("second-hand|news|weak|old").any():
        found.append("second_hand")
    city = frames.districts.loc[frames.districts["adcode"] == adcode, "city"].iloc[0]
    unplaced = frames.anchors[(frames.anchors["city"] == city) & (frames.anchors["adcode"] == "")]
    if len(unplaced):
        found.append("unplaced_anchors")
    return found


@dataclass(frozen=True)
class Comparison:
    """Two districts side by side.

    Parameters
    ----------
    a, b
        Codes.
    overlap, similarity, krugman
        Of their firms; NaN if one has none in any sector.
    stated_jaccard, stated_weighted
        Overlap of their stated priorities; NaN if one of them states none.
    total_a, total_b
        Memberships of their firms in sectors.
    verdict
        "too few to say" if one has fewer than :data:`MIN_FIRMS_PER_DISTRICT` of them, else "".
    sectors
        One row per sector: ``share_a, share_b, overlap, part, n_a, n_b, state_a, state_b``; greatest
        overlap first.
    """

    a: str
    b: str
    overlap: float
    similarity: float
    krugman: float
    stated_jaccard: float
    stated_weighted: float
    total_a: float
    total_b: float
    verdict: str
    sectors: pd.DataFrame


def compare(frames: AtlasFrames, a: str, b: str) -> Comparison:
    """Return the duplication of two districts by sector, by firms and by stated priorities.

    Raises
    ------
    UnknownNameError
        If a code is no district of the atlas.
    InputError
        If both are the same district.
    """
    known = set(frames.districts["adcode"])
    for code in (a, b):
        if code not in known:
            raise UnknownNameError(f"no district with adcode {code!r}")
    if a == b:
        raise InputError("a district is not compared with itself; name two")
    matrix, stated = frames.matrix(adcodes=[a, b]), frames.stated(adcodes=[a, b])
    table = sector_overlap(matrix, a, b)
    table["n_a"], table["n_b"] = matrix.loc[a], matrix.loc[b]
    cells = stated_revealed(frames, adcodes=[a, b]).pivot(
        index="sector", columns="adcode", values="state"
    )
    table["state_a"], table["state_b"] = cells[a], cells[b]
    plain, weighted = priority_overlap(stated)
    overlap = float(table["overlap"].sum(skipna=False))
    totals = matrix.sum(axis=1)
    return Comparison(
        a=a,
        b=b,
        overlap=overlap,
        similarity=float(similarity(matrix).to_numpy()[0, 1]),
        krugman=2 * (1 - overlap),
        stated_jaccard=float(plain.to_numpy()[0, 1]),
        stated_weighted=float(weighted.to_numpy()[0, 1]),
        total_a=float(totals[a]),
        total_b=float(totals[b]),
        verdict="too few to say" if totals.min() < MIN_FIRMS_PER_DISTRICT else "",
        sectors=table,
    )


def region_stagger(
    frames: AtlasFrames,
    name: str,
    *,
    neighbours: NeighbourKind = "all",
    basis: str = "firms",
    matrix: pd.DataFrame | None = None,
    year: int | None = None,
    exclude: Sequence[str] = (),
    simulations: int = SIMULATIONS,
) -> StaggerResult:
    """Return the stagger analysis of a city or the province.

    Parameters
    ----------
    name
        City name or code, or 辽宁.
    basis
        ``firms`` (anchors and registry), ``anchors``, ``registry`` or ``priorities``. For the
        last there is no null model: strengths are no counts.
    matrix
        A district x sector matrix to be used instead (capital, revenue); likewise without null
        model. Districts that it lacks have no activity.
    year
        Only firms registered up to this year.
    exclude
        Sectors left out, such as one that every city centre has.

    Raises
    ------
    UnknownNameError
        If there is no such city or sector.
    InputError
        If the basis is none of the four.
    """
    origins: dict[str, Origin] = {"firms": "both", "anchors": "anchor", "registry": "registry"}
    region = frames.region(name)
    codes = [str(code) for code in region["adcode"]]
    weights = neighbour_weights(region, kind=neighbours)
    unknown = sorted(set(exclude) - set(frames.sector_ids()))
    if unknown:
        raise UnknownNameError(f"no sector {unknown[0]!r}")
    if matrix is not None:
        chosen = matrix.reindex(index=codes, columns=frames.sector_ids()).fillna(0.0)
    elif basis == "priorities":
        chosen = frames.stated(adcodes=codes)
    elif basis in origins:
        chosen = frames.matrix(origin=origins[basis], adcodes=codes, year=year)
    else:
        raise InputError(f"basis {basis!r}; allowed are {', '.join([*origins, 'priorities'])}")
    counted = matrix is None and basis in origins
    chosen = chosen.drop(columns=list(exclude))
    return analyse_stagger(chosen, weights, simulations=simulations if counted else 0)
