"""The gazetteer as data: inside its districts, keyed, sourced, and right where it can be told."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import shapely

from clusteratlas.data import data_path, load_districts
from clusteratlas.geo.distance import distance_m

Row = dict[str, str]
FOLDER = Path(data_path("districts.geojson")).parent / "gazetteer"
TABLES = ("zones", "townships", "roads", "sites")
BIG_ZONES = {
    "沈阳经济技术开发区": "210106",
    "沈阳高新技术产业开发区": "210112",
    "大连经济技术开发区": "210213",
    "大连保税区": "210213",
    "大连长兴岛经济技术开发区": "210281",
    "大连花园口经济区": "210283",
    "大连旅顺经济开发区": "210212",
    "沈阳棋盘山国际风景旅游开发区": "210112",
    "沈阳近海经济区": "210115",
    "沈阳道义经济开发区": "210113",
    "沈阳胡台新城": "210181",
}


def read(table: str) -> list[Row]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def codes(row: Row) -> list[str]:
    return [part.partition(":")[0] for part in (row.get("adcodes") or row["adcode"]).split(";")]


@pytest.fixture(scope="module")
def polygons() -> dict[str, shapely.Geometry]:
    districts = load_districts()
    return dict(zip(districts["adcode"], districts.geometry, strict=True))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("x", "y"), [("lon", "lat"), ("lon2", "lat2")])
def test_every_point_lies_in_its_district(
    table: str, x: str, y: str, polygons: dict[str, shapely.Geometry]
) -> None:
    outside = [
        row["name"]
        for row in read(table)
        if row.get(x)
        and not any(
            polygons[code].contains(shapely.Point(float(row[x]), float(row[y])))
            for code in codes(row)
        )
    ]
    assert outside == []


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_keyed_sourced_and_bounded(
    table: str, polygons: dict[str, shapely.Geometry]
) -> None:
    rows = read(table)
    key = {"zones": ["zone_id"], "townships": ["code"], "sites": ["name", "adcode"]}.get(
        table, ["name", "adcode", "zone_id", "township"]
    )
    repeated = [k for k, n in Counter(tuple(row[c] for c in key) for row in rows).items() if n > 1]
    assert repeated == []
    for row in rows:
        assert row["source"], row["name"]
        assert row["licence"] in {"Apache-2.0", "CC-BY-4.0", "MIT"}, row["name"]
        assert set(codes(row)) <= set(polygons), row["name"]
        assert bool(row["lon"]) == bool(row["lat"]), row["name"]
        if row["lon"]:
            assert 100 <= int(row["radius_m"]) <= 20_000, row["name"]


def test_the_readme_counts_the_rows() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for table in TABLES:
        rows = read(table)
        placed = sum(bool(row["lon"]) for row in rows)
        assert f"| `{table}.csv` | {len(rows):,} | {placed:,} |" in text


def test_no_alias_stands_for_two_zones() -> None:
    names = Counter(
        name for row in read("zones") for name in {row["name"], *row["aliases"].split(";")} - {""}
    )
    assert [name for name, n in names.items() if n > 1] == []


def test_numbered_roads_have_two_ends() -> None:
    for row in read("roads"):
        numbered = bool(row["number_from"])
        assert numbered == bool(row["number_to"]), row["name"]
        assert not numbered or (row["lon2"] and row["number_from"] != row["number_to"]), row["name"]


def test_shares_of_straddling_zones_add_up() -> None:
    for row in read("zones"):
        parts = row["adcodes"].split(";")
        if len(parts) > 1:
            assert sum(float(part.partition(":")[2]) for part in parts) == pytest.approx(1), row[
                "name"
            ]


def test_big_zones_are_there_in_their_district() -> None:
    zones = {row["name"]: row for row in read("zones")}
    for name, code in BIG_ZONES.items():
        assert code in codes(zones[name])
        assert zones[name]["lon"]


def test_all_townships_are_listed_and_those_of_the_two_cities_placed() -> None:
    rows = read("townships")
    assert len(rows) == 1357
    assert all(row["code"][:6] == row["adcode"] for row in rows)
    of_the_two = [row for row in rows if row["adcode"].startswith(("2101", "2102"))]
    assert [row["name"] for row in of_the_two if not row["lon"]] == []


@pytest.mark.parametrize(
    ("name", "adcode", "lon", "lat", "within_m"),
    [
        # metro stations that stand at a crossing of the road with another one
        ("建设东路", "210106", 123.3646, 41.7917, 900),  # 铁西广场
        ("十一纬路", "210102", 123.4138, 41.7870, 500),  # 南市场
        ("太湖街", "210114", 123.2998, 41.7919, 900),  # 于洪广场
        ("沈大路", "210114", 123.3038, 41.7993, 1000),  # 迎宾路
        ("人民路", "210202", 121.6552, 38.9258, 900),  # 港湾广场
        ("西安路", "210204", 121.5821, 38.9086, 900),  # 西安路
        ("松江路", "210211", 121.5730, 38.9681, 900),  # 松江路
    ],
)
def test_roads_pass_known_crossings(
    name: str, adcode: str, lon: float, lat: float, within_m: float
) -> None:
    row = next(r for r in read("roads") if r["name"] == name and r["adcode"] == adcode)
    ends = [(row["lon"], row["lat"]), (row["lon2"] or row["lon"], row["lat2"] or row["lat"])]
    steps = [
        tuple(float(a) + (float(b) - float(a)) * k / 20 for a, b in zip(*ends, strict=True))
        for k in range(21)
    ]
    assert min(float(distance_m(x, y, lon, lat)) for x, y in steps) < within_m
