import json
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from clusteratlas.errors import InputError
from clusteratlas.store import Selection
from clusteratlas.store.export import FORMATS, ExportOptions, export_collection
from clusteratlas.store.geopackage import GeoPackageStore

TABULAR = tuple(form for form in FORMATS if form != "pmtiles")  # tiles: test_pmtiles.py
DANGEROUS = '=HYPERLINK("http://x")'


@pytest.fixture
def small(empty: GeoPackageStore, firms: Callable[..., pd.DataFrame]) -> GeoPackageStore:
    rows = firms(
        name=["甲公司", DANGEROUS, "@丙"],
        lon=[123.4, 121.6, None],
        lat=[41.8, 38.9, None],
        scope=["长" * 300, "a\nb", "\x0b"],
        capital=[1.5, None, -3.0],
    )
    with empty.writer() as writer:
        writer.upsert_enterprises(rows)
    return empty


def read(path: Path) -> pd.DataFrame:
    if path.name.endswith(".csv"):
        return pd.read_csv(path, dtype=str)
    if path.name.endswith(".xlsx"):
        return pd.read_excel(path, dtype=str)
    if path.name.endswith(".parquet"):
        return pd.DataFrame(gpd.read_parquet(path))
    return pd.DataFrame(gpd.read_file(path))


@pytest.mark.parametrize("form", TABULAR)
def test_every_format_comes_back(small: GeoPackageStore, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    assert export_collection(small, "enterprises", path) == 3
    back = read(path)
    assert len(back) == 3
    assert back["name"].iloc[0] == "甲公司"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@pytest.mark.parametrize("form", ["geojson", "gpkg", "parquet", "shp.zip"])
def test_geographic_formats_carry_points(small: GeoPackageStore, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    export_collection(small, "enterprises", path)
    layer = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path)
    assert layer.crs.to_epsg() == 4326
    assert (layer.geometry.iloc[1].x, layer.geometry.iloc[1].y) == (121.6, 38.9)
    assert layer.geometry.iloc[2] is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_formulas_are_defused(small: GeoPackageStore, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    export_collection(small, "enterprises", path)
    assert read(path)["name"].tolist() == ["甲公司", f"'{DANGEROUS}", "'@丙"]


def test_numbers_are_not_taken_for_formulas(small: GeoPackageStore, tmp_path: Path) -> None:
    export_collection(small, "enterprises", tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    header = [cell.value for cell in sheet[1]]
    assert sheet.cell(4, header.index("capital") + 1).value == -3.0


@pytest.mark.parametrize(("bom", "start"), [(True, b"\xef\xbb\xbf"), (False, b"fid")])
def test_csv_begins_with_a_mark_if_wanted(
    small: GeoPackageStore, tmp_path: Path, bom: bool, start: bytes
) -> None:
    export_collection(small, "enterprises", tmp_path / "out.csv", options=ExportOptions(bom=bom))
    assert (tmp_path / "out.csv").read_bytes().startswith(start)


def test_geojson_is_rfc_7946(atlas: GeoPackageStore, tmp_path: Path) -> None:
    export_collection(atlas, "districts", tmp_path / "out.geojson")
    found = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert len(found["features"]) == 100
    ring = found["features"][0]["geometry"]["coordinates"][0][0]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert area > 0  # the outer ring runs counterclockwise


def test_crs_moves_the_geometries(small: GeoPackageStore, tmp_path: Path) -> None:
    options = ExportOptions(crs="EPSG:3857")
    export_collection(small, "enterprises", tmp_path / "out.gpkg", options=options)
    layer = gpd.read_file(tmp_path / "out.gpkg")
    assert layer.crs.to_epsg() == 3857
    assert layer.geometry.iloc[0].x == pytest.approx(123.4 * 20037508.342789244 / 180)
    assert layer["lon"].iloc[0] == 123.4


def test_datum_moves_the_columns_and_says_so(small: GeoPackageStore, tmp_path: Path) -> None:
    options = ExportOptions(datum="gcj02")
    export_collection(small, "enterprises", tmp_path / "out.csv", options=options)
    back = pd.read_csv(tmp_path / "out.csv")
    assert set(back["datum"]) == {"gcj02"}
    assert 0.001 < back["lon"].iloc[0] - 123.4 < 0.01


def test_selection_narrows(small: GeoPackageStore, tmp_path: Path) -> None:
    options = ExportOptions(selection=Selection(bbox=(121, 38, 122, 39)))
    assert export_collection(small, "enterprises", tmp_path / "o.csv", options=options) == 1


@pytest.mark.parametrize("form", TABULAR)
def test_nothing_selected_gives_an_empty_file_with_columns(
    small: GeoPackageStore, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out.{form}"
    options = ExportOptions(selection=Selection(adcodes=("000000",)))
    assert export_collection(small, "enterprises", path, options=options) == 0
    assert len(read(path)) == 0


def test_shapefile_of_points_and_areas_has_both(atlas: GeoPackageStore, tmp_path: Path) -> None:
    export_collection(atlas, "parks", tmp_path / "parks.shp.zip")
    with zipfile.ZipFile(tmp_path / "parks.shp.zip") as archive:
        names = archive.namelist()
    assert {"parks_areas.shp", "parks_points.shp", "parks_areas.cpg"} <= set(names)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_tables_are_exported(atlas: GeoPackageStore, tmp_path: Path, form: str) -> None:
    assert export_collection(atlas, "sectors", tmp_path / f"sectors.{form}") == 35


@pytest.mark.parametrize(
    ("name", "file", "options"),
    [
        ("firms", "o.csv", ExportOptions()),
        ("enterprises", "o.pdf", ExportOptions()),
        ("sectors", "o.gpkg", ExportOptions()),
        ("enterprises", "o.gpkg", ExportOptions(crs="EPSG:99999")),
        ("enterprises", "o.geojson", ExportOptions(crs="EPSG:3857")),
        ("enterprises", "o.gpkg", ExportOptions(datum="gcj02")),
        ("enterprises", "o.csv", ExportOptions(datum="mars")),  # type: ignore[arg-type]
    ],
)
def test_wrong_wishes_are_refused_and_leave_nothing(
    small: GeoPackageStore, tmp_path: Path, name: str, file: str, options: ExportOptions
) -> None:
    out = tmp_path / "exports" / file
    with pytest.raises(InputError):
        export_collection(small, name, out, options=options)
    assert not out.exists()
