"""Data quality: what the store lacks, what is doubtful, what contradicts itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pandas as pd

from clusteratlas.store.base import Store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest.values import read_code
from clusteratlas.store.placing import VAGUE, Ground
from clusteratlas.store.schema import TABLES

Level = Literal["missing", "doubtful", "contradictory"]
LEVELS: Final[tuple[Level, ...]] = ("missing", "doubtful", "contradictory")
EXAMPLES: Final = 5
LOW_CONFIDENCE: Final = 0.5
BATCH_ROWS: Final = 50_000


@dataclass
class Finding:
    """One kind of fault: how many rows of how many, and a few of them."""

    level: Level
    text: str
    count: int = 0
    total: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, ids: "pd.Series[str]") -> None:
        """Count these rows and keep the first as examples."""
        self.count += len(ids)
        self.examples += ids.head(max(EXAMPLES - len(self.examples), 0)).tolist()


class _Findings:
    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Finding] = {}

    def add(self, level: Level, text: str, ids: "pd.Series[str]", total: int) -> None:
        finding = self._found.setdefault((level, text), Finding(level, text))
        finding.total += total
        finding.add(ids)

    def result(self) -> list[Finding]:
        found = [finding for finding in self._found.values() if finding.count]
        return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def check_store(store: Store) -> list[Finding]:
    """Return everything that is missing, doubtful or contradictory, in that order.

    Positions are compared with the district polygons anew, whatever the notes say; aggregates and
    indexes with the rows they were made from.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    findings = _Findings()
    ground = Ground(store.collection("districts"), store.collection("parks"))
    known = _Known(store, ground)
    tallies = _Tallies()
    for batch in store.batches(size=BATCH_ROWS):
        for origin, firms in batch.groupby("origin"):
            _check_missing(findings, firms, str(origin))
            _check_doubtful(findings, firms, str(origin))
            _check_positions(findings, firms, str(origin), ground)
            _check_keys(findings, firms, str(origin), known)
        tallies.add(batch)
    _check_tables(findings, store, known)
    _check_parks(findings, ground)
    tallies.check(findings, store)
    if isinstance(store, GeoPackageStore):
        damage = pd.Series(store.integrity(), dtype="str")
        findings.add("contradictory", "damage in the file", damage, len(damage))
    return findings.result()


class _Known:
    """Ids that may be referred to."""

    def __init__(self, store: Store, ground: Ground) -> None:
        sectors = store.table("sectors")
        self.sectors = set(sectors["sector_id"])
        self.parks = set(ground.parks["park_id"])
        self.districts = set(ground.districts["adcode"])
        self.enterprises: set[str] = set()
        for batch in store.batches(columns=["enterprise_id", "origin"]):
            self.enterprises |= set(batch.loc[batch["origin"].eq("anchor"), "enterprise_id"])


def _check_missing(findings: _Findings, firms: pd.DataFrame, origin: str) -> None:
    ids, total = firms["enterprise_id"], len(firms)
    for column, text in (
        ("city", "no city"),
        ("adcode", "no district"),
        ("uscc", "no credit code"),
    ):
        findings.add("missing", f"{origin}: {text}", ids[firms[column].eq("")], total)
    nowhere = firms["address"].eq("") & firms["zone"].eq("")
    findings.add("missing", f"{origin}: neither address nor zone", ids[nowhere], total)
    findings.add("missing", f"{origin}: no position", ids[firms["lon"].isna()], total)
    if origin == "registry":
        blank = firms["registered"].eq("")
        findings.add("missing", "registry: no registration date", ids[blank], total)
        findings.add("missing", "registry: no scope", ids[firms["scope"].eq("")], total)


def _check_doubtful(findings: _Findings, firms: pd.DataFrame, origin: str) -> None:
    ids, total = firms["enterprise_id"], len(firms)
    placed = firms["lon"].notna()
    rough = placed & firms["precision"].isin(VAGUE)
    findings.add("doubtful", f"{origin}: position no finer than a district", ids[rough], total)
    low = placed & firms["confidence"].lt(LOW_CONFIDENCE)
    findings.add("doubtful", f"{origin}: confidence below {LOW_CONFIDENCE}", ids[low], total)
    open_ = firms["status"].eq("unresolved")
    findings.add("doubtful", f"{origin}: unresolved", ids[open_], total)
    if origin == "anchor":
        likely = firms["status"].eq("probable")
        findings.add("doubtful", "anchor: identity or place only probable", ids[likely], total)


def _check_positions(findings: _Findings, firms: pd.DataFrame, origin: str, ground: Ground) -> None:
    ids, total = firms["enterprise_id"], len(firms)
    located = pd.Series(ground.district_of(firms["lon"], firms["lat"]), index=firms.index)
    outside = firms["lon"].notna() & located.eq("")
    findings.add("contradictory", f"{origin}: point outside Liaoning", ids[outside], total)
    differ = located.ne("") & firms["adcode"].ne("") & located.ne(firms["adcode"])
    findings.add("contradictory", f"{origin}: point in another district", ids[differ], total)
    cities = firms["adcode"].map(ground.city_name)
    other = cities.ne("") & firms["city"].ne("") & cities.ne(firms["city"])
    findings.add("contradictory", f"{origin}: district is not of the city", ids[other], total)
    bare = firms["lon"].notna() & ~firms["radius_m"].gt(0)
    findings.add("contradictory", f"{origin}: position without a radius", ids[bare], total)
    vague = firms["lon"].isna() & firms["precision"].ne("none")
    findings.add("contradictory", f"{origin}: precision without a position", ids[vague], total)


