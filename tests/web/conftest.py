"""A server over the shipped data with made-up firms, and a headless Chromium that may ask it alone."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

HOSTILE = "<img src=x onerror=alert(1)>机器人</script><b>"


def made_up_firms() -> pd.DataFrame:
    """Return registry firms around 浑南: some share a point, one has a hostile name, one no place."""
    rng = np.random.default_rng(3)
    n = 120
    rows = np.arange(n)
    frame = pd.DataFrame(
        {
            "enterprise_id": [f"91210112{i:010d}" for i in rows],
            "origin": "registry",
            "name": [f"测试机械{i}号有限公司" for i in rows],
            "kind": "enterprise",
            "sectors": np.where(rows % 4 == 0, "robotics", np.where(rows % 4 == 1, "software", "")),
            "sector_scores": "0.8",
            "city": "沈阳市",
            "adcode": "210112",
            "district": "浑南区",
            "lon": 123.45 + rng.normal(0, 0.02, n).round(6),
            "lat": 41.72 + rng.normal(0, 0.02, n).round(6),
            "precision": "street",
            "radius_m": 500.0,
            "confidence": 0.8,
            "status": "probable",
            "registered": [f"{1995 + i % 20}-03-01" for i in rows],
            "capital": rows * 10.0,
        }
    )
    stacked = slice(100, 109)
    frame.loc[stacked, "lon"], frame.loc[stacked, "lat"] = 123.58, 41.76
    frame.loc[stacked, "precision"], frame.loc[stacked, "radius_m"] = "district", 9e3
    frame.loc[stacked, "sectors"] = "software"
    frame.loc[110, ["lon", "lat", "radius_m"]] = np.nan
    frame.loc[110, ["precision", "sectors"]] = ["none", "robotics"]
    frame.loc[112, ["name", "sectors", "zone", "address"]] = [HOSTILE, "robotics", HOSTILE, HOSTILE]
    frame.loc[112, ["lon", "lat"]] = [123.30, 42.40]
    frame.loc[112, ["adcode", "district"]] = ["210124", "法库县"]
    for column, kind in ENTERPRISE_COLUMNS.items():
        if column not in frame.columns and column != "fid":
            frame[column] = "" if kind == "str" else np.nan
    return frame.fillna({"zone": "", "address": ""})


class Server:
    """A running server; ``get`` asks it as a client would."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> Any:
        safe = quote(path.removeprefix(self.url), safe="/?&=,:;%+.-_~")
        with urllib.request.urlopen(f"{self.url}{safe}", timeout=30) as response:
            return json.loads(response.read())


@pytest.fixture(scope="session")
def web_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
        with store.writer() as writer:
            writer.upsert_enterprises(made_up_firms())
    return path


@pytest.fixture(scope="session")
def server(web_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path_factory.mktemp("serve") / "log.txt").open("w")
    command = [sys.executable, "-m", "clusteratlas", "serve", "--store", str(web_store)]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        stdout=log,
        stderr=log,
        env={**os.environ, "CLUSTERATLAS_LOG_LEVEL": "error"},
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        process.kill()
        pytest.fail("the server was not ready within 30 s")
    yield Server(url)
    process.terminate()
    process.wait(10)
    log.close()


class Visit:
    """A page with everything it complained about and everything it asked for."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("request", self._asked)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _failed(self, request: Any) -> None:
        # A search that the next letter overtakes is given up by the page itself; so is a download,
        # which leaves the page for the disk.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"went out: {request.url}")

    def open(self, address: str = "") -> "Visit":
        self.page.goto(address if address.startswith("http") else f"{self.url}/{address}")
        self.page.wait_for_selector("body.complete", timeout=30_000)
        return self

    def text(self, selector: str) -> str:
        found: str = self.page.inner_text(selector)
        return found

    def until(self, expression: str, argument: Any = None) -> None:
        """Wait until an expression holds; asked from outside, for the page's policy forbids eval."""
        for _ in range(300):
            if self.page.evaluate(expression, argument):
                return
            assert not [c for c in self.complaints if "404" not in c]
            self.page.wait_for_timeout(50)
        pytest.fail(f"never true within 15 s and more: {expression} {argument or ''}")

    def wait(self, words: str, selector: str = "#detail") -> None:
        """Wait until an element shows these words."""
        self.until(
            "([where, words]) => document.querySelector(where)?.innerText.includes(words)",
            [selector, words],
        )

    def search(self, words: str, kind: str) -> None:
        """Type into the search box and take the first result of a kind."""
        self.page.fill("#q", words)
        self.page.click(f"#hits li:has(.kind-{kind}) >> nth=0")

    def spot(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies on the screen, from the view in the address."""
        at = self.page.evaluate("new URLSearchParams(location.search).get('at')")
        centre_lon, centre_lat, zoom = (float(part) for part in at.split(","))
        box = self.page.locator("#map").bounding_box()
        scale = 256 * 2**zoom

        def world(x: float, y: float) -> tuple[float, float]:
            return x / 360 + 0.5, 0.5 - np.arcsinh(np.tan(np.radians(y))) / (2 * np.pi)

        (x, y), (cx, cy) = world(lon, lat), world(centre_lon, centre_lat)
        left = box["x"] + box["width"] / 2 + (x - cx) * scale
        return left, box["y"] + box["height"] / 2 + (y - cy) * scale


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Callable[..., Visit]]:
    """Open pages; at the end of the test none may have complained or gone elsewhere."""
    contexts, visits = [], []

    def opened(address: str | None = "", **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
        contexts.append(context)
        visits.append(Visit(context.new_page(), server.url))
        return visits[-1] if address is None else visits[-1].open(address)

    yield opened
    complaints = [complaint for one in visits for complaint in one.complaints]
    for context in contexts:
        context.close()
    assert not complaints
