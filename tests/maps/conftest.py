"""A headless Chromium with the network cut, and small frames for drawing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from clusteratlas.maps.content import MapFrames, complete_columns, read_frames
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store


class Visit:
    """A page opened from a file, with everything it complained about or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.requests.append(url)

    def open(self, path: Path) -> "Visit":
        self.page.goto(path.absolute().as_uri())
        self.page.wait_for_selector("body[data-ready]", timeout=30_000)
        return self

    def counts(self) -> dict[str, Any]:
        result: dict[str, Any] = self.page.evaluate("() => atlasPage.counts()")
        return result


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Open a file with the network cut; sizes and media are options of the browser's context."""
    contexts = []

    def opened(path: Path, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_offline(True)
        contexts.append(context)
        return Visit(context.new_page()).open(path)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def built_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the shipped data."""
    path = tmp_path_factory.mktemp("store") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
    return path


@pytest.fixture(scope="session")
def shipped(built_store: Path) -> MapFrames:
    """The shipped data as a map reads it."""
    with open_store(str(built_store)) as store:
        return read_frames(store)


HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    "</script><script>window.pwned=2</script>",
    "'\"><svg onload=window.pwned=3>",
    "{{ 7*7 }} ${window.pwned=4} \u2028\u2029 \x00",
)


@pytest.fixture(scope="session")
def hostile(shipped: MapFrames) -> MapFrames:
    """Four firms, a park and mentions whose every text tries to become markup."""
    count = len(HOSTILE)
    firms = pd.DataFrame(
        {
            "enterprise_id": [f"h{at}" for at in range(count)],
            "origin": ["anchor", "anchor", "registry", "registry"],
            "name": HOSTILE,
            "legal_name": HOSTILE,
            "aliases": HOSTILE,
            "kind": "enterprise",
            "sectors": ["robotics", "rare_earth;<b>", "nev", ""],
            "products": HOSTILE,
            "city": "沈阳市",
            "adcode": "210112",
            "district": HOSTILE[0],
            "zone": HOSTILE[1],
            "address": HOSTILE,
            "lon": [123.44, 123.46, 123.48, 123.50],
            "lat": 41.72,
            "precision": ["site", "zone", "street", "<i>"],
            "radius_m": [100.0, 3000.0, float("nan"), 50.0],
            "note": HOSTILE,
            "registered": ["", "", "2001-02-03", "<b>1"],
        }
    )
    park = gpd.GeoDataFrame(
        {
            "park_id": ["p"],
            "name": [HOSTILE[0]],
            "aliases": [HOSTILE[1]],
            "city": [HOSTILE[2]],
            "adcode": ["210112"],
            "district": [HOSTILE[3]],
            "sectors": ["robotics"],
            "boundary_status": ["point"],
            "radius_m": [2000.0],
            "source": [HOSTILE[1]],
            "note": [HOSTILE[1]],
        },
        geometry=[Point(123.40, 41.70)],
        crs="EPSG:4326",
    )
    mentions = pd.DataFrame(
        {
            "document": [HOSTILE[0]],
            "section": [HOSTILE[1]],
            "line": [7],
            "text": [HOSTILE[2]],
            "enterprise_id": ["h0"],
            "park_id": [""],
        }
    )
    return MapFrames(complete_columns(firms), park, shipped.districts, shipped.sectors, mentions)
