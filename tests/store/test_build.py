import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely

from clusteratlas import data
from clusteratlas.store import open_store
from clusteratlas.store.build import anchor_frame, build_store
from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.placing import MISPLACED, OUTSIDE, Ground, place


def test_build_holds_every_shipped_row(atlas: GeoPackageStore) -> None:
    summary = atlas.summary()
    assert summary["collections"]["enterprises"] == len(data.load_enterprises())
    assert summary["collections"]["parks"] == len(data.load_parks())
    assert summary["collections"]["districts"] == 100
    assert summary["collections"]["cities"] == 14
    assert summary["tables"]["sectors"] == 35
    assert summary["tables"]["mentions"] == len(data.load_mentions())


def test_build_twice_changes_nothing(atlas: GeoPackageStore) -> None:
    version = atlas.version()
    summary = build_store(atlas)
    assert not summary.changed
    assert summary.enterprises.unchanged == summary.enterprises.read
    assert atlas.version() == version


def test_build_keeps_registry_firms_and_drops_lost_anchors(
    atlas: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    rows = firms(enterprise_id=["firm", "lost"], origin=["registry", "anchor"])
    with atlas.writer() as writer:
        writer.upsert_enterprises(rows)
    assert build_store(atlas).removed == 1
    assert atlas.enterprise("firm") is not None
    assert atlas.enterprise("lost") is None


def test_no_point_lies_outside_liaoning(atlas: GeoPackageStore) -> None:
    points = atlas.collection("enterprises").dropna(subset=["lon"])
    province = shapely.union_all(atlas.collection("districts").geometry.to_numpy())
    assert shapely.intersects(province, points.geometry.to_numpy()).all()


def test_points_lie_in_their_district_or_the_row_says_so(atlas: GeoPackageStore) -> None:
    points = atlas.collection("enterprises").dropna(subset=["lon"])
    points = points[points["adcode"].ne("")]
    districts = atlas.collection("districts").set_index("adcode").geometry
    inside = shapely.intersects(
        districts.reindex(points["adcode"]).to_numpy(), points.geometry.to_numpy()
    )
    flagged = points["note"].str.contains(MISPLACED, regex=False).to_numpy()
    assert (inside | flagged).all()
    assert not (inside & flagged).any()


def test_sector_scores_are_as_many_as_sectors() -> None:
    frame = anchor_frame()
    for sectors, scores in zip(frame["sectors"], frame["sector_scores"], strict=True):
        assert len(sectors.split(";")) == len(scores.split(";"))


def nowhere(firms: pd.DataFrame) -> pd.DataFrame:
    columns = ("adcode", "district", "city", "zone", "evidence", "membership", "provider")
    blank = pd.DataFrame("", index=firms.index, columns=list(columns))
    return blank.assign(lon=float("nan"), lat=float("nan"), radius_m=float("nan")).assign(
        precision="none", confidence=0.0
    )


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground(data.load_districts(), data.load_parks())


def one(**values: float | str) -> pd.DataFrame:
    row = anchor_frame().head(1).drop(columns="note").assign(note="")
    return row.assign(adcode="", district="", city="", zone="", address="", **values)


def test_point_outside_liaoning_is_dropped_and_noted(ground: Ground) -> None:
    placed = place(one(lon=116.4, lat=39.9, radius_m=10.0), ground, nowhere).iloc[0]
    assert pd.isna(placed["lon"])
    assert placed["precision"] == "none"
    assert OUTSIDE in placed["note"]


def test_point_in_another_district_is_flagged(ground: Ground) -> None:
    row = one(lon=123.43, lat=41.79, radius_m=50.0, precision="site").assign(adcode="210203")
    placed = place(row, ground, nowhere).iloc[0]
    assert placed["adcode"] == "210203"
    assert MISPLACED in placed["note"]
    assert placed["lon"] == 123.43


def test_silent_record_takes_the_district_of_its_point(ground: Ground) -> None:
    placed = place(one(lon=123.43, lat=41.79, radius_m=50.0, precision="site"), ground, nowhere)
    assert placed.iloc[0]["adcode"].startswith("2101")
    assert placed.iloc[0]["city"] == "沈阳市"
    assert placed.iloc[0]["note"] == ""


def test_named_park_makes_a_member(ground: Ground) -> None:
    park = ground.parks.iloc[0]
    row = one(lon=float("nan"), lat=float("nan")).assign(address=f"沈阳市{park['name']}1号")
    assert place(row, ground, nowhere).iloc[0]["park_ids"] == park["park_id"]


def test_summary_is_json(atlas: GeoPackageStore) -> None:
    assert json.loads(json.dumps(atlas.summary()))["version"] == atlas.version()


def test_reader_opens_beside_the_builder(atlas: GeoPackageStore) -> None:
    with open_store(atlas.url) as reader:
        assert reader.version() == atlas.version()


def test_corrected_anchor_is_linked_anew(
    atlas: GeoPackageStore, firms: Callable[..., pd.DataFrame]
) -> None:
    anchor = atlas.collection("enterprises").query("origin == 'anchor' and uscc != ''").iloc[0]
    with atlas.writer() as writer:
        writer.upsert_enterprises(firms(uscc=[anchor["uscc"]], name=[anchor["legal_name"]]))
        row = pd.DataFrame(anchor_frame().query("enterprise_id == @anchor.enterprise_id"))
        writer.upsert_enterprises(row.assign(note="corrected"))
    build_store(atlas)
    assert atlas.links("a")["anchor_id"].tolist() == [anchor["enterprise_id"]]
    version = atlas.version()
    build_store(atlas)
    assert atlas.version() == version


def test_layers_of_polygons_say_so(built_path: Path) -> None:
    layers = dict(pyogrio.list_layers(built_path))
    assert layers["districts"] == "MultiPolygon"
    assert layers["cities"] == "MultiPolygon"