def _check_keys(findings: _Findings, firms: pd.DataFrame, origin: str, known: _Known) -> None:
    ids, total = firms["enterprise_id"], len(firms)
    for column, keys, text in (
        ("sectors", known.sectors, "unknown sector"),
        ("park_ids", known.parks, "unknown park"),
        ("adcode", known.districts, "unknown district"),
    ):
        strange = [bool(set(cell.split(";")) - keys - {""}) for cell in firms[column]]
        findings.add("contradictory", f"{origin}: {text}", ids[strange], total)
    wrong = [bool(read_code(code)[1]) for code in firms["uscc"]]
    findings.add("contradictory", f"{origin}: credit code does not check", ids[wrong], total)


def _check_tables(findings: _Findings, store: Store, known: _Known) -> None:
    for name in TABLES:
        table = store.table(name)
        if name != "anchor_links" and table.empty:
            findings.add("missing", f"table {name} is empty", pd.Series([name]), 1)
        for column, keys in (
            ("enterprise_id", known.enterprises),
            ("anchor_id", known.enterprises),
            ("park_id", known.parks),
            ("sector", known.sectors),
            ("adcode", known.districts),
        ):
            if column in table.columns and (name, column) != ("anchor_links", "enterprise_id"):
                _check_column(findings, name, table[column], keys)


def _check_column(findings: _Findings, name: str, cells: "pd.Series[str]", keys: set[str]) -> None:
    wrong = cells[[bool(set(str(cell).split(";")) - keys - {""}) for cell in cells]]
    # A city's code stands for all its districts.
    wrong = wrong[~wrong.str.endswith("00")]
    findings.add("contradictory", f"{name}: unknown {cells.name}", wrong, len(cells))


def _check_parks(findings: _Findings, ground: Ground) -> None:
    parks = ground.parks
    if parks.empty:
        return
    bare = parks.geometry.isna() | parks.geometry.is_empty
    findings.add("missing", "parks: no place", parks.loc[bare, "park_id"], len(parks))
    rough = parks["boundary_status"].ne("surveyed") & ~bare
    findings.add("doubtful", "parks: extent not surveyed", parks.loc[rough, "park_id"], len(parks))
    spots = parks.loc[~bare]
    points = spots.geometry.representative_point()
    located = pd.Series(ground.district_of(points.x, points.y), index=spots.index)
    differ = spots["adcode"].ne("") & located.ne(spots["adcode"])
    findings.add(
        "contradictory", "parks: outside their district", spots.loc[differ, "park_id"], len(parks)
    )


class _Tallies:
    """Counts made from the rows, to hold against the aggregates that are kept."""

    def __init__(self) -> None:
        self._totals: Counter[tuple[str, int, str]] = Counter()
        self._codes: Counter[str] = Counter()

    def add(self, firms: pd.DataFrame) -> None:
        years = pd.to_numeric(firms["registered"].str[:4].replace("", "0")).astype("int64")
        self._totals.update(zip(firms["adcode"], years, firms["origin"], strict=True))
        registry = firms["origin"].eq("registry") & firms["uscc"].ne("")
        self._codes.update(firms.loc[registry, "uscc"])

    def check(self, findings: _Findings, store: Store) -> None:
        totals = store.totals()
        keys = zip(totals["adcode"], totals["year"], totals["origin"], strict=True)
        kept = Counter(dict(zip(keys, totals["n"].tolist(), strict=True)))
        wrong = [
            f"{key[0] or '-'}/{key[1]}"
            for key in kept | self._totals
            if kept[key] != self._totals[key]
        ]
        text = "counts differ from the rows (edited by another program?)"
        findings.add("contradictory", text, pd.Series(wrong, dtype="str"), len(kept))
        twice = [code for code, n in self._codes.items() if n > 1]
        findings.add(
            "contradictory", "registry: credit code used twice", pd.Series(twice, dtype="str"),
            len(self._codes),
        )  # fmt: skip


def report_lines(findings: list[Finding]) -> list[str]:
    """Return the findings as lines, grouped by level."""
    if not findings:
        return ["nothing missing, doubtful or contradictory"]
    return list(_lines(findings))


def _lines(findings: list[Finding]) -> Iterator[str]:
    for level in LEVELS:
        chosen = [finding for finding in findings if finding.level == level]
        if not chosen:
            continue
        yield f"{level}:"
        for finding in chosen:
            share = finding.count / finding.total if finding.total else np.nan
            some = ", ".join(finding.examples)
            more = ", ..." if finding.count > len(finding.examples) else ""
            yield (
                f"  {finding.text}: {finding.count:,} of {finding.total:,}"
                f" ({share:.1%}): {some}{more}"
            )
