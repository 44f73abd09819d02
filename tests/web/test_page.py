"""What every visitor relies on: both languages, keyboard, small screens, honest texts, downloads."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import HOSTILE

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

VIEWS = {
    "districts": "?tab=districts&city=沈阳市&fill=count",
    "firm": "?open=firm:siasun&tab=layers",
    "district": "?open=district:210124&lang=en",
    "compare": "?open=compare:210124,210113",
    "stagger": "?open=stagger:沈阳市&lang=en",
    "whatif": "?open=whatif:沈阳市;add.priority.210124.robotics.core",
    "nearby": "?open=nearby:at=123.45,41.72",
}


def serious(visited: Any) -> list[str]:
    """Return what axe-core finds at impact serious or critical."""
    visited.page.evaluate(AXE.read_text())
    found = visited.page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{v['id']}: {node['html'][:160]}"
        for v in found["violations"]
        if v["impact"] in {"serious", "critical"}
        for node in v["nodes"][:3]
    ]


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_serious(visit: Callable[..., Any], name: str) -> None:
    visited = visit(VIEWS[name])
    visited.until("!document.querySelector('#detail [aria-busy=true]')")
    assert serious(visited) == []


def test_axe_finds_nothing_serious_on_a_tablet(visit: Callable[..., Any]) -> None:
    visited = visit("?open=firm:siasun", viewport={"width": 800, "height": 1100}, has_touch=True)
    visited.wait("工业机器人")
    assert serious(visited) == []


def test_language_switches_every_word(visit: Callable[..., Any]) -> None:
    visited = visit("?open=district:210124&tab=districts")
    visited.wait("规划与现实")
    visited.page.click("#language")
    visited.wait("Stated and revealed")
    assert visited.page.evaluate("document.documentElement.lang") == "en"
    assert "Faku County" in visited.text("#detail h2")
    assert "lang=en" in visited.page.url
    left = visited.text("#side") + visited.text("#top") + visited.text("#legend")
    chinese = [c for c in left.replace("中文", "") if "\u4e00" <= c <= "\u9fff"]
    assert chinese == []


def test_every_word_has_both_languages() -> None:
    """A key that is used and not translated would be shown as it is."""
    folder = Path(__file__).parents[2] / "web" / "js"
    words = (folder / "words.js").read_text(encoding="utf-8")
    for path in folder.glob("*.js"):
        for part in path.read_text(encoding="utf-8").split(' t("')[1:]:
            key = part.split('"')[0]
            assert f'"{key}": [' in words, f"{path.name}: {key}"


def test_hostile_names_are_shown_as_text(visit: Callable[..., Any], server: Any) -> None:
    hit = server.get("/v1/search?q=<img src=x&kind=enterprise")["items"][0]
    assert hit["name"] == HOSTILE
    visited = visit("?at=123.3,42.4,15")
    visited.page.on("dialog", lambda dialog: visited.complaints.append(f"alert: {dialog.message}"))
    visited.page.fill("#q", "<img src=x")
    visited.page.wait_for_selector("#hits .hit-name")
    assert visited.text("#hits .hit-name >> nth=0") == HOSTILE
    visited.page.keyboard.press("Enter")
    visited.wait(HOSTILE)
    assert visited.text("#detail h2") == HOSTILE
    assert visited.page.locator("#detail img, #detail b, #detail script").count() == 0
    visited.page.keyboard.press("Escape")
    x, y = visited.spot(123.3, 42.4)
    visited.page.mouse.move(x + 2, y + 2)
    visited.wait(HOSTILE, "#tip")
    visited.page.select_option("#adcode", "210124")
    visited.page.select_option("#zone", HOSTILE)
    visited.wait("显示 1 家", "#map-status")
    assert HOSTILE in visited.page.inner_text("#zone")


def test_keyboard_alone_reaches_a_card(visit: Callable[..., Any]) -> None:
    visited = visit()
    visited.page.keyboard.press("Tab")
    assert visited.page.evaluate("document.activeElement.id") == "skip"
    visited.page.focus("#q")
    visited.page.keyboard.type("xinsong")
    visited.page.wait_for_selector("#hits .kind-enterprise")
    visited.page.keyboard.press("ArrowDown")
    assert visited.page.get_attribute("#q", "aria-activedescendant") == "hit-0"
    visited.page.keyboard.press("Enter")
    visited.wait("新松")
    assert visited.page.evaluate("document.activeElement.id") == "detail"
    visited.page.keyboard.press("Escape")
    visited.page.wait_for_selector("#detail", state="hidden")


def test_step_back_undoes_a_filter(visit: Callable[..., Any]) -> None:
    visited = visit()
    before = visited.text("#map-status")
    visited.page.click("label:has(input[name=origin][value=anchor])")
    visited.until("location.search.includes('origin=anchor')")
    visited.page.go_back()
    visited.wait(before, "#map-status")
    assert visited.page.is_checked("input[name=origin][value='']")


def test_nothing_found_is_said_in_words(visit: Callable[..., Any]) -> None:
    visited = visit("?sectors=robotics&adcode=211404")
    visited.wait("没有企业符合筛选", "#map-status")
    visited.page.fill("#q", "不存在的公司名字甲乙丙丁")
    visited.wait("没有找到", "#hits")


def test_wrong_address_is_explained(visit: Callable[..., Any]) -> None:
    visited = visit("?open=firm:nobody-has-this-id")
    visited.wait("没有找到")
    assert visited.page.locator(".problem button").count() == 1
    assert [c for c in visited.complaints if "404" in c]  # the browser itself logs the status
    visited.complaints.clear()


def test_stack_lists_the_firms_that_share_a_point(visit: Callable[..., Any]) -> None:
    visited = visit("?at=123.58,41.76,12")
    visited.page.mouse.click(*visited.spot(123.58, 41.76))
    visited.wait("同在此点的 10 家企业")
    assert "并非真的挤在一处" in visited.text("#detail")
    assert visited.page.locator("#detail ul.firms > li").count() == 10


def test_years_are_a_filter(visit: Callable[..., Any]) -> None:
    visited = visit("?years=1995-1996&origin=registry&none=1")
    visited.wait("显示 12 家", "#map-status")  # 120 firms over 20 years, 6 a year
    assert visited.text("#year-text") == "1995–1996"


def test_shown_firms_are_downloaded(visit: Callable[..., Any]) -> None:
    visited = visit("?adcode=210112&sectors=robotics&origin=registry")
    count = int(visited.text("#map-status").split()[1])
    contents = {}
    for kind in ("csv", "geojson", "png"):
        visited.page.click("#downloads summary")
        with visited.page.expect_download() as waiting:
            visited.page.click(f"#get-{kind}")
        contents[kind] = Path(waiting.value.path()).read_bytes()
    rows = list(csv.DictReader(io.StringIO(contents["csv"].decode("utf-8-sig"))))
    assert len(rows) == count
    assert all("robotics" in row["sectors"] and row["adcode"] == "210112" for row in rows)
    features = json.loads(contents["geojson"])["features"]
    assert {f["id"] for f in features} == {int(row["fid"]) for row in rows}
    assert contents["png"].startswith(b"\x89PNG")
    assert len(contents["png"]) > 20_000


def test_what_if_changes_the_measures(visit: Callable[..., Any], server: Any) -> None:
    visited = visit("?open=whatif:沈阳市")
    visited.wait("还没有改动")
    visited.page.select_option("#whatif-action", "drop")
    visited.page.select_option("#whatif-district", "210124")
    visited.page.select_option("#whatif-sector", "aviation")
    visited.page.click("#whatif-include")
    visited.wait("错位指数（规划）")
    assert "法库县" in visited.text("#detail .changes")
    assert "+0." in visited.text("#effect")
    again = visit(visited.page.url)
    again.wait("错位指数（规划）")
    assert again.text("#effect") == visited.text("#effect")


def test_matrix_and_map_are_linked(visit: Callable[..., Any], server: Any) -> None:
    visited = visit("?open=stagger:沈阳市")
    visited.wait("重合矩阵")
    visited.page.hover("tr[data-row='210112'] td[data-column='210106']")
    visited.wait("浑南区 × 铁西区", ".readout")
    visited.page.wait_for_timeout(500)
    district = next(
        f["properties"]
        for f in server.get("/ogc/collections/districts/items?limit=200")["features"]
        if f["properties"]["adcode"] == "210124"
    )
    visited.page.mouse.move(*visited.spot(district["lon"], district["lat"]))
    visited.page.wait_for_selector("tr[data-row='210124'].lit")


@pytest.mark.parametrize("width", [800, 390])
def test_page_fits_small_screens(visit: Callable[..., Any], width: int) -> None:
    visited = visit("?open=district:210112", viewport={"width": width, "height": 1000})
    visited.wait("规划与现实")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    panel = visited.page.locator("#detail").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width + 1


@pytest.mark.parametrize("width", [1400, 1250, 1000])
def test_time_bar_stays_on_the_map_beside_a_wide_panel(
    visit: Callable[..., Any], width: int
) -> None:
    visited = visit("?open=stagger:沈阳市", viewport={"width": width, "height": 800})
    visited.wait("重合矩阵")
    right = "selector => document.querySelector(selector).getBoundingClientRect().right"
    edge = visited.page.evaluate(right, "#stage")
    bar = visited.page.evaluate(right, "#time")
    assert bar <= edge
    for part in visited.page.locator("#time > *:visible").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= bar + 1


def test_clusters_of_the_chosen_sector_are_outlined(visit: Callable[..., Any], server: Any) -> None:
    expected = server.get("/v1/clusters?sector=robotics")["clusters"]
    visited = visit("?tab=layers&clusters=1&at=123.45,41.72,11")
    visited.wait("请先在筛选里选定一个产业", "#clusters-note")
    visited.search("jiqiren", "sector")
    visited.page.click("#tab-layers")
    visited.wait(f"检出 {len(expected)} 个集群" if expected else "没有检出", "#clusters-note")
    visited.until("n => document.querySelectorAll('#map svg path').length === n", len(expected))


def test_list_holds_what_the_map_holds(visit: Callable[..., Any]) -> None:
    visited = visit("?adcode=210112&origin=anchor&tab=filters")
    count = int(visited.text("#map-status").split()[1])
    visited.page.click("#filter-list")
    visited.wait(f"符合筛选的 {count} 家企业")
    assert visited.page.locator("#detail ul.firms > li").count() == min(count, 50)
    visited.page.click("label:has(input[name=origin][value=registry])")
    visited.until("n => !document.querySelector('#detail h2').innerText.includes(` ${n} `)", count)


def test_district_of_few_firms_has_no_colour_of_the_index(visit: Callable[..., Any]) -> None:
    visited = visit("?city=沈阳市&fill=stagger")
    visited.wait("企业过少，不作判断", "#legend")
    module = "/static/js/stagger_data.js"
    values = visited.page.evaluate(
        f"async () => Object.fromEntries(await (await import('{module}')).staggerIndex('沈阳市'))"
    )
    assert values["210124"] is None  # one anchor and one made-up firm
    assert 0 < values["210112"] < 1


def test_distance_carries_the_error_of_the_place(visit: Callable[..., Any]) -> None:
    visited = visit("?open=nearby:at=123.45,41.72")
    visited.wait("由近到远")
    far = visited.page.locator("#nearby-results .far").all_inner_texts()
    assert far
    assert any("± 500 m" in text for text in far)
