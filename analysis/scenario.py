"""What if: add or drop a priority, firms or a park, and see every measure before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd

from clusteratlas.analysis.frames import STRENGTHS, AtlasFrames
from clusteratlas.analysis.positioning import stated_revealed
from clusteratlas.analysis.stagger import duplication, stagger_index
from clusteratlas.errors import InputError, UnknownNameError

Kind = Literal["priority", "firms", "park"]
MOST_CHANGES: Final = 100
MOST_FIRMS: Final = 100_000


@dataclass(frozen=True)
class Change:
    """One change of a scenario.

    Parameters
    ----------
    action
        ``add`` or ``drop``.
    kind
        ``priority``: a stated sector of the district; ``firms``: n firms of the sector; ``park``: a
        park for the sector, which states it for its district as "leading".
    adcode
        County-level district.
    sector
        Sector id.
    n
        Number of firms, for ``firms`` only.
    strength
        For ``priority``: core, leading, supporting or mentioned.
    """

    action: Literal["add", "drop"]
    kind: Kind
    adcode: str
    sector: str
    n: int = 1
    strength: str = "leading"


@dataclass(frozen=True)
class ScenarioResult:
    """Measures of a region before and after the changes.

    Parameters
    ----------
    summary
        One row per measure: ``before, after, change``: stagger index of firms and of priorities.
    districts
        One row per district: the same two indices before and after.
    pairs
        Pairs of neighbours whose overlap changed: ``a, b, basis (firms|priorities), before, after,
        change``; greatest change first.
    cells
        Stated x revealed cells whose state changed: ``adcode, sector, before, after``.
    """

    summary: pd.DataFrame
    districts: pd.DataFrame
    pairs: pd.DataFrame
    cells: pd.DataFrame


def run_scenario(
    frames: AtlasFrames, changes: Sequence[Change], weights: pd.DataFrame
) -> ScenarioResult:
    """Return all measures of the districts in ``weights`` before and after the changes.

    Parameters
    ----------
    frames
        The atlas; it is not changed.
    changes
        Applied in order, 1 to :data:`MOST_CHANGES`.
    weights
        Neighbour weights of the region's districts.

    Raises
    ------
    InputError
        If a change names no known district, sector, action or strength, drops more firms than there
        are, or there are none or too many changes.
    """
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise InputError(f"{len(changes)} changes; allowed are 1 to {MOST_CHANGES}")
    after = frames
    for change in changes:
        after = apply_change(after, change)
    codes = [str(code) for code in weights.index]
    parts = [_measure(state, codes, weights) for state in (frames, after)]
    (region_before, local_before, pairs_before), (region_after, local_after, pairs_after) = parts
    summary = pd.DataFrame({"before": region_before, "after": region_after})
    summary["change"] = summary["after"] - summary["before"]
    return ScenarioResult(
        summary,
        local_before.add_suffix("_before").join(local_after.add_suffix("_after")),
        _changed_pairs(pairs_before, pairs_after),
        _changed_cells(frames, after, codes),
    )


def apply_change(frames: AtlasFrames, change: Change) -> AtlasFrames:
    """Return frames in which one change is made; the given ones stay as they are."""
    _check(frames, change)
    if change.kind == "firms":
        return replace(frames, counts=_with_firms(frames, change))
    return replace(frames, positionings=_with_priority(frames.positionings, change))


def _check(frames: AtlasFrames, change: Change) -> None:
    if change.action not in ("add", "drop"):
        raise InputError(f"action {change.action!r}; allowed are add, drop")
    if change.kind not in ("priority", "firms", "park"):
        raise InputError(f"kind {change.kind!r}; allowed are priority, firms, park")
    if change.adcode not in set(frames.districts["adcode"]):
        raise UnknownNameError(f"no district with adcode {change.adcode!r}")
    if change.sector not in frames.sector_ids():
        raise UnknownNameError(f"no sector {change.sector!r}")
    if change.strength not in STRENGTHS:
        raise InputError(f"strength {change.strength!r}; allowed are {', '.join(STRENGTHS)}")
    if not 1 <= change.n <= MOST_FIRMS:
        raise InputError(f"{change.n} firms; allowed are 1 to {MOST_FIRMS}")


def _with_firms(frames: AtlasFrames, change: Change) -> pd.DataFrame:
    cell = frames.matrix(origin="both", adcodes=[change.adcode])[change.sector]
    present = float(cell.iloc[0])
    if change.action == "drop" and change.n > present:
        raise InputError(f"cannot drop {change.n} firms: {change.adcode} has {present:g} there")
    row = {
        "adcode": change.adcode,
        "sector": change.sector,
        "year": 0,
        "origin": "registry",
        "n": change.n if change.action == "add" else -change.n,
        "capital": 0.0,
    }
    return pd.concat([frames.counts, pd.DataFrame([row])], ignore_index=True)


def _with_priority(positionings: pd.DataFrame, change: Change) -> pd.DataFrame:
    same = (positionings["adcode"] == change.adcode) & (positionings["sector"] == change.sector)
    if change.action == "drop":
        if not same.any():
            raise InputError(f"{change.adcode} does not state {change.sector}: nothing to drop")
        return positionings[~same]
    row = dict.fromkeys(positionings.columns, "")
    strength = "leading" if change.kind == "park" else change.strength
    row |= {"adcode": change.adcode, "sector": change.sector, "strength": strength}
    row |= {"document": "scenario", "grade": "what-if"}
    return pd.concat([positionings, pd.DataFrame([row])], ignore_index=True)


def _measure(
    frames: AtlasFrames, codes: list[str], weights: pd.DataFrame
) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    region, local, pairs = {}, {}, []
    bases = {
        "firms": frames.matrix(origin="both", adcodes=codes),
        "priorities": frames.stated(adcodes=codes),
    }
    for basis, matrix in bases.items():
        region[basis], local[basis] = stagger_index(matrix, weights)
        pairs.append(duplication(matrix, weights).assign(basis=basis))
    return pd.Series(region), pd.DataFrame(local), pd.concat(pairs, ignore_index=True)


def _changed_pairs(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["a", "b", "basis"]
    both = before[[*keys, "overlap"]].merge(
        after[[*keys, "overlap"]], on=keys, how="outer", suffixes=("_before", "_after")
    )
    both = both.rename(columns={"overlap_before": "before", "overlap_after": "after"})
    # A pair of which one side had nothing before has no overlap to compare with.
    both["change"] = both["after"] - both["before"]
    moved = both[~np.isclose(both["change"].fillna(1.0), 0.0, atol=1e-12)]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    return moved.loc[order].reset_index(drop=True)


def _changed_cells(before: AtlasFrames, after: AtlasFrames, codes: list[str]) -> pd.DataFrame:
    keys = ["adcode", "sector"]
    old, new = (
        stated_revealed(frames, adcodes=codes)[[*keys, "state"]] for frames in (before, after)
    )
    both = old.merge(new, on=keys, suffixes=("_before", "_after"))
    both = both.rename(columns={"state_before": "before", "state_after": "after"})
    return both[both["before"] != both["after"]].reset_index(drop=True)
