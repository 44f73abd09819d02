"""Figures for documents: format, resolution, font, names that keep apart."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image
from pypdf import PdfReader

from clusteratlas.data import load_cities, load_districts, load_enterprises, load_sectors
from clusteratlas.errors import InputError
from clusteratlas.maps import MapOptions, find_region
from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.figure import draw_figure, save_figure
from clusteratlas.maps.figure_ground import draw_scale_bar, metres_per_point, points
from clusteratlas.maps.figure_insets import GAIN_MIN, find_insets
from clusteratlas.maps.figure_marks import mark_boxes
from clusteratlas.maps.figure_text import MARK_POINTS, draw_counts, draw_labels
from clusteratlas.maps.fonts import FONT_FAMILY, font_at, font_path
from clusteratlas.maps.themes import choropleth, growth, surroundings

OPTIONS = MapOptions(
    title={"zh": "沈阳市产业集群图", "en": "Clusters of Shenyang"},
    drawn_on=date(2026, 1, 2),
    approval_number="辽S(2026)001号",
)


def test_png_has_300_dpi_on_a4(shipped: MapFrames, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    save_figure(path, shipped, OPTIONS, region=find_region(shipped.districts, city="沈阳"))
    with Image.open(path) as picture:
        assert picture.size == (3507, 2481)
        assert [round(value) for value in picture.info["dpi"]] == [300, 300]
        assert len(picture.convert("RGB").resize((200, 140)).getcolors(28_000) or []) > 50


def test_pdf_embeds_the_font_and_says_the_title(shipped: MapFrames, tmp_path: Path) -> None:
    path = tmp_path / "map.pdf"
    save_figure(path, shipped, OPTIONS, region=find_region(shipped.districts, city="沈阳"))
    page = PdfReader(path).pages[0]
    text = page.extract_text()
    for words in ("沈阳市产业集群图", "审图号", "浑南区", "2026-01-02"):
        assert words in text


def test_figure_without_marks_does_not_speak_of_them(shipped: MapFrames, tmp_path: Path) -> None:
    region = find_region(shipped.districts, city="沈阳")
    theme = choropleth({"210112": 3.0, "210106": 1.0}, {"zh": "值", "en": "Value"})
    save_figure(
        tmp_path / "map.pdf",
        shipped,
        replace(OPTIONS, layers=("names",)),
        region=region,
        theme=theme,
    )
    text = PdfReader(tmp_path / "map.pdf").pages[0].extract_text()
    assert "界线示意" in text
    assert "空心标记" not in text


def test_svg_needs_no_font(shipped: MapFrames, tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    region = find_region(shipped.districts, city="沈阳")
    theme = choropleth({"210112": 3.0, "210106": 1.0}, {"zh": "值", "en": "Value"})
    save_figure(path, shipped, OPTIONS, region=region, theme=theme)
    content = path.read_text(encoding="utf-8")
    assert content.count("<path") > 50
    assert "<text" not in content


def test_other_ending_is_refused(shipped: MapFrames, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        save_figure(tmp_path / "map.tiff", shipped, OPTIONS)


def test_names_on_the_figure_keep_apart(shipped: MapFrames) -> None:
    chart = draw_figure(shipped, OPTIONS)
    axes = chart.axes[0]
    renderer = chart.canvas.get_renderer()
    names = set(load_districts()["name"]) | set(load_cities()["name"])
    boxes = [
        text.get_window_extent(renderer)
        for text in axes.texts
        if text.get_text() in names and not text.get_path_effects()
    ]
    assert len(boxes) > 60
    hits = sum(
        a.shrunk(0.94, 0.8).overlaps(b.shrunk(0.94, 0.8))
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
    )
    assert hits == 0


def test_crowded_parts_are_drawn_larger_where_nothing_is_hidden(shipped: MapFrames) -> None:
    chart = draw_figure(shipped, OPTIONS)
    main, *others = chart.axes
    insets = [axes for axes in others if axes.get_zorder() == 10]
    assert len(insets) == 2  # Shenyang and Dalian
    anchors = shipped.enterprises[shipped.enterprises["lon"].notna()]
    marks = main.transData.transform(points(anchors))
    for inset in insets:
        box = inset.get_window_extent()
        assert not any(box.contains(x, y) for x, y in marks)
        assert main.get_window_extent().contains(*box.p0)
        assert metres_per_point(inset) < metres_per_point(main) / GAIN_MIN
    assert not insets[0].get_window_extent().overlaps(insets[1].get_window_extent())
    letters = [text.get_text() for text in main.texts]
    assert {"A", "B"} <= set(letters)


def test_marks_on_one_spot_need_no_inset() -> None:
    chart = Figure(figsize=(8, 8))
    axes = chart.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 400_000), ylim=(0, 400_000))
    land = shapely.box(150_000, 150_000, 250_000, 250_000)
    same = np.full((40, 2), 200_000.0)
    assert find_insets(axes, same, land) == []
    apart = same + np.arange(40)[:, None] * np.array([250.0, 0.0])
    (inset,) = find_insets(axes, apart, land)
    assert not shapely.box(*inset.place).intersects(land)
    assert shapely.box(*inset.window).contains(shapely.MultiPoint(apart))


def _texts(chart: Any) -> list[Any]:
    return [text for axes in chart.axes for text in axes.texts]


def test_names_keep_off_the_scale_bar() -> None:
    chart = Figure(figsize=(4, 4))
    axes = chart.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 60_000)
    axes.set_ylim(0, 60_000)
    bar = draw_scale_bar(axes, font_at(6))
    middle = ((bar[0] + bar[2]) / 2, (bar[1] + bar[3]) / 2)
    draw_labels(axes, [("苏家屯区", *middle, False)], [bar], font_at(7))
    name = next(text for text in axes.texts if text.get_text() == "苏家屯区")
    assert not (bar[0] < name.get_position()[0] < bar[2] and name.get_position()[1] < bar[3])


def test_number_of_marks_on_one_spot_stands_beside_every_mark() -> None:
    chart = Figure(figsize=(4, 4))
    axes = chart.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 60_000)
    axes.set_ylim(0, 60_000)
    near = 1.2 * MARK_POINTS * metres_per_point(axes)
    spots = np.array([[30e3, 30e3], [30e3, 30e3], [30e3 + near, 30e3 + near], [30e3 + near, 30e3]])
    marks = mark_boxes(axes, spots)
    (box,) = draw_counts(axes, spots, marks, font_at(6))
    assert [text.get_text() for text in axes.texts] == ["×2"]
    for west, south, east, north in marks:
        assert box[2] <= west or box[0] >= east or box[3] <= south or box[1] >= north


def test_map_of_a_district_names_its_parks(shipped: MapFrames) -> None:
    region = find_region(shipped.districts, district="法库县")
    parks = shipped.parks[shipped.parks["adcode"] == region.adcode]
    written = {text.get_text() for text in _texts(draw_figure(shipped, OPTIONS, region=region))}
    assert set(parks["name"]) <= written
    city = find_region(shipped.districts, city="沈阳")
    of_city = {text.get_text() for text in _texts(draw_figure(shipped, OPTIONS, region=city))}
    assert not set(parks["name"]) & of_city


def test_map_of_a_district_names_its_neighbours_and_explains_only_what_it_shows(
    shipped: MapFrames,
) -> None:
    region = find_region(shipped.districts, district="大东区")
    frames = replace(shipped, parks=shipped.parks.iloc[:0])
    written = {text.get_text() for text in _texts(draw_figure(frames, OPTIONS, region=region))}
    assert {"大东区", "皇姑区", "沈河区", "浑南区"} <= written
    assert not {text for text in written if "园区（" in text or text.startswith("登记企业")}
    assert "重点企业与院所（数字为家数）" in written


def test_rings_say_how_far_they_are(shipped: MapFrames) -> None:
    theme = surroundings(123.42, 41.73, rings=(10_000, 500_000))
    chart = draw_figure(shipped, OPTIONS, theme=theme)
    assert "10 km" in {text.get_text() for text in _texts(chart)}
    assert "500 km" not in {text.get_text() for text in _texts(chart)}


def test_districts_without_a_registered_firm_count_nought_in_every_form() -> None:
    totals = pd.DataFrame({"adcode": ["210112"], "year": [1999], "n": [7]})
    areas = growth(totals, codes=("210112", "210113")).areas
    assert areas is not None
    assert areas["values"] == {"210112": 7.0, "210113": 0.0}


def test_a_hull_of_several_parts_is_drawn(shipped: MapFrames, tmp_path: Path) -> None:
    parts = shapely.MultiPolygon(
        [shapely.box(121.5, 38.9, 121.6, 39.0), shapely.box(121.7, 38.9, 121.8, 39.0)]
    )
    hulls = gpd.GeoDataFrame({"sector": ["software"], "n": [9]}, geometry=[parts], crs="EPSG:4326")
    options = replace(OPTIONS, layers=(*OPTIONS.layers, "hulls"))
    save_figure(tmp_path / "map.png", replace(shipped, clusters=hulls), options)
    assert (tmp_path / "map.png").stat().st_size > 100_000


def test_font_has_every_character_of_the_shipped_names() -> None:
    with TTFont(font_path()) as font:
        assert font["name"].getDebugName(1) == FONT_FAMILY
        known = set(font.getBestCmap())
    tables = (load_districts(), load_cities(), load_enterprises())
    used = {sign for table in tables for name in table["name"] for sign in name}
    used |= {sign for name in load_sectors()["name_zh"] for sign in name}
    used |= set("错位集聚区位商同质化（）〔〕“”、，。：；—…℃㎡0123456789ABCxyz")
    assert not {sign for sign in used if ord(sign) not in known}


def test_font_is_small_enough_to_ship() -> None:
    assert font_path().stat().st_size < 3_000_000
    assert (font_path().parent / "OFL-NotoSansSC.txt").is_file()
