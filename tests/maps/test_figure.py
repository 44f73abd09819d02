"""Figures for documents: format, resolution, font, names that keep apart."""

from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

from clusteratlas.data import load_cities, load_districts, load_enterprises, load_sectors
from clusteratlas.errors import InputError
from clusteratlas.maps import MapOptions, find_region
from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.figure import draw_figure, save_figure
from clusteratlas.maps.fonts import FONT_FAMILY, font_path
from clusteratlas.maps.themes import choropleth

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
