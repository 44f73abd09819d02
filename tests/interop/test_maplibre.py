"""TileJSON and vector tiles load in MapLibre GL, in Chromium, from a page of another origin."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import CHROMIUM_ARGS
from tests.interop.conftest import Served

HERE = Path(__file__).parent
MODULES = Path(os.environ.get("CLUSTERATLAS_INTEROP_MODULES", HERE / "node_modules"))
# WebGL without a graphics card.
WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


class Pages(SimpleHTTPRequestHandler):
    """Serves the page, and the packages that npm installed."""

    def translate_path(self, path: str) -> str:
        place = path.partition("?")[0]
        if place.startswith("/node_modules/"):
            return str(MODULES / place.removeprefix("/node_modules/"))
        return str(HERE / "maplibre.html")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def page_server(served: Served) -> Iterator[str]:
    assert (MODULES / "maplibre-gl").is_dir(), "maplibre-gl is not installed: make interop"
    with ThreadingHTTPServer(("127.0.0.1", served.page_port), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.page_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page(served: Served, page_server: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = [one for one in CHROMIUM_ARGS if one != "--disable-gpu"] + WEBGL
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 900, "height": 700})
        page.goto(f"{page_server}/?server={served.url}")
        page.wait_for_selector("body[data-state=idle]", timeout=60_000)
        yield page
        browser.close()


def seen(page: Any, source: str) -> list[dict[str, Any]]:
    """Return the properties of the features that MapLibre decoded from the tiles in view."""
    ask = "name => map.querySourceFeatures(name, {sourceLayer: name}).map(f => f.properties)"
    found: list[dict[str, Any]] = page.evaluate(ask, source)
    return found


def test_style_loads_without_an_error(page: Any) -> None:
    assert page.evaluate("errors") == []
    assert page.evaluate("map.isStyleLoaded() && map.areTilesLoaded()")


def test_tilejson_is_understood(page: Any, served: Served) -> None:
    bounds = page.evaluate("map.getSource('districts').bounds")
    asked = httpx2.get(f"{served.url}/ogc/collections/districts/tiles/WebMercatorQuad?f=tilejson")
    assert bounds == pytest.approx(asked.json()["bounds"])
    assert page.evaluate("map.getSource('districts').maxzoom") == asked.json()["maxzoom"]
    assert page.evaluate("map.getSource('districts').vectorLayerIds") == ["districts"]


def test_features_of_the_tiles_are_those_of_the_collections(page: Any) -> None:
    districts = {one["adcode"]: one["name"] for one in seen(page, "districts")}
    assert districts["210112"] == "浑南区"
    assert districts["210103"] == "沈河区"
    firms = seen(page, "enterprises")
    assert {"robotics", "software"} <= {one.get("sector") for one in firms}
    assert {one.get("adcode") for one in firms} >= {"210106", "210112"}


def test_firm_is_where_its_item_says(page: Any, served: Served) -> None:
    item = httpx2.get(f"{served.url}/ogc/collections/enterprises/items/shengu-group").json()
    lon, lat = item["geometry"]["coordinates"]
    page.evaluate("place => { map.jumpTo({center: place, zoom: 15}); }", [lon, lat])
    page.wait_for_function("map.loaded() && map.areTilesLoaded()", timeout=60_000)
    page.wait_for_selector("body[data-state=idle]", timeout=60_000)
    near = page.evaluate(
        "place => { const p = map.project(place); return map.queryRenderedFeatures("
        "[[p.x - 3, p.y - 3], [p.x + 3, p.y + 3]], {layers: ['firms']}).map(f => f.properties); }",
        [lon, lat],
    )
    assert item["properties"]["name"] in [one.get("name") for one in near]


def test_picture_shows_districts_and_firms(page: Any, tmp_path: Path) -> None:
    page.evaluate("map.jumpTo({center: [123.4, 41.75], zoom: 8})")
    page.wait_for_function("map.loaded() && map.areTilesLoaded()", timeout=60_000)
    page.wait_for_selector("body[data-state=idle]", timeout=60_000)
    path = Path(os.environ.get("CLUSTERATLAS_INTEROP_PICTURES", tmp_path)) / "maplibre.png"
    page.screenshot(path=str(path))
    from matplotlib.image import imread

    pixels = (imread(path)[:, :, :3] * 255).round().astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    assert ((red > 180) & (green < 60) & (blue < 60)).sum() > 300  # firms
    assert ((red == 0xDF) & (green == 0xE8) & (blue == 0xF0)).sum() > 200_000  # districts
