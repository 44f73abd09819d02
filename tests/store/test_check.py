from collections.abc import Callable

import pandas as pd

from clusteratlas.store.check import Finding, check_store, report_lines
from clusteratlas.store.geopackage import GeoPackageStore


def texts(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.text: finding for finding in findings}


def test_built_atlas_has_no_broken_keys_or_counts(atlas: GeoPackageStore) -> None:
    wrong = [f.text for f in check_store(atlas) if f.level == "contradictory"]
    assert not [text for text in wrong if "unknown" in text or "counts" in text or "code" in text]


def test_check_finds_planted_faults(
    atlas: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    rows = firms(
        lon=[123.43, 100.0, None],
        lat=[41.79, 30.0, None],
        adcode=["210203", "", "999999"],
        city=["大连市", "", ""],
        uscc=["91210100243490227X", "", ""],
        sectors=["robotics", "no_such_sector", ""],
        radius_m=[10.0, None, None],
    )
    with atlas.writer() as writer:
        writer.upsert_enterprises(rows)
    found = texts(check_store(atlas))
    assert found["registry: point in another district"].examples == ["a"]
    assert found["registry: point outside Liaoning"].examples == ["b"]
    assert found["registry: credit code does not check"].examples == ["a"]
    assert found["registry: unknown sector"].examples == ["b"]
    assert found["registry: unknown district"].examples == ["c"]
    assert found["registry: position without a radius"].examples == ["b"]


def test_check_finds_counts_that_were_bypassed(
    atlas: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    with atlas.writer() as writer:
        writer.upsert_enterprises(firms(adcode=["210102"]))
    with atlas._reading() as session:
        session.run("UPDATE enterprises SET adcode = '210103' WHERE enterprise_id = 'a'")
    assert any("counts differ" in finding.text for finding in check_store(atlas))


def test_report_is_grouped_by_level(atlas: GeoPackageStore) -> None:
    lines = report_lines(check_store(atlas))
    levels = [line for line in lines if not line.startswith(" ")]
    assert levels == sorted(levels, key=["missing:", "doubtful:", "contradictory:"].index)


def test_report_of_nothing_says_so() -> None:
    assert report_lines([]) == ["nothing missing, doubtful or contradictory"]
