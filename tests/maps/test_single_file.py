"""The file in a browser without a network: all there, nothing asked for, nothing run that is data."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box
from tests.maps.conftest import HOSTILE, Visit

from clusteratlas.maps import MapOptions, find_region, map_html, save_map
from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.themes import Theme, choropleth, growth, leading, overlap_links, surface

pytestmark = pytest.mark.browser

OPTIONS = MapOptions(
    title={"zh": "辽宁省产业集群图", "en": "Clusters of Liaoning"}, drawn_on=date(2026, 1, 2)
)
Opener = Callable[..., Visit]


@pytest.fixture(scope="module")
def whole_map(shipped: MapFrames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("maps") / "whole.html"
    save_map(path, shipped, OPTIONS)
    return path


def test_map_without_network_shows_everything_resolved(
    visit: Opener, whole_map: Path, shipped: MapFrames, tmp_path: Path
) -> None:
    seen = visit(whole_map)
    counts = seen.counts()
    resolved = int(shipped.enterprises["lon"].notna().sum())
    placed = int((~(shipped.parks.geometry.isna() | shipped.parks.geometry.is_empty)).sum())
    assert counts["anchors"] == resolved
    assert counts["drawn"] == [resolved]
    assert counts["parks"] == placed
    assert counts["districts"] == len(shipped.districts) == 100
    lost = len(shipped.enterprises) - resolved + len(shipped.parks) - placed
    assert counts["unplaced"] == lost
    assert seen.page.locator(".ca-park-mark").count() == placed
    assert seen.complaints == []
    assert seen.requests == [whole_map.absolute().as_uri()]
    picture = seen.page.screenshot(path=tmp_path / "whole.png")
    assert len(picture) > 50_000


def test_panel_names_title_date_source_scale_and_north(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    panel = page.locator(".ca-panel").inner_text()
    for text in (
        "辽宁省产业集群图",
        "2026-01-02",
        "数据来源",
        "高端装备制造",
        "新能源汽车",
        "图注",
    ):
        assert text in panel
    assert "审图号" not in panel  # no number, no line
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("km")
    assert page.locator(".ca-north svg").count() == 1


def test_approval_number_is_printed(visit: Opener, shipped: MapFrames, tmp_path: Path) -> None:
    options = MapOptions(title=OPTIONS.title, approval_number="辽S(2026)001号")
    save_map(tmp_path / "a.html", shipped, options)
    assert (
        "审图号：辽S(2026)001号"
        in visit(tmp_path / "a.html").page.locator(".ca-sources").inner_text()
    )


FINDS = {
    "新松": "新松",
    "xinsong": "新松",
    "xsjqr": "新松机器人",
    "faku": "法库县",
    "fkx": "法库县",
    "海洋工程装备": "海洋工程装备",
    "ZHONGDE": "中德装备园",
}


def test_search_finds_by_name_alias_pinyin(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    for typed, found in FINDS.items():
        page.fill(".ca-search input", typed)
        page.locator(".ca-hits li", has_text=found).first.wait_for(timeout=5_000)


def test_search_finds_what_has_no_position(
    visit: Opener, whole_map: Path, shipped: MapFrames
) -> None:
    name = shipped.enterprises.loc[shipped.enterprises["lon"].isna(), "name"].iloc[0]
    page = visit(whole_map).page
    page.fill(".ca-search input", name)
    page.wait_for_selector(".ca-hits li")
    page.keyboard.press("Enter")
    assert name in page.locator(".ca-unplaced li.ca-found").inner_text()


def test_search_for_a_park_shows_its_whole_circle_and_its_source_in_words(
    visit: Opener, whole_map: Path
) -> None:
    page = visit(whole_map).page
    page.evaluate("() => atlasPage.map.setView([41.733, 123.42], 16, {animate: false})")
    page.fill(".ca-search input", "法库陶瓷产业园")
    page.wait_for_selector(".ca-hits li")
    page.keyboard.press("Enter")
    west, east = page.evaluate(
        "() => { const b = atlasPage.map.getBounds(); return [b.getWest(), b.getEast()]; }"
    )
    degrees = 8_000 / (111_320 * 0.738)  # the park's radius at 42.4 degrees north
    assert west < 123.4 - degrees < 123.4 + degrees < east
    card = page.locator(".ca-card").inner_text()
    assert "据公开常识，未核实" in card
    assert "误差半径" in card
    assert "标记中的数字是产业" in page.locator(".ca-reading").inner_text()


def test_names_of_marks_that_are_switched_off_go_with_them(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    names = "() => atlasPage.layers.names.placed.map(label => label.text)"
    page.evaluate("() => atlasPage.map.setView([41.733, 123.42], 14, {animate: false})")
    page.wait_for_function(f"() => ({names})().includes('新松机器人自动化股份有限公司')")
    page.get_by_role("button", name="全不选").click()
    page.wait_for_function(f"() => !({names})().includes('新松机器人自动化股份有限公司')")


def test_significant_clusters_are_drawn_and_open_a_card(
    visit: Opener, shipped: MapFrames, tmp_path: Path
) -> None:
    hull = gpd.GeoDataFrame(
        {"sector": ["robotics"], "n": [6], "n_possible": [1], "strength": [7.6], "p_value": [0.01]},
        geometry=[box(122.2, 42.3, 122.6, 42.6)],  # 彰武县, where no mark is in the way
        crs="EPSG:4326",
    )
    save_map(tmp_path / "c.html", replace(shipped, clusters=hull), OPTIONS)
    seen = visit(tmp_path / "c.html")
    page = seen.page
    assert page.locator("path.ca-hull").count() == 1
    point = page.evaluate(
        "() => { const p = atlasPage.map.latLngToContainerPoint([42.45, 122.4]); return [p.x, p.y]; }"
    )
    page.mouse.click(*point)
    assert "7.60" in page.locator(".ca-card").inner_text()
    page.get_by_role("button", name="全不选").click()
    assert page.locator("path.ca-hull").count() == 0
    assert seen.complaints == []


def test_search_hit_opens_the_card_with_clause_and_precision(
    visit: Opener, whole_map: Path, shipped: MapFrames
) -> None:
    placed = shipped.enterprises[shipped.enterprises["lon"].notna()]
    named = placed[placed["enterprise_id"].isin(shipped.mentions["enterprise_id"])].iloc[0]
    page = visit(whole_map).page
    page.fill(".ca-search input", named["name"])
    page.wait_for_selector(".ca-hits li")
    page.keyboard.press("Enter")
    card = page.locator(".ca-card").inner_text()
    assert named["name"] in card
    assert "位置精度" in card
    assert "辽政发〔2015〕25号" in card
    assert page.locator("path.ca-halo").count() == 1


def test_click_on_district_opens_its_card(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    page.evaluate("() => { atlasPage.map.setView([42.2, 122.9], 9, {animate: false}); }")
    spot = page.evaluate(
        "() => { const p = atlasPage.map.latLngToContainerPoint([42.05, 122.85]); return [p.x, p.y]; }"
    )
    page.mouse.click(*spot)
    assert "新民市" in page.locator(".ca-card").inner_text()


def test_switching_a_field_off_hides_its_firms(visit: Opener, whole_map: Path) -> None:
    seen = visit(whole_map)
    before = seen.counts()["drawn"][0]
    seen.page.get_by_label("高端装备制造").first.uncheck()
    after = seen.counts()["drawn"][0]
    assert 0 < after < before
    seen.page.get_by_role("button", name="全不选").click()
    assert seen.counts()["drawn"] == [0]
    seen.page.get_by_role("button", name="全选").click()
    assert seen.counts()["drawn"] == [before]


def test_language_button_switches_all_words(visit: Opener, whole_map: Path) -> None:
    seen = visit(whole_map)
    seen.page.get_by_role("button", name="Switch to English").click()
    panel = seen.page.locator(".ca-panel").inner_text()
    assert "Clusters of Liaoning" in panel
    assert "New materials" in panel
    assert seen.page.locator(".leaflet-control-scale").count() == 1
    assert seen.complaints == []


def test_labels_do_not_collide(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    for zoom in (7, 9, 11, 13):
        page.evaluate(
            f"() => {{ atlasPage.map.setView([41.8, 123.4], {zoom}, {{animate: false}}); }}"
        )
        boxes = page.evaluate("() => atlasPage.layers.names.placed.map(label => label.box)")
        assert boxes
        for at, first in enumerate(boxes):
            for other in boxes[at + 1 :]:
                apart = (
                    first[0] >= other[2]
                    or first[2] <= other[0]
                    or first[1] >= other[3]
                    or first[3] <= other[1]
                )
                assert apart


def test_hostile_names_are_text(visit: Opener, hostile: MapFrames, tmp_path: Path) -> None:
    options = MapOptions(
        title={"zh": HOSTILE[0], "en": HOSTILE[1]}, approval_number=HOSTILE[1], loose=True
    )
    path = tmp_path / "hostile.html"
    save_map(path, hostile, options)
    seen = visit(path)
    page = seen.page
    assert page.locator(".ca-head h1").inner_text() == HOSTILE[0]
    for index in range(len(HOSTILE)):
        page.evaluate(f"() => {{ atlasPage.openFirm({index}); }}")
    page.evaluate("() => { atlasPage.openPark(0); }")
    assert HOSTILE[0] in page.locator(".ca-card").last.inner_text()
    page.fill(".ca-search input", "<img")
    page.wait_for_selector(".ca-hits li")
    assert HOSTILE[0] in page.locator(".ca-hits").inner_text()
    page.keyboard.press("Enter")
    assert "onerror" in page.locator(".ca-card").last.inner_text()
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.pwned") is None
    assert page.locator("img[src='x']").count() == 0
    assert seen.complaints == []


def test_injected_markup_could_not_run(visit: Opener, whole_map: Path) -> None:
    page = visit(whole_map).page
    page.evaluate(
        "() => { const markup = '<img src=data:, onerror=\"window.pwned=1\">';"
        " document.body.insertAdjacentHTML('beforeend', markup); }"
    )
    page.wait_for_timeout(150)
    assert page.evaluate("() => window.pwned") is None


def test_page_opens_without_decompression_streams(
    browser: object, whole_map: Path, tmp_path: Path, shipped: MapFrames
) -> None:
    context = browser.new_context()  # type: ignore[attr-defined]
    context.set_offline(True)
    context.add_init_script("delete window.DecompressionStream;")
    seen = Visit(context.new_page()).open(whole_map)
    assert seen.counts()["anchors"] == int(shipped.enterprises["lon"].notna().sum())
    assert seen.complaints == []
    context.close()


def _themes(shipped: MapFrames) -> dict[str, Theme]:
    import pandas as pd

    codes = shipped.districts["adcode"].tolist()
    pairs = pd.DataFrame(
        {"a": ["210112", "210113"], "b": ["210106", "210124"], "weight": [0.7, 0.2]}
    )
    totals = pd.DataFrame({"adcode": codes[:9], "year": range(1990, 1999), "n": range(1, 10)})
    label = {"zh": "企业数", "en": "Firms"}
    return {
        "choropleth": choropleth({code: at for at, code in enumerate(codes[:60])}, label),
        "stagger": leading({"210112": "robotics", "210106": "nev"}, shipped.sectors, label).merged(
            overlap_links(pairs, label)
        ),
        "growth": growth(totals),
        "heat": surface("heat"),
        "hex": surface("hex"),
    }


@pytest.mark.parametrize("kind", ["choropleth", "stagger", "growth", "heat", "hex"])
def test_every_theme_opens_without_network(
    visit: Opener, shipped: MapFrames, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.html"
    save_map(path, shipped, OPTIONS, theme=_themes(shipped)[kind])
    seen = visit(path)
    assert seen.complaints == []
    assert seen.requests == [path.absolute().as_uri()]
    legend = seen.page.locator(".ca-theme").inner_text()
    if kind == "choropleth":
        assert "无数据（40 个区县）" in legend
        assert seen.page.locator('path.ca-district[fill="url(#ca-hatch)"]').count() == 40
    if kind == "stagger":
        assert seen.page.locator("path.ca-link").count() == 2
    if kind == "growth":
        seen.page.locator(".ca-time input").fill("1992")
        assert "1992" in seen.page.locator(".ca-year").inner_text()
        assert seen.complaints == []


def test_support_map_opens_without_network(
    visit: Opener, built_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "support.html"
    command = ["map", str(path), "--store", str(built_store), "--kind", "support"]
    done = subprocess.run(
        [sys.executable, "-m", "clusteratlas", *command, "--around", "siasun"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = visit(path)
    assert seen.complaints == []
    assert seen.requests == [path.absolute().as_uri()]
    assert "新松" in seen.page.locator("body").inner_text()


def test_narrow_window_keeps_the_map_free(visit: Opener, whole_map: Path) -> None:
    seen = visit(whole_map, viewport={"width": 390, "height": 780})
    height = seen.page.locator(".ca-panel").bounding_box()["height"]
    assert height < 260
    assert seen.complaints == []


def test_one_district_is_in_view_and_the_others_are_pale(
    visit: Opener, shipped: MapFrames, tmp_path: Path
) -> None:
    region = find_region(shipped.districts, district="浑南区")
    save_map(tmp_path / "d.html", shipped, OPTIONS, region=region)
    page = visit(tmp_path / "d.html").page
    assert page.evaluate("() => atlasPage.map.getZoom()") >= 9
    assert page.locator('path.ca-district[fill-opacity="1"]').count() == 1


def test_file_links_to_nothing_outside(shipped: MapFrames) -> None:
    page = map_html(shipped, OPTIONS)
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?https?:", page)
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", page)
    assert "default-src 'none'" in page
