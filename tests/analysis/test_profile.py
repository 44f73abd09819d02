"""Profiles, comparisons and scenarios on an atlas small enough to check by eye."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.neighbours import neighbour_weights
from clusteratlas.analysis.opportunities import crowding, presence, proximity, relatedness_density
from clusteratlas.analysis.positioning import stated_revealed
from clusteratlas.analysis.profile import compare, district_profile, region_stagger
from clusteratlas.analysis.scenario import Change, run_scenario
from clusteratlas.errors import InputError, UnknownNameError


def state(frames: AtlasFrames, adcode: str, sector: str) -> str:
    table = stated_revealed(frames)
    own = table[(table["adcode"] == adcode) & (table["sector"] == sector)]
    return str(own["state"].iloc[0])


def test_stated_beside_revealed(frames: AtlasFrames) -> None:
    assert state(frames, "a", "robotics") == "named and present"  # core, and an anchor
    assert (
        state(frames, "a", "software") == "present, not named"
    )  # 20 firms where 14.7 were expected
    assert state(frames, "c", "software") == "named without anchor"
    assert state(frames, "b", "aviation") == "neither"
    assert state(frames, "d", "aviation") == "too few to say"


def test_evidence_stands_beside_each_cell(frames: AtlasFrames) -> None:
    table = stated_revealed(frames, adcodes=["a"])
    robotics = table[table["sector"] == "robotics"].iloc[0]
    assert robotics["anchor_names"] == "甲机器人"
    assert robotics["sources"] == "plan@一、 (official)"
    assert robotics["n"] == 21
    assert robotics["lq_low"] < robotics["lq"] < robotics["lq_high"]


def test_neighbours_by_border_and_distance(frames: AtlasFrames) -> None:
    border = neighbour_weights(frames.districts)
    assert border["a"].tolist() == [0, 1, 0, 0]
    assert border["c"].tolist() == [0, 1, 0, 1]
    distance = neighbour_weights(frames.districts, kind="distance")
    assert distance["b"].loc["a"] > distance["c"].loc["a"]
    with pytest.raises(InputError, match="adjacency, distance, all"):
        neighbour_weights(frames.districts, kind="friends")  # type: ignore[arg-type]


def test_profile_names_the_neighbour_that_does_the_same(frames: AtlasFrames) -> None:
    profile = district_profile(frames, "a")
    assert profile.district == "甲一区"
    best = profile.overlaps.iloc[0]
    # Shares of a: 21/41, 0, 20/41; of b: 1/2, 0, 1/2: overlap = 1/2 + 20/41.
    assert best["neighbour"] == "b"
    assert best["overlap"] == pytest.approx(0.5 + 20 / 41)
    assert best["drivers"].startswith("robotics:0.5000")
    assert best["stated_overlap"] == pytest.approx(3 / 4)
    assert profile.evidence == {"firms": 40, "anchors": 1, "in_sectors": 41, "min_firms": 5}
    assert profile.caveats == []


def test_profile_of_a_district_with_almost_nothing_says_so(frames: AtlasFrames) -> None:
    profile = district_profile(frames, "d")
    assert np.isnan(profile.stagger)
    assert set(profile.caveats) == {"few_firms", "no_stated", "no_neighbours"}


def test_profile_of_an_unknown_district_is_refused(frames: AtlasFrames) -> None:
    with pytest.raises(UnknownNameError, match="no district with adcode 'x'"):
        district_profile(frames, "x")


def test_compare_two_districts(frames: AtlasFrames) -> None:
    result = compare(frames, "a", "c")
    assert result.overlap == 0
    assert result.krugman == pytest.approx(2)
    assert result.stated_jaccard == 0
    assert result.sectors.loc["aviation", "n_b"] == 30
    with pytest.raises(InputError, match="itself"):
        compare(frames, "a", "a")


def test_region_by_name_code_and_short_name(frames: AtlasFrames) -> None:
    for name in ("甲市", "甲", "A"):
        assert frames.region(name)["adcode"].tolist() == ["a", "b", "c"]
    with pytest.raises(UnknownNameError, match="甲市"):
        frames.region("丙市")


def test_region_stagger_by_firms_and_priorities(frames: AtlasFrames) -> None:
    firms = region_stagger(frames, "甲市", simulations=99)
    # Overlaps ab .988, ac 0, bc 0.
    assert firms.index == pytest.approx((2 + 1 - (0.5 + 20 / 41)) / 3)
    assert firms.verdict == "more differentiated than chance"
    priorities = region_stagger(frames, "甲市", basis="priorities")
    assert priorities.index == pytest.approx(2 / 3)
    assert priorities.verdict == ""
    with pytest.raises(InputError, match="basis"):
        region_stagger(frames, "甲市", basis="wishes")


def test_dropping_a_shared_priority_raises_the_index(frames: AtlasFrames) -> None:
    region = frames.region("甲市")
    weights = neighbour_weights(region, kind="all")
    result = run_scenario(
        frames, [Change("add", "priority", "b", "software", strength="core")], weights
    )
    assert result.summary["change"].loc["priorities"] > 0
    assert result.summary["change"].loc["firms"] == 0
    assert result.cells.to_dict("records") == [
        {
            "adcode": "b",
            "sector": "software",
            "before": "present, not named",
            "after": "named and present",
        }
    ]
    # The given frames stay as they were.
    assert frames.stated().loc["b", "software"] == 0


def test_scenario_moves_firms_and_shows_the_pairs(frames: AtlasFrames) -> None:
    weights = neighbour_weights(frames.region("甲市"), kind="all")
    result = run_scenario(frames, [Change("add", "firms", "b", "aviation", n=40)], weights)
    top = result.pairs.iloc[0]
    assert (top["a"], top["b"], top["basis"]) == ("b", "c", "firms")
    assert top["after"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change("drop", "firms", "a", "aviation", n=1), "cannot drop 1 firms"),
        (Change("drop", "priority", "a", "software"), "nothing to drop"),
        (Change("add", "priority", "zz", "software"), "no district"),
        (Change("add", "priority", "a", "magic"), "no sector"),
        (Change("add", "priority", "a", "software", strength="huge"), "allowed are core"),
        (Change("add", "firms", "a", "software", n=0), "allowed are 1 to"),
    ],
    ids=["firms", "priority", "district", "sector", "strength", "n"],
)
def test_scenario_refuses_what_makes_no_sense(
    frames: AtlasFrames, change: Change, message: str
) -> None:
    weights = neighbour_weights(frames.region("甲市"), kind="all")
    with pytest.raises(InputError, match=message):
        run_scenario(frames, [change], weights)


def test_relatedness_density_of_econgeo_style_matrix() -> None:
    # Two districts with x and y, one with x only: phi_xy = 2/3; density of y for the third = 1.
    present = pd.DataFrame([[1, 1], [1, 1], [1, 0]], columns=["x", "y"], dtype=float)
    phi = proximity(present)
    assert phi.loc["x", "y"] == pytest.approx(2 / 3)
    assert relatedness_density(present, phi).loc[2, "y"] == pytest.approx(1)


def test_crowding_is_the_share_of_neighbours(frames: AtlasFrames) -> None:
    region = frames.region("甲市")
    weights = neighbour_weights(region, kind="all")
    present = presence(frames.matrix()).loc[["a", "b", "c"]]
    share = crowding(present, frames.stated(), weights)
    assert share.loc["a", "robotics"] == pytest.approx(0.5)  # b has it, c does not
    assert share.loc["a", "aviation"] == pytest.approx(0.5)


def with_a_third_kind(frames: AtlasFrames, *, anchor: bool) -> AtlasFrames:
    """Return the atlas with d as 5 firms of aviation and 5 of software; an anchor of aviation in a."""
    counts = frames.counts[frames.counts["adcode"] != "d"]
    cells = [("d", "aviation", "registry", 5.0), ("d", "software", "registry", 5.0)]
    anchors = frames.anchors
    if anchor:
        cells.append(("a", "aviation", "anchor", 1.0))
        plane = anchors.assign(enterprise_id="plane-maker", name="甲飞机", sectors="aviation")
        anchors = pd.concat([anchors, plane], ignore_index=True)
    more = pd.DataFrame(cells, columns=["adcode", "sector", "origin", "n"])
    counts = pd.concat([counts, more.assign(year=2000, capital=0.0)], ignore_index=True)
    return replace(frames, counts=counts, anchors=anchors)


def test_direction_is_a_sector_near_to_what_the_district_does(frames: AtlasFrames) -> None:
    # Aviation is strong in c and d, software in a, b and d: proximity 1/3, and to robotics none.
    # So all that is near to aviation (software) is strong in a: density 1.
    found = district_profile(with_a_third_kind(frames, anchor=False), "a").opportunities
    assert found[["sector", "fit", "n", "related"]].to_numpy().tolist() == [
        ["aviation", 1.0, 0.0, "software"]
    ]


def test_sector_that_an_anchor_supports_is_no_direction(frames: AtlasFrames) -> None:
    # The quotient of aviation in a is (1/42) / (36/122) = 0.08; its anchor makes it present.
    profile = district_profile(with_a_third_kind(frames, anchor=True), "a")
    aviation = profile.cells.set_index("sector").loc["aviation"]
    assert aviation["lq"] == pytest.approx(122 / (42 * 36))
    assert aviation["state"] == "present, not named"
    assert profile.opportunities.empty
